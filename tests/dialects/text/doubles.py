"""Alice, who types commands in the lobby and reads what comes of them."""

import pytest

from chatd.core.commands import Command
from chatd.core.errors import BadArguments
from chatd.core.events import Answer, Said
from chatd.dialects.text import grammar, spoken
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene

NOON = 1_766_145_600_000  # 19 December 2025, 12:00 UTC
HOUR = 3_600_000
DAY = 24 * HOUR


def scene(current: str | None = "lobby", partner: str | None = "bob", **settings: str) -> Scene:
    made = Scene()
    made.me, made.current, made.partner = "alice", current, partner
    made.use(settings)
    return made


def read(line: str, view: Scene | None = None) -> Command | Question:
    """What a typed command asks for."""
    word, _, rest = line.removeprefix("/").partition(" ")
    return grammar.read(grammar.find(word), rest, view or scene())


def assert_is_refused(line: str) -> None:
    """A command with wrong words is answered with the usage and an example."""
    usage = grammar.find(line.removeprefix("/").partition(" ")[0])
    with pytest.raises(BadArguments) as caught:
        read(line)
    assert caught.value.why == f"Usage: {usage.line}  For example: {usage.example}"


def told(answer: Answer, view: Scene | None = None) -> list[str]:
    """What is read when a command was obeyed."""
    lines = spoken.words(answer, view or scene()).decode().split("\r\n")
    assert lines.pop() == ""
    return lines


def said(text: str = "hi", who: str = "bob", room: str = "dev", seq: int = 1, at: int = NOON - HOUR) -> Said:
    return Said(room=room, seq=seq, who=who, at=at, text=text)
