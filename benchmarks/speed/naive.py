"""
The naive design, as a server to compare with: Twisted, and C{sendLine} to everyone for each line.

    python -m benchmarks.speed.naive PORT

No accounts, no rooms, nothing stored: what is left is the cost of one write per line and recipient.
"""

import sys
from typing import Any

from twisted.internet import reactor
from twisted.internet.protocol import Factory, connectionDone
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

listen: Any = reactor
everyone: set["Everyone"] = set()


class Everyone(LineOnlyReceiver):
    """One connection, which sends what it hears to all of them, itself included."""

    delimiter = b"\n"

    def connectionMade(self) -> None:
        """One more."""
        everyone.add(self)

    def lineReceived(self, line: bytes) -> None:
        """Tell everyone."""
        for each in everyone:
            each.sendLine(line)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """One less."""
        everyone.discard(self)


def main() -> None:
    """Serve until killed."""
    listen.listenTCP(int(sys.argv[1]), Factory.forProtocol(Everyone), backlog=1024, interface="127.0.0.1")
    listen.run()


if __name__ == "__main__":
    main()
