"""What is owed to one peer: gathered, written once a turn, bounded."""

import socket
from collections.abc import Callable
from typing import Any, cast

import pytest
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.internet.tcp import Connection

from chatd.faces.outbox import LEAST_SECONDS, PIECE, SLICE, TURN_SECONDS, Flusher, Outbox


class Pipe:
    """A transport that counts writes."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.then: Callable[[], None] = lambda: None

    def write(self, data: bytes) -> None:
        self.writes.append(data)
        self.then()


class Owed:
    """An outbox and what becomes of it."""

    def __init__(self, clock: Clock | None = None, flusher: Flusher | None = None, hard: int = 100) -> None:
        self.clock = clock or Clock()
        self.pipe = Pipe()
        self.overflows = self.drained = 0
        self.outbox = Outbox(
            self.pipe, flusher or Flusher(self.clock), self.clock, hard, self._overflow, self._drained
        )  # fmt: skip

    def _overflow(self) -> None:
        self.overflows += 1

    def _drained(self) -> None:
        self.drained += 1


def test_what_is_put_in_one_turn_is_one_write() -> None:
    """A round of many lines costs one system call for each reader."""
    owed = Owed()
    for each in (b"one ", b"two ", b"three"):
        owed.outbox.put(each)
    assert (owed.pipe.writes, owed.outbox.size) == ([], 13)
    owed.clock.advance(0)
    assert (owed.pipe.writes, owed.outbox.size) == ([b"one two three"], 0)
    owed.outbox.put(b"four")
    owed.clock.advance(0)
    assert owed.pipe.writes == [b"one two three", b"four"]
    assert owed.clock.getDelayedCalls() == []


def test_what_was_taken_is_given_before_anything_else_happens() -> None:
    """Whoever goes on because all was given may end another one, which hears what it was owed before its last words."""
    clock = Clock()
    flusher = Flusher(clock)
    first, second = Owed(clock, flusher), Owed(clock, flusher)

    def end_the_second() -> None:
        second.outbox.put(b"good-bye")
        second.outbox.close()

    first.outbox._drained = end_the_second
    first.outbox.is_awaited = True
    for each in (first, second):
        each.outbox.put(b"line ")
    clock.advance(0)
    assert (first.pipe.writes, second.pipe.writes) == ([b"line "], [b"line ", b"good-bye"])


def test_a_peer_that_does_not_read_is_given_nothing_more() -> None:
    """While the transport is full, what is owed stays ours, so that it can be counted and taken back."""
    owed = Owed()
    owed.clock.advance(5)
    owed.outbox.pauseProducing()
    owed.outbox.put(b"one")
    owed.clock.advance(0)
    owed.outbox.put(b"two")
    owed.clock.advance(1)
    assert (owed.pipe.writes, owed.outbox.size, owed.outbox.blocked_since) == ([], 6, 5)
    owed.outbox.resumeProducing()
    assert (owed.pipe.writes, owed.outbox.size, owed.outbox.blocked_since) == ([b"onetwo"], 0, None)
    assert owed.drained == 1


def test_the_hard_bound() -> None:
    """Beyond it somebody is told, at once and each time; up to it nobody is."""
    owed = Owed(hard=10)
    owed.outbox.put(b"x" * 10)
    assert owed.overflows == 0
    owed.outbox.put(b"x")
    assert owed.overflows == 1
    owed.outbox.drop()
    assert owed.outbox.size == 0
    owed.clock.advance(0)
    assert owed.pipe.writes == []


def test_what_was_asked_for_is_not_measured_against_the_bound() -> None:
    """However long an answer is; what comes beside it is measured by itself."""
    owed = Owed(hard=10)
    owed.outbox.put_asked(b"a" * 1000)
    owed.outbox.put(b"x" * 10)
    assert (owed.overflows, owed.outbox.size) == (0, 1010)
    owed.outbox.put(b"x")
    assert owed.overflows == 1
    owed.clock.advance(0)
    assert owed.pipe.writes == [b"a" * 1000 + b"x" * 11]
    owed.outbox.put(b"x" * 11)
    assert owed.overflows == 2, "what was asked for before makes no room"


def test_forgotten_answers_make_no_room() -> None:
    """When all is forgotten, the measure begins anew."""
    owed = Owed(hard=10)
    owed.outbox.put_asked(b"a" * 1000)
    owed.outbox.drop()
    owed.outbox.put(b"x" * 11)
    assert owed.overflows == 1


def test_a_stopped_outbox_takes_nothing_more() -> None:
    """Neither what comes, nor what was asked for, nor what waits, until somebody has the last word."""
    owed = Owed(hard=10)
    owed.outbox.put(b"one")
    owed.outbox.stop()
    owed.outbox.put(b"x" * 11)
    owed.outbox.put_asked(b"two")
    owed.outbox.put_later(b"three", 100)
    owed.outbox.release()
    owed.clock.advance(0)
    assert (owed.pipe.writes, owed.outbox.size, owed.overflows, owed.outbox.is_closed) == ([], 0, 0, True)
    owed.outbox.drop()
    assert not owed.outbox.is_closed
    owed.outbox.put(b"x" * 10)
    owed.outbox.close()
    assert (owed.pipe.writes, owed.overflows) == ([b"x" * 10], 0)


def test_what_waits_comes_when_it_is_asked_for() -> None:
    """Lines that were held come at Enter, in their order, before what follows."""
    owed = Owed()
    owed.outbox.put_later(b"one ", 100)
    owed.outbox.put_later(b"two ", 100)
    owed.clock.advance(1)
    assert owed.pipe.writes == []
    owed.outbox.release()
    owed.outbox.put(b"three")
    owed.outbox.release()
    owed.clock.advance(0)
    assert owed.pipe.writes == [b"one two three"]


def test_what_waits_is_bounded_too() -> None:
    """Whoever never presses Enter is shown the lines when they become too many."""
    owed = Owed()
    owed.outbox.put_later(b"x" * 6, 10)
    owed.outbox.put_later(b"y" * 6, 10)
    owed.outbox.put_later(b"z" * 6, 10)
    owed.clock.advance(0)
    assert owed.pipe.writes == [b"x" * 6 + b"y" * 6]


def test_the_last_words_are_given_whether_they_are_taken_or_not() -> None:
    """Closing gives the transport all, also what waited, also where it is full."""
    owed = Owed()
    owed.outbox.pauseProducing()
    owed.outbox.put(b"one ")
    owed.outbox.put_later(b"two", 100)
    owed.outbox.close()
    assert owed.pipe.writes == [b"one two"]
    owed.clock.advance(0)
    assert owed.pipe.writes == [b"one two"]


def test_a_lost_connection_is_owed_nothing() -> None:
    """What was for it is forgotten."""
    owed = Owed()
    owed.outbox.put(b"one")
    owed.outbox.put_later(b"two", 100)
    owed.outbox.stopProducing()
    owed.outbox.release()
    owed.clock.advance(0)
    assert (owed.pipe.writes, owed.outbox.size) == ([], 0)


def slow(number: int, seconds: float) -> tuple[Clock, list[Owed]]:
    """So many peers at one flusher; to write to each takes so long."""
    clock = Clock()
    flusher = Flusher(clock)
    all_of_them = [Owed(clock, flusher, hard=10**6) for _ in range(number)]

    def take_time() -> None:
        clock.rightNow += seconds

    for owed in all_of_them:
        owed.pipe.then = take_time
    return clock, all_of_them


def test_what_others_said_goes_at_once_while_it_takes_no_time() -> None:
    """No rest without a round that took long."""
    clock, (owed,) = slow(1, 0)
    for line in (b"one", b"two"):
        owed.outbox.put_volley(line)
        clock.advance(0)
    assert owed.pipe.writes == [b"one", b"two"]


def test_a_round_is_followed_by_a_rest_twice_as_long() -> None:
    """What is said meanwhile goes together."""
    clock, (first, second) = slow(2, 1)
    first.outbox.put_volley(b"one ")
    second.outbox.put_volley(b"one ")
    clock.advance(0)  # which takes two seconds
    first.outbox.put_volley(b"two ")
    clock.advance(3.5)
    first.outbox.put_volley(b"three ")
    assert first.pipe.writes == [b"one "]
    clock.advance(0.5)
    assert (first.pipe.writes, second.pipe.writes) == ([b"one ", b"two three "], [b"one "])
    clock.advance(10)
    first.outbox.put_volley(b"four")
    clock.advance(0)
    assert first.pipe.writes[2:] == [b"four"]
    assert clock.getDelayedCalls() == []


def test_who_asked_does_not_rest() -> None:
    """An answer comes at once, and after what was said before it."""
    clock, (owed,) = slow(1, 1)
    owed.outbox.put_volley(b"one")
    clock.advance(0)
    owed.outbox.put_volley(b"two ")
    owed.outbox.put(b"answer")
    clock.advance(0)
    assert owed.pipe.writes == [b"one", b"two answer"]
    clock.advance(10)
    assert owed.pipe.writes == [b"one", b"two answer"]


def test_a_full_piece_does_not_rest() -> None:
    """To wait for more would gain nothing, and what is owed is bounded."""
    clock, (owed,) = slow(1, 1)
    owed.outbox.put_volley(b"one")
    clock.advance(0)
    owed.outbox.put_volley(b"x" * PIECE)
    clock.advance(0)
    assert owed.pipe.writes == [b"one"]
    owed.outbox.put_volley(b"y")
    clock.advance(0)
    assert owed.pipe.writes[1:] == [b"x" * PIECE + b"y"]


@pytest.mark.parametrize("heard", [Outbox.put, Outbox.put_volley])
def test_what_many_hear_does_not_go_before_an_answer(heard: Callable[[Outbox, bytes], None]) -> None:
    """However much it is: who asked something meanwhile waits for no more than is written in one turn."""
    clock, (asker, *crowd) = slow(1 + 3 * SLICE, TURN_SECONDS)
    for owed in crowd:
        heard(owed.outbox, b"x" * (PIECE + 1))
    given: list[int] = []

    def ask() -> None:
        asker.outbox.put_asked(b"answer")
        asker.pipe.then = lambda: given.append(sum(len(owed.pipe.writes) for owed in crowd))

    clock.callLater(0, ask)
    clock.advance(0)
    assert given == [SLICE]
    assert {tuple(owed.pipe.writes) for owed in crowd} == {(b"x" * (PIECE + 1),)}


def test_who_said_something_waits_until_it_is_heard() -> None:
    """The answer to a line comes no sooner than what others heard before it: so nobody says more than can be heard."""
    clock, (speaker, *crowd) = slow(1 + 2 * SLICE, TURN_SECONDS)
    for owed in crowd:
        owed.outbox.put(b"a line")
    speaker.outbox.put_asked(b"said", at_once=False)
    speaker.pipe.then = lambda: given.append(sum(len(owed.pipe.writes) for owed in crowd))
    given: list[int] = []
    clock.advance(0)
    assert given == [len(crowd)]


def test_what_took_long_before_counts() -> None:
    """A turn in which much was done flushes little, and the next one goes on."""
    clock, crowd = slow(3 * SLICE, LEAST_SECONDS / SLICE / 1.5)
    written = []
    for owed in crowd:
        owed.outbox.put(b"a line")
    clock.rightNow += TURN_SECONDS
    clock.callLater(0, lambda: written.append(sum(len(owed.pipe.writes) for owed in crowd)))
    clock.advance(0)
    assert written == [2 * SLICE]
    assert sum(len(owed.pipe.writes) for owed in crowd) == len(crowd)


def test_what_was_dropped_does_not_hold_up_what_comes_then() -> None:
    """After C{drop}, the next words are flushed like any."""
    owed = Owed()
    owed.outbox.put(b"one")
    owed.outbox.drop()
    owed.clock.advance(0)
    owed.outbox.put(b"two")
    owed.clock.advance(0)
    assert owed.pipe.writes == [b"two"]


def test_a_long_round_is_cut_into_slices_so_that_others_live() -> None:
    """Where writing to all takes long, the rest comes in the next turn; nobody is left out, nobody is doubled."""
    clock = Clock()
    flusher = Flusher(clock)
    all_of_them = [Owed(clock, flusher) for _ in range(3 * SLICE)]
    for owed in all_of_them:
        owed.outbox.put(b"x")

    written: list[int] = []

    def others_turn() -> None:
        written.append(sum(len(owed.pipe.writes) for owed in all_of_them))
        if written[-1] < len(all_of_them):
            clock.callLater(0, others_turn)

    def take_time() -> None:
        clock.rightNow += TURN_SECONDS / SLICE * 1.01

    for owed in all_of_them:
        owed.pipe.then = take_time
    clock.callLater(0, others_turn)
    clock.advance(0)
    assert written == [SLICE, 2 * SLICE, 3 * SLICE]
    assert {tuple(owed.pipe.writes) for owed in all_of_them} == {(b"x",)}
    assert clock.getDelayedCalls() == []


def test_what_is_put_while_flushing_comes_in_the_next_turn() -> None:
    """A write that causes another one does not make the turn endless."""
    owed = Owed()
    owed.outbox.put(b"one")

    def again() -> None:
        if len(owed.pipe.writes) < 3:
            owed.outbox.put(b"more")

    owed.pipe.then = again
    owed.clock.advance(0)
    owed.clock.advance(0)
    owed.clock.advance(0)
    assert owed.pipe.writes == [b"one", b"more", b"more"]
    assert owed.clock.getDelayedCalls() == []


class Socket:
    """A socket that takes so many bytes at a time, or breaks."""

    def __init__(self, takes: int | None) -> None:
        self.takes = takes
        self.got: list[bytes] = []

    def setblocking(self, on: bool) -> None: ...
    def fileno(self) -> int:
        return 99

    def send(self, data: bytes) -> int:
        if self.takes is None:
            raise BlockingIOError
        self.got.append(data[: self.takes])
        return len(self.got[-1])


class Reactor(Clock):
    """What a connection asks of one."""

    def __init__(self) -> None:
        super().__init__()
        self.writers: list[object] = []

    def addWriter(self, writer: object) -> None:
        self.writers.append(writer)


@pytest.mark.parametrize(
    ("takes", "at_once", "waiting"),
    [(100, [b"one two"], []), (3, [b"one"], [b" two"]), (0, [b""], [b"one two"]), (None, [], [b"one two"])],
)
def test_the_socket_is_given_what_it_takes_and_the_transport_the_rest(
    takes: int | None, at_once: list[bytes], waiting: list[bytes]
) -> None:
    """Nothing is lost between the two, and nothing overtakes what the transport holds already."""
    reactor, there = Reactor(), Socket(takes)
    transport = cast(Any, Connection)(there, Protocol(), reactor)
    transport.connected = True
    outbox = Outbox(transport, Flusher(reactor), reactor, 100, lambda: None, lambda: None)
    outbox.put(b"one two")
    reactor.advance(0)
    assert (there.got, transport._tempDataBuffer) == (at_once, waiting)
    assert reactor.writers == [transport] * bool(waiting)
    outbox.put(b" three")
    reactor.advance(0)
    if waiting:
        assert (there.got, transport._tempDataBuffer) == (at_once, [*waiting, b" three"])
    else:
        assert there.got == [b"one two", b" three"]


def test_the_socket_is_given_again_what_comes_when_the_transport_has_nothing_left() -> None:
    """Only after all that it had is written."""
    reactor, there = Reactor(), Socket(3)
    transport = cast(Any, Connection)(there, Protocol(), reactor)
    transport.connected = True
    outbox = Outbox(transport, Flusher(reactor), reactor, 100, lambda: None, lambda: None)
    outbox.put(b"one two")
    reactor.advance(0)
    there.takes = 100
    transport._tempDataBuffer.clear()  # as doWrite does, when all of it is written
    outbox.put(b"three")
    reactor.advance(0)
    assert (there.got, transport._tempDataBuffer) == ([b"one", b"three"], [])


def test_a_connection_that_is_gone_is_given_nothing() -> None:
    """Its socket is closed, and its transport drops what it is given."""
    reactor = Reactor()
    here, there = socket.socketpair()
    transport = cast(Any, Connection)(here, Protocol(), reactor)
    outbox = Outbox(transport, Flusher(reactor), reactor, 100, lambda: None, lambda: None)
    here.close()
    there.close()
    outbox.put(b"to nobody")
    reactor.advance(0)
    assert (transport._tempDataBuffer, reactor.writers, outbox.size) == ([], [], 0)
