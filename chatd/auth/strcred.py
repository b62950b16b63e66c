"""
chatd's accounts for other Twisted programs: a checker of plain names and passwords, as C{--auth} wants one.

It asks the same L{Checker} as chatd itself, so a password or an app token is right here where it is right there, an
unknown name costs as much, and an account that is suspended or banned does not come in. What these programs do not say
is where somebody comes from: so nothing is counted per address here, and nobody is known anywhere.
"""

from typing import Any, Protocol

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred
from zope.interface import implementer

from chatd.auth.checker import AddressedSecret, Checker, Credentials
from chatd.core.errors import ChatError


class Store(Credentials, Protocol):
    """What is asked of the store."""

    async def admitted(self, account_id: int, address: str) -> str: ...


@implementer(ICredentialsChecker)
class PlainChecker:
    """
    Judges names with passwords.

    The avatar id is the account's folded name, which is the same however the name was typed, and never another
    account's. It is of the type of which the name was: some programs speak of people in bytes, and others in text.
    """

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, checker: Checker, accounts: Store) -> None:
        self._checker = checker
        self._accounts = accounts

    def requestAvatarId(self, credentials: Any) -> Deferred[Any]:
        """
        Judge.

        @raise UnauthorizedLogin: whatever was wrong.
        """
        return Deferred.fromCoroutine(self._judge(credentials.username, credentials.password))

    async def _judge(self, name: str | bytes, password: str | bytes) -> str | bytes:
        try:
            proof = await self._checker.judge(AddressedSecret(_text(name), _text(password), None))
            key = await self._accounts.admitted(proof.account_id, "")
        except ChatError:  # these programs know of no other refusal
            raise UnauthorizedLogin() from None
        return key.encode() if isinstance(name, bytes) else key


def _text(said: str | bytes) -> str:
    """What was said, as text. Bytes that are none become what nobody has for a name or a password."""
    return said.decode(errors="replace") if isinstance(said, bytes) else said
