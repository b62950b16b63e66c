"""An operator's data is safe at every start: it is brought up to date whole, or left as it was, with a sentence."""

import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from chatd.store import schema
from chatd.store.schema import Migration, StoreError

NOW = 1_766_000_000_000
FIRST = Migration(1, "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT);\n")
SECOND = Migration(2, "CREATE TABLE more (\n    thing_id BIGINT REFERENCES things (id)\n);\n")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "chatd.sqlite"


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    """The rows that a database file holds."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def change(path: Path, sql: str) -> None:
    """Change a database file behind chatd's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(sql)


def refused(path: Path, *known: Migration) -> str:
    """The sentence with which a database is refused."""
    with pytest.raises(StoreError) as caught:
        schema.prepare(path, NOW, known)
    sentence = str(caught.value)
    assert re.fullmatch(r"[A-Z][^\n]*\.", sentence), "it is for an operator's eyes"
    assert str(path) in sentence
    return sentence


def test_a_new_database(path: Path) -> None:
    """The first start makes the file, for nobody else's eyes, and says which version it is and since when."""
    old = os.umask(0)
    try:
        version = schema.prepare(path, NOW)
    finally:
        os.umask(old)
    assert version == schema.migrations()[-1].number
    assert mode(path) == 0o600
    assert ask(path, "SELECT version, applied_at FROM schema_versions") == [
        (each.number, NOW) for each in schema.migrations()
    ]
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert ask(path, "PRAGMA auto_vacuum") == [(2,)], "incremental, so that the file can become smaller"
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]


def test_files_beside_it_are_private_too(path: Path) -> None:
    """What is not yet in the main file is as private as what is."""
    schema.prepare(path, NOW)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES ('a', 'a', 'a', 1)")
        assert {mode(each) for each in path.parent.iterdir()} == {0o600}


def test_the_second_start_changes_nothing(path: Path) -> None:
    """A database that is up to date is left alone, and not copied."""
    schema.prepare(path, NOW)
    before = path.read_bytes()
    assert schema.prepare(path, NOW + 1) == schema.migrations()[-1].number
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_the_steps_are_numbered_without_a_gap() -> None:
    """No step can be forgotten."""
    numbers = [each.number for each in schema.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_older_database_is_copied_first(path: Path) -> None:
    """After an upgrade the data is there, and the database as it was is beside it."""
    assert schema.prepare(path, NOW, (FIRST,)) == 1
    change(path, "INSERT INTO things VALUES (1, 'kept')")
    assert schema.prepare(path, NOW + 5, (FIRST, SECOND)) == 2
    assert ask(path, "SELECT version, applied_at FROM schema_versions") == [(1, NOW), (2, NOW + 5)]
    assert ask(path, "SELECT name FROM things") == [("kept",)]
    assert ask(path, "SELECT * FROM more") == []
    copy = Path(f"{path}.version-1")
    assert mode(copy) == 0o600
    assert ask(copy, "SELECT name FROM things") == [("kept",)]
    assert ask(copy, "SELECT max(version) FROM schema_versions") == [(1,)]
    assert not Path(f"{copy}.part").exists()


def test_the_copy_holds_what_a_crash_left_in_the_write_ahead_log(path: Path, tmp_path: Path) -> None:
    """After a C{kill -9} the newest messages are beside the main file only; the copy has them all the same."""
    schema.prepare(path, NOW, (FIRST,))
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO things VALUES (1, 'in the log')")
        for each in (path, Path(f"{path}-wal")):
            (crashed / each.name).write_bytes(each.read_bytes())
    schema.prepare(crashed / path.name, NOW, (FIRST, SECOND))
    assert ask(crashed / f"{path.name}.version-1", "SELECT name FROM things") == [("in the log",)]
    assert ask(crashed / path.name, "SELECT name FROM things") == [("in the log",)]


def test_what_an_unfinished_copy_left_does_not_matter(path: Path) -> None:
    """A start that was killed while copying does not spoil the next one."""
    schema.prepare(path, NOW, (FIRST,))
    Path(f"{path}.version-1.part").write_bytes(b"half a copy")
    schema.prepare(path, NOW, (FIRST, SECOND))
    assert ask(Path(f"{path}.version-1"), "SELECT count(*) FROM things") == [(0,)]


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE more (id INTEGER PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);\n",
        "INSERT INTO things VALUES (2, 'half');\nnonsense;\n",
        SECOND.script + "INSERT INTO more VALUES (99);\n",
    ],
    ids=["no such table", "no SQL", "a row that points nowhere"],
)
def test_a_failed_step_leaves_everything_as_it_was(path: Path, script: str) -> None:
    """Where an upgrade fails, the old chatd can be started again as if nothing had happened."""
    schema.prepare(path, NOW, (FIRST,))
    change(path, "INSERT INTO things VALUES (1, 'kept')")
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    third = Migration(3, "CREATE TABLE never (id INTEGER);\n")
    with pytest.raises(StoreError):
        schema.prepare(path, NOW, (FIRST, Migration(2, script), third))
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before
    assert schema.prepare(path, NOW, (FIRST,)) == 1


def test_a_newer_database_is_refused_untouched(path: Path) -> None:
    """Whoever goes back to an older chatd is told to come forward again, and loses nothing."""
    schema.prepare(path, NOW, (FIRST, SECOND))
    before = path.read_bytes()
    sentence = refused(path, FIRST)
    assert "is of version 2, and this chatd knows versions up to 1. Install the newer chatd again." in sentence
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_database_of_another_program_is_refused_untouched(path: Path) -> None:
    """A wrong C{--database} spoils nobody's data."""
    change(path, "CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')")
    before = path.read_bytes()
    assert "is a database of another program" in refused(path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"Dear diary, " * 1000, b"\x00" * 8192, os.urandom(4096)])
def test_a_file_that_is_no_database_is_refused_untouched(path: Path, content: bytes) -> None:
    """Neither is anybody's letter."""
    path.write_bytes(content)
    assert "cannot be used" in refused(path)
    assert path.read_bytes() == content


def test_a_truncated_database_is_refused_untouched(path: Path) -> None:
    """A database that a full disk or a bad copy has cut short is not run on."""
    schema.prepare(path, NOW)
    path.write_bytes(path.read_bytes()[:4096])
    assert "Restore a backup" in refused(path)
    assert path.stat().st_size == 4096


def test_a_directory_is_no_database(path: Path) -> None:
    """C{--database} with a directory says so."""
    path.mkdir()
    assert "cannot be opened: Is a directory" in refused(path)


def test_one_daemon_at_a_time(path: Path) -> None:
    """A second daemon on the same database is told why it does not start, until the first has gone."""
    held = schema.lock(path)
    try:
        with pytest.raises(StoreError, match=r"is in use by another daemon\. Stop that one, or give another"):
            schema.lock(path)
    finally:
        os.close(held)
    os.close(schema.lock(path))
    assert mode(Path(f"{path}.lock")) == 0o600


def test_the_refused_daemon_does_not_keep_the_lock_file_open(path: Path) -> None:
    """Being refused costs nothing: the descriptor is closed again."""
    held = schema.lock(path)
    try:
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            with pytest.raises(StoreError):
                schema.lock(path)
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        os.close(held)


def test_the_place_is_made(tmp_path: Path) -> None:
    """The first start needs no C{mkdir}, and what it makes is for nobody else's eyes."""
    path = tmp_path / "state" / "chatd" / "chatd.sqlite"
    os.close(schema.lock(path))
    assert mode(path.parent) == 0o700


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """Where nothing can be stored, the sentence says where that is and why."""
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "chatd.sqlite"
    with pytest.raises(StoreError, match=rf"^The database {path} cannot be used: .*\. Give another --database\.$"):
        schema.lock(path)
    assert "cannot be opened: Not a directory" in refused(path)


def test_a_script_is_read_statement_by_statement() -> None:
    """A semicolon in a text, a comment or a trigger ends no statement, and the last one needs none."""
    script = (
        "-- first; a comment\nCREATE TABLE a (b TEXT DEFAULT ';');\n"
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM a;\n  DELETE FROM a;\nEND;\n"
        "INSERT INTO a VALUES (1)"
    )
    found = list(schema.statements(script))
    assert [each.split()[-1] for each in found] == ["';');", "END;", "(1)"]
    assert "".join(found) == script


# From the first schema to the second


OLD = """
INSERT INTO accounts (id, name, name_key, skeleton, created_at)
    VALUES (1, 'Alice', 'alice', 'alice', 1), (2, 'bob', 'bob', 'bob', 2);
INSERT INTO passwords VALUES (1, 'bcrypt', '$2b$x', 1);
INSERT INTO rooms (id, name, name_key, skeleton, kind, last_seq, created_by, created_at)
    VALUES (1, 'lobby', 'lobby', 'lobby', 'room', 4, 1, 1);
INSERT INTO memberships (room_id, account_id, role, joined_seq) VALUES (1, 1, 'owner', 1), (1, 2, 'member', 2);
INSERT INTO messages (room_id, seq, account_id, sender, kind, body, cid, at_ms) VALUES
    (1, 1, 1, 'Alice', 'event', '{"event":"joined"}', NULL, 10),
    (1, 2, 2, 'bob', 'event', '{"event":"joined"}', NULL, 11),
    (1, 3, 1, 'Alice', 'text', 'Cr\u00e8me, please', '1', 12), (1, 4, 2, 'bob', 'action', 'waves; twice', NULL, 13);
INSERT INTO read_markers VALUES (2, 1, 3);
"""


@pytest.fixture
def upgraded(path: Path) -> Path:
    """A database of the first schema in which people have talked, brought up to date."""
    first, *_ = schema.migrations()
    assert schema.prepare(path, NOW, (first,)) == 1
    change(path, OLD)
    assert schema.prepare(path, NOW + 5) == schema.migrations()[-1].number
    return path


def test_an_old_database_keeps_what_was_said(upgraded: Path) -> None:
    """Every row is there as it was, in the new database and in the copy beside it."""
    new, old = (ask(each, "SELECT * FROM accounts") for each in (upgraded, Path(f"{upgraded}.version-1")))
    assert new == [(*row, 0) for row in old], "and none of them is a guest"
    for table in ("passwords", "read_markers"):
        assert ask(upgraded, f"SELECT * FROM {table}") == ask(Path(f"{upgraded}.version-1"), f"SELECT * FROM {table}")
    for each in (upgraded, Path(f"{upgraded}.version-1")):
        stays = ask(each, "SELECT room_id, account_id, role, joined_seq, left_seq FROM memberships")
        assert stays == [(1, 1, "owner", 1, None), (1, 2, "member", 2, None)]
    columns = "room_id, seq, account_id, sender, kind, body, cid, at_ms"
    new, old = (ask(each, f"SELECT {columns} FROM messages") for each in (upgraded, Path(f"{upgraded}.version-1")))
    assert new == old
    assert len(old) == 4
    assert ask(upgraded, "SELECT max(version) FROM schema_versions") == [(schema.migrations()[-1].number,)]
    assert ask(upgraded, "PRAGMA integrity_check") == [("ok",)]
    assert ask(upgraded, "PRAGMA foreign_key_check") == []


def test_what_was_said_before_is_found(upgraded: Path) -> None:
    """The search index is filled with the lines that there are, and with no events."""
    find = "SELECT rowid FROM message_search WHERE message_search MATCH '{}'"
    assert ask(upgraded, find.format("creme")) == [(3,)]
    assert ask(upgraded, find.format("twice")) == [(4,)]
    assert ask(upgraded, find.format("joined")) == []
    change(upgraded, "INSERT INTO message_search (message_search) VALUES ('integrity-check')")
    change(upgraded, "UPDATE messages SET body = 'tea' WHERE id = 3; DELETE FROM messages WHERE id = 4")
    assert ask(upgraded, find.format("creme OR twice")) == []
    assert ask(upgraded, find.format("tea")) == [(3,)]


def test_an_old_room_stays_as_open_as_it_was(upgraded: Path) -> None:
    """New settings begin as what the old chatd did; nobody has power who had none."""
    assert ask(
        upgraded,
        "SELECT access, listed, key_hash, moderated, slow_ms, history_for, topic_for, most_members, keep_days"
        " FROM rooms",
    ) == [("open", 1, None, 0, 0, "members", "members", None, None)]
    assert ask(upgraded, "SELECT said_at FROM memberships") == [(None,)] * 2, "nobody has to be quiet"
    assert ask(upgraded, "SELECT * FROM account_roles") == []
    assert ask(upgraded, "SELECT edited_at, deleted_at, deleted_by, of_seq FROM messages WHERE seq = 3") == [
        (None,) * 4
    ]


def test_bans_stay_in_force(path: Path) -> None:
    """With their numbers, which the audit log knows them by, whether lifted or not."""
    known = schema.migrations()
    schema.prepare(path, NOW, known[:2])
    change(
        path,
        "INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES ('a', 'a', 'a', 1);"
        "INSERT INTO rooms (name, name_key, skeleton, kind, created_at) VALUES ('r', 'r', 'r', 'room', 1);"
        "INSERT INTO bans (id, room_id, effect, account_id, reason, set_by, set_at, expires_at)"
        " VALUES (3, 1, 'ban', 1, 'spam', 'b', 5, 9);"
        "INSERT INTO bans (id, effect, network, set_by, set_at, lifted_by, lifted_at)"
        " VALUES (7, 'mute', '192.0.2.0/24', 'b', 5, 'c', 8);",
    )
    columns = "id, room_id, effect, account_id, network, reason, set_by, set_at, expires_at, lifted_by, lifted_at"
    before = ask(path, f"SELECT {columns} FROM bans ORDER BY id")
    schema.prepare(path, NOW)
    assert ask(path, f"SELECT {columns} FROM bans ORDER BY id") == before
    assert ask(path, "SELECT mask FROM bans") == [(None,)] * 2
    assert ask(path, "SELECT count(*) FROM sqlite_master WHERE name = 'sentences'") == [(0,)]
    change(path, "INSERT INTO bans (room_id, effect, mask, set_by, set_at) VALUES (1, 'exception', 'x!*@*', 'b', 5)")
    assert ask(path, "SELECT max(id) FROM bans") == [(8,)]


def test_tokens_stay_what_they_are(path: Path) -> None:
    """With their numbers and their ends; and a certificate can be one, once in all."""
    known = schema.migrations()
    schema.prepare(path, NOW, known[:6])
    columns = "id, account_id, kind, hash, label, created_at, used_at, used_from, expires_at, revoked_at"
    change(
        path,
        "INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES ('a', 'a', 'a', 1);"
        f"INSERT INTO tokens ({columns}) VALUES (3, 1, 'app', x'01', 'x', 1, 2, 'y', 9, NULL),"
        " (7, 1, 'session', x'02', '', 1, 2, 'y', 9, 5), (9, 1, 'app', x'09', 'gone', 1, 2, 'y', 9, NULL);"
        "DELETE FROM tokens WHERE id = 9",
    )
    before = ask(path, f"SELECT {columns} FROM tokens ORDER BY id")
    schema.prepare(path, NOW)
    assert ask(path, f"SELECT {columns} FROM tokens ORDER BY id") == before
    add = "INSERT INTO tokens VALUES (NULL, 1, 'certificate', x'03', 'x', 1, 2, 'y', 9, NULL)"
    change(path, add)
    assert ask(path, "SELECT max(id) FROM tokens") == [(10,)], "9 was one already"
    with pytest.raises(sqlite3.IntegrityError):
        change(path, add)
    assert {"tokens_by_account"} < {str(name) for (name,) in ask(path, "SELECT name FROM sqlite_master")}


@pytest.mark.parametrize(
    "values",
    [
        "NULL, 'ban', NULL, NULL, 'x!*@*'", "1, 'ban', 1, NULL, 'x!*@*'", "1, 'ban', NULL, NULL, NULL",
        "1, 'exception', 1, NULL, NULL", "1, 'pardon', NULL, NULL, 'x!*@*'",
    ],
)  # fmt: skip
def test_what_no_ban_can_be(path: Path, values: str) -> None:
    """It is of one thing, a mask is for a room, and only masks are spared or invited."""
    schema.prepare(path, NOW)
    change(
        path,
        "INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES ('a', 'a', 'a', 1);"
        "INSERT INTO rooms (name, name_key, skeleton, kind, created_at) VALUES ('r', 'r', 'r', 'room', 1);",
    )
    with pytest.raises(sqlite3.IntegrityError):
        change(
            path,
            f"INSERT INTO bans (room_id, effect, account_id, network, mask, set_by, set_at) VALUES ({values}, 'b', 5)",
        )


def test_an_upgrade_needs_no_second_one(upgraded: Path) -> None:
    """The next start changes nothing."""
    before = upgraded.read_bytes()
    assert schema.prepare(upgraded, NOW + 9) == schema.migrations()[-1].number
    assert upgraded.read_bytes() == before


def test_a_program_that_only_reads(upgraded: Path, tmp_path: Path) -> None:
    """It takes a database of its own version as it is, makes none, and changes none."""
    schema.require_current(upgraded)
    old = Path(f"{upgraded}.version-1")
    before = old.read_bytes()
    with pytest.raises(StoreError, match="is of version 1, and this chatd reads version"):
        schema.require_current(old)
    assert old.read_bytes() == before
    with pytest.raises(StoreError, match=r"cannot be read: .*\."):
        schema.require_current(tmp_path / "none")
    assert not (tmp_path / "none").exists()
