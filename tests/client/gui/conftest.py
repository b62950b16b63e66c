"""What these tests share."""

from collections.abc import Iterator

import pytest

from chatd.testing import World
from tests.client.model.evening import Someone


@pytest.fixture
def world() -> Iterator[World]:
    """A chatd in memory; everybody has gone when the test has."""
    Someone.all.clear()
    made = World()
    yield made
    for each in Someone.all:
        each.leave()
        each.turn()
        if each.door.wires:
            each.wire.drop()
