"""
What a peer may ask: one frozen value per command, named in the imperative.

These types are the JSON dialect's grammar: the tag is the word after C{"do"}, the fields are the object's keys.
The other dialects translate into them. Text and names are as typed here; L{chatd.core.session} checks them.
"""

from typing import Annotated, Literal

import msgspec

Word = Annotated[str, msgspec.Meta(max_length=128)]
Secret = Annotated[str, msgspec.Meta(max_length=1024)]
Cid = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Page = Annotated[int, msgspec.Meta(ge=1, le=200)]
Recent = Annotated[int, msgspec.Meta(ge=0, le=200)]


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", gc=False):
    """
    One thing that a peer asks.

    @ivar ref: The peer's own mark for this command; the answer carries it back.
    """

    ref: Word | None = None

    def __repr__(self) -> str:
        """The name alone: a command may hold a password or somebody's words, and a repr ends up in logs."""
        return f"<{type(self).__name__}>"


class Introduce(Command, frozen=True, kw_only=True, tag="introduce"):
    """Ask whether a name is somebody's already, before a password is asked for."""

    name: str


class Login(Command, frozen=True, kw_only=True, tag="login"):
    """Prove to be an account. With C{recent}, the answer brings as many old events of the first room."""

    name: str
    password: Secret
    recent: Recent = 0


class Register(Command, frozen=True, kw_only=True, tag="register"):
    """Make an account and be it."""

    name: str
    password: Secret
    invite: Word | None = None
    recent: Recent = 0


class Resume(Command, frozen=True, kw_only=True, tag="resume"):
    """Log in and hear what was missed: C{seen} says the last seq that was seen in each place."""

    name: str
    password: Secret
    seen: dict[str, Seq] = {}


class Quit(Command, frozen=True, kw_only=True, tag="quit"):
    """Leave the server, not the rooms."""

    reason: str = ""


class Ping(Command, frozen=True, kw_only=True, tag="ping"):
    """Ask for a sign of life."""


class Join(Command, frozen=True, kw_only=True, tag="join"):
    """Become a member of a room, which is made if there is none. With C{recent}, the answer brings old events."""

    room: str
    recent: Recent = 0


class Leave(Command, frozen=True, kw_only=True, tag="leave"):
    """Stop being a member of a room."""

    room: str
    reason: str = ""


class Look(Command, frozen=True, kw_only=True, tag="look"):
    """Ask how a room that one is in stands: topic, last seq, people."""

    room: str
    recent: Recent = 0


class Rooms(Command, frozen=True, kw_only=True, tag="rooms"):
    """Ask which rooms there are; C{pattern} is a part of the name."""

    pattern: Word = ""


class Names(Command, frozen=True, kw_only=True, tag="names"):
    """Ask who is here in a room."""

    room: str


class Whois(Command, frozen=True, kw_only=True, tag="whois"):
    """Ask about an account."""

    name: str


class Topic(Command, frozen=True, kw_only=True, tag="topic"):
    """Say what a room is about, or (with no text) ask."""

    room: str
    text: str | None = None


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


class Passwd(Command, frozen=True, kw_only=True, tag="passwd"):
    """Change one's password."""

    old: Secret
    new: Secret


class Set(Command, frozen=True, kw_only=True, tag="set"):
    """Change one's settings, or (with no name) ask for them."""

    name: Word | None = None
    value: Word = ""


class Why(Command, frozen=True, kw_only=True, tag="why"):
    """Ask why the last thing was refused."""


Any = (
    Introduce
    | Login
    | Register
    | Resume
    | Quit
    | Ping
    | Join
    | Leave
    | Look
    | Rooms
    | Names
    | Whois
    | Topic
    | Say
    | Msg
    | History
    | Passwd
    | Set
    | Why
)
