"""
Plain lines: nothing is coloured, no cursor goes up, and nothing that was said is drawn twice.

For screen readers, and for terminals that can do no more. What others say comes above the line that one is typing,
which stays whole; with C{/set hold on} it waits for Enter.
"""

import codecs
from collections import deque
from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol
from twisted.internet.stdio import StandardIO
from twisted.python.failure import Failure

from chatd.client.model import words
from chatd.client.model.entry import Pasted
from chatd.client.terminal.row import Row
from chatd.client.terminal.screen import Interrupted
from chatd.client.terminal.stream import Stream

FORGOTTEN = "-- The line is forgotten. Ctrl-C on an empty line leaves, as /quit does."
_OLDER, _NEWER = ("[A", "OA"), ("[B", "OB")


class PlainScreen(Stream):
    """The screen of one visit; L{protocol} is what reads standard input for it."""

    def __init__(self, take_keys: Callable[[bool], None], columns: Callable[[], int] = lambda: 80) -> None:
        """
        @param take_keys: Has the terminal give each key as it is pressed, or be as it was before.
        @param columns: How wide the terminal is now.
        """
        super().__init__(self._put)
        self.protocol = Keys(self)
        self._row = Row(self.protocol.write, columns)
        self._take_keys = take_keys
        self._typed: deque[str] = deque()
        self._held: list[str] = []
        self._reader: Deferred[str] | None = None
        self._is_question = self._closed = False

    async def ask(self, prompt: str, hidden: bool = False) -> str:
        """Put a question on a line."""
        self._row.ask(words.clean(prompt), hidden)
        self._is_question = True
        try:
            return await self._next()
        finally:
            self._is_question = False
            if self._row.prompt:  # it was taken back
                self._row.ask("", False)

    async def line(self) -> str | Pasted:
        """The next line."""
        return await self._next()

    def show(self, text: str) -> None:
        """Show lines."""
        self._row.above(words.clean(text))

    def begin(self) -> None:
        """There is nothing to draw."""

    async def end(self) -> None:
        """There is nothing to clear."""
        self._release()

    # What keys do.

    def opened(self) -> None:
        """There is a terminal."""
        self._take_keys(True)

    def closed(self) -> None:
        """Nothing more will be typed."""
        self._take_keys(False)
        self._closed = True
        self._fail(EOFError())

    def typed(self, character: str) -> None:
        """A character was typed."""
        self._row.add(character)

    def enter(self) -> None:
        """Take the line."""
        line = self._row.end()
        self._release()
        reader, self._reader = self._reader, None
        if reader is None or reader.called:
            self._typed.append(line)
        else:
            reader.callback(line)

    def rub_out(self) -> None:
        """Take the last character back."""
        if self._row.text:
            self._row.rub_out()

    def rub_out_word(self) -> None:
        """Take the last word back."""
        before, blank, _word = self._row.text.rstrip().rpartition(" ")
        self._row.put(before + blank)

    def rub_out_line(self) -> None:
        """Take all of it back."""
        self._row.put("")

    def give_up(self) -> None:
        """Forget the line; on an empty one, the question, or leave."""
        if self._row.text:
            self._row.put("")
            self.show(FORGOTTEN)
        elif self._is_question:
            self._row.end()
            self._fail(Interrupted())
        else:
            self.go()

    def go(self) -> None:
        """Leave, if nothing is typed."""
        if not self._row.text:
            if self._row.prompt:
                self._row.end()
            self._fail(EOFError())

    def recall(self, older: bool) -> None:
        """Bring back what was typed before; but no answer to a question."""
        if self._chat is not None and not self._is_question:
            step = self._chat.recall.older if older else self._chat.recall.newer
            self._row.put(step(self._row.text))

    def complete(self) -> None:
        """Complete the last word, or say what it may become."""
        if self._chat is None or self._is_question:
            return
        word, found = self._chat.complete(self._row.text)
        if len(found) == 1:
            self._row.put(self._row.text[: len(self._row.text) - len(word)] + found[0])
        elif found:
            self.show("-- " + ", ".join(each.strip() for each in found))

    # The rest.

    def _put(self, text: str) -> None:
        if self._chat is not None and self._chat.scene.hold and self._reader is not None:
            self._held.append(text)
        else:
            self.show(text)

    def _release(self) -> None:
        held, self._held = self._held, []
        for text in held:
            self.show(text)

    async def _next(self) -> str:
        if self._typed:
            return self._typed.popleft()
        if self._closed:
            raise EOFError
        self._reader = Deferred()
        return await self._reader

    def _fail(self, why: Exception) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.called:
            reader.errback(why)


class Keys(Protocol):
    """The protocol of standard input and output: each key that is pressed, as the terminal sends it."""

    transport: StandardIO

    def __init__(self, screen: PlainScreen) -> None:
        self._screen = screen
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._sequence: str | None = None
        self._acts: dict[str, Callable[[], None]] = {
            "\n": screen.enter, "\x7f": screen.rub_out, "\b": screen.rub_out, "\x17": screen.rub_out_word,
            "\x15": screen.rub_out_line, "\x03": screen.give_up, "\x04": screen.go, "\t": screen.complete,
        }  # fmt: skip

    def connectionMade(self) -> None:
        """There is a terminal."""
        self._screen.opened()

    def dataReceived(self, data: bytes) -> None:
        """Keys were pressed."""
        for character in self._decode(data):
            self._press(character)

    def connectionLost(self, reason: Failure = Failure(ConnectionDone())) -> None:  # noqa: B008
        """Nothing more will be typed."""
        self._screen.closed()

    def write(self, text: str) -> None:
        """Show something."""
        if text:
            self.transport.write(text.encode())

    def _press(self, character: str) -> None:
        if character == "\x1b":
            self._sequence = ""
        elif self._sequence is not None:
            self._go_on(character)
        elif character in self._acts:
            self._acts[character]()
        elif character.isprintable():
            self._screen.typed(character)

    def _go_on(self, character: str) -> None:
        """Within what a key sends that is no character: it ends with a letter or a tilde."""
        assert self._sequence is not None
        self._sequence += character
        if self._sequence in _OLDER + _NEWER:
            self._screen.recall(older=self._sequence in _OLDER)
        if self._sequence not in ("[", "O") and (character.isalpha() or character in "~\x1b"):
            self._sequence = None
