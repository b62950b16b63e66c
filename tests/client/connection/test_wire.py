"""What a server writes is read as far as it can be."""

import msgspec
import pytest

from chatd.client.connection.wire import read_answer, read_event, read_head
from chatd.core import events
from chatd.core.events import Answer, Event, RoomShown, Said

OLD = Said(room="lobby", seq=1, who="bob", at=1, text="hi")
SHOWN = RoomShown(room="lobby", seq=1, recent=(OLD,))


@pytest.mark.parametrize(
    "answer",
    [
        events.Introduced(name="alice", known=True),
        events.LoggedIn(name="alice", at=1, rooms=(SHOWN,), settings={"time": "on"}, last_at=1, last_from="::1"),
        events.Registered(name="alice", at=1, rooms=(), settings={}),
        events.Resumed(name="alice", at=1, rooms=(), settings={}),
        events.QuitDone(),
        events.Ponged(at=1),
        events.JoinDone(at=0, place=SHOWN),
        events.LeaveDone(room="lobby"),
        events.LookDone(at=0, place=SHOWN, people=3),
        events.RoomsDone(rooms=(events.RoomListed(room="a", topic="", people=1, member=True),)),
        events.NamesDone(room="lobby", names=("alice",)),
        events.WhoisDone(name="alice", at=1, since=1, online=False, seen=None, rooms=()),
        events.TopicDone(room="lobby", topic="x"),
        events.SayDone(room="lobby", seq=1, at=1, again=True),
        events.MsgDone(room="@bob", seq=1, at=1),
        events.HistoryDone(at=0, room="lobby", events=(OLD,), more=False),
        events.PasswdDone(),
        events.SetDone(settings={}),
        events.WhyDone(code="x", why="y", rule=None, set_by=None, until=None),
    ],
)
def test_every_answer_is_read(answer: Answer) -> None:
    """What the server encodes, the client decodes to the same."""
    wire = msgspec.json.encode(answer)
    head = read_head(wire)
    assert head is not None
    assert head.done == answer.__struct_config__.tag
    assert read_answer(wire) == answer


@pytest.mark.parametrize(
    "event",
    [
        OLD,
        events.Joined(room="lobby", seq=1, who="bob", at=1),
        events.Left(room="lobby", seq=1, who="bob", at=1, reason="lunch"),
        events.TopicChanged(room="lobby", seq=1, who="bob", at=1, topic="x"),
        events.Gap(room="lobby", after=1, before=9),
        events.Arrived(who="bob", at=1),
        events.Departed(who="bob", at=1),
        events.Announced(text="x", at=1),
        events.Pinged(at=1),
        events.Closed(code="x", why="y"),
    ],
)
def test_every_event_is_read(event: Event) -> None:
    """What the server encodes, the client decodes to the same."""
    assert read_event(msgspec.json.encode(event)) == event


def test_nothing_of_the_core_is_forgotten_above() -> None:
    """A new answer or event in the core is asked for in the two tests before."""
    answers = test_every_answer_is_read.pytestmark[0].args[1]  # type: ignore[attr-defined]
    heard = test_every_event_is_read.pytestmark[0].args[1]  # type: ignore[attr-defined]
    abstract = {"Answer", "Stored"}
    assert {type(each).__name__ for each in answers} == {each.__name__ for each in _below(Answer)} - abstract
    assert {type(each).__name__ for each in heard} == {each.__name__ for each in _below(Event)} - {"RoomEvent"}


def _below(kind: type) -> list[type]:
    children: list[type] = kind.__subclasses__()
    return [each for child in children for each in (child, *_below(child))]


def test_strange_events_are_left_out_of_an_answer_wherever_they_stand() -> None:
    """A login at a newer server shows the history that this client can show."""
    kicked = {"event": "kicked", "room": "lobby", "seq": 2, "at": 1}
    shown = {"room": "lobby", "seq": 2, "recent": [msgspec.to_builtins(OLD), kicked]}
    wire = msgspec.json.encode({"done": "login", "name": "a", "at": 1, "rooms": [shown], "settings": {}})
    answer = read_answer(wire)
    assert isinstance(answer, events.LoggedIn)
    assert answer.rooms[0].recent == (OLD,)


def test_a_refusal_of_what_was_no_command_is_one() -> None:
    """C{"refused": null} is a refusal, and an object without the key is none."""
    refused, other = read_head(b'{"refused":null,"code":"too-slow","why":"x"}'), read_head(b'{"code":"x"}')
    assert refused is not None
    assert refused.refused is None
    assert other is not None
    assert other.refused is msgspec.UNSET
