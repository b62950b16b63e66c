"""What most verbs come down to: the command, checked, is for the journal to write or for the archive to answer."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from chatd.core.commands import Command
from chatd.core.events import Answer
from chatd.core.verbs.checking import checked

if TYPE_CHECKING:
    from chatd.core.session import Session


def write(session: "Session", command: Command) -> Awaitable[Answer]:
    """Let the journal do it, which asks inside its transaction whether it may be done."""
    return session.world.journal.append(session.actor, checked(command), session)


def read(session: "Session", command: Command) -> Awaitable[Answer]:
    """Let the archive answer it."""
    return session.world.archive.ask(session.actor, checked(command))
