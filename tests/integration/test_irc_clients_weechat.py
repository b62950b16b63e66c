"""
WeeChat without a screen, as the IRC page says to set it up, beside people at telnet.

It reads what is typed from its pipe (its plugin C{fifo}), and what its buffers show from the files that it logs to.
"""

import re
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.conftest import Connect, Telnet
from tests.integration.daemon import HOST, LOOK_AGAIN, PATIENCE, Daemon, environment, free_port
from tests.integration.peers import Person
from tests.integration.test_first_visit import logs_in, registers
from tests.integration.test_irc_clients_irssi import PASSWORD, made
from tests.integration.test_tls import Door, own_certificate

pytestmark = [pytest.mark.integration, pytest.mark.needs_program("weechat-headless", "telnet")]

# What the page says, for an account that is called alice.
SET_UP = (
    "/server add chatd {server}",
    "/set irc.server.chatd.nicks alice",
    "/set irc.server.chatd.sasl_mechanism plain",
    "/set irc.server.chatd.sasl_username alice",
    "/secure set chatd {password}",
    '/set irc.server.chatd.sasl_password "${{sec.data.chatd}}"',
    "/set irc.server.chatd.autoconnect on",
    "/save",
    "/connect chatd",
)
# What WeeChat does against floods and at leisure, so that a test need not wait for it; and so that a test can read it.
HASTE = (
    "/set irc.server_default.anti_flood_prio_high 0",
    "/set irc.server_default.anti_flood_prio_low 0",
    "/set irc.server_default.autoreconnect_delay 1",
    "/set logger.file.flush_delay 0",
)


class WeeChat:
    """WeeChat without a screen, with a home of its own."""

    def __init__(self, place: Path) -> None:
        self._place = place
        command = ["weechat-headless", "--dir", str(place), *(word for each in HASTE for word in ("-r", each))]
        self._process = subprocess.Popen(
            command, env=environment(HOME=str(place), LC_ALL="C.UTF-8"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._pipe = place / f"weechat_fifo_{self._process.pid}"
        self._read_to: dict[str, int] = {}

    def enters(self, *lines: str, at: str = "core.weechat") -> None:
        """Type lines at a buffer: C{core.weechat}, C{irc.server.chatd}, or C{irc.chatd.#lobby}."""
        end = time.monotonic() + PATIENCE
        while not self._pipe.exists():
            assert time.monotonic() < end, "WeeChat has made no pipe (apt-get install weechat-plugins)"
            time.sleep(LOOK_AGAIN)
        with open(self._pipe, "w", encoding="utf-8") as pipe:
            pipe.writelines(f"{at} *{line}\n" for line in lines)

    def sees(self, at: str, *texts: str) -> None:
        """Wait until a buffer shows texts that it did not show before, in this order."""
        end = time.monotonic() + PATIENCE
        for text in texts:
            while (found := self.shows(at).find(text, self._read_to.get(at, 0))) < 0:
                assert time.monotonic() < end, f"{text!r} is not in what came after:\n{self._rest(at)}"
                time.sleep(LOOK_AGAIN)
            self._read_to[at] = found + len(text)

    def shows(self, at: str) -> str:
        """All that a buffer has shown, each line as C{PREFIX TEXT}."""
        log = self._place / "logs" / f"{at}.weechatlog"
        lines = log.read_text(encoding="utf-8").split("\n") if log.exists() else []
        return "\n".join(re.sub(r"^[^\t]*\t", "", line).replace("\t", " ") for line in lines)

    def leaves(self) -> None:
        """End it without ado."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def _rest(self, at: str) -> str:
        logs = {each.name: each.read_text(encoding="utf-8") for each in (self._place / "logs").glob("*")}
        return self.shows(at)[self._read_to.get(at, 0) :] + f"\n\nAll:\n{logs}"


SERVER, LOBBY, DEN = "irc.server.chatd", "irc.chatd.#lobby", "irc.chatd.#den"


@pytest.fixture
def port() -> int:
    """Where only IRC is spoken."""
    return free_port()


@pytest.fixture
def weechat(daemon: Daemon, port: int, tmp_path: Path, cleanup: ExitStack) -> WeeChat:
    """WeeChat beside a daemon that runs, and has a listener for IRC alone."""
    daemon.options += ["--listen", f"irc=tcp:{port}:interface={HOST}"]
    daemon.start()
    made = WeeChat(tmp_path / "alice")
    cleanup.callback(made.leaves)
    return made


@pytest.fixture
def bob(weechat: WeeChat, telnet: Telnet) -> Person:
    """Somebody at telnet."""
    person = telnet()
    registers(person, "bob")
    return person


@pytest.fixture
def alice(weechat: WeeChat, bob: Person, port: int, connect: Connect) -> WeeChat:
    """WeeChat, logged in as an account that was made elsewhere."""
    made(connect())
    weechat.enters(*(each.format(server=f"{HOST}/{port} -notls", password=PASSWORD) for each in SET_UP))
    weechat.sees(SERVER, "SASL authentication successful", "Welcome to the chatd Network, alice")
    weechat.sees(LOBBY, "has joined #lobby")
    return weechat


def test_talking_with_telnet(alice: WeeChat, bob: Person) -> None:
    """Both ways, once each; in a channel that WeeChat was put into unasked, and to one another."""
    bob.sees("** alice has joined the chat")
    alice.enters("hello from WeeChat ☃ 日本語", "/me waves", at=LOBBY)
    bob.sees("alice: hello from WeeChat ☃ 日本語")
    bob.sees("* alice waves")
    bob.types("hi alice 😀")
    bob.types("/me nods")
    alice.sees(LOBBY, "alice hello from WeeChat", "* alice waves", "bob hi alice 😀", "* bob nods")
    assert alice.shows(LOBBY).count("hello from WeeChat") == 1
    alice.enters("/topic Printers", "/msg bob psst", at=LOBBY)
    bob.sees("[alice -> you] psst")
    bob.types("/msg alice yes?")
    alice.sees("irc.chatd.bob", "bob yes?")


def test_two_at_once(alice: WeeChat, connect: Connect) -> None:
    """What one says elsewhere, WeeChat shows as said by oneself, and the other way round."""
    elsewhere = connect()
    elsewhere.asks("login", name="alice", password=PASSWORD)
    elsewhere.asks("say", room="lobby", text="from elsewhere")
    alice.sees(LOBBY, "alice from elsewhere")
    alice.enters("from here", at=LOBBY)
    while (heard := elsewhere.hears()).get("text") != "from here":
        pass
    assert heard["own"] is True


def test_what_was_said_before(alice: WeeChat, bob: Person) -> None:
    """Is shown to who comes in, once, between two words."""
    bob.types("/join #den")
    bob.sees("** bob has joined #den")
    for typed in ("one", "/me sits down", "two"):
        bob.types(typed)
    bob.sees("* bob sits down")
    alice.enters("/join #den", at=SERVER)
    alice.sees(DEN, "What was said before you came, since 20", "bob one", "* bob sits down", "bob two", "That is all")
    alice.enters("/part #den", at=DEN)
    bob.sees("alice has left #den")
    bob.types("/me looks out")
    bob.sees("* bob looks out")
    alice.enters("/join #den", at=SERVER)
    alice.sees(DEN, "* bob looks out", "That is all")
    assert alice.shows(DEN).count("bob two") == 1


def test_moderation_and_being_away(alice: WeeChat, bob: Person) -> None:
    """Who is away is so for all; who is put out reads by whom and why; modes are settings."""
    alice.enters("/away lunch", at=SERVER)
    alice.sees(SERVER, "You have been marked as being away")
    bob.types("/names")
    bob.sees("alice (irc, away: lunch)")
    bob.types("/away dinner")
    bob.sees("-- You are away")
    alice.enters("/away", "/whois bob", "/join #den", at=SERVER)
    alice.sees(SERVER, "no longer marked as being away", "is away: dinner")
    alice.sees(DEN, "has joined #den")
    bob.types("/join #den")
    bob.sees("-- You are in #den")
    alice.enters("/mode +m", "/voice bob", "/ban mallory!*@*", "/kick bob too loud", at=DEN)
    alice.sees(DEN, "Mode #den [+m] by alice", "Mode #den [+v bob] by alice", "Mode #den [+b mallory!*@*] by alice")
    alice.sees(DEN, "alice has kicked bob (too loud)")
    bob.sees_within_line("** alice kicked you out of #den (too loud)")
    bob.types("/join #lobby")
    bob.types("/kick alice sorry")
    alice.sees(LOBBY, "bob has kicked alice (sorry)")


def test_the_daemon_dies(alice: WeeChat, daemon: Daemon, telnet: Telnet, connect: Connect) -> None:
    """WeeChat comes back by itself, is in its channels, and reads what was said meanwhile, also to it."""
    alice.enters("/join #den", at=SERVER)
    alice.sees(DEN, "has joined #den")
    daemon.kill()
    open_to_irc = [daemon.options.pop() for _ in range(2)]
    daemon.start()
    program = connect().logs_in("bob")
    program.asks("say", room="lobby", text="you missed this")
    program.asks("msg", to="alice", text="and this")
    daemon.stop()
    daemon.options += reversed(open_to_irc)
    daemon.start()
    bob = telnet()
    logs_in(bob, "bob")
    alice.sees(LOBBY, "has joined #lobby", "What was said before you came", "bob you missed this", "That is all")
    alice.sees("irc.chatd.bob", "bob and this")
    alice.sees(DEN, "has joined #den")
    alice.enters("I have read it", at=LOBBY)
    bob.sees("alice: I have read it")


def test_without_sasl(weechat: WeeChat, bob: Person, port: int) -> None:
    """Who is nobody reads what to do, whatever is tried, and makes an account by that."""
    weechat.enters(f"/server add chatd {HOST}/{port} -notls -nicks=alice", "/connect chatd")
    weechat.sees(
        SERVER, "Nobody can talk here without an account. Log in with /msg NickServ IDENTIFY NAME PASSWORD, or"
    )
    weechat.enters("/join #lobby", "/list", at=SERVER)
    weechat.sees(SERVER, "Log in with", "Log in with")
    weechat.enters(f"/msg NickServ REGISTER {PASSWORD}", at=SERVER)
    bob.sees("** alice has joined #lobby")
    weechat.sees(SERVER, "You are now logged in as alice")
    weechat.sees(LOBBY, "has joined #lobby")
    weechat.enters("/nick alicia", at=SERVER)
    weechat.sees(SERVER, "A logged-in account's name is its nick.")
    assert PASSWORD not in weechat.shows(SERVER)


def test_a_certificate_of_ones_own(weechat: WeeChat, daemon: Daemon, connect: Connect, tmp_path: Path) -> None:
    """Once it is added to the account, as the page says, WeeChat logs in with it, and needs no password any more."""
    made(connect())
    daemon.stop()
    door = Door(tmp_path)
    daemon.options += ["--listen", f"irc={door.endpoint}"]
    daemon.start()
    own = tmp_path / "own.pem"
    fingerprint = own_certificate(own)
    weechat.enters(
        SET_UP[0].format(server=f"{HOST}/{door.port} -ssl -ssl_verify=off -autoconnect"),
        f"/set irc.server.chatd.ssl_cert {own}",
        *(each.format(password=PASSWORD) for each in SET_UP[1:]),
    )
    weechat.sees(SERVER, "Welcome to the chatd Network, alice")
    weechat.enters("/msg NickServ CERT ADD my laptop", at=SERVER)
    weechat.sees(SERVER, f"Certificate 1 logs you in from now on, with SASL EXTERNAL: {fingerprint}")
    weechat.enters("/set irc.server.chatd.sasl_mechanism external", "/unset irc.server.chatd.sasl_password")
    weechat.enters("/save", "/reconnect chatd", at=SERVER)
    weechat.sees(SERVER, "SASL authentication successful", "Welcome to the chatd Network, alice")
