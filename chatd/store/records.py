"""Events of a room as rows of C{messages}, and back."""

import msgspec

from chatd.core.events import AnyRoomEvent, Joined, Left, RoomEvent, Said, TopicChanged
from chatd.store.queries.messages import MessageRow

_COLUMNS = frozenset({"room", "seq", "who", "at"})


def details(event: RoomEvent) -> str:
    """What an event that is no line has beside its columns, as JSON."""
    fields = msgspec.to_builtins(event)
    return msgspec.json.encode({key: value for key, value in fields.items() if key not in _COLUMNS}).decode()


def event_of(row: MessageRow, room: str) -> AnyRoomEvent:
    """A row as the event that it was. C{room} is the place's name as the reader calls it."""
    if row.kind == "text":
        return Said(room=room, seq=row.seq, who=row.sender, at=row.at, text=row.body)
    if row.kind == "action":
        return Said(room=room, seq=row.seq, who=row.sender, at=row.at, text=row.body, kind="action")
    columns = {"room": room, "seq": row.seq, "who": row.sender, "at": row.at}
    event: AnyRoomEvent = msgspec.convert(msgspec.json.decode(row.body) | columns, type=Joined | Left | TopicChanged)
    return event
