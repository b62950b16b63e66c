"""
Those who connect: a person at a real program in a terminal (L{Person}), and a program that speaks JSON lines
(L{Program}).
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.integration.daemon import HOST, environment

PATIENCE = 10.0
CHUNK = 65536
PASSWORD = "plum harbour 77"

JsonObject = dict[str, Any]


class Person:
    """
    Somebody at a program under a terminal of its own: types, and reads the screen.

    The screen is everything that the terminal was ever given. C{sees} reads on from where it last found something,
    so that a test reads like a transcript, and a thing seen once is not found twice.
    """

    def __init__(self, *command: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        self._terminal, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
        self._process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, cwd=cwd, env=environment(**(env or {"TERM": "dumb"})),
            start_new_session=True, preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(inside)
        self._bytes = b""
        self._read_to = 0

    @property
    def screen(self) -> str:
        """Everything that the terminal has shown."""
        return self._bytes.decode(errors="replace")

    def types(self, line: str) -> None:
        """Type a line and press Enter."""
        self.presses(line.encode() + b"\r")

    def presses(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._terminal, keys)

    def sees(self, text: str, within: float = PATIENCE) -> None:
        """Wait until the screen shows something new that holds this."""
        self.sees_match(re.escape(text), within)

    def sees_match(self, pattern: str, within: float = PATIENCE) -> re.Match[str]:
        """The same for a regular expression."""
        end = time.monotonic() + within
        while (found := re.compile(pattern).search(self.screen, self._read_to)) is None:
            assert self._receive(end), f"there is no {pattern!r} in what came after:\n{self.screen[self._read_to :]}"
        self._read_to = found.end()
        return found

    def sees_within_line(self, text: str) -> None:
        """Wait for something, and for the end of its line."""
        self.sees_match(re.escape(text) + r"[^\n]*\n")

    def sees_nothing_of(self, text: str, seconds: float = 0.3) -> None:
        """Look for a while, and demand that something was never on the screen."""
        end = time.monotonic() + seconds
        while self._receive(end):
            pass
        assert text not in self.screen

    def is_let_go(self, within: float = PATIENCE) -> int:
        """Wait until the program ends, reading the rest of the screen; its exit status."""
        end = time.monotonic() + within
        while self._receive(end):
            pass
        return self._process.wait(max(0.1, end - time.monotonic()))

    def leaves(self) -> None:
        """End the program without ado, and leave no process and no descriptor."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        os.close(self._terminal)

    def _receive(self, end: float) -> bool:
        """Take what the terminal was given; C{False} when time is over, or the program."""
        wait = end - time.monotonic()
        if wait <= 0 or not select.select([self._terminal], [], [], wait)[0]:
            return False
        try:
            data = os.read(self._terminal, CHUNK)
        except OSError:  # Linux says so when nobody has the inner side open
            return False
        self._bytes += data
        return bool(data)


def _take_terminal() -> None:
    """In the child: make standard input the controlling terminal, so that Ctrl-C is a signal as for a person."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Program:
    """
    A program at the JSON face.

    @ivar events: What it was told without asking, in order.
    @ivar answers: All answers, in order.
    """

    def __init__(self, port: int, source: str = HOST) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self.socket.makefile("rb")
        self.events: list[JsonObject] = []

    def asks(self, do: str, **fields: object) -> JsonObject:
        """Ask, and wait for the answer: the object with C{done} or C{refused}."""
        self.sends(do, **fields)
        return self.answer()

    def sends(self, do: str, **fields: object) -> None:
        """Ask, and wait for nothing."""
        self.socket.sendall(json.dumps({"do": do, **fields}).encode() + b"\n")

    def answer(self) -> JsonObject:
        """The next answer; events before it are kept."""
        while "event" in (heard := self.hears()):
            self.events.append(heard)
        return heard

    def hears(self) -> JsonObject:
        """
        The next object.

        @raise ConnectionError: if there is none any more.
        """
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            raise ConnectionResetError("the server has closed")
        heard: JsonObject = json.loads(line)
        return heard

    def registers(self, name: str) -> "Program":
        """Make an account and be it."""
        done = self.asks("register", name=name, password=PASSWORD)
        assert done.get("done") == "register", done
        return self

    def logs_in(self, name: str) -> "Program":
        """Be an account."""
        done = self.asks("login", name=name, password=PASSWORD)
        assert done.get("done") == "login", done
        return self

    def whole_history(self, room: str) -> list[JsonObject]:
        """All events of a room, oldest first, page by page."""
        pages: list[list[JsonObject]] = []
        before: int | None = None
        while True:
            page = self.asks("history", room=room, limit=200, before=before)
            assert page.get("done") == "history", page
            pages.append(page["events"])
            if not page["more"]:
                return [event for page in reversed(pages) for event in page]
            before = page["events"][0]["seq"]

    def leaves(self) -> None:
        """Go, without a word."""
        self._lines.close()
        self.socket.close()


def receive_all(peer: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    received = b""
    while data := peer.recv(CHUNK):
        received += data
    return received
