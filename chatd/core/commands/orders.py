"""What moderators order."""

from typing import Literal

from chatd.core.commands.command import Command, Moment, Span, Word

MaskList = Literal["ban", "mute", "exception", "invitation"]


class Order(Command, frozen=True, kw_only=True):
    """
    An order against somebody.

    @ivar room: Where, or C{None} for the whole site.
    @ivar target: An account's name; for bans also an address, a network (C{192.0.2.0/24}) or, in a room, a mask.
    """

    room: str | None = None
    target: Word


class Sentence(Order, frozen=True, kw_only=True):
    """
    An order that lasts.

    @ivar ms: How long, in milliseconds; C{None} is the site's usual time and 0 is for ever.
    @ivar until: In its place: until when (UTC milliseconds).
    """

    ms: Span | None = None
    until: Moment | None = None
    reason: str = ""


class Kick(Command, frozen=True, kw_only=True, tag="kick"):
    """Put an account out of a room."""

    room: str
    target: Word
    reason: str = ""


class Expel(Command, frozen=True, kw_only=True, tag="expel"):
    """End all sessions of an account or a guest, which may come back."""

    name: str
    reason: str = ""


class Ban(Sentence, frozen=True, kw_only=True, tag="ban"):
    """Keep an account or a network out of a room, or out of the site."""


class Mute(Sentence, frozen=True, kw_only=True, tag="mute"):
    """Let an account or a network not speak in a room, or nowhere."""


class Unban(Order, frozen=True, kw_only=True, tag="unban"):
    """Lift a ban."""


class Unmute(Order, frozen=True, kw_only=True, tag="unmute"):
    """Lift a mute."""


class Bans(Command, frozen=True, kw_only=True, tag="bans"):
    """Ask for the bans and mutes of a room, or of the site."""

    room: str | None = None


class Mask(Command, frozen=True, kw_only=True, tag="mask"):
    """
    Put a mask on a list of a room, or take it off.

    @ivar list: What the mask is for: to keep out, to let not speak, to be an exception to both, or to be invited.
    @ivar mask: C{NICK!USER@HOST} with C{*} and C{?}, or C{a:ACCOUNT}.
    """

    room: str
    list: MaskList
    mask: Word
    on: bool = True


class Masks(Command, frozen=True, kw_only=True, tag="masks"):
    """Ask for the masks on a list of a room. A ban or mute of an account is there as C{NAME!*@*}."""

    room: str
    list: MaskList


class Undo(Command, frozen=True, kw_only=True, tag="undo"):
    """Take back one's own last kick, ban, mute or delete, not later than 10 minutes after it."""
