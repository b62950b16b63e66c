"""
One connection, as its peer sees it: transcripts of people at telnet and nc, and of programs.

What is typed and what is shown stands here byte for byte where the bytes matter.
"""

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.interfaces import ISSLTransport, ITCPTransport

from chatd.core.errors import Stopping
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.dialects import jsonl
from chatd.faces.telnet.filter import DO_TIMING_MARK, IAC
from chatd.testing import PASSWORD, Remote, World
from tests.faces.doubles import codes, connect, world

PROMPT = "Username (or a new name to register): "
DO_ECHO, DONT_ECHO = b"\xff\xfd\x01", b"\xff\xfe\x01"
CTRL_C = b"\xff\xf4\xff\xfd\x06"


def lines(remote: Remote) -> list[str]:
    """What is on the screen since the last look, by lines."""
    return remote.sees().split("\r\n")[:-1]


def texts(program: Remote) -> list[str]:
    """What a program heard somebody say since the last look."""
    return [each["text"] for each in program.objects() if each.get("event") == "said"]


# The first visit.


def test_a_first_visit_by_telnet() -> None:
    """The whole of a first visit, byte for byte, as terminal.md has it."""
    chat = World(Site(name="Example Chat"))
    alice = chat.connect()
    assert alice.received() == b""
    chat.pass_time(0.4)
    assert alice.received() == (
        b"\xff\xfd\x00\rExample Chat - 0 people here. This line is not encrypted. "
        b"/help lists commands, /quit leaves.\r\nUsername (or a new name to register): "
    )
    alice.gives(b"\xff\xfb\x00")
    assert alice.received() == b"", "WILL BINARY is what was asked for"
    alice.types("alice")
    assert alice.received() == (
        b"-- The name alice is free.\r\n\xff\xfb\x01\rChoose a password, 10 characters or more (nothing will show): "
    )
    alice.gives(DO_ECHO)
    alice.types(PASSWORD)
    assert alice.received() == b"\xff\xfc\x01\r\n\xff\xfb\x01\rOnce more: "
    alice.gives(DONT_ECHO + DO_ECHO)
    alice.types(PASSWORD)
    assert alice.received() == (
        b"\xff\xfc\x01\r\n-- User alice registered successfully. Login successful! Welcome, alice.\r\n"
        b"-- You are in #lobby. Type a line and press Enter. /rooms lists more.\r\n"
        b"** alice has joined #lobby\r\n"
    )
    bob = chat.program("bob")
    alice.types("hello from telnet")
    assert alice.sees() == "** bob has joined #lobby\r\n", "one's own line is on the screen already"
    assert texts(bob) == ["hello from telnet"]


def test_a_first_visit_by_nc() -> None:
    """A program that cannot hide the password is told so once; Enter may be a line feed alone."""
    chat = world()
    alice = chat.person()
    alice.sees()
    alice.gives(b"alice\n")
    alice.sees()
    alice.gives(b"correct horse\n")
    assert alice.received() == (
        b"\xff\xfc\x01\r-- Your program cannot hide what you type: the password was on your screen.\r\n"
        b"\xff\xfb\x01\rOnce more: "
    )
    alice.gives(b"correct horse\n")
    assert alice.received().startswith(b"\xff\xfc\x01\r-- User alice registered")
    alice.types("/passwd")
    alice.types(PASSWORD)
    assert "cannot hide" not in alice.sees()


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\0"])
def test_every_enter_ends_a_line(end: bytes) -> None:
    """Terminals differ in what Enter sends."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    alice.gives(b"one" + end + b"two" + end)
    assert texts(bob) == ["one", "two"]


def test_coming_back() -> None:
    """One is told when one was here last, from where, and what is new; and what was said before."""
    chat = world()
    alice, bob = chat.person("alice"), chat.person("bob")
    alice.goes()
    bob.types("is anybody using the big printer?")
    bob.types("/msg alice psst")
    chat.pass_time(60)
    alice = chat.person()
    alice.sees()
    alice.types("ALICE")
    assert alice.sees() == "\rPassword (nothing will show): "
    alice.types(PASSWORD)
    assert lines(alice)[1:] == [
        "-- Login successful! Last login: today 19:33 from 127.0.0.1.",
        "-- 1 room and 1 conversation have news: #lobby 1, bob 1. /catchup shows them.",
        "-- You are in #lobby. Type a line and press Enter. /rooms lists more.",
        "19:33 ** alice has joined #lobby", "19:33 ** bob has joined #lobby",
        "19:33 bob: is anybody using the big printer?",
    ]  # fmt: skip


def test_three_wrong_passwords_end_the_connection() -> None:
    """Each is told how many are left, the same for a name that is not there as far as the password prompt goes."""
    chat = world()
    chat.account("alice")
    remote = chat.person()
    said = []
    for _ in range(3):
        remote.types("alice")
        remote.sees()
        remote.types("wrong horse")
        chat.pass_time(4)
        said += [line.lstrip("\r") for line in lines(remote) if "Login failed" in line]
    assert said == [
        "-- Login failed! Wrong name or password. 2 tries left.",
        "-- Login failed! Wrong name or password. 1 try left.",
        "-- Login failed! Wrong name or password. Good-bye.",
    ]
    assert remote.is_closed


def test_a_closed_site_does_not_tell_which_names_there_are() -> None:
    """Every name leads to the password prompt, and every failure reads the same."""
    chat = World(Site(registration="closed"))
    chat.account("alice")
    shown = []
    for name in ("alice", "nobody2"):
        remote = chat.person()
        remote.sees()
        remote.types(name)
        remote.types("wrong horse")
        chat.pass_time(2)
        shown.append(remote.received())
    assert shown[0] == shown[1]
    assert b"2 tries left" in shown[0]


def test_no_password_is_asked_over_a_line_that_others_can_read() -> None:
    """From another machine in the clear, the refusal comes instead of the password prompt."""
    chat = world()
    remote = chat.connect(address="192.0.2.9", here="192.0.2.1")
    chat.pass_time(0.4)
    remote.sees()
    remote.types("alice")
    shown = remote.received()
    assert b"[not-encrypted]" in shown
    assert b"assword (" not in shown
    assert b"\xff\xfb\x01" not in shown
    program = chat.connect(address="192.0.2.9", here="192.0.2.1")
    for do in ("login", "register", "resume", "introduce"):
        program.sends(do=do, name="alice", password=PASSWORD)
    assert codes(program) == ["not-encrypted"] * 4


def test_over_tls_the_greeting_waits_for_the_handshake() -> None:
    """A peer that shakes hands slowly is not taken for a silent person; and it is not told that it is in the clear."""
    chat = world()
    remote = connect(chat, ISSLTransport, address="192.0.2.9", here="192.0.2.1")
    chat.pass_time(5)
    assert remote.received() == b""
    remote.face.handshakeCompleted()
    chat.pass_time(0.4)
    greeting = remote.sees()
    assert "not encrypted" not in greeting
    assert greeting.endswith(PROMPT)


def test_a_handshake_that_does_not_end_does() -> None:
    """After ten seconds."""
    chat = world()
    remote = connect(chat, ISSLTransport, address="192.0.2.9", here="192.0.2.1")
    chat.pass_time(10)
    assert not remote.is_closed
    chat.pass_time(1)
    assert remote.is_closed


# Who is there.


def test_a_program_speaks_first_and_is_not_greeted() -> None:
    """An opening brace makes the connection a program's for good."""
    chat = world()
    program = chat.connect()
    program.gives(b'{"do":"ping","ref":"1"}\n')
    assert [(each["done"], each["ref"]) for each in program.objects()] == [("ping", "1")]
    chat.pass_time(5)
    assert program.received() == b""
    program.types("/help")
    assert codes(program) == ["bad-json"]


def test_a_telnet_that_negotiates_is_greeted_at_once() -> None:
    """Whoever speaks telnet is a person."""
    chat = world()
    remote = chat.connect()
    remote.gives(b"\xff\xfb\x1f")
    assert remote.received() == b"\xff\xfd\x00\r" + remote.face._dialect.greet() + PROMPT.encode() + b"\xff\xfe\x1f"


def test_a_person_who_types_ahead_is_greeted_then_answered() -> None:
    """A line in the first instant is not lost."""
    chat = world()
    remote = chat.connect()
    remote.types("alice")
    shown = remote.sees()
    assert shown.index(PROMPT) < shown.index("-- The name alice is free.")


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 421 Misdirected Request\r\n"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", b"This port speaks no SSH"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"\x15\x03\x01\x00\x02\x02\x28"),
    ],
)  # fmt: skip
def test_strangers_are_told_in_their_own_tongue_and_closed(first: bytes, answer: bytes) -> None:
    """A browser, an ssh or a TLS client gets one answer that it understands, and no banner."""
    chat = world()
    remote = chat.connect()
    remote.gives(first)
    shown = remote.received()
    assert shown.startswith(answer)
    assert b"Username" not in shown
    assert remote.is_closed


def test_a_person_may_talk_about_http() -> None:
    """Only the first words of a connection make a stranger."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    alice.types("GET / HTTP/1.1")
    assert texts(bob) == ["GET / HTTP/1.1"]
    assert not alice.is_closed


# Telnet.


def test_ctrl_c_forgets_the_line_and_answers_the_mark() -> None:
    """The half-typed line is gone, the terminal shows again what comes, and the next line is whole."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    alice.gives(b"half a li")
    alice.gives(CTRL_C)
    assert alice.received() == b"\xff\xfc\x06"
    alice.types("a whole line")
    assert texts(bob) == ["a whole line"]


def test_ctrl_c_at_a_password_asks_for_the_name_again() -> None:
    """Whoever is stuck in a prompt gets out of it."""
    chat = world()
    chat.account("alice")
    remote = chat.person()
    remote.types("alice")
    remote.received()
    remote.gives(CTRL_C)
    assert remote.received().endswith(PROMPT.encode())
    remote.types("bob")
    assert "The name bob is free" in remote.sees()


def test_ctrl_c_does_not_forget_lines_that_were_sent() -> None:
    """Enter was pressed before Ctrl-C: that line was sent, whether the network joined the two or not."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    alice.gives(b"sent\r\nhalf" + CTRL_C + b"new\r\n")
    assert texts(bob) == ["sent", "new"]


def test_telnet_bytes_inside_a_line_vanish() -> None:
    """Wherever they stand, also cut by the network; a doubled 255 is a byte, and no UTF-8."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    for data in (b"he", b"\xff", b"\xfa", b"\x18abc\xff", b"\xf0l", b"\xff\xf1lo\r", b"\n"):
        alice.gives(data)
    assert texts(bob) == ["hello"]
    alice.gives(b"a\xff\xffb\r\n")
    assert codes(alice) == ["bad-text"]


def test_any_writing_passes() -> None:
    """Umlauts, snowmen, Japanese and emoji come out as they went in; a composed letter is composed."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    alice.types("“Grüße” ☃ 日本語 🙂 cafe\u0301 Ý")
    assert texts(bob) == ["“Grüße” ☃ 日本語 🙂 café Ý"]


# Talking.


def test_a_conversation() -> None:
    """Lines, actions, direct lines and topics, as the other one reads them."""
    chat = world()
    alice, bob = chat.person("alice"), chat.person("bob")
    chat.pass_time(1)
    alice.sees()
    for line in ("hi", "/me waves", "//join is how", "/topic Say hello", "/msg bob psst", "/join #dev", "elsewhere"):
        alice.types(line)
    assert lines(bob) == [
        "alice: hi", "* alice waves", "alice: /join is how", '** alice set the topic of #lobby: "Say hello"',
        "[alice -> you] psst",
    ]  # fmt: skip
    assert lines(alice) == [
        "* alice waves", '** alice set the topic of #lobby: "Say hello"', "[you -> bob] psst",
        "-- You are in #dev. Type a line and press Enter. /rooms lists more.", "** alice has joined #dev",
    ]  # fmt: skip
    bob.types("/reply yes?")
    bob.types("/join dev")
    assert lines(alice) == ["[bob -> you] yes?", "** bob has joined #dev"]
    assert [line for line in lines(bob) if "elsewhere" in line] == ["19:33 alice: elsewhere"]
    bob.types("/room lobby")
    bob.sees()
    alice.types("/rooms")
    assert lines(alice) == ["-- #dev 2 people (you are in it)", '-- #lobby 2 people "Say hello" (you are in it)']
    alice.types("over here")
    assert lines(bob) == ["#dev alice: over here"]


def test_unique_beginnings_and_typing_errors() -> None:
    """Commands may be short and loud; a wrong one is answered and published to nobody."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    chat.pass_time(1)
    alice.types("/TOP shorter")
    assert lines(alice) == ['** alice set the topic of #lobby: "shorter"']
    alice.types("/mgs bob secret")
    alice.types("/w")
    assert lines(alice) == [
        "-- error: no command /mgs. Did you mean /msg? [unknown-command]",
        "-- error: Usage: /msg NAME TEXT  For example: /msg bob are you there? [bad-arguments]",
    ]
    assert texts(bob) == []


def test_why_repeats_a_refusal_also_one_of_the_dialects() -> None:
    """Whether the session or the words refused, one may ask why."""
    alice = world().person("alice")
    alice.types("/mgs")
    alice.sees()
    alice.types("/why")
    assert lines(alice) == ["-- no command /mgs. Did you mean /msg? [unknown-command]"]
    alice.types("/names #ops")
    alice.types("/why")
    assert lines(alice)[-1].endswith("[not-in-room] Rule: only members may do that.")


def test_a_failed_line_is_told_to_who_typed_it() -> None:
    """One's own line is not echoed, so a failure must be said."""
    chat = world()
    alice = chat.person("alice")
    chat.database.free = 0
    alice.types("hello?")
    assert codes(alice) == ["storage-full"]


def test_nobody_can_type_a_line_that_looks_like_the_servers() -> None:
    """Whatever is typed, others see it behind the name of who typed it."""
    chat = world()
    alice, bob = chat.person("alice"), chat.person("bob")
    chat.pass_time(1)
    alice.sees()
    bob.sees()
    for typed in (
        "-- Your password has expired, type it again:", "** alice has left #lobby", "## The server stops now",
        "carol: I resign", "[carol -> you] psst", "* carol resigns", "/me -- error", "//quit", "\u2066-- x",
        "\x1b[2J-- x",
        "hi\r-- x", "hi\x0b-- x",
    ):  # fmt: skip
        bob.types(typed)
    shown = lines(alice)
    assert all(line.startswith(("bob: ", "* bob ")) for line in shown)
    assert len(shown) == 8


# Settings.


def test_hold() -> None:
    """New lines wait until Enter, in their order, and come before the answer to what was typed."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    chat.pass_time(1)
    alice.types("/set hold on")
    alice.sees()
    for text in ("one", "two"):
        bob.sends(do="say", room="lobby", text=text)
    chat.pass_time(3)
    assert alice.sees() == ""
    alice.types("/ping")
    assert lines(alice) == ["bob: one", "bob: two", "-- pong 19:33"]
    bob.sends(do="say", room="lobby", text="three")
    assert alice.sees() == ""
    alice.types("")
    assert lines(alice) == ["bob: three"]
    bob.sends(do="say", room="lobby", text="four")
    alice.types("/set hold off")
    bob.sends(do="say", room="lobby", text="five")
    assert [line for line in lines(alice) if "bob" in line] == ["bob: four", "bob: five"]


def test_hold_holds_comings_and_goings_too() -> None:
    """Also the folded ones."""
    chat = world()
    alice = chat.person("alice")
    alice.types("/set hold on")
    alice.sees()
    for name in ("bob", "carol", "dave"):
        chat.program(name)
    chat.pass_time(3)
    assert alice.sees() == ""
    alice.types("")
    assert lines(alice) == ["** bob has joined #lobby", "** 2 people have joined #lobby"]


def test_what_is_held_is_bounded() -> None:
    """Whoever went away with half a line typed is shown the lines when they become too many."""
    chat = world(queue_soft=1000)
    bob, alice = chat.program("bob"), chat.person("alice")
    chat.pass_time(1)
    alice.types("/set hold on")
    alice.sees()
    shown = ""
    for _ in range(12):
        bob.sends(do="say", room="lobby", text="x" * 100)
        chat.pass_time(1)
        shown += alice.sees()
    assert shown.count("\r\n") == 10


def test_time_zone_and_colour() -> None:
    """Each for oneself, at once, and still there at the next login."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    alice.types("/set time on")
    alice.types("/set zone Asia/Tokyo")
    alice.sees()
    bob.sends(do="say", room="lobby", text="hi")
    assert lines(alice) == ["04:33 bob: hi"]
    alice.types("/set colour on")
    alice.sees()
    bob.sends(do="say", room="lobby", text="hi")
    line = alice.sees()
    assert line.startswith("04:33 \x1b[")
    assert line.endswith("mbob\x1b[0m: hi\r\n")
    alice.goes()
    again = chat.person("alice")
    bob.sends(do="say", room="lobby", text="again")
    assert again.sees().startswith("04:33 \x1b[")
    again.types("/set zone Nowhere")
    assert codes(again) == ["bad-arguments"]


def test_seven_who_leave_at_once_are_one_line() -> None:
    """The first is named, the others of that second are counted."""
    chat = world()
    alice = chat.person("alice")
    others = [chat.program(f"p{number}") for number in range(8)]
    chat.pass_time(2)
    alice.sees()
    for other in others:
        other.sends(do="leave", room="lobby")
    assert lines(alice) == ["** p0 has left #lobby"]
    chat.pass_time(1)
    assert lines(alice) == ["** 7 people have left #lobby"]


def test_in_a_full_room_nobody_reads_of_coming_and_going() -> None:
    """From the thirty-first on; one's own coming is shown all the same; programs hear everything."""
    chat = world()
    alice = chat.person("alice")
    program = chat.program("program")
    for number in range(28):
        chat.program(f"p{number}")
    chat.pass_time(2)
    alice.sees()
    program.objects()
    late = chat.program("late")
    chat.pass_time(2)
    assert alice.sees() == ""
    assert [each["who"] for each in program.objects()] == ["late"]
    person = chat.connect()
    chat.pass_time(0.4)
    for line in ("person", PASSWORD, PASSWORD):
        person.types(line)
    assert lines(person)[-1] == "** person has joined #lobby"
    late.sends(do="say", room="lobby", text="hi")
    chat.pass_time(2)
    assert lines(alice) == ["late: hi"]


# Order and leaving.


def test_one_command_at_a_time() -> None:
    """While the disk is busy with the first line, the next ones wait, and all come in their order."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    chat.database.waiting = []
    alice.gives(b"one\r\n/join dev\r\ntwo\r\n")
    assert len(chat.database.waiting) == 1
    chat.database.let_go()
    alice.turn()
    assert texts(bob) == ["one"]
    assert chat.database.rows("SELECT body FROM messages WHERE kind = 'text' ORDER BY at_ms, room_id") == [
        ("one",), ("two",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        {"do": "login", "name": "alice", "password": PASSWORD},
        {"do": "register", "name": "new", "password": PASSWORD},
        {"do": "resume", "name": "alice", "password": PASSWORD, "seen": {"lobby": 1}},
    ],
    ids=lambda command: str(command["do"]),
)
def test_a_peer_that_goes_in_the_middle_of_its_login_was_never_here(command: dict[str, Any]) -> None:
    """No login completes for a peer that left, and nothing of it stays."""
    chat = world()
    chat.account("alice")
    bob = chat.program("bob")
    bob.objects()
    chat.database.waiting = []
    remote = chat.program()
    remote.sends(**command)
    remote.goes()
    chat.database.let_go()
    remote.turn()
    assert bob.objects() == []
    assert [avatar.account.name for avatar in chat.hub.avatars.values()] == ["bob"]
    bob.goes()
    assert nothing_left(chat)


def test_what_was_said_before_one_went_is_said() -> None:
    """The lines were on their way to the disk when the connection broke: the others read them."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    bob.objects()
    chat.database.waiting = []
    alice.gives(b"last words\r\nand one more\r\n/topic #lobby never read\r\n")
    alice.goes()
    chat.database.let_go()
    assert texts(bob) == ["last words", "and one more"]
    bob.goes()
    assert nothing_left(chat)


def nothing_left(chat: World) -> bool:
    """Whether a world that everybody left holds nothing of them."""
    hub, factory = chat.hub, chat.factory
    chat.clock.advance(0)
    left = (hub.avatars, hub.rooms, factory.faces, factory.admission.waiting, factory.admission._open)
    assert not any(left), left
    assert chat.clock.getDelayedCalls() == []
    return True


@pytest.mark.parametrize("kind", [(), (ITCPTransport,)])
def test_half_a_close_gets_all_answers_then_the_end(kind: tuple[Any, ...]) -> None:
    """C{printf ... | nc -N}: all that was sent is obeyed at its pace, all is answered, then the connection closes."""
    chat = world(lines_per_turn=2, line_burst=3)
    chat.account("alice")
    remote = connect(chat, *kind)
    lines = [b'{"do":"login","name":"alice","password":"%s"}\n' % PASSWORD.encode()]
    lines += [b'{"do":"say","room":"lobby","text":"%d","ref":"%d"}\n' % (number, number) for number in range(9)]
    remote.gives(b"".join(lines))
    remote.face.readConnectionLost()
    remote.turn()
    assert not remote.is_closed
    chat.pass_time(3)
    answers = [each for each in remote.objects() if "done" in each]
    assert [each.get("ref") for each in answers] == [None, *map(str, range(9))]
    assert remote.transport.disconnecting, "both directions: the peer has closed its own"
    remote.goes()
    assert nothing_left(chat)


def test_half_a_close_waits_for_what_is_pending() -> None:
    """The answer that the disk still owes is given before the end."""
    chat = world()
    bob = chat.program("bob")
    bob.objects()
    chat.database.waiting = []
    bob.sends(do="say", room="lobby", text="x", ref="1")
    bob.face.readConnectionLost()
    assert not bob.is_closed
    chat.database.let_go()
    assert [each["ref"] for each in bob.objects()] == ["1", "1"]
    assert bob.is_closed


def test_half_a_close_before_the_greeting() -> None:
    """Whoever sends nothing and closes is greeted and closed."""
    remote = world().connect()
    remote.face.readConnectionLost()
    assert remote.sees().endswith(PROMPT)
    assert remote.is_closed


def test_half_a_close_does_not_last_for_ever() -> None:
    """A flood that was left behind is not worked off for hours."""
    chat = world()
    remote = chat.program("bob")
    remote.gives(b'{"do":"ping"}\n' * 1000)
    remote.face.readConnectionLost()
    chat.pass_time(31)
    assert codes(remote) == ["too-late"]
    assert remote.is_closed


def test_quitting() -> None:
    """The peer is told good-bye, the others why; what it still sends is nobody's."""
    chat = world()
    bob, alice = chat.program("bob"), connect(chat, ITCPTransport)
    alice.gives(b'{"do":"register","name":"alice","password":"%s"}\n' % PASSWORD.encode())
    alice.objects()
    bob.objects()
    alice.gives(b'{"do":"quit","reason":"lunch"}\n{"do":"say","room":"lobby","text":"never"}\n')
    assert [each.get("done") for each in alice.objects()] == ["quit"]
    assert [(each["event"], each.get("reason")) for each in bob.objects()] == [("departed", "lunch")]
    assert (alice.transport.half_closed, alice.transport.disconnecting) == (True, False)
    alice.gives(b'{"do":"say","room":"lobby","text":"never"}\n')
    assert alice.received() == b""
    alice.face.readConnectionLost()
    assert alice.transport.disconnecting
    alice.goes()
    assert texts(bob) == []


def test_a_peer_that_lingers_is_cut_off() -> None:
    """Two seconds after the last words, whoever has not closed is closed."""
    chat = world()
    remote = connect(chat, ITCPTransport)
    remote.gives(b'{"do":"quit"}\n')
    chat.pass_time(2)
    assert not remote.transport.aborted
    chat.pass_time(1)
    assert remote.transport.aborted


# Pace.


def test_lines_per_turn() -> None:
    """Somebody who sends much at once does not keep the others waiting: eight lines, then it is their turn."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    chat.pass_time(10)
    bob.objects()
    alice.face.dataReceived(b"".join(b"%d\r\n" % number for number in range(20)))
    assert texts_without_a_turn(chat) == 8
    alice.turn()
    assert texts(bob) == [str(number) for number in range(20)]


def texts_without_a_turn(chat: World) -> int:
    return int(chat.database.rows("SELECT count(*) FROM messages WHERE kind = 'text'")[0][0])


def test_a_burst_then_five_a_second() -> None:
    """Twenty lines are obeyed at once, the rest as time passes; blank lines count like others."""
    chat = world()
    bob = chat.program("bob")
    chat.pass_time(10)
    bob.objects()
    bob.gives(b'{"do":"ping"}\n' * 15 + b"\n" * 5 + b'{"do":"ping"}\n' * 15)
    assert len(bob.objects()) == 15
    for _ in range(3):
        chat.pass_time(1)
        assert len(bob.objects()) == 5
    chat.pass_time(1)
    assert bob.objects() == []


def test_a_trusted_network_has_no_pace() -> None:
    """A bridge may send as fast as it likes."""
    from ipaddress import ip_network

    chat = world()
    chat.factory.exempt = (ip_network("192.0.2.0/24"),)
    remote = chat.connect(address="192.0.2.9")
    remote.gives(b'{"do":"ping"}\n' * 100)
    assert len(remote.objects()) == 100


def test_reading_pauses_while_much_is_unread_and_a_flood_ends() -> None:
    """64 KiB that are not worked off within ten seconds: too fast. Nothing of it is worked on afterwards."""
    chat = world()
    bob = chat.program("bob")
    states = []
    for size in (60_000, 6_000):
        bob.gives(b"\n" * size)
        states.append(bob.transport.producerState)
    assert states == ["producing", "paused"]
    closed = []
    for seconds in (10, 2):
        chat.pass_time(seconds)
        closed.append(bob.is_closed)
    assert closed == [False, True]
    assert codes(bob) == ["too-fast"]
    assert_costs_nothing(bob)


def assert_costs_nothing(remote: Remote) -> None:
    """Whatever a closed peer still sends is not kept, not looked at and not answered."""
    for data in (b"x" * 100_000, b"\n" * 100_000, b'{"do":"ping"}\n', bytes((IAC, 251, 3))):
        remote.gives(data)
    assert remote.received() == b""
    assert len(remote.face._lines) == 0
    assert remote.world.clock.getDelayedCalls() == []
    assert remote.transport.producerState == "producing", "it is read and thrown away, so that it ends"


@pytest.mark.parametrize("whole", [True, False], ids=["one read", "byte by byte"])
@pytest.mark.parametrize("person", [True, False], ids=["text", "json"])
def test_a_line_that_does_not_end_is_too_long(person: bool, whole: bool) -> None:
    """With or without its end: refused, closed, and nothing more of it is kept or looked at."""
    chat = world()
    remote = chat.person("bob") if person else chat.program("bob")
    limit = 2048 if person else 16384
    data = (b"x" if person else b'{"do":"ping","x":"') + b"x" * (limit + 10)
    if whole:
        remote.gives(data + b"\n")
    else:
        for start in range(0, len(data), 100):
            assert len(remote.face._lines) <= limit + 101
            remote.face.dataReceived(data[start : start + 100])
    assert codes(remote) == ["too-long"]
    assert remote.is_closed
    assert_costs_nothing(remote)


def test_a_line_of_the_limit_is_not_too_long() -> None:
    """2 KiB exactly, with any line end, is a line."""
    chat = world()
    bob = chat.person("bob")
    bob.gives(b"/" + b"x" * 2047 + b"\r\n")
    assert codes(bob) == ["unknown-command"]
    assert not bob.is_closed


def test_a_peer_that_does_not_read_is_too_slow() -> None:
    """When more than 128 KiB are owed: its connection ends, the others notice nothing, and memory stays bounded."""
    chat = world()
    bob, alice = chat.program("bob"), chat.program("alice")
    alice.objects()
    bob.objects()
    bob.transport.producer.pauseProducing()
    most = said = 0
    while not bob.is_closed and said < 500:
        said += 1
        chat.pass_time(0.2)
        alice.sends(do="say", room="lobby", text="x" * 2000)
        most = max(most, bob.face.owed)
    assert 50 < said < 80
    assert most <= 128 * 1024
    last = bob.objects()
    assert [each["code"] for each in last] == ["too-slow"], "what it did not read is dropped, the reason is told"
    assert [each["who"] for each in alice.objects() if each.get("event") == "departed"] == ["bob"]
    chat.pass_time(1)
    alice.sends(do="say", room="lobby", text="still here")
    assert texts(alice)[-1:] == ["still here"]


def test_a_peer_that_reads_nothing_for_half_a_minute_is_too_slow() -> None:
    """However little is owed."""
    chat = world()
    bob = chat.program("bob")
    bob.transport.producer.pauseProducing()
    bob.sends(do="ping")
    chat.pass_time(30)
    assert not bob.is_closed
    chat.pass_time(1)
    assert [each.get("code") for each in bob.objects()] == ["too-slow"], "the answer that it did not read is dropped"
    assert bob.is_closed


def test_a_peer_that_does_not_read_is_not_read() -> None:
    """Beyond 32 KiB owed, its commands wait until it has read; then they are obeyed."""
    chat = world(line_burst=1000)
    bob = chat.program("bob")
    talk_much(bob)
    bob.transport.producer.pauseProducing()
    for _ in range(3):
        bob.sends(do="history", room="lobby")
    assert 32 * 1024 <= bob.face.owed < 60 * 1024
    assert bob.transport.producerState == "paused"
    bob.transport.producer.resumeProducing()
    assert sum("done" in each for each in bob.objects()) == 3
    assert bob.transport.producerState == "producing"


def talk_much(remote: Remote, times: int = 10) -> None:
    """Make twenty kilobytes of history."""
    for _ in range(times):
        remote.sends(do="say", room="lobby", text="x" * 2000)
    remote.objects()


def test_a_long_answer_to_a_peer_that_reads_does_not_end_the_conversation() -> None:
    """The transport took it all at once and was never full: the next command is obeyed."""
    chat = world(line_burst=1000)
    bob = chat.program("bob")
    talk_much(bob, 20)
    bob.sends(do="history", room="lobby")
    assert len(bob.received()) > 32 * 1024
    assert bob.transport.producerState == "producing"
    bob.gives(b'{"do":"ping"}\n' * 2)
    assert len(bob.objects()) == 2


def test_an_answer_of_any_length_is_given() -> None:
    """What a peer asked for is not held against it, however slowly it reads; but what it is told beside is."""
    chat = world(line_burst=1000, queue_hard=10_000)
    bob, alice = chat.program("bob"), chat.program("alice")
    alice.objects()
    talk_much(bob, 20)
    bob.transport.producer.pauseProducing()
    bob.sends(do="history", room="lobby")
    assert bob.face.owed > 40_000
    bob.transport.producer.resumeProducing()
    assert [each.get("done") for each in bob.objects()] == ["history"]
    bob.transport.producer.pauseProducing()
    bob.sends(do="history", room="lobby")
    for _ in range(6):
        alice.sends(do="say", room="lobby", text="x" * 2000)
    assert codes(bob) == ["too-slow"]
    assert bob.is_closed


@pytest.mark.parametrize("chat_ends", [False, True])
def test_nothing_comes_after_what_is_missing(chat_ends: bool) -> None:
    """Between the overflow and its consequence nothing is told: it would hide that something was left out."""
    chat = world(queue_hard=1000)
    bob, alice = chat.program("bob"), chat.program("alice")
    bob.objects()
    bob.transport.producer.pauseProducing()
    for text in ("x" * 1500, "short"):
        alice.face.dataReceived(b'{"do":"say","room":"lobby","text":"%s"}\n' % text.encode())
    assert bob.face.owed == 0
    if chat_ends:  # in the same turn, for another reason
        bob.face.end(Stopping("The server stops now."))
    bob.turn()
    assert [each.get("code") for each in bob.objects()] == ["stopping" if chat_ends else "too-slow"]
    assert bob.is_closed


def test_an_overflow_of_a_peer_that_goes_in_that_turn_touches_nothing() -> None:
    """The connection was lost between the overflow and its consequence."""
    chat = world(queue_hard=1000)
    bob, alice = connect(chat, ITCPTransport), chat.program("alice")
    bob.gives(b'{"do":"register","name":"bob","password":"%s"}\n' % PASSWORD.encode())
    bob.objects()
    bob.transport.producer.pauseProducing()
    alice.face.dataReceived(b'{"do":"say","room":"lobby","text":"%s"}\n' % (b"x" * 1500))
    bob.face.connectionLost()
    bob.turn()
    assert not bob.transport.half_closed
    assert bob.received() == b""


def test_the_memory_for_all_together_is_bounded() -> None:
    """When too much is owed in all, whoever is owed most has to go."""
    chat = world(queue_total=5000)
    alice, bob, carol = (chat.program(name) for name in ("alice", "bob", "carol"))
    for remote in (bob, carol):
        remote.transport.producer.pauseProducing()
    bob.sends(do="history", room="lobby")
    for _ in range(2):
        alice.sends(do="say", room="lobby", text="x" * 1500)
    assert bob.face.owed > carol.face.owed
    chat.pass_time(1)
    assert (bob.is_closed, carol.is_closed, alice.is_closed) == (True, False, False)
    assert codes(bob) == ["too-slow"]


# Time.


@pytest.mark.parametrize("person", [True, False], ids=["text", "json"])
def test_no_login_in_a_minute_is_too_late(person: bool) -> None:
    """Whatever is sent meanwhile, the deadline stands; it is told on a line of its own."""
    chat = world()
    remote = chat.person() if person else chat.program()
    for _ in range(6):
        remote.gives(b"/why\r\n" if person else b'{"do":"ping"}\n')
        remote.received()
        chat.pass_time(9.9)
    assert not remote.is_closed
    chat.pass_time(2)
    shown = remote.received()
    assert b"too-late" in shown
    assert not person or shown.startswith(b"\r\n-- error: No login within 60 seconds.")
    assert remote.is_closed


def test_a_login_that_is_being_judged_is_not_too_late() -> None:
    """The server's own slowness is not held against the peer."""
    chat = world()
    chat.account("bob")
    bob = chat.program()
    bob.asks(do="ping")
    chat.database.waiting = []
    chat.pass_time(55)
    bob.sends(do="login", name="bob", password=PASSWORD)
    chat.pass_time(10)
    assert not bob.is_closed
    chat.database.let_go()
    assert bob.objects()[0].get("done") == "login"


def test_a_silent_program_is_asked_and_then_dropped() -> None:
    """After ninety seconds it is asked, after a hundred and fifty it is gone; any line is a sign of life."""
    chat = world()
    bob = chat.program("bob")
    chat.pass_time(90)
    assert bob.objects() == []
    chat.pass_time(1)
    assert [each["event"] for each in bob.objects()] == ["ping"]
    bob.gives(b"\n")
    chat.pass_time(91)
    assert [each["event"] for each in bob.objects()] == ["ping"]
    chat.pass_time(58)
    assert not bob.is_closed
    chat.pass_time(2)
    assert codes(bob) == ["too-late"]
    assert bob.is_closed


def test_a_silent_telnet_is_asked_with_a_mark_that_does_not_show() -> None:
    """The terminal answers by itself, and the person may be silent for ever; without an answer it is gone."""
    chat = world()
    alice = chat.person("alice")
    alice.gives(b"\xff\xfb\x00")
    for _ in range(5):
        chat.pass_time(91)
        assert alice.received() == DO_TIMING_MARK == b"\xff\xfd\x06"
        alice.gives(b"\xff\xfb\x06")
        assert alice.received() == b""
    assert not alice.is_closed
    chat.pass_time(151)
    assert "too-late" in alice.sees()
    assert alice.is_closed


def test_a_silent_nc_is_let_be() -> None:
    """A program that cannot answer is not asked: a person may look on for days."""
    chat = world()
    alice = chat.person("alice")
    chat.pass_time(2000)
    assert alice.received() == b""
    assert not alice.is_closed


# Our own faults.


@pytest.mark.parametrize("person", [True, False], ids=["text", "json"])
def test_our_own_faults_have_a_number_and_three_in_a_row_end_it(
    person: bool, flush_logged_errors: Callable[..., list[Any]]
) -> None:
    """The peer reads a number that stands in the log, and no more; after three it is let go."""
    chat = world()
    remote = chat.person("alice") if person else chat.program("alice")
    chat.database.run("DROP TABLE read_markers")
    chat.database.run("ALTER TABLE messages RENAME TO gone")
    ask = b"/history\r\n" if person else b'{"do":"history","room":"lobby"}\n'
    fine = b"/ping\r\n" if person else b'{"do":"ping"}\n'
    for data in (ask, ask, fine, ask, ask):
        remote.gives(data)
        shown = remote.received().decode()
        assert "pong" in shown or "ping" in shown or ("internal" in shown and "fault " in shown)
        assert "Traceback" not in shown
        assert "sqlite" not in shown
        assert not remote.is_closed
    remote.gives(ask)
    assert codes(remote) == ["internal"]
    assert remote.is_closed
    remote.goes()
    assert len(flush_logged_errors(Exception)) == 5


def test_what_was_said_before_the_end_is_heard_before_the_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by one of a crowd who was to hear it in a later turn."""
    monkeypatch.setattr("chatd.core.room.HEARD_AT_ONCE", 1)
    chat = world()
    alice, bob, carol = (chat.program(name) for name in ("alice", "bob", "carol"))
    put_off: list[Callable[[], None]] = []
    chat.hub._rounds._soon = put_off.append
    for each in (bob, carol):
        each.objects()
    alice.sends(do="say", room="lobby", text="hi")
    late = next(each for each in (bob, carol) if not each.objects())
    late.gives(b"x" * 100_000)
    assert [each.get("event") or each.get("code") for each in late.objects()] == ["said", "too-long"]


def test_nothing_but_refusals_ends_it_too() -> None:
    """Fifty in a row are borne; an answer starts the count anew."""
    chat = world(refusals_in_a_row=3)
    bob = chat.program("bob")
    chat.pass_time(10)
    bob.objects()
    for do in ("x", "x", "x", "ping", "x", "x", "x"):
        bob.sends(do=do)
    assert codes(bob) == ["unknown-command"] * 6
    assert not bob.is_closed
    bob.sends(do="x")
    assert codes(bob) == ["unknown-command", "too-many-refusals"]
    assert bob.is_closed


def test_limits_are_those_of_the_site() -> None:
    """The defaults of the design."""
    limits = Limits()
    assert (limits.lines_per_turn, limits.line_burst, limits.lines_per_second) == (8, 20, 5)
    assert (limits.text_line, limits.json_line, limits.unread_bytes) == (2048, 16384, 65536)
    assert (limits.queue_soft, limits.queue_hard, limits.queue_seconds) == (32768, 131072, 30)
    assert (limits.login_deadline, limits.login_tries, limits.unauthenticated) == (60, 3, 256)
    assert (limits.unauthenticated_per_address, limits.connections_per_address) == (8, 16)


def test_a_program_hears_lines_straight_and_a_person_looks_at_each() -> None:
    """A program's come as bytes that all programs share; a person's depend on where that one looks."""
    world = World()
    program, person = world.program("alice"), world.connect()
    person.gives(b"hello\r\n")
    assert program.face._session.render is jsonl.render
    assert person.face._session.render is None
