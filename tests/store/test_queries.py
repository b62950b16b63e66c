"""Every statement does what its name says, quickly however long the history is, with parameters only."""

import ast
import inspect
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from chatd.store import schema
from chatd.store.queries import accounts, messages, rooms, transactions
from chatd.store.queries.transactions import Cursor
from chatd.testing import BEGINNING, InstantDatabase, now

MANY = 100_000


class Explaining:
    """A cursor that notes how each statement will be carried out before it is."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.plan: list[str] = []

    def execute(self, sql: str, parameters: Mapping[str, object] = {}, /) -> Any:
        self._cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        self.plan += [row[3] for row in self._cursor.fetchall()]
        return self._cursor.execute(sql, parameters)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()


@pytest.fixture
def cursor() -> Iterator[Cursor]:
    """A cursor of an empty database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in schema.migrations():
            connection.executescript(migration.script)
        yield connection.cursor()


@pytest.fixture(scope="module")
def crowded() -> InstantDatabase:
    """A database with two accounts, a hundred rooms and a long history in the first of them."""
    database = InstantDatabase()
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
    database.run("BEGIN")
    for name in ("alice", "bob"):
        database.run(
            f"INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES ('{name}', '{name}', '{name}', 1)"
        )
    database.run(
        "INSERT INTO rooms (name, name_key, skeleton, kind, created_by, created_at, last_seq)"
        f" {numbers.format(100)} SELECT 'room' || i, 'room' || i, 'room' || i, 'room', 1, 1, {MANY} FROM n"
    )
    database.run("INSERT INTO memberships (room_id, account_id, joined_seq) SELECT id, 1, 1 FROM rooms")
    database.run(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, cid, at_ms)"
        f" {numbers.format(MANY)} SELECT 1, i, 2, 'bob', 'text', 'hello', 'c' || i, i * 10 FROM n"
    )
    database.run(f"INSERT INTO read_markers VALUES (1, 1, {MANY - 10})")
    database.run("COMMIT")
    return database


def plan_of(database: InstantDatabase, ask: Callable[[Cursor], object]) -> list[str]:
    """The steps by which SQLite carries out what C{ask} asks."""

    def work(cursor: Cursor) -> list[str]:
        explaining = Explaining(cursor)
        ask(explaining)
        return explaining.plan

    return now(database.read(work))


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda cursor: messages.newest(cursor, 1, -1, 2**62, 50), id="newest"),
        pytest.param(lambda cursor: messages.newest(cursor, 1, -1, 50_000, 50), id="a page further back"),
        pytest.param(lambda cursor: messages.oldest(cursor, 1, 99_000, 2**62, 50), id="oldest"),
        pytest.param(lambda cursor: messages.seq_at(cursor, 1, 500_000), id="seq at a time"),
        pytest.param(lambda cursor: messages.unread(cursor, 1, 1, MANY, "alice", 1000), id="unread"),
        pytest.param(lambda cursor: messages.message_by_cid(cursor, 2, "c77"), id="by cid"),
        pytest.param(lambda cursor: messages.next_seq(cursor, 1), id="next seq"),
        pytest.param(lambda cursor: rooms.places(cursor, 1), id="places"),
        pytest.param(lambda cursor: rooms.room_by_key(cursor, "room7", 1), id="room"),
        pytest.param(lambda cursor: accounts.account_by_key(cursor, "bob"), id="account"),
        pytest.param(lambda cursor: accounts.credentials(cursor, "bob"), id="credentials"),
    ],
)
def test_a_long_history_is_not_read_through(crowded: InstantDatabase, ask: Callable[[Cursor], object]) -> None:
    """With a hundred thousand lines, what everyone does all day looks at the few rows that it needs."""
    plan = plan_of(crowded, ask)
    assert [step for step in plan if step.startswith("SCAN") and step != "SCAN new"] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == [], "nothing is sorted either"
    assert plan != []


def test_the_newest_fifty_of_a_long_history(crowded: InstantDatabase) -> None:
    """They are the newest, newest first, found through the index on room and seq."""
    rows = now(crowded.read(lambda cursor: messages.newest(cursor, 1, -1, 2**62, 50)))
    assert [row.seq for row in rows] == list(range(MANY, MANY - 50, -1))
    plan = plan_of(crowded, lambda cursor: messages.newest(cursor, 1, -1, 2**62, 50))
    assert plan == ["SEARCH messages USING INDEX sqlite_autoindex_messages_1 (room_id=? AND seq>? AND seq<?)"]


def test_unread_is_counted_from_the_marker_to_what_was_shown(crowded: InstantDatabase) -> None:
    """The count is of lines by others only, and stops at the most that is said."""

    def unread(account: int, upto: int, name: str, most: int) -> tuple[int, int]:
        return now(crowded.read(lambda cursor: messages.unread(cursor, account, 1, upto, name, most)))

    assert unread(1, MANY, "alice", 1000) == (10, 0)
    assert unread(1, MANY - 5, "alice", 1000) == (5, 0)
    assert unread(1, MANY, "hello", 4) == (4, 4)
    assert unread(2, MANY, "bob", 1000) == (0, 0), "one's own lines are not new"


def test_statements_are_constant() -> None:
    """Nothing that a peer wrote is ever part of a statement: what is put together is of our own constants."""
    constants = {"_ROOM", "_PAGE"}
    sources = "".join(inspect.getsource(each) for each in (accounts, messages, rooms, transactions))
    for node in ast.walk(ast.parse(sources)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute":
            assert not node.keywords
            sql = node.args[0]
            parts = sql.values if isinstance(sql, ast.JoinedStr) else [sql]
            for part in parts:
                if isinstance(part, ast.FormattedValue):
                    assert isinstance(part.value, ast.Name)
                    assert part.value.id in constants
                else:
                    assert isinstance(part, ast.Constant)


def test_a_name_full_of_quotes_is_a_name(cursor: Cursor) -> None:
    """Whatever the text, it is stored and found as it is."""
    awkward = "'; DROP TABLE accounts; -- :id ? %s"
    number = accounts.add_account(cursor, awkward, awkward, awkward, 1)
    assert accounts.account_by_key(cursor, awkward) == (number, awkward, awkward, "active", 1, None)
    assert accounts.account_alike(cursor, awkward) == awkward
    accounts.save_settings(cursor, number, awkward)
    assert accounts.last_login(cursor, number) == (awkward, None, None)


def test_accounts_are_found_by_number_and_key(cursor: Cursor) -> None:
    """And by nothing else."""
    number = accounts.add_account(cursor, "Alice", "alice", "alice", 7)
    assert accounts.account_by_id(cursor, number) == accounts.account_by_key(cursor, "alice")
    assert accounts.account_by_id(cursor, number + 1) is None
    assert accounts.account_by_key(cursor, "Alice") is None
    assert accounts.account_alike(cursor, "alicc") is None


def test_an_account_without_a_password_has_no_credentials(cursor: Cursor) -> None:
    """It cannot log in, until it has one."""
    number = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    assert accounts.credentials(cursor, "alice") is None
    accounts.set_password(cursor, number, "bcrypt", "$2b$1", 1)
    assert accounts.credentials(cursor, "alice") == (number, "alice", "active", "bcrypt", "$2b$1")
    accounts.set_password(cursor, number, "bcrypt:hmac-sha256", "$2b$2", 2)
    row = accounts.credentials(cursor, "alice")
    assert row is not None
    assert (row.scheme, row.hash) == ("bcrypt:hmac-sha256", "$2b$2")


def test_a_renewed_hash_does_not_bring_an_old_password_back(cursor: Cursor) -> None:
    """Who changes the password while an old hash is made anew keeps the new password."""
    number = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    accounts.set_password(cursor, number, "bcrypt", "old", 1)
    accounts.renew_password(cursor, number, "old", "bcrypt", "old, dearer")
    accounts.set_password(cursor, number, "bcrypt", "new", 2)
    accounts.renew_password(cursor, number, "old, dearer", "bcrypt", "old, dearer still")
    row = accounts.credentials(cursor, "alice")
    assert row is not None
    assert row.hash == "new"


def test_markers_only_go_forward(cursor: Cursor) -> None:
    """A slow second device does not make read lines unread again."""
    number = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    room = rooms.add_room(cursor, "room", "lobby", "lobby", "lobby", number, 1)
    for seq in (5, 3, 8, 7):
        messages.set_marker(cursor, number, room, seq)
    cursor.execute("SELECT seq FROM read_markers")
    assert cursor.fetchall() == [(8,)]


def test_rooms_listed(cursor: Cursor) -> None:
    """Open rooms are listed by name, others to their members only; conversations never are."""
    alice = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    bob = accounts.add_account(cursor, "bob", "bob", "bob", 1)
    for name in ("zoo", "den", "bar", "hid"):
        rooms.add_room(cursor, "room", name, name, name, alice, 1)
    rooms.add_room(cursor, "direct", "", "@1:2", "@1:2", alice, 1)
    cursor.execute("UPDATE rooms SET access = 'invite' WHERE name = 'den'")
    cursor.execute("UPDATE rooms SET listed = 0 WHERE name = 'hid'")
    rooms.add_membership(cursor, 2, alice, "owner", 1)
    rooms.add_membership(cursor, 4, alice, "owner", 1)

    def names(account: int, pattern: str = "", limit: int = 10) -> list[str]:
        return [row[1] for row in rooms.rooms_listed(cursor, account, pattern, limit)]

    assert names(alice) == ["bar", "den", "hid", "zoo"]
    assert names(bob) == ["bar", "zoo"]
    assert names(bob, "o") == ["zoo"]
    assert names(bob, "%") == [], "a pattern is a part of the name, and nothing else"
    assert names(alice, limit=2) == ["bar", "den"]
    rooms.end_membership(cursor, 4, alice, 2)
    assert names(alice) == ["bar", "den", "zoo"]


def test_who_shares_which_rooms(cursor: Cursor) -> None:
    """Rooms where both are now, and no conversations."""
    alice = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    bob = accounts.add_account(cursor, "bob", "bob", "bob", 1)
    for kind, name in (("room", "b"), ("room", "a"), ("room", "left"), ("direct", "@1:2")):
        number = rooms.add_room(cursor, kind, name, name, name, alice, 1)
        for account in (alice, bob):
            rooms.add_membership(cursor, number, account, "member", 1)
    rooms.end_membership(cursor, 3, bob, 2)
    assert rooms.rooms_shared(cursor, alice, bob) == ["a", "b"]
    assert rooms.count_rooms(cursor, alice) == (3, 3)
    assert rooms.count_rooms(cursor, bob) == (3, 0)
    assert rooms.count_memberships(cursor, bob) == (2, 3)


def test_the_first_line_not_older_than_a_time(cursor: Cursor) -> None:
    """Where the wall clock went back, the line that is the first by the clock is found."""
    alice = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    room = rooms.add_room(cursor, "room", "lobby", "lobby", "lobby", alice, 1)
    for seq, at in ((1, 100), (2, 200), (3, 200), (4, 300)):
        messages.add_message(cursor, room, seq, alice, "alice", "text", "hi", None, BEGINNING + at)
    found = [messages.seq_at(cursor, room, BEGINNING + at) for at in (0, 100, 101, 200, 201, 301)]
    assert found == [1, 1, 2, 2, 4, None]


def test_a_dropped_entry_leaves_the_others(cursor: Cursor) -> None:
    """In one transaction, each entry stands or falls by itself."""
    transactions.begin_writing(cursor)
    for name, keep in (("alice", True), ("bob", False), ("carol", True)):
        transactions.begin_entry(cursor)
        accounts.add_account(cursor, name, name, name, 1)
        (transactions.keep_entry if keep else transactions.drop_entry)(cursor)
    transactions.commit(cursor)
    cursor.execute("SELECT name FROM accounts ORDER BY name")
    assert cursor.fetchall() == [("alice",), ("carol",)]


def test_reading_sees_one_state() -> None:
    """The in-memory database begins what the real one begins."""
    database = InstantDatabase()
    assert now(database.read(lambda cursor: cursor.execute("SELECT 1").fetchone())) == (1,)
    assert database.commits == 1
