"""What an operator types becomes a daemon, or one sentence that says why not."""

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from twisted.python.usage import UsageError

from chatd import house
from chatd.config import ConfigError, Settings
from chatd.house import edition
from chatd.store import schema
from chatd.tap import Daemon, Options, database_path, makeService
from chatd.testing import PeerTransport

real: Any = reactor


@pytest.fixture
def logged() -> Iterator[list[LogEvent]]:
    """What chatd logs."""
    events: list[LogEvent] = []

    def observe(event: LogEvent) -> None:
        if str(event.get("log_namespace", "")).startswith("chatd"):
            events.append(event)

    observer = cast(ILogObserver, observe)
    globalLogPublisher.addObserver(observer)
    yield events
    globalLogPublisher.removeObserver(observer)


@pytest.fixture
def clock_put_back() -> Iterator[None]:
    """makeService gives the reactor a clock that does not jump; the other tests have theirs."""
    before = real.seconds
    yield
    real.seconds = before


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "state" / "chatd.sqlite"


def parsed(*words: str) -> Options:
    """The options of a command line."""
    options = Options()
    options.parseOptions(list(words))  # type: ignore[no-untyped-call]
    return options


# The command line


def test_without_options() -> None:
    """chatd needs none."""
    assert parsed().flags() == {}
    assert parsed().settings() == Settings()


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """It is said as the log says it, also whether it is compiled."""
    with pytest.raises(SystemExit) as ended:
        parsed("--version")
    assert (ended.value.code, capsys.readouterr().out) == (0, f"{edition()}\n")


def test_every_option() -> None:
    """Each becomes the setting of the same name."""
    options = parsed(
        "--listen", "tcp:1", "--listen=tcp:2", "--database", "/x", "--name", "Tea", "--registration", "closed",
        "--plaintext-logins", "--guests", "--bcrypt-cost", "11", "--autojoin", "tea", "--exempt", "192.0.2.0/24",
        "--exempt", "::1", "--idle", "99.5", "--motd", "/motd",
    )  # fmt: skip
    assert options.settings() == Settings(
        listen=("tcp:1", "tcp:2"), database="/x", name="Tea", registration="closed", plaintext_logins=True, guests=True,
        bcrypt_cost=11, autojoin="tea", exempt=("192.0.2.0/24", "::1"), idle=99.5, motd="/motd",
    )  # fmt: skip


def test_every_option_is_a_key_and_every_key_an_option() -> None:
    """What can be said on the command line can be said in the file, and but for what is a table there vice versa."""
    keys = {field.encode_name for field in msgspec.structs.fields(Settings)}
    assert set(Options().keys()) - {"config"} == keys - {"limits", "webirc", "sts"}


def test_help_tells_every_option() -> None:
    """In a few words each."""
    told = parsed().getUsage(width=200)
    for key in ("config", "listen", "exempt", *parsed().keys()):
        assert re.search(rf"--{key}=?\s+\S+", told), key


def test_the_defaults_that_help_tells_are_the_defaults() -> None:
    """The help does not lie."""
    told = re.sub(r"\s+", " ", parsed().getUsage(width=80))
    settings = Settings()
    for default in (settings.listen[0], settings.registration, str(settings.bcrypt_cost), settings.autojoin):
        assert f"Default: {default}" in told
    assert f"Default: {settings.idle:g}." in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--bcrypt-cost", "twelve"], "--bcrypt-cost twelve: that is not a number."),
        (["--idle", "long"], "--idle long: that is not a number."),
        (["--idle", "0"], "--idle: expected float >= 10.0. It can be seconds, 10 or more."),
        (["--bcrypt-cost", "3"], "--bcrypt-cost: expected int >= 4. It can be a whole number from 4 to 16."),
        (["--config", "/nowhere/chatd.toml"], "/nowhere/chatd.toml: No such file or directory."),
    ],
)
def test_options_that_make_no_sense(words: list[str], said: str) -> None:
    """The option is named, and what is allowed."""
    with pytest.raises(ConfigError) as caught:
        parsed(*words).settings()
    assert str(caught.value) == said


@pytest.mark.parametrize("words", [["--nonsense"], ["--listen"], ["tcp:1"]])
def test_options_that_there_are_not(words: list[str]) -> None:
    """twistd tells those itself."""
    with pytest.raises(UsageError):
        parsed(*words)


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    """A C{--listen} replaces those of the file."""
    file = tmp_path / "chatd.toml"
    file.write_text("listen = ['tcp:1', 'tcp:2']\nname = 'file'\nplaintext-logins = true\n")
    settings = parsed("--config", str(file), "--listen", "tcp:3").settings()
    assert (settings.listen, settings.name, settings.plaintext_logins) == (("tcp:3",), "file", True)


def test_an_empty_flag_wins_too(tmp_path: Path) -> None:
    """C{--autojoin ''} is how a new account is left in no room, as the sample says."""
    assert parsed("--autojoin", "").settings().autojoin == ""


# The database's place


@pytest.mark.parametrize(
    ("database", "environment", "expected"),
    [
        ("/srv/x.db", {"STATE_DIRECTORY": "/var/lib/chatd"}, "/srv/x.db"),
        (None, {"STATE_DIRECTORY": "/var/lib/chatd"}, "/var/lib/chatd/chatd.sqlite"),
        (None, {"STATE_DIRECTORY": "/var/lib/chatd:/var/lib/other"}, "/var/lib/chatd/chatd.sqlite"),
        ("x.db", {}, f"{os.getcwd()}/x.db"),
        ("~/x.db", {}, f"{Path.home()}/x.db"),
    ],
)
def test_where_the_database_is(database: str | None, environment: dict[str, str], expected: str) -> None:
    """As configured, else where systemd says; and always an absolute path, for the log."""
    assert database_path(Settings(database=database), environment) == Path(expected)


@pytest.mark.parametrize("environment", [{}, {"STATE_DIRECTORY": ""}])
def test_where_the_database_is_for_a_person(environment: dict[str, str]) -> None:
    """In one's own state directory."""
    found = database_path(Settings(), environment)
    assert found.is_absolute()
    assert found.parts[-2:] == ("chatd", "chatd.sqlite")


# Starts that cannot work


def refused(*words: str) -> str:
    """The sentence with which the program ends."""
    with pytest.raises(SystemExit) as caught:
        makeService(parsed(*words))
    said = str(caught.value.code)
    assert re.fullmatch(r"chatd: [^\n]+\.", said), "one line for an operator, and exit status 1"
    return said


@pytest.mark.usefixtures("clock_put_back")
def test_a_bad_configuration(tmp_path: Path, path: Path) -> None:
    """The daemon does not start, and no database is made."""
    file = tmp_path / "chatd.toml"
    file.write_text("lissen = []")
    said = refused("--config", str(file), "--database", str(path))
    assert f"{file}: key lissen: there is no such key. Did you mean listen?" in said
    assert "motd /nowhere: No such file" in refused("--motd", "/nowhere", "--database", str(path))
    assert not path.parent.exists()


@pytest.mark.usefixtures("clock_put_back")
def test_bad_databases(tmp_path: Path) -> None:
    """Unwritable, corrupt, newer or in use: one sentence each."""
    (tmp_path / "file").write_text("in the way")
    assert "cannot be used" in refused("--database", str(tmp_path / "file" / "x"))

    corrupt = tmp_path / "corrupt"
    corrupt.write_bytes(b"no database at all" * 500)
    assert "Restore a backup" in refused("--database", str(corrupt))

    newer = tmp_path / "newer"
    schema.prepare(newer, 1)
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("INSERT INTO schema_versions VALUES (99, 1)")
    assert "Install the newer chatd again" in refused("--database", str(newer))

    held = schema.lock(tmp_path / "used")
    assert "in use by another daemon" in refused("--database", str(tmp_path / "used"))
    os.close(held)


@pytest.mark.usefixtures("clock_put_back")
def test_the_reactor_does_not_jump_with_the_wall_clock(tmp_path: Path) -> None:
    """When somebody sets the clock, no timer fires early or late."""
    (tmp_path / "file").write_text("in the way")
    refused("--database", str(tmp_path / "file" / "x"))
    assert real.seconds is time.monotonic


# The daemon, with a reactor in memory


class House:
    """A daemon in a reactor in memory."""

    def __init__(self, path: Path, *words: str) -> None:
        self.reactor = MemoryReactorClock()
        self.options = parsed("--database", str(path), *words)
        settings = self.options.settings()
        lock = schema.lock(path)
        schema.prepare(path, 1)
        self.service = Daemon(self.reactor, self.options, settings, path, lock).service

    def start(self) -> None:
        self.service.privilegedStartService()
        self.service.startService()
        self.reactor.advance(0)

    def greeting(self, listener: int = 0, said: bytes = b"") -> str:
        """What a newcomer is greeted with who says something, or waits."""
        factory: Any = self.reactor.tcpServers[listener][1]
        face = factory.buildProtocol(None)
        here, there = IPv4Address("TCP", "127.0.0.1", 9999), IPv4Address("TCP", "127.0.0.1", 50000)
        transport: Any = PeerTransport(here, there)  # type: ignore[no-untyped-call]
        face.makeConnection(transport)
        if said:
            face.dataReceived(said)
        self.reactor.pump([0.5, 0, 0])
        face.connectionLost()
        return str(transport.value(), errors="replace")

    def stop(self) -> list[str]:
        """Stop, and say when it has."""
        stopped: list[str] = []
        self.service.stopService().addCallback(lambda _: stopped.append("stopped"))
        self.reactor.pump([0.05] * 200)
        return stopped


def warnings(logged: list[LogEvent]) -> list[str]:
    """What is logged beyond the ordinary."""
    return [formatEvent(event) for event in logged if event["log_level"] > LogLevel.info]


def test_it_listens_on_loopback_and_stops(path: Path, logged: list[LogEvent]) -> None:
    """By default nobody but this machine comes in; a stopped daemon leaves the database to the next one."""
    house = House(path)
    house.start()
    assert [(port, interface) for port, _, _, interface in house.reactor.tcpServers] == [(9999, "127.0.0.1")]
    assert "chatd" in house.greeting()
    assert house.stop() == ["stopped"]
    assert warnings(logged) == []
    os.close(schema.lock(path))


def test_listeners_of_one_dialect(path: Path) -> None:
    """Where one is said, nothing else is spoken; beside it, one port takes all."""
    house = House(path, "--listen", "tcp:1", "--listen", "irc=tcp:2:interface=127.0.0.1", "--listen", "text=tcp:3")
    house.start()
    assert [(port, interface) for port, _, _, interface in house.reactor.tcpServers] == [
        (1, ""), (2, "127.0.0.1"), (3, ""),
    ]  # fmt: skip
    assert "Welcome" in house.greeting(0) or "chatd" in house.greeting(0)
    assert house.greeting(0, b"PASS :a b\r\nPING x\r\n").endswith("PONG chatd x\r\n")
    assert house.greeting(1) == ""
    assert house.greeting(1, b"PING x\r\n") == ":chatd PONG chatd x\r\n"
    assert house.greeting(1, b'{"do":"ping"}\r\n').startswith(":chatd 421 * ")
    assert "PONG" not in house.greeting(2, b"PASS x\r\nPING x\r\n")
    assert house.stop() == ["stopped"]


def test_a_listener_of_no_dialect(path: Path) -> None:
    """It is named before anything listens, and the database is not touched."""
    said = refused("--database", str(path), "--listen", "irk=tcp:2")
    assert said == "chatd: --listen: irk=tcp:2: there is no dialect irk. Did you mean irc? There are: text, json, irc."
    assert not path.exists()


@pytest.mark.parametrize(("cost", "warned"), [(4, True), (9, True), (10, False), (12, False)])
def test_a_weak_cost_is_said_loudly(path: Path, logged: list[LogEvent], cost: int, warned: bool) -> None:
    """A cost that is for tests only is never used in silence."""
    house = House(path, "--bcrypt-cost", str(cost))
    assert warnings(logged) == [f"bcrypt cost {cost} is WEAK: for tests only, never for real passwords"] * warned
    house.stop()


def test_a_reload(path: Path, tmp_path: Path, logged: list[LogEvent]) -> None:
    """SIGHUP takes what is in the file now, and where that is wrong says so and keeps what was."""
    file = tmp_path / "chatd.toml"
    file.write_text("name = 'Before'")
    house = House(path, "--config", str(file))
    house.start()
    assert "Before" in house.greeting()
    file.write_text("name = 'After'")
    house.service.reload()
    assert "After" in house.greeting()
    assert warnings(logged) == []
    for wrong in ("nome = 'x'", "name = 'Never'\nmotd = '/nowhere'"):
        file.write_text(wrong)
        house.service.reload()
        assert "After" in house.greeting()
    assert [said.startswith("the settings stay as they were: ") for said in warnings(logged)] == [True, True]
    house.stop()


def test_what_takes_a_restart_is_said(path: Path, tmp_path: Path, logged: list[LogEvent]) -> None:
    """Who changes where to listen and reloads is told that it waits for a restart."""
    file = tmp_path / "chatd.toml"
    file.write_text("")
    house = House(path, "--config", str(file))
    file.write_text("listen = ['tcp:1']")
    house.service.reload()
    assert warnings(logged) == ["listen and database change with a restart only"]
    house.stop()


def test_the_wall_clock() -> None:
    """It is in UTC milliseconds."""
    assert abs(house.wall_clock() - time.time() * 1000) < 1000
