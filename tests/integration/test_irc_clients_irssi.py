"""irssi, as the IRC page says to set it up, in a terminal that C{tmux} looks after, beside people at telnet."""

import hashlib
import re
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.conftest import Connect, Telnet
from tests.integration.daemon import HOST, LOOK_AGAIN, PATIENCE, Daemon, environment, free_port
from tests.integration.peers import Person, Program
from tests.integration.test_first_visit import logs_in, registers
from tests.integration.test_tls import Door, own_certificate
from tests.integration.tmux import Screen

pytestmark = [pytest.mark.integration, pytest.mark.needs_program("irssi", "tmux", "telnet")]

PASSWORD = "correct-horse-battery"
NETWORK = "/network add -nick alice -sasl_mechanism PLAIN -sasl_username alice -sasl_password {password} chatd"
# What irssi does against floods and at leisure, so that a test need not wait for it.
HASTE = ("/set cmd_queue_speed 10msec", "/set server_reconnect_time 1sec")


class Irssi(Screen):
    """irssi in a window of tmux, with a home of its own."""

    def __init__(self, place: Path) -> None:
        place.mkdir(exist_ok=True)
        env = environment(HOME=str(place), TERM="screen-256color", LC_ALL="C.UTF-8")
        super().__init__(place, f"irssi --home={place}/irssi", env, size=(120, 40))
        self.sees("[(status)]")
        self.enters(*HASTE)

    def goes_to(self, place: str) -> None:
        """
        Look at a channel, at a conversation or, with C{(status)}, at what the server says; again and again, until there
        is such a place.
        """
        end = time.monotonic() + PATIENCE
        while f"\n[{place}]" not in self.screen():
            assert time.monotonic() < end, f"there is no {place}:\n{self.screen()}"
            self.enters(f"/window goto {place}")
            time.sleep(LOOK_AGAIN)

    def adds(self, server: str, password: str = PASSWORD) -> None:
        """Set the network up, and connect."""
        self.enters(NETWORK.format(password=password), f"/server add -auto {server}", "/save", "/connect chatd")

    def screen(self, *options: str) -> str:
        """What stands on the screen, with the lines that irssi broke put together again."""
        return super().screen("-J", *options)


@pytest.fixture
def port() -> int:
    """Where only IRC is spoken."""
    return free_port()


@pytest.fixture
def irssi(daemon: Daemon, port: int, tmp_path: Path, cleanup: ExitStack) -> Irssi:
    """irssi beside a daemon that runs, and has a listener for IRC alone."""
    daemon.options += ["--listen", f"irc=tcp:{port}:interface={HOST}"]
    daemon.start()
    window = Irssi(tmp_path / "alice")
    cleanup.callback(window.close)
    return window


@pytest.fixture
def bob(irssi: Irssi, telnet: Telnet) -> Person:
    """Somebody at telnet."""
    person = telnet()
    registers(person, "bob")
    return person


@pytest.fixture
def alice(irssi: Irssi, bob: Person, port: int, connect: Connect) -> Irssi:
    """irssi, logged in as an account that was made elsewhere."""
    made(connect())
    irssi.adds(f"-network chatd {HOST} {port}")
    irssi.sees("SASL authentication succeeded")
    irssi.goes_to("#lobby")
    return irssi


def made(program: Program) -> None:
    """Make Alice's account."""
    done = program.asks("register", name="alice", password=PASSWORD)
    assert done.get("done") == "register", done
    program.leaves()


def test_talking_with_telnet(alice: Irssi, bob: Person) -> None:
    """Both ways, once each; in a channel that irssi was put into unasked, and to one another."""
    bob.sees("** alice has joined #lobby")
    alice.sees("[@bob] [ alice]")
    alice.enters("hello from irssi ☃ 日本語", "/me waves")
    bob.sees("alice: hello from irssi ☃ 日本語")
    bob.sees("* alice waves")
    bob.types("hi alice 😀")
    bob.types("/me nods")
    alice.sees("<@bob> hi alice 😀", "* bob nods")
    assert alice.screen().count("hello from irssi") == 1
    alice.enters("/topic Printers", "/msg bob psst")
    bob.sees("[alice -> you] psst")
    bob.types("/msg alice yes?")
    alice.goes_to("bob")
    alice.sees("<alice> psst", "<bob> yes?")


def test_what_was_said_before(alice: Irssi, bob: Person) -> None:
    """Is shown to who comes in, once, between two words."""
    bob.types("/join #den")
    bob.sees("** bob has joined #den")
    for typed in ("one", "/me sits down", "two"):
        bob.types(typed)
    bob.sees("* bob sits down")
    alice.enters("/join #den")
    alice.goes_to("#den")
    alice.sees("What was said before you came, since 20", "<@bob> one", "* bob sits down", "<@bob> two", "That is all")
    alice.enters("/part")
    bob.sees("alice has left #den")
    bob.types("/me looks out")
    bob.sees("* bob looks out")
    alice.enters("/join #den")
    alice.goes_to("#den")
    alice.sees("* bob looks out", "That is all")
    assert "<@bob> two" not in alice.screen()


def test_moderation_and_being_away(alice: Irssi, bob: Person) -> None:
    """Who is away is so for all; who is put out reads by whom and why; modes are settings."""
    alice.goes_to("(status)")
    alice.enters("/away lunch")
    alice.sees("You have been marked as being away")
    bob.types("/names")
    bob.sees("alice (irc, away: lunch)")
    bob.types("/away dinner")
    bob.sees("-- You are away")
    alice.enters("/away", "/whois bob")
    alice.sees("away     : dinner", "no longer marked as being away")
    alice.enters("/join #den")
    alice.goes_to("#den")
    alice.sees("[@alice]")
    bob.types("/join #den")
    bob.sees("-- You are in #den")
    alice.enters("/mode +m", "/voice bob", "/ban mallory!*@*", "/kick bob too loud")
    alice.sees("mode/#den [+m] by alice", "mode/#den [+v bob] by alice", "mode/#den [+b mallory!*@*] by alice")
    alice.sees("bob was kicked from #den by alice [too loud]")
    bob.sees_within_line("** alice kicked you out of #den (too loud)")
    alice.goes_to("#lobby")
    bob.types("/join #lobby")
    bob.types("/kick alice sorry")
    alice.sees("kicked from #lobby by bob [sorry]")


def test_the_daemon_dies(alice: Irssi, daemon: Daemon, telnet: Telnet, connect: Connect) -> None:
    """irssi comes back by itself, is in its channels, and reads what was said meanwhile, also to it."""
    alice.enters("/join #den")
    alice.goes_to("#den")
    alice.sees("[@alice]")
    alice.enters("still here")
    alice.sees("<@alice> still here")
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
    alice.goes_to("#lobby")
    alice.sees("bob> you missed this", "That is all that was said before you came.")
    alice.enters("I have read it")
    bob.sees("alice: I have read it")
    alice.goes_to("bob")
    alice.sees("<bob> and this")
    alice.goes_to("#den")
    alice.sees("[@alice]")
    assert alice.screen().count("<@alice> still here") == 1


def test_a_certificate_of_the_sites_own(irssi: Irssi, daemon: Daemon, connect: Connect, tmp_path: Path) -> None:
    """Is taken by its fingerprint, where it is not known otherwise; a token stands in the password's place."""
    program = connect().registers("alice")
    token = program.asks("make-token", label="irssi")["token"]
    daemon.stop()
    door = Door(tmp_path)
    daemon.options += ["--listen", f"irc={door.endpoint}"]
    daemon.start()
    with door.connect() as peer:
        digest = hashlib.sha256(peer.getpeercert(binary_form=True) or b"").hexdigest().upper()
    fingerprint = ":".join(re.findall("..", digest))
    irssi.adds(f"-tls -notls_verify -tls_pinned_cert {fingerprint} -network chatd {HOST} {door.port}", token)
    irssi.sees("SASL authentication succeeded", "Welcome to the chatd Network, alice")


def test_a_certificate_of_ones_own(irssi: Irssi, daemon: Daemon, connect: Connect, tmp_path: Path) -> None:
    """Once it is added to the account, as the page says, irssi logs in with it, and needs no password any more."""
    made(connect())
    daemon.stop()
    door = Door(tmp_path)
    daemon.options += ["--listen", f"irc={door.endpoint}"]
    daemon.start()
    own = tmp_path / "own.pem"
    fingerprint = own_certificate(own)
    irssi.adds(f"-tls -notls_verify -tls_cert {own} -network chatd {HOST} {door.port}")
    irssi.sees("Welcome to the chatd Network, alice")
    irssi.enters("/msg NickServ CERT ADD my laptop")
    irssi.goes_to("NickServ")
    irssi.sees("Certificate 1 logs you in from now on, with SASL EXTERNAL:", fingerprint)
    irssi.enters("/network add -sasl_mechanism EXTERNAL -sasl_username '' -sasl_password '' chatd", "/save")
    irssi.enters("/disconnect chatd", "/connect chatd")
    program = connect()
    program.asks("login", name="alice", password=PASSWORD)
    end = time.monotonic() + PATIENCE
    while (shown := program.asks("tokens")["tokens"][0])["used_at"] == shown["created_at"]:
        assert time.monotonic() < end, irssi.screen()
        time.sleep(LOOK_AGAIN)
    assert (shown["kind"], shown["fingerprint"]) == ("certificate", fingerprint)
    assert PASSWORD not in (tmp_path / "alice" / "irssi" / "config").read_text()


def test_without_sasl(irssi: Irssi, bob: Person, daemon: Daemon) -> None:
    """Who is nobody reads what to do, whatever is tried, and makes an account by that."""
    irssi.enters(f"/connect {HOST} {daemon.port}")
    irssi.sees("Nobody can talk here without an account. Log in with /msg NickServ IDENTIFY NAME PASSWORD, or make")
    irssi.enters("/nick alice", "/join #lobby", "/list")
    irssi.sees("#lobby Log in with", "LIST Log in with")
    irssi.enters("/msg NickServ REGISTER correct-horse-battery")
    bob.sees("** alice has joined #lobby")
    irssi.goes_to("#lobby")
    irssi.sees("[@bob] [ alice]")
    irssi.enters("/nick alicia")
    irssi.goes_to("(status)")
    irssi.sees("alicia A logged-in account's name is its nick.")
