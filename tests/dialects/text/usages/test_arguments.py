"""The words after a command's name."""

from datetime import UTC, timedelta, timezone

import pytest

from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages import arguments
from tests.dialects.text.doubles import scene


@pytest.mark.parametrize(
    ("word", "ms"),
    [("30s", 30_000), ("30m", 1_800_000), ("2H", 7_200_000), ("7d", 604_800_000), ("1w", 604_800_000), ("0m", 0),
     ("999999w", 2**43), ("7", None), ("d", None), ("1y", None), ("-1d", None), ("1000000s", None), ("٣d", None)],
)  # fmt: skip
def test_spans(word: str, ms: int | None) -> None:
    """A number and a unit; more than a lifetime is a lifetime."""
    assert arguments.span(word) == ms


def test_days_begin_where_one_is() -> None:
    """The 24th begins at one's own midnight; what is no day is none, and the past has an end."""
    assert arguments.day("2026-12-24", scene()) == 1_798_070_400_000
    assert arguments.day("2026-12-24", Scene(timezone(timedelta(hours=2)))) == 1_798_070_400_000 - 7_200_000
    assert arguments.day("1601-01-01", Scene(UTC)) == 0
    for word in ("2026-13-01", "2026-02-30", "24.12.2026", "", "99999-01-01"):
        assert arguments.day(word, scene()) is None


@pytest.mark.parametrize(
    ("word", "number"),
    [("1", 1), ("117", 117), ("0", None), ("-1", None), ("1.5", None), ("9" * 16, None), ("²", None)],
)
def test_numbers(word: str, number: int | None) -> None:
    """Whole numbers from 1 on, as long as a seq may be."""
    assert arguments.number(word) == number


@pytest.mark.parametrize(
    ("word", "place"), [("#dev", "dev"), ("bob", "@bob"), ("@bob", "@bob"), ("#", None), ("@", None), ("a b", None)]
)
def test_places(word: str, place: str | None) -> None:
    """A room with its mark, or somebody's name."""
    assert arguments.place_of(word) == place


@pytest.mark.parametrize(
    ("rest", "scope"),
    [("#dev bob x", ("dev", "bob x")), ("SITE bob", (None, "bob")), ("bob x", ("lobby", "bob x")), ("", ("lobby", "")),
     ("# bob", ("lobby", "# bob")), ("@site x", ("lobby", "@site x"))],
)  # fmt: skip
def test_where_an_order_holds(rest: str, scope: tuple[str | None, str]) -> None:
    """In a room that is named, on the whole site, or here."""
    assert arguments.scope(rest, scene()) == scope
