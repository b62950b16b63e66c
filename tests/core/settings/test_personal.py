"""What an account may set for itself, and what it is told where it may not."""

import pytest

from chatd.core.errors import BadArguments
from chatd.core.settings.personal import SETTINGS, complete, with_value


@pytest.mark.parametrize(
    ("name", "value"),
    [("time", "on"), ("time", "off"), ("hold", "on"), ("colour", "on"), ("zone", "Europe/Berlin"), ("zone", ""),
     ("bell", "on"), ("joins", "off"), ("numbers", "on")],
)  # fmt: skip
def test_what_is_allowed_is_set(name: str, value: str) -> None:
    """A setting changes, and the others stay."""
    assert with_value({"time": "off", "hold": "off"}, name, value)[name] == value
    assert with_value({"other": "x"}, name, value)["other"] == "x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time", "yes"), ("time", ""),
        ("bell", "loud"), ("joins", "no"), ("numbers", "1"),
        ("hold", "ON"), ("colour", "red"), ("zone", "Nowhere/Land"),
        ("zone", "../../etc/passwd"), ("zone", "/etc/localtime"), ("zone", "Europe"), ("zone", "a\0b"), ("zone",
        "x" * 128),
        ("zone", "é" * 128),
    ],
)  # fmt: skip
def test_what_is_not_allowed_says_what_is(name: str, value: str) -> None:
    """A bad value is refused with what would be a good one, and no file of the server's is looked at."""
    with pytest.raises(BadArguments, match=SETTINGS[name].allowed):
        with_value({}, name, value)


def test_an_unknown_setting_names_those_that_there_are() -> None:
    """A typing error is answered with the list."""
    with pytest.raises(BadArguments, match="time, zone, hold, colour, bell, joins, numbers"):
        with_value({}, "tiem", "on")


def test_settings_are_not_changed_in_place() -> None:
    """What was read elsewhere a moment ago stays as it was."""
    before = {"time": "off"}
    with_value(before, "time", "on")
    assert before == {"time": "off"}


def test_what_was_never_set_has_its_default_and_what_is_no_more_is_gone() -> None:
    """An account from before a release sees the new settings, and none of the removed ones."""
    assert complete({"time": "on", "smell": "good"}) == {
        "time": "on", "zone": "", "hold": "off", "colour": "off", "bell": "off", "joins": "on", "numbers": "off",
    }  # fmt: skip


def test_the_defaults_are_allowed() -> None:
    """Everyone can go back to how it was."""
    for name, setting in SETTINGS.items():
        assert with_value({}, name, setting.default) == {name: setting.default}
