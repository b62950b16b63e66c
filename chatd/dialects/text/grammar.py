"""
The commands that people type: found by name, and read.

A new command is one entry in a table of L{chatd.dialects.text.usages}. Whether somebody may use it now is not said
there: it follows from the core command that the entry makes, and from the phases of
L{chatd.core.session.VERBS} that have a cell for it.
"""

import difflib
from collections.abc import Iterator
from typing import get_args

from chatd.core.commands import Command, Role
from chatd.core.errors import BadArguments, UnknownCommand
from chatd.core.session import VERBS, Phase
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.account import ACCOUNT
from chatd.dialects.text.usages.arguments import RECENT as RECENT
from chatd.dialects.text.usages.door import DOOR
from chatd.dialects.text.usages.orders import ORDERS
from chatd.dialects.text.usages.past import PAST
from chatd.dialects.text.usages.rooms import ROOMS
from chatd.dialects.text.usages.site import RUNNING
from chatd.dialects.text.usages.talking import TALKING
from chatd.dialects.text.usages.usage import Usage as Usage

_ROLES = get_args(Role)  # the highest first


def find(word: str, phase: Phase | None = None) -> Usage:
    """
    The command of a name, an alias, or the beginning of exactly one of them; of exactly one that makes sense in
    C{phase}, if there is such a one.

    @raise UnknownCommand: naming the nearest one.
    """
    word = word.lower()
    if word in _BY_NAME:
        return _BY_NAME[word]
    meant = {id(usage): usage for name, usage in _BY_NAME.items() if word and name.startswith(word)}
    if phase is not None:
        meant = {key: usage for key, usage in meant.items() if _fits(usage, phase)} or meant
    if len(meant) == 1:
        return next(iter(meant.values()))
    if meant:
        choices = " or ".join(f"/{usage.names[0]}" for usage in meant.values())
        raise UnknownCommand(f"/{word} could be {choices}. Type a little more of it.")
    near = difflib.get_close_matches(word, _BY_NAME, n=1)
    advice = f"Did you mean /{near[0]}?" if near else "/help lists the commands."
    raise UnknownCommand(f"no command /{word[:32]}. {advice}")


def read(usage: Usage, rest: str, scene: Scene) -> Command | Question:
    """
    What a line asks for: a core command, or a question to put first.

    @raise BadArguments: with the usage line and an example.
    """
    meant = usage.read(rest.strip(), scene)
    if meant is None:
        raise BadArguments(f"Usage: {usage.line}  For example: {usage.example}")
    return meant


def usable(phase: Phase, role: str = "member") -> Iterator[Usage]:
    """The commands that make sense in a phase, for an account with a role on the site."""
    return (usage for usage in TABLE if _fits(usage, phase) and _ROLES.index(usage.role) >= _ROLES.index(role))


def _fits(usage: Usage, phase: Phase) -> bool:
    return usage.makes is None or usage.makes in VERBS[phase]


SECTIONS: tuple[tuple[str, tuple[Usage, ...]], ...] = (
    ("Talking", TALKING),
    ("Old lines", PAST),
    ("Rooms and people", ROOMS),
    ("Your account", ACCOUNT),
    ("Keeping order", ORDERS),
    ("Running the site", RUNNING),
    ("Help, coming and going", DOOR),
)
TABLE: tuple[Usage, ...] = tuple(usage for _, usages in SECTIONS for usage in usages)

_BY_NAME = {name: usage for usage in TABLE for name in usage.names}
