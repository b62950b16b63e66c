"""The stage of the tests of the store."""

import pytest

from tests.store.doubles import Town


@pytest.fixture
def town() -> Town:
    """A chatd with people in it."""
    return Town()
