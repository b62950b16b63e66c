"""
The main job, end to end, as two people with bare terminals live it: a real C{telnet} and a real C{nc}, each under a
terminal of its own, and a daemon that is killed.
"""

import re
import socket
import subprocess

import pytest

from tests.integration.conftest import Connect, Netcat, Telnet
from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import PASSWORD, Person, receive_all

pytestmark = [pytest.mark.integration, pytest.mark.needs_program("telnet", "nc")]

ASK_NAME = "Username (or a new name to register): "
ASK_NEW = "Choose a password, 10 characters or more (nothing will show): "
ASK_AGAIN = "Once more: "
ASK_PASSWORD = "Password (nothing will show): "
NOT_HIDDEN = "-- Your program cannot hide what you type: the password was on your screen."
IN_LOBBY = "-- You are in #lobby"
WRITTEN = ("it’s “quoted” ☃", "日本語で話す", "Ýmir", "😀 and 👩‍🚀", "naïve café")  # noqa: RUF001


def registers(person: Person, name: str) -> None:
    """What a new person does at the prompts."""
    person.sees(ASK_NAME)
    person.types(name)
    person.sees(f"-- The name {name} is free.")
    person.sees(ASK_NEW)
    person.types(PASSWORD)
    person.sees(ASK_AGAIN)
    person.types(PASSWORD)
    person.sees(f"-- User {name} registered successfully. Login successful! Welcome, {name}.")
    person.sees_within_line(IN_LOBBY)


def logs_in(person: Person, name: str) -> None:
    """What somebody who was here before does."""
    person.sees(ASK_NAME)
    person.types(name)
    person.sees(ASK_PASSWORD)
    person.types(PASSWORD)
    person.sees("-- Login successful! Last login: ")


def test_telnet_registers(daemon: Daemon, telnet: Telnet) -> None:
    """Alice telnets in, is asked three things, is in the lobby, and her password never was on her screen."""
    daemon.start()
    alice = telnet()
    alice.sees("chatd - 0 people here. This line is not encrypted. /help lists commands, /quit leaves.")
    registers(alice, "alice")
    alice.sees("** alice has joined #lobby")
    assert f"(nothing will show): \r\n\r{ASK_AGAIN}\r\n-- User alice" in alice.screen
    assert NOT_HIDDEN not in alice.screen
    alice.sees_nothing_of(PASSWORD)


def test_nc_is_told_what_it_cannot(daemon: Daemon, nc: Netcat) -> None:
    """Bob at nc reads once, after his first password, that it was on his screen; telnet's bytes are overwritten."""
    daemon.start()
    bob = nc()
    registers(bob, "bob")
    assert bob.screen.startswith("\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}\0\rchatd - 0 people here.")
    assert bob.screen.count(NOT_HIDDEN) == 1
    assert bob.screen.index(PASSWORD) < bob.screen.index(NOT_HIDDEN) < bob.screen.index(ASK_AGAIN)


def test_two_people_talk(daemon: Daemon, telnet: Telnet, nc: Netcat) -> None:
    """They see each other come, talk both ways, and see each other go."""
    daemon.start()
    alice, bob = telnet(), nc()
    registers(alice, "alice")
    registers(bob, "bob")
    alice.sees("** bob has joined #lobby")
    bob.sees("** bob has joined #lobby")
    alice.types("hello from telnet")
    bob.sees("alice: hello from telnet")
    bob.types("hi alice")
    alice.sees("bob: hi alice")
    bob.types("/quit good night")
    bob.sees("-- Good-bye.")
    alice.sees("** bob has left the chat (good night)")


def test_leaving_a_room_is_seen(daemon: Daemon, telnet: Telnet, nc: Netcat) -> None:
    """Whoever leaves the room, and stays on the server, is seen leaving by the others."""
    daemon.start()
    alice, bob = telnet(), nc()
    registers(alice, "alice")
    registers(bob, "bob")
    alice.types("/leave")
    bob.sees("** alice has left #lobby")
    alice.sees("-- You left #lobby.")


def test_ctrl_d_leaves(daemon: Daemon, telnet: Telnet, nc: Netcat) -> None:
    """Ctrl-D at telnet is a good-bye, as the help says."""
    daemon.start()
    alice, bob = telnet(), nc()
    registers(bob, "bob")
    registers(alice, "alice")
    bob.sees("** alice has joined #lobby")
    alice.presses(b"\x04")
    alice.sees("Connection closed by foreign host.", within=3)
    bob.sees("** alice has left the chat")


def test_ctrl_c_forgets_the_line(daemon: Daemon, telnet: Telnet, nc: Netcat) -> None:
    """Ctrl-C at telnet drops the half-typed line, and what the others say still arrives: the screen is not frozen."""
    daemon.start()
    alice, bob = telnet(), nc()
    registers(alice, "alice")
    registers(bob, "bob")
    alice.presses(b"what I never wanted to s\x03")
    bob.types("are you there?")
    alice.sees("bob: are you there?")
    alice.types("I am")
    bob.sees("alice: I am")
    bob.sees_nothing_of("never wanted")


def test_every_script_arrives(daemon: Daemon, telnet: Telnet, nc: Netcat) -> None:
    """Curly quotes, a snowman, Japanese, Ý and emoji, typed at telnet, are the same at nc: and back."""
    daemon.start()
    alice, bob = telnet(), nc()
    registers(alice, "alice")
    registers(bob, "bob")
    for text in WRITTEN:
        alice.types(text)
        bob.sees(f"alice: {text}\r")
        bob.types(text)
        alice.sees(f"bob: {text}\r")


def test_everything_is_there_after_kill_9(daemon: Daemon, telnet: Telnet, nc: Netcat) -> None:
    """The daemon dies with -9 and starts again: the history shows everything that was shown, in the same order."""
    daemon.start()
    alice, bob = telnet(), nc()
    registers(alice, "alice")
    registers(bob, "bob")
    for number in range(5):
        alice.types(f"line {number} by alice")
        bob.sees(f"alice: line {number} by alice")
        bob.types(f"line {number} by bob")
        alice.sees(f"bob: line {number} by bob")
    daemon.kill()
    alice.sees("Connection closed by foreign host.")
    daemon.start()
    again = telnet()
    logs_in(again, "alice")
    again.sees_within_line(IN_LOBBY)
    again.types("/history 50")
    again.sees("/history 50")
    again.sees_within_line("line 4 by bob")
    told = again.screen.rsplit("/history 50", 1)[1]
    happened = re.findall(r"^\d\d:\d\d (.*)\r$", told, re.MULTILINE)
    talk = [f"{who}: line {number} by {who}" for number in range(5) for who in ("alice", "bob")]
    assert happened == ["** alice has joined #lobby", "** bob has joined #lobby", *talk]


def test_coming_back_tells_the_last_login(daemon: Daemon, telnet: Telnet, nc: Netcat) -> None:
    """Whoever comes back reads when and from where they were here last, and what is new."""
    daemon.start()
    first, bob = telnet(), nc()
    registers(first, "alice")
    first.types("/quit")
    first.sees("-- Good-bye.")
    registers(bob, "bob")
    bob.types("too late, alice")
    second = telnet()
    logs_in(second, "alice")
    second.sees_match(rf"today \d\d:\d\d from {re.escape(HOST)}\.\r\n")
    second.sees("-- 1 room has news: #lobby 1")
    second.sees("bob: too late, alice")


def wrong_three_times(person: Person, name: str) -> str:
    """What the screen of somebody who never knows the password shows, from the first answer to the end."""
    person.sees("Username: ")
    person.types(name)
    for tries in ("2 tries left", "1 try left"):
        person.sees(ASK_PASSWORD)
        person.types("not my password")
        person.sees_match(r"-- Login failed! [^\n]*\n")
        person.sees("Username: ")
        assert tries in person.screen
        person.types(name)
    person.sees(ASK_PASSWORD)
    person.types("not my password")
    person.sees("-- Login failed!")
    person.is_let_go()
    return person.screen.partition("Username: ")[2]


def test_three_wrong_passwords(daemon: Daemon, telnet: Telnet, connect: Connect) -> None:
    """The line closes after three, with the same bytes for a name that exists and for one that does not."""
    daemon.start()
    connect().registers("alice").leaves()
    daemon.stop()
    daemon.options += ["--registration", "closed"]
    daemon.start()
    known = wrong_three_times(telnet(), "alice")
    unknown = wrong_three_times(telnet(), "aline")
    assert known.replace("alice", "NAME") == unknown.replace("aline", "NAME")


def test_a_script_gets_all_its_answers(daemon: Daemon) -> None:
    """C{printf ... | nc -N} closes its side at once, and still reads the answer to each of its lines."""
    daemon.start()
    asked = f"carol\n{PASSWORD}\n{PASSWORD}\nhello\n/names\n/history\n"
    told = subprocess.run(
        ["nc", "-N", HOST, str(daemon.port)], input=asked.encode(), stdout=subprocess.PIPE, timeout=20
    )
    lines = told.stdout.decode(errors="replace").split("\r\n")
    assert any("User carol registered successfully" in line for line in lines)
    assert "-- 1 person in #lobby: @carol (owner)" in lines
    assert lines[-2].endswith("carol: hello")


def test_a_program_gets_all_its_answers(daemon: Daemon) -> None:
    """The same at the JSON face: as many answers as commands, in order, and then the end."""
    daemon.start()
    asked = '{"do":"register","name":"dave","password":"%s"}\n{"do":"say","room":"lobby","text":"hi"}\n{"do":"ping"}\n'
    with socket.create_connection((HOST, daemon.port), timeout=10) as peer:
        peer.sendall((asked % PASSWORD).encode())
        peer.shutdown(socket.SHUT_WR)
        told = receive_all(peer).decode()
    assert re.findall(r'"(?:done|refused)":"([\w-]+)"', told) == ["register", "say", "ping"]
