"""What chatctl does by itself: what an operator reads of copies, imports, the configuration and the doctor."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatd.admin.main import run
from chatd.store import schema
from tests.admin.importing.seeds import chat, sha256
from tests.admin.importing.seeds import run as change
from tests.admin.rows import ask, make

Chatctl = Callable[..., list[str]]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that was used."""
    place = tmp_path / "state"
    place.mkdir(mode=0o700)
    return make(place / "chatd.sqlite", "one", "two")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Cheap hashes, and a door that is not looked at."""
    file = tmp_path / "chatd.toml"
    file.write_text("bcrypt-cost = 10\nlisten = ['unix:/run/chatd.socket']\n")
    return file


@pytest.fixture
def chatctl(database: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> Chatctl:
    """Types a command, and reads the lines of the answer."""

    def chatctl(*words: str, status: int = 0) -> list[str]:
        capsys.readouterr()
        assert run(["--database", str(database), "--config", str(config), *words]) == status
        written, said = capsys.readouterr()
        assert (status == 0) == (said == ""), said
        return (written + said).splitlines()

    return chatctl


def only(lines: list[str]) -> Any:
    """The one object that was written."""
    assert len(lines) == 1
    return json.loads(lines[0])


def test_backup_verify_restore(chatctl: Chatctl, database: Path, tmp_path: Path) -> None:
    """Each says what it has done, and what is in the copy."""
    copy = tmp_path / "copy.sqlite"
    (said,) = chatctl("backup", str(copy))
    assert said.startswith(f"{copy} is a checked copy: 1 accounts, 1 rooms, 2 messages, the newest of ")
    assert only(chatctl("verify", str(copy), "--json"))["messages"] == 2
    change(database, "DELETE FROM messages")
    (said,) = chatctl("restore", str(copy))
    assert said.startswith(f"{database} is what {copy} was: 1 accounts")
    assert " What was there before is " in said
    assert ask(database, "SELECT count(*) FROM messages") == [(2,)]


def test_verify_of_what_is_broken(chatctl: Chatctl, tmp_path: Path) -> None:
    """One sentence, and status 1."""
    (tmp_path / "broken").write_bytes(b"broken" * 1000)
    (said,) = chatctl("verify", str(tmp_path / "broken"), status=1)
    assert said.startswith("chatctl: The database ")


def test_import(chatctl: Chatctl, database: Path, tmp_path: Path) -> None:
    """What would be done is said first, name by name where it is not; then it is done, and so it is said."""
    file = chat(
        tmp_path / "chat.db", [("bob", "hello", "2024-03-01 10:00:00")], bob="quiet river", alice="plum harbour"
    )
    change(file, "INSERT INTO users VALUES ('mallory', 'no hash')")
    before = database.read_bytes()
    dry = chatctl("import", str(file))
    assert dry[0] == f"{file}: SQLite, 3 accounts, 1 messages."
    assert "Would be taken over: 1 accounts, 0 messages." in dry
    assert "Left out: 1 messages. --room NAME says where they are to go." in dry
    assert any(line.startswith("There already: alice (users, row ") for line in dry)
    assert any(line.startswith("Refused: mallory (users, row ") for line in dry)
    assert dry[-1] == "Nothing was changed. --apply does it."
    assert database.read_bytes() == before

    done = only(chatctl("import", str(file), "--room", "tea", "--apply", "--json"))
    assert (done["applied"], done["room"], done["accounts"], done["messages"]) == (True, "tea", ["bob"], 1)
    assert done["refused"][0]["what"] == "mallory"
    ((hash,),) = ask(database, "SELECT hash FROM passwords")
    assert str(hash).startswith("$2b$10$"), "the cost is that of the configuration"
    assert sha256("quiet river").encode() not in database.read_bytes()


def test_config_check(chatctl: Chatctl, config: Path, database: Path) -> None:
    """Whatever would keep the daemon from starting is found without starting it."""
    assert chatctl("config", "check") == [f"The configuration is sound. The database is {database}."]
    assert only(chatctl("config", "check", "--json"))["bcrypt-cost"] == 10
    for text, why in (
        ("motd = '/nowhere'", "motd /nowhere: No such file"),
        ("listen = ['carrier-pigeon:1']", "Nobody can listen on carrier-pigeon:1: "),
        ("name = ", "Invalid value"),
    ):
        config.write_text(text)
        (said,) = chatctl("config", "check", status=1)
        assert why in said


def test_limits(chatctl: Chatctl, config: Path) -> None:
    """Those in force, as the configuration spells them."""
    config.write_text("[limits]\ntext-line = 1000\n")
    assert "text-line                         1000" in chatctl("limits")
    assert only(chatctl("limits", "--json"))["text-line"] == 1000


def test_doctor(chatctl: Chatctl, database: Path) -> None:
    """Line by line, with what to do about what is not well; and what is bad makes the exit status."""
    lines = chatctl("doctor")
    assert {line[:5] for line in lines} == {"ok   "}
    assert {json.loads(line)["level"] for line in chatctl("doctor", "--json")} == {"ok"}
    database.parent.chmod(0o755)
    assert any(line.startswith("warn ") and line.endswith(f"chmod 700 {database.parent}") for line in chatctl("doctor"))
    database.chmod(0o644)
    lines = chatctl("doctor", status=1)
    assert any(line.startswith("bad  ") and line.endswith(f"chmod 600 {database}") for line in lines)
    assert lines[-1] == "chatctl: Not all is well: what is marked bad has to be put right."
    levels = [json.loads(line)["level"] for line in chatctl("doctor", "--json", status=1)[:-1]]
    assert "bad" in levels


def test_while_a_daemon_has_the_database(chatctl: Chatctl, database: Path, tmp_path: Path) -> None:
    """A copy can be made; nothing can be put in its place."""
    copy = tmp_path / "copy.sqlite"
    held = schema.lock(database)
    try:
        chatctl("backup", str(copy))
        (said,) = chatctl("restore", str(copy), status=1)
        assert "in use" in said
    finally:
        os.close(held)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM messages").fetchone() == (2,)
