"""
How many connections there may be: in all, from one address, and of those who have not said who they are.

Loopback is exempt from what is counted per address, since a bridge, a proxy or an ssh gateway makes many people
one; addresses that the operator trusts are exempt from everything.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from random import Random
from typing import Any, Generic, TypeVar

from twisted.internet.interfaces import ISSLTransport, ITransport

from chatd.core.addresses import Network, is_loopback, is_within, source
from chatd.core.errors import TooBusy
from chatd.core.ports import Peer
from chatd.core.settings.limits import Limits

T = TypeVar("T")


def peer_of(transport: ITransport, exempt: Iterable[Network]) -> Peer:
    """Where a connection comes from, and whether anybody between could read along."""
    address = str(getattr(transport.getPeer(), "host", "") or "local")
    here = str(getattr(transport.getHost(), "host", "") or "local")
    encrypted = ISSLTransport.providedBy(transport)
    return Peer(address, encrypted, encrypted or is_loopback(here), is_within(address, exempt))


def certified(peer: Peer, transport: Any) -> Peer:
    """The same after the handshake of TLS, with the certificate that was shown in it, if one was."""
    shown = transport.getPeerCertificate() if peer.encrypted else None
    if shown is None:
        return peer
    # Not read any further: what OpenSSL let pass need not be a certificate to stricter eyes.
    return peer._replace(certificate=shown.digest("sha256").decode().replace(":", "").lower())


class Admission(Generic[T]):
    """
    Counts connections. A connection is whatever the face says; it is only kept and handed back.

    @ivar waiting: The connections that have not logged in.
    """

    def __init__(self, limits: Callable[[], Limits], chance: Random) -> None:
        self._limits = limits
        self._chance = chance
        self._open: dict[str, int] = {}
        self._recent: OrderedDict[str, deque[float]] = OrderedDict()
        self.waiting: dict[T, str] = {}

    def enter(self, connection: T, address: str, now: float) -> tuple[TooBusy | None, T | None]:
        """
        Count a new connection.

        @return: The refusal for it, or C{None}; and a connection that must go for it, chosen by chance among those
            that have not logged in, or C{None}.
        """
        limits = self._limits()
        key = source(address)
        self._open[key] = self._open.get(key, 0) + 1
        refusal = None if is_loopback(address) else self._refuse(key, now, limits)
        victim = None
        if refusal is None and len(self.waiting) >= limits.unauthenticated:
            victim = self._chance.choice(tuple(self.waiting))
            self.waiting.pop(victim)
        if refusal is None:
            self.waiting[connection] = key
        return refusal, victim

    def log_in(self, connection: T) -> None:
        """A connection is somebody now."""
        self.waiting.pop(connection, None)

    def leave(self, connection: T, address: str) -> None:
        """A connection has ended."""
        self.waiting.pop(connection, None)
        key = source(address)
        left = self._open.get(key, 0) - 1
        if left > 0:
            self._open[key] = left
        else:
            self._open.pop(key, None)

    def _refuse(self, key: str, now: float, limits: Limits) -> TooBusy | None:
        recent = self._recent.setdefault(key, deque(maxlen=limits.new_connections_per_address))
        self._recent.move_to_end(key)
        if len(self._recent) > limits.table_entries:
            self._recent.popitem(last=False)
        full = len(recent) == recent.maxlen and now - recent[0] < limits.new_connections_window
        recent.append(now)
        if full or self._open[key] > limits.connections_per_address:
            return TooBusy("There are too many connections from your address. Try again in a few minutes.")
        if sum(1 for each in self.waiting.values() if each == key) >= limits.unauthenticated_per_address:
            return TooBusy("Too many connections from your address have not logged in yet. Log in on one of them.")
        return None
