"""Whatever file an operator has, it is known for what it is, or refused with a sentence, and never changed."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatd.admin.errors import AdminError
from chatd.admin.importing.source import read
from tests.admin.importing import seeds
from tests.admin.rows import make, names_in


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the other program has its data."""
    return tmp_path / "other"


def test_a_database_is_known_by_what_is_in_it(path: Path) -> None:
    """Not by what it is called."""
    found = read(seeds.userdata(path, alice="x"))
    assert (found.form, len(found.accounts)) == ("SQLite", 1)


def test_a_list_of_lines_is_htpasswd(path: Path) -> None:
    """Not by what it is called either."""
    path.write_text("alice:$2y$05$abc\n")
    assert read(path).form == "htpasswd"


def test_nothing_is_found_in_nothing(path: Path) -> None:
    """An empty file is a list of nobody."""
    path.touch()
    assert read(path).accounts == ()


def test_what_is_read_is_not_changed(path: Path) -> None:
    """The old program can go on with its file, and nothing lies beside it."""
    seeds.chat(path, [("alice", "hello", 1_700_000_000)], alice="x")
    before = path.read_bytes()
    os.chmod(path, 0o400)
    assert len(read(path).messages) == 1
    assert path.read_bytes() == before
    assert names_in(path.parent) == ["other"]


def test_what_its_program_left_in_a_log_is_read_and_stays_there(path: Path) -> None:
    """A program that was killed finds its file as it left it."""
    seeds.userdata(path, alice="x")
    with closing(sqlite3.connect(path, isolation_level=None)) as program:
        program.execute("PRAGMA journal_mode = WAL")
        program.execute("INSERT INTO userdata (username, password) VALUES ('bob', 'x')")
        left = {each: each.read_bytes() for each in (path, Path(f"{path}-wal"))}
    for each, content in left.items():
        each.write_bytes(content)
    assert [each.name for each in read(path).accounts] == ["alice", "bob"]
    assert {each: each.read_bytes() for each in left} == left


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Dear diary,\n", r"^The file .* is neither a SQLite database nor an htpasswd file: line 1 has no colon\.$"),
        (b"SQLite format 3\x00" + b"\x00" * 4096, r"^The database .* cannot be read: .*\.$"),
    ],
)
def test_what_is_neither_is_refused(path: Path, content: bytes, sentence: str) -> None:
    """The sentence says what was expected."""
    path.write_bytes(content)
    with pytest.raises(AdminError, match=sentence):
        read(path)


def test_what_is_not_there_is_refused(path: Path) -> None:
    """And not made."""
    with pytest.raises(AdminError, match=r"cannot be read: No such file or directory\.$"):
        read(path)
    assert not path.exists()


def test_chatds_own_database_is_refused(path: Path) -> None:
    """It is not for importing: its history has more than lines in it."""
    with pytest.raises(AdminError, match="is a database of chatd's own"):
        read(make(path, "one"))
