"""What is read from history is what was heard when it happened."""

import msgspec
import pytest

from chatd.core.events import AnyRoomEvent, Joined, Left, Said, TopicChanged
from chatd.store.queries.messages import MessageRow
from chatd.store.records import details, event_of

AWKWARD = 'quotes " \' and {"seq": 99} and \u00e9 \U0001f600'


@pytest.mark.parametrize(
    "event",
    [
        Joined(room="lobby", seq=1, who="alice", at=5),
        Left(room="lobby", seq=2, who="alice", at=6),
        Left(room="lobby", seq=2, who="alice", at=6, reason=AWKWARD),
        TopicChanged(room="lobby", seq=3, who="alice", at=7, topic=AWKWARD),
        TopicChanged(room="lobby", seq=3, who="alice", at=7, topic=""),
    ],
)
def test_events_come_back(event: AnyRoomEvent) -> None:
    """Joins, leaves and topics are the same later, whatever was written in them."""
    body = details(event)
    row = MessageRow(event.seq, event.who, "event", body, event.at)
    assert event_of(row, "lobby") == event


@pytest.mark.parametrize("kind", ["text", "action"])
def test_lines_come_back(kind: str) -> None:
    """So are lines, whose body is what was said and nothing else."""
    said = event_of(MessageRow(4, "alice", kind, AWKWARD, 8), "@bob")
    assert said == msgspec.convert(
        {"event": "said", "room": "@bob", "seq": 4, "from": "alice", "at": 8, "text": AWKWARD, "kind": kind}, Said
    )


def test_what_has_a_column_is_not_stored_twice() -> None:
    """So that a renamed room is shown by the name that it has now."""
    body = details(TopicChanged(room="old", seq=3, who="alice", at=7, topic="x"))
    assert msgspec.json.decode(body) == {"event": "topic-changed", "topic": "x"}
    shown = event_of(MessageRow(3, "alice", "event", body, 7), "new")
    assert (shown.room, shown.seq) == ("new", 3)


def test_a_row_that_is_no_event_is_a_fault_and_no_guess() -> None:
    """Damaged rows are not shown as something else."""
    with pytest.raises(msgspec.ValidationError):
        event_of(MessageRow(1, "alice", "event", '{"event": "exploded"}', 1), "lobby")
