"""The people of the old programs come in with their old passwords, and find all that was said."""

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import bcrypt
import pytest

from chatd.admin.copies.copying import unseen
from chatd.admin.errors import AdminError
from chatd.admin.importing.apply import apply
from chatd.admin.importing.plan import Plan
from chatd.admin.importing.source import read
from chatd.auth.hashes import PLAIN, WRAPPED, Stored, matches
from chatd.store import schema
from chatd.store.schema import StoreError
from tests.admin.importing import seeds
from tests.admin.importing.seeds import run, sha256
from tests.admin.rows import NOW, ask, bodies, change, make, mode, names_in

COST = 4
THEN = 1_700_000_000
PASSWORDS = {"alice": "password123", "bob": "securepassword", "Zoë": "пароль"}
SAID = [
    ("bob", "Hey Alice!", "2023-11-14 22:13:22"),
    ("Server", "alice has joined the chat", "2023-11-14 22:13:20"),
    ("alice", "Hi Bob!", "2023-11-14 22:13:21"),
    ("ALICE", "A second line in that second", "2023-11-14 22:13:21"),
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where chatd's own database is to be."""
    return tmp_path / "state" / "chatd.sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the other program has its data."""
    return tmp_path / "other.db"


def imported(path: Path, database: Path, room: str | None = "lobby", owner: str | None = None) -> Plan:
    """Import everything of a file."""
    return apply(read(path), database, room, owner, NOW, COST, unseen)


def stored(database: Path) -> dict[object, Stored]:
    """How the password of each account is kept."""
    rows = ask(database, "SELECT name, scheme, hash FROM accounts JOIN passwords ON account_id = id")
    return {name: Stored(str(scheme), str(hash)) for name, scheme, hash in rows}


@pytest.mark.parametrize("program", [seeds.userdata, seeds.chat_users], ids=["userdata", "users"])
def test_the_old_passwords_are_good(path: Path, database: Path, program: Callable[..., Path]) -> None:
    """Whoever was there logs in as before, with a hash that is a slow one now."""
    made = imported(program(path, **PASSWORDS), database)
    assert len(made.accounts) == 3
    found = stored(database)
    assert set(found) == set(PASSWORDS)
    for name, password in PASSWORDS.items():
        assert found[name].scheme == WRAPPED
        assert found[name].hash.startswith(f"$2b${COST:02d}$")
        assert matches(password, found[name])
        assert not matches(password + "x", found[name])
        assert not matches(sha256(password), found[name]), "the old hash is no password"
    assert ask(database, "SELECT name_key, status, kind, created_at FROM accounts WHERE name = 'Zoë'") == [
        ("zoë", "active", "person", NOW)
    ]


def test_no_fast_hash_is_left(path: Path, database: Path) -> None:
    """Neither in digits, in either case, nor as bytes, in whatever file there is, before and after tidying up."""
    imported(seeds.chat(path, SAID, **PASSWORDS), database)
    assert_no_fast_hash(database.parent)
    change(database, "VACUUM")
    assert_no_fast_hash(database.parent)
    assert b"$2b$04$" in database.read_bytes()
    assert b"Hi Bob!" in database.read_bytes(), "the search sees what is there"


def assert_no_fast_hash(place: Path) -> None:
    """Nothing in a directory holds the SHA-256 of a password."""
    content = b"".join(each.read_bytes() for each in place.iterdir())
    for password in PASSWORDS.values():
        digest = hashlib.sha256(password.encode())
        assert digest.hexdigest().encode() not in content.lower()
        assert digest.digest() not in content


def test_people_with_one_password_are_not_known_by_it(path: Path, database: Path) -> None:
    """Their hashes were the same, and are so no more."""
    imported(seeds.userdata(path, alice="same", bob="same"), database)
    one, other = stored(database).values()
    assert one.hash != other.hash
    assert matches("same", one)
    assert matches("same", other)


def test_digits_in_upper_case(path: Path, database: Path) -> None:
    """A program that wrote them so hashed the same password."""
    seeds.userdata(path)
    run(path, "INSERT INTO userdata VALUES (1, 'alice', :hash)", hash=sha256("x").upper())
    imported(path, database)
    assert matches("x", stored(database)["alice"])


def test_bcrypt_is_taken_as_it_is(path: Path, database: Path) -> None:
    """From C{htpasswd -B}, which writes it a little differently."""
    hash = bcrypt.hashpw(b"from apache", bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")
    path.write_text(f"alice:{hash}\n")
    imported(path, database, None)
    assert stored(database) == {"alice": Stored(PLAIN, hash)}
    assert matches("from apache", stored(database)["alice"])


def test_progress(path: Path, database: Path) -> None:
    """Hashing takes long, and is seen to go on."""
    seen: list[tuple[int, int]] = []
    apply(read(seeds.userdata(path, **PASSWORDS)), database, None, None, NOW, COST, lambda *each: seen.append(each))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_history_is_there(path: Path, database: Path) -> None:
    """In the order of time, then of the rows, numbered without a gap, each under the name it was said under."""
    imported(seeds.chat(path, SAID, **PASSWORDS), database)
    assert ask(database, "SELECT seq, sender, body, at_ms, kind, cid FROM messages ORDER BY seq") == [
        (1, "Server", "alice has joined the chat", THEN * 1000, "text", None),
        (2, "alice", "Hi Bob!", THEN * 1000 + 1000, "text", None),
        (3, "ALICE", "A second line in that second", THEN * 1000 + 1000, "text", None),
        (4, "bob", "Hey Alice!", THEN * 1000 + 2000, "text", None),
    ]
    assert ask(database, "SELECT name, kind, access, last_seq, created_by, created_at FROM rooms") == [
        ("lobby", "room", "open", 4, None, NOW)
    ]
    assert ask(database, "SELECT rowid FROM message_search WHERE message_search MATCH 'hey'") == [(4,)]


def test_who_said_it(path: Path, database: Path) -> None:
    """A sender who is an account is that account; one who is none stays a name."""
    imported(seeds.chat(path, [*SAID, ("gone", "bye", THEN)], **PASSWORDS), database)
    rows = ask(
        database,
        "SELECT sender, accounts.name FROM messages LEFT JOIN accounts ON accounts.id = account_id ORDER BY seq",
    )
    people = {("Server", None), ("gone", None), ("alice", "alice"), ("ALICE", "alice"), ("bob", "bob")}
    assert set(rows) == people


def test_a_room_that_there_is(path: Path, database: Path) -> None:
    """Its numbers go on where they were, and it stays whose it is."""
    database.parent.mkdir()
    make(database, "one", "two")
    change(database, "UPDATE rooms SET last_seq = 2")
    imported(seeds.chat(path, SAID, bob="b"), database, "#Lobby", "bob")
    assert [row[0] for row in ask(database, "SELECT seq FROM messages ORDER BY seq")] == [1, 2, 3, 4, 5, 6]
    assert bodies(database)[:3] == ["one", "two", "alice has joined the chat"]
    assert ask(database, "SELECT last_seq, created_by FROM rooms") == [(6, None)]


def test_a_room_of_somebodys(path: Path, database: Path) -> None:
    """Who is to own it can come with the import, and can read all of it."""
    imported(seeds.chat(path, SAID, **PASSWORDS), database, "archive", "Alice")
    assert ask(
        database,
        "SELECT accounts.name, role, joined_seq, left_seq FROM memberships JOIN accounts ON accounts.id = account_id"
        " JOIN rooms ON rooms.id = room_id AND rooms.created_by = account_id",
    ) == [("alice", "owner", 0, None)]


@pytest.mark.parametrize(("owner", "why"), [("carol", "Nobody is called carol"), ("a b", "A name is of letters")])
def test_an_owner_that_is_none(path: Path, database: Path, owner: str, why: str) -> None:
    """Then nothing is imported, and no time is spent on hashing."""
    seeds.chat(path, SAID, **PASSWORDS)
    with pytest.raises(AdminError, match=why):
        apply(read(path), database, "archive", owner, NOW, COST, lambda *_: pytest.fail("hashing"))
    assert ask(database, "SELECT * FROM accounts") == []


def test_the_second_time_nothing_is_added(path: Path, database: Path) -> None:
    """An import can be run again, after the old program was used a little longer."""
    seeds.chat(path, SAID, **PASSWORDS)
    imported(path, database)
    change(database, "UPDATE passwords SET hash = 'changed since'")
    again = imported(path, database)
    assert (again.accounts, again.messages) == ((), ())
    assert len(again.known_accounts) == 3
    assert again.known_messages == 4
    run(path, "INSERT INTO messages (sender, message, timestamp) VALUES ('bob', 'more', '2023-11-14 23:00:00')")
    later = imported(path, database)
    assert [each.body for each in later.messages] == ["more"]
    assert len(bodies(database)) == 5
    assert ask(database, "SELECT last_seq FROM rooms") == [(5,)]
    assert {each.hash for each in stored(database).values()} == {"changed since"}


def test_it_is_noted(path: Path, database: Path) -> None:
    """An import is an act of power; one that does nothing is none."""
    imported(seeds.chat(path, SAID, **PASSWORDS), database)
    imported(path, database)
    assert ask(database, "SELECT at_ms, actor_id, actor, act, target, room, details FROM audit_log") == [
        (NOW, None, "operator", "import", "other.db", "lobby", '{"accounts": 3, "messages": 4}')
    ]


def test_nothing_is_imported_under_a_running_daemon(path: Path, database: Path) -> None:
    """One process writes."""
    held = schema.lock(database)
    try:
        with pytest.raises(StoreError, match="in use by another daemon"):
            imported(seeds.userdata(path, alice="x"), database)
    finally:
        os.close(held)
    assert names_in(database.parent) == ["chatd.sqlite.lock"]


def test_all_or_nothing(path: Path, database: Path) -> None:
    """Where the last message cannot be stored, no account was made; the operator can try again."""
    database.parent.mkdir()
    make(database)
    change(
        database,
        "CREATE TRIGGER full BEFORE INSERT ON messages WHEN new.body LIKE 'Hey%' BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    seeds.chat(path, SAID, **PASSWORDS)
    with pytest.raises(StoreError, match=r"^The database .* was left as it was: no\.$"):
        imported(path, database)
    assert ask(database, "SELECT name FROM accounts") == [("alice",)]
    assert bodies(database) == []
    assert ask(database, "SELECT last_seq FROM rooms") == [(0,)]
    change(database, "DROP TRIGGER full")
    assert len(imported(path, database).messages) == 4


def test_breaking_it_off(path: Path, database: Path) -> None:
    """Ctrl-C while hashing leaves nothing, and lets go of the database."""
    seeds.userdata(path, **{f"user{number}": "x" for number in range(20)})
    seen: list[int] = []

    def interrupt(done: int, total: int) -> None:
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(read(path), database, None, None, NOW, COST, interrupt)
    assert seen == [0, 1, 2]
    assert ask(database, "SELECT * FROM accounts") == []
    os.close(schema.lock(database))


def test_what_is_made_is_private_and_whole(path: Path, database: Path) -> None:
    """A daemon can start on it."""
    imported(seeds.chat(path, SAID, **PASSWORDS), database)
    assert mode(database) == 0o600
    assert mode(database.parent) == 0o700
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)")
    assert names_in(path.parent) == ["other.db", "state"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_imports_for_whom_the_daemon_runs_as(path: Path, database: Path) -> None:
    """The daemon, which is not root, can open what root has made."""
    database.parent.mkdir()
    os.chown(database.parent, 12345, 12346)
    imported(seeds.userdata(path, alice="x"), database)
    assert {(each.stat().st_uid, each.stat().st_gid) for each in database.parent.iterdir()} == {(12345, 12346)}
