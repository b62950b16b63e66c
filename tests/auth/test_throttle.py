"""Nobody guesses passwords or makes accounts by the thousand, and the count of who did never grows without end."""

import pytest

from chatd.auth.throttle import Attempt, Registrations, Throttle, in_words
from chatd.core.errors import TooMany
from chatd.core.settings.limits import Limits

LIMITS = Limits(registrations_per_address=3, registrations=5, table_entries=10)

PEPPER = b"pepper"

ADDRESS, NAME, STRANGERS = "failed logins per address", "failed logins per name", "failed logins of strangers"


# Failed logins


class Bench:
    """A throttle, its clock, and guesses that are all different."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.throttle = Throttle(PEPPER)
        self.now = 1000.0
        self.guesses = 0

    def attempt(self, source: str | None, key: str, secret: str | None = None, known: bool = False) -> Attempt:
        self.guesses += 1
        return self.throttle.attempt(source, key, secret or f"guess {self.guesses}", known)

    def rule(self, source: str | None, key: str = "alice", known: bool = False) -> str | None:
        """By which rule another guess is refused, if it is."""
        limited = self.throttle.limited(self.attempt(source, key, known=known), self.now, self.limits)
        return None if limited is None else limited.rule

    def wait(self, source: str | None, key: str = "alice") -> float:
        """How long it takes until another guess is judged."""
        limited = self.throttle.limited(self.attempt(source, key), self.now, self.limits)
        return 0.0 if limited is None else limited.seconds

    def fail(
        self, source: str | None, key: str = "alice", times: int = 1, secret: str | None = None, known: bool = False
    ) -> None:
        for _ in range(times):
            self.throttle.fail(self.attempt(source, key, secret, known), self.now, self.limits)

    def delay(self, source: str | None) -> float:
        return self.throttle.delay(source, self.now, self.limits)


def test_twenty_failures_of_an_address() -> None:
    """With whatever names; then it is refused, until ten minutes after the first; others do not notice."""
    bench = Bench()
    for number in range(20):
        assert bench.rule("a", f"name{number}") is None
        bench.fail("a", f"name{number}")
        bench.now += 1
    assert bench.rule("a", "somebody else") == ADDRESS
    assert bench.rule("b", "somebody else") is None
    assert bench.wait("a", "somebody else") == 580
    bench.now += 579
    assert bench.rule("a", "somebody else") == ADDRESS
    bench.now += 1
    assert bench.rule("a", "somebody else") is None
    bench.fail("a", "somebody else")
    assert bench.wait("a", "somebody else") == 1


def test_five_failures_with_one_name() -> None:
    """From one address; with another name or from elsewhere, it goes on."""
    bench = Bench()
    bench.fail("a", times=4)
    assert bench.rule("a") is None
    bench.now += 60
    bench.fail("a")
    assert (bench.rule("a"), bench.wait("a")) == (NAME, 540)
    assert bench.rule("a", "bob") is None
    assert bench.rule("b") is None
    bench.now += 540
    assert bench.rule("a") is None


def test_a_name_that_nobody_has_is_counted_as_any_other() -> None:
    """What the throttle says depends on what was tried alone: it is never told who exists."""
    bench = Bench()
    bench.fail("a", "nobody-here", 5)
    assert bench.rule("a", "nobody-here") == NAME


def test_the_same_failure_again() -> None:
    """A program with an old password fails once, however often it tries, with each address and name."""
    bench = Bench()
    bench.fail("a", times=500, secret="the old one")
    assert bench.rule("a") is None
    assert bench.delay("a") == 1
    bench.fail("a", times=4)
    assert bench.rule("a") == NAME
    for source, key in (("a", "bob"), ("b", "alice")):
        bench.fail(source, key, times=3, secret="the old one")
    assert bench.delay("a") == 15
    assert bench.delay("b") == 1
    bench.now += 600
    bench.fail("a", secret="the old one")
    assert bench.delay("a") == 1


def test_the_strangers() -> None:
    """With one name, all addresses together: a hundred at once, and then one a minute."""
    bench = Bench()
    for number in range(100):
        assert bench.rule("somewhere") is None
        bench.fail(f"a{number}")
    assert (bench.rule("somewhere"), bench.rule(None)) == (STRANGERS, STRANGERS)
    assert bench.wait("somewhere") == pytest.approx(60)
    assert bench.rule("somewhere", "bob") is None
    bench.now += 59
    assert bench.rule("somewhere") == STRANGERS
    bench.now += 1.001
    assert bench.rule("somewhere") is None
    bench.fail("another")
    assert bench.rule("somewhere") == STRANGERS
    bench.now += 7200
    for number in range(100):
        assert bench.rule("somewhere") is None, "the hundred are back, and no more than those"
        bench.fail(f"b{number}")
    assert bench.rule("somewhere") == STRANGERS


def test_who_is_known_is_no_stranger() -> None:
    """An owner who mistypes at home takes nothing from the owner who comes from elsewhere."""
    bench = Bench()
    for number in range(300):
        bench.fail(f"a{number}", known=True)
    assert bench.rule("somewhere") is None


def test_tokens_are_no_names() -> None:
    """Wrong tokens are counted for the address and keep no name's strangers out."""
    bench = Bench()
    for number in range(300):
        bench.fail(f"a{number}", "")
    assert bench.rule("somewhere", "") is None
    bench.fail("a", "", times=5)
    assert bench.rule("a", "") == NAME


def test_a_success_forgives_what_was_mistyped() -> None:
    """Of that name at that address; an attacker's own account does not wash off guesses at another's."""
    bench = Bench()
    bench.fail("a", "alice", 4)
    bench.fail("a", "bob", 4)
    bench.throttle.succeed(bench.attempt("a", "alice"))
    assert bench.delay("a") == 8
    bench.fail("a", "alice", 4)
    assert bench.rule("a", "alice") is None
    bench.throttle.succeed(bench.attempt("a", "alice"))
    bench.throttle.succeed(bench.attempt("a", "bob"))
    bench.throttle.succeed(bench.attempt(None, "bob"))
    assert bench.delay("a") == 1


def test_the_answer_is_kept_back() -> None:
    """1, 2, 4, 8, 15 seconds, and from the beginning again when the failures are old."""
    bench = Bench()
    told = []
    for _ in range(7):
        bench.fail("a")
        told.append(bench.delay("a"))
    assert told == [1, 2, 4, 8, 15, 15, 15]
    assert (bench.delay("b"), bench.delay(None)) == (1, 1), "a refusal that is the first one is kept back too"
    bench.now += 600
    assert bench.delay("a") == 1


def test_without_an_address() -> None:
    """A program that does not say where somebody comes from has the strangers' bound alone."""
    bench = Bench()
    bench.fail(None, times=99)
    assert bench.rule(None) is None
    bench.fail(None)
    assert bench.rule(None) == STRANGERS


def test_the_tables_are_bounded() -> None:
    """The oldest failures go, then the oldest names: the limiter is no way to fill the memory."""
    bench = Bench(Limits(table_entries=10, failures_per_name=2, failures_of_strangers=1))
    for number in range(8):
        bench.fail(f"a{number}", f"name{number}", known=True)
    bench.fail("a0", "name0", known=True)
    bench.fail("a1", "name1", known=True)
    assert [bench.rule(f"a{number}", f"name{number}") for number in range(2)] == [NAME, NAME]
    bench.fail("b", "bob", times=8, known=True)
    assert [bench.rule(f"a{number}", f"name{number}") for number in range(2)] == [None, NAME]
    for number in range(11):
        bench.fail(None, f"name{number}")
    assert [bench.rule(None, f"name{number}") for number in range(11)] == [None] + [STRANGERS] * 10


def test_nothing_is_left_of_old_failures() -> None:
    """Addresses that are looked at again leave no empty place behind."""
    bench = Bench()
    for number in range(50):
        bench.fail(f"a{number}")
    bench.now += 600
    for number in range(50):
        assert bench.rule(f"a{number}", "x") is None
    assert (len(bench.throttle._failures), bench.throttle._count) == (0, 0)


def test_no_secret_is_kept() -> None:
    """What is remembered of a password tells nobody what it was, not even whoever has the database of common ones."""
    mine, yours = Throttle(b"one"), Throttle(b"another")
    attempts = [each.attempt("a", "alice", "correct horse", False) for each in (mine, yours)]
    assert attempts[0].mark != attempts[1].mark
    assert "correct horse" not in repr(attempts)
    assert mine.attempt("a", "alice", "correct horse", True).mark == attempts[0].mark


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "a minute"), (60, "a minute"), (61, "2 minutes"), (599, "10 minutes")]
)
def test_waits_in_words(seconds: float, words: str) -> None:
    """For people, in whole minutes."""
    assert in_words(seconds) == f"Try again in {words}."


# Registrations


def rule(registrations: Registrations, source: str | None, now: float, limits: Limits = LIMITS) -> str | None:
    """Count one: by which rule it was refused, or C{None}."""
    try:
        registrations.count(source, now, limits)
    except TooMany as refused:
        return refused.rule
    return None


def test_three_an_hour_per_address() -> None:
    """The fourth is refused until an hour after the first; other addresses do not notice."""
    registrations = Registrations()
    assert [rule(registrations, "a", at) for at in (0, 10, 20, 30)] == [None, None, None, "registrations per address"]
    assert rule(registrations, "b", 30) is None
    assert rule(registrations, "a", 3600) == "registrations per address"
    assert rule(registrations, "a", 3600.1) is None
    assert rule(registrations, "a", 3605) == "registrations per address"
    assert rule(registrations, "a", 3610.1) is None


def test_so_many_in_all() -> None:
    """Many addresses together are bounded too, within ten minutes, also those that are not counted by themselves."""
    registrations = Registrations()
    for number, source in enumerate(["a", "b", None, "c", None]):
        assert rule(registrations, source, number) is None
    assert [rule(registrations, source, 599) for source in ("z", None)] == ["registrations in all"] * 2
    assert rule(registrations, "z", 600.1) is None
    assert rule(registrations, "y", 600.2) == "registrations in all"


def test_what_was_refused_is_not_counted() -> None:
    """To try again and again does not make it longer, neither for oneself nor for others."""
    registrations = Registrations()
    for _ in range(3):
        registrations.count("a", 0, LIMITS)
    for at in range(100):
        assert rule(registrations, "a", at) == "registrations per address"
    assert [rule(registrations, "b", 100) for _ in range(2)] == [None, None]
    assert rule(registrations, "a", 3600.1) is None


def test_loopback_is_many_people() -> None:
    """What is not counted by address is bounded in all only."""
    registrations = Registrations()
    assert [rule(registrations, None, 0) for _ in range(5)] == [None] * 5


def test_the_table_is_bounded() -> None:
    """Of many addresses, those that have been quiet for longest are forgotten: the rest are still counted."""
    limits = Limits(registrations=10_000, registrations_per_address=1, table_entries=10)
    registrations = Registrations()
    for number in range(20):
        registrations.count(str(number), number, limits)
    assert rule(registrations, "0", 30, limits) is None, "forgotten"
    assert [rule(registrations, str(number), 31, limits) for number in range(11, 20)] == [
        "registrations per address"
    ] * 9


def test_whoever_is_busy_is_not_forgotten() -> None:
    """An address that comes again and again does not slip out at the end of the table."""
    limits = Limits(registrations=10_000, registrations_per_address=1, table_entries=3)
    registrations = Registrations()
    registrations.count("a", 0, limits)
    for number in range(20):
        assert rule(registrations, "a", number, limits) == "registrations per address"
        assert rule(registrations, str(number), number, limits) is None


def test_a_reload_may_tighten_it() -> None:
    """The limits of the moment count."""
    registrations = Registrations()
    registrations.count("a", 0, Limits())
    with pytest.raises(TooMany):
        registrations.count("a", 1, Limits(registrations_per_address=1))
