"""
Looking into a database without changing it, and making files that are either whole or not there.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkstemp

from chatd.store.queries import transactions, upkeep
from chatd.store.schema import StoreError

Progress = Callable[[int, int], None]

PATIENCE = 5.0
PAGES = 1000
WAL, SHM = "-wal", "-shm"


def unseen(done: int, total: int) -> None:
    """Progress that nobody watches."""


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """
    A connection that sees one state of a database throughout and cannot change it, while others may write to it.

    @raise StoreError: if it cannot be read.
    """
    if not path.is_file():
        raise StoreError(f"There is no database {path}.")
    try:
        with closing(_connected(path, _how(path))) as connection:
            transactions.begin_reading(connection.cursor())
            upkeep.version(connection.cursor())  # the state that is seen is that of the first reading
            yield connection
    except sqlite3.DatabaseError as wrong:
        raise StoreError(f"The database {path} cannot be read: {wrong}.") from None


def _how(path: Path) -> str:
    """
    A copy by itself is read as it lies there, so that nothing is made beside it and the place need not be writable.
    A database that a daemon may have, or may take at any moment, is read with all that SQLite does to be right.
    """
    companions = (Path(f"{path}{ending}") for ending in (WAL, SHM, "-journal", ".lock"))
    return "mode=ro" if any(each.exists() for each in companions) else "mode=ro&immutable=1"


def _connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=PATIENCE)


def copy(source: sqlite3.Connection, made: Path, progress: Progress) -> None:
    """
    Fill a file with the state of a database that a connection sees.

    @param progress: Told of the pages that are done, and of all of them.
    @raise StoreError: if it cannot be written.
    """
    try:
        with closing(sqlite3.connect(made, isolation_level=None)) as target:
            upkeep.write_fast(target.cursor())
            source.backup(target, pages=PAGES, progress=lambda _, left, total: progress(total - left, total))
            upkeep.keep_in_one_file(target.cursor())
    except sqlite3.DatabaseError as wrong:
        raise StoreError(f"The copy {made} cannot be made: {wrong}.") from None


@contextmanager
def draft(place: Path) -> Iterator[Path]:
    """
    A new file beside a place, for nobody else's eyes. It is gone at the end, unless it was moved there.

    @raise StoreError: if nothing can be made there.
    """
    try:
        descriptor, name = mkstemp(prefix=f"{place.name}.", suffix=".part", dir=place.parent)
    except OSError as wrong:
        raise StoreError(f"The file {place} cannot be made: {wrong.strerror}.") from None
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        for ending in ("", "-journal", WAL, SHM):
            Path(f"{name}{ending}").unlink(missing_ok=True)


def settle(made: Path, place: Path) -> None:
    """
    Move a file to its place, on the disk too: after a power cut it is there whole, or not at all.

    @raise StoreError: if the disk does not take it.
    """
    try:
        sync(made)
        made.replace(place)
        sync(place.parent)
    except OSError as wrong:
        raise StoreError(f"The file {place} cannot be written: {wrong.strerror}.") from None


def sync(path: Path) -> None:
    """Have a file, or the names in a directory, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give(made: Path, place: Path) -> None:
    """
    Let a file that root made belong to whom the file in its place belongs, or, if there is none, the directory:
    the daemon, who is not root, must be able to open it.
    """
    if os.geteuid() == 0:
        owner = (place if place.exists() else place.parent).stat()
        os.chown(made, owner.st_uid, owner.st_gid)
