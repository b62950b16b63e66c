"""
The line face: any dialect over a stream of bytes.

A L{LineFace} moves bytes and decides nothing: what a line means is its dialect's matter, whether it may be done
is its session's. What is its own is the pace: one command at a time, some lines per turn of the reactor, so many
lines per second, so much unread and so much unsent.
"""

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IHalfCloseableProtocol, IHandshakeListener
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from chatd.core.commands import Command
from chatd.core.errors import ChatError, Internal, TooLong, TooManyRefusals, TooSlow
from chatd.core.events import Answer, Pinged
from chatd.core.room import Envelope
from chatd.core.session import Phase
from chatd.core.settings.limits import Limits
from chatd.dialects import strangers
from chatd.dialects.dialect import Dialect
from chatd.faces.admission import peer_of
from chatd.faces.framing import Lines
from chatd.faces.outbox import Outbox
from chatd.faces.pace import Pace
from chatd.faces.telnet import DO_TIMING_MARK, END_OF_TEXT, IAC
from chatd.faces.terminal import Terminal
from chatd.faces.wire import Wire

if TYPE_CHECKING:
    from chatd.faces.factory import ChatFactory

log = Logger(namespace="chatd.faces.line")


@implementer(IHalfCloseableProtocol, IHandshakeListener)
class LineFace(LineReceiver):
    """
    One connection.

    It listens for a moment before it greets, since a program speaks first: C{{} as the first byte makes this a
    JSON connection for as long as it lives; anything else, or silence, makes it a person's.
    """

    transport: Any  # what a stream has is more than ITransport says

    def __init__(self, factory: "ChatFactory") -> None:
        self._factory = factory
        self._lines = Lines()
        self._terminal: Terminal | None = Terminal()
        self._pending: Deferred[None] | None = None
        self._later: IDelayedCall | None = None
        self._greeting: IDelayedCall | None = None
        self._unwelcome: ChatError | None = None
        self._first = True
        self._greeted = False
        self._refusals = 0
        self._faults = 0

    # What Twisted calls.

    def connectionMade(self) -> None:
        """Count the connection, and wait for its first byte."""
        factory = self._factory
        limits, now = factory.limits(), factory.clock.seconds()
        peer = peer_of(self.transport, factory.exempt)
        self._session = factory.open_session(self._deliver, self.end, peer)
        self._speak(factory.for_people(peer))
        self._pace = Pace(limits, now, peer.exempt)
        self._outbox = Outbox(
            self.transport, factory.flusher, factory.clock, limits.queue_hard, self._overflow, self._work
        )
        self._put = self._outbox.put
        self._wire = Wire(self.transport, self._outbox)
        self._unwelcome = factory.enter(self, peer, now)
        if not peer.encrypted:
            self.handshakeCompleted()

    def handshakeCompleted(self) -> None:
        """The peer can be heard: from here on, silence means a person. Called at once where there is no TLS."""
        self._pace.can_hear = True
        self._greeting = self._factory.clock.callLater(self._factory.limits().greeting_pause, self._greet)

    def dataReceived(self, data: bytes) -> None:
        """Take bytes in; whole lines are obeyed at the connection's pace."""
        if self._is_ending:
            return
        self._pace.hear(self._factory.clock.seconds())
        if self._first:
            self._choose(data)
        if self._terminal is not None:
            data = self._from_terminal(self._terminal, data)
        self._lines.feed(data)
        self._work()

    def lineReceived(self, line: bytes) -> None:
        """One whole line."""
        self._outbox.release()
        if self._terminal is not None:
            self._write(self._terminal.entered())
        try:
            meant = self._dialect.parse(line, self._session.phase)
        except ChatError as refusal:
            self._session.refusal = refusal
            self._refuse(refusal, None)
        except Exception:
            self._blame(Failure(), None)
        else:
            if isinstance(meant, bytes):
                self._write(meant)
                self._ask()
            else:
                self._obey(meant)

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line beyond the limit: what follows cannot be trusted to be a line, so nothing more is read."""
        self.end(TooLong(f"A line has at most {self._dialect.line_limit} bytes here."))

    def readConnectionLost(self) -> None:
        """The peer has said all it had to say, but may still listen: C{printf ... | nc -N} does."""
        if self._is_ending:
            self._wire.hang_up()
            return
        self._pace.half_closed_at = self._factory.clock.seconds()
        self._greet()
        self._work()

    def writeConnectionLost(self) -> None:
        """Nothing can be told any more; that the peer goes too is noticed by itself."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The connection has ended: what was pending is called off, and nothing is left behind."""
        self._factory.leave(self, self._session.peer)
        self._session.close("")
        self._call_off()
        self._outbox.drop()

    # What the factory calls.

    @property
    def owed(self) -> int:
        """Bytes that the peer has not been given."""
        return self._outbox.size

    def tick(self, now: float, limits: Limits, idle: float) -> None:
        """Once a second: is it time for something?"""
        if self._wire.ending_at is not None:
            if now - self._wire.ending_at > limits.linger_seconds:
                self.abort()
            return
        late = self._pace.beyond(self._outbox.blocked_since, limits, now)
        if late is None and self._pending is None and self._session.phase is Phase.UNAUTHENTICATED:
            late = self._pace.late_for_login(limits, now)
        elif late is None and self._can_pong:
            late = self._pace.silent(idle, now)
        if late is not None:
            self.end(late)
            return
        self._tell(self._dialect.tick())
        if self._can_pong and self._pace.is_ping_due(idle, now):
            self._ping()

    def end(self, refusal: ChatError) -> None:
        """Tell the peer why, and close. Nothing more is read or obeyed."""
        if self._is_ending or self._session.gone:
            return
        if isinstance(refusal, TooSlow) or self._outbox.is_closed:
            self._outbox.drop()
        if self._terminal is not None:
            self._write(self._terminal.break_off())
        self._write(self._dialect.refuse(refusal, None))
        self._close()

    def abort(self) -> None:
        """Close without a word."""
        self._wire.abort()

    # The beginning.

    def _choose(self, data: bytes) -> None:
        """Choose the dialect by the first byte."""
        self._first = False
        if strangers.is_tls(data):
            self._turn_away(strangers.tls_refusal())
        elif data[:1] == b"{":
            self._terminal = None
            self._speak(self._factory.for_programs(self._session.peer))
            self._greet()
        elif data[0] == IAC:
            self._greet()

    def _speak(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._session.face = dialect.face

    def _greet(self) -> None:
        """Say the first words, if they were not said: to a program, nothing; to whoever is unwelcome, that."""
        if self._greeted or self._is_ending:
            return
        self._greeted = True
        _cancel(self._greeting)
        if self._unwelcome is not None:
            self.end(self._unwelcome)
        elif self._terminal is not None:
            self._write(self._terminal.open() + self._dialect.greet())
            self._ask()

    def _turn_away(self, words: bytes) -> None:
        """Another protocol's peer came to the wrong door."""
        self._write(words)
        self._close()

    def _from_terminal(self, terminal: Terminal, data: bytes) -> bytes:
        heard = terminal.feed(data)
        self._write(heard.reply)
        if heard.forgets:
            self._lines.clear_last()
        if heard.interrupted:
            self._write(self._dialect.interrupt())
            self._ask()
        if heard.text == END_OF_TEXT and not self._lines:
            self._pace.half_closed_at = self._factory.clock.seconds()  # Ctrl-D on an empty line: all was said
            return b""
        return heard.text

    # Obeying.

    def _work(self) -> None:
        """Obey lines until there is none, or one is pending, or it is time to let others live."""
        clock, limits = self._factory.clock, self._factory.limits()
        now, budget = clock.seconds(), limits.lines_per_turn
        _cancel(self._later)
        while self._may_work(limits):
            wait = self._pace.wait(now) if budget else 0.0
            if wait or not budget:
                self._later = clock.callLater(wait, self._work)
                break
            budget -= 1
            self._take_line()
        self._breathe(limits, now)

    def _may_work(self, limits: Limits) -> bool:
        return (
            self._pending is None
            and not self._is_ending
            and self._outbox.size < limits.queue_soft
            and self._lines.is_due(self._dialect.line_limit)
        )

    def _take_line(self) -> None:
        line = self._lines.take(self._dialect.line_limit)
        words = None if line is None or self._greeted else strangers.refusal(line)
        if words is not None:
            self._turn_away(words)
            return
        self._greet()
        if self._is_ending:
            return
        if line is None:
            self.lineLengthExceeded(b"")
        else:
            self.lineReceived(line)

    def _breathe(self, limits: Limits, now: float) -> None:
        """Read on or not; and close when the peer has said all and was told all."""
        if self._is_ending:
            return
        unread = len(self._lines)
        self._pace.note(unread, limits, now)
        self._outbox.is_awaited = self._outbox.size >= limits.queue_soft
        self._wire.read(unread < limits.unread_bytes and not self._outbox.is_awaited)
        is_due = self._pending is not None or self._lines.is_due(self._dialect.line_limit)
        if self._pace.half_closed_at is not None and not is_due:
            self._close()

    def _obey(self, command: Command) -> None:
        doing = Deferred.fromCoroutine(self._do(command))
        if not doing.called:
            self._pending = doing
            doing.addCallback(lambda _: self._work())

    async def _do(self, command: Command) -> None:
        """Let the session obey, and tell the peer what came of it. If the peer leaves, this is cancelled."""
        outcome: Answer | ChatError | Failure
        try:
            outcome = await self._session.obey(command)
        except ChatError as refusal:
            outcome = refusal
        except Exception:
            outcome = Failure()
        self._pending = None
        if self._session.gone:
            return
        if isinstance(outcome, Answer):
            self._answer(outcome, command)
        elif isinstance(outcome, ChatError):
            self._refuse(outcome, command)
        else:
            self._blame(outcome, command)
        self._session.settle()

    def _answer(self, answer: Answer, command: Command) -> None:
        self._refusals = self._faults = 0
        self._outbox.put_asked(self._dialect.answer(answer, command))
        if self._session.phase is not Phase.UNAUTHENTICATED:
            self._factory.admission.log_in(self)
        if self._session.finished:
            self._close()
        else:
            self._ask()

    def _refuse(self, refusal: ChatError, command: Command | None) -> None:
        self._write(self._dialect.refuse(refusal, command))
        self._refusals += 1
        if refusal.closes:
            self._close()
        elif self._refusals > self._factory.limits().refusals_in_a_row:
            self.end(TooManyRefusals("Nothing but refusals for a while, so this connection ends."))
        else:
            self._ask()

    def _blame(self, failure: Failure, command: Command | None) -> None:
        """Our own fault: it is logged under a number, and the peer is told the number."""
        number = f"{self._factory.chance.getrandbits(32):08x}"
        log.failure("fault {number} in {command}", failure=failure, number=number, command=repr(command))
        self._faults += 1
        fault = Internal(f"Something went wrong here. Tell the people who run this server: fault {number}.")
        fault.closes = self._faults >= self._factory.limits().faults_in_a_row
        self._refuse(fault, command)

    # Telling.

    def _deliver(self, envelope: Envelope) -> None:
        """Tell the peer of an event. Neither blocks nor raises."""
        self._tell(self._dialect.hear(envelope, envelope.origin is self._session))

    def _tell(self, wire: bytes) -> None:
        """Write something that the peer did not ask for, now or when it wants to see it."""
        if wire and self._dialect.holds:
            self._outbox.put_later(wire, self._factory.limits().queue_soft)
        elif wire:
            self._put(wire)

    def _write(self, data: bytes) -> None:
        if data:
            self._put(data)

    def _ask(self) -> None:
        if self._terminal is not None and not self._is_ending:
            self._write(self._terminal.ask(self._dialect.prompt))

    @property
    def _can_pong(self) -> bool:
        """Whether the peer's program can give a sign of life by itself: a bare nc cannot."""
        return self._terminal is None or self._terminal.telnet.spoken

    def _ping(self) -> None:
        if self._terminal is None:
            self._deliver(Envelope(Pinged(at=self._factory.now())))
        else:
            self._write(DO_TIMING_MARK)

    # The end.

    @property
    def _is_ending(self) -> bool:
        return self._wire.ending_at is not None

    def _overflow(self) -> None:
        """More is owed than may be. Not now, in the middle of a delivery round, but in the next turn."""
        if not self._is_ending:
            self._outbox.stop()
            self._factory.clock.callLater(0, self.end, TooSlow("You do not read what the server sends."))

    def _close(self) -> None:
        """Write what is owed and close; what the peer still sends is thrown away, so that it can read the rest."""
        if self._is_ending:
            return
        self._wire.end(self._factory.clock.seconds(), half=self._pace.half_closed_at is None)
        self._session.close("")
        self._call_off()

    def _call_off(self) -> None:
        self._lines.clear()
        _cancel(self._later)
        _cancel(self._greeting)
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()


def _cancel(call: IDelayedCall | None) -> None:
    if call is not None and call.active():
        call.cancel()
