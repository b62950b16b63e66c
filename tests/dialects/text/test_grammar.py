"""The commands that people type: what they are called, what they take, what they say when it is wrong."""

from typing import get_args

import pytest

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.errors import BadArguments, NotNow, UnknownCommand
from chatd.core.session import Phase
from chatd.dialects.text import grammar
from chatd.dialects.text.scene import Scene


def scene(current: str | None = "lobby", partner: str | None = "bob") -> Scene:
    made = Scene()
    made.me, made.current, made.partner = "alice", current, partner
    return made


def read(line: str, view: Scene | None = None) -> Command:
    word, _, rest = line.removeprefix("/").partition(" ")
    return grammar.read(grammar.find(word), rest, view or scene())


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
    [("hi", "history"), ("reg", "register"), ("log", "login"), ("q", "quit"), ("le", "leave"), ("na", "names"),
     ("rep", "reply"), ("wh", None), ("ro", None), ("l", None), ("us", "names"), ("sw", "room"), ("r", "reply"),
     ("t", None), ("to", "topic"), ("te", "msg"), ("p", None)],
)  # fmt: skip
def test_the_beginning_of_one_command_is_enough(word: str, meant: str | None) -> None:
    """As much as makes it clear need be typed; what could be two is asked back."""
    if meant is not None:
        assert grammar.find(word).names[0] == meant
        return
    with pytest.raises(UnknownCommand, match=f"/{word} could be /.* or /"):
        grammar.find(word)


@pytest.mark.parametrize(
    ("word", "advice"),
    [("mgs", "Did you mean /msg"), ("jion", "Did you mean /join"), ("hlep", "Did you mean /help"),
     ("xyzzy", "/help lists"), ("", "/help lists"), ("x" * 2000, "no command /" + "x" * 32 + r"\.")],
)  # fmt: skip
def test_an_unknown_command_is_told_the_nearest(word: str, advice: str) -> None:
    """A typing error is answered with what was probably meant, and it is not repeated at length."""
    with pytest.raises(UnknownCommand, match=advice):
        grammar.find(word)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/login alice", commands.Introduce(name="alice")),
        ("/register alice", commands.Introduce(name="alice")),
        ("/quit", commands.Quit()), ("/quit good night", commands.Quit(reason="good night")),
        ("/join #dev", commands.Join(room="dev", recent=20)), ("/j dev", commands.Join(room="dev", recent=20)),
        ("/leave", commands.Leave(room="lobby")), ("/part #dev", commands.Leave(room="dev")),
        ("/room", commands.Look(room="lobby")), ("/room #dev", commands.Look(room="dev", recent=20)),
        ("/rooms", commands.Rooms()), ("/list dev", commands.Rooms(pattern="dev")),
        ("/names", commands.Names(room="lobby")), ("/who #dev", commands.Names(room="dev")),
        ("/whois bob", commands.Whois(name="bob")), ("/whois @bob", commands.Whois(name="bob")),
        ("/topic", commands.Topic(room="lobby")),
        ("/topic Printers  and paper", commands.Topic(room="lobby", text="Printers  and paper")),
        ("/me waves", commands.Say(room="lobby", text="waves", kind="action")),
        ("/msg bob are you there?", commands.Msg(to="bob", text="are you there?")),
        ("/w @bob  hi ", commands.Msg(to="bob", text="hi")), ("/reply yes", commands.Msg(to="bob", text="yes")),
        ("/history", commands.History(room="lobby", limit=20)),
        ("/history 5", commands.History(room="lobby", limit=5)),
        ("/history 200 #dev", commands.History(room="dev", limit=200)),
        ("/history #dev 200", commands.History(room="dev", limit=200)),
        ("/history bob", commands.History(room="@bob", limit=20)),
        ("/history @bob 2h", commands.History(room="@bob", limit=200, ago=7_200_000)),
        ("/history 30m", commands.History(room="lobby", limit=200, ago=1_800_000)),
        ("/history 7D", commands.History(room="lobby", limit=200, ago=604_800_000)),
        ("/history 2025-12-17", commands.History(room="lobby", limit=200, since=1_765_929_600_000)),
        ("/history 1601-01-01", commands.History(room="lobby", limit=200, since=0)),
        ("/set", commands.Set()), ("/set time on", commands.Set(name="time", value="on")),
        ("/set zone Europe/Berlin", commands.Set(name="zone", value="Europe/Berlin")),
        ("/set zone", commands.Set(name="zone", value="")),
        ("/why", commands.Why()), ("/ping", commands.Ping()),
    ],
)  # fmt: skip
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """A line with a slash becomes a command, in the place that one looks at where none is named."""
    assert read(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "/login", "/login a b", "/join", "/join #", "/join two words", "/leave two words", "/room a b", "/rooms a b",
        "/rooms " + "x" * 129, "/names a b", "/whois", "/whois a b", "/me", "/msg", "/msg bob", "/msg bob  ", "/reply",
        "/history 0", "/history 201", "/history 99999999999999999999", "/history #dev #ops", "/history #",
        "/history a b", "/set time", "/set " + "x" * 129 + " on", "/set x " + "y" * 129, "/why not", "/ping pong",
    ],
)  # fmt: skip
def test_wrong_words_are_answered_with_the_usage_and_an_example(line: str) -> None:
    """Whoever gets it wrong reads how it is right."""
    usage = grammar.find(line.removeprefix("/").partition(" ")[0])
    with pytest.raises(BadArguments) as caught:
        read(line)
    assert caught.value.why == f"Usage: {usage.line}  For example: {usage.example}"


@pytest.mark.parametrize(
    "line", ["/leave", "/room", "/names", "/topic", "/topic x", "/me waves", "/history", "/history 5"]
)
def test_a_command_for_here_needs_a_here(line: str) -> None:
    """In no room, one is told how to enter one."""
    with pytest.raises(NotNow, match="/join"):
        read(line, scene(current=None))


def test_a_reply_needs_somebody_to_reply_to() -> None:
    """Nobody wrote yet: the refusal says how to begin."""
    with pytest.raises(NotNow, match="/msg NAME"):
        read("/reply hi", scene(partner=None))


@pytest.mark.parametrize("usage", grammar.TABLE, ids=lambda usage: str(usage.names[0]))
def test_the_example_of_every_command_works(usage: grammar.Usage) -> None:
    """What the help shows can be typed."""
    word, _, rest = usage.example.removeprefix("/").partition(" ")
    assert grammar.find(word) is usage
    if usage.makes is not None and usage.names[0] != "passwd":
        assert isinstance(grammar.read(usage, rest, scene()), Command)


def test_everything_that_a_person_can_do_has_a_command() -> None:
    """All of the core's commands can be typed, but for those that only programs need."""
    made = {usage.makes for usage in grammar.TABLE} - {None}
    assert set(get_args(commands.Any)) - made == {commands.Introduce, commands.Resume}


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
