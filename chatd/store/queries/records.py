"""Events of a room as rows of C{messages}, and back."""

import msgspec
from msgspec import UNSET

from chatd.core.events import AnyRoomEvent, RoomEvent, Said
from chatd.core.names import DIRECT
from chatd.store.queries.messages import FoundRow, MessageRow

_COLUMNS = frozenset({"room", "seq", "who", "at"})
# What is not kept twice: it is the text of the line that the event is about, which may be taken back.
_OF_SUBJECT = frozenset({"of", "text"})


def details(event: RoomEvent) -> str:
    """What an event that is no line has beside its columns, as JSON."""
    fields = msgspec.to_builtins(event)
    left_out = _COLUMNS | _OF_SUBJECT if "of" in fields else _COLUMNS
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
            kind="action" if row.kind == "action" else "text",
            edited_at=row.edited_at or UNSET,
            deleted_by=row.deleted_by or UNSET,
        )
    columns = {"room": room, "seq": row.seq, "who": row.sender, "at": row.at}
    if row.of is not None:
        columns |= {"of": row.of, "text": row.subject or ""}
    event: AnyRoomEvent = msgspec.convert(msgspec.json.decode(row.body) | columns, type=AnyRoomEvent)
    return event


def line_of(row: FoundRow) -> Said:
    """A line that was found."""
    return Said(
        room=DIRECT + row.other if row.other else row.room,
        seq=row.seq,
        who=row.sender,
        at=row.at,
        text=row.body,
        kind="action" if row.kind == "action" else "text",
        edited_at=row.edited_at or UNSET,
    )
