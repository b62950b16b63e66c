"""
The parts of the daemon that need no network, introduced to one another: the hub, the store, the gate.

The daemon puts its doors before them; C{chatctl} uses them without any when no daemon runs.
"""

import time
from collections.abc import Callable
from functools import partial
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any, NoReturn

from twisted.internet.threads import deferToThreadPool

import chatd
from chatd.auth.gate import Gate
from chatd.auth.hashes import Hashes, HashThreads
from chatd.config import Settings
from chatd.core import room
from chatd.core.addresses import is_loopback, source
from chatd.core.errors import ChatError
from chatd.core.hub import Hub
from chatd.core.ports import OPERATOR, Peer, Server, World
from chatd.core.room import Avatar
from chatd.core.session import Deliver, End, Session
from chatd.core.settings.limits import Limits
from chatd.core.settings.personal import complete
from chatd.store.accounts import Accounts
from chatd.store.archive import Archive
from chatd.store.database import Database
from chatd.store.journal import Journal

COMMIT_UNKNOWN = 70  # EX_SOFTWARE of sysexits.h

Die = Callable[[int, str], NoReturn]


class House:
    """
    A chatd without doors.

    @ivar hub: Who is here.
    @ivar world: What sessions ask of the rest of it.
    @param die: Ends the process with a status and a sentence.
    """

    def __init__(self, reactor: Any, settings: Settings, path: Path, server: Server, die: Die) -> None:
        self._reactor = reactor
        seconds = reactor.seconds
        self.hub = Hub(settings.site(), partial(reactor.callLater, 0))
        self.database = Database(path, reactor, seconds)
        self._threads = HashThreads(settings.limits.hash_threads)
        self.journal = Journal(
            self.database, self.hub.tell, self.hub.hand_out, self.hub.expel, self.limits, seconds, wall_clock,
            partial(die, COMMIT_UNKNOWN),
        )  # fmt: skip
        in_threads = partial(deferToThreadPool, reactor, self._threads)
        self.hashes = Hashes(in_threads, settings.bcrypt_cost, self.limits, seconds, _counted)
        self.accounts = Accounts(self.database, self.journal, wall_clock, self.limits)
        self.gate = Gate(self.hub, self.accounts, self.hashes, reactor, wall_clock, source, _counted)
        archive = Archive(self.database, self.limits, wall_clock)
        self.world = World(self.journal, archive, self.accounts, self.gate, server, wall_clock, seconds)

    def limits(self) -> Limits:
        """The bounds in force."""
        return self.hub.site.limits

    def start(self) -> None:
        """Start the threads; in the running reactor."""
        self._threads.start()

    def close(self) -> None:
        """Close the store and the threads, when the journal is drained."""
        self.database.close()
        self._threads.stop()

    def session(self, deliver: Deliver, end: End, peer: Peer) -> Session:
        """A session of whoever comes."""
        return Session(self.hub, self.world, deliver, end, peer)

    def operator(self, deliver: Deliver, end: End, peer: Peer) -> Session:
        """A session of whoever holds the machine itself: it is somebody from the start, and in no room."""
        session = self.session(deliver, end, peer)
        session.begin(Avatar(OPERATOR, complete({})), 0, None, wall_clock())
        return session


def edition() -> str:
    """Which chatd this is: its version, and whether the way of a line was compiled (see setup.py)."""
    is_compiled = str(room.__file__).endswith(tuple(EXTENSION_SUFFIXES))
    return f"chatd {chatd.__version__}{', compiled' if is_compiled else ''}"


def wall_clock() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


def unheard(told: object) -> None:
    """What a session is told that nobody listens to."""


def raised(refusal: ChatError) -> NoReturn:
    """
    The end of a session that has no connection.

    @raise ChatError: the refusal.
    """
    raise refusal


def _counted(address: str) -> str | None:
    """What an address is counted as for registrations: loopback is many people."""
    return None if is_loopback(address) else source(address)
