"""
The conversation: what one peer asks, and what it is told of it, each in its order.

One thing at a time is done for a peer, so that what a line means never depends on what is still pending; but lines
that are only said may be pending together (L{SIDE_BY_SIDE}), since the journal keeps their order and one sync of
the disk serves them all. Whatever comes of them is told in the order in which it was asked.
"""

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, Protocol

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
        """Go on with the next line: nothing is pending any more, or there is room for another one."""
        ...


class Pending:
    """
    Something that is being done, and what came of it once it is.

    It takes its coroutine along by itself, since L{Deferred.fromCoroutine} does much for a result that nobody asks for:
    with it, and with masks made anew, a line by itself took 81 us instead of 66.
    """

    __slots__ = ("_awaited", "_ended", "_work", "command", "outcome")

    def __init__(self, command: Command | None) -> None:
        self.command = command
        self.outcome: Told | None = None

    def begin(self, work: Coroutine[Deferred[Any], Any, bool], ended: Callable[[], None]) -> None:
        """
        Do it. If that takes longer than this call, and C{work} comes to be true, C{ended} is called after it.
        """
        self._work, self._ended = work, ended
        self._awaited: Deferred[Any] | None = None
        self._go_on()

    def call_off(self) -> None:
        """Let what is awaited come to nothing."""
        if self._awaited is not None:
            self._awaited.cancel()

    def _go_on(self, result: object = None) -> None:
        try:
            if isinstance(result, Failure):
                awaited = result.throwExceptionIntoGenerator(self._work)
            else:
                awaited = self._work.send(None)  # what is awaited has the result itself
        except StopIteration as end:
            if end.value and self._awaited is not None:
                self._ended()
        else:
            self._awaited = awaited
            awaited.addBoth(self._go_on)


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
        # Not a deque, which takes 760 bytes when it is empty, where there are ten thousand of them; these are few.
        self._pending: list[Pending] = []
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
        pending, self._pending = self._pending, []
        for each in pending:
            each.call_off()

    def _begin(self, pending: Pending, meant: Command | Exchange) -> None:
        self._pending.append(pending)
        work = self._obey(pending, meant) if isinstance(meant, Command) else self._converse(pending, meant)
        pending.begin(work, self._listener.work)

    async def _obey(self, pending: Pending, command: Command) -> bool:
        """Let the session obey. If the peer leaves, this is cancelled."""
        try:
            outcome: Told = await self._session.obey(command)
        except ChatError as refusal:
            outcome = refusal
        except Exception:
            outcome = Failure()
        return self._tell(pending, outcome)

    async def _converse(self, pending: Pending, exchange: Exchange) -> bool:
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
        finally:
            exchange.close()  # after a fault of ours it has not ended, and the failure would keep it as it is
        self._charge(asked)
        return self._tell(pending, outcome)

    def _tell(self, pending: Pending, outcome: Told) -> bool:
        """
        Tell what came of it, and of those after it that waited for it to be told. Whether the face may go on with what
        it could not do before: a line where there was no room for more, or the end.
        """
        pending.outcome = outcome
        queue = self._pending
        was_full = len(queue) >= self.most
        while queue and (due := queue[0].outcome) is not None:
            command = queue.pop(0).command
            if not self._session.gone:
                self._listener.told(due, command)
                self._session.settle()
        if not queue and self._parked is not None:
            parked, self._parked = self._parked, None
            self.take(parked)
        return was_full or not queue


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
