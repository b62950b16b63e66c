"""Answers about rooms, and the people in them."""

import msgspec
from msgspec import UNSET, UnsetType

from chatd.core.events.answer import Answer
from chatd.core.events.entrance import RoomShown


class RoomListed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    A room as a stranger may know it; C{people} are those here now.

    @ivar created_at: When it was made.
    @ivar topic_at: When the topic was set last, if it may be known.
    """

    room: str
    topic: str
    people: int
    member: bool
    access: str = "open"
    invited: bool = False
    created_at: int = 0
    topic_at: int | None = None


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
    """The rooms that the account may know of, by name; C{more} if others follow."""

    rooms: tuple[RoomListed, ...]
    more: bool = False


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    Somebody who is here.

    @ivar role: The role in the room.
    @ivar idle: Milliseconds since the last command.
    @ivar faces: The ways in that are in use, such as C{telnet}.
    @ivar voiced: Whether an owner or a moderator has a voice beside that role.
    """

    name: str
    role: str
    away: str | None
    idle: int
    faces: tuple[str, ...]
    voiced: bool = False


class NamesDone(Answer, frozen=True, kw_only=True, tag="names"):
    """Who is here; and whether the room is found in lists."""

    room: str
    names: tuple[str, ...]
    people: tuple[Person, ...] = ()
    listed: bool = True


class PeekDone(NamesDone, frozen=True, kw_only=True, tag="peek"):
    """Who is here in a room that one may not be in."""


class WhoisDone(Answer, frozen=True, kw_only=True, tag="whois"):
    """
    What may be known of an account; C{rooms} are those that one shares with it.

    @ivar roles: Its roles in those, and in the rooms that everyone may find and enter.
    """

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
    roles: dict[str, str] = msgspec.field(default_factory=dict)


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
    created_at: int = 0


class RenameRoomDone(Answer, frozen=True, kw_only=True, tag="rename-room"):
    """The room that was called C{room} is called C{name} now."""

    room: str
    name: str


class MetadataDone(Answer, frozen=True, kw_only=True, tag="metadata"):
    """
    What programs are told of an account or a room.

    @ivar values: Those that were asked for, as they are; those that were set, as they are now; or those that were
        cleared, as they were.
    @ivar people: Of a room, and where it was asked for: the same of those who are in it, by their names.
    """

    target: str
    values: dict[str, str]
    people: dict[str, dict[str, str]] | UnsetType = UNSET


class RoomRoleDone(Answer, frozen=True, kw_only=True, tag="room-role"):
    """The member has the role."""

    room: str
    name: str
    role: str
