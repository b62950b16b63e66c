"""A visit from the first question to the good-bye, whatever the terminal."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple, TypeVar

from twisted.internet.defer import CancelledError, Deferred

from chatd.client.connection.link import Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.service import Server
from chatd.client.connection.trust import Trust
from chatd.client.connection.wire import Refusal
from chatd.client.model import words
from chatd.client.model.chat import Chat
from chatd.client.model.door import Door
from chatd.client.model.entry import Pasted
from chatd.client.model.observer import Audience, Nobody, Observer
from chatd.client.terminal.entrance import Entrance
from chatd.client.terminal.screen import Interrupted, Screen
from chatd.core.commands import Login, Ping, Register

Done = TypeVar("Done")


class Wish(NamedTuple):
    """
    What was asked for on the command line; C{None} is asked for at the terminal.

    @ivar where: The server's address, as it was given.
    """

    where: str
    name: str | None = None
    password: str | None = None
    room: str | None = None
    register: bool = False


class Visit(Nobody):
    """One person's visit."""

    def __init__(
        self,
        server: Server,
        chat: Chat,
        wish: Wish,
        screen: Screen,
        others: Sequence[Observer] = (),
        trust: Trust | None = None,
    ) -> None:
        """
        @param others: Who follows the conversation as well.
        @param trust: What is known of the server's certificate, where it has one.
        """
        self._server = server
        door = Door(server) if wish.room is None else Door(server, recent=0)
        self._entrance = Entrance(door, screen, wish.name, wish.password, wish.register)
        self._chat = chat
        self._wish = wish
        self._screen = screen
        self._trust = trust
        self._was_in = self._is_doing = False
        self._refusal: Refusal | None = None
        self._over: Deferred[None] = Deferred()
        screen.attach(chat)
        chat.observer = Audience((self, screen, *others))

    async def run(self) -> int:
        """
        Hold the visit.

        @return: the exit status: 0 after a good-bye, 1 if the server cannot be reached or says no.
        """
        try:
            await self._meet()
            return await self._converse(await self._entrance.first())
        except (EOFError, Interrupted, CancelledError):
            return 0
        except Lost as lost:
            self._screen.show(f"-- error: cannot talk to {self._wish.where}: {lost.why}. Is chatd running there?")
        except Refusal as refusal:
            self._screen.show(words.refused(refusal))
        return 1

    # At the door.

    async def _meet(self) -> None:
        """
        Look at the server's certificate before anything is asked.

        @raise Refusal: if it is not to be trusted.
        """
        if self._trust is None:
            return
        try:
            await self._server.ask(Ping())
        except Lost as lost:
            stranger = self._trust.stranger
            if lost.code != "untrusted" or stranger is None:
                raise
            if stranger.known:
                self._screen.show(stranger.alarm)
                raise Refusal("untrusted", "This is not the server that is meant.") from lost
        else:
            return
        self._screen.show(stranger.introduction)
        answer = await self._screen.ask("Trust this server from now on? yes or no: ")
        if answer.strip().lower() not in ("y", "yes"):
            raise EOFError
        self._trust.remember(stranger)

    # In the conversation.

    async def _converse(self, entrance: Login | Register) -> int:
        """Talk until the person goes, or until the server does not let it in, or puts it out."""
        try:
            while (refusal := await self._until_refused(entrance)) is not None:
                following = await self._entrance.again(entrance, refusal, self._was_in)
                if following is None:
                    break
                entrance = following
        finally:
            self._chat.leave()
            await self._over
            await self._screen.end()
        self._screen.show("-- Good-bye." if refusal is None else words.told(Refused(refusal)))
        return 0 if refusal is None else 1

    async def _until_refused(self, entrance: Login | Register) -> Refusal | None:
        self._refusal = None
        self._let_in: Deferred[None] = Deferred()
        talking = self._talking = Deferred.fromCoroutine(self._read())
        self._chat.enter(entrance, self._wish.room)
        with suppress(CancelledError):
            await talking
        return self._refusal

    async def _read(self) -> None:
        """Take lines until there are no more."""
        await self._let_in
        while not self._over.called:
            try:
                await self._take(await self._screen.line())
            except EOFError:
                if self._do(self._chat.quit):
                    return
            except Interrupted:
                self._chat.tell("-- /quit or Ctrl-D leaves.")

    async def _take(self, typed: str | Pasted) -> None:
        """Do what a line asks."""
        if isinstance(typed, Pasted):
            await self._say_pasted(typed)
            return
        question = self._do(lambda: self._chat.obey(typed))
        while question is not None:
            answer = await self._screen.ask(question.prompt.text, question.prompt.secret)
            question = self._do(partial(self._chat.answer, question, answer))

    def _do(self, what: Callable[[], Done]) -> Done:
        """Do something that may end the visit, which is not to cancel what is running now."""
        self._is_doing = True
        try:
            return what()
        finally:
            self._is_doing = False

    async def _say_pasted(self, pasted: Pasted) -> None:
        """Several lines at once are sent only if they are meant to be."""
        place = self._chat.shown
        if place.is_console:
            self._chat.obey(pasted.lines[0])
            return
        answer = await self._screen.ask(pasted.question(place.title) + " ")
        if answer.strip().lower() in ("y", "yes"):
            for line in pasted.lines:
                self._chat.say(line, place)
        else:
            self._chat.tell("-- Nothing of it was sent.")

    # What the model tells.

    def connection_changed(self, state: State) -> None:
        """In, or put out."""
        if isinstance(state, Refused):
            self._refusal = state.refusal
            self._talking.cancel()
        elif isinstance(state, Online):
            if not self._was_in:
                self._was_in = True
                self._screen.begin()
                if state.answer.token:
                    what = "-- This login is kept on this machine. /logout ends it, chatc --forget forgets it."
                    self._chat.tell(what)
            if not self._let_in.called:
                self._let_in.callback(None)
        elif not self._was_in and (told := words.told(state)):
            self._screen.show(told)

    def ended(self) -> None:
        """It is over."""
        self._over.callback(None)
        if not self._is_doing:
            self._talking.cancel()
