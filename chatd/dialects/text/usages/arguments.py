"""The words after a command's name: what they are, apart from the command that they follow."""

import re
from datetime import datetime

from chatd.core.names import DIRECT, ROOM
from chatd.dialects.text.scene import Scene

RECENT = 20
LONGEST_WORD = 128
SITE = "site"
_LONGEST_SPAN = 2**43
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"([0-9]{1,6})([smhdw])", re.IGNORECASE)


def first(rest: str) -> tuple[str, str]:
    """The first word, and what follows it."""
    word, _, after = rest.strip().partition(" ")
    return word, after.strip()


def is_word(text: str) -> bool:
    """Whether something is one word, and not a long one."""
    return bool(text) and " " not in text and len(text) <= LONGEST_WORD


def room_of(word: str) -> str | None:
    """A room as one writes it, without its C{#}."""
    return word.removeprefix(ROOM) or None if " " not in word else None


def name_of(word: str) -> str | None:
    """An account's name, without the C{@} that may stand before it."""
    name = word.removeprefix(DIRECT)
    return name if is_word(name) else None


def place_of(word: str) -> str | None:
    """A place as one writes it: C{#ROOM}, or NAME for the conversation with somebody."""
    if word.startswith(ROOM):
        return room_of(word)
    return DIRECT + word.removeprefix(DIRECT) if is_word(word.removeprefix(DIRECT)) else None


def number(word: str) -> int | None:
    """A whole number from 1 on."""
    return int(word) or None if word.isdecimal() and word.isascii() and len(word) <= 15 else None


def span(word: str) -> int | None:
    """A time such as C{30m}, C{2h}, C{7d} or C{1w}, in milliseconds."""
    match = _SPAN.fullmatch(word)
    return None if match is None else min(int(match[1]) * _UNITS[match[2].lower()] * 1000, _LONGEST_SPAN)


def day(word: str, scene: Scene) -> int | None:
    """The beginning of a day such as C{2026-12-24} where the person is, in UTC milliseconds."""
    try:
        then = datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=scene.view.zone)
        return max(0, int(then.timestamp() * 1000))
    except (ValueError, OverflowError):
        return None


def scope(rest: str, scene: Scene) -> tuple[str | None, str]:
    """Where an order is to hold, and what follows: C{#ROOM}, or C{site} for everywhere (C{None}), or here."""
    word, after = first(rest)
    if word.lower() == SITE:
        return None, after
    if word.startswith(ROOM) and room_of(word):
        return room_of(word), after
    return scene.here(), rest.strip()
