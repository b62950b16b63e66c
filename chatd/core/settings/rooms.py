"""
What the owner of a room may set: one entry per setting, with what is allowed and how it is read.

Values are texts on every face; the store keeps what L{read} makes of them.
"""

import re
from collections.abc import Callable, Mapping
from types import EllipsisType
from typing import NamedTuple

from chatd.core import names
from chatd.core.errors import BadArguments

Value = str | int | None

_SPAN = re.compile(r"([0-9]{1,6})([smhdw]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LONGEST_SLOW = 6 * 3600
LONGEST_KEPT = 36500


class RoomSetting(NamedTuple):
    """
    One setting.

    @ivar column: Where the store keeps it.
    @ivar allowed: What may be said, in words for people.
    @ivar read: The value to be kept, or C{...} where the text is not allowed.
    @ivar shown: The kept value as text again.
    """

    column: str
    allowed: str
    read: Callable[[str], Value | EllipsisType]
    shown: Callable[[Value], str]


def read(name: str, value: str) -> Value:
    """
    What is to be kept for a setting.

    @raise BadArguments: naming what is allowed.
    """
    setting = ROOM_SETTINGS.get(name)
    if setting is None:
        raise BadArguments(f"A room has no setting {name}. There are: {', '.join(ROOM_SETTINGS)}.")
    kept = setting.read(value.strip().lower() if name != "key" else value.strip())
    if kept is ...:
        raise BadArguments(f"{name} can be {setting.allowed}.")
    return kept


def shown(kept: Mapping[str, Value]) -> dict[str, str]:
    """A room's settings as texts, from its columns."""
    return {name: setting.shown(kept[setting.column]) for name, setting in ROOM_SETTINGS.items()}


def _one_of(*words: str) -> Callable[[str], Value | EllipsisType]:
    return lambda value: value if value in words else ...


def _switch(value: str) -> Value | EllipsisType:
    return {"on": 1, "off": 0}.get(value, ...)


def _slow(value: str) -> Value | EllipsisType:
    seconds = 0 if value == "off" else _seconds(value)
    return ... if seconds is None or seconds > LONGEST_SLOW else seconds * 1000


def _keep(value: str) -> Value | EllipsisType:
    if value == "forever":
        return None
    seconds = _seconds(value)
    return ... if seconds is None or not 1 <= seconds // 86400 <= LONGEST_KEPT else seconds // 86400


def _limit(value: str) -> Value | EllipsisType:
    if value == "off":
        return None
    is_number = value.isdecimal() and value.isascii() and len(value) <= 6
    return int(value) if is_number and 1 <= int(value) <= 100_000 else ...


def _key(value: str) -> Value | EllipsisType:
    return None if not value else names.cid(value) if " " not in value else ...


def _seconds(value: str) -> int | None:
    span = _SPAN.fullmatch(value)
    return None if span is None else int(span[1]) * _UNITS[span[2]]


def _word(kept: Value) -> str:
    return str(kept)


def _on_or_off(kept: Value) -> str:
    return "on" if kept else "off"


ROOM_SETTINGS: Mapping[str, RoomSetting] = {
    "access": RoomSetting("access", "open, invite or key", _one_of("open", "invite", "key"), _word),
    "key": RoomSetting("key_hash", "a word of at most 64 characters; an empty one takes it away", _key, _on_or_off),
    "listed": RoomSetting("listed", "on or off: whether others find it in /rooms", _switch, _on_or_off),
    "moderated": RoomSetting("moderated", "on or off: only those with a voice speak", _switch, _on_or_off),
    "slow": RoomSetting(
        "slow_ms", "off, or a time up to 6h between two lines of one person", _slow,
        lambda kept: f"{int(kept) // 1000}s" if kept else "off",
    ),
    "history": RoomSetting(
        "history_for", "members, or since_join: whether new members read what was said before",
        _one_of("members", "since_join"), _word,
    ),
    "topic": RoomSetting("topic_for", "members or moderators", _one_of("members", "moderators"), _word),
    "limit": RoomSetting("most_members", "off, or the most members", _limit, lambda kept: str(kept or "off")),
    "external": RoomSetting("external", "on or off: whether those speak, too, who are not in it", _switch, _on_or_off),
    "keep": RoomSetting(
        "keep_days", "forever, or for how many days lines are kept, such as 30d", _keep,
        lambda kept: f"{kept}d" if kept else "forever",
    ),
}  # fmt: skip
