"""
What was acknowledged is stored, what was shown is stored, and everyone sees it in one order.

The database here is in memory and commits when the test says so, or fails as the test says.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace
from twisted.internet.defer import CancelledError, Deferred, fail
from twisted.internet.task import Clock

from chatd.core.commands import Ban, Join, RoomSet, Say
from chatd.core.errors import Busy, CidConflict, NotAllowed, NotInRoom, StorageFull
from chatd.core.events import Joined, Said, SayDone
from chatd.core.ports import OPERATOR, Account, Expulsion, News
from chatd.core.session import Session
from chatd.core.settings.limits import Limits
from chatd.store.accounts import Accounts
from chatd.store.journal import Journal, OutcomeUnknown
from chatd.store.queries import accounts, messages, rooms
from chatd.store.queries.transactions import Cursor
from chatd.testing import BEGINNING, InstantDatabase, World, now
from tests.conftest import FlushLoggedErrors
from tests.store.doubles import done, failure_of

T = TypeVar("T")


class Watched:
    """A cursor whose C{COMMIT} may fail."""

    def __init__(self, cursor: Cursor, wrong: Exception | None, too_late: bool) -> None:
        self._cursor = cursor
        self._wrong = wrong
        self._too_late = too_late

    def execute(self, sql: str, parameters: Mapping[str, object] | Sequence[object] = (), /) -> Any:
        if sql == "COMMIT" and self._wrong is not None:
            if self._too_late:
                self._cursor.execute(sql)
            raise self._wrong
        return self._cursor.execute(sql, parameters)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()


class FragileDatabase(InstantDatabase):
    """
    A database whose commits may fail.

    @ivar wrong: What the next commits fail with.
    @ivar too_late: Whether they hold all the same.
    @ivar refusal: What transactions fail with before they begin.
    @ivar unheard: What C{free_bytes} raises.
    """

    wrong: Exception | None = None
    too_late = False
    refusal: Exception | None = None
    unheard: Exception | None = None

    def write(self, work: Callable[[Cursor], T]) -> Deferred[T]:
        if self.refusal is not None:
            return fail(self.refusal)
        return super().write(lambda cursor: work(Watched(cursor, self.wrong, self.too_late)))

    def free_bytes(self) -> int:
        if self.unheard is not None:
            raise self.unheard
        return super().free_bytes()


class Bench:
    """A journal with three accounts in one room, and all that comes of it, in order."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.clock = Clock()
        self.database = FragileDatabase()
        self.happened: list[str] = []
        self.died: list[str] = []
        self.unheard: list[Callable[[], None]] | None = None
        self.journal = Journal(
            self.database, self.tell, self.told_all, self.expel, lambda: self.limits, self.clock.seconds,
            lambda: BEGINNING, self.died.append,
        )  # fmt: skip
        self.accounts = Accounts(self.database, self.journal, lambda: BEGINNING)
        self.people = [self.account(name) for name in ("alice", "bob", "carol")]
        for person in self.people:
            done(self.journal.append(person, Join(room="lobby")))
        self.alice, self.bob, self.carol = self.people
        self.happened.clear()
        self.database.commits = 0

    def account(self, name: str) -> Account:
        return Account(done(self.accounts.create(name, "bcrypt", "x")), name, name)

    def tell(self, news: News, origin: Session | None, ref: str | None) -> None:
        assert isinstance(news.event, Said | Joined)
        said = news.event.text if isinstance(news.event, Said) else news.event.who
        self.happened.append(f"told {said}")
        assert self.stored(news.event.seq), "nothing is told that is not stored"

    def told_all(self, then: Callable[[], None]) -> None:
        if self.unheard is None:
            then()
        else:
            self.unheard.append(then)

    def expel(self, expulsion: Expulsion, origin: Session | None) -> None:
        self.happened.append(f"expelled {expulsion.account}")

    def say(self, text: str, who: Account | None = None, room: str = "lobby", cid: str | None = None) -> Deferred[Any]:
        """Say something; what came of it is noted."""
        answer: Deferred[Any] = Deferred.fromCoroutine(
            self.journal.append(who or self.alice, Say(room=room, text=text, cid=cid))
        )
        return answer.addCallback(self.note, text)

    def note(self, answer: SayDone, text: str) -> SayDone:
        self.happened.append(f"answered {text}")
        return answer

    def stored(self, seq: int) -> bool:
        return bool(self.database.rows(f"SELECT 1 FROM messages WHERE seq = {seq}"))

    def seqs(self) -> list[int]:
        return [row[0] for row in self.database.rows("SELECT seq FROM messages ORDER BY seq")]

    def texts(self) -> list[str]:
        return [row[0] for row in self.database.rows("SELECT body FROM messages WHERE kind = 'text' ORDER BY seq")]

    def hold(self) -> None:
        """Let the next commit take its time."""
        self.database.waiting = []

    def let_go(self) -> None:
        self.database.let_go()


@pytest.fixture
def bench() -> Bench:
    """A journal at its defaults."""
    return Bench()


# Order and numbers


def test_alone_nobody_waits(bench: Bench) -> None:
    """A line is stored, told and answered at once."""
    assert now(bench.say("hi")) == SayDone(room="lobby", seq=4, at=BEGINNING)
    assert bench.happened == ["told hi", "answered hi"]


def test_what_gathers_is_one_transaction(bench: Bench) -> None:
    """While one commit runs the next gathers: many lines share one sync of the disk."""
    bench.hold()
    for number in range(10):
        bench.say(str(number), bench.people[number % 3])
    assert bench.happened == []
    bench.let_go()
    assert bench.database.commits == 2
    assert bench.seqs() == list(range(1, 14))
    assert bench.texts() == [str(number) for number in range(10)]


def test_told_before_answered_and_in_the_order_of_asking(bench: Bench) -> None:
    """Everyone, also who said it, sees the lines in the order in which they are stored."""
    bench.hold()
    for text in ("a", "b", "c"):
        bench.say(text)
    bench.let_go()
    assert bench.happened == ["told a", "answered a", "told b", "told c", "answered b", "answered c"]


def test_at_most_256_in_one_transaction(bench: Bench) -> None:
    """A flood is stored in parts, so that nobody waits for all of it."""
    bench.hold()
    for number in range(1 + 256 + 256 + 1):
        bench.say(str(number))
    bench.let_go()
    assert bench.database.commits == 4
    assert bench.seqs() == list(range(1, 4 + 514))


def test_numbers_have_no_gap_where_some_were_refused(bench: Bench) -> None:
    """Who was refused has used up no number, and has not spoilt it for the others of the same transaction."""
    stranger = bench.account("dave")
    bench.hold()
    outcomes = [
        bench.say("0"),
        bench.say("refused", stranger),
        bench.say("1", bench.bob),
        bench.say("refused", bench.bob, "nowhere"),
        bench.say("refused", bench.bob, "@nobody"),
        bench.say("2", bench.carol),
    ]
    bench.let_go()
    assert [type(failure_of(outcomes[number])) for number in (1, 3)] == [NotInRoom, NotInRoom]
    failure_of(outcomes[4])
    assert bench.texts() == ["0", "1", "2"]
    assert bench.seqs() == list(range(1, 7))


def test_a_faulty_line_is_not_the_others(bench: Bench) -> None:
    """Lines are written together; where the database refuses one of them, each is tried again by itself."""
    bench.database.run(
        "CREATE TRIGGER fault BEFORE INSERT ON messages WHEN new.body = 'bad' BEGIN SELECT RAISE(ABORT, 'bad'); END"
    )
    bench.hold()
    outcomes = [bench.say(text) for text in ("first", "good", "bad", "better")]
    bench.let_go()
    assert isinstance(failure_of(outcomes[2]), sqlite3.IntegrityError)
    assert bench.texts() == ["first", "good", "better"]
    assert bench.seqs() == list(range(1, 7))
    assert bench.happened[-4:] == ["told good", "answered good", "told better", "answered better"]
    assert now(bench.say("more")).seq == 7


def test_a_line_that_finds_the_database_broken_is_not_passed_over(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite may have rolled everything back by itself: nothing of the transaction is kept, and all are told so."""
    bench.database.run("UPDATE rooms SET slow_ms = 1000")
    note = rooms.note_said

    def noted(cursor: Cursor, room_id: int, account_id: int, at: int) -> None:
        if account_id == bench.bob.id:
            cursor.execute("ROLLBACK")
            raise sqlite3.OperationalError("disk I/O error")
        note(cursor, room_id, account_id, at)

    monkeypatch.setattr(rooms, "note_said", noted)
    bench.hold()
    outcomes = [bench.say("0"), bench.say("1", bench.bob), bench.say("2", bench.carol)]
    bench.let_go()
    assert [type(failure_of(each)) for each in outcomes[1:]] == [Busy, Busy]
    assert (bench.texts(), bench.died) == (["0"], [])


def test_a_cid_is_one_line_also_in_one_transaction(bench: Bench) -> None:
    """Who sends a line twice before the first is written has said it once; and the cid is no other line's."""
    bench.hold()
    bench.say("0")
    once, twice, other = (bench.say(text, cid="c") for text in ("one", "one", "two"))
    theirs = bench.say("one", bench.bob, cid="c")
    bench.let_go()
    assert (now(once).again, now(twice).again, now(theirs).again) == (False, True, False)
    assert isinstance(failure_of(other), CidConflict)
    assert bench.texts() == ["0", "one", "one"]


def test_a_busy_store_indexes_many_transactions_together(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is stored first; but no line is left out for long, and none when nothing waits."""
    monkeypatch.setattr("chatd.store.journal.INDEXED_TOGETHER", 6)
    bench.limits = replace(bench.limits, journal_batch=2)
    indexed = []

    def look(cursor: Cursor) -> None:
        cursor.execute("SELECT upto - 3 FROM message_search_state")
        indexed.append(cursor.fetchone()[0])

    monkeypatch.setattr("chatd.store.journal.MANY", 2)
    bench.hold()
    for number in range(5):
        bench.say(str(number))
        bench.journal.write(look)
    bench.journal.write(look)
    bench.let_go()
    assert indexed == [1, 1, 1, 4, 4, 4]
    assert bench.database.rows("SELECT upto - 3 FROM message_search_state") == [(5,)]
    assert bench.database.commits == 7, "one of the first line, five of two entries, and one for the rest of the index"


def test_a_fault_of_one_is_not_the_others(bench: Bench) -> None:
    """A work that raises halfway leaves nothing behind, and the rest of the transaction holds."""

    def faulty(cursor: Cursor) -> None:
        messages.next_seq(cursor, 1)
        raise ZeroDivisionError

    bench.hold()
    bench.say("before")
    wrong: Deferred[None] = bench.journal.write(faulty)
    unique: Deferred[int] = bench.journal.write(lambda cursor: accounts.add_account(cursor, "x", "alice", "x", 1))
    bench.say("after")
    bench.let_go()
    assert isinstance(failure_of(wrong), ZeroDivisionError)
    assert isinstance(failure_of(unique), sqlite3.IntegrityError)
    assert bench.texts() == ["before", "after"]
    assert bench.seqs() == list(range(1, 6))


def test_several_rooms_count_for_themselves(bench: Bench) -> None:
    """Each place has its own numbers, also in one transaction."""
    done(bench.journal.append(bench.alice, Join(room="den")))
    bench.hold()
    answers = [bench.say("x", room=room) for room in ("lobby", "den", "lobby", "@bob", "den", "@bob")]
    bench.let_go()
    assert [now(answer).seq for answer in answers] == [4, 2, 5, 1, 3, 2]


def test_told_even_when_nobody_waits_any_more(bench: Bench) -> None:
    """A peer that leaves while its line is being stored has said it: the others hear what history has."""
    bench.hold()
    gone, queued = bench.say("gone"), bench.say("queued")
    for each in (gone, queued):
        each.cancel()
        assert isinstance(failure_of(each), CancelledError)
    bench.let_go()
    assert bench.happened == ["told gone", "told queued"]
    assert bench.texts() == ["gone", "queued"]


def test_a_cancelled_line_that_is_refused_disturbs_nobody(bench: Bench) -> None:
    """Neither does one that could not be stored."""
    bench.hold()
    gone = bench.say("gone", room="nowhere")
    gone.cancel()
    failure_of(gone)
    bench.let_go()
    assert now(bench.say("next")).seq == 4


def test_what_is_said_because_of_what_was_told_comes_after(bench: Bench) -> None:
    """Who answers at once is stored in the next transaction."""
    answers: list[Deferred[Any]] = []
    bench.say("question").addCallback(lambda _: answers.append(bench.say("answer", bench.bob)))
    assert now(answers[0]).seq == 5
    assert bench.texts() == ["question", "answer"]
    assert bench.database.commits == 2


def test_a_fault_in_telling_stops_nothing(bench: Bench, flush_logged_errors: FlushLoggedErrors) -> None:
    """What is on disk is acknowledged, whatever happens to those who are told."""

    def broken(result: int) -> None:
        raise ZeroDivisionError

    bench.hold()
    first: Deferred[int] = bench.journal.write(lambda cursor: 1, broken)
    second = bench.say("next")
    bench.let_go()
    assert now(first) == 1
    assert now(second).seq == 4
    assert len(flush_logged_errors(ZeroDivisionError)) == 1


def test_sessions_end_after_everyone_was_told(bench: Bench) -> None:
    """What was said before is heard before; who ordered it has the answer last."""
    bench.hold()
    bench.say("first")
    bench.say("second")
    ban = Deferred.fromCoroutine(bench.journal.append(OPERATOR, Ban(target="bob")))
    ban.addCallback(lambda _: bench.happened.append("answered ban"))
    silenced = bench.say("silenced", bench.bob)
    bench.let_go()
    assert bench.happened == [
        "told first", "answered first", "told second", "answered second", f"expelled {bench.bob.id}", "answered ban",
    ]  # fmt: skip
    assert isinstance(failure_of(silenced), NotAllowed), "asked again where it is written, behind the ban"


def test_nobody_is_put_out_by_what_was_not_committed(bench: Bench) -> None:
    """A ban that could not be stored ends no session."""
    bench.hold()
    first = bench.say("first")
    bench.database.wrong = full()
    ban = Deferred.fromCoroutine(bench.journal.append(OPERATOR, Ban(target="bob")))
    bench.let_go()
    assert {type(failure_of(each)) for each in (first, ban)} == {StorageFull}
    assert not [each for each in bench.happened if each.startswith("expelled")]


def test_where_a_session_comes_from_is_asked_and_noted() -> None:
    """The address of the session is what bans of networks are held against, and what the audit log shows."""
    world = World()
    alice = world.account("alice")
    session = world.session(address="192.0.2.9")
    done(world.journal.append(alice, Join(room="lobby"), session))
    done(world.journal.append(alice, RoomSet(room="lobby", name="slow", value="1s"), session))
    assert world.database.rows("SELECT address FROM audit_log") == [("192.0.2.9",)]
    done(world.journal.append(OPERATOR, Ban(target="192.0.2.0/28")))
    with pytest.raises(NotAllowed):
        done(world.journal.append(alice, Say(room="lobby", text="x"), session))


# Too much


def test_refused_when_too_much_waits() -> None:
    """Beyond the queue's bound the answer is C{busy}, at once, and then it goes on."""
    bench = Bench(Limits(journal_entries=5))
    bench.hold()
    running = bench.say("running")
    waiting = [bench.say(str(number)) for number in range(5)]
    refused = failure_of(bench.say("one too many"))
    assert isinstance(refused, Busy)
    assert refused.rule == "journal queue"
    bench.let_go()
    assert [now(each).seq for each in (running, *waiting)] == list(range(4, 10))
    assert now(bench.say("again")).seq == 10


def test_refused_when_what_waits_is_old(bench: Bench) -> None:
    """So it is when the oldest one has waited for more than two seconds: the disk does not keep up."""
    bench.hold()
    bench.say("running")
    bench.clock.advance(1)
    bench.say("waiting")
    bench.clock.advance(2)
    bench.say("just in time")
    bench.clock.advance(0.01)
    assert isinstance(failure_of(bench.say("too late")), Busy)
    bench.let_go()
    assert bench.texts() == ["running", "waiting", "just in time"]
    assert now(bench.say("again")).seq == 7


def test_refusals_have_no_effect(bench: Bench) -> None:
    """What was refused as busy is not stored after all."""
    bench.hold()
    bench.say("running")
    bench.say("waiting")
    bench.clock.advance(3)
    failure_of(bench.say("refused", cid="1"))
    bench.let_go()
    assert not now(bench.say("refused", cid="1")).again


# Full disks


def test_little_room_on_the_disk_refuses_lines_but_not_logins(bench: Bench) -> None:
    """Below the limit nobody makes the database larger, but people come, go, and are remembered."""
    bench.database.free = bench.limits.free_disk - 1
    bench.hold()
    line, coming = bench.say("hi"), Deferred.fromCoroutine(bench.journal.append(bench.alice, Join(room="new")))
    entering = Deferred.fromCoroutine(bench.accounts.enter(bench.alice.id, "192.0.2.1", lambda entrance: None))
    fresh = Deferred.fromCoroutine(bench.accounts.create("dave", "bcrypt", "x"))
    saved = Deferred.fromCoroutine(bench.accounts.save_settings(bench.alice, {"time": "on"}))
    bench.accounts.depart(bench.alice, {1: 3})
    bench.let_go()
    assert {type(failure_of(each)) for each in (line, coming, fresh)} == {StorageFull}
    assert now(entering).account == bench.alice
    now(saved)
    assert bench.seqs() == [1, 2, 3]
    bench.database.free = bench.limits.free_disk
    assert now(bench.say("again")).seq == 4


def test_a_full_disk_is_said_and_passes(bench: Bench) -> None:
    """Where the disk is full in the middle, nothing of that transaction holds; with room again, all is well."""
    (pages,) = bench.database.rows("PRAGMA page_count")[0]
    bench.database.run(f"PRAGMA max_page_count = {pages}")
    bench.hold()
    first = bench.say("first")
    small, large, small_too = bench.say("small"), bench.say("x" * 50_000, bench.bob), bench.say("small too")
    bench.let_go()
    assert now(first).seq == 4
    assert [type(failure_of(each)) for each in (small, large, small_too)] == [StorageFull] * 3
    assert bench.happened == ["told first", "answered first"]
    assert bench.seqs() == [1, 2, 3, 4]
    page = bench.database.read(lambda cursor: messages.newest(cursor, messages.Span(1, 0, 99), 9))
    assert [row.seq for row in now(page)] == [4, 3, 2, 1], "reading goes on"
    bench.database.run("PRAGMA max_page_count = 1000000")
    assert now(bench.say("x" * 50_000)).seq == 5
    assert bench.died == []


def test_a_commit_that_finds_the_disk_full(bench: Bench) -> None:
    """The commit's own record was not written, so that nothing holds, and a retry is no double."""
    bench.database.wrong = full()
    assert isinstance(failure_of(bench.say("hi", cid="1")), StorageFull)
    assert bench.died == []
    bench.database.wrong = None
    assert not now(bench.say("hi", cid="1")).again


def full() -> sqlite3.OperationalError:
    wrong = sqlite3.OperationalError("database or disk is full")
    wrong.sqlite_errorcode = sqlite3.SQLITE_FULL
    return wrong


def io_error() -> sqlite3.OperationalError:
    wrong = sqlite3.OperationalError("disk I/O error")
    wrong.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    return wrong


# Other trouble


@pytest.mark.parametrize("wrong", [io_error(), sqlite3.DatabaseError("database disk image is malformed")])
@pytest.mark.parametrize("too_late", [False, True])
def test_a_commit_of_unknown_outcome_ends_the_daemon(bench: Bench, wrong: Exception, too_late: bool) -> None:
    """Whether it holds or not: it is neither acknowledged nor shown, the reason is said, and the daemon ends."""
    bench.hold()
    first, second = bench.say("first"), bench.say("second")
    bench.database.wrong, bench.database.too_late = wrong, too_late
    bench.let_go()
    assert bench.died[0] == f"a commit failed, and whether it holds is unknown: {wrong}"
    assert {type(failure_of(each)) for each in (first, second)} == {OutcomeUnknown}
    assert bench.happened == []


def test_a_database_that_another_program_holds(bench: Bench) -> None:
    """The answer is C{busy}, nothing is stored, and it passes by itself."""
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    bench.database.refusal = locked
    assert isinstance(failure_of(bench.say("hi")), Busy)
    assert bench.died == []
    bench.database.refusal = None
    assert now(bench.say("hi")).seq == 4


def test_whatever_else_goes_wrong_is_a_fault_and_passes(bench: Bench) -> None:
    """Where not even the free room is known, those who wait get the fault, and the next ones are stored."""
    bench.database.unheard = PermissionError("no")
    bench.hold()
    lines = [bench.say("one"), bench.say("two")]
    bench.let_go()
    assert [type(failure_of(each)) for each in lines] == [PermissionError] * 2
    bench.database.unheard = None
    assert now(bench.say("three")).seq == 4


def test_settled_behind_what_waits(bench: Bench) -> None:
    """What was to be stored before has been told by then; what comes after, not yet."""
    bench.hold()
    for text in ("a", "b"):
        bench.say(text)
    settled = Deferred.fromCoroutine(bench.journal.settled()).addCallback(lambda _: bench.happened.append("settled"))
    bench.say("c")
    bench.let_go()
    now(settled)
    assert bench.happened[:3] == ["told a", "answered a", "told b"]
    assert bench.happened.index("answered b") < bench.happened.index("settled") < bench.happened.index("answered c")
    assert bench.seqs() == list(range(1, 7)), "it takes no seq"


def test_settled_at_once_when_nothing_waits(bench: Bench) -> None:
    """Signs of life of clients that say nothing cost no transactions."""
    done(bench.journal.settled())
    assert bench.database.commits == 0


def test_answers_wait_until_it_is_heard(bench: Bench) -> None:
    """And so does the next transaction: a crowd that takes its time sets the pace of those who talk to it."""
    bench.unheard = []
    for text in ("a", "b", "c"):
        bench.say(text)
    assert (bench.happened, bench.database.commits) == (["told a"], 1)
    for then in bench.unheard:
        then()
    assert bench.happened == ["told a", "answered a", "told b", "told c", "answered b", "answered c"]
    assert bench.database.commits == 2
    assert bench.journal.drained().called


# Stopping


def test_drained_at_once_when_nothing_waits(bench: Bench) -> None:
    """A daemon with nothing to store stops at once."""
    assert bench.journal.drained().called
    now(bench.say("hi"))
    assert bench.journal.drained().called


def test_drained_when_all_is_answered(bench: Bench) -> None:
    """A daemon that stops stores what is queued, and everyone has the answer before."""
    bench.hold()
    for number in range(300):
        bench.say(str(number))
    drained = bench.journal.drained().addCallback(lambda _: bench.happened.append("drained"))
    also = bench.journal.drained()
    assert not drained.called
    bench.let_go()
    now(also)
    assert len(bench.texts()) == 300
    assert bench.happened[-2:] == ["answered 299", "drained"]


def test_drained_after_a_transaction_that_failed(bench: Bench) -> None:
    """Trouble with the disk does not keep a daemon from stopping."""
    bench.hold()
    bench.database.wrong = full()
    line = bench.say("hi")
    drained = bench.journal.drained()
    bench.let_go()
    assert isinstance(failure_of(line), StorageFull)
    assert drained.called


def test_the_session_hears_its_own_mark() -> None:
    """The hub is told which session and which mark caused it, so that the face can tell its own line from others."""
    world = World()
    heard: list[tuple[object, object]] = []
    alice = world.account("alice")
    session = world.session(lambda envelope: heard.append((envelope.origin, envelope.ref)))
    now(
        Deferred.fromCoroutine(
            world.accounts.enter(alice.id, "x", lambda entrance: world.hub.attach(session, entrance, 1))
        )
    )
    done(world.journal.append(alice, Join(room="lobby", ref="7"), session))
    done(world.journal.append(alice, Say(room="lobby", text="hi")))
    assert heard == [(session, "7"), (None, None)]
