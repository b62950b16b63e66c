"""
What the operator's tool asks of a database while no daemon writes to it, or beside one that does.

Some of it is asked of databases that are not ours. The names of their tables and columns cannot be parameters:
they are quoted here, in one place.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from chatd.store.queries.transactions import Cursor

# The state of a database.


class Tally(NamedTuple):
    """How much there is, and the time of the newest message in UTC milliseconds."""

    accounts: int
    rooms: int
    messages: int
    newest_at: int | None


def version(cursor: Cursor) -> int:
    """The number of the last migration, or 0 if the database is none of chatd's."""
    cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_versions'")
    if cursor.fetchone() is None:
        return 0
    cursor.execute("SELECT coalesce(max(version), 0) FROM schema_versions")
    return int(cursor.fetchone()[0])


def tally(cursor: Cursor) -> Tally:
    cursor.execute(
        "SELECT (SELECT count(*) FROM accounts WHERE status <> 'deleted' AND guest = 0),"
        " (SELECT count(*) FROM rooms WHERE kind = 'room'),"
        " (SELECT count(*) FROM messages WHERE kind <> 'event'), (SELECT max(at_ms) FROM messages)"
    )
    return Tally(*cursor.fetchone())


def damage(cursor: Cursor, *, quick: bool = False) -> list[str]:
    """What is wrong with the file, in SQLite's words; the quick look does not compare tables with their indexes."""
    cursor.execute("PRAGMA quick_check" if quick else "PRAGMA integrity_check")
    lines = [line for row in cursor.fetchall() for line in row[0].split("\n")]
    return [line for line in lines if line != "ok" and not line.startswith("***")]


def dangling(cursor: Cursor) -> dict[str, int]:
    """How many rows of which tables point nowhere."""
    cursor.execute("PRAGMA foreign_key_check")
    tables = [row[0] for row in cursor.fetchall()]
    return {table: tables.count(table) for table in tables}


# How a connection works.


def write_fast(cursor: Cursor) -> None:
    """For a copy that is synced once, when it is whole."""
    cursor.execute("PRAGMA synchronous = OFF")


def write_safely(cursor: Cursor) -> None:
    """As the daemon writes: what is committed is on the disk, and no row points nowhere."""
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")


def keep_in_one_file(cursor: Cursor) -> None:
    """
    Bring the write-ahead log into the main file and do without one.

    @raise sqlite3.OperationalError: if anybody else has the database open.
    """
    cursor.execute("PRAGMA journal_mode = DELETE")
    cursor.fetchone()


# Databases of other programs.


def foreign_tables(cursor: Cursor) -> list[tuple[str, bool]]:
    """The tables by name, and whether their rows have numbers."""
    cursor.execute(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\' ORDER BY name"
    )
    return [(row[0], row[1] == 0) for row in cursor.fetchall()]


def foreign_columns(cursor: Cursor, table: str) -> list[str]:
    cursor.execute("SELECT name FROM pragma_table_info(:table) ORDER BY cid", {"table": table})
    return [row[0] for row in cursor.fetchall()]


def foreign_rows(cursor: Cursor, table: str, columns: Sequence[str], number: str | None) -> list[tuple[Any, ...]]:
    """
    These columns of all rows, behind the row's number, in the order of the numbers.

    @param number: What that is called there; C{None} where rows have none, and are counted.
    """
    wanted = ", ".join(map(quoted, columns))
    if number is not None:
        cursor.execute(f"SELECT {quoted(number)}, {wanted} FROM {quoted(table)} ORDER BY 1")
        return cursor.fetchall()
    cursor.execute(f"SELECT {wanted} FROM {quoted(table)}")
    return [(row, *values) for row, values in enumerate(cursor.fetchall(), 1)]


def quoted(identifier: str) -> str:
    """A name as SQL takes it for a name, whatever is in it."""
    return '"' + identifier.replace('"', '""') + '"'


# What an import adds.


def room_number(cursor: Cursor, key: str) -> int | None:
    cursor.execute("SELECT id FROM rooms WHERE name_key = :key AND kind = 'room'", {"key": key})
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def add_open_room(cursor: Cursor, name: str, key: str, skeleton: str, owner: int | None, at: int) -> int:
    cursor.execute(
        "INSERT INTO rooms (kind, name, name_key, skeleton, created_by, created_at)"
        " VALUES ('room', :name, :key, :skeleton, :owner, :at) RETURNING id",
        {"name": name, "key": key, "skeleton": skeleton, "owner": owner, "at": at},
    )
    return int(cursor.fetchone()[0])


def take_seqs(cursor: Cursor, room_id: int, count: int) -> int:
    """Set so many numbers of a room aside; the first of them."""
    cursor.execute(
        "UPDATE rooms SET last_seq = last_seq + :count WHERE id = :room RETURNING last_seq",
        {"room": room_id, "count": count},
    )
    return int(cursor.fetchone()[0]) - count + 1


def count_said(cursor: Cursor, room_id: int, at: int, sender: str, body: str) -> int:
    """How often somebody said this at that time; what was changed since may have been anything."""
    cursor.execute(
        "SELECT count(*) FROM messages WHERE room_id = :room AND at_ms = :at AND sender = :sender AND kind = 'text'"
        " AND (body = :body OR edited_at IS NOT NULL OR deleted_at IS NOT NULL)",
        {"room": room_id, "at": at, "sender": sender, "body": body},
    )
    return int(cursor.fetchone()[0])
