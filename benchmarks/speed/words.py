"""
What C{twistd words} serves: Twisted's own IRC server, to compare with.

    python -m benchmarks.speed.words PORT ACCOUNTS ROOMS PASSWORD

The parts are those that C{twistd words} puts together. It cannot be called itself: in Python 3 its C{--group} fails,
and no password file that it takes lets an IRC client in, since the names there are bytes and those of IRC are not.
"""

import sys
from typing import Any

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import Portal
from twisted.internet import reactor
from twisted.words import service

listen: Any = reactor


def main() -> None:
    """Serve until killed."""
    port, accounts, rooms, password = sys.argv[1:]
    realm: Any = service.InMemoryWordsRealm("words")
    for number in range(int(rooms)):
        realm.addGroup(service.Group(f"r{number:04d}"))
    checker: Any = InMemoryUsernamePasswordDatabaseDontUse()
    for number in range(int(accounts)):
        checker.addUser(f"u{number:05d}", password)
    factory: Any = service.IRCFactory(realm, Portal(realm, [checker]))
    factory.noisy = False
    listen.listenTCP(int(port), factory, backlog=1024, interface="127.0.0.1")
    listen.run()


if __name__ == "__main__":
    main()
