"""Saying something, taking it back, and whom one hears."""

import pytest

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.errors import NotNow
from tests.dialects.text.doubles import assert_is_refused, read, scene


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/me waves", commands.Say(room="lobby", text="waves", kind="action")),
        ("/msg bob are you there?", commands.Msg(to="bob", text="are you there?")),
        ("/w @bob  hi ", commands.Msg(to="bob", text="hi")), ("/reply yes", commands.Msg(to="bob", text="yes")),
        ("/edit I meant Tuesday", commands.Edit(room="lobby", text="I meant Tuesday")),
        ("/edit 117 I meant  Tuesday", commands.Edit(room="lobby", text="I meant  Tuesday", seq=117)),
        ("/edit 0 is nothing", commands.Edit(room="lobby", text="0 is nothing")),
        ("/delete", commands.Delete(room="lobby")), ("/delete 117", commands.Delete(room="lobby", seq=117)),
        ("/delete 117 wrong room", commands.Delete(room="lobby", seq=117, reason="wrong room")),
        ("/delete bob spam again", commands.Delete(room="lobby", name="bob", reason="spam again")),
        ("/delete @117 spam", commands.Delete(room="lobby", name="117", reason="spam")),
        ("/away", commands.Away(text="away")), ("/away lunch", commands.Away(text="lunch")),
        ("/back", commands.Away()),
        ("/ignore", commands.Ignore()), ("/ignore bob", commands.Ignore(name="bob")),
        ("/unignore @bob", commands.Unignore(name="bob")),
    ],
)  # fmt: skip
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """A line with a slash becomes a command, in the place that one looks at."""
    assert read(line) == command


@pytest.mark.parametrize(
    "line",
    ["/me", "/msg", "/msg bob", "/msg bob  ", "/reply", "/edit", "/edit 117", "/delete @", "/back soon", "/ignore a b",
     "/ignore @", "/unignore", "/unignore a b"],
)  # fmt: skip
def test_wrong_words(line: str) -> None:
    """Whoever gets it wrong reads how it is right."""
    assert_is_refused(line)


def test_a_reply_needs_somebody_to_reply_to() -> None:
    """Nobody wrote yet: the refusal says how to begin."""
    with pytest.raises(NotNow, match="/msg NAME"):
        read("/reply hi", scene(partner=None))
