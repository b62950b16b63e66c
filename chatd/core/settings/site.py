"""What a session may know of the site: what the operator decided, as one value that a reload replaces whole."""

from typing import Literal, NamedTuple

from chatd.core.settings.limits import Limits

Registration = Literal["open", "invite", "closed"]


class Site(NamedTuple):
    """
    The operator's decisions.

    @ivar name: What the site calls itself.
    @ivar motd: Lines that everyone sees after the login.
    @ivar autojoin: The room that a new account enters, or nothing.
    @ivar plaintext_logins: Whether passwords may cross a network in the clear.
    @ivar encrypted_doors: Where an encrypted way in is, as people write it (C{host port}).
    """

    name: str = "chatd"
    motd: str = ""
    registration: Registration = "open"
    autojoin: str = "lobby"
    plaintext_logins: bool = False
    encrypted_doors: tuple[str, ...] = ()
    limits: Limits = Limits()
