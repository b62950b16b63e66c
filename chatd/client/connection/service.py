"""The reconnecting client: an account that stays in the conversation while connections come and go."""

from collections.abc import Callable
from random import Random

from msgspec.structs import replace
from twisted.application.internet import backoffPolicy
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint

from chatd.client.connection.link import Core, State, make_link
from chatd.client.connection.memory import Submissions
from chatd.client.connection.protocol import ask_once
from chatd.client.connection.whole import Whole
from chatd.client.keeping import Kept
from chatd.core.commands import Command, Erase, Join, Login, Logout, Passwd, Register
from chatd.core.events import Answer, Event, SessionsDone

FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0

Hear = Callable[[Event, bytes], None]
Report = Callable[[State], None]


class ChatService(Service):
    """
    An account's conversation with a server.

    It logs in or registers once; when a connection is lost it tries again after 2, 4, 8 ... and at most
    C{LONGEST_DELAY} seconds (from 2 again, once one has lasted), resumes where it was, hears what it missed, and
    repeats what was not answered. It comes back with a token if one is kept, else with the password. Where the server
    has ended the session it does not.
    """

    def __init__(
        self,
        clock: IReactorTime,
        endpoint: IStreamClientEndpoint,
        entrance: Login | Register,
        chance: Random,
        hear: Hear,
        report: Report,
        kept: Kept | None = None,
        whole: bool = False,
    ) -> None:
        """
        @param entrance: How to be let in the first time; its name and password serve again after a loss.
        @param chance: Where cids and the spread of the delays come from.
        @param hear: Called with each event, once, in the order of its place, and with the line that held it.
        @param report: Called with each change of state.
        @param kept: Where the token is kept that the server was asked for; by default, nowhere.
        @param whole: Whether what a resumption left out is fetched and heard in its place, instead of the gap.
        """
        self._marks = f"{chance.getrandbits(64):016x}"
        self._count = 0
        self._submissions = Submissions(self._new_cid)
        hear = Whole(hear, self.submit).hear if whole else hear
        delay = backoffPolicy(FIRST_DELAY, LONGEST_DELAY, 2.0, chance.random)
        self._core = Core(clock, endpoint, entrance, delay, self._submissions, hear, report, kept or Kept())
        self._link = make_link(self._core)

    @property
    def farewell(self) -> str:
        """What others are told as the reason when this service stops."""
        return self._core.farewell

    @farewell.setter
    def farewell(self, reason: str) -> None:
        self._core.farewell = reason

    @property
    def is_out(self) -> bool:
        """Whether the account has logged out, or is no more: this service ends then by itself."""
        return self._core.is_out

    @property
    def unanswered(self) -> int:
        """How many commands wait for their answer, or for a connection."""
        return len(self._submissions)

    def submit(self, command: Command) -> Deferred[Answer]:
        """
        Ask for something, now or as soon as there is a connection. A line to say is stored once, however many
        connections it takes.

        @return: fires with the answer; fails with L{Refusal<chatd.client.connection.wire.Refusal>}, or with
            L{Lost<chatd.client.connection.protocol.Lost>} if the connection was lost before the answer to something
            that cannot be asked twice, or if this service stops.
        """
        return self._submissions.add(command).addCallback(self._learn, command)

    def startService(self) -> None:
        """Begin to connect."""
        super().startService()  # type: ignore[no-untyped-call]
        self._link.start()

    def try_again(self, entrance: Login | Register) -> None:
        """After a refusal: knock once more, with another password. What is not answered yet waits for the outcome."""
        self._core.entrance = entrance
        self._link.start()

    def stopService(self) -> Deferred[None]:
        """
        Say good-bye, if there is somebody to say it to, and end.

        @return: fires when the connection is closed.
        """
        super().stopService()  # type: ignore[no-untyped-call]
        self._link.stop()
        stopped: Deferred[None] = Deferred()

        def tell(result: None) -> None:
            stopped.callback(None)

        self._core.stopped.addCallback(tell)
        return stopped

    def _new_cid(self) -> str:
        self._count += 1
        return f"{self._marks}-{self._count}"

    def _learn(self, answer: Answer, command: Command) -> Answer:
        """Take over what an answer changes for the way back."""
        core = self._core
        match command:
            case Join():
                core.seen.note(answer)
            case Passwd():
                core.entrance = replace(core.entrance, password=command.new)
            case Logout(which="all"):
                self._forget()
            case Erase() | Logout() if isinstance(command, Erase) or command.which in ("this", core.number):
                self._forget()
                core.is_out = True
                self._link.stop()
            case _ if isinstance(answer, SessionsDone):
                core.number = next((each.number for each in answer.sessions if each.mine), None)
        return answer

    def _forget(self) -> None:
        if self._core.name is not None:
            self._core.kept.drop(self._core.name)


class Server:
    """
    A server that can be asked, and entered.

    @ivar kept: The tokens of this server.
    """

    def __init__(
        self, clock: IReactorTime, endpoint: IStreamClientEndpoint, chance: Random, kept: Kept | None = None
    ) -> None:
        """
        @param chance: Where cids and the spread of the delays come from.
        """
        self.kept = kept or Kept()
        self._clock = clock
        self._endpoint = endpoint
        self._chance = chance

    async def ask(self, command: Command) -> Answer:
        """
        Ask one thing, before the login.

        @raise Refusal: if the server says no.
        @raise Lost: if it cannot be reached.
        """
        return await ask_once(self._clock, self._endpoint, command)

    def enter(self, entrance: Login | Register, hear: Hear, report: Report, whole: bool = False) -> ChatService:
        """A service, not started, that enters so; C{whole} as L{ChatService} has it."""
        return ChatService(self._clock, self._endpoint, entrance, self._chance, hear, report, self.kept, whole)
