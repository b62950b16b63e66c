"""What the operator's tool asks of a database is asked safely, of anybody's database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from chatd.store import schema
from chatd.store.queries import upkeep
from chatd.store.queries.transactions import Cursor


@pytest.fixture
def foreign() -> Iterator[Cursor]:
    """A cursor of an empty database of another program."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection.cursor()


@pytest.fixture
def cursor(foreign: Cursor) -> Cursor:
    """A cursor of an empty database of chatd's."""
    for migration in schema.migrations():
        for statement in schema.statements(migration.script):
            foreign.execute(statement)
    return foreign


@pytest.mark.parametrize("name", ['a"b', '""', 'a"; DROP TABLE b; --', "a'b", "a b", "select", "Zoë", "\x1b"])
def test_any_name_is_a_name(foreign: Cursor, name: str) -> None:
    """Of a table, and of a column."""
    quoted = upkeep.quoted(name)
    foreign.execute(f"CREATE TABLE {quoted} ({quoted} TEXT)")
    foreign.execute(f"INSERT INTO {quoted} VALUES ('found')")
    assert upkeep.foreign_tables(foreign) == [(name, True)]
    assert upkeep.foreign_columns(foreign, name) == [name]
    assert upkeep.foreign_rows(foreign, name, [name], "rowid") == [(1, "found")]


def test_tables_are_tables(foreign: Cursor) -> None:
    """Not views, nor what SQLite keeps for itself."""
    foreign.execute("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    foreign.execute("CREATE TABLE b (id TEXT PRIMARY KEY) WITHOUT ROWID")
    foreign.execute("CREATE VIEW c AS SELECT * FROM a")
    foreign.execute("CREATE VIRTUAL TABLE d USING fts5 (words)")
    foreign.execute("CREATE TABLE sqlitelike (x)")
    assert upkeep.foreign_tables(foreign) == [("a", True), ("b", False), ("sqlitelike", True)]


def test_rows_come_in_their_order(foreign: Cursor) -> None:
    """By number; where they have none, they are counted."""
    foreign.execute("CREATE TABLE a (x)")
    foreign.execute("INSERT INTO a (rowid, x) VALUES (7, 'seven'), (3, 'three')")
    assert upkeep.foreign_rows(foreign, "a", ["x"], "rowid") == [(3, "three"), (7, "seven")]
    foreign.execute("CREATE TABLE b (x PRIMARY KEY) WITHOUT ROWID")
    foreign.execute("INSERT INTO b VALUES ('z'), ('y')")
    assert upkeep.foreign_rows(foreign, "b", ["x"], None) == [(1, "y"), (2, "z")]


def test_the_version(foreign: Cursor) -> None:
    """Another program's database has none."""
    assert upkeep.version(foreign) == 0
    foreign.execute("CREATE TABLE schema_versions (version INTEGER, applied_at BIGINT)")
    assert upkeep.version(foreign) == 0
    foreign.execute("INSERT INTO schema_versions VALUES (1, 1), (2, 1)")
    assert upkeep.version(foreign) == 2


def test_numbers_are_set_aside_without_a_gap(cursor: Cursor) -> None:
    """What comes after goes on behind them."""
    room = upkeep.add_open_room(cursor, "lobby", "lobby", "lobby", None, 1)
    assert upkeep.room_number(cursor, "lobby") == room
    assert upkeep.room_number(cursor, "hall") is None
    assert upkeep.take_seqs(cursor, room, 3) == 1
    assert upkeep.take_seqs(cursor, room, 2) == 4


def test_what_was_said_is_found_by_the_index(cursor: Cursor) -> None:
    """However long the history is."""
    noted: list[str] = []

    class Explaining:
        """Notes how the statement will be carried out."""

        def execute(self, sql: str, parameters: object = None) -> None:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", {"room": 1, "at": 1, "sender": "", "body": ""})
            noted.extend(row[3] for row in cursor.fetchall())

        def fetchone(self) -> tuple[int]:
            return (0,)

        def fetchall(self) -> list[tuple[int]]:
            return []

    assert upkeep.count_said(Explaining(), 1, 1, "alice", "hello") == 0
    assert noted == ["SEARCH messages USING INDEX messages_by_time (room_id=? AND at_ms=?)"]
