"""What is said, and what was said."""

from typing import Literal

from chatd.core.commands.command import Cid, Command, Number, Page, Seq, Word


class Say(Command, frozen=True, kw_only=True, tag="say"):
    """Say a line in a room, or to C{@NAME}."""

    room: str
    text: str
    kind: Literal["text", "action"] = "text"
    cid: Cid | None = None


class Msg(Command, frozen=True, kw_only=True, tag="msg"):
    """Say a line to an account alone, whether it is here or not."""

    to: str
    text: str
    kind: Literal["text", "action"] = "text"
    cid: Cid | None = None


class Edit(Command, frozen=True, kw_only=True, tag="edit"):
    """Correct a line of one's own, not later than 15 minutes after it: the one of a seq, or the last one."""

    room: str
    text: str
    seq: Number | None = None


class Delete(Command, frozen=True, kw_only=True, tag="delete"):
    """
    Take a line back: one's own, not later than 15 minutes after it; a moderator, anybody's.

    @ivar seq: Which; without it, the last one of C{name}, or of one's own.
    """

    room: str
    seq: Number | None = None
    name: str | None = None
    reason: str = ""


class History(Command, frozen=True, kw_only=True, tag="history"):
    """
    Ask for old events of a place, oldest first.

    The newest C{limit} of those with C{after < seq < before} and not older than C{since} (UTC milliseconds) or
    C{ago} (milliseconds before now). With C{after} alone, the oldest ones after it.
    """

    room: str
    limit: Page = 50
    before: Seq | None = None
    after: Seq | None = None
    since: Seq | None = None
    ago: Seq | None = None


class Search(Command, frozen=True, kw_only=True, tag="search"):
    """
    Find lines by their words, newest first, among those that one may read.

    @ivar words: All of them must be there; C{"in quotes"} they must follow one another, and C{word*} is a beginning.
    @ivar who: Only lines of this account.
    @ivar room: Only lines of this place.
    @ivar since: Not older than this (UTC milliseconds); C{ago}: than so many milliseconds before now.
    @ivar before: Only lines found after this one: the C{next} of the page before.
    """

    words: Word
    who: str | None = None
    room: str | None = None
    since: Seq | None = None
    ago: Seq | None = None
    before: Seq | None = None
    limit: Page = 20


class Unread(Command, frozen=True, kw_only=True, tag="unread"):
    """Ask in which places there is news."""


class Catchup(Command, frozen=True, kw_only=True, tag="catchup"):
    """Ask for the news of all places, at most C{limit} events of each, and have read them."""

    limit: Page = 50


class Mark(Command, frozen=True, kw_only=True, tag="mark"):
    """Have read a place up to a seq, on all one's sessions."""

    room: str
    seq: Seq
