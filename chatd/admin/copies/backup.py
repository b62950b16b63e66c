"""
Copies of the database: made while the daemon runs, looked through, and put back.

A copy is one file. It has its name only when it is whole, was looked through and is on the disk; and what a copy
replaces is kept.
"""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from chatd.admin.copies.copying import SHM, WAL, Progress, copy, draft, give, looking, settle, sync, unseen
from chatd.store import schema
from chatd.store.queries import upkeep
from chatd.store.queries.transactions import Cursor
from chatd.store.queries.upkeep import Tally
from chatd.store.schema import StoreError

UNREADABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Contents(NamedTuple):
    """What a database holds: of which version it is, and how much there is in it."""

    version: int
    tally: Tally


class Damaged(StoreError):
    """
    A database that is not whole.

    @ivar faults: What is wrong, one thing each.
    """

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__(f"The database {path} is damaged: {faults[0].rstrip('.')}.")
        self.faults = faults


class Restored(NamedTuple):
    """
    What came of putting a copy back.

    @ivar kept: Where the database is that was there before, if there was one.
    """

    contents: Contents
    kept: Path | None


def backup(database: Path, target: Path, progress: Progress) -> Contents:
    """
    Copy the database of a daemon that may be writing to it: the copy is the state of one moment.

    @param progress: Told of the pages that are copied, and of all of them.
    @raise StoreError: if there is a C{target} already, or the copy is not whole. Then there is no C{target}.
    """
    _require_free(target)
    with looking(database) as source, draft(target) as made:
        _known_version(source.cursor(), database)
        copy(source, made, progress)
        with looking(made) as copied:
            contents = _looked_through(copied.cursor(), database, unseen)
        _require_free(target)
        settle(made, target)
    return contents


def verify(file: Path, progress: Progress) -> Contents:
    """
    Look through a database, without changing it.

    @param progress: Told of the looks that are taken, and of all of them.
    @raise Damaged: with what is wrong.
    @raise StoreError: if it is none of chatd's, of a newer one, or cannot be read at all.
    """
    with looking(file) as connection:
        return _looked_through(connection.cursor(), file, progress)


def restore(file: Path, database: Path, now: int, progress: Progress) -> Restored:
    """
    Put a copy in the place of the database, while no daemon runs. What is there now is kept beside it.

    @param now: UTC milliseconds, for the name under which that is kept.
    @param progress: Told of the pages that are copied, and of all of them.
    @raise StoreError: if the copy is not whole, or anybody uses the database. Then nothing has changed.
    """
    if database.exists() and file.exists() and file.samefile(database):
        raise StoreError(f"The file {file} is the database itself.")
    verify(file, unseen)
    held = schema.lock(database)
    try:
        return _put_in_place(file, database, now, progress)
    except OSError as wrong:
        raise StoreError(f"The database {database} cannot be replaced: {wrong.strerror}.") from None
    finally:
        os.close(held)


def _put_in_place(file: Path, database: Path, now: int, progress: Progress) -> Restored:
    with looking(file) as source, draft(database) as made:
        copy(source, made, progress)
        with looking(made) as copied:
            contents = _looked_through(copied.cursor(), file, unseen)
        for each in (made, Path(f"{database}.lock")):
            give(each, database)
        kept = _kept(database, now) if database.exists() else None
        for ending in (WAL, SHM):
            Path(f"{database}{ending}").unlink(missing_ok=True)
        sync(database.parent)  # an old log beside a new database would be played into it
        settle(made, database)
    return Restored(contents, kept)


def _kept(database: Path, now: int) -> Path:
    """Give the database a second name, with all that belongs to it, so that its first can be taken."""
    kept = Path(f"{database}.{datetime.fromtimestamp(now / 1000, UTC):%Y%m%dT%H%M%SZ}")
    if not _folded(database) and Path(f"{database}{WAL}").exists():
        os.link(f"{database}{WAL}", f"{kept}{WAL}")
    os.link(database, kept)
    return kept


def _folded(database: Path) -> bool:
    """
    Bring what is in the write-ahead log into the main file. It cannot be done where that is not readable any more.

    @raise StoreError: if somebody uses the database.
    """
    try:
        with closing(sqlite3.connect(database, isolation_level=None, timeout=0)) as connection:
            upkeep.keep_in_one_file(connection.cursor())
    except sqlite3.DatabaseError as wrong:
        if wrong.sqlite_errorcode & 0xFF in UNREADABLE:
            return False
        raise StoreError(f"The database {database} is in use: {wrong}. Close whatever has it open.") from None
    return True


def _require_free(target: Path) -> None:
    if os.path.lexists(target):
        raise StoreError(f"There is a file {target} already. Give another name.")


def _known_version(cursor: Cursor, path: Path) -> int:
    version, newest = upkeep.version(cursor), schema.migrations()[-1].number
    if version == 0:
        raise StoreError(f"The file {path} is no database of chatd's.")
    if version > newest:
        raise StoreError(f"The database {path} is of version {version}, and this chatd knows versions up to {newest}.")
    return version


def _looked_through(cursor: Cursor, path: Path, progress: Progress) -> Contents:
    version = _known_version(cursor, path)
    progress(0, 3)
    faults = upkeep.damage(cursor)
    progress(1, 3)
    faults = faults or [f"{count} rows of {table} point nowhere" for table, count in upkeep.dangling(cursor).items()]
    progress(2, 3)
    if faults:
        raise Damaged(path, faults)
    contents = Contents(version, upkeep.tally(cursor))
    progress(3, 3)
    return contents
