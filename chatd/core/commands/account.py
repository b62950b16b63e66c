"""One's own account: what proves it, what it has set, who it does not want to hear, what is kept of it."""

from typing import Literal

from chatd.core.commands.command import Command, Number, Secret, Seq, Word


class Claim(Command, frozen=True, kw_only=True, tag="claim"):
    """Become the owner of the server, with the code that its log shows as long as there is no owner."""

    code: Word


class Rename(Command, frozen=True, kw_only=True, tag="rename"):
    """Take another name, as a guest."""

    name: str


class Profile(Command, frozen=True, kw_only=True, tag="profile"):
    """
    Say what IRC is to show of one, as long as one is here. What is C{None} stays as it is. Before one is somebody, it
    is kept for the moment when one is.

    @ivar user: A user name, which stands in one's mask.
    @ivar real: A name in full, or any line.
    @ivar bot: Whether one is a program.
    @ivar invisible: Whether one is shown only to those who share a room with one, or know the name.
    """

    user: Word | None = None
    real: Word | None = None
    bot: bool | None = None
    invisible: bool | None = None


class Operate(Command, frozen=True, kw_only=True, tag="operate"):
    """Prove to hold an account that has powers on the site, and have them beside one's own on this session."""

    name: str
    password: Secret


class Depose(Command, frozen=True, kw_only=True, tag="depose"):
    """Give up what C{operate} gave."""


class Passwd(Command, frozen=True, kw_only=True, tag="passwd"):
    """Change one's password. All other sessions end, and all other tokens are revoked."""

    old: Secret
    new: Secret


class Sessions(Command, frozen=True, kw_only=True, tag="sessions"):
    """Ask where one is logged in."""


class Logout(Command, frozen=True, kw_only=True, tag="logout"):
    """End a session of one's own and revoke its token: this one, the one of a number, or all others and all tokens."""

    which: Number | Literal["this", "all"] = "this"


class MakeToken(Command, frozen=True, kw_only=True, tag="make-token"):
    """Make a token that another program may use in place of the password. It is shown once."""

    label: Word


class AddCertificate(Command, frozen=True, kw_only=True, tag="add-certificate"):
    """Let the certificate that the connection has shown prove the account from now on, as a token does."""

    label: Word


class Tokens(Command, frozen=True, kw_only=True, tag="tokens"):
    """Ask which tokens one has; who manages accounts may ask it of another C{account}."""

    account: str | None = None


class RevokeToken(Command, frozen=True, kw_only=True, tag="revoke-token"):
    """Make a token worthless; the token of another C{account} where one manages accounts."""

    number: Number
    account: str | None = None


class Set(Command, frozen=True, kw_only=True, tag="set"):
    """Change one's settings, or (with no name) ask for them."""

    name: Word | None = None
    value: Word = ""


class Away(Command, frozen=True, kw_only=True, tag="away"):
    """Say that one is away, and why; with no text, that one is back."""

    text: str | None = None


class Ignore(Command, frozen=True, kw_only=True, tag="ignore"):
    """Hear nothing more of an account's lines, or (with no name) ask whom one ignores."""

    name: str | None = None


class Unignore(Command, frozen=True, kw_only=True, tag="unignore"):
    """Hear an account again."""

    name: str


class Export(Command, frozen=True, kw_only=True, tag="export"):
    """Ask for all that is kept of oneself, a part at a time: C{after} is the C{next} of the part before."""

    after: Seq = 0


class Erase(Command, frozen=True, kw_only=True, tag="erase"):
    """Give up one's account for good, with all that one said. The name is never given to anyone else."""

    password: Secret
