"""
The realm: what twisted.cred makes of an account that has proved itself.

It attaches the session (cred's mind) to the hub as the account that the checker named, between two commits, so that
nothing is told twice and nothing is missed; and what has proved the account is looked at again in that transaction,
so that whoever comes in while a password is changed or a token revoked does not come in with the old one.
"""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from twisted.cred.portal import IRealm
from twisted.internet.defer import Deferred
from zope.interface import Interface, implementer

from chatd.auth.checker import Credentials, Proof
from chatd.auth.tokens import make_token
from chatd.core.commands import Register
from chatd.core.errors import TooMany
from chatd.core.events import Identified
from chatd.core.hub import Hub
from chatd.core.ports import Account, Entrance, News, Place
from chatd.core.session import Session


class Store(Credentials, Protocol):
    """What admission asks of the store."""

    async def exists(self, name: str) -> bool: ...
    async def is_invited(self, invitation: bytes) -> bool: ...
    async def create(
        self, name: str, scheme: str, hash: str, address: str = "", invitation: bytes | None = None
    ) -> int: ...
    async def come_as_guest(
        self, name: str, address: str, source: str, attach: Callable[[Entrance], None]
    ) -> Entrance: ...
    async def become(
        self,
        account_id: int,
        password: tuple[str, str],
        invitation: bytes | None,
        address: str,
        attach: Callable[[Entrance], None],
        *,
        source: str | None = None,
        new_token: bytes | None = None,
    ) -> Entrance: ...
    async def proved(self, account_id: int, address: str) -> Account: ...
    def depart(self, account: Account, seen: Mapping[int, int]) -> None: ...
    async def renew_password(self, account_id: int, old_hash: str, scheme: str, hash: str) -> None: ...
    async def set_password(
        self, account_id: int, scheme: str, hash: str, *, keep: int | None = None, password_at: int | None = None
    ) -> None: ...
    async def add_token(
        self, account_id: int, hash: bytes, label: str, address: str, kind: Literal["app", "certificate"] = "app"
    ) -> tuple[int, int]: ...
    async def enter(
        self,
        account_id: int,
        address: str,
        attach: Callable[[Entrance], None],
        *,
        source: str | None = None,
        token_id: int | None = None,
        password_at: int | None = None,
        new_token: bytes | None = None,
    ) -> Entrance: ...


class IEntrance(Interface):
    """An account that comes in, with what it needs to know: the aspect of an avatar that a session asks for."""


class IRememberedEntrance(IEntrance):
    """The same, with a token to come back with."""


@implementer(IRealm)
class Realm:
    """
    Attaches sessions to the hub.

    @param source: What an address counts as.
    """

    def __init__(self, hub: Hub, accounts: Store, now: Callable[[], int], source: Callable[[str], str] = str) -> None:
        self._hub = hub
        self._accounts = accounts
        self._now = now
        self._source = source
        self._coming: set[tuple[int, Session]] = set()

    def requestAvatar(
        self, avatarId: bytes | tuple[()], mind: object, *interfaces: type[Interface]
    ) -> Deferred[tuple[type[Interface], object, Callable[[], None]]]:
        """
        Let the session C{mind} be the account of which C{avatarId} is the proof.

        @raise NotImplementedError: for any interface but L{IEntrance} and L{IRememberedEntrance}.
        @raise TooMany: if the account has as many sessions as it may.
        @raise LoginFailed: if what proved the account does so no more.
        """
        aspect = next((each for each in interfaces if each in (IEntrance, IRememberedEntrance)), None)
        if aspect is None or not isinstance(avatarId, bytes) or not isinstance(mind, Session):
            raise NotImplementedError("chatd's realm knows accounts, sessions and entrances only")
        return Deferred.fromCoroutine(self._admit(aspect, Proof.of(avatarId), mind))

    async def enter(self, proof: Proof, session: Session, remember: bool = False) -> Entrance:
        """
        The same, for whoever needs no judging because it has just been made.

        @param remember: Whether to make a session token. Who came with a token has one, and a token makes no other:
            it would outlive its own end.
        """
        number = proof.account_id
        avatar = self._hub.avatars.get(number)
        most = self._hub.site.limits.sessions_per_account
        here = {each for account, each in self._coming if account == number}
        if len(here.union(avatar.sessions if avatar is not None else ())) >= most:
            raise TooMany(f"You are logged in {most} times already. /quit one of them first.", rule="sessions")
        self._coming.add((number, session))
        try:
            return await self._enter(proof, session, remember and proof.token_id is None)
        finally:
            self._coming.discard((number, session))

    async def guest(self, name: str, session: Session) -> Entrance:
        """
        Let a session be a guest of this name.

        @raise ChatError: if the name is somebody's, or the address is banned.
        """
        at, address = self._now(), session.peer.address

        def attach(entrance: Entrance) -> None:
            self._hub.attach(session, entrance, at)
            if session.gone:  # and nobody would ever say that the guest is
                self._accounts.depart(entrance.account, {})

        return await self._accounts.come_as_guest(name, address, self._source(address), attach)

    async def identify(
        self, session: Session, password: tuple[str, str], invitation: bytes | None, said: Register
    ) -> Entrance:
        """Let the guest that a session is be an account."""
        account, at, address = session.me.account, self._now(), session.peer.address
        token, hash = make_token("session") if said.remember else (None, None)

        def attach(entrance: Entrance) -> None:
            session.token_id = entrance.token_id
            happened = Identified(who=account.name, at=at)
            self._hub.tell(News(happened, account.id, Place(0, "", "")), session, said.ref)

        entrance = await self._accounts.become(
            account.id, password, invitation, address, attach, source=self._source(address), new_token=hash
        )
        return entrance._replace(token=token)

    async def _enter(self, proof: Proof, session: Session, remember: bool) -> Entrance:
        at, address = self._now(), session.peer.address
        token, hash = make_token("session") if remember else (None, None)
        entrance = await self._accounts.enter(
            proof.account_id,
            address,
            lambda entrance: self._hub.attach(session, entrance, at),
            source=self._source(address),
            token_id=proof.token_id,
            password_at=proof.password_at,
            new_token=hash,
        )
        return entrance._replace(token=token)

    async def _admit(
        self, aspect: type[Interface], proof: Proof, session: Session
    ) -> tuple[type[Interface], object, Callable[[], None]]:
        entrance = await self.enter(proof, session, remember=aspect is IRememberedEntrance)
        return aspect, entrance, lambda: session.close("")
