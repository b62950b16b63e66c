"""
How things look on a bare terminal: events as lines, live and old.

Nothing is written here that a person typed but text that L{chatd.core.names} lets through, and no control byte but
line ends and, where the reader asked for it, colour.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Literal

from chatd.core.events import (
    Announced,
    AnyRoomEvent,
    Arrived,
    AwayChanged,
    Deleted,
    Edited,
    Event,
    Joined,
    Left,
    Marked,
    MetadataChanged,
    Offline,
    Online,
    ProfileChanged,
    Relayed,
    RoomShown,
    Said,
    Tagged,
    Undeleted,
)
from chatd.core.names import DIRECT
from chatd.core.room import Envelope
from chatd.dialects.text.happenings import happened
from chatd.dialects.text.view import END, View, clock_time, day_and_time, fit, line, local
from chatd.dialects.text.view import place as place  # the client's word for a place, too

Form = Literal["here", "elsewhere", "direct", "to"]

_CTCP = "\x01"
_COLOURS = (31, 32, 33, 34, 35, 36, 91, 92, 94, 95, 96)


@lru_cache(maxsize=256)
def rendering(form: Form, view: View) -> Callable[[Envelope], bytes]:
    """The function that writes events so; always the same one for the same arguments, so that envelopes can share."""

    def render(envelope: Envelope) -> bytes:
        return live(envelope.event, form, view)

    return render


def live(event: Event, form: Form, view: View) -> bytes:
    """An event as a line."""
    return (written(event, form, view) + END).encode()


def written(event: Event, form: Form, view: View) -> str:
    """An event as a line, without its end."""
    at = getattr(event, "at", None)
    stamp = f"{clock_time(at, view)} " if view.time and at is not None else ""
    return stamp + (_spoken(event, form, view) if isinstance(event, Said | Relayed) else f"** {happened(event, view)}")


def old(events: Iterable[AnyRoomEvent], view: View, today: int | None = None) -> bytes:
    """
    Events of the past: the time on every line, and a line wherever a day begins that is not C{today}'s.

    A correction or a deletion has no line of its own: the line that it changed shows it. Nor has what only programs
    read.
    """
    shown = (event for event in events if not isinstance(event, Edited | Deleted | Undeleted | Tagged))
    return "".join(each + END for each in _with_days(shown, view._replace(time=True), today)).encode()


def found(said: Said, view: View, now: int) -> str:
    """A line out of its place: with the place, the day and the time."""
    where = fit(said.room if said.room.startswith(DIRECT) else place(said.room))
    return f"{_numbered(said, view)}{where} {day_and_time(said.at, now, view)} {_spoken(said, 'here', view)}"


def crowd(kind: type[Event], room: str, count: int) -> bytes:
    """Many who came or went at once."""
    did = {Joined: f"joined {place(room)}", Left: f"left {place(room)}", Arrived: "joined the chat"}
    return line("**", f"{count} people have {did.get(kind, 'left the chat')}")


def about(shown: RoomShown) -> str:
    """A room with its topic."""
    return f'{place(shown.room)}: "{shown.topic}"' if shown.topic else place(shown.room)


def from_server(event: Event) -> bytes | None:
    """What the server itself says to one reader, which may be nothing, or C{None} if the event is of another kind."""
    match event:
        case Announced():
            return line("##", event.text)
        case AwayChanged() | Marked() | MetadataChanged() | Tagged() | ProfileChanged() | Online() | Offline():
            return b""
        case Relayed() if event.kind == "tag" or _CTCP in event.text:
            return b""  # between programs
        case _:
            return None


def _spoken(said: Said | Relayed, form: Form, view: View) -> str:
    name, where, text = fit(said.who), fit(place(said.room)), _text(said)
    who = _coloured(name) if view.colour else name
    if said.kind == "notice":
        who = f"-{who}-"
    if isinstance(said, Relayed) and said.least is not None:
        where = f"{where} (from {fit(said.least)} up)"
        form = "elsewhere" if form == "here" else form
    if said.room.startswith(DIRECT) and form != "here":
        said_so = f"* {name} {text}" if said.kind == "action" else text
        return f"[you -> {where}] {said_so}" if form == "to" else f"[{who} -> you] {said_so}"
    where = f"{where} " if form == "elsewhere" else ""
    if said.kind == "notice":
        return f"{where}{who} {text}"
    return f"{where}* {who} {text}" if said.kind == "action" else f"{where}{who}: {text}"


def _text(said: Said | Relayed) -> str:
    if isinstance(said, Said) and isinstance(said.deleted_by, str):
        return "(deleted)" if said.deleted_by == said.who else fit(f"(deleted by {said.deleted_by})")
    text = said.text if said.text.isascii() and said.text.isprintable() else _lines(said.text)
    return f"{text} (edited)" if isinstance(said, Said) and isinstance(said.edited_at, int) else text


def _lines(text: str) -> str:
    """What may be several lines: those after the first one are indented, so that they are nobody else's."""
    return f"{END}    ".join(fit(each) for each in text.split("\n"))


def _with_days(events: Iterable[AnyRoomEvent], view: View, today: int | None) -> Iterator[str]:
    day = None if today is None else local(today, view).date()
    for event in events:
        if (that := local(event.at, view).date()) != day:
            day = that
            yield f"-- {that:%A} {that.day} {that:%B %Y}"
        yield _numbered(event, view) + written(event, "here", view)


def _numbered(event: AnyRoomEvent, view: View) -> str:
    return f"[{event.seq}] " if view.numbers else ""


@lru_cache(maxsize=4096)
def _coloured(name: str) -> str:
    return f"\x1b[{_COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]}m{name}\x1b[0m"
