"""
The one writer: it batches, commits, then tells.

Everything that changes the database goes through here. What is queued while a transaction runs becomes the next
transaction, so that under load one sync of the disk serves many, and alone nobody waits for a timer. Only after
the commit is anything told or answered: acknowledged means on disk, and nobody ever sees what the history lacks.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatd.core.commands import Command, Say
from chatd.core.errors import Busy, ChatError, StorageFull
from chatd.core.events import Answer
from chatd.core.names import DIRECT
from chatd.core.ports import Account, Expulsion, Given, News
from chatd.core.session import Session
from chatd.core.settings.limits import Limits
from chatd.store.licences import Licences
from chatd.store.queries import messages, transactions
from chatd.store.queries.transactions import Cursor
from chatd.store.standing import lobby_of, origin_of, seen_as
from chatd.store.writes.table import WRITES
from chatd.store.writes.writing import Outcome, Writing

log = Logger(namespace="chatd.store.journal")

MANY = 32  # entries of one transaction
INDEXED_TOGETHER = 1000

T = TypeVar("T")
Tell = Callable[[News, Session | None, str | None], None]
Expel = Callable[[Expulsion, Session | None], None]


class OutcomeUnknown(Exception):
    """The commit failed in a way that leaves open whether it holds: only a new start can tell."""


class Writer(Protocol):
    """What the journal asks of the database."""

    def write(self, work: Callable[[Cursor], Any]) -> Deferred[Any]: ...
    def free_bytes(self) -> int: ...


class Entry(Generic[T]):
    """
    Something to be written.

    @ivar grows: Whether it makes the database larger, so that it is refused when the disk is nearly full.
    @ivar is_line: Whether it stores a line in a room, and changes nothing that decides who may.
    @ivar then: What is to happen right after the commit, in the order of commits.
    @ivar last: What is to happen when all that was committed together has been told, and before the answer.
    """

    __slots__ = ("done", "failure", "grows", "is_line", "last", "queued_at", "result", "then", "work")

    def __init__(
        self,
        work: Callable[[Cursor], T],
        then: Callable[[T], None] | None,
        last: Callable[[T], None] | None,
        grows: bool,
        is_line: bool,
        queued_at: float,
    ) -> None:
        self.work = work
        self.then = then
        self.last = last
        self.grows = grows
        self.is_line = is_line
        self.queued_at = queued_at
        self.done: Deferred[T] = Deferred()
        self.result: Any = None
        self.failure: Failure | None = None


class Journal:
    """
    The queue before the writing connection.

    @param tell: Told of each news after its commit, in order, with the session and the mark that caused it.
    @param told_all: Called when it was told of all that was committed together, with what to call when answers may be
        given and more may be stored: who hears it sets the pace.
    @param expel: Told which sessions are to end, after the news.
    @param clock: Seconds that never go back.
    @param now: The wall clock in UTC milliseconds.
    @param die: Called when it is unknown whether a commit holds. It does not return.
    """

    def __init__(
        self,
        database: Writer,
        tell: Tell,
        told_all: Callable[[Callable[[], None]], None],
        expel: Expel,
        limits: Callable[[], Limits],
        clock: Callable[[], float],
        now: Callable[[], int],
        die: Callable[[str], None],
    ) -> None:
        self._database = database
        self._tell = tell
        self._told_all = told_all
        self._expel = expel
        self._limits = limits
        self._clock = clock
        self._now = now
        self._die = die
        self._queue: deque[Entry[Any]] = deque()
        self._licences = Licences()
        self._running = False
        self._apart = 0  # so many of the next ones are tried each by itself
        self._unindexed = 0
        self._idle: list[Deferred[None]] = []

    async def append(
        self, actor: Account, command: Command, origin: Session | None = None, given: Given = None
    ) -> Answer:
        """
        Store what a command does, tell the news of it, then answer.

        @raise ChatError: with nothing stored.
        """
        write, limits, at = WRITES[type(command)], self._limits(), self._now()
        address, token_id = ("", None) if origin is None else (origin.peer.address, origin.token_id)
        seen, licences = (seen_as(origin), origin_of(origin), lobby_of(origin)), self._licences

        def work(cursor: Cursor) -> Outcome:
            return write(Writing(cursor, actor, at, limits, licences, address, given, token_id, *seen), command)

        def tell(outcome: Outcome) -> None:
            for news in outcome.news:
                self._tell(news, origin, command.ref)

        def expel(outcome: Outcome) -> None:
            for expulsion in outcome.ends:
                self._expel(expulsion, origin)

        is_line = type(command) is Say and not command.room.startswith(DIRECT)
        outcome = await self.write(work, tell, None if is_line else expel, grows=True, is_line=is_line)
        return outcome.answer

    def write(
        self,
        work: Callable[[Cursor], T],
        then: Callable[[T], None] | None = None,
        last: Callable[[T], None] | None = None,
        *,
        grows: bool = False,
        is_line: bool = False,
    ) -> Deferred[T]:
        """
        Run C{work} in the next transaction, C{then} right after its commit, whether anybody still waits or not, and
        C{last} when everything has been told that was committed together.

        @raise Busy: if too much is queued.
        """
        limits, now = self._limits(), self._clock()
        stale = bool(self._queue) and now - self._queue[0].queued_at > limits.journal_seconds
        if stale or len(self._queue) >= limits.journal_entries:
            raise Busy("The server has more to store than it can. Try again in a moment.", rule="journal queue")
        entry = Entry(work, then, last, grows, is_line, now)
        self._queue.append(entry)
        if not self._running:
            self._commit_next()
        return entry.done

    async def settled(self) -> None:
        """
        Wait until all that was queued before is committed, and has been told.

        @raise Busy: if too much is queued.
        """
        if self._running:  # else there is nothing to wait for: an idle client's sign of life costs no transaction
            await self.write(_nothing)

    def drained(self) -> Deferred[None]:
        """Fires when nothing is queued any more."""
        done: Deferred[None] = Deferred()
        if self._running:
            self._idle.append(done)
        else:
            done.callback(None)
        return done

    def _commit_next(self) -> None:
        most = 1 if self._apart else self._limits().journal_batch
        self._apart = max(0, self._apart - 1)
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), most))]
        indexes = self._is_index_due(len(batch))
        self._running = bool(batch) or indexes
        if self._running:
            least = self._limits().free_disk
            committing = self._database.write(lambda cursor: self._commit(cursor, batch, least, indexes))
            committing.addCallbacks(lambda _: None, lambda failure: self._lost(failure, batch))
            committing.addCallback(lambda _: self._tell_all(batch))
            committing.addCallback(lambda _: self._answer(batch))
            committing.addErrback(self._at_fault)
            committing.addCallback(lambda _: self._commit_next())
            return
        idle, self._idle = self._idle, []
        for done in idle:
            done.callback(None)

    def _is_index_due(self, entries: int) -> bool:
        """
        Whether the search is to find what is stored now. When transactions are large, which is what load looks like, it
        is done for many of them together, or when nothing else is to be stored: FTS5 writes a segment of its own each
        time. With no index at all, a room of 500 heard a fifth more.
        """
        self._unindexed += entries
        if entries >= MANY and self._unindexed < INDEXED_TOGETHER:
            return False
        unindexed, self._unindexed = self._unindexed, 0
        return unindexed > 0

    def _commit(self, cursor: Cursor, batch: list[Entry[Any]], least: int, indexes: bool) -> None:
        """In the writing thread: one transaction for all, in which an entry that is refused leaves nothing behind."""
        full = self._database.free_bytes() < least
        for entry in batch:
            if full and entry.grows:
                entry.failure = Failure(_storage_full())
            else:
                self._run(cursor, entry)
        self._licences.save(cursor)
        if indexes:
            messages.index_new(cursor)
        try:
            transactions.commit(cursor)
        except sqlite3.DatabaseError as wrong:
            if _is_full(wrong):
                raise  # the commit's own record was not written, so nothing of the transaction holds
            raise OutcomeUnknown(str(wrong)) from wrong

    def _run(self, cursor: Cursor, entry: Entry[Any]) -> None:
        """One entry, in a savepoint of its own; but a line, which is written later with others, needs none."""
        if entry.is_line:
            self._attempt(cursor, entry)
            return
        self._licences.save(cursor)
        transactions.begin_entry(cursor)
        if self._attempt(cursor, entry):
            transactions.keep_entry(cursor)
        else:
            transactions.drop_entry(cursor)
        self._licences.forget()

    def _attempt(self, cursor: Cursor, entry: Entry[Any]) -> bool:
        try:
            entry.failure = None
            entry.result = entry.work(cursor)
        except Exception as wrong:
            if isinstance(wrong, sqlite3.OperationalError) and (entry.is_line or _is_full(wrong)):
                raise  # there is no savepoint that would tell whether the transaction has been rolled back
            entry.failure = Failure() if not isinstance(wrong, ChatError) else Failure(wrong)
            return False
        return True

    def _lost(self, failure: Failure, batch: list[Entry[Any]]) -> None:
        """
        The whole transaction came to nothing. Where that was the fault of some entry, each is tried again by itself, so
        that it is that one's alone: lines that are written together are lost together.
        """
        self._licences.forget()
        if failure.check(OutcomeUnknown):
            self._die(f"a commit failed, and whether it holds is unknown: {failure.value}")
        elif isinstance(wrong := failure.value, sqlite3.OperationalError):
            log.warn("transaction lost: {reason}", reason=str(wrong))
            busy = Busy("The database is in use by something else. Try again in a moment.")
            failure = Failure(_storage_full() if _is_full(wrong) else busy)
        elif len(batch) > 1:
            self._queue.extendleft(reversed(batch))
            self._apart = len(batch)
            batch.clear()
        for entry in batch:
            entry.failure = failure

    def _tell_all(self, batch: list[Entry[Any]]) -> Deferred[None]:
        """First it begins to be heard, in the order of the commit."""
        told: Deferred[None] = Deferred()
        for entry in batch:
            if entry.failure is None and entry.then is not None:
                self._try(entry.then, entry.result)
        self._try(self._told_all, partial(told.callback, None))
        return told

    def _answer(self, batch: list[Entry[Any]]) -> None:
        """Then those who wait get their answers, in the same order."""
        for entry in batch:
            if entry.failure is None:
                if entry.last is not None:
                    self._try(entry.last, entry.result)
                entry.done.callback(entry.result)
            else:
                entry.done.errback(entry.failure)

    def _try(self, tell: Callable[[T], None], told: T) -> None:
        try:
            tell(told)
        except Exception:
            log.failure("telling what was committed failed")

    def _at_fault(self, failure: Failure) -> None:
        log.failure("the journal is at fault", failure=failure)


def _storage_full() -> StorageFull:
    return StorageFull("The server's disk is full, so nothing can be stored now. Reading goes on; try again later.")


def _is_full(wrong: sqlite3.DatabaseError) -> bool:
    return getattr(wrong, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _nothing(_: object) -> None:
    pass
