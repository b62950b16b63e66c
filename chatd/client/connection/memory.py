"""What a client remembers from one connection to the next: what it has seen, and what was not answered yet."""

from collections import deque
from collections.abc import Callable

from msgspec.structs import replace
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.core import commands, names
from chatd.core.commands import Command, Msg, Say
from chatd.core.events import Answer, AnyRoomEvent, Event, JoinDone, LoggedIn, RoomRenamed

PLACES = 128
WINDOW = 64
WINDOW_BYTES = 32 * 1024
_HEAD_BYTES = 128
_NAME_BYTES = names.NAME_BYTES + len(names.DIRECT)
MOST = 1000
MOST_SEEN = 10_000

# Asked twice, these do no more than asked once: saying has its cid for that.
_REPEATABLE = (
    Say, Msg, commands.Join, commands.Look, commands.Rooms, commands.Names, commands.Whois, commands.History,
    commands.Search, commands.Unread, commands.Mark, commands.Sessions, commands.Tokens, commands.Bans,
    commands.Accounts, commands.Invitations, commands.Audit, commands.Stats, commands.Export, commands.Ping,
)  # fmt: skip


class Seen:
    """
    How far each place was heard.

    C{Resume} tells of at most C{PLACES} of them, the latest heard, and of none whose name no place can have, since it
    has to fit into one line. At most C{MOST_SEEN} are remembered at all.
    """

    def __init__(self) -> None:
        self._heard: dict[str, int] = {}
        self._known: dict[str, int] = {}

    def is_new(self, event: Event) -> bool:
        """Whether an event was not heard before; from now on it was."""
        if not isinstance(event, AnyRoomEvent):
            return True
        if event.seq <= self._heard.get(event.room, 0):
            return False
        self._heard.pop(event.room, None)  # so that the places stand in the order in which they were heard last
        self._heard[event.room] = event.seq
        if isinstance(event, RoomRenamed):
            self._heard[event.name] = self._heard.pop(event.room)
            self._known[event.name] = max(self._known.pop(event.room, 0), self._known.get(event.name, 0))
        self._forget()
        return True

    def note(self, answer: Answer) -> None:
        """
        Take over how the places stood when an account came in or joined: what was before is history, and what the
        answer shows of it was heard.
        """
        match answer:
            case LoggedIn():
                places = answer.rooms
            case JoinDone(again=False):
                places = (answer.place,)
            case _:
                return
        for shown in places:
            self._known[shown.room] = shown.seq
            if shown.recent:
                self._heard[shown.room] = max(shown.recent[-1].seq, self._heard.get(shown.room, 0))
        self._forget()

    def latest(self) -> dict[str, int]:
        """The last seq of each place, for C{Resume}."""
        heard_last = dict(self._known)
        for room, seq in self._heard.items():
            heard_last[room] = max(seq, heard_last.pop(room, 0))
        possible = [each for each in heard_last.items() if len(each[0].encode(errors="replace")) <= _NAME_BYTES]
        return dict(possible[-PLACES:])

    def _forget(self) -> None:
        """Let the oldest go where there are too many: no account is in so many places."""
        for each in (self._heard, self._known):
            while len(each) > MOST_SEEN:
                del each[next(iter(each))]


class _Submission:
    """A command on its way, and who waits for the answer."""

    __slots__ = ("bytes", "command", "future")

    def __init__(self, command: Command) -> None:
        self.command = command
        self.bytes = _HEAD_BYTES + (len(command.text.encode(errors="replace")) if isinstance(command, Say | Msg) else 0)
        self.future: Deferred[Answer] = Deferred()


class Submissions:
    """
    Commands on their way to the server, in order, at most C{WINDOW} of them and C{WINDOW_BYTES} on the wire at once:
    the server reads few lines a second, and closes on a peer that writes far ahead of that.

    When a connection is lost, what can be repeated waits for the next one, a line to say with the cid it had. What
    cannot fails with L{Lost}.
    """

    def __init__(self, new_cid: Callable[[], str]) -> None:
        self._new_cid = new_cid
        self._waiting: deque[_Submission] = deque()
        self._sent: list[_Submission] = []
        self._bytes = 0
        self._send: Callable[[Command], Deferred[Answer]] | None = None

    def __len__(self) -> int:
        """How many are not answered."""
        return len(self._waiting) + len(self._sent)

    def add(self, command: Command) -> Deferred[Answer]:
        """
        Send a command, now or when there is a connection.

        @return: fires with the answer; fails with L{Refusal} (C{too-many} if C{MOST} wait already) or L{Lost}.
        """
        if isinstance(command, Say | Msg) and command.cid is None:
            command = replace(command, cid=self._new_cid())
        submission = _Submission(command)
        if len(self) >= MOST:
            why = f"{MOST} lines wait to be sent already. Wait until they are."
            submission.future.errback(Refusal("too-many", why))
            return submission.future
        self._waiting.append(submission)
        self._pump()
        return submission.future

    def attach(self, send: Callable[[Command], Deferred[Answer]]) -> None:
        """There is a connection: repeat what was not answered, then go on."""
        self._send = send
        self._pump()

    def detach(self, lost: Lost) -> None:
        """The connection is no more."""
        self._send = None
        sent, self._sent, self._bytes = self._sent, [], 0
        again = [each for each in sent if isinstance(each.command, _REPEATABLE)]
        self._waiting.extendleft(reversed(again))
        for each in sent:
            if each not in again:
                _fail(each, Failure(Lost(f"{lost.why}. Whether it was done is not known", lost.code)))

    def give_up(self, reason: Refusal | Lost) -> None:
        """There will be no connection any more."""
        self._send = None
        never, self._waiting = [*self._sent, *self._waiting], deque()
        self._sent, self._bytes = [], 0
        for each in never:
            _fail(each, Failure(reason))

    def _pump(self) -> None:
        while self._send is not None and self._waiting and len(self._sent) < WINDOW and self._bytes < WINDOW_BYTES:
            submission = self._waiting.popleft()
            self._sent.append(submission)
            self._bytes += submission.bytes
            answer = self._send(submission.command)
            answer.addCallbacks(self._answered, self._failed, callbackArgs=(submission,), errbackArgs=(submission,))

    def _answered(self, answer: Answer, submission: _Submission) -> None:
        self._sent.remove(submission)
        self._bytes -= submission.bytes
        if not submission.future.called:
            submission.future.callback(answer)
        self._pump()

    def _failed(self, failure: Failure, submission: _Submission) -> None:
        if failure.check(Lost):  # the end of the connection is told to detach, which knows what is to be done
            return
        self._sent.remove(submission)
        self._bytes -= submission.bytes
        _fail(submission, failure)
        self._pump()


def _fail(submission: _Submission, failure: Failure) -> None:
    if not submission.future.called:
        submission.future.errback(failure)
