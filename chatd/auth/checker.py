"""
The one place where a secret is judged.

Whoever comes, over whatever face, is judged by L{PasswordChecker}. An unknown name, a wrong password and a
suspended account cost the same work and get the same answer.
"""

import contextlib
from typing import Protocol

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred
from zope.interface import Attribute, implementer

from chatd.auth.hashes import Hashes, Stored
from chatd.core import names
from chatd.core.errors import ChatError


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


class Credentials(Protocol):
    """What the checker asks of the store."""

    async def credentials(self, key: str) -> CredentialRow | None: ...
    async def set_password(self, account_id: int, scheme: str, hash: str) -> None: ...
    async def renew_password(self, account_id: int, old_hash: str, scheme: str, hash: str) -> None: ...


class IAddressedPassword(ICredentials):
    """A name, a password, and where they came from."""

    name = Attribute("The account's name, as typed.")
    password = Attribute("The password, normalised.")
    address = Attribute("The address that it came from, as text.")


@implementer(IAddressedPassword)
class AddressedPassword:
    """What a peer says that it is, and what is to prove it."""

    __slots__ = ("address", "name", "password")

    def __init__(self, name: str, password: str, address: str) -> None:
        self.name = name
        self.password = password
        self.address = address


def may_log_in(status: str) -> bool:
    """Whether an account of this status may log in."""
    return status == "active"


@implementer(ICredentialsChecker)
class PasswordChecker:
    """Judges names with passwords. The avatar id is the account's number, in digits, as cred wants bytes."""

    credentialInterfaces = (IAddressedPassword,)

    def __init__(self, accounts: Credentials, hashes: Hashes) -> None:
        self._accounts = accounts
        self._hashes = hashes

    def requestAvatarId(self, credentials: AddressedPassword) -> Deferred[bytes | tuple[()]]:
        """
        Judge.

        @raise UnauthorizedLogin: whatever was wrong.
        @raise Busy: if it cannot be judged now.
        """
        return Deferred.fromCoroutine(self._avatar_id(credentials))

    async def _avatar_id(self, said: AddressedPassword) -> bytes | tuple[()]:
        return b"%d" % await self.judge(said)

    async def judge(self, said: AddressedPassword) -> int:
        """The number of the account that this is; fails as L{requestAvatarId} does."""
        row = await self._find(said.name)
        stored = None if row is None else Stored(row.scheme, row.hash)
        is_right = await self._hashes.check(said.password, stored, said.address)
        if row is None or stored is None or not is_right or not may_log_in(row.status):
            raise UnauthorizedLogin()
        if self._hashes.is_dated(stored):
            with contextlib.suppress(ChatError):  # it was right all the same, and the next login will do
                fresh = await self._hashes.make(said.password, said.address)
                await self._accounts.renew_password(row.account_id, stored.hash, *fresh)
        return row.account_id

    async def _find(self, name: str) -> CredentialRow | None:
        try:
            key = names.account_name(name).key
        except ChatError:
            key = ""  # nobody has it, and finding that out takes as long
        return await self._accounts.credentials(key)
