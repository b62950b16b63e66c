"""What the owner of a room may set, and how it is read and shown again."""

import pytest

from chatd.core.errors import BadArguments, BadText
from chatd.core.settings.rooms import ROOM_SETTINGS, Value, read, shown
from chatd.store.queries.rooms import RoomRow

GOOD: list[tuple[str, str, Value, str]] = [
    ("access", "open", "open", "open"), ("access", "INVITE", "invite", "invite"), ("access", " key ", "key", "key"),
    ("listed", "on", 1, "on"), ("listed", "Off", 0, "off"),
    ("moderated", "on", 1, "on"), ("moderated", "off", 0, "off"),
    ("slow", "10", 10_000, "10s"), ("slow", "10s", 10_000, "10s"), ("slow", "2m", 120_000, "120s"),
    ("slow", "6h", 21_600_000, "21600s"), ("slow", "off", 0, "off"), ("slow", "0s", 0, "off"),
    ("history", "members", "members", "members"), ("history", "since_join", "since_join", "since_join"),
    ("topic", "moderators", "moderators", "moderators"), ("topic", "members", "members", "members"),
    ("limit", "1", 1, "1"), ("limit", "100000", 100_000, "100000"), ("limit", "off", None, "off"),
    ("keep", "30d", 30, "30d"), ("keep", "2w", 14, "14d"), ("keep", "36h", 1, "1d"),
    ("keep", "forever", None, "forever"),
]  # fmt: skip

BAD: list[tuple[str, str]] = [
    ("access", "closed"), ("access", ""), ("listed", "yes"), ("listed", "1"), ("moderated", ""),
    ("slow", "7h"), ("slow", "-1"), ("slow", "1x"), ("slow", "1.5s"), ("slow", "\u0661s"), ("slow", "9999999"),
    ("history", "all"), ("topic", "owners"), ("limit", "0"), ("limit", "100001"), ("limit", "x"),
    ("limit", "\u0663"), ("limit", "9" * 5000), ("keep", "0"), ("keep", "1h"), ("keep", "40000d"), ("keep", "off"),
    ("key", "two words"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "typed", "kept", "again"), GOOD)
def test_what_can_be_set(name: str, typed: str, kept: Value, again: str) -> None:
    """What was typed is kept as the store wants it, and shown so that it can be typed again."""
    assert read(name, typed) == kept
    assert ROOM_SETTINGS[name].shown(kept) == again
    assert read(name, again) == kept


@pytest.mark.parametrize(("name", "typed"), BAD)
def test_what_cannot_be_set(name: str, typed: str) -> None:
    """The refusal names the setting and what is allowed."""
    with pytest.raises(BadArguments) as caught:
        read(name, typed)
    assert caught.value.why == f"{name} can be {ROOM_SETTINGS[name].allowed}."


def test_a_setting_that_there_is_not() -> None:
    """The refusal names those that there are."""
    with pytest.raises(BadArguments) as caught:
        read("colour", "red")
    assert all(name in caught.value.why for name in ROOM_SETTINGS)


def test_a_key_is_a_word_and_its_capitals_count() -> None:
    """Unlike every other value it is kept as it was typed; what no peer could type is refused."""
    assert read("key", " PrinterInk ") == "PrinterInk"
    assert read("key", " ") is None, "which takes it away"
    for typed in ("x" * 65, "tab\tbed", "\u2603"):
        with pytest.raises(BadText):
            read("key", typed)


def test_settings_are_shown_without_the_key() -> None:
    """All of them, from a room's row; of a key no more than whether there is one."""
    row = dict.fromkeys(RoomRow._fields)
    kept: dict[str, Value] = {**row, "access": "key", "key_hash": "$2b$04$abc", "listed": 0, "slow_ms": 0}
    settings = shown(kept)
    assert settings.keys() == ROOM_SETTINGS.keys()
    assert settings["key"] == "on"
    assert not any("$2b$" in value for value in settings.values())


def test_every_setting_is_a_column() -> None:
    """What can be set is kept somewhere."""
    assert {setting.column for setting in ROOM_SETTINGS.values()} <= set(RoomRow._fields)
