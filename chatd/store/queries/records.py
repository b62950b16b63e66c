"""Events of a room as rows of C{messages}, and back."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from chatd.core.events import AnyRoomEvent, RoomEvent, RoomRenamed, Said
from chatd.core.names import DIRECT
from chatd.store.queries.messages import FoundRow, MessageRow

_KINDS: Mapping[str, Literal["text", "action", "notice"]] = {"action": "action", "notice": "notice"}
_decode_tags = msgspec.json.Decoder(dict[str, str]).decode
_COLUMNS = frozenset({"room", "seq", "who", "at", "guest", "tags"})
# What is not kept twice: it is the text of the line that the event is about, which may be taken back.
_OF_SUBJECT = frozenset({"of", "text"})


def details(event: RoomEvent) -> str:
    """What an event that is no line has beside its columns, as JSON."""
    fields = msgspec.to_builtins(event)
    left_out = _COLUMNS | _OF_SUBJECT if "of" in fields else _COLUMNS
    if isinstance(event, RoomRenamed):
        left_out = _COLUMNS - {"room"}  # which no row says any more
    return msgspec.json.encode({key: value for key, value in fields.items() if key not in left_out}).decode()


def event_of(row: MessageRow, room: str) -> AnyRoomEvent:
    """A row as the event that it was. C{room} is the place's name as the reader calls it."""
    if row.kind != "event":
        return Said(
            room=room,
            seq=row.seq,
            who=row.sender,
            at=row.at,
            text="" if row.deleted_by else row.body,
            kind=_KINDS.get(row.kind, "text"),
            edited_at=row.edited_at or UNSET,
            deleted_by=row.deleted_by or UNSET,
            tags=UNSET if row.deleted_by else tags_of(row.tags),
            guest=bool(row.guest) or UNSET,
        )
    columns: dict[str, object] = {"seq": row.seq, "who": row.sender, "at": row.at}
    if row.of is not None:
        columns |= {"of": row.of, "text": row.subject or ""}
    if row.guest:
        columns["guest"] = True
    if row.tags is not None:
        columns["tags"] = _decode_tags(row.tags)
    event: AnyRoomEvent = msgspec.convert({"room": room} | msgspec.json.decode(row.body) | columns, type=AnyRoomEvent)
    return event


def tags_of(kept: str | None) -> dict[str, str] | UnsetType:
    """The tags of a line, from its row."""
    return UNSET if kept is None else _decode_tags(kept)


def line_of(row: FoundRow) -> Said:
    """A line that was found."""
    return Said(
        room=DIRECT + row.other if row.other else row.room,
        seq=row.seq,
        who=row.sender,
        at=row.at,
        text=row.body,
        kind=_KINDS.get(row.kind, "text"),
        edited_at=row.edited_at or UNSET,
        tags=tags_of(row.tags),
        guest=bool(row.guest) or UNSET,
    )
