"""
C{twistd words}, with rooms: Twisted's own IRC server, to compare with.

    python -m benchmarks.speed.words PORT PASSWD ROOMS

The same as C{twistd words}, but for its option C{--group}, which fails in Python 3.
"""

import sys

from twisted.internet import reactor
from twisted.words import tap


def main() -> None:
    """Serve until killed."""
    port, passwords, rooms = sys.argv[1:]
    options = tap.Options()
    options.parseOptions(["--irc-port", f"tcp:{port}:interface=127.0.0.1:backlog=1024", "--auth", f"file:{passwords}"])
    options["groups"] = [f"r{number:04d}" for number in range(int(rooms))]
    tap.makeService(options).startService()
    reactor.run()


if __name__ == "__main__":
    main()
