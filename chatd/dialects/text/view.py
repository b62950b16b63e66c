"""
How one reader sees things: places, moments and spans as people write them, and lines that a terminal can bear.

No control byte leaves here but line ends.
"""

from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from chatd.core import names
from chatd.core.errors import BadText
from chatd.core.names import DIRECT, ROOM

END = "\r\n"
_PIECE = 256
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000))


class View(NamedTuple):
    """
    How one reader wants to see things. Readers with one view share its renderings.

    @ivar time: Whether the live view has the time before each line.
    @ivar numbers: Whether old lines have their seq before them.
    """

    zone: tzinfo
    time: bool = False
    colour: bool = False
    numbers: bool = False


def line(mark: str, text: str) -> bytes:
    """One line: a mark that only the server can make (C{--}, C{**}, C{##}), and a sentence."""
    return f"{mark} {fit(text)}{END}".encode()


def fit(text: str) -> str:
    """The same text. If it holds what L{names.clean} lets nobody say, C{?} stands there instead."""
    if len(text) <= names.TEXT_BYTES:
        return _fit(text)
    # In one piece, bringing marks in order would take the square of their number: days, if a line is of nothing else.
    return "".join(_fit(text[at : at + _PIECE]) for at in range(0, len(text), _PIECE))


def _fit(text: str) -> str:
    try:
        return names.clean(text)
    except BadText:
        return "".join(each if each.isprintable() else "?" for each in text)


def in_one_line(text: str) -> str:
    """A text of several lines where there is room for one."""
    return text.replace("\n", " / ")


def place(room: str) -> str:
    """A place as people write it: C{#ROOM}, or the name of the one with whom one talks."""
    return room.removeprefix(DIRECT) if room.startswith(DIRECT) else ROOM + room


def scope(room: str | None) -> str:
    """Where an order holds."""
    return "the whole site" if room is None else place(room)


def clock_time(at: int, view: View) -> str:
    """The time of day."""
    return local(at, view).strftime("%H:%M")


def day(at: int, view: View) -> str:
    """The day of a moment."""
    return local(at, view).strftime("%-d %B %Y")


def day_and_time(at: int, now: int | None, view: View) -> str:
    """A moment in words, which are short for what is near C{now}."""
    then = local(at, view)
    if now is None:
        return f"{day(at, view)} {then:%H:%M}"
    today, one = local(now, view).date(), timedelta(days=1)
    near = {today: "today", today - one: "yesterday", today + one: "tomorrow"}
    return f"{near.get(then.date(), day(at, view))} {then:%H:%M}"


def until(at: int | None, now: int | None, view: View) -> str:
    """How long something holds."""
    return "for ever" if at is None else f"until {day_and_time(at, now, view)}"


def span(ms: int) -> str:
    """How long something took, in its largest unit."""
    for unit, length in _UNITS:
        if ms >= length:
            return f"{ms // length}{unit}"
    return f"{ms // 1000}s"


def because(reason: str) -> str:
    """A reason, after what it is the reason of."""
    return f" ({reason})" if reason else ""


def count(number: int, one: str, many: str = "") -> str:
    """A number of things."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def local(at: int, view: View) -> datetime:
    """A moment where the reader is. What is beyond the calendar is its first day or its last."""
    return datetime.fromtimestamp(max(_FIRST, min(at, _LAST)) / 1000, tz=view.zone)


_FIRST = 0  # 1 January 1970
_LAST = 253_370_764_800_000  # 1 January 9999
