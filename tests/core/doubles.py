"""A session with no face: what it asks, what it is answered and what it hears, in the order in which it comes."""

from typing import TypeVar

from twisted.internet.defer import Deferred

from chatd.core import events
from chatd.core.commands import Command, Join, Login
from chatd.core.errors import ChatError
from chatd.core.events import Answer, Event
from chatd.core.ports import Peer
from chatd.core.room import Envelope, Volley
from chatd.core.session import Session
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.testing import PASSWORD, World, now

A = TypeVar("A", bound=Answer)

LONGEST_DELAY = Limits().failure_delay_most
MANY = Limits(registrations_per_address=1000, registrations=1000)


class Voice:
    """
    One session.

    @ivar seen: Events, answers and refusals, in the order in which a peer would read them.
    @ivar ended: With what the connection was ended from elsewhere, if it was.
    """

    def __init__(self, world: World, name: str | None = None, *, address: str = "192.0.2.1") -> None:
        self.world = world
        self.seen: list[Event | Answer | ChatError] = []
        self.envelopes: list[Envelope] = []
        self.ended: list[ChatError] = []
        self.session = Session(
            world.hub, world.ports, self._hear, self._end, Peer(address, encrypted=True, private=True)
        )  # fmt: skip
        self.pending: Deferred[None] | None = None
        if name is not None:
            if not world.database.rows(f"SELECT 1 FROM accounts WHERE name_key = '{name.lower()}'"):
                world.account(name)
            self.asks(Login(name=name, password=PASSWORD), events.LoggedIn)
            self.seen.clear()

    def _hear(self, envelope: Envelope | Volley) -> None:
        for each in (envelope,) if isinstance(envelope, Envelope) else envelope.envelopes:
            self.envelopes.append(each)
            self.seen.append(each.event)

    def _end(self, refusal: ChatError) -> None:
        """What a face does: tell why, and close."""
        self.ended.append(refusal)
        self.goes()

    def begins(self, command: Command) -> "Deferred[None]":
        """Ask, without waiting for the answer; C{pending} is the asking, which a face would cancel."""
        self.pending = Deferred.fromCoroutine(self._do(command))
        return self.pending

    def asks(self, command: Command, kind: type[A]) -> A:
        """Ask, and be answered with a C{kind}."""
        now(self.begins(command))
        answers = [each for each in self.seen if isinstance(each, kind)]
        assert answers, f"no {kind.__name__}: {self.seen}"
        return answers[-1]

    def is_refused(self, command: Command) -> ChatError:
        """Ask, and be refused; for a wrong password, when the time for the answer has come."""
        answered = self.begins(command)
        if not answered.called:
            self.world.pass_time(LONGEST_DELAY)
        now(answered)
        refusals = [each for each in self.seen if isinstance(each, ChatError)]
        assert refusals, f"{command} was obeyed: {self.seen}"
        self.seen = [each for each in self.seen if not isinstance(each, ChatError)]
        return refusals[-1]

    def joins(self, *rooms: str) -> "Voice":
        """Enter rooms, and forget what was seen of it."""
        for room in rooms:
            self.asks(Join(room=room), events.JoinDone)
        self.seen.clear()
        return self

    def hears(self) -> list[Event | Answer | ChatError]:
        """What was seen since the last look."""
        seen, self.seen = self.seen, []
        return seen

    def goes(self, reason: str = "") -> None:
        """The connection ends, and what is pending is called off."""
        self.session.close(reason)
        if self.pending is not None:
            self.pending.cancel()

    async def _do(self, command: Command) -> None:
        try:
            answer: Answer | ChatError = await self.session.obey(command)
        except ChatError as refusal:
            answer = refusal
        except Exception:
            if not self.session.gone:
                raise
            return
        self.seen.append(answer)
        self.session.settle()


def alone(**limits: int) -> World:
    """A world in which nobody is put into a room by itself."""
    return World(Site(autojoin="", limits=Limits(registrations_per_address=1000, **limits)))
