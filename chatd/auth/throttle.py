"""
How often one may do what must not be done often: fail to log in, and make accounts. The clock is an argument.

Failures are counted three ways: per address; per name and address; and per name, of all addresses together where the
account has not proved itself lately (the strangers). Whoever is over one of them is refused before anything is hashed.
Nobody is locked out by that: an account that is known at an address is judged there all the same, and so is a token.

What the refusals may say: they depend on what was tried, never on what there is. A name that nobody has is counted as
one that somebody has. Someone known who fails while a stranger would be refused hears what the stranger hears, is made
to wait as long, and is not counted either, so that nobody learns who is known where. That is why these refusals can be
honest (C{too-many}, and until when), which whoever has mistyped a few times needs more than another "wrong".

The same wrong secret again from the same address counts once: a program that tries an old password again and again is
no guesser. What is remembered of a secret is a digest with a key that lives as long as the process.
"""

import hmac
from collections import OrderedDict, deque
from math import ceil
from typing import NamedTuple

from chatd.core.errors import TooMany
from chatd.core.settings.limits import Limits

DIGEST_BYTES = 16
HOUR = 3600.0


class Attempt(NamedTuple):
    """
    Somebody's try to be an account.

    @ivar source: What its address counts as, or C{None} where there is none to count.
    @ivar key: The folded name that was tried; nothing, where a token was, or what no account can be called.
    @ivar mark: What tells this secret from another one, for as long as this process lives.
    @ivar known: Whether the account has proved itself from this address lately.
    """

    source: str | None
    key: str
    mark: bytes
    known: bool


class Limited(NamedTuple):
    """Why no more can be tried now: the rule, in words for people, and for how many seconds."""

    rule: str
    why: str
    seconds: float


class Failure(NamedTuple):
    """A try that failed."""

    at: float
    key: str
    mark: bytes


class Throttle:
    """
    The failures of late.

    Both tables forget the oldest when they are full: a limiter that grows without end would be a way in itself. The
    first holds at most C{table-entries} failures, of whatever addresses; the second as many names.

    @param pepper: Random bytes, for the digests.
    """

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._failures: OrderedDict[str, deque[Failure]] = OrderedDict()
        self._count = 0
        self._strangers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def attempt(self, source: str | None, key: str, secret: str, known: bool) -> Attempt:
        """A try, without its secret."""
        tried = "\0".join((source or "", key, secret)).encode(errors="surrogatepass")
        return Attempt(source, key, hmac.digest(self._pepper, tried, "sha256")[:DIGEST_BYTES], known)

    def limited(self, attempt: Attempt, now: float, limits: Limits) -> Limited | None:
        """Why a stranger could not try that now, or C{None}."""
        mine = self._recent(attempt.source, now, limits)
        window, of_name = limits.failures_window, [each for each in mine if each.key == attempt.key]
        if len(mine) >= limits.failures_per_address:
            left = mine[len(mine) - limits.failures_per_address].at + window - now
            return Limited("failed logins per address", "Too many logins from your address have failed.", left)
        if len(of_name) >= limits.failures_per_name:
            left = of_name[len(of_name) - limits.failures_per_name].at + window - now
            return Limited("failed logins per name", "Too many logins with that name have failed.", left)
        tokens = self._left_for_strangers(attempt.key, now, limits)
        if tokens < 1:
            left = (1 - tokens) * HOUR / limits.failures_of_strangers_per_hour
            return Limited("failed logins of strangers", "Too many logins with that name have failed.", left)
        return None

    def fail(self, attempt: Attempt, now: float, limits: Limits) -> None:
        """Count a failure, unless it is the same one again."""
        source, key, mark, known = attempt
        if any(each.mark == mark for each in self._recent(source, now, limits)):
            return
        if source is not None:
            self._failures.setdefault(source, deque()).append(Failure(now, key, mark))
            self._failures.move_to_end(source)
            self._count += 1
            while self._count > limits.table_entries:
                self._count -= len(self._failures.popitem(last=False)[1])
        if key and not known:
            self._strangers[key] = self._left_for_strangers(key, now, limits) - 1, now
            self._strangers.move_to_end(key)
            if len(self._strangers) > limits.table_entries:
                self._strangers.popitem(last=False)

    def succeed(self, attempt: Attempt) -> None:
        """It was the account's owner who failed before from this address, and nobody who guesses."""
        mine = self._failures.pop(attempt.source or "", None)
        if mine is None:
            return
        self._count -= len(mine)
        others = deque(each for each in mine if each.key != attempt.key)
        if others and attempt.source is not None:
            self._failures[attempt.source] = others
            self._count += len(others)

    def delay(self, source: str | None, now: float, limits: Limits) -> float:
        """For how many seconds a refusal is kept back: 1, 2, 4 ... with each failure of the address."""
        failures = max(1, len(self._recent(source, now, limits)))
        return float(min(limits.failure_delay * 2 ** min(failures - 1, 30), limits.failure_delay_most))

    def _recent(self, source: str | None, now: float, limits: Limits) -> deque[Failure]:
        mine = self._failures.get(source) if source is not None else None
        if mine is None:
            return deque()
        while mine and mine[0].at <= now - limits.failures_window:
            mine.popleft()
            self._count -= 1
        if not mine and source is not None:
            del self._failures[source]
        return mine

    def _left_for_strangers(self, key: str, now: float, limits: Limits) -> float:
        """How many more times strangers may fail with a name: a bucket that fills again slowly."""
        most = float(limits.failures_of_strangers)
        left, since = self._strangers.get(key, (most, now))
        return min(most, left + (now - since) * limits.failures_of_strangers_per_hour / HOUR)


def in_words(seconds: float) -> str:
    """A wait, for people."""
    minutes = ceil(seconds / 60)
    return f"Try again in {minutes} minutes." if minutes > 1 else "Try again in a minute."


class Registrations:
    """
    Counts new accounts, per address and in all.

    A table of addresses that could grow without end would be a way to fill the memory, so the oldest goes.
    """

    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, source: str | None, now: float, limits: Limits) -> None:
        """
        Count one.

        @param source: The address, or C{None} for one that is not counted by itself.
        @raise TooMany: if there were as many as may be.
        """
        _forget(self._all, now - limits.registrations_window)
        if len(self._all) >= limits.registrations:
            raise TooMany("Many people register just now. Try again in ten minutes.", rule="registrations in all")
        if source is not None:
            mine = self._by_address.setdefault(source, deque())
            self._by_address.move_to_end(source)
            if len(self._by_address) > limits.table_entries:
                self._by_address.popitem(last=False)
            _forget(mine, now - limits.registrations_per_address_window)
            if len(mine) >= limits.registrations_per_address:
                why = "Your address has registered enough names for now. Try again in an hour."
                raise TooMany(why, rule="registrations per address")
            mine.append(now)
        self._all.append(now)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] < before:
        times.popleft()
