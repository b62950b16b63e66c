"""What a face asks of a dialect."""

from collections.abc import Generator
from typing import NamedTuple, Protocol

from chatd.core.commands import Command
from chatd.core.errors import ChatError
from chatd.core.events import Answer
from chatd.core.room import Envelope, Render, Volley
from chatd.core.session import Phase

# What takes more than one command: it asks them one by one, is sent the answers, has the refusals thrown in, and
# returns what is to be written at the end.
Exchange = Generator[Command, Answer, bytes]


class Prompt(NamedTuple):
    """
    What the peer is asked for.

    @ivar secret: Whether what is typed in answer must not show.
    """

    text: str
    secret: bool = False


class Dialect(Protocol):
    """
    A translation between bytes and the core, for one connection. It never does I/O; what it returns is to be
    written, and nothing at all is C{b""}.

    @ivar face: What this way in is called, such as C{telnet}.
    @ivar line_limit: The longest line, in bytes without its end.
    @ivar prompt: What the peer is asked for now, if this dialect asks.
    @ivar holds: Whether events wait until the peer sends a line.
    @ivar render: How it writes lines that others say to a room, as long as it writes them as many do and nothing more
        comes of them; C{None} where it wants to hear each, since it holds them, has errands because of them or looks
        at them. It changes with what the peer asks, and with nothing else.
    @ivar errands: What it wants to ask by itself, before the peer's next line, to tell what it has heard; C{None}
        where there never is any.
    """

    face: str
    line_limit: int

    @property
    def prompt(self) -> Prompt | None: ...

    @property
    def errands(self) -> list[Exchange] | None: ...

    @property
    def holds(self) -> bool: ...

    @property
    def render(self) -> Render | None: ...

    def greet(self) -> bytes:
        """The first words."""
        ...

    def parse(self, line: bytes, phase: Phase) -> Command | Exchange | bytes:
        """
        What a line asks of the core, or what the dialect answers by itself.

        @raise ChatError: if it makes no sense.
        """
        ...

    def overlong(self) -> bytes | None:
        """What is said of a line beyond the limit, which is thrown away; C{None} where the connection ends for it."""
        ...

    def answer(self, answer: Answer, command: Command) -> bytes:
        """What was done, told to the peer."""
        ...

    def refuse(self, refusal: ChatError, command: Command | None) -> bytes:
        """A refusal, told to the peer. C{command} is C{None} where the line did not come to be one."""
        ...

    def hear(self, envelope: Envelope, mine: bool) -> bytes:
        """An event, told to the peer; C{mine} if this very session made it happen."""
        ...

    def overhear(self, volley: Volley) -> bytes:
        """Lines that others said, told to the peer."""
        ...

    def tick(self) -> bytes:
        """What has gathered and is due; asked about once a second."""
        ...

    def interrupt(self) -> bytes:
        """The peer wants to forget what it was typing."""
        ...
