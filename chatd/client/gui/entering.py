"""The way from what was typed at the door to a conversation, or to the words that say why there is none."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from twisted.internet.defer import Deferred
from twisted.python.usage import UsageError

from chatd.client.connection.link import Offline, Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.service import Server
from chatd.client.connection.trust import Stranger, Trust
from chatd.client.connection.wire import Refusal
from chatd.client.model.chat import Chat
from chatd.client.model.door import Door
from chatd.client.model.observer import Nobody
from chatd.client.model.words import clean, in_old_words
from chatd.core.commands import Login, Ping, Register

Field = Literal["server", "name", "password", "again", "invitation"]

NOT_THE_SAME = "the two passwords are not the same"
_FIELDS: dict[str, Field] = {
    "bad-name": "name", "name-taken": "name", "login-failed": "password", "bad-password": "password",
    "registration-closed": "invitation",
}  # fmt: skip


class Form(NamedTuple):
    """
    What was typed at the door.

    @ivar is_new: Whether an account is to be made.
    @ivar remember: Whether to keep the login on this machine.
    """

    server: str
    name: str
    password: str = ""
    again: str = ""
    invitation: str = ""
    is_new: bool = False
    remember: bool = True


class Complaint(NamedTuple):
    """
    What was wrong, and with which field.

    @ivar was_tried: Whether the server has said so; if not, nothing need be typed again.
    """

    field: Field
    text: str
    was_tried: bool = True


class Unknown(Exception):
    """Nobody vouches for the server, and the person is to decide."""

    def __init__(self, stranger: Stranger, trust: Trust) -> None:
        super().__init__(stranger.introduction)
        self.stranger = stranger
        self.trust = trust


def mistake(form: Form, has_kept: Callable[[str], bool] = lambda name: False) -> Complaint | None:
    """
    What can be seen to be wrong without asking anybody.

    @param has_kept: Whether a login of that name is kept, so that no password is needed.
    """
    if not form.server:
        return Complaint("server", "which server?", False)
    if not form.name:
        return Complaint("name", "a username is needed", False)
    if not form.password and (form.is_new or not has_kept(form.name)):
        return Complaint("password", "a password is needed", False)
    if form.is_new and form.password != form.again:
        return Complaint("again", NOT_THE_SAME, False)
    return None


def complaint(wrong: Refusal | Lost | UsageError, form: Form) -> Complaint:
    """What the server, or the way to it, has against it."""
    if isinstance(wrong, UsageError):
        return Complaint("server", clean(str(wrong)), False)
    if isinstance(wrong, Lost):
        if wrong.code == "untrusted":
            return Complaint("server", clean(wrong.why), False)
        return Complaint("server", clean(f"cannot talk to {form.server}: {wrong.why}"), False)
    if wrong.code == "login-failed" and not form.password:
        return Complaint("password", "the login that was kept is worth nothing any more: the password is needed")
    return Complaint(_FIELDS.get(wrong.code, "server"), in_old_words(wrong))


class Way(NamedTuple):
    """
    How to get to a server.

    @ivar server: Makes one of its address, and says what is known of its certificate; C{True}: keeps logins.
    @ivar chat: Makes a conversation with it.
    """

    server: Callable[[str, bool], tuple[Server, Trust | None]]
    chat: Callable[[Server], Chat]


class Entering(Nobody):
    """One attempt to be let in."""

    def __init__(self, way: Way, form: Form, room: str | None = None) -> None:
        """
        @param room: The room to look at first.
        """
        self._way = way
        self._form = form
        self._room = room
        self._chat: Chat | None = None
        self._let_in: Deferred[None] = Deferred()

    async def run(self) -> Chat:
        """
        Try it.

        @raise UsageError: if the address is none.
        @raise Unknown: if the person has to decide whether to trust the server.
        @raise Lost: if it cannot be reached.
        @raise Refusal: if it says no.
        """
        server, trust = self._way.server(self._form.server, self._form.remember)
        await self._meet(server, trust)
        chat = self._chat = self._way.chat(server)
        chat.observer = self
        chat.enter(self._entrance(Door(server)), self._room)
        try:
            await self._let_in
        except BaseException:
            chat.observer = Nobody()
            chat.leave()
            raise
        return chat

    async def _meet(self, server: Server, trust: Trust | None) -> None:
        """See that there is a server, and which, before it is told a password."""
        try:
            await server.ask(Ping())
        except Lost as lost:
            stranger = None if trust is None else trust.stranger
            if trust is None or stranger is None or lost.code != "untrusted" or stranger.known:
                raise
            raise Unknown(stranger, trust) from lost

    def _entrance(self, door: Door) -> Login | Register:
        form = self._form
        if form.is_new:
            return door.register(form.name, form.password, form.invitation or None)
        kept = None if form.password else door.kept(form.name)
        return kept or door.login(form.name, form.password)

    def connection_changed(self, state: State) -> None:
        """In, or not."""
        if self._let_in.called:
            return
        match state:
            case Online():
                self._let_in.callback(None)
            case Refused(refusal=refusal):
                self._let_in.errback(refusal)
            case Offline(lost=lost):
                self._let_in.errback(lost)
