"""Answers in words."""

import unicodedata

import pytest

from chatd.core import events
from chatd.core.events import Answer, RoomShown
from chatd.dialects.text import grammar, spoken
from chatd.dialects.text.scene import Scene

NOON = 1_766_145_600_000  # 19 December 2025, 12:00 UTC
HOUR = 3_600_000
OLD = events.Said(room="dev", seq=1, who="bob", at=NOON - HOUR, text="hi")


def told(answer: Answer) -> list[str]:
    lines = spoken.words(answer, Scene()).decode().split("\r\n")
    assert lines.pop() == ""
    return lines


def welcome(kind: type[events.LoggedIn] = events.LoggedIn, **values: object) -> events.LoggedIn:
    shown = {"name": "alice", "at": NOON, "rooms": (RoomShown(room="lobby", seq=9),), "settings": {}}
    return kind(**(shown | values))  # type: ignore[arg-type]


LOBBY = "-- You are in #lobby. Type a line and press Enter. /rooms lists more."


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (welcome(events.Registered),
         ["-- User alice registered successfully. Login successful! Welcome, alice.", LOBBY]),
        (welcome(), ["-- Login successful! Welcome, alice.", LOBBY]),
        (welcome(last_at=NOON - 18 * HOUR, last_from="198.51.100.7"),
         ["-- Login successful! Last login: yesterday 18:00 from 198.51.100.7.", LOBBY]),
        (welcome(last_at=NOON - HOUR), ["-- Login successful! Last login: today 11:00.", LOBBY]),
        (welcome(motd="Be kind\n\nand patient"),
         ["-- Login successful! Welcome, alice.", "## Be kind", "## and patient", LOBBY]),
        (welcome(rooms=()),
         ["-- Login successful! Welcome, alice.",
          "-- You are in no room. /join #lobby enters one, and /rooms lists them."]),
        (welcome(rooms=(RoomShown(room="@bob", seq=1, unread=1),)),
         ["-- Login successful! Welcome, alice.", "-- 1 room has news: bob 1. /history bob shows them.",
          "-- You are in no room. /join #lobby enters one, and /rooms lists them."]),
        (welcome(rooms=(RoomShown(room="lobby", seq=9, topic="Say hello", unread=14, recent=(OLD,)),
                        RoomShown(room="ops", seq=3, unread=3, mentions=1), RoomShown(room="dev", seq=3))),
         ["-- Login successful! Welcome, alice.",
          "-- 2 rooms have news: #lobby 14, #ops 3 (1 mentions you). /history #lobby shows them.",
          '-- You are in #lobby: "Say hello". Type a line and press Enter. /rooms lists more.', "11:00 bob: hi"]),
        (events.JoinDone(at=NOON, place=RoomShown(room="dev", seq=1)),
         ["-- You are in #dev. Type a line and press Enter. /rooms lists more."]),
        (events.JoinDone(at=NOON, place=RoomShown(room="dev", seq=1, recent=(OLD,)), again=True),
         ["-- You are in #dev. You were already. Type a line and press Enter. /rooms lists more.", "11:00 bob: hi"]),
        (events.LookDone(at=NOON, place=RoomShown(room="dev", seq=1), people=1),
         ["-- You are in #dev. 1 person here. Type a line and press Enter. /rooms lists more."]),
        (events.LeaveDone(room="dev"), ["-- You left #dev."]),
        (events.RoomsDone(rooms=()), ["-- There is no such room. /join #NAME makes one."]),
        (events.RoomsDone(rooms=(events.RoomListed(room="dev", topic="x", people=2, member=True),
                                 events.RoomListed(room="ops", topic="", people=1, member=False))),
         ['-- #dev 2 people "x" (you are in it)', "-- #ops 1 person"]),
        (events.NamesDone(room="dev", names=("alice", "bob")), ["-- 2 people in #dev: alice, bob"]),
        (events.WhoisDone(name="bob", at=NOON, since=NOON - 48 * HOUR, online=True, seen=1, rooms=("dev", "ops")),
         ["-- bob is here; registered 17 December 2025 12:00. Rooms that you share: #dev, #ops."]),
        (events.WhoisDone(name="bob", at=NOON, since=NOON - HOUR, online=False, seen=NOON - HOUR, rooms=()),
         ["-- bob is not here, last seen today 11:00; registered today 11:00."]),
        (events.WhoisDone(name="bob", at=NOON, since=NOON - HOUR, online=False, seen=None, rooms=()),
         ["-- bob is not here; registered today 11:00."]),
        (events.TopicDone(room="dev", topic="x", by="bob", at=NOON - HOUR), ['-- #dev: "x", set by bob 11:00']),
        (events.TopicDone(room="dev", topic=""), ["-- #dev has no topic."]),
        (events.HistoryDone(at=NOON, room="dev", events=(), more=False), ["-- Nothing of #dev to show."]),
        (events.HistoryDone(at=NOON, room="@bob", events=(OLD,), more=True),
         ["-- There is more. /history 200 bob goes further back.", "11:00 bob: hi"]),
        (events.SetDone(settings={"time": "on", "zone": ""}), ["-- Settings: time on, zone -"]),
        (events.PasswdDone(), ["-- Your password is changed."]), (events.QuitDone(), ["-- Good-bye."]),
        (events.Ponged(at=NOON), ["-- pong 12:00"]),
        (events.WhyDone(code="", why="Nothing was refused yet.", rule=None, set_by=None, until=None),
         ["-- Nothing was refused yet."]),
        (events.WhyDone(code="not-allowed", why="No.", rule="access is key", set_by="carol", until=NOON),
         ["-- No. [not-allowed] Rule: access is key, set by carol. Until 12:00."]),
        (events.WhyDone(code="not-in-room", why="No.", rule="members only", set_by=None, until=None),
         ["-- No. [not-in-room] Rule: members only, set by the server."]),
        (events.SayDone(room="dev", seq=1, at=NOON), []), (events.MsgDone(room="@bob", seq=1, at=NOON), []),
    ],
)  # fmt: skip
def test_answers(answer: Answer, lines: list[str]) -> None:
    """Every answer is a sentence or more, each on a line with the mark of an answer; nothing where it shows anyway."""
    assert told(answer) == lines


def test_the_help_is_a_table_and_one_sentence() -> None:
    """Every command on a line of its own, in a column, and how to say what begins with a slash."""
    *lines, last = spoken.summary(grammar.TABLE).decode().split("\r\n")[:-1]
    assert len(lines) == len(grammar.TABLE)
    assert {line.index(usage.summary) for line, usage in zip(lines, grammar.TABLE, strict=True)} == {
        max(len(usage.line) for usage in grammar.TABLE) + 5
    }
    assert last == "-- Everything else that you type is said in the room. //text says /text."


def test_the_help_of_one_command_has_an_example() -> None:
    """What it is called, what it does, and how one types it."""
    assert spoken.explained(grammar.find("msg")).decode() == (
        "-- /msg NAME TEXT: write to one person alone, who may also be away. Also: /w, /tell, /dm. "
        "For example: /msg bob are you there?\r\n"
    )
    assert b"Also:" not in spoken.explained(grammar.find("why"))


@pytest.mark.parametrize("usage", grammar.TABLE, ids=lambda usage: str(usage.names[0]))
def test_help_is_plain(usage: grammar.Usage) -> None:
    """No control byte but the line end, and no line longer than can be read."""
    line = spoken.explained(usage).decode()
    assert not any(unicodedata.category(each) == "Cc" for each in line[:-2])
    assert len(line) < 250
