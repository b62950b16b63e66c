"""A person at chatc, with a terminal and a server in memory."""

from datetime import UTC
from random import Random
from typing import Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from chatd.client.connection.link import State
from chatd.client.connection.service import Server
from chatd.client.keeping import Kept
from chatd.client.model.chat import Chat
from chatd.client.terminal.visit import Visit, Wish
from chatd.core.commands import Command, Introduce
from chatd.core.events import Answer, Introduced
from chatd.core.settings.site import Registration
from chatd.dialects.text.scene import Scene
from tests.client.doubles import MemoryScreen, MemoryServer, logged_in, refused

TOKEN = "chatd_s_" + "x" * 43


class Evening(Server):
    """A person, a terminal and a server with the account alice."""

    all: ClassVar[list["Evening"]] = []

    def __init__(self, kept: Kept | None = None, **wish: Any) -> None:
        self.all.append(self)
        self.clock = Clock()
        self.server = MemoryServer()
        super().__init__(self.clock, self.server, Random(1), kept)
        self.refusing: Exception | None = None
        self.registration: Registration = "open"
        self.states: list[State] = []
        self.status: list[int] = []
        self.screen = MemoryScreen()
        self.chat = Chat(self, self.clock, lambda: 0, Scene(UTC))
        visit = Visit(self, self.chat, Wish("127.0.0.1:9999", **wish), self.screen)
        self.running = Deferred.fromCoroutine(visit.run()).addCallback(self.status.append)

    async def ask(self, command: Command) -> Answer:
        """What the terminal asks before the login."""
        assert isinstance(command, Introduce)
        if self.refusing is not None:
            raise self.refusing
        known = command.name == "alice" or self.registration != "open"
        return Introduced(name=command.name, known=known, registration=self.registration, shortest=10)

    def let_in(self, done: str = "login", **more: Any) -> "Evening":
        """The server says yes; then it is asked who is here."""
        (ref,) = self.server.end.refs()
        self.server.end.tell(logged_in(ref, done, **more))
        return self

    def people(self, *names: str) -> "Evening":
        (asked,) = self.server.end.heard()
        assert asked["do"] == "names"
        self.server.end.tell({"done": "names", "ref": asked["ref"], "room": asked["room"], "names": names})
        return self

    def turn_away(self, code: str, why: str) -> "Evening":
        (ref,) = self.server.end.refs()
        self.server.end.tell(refused(ref, code, why))
        return self


def at_home(**wish: Any) -> Evening:
    """Alice is logged in and in the lobby, and has read the welcome."""
    evening = Evening(name="alice", password="correct horse", **wish).let_in().people("alice", "bob")
    evening.screen.seen()
    return evening
