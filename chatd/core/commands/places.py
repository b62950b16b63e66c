"""Rooms, and the people in them."""

from typing import Literal

from chatd.core.commands.command import Command, Recent, Word


class Join(Command, frozen=True, kw_only=True, tag="join"):
    """
    Become a member of a room, which is made if there is none. With C{recent}, the answer brings old events.

    @ivar key: The room's key, where it has one. The session puts the hash that it matches in its place.
    """

    room: str
    key: Word = ""
    recent: Recent = 0


class Leave(Command, frozen=True, kw_only=True, tag="leave"):
    """Stop being a member of a room."""

    room: str
    reason: str = ""


class Look(Command, frozen=True, kw_only=True, tag="look"):
    """Ask how a room that one is in stands: topic, last seq, people."""

    room: str
    recent: Recent = 0


class Rooms(Command, frozen=True, kw_only=True, tag="rooms"):
    """Ask which rooms there are, by name; C{pattern} is a part of it, C{after} the last one of the part before."""

    pattern: Word = ""
    after: str = ""


class Names(Command, frozen=True, kw_only=True, tag="names"):
    """Ask who is here in a room."""

    room: str


class Peek(Command, frozen=True, kw_only=True, tag="peek"):
    """Ask who is here in a room that one is in, or that everyone may find and enter."""

    room: str


class Whois(Command, frozen=True, kw_only=True, tag="whois"):
    """Ask about an account."""

    name: str


class Topic(Command, frozen=True, kw_only=True, tag="topic"):
    """Say what a room is about, or (with no text) ask."""

    room: str
    text: str | None = None


class Invite(Command, frozen=True, kw_only=True, tag="invite"):
    """Let an account enter a room that is not open to everyone, and tell it so."""

    room: str
    name: str


class RoomSet(Command, frozen=True, kw_only=True, tag="room-set"):
    """
    Change a room's settings, or (with no name) ask for them. L{chatd.core.settings.rooms} says which there are.

    The session puts the hash of a key in the place of the key.

    @ivar alone: Whether the room is found in lists as before, where the change would hide or show it, and is by
        invitation as before, where it gets a key.
    """

    room: str
    name: Word | None = None
    value: Word = ""
    alone: bool = False


class RenameRoom(Command, frozen=True, kw_only=True, tag="rename-room"):
    """Give a room another name. The old one is free then."""

    room: str
    name: str
    reason: str = ""


class Metadata(Command, frozen=True, kw_only=True, tag="metadata"):
    """
    Ask what programs are told of an account (C{@NAME}) or a room, or C{sync}: of a room and of all who are in it; set a
    value; or clear them all.

    @ivar key: Which value; without it, all that there are.
    @ivar value: What it is to be; without it, it is to be no more.
    """

    target: str
    act: Literal["list", "sync", "set", "clear"] = "list"
    key: Word | None = None
    value: str | None = None


class RoomRole(Command, frozen=True, kw_only=True, tag="room-role"):
    """
    Give a member of a room a role there.

    @ivar on: If it is said, the role is one that the member has beside others: a moderator may be given a voice, and
        keeps it when he is moderator no more. C{True} gives that one, C{False} takes it; a moderator is also who owns
        the room.
    """

    room: str
    name: str
    role: Literal["owner", "moderator", "voice", "member"]
    on: bool | None = None
