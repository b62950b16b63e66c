"""What one reads on coming in, on going, and about refusals."""

import pytest

from chatd.core import events
from chatd.core.events import Answer, RoomShown
from tests.dialects.text.doubles import HOUR, NOON, said, told


def welcome(kind: type[events.LoggedIn] = events.LoggedIn, **values: object) -> events.LoggedIn:
    shown = {"name": "alice", "at": NOON, "rooms": (RoomShown(room="lobby", seq=9),), "settings": {}}
    return kind(**(shown | values))  # type: ignore[arg-type]


HELLO = "-- Login successful! Welcome, alice."
LOBBY = "-- You are in #lobby. Type a line and press Enter. /rooms lists more."
NOWHERE = "-- You are in no room. /join #lobby enters one, and /rooms lists them."


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (welcome(events.Registered),
         ["-- User alice registered successfully. Login successful! Welcome, alice.", LOBBY]),
        (welcome(), [HELLO, LOBBY]),
        (welcome(last_at=NOON - 18 * HOUR, last_from="198.51.100.7"),
         ["-- Login successful! Last login: yesterday 18:00 from 198.51.100.7.", LOBBY]),
        (welcome(last_at=NOON - HOUR), ["-- Login successful! Last login: today 11:00.", LOBBY]),
        (welcome(motd="Be kind\n\nand patient"), [HELLO, "## Be kind", "## and patient", LOBBY]),
        (welcome(rooms=()), [HELLO, NOWHERE]),
        (welcome(rooms=(RoomShown(room="lobby", seq=9, topic="Say hello", recent=(said(),)),)),
         [HELLO, '-- You are in #lobby: "Say hello". Type a line and press Enter. /rooms lists more.',
          "11:00 bob: hi"]),
        (events.QuitDone(), ["-- Good-bye."]), (events.Ponged(at=NOON), ["-- pong 12:00"]),
        (events.WhyDone(code="", why="Nothing was refused yet.", rule=None, set_by=None, until=None),
         ["-- Nothing was refused yet."]),
        (events.WhyDone(code="not-allowed", why="No.", rule="a ban", set_by="carol", until=NOON),
         ["-- No. [not-allowed] Rule: a ban, set by carol. It holds until 19 December 2025 12:00."]),
        (events.WhyDone(code="not-in-room", why="No.", rule="members only", set_by=None, until=None),
         ["-- No. [not-in-room] Rule: members only."]),
    ],
)  # fmt: skip
def test_answers(answer: Answer, lines: list[str]) -> None:
    """A sentence or more, each on a line with the mark of an answer."""
    assert told(answer) == lines


@pytest.mark.parametrize(
    ("rooms", "line"),
    [
        ({"lobby": 14, "ops": 3}, "-- 2 rooms have news: #lobby 14, #ops 3 (1 mentions you). /catchup shows them."),
        ({"lobby": 1, "@bob": 1}, "-- 1 room and 1 conversation have news: #lobby 1, bob 1. /catchup shows them."),
        ({"@bob": 1}, "-- 1 conversation has news: bob 1. /catchup shows them."),
        ({"@bob": 1, "@carol": 2}, "-- 2 conversations have news: bob 1, carol 2. /catchup shows them."),
        ({"ops": 3, "dev": 0}, "-- 1 room has news: #ops 3 (1 mentions you). /catchup shows them."),
    ],
)
def test_the_news_at_the_door(rooms: dict[str, int], line: str) -> None:
    """Rooms are rooms, conversations are with somebody, and one command shows it all."""
    shown = tuple(RoomShown(room=room, seq=99, unread=new, mentions=int(room == "ops")) for room, new in rooms.items())
    assert told(welcome(rooms=shown))[1] == line
