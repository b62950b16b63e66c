"""What is said, and what was said."""

from typing import Literal

from chatd.core.commands.command import Cid, Command, Moment, Number, Page, Seq, Word

Kind = Literal["text", "action", "notice"]


class Say(Command, frozen=True, kw_only=True, tag="say"):
    """
    Say a line, or several, in a room or to C{@NAME}.

    @ivar kind: C{notice} is what a program says that wants no answer.
    @ivar tags: What programs tell one another beside the text: names that begin with C{+}, and any text.
    """

    room: str
    text: str
    kind: Kind = "text"
    cid: Cid | None = None
    tags: dict[str, str] = {}


class Msg(Command, frozen=True, kw_only=True, tag="msg"):
    """Say a line, or several, to an account alone, whether it is here or not."""

    to: str
    text: str
    kind: Kind = "text"
    cid: Cid | None = None
    tags: dict[str, str] = {}


class Relay(Command, frozen=True, kw_only=True, tag="relay"):
    """
    Tell something to those who are here now, in a room or of C{@NAME}, and store it nowhere.

    @ivar text: As in L{Say}, and it may hold U+0001; of kind C{tag} there is none.
    @ivar least: Only members with this role in the room, or a higher one, hear it.
    """

    to: str
    text: str = ""
    kind: Literal["text", "notice", "tag"] = "text"
    tags: dict[str, str] = {}
    least: Literal["voice", "moderator"] | None = None


class Tag(Command, frozen=True, kw_only=True, tag="tag"):
    """Say in a room or to C{@NAME} what only programs read, and what is kept: tags as in L{Say}, and no text."""

    room: str
    tags: dict[str, str]


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

    The newest C{limit} of those with C{after < seq < before}, not older than C{since} (UTC milliseconds) or
    C{ago} (milliseconds before now), and older than C{until}. With C{after} alone, the oldest ones after it.

    @ivar oldest: Whether the oldest of them are meant, and not the newest.
    @ivar lines: Whether only lines are meant that were not taken back.
    """

    room: str
    limit: Page = 50
    before: Seq | None = None
    after: Seq | None = None
    since: Seq | None = None
    ago: Seq | None = None
    until: Seq | None = None
    oldest: bool = False
    lines: bool = False


class Targets(Command, frozen=True, kw_only=True, tag="targets"):
    """
    Ask in which places the newest event is not older than C{since} and older than C{until} (UTC milliseconds); those
    first where it is the oldest.
    """

    since: Seq | None = None
    until: Seq | None = None
    limit: Page = 50


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
    """
    Have read a place up to a seq, or up to a moment (UTC milliseconds), on all one's sessions; or (with neither) ask
    how far one has.
    """

    room: str
    seq: Seq | None = None
    at: Moment | None = None
