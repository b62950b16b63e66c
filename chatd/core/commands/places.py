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
    """Ask which rooms there are; C{pattern} is a part of the name."""

    pattern: Word = ""


class Names(Command, frozen=True, kw_only=True, tag="names"):
    """Ask who is here in a room."""

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
    """

    room: str
    name: Word | None = None
    value: Word = ""


class RoomRole(Command, frozen=True, kw_only=True, tag="room-role"):
    """Give a member of a room a role there."""

    room: str
    name: str
    role: Literal["owner", "moderator", "voice", "member"]
