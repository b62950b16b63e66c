"""The tables of the old programs are known by their columns, and nothing is guessed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatd.admin.importing import tables
from chatd.admin.importing.found import Found, Spot
from tests.admin.importing import seeds
from tests.admin.importing.seeds import run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the other program has its data."""
    return tmp_path / "other.db"


def taken(found: Found) -> dict[str, tuple[str, str]]:
    """What each table was taken for, and why."""
    return {table.name: (table.holds, table.why) for table in found.tables}


def test_the_login_servers_table(path: Path) -> None:
    """Seeds 000 and 001."""
    found = tables.read(seeds.userdata(path, alice="a", bob="b"))
    assert taken(found) == {"userdata": ("accounts", "its columns username and password")}
    assert [(each.spot, each.name, each.secret) for each in found.accounts] == [
        (Spot("userdata", 1), "alice", seeds.sha256("a")),
        (Spot("userdata", 2), "bob", seeds.sha256("b")),
    ]


def test_the_chats_table(path: Path) -> None:
    """Seed 002."""
    found = tables.read(seeds.chat_users(path, alice="a"))
    assert [(str(each.spot), each.name) for each in found.accounts] == [("users, row 1", "alice")]


def test_the_chats_messages(path: Path) -> None:
    """Seed 004."""
    found = tables.read(seeds.chat(path, [("Server", "alice has joined", "2024-05-01 10:00:00")], alice="a"))
    assert taken(found) == {
        "users": ("accounts", "its columns username and password"),
        "messages": ("messages", "its columns sender, message and timestamp"),
    }
    assert found.messages == ((Spot("messages", 1), "Server", "alice has joined", "2024-05-01 10:00:00"),)


@pytest.mark.parametrize(
    "columns",
    [
        "Username TEXT, PassWD TEXT",
        "id INTEGER, user TEXT, hash TEXT",
        "login TEXT, password_hash TEXT, name TEXT",
        "name TEXT, password TEXT, email TEXT",
    ],
)
def test_other_names_for_the_same_columns(path: Path, columns: str) -> None:
    """Programs of the same kind are known too."""
    found = tables.read(run(path, f"CREATE TABLE people ({columns})"))
    assert taken(found)["people"][0] == "accounts"


@pytest.mark.parametrize(
    "columns", ['"from" TEXT, body TEXT, at INT', "USER TEXT, Content TEXT, Created_At INT", "sender, text, time"]
)
def test_other_names_for_the_columns_of_messages(path: Path, columns: str) -> None:
    """Also where a column is called like a word of SQL."""
    found = tables.read(run(path, f"CREATE TABLE log ({columns})", "INSERT INTO log VALUES ('alice', 'hello', 5)"))
    assert taken(found)["log"][0] == "messages"
    assert [each[1:] for each in found.messages] == [("alice", "hello", 5)]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ("username, password, salt", "the column salt says that its hashes are salted, and chatd cannot check those"),
        ("username, password, hash", "it could be the column password or hash"),
        ("username, login, password", "it could be the column username or login"),
        ("sender, message", "its messages have no time"),
        ("sender, message, created_at, timestamp", "it could be the column created_at or timestamp"),
        ("sender, receiver, message, timestamp", "the column receiver says that its messages are for one"),
        ("room, sender, message, timestamp", "the column room says that its messages are of several"),
        ("url, title", "no names with passwords, and no senders with texts"),
    ],
)  # fmt: skip
def test_a_table_that_can_be_read_in_two_ways_is_passed_over(path: Path, columns: str, why: str) -> None:
    """And the reason is told."""
    found = tables.read(run(path, f"CREATE TABLE things ({columns})"))
    assert taken(found)["things"][0] == ""
    assert taken(found)["things"][1].startswith(why)
    assert not found.accounts
    assert not found.messages


def test_names_full_of_quotes(path: Path) -> None:
    """Whatever a table is called, it is a name and no statement; and it can be shown."""
    awkward = 'a"; DROP TABLE other; --\x1b[2J'
    quoted = '"' + awkward.replace('"', '""') + '"'
    run(path, f"CREATE TABLE {quoted} (username, password)", f"INSERT INTO {quoted} VALUES ('alice', 'x')")
    run(path, "CREATE TABLE other (username, password)", "INSERT INTO other VALUES ('bob', 'y')")
    found = tables.read(path)
    assert {each.name for each in found.accounts} == {"alice", "bob"}
    assert {table.name for table in found.tables} == {ascii(awkward), "other"}


def test_rows_without_numbers_are_counted(path: Path) -> None:
    """There are tables whose rows have none, and some in which something else is called so."""
    run(path, "CREATE TABLE a (username TEXT PRIMARY KEY, password TEXT) WITHOUT ROWID")
    run(path, "INSERT INTO a VALUES ('alice', 'x'), ('bob', 'y')")
    run(
        path, "CREATE TABLE b (username TEXT, password TEXT, rowid TEXT)", "INSERT INTO b VALUES ('carol', 'z', 'same')"
    )
    found = tables.read(path)
    assert [str(each.spot) for each in found.accounts] == ["a, row 1", "a, row 2", "b, row 1"]


def test_text_that_is_none_is_kept_as_it_lies_there(path: Path) -> None:
    """It is refused later, by row; it does not end the reading."""
    run(path, "CREATE TABLE users (username, password)")
    run(path, "INSERT INTO users VALUES (CAST(x'ff616c' AS TEXT), 'x'), ('bob', 7)")
    assert [(each.name, each.secret) for each in tables.read(path).accounts] == [(b"\xffal", "x"), ("bob", 7)]


def test_a_database_in_utf_16(path: Path) -> None:
    """It is as good as one in UTF-8."""
    run(path, "PRAGMA encoding = 'UTF-16le'", "CREATE TABLE users (username, password)")
    run(path, "INSERT INTO users VALUES ('Zoë', 'x')")
    assert [each.name for each in tables.read(path).accounts] == ["Zoë"]


def test_a_database_that_its_program_has_open(path: Path) -> None:
    """What is committed is read, also where it is in a log beside the file."""
    seeds.userdata(path, alice="a")
    with closing(sqlite3.connect(path, isolation_level=None)) as program:
        program.execute("PRAGMA journal_mode = WAL")
        program.execute("INSERT INTO userdata (username, password) VALUES ('bob', 'x')")
        assert [each.name for each in tables.read(path).accounts] == ["alice", "bob"]
