"""What a session may know of the site: what the operator decided, as one value that a reload replaces whole."""

from typing import Literal, NamedTuple

from chatd.core.settings.limits import Limits

Registration = Literal["open", "invite", "closed"]


class Gateway(NamedTuple):
    """
    A program that is trusted to say where its peers come from: IRC's C{WEBIRC}.

    @ivar networks: Where it connects from.
    """

    name: str
    password: str
    networks: tuple[str, ...]

    def __repr__(self) -> str:
        """Without the password: a repr ends up in logs."""
        return f"Gateway({self.name!r})"


class Sts(NamedTuple):
    """Where IRC clients find the encrypted way in, and for how many seconds they are to take no other (IRCv3 STS)."""

    port: int
    duration: int


class Site(NamedTuple):
    """
    The operator's decisions.

    @ivar name: What the site calls itself.
    @ivar motd: Lines that everyone sees after the login.
    @ivar autojoin: The room that a new account enters, or nothing.
    @ivar plaintext_logins: Whether passwords may cross a network in the clear.
    @ivar guests: Whether somebody may come in who proves nothing.
    @ivar encrypted_doors: Where an encrypted way in is, as people write it (C{host port}).
    @ivar gateways: Who may say where its peers come from.
    @ivar sts: The encrypted way in that IRC clients are to take from now on, if they are to.
    """

    name: str = "chatd"
    motd: str = ""
    registration: Registration = "open"
    autojoin: str = "lobby"
    plaintext_logins: bool = False
    guests: bool = False
    encrypted_doors: tuple[str, ...] = ()
    limits: Limits = Limits()
    gateways: tuple[Gateway, ...] = ()
    sts: Sts | None = None
