"""One stream's transport, and what a face does to it: read on or not, and end well."""

from typing import Any

from twisted.internet.interfaces import ISSLTransport, ITCPTransport

from chatd.faces.outbox import Outbox


class Wire:
    """
    A transport. Reading stops and goes on; and it ends in a way that lets the peer read the last words.

    @ivar ending_at: Since when it is ending, on the clock's scale, or C{None}.
    """

    __slots__ = ("_outbox", "_paused", "_transport", "ending_at")

    def __init__(self, transport: Any, outbox: Outbox) -> None:
        self._transport = transport
        self._outbox = outbox
        self._paused = False
        self.ending_at: float | None = None
        transport.registerProducer(outbox, True)
        if ITCPTransport.providedBy(transport):
            transport.setTcpNoDelay(True)
            transport.setTcpKeepAlive(True)

    def read(self, on: bool) -> None:
        """Read on, or let what the peer sends wait in the network."""
        if on and self._paused:
            self._transport.resumeProducing()
        elif not on and not self._paused:
            self._transport.pauseProducing()
        self._paused = not on

    def end(self, now: float, *, half: bool) -> None:
        """
        Write what is owed, and close.

        @param half: Close our direction only. To close both while the peer still sends would reset the connection,
            and the peer would lose the last words unread.
        """
        self.ending_at = now
        self._outbox.close()
        self._transport.unregisterProducer()
        self.read(True)
        # TLS closes with a word of its own, which a half-closed stream would cut off.
        if half and ITCPTransport.providedBy(self._transport) and not ISSLTransport.providedBy(self._transport):
            self._transport.loseWriteConnection()
        else:
            self._transport.loseConnection()

    def hang_up(self) -> None:
        """Close what is still open, after what is owed."""
        self._transport.loseConnection()

    def abort(self) -> None:
        """Close without a word."""
        self._transport.abortConnection()
