"""What is read from history is what was heard when it happened, but for what was changed or taken back since."""

from typing import get_args

import msgspec
import pytest
from msgspec.structs import replace

from chatd.core.events import (
    AnyRoomEvent,
    Banned,
    Deleted,
    Edited,
    Joined,
    Kicked,
    Left,
    MaskChanged,
    Muted,
    RoleChanged,
    RoomChanged,
    RoomRenamed,
    Said,
    Tagged,
    TopicChanged,
    Unbanned,
    Undeleted,
    Unmuted,
)
from chatd.store.queries.messages import FoundRow, MessageRow
from chatd.store.queries.records import details, event_of, line_of

AWKWARD = 'quotes " \' and {"seq": 99} and \u00e9 \U0001f600'
EVENTS: list[AnyRoomEvent] = [
    Joined(room="lobby", seq=1, who="alice", at=5),
    Left(room="lobby", seq=2, who="alice", at=6),
    Left(room="lobby", seq=2, who="alice", at=6, reason=AWKWARD),
    TopicChanged(room="lobby", seq=3, who="alice", at=7, topic=AWKWARD),
    TopicChanged(room="lobby", seq=3, who="alice", at=7, topic=""),
    Kicked(room="lobby", seq=3, who="alice", at=7, target="bob", reason=AWKWARD),
    Banned(room="lobby", seq=3, who="alice", at=7, target="bob", until=9),
    Banned(room="lobby", seq=3, who="alice", at=7, target="bob", until=None, reason=AWKWARD),
    Unbanned(room="lobby", seq=3, who="alice", at=7, target="bob"),
    Muted(room="lobby", seq=3, who="alice", at=7, target="bob", until=None),
    Unmuted(room="lobby", seq=3, who="alice", at=7, target="bob"),
    RoleChanged(room="lobby", seq=3, who="alice", at=7, target="bob", role="voice"),
    RoomChanged(room="lobby", seq=3, who="alice", at=7, setting="slow", value="30s"),
    MaskChanged(room="lobby", seq=3, who="alice", at=7, list="ban", mask=AWKWARD, on=True),
    RoomRenamed(room="lobby", seq=3, who="alice", at=7, name="Foyer", reason=AWKWARD),
]
ABOUT_LINES: list[AnyRoomEvent] = [
    Edited(room="lobby", seq=4, who="bob", at=7, of=3, text=AWKWARD),
    Deleted(room="lobby", seq=4, who="alice", at=7, of=3, author="bob", reason=AWKWARD),
    Undeleted(room="lobby", seq=4, who="alice", at=7, of=3, author="bob", text=AWKWARD),
]


def row(seq: int, sender: str, kind: str, body: str, at: int, of: int | None = None, subject: str = "") -> MessageRow:
    """A row as it is stored and never changed."""
    return MessageRow(seq, sender, kind, body, at, None, None, of, subject)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_events_come_back(event: AnyRoomEvent) -> None:
    """They are the same later, whatever was written in them."""
    assert event_of(row(event.seq, event.who, "event", details(event), event.at), "lobby") == event


@pytest.mark.parametrize("event", ABOUT_LINES, ids=lambda event: type(event).__name__)
def test_events_about_lines_come_back(event: AnyRoomEvent) -> None:
    """With the text that the line has now; of itself the event keeps none."""
    body = details(event)
    assert "quotes" not in body or isinstance(event, Deleted), "a reason is the moderator's own"
    assert event_of(row(event.seq, event.who, "event", body, event.at, 3, AWKWARD), "lobby") == event


@pytest.mark.parametrize("subject", ["", None])
def test_events_about_lines_that_are_gone(subject: str) -> None:
    """Whether deleted or thrown away, nothing tells what they said."""
    for event in ABOUT_LINES:
        shown = event_of(row(event.seq, event.who, "event", details(event), event.at, 3, subject), "lobby")
        assert getattr(shown, "text", "") == ""


def test_what_is_for_programs_comes_back() -> None:
    """Its tags are a column of their own, which goes with the account."""
    event = Tagged(room="lobby", seq=3, who="alice", at=7, tags={"+a": AWKWARD})
    kept = row(3, "alice", "event", details(event), 7)
    assert AWKWARD not in kept.body
    assert event_of(kept._replace(tags=msgspec.json.encode(event.tags).decode()), "lobby") == event
    assert event_of(kept, "lobby") == replace(event, tags={})


def test_no_event_is_forgotten() -> None:
    """Every kind that a room can see is tried here."""
    kinds = {type(event) for event in (*EVENTS, *ABOUT_LINES)} | {Said, Tagged}
    assert kinds == set(get_args(AnyRoomEvent))


@pytest.mark.parametrize("kind", ["text", "action", "notice"])
def test_lines_come_back(kind: str) -> None:
    """So are lines, whose body is what was said and nothing else."""
    said = event_of(row(4, "alice", kind, AWKWARD, 8), "@bob")
    assert said == msgspec.convert(
        {"event": "said", "room": "@bob", "seq": 4, "from": "alice", "at": 8, "text": AWKWARD, "kind": kind}, Said
    )


def test_marks_of_lines() -> None:
    """A corrected line says when; a deleted one by whom, and not what."""
    edited = event_of(MessageRow(4, "alice", "text", "new", 8, 9, None, None, ""), "lobby")
    assert edited == Said(room="lobby", seq=4, who="alice", at=8, text="new", edited_at=9)
    deleted = event_of(MessageRow(4, "alice", "text", "still kept", 8, None, "bob", None, ""), "lobby")
    assert deleted == Said(room="lobby", seq=4, who="alice", at=8, text="", deleted_by="bob")
    assert "still kept" not in msgspec.json.encode(deleted).decode()


def test_tags_come_back() -> None:
    """A line that is gone has none: they say as much as the text."""
    tagged = MessageRow(4, "alice", "notice", "x", 8, None, None, None, "", '{"+a/b":"c \\u00e9"}')
    assert event_of(tagged, "lobby") == Said(
        room="lobby", seq=4, who="alice", at=8, text="x", kind="notice", tags={"+a/b": "c \u00e9"}
    )
    assert event_of(tagged._replace(deleted_by="bob"), "lobby") == Said(
        room="lobby", seq=4, who="alice", at=8, text="", kind="notice", deleted_by="bob"
    )
    found = FoundRow(1, "lobby", None, 4, "alice", "notice", "x", 8, None, '{"+a":""}')
    assert (line_of(found).kind, line_of(found).tags) == ("notice", {"+a": ""})


def test_a_renaming_keeps_the_old_name() -> None:
    """It is the one event that says what the room was called before, whatever it is called now."""
    body = details(RoomRenamed(room="old", seq=3, who="alice", at=7, name="new"))
    shown = event_of(row(3, "alice", "event", body, 7), "newest")
    assert shown == RoomRenamed(room="old", seq=3, who="alice", at=7, name="new")


def test_lines_that_were_found() -> None:
    """In a room by its name, in a conversation by the other one's."""
    found = FoundRow(1, "lobby", None, 4, "alice", "action", "waves", 8, None)
    assert line_of(found) == Said(room="lobby", seq=4, who="alice", at=8, text="waves", kind="action")
    assert line_of(found._replace(room="", other="Bob")).room == "@Bob"


def test_what_has_a_column_is_not_stored_twice() -> None:
    """So that a renamed room is shown by the name that it has now."""
    body = details(TopicChanged(room="old", seq=3, who="alice", at=7, topic="x"))
    assert msgspec.json.decode(body) == {"event": "topic-changed", "topic": "x"}
    shown = event_of(row(3, "alice", "event", body, 7), "new")
    assert (shown.room, shown.seq) == ("new", 3)


def test_a_row_that_is_no_event_is_a_fault_and_no_guess() -> None:
    """Damaged rows are not shown as something else."""
    with pytest.raises(msgspec.ValidationError):
        event_of(row(1, "alice", "event", '{"event": "exploded"}', 1), "lobby")
