"""
SQLite databases of other programs: which tables hold accounts, and which messages, is seen by their columns.

Where a table can be read in two ways it is passed over, with the reason; nothing is guessed.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from chatd.admin.copies.copying import PATIENCE
from chatd.admin.errors import AdminError
from chatd.admin.importing.found import Found, FoundAccount, FoundMessage, Spot, Table
from chatd.admin.importing.values import shown
from chatd.store.queries import transactions, upkeep
from chatd.store.queries.transactions import Cursor

NAMES = ("username", "user", "login", "name")
SECRETS = ("password", "passwd", "hash", "password_hash")
SALTS = ("salt", "password_salt", "hash_salt")
SENDERS = ("sender", "username", "user", "from")
TEXTS = ("text", "message", "content", "body")
TIMES = ("timestamp", "time", "date", "datetime", "at", "at_ms", "ts", "sent", "sent_at", "created", "created_at")
RECIPIENTS = ("recipient", "receiver", "to", "target", "to_user")
PLACES = ("room", "room_id", "channel", "channel_id")

NUMBERS = ("rowid", "oid", "_rowid_")


class Unclear(Exception):
    """A table that is passed over; the text says why."""


def read(path: Path) -> Found:
    """
    The accounts and messages of a database, which is opened for reading only.

    @raise AdminError: if it cannot be read, or is chatd's own.
    """
    try:
        with closing(_opened(path)) as connection:
            connection.text_factory = _text
            cursor = connection.cursor()
            transactions.begin_reading(cursor)
            if upkeep.version(cursor):
                raise AdminError(f"The file {path} is a database of chatd's own. Restore it instead.")
            return _found(cursor, path)
    except sqlite3.DatabaseError as wrong:
        raise AdminError(f"The database {path} cannot be read: {wrong}.") from None


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=PATIENCE)


def _text(raw: bytes) -> str | bytes:
    """Text, or, where it is not in the encoding that it should be in, what is there instead."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _found(cursor: Cursor, path: Path) -> Found:
    tables: list[Table] = []
    accounts: list[FoundAccount] = []
    messages: list[FoundMessage] = []
    for name, numbered in upkeep.foreign_tables(cursor):
        title = shown(name)
        there = upkeep.foreign_columns(cursor, name)
        try:
            holds, columns = _recognised(there)
        except Unclear as why:
            tables.append(Table(title, "", str(why)))
            continue
        tables.append(Table(title, holds, f"its columns {', '.join(columns[:-1])} and {columns[-1]}"))
        rows = upkeep.foreign_rows(cursor, name, columns, _number(there) if numbered else None)
        if holds == "accounts":
            accounts += [FoundAccount(Spot(title, row[0]), *row[1:]) for row in rows]
        else:
            messages += [FoundMessage(Spot(title, row[0]), *row[1:]) for row in rows]
    return Found(path, "SQLite", True, tuple(tables), tuple(accounts), tuple(messages))


def _number(columns: Sequence[str]) -> str | None:
    """What the number of a row is called, where no column has taken that name."""
    taken = {column.lower() for column in columns}
    return next((name for name in NUMBERS if name not in taken), None)


def _recognised(columns: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What a table holds, and the columns that hold it."""
    if _among(columns, SECRETS) and _among(columns, NAMES):
        return "accounts", _account_columns(columns)
    if _among(columns, TEXTS) and _among(columns, SENDERS):
        return "messages", _message_columns(columns)
    raise Unclear("no names with passwords, and no senders with texts")


def _account_columns(columns: Sequence[str]) -> tuple[str, str]:
    salted = _among(columns, SALTS)
    if salted:
        raise Unclear(f"the column {salted[0]} says that its hashes are salted, and chatd cannot check those")
    return _name_column(columns), _only(columns, SECRETS)


def _name_column(columns: Sequence[str]) -> str:
    """The column with which people log in: beside one of the others, C{name} is what they are called otherwise."""
    return _only(columns, NAMES[:-1] if _among(columns, NAMES[:-1]) else NAMES)


def _message_columns(columns: Sequence[str]) -> tuple[str, str, str]:
    private, placed = _among(columns, RECIPIENTS), _among(columns, PLACES)
    if private:
        raise Unclear(f"the column {private[0]} says that its messages are for one person, not for a room")
    if placed:
        raise Unclear(f"the column {placed[0]} says that its messages are of several rooms")
    if not _among(columns, TIMES):
        raise Unclear("its messages have no time")
    return _only(columns, SENDERS), _only(columns, TEXTS), _only(columns, TIMES)


def _only(columns: Sequence[str], names: Sequence[str]) -> str:
    found = _among(columns, names)
    if len(found) > 1:
        raise Unclear(f"it could be the column {' or '.join(found)}")
    return found[0]


def _among(columns: Sequence[str], names: Sequence[str]) -> list[str]:
    return [column for column in columns if column.lower() in names]
