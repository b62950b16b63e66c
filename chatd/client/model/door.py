"""The way in: who one is, what proves it, and the words to say to the server."""

from typing import Any

from chatd.client.connection.service import Server
from chatd.core.commands import Introduce, Login, Register
from chatd.core.events import Introduced

RECENT = 50


class Door:
    """
    The door of one server.

    What it makes is for L{Chat.enter<chatd.client.model.chat.Chat.enter>}.
    """

    def __init__(self, server: Server, recent: int = RECENT) -> None:
        """
        @param recent: How many old lines of the first room to ask for on coming in.
        """
        self._server = server
        self._recent = recent

    async def introduce(self, name: str) -> Introduced:
        """
        Ask whether a name is somebody's, before a password is typed.

        @raise Refusal: if it can be nobody's name, or no password is taken on this line.
        @raise Lost: if the server cannot be reached.
        """
        answer = await self._server.ask(Introduce(name=name))
        assert isinstance(answer, Introduced)
        return answer

    def kept(self, name: str) -> Login | None:
        """The login that was kept on this machine, which needs no password, if there is one."""
        token = self._server.kept.token(name)
        return Login(name=name, token=token, recent=self._recent) if token else None

    def login(self, name: str, password: str) -> Login:
        """Log in with a password, or a token in its place."""
        return Login(name=name, password=password, recent=self._recent, remember=self._server.kept.wants(name))

    def register(self, name: str, password: str, invite: str | None = None) -> Register:
        """Make the account. C{invite} is the code of an invitation, where the site wants one."""
        proof: dict[str, Any] = {"name": name, "password": password, "recent": self._recent}
        return Register(invite=invite, remember=self._server.kept.remembers, **proof)
