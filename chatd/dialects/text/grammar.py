"""
The commands that people type: one entry each, with its words, its help and an example.

A new command is one entry in L{TABLE}. Whether somebody may use it now is not said here: it follows from the
core command that the entry makes, and from the phases of L{chatd.core.session.VERBS} that have a cell for it.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.errors import BadArguments, UnknownCommand
from chatd.core.names import DIRECT, ROOM
from chatd.core.session import VERBS, Phase
from chatd.dialects.text.scene import Scene

RECENT = 20
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"(\d{1,6})([smhdw])", re.IGNORECASE)


class Usage(NamedTuple):
    """
    One command.

    @ivar names: What it is called, the proper name first.
    @ivar words: What may follow, as it is shown.
    @ivar makes: The core command that comes of it, which decides when it may be used; C{None} for what the
        dialect answers by itself at any time.
    @ivar read: The words after the name, read. It returns C{None} where they make no sense.
    """

    names: tuple[str, ...]
    words: str
    summary: str
    example: str
    makes: type[Command] | None
    read: Callable[[str, Scene], Command | None]

    @property
    def line(self) -> str:
        """The command as one types it."""
        return f"/{self.names[0]} {self.words}".rstrip()


def find(word: str) -> Usage:
    """
    The command of a name, an alias, or the beginning of exactly one of them.

    @raise UnknownCommand: naming the nearest one.
    """
    word = word.lower()
    if word in _BY_NAME:
        return _BY_NAME[word]
    meant = {id(usage): usage for name, usage in _BY_NAME.items() if word and name.startswith(word)}
    if len(meant) == 1:
        return next(iter(meant.values()))
    if meant:
        choices = " or ".join(f"/{usage.names[0]}" for usage in meant.values())
        raise UnknownCommand(f"/{word} could be {choices}. Type a little more of it.")
    near = difflib.get_close_matches(word, _BY_NAME, n=1)
    advice = f"Did you mean /{near[0]}?" if near else "/help lists the commands."
    raise UnknownCommand(f"no command /{word[:32]}. {advice}")


def read(usage: Usage, rest: str, scene: Scene) -> Command:
    """
    The core command that a line asks for.

    @raise BadArguments: with the usage line and an example.
    """
    command = usage.read(rest.strip(), scene)
    if command is None:
        raise BadArguments(f"Usage: {usage.line}  For example: {usage.example}")
    return command


def usable(phase: Phase) -> Iterator[Usage]:
    """The commands that make sense in a phase."""
    return (usage for usage in TABLE if usage.makes is None or usage.makes in VERBS[phase])


def room_of(word: str) -> str | None:
    """A room as one writes it, without its C{#}."""
    return word.removeprefix(ROOM) or None if " " not in word else None


def _nothing(make: type[Command]) -> Callable[[str, Scene], Command | None]:
    return lambda rest, scene: None if rest else make()


def _login(rest: str, scene: Scene) -> Command | None:
    return commands.Introduce(name=rest) if rest and " " not in rest else None


def _quit(rest: str, scene: Scene) -> Command | None:
    return commands.Quit(reason=rest)


def _join(rest: str, scene: Scene) -> Command | None:
    room = room_of(rest)
    return commands.Join(room=room, recent=RECENT) if room else None


def _leave(rest: str, scene: Scene) -> Command | None:
    room = room_of(rest or scene.here())
    return commands.Leave(room=room) if room else None


def _room(rest: str, scene: Scene) -> Command | None:
    room = room_of(rest or scene.here())
    return commands.Look(room=room, recent=RECENT if rest else 0) if room else None


def _rooms(rest: str, scene: Scene) -> Command | None:
    return commands.Rooms(pattern=rest) if " " not in rest and len(rest) <= 128 else None


def _names(rest: str, scene: Scene) -> Command | None:
    room = room_of(rest or scene.here())
    return commands.Names(room=room) if room else None


def _whois(rest: str, scene: Scene) -> Command | None:
    return commands.Whois(name=rest.removeprefix(DIRECT)) if rest and " " not in rest else None


def _topic(rest: str, scene: Scene) -> Command | None:
    return commands.Topic(room=scene.here(), text=rest or None)


def _me(rest: str, scene: Scene) -> Command | None:
    return commands.Say(room=scene.here(), text=rest, kind="action") if rest else None


def _msg(rest: str, scene: Scene) -> Command | None:
    to, _, said = rest.partition(" ")
    to = to.removeprefix(DIRECT)
    return commands.Msg(to=to, text=said.strip()) if to and said.strip() else None


def _reply(rest: str, scene: Scene) -> Command | None:
    return commands.Msg(to=scene.last_partner(), text=rest) if rest else None


def _history(rest: str, scene: Scene) -> Command | None:
    """C{[N or SINCE] [#ROOM or NAME]}, in either order."""
    limit, ago, since = RECENT, None, None
    where: str | None = None
    for word in rest.split():
        span = _SPAN.fullmatch(word)
        if word.isdecimal() and word.isascii():
            if not 1 <= int(word[:9]) <= 200:
                return None
            limit = int(word)
        elif span is not None:
            limit, ago = 200, int(span[1]) * _UNITS[span[2].lower()] * 1000
        elif (day := _day(word, scene)) is not None:
            limit, since = 200, day
        elif where is None:
            where = word[1:] if word.startswith(ROOM) else DIRECT + word.removeprefix(DIRECT)
        else:
            return None
    where = scene.here() if where is None else where
    return commands.History(room=where, limit=limit, ago=ago, since=since) if where else None


def _day(word: str, scene: Scene) -> int | None:
    try:
        day = datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=scene.view.zone)
        return max(0, int(day.timestamp() * 1000))
    except (ValueError, OverflowError):
        return None


def _set(rest: str, scene: Scene) -> Command | None:
    name, _, value = rest.partition(" ")
    if not name:
        return commands.Set()
    if len(name) > 128 or len(value) > 128 or (not value.strip() and name.lower() != "zone"):
        return None
    return commands.Set(name=name, value=value.strip())


TABLE: tuple[Usage, ...] = (
    Usage(("help", "?"), "[COMMAND]", "the commands that you may use now, or one of them in full",
          "/help join", None, lambda rest, scene: None),
    Usage(("login",), "NAME", "log in", "/login alice", commands.Login, _login),
    Usage(("register",), "NAME", "make an account and log in", "/register alice", commands.Register, _login),
    Usage(("quit", "exit", "bye"), "[REASON]", "leave (Ctrl-D does the same)", "/quit good night",
          commands.Quit, _quit),
    Usage(("join", "j"), "#ROOM", "enter a room, which is made if there is none, and talk there", "/join #dev",
          commands.Join, _join),
    Usage(("leave", "part"), "[#ROOM]", "leave a room for good", "/leave #dev", commands.Leave, _leave),
    Usage(("room", "switch"), "[#ROOM]", "talk in another room that you are in, or ask which one it is",
          "/room #dev", commands.Look, _room),
    Usage(("rooms", "list"), "[PART]", "the rooms that there are, or those with PART in their names", "/rooms dev",
          commands.Rooms, _rooms),
    Usage(("names", "who", "users"), "[#ROOM]", "who is here", "/names #dev", commands.Names, _names),
    Usage(("whois",), "NAME", "since when somebody is here, and in which of your rooms", "/whois bob",
          commands.Whois, _whois),
    Usage(("topic",), "[TEXT]", "what the room is about, or say what it is about", "/topic Printers and paper",
          commands.Topic, _topic),
    Usage(("me",), "ACTION", "say what you do", "/me waves", commands.Say, _me),
    Usage(("msg", "w", "tell", "dm"), "NAME TEXT", "write to one person alone, who may also be away",
          "/msg bob are you there?", commands.Msg, _msg),
    Usage(("reply", "r"), "TEXT", "answer the last direct message", "/reply yes, I am", commands.Msg, _reply),
    Usage(("history", "last"), "[N or SINCE] [#ROOM or NAME]", "old lines: the last N, or since 30m, 2h, 7d or a date",
          "/history 2h #dev", commands.History, _history),
    Usage(("passwd",), "", "change your password; it is asked for and does not show", "/passwd",
          commands.Passwd, lambda rest, scene: None),
    Usage(("set",), "[NAME VALUE]", "your settings, or change one: time, zone, hold, colour", "/set time on",
          commands.Set, _set),
    Usage(("why",), "", "why the last thing was refused", "/why", commands.Why, _nothing(commands.Why)),
    Usage(("ping",), "", "ask the server for a sign of life", "/ping", commands.Ping, _nothing(commands.Ping)),
)  # fmt: skip

_BY_NAME = {name: usage for usage in TABLE for name in usage.names}
