"""chatc as people run it: at the end of a pipe, and in a terminal that C{tmux} looks after."""

import json
import os
import stat
import subprocess
import sysconfig
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.conftest import Connect, Netcat
from tests.integration.daemon import HOST, LOOK_AGAIN, PATIENCE, Daemon, environment, free_port
from tests.integration.peers import PASSWORD
from tests.integration.test_first_visit import registers

pytestmark = pytest.mark.integration

CHATC = Path(sysconfig.get_path("scripts")) / "chatc"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where chatc keeps logins in this test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def pipe(port: int, *options: str, said: str, password: str | None = PASSWORD) -> "subprocess.CompletedProcess[str]":
    """What becomes of C{printf SAID | chatc OPTIONS HOST:PORT}."""
    given = {} if password is None else {"CHATC_PASSWORD": password}
    return subprocess.run(
        [str(CHATC), *options, f"{HOST}:{port}"],
        input=said, env=at_home(**given), capture_output=True, text=True, timeout=30,
    )  # fmt: skip


def at_home(**more: str) -> dict[str, str]:
    """The environment of somebody who has a home in this test only."""
    return environment(XDG_STATE_HOME=os.environ["XDG_STATE_HOME"], **more)


# In a pipe.


def test_pipe_posts(daemon: Daemon, connect: Connect) -> None:
    """C{echo "build failed" | chatc --login bot --room ops} posts one line per line, and ends with 0."""
    daemon.start()
    connect().registers("bot")
    lines = ["build failed", "third time today: ☃", "/quit is no command"]
    ended = pipe(daemon.port, "--login", "bot", "--room", "ops", said="\n".join(lines))
    assert (ended.returncode, ended.stderr) == (0, "")
    bot = connect().logs_in("bot")
    said = [event["text"] for event in bot.whole_history("ops") if event["event"] == "said"]
    assert said == lines


def test_pipe_registers(daemon: Daemon, connect: Connect) -> None:
    """With C{--register} the account is made first, and the line is said where a new account begins."""
    daemon.start()
    ended = pipe(daemon.port, "--register", "--login", "bot", said="here I am\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert connect().logs_in("bot").whole_history("lobby")[-1]["text"] == "here I am"


def test_pipe_writes_events(daemon: Daemon, connect: Connect) -> None:
    """With C{--json} each event is an object on a line of its own."""
    daemon.start()
    connect().registers("bot")
    ended = pipe(daemon.port, "--login", "bot", "--json", said="one\ntwo\n")
    heard = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["text"] for event in heard if event["event"] == "said"] == ["one", "two"]


@pytest.mark.parametrize(
    ("options", "password", "status", "named"),
    [
        (["--login", "bot"], "not my password", 1, "Wrong name or password. [login-failed]"),
        (["--login", "nobody"], PASSWORD, 1, "Wrong name or password. [login-failed]"),
        (["--login", "bot", "--room", "no such name"], PASSWORD, 1, "[bad-name]"),
        (["--log-in", "bot"], PASSWORD, 2, "--log-in"),
        ([], PASSWORD, 2, "--login NAME"),
    ],
)
def test_pipe_exit_status(
    daemon: Daemon, connect: Connect, options: list[str], password: str, status: int, named: str
) -> None:
    """1 where the server says no, 2 where the command line is wrong, and a sentence that says what it was."""
    daemon.start()
    connect().registers("bot")
    ended = pipe(daemon.port, *options, said="hello\n", password=password)
    assert ended.returncode == status
    assert ended.stderr.startswith("chatc: ")
    assert named in ended.stderr
    assert len(connect().logs_in("bot").whole_history("lobby")) == 1


def test_pipe_without_a_server() -> None:
    """Where nobody listens chatc tries a few times, then ends with 1 and says that nothing was sent."""
    ended = pipe(free_port(), "--login", "bot", said="hello\n")
    assert ended.returncode == 1
    assert "Nothing was sent." in ended.stderr


def test_pipe_needs_the_password_once(daemon: Daemon, connect: Connect, state: Path) -> None:
    """After one login the next ones use what was kept, which nobody else can read; --forget ends that."""
    daemon.start()
    assert pipe(daemon.port, "--register", "--login", "bot", said="one\n").returncode == 0
    (file,) = (path for path in state.rglob("*") if path.is_file())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text(encoding="ascii")
    daemon.stop()
    daemon.start()
    ended = pipe(daemon.port, "--login", "Bot", said="two\n", password=None)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [event["text"] for event in connect().logs_in("bot").whole_history("lobby")[1:]] == ["one", "two"]

    assert pipe(daemon.port, "--forget", said="").returncode == 0
    ended = pipe(daemon.port, "--login", "bot", said="three\n", password=None)
    assert (ended.returncode, "There is no password" in ended.stderr) == (2, True)


def test_pipe_takes_a_token_for_a_password(daemon: Daemon, connect: Connect, state: Path) -> None:
    """An app token stands where the password stands, and leaves nothing behind."""
    daemon.start()
    made = connect().registers("bot").asks(do="make-token", label="build")
    ended = pipe(daemon.port, "--login", "bot", said="one\n", password=made["token"])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not state.exists()


# In a terminal.


class Window:
    """chatc in a window of tmux, whose screen is what a person sees: not what was written, but what stands there."""

    def __init__(self, place: Path, port: int, *options: str, then: str = "") -> None:
        """C{then}: what else the window is to do, so that what chatc wrote last can be read."""
        self._tmux = ["tmux", "-S", str(place / "tmux"), "-f", "/dev/null"]
        self._env = at_home(TERM="xterm-256color")
        command = " ".join([str(CHATC), *options, f"{HOST}:{port}", then])
        self._run("new-session", "-d", "-x", "110", "-y", "30", command)

    def types(self, text: str) -> None:
        """Type something, without Enter."""
        self._run("send-keys", "-l", text)

    def enters(self, text: str) -> None:
        """Type a line and press Enter."""
        self.types(text)
        self._run("send-keys", "Enter")

    def screen(self) -> str:
        """What stands on the screen."""
        return self._run("capture-pane", "-p")

    def sees(self, text: str) -> None:
        """Wait until something stands on the screen."""
        end = time.monotonic() + PATIENCE
        while text not in self.screen():
            assert time.monotonic() < end, f"{text!r} is not on the screen:\n{self.screen()}"
            time.sleep(LOOK_AGAIN)

    def is_gone(self) -> None:
        """Wait until the program has ended, and the window with it."""
        end = time.monotonic() + PATIENCE
        while subprocess.run([*self._tmux, "has-session"], env=self._env, capture_output=True).returncode == 0:
            assert time.monotonic() < end, f"it is still there:\n{self.screen()}"
            time.sleep(LOOK_AGAIN)

    def close(self) -> None:
        """End tmux, whatever runs in it."""
        subprocess.run([*self._tmux, "kill-server"], env=self._env, capture_output=True)

    def _run(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], env=self._env, capture_output=True, text=True, timeout=10)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def window(daemon: Daemon, tmp_path: Path, cleanup: ExitStack) -> Window:
    """A person who has registered as carol with chatc, at a daemon that runs."""
    daemon.start()
    window = Window(tmp_path, daemon.port)
    cleanup.callback(window.close)
    for question, answer in (
        ("login or register: ", "register"),
        ("Username: ", "carol"),
        ("Choose a password: ", PASSWORD),
        ("Once more: ", PASSWORD),
    ):
        window.sees(question.rstrip())
        window.enters(answer)
    window.sees("-- User carol registered successfully. Login successful! Welcome, carol.")
    window.sees("#lobby>")
    return window


@pytest.mark.needs_program("tmux", "nc")
def test_terminal_talks_with_nc(window: Window, nc: Netcat) -> None:
    """Carol at chatc and bob at nc talk; her password never was on the screen; C{/quit} ends it."""
    assert PASSWORD not in window.screen()
    bob = nc()
    registers(bob, "bob")
    window.sees("** bob has joined #lobby")
    window.enters("hello from chatc ☃")
    bob.sees("carol: hello from chatc ☃")
    bob.types("hi carol")
    window.sees("bob: hi carol")
    window.enters("/quit")
    window.is_gone()
    bob.sees("** carol has left the chat")


@pytest.mark.needs_program("tmux", "nc")
def test_terminal_survives_kill_9(daemon: Daemon, window: Window, connect: Connect) -> None:
    """The half-typed line stays whole while the daemon dies and comes back, and is said once."""
    window.types("half a th")
    window.sees("#lobby> half a th")
    daemon.kill()
    window.sees("-- connection lost: ")
    window.sees("#lobby> half a th")
    window.types("ought")
    daemon.start()
    window.sees("-- connected again")
    window.sees("#lobby> half a thought")
    window.enters(", finished")
    window.sees("carol: half a thought, finished")
    said = [event["text"] for event in connect().logs_in("carol").whole_history("lobby")[1:]]
    assert said == ["half a thought, finished"]


@pytest.mark.needs_program("tmux")
def test_terminal_keeps_what_is_said_meanwhile(daemon: Daemon, window: Window, connect: Connect) -> None:
    """A line that is entered while there is no connection is sent, once, as soon as there is one."""
    daemon.kill()
    window.sees("-- connection lost: ")
    window.enters("said into the dark")
    window.sees("-- There is no connection now; this is kept and sent as soon as there is one.")
    daemon.start()
    window.sees("carol: said into the dark")
    said = [event["text"] for event in connect().logs_in("carol").whole_history("lobby")[1:]]
    assert said == ["said into the dark"]


@pytest.mark.needs_program("tmux", "nc")
def test_terminal_is_remembered_until_logout(
    daemon: Daemon, window: Window, connect: Connect, tmp_path: Path, cleanup: ExitStack
) -> None:
    """The next start asks nothing; who is logged out from elsewhere reads so, and is asked for the password again."""
    window.enters("/quit")
    window.is_gone()
    again = Window(tmp_path, daemon.port, "--login", "carol", then="; sleep 60")
    cleanup.callback(again.close)
    again.sees("#lobby>")
    assert "Password" not in again.screen()

    elsewhere = connect().logs_in("carol")
    sessions = elsewhere.asks(do="sessions")["sessions"]
    elsewhere.asks(do="logout", which=next(each["number"] for each in sessions if not each["mine"]))
    again.sees("-- error: You ended this session from another one. [session-ended]")
    again.sees("-- You are logged out here. Start chatc again to log in.")
    again.close()

    last = Window(tmp_path, daemon.port, "--login", "carol")
    cleanup.callback(last.close)
    last.sees("What was kept of your last login is worth nothing any more.")
    last.sees("Password:")
    last.enters(PASSWORD)
    last.sees("#lobby>")
    last.enters("/logout")
    last.is_gone()
