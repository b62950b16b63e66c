"""An C{htpasswd} file is read as Apache reads it."""

from pathlib import Path

import pytest

from chatd.admin.errors import AdminError
from chatd.admin.importing import htpasswd

PATH = Path("htpasswd")


def test_names_and_hashes() -> None:
    """Comments and blank lines are nobody; a hash may have a colon in it, a name not."""
    found = htpasswd.read(PATH, b"# ours\n\nalice:$2y$05$x\r\nbob:a:b\n")
    assert [(str(each.spot), each.name, each.secret) for each in found.accounts] == [
        ("line 3", b"alice", b"$2y$05$x"),
        ("line 4", b"bob", b"a:b"),
    ]
    assert not found.digests, "a line of hexadecimal digits is no htpasswd hash"


def test_a_line_that_is_none() -> None:
    """It is named, and so is what is missing; what it holds may be secret."""
    with pytest.raises(AdminError) as caught:
        htpasswd.read(PATH, b"alice:x\nsecret\n")
    assert "line 2 has no colon" in str(caught.value)
    assert "secret" not in str(caught.value)
