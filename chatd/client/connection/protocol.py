"""
The client's end of the JSON face: typed commands go out, typed answers and events come in.

One L{ChatClient} is one connection. What outlives a connection (who one is, what was seen, what is still to be
said) is the matter of L{chatd.client.connection.service}.
"""

import re
from collections.abc import Callable
from typing import cast

import msgspec
from msgspec.structs import replace
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import (
    ConnectBindError,
    ConnectionAborted,
    ConnectionDone,
    ConnectionLost,
    ConnectionRefusedError,
    DNSLookupError,
    NoRouteError,
    TimeoutError,
    UnknownHostError,
)
from twisted.internet.interfaces import IDelayedCall, IReactorTime, IStreamClientEndpoint, ITCPTransport
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from chatd.client.connection.wire import Head, Refusal, in_short, read_answer, read_event, read_head
from chatd.core.commands import Command, Ping, Quit
from chatd.core.events import Answer, Event, Pinged
from chatd.dialects.text.view import fit

log = Logger(namespace="chatd.client.connection.protocol")

LINE_LIMIT = 16384
QUIET = 90.0
PARTING = 5.0
LONGEST_WORDS = 1000
LONGEST_EVENT = 128 * 1024
MOST_STRAY = 1000

_TEXT_REFUSAL = re.compile(r"error: (?P<why>.*) \[(?P<code>[a-z-]+)\]\s*$")
_NONSENSE = "The server's answer makes no sense to this client. Update chatc."
_NO_ANSWER = "the server answers what was not asked, or in no words that there are"
_WORDS = (
    (ConnectionRefusedError, "the connection was refused"),
    ((DNSLookupError, UnknownHostError), "there is no such host"),
    (TimeoutError, "nothing answered"),
    (NoRouteError, "there is no way to that host"),
    (ConnectionDone, "the server closed the connection"),
    ((ConnectionLost, ConnectionAborted), "the connection broke"),
    (ConnectBindError, "the endpoint could not be used"),
)

_encode = msgspec.json.Encoder().encode


class Lost(Exception):
    """
    The connection ended, or never came to be; whether what is unanswered was done is unknown.

    @ivar why: The reason in a few words, to follow a colon.
    @ivar code: The server's code if it said why; otherwise C{lost}, C{unreachable}, C{untrusted} where the server
        may be another one, or C{not-chatd} where something answered that speaks another protocol.
    """

    def __init__(self, why: str, code: str = "lost") -> None:
        self.code, self.why = in_short(code), in_short(why)
        super().__init__(self.why)


class ChatClient(LineReceiver):
    """
    One connection to a chatd.

    @ivar MAX_LENGTH: The longest line that is taken, in bytes: a page of 200 events of 4 KiB, with room to spare. One
        event alone has at most C{LONGEST_EVENT}; what is longer is none of a chatd's, and left out.
    """

    transport: ITCPTransport
    delimiter = b"\n"
    MAX_LENGTH = 4 * 1024 * 1024

    def __init__(
        self, clock: IReactorTime, hear: Callable[[Event, bytes], None], ended: Callable[[Lost], None]
    ) -> None:
        """
        @param hear: Called with each event of a kind that is known here, and with its line.
        @param ended: Called once, when the connection is no more and all futures have failed.
        """
        self._clock = clock
        self._hear = hear
        self._ended = ended
        self._pending: dict[str, tuple[object, Deferred[Answer]]] = {}
        self._count = self._stray = 0
        self._closing: Lost | None = None
        self._spoke = False
        self._asked = self._is_pinging = False
        self._watch: IDelayedCall | None = None
        self._parting: IDelayedCall | None = None

    def submit(self, command: Command) -> Deferred[Answer]:
        """
        Ask for something.

        @return: fires with the answer; fails with L{Refusal}, or with L{Lost} if the connection ends before.
        """
        if not self.connected:
            return fail(self._closing or Lost("the connection is closed"))
        self._count += 1
        ref = str(self._count)
        line = _encode(replace(command, ref=ref))
        if len(line) > LINE_LIMIT:  # the server would close the connection over it
            return fail(Refusal("too-long", f"That is over {LINE_LIMIT} bytes long. Send it in parts."))
        future: Deferred[Answer] = Deferred()
        self._pending[ref] = (command.__struct_config__.tag, future)
        self.transport.write(line + b"\n")
        return future

    def leave(self, reason: str = "") -> None:
        """Say good-bye, and close when the server has answered, or after C{PARTING} seconds all the same."""
        if not self.connected:
            return
        self._parting = self._clock.callLater(PARTING, self.abort)
        self.submit(Quit(reason=reason)).addBoth(self._close)

    def end(self, why: Lost) -> None:
        """Close without a word, for a reason of ours."""
        self._closing = why
        self.abort()

    def abort(self) -> None:
        """Close without a word, if it is not closed."""
        if self.connected:
            self.transport.abortConnection()

    # What Twisted calls.

    def connectionMade(self) -> None:
        """Listen for signs of life from here on."""
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)
            self.transport.setTcpKeepAlive(True)
        self._watch = self._clock.callLater(QUIET, self._miss)

    def dataReceived(self, data: bytes) -> None:
        """Take bytes in."""
        self._asked = False
        if self._watch is not None and self._watch.active():
            self._watch.reset(QUIET)
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def lineReceived(self, line: bytes) -> None:
        """One line: an answer, an event, or something that is neither and may be the reason of an end."""
        # A server that greeted because the line was slow has written a prompt before the first object.
        start = max(0, line.find(b'{"'))
        try:
            head = read_head(line[start:])
        except (UnicodeDecodeError, RecursionError):
            self.end(Lost(_NO_ANSWER, "not-chatd"))
            return
        self._spoke = self._spoke or head is not None
        if head is None:
            self._take_text(line)
        elif head.event is not None:
            self._take_event(line[start:])
        elif head.done is not None:
            self._take_answer(head, line[start:])
        elif head.refused is not msgspec.UNSET:
            self._take_refusal(head)

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line that no chatd writes: nothing after it can be trusted."""
        self.end(Lost("the server sent a line that has no end", "not-chatd"))

    def connectionLost(self, reason: Failure = Failure(ConnectionDone())) -> None:  # noqa: B008
        """The connection has ended: every future fails, then whoever made this client is told."""
        self.connected = 0
        for timer in (self._watch, self._parting):
            if timer is not None and timer.active():
                timer.cancel()
        own = reason.value if isinstance(reason.value, Lost) else None
        lost = self._closing = self._closing or own or Lost(in_words(reason))
        pending, self._pending = self._pending, {}
        for _, future in pending.values():
            future.errback(lost)
        self._ended(lost)

    # What comes in.

    def _take_event(self, line: bytes) -> None:
        event = read_event(line) if len(line) <= LONGEST_EVENT else None
        if event is None:
            return
        if isinstance(event, Pinged):
            self._send_ping()
            return
        self._hear(event, line)

    def _take_answer(self, head: Head, line: bytes) -> None:
        asked, future = self._pending.pop(head.ref or "", (None, None))
        if future is None or future.called:
            return
        try:
            answer = read_answer(line)
        except msgspec.MsgspecError as wrong:  # which is what a much newer server may look like
            log.warn("an answer to {done} makes no sense here: {wrong}", done=head.done, wrong=str(wrong))
            future.errback(Refusal("bad-answer", _NONSENSE))
            return
        except (UnicodeDecodeError, RecursionError):
            answer = None
        if answer is not None and answer.__struct_config__.tag == asked:
            future.callback(answer)
        else:
            future.errback(Refusal("bad-answer", _NONSENSE))
            self.end(Lost(_NO_ANSWER, "not-chatd"))

    def _take_refusal(self, head: Head) -> None:
        _, future = self._pending.pop(head.ref or "", (None, None))
        if future is None:
            self._closing = Lost(head.why, head.code)
        elif not future.called:
            future.errback(Refusal(head.code, head.why, head.until, head.rule, head.set_by))

    def _take_text(self, line: bytes) -> None:
        """A line that is no object: a refusal at an overloaded door, or a server that is no chatd. Many are the end."""
        text = fit(line[:LONGEST_WORDS].decode(errors="replace").strip())
        refused = _TEXT_REFUSAL.search(text)
        if refused is not None:
            self._closing = Lost(refused["why"], refused["code"])
        elif text and not self._spoke and self._closing is None:
            self._closing = Lost(f"what answers there is not chatd; it says {text[:80]!r}", "not-chatd")
        self._stray += 1
        if self._stray > MOST_STRAY:
            self.end(self._closing or Lost(_NO_ANSWER, "not-chatd"))

    def _miss(self) -> None:
        """Nothing was heard for a while: ask for a sign of life, and the second time give up."""
        if self._asked:
            self.end(Lost(f"the server gave no sign of life for {2 * QUIET:.0f} s"))
            return
        self._asked = True
        self._watch = self._clock.callLater(QUIET, self._miss)
        self._send_ping()

    def _send_ping(self) -> None:
        if not self._is_pinging:
            self._is_pinging = True
            self.submit(Ping()).addBoth(self._ponged)

    def _ponged(self, _: object) -> None:
        self._is_pinging = False

    def _close(self, _: object) -> None:
        self.transport.loseConnection()


def connect(
    clock: IReactorTime,
    endpoint: IStreamClientEndpoint,
    hear: Callable[[Event, bytes], None],
    ended: Callable[[Lost], None],
) -> Deferred[ChatClient]:
    """
    Open a connection.

    @return: fires with the client; fails with L{Lost}, code C{unreachable}.
    """

    def failed(reason: Failure) -> Failure:
        return Failure(Lost(in_words(reason), "unreachable"))

    factory = Factory.forProtocol(lambda: ChatClient(clock, hear, ended))
    return cast("Deferred[ChatClient]", endpoint.connect(factory)).addErrback(failed)


async def ask_once(clock: IReactorTime, endpoint: IStreamClientEndpoint, command: Command) -> Answer:
    """
    Ask one thing over a connection of its own.

    @raise Refusal: if the server says no.
    @raise Lost: if it cannot be reached, or goes before it answers.
    """
    client = await connect(clock, endpoint, lambda event, line: None, lambda lost: None)
    try:
        return await client.submit(command)
    finally:
        client.leave()


def in_words(reason: Failure) -> str:
    """Why a connection ended or could not be made, in a few words."""
    for kinds, words in _WORDS:
        if reason.check(*(kinds if isinstance(kinds, tuple) else (kinds,))):
            return words
    value = reason.value
    if type(value).__module__.startswith("OpenSSL"):  # a list of (library, function, reason)
        _, _, what = str(value).strip("[]()'").rpartition("'")
        return f"no encrypted connection: {what}"
    return str(value) or type(value).__name__
