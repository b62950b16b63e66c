"""
The line to the server, as a machine: it connects, is let in, is lost, waits and connects again.

The machine has the states of the table below; what belongs to a state (the attempt, the connection, the timer) is
held by that state and by nothing else. Outputs never call inputs: what they begin calls them later.

  - C{Idle}: not started.
  - C{Connecting}: an attempt to connect is under way.
  - C{Entering}: connected; the login, registration or resumption is not answered yet.
  - C{Online}: let in.
  - C{Waiting}: no connection; the next attempt is a timer.
  - C{Refused}: the server said no in a way that asking again does not change, or has ended the session. The end,
    unless it is started once more, with another password.
  - C{Leaving}: told to stop; the connection is not closed yet.
  - C{Stopped}: the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from automat import TypeMachineBuilder
from msgspec.structs import replace
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime, IStreamClientEndpoint
from twisted.python.failure import Failure

from chatd.client.connection.memory import Seen, Submissions
from chatd.client.connection.protocol import ChatClient, Lost, connect
from chatd.client.connection.wire import Refusal
from chatd.client.keeping import Kept
from chatd.core.commands import Command, Login, Register, Resume
from chatd.core.events import Answer, Event, LoggedIn

# With these the server says "not now"; with any other, "not like this". The second holds once it has let us in.
_PASSING = frozenset({"busy", "stopping", "internal", "storage-full", "too-late", "too-fast", "too-slow"})
_PASSING_LATER = _PASSING | {"too-many", "not-chatd"}
# With these the server ends a session that is not to come back by itself.
_ENDS = frozenset({"session-ended", "not-allowed", "untrusted"})
STEADY = 10.0


class Connecting(NamedTuple):
    """An attempt to connect begins."""


class Online(NamedTuple):
    """
    The account is in.

    @ivar again: Whether it was before. What was missed meanwhile has been heard by now.
    """

    answer: LoggedIn
    again: bool


class Offline(NamedTuple):
    """
    There is no connection.

    @ivar lost: Why.
    @ivar seconds: Until the next attempt.
    @ivar attempts: How many have failed since the account was in last.
    @ivar again: Whether the account has been in before.
    """

    lost: Lost
    seconds: float
    attempts: int
    again: bool


class Refused(NamedTuple):
    """The server does not let the account in, or has put it out, and there will be no further attempt by itself."""

    refusal: Refusal


State = Connecting | Online | Offline | Refused


class Link(Protocol):
    """What can happen to the line."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def retry(self) -> None: ...

    def connected(self, client: ChatClient) -> None: ...

    def entered(self, client: ChatClient, answer: LoggedIn) -> None: ...

    def barred(self, refusal: Refusal) -> None: ...

    def lost(self, why: Lost) -> None: ...


@dataclass
class Core:
    """
    What all states share.

    @ivar kept: Where the token is with which to come back, if there is one.
    @ivar name: The account's name as the server writes it, once it has let us in.
    @ivar number: What the server calls this session, once it was asked.
    @ivar in_doubt: Whether a registration was sent and never answered, so that the name may be ours.
    @ivar is_out: Whether the account has logged out, so that there is nobody to say good-bye.
    @ivar since: When the account was let in, in the seconds of the clock; C{None} while it is out.
    @ivar losses: How many attempts have failed, or connections did not last C{STEADY} seconds, one after the other: a
        server that lets in and throws out is not asked more and more often than one that does not answer.
    @ivar turn: The number of the latest attempt: what an earlier one still has to say is not heard.
    """

    clock: IReactorTime
    endpoint: IStreamClientEndpoint
    entrance: Login | Register
    delay: Callable[[int], float]
    submissions: Submissions
    hear: Callable[[Event, bytes], None]
    report: Callable[[State], None]
    kept: Kept
    seen: Seen = field(default_factory=Seen)
    stopped: Deferred[None] = field(default_factory=Deferred)
    attempts: int = 0
    since: float | None = None
    losses: int = 0
    turn: int = 0
    name: str | None = None
    number: int | None = None
    in_doubt: bool = False
    is_out: bool = False
    farewell: str = ""

    def opening(self) -> Login | Register | Resume:
        """What to say first on a new connection: a token rather than a password, which costs the server more."""
        if self.name is None:
            return self.entrance
        token = self.kept.token(self.name)
        password = "" if token else self.entrance.password
        remember = self.kept.remembers and not token
        return Resume(name=self.name, token=token, password=password, remember=remember, seen=self.seen.latest())

    async def knock(self, client: ChatClient) -> Answer:
        """
        Ask to be let in.

        @raise Refusal: if the server says no.
        @raise Lost: if the connection ends before it answers.
        """
        opening = self.opening()
        try:
            return await client.submit(opening)
        except Lost:
            self.in_doubt = self.in_doubt or isinstance(opening, Register)
            raise
        except Refusal as refusal:
            instead = self._instead(opening, refusal)
            if instead is None:
                raise
        return await client.submit(instead)

    def welcome(self, answer: LoggedIn) -> None:
        """The account is in: remember what is needed to come back."""
        self.attempts, self.name, self.number, self.since = 0, answer.name, None, self.clock.seconds()
        self.seen.note(answer)
        if answer.token:
            self.kept.keep(answer.name, answer.token)

    def lose(self) -> float:
        """There is no connection; for how many seconds not to ask for another one."""
        lasted = 0.0 if self.since is None else self.clock.seconds() - self.since
        self.attempts, self.since = self.attempts + 1, None
        self.losses = 1 if lasted >= STEADY else self.losses + 1
        return self.delay(self.losses)

    def finish(self) -> None:
        """There will be no connection any more."""
        self.submissions.give_up(Lost("this client has left"))
        self.stopped.callback(None)

    def is_passing(self, code: str) -> bool:
        """Whether a refusal at the door may be another one the next time."""
        return code in (_PASSING if self.name is None else _PASSING_LATER)

    def is_final(self, code: str) -> bool:
        """Whether a connection that ended so is not to be made again."""
        return code in _ENDS or (code == "not-chatd" and not self.is_passing(code))

    def _instead(self, opening: Command, refusal: Refusal) -> Command | None:
        """What to say after a refusal, if there is something."""
        entrance = self.entrance
        if isinstance(opening, Register) and refusal.code == "name-taken" and self.in_doubt:
            return Login(
                name=entrance.name, password=entrance.password, remember=entrance.remember, recent=entrance.recent
            )
        if isinstance(opening, Login | Resume) and not opening.password and refusal.code == "login-failed":
            self.kept.drop(opening.name, opening.token)
            if not entrance.password:
                raise Refusal(refusal.code, "What was kept of your last login is worth nothing any more.") from refusal
            return replace(opening, token="", password=entrance.password, remember=self.kept.remembers)
        return None


def _connect(link: Link, core: Core) -> Deferred[ChatClient]:
    core.turn += 1
    turn = core.turn

    def ended(why: Lost) -> None:
        if turn != core.turn:
            return
        if not core.is_final(why.code):
            link.lost(why)
        elif why.code == "not-chatd":
            link.barred(Refusal(why.code, f"{why.why[0].upper()}{why.why[1:]}. Is the address right?"))
        else:
            link.barred(Refusal(why.code, why.why))

    def heard(event: Event, wire: bytes) -> None:
        if core.seen.is_new(event):
            core.hear(event, wire)

    def failed(failure: Failure) -> None:
        link.lost(failure.value if isinstance(failure.value, Lost) else Lost(failure.getErrorMessage()))

    attempt = connect(core.clock, core.endpoint, heard, ended)
    attempt.addCallbacks(link.connected, failed)
    return attempt


def _enter(link: Link, core: Core, client: ChatClient) -> ChatClient:
    def answered(answer: Answer) -> None:
        assert isinstance(answer, LoggedIn)
        link.entered(client, answer)

    def refused(failure: Failure) -> None:
        failure.trap(Lost, Refusal)
        if isinstance(failure.value, Refusal):
            if core.is_passing(failure.value.code):
                client.end(Lost(failure.value.why.rstrip("."), failure.value.code))
            else:
                link.barred(failure.value)

    Deferred.fromCoroutine(core.knock(client)).addCallbacks(answered, refused)
    return client


def _hold(link: Link, core: Core, client: ChatClient, answer: LoggedIn) -> ChatClient:
    return client


def _wait(link: Link, core: Core, why: Lost) -> IDelayedCall:
    seconds = core.lose()
    timer = core.clock.callLater(seconds, link.retry)
    core.submissions.detach(why)
    core.report(Offline(why, seconds, core.attempts, core.name is not None))
    return timer


_builder = TypeMachineBuilder(Link, Core)
_idle = _builder.state("Idle")
_connecting = _builder.state("Connecting", _connect)
_entering = _builder.state("Entering", _enter)
_online = _builder.state("Online", _hold)
_waiting = _builder.state("Waiting", _wait)
_refused = _builder.state("Refused")
_leaving = _builder.state("Leaving")
_stopped = _builder.state("Stopped")


@_idle.upon(Link.start).to(_connecting)
def _begin(link: Link, core: Core) -> None:
    core.report(Connecting())


@_refused.upon(Link.start).to(_connecting)
def _once_more(link: Link, core: Core) -> None:
    core.report(Connecting())


@_waiting.upon(Link.retry).to(_connecting)
def _again(link: Link, core: Core, timer: IDelayedCall) -> None:
    core.report(Connecting())


@_entering.upon(Link.entered, nodata=True).to(_online)
def _welcome(link: Link, core: Core, client: ChatClient, answer: LoggedIn) -> None:
    again = core.name is not None
    core.welcome(answer)
    core.report(Online(answer, again))
    core.submissions.attach(client.submit)


@_entering.upon(Link.barred).to(_refused)
@_online.upon(Link.barred).to(_refused)
def _shut_out(link: Link, core: Core, client: ChatClient, refusal: Refusal) -> None:
    client.abort()
    core.submissions.detach(Lost(refusal.why.rstrip("."), refusal.code))
    core.report(Refused(refusal))


@_connecting.upon(Link.stop).to(_leaving)
def _stop_connecting(link: Link, core: Core, attempt: Deferred[ChatClient]) -> None:
    attempt.cancel()


@_entering.upon(Link.stop).to(_leaving)
def _stop_entering(link: Link, core: Core, client: ChatClient) -> None:
    client.abort()


@_online.upon(Link.stop).to(_leaving)
def _stop_online(link: Link, core: Core, client: ChatClient) -> None:
    if core.is_out:
        client.abort()
    else:
        client.leave(core.farewell)


@_waiting.upon(Link.stop).to(_stopped)
def _stop_waiting(link: Link, core: Core, timer: IDelayedCall) -> None:
    timer.cancel()
    core.finish()


@_idle.upon(Link.stop).to(_stopped)
@_refused.upon(Link.stop).to(_stopped)
def _stop_at_rest(link: Link, core: Core) -> None:
    core.finish()


@_leaving.upon(Link.lost).to(_stopped)
def _stop_lost(link: Link, core: Core, why: Lost) -> None:
    core.finish()


@_leaving.upon(Link.barred).to(_stopped)
def _stop_barred(link: Link, core: Core, refusal: Refusal) -> None:
    core.finish()


@_leaving.upon(Link.connected).loop()
def _too_late(link: Link, core: Core, client: ChatClient) -> None:
    client.abort()


_connecting.upon(Link.connected, nodata=True).to(_entering).returns(None)
_connecting.upon(Link.lost, nodata=True).to(_waiting).returns(None)
_entering.upon(Link.lost, nodata=True).to(_waiting).returns(None)
_online.upon(Link.lost, nodata=True).to(_waiting).returns(None)
_refused.upon(Link.lost).loop().returns(None)
_refused.upon(Link.barred).loop().returns(None)
_leaving.upon(Link.stop).loop().returns(None)
_stopped.upon(Link.stop).loop().returns(None)
_stopped.upon(Link.lost).loop().returns(None)
_stopped.upon(Link.barred).loop().returns(None)

make_link = _builder.build()
