"""The commands that people type: found by name, and none forgotten."""

from typing import get_args

import pytest

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.errors import NotNow, UnknownCommand
from chatd.core.session import Phase
from chatd.dialects.text import grammar
from chatd.dialects.text.questions import Question
from tests.dialects.text.doubles import read, scene


@pytest.mark.parametrize("name", [name for usage in grammar.TABLE for name in usage.names])
def test_every_name_is_found_in_any_case(name: str) -> None:
    """Proper names and aliases, whether typed loudly or not."""
    assert name in grammar.find(name).names
    assert grammar.find(name.upper()) is grammar.find(name)


def test_no_two_commands_share_a_name() -> None:
    """What one types means one thing."""
    names = [name for usage in grammar.TABLE for name in usage.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("word", "meant"),
    [("hi", "history"), ("reg", "register"), ("logi", "login"), ("q", "quit"), ("le", "leave"), ("na", "names"),
     ("rep", "reply"), ("wh", None), ("ro", None), ("l", None), ("sw", "room"), ("r", "reply"), ("us", None),
     ("t", None), ("top", "topic"), ("te", "msg"), ("p", None), ("k", "kick"), ("sea", "search"), ("un", None)],
)  # fmt: skip
def test_the_beginning_of_one_command_is_enough(word: str, meant: str | None) -> None:
    """As much as makes it clear need be typed; what could be two is asked back."""
    if meant is not None:
        assert grammar.find(word).names[0] == meant
        return
    with pytest.raises(UnknownCommand, match=f"/{word} could be /.* or /"):
        grammar.find(word)


def test_the_beginning_of_one_command_that_makes_sense_now_is_enough() -> None:
    """At the door C{/reg} and C{/log} mean only what one does at a door; what makes no sense is found all the same."""
    assert grammar.find("log", Phase.UNAUTHENTICATED).names[0] == "login"
    assert grammar.find("re", Phase.UNAUTHENTICATED).names[0] == "register"
    assert grammar.find("hist", Phase.UNAUTHENTICATED).names[0] == "history"


@pytest.mark.parametrize(
    ("word", "advice"),
    [("mgs", "Did you mean /msg"), ("jion", "Did you mean /join"), ("hlep", "Did you mean /help"),
     ("kcik", "Did you mean /kick"), ("serach", "Did you mean /search"),
     ("xyzzy", "/help lists"), ("", "/help lists"), ("x" * 2000, "no command /" + "x" * 32 + r"\.")],
)  # fmt: skip
def test_an_unknown_command_is_told_the_nearest(word: str, advice: str) -> None:
    """A typing error is answered with what was probably meant, and it is not repeated at length."""
    with pytest.raises(UnknownCommand, match=advice):
        grammar.find(word)


@pytest.mark.parametrize("usage", grammar.TABLE, ids=lambda usage: str(usage.names[0]))
def test_the_example_of_every_command_works(usage: grammar.Usage) -> None:
    """What the help shows can be typed, and is the command that the help says."""
    word, _, rest = usage.example.removeprefix("/").partition(" ")
    assert grammar.find(word) is usage
    if usage.makes is None:
        return
    meant = grammar.read(usage, rest, scene())
    if isinstance(meant, Question):
        assert meant.prompt.secret
    else:
        makes = commands.Introduce if usage.makes in (commands.Login, commands.Register) else usage.makes
        assert isinstance(meant, (makes, *usage.also))


def test_everything_that_a_person_can_do_has_a_command() -> None:
    """All of the core's commands can be typed, but for those that only programs and C{chatctl} need."""
    made = {kind for usage in grammar.TABLE for kind in (usage.makes, *usage.also)} - {None}
    programs = {commands.Introduce, commands.Resume, commands.Unread, commands.Mark, commands.PurgeRoom}
    programs |= {commands.Relay, commands.Tag, commands.Targets, commands.Mask, commands.Masks, commands.Metadata}
    programs |= {commands.Guest, commands.Rename, commands.Profile, commands.Operate, commands.Depose, commands.Expel}
    programs |= {commands.Switch, commands.Vouch, commands.Peek}
    assert set(get_args(commands.Any)) - made == programs


@pytest.mark.parametrize(
    "line",
    ["/leave", "/room", "/names", "/topic", "/topic x", "/me waves", "/history", "/history 5", "/edit x", "/delete",
     "/kick bob", "/ban bob", "/bans", "/op bob", "/roomset", "/invite bob"],
)  # fmt: skip
def test_a_command_for_here_needs_a_here(line: str) -> None:
    """In no room, one is told how to enter one."""
    with pytest.raises(NotNow, match="/join"):
        read(line, scene(current=None))


@pytest.mark.parametrize(
    "line",
    ["/leave #dev", "/names #dev", "/history #dev", "/history bob", "/kick #dev bob", "/ban site bob", "/bans #dev",
     "/mute #dev bob 10m", "/op bob #dev", "/op bob owner #dev", "/roomset #dev", "/invite bob #dev", "/search x"],
)  # fmt: skip
def test_a_command_that_names_its_place_needs_no_here(line: str) -> None:
    """From anywhere, one can say where."""
    assert isinstance(read(line, scene(current=None)), Command)


@pytest.mark.parametrize(
    ("phase", "some", "none"),
    [
        (Phase.UNAUTHENTICATED, {"help", "login", "register", "quit", "why"}, {"join", "me", "names", "passwd"}),
        (Phase.AUTHENTICATED, {"help", "join", "rooms", "msg", "quit"}, {"login", "register", "leave", "topic"}),
        (Phase.CHATTING, {"help", "join", "leave", "topic", "names", "me", "history"}, {"login", "register"}),
    ],
)
def test_the_help_follows_the_phase(phase: Phase, some: set[str], none: set[str]) -> None:
    """One is shown what one may do now."""
    names = {usage.names[0] for usage in grammar.usable(phase)}
    assert names >= some
    assert not names & none
