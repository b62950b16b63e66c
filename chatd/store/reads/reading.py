"""What every read is given, and the few things that most of them do."""

from typing import NamedTuple

from chatd.core.errors import NoSuchAccount
from chatd.core.names import DIRECT, account_key
from chatd.core.permissions import Act, Actor, may, not_in_room, sees, unseen
from chatd.core.ports import Account
from chatd.core.settings.limits import Limits
from chatd.store import standing
from chatd.store.queries import accounts, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.messages import Span
from chatd.store.queries.rooms import RoomRow
from chatd.store.queries.transactions import Cursor
from chatd.store.writes.talk import conversation_key

END = 2**62


class Reading(NamedTuple):
    """
    What a read is given beside its command: the cursor, who asks, and when (UTC milliseconds).

    @ivar address: From where, and C{mask}: as what; where it is asked for what is told to others.
    """

    cursor: Cursor
    reader: Account
    at: int
    limits: Limits
    address: str = ""
    mask: str = ""


class Place(NamedTuple):
    """A place that may be read, as its row says, and as the reader calls it."""

    row: RoomRow
    shown: str

    def span(self, reader: int, after: int = -1, before: int = END, lines: bool = False) -> Span:
        """Its messages with C{after < seq < before}, as far as the reader may read them; or only its lines."""
        return Span(self.row.id, after, before, reader if self.row.history_for == "since_join" else None, lines)


def allowed(reading: Reading, act: Act) -> Actor:
    """
    Who asks, if he may ask that.

    @raise ChatError: if not.
    """
    actor = actor_in(reading)
    may(act, actor).enforce()
    return actor


def actor_in(reading: Reading, room: RoomRow | None = None) -> Actor:
    """Who asks, as what decides sees him."""
    reader = reading.reader
    return standing.actor_of(
        reading.cursor, reader.id, reader.name, reading.at, room, reading.address, mask=reading.mask,
        operator=reader.operator,
    )  # fmt: skip


def allowed_in(reading: Reading, act: Act, key: str) -> RoomRow:
    """
    The room of a name, if who asks may ask that there.

    @raise ChatError: if not.
    """
    room = rooms.room_by_key(reading.cursor, key, reading.reader.id)
    if room is not None and room.kind != "room":
        room = None
    actor = actor_in(reading, room)  # also for a room that there is not, so that the time does not tell
    if room is None:
        raise unseen(act, key)
    may(act, actor, standing.room_of(reading.cursor, room), named=key).enforce()
    return room


def seen_room(reading: Reading, key: str) -> RoomRow:
    """
    The room of a name, if it exists for who asks.

    @raise NoSuchRoom: if not.
    """
    room = rooms.room_by_key(reading.cursor, key, reading.reader.id)
    if room is not None and room.kind != "room":
        room = None
    actor = actor_in(reading, room)  # also for a room that there is not, so that the time does not tell
    if room is None or not sees(actor, standing.room_of(reading.cursor, room)):
        raise unseen("own", key)
    return room


def readable(reading: Reading, key: str) -> Place | None:
    """
    A place that may be read, or C{None} for a conversation that has not begun. Where nobody is called so any more, it
    is the last conversation with a guest that was.

    @raise NotInRoom: if the reader is no member, whether there is such a room or not.
    @raise NoSuchAccount: if it is C{@NAME} and nobody has that name.
    """
    if key.startswith(DIRECT):
        if accounts.account_by_key(reading.cursor, key[1:]) is None and (place := _with_guest(reading, key[1:])):
            return place
        other = account_named(reading, key[1:])
        row = rooms.room_by_key(reading.cursor, conversation_key(reading.reader.id, other.id), reading.reader.id)
        return None if row is None else Place(row, DIRECT + other.name)
    row = rooms.room_by_key(reading.cursor, key, reading.reader.id)
    if row is None or row.kind != "room" or not row.member:
        raise not_in_room(key)
    return Place(row, row.name)


def _with_guest(reading: Reading, key: str) -> Place | None:
    """The reader's last conversation with a guest of that folded name, which is gone."""
    cursor, reader = reading.cursor, reading.reader.id
    found = ((room, name) for room, name in accounts.guests_known(cursor, reader) if account_key(name) == key)
    for number, name in found:
        row = rooms.room_by_id(cursor, number, reader)
        if row is not None:
            return Place(row, DIRECT + name)
    return None


def account_named(reading: Reading, key: str, *, also_deleted: bool = True) -> AccountRow:
    """
    The account of a folded name.

    @raise NoSuchAccount: if there is none.
    """
    row = accounts.account_by_key(reading.cursor, key)
    if row is None or (row.status == "deleted" and not also_deleted):
        raise NoSuchAccount(f"Nobody is called {key} here.")
    return row
