"""What every IRC command is: a function of the client and the message, and when it may be said."""

from collections.abc import Callable
from typing import NamedTuple

from chatd.core.commands import Command
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.message import Message

Meant = Command | Exchange | bytes
Obey = Callable[[Client, Message], Meant]


class Verb(NamedTuple):
    """
    One IRC command.

    @ivar obey: What it asks of the core, or what is answered at once.
    @ivar least: How many parameters it has at least.
    @ivar early: Whether it may be said before the registration is complete.
    @ivar alone: Whether it may be said after that by whoever is nobody yet, where guests are not let in.
    """

    obey: Obey
    least: int = 0
    early: bool = False
    alone: bool = False
