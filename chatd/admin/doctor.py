"""
What may be wrong with an installation, found without changing it, and what to do about each thing.
"""

import errno
import fcntl
import os
import pwd
import sqlite3
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple

from chatd.admin.copies.copying import SHM, WAL, looking
from chatd.admin.doors import Door, Unusable, door_of, hindrance
from chatd.config import WEAK_COST, Settings
from chatd.house import edition
from chatd.store import schema
from chatd.store.queries import upkeep
from chatd.store.queries.transactions import Cursor
from chatd.store.schema import StoreError

Level = Literal["ok", "warn", "bad"]

LEAST_SQLITE, MENDED_SQLITE = (3, 37, 0), (3, 51, 3)
LARGE_LOG = 64 * 1024 * 1024
SLACK = 60_000
SOON = timedelta(days=21)


class Finding(NamedTuple):
    """
    One thing that was looked at.

    @ivar what: What was found, in one sentence.
    @ivar do: What to do about it, in one sentence, where there is something to do.
    """

    level: Level
    what: str
    do: str = ""


def examine(database: Path, settings: Settings, now: int) -> Iterator[Finding]:
    """
    Look at everything that chatd needs, the programs first and the doors last.

    @param now: UTC milliseconds.
    """
    runs = is_held(database)
    yield Finding("ok", f"This is {edition()}, on Python {sys.version.split()[0]} and Twisted {version('twisted')}.")
    yield of_sqlite(sqlite3.sqlite_version_info)
    if settings.bcrypt_cost < WEAK_COST:
        yield Finding("warn", f"The bcrypt cost is {settings.bcrypt_cost}.", f"Set bcrypt-cost to {WEAK_COST} or more.")
    yield Finding("ok", f"{'A' if runs else 'No'} daemon has the database {database}.")
    yield from _place(database)
    yield from _disk(database, settings.limits.free_disk)
    if database.exists():
        yield from _permissions(database)
        yield from _log(Path(f"{database}{WAL}"))
        yield from _contents(database, now)
    else:
        yield Finding("ok", "There is no database yet: the first start makes it.")
    for description in settings.listen:
        yield from _door(description, runs, datetime.fromtimestamp(now / 1000, UTC))


def is_held(database: Path) -> bool:
    """Whether a daemon has the database. One that starts at this very moment may find it taken, by us."""
    try:
        descriptor = os.open(f"{database}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def of_sqlite(found: tuple[int, ...]) -> Finding:
    """What is to be said of a version of SQLite."""
    written = f"SQLite {'.'.join(map(str, found))}"
    if found < LEAST_SQLITE:
        return Finding("bad", f"{written} is too old.", f"Install {'.'.join(map(str, LEAST_SQLITE))} or newer.")
    if found < MENDED_SQLITE:
        warned = "let nothing but chatd write to its database, for a fault of SQLite before 3.51.3 needs two writers"
        return Finding("ok", f"{written}: {warned}.")
    return Finding("ok", f"{written}.")


# The files.


def _place(database: Path) -> Iterator[Finding]:
    place = database.parent
    if not place.is_dir():
        yield Finding("ok", f"There is no directory {place} yet: the first start makes it.")
        return
    mode = stat.S_IMODE(place.stat().st_mode)
    said = f"The directory {place} is {_owner(place)}'s, with mode {mode:04o}"
    if mode & 0o022 and not mode & stat.S_ISVTX:
        yield Finding("bad", f"{said}: others can replace what is in it.", f"chmod 700 {place}")
    elif mode & 0o077:
        yield Finding("warn", f"{said}: others can see what is in it.", f"chmod 700 {place}")
    else:
        yield Finding("ok", f"{said}.")


def _permissions(database: Path) -> Iterator[Finding]:
    owner = _owner(database)
    for path in (database, *(Path(f"{database}{ending}") for ending in (WAL, SHM, ".lock"))):
        if not path.exists():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        said = f"The file {path} is {_owner(path)}'s, with mode {mode:04o}"
        if mode & 0o077:
            yield Finding("bad", f"{said}: it is not for others' eyes.", f"chmod 600 {path}")
        elif _owner(path) != owner:
            yield Finding("bad", f"{said}, and the database is {owner}'s.", f"chown {owner} {path}")
        elif path == database:
            yield Finding("ok", f"{said}.")


def _owner(path: Path) -> str:
    number = path.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _log(log: Path) -> Iterator[Finding]:
    size = log.stat().st_size if log.exists() else 0
    if size > LARGE_LOG:
        what = f"The write-ahead log {log} has {_mebibytes(size)}: something has been reading for long."
        yield Finding("warn", what, "Close what else has the database open, then restart chatd.")
    else:
        yield Finding("ok", f"The write-ahead log has {_mebibytes(size)}.")


def _disk(database: Path, least: int) -> Iterator[Finding]:
    place = next(each for each in database.absolute().parents if each.is_dir())
    found = os.statvfs(place)
    free = found.f_bavail * found.f_frsize
    said = f"The disk has {_mebibytes(free)} free, and below {_mebibytes(least)} nothing new is stored"
    if free < least:
        yield Finding("bad", f"{said}.", f"Make room at {place}.")
    elif free < 4 * least:
        yield Finding("warn", f"{said}: that is near.", f"Make room at {place}.")
    else:
        yield Finding("ok", f"{said}.")


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MiB"


# The database.


def _contents(database: Path, now: int) -> Iterator[Finding]:
    try:
        with looking(database) as connection:
            cursor = connection.cursor()
            found = upkeep.version(cursor)
            yield _version(found)
            faults = upkeep.damage(cursor, quick=True) or upkeep.damage(cursor)
            yield from _wholeness(faults, upkeep.dangling(cursor) if not faults else {})
            if found and not faults:
                yield _clock(cursor, now)
    except StoreError as wrong:
        yield Finding("bad", str(wrong), "Restore a backup.")


def _version(found: int) -> Finding:
    newest = schema.migrations()[-1].number
    if found == 0:
        return Finding("bad", "The database is none of chatd's.", "Give another --database.")
    if found > newest:
        said = f"The database is of version {found}, and this chatd knows versions up to {newest}."
        return Finding("bad", said, "Install the newer chatd again.")
    if found < newest:
        said = f"The database is of version {found}: the next start copies it and makes it version {newest}."
        return Finding("ok", said)
    return Finding("ok", f"The database is of version {found}.")


def _wholeness(faults: list[str], dangling: dict[str, int]) -> Iterator[Finding]:
    for fault in faults[:10]:
        yield Finding("bad", f"The database is damaged: {fault}.", "Restore a backup.")
    for table, count in dangling.items():
        yield Finding("bad", f"The table {table} has rows that point nowhere: {count}.", "Restore a backup.")
    if not faults and not dangling:
        yield Finding("ok", "The database is whole.")


def _clock(cursor: Cursor, now: int) -> Finding:
    newest = upkeep.tally(cursor).newest_at
    if newest is not None and newest > now + SLACK:
        said = f"The newest message is {(newest - now) // 1000} seconds in the future: the clock is wrong, or was."
        return Finding("bad", said, "Compare the clock with another one.")
    return Finding("ok", "The clock is not behind the newest message.")


# The doors.


def _door(description: str, runs: bool, now: datetime) -> Iterator[Finding]:
    try:
        door = door_of(description)
    except Unusable as wrong:
        yield Finding("bad", f"Nobody can listen on {description}: {wrong}.", "Put the configuration right.")
        return
    if door.expires is not None:
        yield _certificate(description, door.expires, now)
    if door.port:
        yield _reachable(description, door, runs)
    else:
        yield Finding("ok", f"Whether {description} can be listened on is not looked at.")


def _certificate(description: str, expires: datetime, now: datetime) -> Finding:
    said = f"The certificate of {description} is good until {expires:%Y-%m-%d %H:%M} UTC"
    if expires <= now:
        return Finding("bad", f"{said}: it is so no more.", "Renew it, then reload chatd.")
    if expires - now < SOON:
        return Finding("warn", f"{said}: that is soon.", "Renew it, then reload chatd.")
    return Finding("ok", f"{said}.")


def _reachable(description: str, door: Door, runs: bool) -> Finding:
    wrong = hindrance(door.port or 0, door.interface)
    if wrong is None and runs:
        said = f"A daemon runs, and does not listen on {description}."
        return Finding("warn", said, "Restart it, if it should.")
    if wrong is None:
        return Finding("ok", f"The door {description} is free.")
    if wrong.errno == errno.EADDRINUSE and runs:
        return Finding("ok", f"The door {description} is in use, as it should be while a daemon runs.")
    if wrong.errno == errno.EADDRINUSE:
        said = f"The door {description} is in use by another program."
        return Finding("bad", said, "Stop that program, or listen on another port.")
    return Finding("bad", f"Nobody can listen on {description}: {wrong.strerror}.", "Listen elsewhere.")
