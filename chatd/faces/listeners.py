"""
Listening, so that a renewed certificate is used without closing the door.

Twisted's endpoints take their certificates when they begin to listen. For the encrypted ones we therefore listen
ourselves, with a factory that can be exchanged, and ask the endpoint again for its factory on a reload. And we ask
peers for certificates of theirs, which the endpoints do only for those that an authority vouches for.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from OpenSSL import SSL
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IAddress, IListeningPort, IOpenSSLServerConnectionCreator, IProtocolFactory
from twisted.internet.protocol import ServerFactory
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from zope.interface import implementer

ENCRYPTED = ("ssl:", "tls:")
_PORT = re.compile(r":(?:port=)?(\d+)(?::|$)")


class Door(ServerFactory):
    """Hands each new connection to the factory of the day."""

    noisy = False

    def __init__(self, current: IProtocolFactory) -> None:
        self.current = current

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """What the factory of the day makes."""
        return cast(Any, self.current).buildProtocol(addr)


class Listener:
    """
    One way in.

    @ivar description: A Twisted server endpoint description.
    @ivar announced: Whether people are told of it.
    @param tongue: The one dialect that is spoken there, if only one is.
    """

    def __init__(
        self,
        reactor: Any,
        description: str,
        factory: IProtocolFactory,
        *,
        tongue: str | None = None,
        announced: bool = True,
    ) -> None:
        self.description = description
        self.announced = announced
        self._tongue = tongue
        self._reactor = reactor
        self._factory = factory
        self._door: Door | None = None
        self._port: IListeningPort | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether what passes here cannot be read on the way."""
        return self.description.startswith(ENCRYPTED)

    @property
    def address(self) -> str:
        """Where people connect to, as they write it: C{host port}."""
        host = self._port.getHost() if self._port is not None else None
        return f"{getattr(host, 'host', '')} {getattr(host, 'port', self.description)}".strip()

    @property
    def where(self) -> str:
        """The same with what has to be known before: C{host port (irc alone, TLS)}."""
        how = [f"{self._tongue} alone"] if self._tongue else []
        how += ["TLS"] if self.is_encrypted else []
        return f"{self.address} ({', '.join(how)})" if how else self.address

    @property
    def door(self) -> str:
        """Where an encrypted way in is, in words for people; nothing else of the description is theirs to know."""
        port = _PORT.search(self.description)
        return f"port {port[1]} with TLS" if port is not None else "the encrypted port"

    @property
    def _patient(self) -> str:
        """The description, with room for many to wait: with Twisted's 50, 300 at once took 5 s to get in."""
        wants = self.description.startswith(("tcp:", "tcp6:")) and "backlog=" not in self.description
        return f"{self.description}:backlog=1024" if wants else self.description

    async def open(self) -> None:
        """
        Listen.

        @raise Exception: whatever the endpoint raises for a description or an address that it cannot use.
        """
        if not self.is_encrypted:
            self._port = await serverFromString(self._reactor, self._patient).listen(self._factory)
            return
        made = await _capture(self._reactor, self.description, self._factory)
        self._door = Door(made.factory)
        self._port = made.listen(self._door)

    async def renew(self) -> None:
        """
        Use the certificates as they are on disk now, for connections from now on.

        @raise Exception: if they cannot be read; the ones in use stay.
        """
        if self._door is not None:
            made = await _capture(self._reactor, self.description, self._factory)
            self._door.current = made.factory

    async def close(self) -> None:
        """Accept nobody any more; those who are in stay."""
        port, self._port = self._port, None
        if port is not None:
            stopped = port.stopListening()
            if isinstance(stopped, Deferred):
                await stopped


@implementer(IOpenSSLServerConnectionCreator)
class Asking:
    """
    TLS whose peer is asked for a certificate, and may show none, or one that nobody vouches for.

    OpenSSL has it prove in the handshake that it has the key; whose a certificate is, the checker judges.
    """

    def __init__(self, options: IOpenSSLServerConnectionCreator) -> None:
        self._options = options

    def serverConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """What Twisted asks for."""
        connection = self._options.serverConnectionForTLS(protocol)
        connection.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        return connection


class _Captured:
    """Stands in for the reactor before an endpoint, and keeps what it would listen with instead of listening."""

    factory: IProtocolFactory
    listen: Callable[[IProtocolFactory], IListeningPort]

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def listenTCP(self, port: int, factory: IProtocolFactory, backlog: int = 50, interface: str = "") -> None:
        """Keep it."""
        self.factory = factory
        self.listen = partial(self._listen, port, backlog=backlog, interface=interface)

    def listenSSL(
        self, port: int, factory: IProtocolFactory, contextFactory: Any, backlog: int = 50, interface: str = ""
    ) -> None:
        """Keep it, with TLS around the factory as the reactor would have put it."""
        self.listenTCP(port, TLSMemoryBIOFactory(Asking(contextFactory), False, factory), backlog, interface)

    def _listen(self, port: int, factory: IProtocolFactory, **how: Any) -> IListeningPort:
        return cast(IListeningPort, self._reactor.listenTCP(port, factory, **how))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)


async def _capture(reactor: Any, description: str, factory: IProtocolFactory) -> _Captured:
    captured = _Captured(reactor)
    await serverFromString(captured, description).listen(factory)
    return captured
