"""
Brings a database file up to date, before anything listens.

The numbered files in C{schema/} are the migrations. A database that is older than the program is copied first,
then changed in one transaction; one that is newer is refused; nothing is touched unless all of it can be.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple


class StoreError(Exception):
    """The database cannot be used; the text is one sentence for the operator."""


class Migration(NamedTuple):
    """One step: its number and its statements."""

    number: int
    script: str


def migrations() -> tuple[Migration, ...]:
    """The steps that this program knows, in order."""
    found = [each for each in files("chatd.store").joinpath("schema").iterdir() if each.name.endswith(".sql")]
    return tuple(sorted(Migration(int(each.name.split(".")[0]), each.read_text(encoding="utf-8")) for each in found))


def lock(path: Path) -> int:
    """
    Take the database for this process alone; the lock goes when the returned descriptor is closed.

    @raise StoreError: if another daemon has it, or the place cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as wrong:
        raise StoreError(f"The database {path} cannot be used: {wrong.strerror}. Give another --database.") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise StoreError(
            f"The database {path} is in use by another daemon. Stop that one, or give another --database."
        ) from None
    return descriptor


def prepare(path: Path, now: int, known: tuple[Migration, ...] = ()) -> int:
    """
    Make the database if there is none, and bring it up to date. Returns its version.

    @param now: UTC milliseconds, for the record of what was done.
    @param known: The steps to know; those of this program if there are none.
    @raise StoreError: if it is no database, is damaged, newer than this program, or cannot be written.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as connection:
            return _upgrade(connection, path, now, known or migrations())
    except OSError as wrong:
        raise StoreError(f"The database {path} cannot be opened: {wrong.strerror}.") from None
    except sqlite3.DatabaseError as wrong:
        sentence = f"The database {path} cannot be used: {wrong}. Restore a backup, or give another --database."
        raise StoreError(sentence) from None


def require_current(path: Path) -> None:
    """
    Let a program that only reads use a database, or not. No database is made, and none is changed.

    @raise StoreError: if there is none, or it is of another version than this program.
    """
    newest = migrations()[-1].number
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            version = _version(connection)
    except sqlite3.Error as wrong:
        raise StoreError(f"The database {path} cannot be read: {wrong}.") from None
    if version != newest:
        raise StoreError(
            f"The database {path} is of version {version}, and this chatd reads version {newest}. "
            "Start the daemon of this chatd on it once."
        )


def _upgrade(connection: sqlite3.Connection, path: Path, now: int, known: tuple[Migration, ...]) -> int:
    version = _version(connection)
    newest = known[-1].number
    if version > newest:
        raise StoreError(
            f"The database {path} is of version {version}, and this chatd knows versions up to {newest}. "
            "Install the newer chatd again."
        )
    if version == 0:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise StoreError(f"The file {path} is a database of another program. Give another --database.")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    elif version < newest:
        _copy(connection, path, version)
    connection.execute("PRAGMA journal_mode = WAL")
    pending = [each for each in known if each.number > version]
    if pending:
        _apply(connection, pending, now)
    return newest


def _version(connection: sqlite3.Connection) -> int:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_versions'").fetchone()
    if known is None:
        return 0
    return int(connection.execute("SELECT coalesce(max(version), 0) FROM schema_versions").fetchone()[0])


def _copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Keep the database as it was, beside it; made whole under another name first."""
    copy = Path(f"{path}.version-{version}")
    made = Path(f"{copy}.part")
    made.unlink(missing_ok=True)
    os.close(os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(made)) as target:
        connection.backup(target)
    with open(made, "rb") as written:
        os.fsync(written.fileno())
    made.rename(copy)


def _apply(connection: sqlite3.Connection, pending: list[Migration], now: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, applied_at BIGINT NOT NULL)"
        )
        for migration in pending:
            for statement in statements(migration.script):
                connection.execute(statement)
            connection.execute("INSERT INTO schema_versions VALUES (?, ?)", (migration.number, now))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise StoreError(f"The database has {len(broken)} rows that point nowhere; it was left as it was.")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: C{executescript} would commit between them."""
    begun = ""
    for line in script.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            yield begun
            begun = ""
    if begun.strip():
        yield begun  # a last one without its semicolon, or a comment
