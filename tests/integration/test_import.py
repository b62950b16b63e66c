"""The people of the programs that chatd replaces come in with their old passwords, and find what they said."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.admin.importing.seeds import Said, chat, chat_users, sha256, userdata
from tests.integration.chatctl import Chatctl
from tests.integration.conftest import Connect, Telnet
from tests.integration.daemon import Daemon
from tests.integration.peers import PASSWORD

pytestmark = [pytest.mark.integration, pytest.mark.needs_program("telnet")]

PASSWORDS = {"alice": PASSWORD, "bob": "quiet river 19"}
# As seed 004 stores them: CURRENT_TIMESTAMP of SQLite, which is UTC.
SAID: tuple[Said, ...] = (
    ("alice", "hello everybody", "2024-03-01 10:00:00"),
    ("bob", "hello alice", "2024-03-01 10:00:05"),
    ("Server", "bob has left the chat room!", "2024-03-01 10:02:00"),
)
FIRST_AT = 1_709_287_200_000


@pytest.fixture
def chatctl(daemon: Daemon) -> Chatctl:
    """The operator's tool; hashes as cheap as the daemon's, which the configuration says."""
    daemon.cost = None
    daemon.configure(f'database = "{daemon.database}"\nbcrypt-cost = 4\n')
    return Chatctl(daemon.database, "--config", str(daemon.config))


def made(shape: str, place: Path) -> Path:
    """The database of another program."""
    if shape == "userdata":
        return userdata(place / "userdata.db", **PASSWORDS)
    if shape == "users":
        return chat_users(place / "chat_users.db", **PASSWORDS)
    return chat(place / "chat.db", SAID, **PASSWORDS)


def rows(database: Path, sql: str) -> list[Any]:
    """What a database holds."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def schemes(database: Path) -> list[str]:
    """How the passwords of alice and bob are kept."""
    sql = "SELECT scheme FROM passwords JOIN accounts ON accounts.id = account_id ORDER BY name_key"
    return [row[0] for row in rows(database, sql)]


def require_no_digest(database: Path) -> None:
    """No SHA-256 of a password is in the file, or beside it, in any spelling."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("VACUUM")
    for file in database.parent.glob(f"{database.name}*"):
        if not file.is_file():
            continue  # the socket
        held = file.read_bytes()
        for password in PASSWORDS.values():
            digest = sha256(password)
            for spelt in (digest.encode(), digest.upper().encode(), bytes.fromhex(digest)):
                assert spelt not in held, file


@pytest.mark.parametrize("shape", ["userdata", "users", "chat"])
def test_seeds(shape: str, daemon: Daemon, chatctl: Chatctl, telnet: Telnet, connect: Connect, tmp_path: Path) -> None:
    """A dry run changes nothing; then the old password works, and at that login its hash becomes a plain bcrypt."""
    file = made(shape, tmp_path)
    room = ["--room", "oldies"] if shape == "chat" else []
    if shape == "chat":
        dry = chatctl.says("import", str(file), *room)
        assert dry.endswith("Nothing was changed. --apply does it.\n")
        assert "Would be taken over: 2 accounts, 3 messages in #oldies." in dry
        assert not daemon.database.exists()

    done = chatctl.answers("import", str(file), *room, "--apply")
    assert (done["applied"], done["accounts"], done["refused"]) == (True, ["alice", "bob"], [])
    assert done["messages"] == (3 if shape == "chat" else 0)
    assert schemes(daemon.database) == ["bcrypt:sha256hex"] * 2
    require_no_digest(daemon.database)

    daemon.start()
    alice = telnet()
    alice.sees("register): ")
    alice.types("alice")
    alice.sees("Password (nothing will show): ")
    alice.types(PASSWORD)
    alice.sees("Login successful!")
    if shape == "chat":
        alice.types("/join #oldies")
        alice.sees("You are in #oldies")
        alice.types("/history")
        alice.sees("hello everybody")
        alice.sees("hello alice")
        bob = connect()
        assert bob.asks("login", name="bob", password=PASSWORDS["bob"])["done"] == "login"
        bob.asks("join", room="oldies")
        said = [event for event in bob.whole_history("oldies") if event["event"] == "said"]
        assert [event["text"] for event in said] == [text for _, text, _ in SAID]
        assert [event["at"] - FIRST_AT for event in said] == [0, 5_000, 120_000]
        assert [event["from"] for event in said] == ["alice", "bob", "Server"]
    daemon.stop()
    assert schemes(daemon.database) == ["bcrypt", "bcrypt" if shape == "chat" else "bcrypt:sha256hex"]
    require_no_digest(daemon.database)


def test_twice(chatctl: Chatctl, tmp_path: Path) -> None:
    """What is there already is said, and not there twice."""
    file = made("chat", tmp_path)
    chatctl.says("import", str(file), "--room", "oldies", "--owner", "alice", "--apply")
    again = chatctl.answers("import", str(file), "--room", "oldies", "--apply")
    assert (again["accounts"], again["known_accounts"]) == ([], ["alice", "bob"])
    assert (again["messages"], again["known_messages"]) == (0, 3)


def test_while_the_daemon_runs(daemon: Daemon, chatctl: Chatctl, tmp_path: Path) -> None:
    """It is told to wait; nothing is written behind the daemon's back, but a dry run is no harm."""
    file = made("users", tmp_path)
    daemon.start()
    assert "in use" in chatctl.refuses("import", str(file), "--apply")
    assert "2 accounts" in chatctl.says("import", str(file))
