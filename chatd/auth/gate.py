"""
The gate: how the core sees admission.

The core knows nothing of cred. It knows a gate; behind the gate is a portal, and behind that the checker and the realm.
Whatever is secret passes through here and goes no further: the core and the store see hashes.
"""

import contextlib
import secrets
from collections.abc import Callable

from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import Portal
from twisted.internet.interfaces import IReactorTime
from zope.interface import Interface

from chatd.auth import tokens
from chatd.auth.checker import AddressedSecret, Checker, Proof, ShownCertificate
from chatd.auth.hashes import LONG, Hashes, Stored
from chatd.auth.passwords import require_good
from chatd.auth.realm import IEntrance, IRememberedEntrance, Realm, Store
from chatd.auth.throttle import Registrations, Throttle
from chatd.core import names
from chatd.core.commands import Login, Register, Resume
from chatd.core.errors import BadPassword, LoginFailed, NameTaken, NotAllowed, RegistrationClosed
from chatd.core.events import CertificateAdded, TokenMade
from chatd.core.hub import Hub
from chatd.core.ports import OPERATOR, Account, Entrance, Peer
from chatd.core.session import Session

PEPPER_BYTES = 32


class Gate:
    """
    Admission.

    @param now: The wall clock in UTC milliseconds.
    @param source: What an address counts as.
    @param count_of: The same for registrations, or C{None} if it is not counted by itself.
    """

    def __init__(
        self,
        hub: Hub,
        accounts: Store,
        hashes: Hashes,
        clock: IReactorTime,
        now: Callable[[], int],
        source: Callable[[str], str],
        count_of: Callable[[str], str | None],
    ) -> None:
        self._hub = hub
        self._accounts = accounts
        self._hashes = hashes
        self._clock = clock
        self._count_of = count_of
        self._registrations = Registrations()
        self._realm = Realm(hub, accounts, now, source)
        throttle = Throttle(secrets.token_bytes(PEPPER_BYTES))
        self._checker = Checker(
            accounts, hashes, throttle, lambda: hub.site.limits, clock, now, source, accounts.renew_password
        )
        self._portal = Portal(self._realm, [self._checker])

    async def login(self, said: Login | Resume, session: Session) -> Entrance:
        """
        Let an account in: by name and password, by name and a token in the password's place, by a token alone, or by
        the certificate that C{session} has shown.

        @raise LoginFailed: whatever was wrong.
        @raise NotAllowed: if it has shown none.
        @raise ChatError: if it cannot be judged now, or the account or the address is banned.
        """
        secret = said.token or said.password
        claim = _shown(said.name, session) if said.certificate else _claim(said.name, secret, session)
        aspect: type[Interface] = IRememberedEntrance if said.remember else IEntrance
        try:
            _, entrance, _ = await self._portal.login(claim, session, aspect)
        except UnauthorizedLogin:
            raise LoginFailed() from None
        assert isinstance(entrance, Entrance)
        return entrance

    async def register(self, said: Register, session: Session) -> Entrance:
        """
        Make an account and let it in.

        @raise ChatError: if the site, the name, the password or the invitation does not allow it.
        """
        invitation = await self._invitation(said.invite)
        asked, password = names.account_name(said.name), names.password(said.password)
        self._require_good(asked.shown, password)
        if await self._accounts.exists(asked.shown):
            raise NameTaken(f"The name {asked.shown} is taken. Choose another one.")
        peer = session.peer
        self._count_registration(peer)
        stored = await self._hashes.make(password, peer.address)
        account_id = await self._accounts.create(asked.shown, *stored, peer.address, invitation)
        return await self._realm.enter(Proof(account_id), session, said.remember)

    async def guest(self, name: str, session: Session) -> Entrance:
        """
        Let somebody in who proves nothing, under a name that is nobody's.

        @raise NameTaken: if the name is somebody's, or looks like somebody's.
        @raise ChatError: if the name is none, or the address is banned.
        """
        return await self._realm.guest(name, session)

    async def identify(self, said: Register, session: Session) -> Entrance:
        """
        Make the guest that C{session} is an account: with the same number, and in the same rooms.

        @raise ChatError: as L{register} does.
        """
        name = session.me.account.name
        invitation = await self._invitation(said.invite)
        password = names.password(said.password)
        self._require_good(name, password)
        self._count_registration(session.peer)
        stored = await self._hashes.make(password, session.peer.address)
        return await self._realm.identify(session, stored, invitation, said)

    async def operator(self, name: str, password: str, session: Session) -> tuple[Account, int]:
        """
        Judge the password of an account whose powers C{session} wants to have; a token will not do. The account, and
        when that became its password (UTC milliseconds).

        @raise LoginFailed: whatever was wrong.
        @raise ChatError: if it cannot be judged now, or the account or the address is banned.
        """
        try:
            proof = await self._checker.judge_password(_claim(name, password, session))
        except UnauthorizedLogin:
            raise LoginFailed() from None
        assert proof.password_at is not None, "it was a password"
        return await self._accounts.proved(proof.account_id, session.peer.address), proof.password_at

    async def change_password(self, account: Account, old: str, new: str, session: Session) -> None:
        """
        Replace an account's password, and revoke its tokens but the one of C{session}.

        @raise LoginFailed: if C{old} is not its password.
        @raise BadPassword: if C{new} may not be one.
        """
        new = names.password(new)
        self._require_good(account.name, new)
        proof = await self._prove(account, old, session)
        stored = await self._hashes.make(new, session.peer.address, known=True)
        await self._accounts.set_password(account.id, *stored, keep=session.token_id, password_at=proof.password_at)

    async def prove(self, account: Account, password: str, session: Session) -> None:
        """
        Judge an account's password once more, before what cannot be taken back. A token will not do.

        @raise LoginFailed: if it is wrong.
        """
        await self._prove(account, password, session)

    async def make_token(self, account: Account, label: str, session: Session) -> TokenMade:
        """
        Make an app token.

        @raise TooMany: if the account has as many as it may.
        @raise NotAllowed: if the session came with a token itself: a stolen one would never end.
        """
        _require_password(account, session)
        token, hash = tokens.make_token("app")
        number, until = await self._accounts.add_token(account.id, hash, label, session.peer.address)
        return TokenMade(number=number, label=label, token=token, expires_at=until)

    async def add_certificate(self, account: Account, label: str, session: Session) -> CertificateAdded:
        """
        Let the certificate that the session has shown be a token of the account. That it was shown is what counts: who
        could name any other one would have somebody else's log in to this account.

        @raise NotAllowed: if it has shown none or came with a token itself, or if an account has it already.
        @raise TooMany: if the account has as many tokens as it may.
        """
        _require_password(account, session)
        shown = _shown("", session).fingerprint
        number, until = await self._accounts.add_token(
            account.id, bytes.fromhex(shown), label, session.peer.address, kind="certificate"
        )
        return CertificateAdded(number=number, label=label, fingerprint=shown, expires_at=until)

    def make_password(self) -> str:
        """A password that nobody guesses and that can be typed."""
        return tokens.make_password(self._hub.site.limits.password_length)

    async def hash_password(self, name: str, password: str, session: Session) -> tuple[str, str]:
        """
        Scheme and hash of a password that an account is to have.

        @raise BadPassword: if it may not be one.
        """
        password = names.password(password)
        self._require_good(name, password)
        return await self._hashes.make(password, session.peer.address, known=True)

    async def hash_key(self, key: str, session: Session) -> str:
        """The hash of a room's key."""
        stored = await self._hashes.make(_normal(key), session.peer.address, known=True, scheme=LONG)
        return stored.hash

    async def has_key(self, key: str, hash: str | None, session: Session) -> bool:
        """Whether a key is the one that was hashed. With no hash, the same work is done for nothing."""
        stored = None if hash is None else Stored(LONG, hash)
        return await self._hashes.check(_normal(key), stored, session.peer.address, known=True, scheme=LONG)

    def make_code(self) -> tuple[str, bytes]:
        """A code that stands for an invitation, and its hash."""
        return tokens.make_code()

    def hash_code(self, code: str) -> bytes:
        """The hash of such a code, however it was typed."""
        return tokens.hash_code(code)

    def _count_registration(self, peer: Peer) -> None:
        if not peer.exempt:
            self._registrations.count(self._count_of(peer.address), self._clock.seconds(), self._hub.site.limits)

    async def _prove(self, account: Account, password: str, session: Session) -> Proof:
        try:
            return await self._checker.judge_password(_claim(account.name, password, session))
        except UnauthorizedLogin:
            raise LoginFailed() from None

    async def _invitation(self, code: str | None) -> bytes | None:
        """
        The hash of the code that a stranger brought, if it is worth something.

        @raise RegistrationClosed: if it is not, or if there is none where one is needed.
        """
        registration = self._hub.site.registration
        if registration == "closed":
            raise RegistrationClosed("Nobody can register here. Ask the people who run this server for an account.")
        if not code:
            if registration == "invite":
                raise RegistrationClosed("You need an invitation here. Ask the people who run this server for one.")
            return None
        invitation = self.hash_code(code)
        if not await self._accounts.is_invited(invitation):
            raise RegistrationClosed("That invitation is not known here. Ask the people who run this server for one.")
        return invitation

    def _require_good(self, name: str, password: str) -> None:
        require_good(password, name, self._hub.site.limits.password_length)


def _claim(name: str, secret: str, session: Session) -> AddressedSecret:
    return AddressedSecret(name, secret, session.peer.address, session.peer.exempt)


def _shown(name: str, session: Session) -> ShownCertificate:
    peer = session.peer
    if not peer.certificate:
        why = "This connection has shown no certificate. Connect with TLS, and with a certificate of your own."
        raise NotAllowed(why, rule="certificates are shown in the TLS handshake")
    return ShownCertificate(name, peer.certificate, peer.address, peer.exempt)


def _require_password(account: Account, session: Session) -> None:
    """Let who came with a password have something that stands for it."""
    if account.id == OPERATOR.id:
        raise NotAllowed("The operator has no account; log in to one for that.", rule="one's own account")
    if session.came_by is not None:
        why = "You came with a token, and a token makes no other. Log in with your password for that."
        raise NotAllowed(why, rule="tokens are made with the password")


def _normal(key: str) -> str:
    with contextlib.suppress(BadPassword):
        return names.password(key)
    return key
