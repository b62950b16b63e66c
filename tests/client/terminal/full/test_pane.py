"""The conversation on the screen: the newest at the bottom, older ones on request, steady while others come."""

from collections.abc import Iterator

import pytest

from chatd.client.terminal.full.pane import Pane
from chatd.testing import World
from tests.client.model.evening import Someone

HEIGHT = 10


@pytest.fixture
def alice() -> Iterator[Someone]:
    """Alice in the lobby, where forty lines were said before she came."""
    Someone.all.clear()
    world = World()
    bob = Someone(world, "bob")
    for number in range(40):
        world.pass_time(1)
        bob.types(f"line {number}")
    yield Someone(world, "alice")
    for each in Someone.all:
        each.leave()
        each.turn()


def look(pane: Pane, width: int = 60, height: int = HEIGHT) -> list[str]:
    """What stands there."""
    content = pane.create_content(width, height)
    assert content.line_count == height
    return ["".join(part[1] for part in content.get_line(at)) for at in range(height)]


def test_the_newest_is_at_the_bottom(alice: Someone) -> None:
    """With few lines the top is empty."""
    pane = Pane(alice)
    shown = look(pane)
    assert shown[-1].endswith("alice has joined #lobby")
    tall = look(pane, height=80)
    assert tall[0] == ""
    assert [line for line in tall if "Wednesday 17 December 2025" in line]


def test_scrolling_up_stays_where_it_is(alice: Someone) -> None:
    """What comes meanwhile is counted, and does not move what one reads."""
    pane = Pane(alice)
    look(pane)
    pane.scroll(-1)
    before = look(pane)
    assert pane.below() > 0
    alice.types("hello", "again")
    assert look(pane) == before
    assert pane.below() > 2
    pane.scroll(1)
    pane.scroll(1)
    assert pane.below() == 0
    assert look(pane)[-1].endswith("alice: again")
    pane.scroll(-1)
    pane.follow()
    assert pane.below() == 0


def test_the_top_brings_older_lines(alice: Someone) -> None:
    """At the top they are asked for; one stays where one is."""
    alice.shown.log.cut()
    alice.shown.more = True
    alice.types("first of what is here")
    pane = Pane(alice)
    look(pane)
    pane.scroll(-1)
    alice.turn()
    assert "line 0" in [line.text for line in alice.shown.lines]
    for _ in range(20):
        pane.scroll(-1)
        look(pane)
    assert [line for line in look(pane) if line.endswith("bob: line 0")]


def test_each_place_has_its_own_view(alice: Someone) -> None:
    """Another place begins at its newest line; coming back one is where one was."""
    pane = Pane(alice)
    look(pane)
    pane.scroll(-1)
    before = look(pane)
    alice.types("/join #dev")
    assert pane.below() == 0
    alice.look_at("lobby")
    alice.turn()
    assert look(pane) == before


def test_an_empty_place(alice: Someone) -> None:
    """Nothing to scroll, nothing breaks."""
    alice.look_at("@bob")
    alice.turn()
    pane = Pane(alice)
    assert look(pane) == [""] * HEIGHT
    pane.scroll(-1)
    pane.scroll(1)


def test_new_lines_have_a_mark(alice: Someone) -> None:
    """Above the first that one has not seen."""
    pane = Pane(alice)
    alice.types("/join #dev")
    bob = Someone.all[0]
    bob.types("news")
    alice.look_at("lobby")
    alice.turn()
    shown = look(pane)
    at = next(number for number, line in enumerate(shown) if line.startswith("──── new"))
    assert shown[at + 1].endswith("bob: news")
