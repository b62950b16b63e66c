"""
How things look on a bare terminal: events and answers as lines.

Nothing is written here that a person typed but text that L{chatd.core.names} let through, and no control byte but
line ends and, where the reader asked for it, colour.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, NamedTuple

from chatd.core.events import (
    Announced,
    AnyRoomEvent,
    Arrived,
    Closed,
    Departed,
    Event,
    Gap,
    Joined,
    Left,
    RoomShown,
    Said,
    TopicChanged,
)
from chatd.core.names import DIRECT, ROOM

Form = Literal["here", "elsewhere", "direct", "to"]

END = "\r\n"
_COLOURS = (31, 32, 33, 34, 35, 36, 91, 92, 94, 95, 96)


class View(NamedTuple):
    """
    How one reader wants to see things. Readers with one view share its renderings.

    @ivar time: Whether the live view has the time before each line.
    """

    zone: tzinfo
    time: bool = False
    colour: bool = False


def line(mark: str, text: str) -> bytes:
    """One line: a mark that only the server can make (C{--}, C{**}, C{##}), and a sentence."""
    return f"{mark} {text}{END}".encode()


@lru_cache(maxsize=256)
def rendering(form: Form, view: View) -> Callable[[Event], bytes]:
    """The function that writes events so; always the same one for the same arguments, so that envelopes can share."""

    def render(event: Event) -> bytes:
        return (written(event, form, view) + END).encode()

    return render


def written(event: Event, form: Form, view: View) -> str:
    """An event as a line, without its end."""
    at = getattr(event, "at", None)
    stamp = f"{clock_time(at, view)} " if view.time and at is not None else ""
    return stamp + (_spoken(event, form, view) if isinstance(event, Said) else f"** {_happened(event)}")


def old(events: Iterable[AnyRoomEvent], view: View, today: int | None = None) -> bytes:
    """Events of the past: the time on every line, and a line wherever a day begins that is not C{today}'s."""
    stamped = view._replace(time=True)
    return "".join(each + END for each in _with_days(events, stamped, today)).encode()


def crowd(kind: type[Event], room: str, count: int) -> bytes:
    """Many who came or went at once."""
    did = {Joined: f"joined {place(room)}", Left: f"left {place(room)}", Arrived: "joined the chat"}
    return line("**", f"{count} people have {did.get(kind, 'left the chat')}")


def place(room: str) -> str:
    """A place as people write it: C{#ROOM}, or the name of the one with whom one talks."""
    return room.removeprefix(DIRECT) if room.startswith(DIRECT) else ROOM + room


def about(shown: RoomShown) -> str:
    """A room with its topic."""
    return f'{place(shown.room)}: "{shown.topic}"' if shown.topic else place(shown.room)


def clock_time(at: int, view: View) -> str:
    """The time of day."""
    return _local(at, view).strftime("%H:%M")


def day_and_time(at: int, now: int, view: View) -> str:
    """A moment in words that are short for what is near."""
    then, today = _local(at, view), _local(now, view).date()
    days = {today: "today", today - timedelta(days=1): "yesterday"}
    return f"{days.get(then.date(), then.strftime('%-d %B %Y'))} {then:%H:%M}"


def _spoken(said: Said, form: Form, view: View) -> str:
    who = _coloured(said.who) if view.colour else said.who
    if form == "to":
        who = "you"
    if said.room.startswith(DIRECT) and form != "here":
        other = said.room.removeprefix(DIRECT) if form == "to" else "you"
        text = f"* {said.who} {said.text}" if said.kind == "action" else said.text
        return f"[{who} -> {other}] {text}"
    where = f"{place(said.room)} " if form == "elsewhere" else ""
    return f"{where}* {who} {said.text}" if said.kind == "action" else f"{where}{who}: {said.text}"


def _happened(event: Event) -> str:
    match event:
        case Joined():
            return f"{event.who} has joined {place(event.room)}"
        case Left():
            return f"{event.who} has left {place(event.room)}{_because(event.reason)}"
        case TopicChanged():
            said = f'set the topic of {place(event.room)}: "{event.topic}"'
            return f"{event.who} {said if event.topic else f'took away the topic of {place(event.room)}'}"
        case Arrived():
            return f"{event.who} has joined the chat"
        case Departed():
            return f"{event.who} has left the chat{_because(event.reason)}"
        case Gap():
            missing = event.before - event.after - 1
            return f"{missing} lines of {place(event.room)} are left out here; /history {place(event.room)} shows them"
        case _:
            return f"something happened that this server is too old to name ({type(event).__name__})"


def from_server(event: Event) -> bytes | None:
    """What the server itself says to one reader, or C{None} if the event is of another kind."""
    match event:
        case Announced():
            return line("##", event.text)
        case Closed():
            return line("--", f"error: {event.why} [{event.code}]")
        case _:
            return None


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _with_days(events: Iterable[AnyRoomEvent], view: View, today: int | None) -> Iterator[str]:
    day = None if today is None else _local(today, view).date()
    for event in events:
        if (that := _local(event.at, view).date()) != day:
            day = that
            yield f"-- {that:%A} {that.day} {that:%B %Y}"
        yield written(event, "here", view)


@lru_cache(maxsize=4096)
def _coloured(name: str) -> str:
    return f"\x1b[{_COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]}m{name}\x1b[0m"


def _local(at: int, view: View) -> datetime:
    return datetime.fromtimestamp(at / 1000, tz=view.zone)
