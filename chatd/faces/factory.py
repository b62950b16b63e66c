"""The factory: a face and a session for each connection, and a look at all of them once a second."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random

from twisted.internet.interfaces import IAddress, IReactorTime
from twisted.internet.protocol import ServerFactory

from chatd.core.addresses import Network
from chatd.core.errors import ChatError, Stopping, TooBusy, TooSlow
from chatd.core.ports import Peer
from chatd.core.session import Deliver, End, Session
from chatd.core.settings.limits import Limits
from chatd.dialects.dialect import Dialect
from chatd.faces.admission import Admission
from chatd.faces.line import LineFace
from chatd.faces.outbox import Flusher

LOOKED_AT_ONCE = 500


class ChatFactory(ServerFactory):
    """
    Makes a face and a session for each connection, and looks after all of them once a second.

    @ivar faces: The connections that there are.
    @ivar tongues: What makes each dialect for a session, by its name: C{text}, C{json} and C{irc}.
    @ivar limits: The bounds in force; asked for each time, since a reload may change them.
    @ivar exempt: Networks for whose connections no limit of rate or number holds.
    @ivar idle: Seconds without a sign of life after which a peer that can be asked for one is dropped.
    """

    noisy = False

    def __init__(
        self,
        clock: IReactorTime,
        now: Callable[[], int],
        limits: Callable[[], Limits],
        open_session: Callable[[Deliver, End, Peer], Session],
        tongues: Mapping[str, Callable[[Session], Dialect]],
        chance: Random,
    ) -> None:
        self.clock = clock
        self.now = now
        self.limits = limits
        self.open_session = open_session
        self.tongues = tongues
        self.exempt: Iterable[Network] = ()
        self.idle = 150.0
        self.chance = chance
        self.flusher = Flusher(clock)
        self.admission: Admission[LineFace] = Admission(limits, chance)
        self.faces: set[LineFace] = set()

    def buildProtocol(self, addr: IAddress | None) -> "LineFace":
        """A face for a new connection."""
        return LineFace(self)

    def pinned(self, tongue: str) -> "PinnedFactory":
        """The same for a listener where one dialect alone is spoken."""
        return PinnedFactory(self, tongue)

    def enter(self, face: LineFace, peer: Peer, now: float) -> ChatError | None:
        """Count a new connection. The refusal for it if there are too many; another one may have to go for it."""
        self.faces.add(face)
        if peer.exempt:
            return None
        refusal, victim = self.admission.enter(face, peer.address, now)
        if victim is not None:
            victim.end(TooBusy("Too many connections wait to log in. Try again in a moment."))
        return refusal

    def leave(self, face: LineFace, peer: Peer) -> None:
        """A connection has ended."""
        self.faces.discard(face)
        if not peer.exempt:
            self.admission.leave(face, peer.address)

    def tick(self) -> None:
        """Once a second: deadlines, and the bound on what is owed to all together."""
        self._look_at(tuple(self.faces), 0)

    def _look_at(self, faces: Sequence[LineFace], owed: int) -> None:
        """
        Look at some of the connections in this turn, and at the rest in later ones: all of 5,000 at once took 30 ms.

        @param owed: What is owed to those that were looked at before.
        """
        now, limits = self.clock.seconds(), self.limits()
        for face in faces[:LOOKED_AT_ONCE]:
            if face in self.faces:  # which has not gone meanwhile
                face.tick(now, limits, self.idle)
                owed += face.owed
        if len(faces) > LOOKED_AT_ONCE:
            self.clock.callLater(0, self._look_at, faces[LOOKED_AT_ONCE:], owed)
        elif owed > limits.queue_total and sum(face.owed for face in self.faces) > limits.queue_total:
            max(self.faces, key=lambda face: face.owed).end(TooSlow("The server holds too much that is not read."))

    def stop(self) -> None:
        """Tell everyone good-bye and close."""
        for face in tuple(self.faces):
            face.end(Stopping("The server stops now. Come back in a minute."))

    def abort(self) -> None:
        """Close what is left, without a word."""
        for face in tuple(self.faces):
            face.abort()


class PinnedFactory(ServerFactory):
    """Makes faces that speak one dialect, whatever comes first; the L{ChatFactory} looks after them."""

    noisy = False

    def __init__(self, factory: ChatFactory, tongue: str) -> None:
        self._factory = factory
        self._tongue = tongue

    def buildProtocol(self, addr: IAddress | None) -> LineFace:
        """A face for a new connection."""
        return LineFace(self._factory, self._tongue)
