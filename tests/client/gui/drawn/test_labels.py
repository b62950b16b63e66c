"""The words around the conversation."""

import pytest

from chatd.client.connection.link import Connecting, Offline, Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.gui.drawn import labels
from chatd.client.gui.drawn.labels import Item
from chatd.client.model.picture.place import Member, Place
from chatd.core.events import LoggedIn
from chatd.testing import World
from tests.client.model.evening import Someone


@pytest.mark.parametrize(
    ("place", "item"),
    [
        (Place("dev"), Item("dev", "#dev")),
        (Place("dev", unread=3), Item("dev", "#dev", "3", ("unread",))),
        (Place("dev", unread=3, mentions=1), Item("dev", "#dev", "3 !", ("called",))),
        (Place("@bob", unread=1), Item("@bob", "bob", "1 !", ("called",))),
    ],
)
def test_places(place: Place, item: Item) -> None:
    """What is unread stands behind the name; what means oneself looks different, and not by its colour alone."""
    assert labels.place_item(place) == item


@pytest.mark.parametrize(
    ("member", "item"),
    [
        (Member("bob"), Item("bob", "bob")),
        (Member("bob", "moderator"), Item("bob", "bob", "mod")),
        (Member("bob", "owner", "lunch"), Item("bob", "bob", "owner away", ("away",))),
        (Member("bob", away=""), Item("bob", "bob", "away", ("away",))),
    ],
)
def test_members(member: Member, item: Item) -> None:
    """The role, and whether one is away."""
    assert labels.member_item(member) == item


def test_members_who_are_not_here_stand_below() -> None:
    """One is a member also while one is not here; that is seen, and not by the colour alone."""
    lobby = Place("lobby")
    for name in ("bob", "carol", "dave"):
        lobby.enter(name)
    lobby.depart("bob")
    assert labels.member_items(lobby) == [
        Item("carol", "carol"),
        Item("dave", "dave"),
        Item("bob", "bob", "offline", ("away",)),
    ]
    assert labels.member_items(Place("@bob")) == []


@pytest.mark.parametrize(
    ("now", "wanted", "steps"),
    [
        ("abcdef", "abcdef", 0),
        ("abcdef", "abcxdef", 1),
        ("abcdef", "abfcde", 1),
        ("abcdef", "acdefb", 2),
        ("abcdef", "acdexfb", 3),
        ("", "ab", 2),
        ("abcdef", "fedcba", 9),
        ("abcdef", "badcfe", 6),
    ],
)
def test_few_steps_make_one_order_of_another(now: str, wanted: str, steps: int) -> None:
    """A list of thousands is not made anew because one of them has gone."""
    order, taken = list(now), 0
    for key, number in labels.moves(list(now), list(wanted)):
        if key in order:
            order.remove(key)
        order.insert(number, key)
        taken += 1
    assert "".join(order) == wanted
    assert taken <= steps


@pytest.mark.parametrize(
    ("state", "words", "how"),
    [
        (None, "NOT CONNECTED", "bad"),
        (Connecting(), "connecting \u2026", "waiting"),
        (Online(LoggedIn(name="me", role="member", at=0, rooms=(), settings={}), False), "connected", "good"),
        (Offline(Lost("gone"), 4.0, 1, True), "NOT CONNECTED (gone), trying again in 4 s", "bad"),
        (Refused(Refusal("not-allowed", "No.")), "NOT CONNECTED", "bad"),
    ],
)
def test_connection(state: State | None, words: str, how: str) -> None:
    """In words, not only in a colour."""
    assert labels.connection(state) == (words, how)


def test_seconds_are_counted_down() -> None:
    """And never below nothing."""
    state = Offline(Lost("gone"), 4.0, 1, True)
    assert labels.connection(state, 1.4)[0].endswith("in 1 s")
    assert labels.connection(state, -1)[0].endswith("in 0 s")


def test_title_and_standing(world: World) -> None:
    """The title counts what is unread; the bar below says what waits, and that one is away."""
    bob, alice = Someone(world, "bob"), Someone(world, "alice")
    alice.types("/join dev")
    bob.types("one", "two")
    assert labels.title(alice, "home") == "(2) #dev \u2013 alice@home \u2013 chatd"
    alice.types("/room lobby")
    assert labels.title(alice, "home") == "#lobby \u2013 alice@home \u2013 chatd"
    assert labels.standing(alice) == ""
    alice.types("/away lunch")
    assert labels.standing(alice) == "away: lunch"
    alice.types("/back")
    alice.goes_dark()
    alice.types("kept")
    assert labels.standing(alice) == "1 line to send"


def test_orders_are_those_that_have_a_chance(world: World) -> None:
    """Whoever made a room may put others out of it; the others may not."""
    bob, alice = Someone(world, "bob"), Someone(world, "alice")
    bob.types("/join den")
    alice.types("/join den")
    bob.waits(4)
    assert [each.command for each in labels.orders(bob, "alice")] == ["/kick", "/mute", "/ban"]
    assert labels.orders(bob, "alice")[0].question == "Kick alice out of #den. Why? (may be left empty)"
    assert labels.orders(alice, "bob") == []


def test_what_a_place_is_about() -> None:
    """A room has a topic; a conversation needs none."""
    assert labels.topic(Place("dev", topic="tea")) == "tea"
    assert labels.topic(Place("@bob")) == "between the two of you"
