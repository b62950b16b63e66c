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
    @ivar guest: Whether that is no account but a guest; left out where it is one.
    """

    room: str
    seq: int
    who: str
    at: int
    guest: bool | UnsetType = UNSET


class Said(RoomEvent, frozen=True, kw_only=True, tag="said"):
    """
    Somebody said a line, or several; of kind C{action} where it is C{/me}. Programs see C{who} as C{from}.

    @ivar edited_at: When it was corrected last, if it was: C{text} is the corrected one.
    @ivar deleted_by: Who took it back, if somebody did: C{text} is nothing then.
    @ivar tags: What programs tell one another beside it, if anything.
    """

    who: str = msgspec.field(name="from")
    text: str
    kind: Literal["text", "action", "notice"] = "text"
    edited_at: int | UnsetType = UNSET
    deleted_by: str | UnsetType = UNSET
    tags: dict[str, str] | UnsetType = UNSET


class Tagged(RoomEvent, frozen=True, kw_only=True, tag="tagged"):
    """Somebody said something that only programs read."""

    tags: dict[str, str] = {}


class Joined(RoomEvent, frozen=True, kw_only=True, tag="joined"):
    """Somebody became a member."""


class Left(RoomEvent, frozen=True, kw_only=True, tag="left"):
    """Somebody stopped being a member."""

    reason: str = ""


class TopicChanged(RoomEvent, frozen=True, kw_only=True, tag="topic-changed"):
    """Somebody said what the room is about."""

    topic: str


class Edited(RoomEvent, frozen=True, kw_only=True, tag="edited"):
    """Somebody corrected the line of seq C{of}, which was said at C{of_at}; C{text} is how it reads now."""

    of: int
    text: str
    of_at: int = 0


class Deleted(RoomEvent, frozen=True, kw_only=True, tag="deleted"):
    """The line of seq C{of}, which C{author} said at C{of_at}, was taken back."""

    of: int
    author: str
    reason: str = ""
    of_at: int = 0


class Undeleted(RoomEvent, frozen=True, kw_only=True, tag="undeleted"):
    """The line of seq C{of}, which C{author} said at C{of_at}, is there again."""

    of: int
    author: str
    text: str
    of_at: int = 0


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
    """
    C{target} has another role in the room.

    @ivar was: The role before; the same if it is about the voice that a moderator has beside.
    @ivar voiced: Whether an owner or moderator has a voice beside that role, and C{was_voiced}: had.
    """

    target: str
    role: str
    was: str = "member"
    voiced: bool = False
    was_voiced: bool = False


class RoomChanged(RoomEvent, frozen=True, kw_only=True, tag="room-changed"):
    """
    A setting of the room is another one now; of a key, only whether there is one.

    @ivar before: All settings that have changed with it, as they were; C{after}: as they are.
    """

    setting: str
    value: str
    before: dict[str, str] = {}
    after: dict[str, str] = {}


class MaskChanged(RoomEvent, frozen=True, kw_only=True, tag="mask-changed"):
    """A mask is on a list of the room now, or is there no more."""

    list: str
    mask: str
    on: bool


class RoomRenamed(RoomEvent, frozen=True, kw_only=True, tag="room-renamed"):
    """The room is called C{name} from here on; C{room} is what it was called before."""

    name: str
    reason: str = ""


class Relayed(Event, frozen=True, kw_only=True, tag="relayed"):
    """
    Somebody told something that is stored nowhere. Programs see C{who} as C{from}.

    @ivar room: As in L{RoomEvent}.
    @ivar id: What this one is called, and no other.
    @ivar least: The role in the room from which on it is heard, if not everybody hears it.
    """

    room: str
    who: str = msgspec.field(name="from")
    at: int
    id: str
    kind: Literal["text", "notice", "tag"] = "text"
    text: str = ""
    tags: dict[str, str] = {}
    least: str | None = None


class MetadataChanged(Event, frozen=True, kw_only=True, tag="metadata-changed"):
    """
    What programs are told of an account (C{@NAME}) or a room has changed.

    @ivar value: What it is now, or C{None} where it is no more.
    """

    target: str
    who: str
    at: int
    key: str
    value: str | None


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


class Renamed(Event, frozen=True, kw_only=True, tag="renamed"):
    """A guest with whom one shares a room, or that one is, is called C{name} from here on."""

    who: str
    name: str
    at: int


class Identified(Event, frozen=True, kw_only=True, tag="identified"):
    """A guest with whom one shares a room, or that one is, has become an account of the same name."""

    who: str
    at: int


class ProfileChanged(Event, frozen=True, kw_only=True, tag="profile-changed"):
    """Somebody with whom one shares a room calls himself C{real} in full."""

    who: str
    at: int
    real: str


class Online(Event, frozen=True, kw_only=True, tag="online"):
    """Somebody for whom one watches came online."""

    who: str
    at: int


class Offline(Event, frozen=True, kw_only=True, tag="offline"):
    """Somebody for whom one watches went offline, or is called otherwise."""

    who: str
    at: int


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


class LetIn(Event, frozen=True, kw_only=True, tag="let-in"):
    """Somebody may enter a room into which one may let people oneself, and who has said so."""

    room: str
    who: str
    name: str
    at: int


class Marked(Event, frozen=True, kw_only=True, tag="marked"):
    """One has read a place up to a seq, or up to a moment, on another session."""

    room: str
    seq: int
    at: int | None = None


class Announced(Event, frozen=True, kw_only=True, tag="announced"):
    """A word to everyone from the people who run the server."""

    text: str
    at: int


class Pinged(Event, frozen=True, kw_only=True, tag="ping"):
    """The server asks for a sign of life; any line is one."""

    at: int


AnyRoomEvent = (
    Said
    | Tagged
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
    | MaskChanged
    | RoomRenamed
)
AnyEvent = (
    AnyRoomEvent
    | Relayed
    | MetadataChanged
    | Gap
    | Arrived
    | Departed
    | Renamed
    | Identified
    | ProfileChanged
    | Online
    | Offline
    | AwayChanged
    | Invited
    | LetIn
    | Marked
    | Announced
    | Pinged
)
