"""
Plain lines: nothing moves, nothing is coloured, nothing is drawn twice.

For screen readers, and for terminals that can do no more. The terminal itself takes the line that one types; what
others say meanwhile comes in between, unless C{/set hold on} lets it wait for Enter.
"""

import sys
import termios
from collections import deque
from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from chatd.client.terminal.screen import Pasted
from chatd.client.terminal.stream import Stream

_ECHO_FLAG = 3  # where tcgetattr has the local modes


class PlainScreen(Stream):
    """The screen of one visit; L{protocol} is what reads standard input for it."""

    def __init__(self, hide: Callable[[bool], None]) -> None:
        """
        @param hide: Has the terminal show what is typed, or not.
        """
        super().__init__(self._put)
        self.protocol = Typed(self._take, self._close)
        self._hide = hide
        self._typed: deque[str] = deque()
        self._held: list[str] = []
        self._reader: Deferred[str] | None = None
        self._closed = False

    async def ask(self, prompt: str, hidden: bool = False) -> str:
        """Put a question on a line."""
        self.protocol.write(prompt)
        if hidden:
            self._hide(True)
        try:
            return await self._next()
        finally:
            if hidden:
                self._hide(False)
                self.protocol.write("\n")

    async def line(self) -> str | Pasted:
        """The next line."""
        return await self._next()

    def show(self, text: str) -> None:
        """Show lines."""
        self.protocol.write(text + "\n")

    def begin(self) -> None:
        """There is nothing to draw."""

    async def end(self) -> None:
        """There is nothing to clear."""
        self._release()

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

    def _take(self, line: str) -> None:
        self._release()
        reader, self._reader = self._reader, None
        if reader is None or reader.called:
            self._typed.append(line)
        else:
            reader.callback(line)

    def _close(self) -> None:
        self._closed = True
        reader, self._reader = self._reader, None
        if reader is not None and not reader.called:
            reader.errback(EOFError())


class Typed(LineReceiver):
    """The protocol of standard input and output."""

    transport: StandardIO
    delimiter = b"\n"
    MAX_LENGTH = 65536

    def __init__(self, take: Callable[[str], None], close: Callable[[], None]) -> None:
        self._take = take
        self._close = close

    def lineReceived(self, line: bytes) -> None:
        """A line was typed."""
        self._take(line.decode(errors="replace").rstrip("\r"))

    def connectionLost(self, reason: Failure = Failure(ConnectionDone())) -> None:  # noqa: B008
        """Nothing more will be typed."""
        self._close()

    def write(self, text: str) -> None:
        """Show something."""
        self.transport.write(text.encode())


def hide_typing(hidden: bool) -> None:
    """Have the terminal not show what is typed, or show it again."""
    modes = termios.tcgetattr(sys.stdin.fileno())
    echo = termios.ECHO
    modes[_ECHO_FLAG] = modes[_ECHO_FLAG] & ~echo if hidden else modes[_ECHO_FLAG] | echo
    termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, modes)
