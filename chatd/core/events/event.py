"""What happened."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", gc=False):
    """Something that happened and that a session hears of."""


class RoomEvent(Event, frozen=True, kw_only=True):
    """
    Something that happened in a place and has its seq there.

    @ivar room: The room's name, or C{@NAME} in a direct conversation: the name of the other one.
    @ivar who: The name of the account that did it, as it was then.
    """

    room: str
    seq: int
    who: str
    at: int


class Said(RoomEvent, frozen=True, kw_only=True, tag="said"):
    """
    Somebody said a line; of kind C{action} where it is C{/me}. Programs see C{who} as C{from}.

    @ivar edited_at: When it was corrected last, if it was: C{text} is the corrected one.
    @ivar deleted_by: Who took it back, if somebody did: C{text} is nothing then.
    """

    who: str = msgspec.field(name="from")
    text: str
    kind: Literal["text", "action"] = "text"
    edited_at: int | UnsetType = UNSET
    deleted_by: str | UnsetType = UNSET


class Joined(RoomEvent, frozen=True, kw_only=True, tag="joined"):
    """Somebody became a member."""


class Left(RoomEvent, frozen=True, kw_only=True, tag="left"):
    """Somebody stopped being a member."""

    reason: str = ""


class TopicChanged(RoomEvent, frozen=True, kw_only=True, tag="topic-changed"):
    """Somebody said what the room is about."""

    topic: str


class Edited(RoomEvent, frozen=True, kw_only=True, tag="edited"):
    """Somebody corrected the line of seq C{of}; C{text} is how it reads now."""

    of: int
    text: str


class Deleted(RoomEvent, frozen=True, kw_only=True, tag="deleted"):
    """The line of seq C{of}, which C{author} said, was taken back."""

    of: int
    author: str
    reason: str = ""


class Undeleted(RoomEvent, frozen=True, kw_only=True, tag="undeleted"):
    """The line of seq C{of} is there again."""

    of: int
    author: str
    text: str


class Kicked(RoomEvent, frozen=True, kw_only=True, tag="kicked"):
    """A moderator put C{target} out of the room."""

    target: str
    reason: str = ""


class Banned(RoomEvent, frozen=True, kw_only=True, tag="banned"):
    """A moderator keeps C{target} out of the room, until a time (UTC milliseconds) or for ever."""

    target: str
    until: int | None
    reason: str = ""


class Unbanned(RoomEvent, frozen=True, kw_only=True, tag="unbanned"):
    """C{target} may enter again."""

    target: str


class Muted(RoomEvent, frozen=True, kw_only=True, tag="muted"):
    """A moderator lets C{target} not speak, until a time (UTC milliseconds) or for ever."""

    target: str
    until: int | None
    reason: str = ""


class Unmuted(RoomEvent, frozen=True, kw_only=True, tag="unmuted"):
    """C{target} may speak again."""

    target: str


class RoleChanged(RoomEvent, frozen=True, kw_only=True, tag="role-changed"):
    """C{target} has another role in the room."""

    target: str
    role: str


class RoomChanged(RoomEvent, frozen=True, kw_only=True, tag="room-changed"):
    """A setting of the room is another one now; of a key, only whether there is one."""

    setting: str
    value: str


class Gap(Event, frozen=True, kw_only=True, tag="gap"):
    """Events of a place with C{after < seq < before} are left out here; history has those that were kept."""

    room: str
    after: int
    before: int


class Arrived(Event, frozen=True, kw_only=True, tag="arrived"):
    """Somebody with whom one shares a room came online."""

    who: str
    at: int


class Departed(Event, frozen=True, kw_only=True, tag="departed"):
    """Somebody with whom one shares a room went offline; still a member of the same rooms."""

    who: str
    at: int
    reason: str = ""


class AwayChanged(Event, frozen=True, kw_only=True, tag="away-changed"):
    """Somebody with whom one shares a room is away, or (with no text) back."""

    who: str
    at: int
    text: str | None


class Invited(Event, frozen=True, kw_only=True, tag="invited"):
    """One may enter a room that is not open to everyone."""

    room: str
    who: str
    at: int


class Marked(Event, frozen=True, kw_only=True, tag="marked"):
    """One has read a place up to a seq, on another session."""

    room: str
    seq: int


class Announced(Event, frozen=True, kw_only=True, tag="announced"):
    """A word to everyone from the people who run the server."""

    text: str
    at: int


class Pinged(Event, frozen=True, kw_only=True, tag="ping"):
    """The server asks for a sign of life; any line is one."""

    at: int


class Closed(Event, frozen=True, kw_only=True, tag="closed"):
    """The connection ends now, and why."""

    code: str
    why: str


AnyRoomEvent = (
    Said
    | Joined
    | Left
    | TopicChanged
    | Edited
    | Deleted
    | Undeleted
    | Kicked
    | Banned
    | Unbanned
    | Muted
    | Unmuted
    | RoleChanged
    | RoomChanged
)
AnyEvent = AnyRoomEvent | Gap | Arrived | Departed | AwayChanged | Invited | Marked | Announced | Pinged | Closed
