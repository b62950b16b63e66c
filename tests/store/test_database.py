"""The same on a real file with real threads: nothing lost, nothing doubled, and trouble from outside passes."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater

from chatd.core.commands import Ban, Bans, GrantRole, History, Join, Mute, RoomSet, Say, Undo
from chatd.core.errors import Busy, ChatError, NotAllowed, NotInRoom
from chatd.core.events import BansDone, HistoryDone, RoomEvent
from chatd.core.ports import OPERATOR, Account, News
from chatd.core.settings.limits import Limits
from chatd.store import schema
from chatd.store.accounts import Accounts
from chatd.store.archive import Archive
from chatd.store.database import READ_SECONDS, Database
from chatd.store.journal import Journal
from chatd.store.queries import accounts, messages
from chatd.store.queries.transactions import Cursor

NOW = 1_766_000_000_000
WITHOUT_END = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""

DAEMON = """
import sys
from pathlib import Path
from chatd.store import schema
schema.lock(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.readline()
"""

real: Any = reactor


class House:
    """A database on disk with what reads and writes it."""

    def __init__(self, path: Path, clock: Callable[[], float] | None = None) -> None:
        schema.prepare(path, NOW)
        self.database = Database(path, real, clock or real.seconds)
        self.died: list[str] = []
        self.told: list[int] = []
        limits = Limits(free_disk=0)
        self.journal = Journal(
            self.database, self.tell, lambda then: then(), lambda expulsion, origin: None, lambda: limits, real.seconds,
            lambda: NOW, self.died.append,
        )  # fmt: skip
        self.accounts = Accounts(self.database, self.journal, lambda: NOW)
        self.archive = Archive(self.database, lambda: limits, lambda: NOW)

    def tell(self, news: News, origin: object, ref: str | None) -> None:
        """Note the number of what is told."""
        if isinstance(news.event, RoomEvent):
            self.told.append(news.event.seq)

    async def history(self, who: Account) -> list[int]:
        """The numbers of what somebody reads in the lobby."""
        answer = await self.archive.ask(who, History(room="lobby"))
        assert isinstance(answer, HistoryDone)
        return [event.seq for event in answer.events]

    async def account(self, name: str) -> Account:
        """A new account in the lobby."""
        made = Account(await self.accounts.create(name, "bcrypt", "x"), name, name)
        await self.journal.append(made, Join(room="lobby"))
        return made

    def say(self, who: Account, text: str, room: str = "lobby") -> Deferred[Any]:
        """Say something."""
        return Deferred.fromCoroutine(self.journal.append(who, Say(room=room, text=text)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "chatd.sqlite"


@pytest.fixture
def house(path: Path) -> Iterator[House]:
    """A database on disk, closed in the end."""
    made = House(path)
    yield made
    made.database.close()


async def failure_of(deferred: Deferred[Any]) -> BaseException:
    """What it fails with, in its time."""
    try:
        await deferred
    except Exception as wrong:
        return wrong
    raise AssertionError("it did not fail")


async def test_two_thousand_lines(house: House, path: Path) -> None:
    """Many people talk at once, some refused: each line is stored once, told once, in order, without a gap."""
    people = [await house.account(name) for name in ("alice", "bob", "carol", "dave")]
    stranger = Account(await house.accounts.create("eve", "bcrypt", "x"), "eve", "eve")
    house.told.clear()
    answers, refusals = [], []
    for number in range(2000):
        answers.append(house.say(people[number % 4], str(number)))
        if number % 10 == 0:
            refusals.append(failure_of(house.say(stranger, "refused")))
    seqs = [answer.seq for answer in await gatherResults(answers)]
    assert {type(await refusal) for refusal in refusals} == {NotInRoom}
    assert seqs == house.told == list(range(5, 2005))
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT seq, body FROM messages WHERE kind = 'text' ORDER BY seq").fetchall()
        assert rows == [(number + 5, str(number)) for number in range(2000)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_what_is_acknowledged_is_synced(house: House) -> None:
    """The writing connection syncs at each commit, and checks what points elsewhere."""

    def settings(cursor: Cursor) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await house.database.write(settings) == ["wal", 2, 1, 5000]


async def test_readers_cannot_write(house: House) -> None:
    """Only the journal writes."""
    wrong = await failure_of(house.database.read(lambda cursor: accounts.add_account(cursor, "a", "a", "a", 1)))
    assert "readonly" in str(wrong)
    assert await house.database.read(lambda cursor: accounts.account_by_key(cursor, "a")) is None


async def test_readers_see_one_state(house: House) -> None:
    """A page of history is of one moment, although lines are stored while it is read."""
    alice = await house.account("alice")
    begun, stored = threading.Event(), threading.Event()

    def read(cursor: Cursor) -> tuple[int, int]:
        before = len(messages.newest(cursor, messages.Span(1, -1, 99), 99))
        begun.set()
        assert stored.wait(10)
        return before, len(messages.newest(cursor, messages.Span(1, -1, 99), 99))

    reading = house.database.read(read)
    while not begun.is_set():
        await deferLater(real, 0.001)
    await house.say(alice, "hi")
    stored.set()
    assert await reading == (1, 1)
    assert len(await house.history(alice)) == 2


async def test_a_read_that_takes_too_long_is_broken_off(path: Path) -> None:
    """Whoever asked gets C{busy}; the connection that was busy with it reads on for the next one."""
    late = threading.Event()
    house = House(path, lambda: READ_SECONDS + 1 if late.is_set() else 0.0)
    try:
        for _ in range(4):
            late.clear()

            def endless(cursor: Cursor) -> Any:
                late.set()
                return cursor.execute(WITHOUT_END).fetchone()

            assert isinstance(await failure_of(house.database.read(endless)), Busy)
        late.clear()
        assert await house.database.read(lambda cursor: accounts.account_by_key(cursor, "a")) is None
    finally:
        house.database.close()


async def test_other_faults_of_a_read_are_told_as_they_are(house: House) -> None:
    """They are ours, and nobody is told to try again."""
    wrong = await failure_of(house.database.read(lambda cursor: cursor.execute("SELECT nonsense")))
    assert isinstance(wrong, sqlite3.OperationalError)


async def test_another_program_holds_the_database(house: House, path: Path) -> None:
    """An operator's open transaction in C{sqlite3} makes chatd busy, not broken: it goes on when that one ends."""
    alice = await house.account("alice")
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        await deferLater(real, 0)  # out of the answer that the account was
        running, waiting = house.say(alice, "running"), house.say(alice, "waiting")
        assert len(await house.history(alice)) == 1, "reading goes on"
        await deferLater(real, 2.1)
        assert isinstance(await failure_of(house.say(alice, "too late")), Busy)
        assert not running.called, "that was refused at once"
        assert isinstance(await failure_of(running), Busy)
        assert not waiting.called
        holder.communicate("\n")
    assert (await waiting).seq == 2
    assert (await house.say(alice, "again")).seq == 3
    assert house.died == []


async def test_a_full_disk_and_room_again(house: House) -> None:
    """Nothing of a transaction that found the disk full holds; with room again, the numbers go on where they were."""
    alice = await house.account("alice")

    def limit(pages: int) -> Callable[[Cursor], Any]:
        return lambda cursor: cursor.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    await house.database.write(limit(1))
    answers, refused = [], []
    for number in range(300):
        try:
            answers.append((await house.say(alice, f"{number} " + "x" * 1900)).seq)
        except ChatError as wrong:
            refused.append(wrong.code)
    assert set(refused) == {"storage-full"}
    await house.database.write(limit(1_000_000))
    last = (await house.say(alice, "again")).seq
    assert [*answers, last] == list(range(2, last + 1))
    assert house.died == []


async def test_free_bytes(house: House, path: Path) -> None:
    """The room on the disk is the one that this process may use."""
    found = os.statvfs(path)
    assert abs(house.database.free_bytes() - found.f_bavail * found.f_frsize) < 2**30


async def test_the_files_are_private(house: House, path: Path) -> None:
    """The write-ahead log holds what was said, and nobody else may read it either."""
    await house.account("alice")
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
    assert path.with_name("chatd.sqlite-wal").exists()


async def test_a_stop_and_a_start(path: Path) -> None:
    """What was acknowledged is there after a stop and a start."""
    house = House(path)
    alice = await house.account("alice")
    await house.say(alice, "hi")
    house.database.close()
    house = House(path)
    found = await house.history(alice)
    house.database.close()
    assert found == [1, 2]


async def test_what_moderators_ordered_holds_after_a_start(path: Path) -> None:
    """Bans, mutes, roles, a room's settings, and what can be undone are rows, and nothing is in memory only."""
    house = House(path)
    alice, bob, carol = [await house.account(name) for name in ("alice", "bob", "carol")]
    orders = (
        Ban(room="lobby", target="bob", reason="spam"), Mute(room="lobby", target="carol"),
        RoomSet(room="lobby", name="topic", value="moderators"),
    )  # fmt: skip
    for order in orders:
        await house.journal.append(alice, order)
    await house.journal.append(OPERATOR, GrantRole(name="carol", role="moderator"))
    house.database.close()
    house = House(path)
    try:
        why = await failure_of(Deferred.fromCoroutine(house.journal.append(bob, Join(room="lobby"))))
        assert isinstance(why, NotAllowed)
        assert (why.why, why.set_by) == ("You are banned from #lobby: spam.", "alice")
        assert isinstance(await failure_of(house.say(carol, "x")), NotAllowed)
        answer = await house.archive.ask(carol, Bans(room="lobby"))
        assert isinstance(answer, BansDone)
        assert [ban.target for ban in answer.bans] == ["carol", "bob"]
        await house.journal.append(alice, Undo())
        assert (await house.say(carol, "x")).seq > 0
    finally:
        house.database.close()


def test_two_daemons(path: Path) -> None:
    """A second process is refused by the lock, whatever it is, and admitted when the first has ended."""
    with subprocess.Popen(
        [sys.executable, "-c", DAEMON, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"locked\n"
        with pytest.raises(schema.StoreError, match="in use by another daemon"):
            schema.lock(path)
        first.kill()
        first.wait()
    os.close(schema.lock(path))
