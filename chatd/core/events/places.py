"""Answers about rooms, and the people in them."""

import msgspec

from chatd.core.events.answer import Answer
from chatd.core.events.entrance import RoomShown


class RoomListed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A room as a stranger may know it; C{people} are those here now."""

    room: str
    topic: str
    people: int
    member: bool
    access: str = "open"
    invited: bool = False


class JoinDone(Answer, frozen=True, kw_only=True, tag="join"):
    """The account is a member; C{again} if it was one already."""

    place: RoomShown
    at: int
    again: bool = False


class LeaveDone(Answer, frozen=True, kw_only=True, tag="leave"):
    """The account is no member any more."""

    room: str


class LookDone(Answer, frozen=True, kw_only=True, tag="look"):
    """How the room stands."""

    place: RoomShown
    at: int
    people: int


class RoomsDone(Answer, frozen=True, kw_only=True, tag="rooms"):
    """The rooms that the account may know of."""

    rooms: tuple[RoomListed, ...]


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    Somebody who is here.

    @ivar role: The role in the room.
    @ivar idle: Milliseconds since the last command.
    @ivar faces: The ways in that are in use, such as C{telnet}.
    """

    name: str
    role: str
    away: str | None
    idle: int
    faces: tuple[str, ...]


class NamesDone(Answer, frozen=True, kw_only=True, tag="names"):
    """Who is here."""

    room: str
    names: tuple[str, ...]
    people: tuple[Person, ...] = ()


class WhoisDone(Answer, frozen=True, kw_only=True, tag="whois"):
    """What may be known of an account; C{rooms} are those that one shares with it."""

    name: str
    at: int
    since: int
    online: bool
    seen: int | None
    rooms: tuple[str, ...]
    role: str = "member"
    away: str | None = None
    idle: int | None = None
    faces: tuple[str, ...] = ()


class TopicDone(Answer, frozen=True, kw_only=True, tag="topic"):
    """What the room is about."""

    room: str
    topic: str
    by: str = ""
    at: int | None = None


class InviteDone(Answer, frozen=True, kw_only=True, tag="invite"):
    """The account may enter the room."""

    room: str
    name: str


class RoomSetDone(Answer, frozen=True, kw_only=True, tag="room-set"):
    """The room's settings as they are now; of a key, only whether there is one."""

    room: str
    settings: dict[str, str]


class RoomRoleDone(Answer, frozen=True, kw_only=True, tag="room-role"):
    """The member has the role."""

    room: str
    name: str
    role: str
