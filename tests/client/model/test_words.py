"""Events, answers and losses in the words of the text face."""

from typing import Any

import pytest

from chatd.client.connection.link import Connecting, Offline, Online, Refused
from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.model import words
from chatd.core import events
from chatd.core.commands import Join, Logout, Msg, Quit, Say, Why
from chatd.core.errors import ChatError, NotNow
from chatd.core.events import LoggedIn, RoomShown, Said
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene


def line(text: str, who: str = "bob", room: str = "lobby") -> Said:
    return Said(room=room, seq=1, who=who, at=0, text=text)


def in_lobby() -> Scene:
    scene = Scene()
    scene.me, scene.current = "alice", "lobby"
    return scene


def test_plain_lines_are_said_in_the_current_room() -> None:
    """What does not begin with a slash is said; two slashes say one."""
    assert words.read(" hello ", in_lobby()) == Say(room="lobby", text="hello")
    assert words.read("//join is a command", in_lobby()) == Say(room="lobby", text="/join is a command")
    assert words.read("  ", in_lobby()) == ""
    with pytest.raises(NotNow, match="/join #lobby"):
        words.read("hello", Scene())


def test_commands_are_those_of_the_text_face() -> None:
    """Whoever knows them from telnet knows them here, abbreviations and advice included."""
    scene = in_lobby()
    assert words.read("/join #dev", scene) == Join(room="dev", recent=20)
    assert words.read("/w bob are you there?", scene) == Msg(to="bob", text="are you there?")
    assert words.read("/quit good night", scene) == Quit(reason="good night")
    assert isinstance(words.read("/passwd", scene), Question)
    assert words.read("/logout all", scene) == Logout(which="all")
    with pytest.raises(ChatError, match="Did you mean /msg"):
        words.read("/mgs bob x", scene)


def test_help_needs_no_server() -> None:
    """Help lists what one may use when logged in, and explains one command with an example."""
    summary, explained = words.read("/help", in_lobby()), words.read("/help join", in_lobby())
    assert isinstance(summary, str)
    assert "/history" in summary
    assert "/login" not in summary
    assert isinstance(explained, str)
    assert "For example: /join #dev" in explained


WHERE: dict[str, Any] = {"room": "lobby", "seq": 9, "at": 0}


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (line("hi"), "bob: hi"),
        (line("hi", room="dev"), "#dev bob: hi"),
        (line("psst", room="@bob"), "[bob -> you] psst"),
        (line("yes", "alice", "@bob"), "[you -> bob] yes"),
        (events.Joined(room="lobby", seq=1, who="bob", at=0), "** bob has joined #lobby"),
        (events.Announced(text="Backup at six", at=0), "## Backup at six"),
        (events.Kicked(who="carol", target="bob", reason="spam", **WHERE), "** carol kicked bob out of #lobby (spam)"),
        (events.Deleted(who="carol", of=7, author="alice", **WHERE), "** carol deleted your line 7 in #lobby."),
        (events.Marked(room="lobby", seq=9), ""),
    ],
)
def test_events_in_one_stream(event: events.Event, shown: str) -> None:
    """Each event reads as it does on the text face."""
    assert words.heard(event, in_lobby()) == shown


def test_answers_without_the_old_lines() -> None:
    """Those have a place of their own."""
    rooms = (RoomShown(room="lobby", seq=7, topic="Say hello", recent=(line("old"),)),)
    told = words.answered(LoggedIn(name="alice", at=0, rooms=rooms, settings={}), Scene())
    assert told.split("\n")[0] == "-- Login successful! Welcome, alice."
    assert "old" not in told
    assert words.answered(events.JoinDone(place=rooms[0], at=0), in_lobby()).startswith("-- You are in #lobby")


def test_a_loss_and_the_return() -> None:
    """One reads that the connection is gone, when it is tried again, and that it is back."""
    lost = Lost("the server closed the connection")
    assert words.told(Offline(lost, 2.0, 1, True)) == (
        "-- connection lost: the server closed the connection; trying again in 2 s"
    )
    assert words.told(Offline(Lost("the connection was refused"), 4.3, 2, True)) == (
        "-- no connection: the connection was refused; trying again in 4 s"
    )
    assert words.told(Offline(Lost("Come back in a minute."), 2.0, 3, True)) == (
        "-- no connection: Come back in a minute; trying again in 2 s"
    )
    assert words.told(Connecting()) == ""
    back = events.Resumed(name="alice", at=0, rooms=(), settings={})
    assert words.told(Online(back, again=True)) == "-- connected again"


def test_refusals() -> None:
    """In the words that the users of the old programs know, with what to do."""
    failed = Refusal("login-failed", "Wrong name or password.")
    assert words.told(Refused(failed)) == "-- Login failed! Wrong name or password."
    assert words.in_old_words(failed) == "invalid username or password"
    assert words.in_old_words(Refusal("name-taken", "x")) == "username already taken"
    assert words.in_old_words(Refusal("not-encrypted", "This line is not encrypted.")) == "This line is not encrypted."
    ended = Refused(Refusal("session-ended", "You ended this session from another one."))
    assert words.told(ended).split("\n") == [
        "-- error: You ended this session from another one. [session-ended]",
        "-- You are logged out here. Start again to log in.",
    ]


def test_why_repeats_the_last_refusal() -> None:
    """Without any, the server is asked."""
    assert words.read("/why", in_lobby()) == Why()
    no = Refusal("not-allowed", "#ops is by invitation.", rule="by invitation", set_by="carol")
    assert words.read("/why", in_lobby(), no) == (
        "-- #ops is by invitation. [not-allowed] Rule: by invitation, set by carol."
    )


def test_several_lines_are_one_thing_said() -> None:
    """Those after the first one are indented, and nothing else stands there."""
    assert words.heard(line("one\ntwo"), in_lobby()).split("\n")[1] == "    two"
    assert "?" not in words.heard(line("one\ntwo"), in_lobby())


def test_a_hostile_server_cannot_move_the_cursor() -> None:
    """Control characters that an honest server never sends are not given to the terminal."""
    shown = words.heard(line("a\x1b[2Jb\x07c\x9b5nd\re"), in_lobby())
    assert not set(shown) & set("\x1b\x07\x9b\r")
    assert words.clean("a\x1b[2J\x9b\u2028\ud800") == "a?[2J???"
