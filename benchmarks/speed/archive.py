"""
Large databases, for what has to be quick however much was said.

They are written into chatd's own schema, past the daemon, which would take minutes: what is measured is reading them.
A database is made once for each run of the table, and copied for each measurement.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.speed.servers import Chatd
from chatd.core import names
from chatd.house import wall_clock
from chatd.store.queries import markers, messages, rooms, upkeep

SHORT = 60
LONG = 4000
PEOPLE = 20
EVERY_MS = 1000
WORDS = [f"{first}{last}" for first in ("re", "un", "im", "over", "out", "sub") for last in (
    "act", "bind", "cast", "draw", "edge", "fold", "grip", "hold", "join", "keep", "lift", "mark", "note", "port",
    "ride", "sail", "tell", "view", "wind", "yield",
)]  # fmt: skip
NEEDLES = 1000


def give(server: Chatd, store: Path, count: int, length: int) -> None:
    """Give a server that is not started so many messages of so many characters, all in the room C{r0000}."""
    kept = store / f"{count}x{length}.sqlite"
    if not kept.exists():
        server.database.unlink(missing_ok=True)
        server.prepare()
        _fill(server.database, count, length)
        shutil.copyfile(server.database, kept)
    shutil.copyfile(kept, server.database)


def _fill(database: Path, count: int, length: int) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        cursor = connection.cursor()
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        now = wall_clock()
        number = upkeep.add_open_room(cursor, *names.room_name("r0000"), None, now)
        for account_id in range(1, PEOPLE + 1):
            rooms.add_membership(cursor, number, account_id, "member", 0)
            markers.set_marker(cursor, account_id, number, count - 50)
        connection.executemany(
            "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, at_ms)"
            " VALUES (?, ?, ?, ?, 'text', ?, ?)",
            _said(number, count, length, now),
        )
        connection.execute("UPDATE rooms SET last_seq = ? WHERE id = ?", (count, number))
        messages.index_new(cursor)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _said(room: int, count: int, length: int, now: int) -> Iterator[tuple[Any, ...]]:
    chance = Random(1)
    for seq in range(1, count + 1):
        speaker = chance.randint(1, PEOPLE)
        words = " ".join(chance.choices(WORDS, k=length // 7))
        text = f"needle hay {words}" if seq % NEEDLES == 0 else words
        yield room, seq, speaker, f"u{speaker - 1:05d}", text[:length], now - (count - seq) * EVERY_MS
