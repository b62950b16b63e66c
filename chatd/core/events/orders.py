"""Answers to moderators."""

import msgspec

from chatd.core.events.answer import Answer


class BanShown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    A ban or a mute in force.

    @ivar effect: C{ban} or C{mute}.
    @ivar room: Where, or C{None} for the whole site.
    @ivar target: An account's name, or a network.
    """

    number: int
    effect: str
    room: str | None
    target: str
    reason: str
    set_by: str
    set_at: int
    until: int | None


class KickDone(Answer, frozen=True, kw_only=True, tag="kick"):
    """The account is out of the room."""

    room: str
    target: str


class ExpelDone(Answer, frozen=True, kw_only=True, tag="expel"):
    """The account's sessions have ended."""

    name: str


class Sentenced(Answer, frozen=True, kw_only=True):
    """It holds until C{until} (UTC milliseconds), or for ever."""

    room: str | None
    target: str
    until: int | None


class BanDone(Sentenced, frozen=True, kw_only=True, tag="ban"):
    """The ban holds."""


class MuteDone(Sentenced, frozen=True, kw_only=True, tag="mute"):
    """The mute holds."""


class Lifted(Answer, frozen=True, kw_only=True):
    """It holds no more."""

    room: str | None
    target: str


class UnbanDone(Lifted, frozen=True, kw_only=True, tag="unban"):
    """The ban is lifted."""


class UnmuteDone(Lifted, frozen=True, kw_only=True, tag="unmute"):
    """The mute is lifted."""


class BansDone(Answer, frozen=True, kw_only=True, tag="bans"):
    """The bans and mutes in force."""

    at: int
    bans: tuple[BanShown, ...]


class MaskShown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A mask on a list of a room."""

    mask: str
    set_by: str
    set_at: int


class MaskDone(Answer, frozen=True, kw_only=True, tag="mask"):
    """The mask, as it is kept, is on the list now, or is there no more."""

    room: str
    list: str
    mask: str
    on: bool


class MasksDone(Answer, frozen=True, kw_only=True, tag="masks"):
    """The masks on a list of a room, the oldest first."""

    room: str
    list: str
    masks: tuple[MaskShown, ...]


class UndoDone(Answer, frozen=True, kw_only=True, tag="undo"):
    """What was taken back: the C{act}, whom it was against, and where."""

    act: str
    target: str
    room: str
