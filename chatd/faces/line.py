"""
The line face: any dialect over a stream of bytes.

A L{LineFace} moves bytes and decides nothing: what a line means is its dialect's matter, whether it may be done
is its session's. What is its own is the pace: so many lines a turn and a second, so much unread and so much unsent.
"""

from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IDelayedCall, IHalfCloseableProtocol, IHandshakeListener
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from chatd.core.commands import Command
from chatd.core.errors import ChatError, TooLong, TooManyRefusals, TooSlow
from chatd.core.events import Answer, Pinged
from chatd.core.room import Envelope, Volley
from chatd.core.session import SIDE_BY_SIDE, Phase
from chatd.core.settings.limits import Limits
from chatd.dialects import strangers
from chatd.faces.admission import certified, peer_of
from chatd.faces.conversation import Conversation, Faults, Meant, Told
from chatd.faces.framing import Lines
from chatd.faces.outbox import Outbox
from chatd.faces.pace import Pace
from chatd.faces.telnet.filter import DO_TIMING_MARK, END_OF_TEXT, IAC
from chatd.faces.telnet.terminal import Terminal
from chatd.faces.wire import Wire

if TYPE_CHECKING:
    from chatd.faces.factory import ChatFactory


@implementer(IHalfCloseableProtocol, IHandshakeListener)
class LineFace(LineReceiver):
    """
    One connection.

    It listens for a moment before it greets, since a program speaks first: C{{} as the first byte makes this a
    JSON connection for as long as it lives, and a first line of IRC's makes it an IRC client's; anything else, or
    silence, makes it a person's.

    @param tongue: The one dialect that is spoken here, if the listener has one.
    """

    transport: Any  # what a stream has is more than ITransport says

    def __init__(self, factory: "ChatFactory", tongue: str | None = None) -> None:
        self._factory = factory
        self._tongue = tongue
        self._lines = Lines()
        self._terminal: Terminal | None = Terminal()
        self._later: IDelayedCall | None = None
        self._greeting: IDelayedCall | None = None
        self._first = self._first_line = True
        self._greeted, self._refusals = False, 0

    # What Twisted calls.

    def connectionMade(self) -> None:
        """Count the connection, and wait for its first byte."""
        factory, clock = self._factory, self._factory.clock
        limits, now = factory.limits(), clock.seconds()
        self._peer = peer = peer_of(self.transport, factory.exempt)  # is counted so, whatever a gateway says later
        self._session = factory.open_session(self._deliver, self.end, peer)
        self._pace = Pace(limits, now, peer.exempt)
        self._conversation = Conversation(self._session, self, limits.lines_pending, self._pace.charge)
        self._faults = Faults(factory.chance, limits.faults_in_a_row)
        self._outbox = Outbox(self.transport, factory.flusher, clock, limits.queue_hard, self._overflow, self.work)
        self._speak("text")
        self._wire = Wire(self.transport, self._outbox)
        self._unwelcome = factory.enter(self, peer, now)
        if not peer.encrypted:
            self.handshakeCompleted()

    def handshakeCompleted(self) -> None:
        """The peer can be heard: from here on, silence means a person. Called at once where there is no TLS."""
        self._pace.can_hear = True
        self._session.peer = certified(self._peer, self.transport)
        if self._tongue is not None:
            self._begin(self._tongue)
            return
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
        self.work()

    def lineReceived(self, line: bytes) -> None:
        """One whole line."""
        if self._terminal is not None:
            self._outbox.release()
            self._write(self._terminal.entered())
        meant: Meant
        try:
            meant = self._dialect.parse(line, self._session.phase)
        except ChatError as refusal:
            self._session.refusal = meant = refusal
        except Exception:
            meant = Failure()
        self._conversation.take(meant)

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line beyond the limit: where it ends cannot be trusted, unless the dialect says so."""
        words = self._dialect.overlong()
        if words is None:
            self.end(TooLong(f"A line has at most {self._dialect.line_limit} bytes here."))
        else:
            self._lines.skip()
            self._conversation.take(words)

    def readConnectionLost(self) -> None:
        """The peer has said all it had to say, but may still listen: C{printf ... | nc -N} does."""
        if self._is_ending:
            self._wire.hang_up()
            return
        self._pace.half_closed_at = self._factory.clock.seconds()
        self._greet()
        self.work()

    def writeConnectionLost(self) -> None:
        """Nothing can be told any more; that the peer goes too is noticed by itself."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The connection has ended: what was pending is called off, and nothing is left behind."""
        self._factory.leave(self, self._peer)
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
        if late is None and self._conversation.is_idle and self._session.phase is Phase.UNAUTHENTICATED:
            late = self._pace.late_for_login(limits, now)
        elif late is None and self._can_pong:
            late = self._pace.silent(idle, now)
        if late is not None:
            self.end(late)
            return
        if wire := self._dialect.tick():
            (self._put_later if self._dialect.holds else self._outbox.put)(wire)
        if self._can_pong and self._pace.is_ping_due(idle, now):
            self._ping()

    def end(self, refusal: ChatError) -> None:
        """Tell the peer why, and close. Nothing more is read or obeyed."""
        if self._is_ending or self._session.gone:
            return
        self._session.hear_out()
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
        elif data[:1] == b"{" and self._tongue is None:
            self._begin("json")
        elif data[0] == IAC:
            self._greet()

    def _begin(self, tongue: str) -> None:
        """Speak one dialect for as long as the connection lives."""
        self._tongue = tongue
        if tongue != "text":
            self._terminal = None
            self._speak(tongue)
        self._greet()

    def _speak(self, tongue: str) -> None:
        self._dialect = self._factory.tongues[tongue](self._session)
        self._session.face = self._dialect.face
        self._session.write_with(self._dialect.render, self._outbox)

    def _greet(self) -> None:
        """Say the first words, if they were not said: to a program, nothing; to whoever is unwelcome, that."""
        if self._greeted or self._is_ending:
            return
        self._greeted = True
        _cancel(self._greeting)
        self._greeting = None  # a call that is over is 300 bytes all the same
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

    def work(self) -> None:
        """Obey lines until there is none, or one is pending, or it is time to let others live."""
        clock, limits = self._factory.clock, self._factory.limits()
        now, budget = clock.seconds(), limits.lines_per_turn
        _cancel(self._later)
        self._run_errands()
        while self._may_work(limits):
            wait = self._pace.wait(now) if budget else 0.0
            if wait or not budget:
                self._later = clock.callLater(wait, self.work)
                break
            budget -= 1
            self._take_line()
        self._breathe(limits, now)

    def _may_work(self, limits: Limits) -> bool:
        return (
            self._conversation.takes_more
            and not self._is_ending
            and self._outbox.size < limits.queue_soft
            and self._lines.is_due(self._dialect.line_limit)
        )

    def _run_errands(self) -> None:
        """Let the dialect ask what it wants to know, if nothing is pending."""
        errands = self._dialect.errands
        while errands and self._conversation.is_idle and not self._is_ending:
            self._conversation.take(errands.pop(0))

    def _take_line(self) -> None:
        line = self._lines.take(self._dialect.line_limit)
        if self._first_line and line is not None:
            self._first_line = False
            if not self._greeted and (words := strangers.refusal(line)) is not None:
                self._turn_away(words)
                return
            if self._tongue is None and strangers.is_irc(line):
                self._begin("irc")
        self._greet()
        if not self._is_ending:
            self.lineLengthExceeded(b"") if line is None else self.lineReceived(line)

    def _breathe(self, limits: Limits, now: float) -> None:
        """Read on or not; and close when the peer has said all and was told all."""
        if self._is_ending:
            return
        unread = len(self._lines)
        self._pace.note(unread, limits, now)
        self._outbox.is_awaited = self._outbox.size >= limits.queue_soft
        self._wire.read(unread < limits.unread_bytes and not self._outbox.is_awaited)
        is_due = not self._conversation.is_idle or self._lines.is_due(self._dialect.line_limit)
        if self._pace.half_closed_at is not None and not is_due:
            self._close()

    def told(self, outcome: Told, command: Command | None) -> None:
        """What came of a line, told to the peer."""
        if isinstance(outcome, Answer):
            assert command is not None, "only commands are answered"
            self._answer(outcome, command)
        elif isinstance(outcome, bytes):
            self._outbox.put_asked(outcome)
            self._go_on()
        else:
            refusal = outcome if isinstance(outcome, ChatError) else self._faults.blame(outcome, command)
            self._refuse(refusal, command)

    def _answer(self, answer: Answer, command: Command) -> None:
        self._refusals = 0
        self._faults.forgive()
        is_line = type(command) in SIDE_BY_SIDE
        self._outbox.put_asked(self._dialect.answer(answer, command), at_once=not is_line)
        self._ask() if is_line else self._go_on()

    def _go_on(self) -> None:
        self._session.write_with(self._dialect.render, self._outbox)
        if self._session.phase is not Phase.UNAUTHENTICATED:
            self._factory.admission.log_in(self)
        if self._session.finished:
            self._close()
        else:
            self._ask()

    def _refuse(self, refusal: ChatError, command: Command | None) -> None:
        self._session.write_with(self._dialect.render, self._outbox)
        self._write(self._dialect.refuse(refusal, command))
        self._refusals += 1
        if refusal.closes:
            self._close()
        elif self._refusals > self._factory.limits().refusals_in_a_row:
            self.end(TooManyRefusals("Nothing but refusals for a while, so this connection ends."))
        else:
            self._ask()

    # Telling.

    def _deliver(self, told: Envelope | Volley) -> None:
        """Tell the peer of an event, or of several. Neither blocks nor raises."""
        dialect = self._dialect
        if type(told) is Volley:
            wire, put = dialect.overhear(told), self._outbox.put_volley
        else:
            wire, put = dialect.hear(told, told.origin is self._session), self._outbox.put
        if wire:
            (self._put_later if dialect.holds else put)(wire)
        if dialect.errands and self._conversation.is_idle:
            self._factory.clock.callLater(0, self.work)

    def _put_later(self, wire: bytes) -> None:
        self._outbox.put_later(wire, self._factory.limits().queue_soft)

    def _write(self, data: bytes) -> None:
        if data:
            self._outbox.put(data)

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
        self._session.hear_out()
        self._wire.end(self._factory.clock.seconds(), half=self._pace.half_closed_at is None)
        self._session.close("")
        self._call_off()

    def _call_off(self) -> None:
        self._lines.clear()
        _cancel(self._later)
        _cancel(self._greeting)
        self._conversation.call_off()


def _cancel(call: IDelayedCall | None) -> None:
    if call is not None and call.active():
        call.cancel()
