"""
The conversation: what one peer asks, and what it is told of it, each in its order.

One thing at a time is done for a peer, so that what a line means never depends on what is still pending; but lines
that are only said may be pending together (L{SIDE_BY_SIDE}), since the journal keeps their order and one sync of
the disk serves them all. Whatever comes of them is told in the order in which it was asked.
"""

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatd.core.commands import Command
from chatd.core.errors import ChatError, Internal
from chatd.core.events import Answer
from chatd.core.session import SIDE_BY_SIDE, Session
from chatd.dialects.dialect import Exchange

log = Logger(namespace="chatd.faces.conversation")

Meant = Command | Exchange | bytes | ChatError | Failure
Told = Answer | ChatError | Failure | bytes


class Listener(Protocol):
    """Who is told what came of it: the face."""

    def told(self, outcome: Told, command: Command | None) -> None:
        """Write it to the peer. C{command} is C{None} where a line did not come to be one."""
        ...

    def work(self) -> None:
        """Go on with the next line: what was pending is not any more."""
        ...


class Pending:
    """Something that is being done, and what came of it once it is."""

    __slots__ = ("command", "doing", "outcome")

    def __init__(self, command: Command | None) -> None:
        self.command = command
        self.doing: Deferred[None] | None = None
        self.outcome: Told | None = None


class Conversation:
    """
    The commands of one peer.

    @param most: How many lines that are only said may be pending together.
    @param charge: Is told how many commands came of one line.
    """

    __slots__ = ("_charge", "_listener", "_parked", "_pending", "_session", "most")

    def __init__(self, session: Session, listener: Listener, most: int, charge: Callable[[int], None]) -> None:
        self._session = session
        self._listener = listener
        self._charge = charge
        self._pending: deque[Pending] = deque()
        self._parked: Meant | None = None
        self.most = most

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being done."""
        return not self._pending and self._parked is None

    @property
    def takes_more(self) -> bool:
        """Whether the next line may be looked at."""
        if self._parked is not None:
            return False
        pending = self._pending
        return not pending or (type(pending[-1].command) in SIDE_BY_SIDE and len(pending) < self.most)

    def take(self, meant: Meant) -> None:
        """Do what a line means, now or when its turn comes. Only when more is taken."""
        if self._pending and type(meant) not in SIDE_BY_SIDE:
            self._parked = meant
        elif isinstance(meant, Command):
            self._begin(Pending(meant), meant)
        elif isinstance(meant, (bytes, ChatError, Failure)):
            self._listener.told(meant, None)
        else:
            self._begin(Pending(None), meant)

    def call_off(self) -> None:
        """The peer is gone, or is to go: nothing more comes of what is pending."""
        self._parked = None
        pending, self._pending = self._pending, deque()
        for each in pending:
            if each.doing is not None:
                each.doing.cancel()

    def _begin(self, pending: Pending, meant: Command | Exchange) -> None:
        self._pending.append(pending)
        work = self._obey(pending, meant) if isinstance(meant, Command) else self._converse(pending, meant)
        doing = Deferred.fromCoroutine(work)
        if not doing.called:
            pending.doing = doing
            doing.addCallback(lambda _: self._listener.work())

    async def _obey(self, pending: Pending, command: Command) -> None:
        """Let the session obey. If the peer leaves, this is cancelled."""
        try:
            outcome: Told = await self._session.obey(command)
        except ChatError as refusal:
            outcome = refusal
        except Exception:
            outcome = Failure()
        self._tell(pending, outcome)

    async def _converse(self, pending: Pending, exchange: Exchange) -> None:
        """Let the session obey one command after the other, each asked in the light of the answers before."""
        obey, asked = self._session.obey, 0
        try:
            command = next(exchange)
            while True:
                asked += 1
                try:
                    answer = await obey(command)
                except ChatError as refusal:
                    command = exchange.throw(refusal)
                else:
                    command = exchange.send(answer)
        except StopIteration as ended:
            outcome: Told = ended.value
        except ChatError as refusal:
            outcome = refusal
        except Exception:
            outcome = Failure()
        self._charge(asked)
        self._tell(pending, outcome)

    def _tell(self, pending: Pending, outcome: Told) -> None:
        """Tell what came of it, and of those after it that waited for it to be told."""
        pending.outcome = outcome
        queue = self._pending
        while queue and (due := queue[0].outcome) is not None:
            command = queue.popleft().command
            if not self._session.gone:
                self._listener.told(due, command)
                self._session.settle()
        if not queue and self._parked is not None:
            parked, self._parked = self._parked, None
            self.take(parked)


class Faults:
    """Our own faults: each is logged under a number, and the peer is told the number."""

    __slots__ = ("_chance", "_count", "_most")

    def __init__(self, chance: Random, most: int) -> None:
        self._chance = chance
        self._most = most
        self._count = 0

    def blame(self, failure: Failure, command: Command | None) -> Internal:
        """What the peer is told; when there were too many in a row, the connection ends with it."""
        number = f"{self._chance.getrandbits(32):08x}"
        log.failure("fault {number} in {command}", failure=failure, number=number, command=repr(command))
        self._count += 1
        fault = Internal(f"Something went wrong here. Tell the people who run this server: fault {number}.")
        fault.closes = self._count >= self._most
        return fault

    def forgive(self) -> None:
        """Something went well."""
        self._count = 0
