"""What a screen shows beside the lines: rooms, people, what is new, what Tab makes of a word."""

from datetime import UTC

import pytest

from chatd.client.picture import ACQUAINTANCES, Picture
from chatd.core import events
from chatd.core.events import LoggedIn, RoomShown, Said
from chatd.dialects.text.scene import Scene


def line(text: str = "hi", who: str = "bob", room: str = "lobby") -> Said:
    return Said(room=room, seq=1, who=who, at=1, text=text)


@pytest.fixture
def picture() -> Picture:
    """What alice has in view after her login to two rooms and one conversation."""
    picture = Picture(Scene(UTC))
    rooms = (
        RoomShown(room="lobby", seq=7, topic="Say hello", unread=2, recent=(line(who="dora"),)),
        RoomShown(room="dev", seq=3, unread=14, mentions=1),
        RoomShown(room="@bob", seq=3),
    )
    picture.answered(LoggedIn(name="alice", at=1, rooms=rooms, settings={"time": "on"}))
    return picture


def test_after_the_login_one_is_in_the_first_room(picture: Picture) -> None:
    """What is new in the other rooms is counted; the room in view has nothing new."""
    assert picture.scene.me == "alice"
    assert picture.scene.current == "lobby"
    assert picture.news() == {"dev": 14}
    assert picture.scene.view.time


def test_lines_elsewhere_are_new_until_one_looks(picture: Picture) -> None:
    """A line in the current room and one's own are not news; one elsewhere is, and a mention counts."""
    for each in (line(), line(who="alice", room="dev"), line(room="dev"), line("ask Alice", room="dev")):
        picture.heard(each)
    assert picture.news() == {"dev": 16}
    assert picture.places["dev"].mentions == 2

    picture.answered(events.LookDone(at=0, place=RoomShown(room="dev", seq=5), people=2))
    assert (picture.scene.current, picture.news()) == ("dev", {})


def test_after_a_loss_one_is_where_one_was(picture: Picture) -> None:
    """A resumption changes neither the room nor what is new in it."""
    picture.answered(events.JoinDone(at=0, place=RoomShown(room="dev", seq=5)))
    rooms = (RoomShown(room="lobby", seq=9, unread=2), RoomShown(room="dev", seq=9, unread=3))
    picture.answered(events.Resumed(name="alice", at=1, rooms=rooms, settings={}))
    assert (picture.scene.current, picture.news()) == ("dev", {"lobby": 2})


def test_a_room_that_was_lost_is_gone(picture: Picture) -> None:
    """Left here, left on another device, or gone after a loss: it is in view no more."""
    picture.answered(events.LeaveDone(room="lobby"))
    assert picture.scene.current is None
    picture.heard(events.Left(room="dev", seq=4, who="alice", at=1))
    picture.answered(events.Resumed(name="alice", at=1, rooms=(), settings={}))
    assert picture.places == {}


def test_people_come_and_go(picture: Picture) -> None:
    """How many are here follows what is heard."""
    picture.answered(events.NamesDone(room="lobby", names=("alice", "bob", "carol")))
    picture.heard(events.Joined(room="lobby", seq=8, who="dave", at=1))
    picture.heard(events.Left(room="lobby", seq=9, who="bob", at=1))
    assert picture.crowd(events.Joined(room="lobby", seq=8, who="dave", at=1)) == 3
    picture.heard(events.Departed(who="carol", at=1))
    assert picture.places["lobby"].people == {"alice", "dave"}
    assert picture.crowd(events.Arrived(who="dave", at=1)) == 2


def test_people_are_put_out(picture: Picture) -> None:
    """Whoever is kicked or banned is here no more; if that is oneself, the room is not there any more."""
    picture.answered(events.NamesDone(room="lobby", names=("alice", "bob", "carol")))
    picture.heard(events.Kicked(room="lobby", seq=8, who="carol", at=1, target="bob"))
    assert picture.places["lobby"].people == {"alice", "carol"}
    picture.heard(events.Banned(room="dev", seq=4, who="carol", at=1, target="Alice", until=None))
    assert (picture.scene.current, "dev" in picture.places) == ("lobby", False)
    picture.heard(events.Kicked(room="lobby", seq=9, who="carol", at=1, target="alice"))
    assert (picture.scene.current, "lobby" in picture.places) == (None, False)
    picture.heard(events.Kicked(room="elsewhere", seq=1, who="carol", at=1, target="bob"))
    assert "elsewhere" not in picture.places


def test_what_was_read_elsewhere_is_not_new(picture: Picture) -> None:
    """Another session has read a place, or /catchup has shown all: nothing is new there."""
    picture.heard(events.Marked(room="nowhere", seq=3))
    picture.heard(events.Marked(room="dev", seq=3))
    assert picture.news() == {}
    for room in ("dev", "@bob"):
        picture.heard(line(room=room))
    unread = events.News(room="dev", seq=9, marker=3, unread=6, mentions=1)
    picture.answered(events.UnreadDone(places=(unread,)))
    assert picture.news() == {"dev": 6}
    picture.answered(events.CatchupDone(at=1, places=()))
    assert picture.news() == {}


def test_topics_follow(picture: Picture) -> None:
    """The topic is the one that was set last."""
    picture.heard(events.TopicChanged(room="lobby", seq=8, who="bob", at=1, topic="Printers"))
    assert picture.places["lobby"].topic == "Printers"


def test_who_wrote_last_is_answered(picture: Picture) -> None:
    """/reply goes to whoever wrote, not to whomever one wrote."""
    picture.heard(line(who="bob", room="@bob"))
    picture.heard(line(who="alice", room="@carol"))
    assert picture.scene.partner == "bob"


@pytest.mark.parametrize(
    ("typed", "word", "found"),
    [
        ("/jo", "/jo", ["/join "]),
        ("/ro", "/ro", ["/room ", "/rooms ", "/roomset "]),
        ("/join #d", "#d", ["#dev"]),
        ("/join ", "", ["#lobby", "#dev", "bob", "carol", "dora"]),
        ("CA", "CA", ["carol: "]),
        ("ask ca", "ca", ["carol"]),
        ("/msg d", "d", ["dora"]),
        ("see #l", "#l", ["#lobby"]),
        ("al", "al", []),
        ("", "", []),
        ("nothing ", "", []),
        ("/login", "/login", []),
    ],
)
def test_tab(picture: Picture, typed: str, word: str, found: list[str]) -> None:
    """Tab completes commands, rooms, and people who are here or were heard of, but not oneself."""
    picture.answered(events.NamesDone(room="lobby", names=("alice", "bob", "carol")))
    assert picture.completions(typed) == (word, found)


def test_acquaintances_are_bounded(picture: Picture) -> None:
    """In a year in a busy place the memory for names does not grow."""
    for number in range(ACQUAINTANCES + 50):
        picture.heard(events.Arrived(who=f"n{number}", at=1))
    _, found = picture.completions("ask n")
    assert len(found) == ACQUAINTANCES
    assert "n549" in found
    assert "n0" not in found
