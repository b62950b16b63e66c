"""A daemon that stops loses nothing and leaves nobody without a word; one that runs looks after everyone."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher

from chatd.core.errors import Busy
from chatd.core.settings.limits import Limits
from chatd.faces.listeners import Listener
from chatd.service import CANNOT_LISTEN, ChatService
from chatd.testing import World
from tests.conftest import FlushLoggedErrors

PID = 4711


class Door:
    """Stands in for a listener."""

    def __init__(self, address: str, happened: list[str]) -> None:
        self.address = self.where = address
        self.description = f"tcp:{address}"
        self.happened = happened
        self.announced = True
        self.wrong: Exception | None = None
        self.closing: Deferred[None] | None = None

    async def open(self) -> None:
        if self.wrong is not None:
            raise self.wrong
        self.happened.append(f"{self.address} open")

    async def renew(self) -> None:
        if self.wrong is not None:
            raise self.wrong
        self.happened.append(f"{self.address} renewed")

    async def close(self) -> None:
        if self.closing is not None:
            await self.closing
        self.happened.append(f"{self.address} closed")


class Bench:
    """A service over a world in memory, with two doors."""

    def __init__(self, path: Path) -> None:
        self.world = World(limits=Limits(linger_seconds=60))
        self.happened: list[str] = []
        self.cleaned: list[float] = []
        self.cleaning: Deferred[None] | None = None
        self.doors = [Door("here 1", self.happened), Door("there 2", self.happened)]
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.manager.bind(str(path))
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "6000000", "WATCHDOG_PID": str(PID)}
        self.service = ChatService(
            self.world.clock,
            self.world.factory,
            cast(list[Listener], self.doors),
            self.world.journal,
            self.clean,
            lambda: self.happened.append("reloaded"),
            self.world.hub.stop,
            lambda: self.happened.append("store closed"),
            lambda status, reason: self.happened.append(f"died {status} {reason}"),
            self.environment,
            PID,
        )

    async def clean(self) -> int:
        """Stands in for the housekeeping."""
        self.cleaned.append(self.world.clock.seconds())
        if self.cleaning is not None:
            await self.cleaning
        return 0

    def start(self) -> None:
        self.service.privilegedStartService()
        self.service.startService()
        self.world.clock.advance(0)
        self.happened.clear()

    def stop(self) -> None:
        """Begin to stop; that it has is noted."""
        self.service.stopService().addCallback(lambda _: self.happened.append("stopped"))

    def told(self) -> list[str]:
        """The words that the service manager was told."""
        words: list[str] = []
        while True:
            try:
                words += self.manager.recv(4096).decode().split("\n")
            except BlockingIOError:
                return words


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A service that has not started."""
    made = Bench(tmp_path / "notify")
    yield made
    made.manager.close()


@pytest.fixture
def logged() -> Iterator[list[LogEvent]]:
    """What is logged."""
    events: list[LogEvent] = []
    observer = cast(ILogObserver, events.append)
    globalLogPublisher.addObserver(observer)
    yield events
    globalLogPublisher.removeObserver(observer)


def pass_time(bench: Bench, seconds: float) -> None:
    """Let time pass as it does: in small steps."""
    for _ in range(round(seconds / 0.05)):
        bench.world.clock.advance(0.05)


# Starting


def test_start(bench: Bench, logged: list[LogEvent]) -> None:
    """Every door is opened first; then the log says how to connect, and the service manager that chatd is ready."""
    bench.service.privilegedStartService()
    assert bench.happened == ["here 1 open", "there 2 open"]
    assert bench.told() == []
    bench.service.startService()
    bench.world.clock.advance(0)
    said = [formatEvent(event) for event in logged]
    assert "chatd is ready: connect with telnet or chatc to here 1, there 2" in said
    assert bench.told() == ["READY=1", "STATUS=listening on here 1, there 2"]


def test_a_door_that_nobody_is_to_know(bench: Bench, logged: list[LogEvent]) -> None:
    """The operator's own door is opened, and not among those where people are told to connect."""
    bench.doors[1].announced = False
    bench.start()
    assert "chatd is ready: connect with telnet or chatc to here 1" in [formatEvent(event) for event in logged]
    assert bench.told()[1] == "STATUS=listening on here 1"


def test_a_door_that_cannot_be_opened(bench: Bench) -> None:
    """A port that is taken ends the daemon with a sentence, instead of a daemon that nobody can reach."""
    bench.doors[1].wrong = OSError("Address already in use")
    bench.service.privilegedStartService()
    assert bench.happened == [
        "here 1 open", f"died {CANNOT_LISTEN} cannot listen on tcp:there 2: Address already in use",
    ]  # fmt: skip


# Running


def test_everyone_is_looked_after(bench: Bench) -> None:
    """Who connects and says nothing is sent away after the time for it, without anybody else doing anything."""
    bench.start()
    silent = bench.world.connect()
    pass_time(bench, 55)
    assert not silent.is_closed
    pass_time(bench, 10)
    assert silent.is_closed


def test_the_watchdog_is_fed(bench: Bench) -> None:
    """Twice in the time that the service manager allows."""
    bench.start()
    bench.told()
    pass_time(bench, 9.5)
    assert bench.told() == ["WATCHDOG=1"] * 3


def test_a_reload(bench: Bench, logged: list[LogEvent]) -> None:
    """Settings first, then certificates; one that cannot be read stays as it was, and the others are renewed."""
    bench.start()
    person = bench.world.person("alice")
    bench.told()
    bench.doors[0].wrong = ValueError("no PEM in there")
    bench.service.reload()
    assert bench.happened == ["reloaded", "there 2 renewed"]
    words = bench.told()
    assert (words[0], words[-1]) == ("RELOADING=1", "READY=1")
    assert words[1].startswith("MONOTONIC_USEC=")
    errors = [formatEvent(event) for event in logged if event.get("log_level") is LogLevel.error]
    assert errors == ["tcp:here 1: the certificates stay as they were: no PEM in there"]
    assert not person.is_closed


# Throwing away what is due


def test_what_is_due_is_thrown_away_once_a_minute(bench: Bench) -> None:
    """Not at the start, when everyone comes back, and never twice at once: a round that takes long is waited for."""
    bench.start()
    pass_time(bench, 59.5)
    assert bench.cleaned == []
    pass_time(bench, 1)
    assert [round(at) for at in bench.cleaned] == [60]
    bench.cleaning = Deferred()
    pass_time(bench, 180)
    assert [round(at) for at in bench.cleaned] == [60, 120]
    cleaning, bench.cleaning = bench.cleaning, None
    cleaning.callback(None)
    pass_time(bench, 60.5)
    assert [round(at) for at in bench.cleaned] == [60, 120, 300]


def test_a_fault_in_throwing_away(bench: Bench, flush_logged_errors: FlushLoggedErrors) -> None:
    """It is logged, it is tried again a minute later, and nobody's session suffers."""
    bench.start()
    person = bench.world.person("alice")
    bench.cleaning = fail(Busy("The database is in use by something else."))
    pass_time(bench, 61)
    assert len(flush_logged_errors(Busy)) == 1
    bench.cleaning = None
    pass_time(bench, 60)
    assert len(bench.cleaned) == 2
    assert not person.is_closed


def test_nothing_is_thrown_away_after_the_end(bench: Bench) -> None:
    """A daemon that has stopped leaves its store alone."""
    bench.start()
    bench.stop()
    pass_time(bench, 120)
    assert bench.cleaned == []
    assert bench.happened[-1] == "stopped"


# Stopping


def test_stopping_with_nobody_here(bench: Bench) -> None:
    """It is done at once, in order."""
    bench.start()
    bench.told()
    bench.stop()
    assert bench.happened == ["here 1 closed", "there 2 closed", "store closed", "stopped"]
    assert bench.told() == ["STOPPING=1"]
    assert bench.world.clock.getDelayedCalls() == [], "nothing ticks any more"


def test_stopping_in_order(bench: Bench) -> None:
    """Nobody new, then what is queued is stored and answered, then everyone hears good-bye, then the store closes."""
    bench.start()
    world = bench.world
    alice = world.person("alice")
    bob = world.program("bob")
    bench.doors[0].closing = Deferred()
    world.database.waiting = []
    bob.sends(do="say", room="lobby", text="just in time", ref="1")

    bench.stop()
    assert bench.happened == []
    bench.doors[0].closing.callback(None)
    assert bench.happened == ["here 1 closed", "there 2 closed"]
    pass_time(bench, 2)
    assert "The server stops" not in alice.sees()
    assert not bob.is_closed

    world.database.let_go()
    pass_time(bench, 0.1)
    assert re.search("just in time.*The server stops now", alice.sees(), re.DOTALL)
    objects = bob.objects()
    assert [each["done"] for each in objects if "done" in each] == ["say"]
    assert "The server stops now" in str(objects[-1])
    assert [each.transport.disconnecting or each.transport.half_closed for each in (alice, bob)] == [True, True]
    assert "store closed" not in bench.happened

    for each in (alice, bob):
        each.goes()
    pass_time(bench, 0.1)
    assert bench.happened[-2:] == ["store closed", "stopped"]
    assert world.database.rows("SELECT count(*) FROM accounts WHERE last_seen_at IS NOT NULL") == [(2,)]


def test_stopping_where_not_everything_can_be_stored(
    bench: Bench, logged: list[LogEvent], flush_logged_errors: FlushLoggedErrors
) -> None:
    """The rest of the stop goes on: everyone hears good-bye, and the store closes."""
    bench.start()
    world = bench.world
    bob = world.program("bob")
    world.database.waiting = []
    bob.sends(do="say", room="lobby", text="hi", ref="1")
    bench.stop()
    write, world.database.write = world.database.write, lambda work: fail(OSError("the disk is gone"))  # type: ignore
    world.database.let_go()
    world.database.write = write  # type: ignore[method-assign]
    pass_time(bench, 0.1)
    assert "The server stops now" in str(bob.objects()[-1])
    bob.goes()
    pass_time(bench, 0.1)
    assert bench.happened[-2:] == ["store closed", "stopped"]
    assert any("not everything was stored" in str(each.get("log_format")) for each in logged)
    flush_logged_errors(OSError)  # how far bob has read


def test_those_who_go_on_talking_do_not_keep_it_from_stopping(bench: Bench) -> None:
    """What was queued when it was told to stop is stored and answered; what is said later may be."""
    bench.start()
    world = bench.world
    bob = world.program("bob")
    bob.face._pace._bucket = None

    def say() -> None:
        bob.sends(do="say", room="lobby", text="and another thing")

    world.database.waiting = []
    say()
    bench.stop()
    for _ in range(20):
        say()
        waiting, world.database.waiting = world.database.waiting, []
        for commit in waiting or ():
            commit()
        pass_time(bench, 0.05)
    assert "The server stops now" in str(bob.objects()[-1])
    world.database.let_go()


def test_nobody_is_told_who_else_goes(bench: Bench) -> None:
    """Each of many would be told of all the others, which takes longer the more they are, squared."""
    bench.start()
    people = [bench.world.program(name) for name in ("ann", "bob", "cyd")]
    for each in people:
        each.objects()
    bench.stop()
    for each in people:
        each.goes()
        pass_time(bench, 0.1)
    assert [[said.get("code", said) for said in each.objects()] for each in people] == [["stopping"]] * 3
    assert bench.happened[-2:] == ["store closed", "stopped"]


def test_who_does_not_go_is_cut_off(bench: Bench) -> None:
    """A peer that never closes its end does not keep the daemon up longer than the time for it."""
    bench.start()
    bench.world.person("alice")
    clinging = bench.world.connect()
    bench.stop()
    pass_time(bench, 4.5)
    assert not clinging.transport.aborted
    assert "store closed" not in bench.happened
    pass_time(bench, 1)
    assert bench.happened[-2:] == ["store closed", "stopped"]
    assert clinging.transport.aborted


def test_what_leaving_writes_is_stored(bench: Bench) -> None:
    """How far everyone has read is on disk before the store closes."""
    bench.start()
    world = bench.world
    alice = world.person("alice")
    world.database.waiting = []
    bench.stop()
    pass_time(bench, 0.1)
    alice.goes()
    pass_time(bench, 1)
    assert "store closed" not in bench.happened
    world.database.let_go()
    assert bench.happened[-2:] == ["store closed", "stopped"]


def test_stopping_after_a_fault(bench: Bench, flush_logged_errors: FlushLoggedErrors) -> None:
    """A fault while looking after everyone ends neither that nor an orderly stop."""
    ticks: list[int] = []
    tick = bench.world.factory.tick

    def faulty() -> None:
        ticks.append(1)
        if len(ticks) == 1:
            raise ZeroDivisionError
        tick()

    cast(Any, bench.world.factory).tick = faulty
    bench.start()
    pass_time(bench, 3.1)
    flush_logged_errors(ZeroDivisionError)
    bench.stop()
    flush_logged_errors(AssertionError)
    assert len(ticks) == 3, "everyone is still looked after"
    assert bench.happened[-2:] == ["store closed", "stopped"]
