"""Places, moments and spans as people write them, and lines that a terminal can bear."""

from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from chatd.dialects.text import view
from chatd.dialects.text.view import View
from tests.dialects.text.doubles import DAY, HOUR, NOON

PLAIN = View(UTC)


def test_places() -> None:
    """Rooms with their mark, people by their names, and everywhere in words."""
    assert (view.place("dev"), view.place("@bob")) == ("#dev", "bob")
    assert (view.scope("dev"), view.scope(None)) == ("#dev", "the whole site")


@pytest.mark.parametrize(
    ("at", "words"),
    [(NOON, "today 12:00"), (NOON - DAY, "yesterday 12:00"), (NOON + DAY, "tomorrow 12:00"),
     (NOON - 2 * DAY, "17 December 2025 12:00"), (2**53, "1 January 9999 00:00"), (-(2**80), "1 January 1970 00:00")],
)  # fmt: skip
def test_near_days_are_words(at: int, words: str) -> None:
    """What is near is short, and no number is too large for a calendar, or too small."""
    assert view.day_and_time(at, NOON, PLAIN) == words


def test_moments() -> None:
    """Where one is, and how long something holds."""
    assert view.day_and_time(NOON, None, View(ZoneInfo("Asia/Tokyo"))) == "19 December 2025 21:00"
    assert view.until(NOON, NOON, PLAIN) == "until today 12:00"
    assert view.until(None, NOON, PLAIN) == "for ever"
    assert view.day(NOON, PLAIN) == "19 December 2025"


@pytest.mark.parametrize(
    ("ms", "words"),
    [(0, "0s"), (59_999, "59s"), (20 * 60_000, "20m"), (HOUR, "1h"), (47 * HOUR, "1d"), (9 * DAY, "9d")],
)
def test_spans(ms: int, words: str) -> None:
    """In the largest unit."""
    assert view.span(ms) == words


def test_counts() -> None:
    """One thing, or many."""
    assert view.count(1, "room") == "1 room"
    assert view.count(0, "room") == "0 rooms"
    assert view.count(2, "person", "people") == "2 people"


def test_what_nobody_may_say_is_not_shown() -> None:
    """Text from elsewhere than a peer's line moves no cursor either."""
    assert view.line("--", "caf\u0065\u0301 \U0001f642") == "-- café \U0001f642\r\n".encode()
    assert view.line("--", "a\x1b[2J\r\nb\u202e\ud800") == b"-- a?[2J??b??\r\n"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
def test_every_zone_has_the_ends_of_the_calendar(zone: timezone) -> None:
    """The first day and the last have a day before and a day after them, wherever the reader is."""
    for at in (-(2**80), 2**80):
        assert view.day_and_time(at, at, View(zone)).startswith("today ")


def test_marks_without_end_cost_no_more_than_other_text() -> None:
    """Bringing marks in order takes the square of their number: of a million of them, for days."""
    marks = "a" + "\u0301\u0316" * 500_000
    assert len(view.fit(marks)) > 900_000
