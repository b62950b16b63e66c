"""What an operator sees of a daemon: how it stops, reloads, refuses to start, and what it leaves on the disk."""

import signal
import socket
import sqlite3
import stat
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from chatd.house import edition
from tests.integration.conftest import TRUSTED, Connect
from tests.integration.daemon import HOST, STOPS_WITHIN, Daemon, free_port
from tests.integration.peers import Program

pytestmark = pytest.mark.integration

# Fd 3, and whose it is, as systemd hands over a socket: what is to be run becomes the process that was told of it.
TAKE_SOCKET = (
    "import os, sys\n"
    "os.dup2(int(sys.argv[1]), 3, inheritable=True)\n"
    "os.environ.update(LISTEN_FDS='1', LISTEN_FDNAMES='chatd.socket', LISTEN_PID=str(os.getpid()))\n"
    "os.execv(sys.argv[2], sys.argv[2:])\n"
)


def refusal_to_start(daemon: Daemon, *options: str) -> str:
    """What standard error says when the daemon does not start."""
    earlier = daemon.log()
    daemon.spawn("--listen", f"tcp:{daemon.port}:interface={HOST}", *options)
    status = daemon.process.wait(STOPS_WITHIN)
    told = daemon.complaints()
    assert status != 0, told
    assert "Traceback" not in told
    assert "chatd is ready" not in daemon.log().removeprefix(earlier)
    return told


def refuses(daemon: Daemon, *options: str) -> str:
    """The same, where that is one sentence."""
    told = refusal_to_start(daemon, *options)
    assert told.startswith("chatd: "), told
    assert told.count("\n") == 1, told
    return told.removesuffix("\n")


def greeting(port: int) -> str:
    """The first line that a person reads."""
    with socket.create_connection((HOST, port), timeout=5) as peer:
        return peer.recv(4096).decode(errors="replace")


# Starting.


def test_the_log_begins_with_which_chatd_and_which_database(daemon: Daemon) -> None:
    """Which is asked for first where something is wrong."""
    daemon.cost = None  # a weak one is said before anything else
    daemon.start()
    ours = [line.partition("] ")[2] for line in daemon.log().splitlines() if "[chatd." in line]
    assert ours[0] == edition()
    assert ours[1].startswith(f"database {daemon.database}, version ")


# Stopping.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_tells_everybody(daemon: Daemon, connect: Connect, number: signal.Signals) -> None:
    """Both signals end it well, and whoever is there reads that the server stops, on either face."""
    daemon.start()
    program = connect().registers("alice")
    person = socket.create_connection((HOST, daemon.port), timeout=10)
    person.recv(4096)
    began = time.monotonic()
    daemon.stop(number)
    assert time.monotonic() - began < STOPS_WITHIN
    assert program.answer()["code"] == "stopping"
    assert b"-- error: The server stops now. Come back in a minute. [stopping]" in person.recv(4096)
    person.close()


def test_stop_in_mid_traffic(daemon: Daemon, connect: Connect) -> None:
    """Whatever was acknowledged until the stop is there after the next start, in order and without a gap."""
    daemon.start()
    alice = connect().registers("alice")
    for number in range(200):
        alice.sends("say", room="lobby", text=f"line {number}")
    alice.answer()
    daemon.send(signal.SIGTERM)
    acknowledged = 1
    while alice.answer().get("done") == "say":
        acknowledged += 1
    alice.leaves()
    daemon.require_stopped()
    daemon.start()
    kept = [event for event in connect().logs_in("alice").whole_history("lobby") if event["event"] == "said"]
    assert acknowledged <= len(kept)
    assert [event["text"] for event in kept] == [f"line {number}" for number in range(len(kept))]


# Reloading.


def test_reload(daemon: Daemon, connect: Connect, tmp_path: Path) -> None:
    """SIGHUP changes name, message of the day and registration, and whoever is connected stays."""
    motd = tmp_path / "motd.txt"
    motd.write_text("Welcome to the old house.\n")
    daemon.configure(f'name = "Old Chat"\nmotd = "{motd}"\n')
    daemon.start()
    alice = connect().registers("alice")
    assert "Old Chat - " in greeting(daemon.port)
    motd.write_text("Mind the step.\n")
    daemon.configure(f'name = "New Chat"\nmotd = "{motd}"\nregistration = "closed"\n')
    daemon.send(signal.SIGHUP)
    daemon.wait_for_log("reloading")
    assert alice.asks("ping")["done"] == "ping"
    assert "New Chat - " in greeting(daemon.port)
    assert connect().asks("register", name="bob", password="plum harbour 77")["code"] == "registration-closed"
    assert connect().asks("login", name="alice", password="plum harbour 77")["motd"] == "Mind the step."


def test_reload_of_a_broken_file(daemon: Daemon, connect: Connect) -> None:
    """A broken file changes nothing: the log names the file, the key and what is allowed."""
    daemon.configure('name = "Old Chat"\n')
    daemon.start()
    alice = connect().registers("alice")
    daemon.configure('name = "New Chat"\nregistration = "perhaps"\n')
    daemon.send(signal.SIGHUP)
    daemon.wait_for_log(f"the settings stay as they were: {daemon.config}: key registration: ")
    daemon.wait_for_log("It can be open, invite or closed.")
    assert alice.asks("ping")["done"] == "ping"
    assert "Old Chat - " in greeting(daemon.port)


# Refusing to start.


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nmae = 'x'\n", "key nmae: there is no such key. Did you mean name?"),
        ("[limits]\ntext-lien = 1\n", "key limits.text-lien: there is no such key. Did you mean text-line?"),
        ("registration = 'perhaps'\n", "key registration: "),
        ("bcrypt-cost = 99\n", "key bcrypt-cost: "),
        ("name = \n", "line 1"),
        ("exempt = ['here']\n", "exempt: 'here'"),
        ("motd = '/there/is/none'\n", "motd /there/is/none: No such file or directory."),
    ],
)
def test_bad_file(daemon: Daemon, text: str, named: str) -> None:
    """The daemon does not start; one sentence names the file and the key, and no database was made."""
    daemon.options = []
    daemon.configure(text)
    daemon.cost = None
    told = refuses(daemon)
    assert named in told
    assert str(daemon.config) in told or "motd" in text
    assert not daemon.database.exists()


@pytest.mark.parametrize(
    ("flag", "value", "named"),
    [
        ("--bcrypt-cost", "many", "--bcrypt-cost many: that is not a number."),
        ("--registration", "perhaps", "--registration: "),
        ("--idle", "1", "--idle: "),
        ("--config", "/there/is/none.toml", "/there/is/none.toml: No such file or directory."),
    ],
)
def test_bad_flag(daemon: Daemon, flag: str, value: str, named: str) -> None:
    """A value that cannot be is named, with its flag."""
    daemon.cost = None
    assert named in refuses(daemon, flag, value)
    assert not daemon.database.exists()


def test_unknown_flag(daemon: Daemon) -> None:
    """A flag that does not exist is named."""
    refusal_to_start(daemon, "--lisen", "tcp:1")
    assert "option --lisen not recognized" in daemon.log()  # twistd says that on standard output
    assert not daemon.database.exists()


def test_second_daemon_on_the_same_database(daemon: Daemon, connect: Connect, cleanup: ExitStack) -> None:
    """The second one refuses, and the first one does not notice."""
    daemon.start()
    alice = connect().registers("alice")
    (daemon.place / "second").mkdir()
    second = Daemon(daemon.place / "second", *TRUSTED)
    second.database = daemon.database
    cleanup.callback(second.clean_up)
    assert refuses(second) == (
        f"chatd: The database {daemon.database} is in use by another daemon. Stop that one, or give another --database."
    )
    assert alice.asks("say", room="lobby", text="still here")["seq"] == 2


def test_corrupt_database(daemon: Daemon) -> None:
    """A file that is no database is refused by name, and not a byte of it changes."""
    daemon.database.write_bytes(b"This was a letter, not a database.\n" * 300)
    before = daemon.database.read_bytes()
    assert f"The database {daemon.database} cannot be used: file is not a database." in refuses(daemon)
    assert daemon.database.read_bytes() == before


def test_newer_database(daemon: Daemon) -> None:
    """A database of a later chatd is refused with both versions, and stays as it is."""
    daemon.start()
    daemon.stop()
    with closing(sqlite3.connect(daemon.database)) as file, file:
        file.execute("INSERT INTO schema_versions VALUES (999, 0)")
    before = daemon.database.read_bytes()
    assert f"The database {daemon.database} is of version 999, and this chatd knows" in refuses(daemon)
    assert daemon.database.read_bytes() == before


def test_foreign_database(daemon: Daemon) -> None:
    """Another program's database is refused, and stays as it is."""
    with closing(sqlite3.connect(daemon.database)) as file, file:
        file.execute("CREATE TABLE recipes (name TEXT)")
    before = daemon.database.read_bytes()
    assert f"The file {daemon.database} is a database of another program." in refuses(daemon)
    assert daemon.database.read_bytes() == before


def test_port_in_use(daemon: Daemon) -> None:
    """Where the port is taken the daemon ends, and says which."""
    with socket.create_server((HOST, daemon.port)):
        told = refuses(daemon)
    assert told.startswith(f"chatd: cannot listen on tcp:{daemon.port}:interface={HOST}: ")
    assert "Address already in use" in told


# On the disk.


def test_files_are_private(daemon: Daemon, connect: Connect) -> None:
    """Nobody else on the machine can read the database, its log, its lock, whatever the umask."""
    daemon.umask = "0000"
    daemon.start()
    connect().registers("alice")
    made = sorted(daemon.place.glob("chat.sqlite*"))
    assert [path.name.removeprefix("chat.sqlite") for path in made] == ["", "-shm", "-wal", ".lock", ".sock"]
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in made} == {each.name: "0o600" for each in made}


def test_full_disk(daemon: Daemon, connect: Connect) -> None:
    """With too little room on the disk nothing new is stored, and everybody can still come in and read."""
    daemon.configure("")
    daemon.start()
    alice = connect().registers("alice")
    alice.asks("say", room="lobby", text="before")
    alice.leaves()
    daemon.stop()
    daemon.configure("[limits]\nfree-disk = 1000000000000000\n")
    daemon.start()
    alice = connect().logs_in("alice")
    refused = alice.asks("say", room="lobby", text="during")
    assert refused["code"] == "storage-full"
    assert refused["why"].startswith("The server's disk is full")
    assert alice.asks("ping")["done"] == "ping"
    assert [event["text"] for event in alice.whole_history("lobby")[1:]] == ["before"]
    assert alice.asks("names", room="lobby")["names"] == ["alice"]
    alice.leaves()
    daemon.stop()
    daemon.configure("")
    daemon.start()
    assert connect().logs_in("alice").asks("say", room="lobby", text="after")["seq"] == 3


# Under a service manager.


def test_service_manager_is_told(daemon: Daemon, tmp_path: Path) -> None:
    """systemd learns when the daemon is ready, that it reloads, and that it stops."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        daemon.env["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        daemon.start()
        assert manager.recv(4096).decode() == f"READY=1\nSTATUS=listening on {HOST} {daemon.port}"
        daemon.send(signal.SIGHUP)
        assert manager.recv(4096).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
        assert manager.recv(4096) == b"READY=1"
        daemon.stop()
        assert manager.recv(4096) == b"STOPPING=1"


def test_signals_count_from_the_first_moment(daemon: Daemon, tmp_path: Path) -> None:
    """A service manager that says something as soon as the daemon is ready is heard: nothing dies of it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        daemon.env["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        daemon.spawn("--listen", f"tcp:{daemon.port}:interface={HOST}")
        assert manager.recv(4096).startswith(b"READY=1")
        daemon.send(signal.SIGHUP)
        assert manager.recv(4096).startswith(b"RELOADING=1")
        assert manager.recv(4096) == b"READY=1"
        daemon.stop()


def test_socket_activation(daemon: Daemon, cleanup: ExitStack) -> None:
    """With a socket from systemd, whoever connected before the daemon ran is greeted as soon as it does."""
    with socket.create_server((HOST, free_port())) as door:
        daemon.port = door.getsockname()[1]
        early = Program(daemon.port)
        cleanup.callback(early.leaves)
        early.sends("ping", ref="early")
        take = (sys.executable, "-c", TAKE_SOCKET, str(door.fileno()))
        daemon.spawn("--listen", "systemd:domain=INET:index=0", pass_fds=(door.fileno(),), wrapper=take)
        assert early.answer()["ref"] == "early"
        early.registers("alice").leaves()
        daemon.stop()
