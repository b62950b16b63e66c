"""
What an account may set for itself: one entry per setting, with its default and the check of its value.

Settings are texts, so that every face and the database carry them alike.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chatd.core.errors import BadArguments


class Setting(NamedTuple):
    """
    One setting.

    @ivar default: The value of an account that never set it.
    @ivar allowed: What may be said, in words for people.
    @ivar check: Whether a value is allowed.
    """

    default: str
    allowed: str
    check: Callable[[str], bool]


def with_value(settings: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    """
    Settings with one of them changed.

    @raise BadArguments: naming what is allowed.
    """
    setting = SETTINGS.get(name)
    if setting is None:
        raise BadArguments(f"There is no setting {name}. There are: {', '.join(SETTINGS)}.")
    if not setting.check(value):
        raise BadArguments(f"{name} can be {setting.allowed}.")
    return {**settings, name: value}


def complete(settings: Mapping[str, str]) -> Mapping[str, str]:
    """Settings with the defaults of those that were never set, and without any that are no more."""
    return _complete(tuple(settings.items()))


@lru_cache(maxsize=64)
def _complete(settings: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """One for all who have set the same, as most have set nothing."""
    known = dict(settings)
    return MappingProxyType({name: known.get(name, setting.default) for name, setting in SETTINGS.items()})


def _is_switch(value: str) -> bool:
    return value in ("on", "off")


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        return value == ""
    return True


SETTINGS = {
    "time": Setting("off", "on or off: the time before each line", _is_switch),
    "zone": Setting("", "a time zone such as Europe/Berlin", _is_zone),
    "hold": Setting("off", "on or off: new lines wait until you press Enter", _is_switch),
    "colour": Setting("off", "on or off: names in colour", _is_switch),
    "bell": Setting("off", "on or off: the terminal rings for a direct message, and for your name", _is_switch),
    "joins": Setting("on", "on or off: coming and going is shown", _is_switch),
    "numbers": Setting("off", "on or off: old lines have their numbers, for /edit and /delete", _is_switch),
}
