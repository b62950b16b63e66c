"""
The conversation with a person at a terminal: the questions at the door, then lines in and lines out.

What a terminal can do is behind L{Screen}; L{open_prompt} is the one that there is, with prompt_toolkit.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from chatd.client.connection.link import Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.service import Server
from chatd.client.connection.wire import Refusal
from chatd.client.talk import Talk, as_text
from chatd.core.commands import Command, Introduce, Join, Login, Names, Quit, Register
from chatd.core.errors import ChatError
from chatd.core.events import Answer, Event, Introduced, JoinDone
from chatd.core.names import DIRECT
from chatd.dialects.text.grammar import RECENT
from chatd.dialects.text.questions import Question
from chatd.dialects.text.view import place

TRIES = 3
_PASSWORD_AGAIN = ("login-failed", "bad-password")
_NAME_AGAIN = ("bad-name", "name-taken", "no-such-account")


class Interrupted(Exception):
    """The person pressed Ctrl-C: what was being typed is to be forgotten."""


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


class Screen(Protocol):
    """A terminal with a line that one types in and a part above it where lines appear."""

    async def ask(self, prompt: str, hidden: bool = False) -> str:
        """
        Put a question.

        @raise EOFError: if the person goes (Ctrl-D).
        @raise Interrupted: on Ctrl-C.
        """
        ...

    async def line(self) -> str:
        """The next line of the conversation; raises as L{ask} does."""
        ...

    def show(self, text: str) -> None:
        """Show lines; what is half typed stays whole."""
        ...


OpenScreen = Callable[[Callable[[], str], Callable[[], str], Callable[[str], tuple[str, list[str]]]], Screen]


class Terminal:
    """One person's conversation, from the first question to the good-bye."""

    def __init__(self, server: Server, talk: Talk, wish: Wish, open_screen: OpenScreen) -> None:
        """
        @param open_screen: Called with what makes the prompt, what makes the status line, and what completes.
        """
        self._server = server
        self._talk = talk
        self._wish = wish
        self._state: State | None = None
        self._tries = TRIES
        self._was_in = False
        self._invitation: str | None = None
        self._screen = open_screen(self._prompt, self._status, talk.picture.completions)

    async def run(self) -> int:
        """
        Hold the conversation.

        @return: the exit status: 0 after a good-bye, 1 if the server cannot be reached or says no.
        """
        try:
            return await self._converse(await self._at_the_door())
        except (EOFError, Interrupted, CancelledError):
            return 0
        except Lost as lost:
            self._screen.show(f"-- error: cannot talk to {self._wish.where}: {lost.why}. Is chatd running there?")
        except Refusal as refusal:
            self._screen.show(self._talk.refused(refusal))
        return 1

    # At the door.

    async def _at_the_door(self) -> Login | Register:
        """Ask what is not known yet; and ask the server about the name before a password is typed."""
        while True:
            new = self._wish.register or (self._wish.name is None and await self._menu())
            try:
                return await self._credentials(await self._introduce(new), new)
            except Refusal as refusal:
                if self._wish.name is not None or refusal.code not in _NAME_AGAIN:
                    raise
                self._screen.show(self._talk.refused(refusal))

    async def _menu(self) -> bool:
        """Whether the person is new here."""
        while True:
            typed = (await self._screen.ask("login or register: ")).strip().lower()
            for word in ("login", "register"):
                if typed and word.startswith(typed):
                    return word == "register"
            self._screen.show("-- Type login if you have an account here, or register to make one.")

    async def _introduce(self, new: bool) -> str:
        self._invitation = None
        name = self._wish.name or (await self._screen.ask("Username: ")).strip()
        known = await self._server.ask(Introduce(name=name))
        assert isinstance(known, Introduced)
        if known.known and new:
            await self._show_invitation(known.name)
        if not known.known and not new:
            raise Refusal("no-such-account", f"There is no account {known.name} here yet; register makes it.")
        return known.name

    async def _show_invitation(self, name: str) -> None:
        """The name is taken, or the server does not tell strangers which names are: a code may help then."""
        question = f"{name} is taken, or one needs an invitation here. Invitation code (Enter if you have none): "
        self._invitation = (await self._screen.ask(question)).strip() or None
        if self._invitation is None:
            why = f"The name {name} is taken, or nobody can register here. Choose another one, or log in."
            raise Refusal("name-taken", why)

    async def _credentials(self, name: str, new: bool) -> Login | Register:
        """What proves the account: what was given, what is kept, or what the person is asked for."""
        kept, password = self._server.kept, self._wish.password
        recent = RECENT if self._wish.room is None else 0
        token = "" if new or password is not None else kept.token(name)
        if token:
            return Login(name=name, token=token, recent=recent)
        if password is None:
            self._tries -= 1
            password = await (self._choose() if new else self._screen.ask("Password: ", hidden=True))
        proof: dict[str, Any] = {"name": name, "password": password, "recent": recent}
        if new:
            return Register(invite=self._invitation, remember=kept.remembers, **proof)
        return Login(remember=kept.wants(name), **proof)

    async def _choose(self) -> str:
        while True:
            first = await self._screen.ask("Choose a password: ", hidden=True)
            if first == await self._screen.ask("Once more: ", hidden=True):
                return first
            self._screen.show("-- error: the two are not the same. Once more from the start.")

    # In the conversation.

    async def _converse(self, entrance: Login | Register) -> int:
        """Talk until the person goes, or until the server does not let it in, or puts it out."""
        service = self._service = self._server.enter(entrance, self._hear, self._report)
        begin = service.startService
        try:
            while (refusal := await self._until_refused(begin)) is not None:
                if not self._may_try_again(refusal):
                    return 1
                again = await self._credentials(entrance.name, isinstance(entrance, Register) and not self._was_in)
                begin = partial(service.try_again, again)
        finally:
            await service.stopService()
        self._screen.show("-- Good-bye.")
        return 0

    async def _until_refused(self, begin: Callable[[], None]) -> Refusal | None:
        self._let_in: Deferred[None] = Deferred()
        talking = self._talking = Deferred.fromCoroutine(self._read())
        begin()
        with suppress(CancelledError):
            await talking
        return self._state.refusal if isinstance(self._state, Refused) else None

    def _may_try_again(self, refusal: Refusal) -> bool:
        return refusal.code in _PASSWORD_AGAIN and self._wish.password is None and self._tries > 0

    async def _read(self) -> None:
        """Take lines until there are no more."""
        await self._let_in
        while True:
            try:
                if await self._obey(await self._screen.line()):
                    return
            except EOFError:
                return
            except Interrupted:
                self._screen.show("-- /quit or Ctrl-D leaves.")
            except ChatError as refusal:
                self._screen.show(self._talk.refused(refusal))

    async def _obey(self, typed: str) -> bool:
        """Do what a line asks. Whether it was a good-bye."""
        meant = self._talk.read(typed)
        while isinstance(meant, Question):
            self._show(as_text(meant.note))
            meant = meant.then(await self._screen.ask(meant.prompt.text, meant.prompt.secret))
        if isinstance(meant, str):
            self._show(meant)
        elif isinstance(meant, Quit):
            self._service.farewell = meant.reason
            return True
        else:
            self._submit(meant)
            if not isinstance(self._state, Online):
                self._screen.show("-- There is no connection now; this is kept and sent as soon as there is one.")
        return False

    def _hear(self, event: Event, line: bytes) -> None:
        self._show(self._talk.heard(event))

    def _report(self, state: State) -> None:
        self._state = state
        self._show(self._talk.told(state))
        if isinstance(state, Refused):
            self._talking.cancel()
        elif isinstance(state, Online):
            self._tries, self._was_in = TRIES, True
            if state.answer.token and not state.again:
                self._screen.show("-- This login is kept on this machine. /logout ends it, chatc --forget forgets it.")
            if self._wish.room is not None and not state.again:
                self._submit(Join(room=self._wish.room, recent=RECENT))
            self._ask_names()
            if not self._let_in.called:
                self._let_in.callback(None)

    def _submit(self, command: Command) -> None:
        self._service.submit(command).addCallbacks(self._answered, self._failed)

    def _answered(self, answer: Answer) -> None:
        self._show(self._talk.answered(answer))
        if self._service.is_out:
            self._talking.cancel()
        elif isinstance(answer, JoinDone):
            self._ask_names()

    def _failed(self, failure: Failure) -> None:
        failure.trap(Refusal, Lost)  # anything else is a fault of ours, and to be logged
        wrong = failure.value
        if isinstance(wrong, Refusal | Lost) and not isinstance(self._state, Refused):
            self._show(self._talk.refused(wrong))

    def _ask_names(self) -> None:
        """Who is in the current room: for completion, so nothing is shown."""
        room = self._talk.picture.scene.current
        if room is not None and not room.startswith(DIRECT):
            self._service.submit(Names(room=room)).addCallbacks(self._talk.picture.answered, lambda _: None)

    def _show(self, text: str) -> None:
        if text:
            self._screen.show(text)

    def _prompt(self) -> str:
        room = self._talk.picture.scene.current
        return f"{place(room) if room else '(no room)'}> "

    def _status(self) -> str:
        here = "connected" if isinstance(self._state, Online) else "NOT CONNECTED"
        waiting = f"  {self._service.unanswered} on the way" if self._service.unanswered else ""
        news = "".join(f"  {place(room)} {count} new" for room, count in self._talk.picture.news().items())
        return f" {self._talk.picture.scene.me}  {here}{waiting}{news}"


def open_prompt(loop: asyncio.AbstractEventLoop) -> OpenScreen:
    """
    A screen with prompt_toolkit.

    @param loop: The loop of the reactor that is to run.
    @raise ImportError: if prompt_toolkit is not installed.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.history import DummyHistory

    def open_screen(
        prompt: Callable[[], str], status: Callable[[], str], complete: Callable[[str], tuple[str, list[str]]]
    ) -> Screen:
        class Words(Completer):
            def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
                word, found = complete(document.text_before_cursor)
                return (Completion(each, start_position=-len(word)) for each in found)

        lines: PromptSession[str] = PromptSession(
            prompt, bottom_toolbar=status, completer=Words(), complete_while_typing=False, erase_when_done=True,
            interrupt_exception=Interrupted,
        )  # fmt: skip
        questions: PromptSession[str] = PromptSession(history=DummyHistory(), interrupt_exception=Interrupted)

        async def wait(typed: Coroutine[object, object, str]) -> str:
            try:
                return await Deferred.fromFuture(loop.create_task(typed))
            except asyncio.CancelledError:
                raise CancelledError from None

        class Prompt:
            async def ask(self, prompt: str, hidden: bool = False) -> str:
                return await wait(questions.prompt_async(prompt, is_password=hidden))

            async def line(self) -> str:
                return await wait(lines.prompt_async())

            def show(self, text: str) -> None:
                print(text, file=sys.stdout, flush=True)  # looked up now: patch_stdout has replaced it

        return Prompt()

    return open_screen
