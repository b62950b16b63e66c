"""What a face asks of a dialect."""

from typing import NamedTuple, Protocol

from chatd.core.commands import Command
from chatd.core.errors import ChatError
from chatd.core.events import Answer
from chatd.core.room import Envelope
from chatd.core.session import Phase


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
    """

    face: str
    line_limit: int

    @property
    def prompt(self) -> Prompt | None: ...

    @property
    def holds(self) -> bool: ...

    def greet(self) -> bytes:
        """The first words."""
        ...

    def parse(self, line: bytes, phase: Phase) -> Command | bytes:
        """
        What a line asks of the core, or what the dialect answers by itself.

        @raise ChatError: if it makes no sense.
        """
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

    def tick(self) -> bytes:
        """What has gathered and is due; asked about once a second."""
        ...

    def interrupt(self) -> bytes:
        """The peer wants to forget what it was typing."""
        ...
