"""Looking changes nothing, and a file is whole or not there."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatd.admin.copies import copying
from chatd.store.schema import StoreError
from tests.admin.rows import MESSAGE, NOW, ask, make, mode, names_in


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that was used, in a place whose name means something elsewhere."""
    place = tmp_path / "a?b#c%20"
    place.mkdir()
    return make(place / "chatd.sqlite", "one")


def test_looking_sees_one_state(database: Path) -> None:
    """Whatever a daemon writes meanwhile."""
    with closing(sqlite3.connect(database, isolation_level=None)) as writer, copying.looking(database) as connection:
        writer.execute(MESSAGE, {"body": "two", "at": NOW})
        assert connection.execute("SELECT body FROM messages").fetchall() == [("one",)]


def test_looking_changes_nothing(database: Path) -> None:
    """It cannot, and it leaves nothing beside a copy."""
    with copying.looking(database) as connection:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM messages")
        assert names_in(database.parent) == ["chatd.sqlite"]
    assert names_in(database.parent) == ["chatd.sqlite"]


def test_looking_at_what_a_daemon_has_waits_for_nobody(database: Path) -> None:
    """A daemon in the middle of a transaction is no hindrance."""
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with copying.looking(database) as connection:
            assert connection.execute("SELECT count(*) FROM messages").fetchone() == (1,)
        writer.execute("ROLLBACK")


def test_a_draft_that_is_not_settled_is_gone(tmp_path: Path) -> None:
    """With all that SQLite put beside it."""
    with copying.draft(tmp_path / "place") as made:
        Path(f"{made}-journal").touch()
        assert mode(made) == 0o600
        assert made.parent == tmp_path
    assert names_in(tmp_path) == []


def test_a_draft_that_is_settled_stays(tmp_path: Path) -> None:
    """Under the name that it was made for."""
    place = tmp_path / "place"
    with copying.draft(place) as made:
        made.write_text("whole")
        copying.settle(made, place)
    assert names_in(tmp_path) == ["place"]
    assert place.read_text() == "whole"


def test_a_copy_is_one_file(tmp_path: Path, database: Path) -> None:
    """Also once it has been opened."""
    made = tmp_path / "copy"
    with copying.looking(database) as connection:
        copying.copy(connection, made, copying.unseen)
    assert ask(made, "SELECT body FROM messages") == [("one",)]
    assert ask(made, "PRAGMA journal_mode") == [("delete",)]
    assert not Path(f"{made}-wal").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
def test_a_copy_that_cannot_be_written(database: Path) -> None:
    """The sentence is about the copy, not about the database."""
    with (
        copying.looking(database) as connection,
        pytest.raises(StoreError, match=r"^The copy /dev/full cannot be made: .*\.$"),
    ):
        copying.copy(connection, Path("/dev/full"), copying.unseen)
