"""What programs are told of somebody fits into a line of theirs."""

import pytest

from chatd.core.errors import BadArguments, BadText
from chatd.core.settings import metadata


@pytest.mark.parametrize(
    ("typed", "kept"), [("avatar", "avatar"), ("Display-Name", "display-name"), ("a/b.c_d", "a/b.c_d"), ("a:b", "a:b")]
)
def test_keys(typed: str, kept: str) -> None:
    """Capitals are none."""
    assert metadata.key(typed) == kept


@pytest.mark.parametrize("typed", ["", ":a", "a b", "\u00e9", "a" * 65, "a\n", "$x"])
def test_what_is_no_key(typed: str) -> None:
    """Is refused in words."""
    with pytest.raises(BadArguments, match="a-z"):
        metadata.key(typed)


def test_values() -> None:
    """Any text of one line, or nothing."""
    assert metadata.value("") == ""
    assert metadata.value("cafe\u0301 at noon") == "caf\u00e9 at noon"
    assert len(metadata.value("\u00e9" * 150)) == 150
    for wrong in ("\u00e9" * 151, "a\nb", "\x1b"):
        with pytest.raises(BadText):
            metadata.value(wrong)
