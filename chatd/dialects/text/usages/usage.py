"""What is known of one command that people type."""

from collections.abc import Callable
from typing import NamedTuple

from chatd.core.commands import Command, Role
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene

Meant = Command | Question | None
Read = Callable[[str, Scene], Meant]


class Usage(NamedTuple):
    """
    One command.

    @ivar names: What it is called, the proper name first.
    @ivar words: What may follow, as it is shown.
    @ivar summary: What it is for, in a few words.
    @ivar makes: The core command that comes of it, which decides when it may be used; C{None} for what the
        dialect answers by itself at any time.
    @ivar read: The words after the name, read: a command, or what is to be asked first. It returns C{None} where
        they make no sense.
    @ivar more: What else there is to know, in lines.
    @ivar also: Other core commands that may come of it.
    @ivar role: The least role on the site for which it is any use, and to which it is listed.
    """

    names: tuple[str, ...]
    words: str
    summary: str
    example: str
    makes: type[Command] | None
    read: Read
    more: str = ""
    also: tuple[type[Command], ...] = ()
    role: Role = "guest"

    @property
    def line(self) -> str:
        """The command as one types it."""
        return f"/{self.names[0]} {self.words}".rstrip()
