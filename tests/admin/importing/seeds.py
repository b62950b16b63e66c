"""
The databases of the programs that chatd replaces, made as those programs make them.

Each function is the program's own C{initialize_database} or C{create_user}, as its README describes it.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

Said = tuple[object, object, object]


def sha256(password: str) -> str:
    """How all of them keep a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def run(path: Path, *statements: str, **parameters: object) -> Path:
    """Run statements in a database of another program."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement, parameters)
    return path


def userdata(path: Path, **passwords: str) -> Path:
    """The login server of seeds 000 and 001: C{userdata.db}."""
    run(
        path,
        "CREATE TABLE IF NOT EXISTS userdata"
        " (id INTEGER PRIMARY KEY, username VARCHAR(255) NOT NULL, password VARCHAR(255) NOT NULL)",
    )
    for name, password in passwords.items():
        run(
            path,
            "INSERT INTO userdata (username, password) VALUES (:name, :hash)",
            name=name,
            hash=sha256(password),
        )
    return path


def chat_users(path: Path, **passwords: str) -> Path:
    """The chat of seed 002: C{chat_users.db}, in which the name is the key."""
    run(path, "CREATE TABLE users (username TEXT PRIMARY KEY, password TEXT)")
    for name, password in passwords.items():
        run(path, "INSERT INTO users VALUES (:name, :hash)", name=name, hash=sha256(password))
    return path


def chat(path: Path, said: Sequence[Said], **passwords: str) -> Path:
    """The chat with windows of seed 004: C{users}, and C{messages} with sender and timestamp."""
    chat_users(path, **passwords)
    run(
        path,
        "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT, message TEXT,"
        " timestamp DATETIME DEFAULT CURRENT_TIMESTAMP)",
    )
    for sender, message, at in said:
        run(
            path,
            "INSERT INTO messages (sender, message, timestamp) VALUES (:sender, :message, :at)",
            sender=sender,
            message=message,
            at=at,
        )
    return path
