"""What these tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatd.client.keeping import Kept
from tests.client.terminal.evening import Evening


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Where logins are kept on this machine."""
    return Kept(tmp_path / "tokens" / "server")


@pytest.fixture(autouse=True)
def night() -> Iterator[None]:
    """Every evening ends, so that no coroutine is left behind."""
    Evening.all.clear()
    yield
    for evening in Evening.all:
        evening.running.cancel()
        for end in evening.server.ends:
            end.drop()
        assert len(evening.status) == 1
