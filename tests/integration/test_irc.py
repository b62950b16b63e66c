"""IRC clients beside everybody else: one port, one account, one room, one history."""

import base64
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.integration.conftest import Connect
from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import PASSWORD

pytestmark = pytest.mark.integration

BEGINNINGS = ["NICK alice\r\nUSER a 0 * :Alice\r\n", "CAP LS 302\r\nNICK alice\r\nUSER a 0 * :Alice\r\nCAP END\r\n"]


class Irc:
    """A bare IRC client."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or a second line waits for an answer
        self._lines = self._socket.makefile("r", encoding="utf-8", newline="\r\n")

    def says(self, *lines: str) -> None:
        """Send lines."""
        self._socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def sees(self, text: str) -> str:
        """Wait for a line that holds a text."""
        return self.sees_upto(text)[-1]

    def sees_upto(self, text: str) -> list[str]:
        """Wait for a line that holds a text; it, and those before it."""
        lines: list[str] = []
        for line in self._all():
            lines.append(line.rstrip())
            if text in line:
                return lines
        raise AssertionError(f"{text!r} never came")

    def close(self) -> None:
        """Go without a word."""
        self._lines.close()
        self._socket.close()

    def _all(self) -> Iterator[str]:
        while line := self._lines.readline():
            if line.startswith("PING"):
                self.says(line.replace("PING", "PONG").rstrip())
            else:
                yield line


@pytest.fixture
def client(daemon: Daemon, cleanup: ExitStack) -> Irc:
    """A client at a daemon that runs."""
    made = Irc(daemon.start().port)
    cleanup.callback(made.close)
    return made


@pytest.mark.parametrize("words", BEGINNINGS)
def test_a_guest(cleanup: ExitStack, daemon: Daemon, connect: Connect, words: str) -> None:
    """Where the site takes guests, whoever says a nick is in, and is heard by everybody else."""
    daemon.options.append("--guests")
    daemon.start()
    bob = connect().registers("bob")
    client = Irc(daemon.port)
    cleanup.callback(client.close)
    client.says(*words.split("\r\n")[:-1])
    client.sees(" 001 alice ")
    client.says("JOIN #lobby", "PRIVMSG #lobby :hello from IRC")
    client.sees(" 366 alice #lobby ")
    while (heard := bob.hears()).get("text") != "hello from IRC":
        pass
    assert (heard["event"], heard["from"], heard["room"]) == ("said", "alice", "lobby")
    bob.asks("say", room="lobby", text="hello from JSON")
    assert client.sees("hello from JSON").startswith(":bob!")


def test_a_pong_comes_after_what_was_said_before(cleanup: ExitStack, daemon: Daemon) -> None:
    """By others, too: who has heard it has heard that. So there is something to wait for."""
    daemon.options.append("--guests")
    daemon.start()
    people = [Irc(daemon.port), Irc(daemon.port)]
    for name, each in zip(("alice", "bob"), people, strict=True):
        cleanup.callback(each.close)
        each.says(f"NICK {name}", f"USER {name} 0 * :{name}")
        each.sees(f" 001 {name} ")
        each.says("JOIN #den", "PING come")
        each.sees(" PONG ")
    alice, bob = people
    for line in ("PRIVMSG bob :x", "NOTICE #den :x", "TOPIC #den :x", "PRIVMSG bob :\1VERSION\1", "MODE #den +l 9"):
        alice.says(line)
        bob.says("PING x")
        command = line.partition(" ")[0]
        assert any(f" {command} " in seen for seen in bob.sees_upto(" PONG ")), line


def test_an_account(daemon: Daemon, client: Irc, connect: Connect) -> None:
    """SASL and PASS take the password of everywhere; the rooms and what was said in them are there."""
    bob = connect().registers("bob")
    bob.asks("join", room="den")
    client.says("CAP LS 302", "NICK bob", "USER b 0 * :Bob", "CAP REQ :sasl batch server-time")
    client.sees(" ACK ")
    plain = base64.b64encode(f"\0bob\0{PASSWORD}".encode()).decode()
    client.says("AUTHENTICATE PLAIN", f"AUTHENTICATE {plain}", "CAP END")
    client.sees(" 903 ")
    client.sees(" 001 bob ")
    client.sees("JOIN #den")
    client.says("PRIVMSG #den :one account")
    while (heard := bob.hears()).get("text") != "one account":
        pass
    assert (heard["from"], heard["text"], heard["own"]) == ("bob", "one account", True)
    again = Irc(daemon.port)
    again.says(f"PASS :{PASSWORD}", "NICK bob", "USER b 0 * :Bob")
    again.sees(" 001 bob ")
    again.says("QUIT")
    again.sees("ERROR")
    again.close()


def test_a_wrong_password(client: Irc) -> None:
    """It is said and the connection ends."""
    client.says("PASS wrong", "NICK bob", "USER b 0 * :Bob")
    client.sees(" 464 ")
    client.sees("ERROR")
