"""Tells every Twisted program of chatd's accounts, so that C{--auth chatd:PATH} checks passwords against them."""

from pathlib import Path

from twisted.cred.credentials import IUsernamePassword
from twisted.cred.strcred import ICheckerFactory
from twisted.plugin import IPlugin
from zope.interface import implementer


@implementer(ICheckerFactory, IPlugin)
class ChatdCheckerFactory:
    """Makes checkers of chatd's accounts. What it takes is loaded when one is made."""

    authType = "chatd"
    authHelp = (
        "Checks passwords and app tokens against the accounts of a chatd, by chatd's own rules. PATH is its database,"
        " which is only read; the daemon may run or not."
    )
    argStringFormat = "PATH"
    credentialInterfaces = (IUsernamePassword,)

    def generateChecker(self, argstring: str) -> object:
        """A checker for the accounts in the database C{argstring}."""
        from twisted.internet import reactor

        from chatd.cred import make_checker

        return make_checker(Path(argstring), reactor)


chatd_accounts = ChatdCheckerFactory()
