"""
A whole chatd in memory: for tests, chatd's own and those of whoever builds on it.

Everything is real but the world around: the database is SQLite in memory and answers at once, hashing is real
bcrypt at its cheapest and runs at once, time is a L{Clock}, and a peer is a string transport. So a test reads
like a transcript::

    world = World()
    alice = world.person()
    alice.types("alice")
    assert "Choose a password" in alice.sees()
"""

import json
import re
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, execute
from twisted.internet.interfaces import ISSLTransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from zope.interface import alsoProvides

from chatd.auth.gate import Gate
from chatd.auth.hashes import Hashes
from chatd.core import ports
from chatd.core.hub import Hub
from chatd.core.ports import Account, Peer
from chatd.core.session import Session
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.dialects.irc.dialect import IrcDialect
from chatd.dialects.jsonl import JsonDialect
from chatd.dialects.text.dialect import Doorplate, TextDialect
from chatd.faces.factory import ChatFactory
from chatd.faces.line import LineFace
from chatd.store import schema
from chatd.store.accounts import Accounts
from chatd.store.archive import Archive
from chatd.store.journal import Journal
from chatd.store.queries import transactions
from chatd.store.queries.transactions import Cursor

T = TypeVar("T")

BEGINNING = 1_766_000_000_000  # UTC milliseconds: 17 December 2025, 19:33
CHEAPEST = 4
PASSWORD = "correct horse"
PLENTY = 10**12


_TELNET = re.compile(rb"\xff[\xfb-\xfe].", re.DOTALL)


class InstantDatabase:
    """
    The database in memory, without threads: what is asked is done at once, in a transaction as in the real one.

    @ivar free: What L{free_bytes} says: make it small to have a full disk.
    @ivar waiting: While this is a list, writes wait in it until L{let_go}: commits that take their time.
    @ivar commits: How many transactions were committed.
    """

    path = Path("/nowhere")

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("PRAGMA foreign_keys = ON")
        for migration in schema.migrations():
            for statement in schema.statements(migration.script):
                self._connection.execute(statement)
        self.free = PLENTY
        self.waiting: list[Callable[[], None]] | None = None
        self.commits = 0

    def write(self, work: Callable[[Cursor], T]) -> Deferred[T]:
        """Run C{work} in a writing transaction, now or at L{let_go}."""
        done: Deferred[T] = Deferred()

        def run() -> None:
            execute(self._run, work, transactions.begin_writing).chainDeferred(done)

        if self.waiting is None:
            run()
        else:
            self.waiting.append(run)
        return done

    def read(self, work: Callable[[Cursor], T]) -> Deferred[T]:
        """Run C{work} in a reading transaction, now."""
        return execute(self._run, work, transactions.begin_reading)

    def let_go(self) -> None:
        """Commit what waits, and let nothing wait any more."""
        waiting, self.waiting = self.waiting or [], None
        for run in waiting:
            run()

    def free_bytes(self) -> int:
        """As much room as C{free} says."""
        return self.free

    def rows(self, sql: str) -> list[Any]:
        """Look at what is stored."""
        return self._connection.execute(sql).fetchall()

    def run(self, sql: str) -> None:
        """Change what is stored behind chatd's back, or how: C{PRAGMA max_page_count} fills the disk."""
        self._connection.execute(sql)

    def _run(self, work: Callable[[Cursor], T], begin: Callable[[Cursor], None]) -> T:
        cursor = self._connection.cursor()
        begin(cursor)
        try:
            result = work(cursor)
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self.commits += 1
        return result


class Shown(NamedTuple):
    """A certificate that a peer has shown."""

    fingerprint: str

    def digest(self, name: str) -> bytes:
        """As OpenSSL writes it."""
        return ":".join(re.findall("..", self.fingerprint.upper())).encode()


class PeerTransport(StringTransport):
    """A stream whose other end is in the test."""

    half_closed = False
    aborted = False
    shown: Any = None

    def getPeerCertificate(self) -> Any:
        """Part of a transport of TLS."""
        return self.shown

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Part of a TCP transport."""

    def setTcpKeepAlive(self, enabled: bool) -> None:
        """Part of a TCP transport."""

    def loseWriteConnection(self) -> None:
        """Our direction is closed."""
        self.half_closed = True

    def abortConnection(self) -> None:
        """Closed without a word."""
        self.aborted = True
        self.disconnecting = True


class World:
    """
    A chatd in memory.

    @ivar died: Why the journal gave up, where it did.
    """

    def __init__(self, site: Site | None = None, limits: Limits | None = None) -> None:
        self.clock = Clock()
        self.hub = Hub((site or Site())._replace(limits=limits or (site.limits if site else Limits())))
        self.database = InstantDatabase()
        self.died: list[str] = []
        seconds = self.clock.seconds
        self.journal = Journal(
            self.database, self.hub.tell, self.hub.hand_out, self.hub.expel, self._limits, seconds, self.now,
            self.died.append,
        )  # fmt: skip
        self.accounts = Accounts(self.database, self.journal, self.now, self._limits)
        self.archive = Archive(self.database, self._limits, self.now)
        self.hashes = Hashes(execute, CHEAPEST, self._limits, seconds)
        gate = Gate(self.hub, self.accounts, self.hashes, self.clock, self.now, str, str)
        self.ports = ports.World(self.journal, self.archive, self.accounts, gate, Process(), self.now, seconds)
        self.factory = ChatFactory(
            self.clock, self.now, self._limits, partial(Session, self.hub, self.ports),
            {"text": self._text, "json": self._json, "irc": self._irc}, Random(1),
        )  # fmt: skip

    def now(self) -> int:
        """The wall clock: UTC milliseconds."""
        return BEGINNING + int(self.clock.seconds() * 1000)

    def account(self, name: str, password: str = PASSWORD) -> Account:
        """Make an account, as if it had registered before."""
        stored = now(Deferred.fromCoroutine(self.hashes.make(password, "test")))
        number = now(Deferred.fromCoroutine(self.accounts.create(name, *stored)))
        return Account(number, name, name.lower())

    def session(self, deliver: Callable[[Any], None] | None = None, address: str = "192.0.2.1") -> Session:
        """A session with no face: for tests of the core."""
        peer = Peer(address, encrypted=True, private=True)
        return Session(self.hub, self.ports, deliver or _ignore, _ignore, peer)

    def connect(
        self, address: str = "127.0.0.1", here: str = "127.0.0.1", tongue: str | None = None, certificate: str = ""
    ) -> "Remote":
        """
        A new connection from an address, to one of ours; to a listener where one dialect alone is spoken; over TLS,
        with a certificate of this fingerprint.
        """
        face = (self.factory if tongue is None else self.factory.pinned(tongue)).buildProtocol(None)
        transport: Any = PeerTransport(  # type: ignore[no-untyped-call]
            IPv4Address("TCP", here, 9999), IPv4Address("TCP", address, 50000)
        )
        if certificate:
            alsoProvides(transport, ISSLTransport)
            transport.shown = Shown(certificate)
        face.makeConnection(transport)  # type: ignore[no-untyped-call]
        if certificate:
            face.handshakeCompleted()
        return Remote(self, face, transport)

    def person(self, name: str | None = None, address: str = "127.0.0.1") -> "Remote":
        """A person at a bare terminal, greeted; with a name, registered (or logged in) and reading along."""
        remote = self.connect(address)
        self.pass_time(self._limits().greeting_pause)
        if name is not None:
            for line in (name, PASSWORD) if self._is_known(name) else (name, PASSWORD, PASSWORD):
                remote.types(line)
            remote.sees()
        return remote

    def program(self, name: str | None = None, address: str = "127.0.0.1") -> "Remote":
        """A program; with a name, registered (or logged in)."""
        remote = self.connect(address)
        if name is not None:
            remote.sends(do="login" if self._is_known(name) else "register", name=name, password=PASSWORD)
            remote.objects()
        return remote

    def pass_time(self, seconds: float) -> None:
        """Let time pass, second by second, as the service does."""
        whole, rest = divmod(seconds, 1)
        for _ in range(int(whole)):
            self.clock.advance(1)
            self.factory.tick()
        self.clock.advance(rest)

    def _is_known(self, name: str) -> bool:
        return now(Deferred.fromCoroutine(self.accounts.exists(name)))

    def _limits(self) -> Limits:
        return self.hub.site.limits

    def _text(self, session: Session) -> TextDialect:
        site = self.hub.site
        length = site.limits.password_length
        plate = Doorplate(site.name, len(self.hub.avatars), session.peer.encrypted, site.registration, length)
        return TextDialect(plate, site.limits.text_line)

    def _json(self, session: Session) -> JsonDialect:
        return JsonDialect(session.site.limits.json_line)

    def _irc(self, session: Session) -> IrcDialect:
        return IrcDialect(session, BEGINNING, "chatd-0")


class Process:
    """
    A process that runs nothing.

    @ivar ordered: What it was told to do.
    """

    def __init__(self) -> None:
        self.ordered: list[str] = []

    def stats(self) -> dict[str, int | float | str]:
        """It has been up for a second."""
        return {"uptime": 1.0}

    def reload(self) -> str | None:
        """Note it."""
        self.ordered.append("reload")
        return None

    def shutdown(self) -> None:
        """Note it."""
        self.ordered.append("shutdown")


def _ignore(told: object) -> None:
    pass


class Remote:
    """The other end of a connection: what it does, and what it is shown."""

    def __init__(self, world: World, face: LineFace, transport: Any) -> None:
        self.world = world
        self.face = face
        self.transport = transport

    def gives(self, data: bytes) -> None:
        """Send bytes as they are, and let the reactor turn as long as it has something to do at once."""
        self.face.dataReceived(data)
        self.turn()

    def types(self, line: str) -> None:
        """Type a line and press Enter."""
        self.gives(line.encode() + b"\r\n")

    def sends(self, **command: object) -> None:
        """Send a JSON command."""
        self.gives(json.dumps(command).encode() + b"\n")

    def asks(self, **command: object) -> dict[str, Any]:
        """Send a JSON command, and get its answer or refusal; the events before it are dropped."""
        self.sends(**command)
        return [each for each in self.objects() if "event" not in each][-1]

    def received(self) -> bytes:
        """What has come since the last look, as bytes."""
        self.turn()
        data: bytes = self.transport.value()
        self.transport.clear()
        return data

    def sees(self) -> str:
        """What has come since the last look, as text, without telnet's own bytes."""
        return _TELNET.sub(b"", self.received()).decode()

    def objects(self) -> list[dict[str, Any]]:
        """What has come since the last look, as JSON objects."""
        return [json.loads(line) for line in self.received().splitlines()]

    def turn(self) -> None:
        """Let the reactor turn, without time passing."""
        for _ in range(20):
            self.world.clock.advance(0)

    def goes(self) -> None:
        """The connection ends."""
        self.face.connectionLost()
        self.turn()

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed the connection, or its own direction of it."""
        return bool(self.transport.disconnecting or self.transport.half_closed)


def now(deferred: Deferred[T]) -> T:
    """
    The result of something that is done already.

    @raise Exception: what it failed with.
    @raise AssertionError: if it is not done.
    """
    results: list[T] = []
    failures: list[Any] = []
    deferred.addCallbacks(results.append, failures.append)
    if failures:
        failures[0].raiseException()
    assert results, "not done yet"
    return results[0]
