"""Coming and going."""

from chatd.core.commands.command import Command, Recent, Secret, Seq, Word


class Introduce(Command, frozen=True, kw_only=True, tag="introduce"):
    """Ask whether a name is somebody's already, before a password is asked for."""

    name: str


class Login(Command, frozen=True, kw_only=True, tag="login"):
    """
    Prove to be an account: with a name and a password (or a token in its place), with a C{token} alone, or with the
    C{certificate} that the connection has shown; a name beside it has to be its account's.

    @ivar remember: Whether the answer is to bring a session token, with which to come back.
    @ivar recent: How many old events of the first room the answer is to bring.
    """

    name: str = ""
    password: Secret = ""
    token: Secret = ""
    certificate: bool = False
    remember: bool = False
    recent: Recent = 0


class Switch(Login, frozen=True, kw_only=True, tag="switch"):
    """Be another account from here on, which is proved as in L{Login}; or prove to be the same one once more."""


class Vouch(Command, frozen=True, kw_only=True, tag="vouch"):
    """
    Say where the peer comes from, as a gateway that the operator trusts.

    @ivar gateway: The gateway's name.
    @ivar address: The peer's address.
    @ivar encrypted: Whether the peer's own line to the gateway is.
    """

    gateway: Word
    password: Secret
    address: Word
    encrypted: bool = False


class Register(Command, frozen=True, kw_only=True, tag="register"):
    """Make an account and be it. C{invite} is the code of an invitation, where the site asks for one."""

    name: str
    password: Secret
    invite: Word | None = None
    remember: bool = False
    recent: Recent = 0


class Guest(Command, frozen=True, kw_only=True, tag="guest"):
    """Be a guest, where the site takes any: somebody who proves nothing, and is no more when the connection ends."""

    name: str


class Resume(Command, frozen=True, kw_only=True, tag="resume"):
    """Log in and hear what was missed: C{seen} says the last seq that was seen in each place."""

    name: str = ""
    password: Secret = ""
    token: Secret = ""
    certificate: bool = False
    remember: bool = False
    seen: dict[str, Seq] = {}


class Quit(Command, frozen=True, kw_only=True, tag="quit"):
    """Leave the server, not the rooms."""

    reason: str = ""


class Ping(Command, frozen=True, kw_only=True, tag="ping"):
    """
    Ask for a sign of life.

    @ivar settled: Whether it is to come when all that anybody has asked for before is done, and has been told. What
        takes long, such as a search or a password, is not waited for.
    """

    settled: bool = False


class Why(Command, frozen=True, kw_only=True, tag="why"):
    """Ask why the last thing was refused."""
