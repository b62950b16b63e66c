"""
The database, as two adbapi pools: one connection that writes, a few that read.

Python's own implicit transactions begin deferred and fail when they upgrade, so these connections have none:
each interaction begins its transaction itself, for writing at once.
"""

import os
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from twisted.enterprise import adbapi
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorCore
from twisted.python.failure import Failure

from chatd.core.errors import Busy
from chatd.store.queries import transactions
from chatd.store.queries.transactions import Cursor

T = TypeVar("T")

READERS = 2
READ_SECONDS = 5.0
STEPS_BETWEEN_LOOKS = 100_000


class WritingTransaction(adbapi.Transaction):
    """An interaction that holds the write lock from its beginning."""

    def reopen(self) -> None:
        """Begin."""
        super().reopen()  # type: ignore[no-untyped-call]
        transactions.begin_writing(self)


class ReadingTransaction(adbapi.Transaction):
    """An interaction that sees one state of the database throughout, and is broken off when it takes too long."""

    def __init__(self, pool: adbapi.ConnectionPool, connection: adbapi.Connection, clock: Callable[[], float]) -> None:
        self._seconds = clock
        super().__init__(pool, connection)  # type: ignore[no-untyped-call]

    def reopen(self) -> None:
        """Begin."""
        super().reopen()  # type: ignore[no-untyped-call]
        until = self._seconds() + READ_SECONDS
        self._connection.set_progress_handler(lambda: self._seconds() > until, STEPS_BETWEEN_LOOKS)
        transactions.begin_reading(self)


class Database:
    """
    One SQLite file.

    @ivar path: Where it is.
    """

    def __init__(self, path: Path, reactor: IReactorCore, clock: Callable[[], float]) -> None:
        self.path = path
        self._writer = _pool(path, reactor, WritingTransaction, 1, _prepare_writer)
        self._readers = _reading_pool(path, reactor, clock)

    def write(self, work: Callable[[Cursor], T]) -> Deferred[T]:
        """Run C{work} in the writing thread, inside a transaction. For the journal alone."""
        written: Deferred[T] = self._writer.runInteraction(work)
        return written

    def read(self, work: Callable[[Cursor], T]) -> Deferred[T]:
        """
        Run C{work} in a reading thread, over one state of the database.

        @raise Busy: if it takes longer than L{READ_SECONDS}.
        """
        found: Deferred[T] = self._readers.runInteraction(work)
        return found.addErrback(_broken_off)

    def free_bytes(self) -> int:
        """How much room the disk has."""
        found = os.statvfs(self.path.parent)
        return found.f_bavail * found.f_frsize

    def close(self) -> None:
        """Close the connections. What is queued is lost: drain the journal first."""
        self._readers.close()
        self._writer.close()


class Readers:
    """The same file for a program beside the daemon: nothing is ever written there, not even a checkpoint."""

    def __init__(self, path: Path, reactor: IReactorCore, clock: Callable[[], float]) -> None:
        self._readers = _reading_pool(f"{path.absolute().as_uri()}?mode=ro", reactor, clock)

    def read(self, work: Callable[[Cursor], T]) -> Deferred[T]:
        """As L{Database.read} does."""
        found: Deferred[T] = self._readers.runInteraction(work)
        return found.addErrback(_broken_off)

    def close(self) -> None:
        """Close the connections."""
        self._readers.close()


def _reading_pool(path: Path | str, reactor: IReactorCore, clock: Callable[[], float]) -> Any:
    return _pool(path, reactor, partial(ReadingTransaction, clock=clock), READERS, _prepare_reader)


def _pool(
    path: Path | str,
    reactor: IReactorCore,
    transaction: Callable[..., adbapi.Transaction],
    size: int,
    prepare: Callable[[sqlite3.Connection], None],
) -> Any:
    pool: Any = adbapi.ConnectionPool(
        "sqlite3", str(path), uri=isinstance(path, str), isolation_level=None, check_same_thread=False, timeout=5.0,
        cached_statements=256, cp_min=size, cp_max=size, cp_noisy=False, cp_openfun=prepare, cp_reactor=reactor,
    )  # fmt: skip
    pool.transactionFactory = transaction
    return pool


def _broken_off(failure: Failure) -> Failure:
    if getattr(failure.value, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
        return Failure(Busy("Looking that up takes too long now. Ask for less, or try again in a moment."))
    return failure


def _prepare_writer(connection: sqlite3.Connection) -> None:
    # FULL: what is acknowledged is on the disk, not in the operating system's memory.
    # secure_delete: what was taken back is overwritten, not only forgotten.
    pragmas = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000")
    for pragma in (*pragmas, "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: sqlite3.Connection) -> None:
    for pragma in ("busy_timeout = 5000", "query_only = ON", "mmap_size = 268435456"):
        connection.execute(f"PRAGMA {pragma}")
