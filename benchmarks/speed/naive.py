"""
The naive design, as a server to compare with: Twisted, and C{sendLine} to everyone for each line.

    python -m benchmarks.speed.naive PORT

No accounts, no rooms, nothing stored: what is left is the cost of one write per line and recipient.
"""

import sys

from twisted.internet import reactor
from twisted.internet.protocol import Factory, connectionDone
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure


class Everyone(LineOnlyReceiver):
    """One connection, which sends what it hears to all of them, itself included."""

    delimiter = b"\n"

    def connectionMade(self) -> None:
        """One more."""
        self.factory.everyone.add(self)

    def lineReceived(self, line: bytes) -> None:
        """Tell everyone."""
        for each in self.factory.everyone:
            each.sendLine(line)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """One less."""
        self.factory.everyone.discard(self)


def main() -> None:
    """Serve until killed."""
    factory = Factory.forProtocol(Everyone)
    factory.everyone = set()
    reactor.listenTCP(int(sys.argv[1]), factory, backlog=1024, interface="127.0.0.1")
    reactor.run()


if __name__ == "__main__":
    main()
