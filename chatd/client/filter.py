"""
The client as a filter: one line in is one message, one line out is one event.

A line is never a command here, so that nothing that a log or a mail holds can be one.
"""

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IDelayedCall, IHalfCloseableProtocol, IPushProducer, IReactorTime
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from chatd.client.connection.link import Offline, Online, Refused, State
from chatd.client.connection.memory import WINDOW
from chatd.client.connection.protocol import LINE_LIMIT, Lost
from chatd.client.connection.service import ChatService, Hear, Report
from chatd.client.connection.wire import Refusal, printable
from chatd.client.model import words
from chatd.core import names
from chatd.core.commands import Join, Say
from chatd.core.errors import BadName
from chatd.core.events import Answer, Event, JoinDone, LoggedIn, Said
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.view import fit

PATIENCE = 3
BLOCKED = 60.0


@implementer(IHalfCloseableProtocol)
class Filter(LineReceiver):
    """
    The protocol of standard input and output.

    @ivar finished: Fires with the exit status: 0 if every line was acknowledged, 1 if something was refused or the
        server cannot be reached. What it was is complained of first.
    """

    transport: StandardIO
    delimiter = b"\n"
    MAX_LENGTH = LINE_LIMIT

    def __init__(
        self,
        clock: IReactorTime,
        enter: Callable[[Hear, Report], ChatService],
        scene: Scene,
        complain: Callable[[str], None],
        *,
        where: str,
        room: str | None = None,
        raw: bool = False,
        follow: bool = False,
    ) -> None:
        """
        @param enter: Makes the service, not started.
        @param complain: Called with a sentence for standard error.
        @param where: The server's address, as it was given.
        @param room: Where lines are said; it is joined if need be. By default, the first room that one is in.
        @param raw: Whether events are written as the objects that the server sent. A terminal may be at the other end
            all the same, so that what it would obey is escaped in them.
        @param follow: Whether to stay when there is nothing more to say.
        """
        self.finished: Deferred[int] = Deferred()
        self._clock = clock
        self._service = enter(self._hear, self._report)
        self._scene = scene
        self._to_stderr = complain
        self._where = where
        self._room = room
        self._raw = raw
        self._follow = follow
        self._number = 0
        self._code = 0
        self._ready = False
        self._ended = False
        self._heard_out = True
        self._exit: int | None = None

    # Standard input and output.

    def connectionMade(self) -> None:
        """Begin; nothing is read before there is a room to say it in."""
        self.pauseProducing()  # type: ignore[no-untyped-call]
        self.transport.registerProducer(_Reader(self._clock, self._give_up), True)
        self._service.startService()

    def lineReceived(self, line: bytes) -> None:
        """One line to say. Empty ones are left out, tabs become spaces: no message may hold them."""
        self._number += 1
        text = line.decode(errors="replace").rstrip("\r").expandtabs()
        if not text.strip() or self._room is None:
            return
        said = self._service.submit(Say(room=self._room, text=text))
        said.addCallbacks(self._stored, self._refused, errbackArgs=(self._number,))
        if self._service.unanswered >= WINDOW:
            self.pauseProducing()  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line that can be no message; those after it are not read."""
        self._fail(f"line {self._number + 1} has more than {LINE_LIMIT} bytes. Nothing of it was sent.")

    def readConnectionLost(self) -> None:
        """There is nothing more to say: leave when all of it is acknowledged."""
        self._ended = True
        rest = self.clearLineBuffer()  # type: ignore[no-untyped-call]
        if rest:
            self.lineReceived(rest)
        self._leave_if_done()

    def writeConnectionLost(self) -> None:
        """Nobody reads any more. What is being said is still said."""
        self._heard_out = self._follow = False
        self._leave_if_done()

    # The service.

    def _report(self, state: State) -> None:
        match state:
            case Online(again=False):
                self._settle(state.answer)
            case Online():
                self._complain("connected again")
            case Offline(again=False) if state.attempts >= PATIENCE:
                self._fail(f"cannot talk to {self._where}: {state.lost.why}. Nothing was sent.")
            case Offline():
                self._complain(words.told(state).removeprefix("-- "))
            case Refused(refusal=refusal):
                waiting = self._service.unanswered
                lost = f" {waiting} lines were not acknowledged." if waiting else ""
                self._fail(f"{refusal.why} [{refusal.code}]{lost}")

    def _settle(self, answer: LoggedIn) -> None:
        """Find the room to talk in, or enter it."""
        self._scene.me = answer.name
        self._scene.use(answer.settings)
        self._scene.view = self._scene.view._replace(colour=False)
        if self._room is None:
            self._room = next((each.room for each in answer.rooms if not each.room.startswith(names.DIRECT)), None)
        if self._room is None:
            self._fail("you are in no room yet. Say which one with --room ROOM.")
            return
        try:
            room = names.room_name(self._room)
        except BadName as wrong:
            self._fail(f"{wrong.why} [{wrong.code}]")
            return
        known = [shown.room for shown in answer.rooms if _key(shown.room) == room.key]
        if known:
            self._begin(known[0])
        else:
            joined = self._service.submit(Join(room=room.shown))
            joined.addCallbacks(self._joined, self._shut_out)

    def _joined(self, answer: Answer) -> None:
        assert isinstance(answer, JoinDone)
        self._begin(answer.place.room)

    def _begin(self, room: str) -> None:
        self._room = self._scene.current = room
        self._ready = True
        self.resumeProducing()  # type: ignore[no-untyped-call]

    def _hear(self, event: Event, line: bytes) -> None:
        if self._raw:
            self._write(printable(line))
        elif not (isinstance(event, Said) and event.who == self._scene.me):
            text = words.heard(event, self._scene)
            if text:
                self._write(text.encode())

    def _write(self, line: bytes) -> None:
        self.transport.write(line + b"\n")

    def _stored(self, answer: Answer) -> None:
        self._go_on()

    def _refused(self, failure: Failure, number: int) -> None:
        failure.trap(Refusal, Lost)
        wrong = failure.value
        if isinstance(wrong, Refusal | Lost) and self._exit is None:
            self._code = 1
            self._complain(f"line {number} was not stored: {wrong.why} [{wrong.code}]")
        self._go_on()

    def _shut_out(self, failure: Failure) -> None:
        failure.trap(Refusal, Lost)
        wrong = failure.value
        if isinstance(wrong, Refusal | Lost):
            self._fail(f"cannot enter {self._room}: {wrong.why} [{wrong.code}]")

    def _go_on(self) -> None:
        if self.paused and not self._ended and self._service.unanswered < WINDOW:
            self.resumeProducing()  # type: ignore[no-untyped-call]
        self._leave_if_done()

    # The end.

    def connectionLost(self, reason: Failure = Failure(ConnectionDone())) -> None:  # noqa: B008
        """All that was owed to standard output is written."""
        if not self.finished.called:
            self.finished.callback(self._exit or 0)

    def stop(self) -> None:
        """End now, as after a signal: what is not acknowledged is said to be so."""
        waiting = self._service.unanswered
        if waiting:
            self._fail(f"stopped with {waiting} lines not acknowledged.")
        else:
            self._finish(self._code)

    def _leave_if_done(self) -> None:
        if self._ready and self._ended and not self._follow and not self._service.unanswered:
            self._finish(self._code)

    def _give_up(self) -> None:
        self._heard_out = False
        self._fail(f"nothing has read this output for {BLOCKED:.0f} s.")

    def _complain(self, why: str) -> None:
        self._to_stderr(fit(why))

    def _fail(self, why: str) -> None:
        if self._exit is None:
            self._complain(why)
            self._finish(1)

    def _finish(self, code: int) -> None:
        if self._exit is None:
            self._exit = code
            self.pauseProducing()  # type: ignore[no-untyped-call]
            self._service.stopService().addCallback(self._flush)

    def _flush(self, _: None) -> None:
        if self._heard_out:
            self.transport.loseConnection()
        else:
            self.connectionLost()


def _key(place: str) -> str:
    """The folded name of a place, or nothing for what none can be called."""
    try:
        return names.place_name(place).key
    except BadName:
        return ""


@implementer(IPushProducer)
class _Reader:
    """Whoever reads standard output: after C{BLOCKED} seconds in which nothing was read, there is nobody."""

    def __init__(self, clock: IReactorTime, give_up: Callable[[], None]) -> None:
        self._clock = clock
        self._give_up = give_up
        self._timer: IDelayedCall | None = None

    def pauseProducing(self) -> None:
        """The pipe is full."""
        self.resumeProducing()
        self._timer = self._clock.callLater(BLOCKED, self._give_up)

    def resumeProducing(self) -> None:
        """The pipe has room."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def stopProducing(self) -> None:
        """There is no pipe any more."""
        self.resumeProducing()
