"""Texts in pieces that IRC can carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.dialects.irc.hearing.tags import BREAKS
from chatd.dialects.irc.hearing.talk import Piece, broken_at, fits, pieces


@pytest.mark.parametrize(
    ("text", "room", "due"),
    [("abc", 3, True), ("abcd", 3, True), ("a bc", 3, False), (":bcd", 3, False), ("abcde", 3, False), ("", 0, True),
     ("\u00e9\u00e9", 3, True), ("\u00e9\u00e9", 2, False)],
)  # fmt: skip
def test_what_fits(text: str, room: int, due: bool) -> None:
    """A word alone needs no colon, so it may have a byte more."""
    assert fits(text, room) == due


def test_where_it_is_broken() -> None:
    """At line ends, where a client broke it, and between words."""
    assert pieces("short", None, 100) == [Piece("short", False)]
    assert pieces("one\n\ntwo", None, 100) == [Piece("one", False), Piece("", False), Piece("two", False)]
    tags = {BREAKS: broken_at([3, 8])}
    assert pieces("one\ntwo three", tags, 100) == [
        Piece("one", False), Piece("two ", False), Piece("three", True),
    ]  # fmt: skip
    assert pieces("lorem ipsum", None, 8) == [Piece("lorem ", False), Piece("ipsum", True)]


@given(
    st.text(alphabet="ab \n\u00e9\U0001f642", max_size=80), st.integers(8, 40), st.text("0123456789,x-", max_size=30)
)
def test_nothing_is_lost(text: str, room: int, breaks: str) -> None:
    """Put together again it is the text, whatever a tag says, and every piece fits."""
    found = pieces(text, {BREAKS: breaks}, room)
    again = "".join(("" if each.goes_on or not number else "\n") + each.text for number, each in enumerate(found))
    assert again == text
    assert all(fits(each.text, room) for each in found)
