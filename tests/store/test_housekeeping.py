"""What is due goes, in slices that keep nobody waiting; what is not due stays; and the disk gets its room back."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from chatd.core.commands import Delete, Edit, Erase, PurgeRoom
from chatd.core.ports import OPERATOR
from chatd.core.settings.limits import Limits
from chatd.store import schema
from chatd.store.database import Database
from chatd.store.housekeeping import SLICE, Housekeeping
from chatd.store.journal import Journal
from chatd.store.queries import messages
from chatd.store.queries.transactions import Cursor
from chatd.testing import BEGINNING, now
from tests.store.doubles import (
    DAY,
    MINUTE,
    Town,
    done,
    found,
    history,
    join,
    lines,
    require_true_index,
    say,
    set_room,
    write,
)


def clean(town: Town) -> int:
    """How many messages went or lost their text."""
    return done(Housekeeping(town.journal, town.now).clean())


def fill(town: Town, count: int, at: int = BEGINNING) -> None:
    """Let bob have said much in the lobby."""
    town.database.run(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, at_ms) WITH RECURSIVE n(i) AS"
        f" (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        f" SELECT 1, (SELECT last_seq FROM rooms) + i, {town.bob.id}, 'bob', 'text', 'tea', {at} FROM n"
    )
    town.database.run(f"UPDATE rooms SET last_seq = last_seq + {count}")
    now(town.database.write(messages.index_new))


# Deleted lines


def test_the_text_of_deleted_lines(town: Town) -> None:
    """It is kept for ten minutes, in which the deletion can be undone, and then nowhere; the place stays."""
    say(town, town.bob, "lobby", "secret")
    write(town, town.bob, Edit(room="lobby", text="secret too"))
    write(town, town.maude, Delete(room="lobby", seq=5))
    before = len(history(town, town.alice))
    town.clock.advance(10 * MINUTE)
    assert clean(town) == 0
    town.clock.advance(0.001)
    assert clean(town) == 1
    assert "secret" not in str(town.rows("SELECT * FROM messages"))
    assert (len(history(town, town.alice)), lines(town, town.alice)) == (before, [""])
    assert clean(town) == 0
    require_true_index(town.database)


def test_other_lines_keep_their_text(town: Town) -> None:
    """However old."""
    say(town, town.bob, "lobby", "kept")
    town.clock.advance(1000 * DAY)
    assert clean(town) == 0
    assert lines(town, town.alice) == ["kept"]


# Rooms that keep lines for a time


def test_retention(town: Town) -> None:
    """After so many days all of a room goes, to the millisecond; other rooms stay, and the numbers go on."""
    join(town, town.bob, "den")
    for room in ("lobby", "den"):
        say(town, town.bob, room, f"tea in {room}")
    set_room(town, town.alice, "keep", "30d")
    town.clock.advance(30 * DAY)
    assert clean(town) == 0
    say(town, town.bob, "lobby", "new tea")
    town.clock.advance(0.001)
    assert clean(town) == 6
    assert lines(town, town.bob) == ["new tea"]
    assert found(town, town.bob, "tea") == ["new tea", "tea in den"]
    assert say(town, town.bob, "lobby", "next").seq == 8
    require_true_index(town.database)


def test_in_slices(town: Town) -> None:
    """Each is a transaction of its own, between which others are served; the oldest goes first."""
    fill(town, 3 * SLICE)
    set_room(town, town.alice, "keep", "1d")
    town.clock.advance(DAY + 1)
    gone: list[list[int]] = []

    def write(work: Callable[[Cursor], Any]) -> Deferred[Any]:
        before = seqs_kept(town)
        written = town.journal.write(work)
        gone.append(sorted(before - seqs_kept(town)))
        return written

    journal: Any = SimpleNamespace(write=write)
    assert done(Housekeeping(journal, town.now).clean()) == 3 * SLICE + 5
    slices = [each for each in gone if each]
    assert [len(each) for each in slices] == [SLICE, SLICE, SLICE, 5]
    assert [seq for each in slices for seq in each] == list(range(1, 3 * SLICE + 6))


def seqs_kept(town: Town) -> set[int]:
    """The numbers of what is kept."""
    return {row[0] for row in town.rows("SELECT seq FROM messages")}


def test_a_retention_that_is_lifted_in_time(town: Town) -> None:
    """What is not thrown away yet is kept again."""
    say(town, town.bob, "lobby", "precious")
    set_room(town, town.alice, "keep", "1d")
    town.clock.advance(2 * DAY)
    set_room(town, town.alice, "keep", "forever")
    assert clean(town) == 0
    assert lines(town, town.bob) == ["precious"]


def test_erased_accounts(town: Town) -> None:
    """What they said goes, whatever was left of it, and nothing of anybody else's."""
    fill(town, 1200)
    say(town, town.alice, "lobby", "hers")
    write(town, town.bob, Erase(password=""))
    assert clean(town) == 700
    assert set(lines(town, town.alice)) == {"", "hers"}
    assert town.rows("SELECT count(*) FROM messages WHERE body = 'tea'") == [(0,)]
    assert clean(town) == 0
    require_true_index(town.database)


# The room on the disk


def test_a_database_that_cannot_shrink(town: Town) -> None:
    """Where pages cannot be given back, as in a file that was made otherwise, nobody tries for ever."""
    fill(town, 5000)
    write(town, OPERATOR, PurgeRoom(room="lobby", before=BEGINNING))
    assert town.rows("PRAGMA auto_vacuum") == [(0,)]
    assert town.rows("PRAGMA freelist_count")[0][0] > 0
    assert clean(town) == 0


def stuff(cursor: Cursor) -> None:
    """Store a thousand lines of a thousand characters."""
    cursor.execute("INSERT INTO rooms (name, name_key, skeleton, kind, created_at) VALUES ('r', 'r', 'r', 'room', 1)")
    cursor.execute(
        "INSERT INTO messages (room_id, seq, sender, kind, body, at_ms) WITH RECURSIVE n(i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " SELECT 1, i, 'x', 'text', printf('%01000d', 7), 1 FROM n"
    )


def pages(cursor: Cursor) -> int:
    """How large the database is."""
    cursor.execute("PRAGMA page_count")
    return int(cursor.fetchone()[0])


@pytest.mark.parametrize("by", ["retention", "order"])
async def test_the_room_is_given_back(tmp_path: Path, by: str) -> None:
    """The file gets smaller, whether the lines went by themselves or somebody threw them away."""
    path = tmp_path / "chatd.sqlite"
    schema.prepare(path, BEGINNING)
    core: Any = reactor
    database = Database(path, core, lambda: 0.0)
    try:
        journal = Journal(
            database,
            unheard,
            lambda then: then(),
            unheard,
            lambda: Limits(free_disk=0),
            lambda: 0.0,
            lambda: BEGINNING,
            unheard,
        )
        housekeeping = Housekeeping(journal, lambda: BEGINNING)
        await journal.write(stuff)
        full = await journal.write(pages)
        if by == "retention":
            await journal.write(lambda cursor: cursor.execute("UPDATE rooms SET keep_days = 1") and None)
            assert await housekeeping.clean() == 1000
        else:
            await journal.write(lambda cursor: cursor.execute("DELETE FROM messages") and None)
            assert await journal.write(pages) >= full, "empty pages are not yet given back"
            assert await housekeeping.clean() == 0
        assert await journal.write(pages) < full / 5
    finally:
        database.close()
    assert path.stat().st_size < full * 4096 / 5


def unheard(*told: object) -> None:
    """What nobody listens to."""
