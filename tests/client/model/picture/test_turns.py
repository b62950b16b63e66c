"""Keys lead from place to place."""

from chatd.client.model.picture.place import Place
from chatd.client.model.picture.turns import beside, numbered, with_news

LOBBY, DEV, BOB = Place("lobby"), Place("dev"), Place("@bob")
PLACES = (LOBBY, DEV, BOB)


def test_by_number() -> None:
    """Alt-1 is the first."""
    assert [numbered(PLACES, number) for number in (0, 1, 3, 4)] == [None, LOBBY, BOB, None]


def test_the_next_one_and_the_one_before() -> None:
    """Round and round; from the console to the first."""
    assert beside(PLACES, BOB, 1) is LOBBY
    assert beside(PLACES, LOBBY, -1) is BOB
    assert beside(PLACES, None, -1) is LOBBY
    assert beside(PLACES, Place("gone"), 1) is LOBBY
    assert beside((), None, 1) is None


def test_where_there_is_news() -> None:
    """First where one is named, then where one is written to; not where one looks already."""
    lobby, dev, bob = Place("lobby", unread=9), Place("dev", unread=1, mentions=1), Place("@bob", unread=2)
    assert with_news((lobby, dev, bob), lobby) is dev
    assert with_news((lobby, dev, bob), dev) is bob
    assert with_news((lobby, bob), bob) is lobby
    assert with_news((LOBBY, DEV, BOB), None) is None
