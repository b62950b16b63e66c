"""The conversation as lines: what one types, and what one reads."""

from datetime import UTC
from typing import Any

import pytest

from chatd.client.connection.link import Connecting, Offline, Online, Refused
from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.talk import CROWD, Talk
from chatd.core import events
from chatd.core.commands import Join, Logout, Msg, Quit, Say, Why
from chatd.core.errors import ChatError, NotNow
from chatd.core.events import LoggedIn, RoomShown, Said
from chatd.dialects.text.questions import Question


def line(text: str, who: str = "bob", room: str = "lobby") -> Said:
    return Said(room=room, seq=1, who=who, at=0, text=text)


def in_lobby(colour: bool = False) -> Talk:
    talk = Talk(UTC, colour)
    rooms = (RoomShown(room="lobby", seq=7, topic="Say hello", recent=(line("old"),)),)
    talk.told(Online(LoggedIn(name="alice", at=0, rooms=rooms, settings={"colour": "off"}), again=False))
    return talk


def test_the_welcome_shows_the_history() -> None:
    """After the login one reads where one is and what was said."""
    talk = Talk(UTC, colour=False)
    rooms = (RoomShown(room="lobby", seq=7, topic="Say hello", recent=(line("old"),)),)
    shown = talk.told(Online(LoggedIn(name="alice", at=0, rooms=rooms, settings={}), again=False)).split("\n")
    assert shown[0] == "-- Login successful! Welcome, alice."
    assert shown[1].startswith('-- You are in #lobby: "Say hello".')
    assert shown[-1] == "00:00 bob: old"


def test_plain_lines_are_said_in_the_current_room() -> None:
    """What does not begin with a slash is said; two slashes say one."""
    talk = in_lobby()
    assert talk.read(" hello ") == Say(room="lobby", text="hello")
    assert talk.read("//join is a command") == Say(room="lobby", text="/join is a command")
    assert talk.read("  ") == ""


def test_commands_are_those_of_the_text_face() -> None:
    """Whoever knows them from telnet knows them here, abbreviations and advice included."""
    talk = in_lobby()
    assert talk.read("/join #dev") == Join(room="dev", recent=20)
    assert talk.read("/w bob are you there?") == Msg(to="bob", text="are you there?")
    assert talk.read("/quit good night") == Quit(reason="good night")
    assert isinstance(talk.read("/passwd"), Question)
    assert isinstance(talk.read("/erase me"), Question)
    assert talk.read("/logout all") == Logout(which="all")
    with pytest.raises(ChatError, match="Did you mean /msg"):
        talk.read("/mgs bob x")


def test_help_needs_no_server() -> None:
    """Help lists what one may use when logged in, and explains one command with an example."""
    talk = in_lobby()
    summary, explained = talk.read("/help"), talk.read("/help join")
    assert isinstance(summary, str)
    assert "/history" in summary
    assert "/login" not in summary
    assert isinstance(explained, str)
    assert "For example: /join #dev" in explained


def test_a_line_without_a_room_is_refused_with_advice() -> None:
    """Nothing is said into nowhere."""
    with pytest.raises(NotNow, match="/join #lobby"):
        Talk(UTC, colour=False).read("hello")


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (line("hi"), "bob: hi"),
        (line("mine", "alice"), "alice: mine"),
        (line("hi", room="dev"), "#dev bob: hi"),
        (line("psst", room="@bob"), "[bob -> you] psst"),
        (line("yes", "alice", "@bob"), "[you -> bob] yes"),
        (events.Joined(room="lobby", seq=1, who="bob", at=0), "** bob has joined #lobby"),
        (events.Departed(who="bob", at=0), "** bob has left the chat"),
        (events.Announced(text="Backup at six", at=0), "## Backup at six"),
        (events.Gap(room="lobby", after=7, before=640), "** 632 lines of #lobby are left out here; /history #lobby shows them"),  # noqa: E501
        (events.Closed(code="stopping", why="The server stops now."), "-- error: The server stops now. [stopping]"),
    ],
)  # fmt: skip
def test_events_are_lines(event: events.Event, shown: str) -> None:
    """Each event reads as it does on the text face; one's own lines as well, once they are stored."""
    assert in_lobby().heard(event) == shown


WHERE: dict[str, Any] = {"room": "lobby", "seq": 9, "at": 0}


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (events.Kicked(who="carol", target="bob", reason="spam", **WHERE), "** carol kicked bob out of #lobby (spam)"),
        (events.Muted(who="carol", target="bob", until=None, **WHERE), "** carol muted bob in #lobby for ever"),
        (events.Edited(who="bob", of=7, text="Tuesday", **WHERE), "** bob corrected line 7 in #lobby: Tuesday"),
        (events.Edited(who="alice", of=7, text="Tuesday", **WHERE), "** alice corrected line 7 in #lobby: Tuesday"),
        (events.Deleted(who="carol", of=7, author="alice", **WHERE), "** carol deleted your line 7 in #lobby."),
        (events.Kicked(who="alice", target="bob", **WHERE), ""),
        (events.RoomChanged(who="alice", setting="slow", value="10s", **WHERE), ""),
        (events.Invited(room="ops", who="bob", at=0), "** bob invites you to #ops. /join #ops enters it"),
        (events.Marked(room="lobby", seq=9), ""),
    ],
)  # fmt: skip
def test_orders_are_lines(event: events.Event, shown: str) -> None:
    """Each reads as on the text face, to oneself as to oneself; what one has ordered is in the answer."""
    assert in_lobby().heard(event) == shown


def test_a_correction_is_told_once() -> None:
    """What is seen in the room needs no answer; elsewhere it does."""
    talk = in_lobby()
    assert talk.answered(events.EditDone(room="lobby", seq=9, of=7)) == ""
    assert talk.answered(events.DeleteDone(room="dev", seq=9, of=7)) == "-- Line 7 of #dev is deleted."


def test_coming_and_going_is_not_told_to_whoever_has_set_it_off() -> None:
    """/set joins off holds here, too."""
    talk = in_lobby()
    talk.answered(events.SetDone(settings={"joins": "off"}))
    assert talk.heard(events.Departed(who="bob", at=0)) == ""


def test_a_room_that_one_was_put_out_of_during_a_loss_is_named() -> None:
    """Otherwise one would talk into nowhere and not know why."""
    talk = in_lobby()
    talk.told(Offline(Lost("x"), 2.0, 1, True))
    back = events.Resumed(name="alice", at=0, rooms=(), settings={})
    assert talk.told(Online(back, again=True)) == "-- connected again; you are no longer in #lobby"


def test_an_ended_session_is_said_plainly() -> None:
    """What happened, and what to do."""
    ended = Refused(Refusal("session-ended", "You ended this session from another one."))
    assert in_lobby().told(ended).split("\n") == [
        "-- error: You ended this session from another one. [session-ended]",
        "-- You are logged out here. Start chatc again to log in.",
    ]


def test_names_have_stable_colours() -> None:
    """A name has the same colour every time, whatever the account has set for bare terminals."""
    talk = in_lobby(colour=True)
    first = talk.heard(line("hi"))
    assert first.startswith("\x1b[")
    assert first == talk.heard(line("hi")) == in_lobby(colour=True).heard(line("hi"))
    talk.answered(events.SetDone(settings={"colour": "off", "time": "on"}))
    assert talk.heard(line("hi")) == f"00:00 {first}"


def test_a_hostile_server_cannot_move_the_cursor() -> None:
    """Control characters that an honest server never sends are not given to the terminal."""
    shown = in_lobby(colour=True).heard(line("a\x1b[2Jb\x07c\x9b5nd\re"))
    assert shown.endswith(": a?[2Jb?c?5nd?e")


def test_coming_and_going_is_not_told_in_a_crowd() -> None:
    """In a large room one reads what is said, not who comes and goes; one's own coming is told."""
    talk = in_lobby()
    talk.picture.answered(events.NamesDone(room="lobby", names=tuple(f"n{n}" for n in range(CROWD + 1))))
    assert talk.heard(events.Joined(room="lobby", seq=8, who="bob", at=0)) == ""
    assert talk.heard(events.Joined(room="lobby", seq=9, who="alice", at=0)) != ""


def test_a_loss_and_the_return_are_said_plainly() -> None:
    """One reads that the connection is gone, when it is tried again, and that it is back; what was missed has times."""
    talk = in_lobby()
    lost = Lost("the server closed the connection")
    assert talk.told(Offline(lost, 2.0, 1, True)) == (
        "-- connection lost: the server closed the connection; trying again in 2 s"
    )
    assert talk.told(Offline(Lost("the connection was refused"), 4.3, 2, True)) == (
        "-- no connection: the connection was refused; trying again in 4 s"
    )
    assert talk.told(Connecting()) == ""
    assert talk.heard(line("missed")) == "00:00 bob: missed"
    back = events.Resumed(name="alice", at=0, rooms=(RoomShown(room="lobby", seq=9),), settings={})
    assert talk.told(Online(back, again=True)) == "-- connected again"
    assert talk.heard(line("live")) == "bob: live"


def test_a_failed_login_has_the_old_words() -> None:
    """The words that the users of the five old programs know."""
    refusal = Refusal("login-failed", "Wrong name or password.")
    assert Talk(UTC, False).told(Refused(refusal)) == "-- Login failed! Wrong name or password."
    other = Refusal("not-encrypted", "This line is not encrypted.")
    assert Talk(UTC, False).told(Refused(other)) == "-- error: This line is not encrypted. [not-encrypted]"


def test_why_repeats_the_last_refusal_whoever_refused() -> None:
    """/why explains a server's refusal with its rule, and one of this client's own; without any the server is asked."""
    talk = in_lobby()
    assert talk.read("/why") == Why()
    talk.refused(Refusal("not-allowed", "#ops is by invitation.", rule="by invitation", set_by="carol"))
    assert talk.read("/why") == "-- #ops is by invitation. [not-allowed] Rule: by invitation, set by carol."
    with pytest.raises(ChatError) as raised:
        talk.read("/mgs")
    talk.refused(raised.value)
    assert "no command /mgs" in str(talk.read("/why"))
