"""
The realm, and the gate: what twisted.cred makes of credentials, and how the core sees it.

The core knows nothing of cred. It knows a gate; behind the gate is a portal, and behind that a checker and the
realm, which attaches the session (cred's mind) to the hub as the account that the checker named.
"""

from collections.abc import Callable
from typing import Protocol

from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred
from zope.interface import Interface, implementer

from chatd.auth.checker import AddressedPassword, Credentials, PasswordChecker
from chatd.auth.hashes import Hashes
from chatd.auth.passwords import require_good
from chatd.auth.throttle import Registrations
from chatd.core import names
from chatd.core.errors import LoginFailed, NameTaken, RegistrationClosed, TooMany
from chatd.core.hub import Hub
from chatd.core.ports import Account, Entrance
from chatd.core.session import Session


class Store(Credentials, Protocol):
    """What admission asks of the store."""

    async def exists(self, name: str) -> bool: ...
    async def create(self, name: str, scheme: str, hash: str) -> int: ...
    async def enter(self, account_id: int, address: str, attach: Callable[[Entrance], None]) -> Entrance: ...


class IEntrance(Interface):
    """An account that comes in, with what it needs to know: the aspect of an avatar that a session asks for."""


@implementer(IRealm)
class Realm:
    """Attaches sessions to the hub."""

    def __init__(self, hub: Hub, accounts: Store, now: Callable[[], int]) -> None:
        self._hub = hub
        self._accounts = accounts
        self._now = now
        self._coming: set[tuple[int, Session]] = set()

    def requestAvatar(
        self, avatarId: bytes | tuple[()], mind: object, *interfaces: type[Interface]
    ) -> Deferred[tuple[type[Interface], object, Callable[[], None]]]:
        """
        Let the session C{mind} be the account C{avatarId}.

        @raise NotImplementedError: for any interface but L{IEntrance}.
        @raise TooMany: if the account has as many sessions as it may.
        """
        if IEntrance not in interfaces or not isinstance(avatarId, bytes) or not isinstance(mind, Session):
            raise NotImplementedError("chatd's realm knows accounts, sessions and entrances only")
        return Deferred.fromCoroutine(self._admit(int(avatarId), mind))

    async def enter(self, account_id: int, session: Session) -> Entrance:
        """The same, for whoever needs no judging because it has just been made."""
        avatar = self._hub.avatars.get(account_id)
        most = self._hub.site.limits.sessions_per_account
        here = {each for number, each in self._coming if number == account_id}
        if len(here.union(avatar.sessions if avatar is not None else ())) >= most:
            raise TooMany(f"You are logged in {most} times already. /quit one of them first.", rule="sessions")
        at = self._now()
        self._coming.add((account_id, session))
        try:
            return await self._accounts.enter(
                account_id, session.peer.address, lambda entrance: self._hub.attach(session, entrance, at)
            )
        finally:
            self._coming.discard((account_id, session))

    async def _admit(self, account_id: int, session: Session) -> tuple[type[Interface], object, Callable[[], None]]:
        entrance = await self.enter(account_id, session)
        return IEntrance, entrance, lambda: session.close("")


class Gate:
    """
    Admission.

    @param count_of: What an address is counted as for registrations, or C{None} if it is not counted.
    """

    def __init__(
        self,
        hub: Hub,
        accounts: Store,
        hashes: Hashes,
        now: Callable[[], int],
        clock: Callable[[], float],
        count_of: Callable[[str], str | None],
    ) -> None:
        self._hub = hub
        self._accounts = accounts
        self._hashes = hashes
        self._clock = clock
        self._count_of = count_of
        self._registrations = Registrations()
        self._realm = Realm(hub, accounts, now)
        self._checker = PasswordChecker(accounts, hashes)
        self._portal = Portal(self._realm, [self._checker])

    async def login(self, name: str, password: str, session: Session) -> Entrance:
        """
        Let an account in.

        @raise LoginFailed: whatever was wrong.
        @raise ChatError: if it cannot be judged now.
        """
        said = AddressedPassword(name, password, session.peer.address)
        try:
            _, entrance, _ = await self._portal.login(said, session, IEntrance)
        except UnauthorizedLogin:
            raise LoginFailed() from None
        assert isinstance(entrance, Entrance)
        return entrance

    async def register(self, name: str, password: str, invite: str | None, session: Session) -> Entrance:
        """
        Make an account and let it in.

        @raise ChatError: if the site, the name or the password does not allow it.
        """
        site = self._hub.site
        if site.registration == "invite":
            raise RegistrationClosed("That invitation is not known here. Ask the people who run this server for one.")
        asked = names.account_name(name)
        require_good(password, asked.shown, site.limits.password_length)
        if await self._accounts.exists(asked.shown):
            raise NameTaken(f"The name {asked.shown} is taken. Choose another one.")
        peer = session.peer
        if not peer.exempt:
            self._registrations.count(self._count_of(peer.address), self._clock(), site.limits)
        stored = await self._hashes.make(password, peer.address)
        account_id = await self._accounts.create(asked.shown, *stored)
        return await self._realm.enter(account_id, session)

    async def change_password(self, account: Account, old: str, new: str, session: Session) -> None:
        """
        Replace an account's password.

        @raise LoginFailed: if C{old} is not its password.
        @raise BadPassword: if C{new} may not be one.
        """
        require_good(new, account.name, self._hub.site.limits.password_length)
        address = session.peer.address
        try:
            await self._checker.judge(AddressedPassword(account.name, old, address))
        except UnauthorizedLogin:
            raise LoginFailed() from None
        stored = await self._hashes.make(new, address)
        await self._accounts.set_password(account.id, *stored)
