"""Nobody makes accounts by the thousand, and the count of who did never grows without end."""

import pytest

from chatd.auth.throttle import Registrations
from chatd.core.errors import TooMany
from chatd.core.limits import Limits

LIMITS = Limits(registrations_per_address=3, registrations=5, table_entries=10)


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
