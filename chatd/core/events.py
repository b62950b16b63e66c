"""
What happened, and what is answered: one frozen value each, named in the past tense.

These types are what the JSON dialect writes: an event's tag is the word after C{"event"}, an answer's the word
after C{"done"}, and the fields are the object's keys. Times are UTC milliseconds; a C{seq} counts per place.
"""

from typing import Literal

import msgspec


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
    """Somebody said a line; of kind C{action} where it is C{/me}. Programs see C{who} as C{from}."""

    who: str = msgspec.field(name="from")
    text: str
    kind: Literal["text", "action"] = "text"


class Joined(RoomEvent, frozen=True, kw_only=True, tag="joined"):
    """Somebody became a member."""


class Left(RoomEvent, frozen=True, kw_only=True, tag="left"):
    """Somebody stopped being a member."""

    reason: str = ""


class TopicChanged(RoomEvent, frozen=True, kw_only=True, tag="topic-changed"):
    """Somebody said what the room is about."""

    topic: str


class Gap(Event, frozen=True, kw_only=True, tag="gap"):
    """Events of a place with C{after < seq < before} are left out here; history has them."""

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


AnyRoomEvent = Said | Joined | Left | TopicChanged
AnyEvent = AnyRoomEvent | Gap | Arrived | Departed | Announced | Pinged | Closed


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="done", gc=False):
    """What a command that was obeyed is answered with."""


class RoomShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """
    A place as one of its members sees it.

    @ivar seq: The last seq when it was looked at: what came later is heard, what came before is history.
    @ivar unread: How many lines by others came since the account last was here.
    @ivar mentions: How many of those hold the account's name.
    @ivar recent: The newest events, oldest first, where they were asked for.
    """

    room: str
    seq: int
    topic: str = ""
    unread: int = 0
    mentions: int = 0
    recent: tuple[AnyRoomEvent, ...] = ()


class RoomListed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A room as a stranger may know it; C{people} are those here now."""

    room: str
    topic: str
    people: int
    member: bool


class Introduced(Answer, frozen=True, kw_only=True, tag="introduce"):
    """C{known}: a password is to be asked for; otherwise the name is free."""

    name: str
    known: bool


class LoggedIn(Answer, frozen=True, kw_only=True, tag="login"):
    """The session is C{name} now. C{rooms} begins with the one to look at first."""

    name: str
    at: int
    rooms: tuple[RoomShown, ...]
    settings: dict[str, str]
    last_at: int | None = None
    last_from: str | None = None
    motd: str = ""


class Registered(LoggedIn, frozen=True, kw_only=True, tag="register"):
    """The account was made, and the session is it."""


class Resumed(LoggedIn, frozen=True, kw_only=True, tag="resume"):
    """The session is C{name} again; what was missed came before this answer."""


class QuitDone(Answer, frozen=True, kw_only=True, tag="quit"):
    """Good-bye: the server closes the connection."""


class Ponged(Answer, frozen=True, kw_only=True, tag="ping"):
    """A sign of life."""

    at: int


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


class NamesDone(Answer, frozen=True, kw_only=True, tag="names"):
    """Who is here."""

    room: str
    names: tuple[str, ...]


class WhoisDone(Answer, frozen=True, kw_only=True, tag="whois"):
    """What may be known of an account; C{rooms} are those that one shares with it."""

    name: str
    at: int
    since: int
    online: bool
    seen: int | None
    rooms: tuple[str, ...]


class TopicDone(Answer, frozen=True, kw_only=True, tag="topic"):
    """What the room is about."""

    room: str
    topic: str
    by: str = ""
    at: int | None = None


class Stored(Answer, frozen=True, kw_only=True):
    """A line is on disk, as C{seq} of its place; C{again} if the same cid had stored it before."""

    room: str
    seq: int
    at: int
    again: bool = False


class SayDone(Stored, frozen=True, kw_only=True, tag="say"):
    """The line is stored."""


class MsgDone(Stored, frozen=True, kw_only=True, tag="msg"):
    """The line is stored; it is heard now, or when the other one comes back."""


class HistoryDone(Answer, frozen=True, kw_only=True, tag="history"):
    """Old events, oldest first; C{more} if there are older ones (or, asked with C{after}, newer ones)."""

    room: str
    at: int
    events: tuple[AnyRoomEvent, ...]
    more: bool


class PasswdDone(Answer, frozen=True, kw_only=True, tag="passwd"):
    """The password is another one now."""


class SetDone(Answer, frozen=True, kw_only=True, tag="set"):
    """The settings as they are now."""

    settings: dict[str, str]


class WhyDone(Answer, frozen=True, kw_only=True, tag="why"):
    """The last refusal of this session, with its reasons."""

    code: str
    why: str
    rule: str | None
    set_by: str | None
    until: int | None
