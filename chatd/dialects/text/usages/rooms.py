"""Rooms, and the people in them."""

from typing import Literal

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.names import ROOM
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.arguments import LONGEST_WORD, RECENT, first, is_word, name_of, room_of
from chatd.dialects.text.usages.reading import a_name
from chatd.dialects.text.usages.usage import Read, Usage

_SETTINGS = (
    "access open|key|invite, key TEXT, listed on|off, moderated on|off, slow 10s|off,\nhistory members|since_join, "
    "topic members|moderators, limit N|off, keep 30d|forever, name NEW."
)


def _join(rest: str, scene: Scene) -> Command | None:
    word, key = first(rest)
    room = room_of(word)
    return commands.Join(room=room, key=key, recent=RECENT) if room and (not key or is_word(key)) else None


def _leave(rest: str, scene: Scene) -> Command | None:
    room = room_of(rest or scene.here())
    return commands.Leave(room=room) if room else None


def _room(rest: str, scene: Scene) -> Command | None:
    room = room_of(rest or scene.here())
    return commands.Look(room=room, recent=RECENT if rest else 0) if room else None


def _rooms(rest: str, scene: Scene) -> Command | None:
    return commands.Rooms(pattern=rest) if not rest or is_word(rest) else None


def _names(rest: str, scene: Scene) -> Command | None:
    room = room_of(rest or scene.here())
    return commands.Names(room=room) if room else None


def _topic(rest: str, scene: Scene) -> Command | None:
    return commands.Topic(room=scene.here(), text=rest or None)


def _invite(rest: str, scene: Scene) -> Command | None:
    word, where = first(rest)
    name, room = name_of(word), room_of(where or scene.here())
    return commands.Invite(room=room, name=name) if name and room else None


def _roomset(rest: str, scene: Scene) -> Command | None:
    """C{[#ROOM] [NAME VALUE]}."""
    word, after = first(rest)
    room = room_of(word) if word.startswith(ROOM) else scene.here()
    name, value = first(after if word.startswith(ROOM) else rest)
    if not room or (name and not (is_word(name) and 0 < len(value) <= LONGEST_WORD)):
        return None
    if name.lower() == "name":
        new, why = first(value)
        return commands.RenameRoom(room=room, name=new, reason=why)
    return commands.RoomSet(room=room, name=name.lower() or None, value=value)


def _gives(role: Literal["moderator", "voice", "member"]) -> Read:
    """C{NAME [owner] [#ROOM]}; only C{/op} makes owners."""

    def read(rest: str, scene: Scene) -> Command | None:
        word, after = first(rest)
        owner, there = first(after)
        is_owner = role == "moderator" and owner.lower() == "owner"
        name, room = name_of(word), room_of((there if is_owner else after) or scene.here())
        return commands.RoomRole(room=room, name=name, role="owner" if is_owner else role) if name and room else None

    return read


ROOMS: tuple[Usage, ...] = (
    Usage(("join", "j"), "#ROOM [KEY]", "enter a room, or make it, and talk there", "/join #dev", commands.Join, _join),
    Usage(("leave", "part"), "[#ROOM]", "leave a room for good", "/leave #dev", commands.Leave, _leave),
    Usage(("room", "switch", "look"), "[#ROOM]", "talk in another room of yours, or say which", "/room #dev",
          commands.Look, _room),
    Usage(("rooms", "list"), "[PART]", "the rooms, or those with PART in their names", "/rooms dev",
          commands.Rooms, _rooms),
    Usage(("names", "who", "users"), "[#ROOM]", "who is here", "/names #dev", commands.Names, _names,
          "With the role in the room, who is away or idle, and how one is connected unless by telnet."),
    Usage(("whois",), "NAME", "what there is to know of somebody", "/whois bob", commands.Whois,
          a_name(commands.Whois)),
    Usage(("topic",), "[TEXT]", "what the room is about, or say it", "/topic Printers and paper",
          commands.Topic, _topic),
    Usage(("invite",), "NAME [#ROOM]", "let somebody enter a room that is not open", "/invite bob #ops",
          commands.Invite, _invite),
    Usage(("roomset", "mode"), "[#ROOM] [NAME VALUE]", "how a room is set, or set it", "/roomset slow 10s",
          commands.RoomSet, _roomset, f"For owners: {_SETTINGS}", (commands.RenameRoom,)),
    Usage(("op",), "NAME [owner] [#ROOM]", "make somebody moderator, or owner", "/op bob", commands.RoomRole,
          _gives("moderator"), "For owners."),
    Usage(("deop",), "NAME [#ROOM]", "make somebody a plain member again", "/deop bob", commands.RoomRole,
          _gives("member"), "For owners."),
    Usage(("voice",), "NAME [#ROOM]", "let somebody speak in a moderated room", "/voice bob", commands.RoomRole,
          _gives("voice"), "For owners."),
    Usage(("devoice",), "NAME [#ROOM]", "take that back", "/devoice bob", commands.RoomRole, _gives("member"),
          "For owners."),
)  # fmt: skip
