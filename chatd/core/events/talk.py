"""Answers about what is said, and what was said."""

import msgspec

from chatd.core.events.answer import Answer
from chatd.core.events.event import AnyRoomEvent, Said


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


class RelayDone(Answer, frozen=True, kw_only=True, tag="relay"):
    """It was told to whoever is there."""

    room: str
    at: int


class TagDone(Stored, frozen=True, kw_only=True, tag="tag"):
    """What is for programs is stored."""


class TargetShown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place, and when the newest event there happened."""

    place: str
    at: int


class TargetsDone(Answer, frozen=True, kw_only=True, tag="targets"):
    """Places, the one where nothing happened for the longest time first."""

    targets: tuple[TargetShown, ...]


class HistoryDone(Answer, frozen=True, kw_only=True, tag="history"):
    """Old events, oldest first; C{more} if there are older ones (or, asked with C{after}, newer ones)."""

    room: str
    at: int
    events: tuple[AnyRoomEvent, ...]
    more: bool


class EditDone(Answer, frozen=True, kw_only=True, tag="edit"):
    """The line of seq C{of} reads otherwise now."""

    room: str
    seq: int
    of: int


class DeleteDone(Answer, frozen=True, kw_only=True, tag="delete"):
    """The line of seq C{of} is taken back."""

    room: str
    seq: int
    of: int


class SearchDone(Answer, frozen=True, kw_only=True, tag="search"):
    """Lines, newest first. C{next} asks for the page that follows, if there is one."""

    at: int
    found: tuple[Said, ...]
    next: int | None


class News(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    What is new in a place.

    @ivar marker: The last seq that one has read.
    @ivar unread: How many lines by others came since, counted to 1,000.
    @ivar mentions: How many of those hold one's name.
    @ivar events: The newest of what is new, oldest first, where it was asked for.
    """

    room: str
    seq: int
    marker: int
    unread: int
    mentions: int
    events: tuple[AnyRoomEvent, ...] = ()


class UnreadDone(Answer, frozen=True, kw_only=True, tag="unread"):
    """The places with news."""

    places: tuple[News, ...]


class CatchupDone(Answer, frozen=True, kw_only=True, tag="catchup"):
    """The places with news, and the news, which is read now."""

    at: int
    places: tuple[News, ...]


class MarkDone(Answer, frozen=True, kw_only=True, tag="mark"):
    """
    How far the place is read: up to a seq, and up to a moment (UTC milliseconds), if anybody ever said so.

    The two are kept apart: joining and leaving move the seq, too.
    """

    room: str
    seq: int
    at: int | None = None
