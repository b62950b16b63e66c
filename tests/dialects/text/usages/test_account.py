"""One's own account."""

import pytest

from chatd.core import commands
from chatd.core.commands import Command
from chatd.dialects.text.questions import Question
from tests.dialects.text.doubles import assert_is_refused, read


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/set", commands.Set()), ("/set time on", commands.Set(name="time", value="on")),
        ("/set zone Europe/Berlin", commands.Set(name="zone", value="Europe/Berlin")),
        ("/set zone", commands.Set(name="zone", value="")),
        ("/sessions", commands.Sessions()), ("/logout", commands.Logout()), ("/logout 3", commands.Logout(which=3)),
        ("/logout ALL", commands.Logout(which="all")),
        ("/token", commands.Tokens()), ("/token list", commands.Tokens()),
        ("/token new my laptop", commands.MakeToken(label="my laptop")),
        ("/cert my laptop", commands.AddCertificate(label="my laptop")),
        ("/token REVOKE 3", commands.RevokeToken(number=3)),
        ("/claim K7QM-2F9P", commands.Claim(code="K7QM-2F9P")),
        ("/export", commands.Export()), ("/export 4711", commands.Export(after=4711)),
    ],
)  # fmt: skip
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """A line with a slash becomes a command."""
    assert read(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "/passwd secret", "/set time", "/set " + "x" * 129 + " on", "/set x " + "y" * 129, "/sessions all",
        "/logout 0", "/logout everybody", "/token new", "/token new " + "x" * 129, "/token revoke", "/token revoke x",
        "/token list all", "/token make x", "/claim", "/claim a b", "/export 0", "/export x", "/erase", "/erase bob",
        "/cert", "/cert " + "x" * 129,
    ],
)  # fmt: skip
def test_wrong_words(line: str) -> None:
    """Whoever gets it wrong reads how it is right."""
    assert_is_refused(line)


@pytest.mark.parametrize("line", ["/passwd", "/erase me", "/erase ME"])
def test_what_needs_a_password_asks_for_it(line: str) -> None:
    """Hidden, and never on the line of the command."""
    asked = read(line)
    assert isinstance(asked, Question)
    assert asked.prompt.secret
