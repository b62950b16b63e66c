"""The readers: every question about what is stored, answered from one state of the database."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred

from chatd.core.commands import Command
from chatd.core.events import Answer
from chatd.core.permissions import Act
from chatd.core.ports import Account, Reach, Roster
from chatd.core.session import Session
from chatd.core.settings.limits import Limits
from chatd.store.queries import rooms
from chatd.store.queries.transactions import Cursor
from chatd.store.reads.reading import Reading, allowed, allowed_in
from chatd.store.reads.table import READS
from chatd.store.reads.talk import reach
from chatd.store.standing import is_muted, seen_as

T = TypeVar("T")


class Reader(Protocol):
    """What the archive asks of the database."""

    def read(self, work: Callable[[Cursor], T]) -> Deferred[T]: ...


class Archive:
    """What is stored, for those who may read it."""

    def __init__(self, database: Reader, limits: Callable[[], Limits], now: Callable[[], int]) -> None:
        self._database = database
        self._limits = limits
        self._now = now
        self._looked = 0
        self._looking: set[int] = set()
        self._waiting: list[tuple[set[int], Deferred[None]]] = []

    async def settled(self) -> None:
        """
        Wait until what was looked up before is, and whoever asked for it has gone on; but for no answer of L{ask}: that
        may take long, such as a search, and what others are told hangs on none.
        """
        if self._looking:
            looked: Deferred[None] = Deferred()
            self._waiting.append((set(self._looking), looked))
            await looked
        await self._database.read(lambda cursor: None)

    async def ask(self, reader: Account, command: Command) -> Answer:
        """
        What a question is answered with.

        @raise ChatError: if C{reader} may not ask it, or it makes no sense.
        """
        read, limits, at = READS[type(command)], self._limits(), self._now()
        return await self._database.read(lambda cursor: read(Reading(cursor, reader, at, limits), command))

    async def require(self, actor: Account, act: Act, room: str | None = None) -> None:
        """
        Let what costs much be begun, or not; the journal asks once more.

        @raise ChatError: if C{actor} may not do it.
        """
        limits, at = self._limits(), self._now()

        def work(cursor: Cursor) -> None:
            reading = Reading(cursor, actor, at, limits)
            if room is None:
                allowed(reading, act)
            else:
                allowed_in(reading, act, room)

        await self._look(work)

    async def standings(self, room_id: int) -> Mapping[int, str]:
        """The roles of those members of a room that are more than members, by their numbers."""
        return await self._look(lambda cursor: rooms.standings(cursor, room_id))

    async def roster(self, room_id: int) -> Roster:
        """What the members of a room are there, and whether it is found in lists."""
        return await self._look(
            lambda cursor: Roster(
                rooms.standings(cursor, room_id), rooms.voiced(cursor, room_id), rooms.is_listed(cursor, room_id)
            )
        )

    async def reach(self, actor: Account, to: str, origin: Session) -> Reach:
        """
        Whom an account may tell something in a place, which is asked for as if it were a line.

        @raise ChatError: if nobody.
        """
        limits, at, address, mask = self._limits(), self._now(), origin.peer.address, seen_as(origin)
        return await self._look(lambda cursor: reach(Reading(cursor, actor, at, limits, address, mask), to))

    async def is_muted(self, account: Account, mask: str) -> bool:
        """Whether an account is muted in any room, or on the site; or what it looks like, in a room where it is."""
        at = self._now()
        return await self._look(lambda cursor: is_muted(cursor, account.id, at, mask))

    async def key_hash(self, room: str) -> str | None:
        """The hash of a room's key, if there is such a room and it has one."""
        return await self._look(lambda cursor: rooms.room_key_hash(cursor, room))

    async def _look(self, work: Callable[[Cursor], T]) -> T:
        """Look something up that a command needs before it is done."""
        self._looked += 1
        number = self._looked
        self._looking.add(number)
        try:
            return await self._database.read(work)
        finally:
            self._looking.remove(number)
            for before, _ in self._waiting:
                before.discard(number)
            settled = [each for each in self._waiting if not each[0]]
            self._waiting = [each for each in self._waiting if each[0]]
            for _, looked in settled:
                looked.callback(None)
