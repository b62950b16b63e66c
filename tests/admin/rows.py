"""What the tests of the operator's tool share: databases with something in them, and looks into them."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from chatd.store import schema

NOW = 1_766_000_000_000

ACCOUNT = "INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES (:name, lower(:name), lower(:name), 1)"
ROOM = (
    "INSERT INTO rooms (id, name, name_key, skeleton, kind, created_at)"
    " VALUES (1, 'lobby', 'lobby', 'lobby', 'room', 1)"
)
MESSAGE = (
    "INSERT INTO messages (room_id, seq, sender, kind, body, at_ms)"
    " VALUES (1, (SELECT coalesce(max(seq), 0) + 1 FROM messages), 'alice', 'text', :body, :at)"
)


def make(path: Path, *bodies: str) -> Path:
    """A database of chatd's with an account, a room, and these messages in it, one a second."""
    schema.prepare(path, NOW)
    change(path, ACCOUNT, name="alice")
    change(path, ROOM)
    for number, body in enumerate(bodies):
        change(path, MESSAGE, body=body, at=NOW - 60_000 + 1000 * number)
    return path


def change(path: Path, sql: str, **parameters: object) -> None:
    """Change a database behind chatd's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql, parameters)


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    """The rows that a database holds."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def bodies(path: Path) -> list[object]:
    """What was said in the lobby, in order."""
    return [row[0] for row in ask(path, "SELECT body FROM messages ORDER BY seq")]


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def names_in(place: Path) -> list[str]:
    """What is in a directory."""
    return sorted(each.name for each in place.iterdir())
