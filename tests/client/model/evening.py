"""A person's model at a whole chatd in memory, and a screen that writes down what it is told."""

from random import Random
from typing import Any, ClassVar

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone, ConnectionLost, ConnectionRefusedError
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from zope.interface import implementer

from chatd.client.connection.link import State
from chatd.client.connection.service import Server
from chatd.client.model.chat import Chat
from chatd.client.model.observer import Found
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.core.commands import Login, Register
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene
from chatd.testing import PASSWORD, Remote, World, now


class Wire(StringTransport):
    """The client's end of a connection to the chatd in memory."""

    def __init__(self, remote: Remote, protocol: IProtocol) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.remote = remote
        self.protocol = protocol
        self.is_cut = False

    def carry(self) -> bool:
        """Bring what was written to the other end, both ways. Whether there was something."""
        if not self.connected:
            return False
        data: bytes = self.value()  # type: ignore[no-untyped-call]
        self.clear()  # type: ignore[no-untyped-call]
        if data:
            self.remote.gives(data)
        back = self.remote.received()
        if back and not self.is_cut:
            self.protocol.dataReceived(back)
        if self.connected and self.remote.is_closed:
            self.drop(ConnectionDone())
        return bool(data or back)

    def loseConnection(self) -> None:
        """The client closes."""
        self.drop(ConnectionDone())

    def abortConnection(self) -> None:
        """The client closes without a word."""
        self.drop(ConnectionLost())

    def drop(self, reason: Exception | None = None) -> None:
        """The connection ends."""
        if self.connected:
            self.connected = False
            self.remote.goes()
            self.protocol.connectionLost(Failure(reason or ConnectionLost()))


@implementer(IStreamClientEndpoint)
class Door:
    """
    The way to the chatd in memory.

    @ivar up: Whether it is open.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.up = True
        self.wires: list[Wire] = []

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """What Twisted calls."""
        answer: Deferred[IProtocol] = Deferred()
        if not self.up:
            answer.errback(ConnectionRefusedError())
            return answer
        protocol = factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 9999))
        assert protocol is not None
        wire = Wire(self.world.connect(), protocol)
        self.wires.append(wire)
        protocol.makeConnection(wire)
        answer.callback(protocol)
        return answer


class Notebook:
    """A screen that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def connection_changed(self, state: State) -> None:
        """Write it down."""
        self.told.append(type(state).__name__)

    def places_changed(self) -> None:
        """Write it down."""
        self.told.append("places")

    def members_changed(self, place: Place) -> None:
        """Write it down."""
        self.told.append(("members", place.title))

    def line_added(self, place: Place, line: Line) -> None:
        """Write it down."""
        self.told.append(("added", place.title, line.text))

    def line_changed(self, place: Place, line: Line) -> None:
        """Write it down."""
        self.told.append(("changed", place.title, line.text, line.state))

    def lines_loaded(self, place: Place) -> None:
        """Write it down."""
        self.told.append(("loaded", place.title))

    def called(self, place: Place, line: Line) -> None:
        """Write it down."""
        self.told.append(("called", place.title, line.text))

    def found_changed(self, found: Found) -> None:
        """Write it down."""
        self.told.append(("found", [each.text for each in found.fresh], found.more))

    def ended(self) -> None:
        """Write it down."""
        self.told.append("ended")

    def since(self) -> list[Any]:
        """What was written down since the last look."""
        told, self.told = self.told, []
        return told


class Someone(Chat):
    """A person with this client, at a chatd in memory."""

    all: ClassVar[list["Someone"]] = []

    def __init__(self, world: World, name: str = "alice", *, enters: bool = True, **wishes: Any) -> None:
        self.world = world
        self.door = Door(world)
        self.notes = Notebook()
        super().__init__(Server(world.clock, self.door, Random(name)), world.clock, world.now, Scene())
        self.observer = self.notes
        self.all.append(self)
        if enters:
            known = now(Deferred.fromCoroutine(world.accounts.exists(name)))
            kind = Login if known else Register
            self.enter(kind(name=name, password=PASSWORD, recent=20), **wishes)
            self.turn()
            self.notes.since()

    @property
    def wire(self) -> Wire:
        """The connection."""
        return self.door.wires[-1]

    def turn(self) -> None:
        """Let everything that can happen at once happen, for everybody."""
        busy = True
        while busy:
            busy = sum(wire.carry() for each in self.all for wire in each.door.wires) > 0
            self.world.clock.advance(0)

    def types(self, *typed: str) -> Question | None:
        """Type lines; the question that follows the last one."""
        question = None
        for each in typed:
            question = self.obey(each)
            self.turn()
        return question

    def goes_dark(self) -> None:
        """The connection breaks, and none can be made."""
        self.door.up = False
        self.wire.drop()
        self.turn()

    def comes_back(self) -> None:
        """A connection can be made again, and time passes."""
        self.door.up = True
        self.waits(70)

    def waits(self, seconds: float) -> None:
        """Time passes."""
        for _ in range(int(seconds)):
            self.world.pass_time(1)
            self.turn()

    def reads(self, name: str | None = None) -> list[str]:
        """The lines of the place in view, or of another one, as one reads them."""
        place = self.shown if name is None else self.place(name)
        assert place is not None, f"there is no {name}"
        return [written(line) for line in place.lines]

    def last(self, name: str | None = None) -> str:
        """The last line."""
        return self.reads(name)[-1]


def written(line: Line) -> str:
    """A line, with all that can be said of it."""
    said = f"{line.who}: {line.text}" if line.is_said else line.text
    marks: list[str] = [line.state] if line.state != "stored" else []
    marks += ["edited"] if line.edited else []
    marks += [f"deleted by {line.deleted_by}"] if line.deleted_by else []
    return f"{said} ({', '.join(marks)})" if marks else said
