"""
bcrypt, in a thread pool of its own, and with a bound on how much waits for it.

A hash takes a good part of a second by design. bcrypt lets go of the interpreter's lock, so a few threads are
enough to keep the reactor smooth; and the queue is bounded by time, because a login that is answered after a
minute is one that nobody waits for any more.

There are two lanes. Who is known (an account at an address where it has proved itself lately, or a session that is
somebody already) goes before strangers, and does not find the queue full of them: so a storm of guesses keeps nobody
out who was here before. Every fourth turn is the strangers' all the same, or whoever has an account could keep them
out for ever.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import sys
from collections import Counter, deque
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Thread
from typing import Any, NamedTuple, Protocol, TypeVar

import bcrypt
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.threadpool import ThreadPool

from chatd.core.errors import Busy
from chatd.core.settings.limits import Limits

T = TypeVar("T")

PLAIN, LONG, WRAPPED = "bcrypt", "bcrypt:hmac-sha256", "bcrypt:sha256hex"
BCRYPT_BYTES = 72
FIRST_GUESS = 0.5
KNOWN_IN_A_ROW = 3
NICE = 10
_SALT_FROM, _SALT_TO = 7, 29
_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Stored(NamedTuple):
    """A password as it is stored: how it was made, and bcrypt's own text."""

    scheme: str
    hash: str


class InThreads(Protocol):
    """Runs a function in one of the pool's threads."""

    def __call__(self, work: Callable[..., T], /, *args: Any) -> Deferred[T]: ...


class ModestThread(Thread):
    """A thread that works while nobody else has anything to do: hashes must not make those wait who only talk."""

    def run(self) -> None:
        """Work."""
        if sys.platform == "linux":  # where each thread has its own: sched(7), "The nice value"
            with contextlib.suppress(OSError):
                os.nice(NICE)
        super().run()


class HashThreads(ThreadPool):
    """The threads that hash."""

    threadFactory = ModestThread

    def __init__(self, size: int) -> None:
        super().__init__(0, size, "bcrypt")


class Job:
    """
    A hash that waits, or is being made.

    @ivar counted: What its address is counted as, and whether it is of the lane of those who are known.
    """

    __slots__ = ("counted", "done", "work")

    def __init__(self, work: Callable[[], Any], counted: tuple[str | None, bool]) -> None:
        self.work = work
        self.counted = counted
        self.done: Deferred[Any] = Deferred()


class Hashes:
    """
    Makes and checks hashes.

    @ivar cost: bcrypt's cost for new hashes; a reload may change it.
    @param count_of: What an address is counted as, or C{None} for one that is many people.
    """

    def __init__(
        self,
        in_threads: InThreads,
        cost: int,
        limits: Callable[[], Limits],
        clock: Callable[[], float],
        count_of: Callable[[str], str | None] = str,
    ) -> None:
        self._count_of = count_of
        self.cost = cost
        self._in_threads = in_threads
        self._limits = limits
        self._clock = clock
        self._lanes: dict[bool, deque[Job]] = {True: deque(), False: deque()}
        self._counts: Counter[tuple[str | None, bool]] = Counter()
        self._running = 0
        self._in_a_row = 0
        self._seconds = FIRST_GUESS

    async def make(self, password: str, address: str, known: bool = False, scheme: str | None = None) -> Stored:
        """
        Hash a password that is to be stored.

        @param known: Whether it goes before strangers.
        @param scheme: How; as its length asks for, if nothing else is said.
        @raise Busy: if too much waits already.
        """
        made: Stored = await self._in_turn(address, known, partial(store, password, self.cost, scheme))
        return made

    async def check(
        self, password: str, stored: Stored | None, address: str, known: bool = False, scheme: str | None = None
    ) -> bool:
        """
        Whether a password is the stored one. With nothing stored, the same work is done for nothing.

        @raise Busy: if too much waits already.
        """
        against = stored or decoy(self.cost, scheme or PLAIN)
        is_right = await self._in_turn(address, known, partial(matches, password, against))
        return bool(is_right) and stored is not None

    def is_dated(self, stored: Stored) -> bool:
        """Whether a hash was made in a way in which none would be made now."""
        return stored.scheme == WRAPPED or cost_of(stored.hash) < self.cost

    async def _in_turn(self, address: str, known: bool, work: Callable[[], Any]) -> Any:
        counted = (self._count_of(address), known)
        self._require_room(counted)
        job = Job(work, counted)
        self._counts[counted] += 1
        self._lanes[known].append(job)
        self._run_next()
        try:
            return await job.done
        except CancelledError:
            self._forget(job)
            raise

    def _require_room(self, counted: tuple[str | None, bool]) -> None:
        limits = self._limits()
        address, known = counted
        queued = self._running + len(self._lanes[True]) + (0 if known else len(self._lanes[False]))
        expected = (queued + 1) / limits.hash_threads * self._seconds
        if (address and self._counts[counted] >= limits.hashes_per_address) or (
            queued >= limits.hash_threads and expected > limits.hash_queue_seconds
        ):
            raise Busy("Too many logins at once. Try again in a few seconds.", rule="logins being checked")

    def _run_next(self) -> None:
        while self._running < self._limits().hash_threads and any(self._lanes.values()):
            job = self._lanes[self._is_turn_of_known()].popleft()
            self._running += 1
            running: Deferred[Any] = self._in_threads(self._timed, job.work)
            running.addBoth(self._ended, job)
            running.addCallbacks(job.done.callback, job.done.errback)

    def _is_turn_of_known(self) -> bool:
        known, strangers = self._lanes[True], self._lanes[False]
        turn = bool(known) and (not strangers or self._in_a_row < KNOWN_IN_A_ROW)
        self._in_a_row = self._in_a_row + 1 if turn else 0
        return turn

    def _timed(self, work: Callable[[], T]) -> T:
        begun = self._clock()
        try:
            return work()
        finally:
            # A running mean. Threads may overwrite each other's share of it, which does not matter.
            self._seconds += (self._clock() - begun - self._seconds) / 8

    def _ended(self, result: T, job: Job) -> T:
        self._running -= 1
        self._uncount(job)
        self._run_next()
        return result

    def _forget(self, job: Job) -> None:
        """The peer has left. What has not begun never will; what has goes on in its thread, and counts until then."""
        lane = self._lanes[job.counted[1]]
        if job in lane:
            lane.remove(job)
            self._uncount(job)

    def _uncount(self, job: Job) -> None:
        self._counts[job.counted] -= 1
        if not self._counts[job.counted]:
            del self._counts[job.counted]


def store(password: str, cost: int, scheme: str | None = None) -> Stored:
    """
    Hash a password (slow). Up to 72 bytes it is plain bcrypt, which other programs can check too; bcrypt reads no
    more, so a longer one is made short first.
    """
    salt = bcrypt.gensalt(cost)
    scheme = scheme or (PLAIN if len(password.encode()) <= BCRYPT_BYTES else LONG)
    return Stored(scheme, bcrypt.hashpw(_secret(password, scheme, salt.decode()), salt).decode())


def matches(password: str, stored: Stored) -> bool:
    """Whether a password is the stored one (slow). A hash that is none matches nothing."""
    scheme = stored.scheme
    if scheme == PLAIN and len(password.encode()) > BCRYPT_BYTES:
        scheme = LONG  # as much work, and no match
    try:
        return bcrypt.checkpw(_secret(password, scheme, stored.hash), stored.hash.encode()) and scheme == stored.scheme
    except ValueError:
        return False


@lru_cache(maxsize=32)
def decoy(cost: int, scheme: str = PLAIN) -> Stored:
    """
    A hash of nothing: checking against it takes as long as against a real one. It is made once, since making it would
    take time that looking up a real one does not.
    """
    return Stored(scheme, f"$2b${cost:02d}$" + "".join(secrets.choice(_ALPHABET) for _ in range(21)) + "." + "." * 31)


def cost_of(hash: str) -> int:
    """The cost that a hash was made with."""
    parts = hash.split("$")
    return int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() else 0


def _secret(password: str, scheme: str, salted: str) -> bytes:
    if scheme == WRAPPED:
        return hashlib.sha256(password.encode()).hexdigest().encode()
    if scheme == LONG:
        key = salted[_SALT_FROM:_SALT_TO].encode()
        return base64.b64encode(hmac.new(key, password.encode(), hashlib.sha256).digest())
    return password.encode()
