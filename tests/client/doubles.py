"""A server in memory and a screen in memory, for the client's tests."""

import json
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost, ConnectionRefusedError
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from zope.interface import implementer

from chatd.client.model.entry import Pasted
from chatd.client.terminal.screen import Interrupted
from chatd.client.terminal.stream import Stream

LOBBY = {"room": "lobby", "seq": 7, "topic": "Say hello"}


def failure_of(future: Deferred[Any]) -> Any:
    """What a future has failed with."""
    failures: list[Failure] = []
    future.addErrback(failures.append)
    assert failures, "it has not failed"
    return failures[0].value


class End(StringTransport):
    """The server's end of one connection."""

    protocol: IProtocol

    def loseConnection(self) -> None:
        """The client closes."""
        super().loseConnection()  # type: ignore[no-untyped-call]
        self.drop()

    def abortConnection(self) -> None:
        """The client closes without a word."""
        super().loseConnection()  # type: ignore[no-untyped-call]
        self.drop()

    def heard(self) -> list[dict[str, Any]]:
        """What the client has said since the last time, without what it left at its default."""
        lines = self.value().splitlines()  # type: ignore[no-untyped-call]
        self.clear()  # type: ignore[no-untyped-call]
        return [{key: value for key, value in json.loads(line).items() if value is not None} for line in lines]

    def refs(self) -> list[str]:
        """The refs of what the client has said since the last time."""
        return [said["ref"] for said in self.heard()]

    def tell(self, *objects: dict[str, Any] | bytes) -> None:
        """Say something to the client: objects, or lines that are none."""
        for each in objects:
            line = each if isinstance(each, bytes) else json.dumps(each).encode()
            self.protocol.dataReceived(line + b"\n")

    def drop(self, reason: Exception | None = None) -> None:
        """End the connection."""
        if self.connected:
            self.connected = False
            self.protocol.connectionLost(Failure(reason or ConnectionLost()))


@implementer(IStreamClientEndpoint)
class MemoryServer:
    """
    An endpoint whose other end is the test.

    @ivar up: Whether connections are accepted.
    @ivar calls: How often somebody has tried to connect.
    """

    def __init__(self) -> None:
        self.up = True
        self.calls = 0
        self.ends: list[End] = []

    @property
    def end(self) -> End:
        """The latest connection."""
        return self.ends[-1]

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """What Twisted calls."""
        self.calls += 1
        answer: Deferred[IProtocol] = Deferred()
        if not self.up:
            answer.errback(ConnectionRefusedError())
            return answer
        protocol = factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 9999))
        assert protocol is not None
        end = End()  # type: ignore[no-untyped-call]
        end.protocol = protocol
        self.ends.append(end)
        protocol.makeConnection(end)
        answer.callback(protocol)
        return answer


def logged_in(ref: str, done: str = "login", name: str = "alice", **more: Any) -> dict[str, Any]:
    """The answer that lets somebody in, to one room."""
    return {"done": done, "ref": ref, "name": name, "at": 1, "rooms": [LOBBY], "settings": {}} | more


def said(seq: int, text: str, who: str = "bob", room: str = "lobby") -> dict[str, Any]:
    """Somebody says something."""
    return {"event": "said", "room": room, "seq": seq, "from": who, "at": 1, "text": text, "kind": "text"}


def stored(ref: str, seq: int, done: str = "say") -> dict[str, Any]:
    """The acknowledgement of a line."""
    return {"done": done, "ref": ref, "room": "lobby", "seq": seq, "at": 1}


def refused(ref: str | None, code: str, why: str) -> dict[str, Any]:
    """A refusal."""
    return {"refused": None, "ref": ref, "code": code, "why": why, "until": None}


class MemoryScreen(Stream):
    """
    A terminal whose person is the test.

    @ivar asked: What the person is asked now, or C{None} in the conversation; C{*} at its end if it is hidden.
    @ivar lines: What was shown.
    """

    def __init__(self) -> None:
        super().__init__(self.show)
        self.asked: str | None = None
        self.lines: list[str] = []
        self.begun = self.ended_well = False
        self._typed: Deferred[Any] = Deferred()

    async def ask(self, prompt: str, hidden: bool = False) -> str:
        """What the visit calls."""
        self.asked = prompt + ("*" if hidden else "")
        self._typed = Deferred()
        typed: str = await self._typed
        return typed

    async def line(self) -> str | Pasted:
        """What the visit calls."""
        self.asked = None
        self._typed = Deferred()
        typed: str | Pasted = await self._typed
        return typed

    def show(self, text: str) -> None:
        """What the visit calls."""
        self.lines += text.split("\n")

    def begin(self) -> None:
        """What the visit calls."""
        self.begun = True

    async def end(self) -> None:
        """What the visit calls."""
        self.ended_well = True

    def type(self, *typed: str | Pasted) -> None:
        """The person types lines, or pastes some."""
        for each in typed:
            self._typed.callback(each)

    def press(self, key: str) -> None:
        """The person presses Ctrl-C or Ctrl-D."""
        self._typed.errback(Interrupted() if key == "Ctrl-C" else EOFError())

    def seen(self) -> list[str]:
        """What was shown since the last time."""
        lines, self.lines = self.lines, []
        return lines
