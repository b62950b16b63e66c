"""Answers to whoever comes in."""

import msgspec

from chatd.core.events.answer import Answer
from chatd.core.events.event import AnyRoomEvent
from chatd.core.settings.site import Registration


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


class Introduced(Answer, frozen=True, kw_only=True, tag="introduce"):
    """
    C{known}: a password is to be asked for; otherwise the name is free.

    @ivar registration: Who may make an account. Unless that is everybody, every name is told to be known.
    @ivar shortest: The fewest characters of a password that is chosen.
    """

    name: str
    known: bool
    registration: Registration = "open"
    shortest: int = 1


class LoggedIn(Answer, frozen=True, kw_only=True, tag="login"):
    """
    The session is C{name} now. C{rooms} begins with the one to look at first.

    @ivar role: The account's role on the site.
    @ivar token: The session token that was asked for, for the only time.
    """

    name: str
    at: int
    rooms: tuple[RoomShown, ...]
    settings: dict[str, str]
    last_at: int | None = None
    last_from: str | None = None
    motd: str = ""
    role: str = "member"
    token: str | None = None


class Registered(LoggedIn, frozen=True, kw_only=True, tag="register"):
    """The account was made, and the session is it."""


class GuestDone(LoggedIn, frozen=True, kw_only=True, tag="guest"):
    """The session is the guest C{name}."""


class SwitchDone(LoggedIn, frozen=True, kw_only=True, tag="switch"):
    """The session is C{name} from here on."""


class VouchDone(Answer, frozen=True, kw_only=True, tag="vouch"):
    """The peer counts as one that comes from C{address}."""

    address: str


class Resumed(LoggedIn, frozen=True, kw_only=True, tag="resume"):
    """The session is C{name} again; what was missed came before this answer."""
