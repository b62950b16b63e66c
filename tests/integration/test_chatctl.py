"""What an operator does with chatctl is felt at once by those who are connected; and it works without a daemon too."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.chatctl import PROGRAM, Chatctl
from tests.integration.conftest import Connect, Telnet
from tests.integration.daemon import Daemon
from tests.integration.peers import PASSWORD, PATIENCE, Person, Program

pytestmark = pytest.mark.integration

ELSEWHERE = "127.0.0.9"

# Become another user and ask for something over a socket; write what comes back.
AS_ANOTHER = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
with socket.socket(socket.AF_UNIX) as peer:
    peer.settimeout(10)
    try:
        peer.connect(sys.argv[1])
    except PermissionError:
        print("not let near")
        raise SystemExit
    try:
        peer.sendall(b'{"do":"accounts"}\\n')
        while data := peer.recv(65536):
            sys.stdout.write(data.decode())
    except ConnectionError:
        pass
"""


@pytest.fixture
def chatctl(daemon: Daemon) -> Chatctl:
    """The operator's tool for the daemon's database; alone, it makes hashes as cheap as the daemon's."""
    cheap = daemon.place / "cheap.toml"
    cheap.write_text("bcrypt-cost = 4\n")
    return Chatctl(daemon.database, "--config", str(cheap))


def control(daemon: Daemon) -> Path:
    """The socket beside the database."""
    return Path(f"{daemon.database}.sock")


def last_words(program: Program) -> str:
    """The reason with which a session was ended, and that it was."""
    heard = program.hears()
    while "event" in heard and heard["event"] != "closed":
        heard = program.hears()
    with pytest.raises(ConnectionError):
        program.hears()
    return str(heard["why"])


def logs_in(person: Person, name: str) -> None:
    """Type name and password."""
    person.sees("register): ")
    person.types(name)
    person.sees("Password (nothing will show): ")
    person.types(PASSWORD)
    person.sees("Login successful!")


# With a daemon.


def test_accounts(daemon: Daemon, chatctl: Chatctl, connect: Connect) -> None:
    """Whoever is suspended goes at once, with the reason; whoever is promoted has the power at once."""
    daemon.start()
    assert chatctl.says("user", "add", "bob", given=f"{PASSWORD}\n") == "bob is an account now.\n"
    bob = connect().logs_in("bob")
    listed = chatctl.answers("user", "list", "bo")["accounts"]
    assert [(each["name"], each["role"], each["online"]) for each in listed] == [("bob", "member", True)]

    assert bob.asks("audit")["refused"] == "audit"
    assert chatctl.says("user", "role", "bob", "moderator", "--for", "1h").startswith(
        "bob has the role moderator until"
    )
    assert bob.asks("audit")["done"] == "audit"

    assert "cannot log in" in chatctl.says("user", "suspend", "bob", "sends", "advertisements")
    assert "sends advertisements" in last_words(bob)
    assert connect().asks("login", name="bob", password=PASSWORD)["code"] == "login-failed"
    assert chatctl.says("user", "restore", "bob") == "bob can log in again.\n"
    connect().logs_in("bob")
    assert chatctl.says("user", "rename-display", "bob", "Bob") == "The name is written Bob now.\n"

    # With a new password, the old one is worth nothing, nor are the tokens, and whoever is in is out.
    alice = connect().registers("alice")
    token = alice.asks("make-token", label="phone")
    tokens = chatctl.answers("token", "list", "alice")["tokens"]
    assert [(each["number"], each["label"]) for each in tokens] == [(token["number"], "phone")]
    assert connect().asks("resume", token=token["token"])["done"] == "resume"
    assert "(phone) is worth nothing" in chatctl.says("token", "revoke", "alice", str(token["number"]))
    assert connect().asks("resume", token=token["token"])["code"] == "login-failed"

    other = alice.asks("make-token", label="tablet")["token"]
    said = chatctl.says("user", "reset", "alice").splitlines()
    assert "logged out everywhere" in said[0]
    assert last_words(alice)
    assert connect().asks("resume", token=other)["code"] == "login-failed"
    assert connect().asks("login", name="alice", password=PASSWORD)["code"] == "login-failed"
    assert connect().asks("login", name="alice", password=said[1])["done"] == "login"


def test_rooms(daemon: Daemon, chatctl: Chatctl, connect: Connect) -> None:
    """A setting holds for the next line that is said; what is purged is gone."""
    daemon.start()
    alice, bob = connect().registers("alice"), connect().registers("bob")
    assert [each["room"] for each in chatctl.answers("room", "list")["rooms"]] == ["lobby"]
    for number in range(3):
        alice.asks("say", room="lobby", text=f"line {number}")
    chatctl.says("room", "set", "#lobby", "moderated", "on")
    assert "refused" in bob.asks("say", room="lobby", text="am I heard?")
    assert re.search(r"^key +on$", chatctl.says("room", "set", "lobby", "key", given="sesame\n"), re.MULTILINE)
    assert chatctl.answers("room", "purge", "lobby", "--older", "0s")["messages"] > 3
    assert [event for event in alice.whole_history("lobby") if event["event"] == "said"] == []


def test_bans(daemon: Daemon, chatctl: Chatctl, connect: Connect, cleanup: ExitStack) -> None:
    """Whoever comes from a banned address goes, reads why, and stays out until the ban is lifted."""
    daemon.options = []  # those from trusted addresses are not counted, but they are banned all the same
    daemon.start()
    connect().registers("alice")

    def elsewhere() -> Program:
        program = Program(daemon.port, ELSEWHERE)
        cleanup.callback(program.leaves)
        return program

    bob = elsewhere().registers("bob")
    assert ELSEWHERE in chatctl.says("ban", "add", ELSEWHERE, "--for", "2h", "floods", "the", "lobby")
    assert "floods the lobby" in last_words(bob)
    refused = elsewhere().asks("login", name="bob", password=PASSWORD)
    assert refused["code"] == "not-allowed"
    assert "floods the lobby" in refused["why"]
    connect().logs_in("alice")
    assert "floods the lobby" in chatctl.says("ban", "list")
    chatctl.says("ban", "lift", f"{ELSEWHERE}/32")
    bob = elsewhere().logs_in("bob")

    chatctl.says("ban", "add", "bob", "--mute", "--room", "lobby", "--for", "1h")
    assert bob.asks("say", room="lobby", text="am I heard?")["code"] == "not-allowed"
    chatctl.says("ban", "lift", "bob", "--mute", "--room", "lobby")
    assert bob.asks("say", room="lobby", text="am I heard?")["done"] == "say"


@pytest.mark.needs_program("telnet")
def test_the_server(daemon: Daemon, chatctl: Chatctl, telnet: Telnet, tmp_path: Path) -> None:
    """Everybody hears what is announced; the configuration is read again; a stop is a good one, and waited for."""
    motd = tmp_path / "motd.txt"
    motd.write_text("Mind the step.\n")
    daemon.configure(f'motd = "{motd}"\n')
    daemon.start()
    chatctl.says("user", "add", "alice", given=f"{PASSWORD}\n")
    alice = telnet()
    logs_in(alice, "alice")
    alice.sees("Mind the step.")
    assert chatctl.says("announce", "Tea", "is ready.") == "1 account heard it.\n"
    alice.sees("Tea is ready.")
    assert chatctl.answers("stats")["stats"]["accounts"] == 1
    assert chatctl.says("reload") == "The configuration was read again.\n"
    motd.unlink()
    assert chatctl.refuses("reload").startswith(f"The settings stay as they were: motd {motd}: No such file")
    acts = [each["act"] for each in chatctl.answers("audit", "--since", "1h")["entries"]]
    assert acts == ["reload", "reload", "announce", "add-account"]
    assert chatctl.says("shutdown") == "The daemon stops.\n"
    assert daemon.process.wait(1) == 0
    alice.sees("The server stops now.")


@pytest.mark.needs_program("telnet")
def test_invitations(daemon: Daemon, chatctl: Chatctl, telnet: Telnet) -> None:
    """Where one registers by invitation only, a code from chatctl lets one person in, and a revoked one nobody."""
    daemon.configure('registration = "invite"\n')
    daemon.start()
    code = chatctl.says("invite", "new", "for alice").splitlines()[1]
    other = chatctl.answers("invite", "new")
    labels = {each["label"] for each in chatctl.answers("invite", "list")["invitations"]}
    assert labels == {"", "for alice", "the first owner"}
    assert "worth nothing" in chatctl.says("invite", "revoke", str(other["number"]))

    alice = telnet()
    alice.sees("Username (or register, if you have an invitation): ")
    alice.types("register")
    alice.sees("sername")
    alice.types("alice")
    alice.sees("Invitation code: ")
    alice.types(code)
    alice.sees("Choose a password")
    alice.types(PASSWORD)
    alice.sees("Once more: ")
    alice.types(PASSWORD)
    alice.sees("Welcome")
    for used in (code, other["code"]):
        refused = Program(daemon.port).asks("register", name="bob", password=PASSWORD, invite=used)
        assert refused["code"] == "registration-closed"


@pytest.mark.needs_program("telnet")
def test_the_owner(daemon: Daemon, chatctl: Chatctl, telnet: Telnet, connect: Connect) -> None:
    """Who reads the log of the first start becomes the owner, once."""
    daemon.start()
    daemon.wait_for_log("/claim ")
    code = re.findall(r"/claim (\S+)", daemon.log())[-1]
    connect().registers("alice")
    alice = telnet()
    logs_in(alice, "alice")
    alice.types(f"/claim {code}")
    alice.sees("owner")
    assert chatctl.answers("user", "list")["accounts"][0]["role"] == "owner"
    assert "refused" in connect().registers("bob").asks("claim", code=code)


# Copies.


def test_backup_while_everybody_talks(daemon: Daemon, chatctl: Chatctl, connect: Connect, tmp_path: Path) -> None:
    """A copy that is made meanwhile is whole, and put back it holds what was said before it was begun."""
    daemon.start()
    alice = connect().registers("alice")
    for number in range(50):
        assert alice.asks("say", room="lobby", text=f"before {number}")["done"] == "say"
    stop = threading.Event()

    def talk() -> None:
        while not stop.is_set():
            alice.asks("say", room="lobby", text="meanwhile")

    talking = threading.Thread(target=talk)
    talking.start()
    copy = tmp_path / "copy.sqlite"
    try:
        assert "is a checked copy: 1 accounts, 1 rooms" in chatctl.says("backup", str(copy))
    finally:
        stop.set()
        talking.join()
    assert chatctl.answers("verify", str(copy))["messages"] >= 50
    assert "in use" in chatctl.refuses("restore", str(copy))
    alice.asks("say", room="lobby", text="after")
    daemon.stop()
    assert "What was there before is" in chatctl.says("restore", str(copy))
    daemon.start()
    said = [each["text"] for each in connect().logs_in("alice").whole_history("lobby") if each["event"] == "said"]
    assert said[:50] == [f"before {number}" for number in range(50)]
    assert "after" not in said


# Without a daemon.


def test_alone(daemon: Daemon, chatctl: Chatctl, connect: Connect) -> None:
    """What is done while no daemon runs holds when one does."""
    assert "There is no database" in chatctl.refuses("user", "list")
    password = chatctl.says("user", "add", "alice", "--generate").splitlines()[1]
    chatctl.says("user", "role", "@alice", "owner")
    assert "nothing is to be stopped" in chatctl.refuses("shutdown")
    assert not control(daemon).exists()
    daemon.start()
    alice = connect()
    assert alice.asks("login", name="alice", password=password)["done"] == "login"
    assert alice.asks("stats")["done"] == "stats"
    assert "/claim" not in daemon.log()


def test_with_the_reader_gone(chatctl: Chatctl) -> None:
    """C{chatctl ... | true} is no fault."""
    words = ["bash", "-c", '"$@" | true', "bash", PROGRAM, *chatctl.options, "limits"]
    assert subprocess.run(words, capture_output=True, text=True, timeout=20).stderr == ""


# The socket.


def test_the_socket(daemon: Daemon, chatctl: Chatctl, connect: Connect) -> None:
    """It is its owner's alone. One that a killed daemon left is in nobody's way; a stopped daemon leaves none."""
    daemon.start()
    assert stat.S_IMODE(control(daemon).stat().st_mode) == 0o600
    daemon.kill()
    assert control(daemon).exists()
    chatctl.says("user", "add", "alice", given=f"{PASSWORD}\n")
    daemon.start()
    assert chatctl.answers("user", "list")["accounts"][0]["online"] is False
    connect().logs_in("alice")
    daemon.send(signal.SIGTERM)
    daemon.require_stopped()
    assert not control(daemon).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user(daemon: Daemon, cleanup: ExitStack) -> None:
    """Nobody else comes near the socket; and where its mode was spoilt, the kernel still says who comes."""
    place = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="chatctl.")))
    place.chmod(0o755)
    daemon.database = place / "chat.sqlite"
    daemon.start()
    words = [sys.executable, "-c", AS_ANOTHER, str(control(daemon))]
    assert subprocess.run(words, capture_output=True, text=True, timeout=20).stdout == "not let near\n"
    control(daemon).chmod(0o666)
    told = subprocess.run(words, capture_output=True, text=True, timeout=20).stdout
    assert "Only the daemon's own user and root may control it." in told
    assert "accounts" not in told
    assert "alice" not in told


def test_a_place_that_is_too_deep(daemon: Daemon, tmp_path: Path) -> None:
    """A socket's name has an end; then the daemon says so, and chatctl too, and nothing is done twice at a time."""
    deep = tmp_path / ("deep" * 25)
    deep.mkdir(mode=0o700)
    daemon.database = deep / "chat.sqlite"
    daemon.start()
    assert "chatctl cannot reach this daemon" in daemon.log()
    assert "too long for a socket" in Chatctl(daemon.database).refuses("user", "list")


@pytest.mark.parametrize(
    ("answer", "number", "said"),
    [
        (b"SSH-2.0-nonsense\r\n", None, "what answers there is not chatd"),
        (b"", None, "The daemon went before it answered: the server closed the connection."),
        (None, signal.SIGINT, "It was broken off."),
    ],
)
def test_no_answer(chatctl: Chatctl, daemon: Daemon, answer: bytes | None, number: int | None, said: str) -> None:
    """What is no chatd is not taken for one; nobody takes silence for a yes; and Ctrl-C ends the waiting."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(control(daemon)))
        listening.listen()
        listening.settimeout(PATIENCE)
        with chatctl.begin("user", "list") as asking:
            peer, _ = listening.accept()
            with peer:
                assert peer.recv(100) == b'{"do":"accounts","ref":"1","pattern":"","after":""}\n'
                if answer is not None:
                    peer.sendall(answer)
                if number is not None:
                    asking.send_signal(number)
                    assert asking.wait(PATIENCE) == 1
            written, told = asking.communicate(timeout=PATIENCE)
    assert (asking.returncode, written, told.count("\n")) == (1, "", 1)
    assert said in told
