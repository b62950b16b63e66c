"""
The full screen, with prompt_toolkit: what a place is about above, the conversation, the places, the line to type in.

The questions at the door are asked on the bare terminal before it, so that what went wrong there stays readable.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from prompt_toolkit import Application, PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import DummyHistory
from prompt_toolkit.layout import BufferControl, Float, FloatContainer, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import BeforeInput, ConditionalProcessor, PasswordProcessor
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from chatd.client.connection.link import State
from chatd.client.model import words
from chatd.client.model.chat import Chat
from chatd.client.model.entry import Pasted, pasted
from chatd.client.model.observer import Nobody
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.turns import beside, numbered, with_news
from chatd.client.terminal.full import bars
from chatd.client.terminal.full.keys import LEGEND, bindings
from chatd.client.terminal.full.pane import Pane
from chatd.client.terminal.screen import Interrupted
from chatd.client.terminal.written import in_stream

Result = TypeVar("Result")

STYLE = Style.from_dict({
    "time": "fg:ansibrightblack", "event": "fg:ansibrightblack", "pending": "fg:ansibrightblack",
    "note": "fg:ansicyan", "error": "bold fg:ansired", "server": "bold fg:ansigreen",
    "mention": "bold fg:ansiyellow", "day": "fg:ansibrightblack", "new": "fg:ansired",
    "title": "reverse", "title.place": "reverse bold",
    "status": "reverse", "status.current": "bold noreverse", "status.unread": "reverse bold",
    "status.mention": "reverse bold fg:ansiyellow", "status.bad": "reverse bold fg:ansired", "status.good": "reverse",
    "prompt": "bold",
})  # fmt: skip
ENTRY_ROWS = 5
QUIET = 0.1  # seconds after which a paste is over


class Words(Completer):
    """What Tab makes of a word."""

    def __init__(self, complete: Callable[[str], tuple[str, list[str]]]) -> None:
        self._complete = complete

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        """What prompt_toolkit calls."""
        word, found = self._complete(document.text_before_cursor)
        return (Completion(each, start_position=-len(word)) for each in found)


class FullScreen(Nobody):
    """The screen of one visit."""

    def __init__(self, loop: asyncio.AbstractEventLoop, where: str, *, colour: bool = True, bell: bool = True) -> None:
        """
        @param loop: The loop of the reactor that is to run.
        @param where: What the server is called.
        """
        self._loop = loop
        self._where = where
        self._depth = None if colour else ColorDepth.DEPTH_1_BIT
        self._bells = bell
        self._typed: deque[str | Pasted] = deque()
        self._reader: Deferred[str | Pasted] | None = None
        self._question: tuple[str, bool, Deferred[str]] | None = None
        self._draft = Document()
        self._poured: list[str] = []
        self._quiet: asyncio.TimerHandle | None = None
        self._app: Application[None] | None = None
        self._running: Deferred[None] | None = None
        self._prompts: PromptSession[str] | None = None

    # What a visit asks for.

    def attach(self, chat: Chat) -> None:
        """This is the conversation."""
        self._chat = chat
        self._at = chat.shown
        self._pane = Pane(chat)
        self._entry = Buffer(completer=Words(chat.complete), multiline=False)

    def show(self, text: str) -> None:
        """Show lines at the door, or in the conversation while there is one."""
        if self._app is None:
            print(words.clean(text), flush=True)
        else:
            self._chat.tell(text)

    async def ask(self, prompt: str, hidden: bool = False) -> str:
        """Put a question: at the door on a line of its own, later where one types."""
        return await (self._ask_at_the_door if self._app is None else self._ask_below)(prompt, hidden)

    async def line(self) -> str | Pasted:
        """The next line."""
        if self._typed:
            return self._typed.popleft()
        self._reader = Deferred()
        return await self._reader

    def begin(self) -> None:
        """Draw the conversation from now on."""
        self._app = Application(
            self._layout(), STYLE, key_bindings=bindings(self), full_screen=True, color_depth=self._depth,
            enable_page_navigation_bindings=False, min_redraw_interval=0.02,
        )  # fmt: skip
        self._app.ttimeoutlen = 0.1
        running = self._app.run_async(handle_sigint=False, set_exception_handler=False)
        self._running = self._await(running).addErrback(self._failed)
        self._chat.tell("-- /help lists the commands, /keys the keys.")

    async def end(self) -> None:
        """Give the terminal back."""
        if self._app is not None and self._running is not None:
            if self._app.is_running:
                self._app.exit()
            await self._running
            self._app = None

    # What the model tells.

    def connection_changed(self, state: State) -> None:
        """Draw it."""
        self._draw()

    def places_changed(self) -> None:
        """Draw it. What is half typed stays, unless nothing is, and something was here before."""
        shown = self._chat.shown
        if shown is not self._at:
            self._at = shown
            if self._question is None and not self._entry.text:
                self._entry.document, shown.draft = Document(shown.draft), ""
            elif self._question is not None and not self._draft.text:
                self._draft, shown.draft = Document(shown.draft), ""
        self._draw()

    def members_changed(self, place: Place) -> None:
        """Draw it."""
        self._draw()

    def line_added(self, place: Place, line: Line) -> None:
        """Draw it. What one said elsewhere is seen here as well."""
        if line.state == "pending" and place is not self._chat.shown:
            self._chat.tell(in_stream(line, place, is_here=False))
        self._draw()

    def line_changed(self, place: Place, line: Line) -> None:
        """Draw it."""
        self._draw()

    def lines_loaded(self, place: Place) -> None:
        """Draw it."""
        self._draw()

    def called(self, place: Place, line: Line) -> None:
        """Ring."""
        if self._bells and self._app is not None:
            self._app.output.bell()
            self._app.output.flush()

    # What keys do.

    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not self._entry.text

    def enter(self, more: bool = False) -> None:
        """Take the line; or if C{more} came with it, wait for all that does, and ask about it."""
        if more and self._question is None:
            self.pour(f"{self._entry.text}\n")
            self._entry.reset()
            return
        typed = self._entry.text
        if self._question is not None:
            self._question[2].callback(typed)
            return
        self._entry.reset()
        self._pane.follow()
        if typed.strip() == "/keys":
            self._chat.tell(LEGEND)
        else:
            self._give(typed)

    def give_up(self) -> None:
        """Forget the question, or the line; if there is neither, say how to leave."""
        if self._question is not None:
            self._question[2].errback(Interrupted())
        elif self._entry.text:
            self._entry.reset()
        else:
            self._fail(Interrupted())

    def go(self) -> None:
        """Leave, or leave the question."""
        if self._question is not None:
            self._question[2].errback(Interrupted())
        else:
            self._fail(EOFError())

    def is_pouring(self) -> bool:
        """Whether what comes belongs to several lines that came at once."""
        return bool(self._poured)

    def pour(self, text: str) -> None:
        """Gather lines that a terminal pastes without saying so, until no more come."""
        self._poured.append(text)
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = self._loop.call_later(QUIET, self._poured_out)

    def _poured_out(self) -> None:
        poured, self._poured, self._quiet = "".join(self._poured), [], None
        self.paste(poured)

    def paste(self, text: str) -> None:
        """Put one line where one types; ask about more."""
        several = pasted(text)
        if len(several.lines) > 1 and self._question is None:
            self._give(several)
        elif several.lines:
            self._entry.insert_text("".join(each for each in several.lines[0] if each.isprintable()))

    def recall(self, older: bool) -> None:
        """Choose a completion, or bring back what was typed before; but no answer to a question."""
        if self._entry.complete_state is not None:
            (self._entry.complete_previous if older else self._entry.complete_next)()
        elif self._question is None:
            typed = self._entry.text
            text = self._chat.recall.older(typed) if older else self._chat.recall.newer(typed)
            self._entry.document = Document(text)

    def scroll(self, pages: float) -> None:
        """Go down so many pages, or up."""
        self._pane.scroll(pages)

    def to_end(self) -> None:
        """Go to the newest line."""
        self._pane.follow()

    def look(self, number: int) -> None:
        """Look at a place by its number."""
        self._look_at(numbered(self._chat.places, number))

    def step(self, by: int) -> None:
        """Look at the next place, or the one before."""
        self._look_at(beside(self._chat.places, self._chat.current, by))

    def look_for_news(self) -> None:
        """Look where one was named, or was written to, or where there is something new."""
        self._look_at(with_news(self._chat.places, self._chat.current))

    # The rest.

    def _look_at(self, place: Place | None) -> None:
        """Look at a place; the half-typed line stays where it was typed."""
        if place is None or place is self._chat.shown:
            return
        if self._question is None:
            self._chat.shown.draft = self._entry.text
            self._entry.reset()
        else:
            self._chat.shown.draft, self._draft = self._draft.text, Document()
        self._chat.look_at(place.name)

    def _layout(self) -> Layout:
        hidden = Condition(lambda: self._question is not None and self._question[1])
        control = BufferControl(
            self._entry,
            input_processors=[ConditionalProcessor(PasswordProcessor(), hidden), BeforeInput(self._prompt)],
        )
        entry = Window(
            control, height=Dimension(min=1, max=ENTRY_ROWS), wrap_lines=True, dont_extend_height=True
        )  # fmt: skip
        above = Window(FormattedTextControl(lambda: bars.title(self._chat, self._where)), height=1, style="class:title")
        below = Window(FormattedTextControl(self._status), height=1, style="class:status")
        rows = HSplit([above, Window(self._pane), below, entry])
        menu = Float(CompletionsMenu(max_height=8, scroll_offset=1), xcursor=True, ycursor=True)
        return Layout(FloatContainer(rows, [menu]), focused_element=entry)

    def _prompt(self) -> StyleAndTextTuples:
        if self._question is not None:
            return [("class:prompt", self._question[0])]
        place = self._chat.shown
        return [("class:prompt", f"{'(no room)' if place.is_console else place.title}> ")]

    def _status(self) -> StyleAndTextTuples:
        width = 80 if self._app is None else self._app.output.get_size().columns
        return bars.status(self._chat, self._where, width, self._pane.below())

    def _draw(self) -> None:
        if self._app is not None:
            self._app.invalidate()

    def _give(self, typed: str | Pasted) -> None:
        reader, self._reader = self._reader, None
        if reader is None or reader.called:
            self._typed.append(typed)
        else:
            reader.callback(typed)

    def _fail(self, why: Exception) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.called:
            reader.errback(why)

    async def _ask_below(self, prompt: str, hidden: bool) -> str:
        answer: Deferred[str] = Deferred()
        self._draft, self._question = self._entry.document, (prompt, hidden, answer)
        self._entry.reset()
        self._draw()
        try:
            return await answer
        finally:
            self._question = None
            self._entry.reset(self._draft)
            self._draw()

    async def _ask_at_the_door(self, prompt: str, hidden: bool) -> str:
        if self._prompts is None:
            self._prompts = PromptSession(history=DummyHistory(), interrupt_exception=Interrupted)
        try:
            return await self._await(self._prompts.prompt_async(words.clean(prompt), is_password=hidden))
        except asyncio.CancelledError:
            raise CancelledError from None

    def _await(self, work: Coroutine[Any, Any, Result]) -> Deferred[Result]:
        return Deferred.fromFuture(self._loop.create_task(work))

    def _failed(self, failure: Failure) -> Failure:
        """The screen has a fault: whoever waits for its end is told."""
        self._chat.leave()
        return failure
