"""
bcrypt, in a thread pool of its own, and with a bound on how much waits for it.

A hash takes a good part of a second by design. bcrypt lets go of the interpreter's lock, so a few threads are
enough to keep the reactor smooth; and the queue is bounded by time, because a login that is answered after a
minute is one that nobody waits for any more.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

import bcrypt
from twisted.internet.defer import Deferred

from chatd.core.errors import Busy
from chatd.core.limits import Limits

T = TypeVar("T")

PLAIN, LONG, WRAPPED = "bcrypt", "bcrypt:hmac-sha256", "bcrypt:sha256hex"
BCRYPT_BYTES = 72
FIRST_GUESS = 0.5
_SALT_FROM, _SALT_TO = 7, 29
_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Stored(NamedTuple):
    """A password as it is stored: how it was made, and bcrypt's own text."""

    scheme: str
    hash: str


class InThreads(Protocol):
    """Runs a function in one of the pool's threads."""

    def __call__(self, work: Callable[..., T], /, *args: Any) -> Deferred[T]: ...


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
        self._waiting: dict[str, int] = {}
        self._seconds = FIRST_GUESS

    async def make(self, password: str, address: str) -> Stored:
        """
        Hash a password that is to be stored.

        @raise Busy: if too much waits already.
        """
        return await self._in_turn(address, store, password, self.cost)

    async def check(self, password: str, stored: Stored | None, address: str) -> bool:
        """
        Whether a password is the stored one. With nothing stored, the same work is done for nothing.

        @raise Busy: if too much waits already.
        """
        is_right = await self._in_turn(address, matches, password, stored or decoy(self.cost))
        return is_right and stored is not None

    def is_dated(self, stored: Stored) -> bool:
        """Whether a hash was made in a way in which none would be made now."""
        return stored.scheme == WRAPPED or cost_of(stored.hash) < self.cost

    async def _in_turn(self, address: str, work: Callable[..., T], *args: object) -> T:
        limits = self._limits()
        queued = sum(self._waiting.values())
        expected = (queued + 1) / limits.hash_threads * self._seconds
        counted = self._count_of(address)
        address = counted or ""
        if (counted and self._waiting.get(counted, 0) >= limits.hashes_per_address) or (
            queued >= limits.hash_threads and expected > limits.hash_queue_seconds
        ):
            raise Busy("Too many logins at once. Try again in a few seconds.", rule="logins being checked")
        self._waiting[address] = self._waiting.get(address, 0) + 1
        # A peer that leaves cancels what it waits for, but not the thread: the work counts until that is done.
        done: Deferred[T] = Deferred()
        running: Deferred[T] = self._in_threads(self._timed, work, *args)
        running.addBoth(self._done, address)
        running.addCallbacks(done.callback, done.errback)
        return await done

    def _timed(self, work: Callable[..., T], *args: object) -> T:
        begun = self._clock()
        try:
            return work(*args)
        finally:
            # A running mean. Threads may overwrite each other's share of it, which does not matter.
            self._seconds += (self._clock() - begun - self._seconds) / 8

    def _done(self, result: T, address: str) -> T:
        left = self._waiting[address] - 1
        if left:
            self._waiting[address] = left
        else:
            del self._waiting[address]
        return result


def store(password: str, cost: int) -> Stored:
    """
    Hash a password (slow). Up to 72 bytes it is plain bcrypt, which other programs can check too; bcrypt reads no
    more, so a longer one is made short first.
    """
    salt = bcrypt.gensalt(cost)
    scheme = PLAIN if len(password.encode()) <= BCRYPT_BYTES else LONG
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


def decoy(cost: int) -> Stored:
    """A hash of nothing: checking against it takes as long as against a real one."""
    return Stored(PLAIN, f"$2b${cost:02d}$" + "".join(secrets.choice(_ALPHABET) for _ in range(21)) + "." + "." * 31)


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
