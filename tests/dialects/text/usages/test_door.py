"""Help, coming and going."""

import pytest

from chatd.core import commands
from chatd.core.commands import Command
from tests.dialects.text.doubles import assert_is_refused, read


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/login alice", commands.Introduce(name="alice")), ("/register alice", commands.Introduce(name="alice")),
        ("/quit", commands.Quit()), ("/bye good night", commands.Quit(reason="good night")),
        ("/why", commands.Why()), ("/ping", commands.Ping()),
    ],
)  # fmt: skip
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """A line with a slash becomes a command."""
    assert read(line) == command


@pytest.mark.parametrize("line", ["/login", "/login a b", "/register", "/why not", "/ping pong"])
def test_wrong_words(line: str) -> None:
    """Whoever gets it wrong reads how it is right."""
    assert_is_refused(line)
