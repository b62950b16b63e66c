"""Rooms, and the people in them."""

import pytest

from chatd.core import events
from chatd.core.events import Answer, Person, RoomListed, RoomShown
from tests.dialects.text.doubles import HOUR, NOON, said, told

MINUTE = 60_000


def person(
    name: str, role: str = "member", away: str | None = None, idle: int = 0, faces: tuple[str, ...] = ("telnet",)
) -> Person:
    return Person(name=name, role=role, away=away, idle=idle, faces=faces)


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (events.JoinDone(at=NOON, place=RoomShown(room="dev", seq=1)),
         ["-- You are in #dev. Type a line and press Enter. /rooms lists more."]),
        (events.JoinDone(at=NOON, place=RoomShown(room="dev", seq=1, recent=(said(),)), again=True),
         ["-- You are in #dev. You were already. Type a line and press Enter. /rooms lists more.", "11:00 bob: hi"]),
        (events.LookDone(at=NOON, place=RoomShown(room="dev", seq=1), people=1),
         ["-- You are in #dev. 1 person here. Type a line and press Enter. /rooms lists more."]),
        (events.LeaveDone(room="dev"), ["-- You left #dev."]),
        (events.RoomsDone(rooms=()), ["-- There is no such room. /join #NAME makes one."]),
        (events.RoomsDone(rooms=(RoomListed(room="dev", topic="x", people=2, member=True),
                                 RoomListed(room="hall", topic="", people=1, member=False),
                                 RoomListed(room="ops", topic="", people=3, member=False, access="invite",
                                            invited=True),
                                 RoomListed(room="den", topic="y", people=0, member=True, access="key"))),
         ['-- #dev 2 people "x" (you are in it)', "-- #hall 1 person",
          "-- #ops 3 people (by invitation, you are invited)", '-- #den 0 people "y" (with a key, you are in it)']),
        (events.TopicDone(room="dev", topic="x", by="bob", at=NOON - HOUR), ['-- #dev: "x", set by bob 11:00']),
        (events.TopicDone(room="dev", topic=""), ["-- #dev has no topic."]),
        (events.InviteDone(room="ops", name="bob"), ["-- bob may enter #ops, and was told so."]),
        (events.RoomSetDone(room="dev", settings={"access": "key", "key": "on", "slow": "off"}),
         ["-- #dev: access key, key on, slow off"]),
        (events.RoomRoleDone(room="dev", name="bob", role="moderator"), ["-- bob is moderator of #dev now."]),
        (events.RoomRoleDone(room="dev", name="bob", role="voice"), ["-- bob is somebody with a voice in #dev now."]),
        (events.RoomRoleDone(room="dev", name="bob", role="member"), ["-- bob is a plain member of #dev now."]),
    ],
)  # fmt: skip
def test_answers(answer: Answer, lines: list[str]) -> None:
    """Every answer is a sentence."""
    assert told(answer) == lines


def test_who_is_here() -> None:
    """One line, with what there is to know of each: role, face, away, idle."""
    people = (
        person("alice", "owner"), person("bob", away="lunch", idle=HOUR), person("carol", idle=20 * MINUTE),
        person("dave", "voice", away="away"), person("erin", faces=("telnet", "json"), idle=4 * MINUTE),
    )  # fmt: skip
    shown = events.NamesDone(room="lobby", names=tuple(each.name for each in people), people=people)
    assert told(shown) == [
        "-- 5 people in #lobby: @alice (owner), bob (away: lunch, idle 1h), carol (idle 20m), +dave (voice, away), "
        "erin (telnet, json)"
    ]
    assert told(events.NamesDone(room="lobby", names=("alice", "bob"))) == ["-- 2 people in #lobby: alice, bob"]


def test_a_room_with_many_people_has_a_line_for_each() -> None:
    """What is too long for one line is a list."""
    people = tuple(person(f"n{number}", "moderator" if not number else "member") for number in range(11))
    told_of = told(events.NamesDone(room="dev", names=tuple(each.name for each in people), people=people))
    assert told_of[:3] == ["-- 11 people in #dev:", "-- @n0 (moderator)", "-- n1"]
    assert len(told_of) == 12


@pytest.mark.parametrize(
    ("about", "line"),
    [
        ({"online": True, "since": NOON - 48 * HOUR, "rooms": ("dev", "ops")},
         "-- bob is here; registered 17 December 2025 12:00. Rooms that you share: #dev, #ops."),
        ({"online": False, "seen": NOON - HOUR}, "-- bob is not here, last seen today 11:00; registered today 11:00."),
        ({"online": False}, "-- bob is not here; registered today 11:00."),
        ({"online": True, "role": "admin", "away": "lunch", "idle": 26 * HOUR, "faces": ("telnet", "json")},
         "-- bob (admin) is here by telnet, json, away: lunch, idle 1d; registered today 11:00."),
        ({"online": True, "idle": 4 * MINUTE, "faces": ("json",)}, "-- bob is here by json; registered today 11:00."),
    ],
)  # fmt: skip
def test_who_somebody_is(about: dict[str, object], line: str) -> None:
    """Here or not, how, away, idle, since when, and where one meets."""
    known = {"name": "bob", "at": NOON, "since": NOON - HOUR, "seen": None, "rooms": ()} | about
    assert told(events.WhoisDone(**known)) == [line]  # type: ignore[arg-type]
