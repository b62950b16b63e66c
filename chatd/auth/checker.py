"""
The one place where a secret is judged.

Whoever comes, over whatever face, is judged by L{Checker}. What has the form of a token is a token and is looked for by
its hash, as is the certificate that a peer has shown; everything else is a password and is judged with bcrypt. An
unknown name, a wrong password and a suspended account cost the same work and get the same answer; and that answer comes
at a set time after the question, later with each failure of the address, so that neither words nor time tell them
apart. A right password is never kept waiting.
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import NamedTuple, NoReturn, Protocol

import msgspec
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from zope.interface import Attribute, implementer

from chatd.auth.hashes import Hashes, Stored
from chatd.auth.throttle import Attempt, Limited, Throttle, in_words
from chatd.auth.tokens import hash_token, is_token
from chatd.core import names
from chatd.core.errors import BadPassword, ChatError, TooMany
from chatd.core.settings.limits import Limits


class CredentialRow(Protocol):
    """What is stored that proves an account."""

    @property
    def account_id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def changed_at(self) -> int: ...
    @property
    def known(self) -> bool: ...


class TokenRow(Protocol):
    """What is stored of a token that is worth something."""

    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def status(self) -> str: ...


class Credentials(Protocol):
    """What the checker asks of the store."""

    async def credentials(self, key: str, source: str | None) -> CredentialRow | None: ...
    async def token(self, hash: bytes) -> TokenRow | None: ...
    async def certificate(self, fingerprint: bytes) -> TokenRow | None: ...


Renew = Callable[[int, str, str, str], Awaitable[None]]


class IAddressedSecret(ICredentials):
    """A name, what is to prove it, and where both came from."""

    name = Attribute("The account's name, as typed; nothing, where a token says it.")
    secret = Attribute("A password, or a token.")
    address = Attribute("The address that it came from, as text, or None where nobody knows.")
    exempt = Attribute("Whether that address may fail as often as it likes.")


@implementer(IAddressedSecret)
class AddressedSecret:
    """What a peer says that it is, and what is to prove it. What no password can be is judged too, and is wrong."""

    __slots__ = ("address", "exempt", "name", "secret")

    def __init__(self, name: str, secret: str, address: str | None, exempt: bool = False) -> None:
        self.name = name
        with contextlib.suppress(BadPassword):
            secret = names.password(secret)
        self.secret = secret
        self.address = address
        self.exempt = exempt


class IShownCertificate(ICredentials):
    """A certificate whose key the peer has proved to hold, and where it came from."""

    name = Attribute("The name of the account that it is to prove, as typed; nothing, where the certificate says it.")
    fingerprint = Attribute("The SHA-256 of the certificate, in hexadecimal.")
    address = Attribute("The address that it came from, as text.")
    exempt = Attribute("Whether that address may fail as often as it likes.")


@implementer(IShownCertificate)
class ShownCertificate(NamedTuple):
    """A certificate that a peer has shown in the handshake, and who it says to be."""

    name: str
    fingerprint: str
    address: str
    exempt: bool = False


class Proof(NamedTuple):
    """
    Which account it is, and what has proved it: that is to hold still when the account comes in.

    @ivar token_id: The number of the token, or of the certificate, if it was one.
    @ivar password_at: When what proved it had become the password, if it was one.
    """

    account_id: int
    token_id: int | None = None
    password_at: int | None = None

    @property
    def avatar_id(self) -> bytes:
        """The same as the bytes that cred wants."""
        return msgspec.json.encode(self)

    @classmethod
    def of(cls, avatar_id: bytes) -> "Proof":
        """The proof that such bytes hold."""
        return msgspec.json.decode(avatar_id, type=cls)


def may_log_in(status: str) -> bool:
    """Whether an account of this status may log in."""
    return status == "active"


@implementer(ICredentialsChecker)
class Checker:
    """
    Judges names with passwords or tokens, tokens alone, and certificates.

    @param source: What an address counts as.
    @param now: The wall clock in UTC milliseconds, to say until when somebody has to wait.
    @param renew: Stores an account's password in another way, in place of its old hash; C{None} where nothing is
        stored.
    """

    credentialInterfaces = (IAddressedSecret, IShownCertificate)

    def __init__(
        self,
        accounts: Credentials,
        hashes: Hashes,
        throttle: Throttle,
        limits: Callable[[], Limits],
        clock: IReactorTime,
        now: Callable[[], int],
        source: Callable[[str], str] = str,
        renew: Renew | None = None,
    ) -> None:
        self._accounts = accounts
        self._hashes = hashes
        self._throttle = throttle
        self._limits = limits
        self._clock = clock
        self._now = now
        self._source = source
        self._renew_password = renew

    def requestAvatarId(self, credentials: AddressedSecret | ShownCertificate) -> Deferred[bytes | tuple[()]]:
        """
        Judge. The avatar id is a L{Proof}'s.

        @raise UnauthorizedLogin: whatever was wrong.
        @raise TooMany: if too much was wrong before.
        @raise Busy: if it cannot be judged now.
        """
        return Deferred.fromCoroutine(self._avatar_id(credentials))

    async def _avatar_id(self, said: AddressedSecret | ShownCertificate) -> bytes | tuple[()]:
        return (await self.judge(said)).avatar_id

    async def judge(self, said: AddressedSecret | ShownCertificate) -> Proof:
        """The account that this is; fails as L{requestAvatarId} does."""
        begun = self._clock.seconds()
        if isinstance(said, ShownCertificate):
            found = await self._accounts.certificate(bytes.fromhex(said.fingerprint))
            return await self._judge_found(said, said.fingerprint, found, begun)
        if not is_token(said.secret):
            return await self.judge_password(said)
        found = await self._accounts.token(hash_token(said.secret))
        return await self._judge_found(said, said.secret, found, begun)

    async def judge_password(self, said: AddressedSecret) -> Proof:
        """The same, where a token will not do."""
        begun, key, source = self._clock.seconds(), _key(said.name), self._counted(said)
        row = await self._accounts.credentials(key, source)
        attempt = self._throttle.attempt(source, key, said.secret, row is not None and row.known)
        limited = None if said.exempt else self._throttle.limited(attempt, self._clock.seconds(), self._limits())
        if (limited is None or attempt.known) and await self._is_right(said, row, attempt):
            assert row is not None, "what is not there is never right"
            self._throttle.succeed(attempt)
            await self._renew(said, row)
            return Proof(row.account_id, password_at=row.changed_at)
        return await self._refuse(said, attempt, limited, begun)

    async def _judge_found(
        self, said: AddressedSecret | ShownCertificate, shown: str, row: TokenRow | None, begun: float
    ) -> Proof:
        """Judge what was looked for by its hash, a token or a certificate."""
        if row is not None and may_log_in(row.status) and (not said.name or _key(said.name) == row.key):
            return Proof(row.account_id, token_id=row.id)
        # Counted for no name: nobody guesses a token, and a name's strangers are those who guess its password.
        attempt = self._throttle.attempt(self._counted(said), "", shown, False)
        limited = None if said.exempt else self._throttle.limited(attempt, self._clock.seconds(), self._limits())
        return await self._refuse(said, attempt, limited, begun)

    async def _is_right(self, said: AddressedSecret, row: CredentialRow | None, attempt: Attempt) -> bool:
        stored = None if row is None else Stored(row.scheme, row.hash)
        try:
            is_right = await self._hashes.check(said.secret, stored, said.address or "", attempt.known)
        except CancelledError:
            # Who leaves before the answer has had the work done all the same.
            if not said.exempt:
                self._throttle.fail(attempt, self._clock.seconds(), self._limits())
            raise
        return is_right and row is not None and may_log_in(row.status)

    async def _renew(self, said: AddressedSecret, row: CredentialRow) -> None:
        """Hash a password as it would be hashed now, if it was hashed in another way."""
        if self._renew_password is not None and self._hashes.is_dated(Stored(row.scheme, row.hash)):
            with contextlib.suppress(ChatError):  # it was right all the same, and the next login will do
                fresh = await self._hashes.make(said.secret, said.address or "", known=True)
                await self._renew_password(row.account_id, row.hash, *fresh)

    async def _refuse(
        self, said: AddressedSecret | ShownCertificate, attempt: Attempt, limited: Limited | None, begun: float
    ) -> NoReturn:
        """Answer no, when it is time to. Who would be refused as a stranger hears what a stranger hears."""
        if said.exempt:
            raise UnauthorizedLogin()
        now, limits = self._clock.seconds(), self._limits()
        if limited is None:
            self._throttle.fail(attempt, now, limits)
        wait = begun + self._throttle.delay(attempt.source, now, limits) - now
        if wait > 0:
            await deferLater(self._clock, wait, lambda: None)
        if limited is None:
            raise UnauthorizedLogin()
        left = max(0.0, limited.seconds - (self._clock.seconds() - begun))
        raise TooMany(f"{limited.why} {in_words(left)}", rule=limited.rule, until=self._now() + int(left * 1000))

    def _counted(self, said: AddressedSecret | ShownCertificate) -> str | None:
        return None if said.address is None else self._source(said.address)


def _key(name: str) -> str:
    """The folded name; nothing for what no account can be called: nobody has it, and finding that out takes as long."""
    try:
        return names.account_name(name).key
    except ChatError:
        return ""
