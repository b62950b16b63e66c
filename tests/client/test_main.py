"""The command line of chatc: addresses, passwords, and sentences that say what to do."""

from pathlib import Path

import pytest
from twisted.internet.endpoints import HostnameEndpoint, UNIXClientEndpoint
from twisted.internet.testing import MemoryReactorClock
from twisted.python.usage import UsageError

from chatd.client.address import endpoint_of, in_clear, local_zone
from chatd.client.commandline import VARIABLE, Choice, CommandLine, choose, password_of
from chatd.client.keeping import Kept, folder_for
from chatd.client.main import entrance_of, main
from chatd.core.commands import Login, Register


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person who has set nothing; the file for settings would be this one."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "chatd").mkdir(parents=True)
    return tmp_path / "config" / "chatd" / "chatc.toml"


def chosen(*argv: str, **environment: str) -> Choice:
    """What is meant by a command line."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    options.parseOptions(argv)
    return choose(options, environment)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        (None, "127.0.0.1", 9999),
        ("chat.example.org", "chat.example.org", 9999),
        ("chat.example.org:7000", "chat.example.org", 7000),
        ("192.0.2.7:7000", "192.0.2.7", 7000),
        ("[2001:db8::7]", "2001:db8::7", 9999),
        ("[2001:db8::7]:7000", "2001:db8::7", 7000),
    ],
)
def test_addresses_as_people_write_them(address: str | None, host: str, port: int) -> None:
    """A host, with or without a port, IPv6 in brackets; by default the daemon on this machine."""
    endpoint = endpoint_of(MemoryReactorClock(), address)
    assert isinstance(endpoint, HostnameEndpoint)
    assert (endpoint._hostText, endpoint._port) == (host, port)


def test_endpoints_as_twisted_writes_them() -> None:
    """Everything else is an endpoint description."""
    reactor = MemoryReactorClock()
    assert isinstance(endpoint_of(reactor, "unix:/run/chatd.socket"), UNIXClientEndpoint)
    assert isinstance(endpoint_of(reactor, "tcp:192.0.2.7:7000"), object)
    assert not isinstance(endpoint_of(reactor, "tls:chat.example.org:7000"), HostnameEndpoint)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("chat.example.org:99999", "from 1 to 65535"),
        ("chat.example.org:0", "from 1 to 65535"),
        ("pigeon:loft:7", "Say HOST, HOST:PORT or"),
        ("tcp:", "Say HOST, HOST:PORT or"),
        ("", "127.0.0.1"),
        ("ssl:chat.example.org:9997", "is nobody's in particular.* Say tls:chat.example.org:9997"),
        ("SSL:host=chat.example.org:port=9997", "Say tls:HOST:PORT"),
        ("tls:chat.example.org:9997:timeout=5", "Say tls:HOST:PORT"),
        ("tls:a..b:9997", "is no name of a host"),
        ("tls:" + "x" * 64 + ":9997", "is no name of a host"),
    ],
)
def test_no_address(address: str, says: str) -> None:
    """What is no address is named, with what would be one."""
    if address == "":
        assert isinstance(endpoint_of(MemoryReactorClock(), address), HostnameEndpoint)
        return
    with pytest.raises(UsageError, match=says) as raised:
        endpoint_of(MemoryReactorClock(), address)
    assert address in str(raised.value)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("chat.example.org", "chat.example.org"),
        ("192.0.2.7:7000", "192.0.2.7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("127.0.0.1.example.org", "127.0.0.1.example.org"),
        ("tcp:chat.example.org:9999", "chat.example.org"),
        ("TCP:port=9999:host=192.0.2.7", "192.0.2.7"),
        (r"tcp:2001\:db8\:\:7:9999", "2001:db8::7"),
    ],
)
def test_a_line_that_others_can_read(address: str, host: str) -> None:
    """It is said before a password goes over it, with the way out."""
    told = in_clear(address)
    assert f"The line to {host} is not encrypted" in told
    assert "password" in told
    assert f"tls:{f'[{host}]' if ':' in host else host}:PORT" in told


@pytest.mark.parametrize(
    "address",
    [None, "", "localhost:1", "LOCALHOST", "127.0.0.1", "127.9.9.9:1", "[::1]:1", "tls:chat.example.org",
     "TLS:192.0.2.7:1", "unix:/run/chatd.socket", "tcp:localhost:9999", r"tcp:\:\:1:9999"],
)  # fmt: skip
def test_a_line_that_nobody_else_can_read(address: str | None) -> None:
    """On this machine, or encrypted: there is nothing to say."""
    assert in_clear(address) == ""


def test_the_password_comes_from_the_environment_or_from_a_private_file(tmp_path: Path) -> None:
    """Never from the command line; the file's first line counts, and it goes before the variable."""
    path = tmp_path / "password"
    path.write_text("correct horse \r\nnot this\n", encoding="utf-8")
    path.chmod(0o600)
    environment = {VARIABLE: "from the variable"}
    assert password_of(str(path), environment) == "correct horse "
    assert password_of(None, environment) == "from the variable"
    assert password_of(None, {}) is None


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """One reads the command that makes it private."""
    path = tmp_path / "password"
    path.write_text("correct horse\n", encoding="utf-8")
    path.chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600"):
        password_of(str(path), {})
    with pytest.raises(UsageError, match="cannot be read"):
        password_of(str(tmp_path / "nothing"), {})


@pytest.mark.parametrize(
    ("argv", "environment", "says"),
    [
        (["--bogus"], {}, "--bogus"),
        (["a", "b"], {}, "--help"),
        ([], {}, "--login NAME"),
        (["--login", "bot"], {}, f"Set {VARIABLE}"),
        (["--login", "bot", "--password-file", "/nonexistent"], {}, "/nonexistent"),
        (["--login", "bot", "chat:99999"], {VARIABLE: "x"}, "from 1 to 65535"),
        (["--login", "bot", "ssl:chat:9997"], {VARIABLE: "x"}, "Say tls:chat:9997"),
        (["--login", "bot", "chat.example.org"], {}, "The line to chat.example.org is not encrypted"),
    ],
)
def test_mistakes_end_with_status_2_and_the_way_out(
    argv: list[str],
    environment: dict[str, str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a script without a terminal nothing is asked; what is missing is said, and nothing was sent."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/nonexistent")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("chatc: ")
    assert says in err


@pytest.mark.parametrize(
    ("address", "server"),
    [
        (None, "127.0.0.1:9999"),
        ("127.0.0.1:9999", "127.0.0.1:9999"),
        ("Chat.Example.org", "chat.example.org:9999"),
        ("[2001:db8::7]:7000", "[2001:db8::7]:7000"),
        ("tls:Chat.example.org", "tls:chat.example.org:9999"),
        ("TLS:chat.example.org", "tls:chat.example.org:9999"),
        ("tls:chat.example.org:7000", "tls:chat.example.org:7000"),
    ],
)
def test_one_server_is_one_server(address: str | None, server: str) -> None:
    """A login is found again however the address is written, but never over another way to get there."""
    assert chosen(*([] if address is None else [address])).server == server


def test_forgetting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """--forget removes the login of one account, or all of an address, and connects to nobody."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    kept = Kept(folder_for(tmp_path / "chatd", "chat.example.org:9999"))
    for name in ("alice", "bob", "carol"):
        kept.keep(name, "x")
    assert main(["--forget", "--login", "alice", "chat.example.org"]) == 0
    assert main(["--forget", "--login", "alice", "chat.example.org"]) == 0
    assert main(["--forget", "Chat.Example.org:9999"]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("Forgotten: alice at chat.example.org. ")
    assert second == "No login of alice at chat.example.org is kept here."
    assert third.startswith("Forgotten: bob, carol at Chat.Example.org:9999. ")


def test_what_cannot_be_forgotten_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script that forgets learns that something is left; nothing in a file's name moves the cursor."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = folder_for(tmp_path / "chatd", "chat.example.org:9999")
    Kept(folder).keep("alice", "x")
    (folder / "bob\x1b[2J").mkdir()
    (folder / "carol%1B%5B2J").touch()
    assert main(["--forget", "chat.example.org"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("Forgotten: alice, carol?[2J at chat.example.org. ")
    assert "bob?[2J cannot be removed" in err
    assert main(["--forget", "--no-remember", "chat.example.org"]) == 1


def test_how_to_be_let_in_without_a_person(tmp_path: Path) -> None:
    """A password that is given goes first; without one the kept login serves, and one kept login is enough."""
    kept = Kept(tmp_path / "tokens" / "server")

    def entrance(*argv: str, password: str | None = None, kept: Kept = kept) -> Login | Register:
        return entrance_of(chosen("--login", "bot", *argv), password, kept)

    assert entrance(password="x") == Login(name="bot", password="x", remember=True)
    assert entrance("--register", password="x") == Register(name="bot", password="x", remember=True)
    assert entrance(password="x", kept=Kept()) == Login(name="bot", password="x")
    kept.keep("bot", "chatd_s_x")
    assert entrance() == Login(name="bot", token="chatd_s_x")
    assert entrance(password="x") == Login(name="bot", password="x")


def test_the_help_names_the_variable() -> None:
    """chatc --help says where a script puts the password."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    assert VARIABLE in str(options)
    assert "--password-file" in str(options)


def test_the_time_zone_is_this_machines() -> None:
    """Old lines have the times that one's own clock had."""
    assert str(local_zone({"TZ": "Europe/Berlin"})) == "Europe/Berlin"
    assert str(local_zone({"TZ": "Nowhere/Land"})) == "UTC"


def test_options_stand_before_or_after_the_address() -> None:
    """Whoever adds an option to the line before does not have to move the cursor."""
    first = chosen("-l", "bot", "--room", "ops", "--json", "chat.example.org")
    assert first == chosen("chat.example.org", "--json", "--room=ops", "-lbot")
    assert (first.where, first.login, first.room, first.json) == ("chat.example.org", "bot", "ops", True)


SETTINGS = """
default = "home"
bell = false

[servers.home]
address = "tls:chat.example.org:9997"
login = "alice"
room = "dev"
log = "~/chat.log"
trust = "%s"

[servers.work]
address = "192.0.2.7"
""" % ("ab" * 32)


def test_servers_have_names(nothing_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """chatc alone goes to the default server, chatc NAME to another; the command line goes before the settings."""
    nothing_set.write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("HOME", "/home/alice")
    home = chosen("--room", "ops")
    assert (home.where, home.title, home.login, home.room) == ("tls:chat.example.org:9997", "home", "alice", "ops")
    assert (str(home.log), home.bell, home.plain) == ("/home/alice/chat.log", False, False)
    assert home.trust is not None
    assert home.trust.startswith("SHA256:AB:AB:")
    work = chosen("work")
    assert (work.where, work.title, work.login, work.room) == ("192.0.2.7", "work", None, None)
    assert chosen("tls:other.example.org").title == "other.example.org"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("default = 'nowhere'", "nowhere is not among the servers"),
        ("[servers.home]\nadress = 'x'", "servers"),
        ("colour = 'blue'", "colour"),
        ("colour = ", "not right"),
    ],
)
def test_settings_that_are_wrong_are_named(nothing_set: Path, text: str, says: str) -> None:
    """With the file and the place in it."""
    nothing_set.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        chosen()
    with pytest.raises(UsageError, match="There is no"):
        chosen("--config", "/nonexistent.toml")


def test_how_it_is_to_look() -> None:
    """--no-colour, NO_COLOR, --plain, and a terminal that can do nothing."""
    assert chosen().colour
    assert not chosen("--no-colour").colour
    assert not chosen("--no-color").colour
    assert not chosen(NO_COLOR="1").colour
    assert chosen(NO_COLOR="").colour
    assert not chosen(TERM="xterm").plain
    assert chosen("--plain").plain
    assert chosen(TERM="dumb").plain


def test_a_fingerprint_that_is_none() -> None:
    """It is said before anything is sent."""
    with pytest.raises(UsageError, match="is no fingerprint"):
        chosen("--trust", "abc")
