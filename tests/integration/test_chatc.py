"""chatc at the end of a pipe: every line once, in order, whatever becomes of the daemon."""

import json
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.chatc import CHATC, at_home
from tests.integration.chatc import pipe as pipe_at
from tests.integration.conftest import Connect
from tests.integration.daemon import HOST, LOOK_AGAIN, Daemon, free_port
from tests.integration.peers import PASSWORD, Program

pytestmark = pytest.mark.integration

Pipe = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def pipe(tmp_path: Path) -> Pipe:
    """What becomes of C{printf SAID | chatc OPTIONS HOST:PORT}, at a home of this test's."""
    return lambda port, *options, **more: pipe_at(tmp_path, port, *options, **more)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where chatc keeps logins in this test."""
    return tmp_path / "state"


def test_pipe_posts(pipe: Pipe, daemon: Daemon, connect: Connect) -> None:
    """C{echo "build failed" | chatc --login bot --room ops} posts one line per line, and ends with 0."""
    daemon.start()
    connect().registers("bot")
    lines = ["build failed", "third time today: ☃", "/quit is no command"]
    ended = pipe(daemon.port, "--login", "bot", "--room", "ops", said="\n".join(lines))
    assert (ended.returncode, ended.stderr) == (0, "")
    bot = connect().logs_in("bot")
    said = [event["text"] for event in bot.whole_history("ops") if event["event"] == "said"]
    assert said == lines


def test_pipe_registers(pipe: Pipe, daemon: Daemon, connect: Connect) -> None:
    """With C{--register} the account is made first, and the line is said where a new account begins."""
    daemon.start()
    ended = pipe(daemon.port, "--register", "--login", "bot", said="here I am\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert connect().logs_in("bot").whole_history("lobby")[-1]["text"] == "here I am"


def test_pipe_writes_events(pipe: Pipe, daemon: Daemon, connect: Connect) -> None:
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
    pipe: Pipe, daemon: Daemon, connect: Connect, options: list[str], password: str, status: int, named: str
) -> None:
    """1 where the server says no, 2 where the command line is wrong, and a sentence that says what it was."""
    daemon.start()
    connect().registers("bot")
    ended = pipe(daemon.port, *options, said="hello\n", password=password)
    assert ended.returncode == status
    assert ended.stderr.startswith("chatc: ")
    assert named in ended.stderr
    assert len(connect().logs_in("bot").whole_history("lobby")) == 1


def test_pipe_without_a_server(pipe: Pipe) -> None:
    """Where nobody listens chatc tries a few times, then ends with 1 and says that nothing was sent."""
    ended = pipe(free_port(), "--login", "bot", said="hello\n")
    assert ended.returncode == 1
    assert "Nothing was sent." in ended.stderr


def test_pipe_needs_the_password_once(pipe: Pipe, daemon: Daemon, connect: Connect, state: Path) -> None:
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


def test_pipe_takes_a_token_for_a_password(pipe: Pipe, daemon: Daemon, connect: Connect, state: Path) -> None:
    """An app token stands where the password stands, and leaves nothing behind."""
    daemon.start()
    made = connect().registers("bot").asks(do="make-token", label="build")
    ended = pipe(daemon.port, "--login", "bot", said="one\n", password=made["token"])
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not state.exists()


def test_pipe_takes_options_after_the_address(pipe: Pipe, daemon: Daemon, connect: Connect) -> None:
    """C{chatc HOST --login bot --room ops} is the same."""
    daemon.start()
    connect().registers("bot")
    ended = subprocess.run(
        [str(CHATC), f"{HOST}:{daemon.port}", "--login", "bot", "-r", "ops"],
        input="one\n", env=at_home(daemon.place, CHATC_PASSWORD=PASSWORD), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert connect().logs_in("bot").whole_history("ops")[-1]["text"] == "one"


def test_pipe_knows_servers_by_name(daemon: Daemon, connect: Connect, tmp_path: Path) -> None:
    """C{chatc work}: address, account and room come from chatc.toml."""
    daemon.start()
    connect().registers("bot")
    settings = tmp_path / "config" / "chatd" / "chatc.toml"
    settings.parent.mkdir(parents=True)
    named = f'[servers.work]\naddress = "{HOST}:{daemon.port}"\nlogin = "bot"\nroom = "ops"\n'
    settings.write_text(named, encoding="utf-8")
    ended = subprocess.run(
        [str(CHATC), "work"],
        input="one\n", env=at_home(tmp_path, CHATC_PASSWORD=PASSWORD), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert connect().logs_in("bot").whole_history("ops")[-1]["text"] == "one"


MANY = 10_000


@pytest.mark.deadline(240)
def test_pipe_is_fast(pipe: Pipe, daemon: Daemon, connect: Connect) -> None:
    """10,000 lines from a pipe, in order, once, at no less than half the rate of a program that does nothing else."""
    daemon.start()
    raw = connect().registers("raw")
    raw.asks("join", room="raw")
    connect().registers("bot")
    began = time.monotonic()
    say_all(raw, "raw", MANY // 4)
    rate = MANY / 4 / (time.monotonic() - began)

    lines = [f"line {number} of a log that is rather long" for number in range(MANY)]
    began = time.monotonic()
    ended = pipe(daemon.port, "--login", "bot", "--room", "ops", said="\n".join(lines))
    seconds = time.monotonic() - began
    assert (ended.returncode, ended.stderr) == (0, "")
    bot = connect().logs_in("bot")
    assert [event["text"] for event in bot.whole_history("ops") if event["event"] == "said"] == lines
    print(f"raw JSON: {rate:.0f} lines/s; chatc: {MANY / seconds:.0f} lines/s, its start included")
    assert MANY / seconds >= rate / 2


def say_all(program: Program, room: str, many: int, window: int = 16) -> None:
    """Say lines with so many in flight, as the benchmark does."""
    program.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    done = 0
    for number in range(many):
        program.sends("say", room=room, text=f"line {number} of a log that is rather long", cid=f"c{number}")
        if number >= window:
            assert program.answer()["done"] == "say"
            done += 1
    while done < many:
        assert program.answer()["done"] == "say"
        done += 1


SPEAKERS, LINES_EACH = 5, 200


@pytest.mark.deadline(240)
def test_a_restart_during_a_thousand_lines(daemon: Daemon, connect: Connect, cleanup: ExitStack) -> None:
    """Five clients say a thousand lines while the daemon is killed and comes back: all read the same, each once."""
    daemon.start()
    names = [f"speaker{number}" for number in range(SPEAKERS)]
    for name in names:
        program = connect().registers(name)
        program.asks("join", room="ops")
        program.leaves()
    speakers = [follow(daemon, name, cleanup) for name in names]
    heard = [daemon.place / f"{name}.out" for name in names]
    watch = connect().registers("watch")
    watch.asks("join", room="ops")
    wait_for(lambda: len(watch.asks("names", room="ops")["names"]) == SPEAKERS + 1)
    for number in range(LINES_EACH):
        for name, speaker in zip(names, speakers, strict=True):
            assert speaker.stdin is not None
            speaker.stdin.write(f"{name} {number}\n")
            speaker.stdin.flush()
        if number == LINES_EACH // 2:
            wait_for(lambda: len(said_in(heard[0])) > 100)
            daemon.kill()
            daemon.start()
    wait_for(lambda: all(len(said_in(path)) >= SPEAKERS * LINES_EACH for path in heard))
    for speaker in speakers:
        speaker.send_signal(signal.SIGTERM)
        assert speaker.wait(20) == 0
    first = said_in(heard[0])
    assert [seq for seq, _ in first] == sorted(seq for seq, _ in first)
    assert all(said_in(path) == first for path in heard)
    texts = [text for _, text in first]
    for name in names:
        assert [each for each in texts if each.startswith(f"{name} ")] == [f"{name} {n}" for n in range(LINES_EACH)]
    assert len(texts) == SPEAKERS * LINES_EACH


def follow(daemon: Daemon, name: str, cleanup: ExitStack) -> "subprocess.Popen[str]":
    """A chatc that says what it is given, and writes what it hears into a file."""
    with open(daemon.place / f"{name}.out", "w", encoding="utf-8") as out:
        speaker = subprocess.Popen(
            [str(CHATC), "--login", name, "--room", "ops", "--follow", "--json", f"{HOST}:{daemon.port}"],
            stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, text=True,
            env=at_home(daemon.place, CHATC_PASSWORD=PASSWORD),
        )  # fmt: skip
    cleanup.callback(speaker.wait)
    cleanup.callback(speaker.kill)
    return speaker


def said_in(path: Path) -> list[tuple[int, str]]:
    """The lines that a client heard."""
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    events = [json.loads(line) for line in lines]
    return [(event["seq"], event["text"]) for event in events if event["event"] == "said"]


def wait_for(happened: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(10 * LOOK_AGAIN)
