"""The readers of history: pages of a place, the rooms there are, what is new."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred

from chatd.core import names
from chatd.core.commands import History
from chatd.core.errors import NoSuchAccount
from chatd.core.events import AnyRoomEvent
from chatd.core.permissions import Standing, may, not_in_room
from chatd.core.ports import Account
from chatd.store.queries import accounts, messages, rooms
from chatd.store.queries.transactions import Cursor
from chatd.store.records import event_of
from chatd.store.writes import conversation_key

T = TypeVar("T")

END = 2**62
ROOMS_LISTED = 500

Page = tuple[tuple[AnyRoomEvent, ...], bool]


class Reader(Protocol):
    """What the archive asks of the database."""

    def read(self, work: Callable[[Cursor], T]) -> Deferred[T]: ...


class Archive:
    """What is stored, for those who may read it."""

    def __init__(self, database: Reader) -> None:
        self._database = database

    async def page(self, reader: Account, request: History) -> Page:
        """
        Events of a place, oldest first, and whether there are more.

        @raise NotInRoom: if C{reader} is no member.
        @raise NoSuchAccount: if the place is C{@NAME} and nobody has that name.
        """
        return await self._database.read(lambda cursor: _page(cursor, reader, request))

    async def rooms(self, reader: Account, pattern: str) -> tuple[tuple[int, str, str], ...]:
        """Number, name and topic of the rooms that C{reader} may know of, by name, at most 500."""
        key = pattern.lower()
        listed = await self._database.read(lambda cursor: rooms.rooms_listed(cursor, reader.id, key, ROOMS_LISTED))
        return tuple(listed)

    async def topic(self, room_id: int) -> tuple[str, str, int | None]:
        """A room's topic, who set it and when."""
        return await self._database.read(lambda cursor: rooms.topic(cursor, room_id))


def _page(cursor: Cursor, reader: Account, request: History) -> Page:
    found = _place(cursor, reader, request.room)
    if found is None:
        return (), False
    room_id, shown = found
    after = -1 if request.after is None else request.after
    before = END if request.before is None else request.before
    if request.since is not None:
        first = messages.seq_at(cursor, room_id, request.since)
        after = max(after, END if first is None else first - 1)
    if request.after is not None and request.before is None:
        rows = messages.oldest(cursor, room_id, after, before, request.limit + 1)
        kept = rows[: request.limit]
    else:
        rows = messages.newest(cursor, room_id, after, before, request.limit + 1)
        kept = rows[: request.limit][::-1]
    return tuple(event_of(row, shown) for row in kept), len(rows) > request.limit


def _place(cursor: Cursor, reader: Account, key: str) -> tuple[int, str] | None:
    """The number and shown name of a place that C{reader} may read; C{None} for a conversation not yet begun."""
    if key.startswith(names.DIRECT):
        other = accounts.account_by_key(cursor, key[1:])
        if other is None:
            raise NoSuchAccount(f"Nobody is called {key[1:]} here.")
        room = rooms.room_by_key(cursor, conversation_key(reader.id, other.id), reader.id)
        return None if room is None else (room.id, names.DIRECT + other.name)
    room = rooms.room_by_key(cursor, key, reader.id)
    if room is None:
        raise not_in_room(key)
    may("read", Standing(room.name, room.member, room.access)).enforce()
    return room.id, room.name
