"""A line looks the same wherever it is drawn."""

from datetime import UTC, date
from zoneinfo import ZoneInfo

from chatd.client.model.picture.line import Line
from chatd.client.model.picture.shown import clock, colour_number, day_of, in_words, text_of

NOON = 1_700_049_600_000  # 15 November 2023, 12:00 UTC


def test_what_was_said_as_it_stands_now() -> None:
    """Corrected, taken back by whoever said it, or by another."""
    assert text_of(Line("text", "hi", NOON, "bob")) == "hi"
    assert text_of(Line("text", "hi", NOON, "bob", edited=True)) == "hi (edited)"
    assert text_of(Line("text", "", NOON, "bob", deleted_by="bob")) == "(deleted)"
    assert text_of(Line("text", "", NOON, "bob", deleted_by="carol")) == "(deleted by carol)"


def test_days_and_times_are_the_readers() -> None:
    """It is the next day already, further east."""
    auckland = ZoneInfo("Pacific/Auckland")
    assert (clock(NOON, UTC), clock(NOON, auckland)) == ("12:00", "01:00")
    assert (day_of(NOON, UTC), day_of(NOON, auckland)) == (date(2023, 11, 15), date(2023, 11, 16))
    assert in_words(date(2023, 11, 5)) == "Sunday 5 November 2023"


def test_a_name_has_its_colour() -> None:
    """In whatever case it is written, and whatever a server calls somebody."""
    assert colour_number("Bob", 12) == colour_number("bob", 12)
    assert {colour_number(f"name{each}", 12) for each in range(500)} == set(range(12))
    assert colour_number("\ud800", 12) in range(12)
