"""A stolen database helps nobody, other programs can read what they can, and logins never pile up."""

import base64
import hashlib
import hmac
import os
import sys
import threading
from functools import partial
from typing import Any

import bcrypt
import pytest
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, gatherResults
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from chatd.auth.hashes import LONG, NICE, PLAIN, WRAPPED, Hashes, HashThreads, Stored, cost_of, decoy, matches, store
from chatd.core.errors import Busy
from chatd.core.settings.limits import Limits
from chatd.testing import CHEAPEST
from tests.auth.doubles import Threads, done, failure_of, hashes_with

real: Any = reactor


# How a password is stored


@pytest.mark.parametrize("password", ["correct horse", "x" * 72, "\u00e4" * 36, "\U0001f600" * 18])
def test_up_to_72_bytes_it_is_plain_bcrypt(password: str) -> None:
    """htpasswd and everything else that knows bcrypt can check it."""
    stored = store(password, CHEAPEST)
    assert stored.scheme == PLAIN == "bcrypt"
    assert stored.hash.startswith("$2b$04$")
    assert bcrypt.checkpw(password.encode(), stored.hash.encode())
    assert matches(password, stored)
    assert not matches(password[:-1] + "?", stored)


@pytest.mark.parametrize("password", ["x" * 73, "\u00e4" * 37, "x" * 71 + "\u00e4", "word " * 200])
def test_over_72_bytes_nothing_is_cut(password: str) -> None:
    """A long passphrase counts to its last byte, by the documented formula."""
    stored = store(password, CHEAPEST)
    assert stored.scheme == LONG == "bcrypt:hmac-sha256"
    salt = stored.hash.split("$")[3][:22]
    digest = hmac.digest(salt.encode(), password.encode(), "sha256")
    assert bcrypt.checkpw(base64.b64encode(digest), stored.hash.encode())
    assert matches(password, stored)
    assert not matches(password + "x", stored)
    assert not matches(password[:-1], stored)


def test_the_73rd_byte_counts() -> None:
    """Two passphrases that differ in the 73rd byte only are two."""
    stored = store("x" * 72 + "a", CHEAPEST)
    assert matches("x" * 72 + "a", stored)
    assert not matches("x" * 72 + "b", stored)
    assert not matches("x" * 72, stored)
    assert not matches("x" * 73, store("x" * 72, CHEAPEST))


def test_what_is_stored_is_no_password_itself() -> None:
    """What bcrypt was given for a long passphrase does not open the account as a short one."""
    stored = store("x" * 80, CHEAPEST)
    salt = stored.hash[7:29]
    inner = base64.b64encode(hmac.digest(salt.encode(), b"x" * 80, "sha256")).decode()
    assert not matches(inner, stored)


def test_equal_passwords_have_different_hashes() -> None:
    """Nobody can see in a stolen table who has the same password as whom."""
    assert store("same", CHEAPEST).hash != store("same", CHEAPEST).hash


def test_imported_tables() -> None:
    """A table of SHA-256 sums is wrapped in bcrypt, and its people log in with the passwords that they had."""
    digest = hashlib.sha256(b"correct horse").hexdigest()
    wrapped = Stored(WRAPPED, bcrypt.hashpw(digest.encode(), bcrypt.gensalt(CHEAPEST)).decode())
    assert matches("correct horse", wrapped)
    assert not matches("correct horsf", wrapped)
    assert not matches(digest, wrapped), "the sum itself opens nothing"
    long = hashlib.sha256(b"x" * 100).hexdigest()
    assert matches("x" * 100, Stored(WRAPPED, bcrypt.hashpw(long.encode(), bcrypt.gensalt(CHEAPEST)).decode()))


@pytest.mark.parametrize(
    "hash",
    [
        "", "x", "$2b$", "$2b$04$", "$2b$04$short", "$2b$99$" + "a" * 53, "$2b$xx$" + "a" * 53, "$1$salt$hash",
        "$2b$04$" + "\u00e9" * 53, "*" * 60, "$2b$04$" + "!" * 53,
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", [PLAIN, LONG, WRAPPED])
def test_a_damaged_hash_matches_nothing(hash: str, scheme: str) -> None:
    """An account whose row was damaged cannot be entered, and that is no fault for whoever tries."""
    for password in ("correct horse", "x" * 100, "!", "*"):
        assert not matches(password, Stored(scheme, hash))


def test_which_hashes_are_dated() -> None:
    """Cheaper ones, and imported ones however dear; not those that cost more than now is asked."""
    hashes = hashes_with(Threads(), cost=5)
    assert hashes.is_dated(Stored(PLAIN, "$2b$04$" + "a" * 53))
    assert not hashes.is_dated(Stored(PLAIN, "$2b$05$" + "a" * 53))
    assert not hashes.is_dated(Stored(LONG, "$2b$06$" + "a" * 53))
    assert hashes.is_dated(Stored(WRAPPED, "$2b$06$" + "a" * 53))
    hashes.cost = 6
    assert hashes.is_dated(Stored(PLAIN, "$2b$05$" + "a" * 53)), "a reload may raise the cost"


@pytest.mark.parametrize(("hash", "cost"), [("$2b$12$abc", 12), ("$2y$05$", 5), ("", 0), ("x", 0), ("$2b$x$", 0)])
def test_cost_of(hash: str, cost: int) -> None:
    """The cost stands in the hash; what is no hash cost nothing."""
    assert cost_of(hash) == cost


# Who is nobody costs as much


def test_a_decoy_is_a_hash_of_the_same_cost() -> None:
    """bcrypt takes it for a hash, and works as long on it."""
    for cost in (4, 5, 12):
        assert cost_of(decoy(cost).hash) == cost
        assert len(decoy(cost).hash) == 60
    bcrypt.checkpw(b"x", decoy(CHEAPEST).hash.encode())  # it raises no ValueError
    assert decoy(CHEAPEST) is decoy(CHEAPEST), "making one would take longer than looking up a real one"


@pytest.mark.parametrize("password", ["correct horse", "x" * 100])
@pytest.mark.parametrize("stored", [None, store("something else", CHEAPEST), store("y" * 80, CHEAPEST)])
def test_one_hash_each(password: str, stored: Stored | None) -> None:
    """Whether there is an account or not: one hash of the same cost is worked on, and the answer is no."""
    threads = Threads()
    assert done(hashes_with(threads).check(password, stored, "192.0.2.1")) is False
    ((work, said, against),) = threads.works
    assert (work, said, cost_of(against.hash)) == (matches, password, CHEAPEST)


def test_nothing_matches_nothing() -> None:
    """Not even whoever could guess the decoy comes in where nothing is stored."""
    hashes = Hashes(lambda work, *args: _succeeded(), CHEAPEST, Limits, lambda: 0.0)
    assert done(hashes.check("x", None, "192.0.2.1")) is False
    assert done(hashes.check("x", Stored(PLAIN, "whatever"), "192.0.2.1")) is True


def _succeeded() -> Deferred[Any]:
    answer: Deferred[Any] = Deferred()
    answer.callback(True)
    return answer


# How much may wait


def test_one_address_waits_for_two_at_most() -> None:
    """Whoever guesses from one address does not keep the others waiting."""
    threads = Threads()
    hashes = hashes_with(threads)
    threads.waiting = []
    first = [Deferred.fromCoroutine(hashes.make("x", "192.0.2.1")) for _ in range(2)]
    refused = failure_of(Deferred.fromCoroutine(hashes.check("x", None, "192.0.2.1")))
    assert isinstance(refused, Busy)
    assert refused.rule == "logins being checked"
    other = Deferred.fromCoroutine(hashes.make("x", "192.0.2.2"))
    threads.let_go(1)
    third = Deferred.fromCoroutine(hashes.make("x", "192.0.2.1"))
    threads.let_go()
    assert all(each.called for each in (*first, other, third))
    assert len(threads.works) == 4


def test_the_queue_is_bounded_by_time() -> None:
    """Where a hash takes 0.5 s and two threads work, twenty are five seconds: beyond it the answer is C{busy}."""
    threads = Threads()
    hashes = hashes_with(threads)
    threads.waiting = []
    taken = [Deferred.fromCoroutine(hashes.make("x", f"192.0.2.{number}")) for number in range(20)]
    assert isinstance(failure_of(Deferred.fromCoroutine(hashes.make("x", "198.51.100.1"))), Busy)
    threads.let_go(1)
    taken.append(Deferred.fromCoroutine(hashes.make("x", "198.51.100.1")))
    threads.let_go()
    assert all(each.called for each in taken)


def test_the_bound_follows_what_a_hash_takes() -> None:
    """On a slower machine fewer may wait; but as many as there are threads always may."""
    times = iter(range(0, 10_000, 8))  # each look at the clock is 8 s later
    threads = Threads()
    hashes = hashes_with(threads, clock=lambda: float(next(times)))
    for _ in range(40):
        done(hashes.make("x", "192.0.2.1"))
    threads.waiting = []
    for number in range(2):
        Deferred.fromCoroutine(hashes.make("x", f"192.0.2.{number}"))
    assert isinstance(failure_of(Deferred.fromCoroutine(hashes.make("x", "198.51.100.1"))), Busy)
    threads.let_go()


def test_who_leaves_does_not_make_room() -> None:
    """To send a login and hang up, again and again, fills no queue: the thread still has the work before it."""
    threads = Threads()
    hashes = hashes_with(threads)
    threads.waiting = []
    for _ in range(2):
        leaving = Deferred.fromCoroutine(hashes.make("x", "192.0.2.1"))
        leaving.cancel()
        assert isinstance(failure_of(leaving), CancelledError)
    assert isinstance(failure_of(Deferred.fromCoroutine(hashes.make("x", "192.0.2.1"))), Busy)
    assert len(threads.waiting) == 2
    threads.let_go()
    threads.waiting = None
    assert done(hashes.make("x", "192.0.2.1")).scheme == PLAIN


def test_a_fault_in_a_thread_is_counted_down_too() -> None:
    """What went wrong waits no more."""
    hashes = hashes_with(Threads(), Limits(hashes_per_address=1))
    for _ in range(3):
        with pytest.raises(AttributeError):
            done(hashes.check("x", Stored(PLAIN, 7), "192.0.2.1"))  # type: ignore[arg-type]
    assert done(hashes.make("x", "192.0.2.1")).scheme == PLAIN


# The two lanes


def waiting_bench(limits: Limits | None = None) -> tuple[Threads, Hashes]:
    """Threads that do nothing until they are told to."""
    threads = Threads()
    threads.waiting = []
    return threads, hashes_with(threads, limits)


def check(hashes: Hashes, address: str, known: bool = False) -> Deferred[bool]:
    """Somebody who is to be judged."""
    return Deferred.fromCoroutine(hashes.check("x", None, address, known))


def test_the_threads_are_given_no_more_than_they_can_begin() -> None:
    """What waits waits here, where it can still be overtaken."""
    threads, hashes = waiting_bench()
    for number in range(10):
        check(hashes, f"192.0.2.{number}")
    assert len(threads.waiting or ()) == 2
    threads.let_go(1)
    assert len(threads.waiting or ()) == 2
    threads.let_go()
    assert len(threads.works) == 10


def test_who_is_known_goes_before_strangers() -> None:
    """Behind what has begun, and before all that has not."""
    threads, hashes = waiting_bench()
    strangers = [check(hashes, f"192.0.2.{number}") for number in range(10)]
    known = check(hashes, "198.51.100.1", known=True)
    threads.let_go(2)
    assert [each.called for each in (known, *strangers[:3])] == [False, True, True, False]
    threads.let_go(1)
    assert [each.called for each in (known, *strangers[:3])] == [True, True, True, False]


def test_a_storm_of_strangers_does_not_fill_the_queue_of_the_known() -> None:
    """Where a stranger is told C{busy}, whoever is known waits for a moment."""
    threads, hashes = waiting_bench()
    for number in range(20):
        check(hashes, f"192.0.2.{number}")
    assert isinstance(failure_of(check(hashes, "198.51.100.1")), Busy)
    known = [check(hashes, f"198.51.100.{number}", known=True) for number in range(18)]
    assert isinstance(failure_of(check(hashes, "203.0.113.1", known=True)), Busy), "it has a bound of its own"
    threads.let_go()
    assert all(each.called for each in known)


def test_the_known_do_not_keep_strangers_out() -> None:
    """Whoever logs in again and again, with an account of his own, leaves every fourth turn to the others."""
    threads, hashes = waiting_bench(Limits(hash_threads=1, hash_queue_seconds=60))
    stranger = [check(hashes, f"192.0.2.{number}") for number in range(3)]
    known = [check(hashes, f"198.51.100.{number}", known=True) for number in range(9)]
    order = []
    while not all(each.called for each in (*stranger, *known)):
        before = [each.called for each in (*stranger, *known)]
        threads.let_go(1)
        after = [each.called for each in (*stranger, *known)]
        order.append(next(n for n, (was, now) in enumerate(zip(before, after, strict=True)) if was != now))
    assert "".join("s" if number < 3 else "k" for number in order) == "skkkskkkskkk"


def test_each_lane_counts_its_own() -> None:
    """Somebody who guesses from behind the same router does not take the owner's place in the queue."""
    threads, hashes = waiting_bench()
    for _ in range(2):
        check(hashes, "192.0.2.1")
    assert isinstance(failure_of(check(hashes, "192.0.2.1")), Busy)
    mine = [check(hashes, "192.0.2.1", known=True) for _ in range(2)]
    assert isinstance(failure_of(check(hashes, "192.0.2.1", known=True)), Busy)
    threads.let_go()
    assert all(each.called for each in mine)


def test_who_leaves_before_it_has_begun() -> None:
    """What nobody waits for is not begun, and makes room at once."""
    threads, hashes = waiting_bench()
    for number in range(2):
        check(hashes, f"192.0.2.{number}")
    for _ in range(5):
        leaving = [check(hashes, "198.51.100.1") for _ in range(2)]
        for each in leaving:
            each.cancel()
            assert isinstance(failure_of(each), CancelledError)
    threads.let_go()
    assert len(threads.works) == 2


# Rooms' keys


def test_a_key_is_always_hashed_in_one_way() -> None:
    """There is no room for a scheme beside it."""
    hashes = hashes_with(Threads())
    for key in ("tea", "x" * 500):
        stored = done(hashes.make(key, "192.0.2.1", scheme=LONG))
        assert stored.scheme == LONG
        assert done(hashes.check(key, stored, "192.0.2.1", scheme=LONG))
        assert not done(hashes.check(key + "x", stored, "192.0.2.1", scheme=LONG))
    assert not done(hashes.check("tea", None, "192.0.2.1", scheme=LONG))


# For real


async def test_in_real_threads() -> None:
    """The reactor's own thread never hashes, and at most two others do, when nobody else has anything to do."""
    pool = HashThreads(2)
    pool.start()
    before = os.getpriority(os.PRIO_PROCESS, 0)
    seen: set[int] = set()
    nice: set[int] = set()

    def in_threads(work: Any, *args: Any) -> Deferred[Any]:
        def noted() -> Any:
            seen.add(threading.get_ident())
            nice.add(os.getpriority(os.PRIO_PROCESS, 0))
            return work(*args)

        return deferToThreadPool(real, pool, noted)

    try:
        hashes = Hashes(in_threads, CHEAPEST, Limits, real.seconds)
        stored = await hashes.make("correct horse", "192.0.2.1")
        checks = [
            Deferred.fromCoroutine(hashes.check(word, stored, f"192.0.2.{number}"))
            for number, word in enumerate(["correct horse", "wrong horse"] * 5)
        ]
        assert await gatherResults(checks) == [True, False] * 5
    finally:
        pool.stop()
    assert threading.get_ident() not in seen
    assert 1 <= len(seen) <= 2
    if sys.platform == "linux":
        assert nice == {min(19, before + NICE)}
        assert os.getpriority(os.PRIO_PROCESS, 0) == before


async def test_who_leaves_while_a_real_thread_hashes() -> None:
    """Nothing is lost and nothing is logged."""
    pool = ThreadPool(0, 1, "bcrypt")
    pool.start()
    try:
        hashes = Hashes(partial(deferToThreadPool, real, pool), 6, Limits, real.seconds)
        leaving = Deferred.fromCoroutine(hashes.make("x", "192.0.2.1"))
        leaving.cancel()
        failure_of(leaving)
        assert await hashes.check("x", None, "192.0.2.1") is False
    finally:
        pool.stop()
