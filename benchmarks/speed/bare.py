"""
The least that a Twisted server can do, to compare with: what came in one turn goes out to everyone in one send.

    python -m benchmarks.speed.bare PORT

No accounts, no rooms, nothing stored, no protocol: what is left is the cost of one turn and of one system call for each
recipient, in a loop that does nothing else.
"""

import sys
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

clock: Any = reactor
everyone: set["Everyone"] = set()
said: list[bytes] = []


class Everyone(Protocol):
    """One connection, which sends what it hears to all of them, itself included."""

    transport: Any
    begun = b""

    def connectionMade(self) -> None:
        """One more."""
        self.send = self.transport.socket.send
        everyone.add(self)

    def dataReceived(self, data: bytes) -> None:
        """Keep whole lines until the turn is over."""
        lines, end, self.begun = (self.begun + data).rpartition(b"\n")
        if end:
            if not said:
                clock.callLater(0, tell)
            said.append(lines + end)

    def way(self) -> Callable[[bytes], int]:
        """The socket itself, if nothing waits before it."""
        transport = self.transport
        return takes_nothing if transport.dataBuffer or transport._tempDataBuffer else self.send

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """One less."""
        everyone.discard(self)


def tell() -> None:
    """Tell everyone what was said in this turn."""
    data = b"".join(said)
    said.clear()
    for send, transport in [(each.way(), each.transport) for each in everyone]:
        try:
            sent = send(data)
        except OSError:
            sent = 0
        if sent < len(data):
            transport.write(data[sent:])


def takes_nothing(data: bytes) -> int:
    """What is tried where something waits."""
    return 0


def main() -> None:
    """Serve until killed."""
    clock.listenTCP(int(sys.argv[1]), Factory.forProtocol(Everyone), backlog=1024, interface="127.0.0.1")
    clock.run()


if __name__ == "__main__":
    main()
