"""Every statement does what its name says, quickly however long the history is, with parameters only."""

import ast
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chatd.store import queries, schema
from chatd.store.queries import accounts, audit, bans, identity, markers, messages, metadata, rooms, transactions
from chatd.store.queries.messages import NewRow
from chatd.store.queries.transactions import Cursor
from chatd.testing import BEGINNING, InstantDatabase, now

MANY = 100_000


class Explaining:
    """A cursor that notes how each statement will be carried out before it is."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.plan: list[str] = []

    def execute(self, sql: str, parameters: Mapping[str, object] | Sequence[object] = (), /) -> Any:
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
        connection.execute("PRAGMA foreign_keys = ON")
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
    now(database.write(messages.index_new))
    return database


def plan_of(database: InstantDatabase, ask: Callable[[Cursor], object]) -> list[str]:
    """The steps by which SQLite carries out what C{ask} asks."""

    def work(cursor: Cursor) -> list[str]:
        explaining = Explaining(cursor)
        ask(explaining)
        return explaining.plan

    return now(database.read(work))


END = 2**62
FEW = {
    "SCAN CONSTANT ROW",
    "SCAN newest",  # of the unread lines, of which no more than a bound are taken
}
IN_ROOM = messages.Span(1, -1, END)
SINCE_JOIN = messages.Span(1, -1, END, 1)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda cursor: messages.newest(cursor, IN_ROOM, 50), id="newest"),
        pytest.param(lambda cursor: messages.newest(cursor, IN_ROOM._replace(before=50_000), 50), id="further back"),
        pytest.param(lambda cursor: messages.oldest(cursor, IN_ROOM._replace(after=99_000), 50), id="oldest"),
        pytest.param(lambda cursor: messages.newest(cursor, SINCE_JOIN, 50), id="newest since joining"),
        pytest.param(lambda cursor: messages.seq_at(cursor, 1, 500_000), id="seq at a time"),
        pytest.param(lambda cursor: messages.unread(cursor, 1, IN_ROOM._replace(after=99_990), 1000), id="unread"),
        pytest.param(lambda cursor: messages.unread(cursor, 1, SINCE_JOIN, 1000), id="unread since joining"),
        pytest.param(lambda cursor: markers.marker(cursor, 1, 1), id="marker"),
        pytest.param(lambda cursor: messages.message_by_cid(cursor, 2, "c77"), id="by cid"),
        pytest.param(lambda cursor: messages.next_seq(cursor, 1), id="next seq"),
        pytest.param(lambda cursor: messages.line_at(cursor, 1, 77), id="line"),
        pytest.param(lambda cursor: messages.last_line(cursor, 1, 2), id="last line"),
        pytest.param(lambda cursor: messages.lines_of(cursor, 2, 500, 100), id="export"),
        pytest.param(lambda cursor: rooms.places(cursor, 1), id="places"),
        pytest.param(lambda cursor: rooms.room_by_key(cursor, "room7", 1), id="room"),
        pytest.param(lambda cursor: rooms.standing(cursor, 7, 1), id="standing"),
        pytest.param(lambda cursor: rooms.count_memberships(cursor, 1), id="memberships"),
        pytest.param(lambda cursor: accounts.account_by_key(cursor, "bob"), id="account"),
        pytest.param(lambda cursor: accounts.role_of(cursor, 1, 1), id="role"),
        pytest.param(lambda cursor: accounts.permissions_of(cursor, "member"), id="permissions"),
        pytest.param(lambda cursor: bans.bans_of(cursor, 1, 1, 1), id="bans of an account"),
        pytest.param(lambda cursor: bans.bans_of_others(cursor, 1, 1), id="bans of networks and masks"),
        pytest.param(lambda cursor: bans.count_bans(cursor, 1, 1), id="count of bans"),
        pytest.param(lambda cursor: bans.count_masks(cursor, 1, 1), id="count of masks"),
        pytest.param(lambda cursor: messages.last_at(cursor, SINCE_JOIN), id="time of the newest"),
        pytest.param(lambda cursor: messages.note_tags(cursor, 1, 77, "{}"), id="tags"),
        pytest.param(lambda cursor: bans.is_muted(cursor, 1, 1), id="mutes of an account"),
        pytest.param(lambda cursor: bans.silencing_masks(cursor, 1, 1), id="masks of those who are muted"),
        pytest.param(lambda cursor: rooms.said_before(cursor, 1, 1), id="last said"),
        pytest.param(lambda cursor: rooms.note_said(cursor, 1, 1, None), id="note what is said"),  # type: ignore[arg-type]
        pytest.param(lambda cursor: identity.credentials(cursor, "bob", "x", 1), id="credentials"),
        pytest.param(lambda cursor: identity.token_by_hash(cursor, b"x", 1), id="token"),
    ],
)
def test_a_long_history_is_not_read_through(crowded: InstantDatabase, ask: Callable[[Cursor], object]) -> None:
    """With a hundred thousand lines, what everyone does all day looks at the few rows that it needs."""
    plan = plan_of(crowded, ask)
    assert [step for step in plan if step.startswith("SCAN") and step not in FEW] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == [], "nothing is sorted either"
    assert plan != []


def test_what_can_be_undone_is_looked_for_among_the_latest(crowded: InstantDatabase) -> None:
    """Not in all that a moderator ever did; the few that are found are sorted."""
    plan = plan_of(crowded, lambda cursor: audit.last_undoable(cursor, 1, "alice", 1))
    assert [step for step in plan if step.startswith("SCAN")] == []
    assert "SEARCH entry USING INDEX audit_log_by_actor (actor_id=? AND at_ms>?)" in plan


def test_the_newest_fifty_of_a_long_history(crowded: InstantDatabase) -> None:
    """They are the newest, newest first, found through the index on room and seq."""
    rows = now(crowded.read(lambda cursor: messages.newest(cursor, IN_ROOM, 50)))
    assert [row.seq for row in rows] == list(range(MANY, MANY - 50, -1))
    plan = plan_of(crowded, lambda cursor: messages.newest(cursor, IN_ROOM, 50))
    assert plan[0] == "SEARCH messages USING INDEX sqlite_autoindex_messages_1 (room_id=? AND seq>? AND seq<?)"


def test_when_somebody_last_spoke_is_kept_with_the_stay(crowded: InstantDatabase) -> None:
    """Of all stays the latest counts; not one line that was ever said is looked at."""

    def work(cursor: Cursor) -> list[int | None]:
        transactions.begin_entry(cursor)
        rooms.note_said(cursor, 9, 1, 5)
        rooms.end_membership(cursor, 9, 1, 7)
        rooms.note_said(cursor, 9, 1, 6)
        rooms.add_membership(cursor, 9, 1, "member", 8)
        said = [rooms.said_before(cursor, room, account) for room, account in ((9, 1), (8, 1), (9, 2))]
        rooms.note_said(cursor, 9, 1, 9)
        said.append(rooms.said_before(cursor, 9, 1))
        transactions.drop_entry(cursor)
        return said

    assert now(crowded.read(work)) == [5, None, None, 9]
    plan = plan_of(crowded, lambda cursor: rooms.said_before(cursor, 1, 1))
    assert plan == ["SEARCH memberships USING INDEX memberships_by_account (account_id=? AND room_id=?)"]


def test_a_search_begins_with_the_words(crowded: InstantDatabase) -> None:
    """And goes backwards through what the index finds, without sorting, so that the first page of many is quick."""

    def ask(cursor: Cursor) -> list[messages.FoundRow]:
        return messages.found(cursor, 1, '"hello"', None, None, 0, END, 20)

    plan = plan_of(crowded, ask)
    assert plan[0].startswith("SCAN message_search VIRTUAL TABLE")
    assert [step for step in plan[1:] if "SCAN" in step or "TEMP B-TREE" in step] == []
    assert [row.seq for row in now(crowded.read(ask))] == list(range(MANY, MANY - 20, -1))


def test_what_is_due_is_found_by_its_index(crowded: InstantDatabase) -> None:
    """Housekeeping once a minute reads no history through."""
    before = crowded.rows("SELECT total_changes()")
    for ask in (
        lambda cursor: messages.wipe_deleted(cursor, 1, 500),
        lambda cursor: messages.purge(cursor, 2, 1, 500),
        lambda cursor: messages.wipe_lines_of(cursor, 1, "alice", 1, 500),
        lambda cursor: accounts.to_be_wiped(cursor),
    ):
        plan = plan_of(crowded, ask)
        assert [step for step in plan if step.startswith("SCAN") and "messages" in step] == []
    assert crowded.rows("SELECT total_changes()") == before, "there was nothing"


def test_what_is_wiped_is_looked_at_no_more(crowded: InstantDatabase) -> None:
    """The indexes hold what has a text, so that an account that was erased long ago costs nothing any more."""
    lines = "SEARCH messages USING INDEX messages_by_account (account_id=?)"
    words = "SEARCH messages USING INDEX messages_with_words (account_id=?)"
    assert lines in plan_of(crowded, lambda cursor: messages.wipe_lines_of(cursor, 1, "alice", 1, 500))
    assert words in plan_of(crowded, lambda cursor: messages.wipe_words_of(cursor, 1, 500))
    assert {lines, words} <= set(plan_of(crowded, accounts.to_be_wiped))
    for ask in (lambda cursor: messages.last_line(cursor, 1, 2), lambda cursor: messages.lines_of(cursor, 2, 500, 100)):
        assert any("INDEX messages_by_account" in step for step in plan_of(crowded, ask))


def test_unread_is_counted_from_the_marker_to_what_was_shown(crowded: InstantDatabase) -> None:
    """The count is of lines by others only, and stops at the most that is said."""

    def unread(account: int, upto: int, most: int) -> int:
        after = now(crowded.read(lambda cursor: markers.marker(cursor, account, 1)))
        span = messages.Span(1, after, upto + 1)
        return len(now(crowded.read(lambda cursor: messages.unread(cursor, account, span, most))))

    assert unread(1, MANY, 1000) == 10
    assert unread(1, MANY - 5, 1000) == 5
    assert unread(1, MANY, 4) == 4
    assert unread(2, MANY, 1000) == 0, "one's own lines are not new"


@pytest.mark.parametrize("many", [0, 1, 5, 64, 100])
def test_the_last_numbers_of_rooms(cursor: Cursor, many: int) -> None:
    """Each room has its own, however many have one at once, and no other room is touched."""
    cursor.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)"
        " INSERT INTO rooms (name, name_key, skeleton, kind, created_at, last_seq)"
        " SELECT 'r' || i, 'r' || i, 'r' || i, 'room', 1, 7 FROM n"
    )
    messages.set_last_seqs(cursor, [(number, 1000 + number) for number in range(1, many + 1)])
    cursor.execute("SELECT id, last_seq FROM rooms")
    found = dict(cursor.fetchall())
    assert found == {number: 1000 + number if number <= many else 7 for number in range(1, 121)}


def source_of(module: ModuleType) -> str:
    """What was written, also where the module is compiled."""
    return Path(queries.__path__[0], f"{module.__name__.rpartition('.')[2]}.py").read_text()


def test_statements_are_constant() -> None:
    """Nothing that a peer wrote is ever part of a statement: what is put together is of our own constants."""
    constants = {
        "_ROOM",
        "_PAGE",
        "_READABLE",
        "_LINE",
        "_BAN",
        "_AUDIT",
        "_INVITATION",
        "_WORTH",
        "WITH_WORDS",
        "_KIND",
        "_OF_OTHERS",
        "_ACCOUNT",
        "_ABANDONED",
        "_OF",
        "_NEWEST",
        "_GUEST",
    }
    sources = (accounts, audit, bans, identity, markers, messages, metadata, rooms, transactions)
    pieces = [piece for source in sources for piece in pieces_of(ast.parse(source_of(source)))]
    assert len(pieces) > 100
    for piece in pieces:
        allowed = piece in constants or piece in ("_SETTABLE[column]", "statement", "int(pages)")
        assert allowed or ast.literal_eval(piece) is not None


def pieces_of(tree: ast.AST) -> Iterator[str]:
    """The source of each piece of which statements are put together, here or for C{_page}."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "attr", getattr(node.func, "id", "")) in ("execute", "_page"):
            assert not node.keywords
            sql = node.args[0 if isinstance(node.func, ast.Attribute) else 1]
            for part in sql.values if isinstance(sql, ast.JoinedStr) else [sql]:
                yield ast.unparse(part.value if isinstance(part, ast.FormattedValue) else part)


def test_a_name_full_of_quotes_is_a_name(cursor: Cursor) -> None:
    """Whatever the text, it is stored and found as it is."""
    awkward = "'; DROP TABLE accounts; -- :id ? %s"
    number = accounts.add_account(cursor, awkward, awkward, awkward, 1)
    assert accounts.account_by_key(cursor, awkward) == (number, awkward, awkward, "active", 1, None, 0)
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
    number = accounts.add_account(cursor, "Alice", "alice", "alice", 1)
    assert identity.credentials(cursor, "alice", None, 0) is None
    accounts.set_password(cursor, number, "bcrypt", "$2b$1", 1)
    assert identity.credentials(cursor, "alice", None, 0) == (number, "alice", "active", "bcrypt", "$2b$1", 1, False)
    accounts.set_password(cursor, number, "bcrypt:hmac-sha256", "$2b$2", 2)
    row = identity.credentials(cursor, "alice", None, 0)
    assert row is not None
    assert (row.scheme, row.hash, row.changed_at) == ("bcrypt:hmac-sha256", "$2b$2", 2)


def test_a_renewed_hash_does_not_bring_an_old_password_back(cursor: Cursor) -> None:
    """Who changes the password while an old hash is made anew keeps the new password."""
    number = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    accounts.set_password(cursor, number, "bcrypt", "old", 1)
    accounts.renew_password(cursor, number, "old", "bcrypt", "old, dearer")
    accounts.set_password(cursor, number, "bcrypt", "new", 2)
    accounts.renew_password(cursor, number, "old, dearer", "bcrypt", "old, dearer still")
    row = identity.credentials(cursor, "alice", None, 0)
    assert row is not None
    assert row.hash == "new"


def test_markers_only_go_forward(cursor: Cursor) -> None:
    """A slow second device does not make read lines unread again."""
    number = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    room = rooms.add_room(cursor, "room", "lobby", "lobby", "lobby", number, 1)
    for seq in (5, 3, 8, 7):
        markers.set_marker(cursor, number, room, seq)
    cursor.execute("SELECT seq FROM read_markers")
    assert cursor.fetchall() == [(8,)]


def test_rooms_listed(cursor: Cursor) -> None:
    """Listed rooms by name, others to members and guests only, or all; conversations never are."""
    alice = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    bob = accounts.add_account(cursor, "bob", "bob", "bob", 1)
    for name in ("zoo", "den", "bar", "hid"):
        rooms.add_room(cursor, "room", name, name, name, alice, 1)
    rooms.add_room(cursor, "direct", "", "@1:2", "@1:2", alice, 1)
    for name in ("den", "hid"):
        cursor.execute("UPDATE rooms SET listed = 0 WHERE name = :name", {"name": name})
    rooms.add_membership(cursor, 2, alice, "owner", 1)
    rooms.add_membership(cursor, 4, alice, "owner", 1)

    def names(account: int, pattern: str = "", limit: int = 10) -> list[str]:
        return [row.name for row in rooms.rooms_listed(cursor, account, pattern, False, limit)]

    assert names(alice) == ["bar", "den", "hid", "zoo"]
    assert names(bob) == ["bar", "zoo"]
    assert [row.name for row in rooms.rooms_listed(cursor, bob, "", True, 9)] == ["bar", "den", "hid", "zoo"]
    bans.invite(cursor, 4, bob, "alice", 1)
    assert names(bob) == ["bar", "hid", "zoo"]
    bans.drop_invitation(cursor, 4, bob)
    assert names(bob, "o") == ["zoo"]
    assert names(bob, "%") == [], "a pattern is a part of the name, and nothing else"
    assert names(alice, limit=2) == ["bar", "den"]
    rooms.end_membership(cursor, 4, alice, 2)
    assert names(alice) == ["bar", "den", "zoo"]


def test_who_shares_which_rooms(cursor: Cursor) -> None:
    """Rooms where both are now, and no conversations; and those that everyone finds and enters."""
    alice = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    bob = accounts.add_account(cursor, "bob", "bob", "bob", 1)
    for kind, name in (("room", "b"), ("room", "a"), ("room", "left"), ("direct", "@1:2")):
        number = rooms.add_room(cursor, kind, name, name, name, alice, 1)
        for account in (alice, bob):
            rooms.add_membership(cursor, number, account, "member", 1)
    rooms.end_membership(cursor, 3, bob, 2)
    rooms.set_standing(cursor, 2, bob, "voice")
    for number, column, value in ((5, "access", "invite"), (6, "listed", 0), (7, "listed", 1)):
        assert rooms.add_room(cursor, "room", f"r{number}", f"r{number}", f"r{number}", bob, 1) == number
        rooms.set_room(cursor, number, column, value)
        rooms.add_membership(cursor, number, bob, "owner", 1)
    assert rooms.roles_known(cursor, alice, bob) == [
        ("a", "voice", True), ("b", "member", True), ("r7", "owner", False)
    ]  # fmt: skip
    for number in (5, 6, 7):
        rooms.end_membership(cursor, number, bob, 2)
    assert rooms.count_rooms(cursor, alice) == (6, 3, 0)
    assert rooms.count_rooms(cursor, bob) == (6, 3, 0)
    assert rooms.count_memberships(cursor, bob) == (2, 6)


def test_the_first_line_not_older_than_a_time(cursor: Cursor) -> None:
    """Where the wall clock went back, the line that is the first by the clock is found."""
    alice = accounts.add_account(cursor, "alice", "alice", "alice", 1)
    room = rooms.add_room(cursor, "room", "lobby", "lobby", "lobby", alice, 1)
    for seq, at in ((1, 100), (2, 200), (3, 200), (4, 300)):
        messages.add_messages(cursor, [NewRow(room, seq, alice, "alice", "text", "hi", None, BEGINNING + at)])
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
