"""The line that one types in: what Tab makes of a word, and what the arrow keys bring back."""

import pytest

from chatd.client.model.entry import (
    ACQUAINTANCES,
    LONGEST_MEMORY,
    Acquaintances,
    Recall,
    acquainted,
    completions,
    pasted,
)
from chatd.client.model.picture.place import Place
from chatd.dialects.text.scene import Scene

PLACES = [Place("lobby"), Place("dev"), Place("@bob")]


@pytest.mark.parametrize(
    ("typed", "word", "found"),
    [
        ("/jo", "/jo", ["/join "]),
        ("/JO", "/JO", ["/join "]),
        ("/ro", "/ro", ["/room ", "/rooms ", "/roomset "]),
        ("/join #d", "#d", ["#dev"]),
        ("/join ", "", ["#lobby", "#dev", "bob", "carol", "dora"]),
        ("CA", "CA", ["carol: "]),
        ("ask ca", "ca", ["carol"]),
        ("/msg d", "d", ["dora"]),
        ("see #l", "#l", ["#lobby"]),
        ("", "", []),
        ("nothing ", "", []),
        ("/login", "/login", []),
    ],
)
def test_tab(typed: str, word: str, found: list[str]) -> None:
    """Commands, rooms and people; a name that begins the line is spoken to."""
    assert completions(typed, PLACES, ["bob", "carol", "dora"]) == (word, found)


def test_those_in_view_come_first() -> None:
    """Then all others that one knows; oneself not at all."""
    scene = Scene()
    scene.me = "alice"
    here = Place("lobby")
    for name in ("alice", "zoe"):
        here.enter(name)
    assert acquainted([here, Place("@bob")], here, {"carol"}, scene) == ["zoe", "bob", "carol"]


def test_acquaintances_are_bounded() -> None:
    """In a year in a busy place the memory for names does not grow."""
    people = Acquaintances()
    for number in range(ACQUAINTANCES + 50):
        people.meet(f"n{number}")
    people.meet("")
    assert len(people.names()) == ACQUAINTANCES
    assert "n0" not in people.names()


def test_the_arrow_keys() -> None:
    """Up goes back to the first line and stays there; down comes back to what one was typing."""
    recall = Recall()
    assert recall.older("draft") == "draft"
    recall.keep("")
    for typed in ("one", "two", "two"):
        recall.keep(typed)
    assert [recall.older("draft"), recall.older("two"), recall.older("one")] == ["two", "one", "one"]
    assert [recall.newer("one"), recall.newer("two"), recall.newer("draft")] == ["two", "draft", "draft"]


def test_what_was_typed_is_bounded() -> None:
    """The oldest is forgotten."""
    recall = Recall()
    for number in range(LONGEST_MEMORY + 5):
        recall.keep(str(number))
    for _ in range(2 * LONGEST_MEMORY):
        last = recall.older("")
    assert last == "5"


def test_several_lines_at_once() -> None:
    """Those that say nothing are left out, and it is said that they are; what ends the last line is no line."""
    several = pasted("one\r\n\r\n\ttwo\n \nthree\n\n")
    assert tuple(several) == (("one", "        two", "three"), 2)
    assert several.question("#dev") == "Send these 3 lines to #dev, without the 2 empty ones? yes or no:"
    assert pasted("one\ntwo").question("#dev") == "Send these 2 lines to #dev? yes or no:"
    assert pasted("\n \n").lines == ()
