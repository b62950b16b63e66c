"""What a visit needs of a terminal, whichever it is."""

from typing import Protocol

from chatd.client.model.chat import Chat
from chatd.client.model.entry import Pasted
from chatd.client.model.observer import Observer


class Interrupted(Exception):
    """The person pressed Ctrl-C: what was being typed is to be forgotten."""


class Screen(Observer, Protocol):
    """A terminal with a line that one types in, and a part where lines appear."""

    async def ask(self, prompt: str, hidden: bool = False) -> str:
        """
        Put a question.

        @raise EOFError: if the person goes (Ctrl-D).
        @raise Interrupted: on Ctrl-C.
        """
        ...

    async def line(self) -> str | Pasted:
        """The next line of the conversation, or several that were pasted; raises as L{ask} does."""
        ...

    def show(self, text: str) -> None:
        """Show lines at the door, before there is a conversation or after it."""
        ...

    def attach(self, chat: Chat) -> None:
        """This is the conversation."""
        ...

    def begin(self) -> None:
        """The account is in: draw the conversation."""
        ...

    async def end(self) -> None:
        """The conversation is over: the terminal is as it was before."""
        ...
