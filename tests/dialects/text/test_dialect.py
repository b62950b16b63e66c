"""The text dialect: what a person types and reads, from the first question on."""

from datetime import UTC
from typing import Any

import pytest

from chatd.core import commands, events
from chatd.core.commands import Command
from chatd.core.errors import (
    BadPassword,
    BadText,
    Busy,
    LoginFailed,
    NotAllowed,
    NotNow,
    UnknownCommand,
)
from chatd.core.events import Event, RoomShown
from chatd.core.room import Envelope, Volley
from chatd.core.session import Phase
from chatd.core.settings.site import Registration
from chatd.dialects.text.dialect import CROWD, Doorplate, TextDialect

NOON = 1_766_145_600_000


def stranger(*, people: int = 12, encrypted: bool = False, who: Registration = "open") -> TextDialect:
    return TextDialect(Doorplate("Example Chat", people, encrypted, who, 10, UTC), 2048)


def member(**settings: str) -> TextDialect:
    """Alice, in the lobby and in dev, looking at the lobby."""
    made = stranger()
    rooms = (RoomShown(room="lobby", seq=1), RoomShown(room="dev", seq=1))
    made.answer(events.LoggedIn(name="alice", at=NOON, rooms=rooms, settings=settings), commands.Ping())
    return made


def parse(made: TextDialect, typed: str) -> Command | bytes:
    return made.parse(typed.encode(), Phase.CHATTING if made.prompt is None else Phase.UNAUTHENTICATED)


def hears(made: TextDialect, event: Event, *, mine: bool = False, crowd: int = 1) -> str:
    return made.hear(Envelope(event, crowd=crowd), mine).decode()


def said(who: str = "bob", text: str = "hi", room: str = "lobby", action: bool = False) -> events.Said:
    return events.Said(room=room, seq=1, who=who, at=NOON, text=text, kind="action" if action else "text")


# The door.


@pytest.mark.parametrize(
    ("people", "encrypted", "line"),
    [
        (
            12,
            False,
            "Example Chat - 12 people here. This line is not encrypted. /help lists commands, /quit leaves.\r\n",
        ),
        (1, True, "Example Chat - 1 person here. /help lists commands, /quit leaves.\r\n"),
        (0, True, "Example Chat - 0 people here. /help lists commands, /quit leaves.\r\n"),
    ],
)
def test_the_first_line(people: int, encrypted: bool, line: str) -> None:
    """Whose server this is, who is here, whether others can read along, and the two commands to know."""
    assert stranger(people=people, encrypted=encrypted).greet().decode() == line


def test_a_first_visit() -> None:
    """A name, a password twice, and one is in; each question follows from the answer before."""
    made = stranger()
    assert made.prompt == ("Username (or a new name to register): ", False)
    assert parse(made, "") == b""
    introduce = parse(made, " alice ")
    assert introduce == commands.Introduce(name="alice")
    assert (
        made.answer(events.Introduced(name="alice", known=False), commands.Ping()) == b"-- The name alice is free.\r\n"
    )
    assert made.prompt is not None
    assert made.prompt.secret
    assert parse(made, "/correct horse ") == b"", "a password may begin with a slash and end with a space"
    assert parse(made, "/correct horse ") == commands.Register(name="alice", password="/correct horse ", recent=20)


def test_commands_work_at_the_door_and_the_name_is_asked_again() -> None:
    """Help and quit are there from the first moment; a login by command is the same as by answer."""
    made = stranger()
    assert b"/register NAME" in bytes_of(parse(made, "/help"))
    assert b"/join" not in bytes_of(parse(made, "/help"))
    assert parse(made, "/quit") == commands.Quit()
    assert parse(made, "/login alice") == commands.Introduce(name="alice")
    assert made.prompt == ("Username (or a new name to register): ", False)


def bytes_of(parsed: Command | bytes) -> bytes:
    assert isinstance(parsed, bytes)
    return parsed


def test_a_wrong_password() -> None:
    """The words do not tell what was wrong, count the tries, and lead back to the name."""
    made = stranger()
    command = commands.Login(name="alice", password="x")
    made.answer(events.Introduced(name="alice", known=True), commands.Introduce(name="alice"))
    refusals = [made.refuse(LoginFailed("Wrong name or password.", left), command).decode() for left in (2, 1, 0)]
    assert refusals == [
        "-- Login failed! Wrong name or password. 2 tries left.\r\n",
        "-- Login failed! Wrong name or password. 1 try left.\r\n",
        "-- Login failed! Wrong name or password. Good-bye.\r\n",
    ]
    assert made.prompt == ("Username (or a new name to register): ", False)


def test_a_bad_password_is_chosen_again() -> None:
    """Who chose a bad password chooses another, for the same name."""
    made = stranger()
    said = made.refuse(BadPassword("Too common."), commands.Register(name="alice", password="x"))
    assert said == b"-- error: Too common. [bad-password]\r\n"
    assert made.prompt is not None
    assert made.prompt.text.startswith("Choose a password")


def test_ctrl_c_forgets_the_question() -> None:
    """In the middle of a password, one is asked for the name again; once in, one is asked nothing."""
    made = stranger()
    made.answer(events.Introduced(name="alice", known=True), commands.Introduce(name="alice"))
    assert made.interrupt() == b"\r\n"
    assert made.prompt == ("Username (or a new name to register): ", False)
    inside = member()
    assert inside.interrupt() == b""
    parse(inside, "/passwd")
    assert inside.prompt is not None
    assert inside.interrupt() == b"\r\n"
    assert inside.prompt is None


def test_changing_the_password() -> None:
    """Three hidden questions, then the room again; a slip leaves one where one was."""
    made = member()
    assert parse(made, "/passwd") == b""
    prompts = [made.prompt]
    parse(made, "old horse here")
    parse(made, "new horse here")
    assert parse(made, "new horse here") == commands.Passwd(old="old horse here", new="new horse here")
    prompts.append(made.prompt)
    assert prompts == [("Your password now (nothing will show): ", True), None]
    assert made.refuse(LoginFailed("That is not your password now.", 2), commands.Passwd(old="x", new="y")) == (
        b"-- error: That is not your password now. [login-failed]\r\n"
    )
    assert made.prompt is None


def test_giving_up_the_account() -> None:
    """What will happen, then the password; a wrong one is a slip, and one stays where one was."""
    made = member()
    assert b"This is for good" in bytes_of(parse(made, "/erase me"))
    assert made.prompt == ("Your password (nothing will show): ", True)
    assert parse(made, "correct horse") == commands.Erase(password="correct horse")
    assert made.refuse(LoginFailed("That is not your password.", 2), commands.Erase(password="x")) == (
        b"-- error: That is not your password. [login-failed]\r\n"
    )


def test_enter_alone_leaves_the_account_as_it_is() -> None:
    """Nobody gives up an account by leaning on a key."""
    made = member()
    parse(made, "/erase me")
    with pytest.raises(BadPassword):
        parse(made, "")
    assert made.prompt is None


def test_a_first_visit_with_an_invitation() -> None:
    """The word, a name, the code, a password twice."""
    made = stranger(who="invite")
    assert made.prompt == ("Username (or register, if you have an invitation): ", False)
    assert parse(made, "register") == b""
    assert parse(made, "alice") == commands.Introduce(name="alice")
    made.answer(events.Introduced(name="alice", known=True), commands.Introduce(name="alice"))
    assert made.prompt == ("Invitation code: ", False)
    assert parse(made, "K7QM-2F9P") == b""
    assert parse(made, "correct horse") == b""
    assert parse(made, "correct horse") == (
        commands.Register(name="alice", password="correct horse", invite="K7QM-2F9P", recent=20)
    )


def test_a_token_is_as_good_as_a_password() -> None:
    """It is pasted where the password is asked for."""
    made = stranger()
    made.answer(events.Introduced(name="alice", known=True), commands.Introduce(name="alice"))
    assert parse(made, "xK3-_token") == commands.Login(name="alice", password="xK3-_token", recent=20)


def test_nobody_changes_a_password_at_the_door() -> None:
    """A command for members does not ask a stranger for anything."""
    made = stranger()
    for typed in (b"/passwd", b"/erase me"):
        with pytest.raises(NotNow, match="Log in first"):
            made.parse(typed, Phase.UNAUTHENTICATED)
    assert made.prompt == ("Username (or a new name to register): ", False)


# What is typed.


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("hello", commands.Say(room="lobby", text="hello")), ("  hello  ", commands.Say(room="lobby", text="hello")),
        ("//join is a command", commands.Say(room="lobby", text="/join is a command")),
        ("///", commands.Say(room="lobby", text="//")), ("caf\u0065\u0301", commands.Say(room="lobby", text="café")),
        ("/JOIN #dev", commands.Join(room="dev", recent=20)), ("/hist", commands.History(room="lobby", limit=20)),
        ("{not json}", commands.Say(room="lobby", text="{not json}")), ("", b""), ("   \t ", b""),
    ],
)  # fmt: skip
def test_what_a_line_becomes(typed: str, command: Command | bytes) -> None:
    """A plain line is said here, a slash is a command, two slashes are one, and nothing is nothing."""
    assert parse(member(), typed) == command


@pytest.mark.parametrize(
    "typed",
    [b"\xff", b"a\xc3", b"caf\xe9", b"\xed\xa0\x80", b"a\x00b", b"a\x1b[2Jb", b"hi\x1f", b"\x1fhi", b"hi\xe2\x80\xa8",
     b"/me waves\x1c", b"/\x1b[2J", b"/set \x1b[2J on", b"/help \x07", b"\xc2\x85", b"a\tb", b"\x7f",
     b"/topic \xe2\x80\xae"],
)  # fmt: skip
def test_what_is_no_text_is_refused_wherever_it_is_typed(typed: bytes) -> None:
    """Broken or hidden characters come to nothing, in lines, commands and names alike, and are never shown back."""
    for made in (member(), stranger()):
        with pytest.raises(BadText) as caught:
            made.parse(typed, Phase.CHATTING)
        wire = made.refuse(caught.value, None)
        assert wire.endswith(b"[bad-text]\r\n")
        assert not set(wire[:-2]) & (set(range(32)) | {127})


def test_a_line_in_no_room_is_refused_with_advice() -> None:
    """What is typed into nowhere is not lost silently."""
    made = stranger()
    made.answer(events.LoggedIn(name="alice", at=NOON, rooms=(), settings={}), commands.Ping())
    with pytest.raises(NotNow, match="/join #lobby"):
        parse(made, "hello?")


def test_an_unknown_command_never_reaches_a_room() -> None:
    """A typing error is answered, not published."""
    with pytest.raises(UnknownCommand, match="Did you mean /msg"):
        parse(member(), "/mgs bob my secret")


def test_help() -> None:
    """All commands that one may use, or one of them, with or without its slash."""
    made = member()
    assert b"/leave [#ROOM]" in bytes_of(parse(made, "/help"))
    assert b"/register" not in bytes_of(parse(made, "/?"))
    assert parse(made, "/help /msg") == parse(made, "/help MSG") == parse(made, "/help w")
    with pytest.raises(UnknownCommand):
        parse(made, "/help nonsense")


def test_refusals_end_with_their_code() -> None:
    """What, why, and the word to look up."""
    refusal = NotAllowed("#ops is not open to everyone.")
    assert member().refuse(refusal, commands.Join(room="ops")) == (
        b"-- error: #ops is not open to everyone. [not-allowed]\r\n"
    )
    assert member().refuse(Busy("Later."), None) == b"-- error: Later. [busy]\r\n"


# What is read.


def test_lines_here_and_elsewhere() -> None:
    """Lines of the room that one looks at are plain; those of other rooms name it."""
    made = member()
    assert hears(made, said()) == "bob: hi\r\n"
    assert hears(made, said(room="dev")) == "#dev bob: hi\r\n"
    made.answer(events.LookDone(at=NOON, place=RoomShown(room="dev", seq=1), people=2), commands.Look(room="dev"))
    assert hears(made, said(room="dev")) == "bob: hi\r\n"
    assert hears(made, said()) == "#lobby bob: hi\r\n"
    assert parse(made, "hello") == commands.Say(room="dev", text="hello")


def test_ones_own_line_is_not_echoed_to_the_terminal_that_shows_it() -> None:
    """But it is to the other device; and an action is, since it looks otherwise than it was typed."""
    made = member()
    assert hears(made, said("alice"), mine=True) == ""
    assert hears(made, said("alice"), mine=False) == "alice: hi\r\n"
    assert hears(made, said("alice", "waves", action=True), mine=True) == "* alice waves\r\n"


def test_direct_lines_and_replies() -> None:
    """Both directions are shown with their direction, and C{/reply} goes to who wrote last."""
    made = member()
    assert hears(made, said("bob", "psst", "@bob")) == "[bob -> you] psst\r\n"
    assert parse(made, "/reply yes") == commands.Msg(to="bob", text="yes")
    assert hears(made, said("alice", "yes", "@bob"), mine=True) == "[you -> bob] yes\r\n"
    hears(made, said("carol", "me too", "@carol"))
    assert parse(made, "/r ok") == commands.Msg(to="carol", text="ok")


def test_the_room_that_one_left_is_no_longer_here() -> None:
    """After leaving, plain lines go nowhere until one says where; leaving another room changes nothing."""
    made = member()
    left = events.Left(room="dev", seq=2, who="alice", at=NOON)
    assert hears(made, left, mine=True) == ""
    assert parse(made, "hello") == commands.Say(room="lobby", text="hello")
    assert hears(made, events.Left(room="lobby", seq=2, who="alice", at=NOON), mine=True) == ""
    with pytest.raises(NotNow):
        parse(made, "hello")


def test_the_room_that_the_other_device_left_is_no_longer_here_either() -> None:
    """One reads of it, and plain lines go nowhere."""
    made = member()
    assert hears(made, events.Left(room="lobby", seq=2, who="alice", at=NOON)) == "** alice has left #lobby\r\n"
    with pytest.raises(NotNow):
        parse(made, "hello")


def test_the_room_that_is_called_otherwise_is_here_still() -> None:
    """Plain lines go where they went, whoever renamed it."""
    made = member()
    renamed = events.RoomRenamed(room="lobby", seq=2, who="bob", at=NOON, name="Foyer")
    assert hears(made, renamed) == "** bob calls #lobby #Foyer from now on\r\n"
    assert parse(made, "hello") == commands.Say(room="Foyer", text="hello")
    assert hears(made, events.RoomRenamed(room="Foyer", seq=3, who="alice", at=NOON, name="Hall"), mine=True) == ""
    assert parse(made, "hello") == commands.Say(room="Hall", text="hello")
    assert hears(made, events.RoomRenamed(room="dev", seq=3, who="bob", at=NOON, name="ops")) != ""
    assert parse(made, "hello") == commands.Say(room="Hall", text="hello")


def test_what_is_told_and_not_kept_is_read_like_a_line() -> None:
    """Unless it is between programs."""
    made = member()
    told = events.Relayed(room="lobby", who="bob", at=NOON, id="1", text="psst")
    assert hears(made, told) == "bob: psst\r\n"
    assert hears(made, events.Relayed(room="@bob", who="bob", at=NOON, id="1", text="psst")) == "[bob -> you] psst\r\n"
    assert parse(made, "/reply yes") == commands.Msg(to="bob", text="yes")
    assert hears(made, events.Relayed(room="lobby", who="bob", at=NOON, id="2", kind="tag")) == ""


def test_settings_take_effect_at_once() -> None:
    """Time, zone, colour and hold change what comes next."""
    made = member()
    assert not made.holds
    settings = {"time": "on", "zone": "Europe/Berlin", "colour": "off", "hold": "on"}
    assert b"time on, zone Europe/Berlin" in made.answer(events.SetDone(settings=settings), commands.Set())
    assert hears(made, said()) == "13:00 bob: hi\r\n"
    assert made.holds


def test_who_changes_the_topic_reads_it_once() -> None:
    """Everyone sees the change, also the one who made it; the answer to the question is an answer."""
    made = member()
    done = events.TopicDone(room="lobby", topic="x", by="alice", at=NOON)
    assert made.answer(done, commands.Topic(room="lobby", text="x")) == b""
    assert made.answer(done, commands.Topic(room="lobby")) == b'-- #lobby: "x", set by alice 12:00\r\n'


# What moderators do.


def by_carol(kind: type[Event], target: str = "alice", room: str = "lobby", **values: Any) -> Event:
    return kind(**({"room": room, "seq": 2, "who": "carol", "at": NOON, "target": target} | values))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (by_carol(events.Kicked, reason="spam"),
         "** carol kicked you out of #lobby (spam).\r\n"),
        (by_carol(events.Banned, until=NOON + 3_600_000, reason="spam"),
         "** carol banned you from #lobby until today 13:00 (spam).\r\n"),
    ],
)  # fmt: skip
def test_the_room_that_one_was_put_out_of_is_no_longer_here(event: Event, line: str) -> None:
    """One reads by whom, until when and why, and plain lines go nowhere."""
    made = member()
    assert hears(made, event) == line
    with pytest.raises(NotNow):
        parse(made, "hello")


def test_being_put_out_of_another_room_changes_nothing_here() -> None:
    """One reads of it, and goes on talking."""
    made = member()
    assert "out of #dev" in hears(made, by_carol(events.Kicked, room="dev"))
    assert hears(made, by_carol(events.Kicked, target="bob")) == "** carol kicked bob out of #lobby\r\n"
    assert parse(made, "hello") == commands.Say(room="lobby", text="hello")


@pytest.mark.parametrize(
    "event",
    [by_carol(events.Kicked, "bob"), by_carol(events.Banned, "bob", until=None), by_carol(events.Unbanned, "bob"),
     by_carol(events.Muted, "bob", until=None), by_carol(events.Unmuted, "bob"),
     by_carol(events.RoleChanged, "bob", role="voice"),
     events.RoomChanged(room="lobby", seq=2, who="carol", at=NOON, setting="slow", value="10s"),
     events.Edited(room="lobby", seq=2, who="carol", at=NOON, of=1, text="x"),
     events.Deleted(room="lobby", seq=2, who="carol", at=NOON, of=1, author="bob"),
     events.Undeleted(room="lobby", seq=2, who="carol", at=NOON, of=1, author="bob", text="x"),
     events.Announced(text="Back at noon", at=NOON)],
)  # fmt: skip
def test_an_order_is_told_once(event: Event) -> None:
    """Everyone hears of it; whoever ordered it has read the answer."""
    assert hears(member(), event).startswith(("** ", "## "))
    assert hears(member(), event, mine=True) == ""


def test_presence_and_reading_elsewhere_are_not_shown() -> None:
    """They are for those who ask, and for programs."""
    made = member()
    hears(made, joined("x"))
    hears(made, joined("bob"))
    assert hears(made, events.AwayChanged(who="bob", at=NOON, text="lunch")) == ""
    assert hears(made, events.Marked(room="lobby", seq=5)) == ""
    assert hears(made, events.ProfileChanged(who="bob", at=NOON, real="Bob")) == ""
    assert hears(made, events.Online(who="bob", at=NOON)) == ""
    assert hears(made, events.Offline(who="bob", at=NOON)) == ""
    assert made.tick() == b"** bob has joined #lobby\r\n"


def test_an_invitation_says_how_to_follow_it() -> None:
    """Who, where, and what to type."""
    assert hears(member(), events.Invited(room="ops", who="carol", at=NOON)) == (
        "** carol invites you to #ops. /join #ops enters it\r\n"
    )


# The bell.


@pytest.mark.parametrize(
    ("line", "rings"),
    [(said("bob", "psst", "@bob"), True), (said("bob", "hi Alice!"), True), (said("bob", "alice?", "dev"), True),
     (said("bob", "hi"), False), (said("alice", "alice is me"), False), (said("alice", "yes", "@bob"), False)],
)  # fmt: skip
def test_the_terminal_rings_for_what_is_meant_for_one(line: events.Said, rings: bool) -> None:
    """A direct line, or one with one's name in it; for those who want it, and nobody else's words ring it."""
    assert hears(member(bell="on"), line).startswith("\x07") == rings
    assert "\x07" not in hears(member(), line)
    assert hears(member(bell="on"), line).removeprefix("\x07") == hears(member(), line)


@pytest.mark.parametrize("room", ["lobby", "dev"])
@pytest.mark.parametrize("settings", [{}, {"bell": "on"}, {"time": "on", "colour": "on"}], ids=str)
def test_lines_that_come_together_are_seen_as_if_each_came_by_itself(room: str, settings: dict[str, str]) -> None:
    """Whatever they are, and after whoever came before them."""
    lines = [said(text="Alice!", room=room), said("carol", "waves", room, action=True), said(text="x\ny", room=room)]
    envelopes = [Envelope(each, crowd=50) for each in lines]
    one, other = member(**settings), member(**settings)
    for made in (one, other):
        assert hears(made, joined("dora"), crowd=50) == ""
    assert one.overhear(Volley(room, envelopes)) == b"".join([other.hear(each, False) for each in envelopes])


def test_lines_that_come_together_are_rendered_once_for_all_who_see_them_alike() -> None:
    """In a crowd of people a listener costs no more for many lines than for one."""
    volley = Volley("lobby", [Envelope(said())] * 3)
    assert member().overhear(volley) is member().overhear(volley)
    assert member(time="on").overhear(volley) != member().overhear(volley)


# Coming and going.


def test_those_who_do_not_care_who_comes_and_goes_read_nothing_of_it() -> None:
    """C{/set joins off}; one's own coming is told all the same, and a room that one left is left."""
    made = member(joins="off")
    assert hears(made, joined("bob")) == ""
    assert hears(made, events.Departed(who="bob", at=NOON)) == ""
    assert made.tick() == b""
    assert hears(made, joined("alice"), mine=True) == "** alice has joined #lobby\r\n"
    hears(made, events.Left(room="lobby", seq=2, who="alice", at=NOON))
    with pytest.raises(NotNow):
        parse(made, "hello")


def joined(who: str, room: str = "lobby") -> Event:
    return events.Joined(room=room, seq=1, who=who, at=NOON)


def test_one_who_comes_is_shown_at_once() -> None:
    """In a quiet room one reads of it when it happens."""
    made = member()
    assert hears(made, joined("bob")) == "** bob has joined #lobby\r\n"
    assert made.tick() == b""
    assert hears(made, joined("carol")) == "** carol has joined #lobby\r\n"


def test_many_who_come_at_once_are_folded() -> None:
    """After the first, a second's comings are one line."""
    made = member()
    hears(made, joined("bob"))
    assert [hears(made, joined(f"p{number}")) for number in range(7)] == [""] * 7
    assert made.tick() == b"** 7 people have joined #lobby\r\n"
    assert made.tick() == b""


def test_different_comings_and_goings_are_folded_apart() -> None:
    """Each room, and coming and going, has a line of its own; one alone keeps its name."""
    made = member()
    hears(made, joined("first"))
    for event in (
        joined("a"), joined("b"), joined("c", "dev"), events.Left(room="lobby", seq=1, who="d", at=NOON),
        events.Departed(who="e", at=NOON), events.Departed(who="f", at=NOON), events.Arrived(who="g", at=NOON),
    ):  # fmt: skip
        assert hears(made, event) == ""
    assert made.tick().decode().splitlines() == [
        "** 2 people have joined #lobby", "** c has joined #dev", "** d has left #lobby",
        "** 2 people have left the chat", "** g has joined the chat",
    ]  # fmt: skip


def test_what_was_folded_comes_before_the_next_line() -> None:
    """Nobody speaks before having come."""
    made = member()
    for who in ("x", "bob", "carol"):
        hears(made, joined(who))
    assert hears(made, said()) == "** 2 people have joined #lobby\r\nbob: hi\r\n"
    assert made.tick() == b""


def test_ones_own_coming_is_always_shown() -> None:
    """However full the room is."""
    assert hears(member(), joined("alice"), mine=True, crowd=1000) == "** alice has joined #lobby\r\n"


@pytest.mark.parametrize(("crowd", "line"), [(CROWD, "** bob has joined #lobby\r\n"), (CROWD + 1, "")])
def test_in_a_room_of_over_thirty_nobody_reads_of_coming_and_going(crowd: int, line: str) -> None:
    """A crowd's doors are not announced."""
    assert CROWD == 30
    made = member()
    assert hears(made, joined("bob"), crowd=crowd) == line
    assert made.tick() == b""


def test_other_news_of_a_crowd_are_shown() -> None:
    """A topic is for everyone, and so is what is said and what the operators say."""
    made = member()
    topic = events.TopicChanged(room="lobby", seq=1, who="bob", at=NOON, topic="x")
    assert hears(made, topic, crowd=1000) == '** bob set the topic of #lobby: "x"\r\n'
    assert hears(made, said(), crowd=1000) == "bob: hi\r\n"
    assert hears(made, events.Announced(text="Soon", at=NOON), crowd=1000) == "## Soon\r\n"


def test_readers_in_one_view_share_the_bytes() -> None:
    """A line to a thousand people is made once."""
    envelope = Envelope(said())
    assert member().hear(envelope, False) is member().hear(envelope, False)
