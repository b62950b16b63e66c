"""An operator has a copy that can be trusted, and can go back to it without losing what was there."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chatd.admin.copies import backup
from chatd.admin.copies.backup import Damaged
from chatd.admin.copies.copying import PAGES, unseen
from chatd.store import schema
from chatd.store.schema import StoreError
from tests.admin.rows import ACCOUNT, MESSAGE, NOW, ask, bodies, change, make, mode, names_in

DATED = "chatd.sqlite.20251217T193320Z"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that was used, and is not in use."""
    place = tmp_path / "state"
    place.mkdir()
    return make(place / "chatd.sqlite", "one", "two")


@pytest.fixture
def copy(tmp_path: Path, database: Path) -> Path:
    """A copy of it."""
    target = tmp_path / "copy.sqlite"
    backup.backup(database, target, unseen)
    return target


@pytest.fixture
def writer(database: Path) -> Iterator[sqlite3.Connection]:
    """The connection of a daemon that runs."""
    held = schema.lock(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        yield connection
    os.close(held)


def fill(connection: sqlite3.Connection, pages: int) -> None:
    """Make a database larger."""
    connection.execute(
        "INSERT INTO audit_log (at_ms, actor, address, act, reason) VALUES (1, 'a', 'b', 'c', hex(zeroblob(:size)))",
        {"size": pages * 4096 // 2},
    )


def test_a_backup_holds_everything(tmp_path: Path, database: Path) -> None:
    """It is one file, for nobody else's eyes, and it says what is in it."""
    target = tmp_path / "copy.sqlite"
    old = os.umask(0)
    try:
        contents = backup.backup(database, target, unseen)
    finally:
        os.umask(old)
    assert contents.version == schema.migrations()[-1].number
    assert contents.tally == (1, 1, 2, NOW - 59_000)
    assert bodies(target) == ["one", "two"]
    assert mode(target) == 0o600
    assert names_in(tmp_path) == ["copy.sqlite", "state"], "no journal, no half a copy"


def test_a_running_daemon_is_copied_as_it_was_at_one_moment(
    tmp_path: Path, database: Path, writer: sqlite3.Connection
) -> None:
    """The daemon goes on writing; the copy neither begins anew for that nor mixes before and after."""
    fill(writer, 3 * PAGES)
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        assert len(seen) < 100, "it begins anew with each message"
        writer.execute(MESSAGE, {"body": f"after {done}", "at": NOW})

    target = tmp_path / "copy.sqlite"
    contents = backup.backup(database, target, progress)
    assert len(seen) > 3
    assert len({total for _, total in seen}) == 1
    assert [done for done, _ in seen] == sorted({done for done, _ in seen}), "no page is copied twice"
    assert seen[-1][0] == seen[-1][1]
    assert bodies(target) == ["one", "two"], "the state of the moment when it began"
    assert contents.tally.messages == 2
    assert len(bodies(database)) == 2 + len(seen), "and nothing that the daemon wrote meanwhile is lost"


def test_what_is_in_the_log_only_is_copied_too(tmp_path: Path, database: Path, writer: sqlite3.Connection) -> None:
    """The newest messages are beside the main file only; the copy has them all the same."""
    writer.execute(MESSAGE, {"body": "three", "at": NOW})
    target = tmp_path / "copy.sqlite"
    backup.backup(database, target, unseen)
    assert bodies(target) == ["one", "two", "three"]


def test_a_copy_overwrites_nothing(tmp_path: Path, database: Path) -> None:
    """Yesterday's copy stays as it is."""
    target = tmp_path / "copy.sqlite"
    target.write_text("yesterday's")
    with pytest.raises(StoreError, match=r"^There is a file .* already\. Give another name\.$"):
        backup.backup(database, target, unseen)
    assert target.read_text() == "yesterday's"


def test_a_name_that_is_taken_meanwhile_is_not_taken_away(tmp_path: Path, database: Path) -> None:
    """Two copies to one name at once: one of them is told."""
    target = tmp_path / "copy.sqlite"
    with pytest.raises(StoreError, match="already"):
        backup.backup(database, target, lambda done, total: target.touch())
    assert target.read_bytes() == b""
    assert names_in(tmp_path) == ["copy.sqlite", "state"]


def test_a_copy_that_is_broken_off_leaves_nothing(tmp_path: Path, database: Path) -> None:
    """Ctrl-C is no reason for half a copy."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.backup(database, tmp_path / "copy.sqlite", interrupt)
    assert names_in(tmp_path) == ["state"]


def test_a_damaged_database_gives_no_copy(tmp_path: Path, database: Path) -> None:
    """A copy that exists can be trusted."""
    damage(database)
    with pytest.raises(Damaged) as caught:
        backup.backup(database, tmp_path / "copy.sqlite", unseen)
    assert str(database) in str(caught.value)
    assert names_in(tmp_path) == ["state"]


@pytest.mark.parametrize("place", ["nowhere/copy.sqlite", "file/copy.sqlite"])
def test_a_place_that_is_none(tmp_path: Path, database: Path, place: str) -> None:
    """Where nothing can be made, the sentence says where that is."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=rf"^The file {tmp_path / place} cannot be made: .*directory\.$"):
        backup.backup(database, tmp_path / place, unseen)


def test_no_database_is_no_backup(tmp_path: Path) -> None:
    """A wrong C{--database} is named, and no empty database is made there."""
    with pytest.raises(StoreError, match=r"^There is no database .*chatd\.sqlite\.$"):
        backup.backup(tmp_path / "chatd.sqlite", tmp_path / "copy.sqlite", unseen)
    assert names_in(tmp_path) == []


def damage(path: Path) -> None:
    """Have an index disagree with its table, as a bad disk would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'at_ms, seq', 'seq, at_ms') WHERE name = 'messages_by_time'"
        )


def test_a_good_copy_is_called_good(copy: Path) -> None:
    """Looking through it tells what is in it, changes nothing, and makes nothing beside it."""
    before = copy.read_bytes()
    seen: list[tuple[int, int]] = []
    contents = backup.verify(copy, lambda done, total: seen.append((done, total)))
    assert contents.tally.messages == 2
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert copy.read_bytes() == before
    assert names_in(copy.parent) == ["copy.sqlite", "state"]


def test_deleted_accounts_conversations_and_events_are_not_counted(copy: Path) -> None:
    """The numbers are those that an operator knows."""
    change(copy, ACCOUNT, name="gone")
    change(copy, "UPDATE accounts SET status = 'deleted' WHERE name = 'gone'")
    change(
        copy, "INSERT INTO rooms (name, name_key, skeleton, kind, created_at) VALUES ('', '@1:2', '@1:2', 'direct', 1)"
    )
    change(copy, "UPDATE messages SET kind = 'event' WHERE seq = 2")
    assert backup.verify(copy, unseen).tally == (1, 1, 1, NOW - 59_000)


def test_a_damaged_copy_is_called_damaged(copy: Path) -> None:
    """And what is wrong with it is listed."""
    damage(copy)
    with pytest.raises(Damaged, match=r"^The database .*copy\.sqlite is damaged: .*messages_by_time\.$") as caught:
        backup.verify(copy, unseen)
    assert len(caught.value.faults) == 2, "one for each message"


def test_a_row_that_points_nowhere_is_damage(copy: Path) -> None:
    """SQLite's own check does not see those."""
    change(copy, "INSERT INTO ignores VALUES (1, 99)")
    change(copy, "INSERT INTO ignores VALUES (98, 99)")
    with pytest.raises(Damaged, match=r"is damaged: 3 rows of ignores point nowhere\.$"):
        backup.verify(copy, unseen)


def test_a_truncated_copy_is_called_unreadable(copy: Path) -> None:
    """A download that was cut short is no copy."""
    copy.write_bytes(copy.read_bytes()[:8192])
    with pytest.raises(StoreError, match=r"copy\.sqlite cannot be read: .*malformed\.$"):
        backup.verify(copy, unseen)


def test_another_programs_database_is_no_copy(tmp_path: Path) -> None:
    """Nor is a file that is none, or a copy of a newer chatd's."""
    path = tmp_path / "other.sqlite"
    change(path, "CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StoreError, match=r"is no database of chatd's\.$"):
        backup.verify(path, unseen)
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreError, match=r"cannot be read: file is not a database\.$"):
        backup.verify(path, unseen)


def test_a_copy_of_a_newer_chatd(copy: Path) -> None:
    """It is not put in the place of a database by a program that cannot read it."""
    change(copy, "INSERT INTO schema_versions VALUES (99, 1)")
    with pytest.raises(StoreError, match=r"is of version 99, and this chatd knows versions up to \d+\.$"):
        backup.verify(copy, unseen)


def test_a_copy_is_put_back(database: Path, copy: Path) -> None:
    """What the copy holds is there again, and what was there is kept beside it."""
    change(database, MESSAGE, body="three", at=NOW)
    seen: list[tuple[int, int]] = []
    restored = backup.restore(copy, database, NOW, lambda done, total: seen.append((done, total)))
    assert restored.kept == database.parent / DATED
    assert restored.contents.tally.messages == 2
    assert seen[-1][0] == seen[-1][1] > 0
    assert bodies(database) == ["one", "two"]
    assert bodies(restored.kept) == ["one", "two", "three"]
    assert mode(database) == mode(restored.kept) == 0o600
    assert names_in(database.parent) == ["chatd.sqlite", DATED, "chatd.sqlite.lock"]
    assert schema.prepare(database, NOW) == restored.contents.version, "a daemon can start on it"


def test_an_old_log_is_not_played_into_the_new_database(tmp_path: Path, database: Path, copy: Path) -> None:
    """After a C{kill -9} there is a log beside the database: it goes with the old one, whole."""
    crash(database, "in the log")
    restored = backup.restore(copy, database, NOW, unseen)
    assert names_in(database.parent) == ["chatd.sqlite", DATED, "chatd.sqlite.lock"]
    assert bodies(database) == ["one", "two"]
    assert restored.kept is not None
    assert bodies(restored.kept) == ["one", "two", "in the log"]


def crash(database: Path, body: str) -> None:
    """Leave a database as a daemon leaves it that is killed after a message."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(MESSAGE, {"body": body, "at": NOW})
        left = {ending: Path(f"{database}{ending}").read_bytes() for ending in ("", "-wal", "-shm")}
    for ending, content in left.items():
        Path(f"{database}{ending}").write_bytes(content)


def test_a_database_that_cannot_be_read_is_kept_as_it_is(database: Path, copy: Path) -> None:
    """That it is broken is why the copy is put back; it is kept with its log, for whoever can mend it."""
    crash(database, "in the log")
    log = Path(f"{database}-wal").read_bytes()
    database.write_bytes(b"broken" * 1000)
    Path(f"{database}-wal").write_bytes(log)
    restored = backup.restore(copy, database, NOW, unseen)
    assert bodies(database) == ["one", "two"]
    assert restored.kept is not None
    assert restored.kept.read_bytes() == b"broken" * 1000
    assert not Path(f"{database}-wal").exists()
    assert Path(f"{restored.kept}-wal").read_bytes() == log


def test_a_copy_is_put_where_there_was_nothing(tmp_path: Path, copy: Path) -> None:
    """As on a new machine."""
    place = tmp_path / "new" / "chatd.sqlite"
    assert backup.restore(copy, place, NOW, unseen).kept is None
    assert bodies(place) == ["one", "two"]
    assert mode(place.parent) == 0o700


def test_nothing_is_replaced_under_a_running_daemon(database: Path, copy: Path, writer: sqlite3.Connection) -> None:
    """It would go on writing to a file that has no name any more."""
    before = ask(database, "SELECT * FROM messages")
    with pytest.raises(StoreError, match="in use by another daemon"):
        backup.restore(copy, database, NOW, unseen)
    assert ask(database, "SELECT * FROM messages") == before
    assert not (database.parent / DATED).exists()


def test_nothing_is_replaced_under_another_program(database: Path, copy: Path) -> None:
    """Somebody's C{sqlite3} that is open on it counts too."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("SELECT count(*) FROM messages").fetchall()
        with pytest.raises(StoreError, match=r"is in use: database is locked\. Close whatever has it open\.$"):
            backup.restore(copy, database, NOW, unseen)
    assert not (database.parent / DATED).exists()
    assert "chatd.sqlite" in names_in(database.parent)
    os.close(schema.lock(database))


@pytest.mark.parametrize("content", [b"", b"Dear diary, " * 1000])
def test_what_is_no_copy_replaces_nothing(tmp_path: Path, database: Path, content: bytes) -> None:
    """The file is looked through before anything happens."""
    before = database.read_bytes()
    wrong = tmp_path / "wrong"
    wrong.write_bytes(content)
    with pytest.raises(StoreError):
        backup.restore(wrong, database, NOW, unseen)
    assert database.read_bytes() == before
    assert names_in(database.parent) == ["chatd.sqlite"]


def test_a_restore_that_is_broken_off_changes_nothing(database: Path, copy: Path) -> None:
    """Ctrl-C leaves the database that there was."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = database.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        backup.restore(copy, database, NOW, interrupt)
    assert database.read_bytes() == before
    assert names_in(database.parent) == ["chatd.sqlite", "chatd.sqlite.lock"]
    os.close(schema.lock(database))


def test_two_restores_in_one_second(database: Path, copy: Path) -> None:
    """The second one does not take the place of what the first one kept."""
    backup.restore(copy, database, NOW, unseen)
    with pytest.raises(StoreError, match=r"cannot be replaced: File exists\.$"):
        backup.restore(copy, database, NOW, unseen)
    assert bodies(database) == ["one", "two"]


def test_the_database_is_no_copy_of_itself(database: Path) -> None:
    """A slip of the hand does nothing."""
    with pytest.raises(StoreError, match="is the database itself"):
        backup.restore(database, database, NOW, unseen)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_restores_for_whom_the_daemon_runs_as(tmp_path: Path, database: Path, copy: Path) -> None:
    """The daemon, which is not root, can open what root has put back."""
    os.chown(database, 12345, 12346)
    backup.restore(copy, database, NOW, unseen)
    for name in ("chatd.sqlite", "chatd.sqlite.lock"):
        found = (database.parent / name).stat()
        assert (found.st_uid, found.st_gid) == (12345, 12346)
