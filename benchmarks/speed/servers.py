"""
The servers that are compared: each started on loopback with a temporary directory, and ended again.

Each is set up as whoever wants it fast would: no limits of rate and number, no look-ups of names and identities.
chatd keeps what it promises (every line committed and synced before anybody sees it); nobody else stores anything.
"""

import importlib.util
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import bcrypt

from tests.integration.daemon import HOST, Daemon, environment, free_port

ROOT = Path(__file__).parents[2]
PASSWORD = "a good long secret"
CHEAP = 4
EVERYBODY = "127.0.0.0/8"
PATIENCE = 60.0
LOOK_AGAIN = 0.005
MOST = 15_000
ROOMS = 100


class NotHere(Exception):
    """A server that cannot be measured on this machine; the text says what to install."""


class Server(ABC):
    """
    One of those that are compared.

    @cvar name: What the tables call it.
    @cvar face: The language that the load speaks with it.
    @cvar echoes: Whether it sends a line back to who said it.
    @cvar password: What the load proves itself with; nothing, where nobody asks.
    @cvar at_once: How many may be on their way in at once. InspIRCd lets people in once a second, chatd refuses logins
        that would wait for seconds.
    @cvar rooms: How many rooms it can have; 0 for as many as one likes.
    @ivar ready_after: Seconds from its start until it took a connection.
    """

    name: ClassVar[str]
    face: ClassVar[str] = "irc"
    echoes: ClassVar[bool] = False
    password: ClassVar[str] = ""
    at_once: ClassVar[int] = 16
    rooms: ClassVar[int] = 0

    def __init__(self, place: Path) -> None:
        self.place = place
        self.port = free_port()
        self.ready_after = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it, in the foreground; files that it needs are written here."""

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        words = self.command()
        begun = time.monotonic()
        with open(self.place / "log", "ab") as log:
            self._process = subprocess.Popen(
                words, cwd=self.place, env=self.surroundings(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._wait(begun)

    def surroundings(self) -> dict[str, str]:
        """Its environment."""
        return environment()

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE / 6)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _wait(self, begun: float) -> None:
        assert self._process is not None
        while True:
            with suppress(OSError), socket.create_connection((HOST, self.port), timeout=PATIENCE):
                self.ready_after = time.monotonic() - begun
                return
            if self._process.poll() is not None or time.monotonic() > begun + PATIENCE:
                raise RuntimeError(f"{self.name} does not start:\n{(self.place / 'log').read_text(errors='replace')}")
            time.sleep(LOOK_AGAIN)


class Chatd(Server):
    """
    This checkout, spoken to in JSON. Its accounts are imported into the database before it starts, as C{chatctl
    import} does it for an operator: making thousands of them over the network would measure something else.

    @cvar checkout: Whose code it is.
    @ivar accounts: How many it is to have.
    @ivar cost: bcrypt's.
    """

    name = "chatd"
    face = "json"
    echoes = True
    password = PASSWORD
    checkout: ClassVar[Path] = ROOT

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.accounts = 1000
        self.cost = CHEAP
        self._daemon = Daemon(place, "--exempt", EVERYBODY, "--autojoin", "")
        self._daemon.env["PYTHONPATH"] = str(self.checkout)
        self.port = self._daemon.port

    @property
    def database(self) -> Path:
        """Its file."""
        return self._daemon.database

    @property
    def pid(self) -> int:
        """Its process."""
        return self._daemon.process.pid

    def command(self) -> list[str]:
        """Not asked for."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the accounts, if there is no database yet."""
        if self.database.exists():
            return
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(self.cost)).decode()
        found = self.place / "htpasswd"
        found.write_text("".join(f"u{number:05d}:{hashed}\n" for number in range(self.accounts)))
        self.order("import", "--apply", str(found))

    def order(self, *words: str) -> None:
        """Have C{chatctl} do something, and wait for it."""
        chatctl = Path(sysconfig.get_path("scripts")) / "chatctl"
        subprocess.run(
            [chatctl, "--database", self.database, *words],
            env=self._daemon.env, cwd=self.place, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.prepare()
        self._daemon.cost = self.cost
        begun = time.monotonic()
        self._daemon.start()
        self.ready_after = time.monotonic() - begun

    def stop(self) -> None:
        """End it."""
        with suppress(AssertionError):
            self._daemon.stop()
        self._daemon.clean_up()


class ChatdBefore(Chatd):
    """Another checkout, such as the commit before a change, to measure what the change is worth."""

    name = "before"

    def start(self) -> None:
        """Start it, if there is one."""
        if self.checkout == Chatd.checkout:
            raise NotHere("--before DIRECTORY names another checkout")
        super().start()


class ChatdCompiled(Chatd):
    """This checkout, with what C{setup.py} can compile compiled, in a copy of it."""

    name = "chatd compiled"
    checkout = ROOT / "build" / "compiled"
    is_made: ClassVar[bool] = False

    def start(self) -> None:
        """Start it, if it can be compiled."""
        if not self.is_made:
            self._make()
        super().start()

    def _make(self) -> None:
        shutil.rmtree(self.checkout, ignore_errors=True)
        for package in ("chatd", "twisted"):
            shutil.copytree(ROOT / package, self.checkout / package, ignore=shutil.ignore_patterns("*.so"))
        for file in ("setup.py", "setup.cfg", "pyproject.toml", "README.md"):
            shutil.copy(ROOT / file, self.checkout)
        made = subprocess.run(
            [sys.executable, "setup.py", "build_ext", "--inplace"],
            env=environment(CHATD_COMPILE="1", PYTHONPATH=""), cwd=self.checkout, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            why = (made.stdout + made.stderr)[-500:]
            raise NotHere(f"pip install -e '.[test,compile]' and apt-get install gcc python3-dev: {why}")
        type(self).is_made = True


class ChatdText(Chatd):
    """The same, spoken to as people at a terminal do."""

    name = "chatd text"
    face = "text"
    echoes = False


class ChatdIrc(Chatd):
    """The same, spoken to as IRC clients do."""

    name = "chatd irc"
    face = "irc"
    echoes = False

    def start(self) -> None:
        """Start it, if it can speak IRC yet."""
        if importlib.util.find_spec("chatd.dialects.irc") is None:
            raise NotHere("this chatd does not speak IRC yet")
        super().start()


class Inspircd(Server):
    """InspIRCd, in C++: Debian's package."""

    name = "inspircd"
    at_once = 500

    def command(self) -> list[str]:
        """Its configuration, with everything that slows a client down turned off."""
        configuration = self.place / "inspircd.conf"
        configuration.write_text(f"""
<server name="irc.test" description="speed" network="test" id="001">
<admin name="x" nick="x" email="x@x">
<bind address="{HOST}" port="{self.port}" type="clients">
<connect name="main" allow="*" timeout="120" pingfreq="3600" fakelag="no" commandrate="1000000000" threshold="1000000"
 recvq="1048576" softsendq="104857600" hardsendq="104857600" localmax="{MOST}" globalmax="{MOST}" limit="{MOST}"
 maxconnwarn="no" resolvehostnames="no" useident="no" maxchans="1000">
<performance quietbursts="yes" softlimit="{MOST}" somaxconn="1024" netbuffersize="65534" clonesonconnect="no">
<options defaultmodes="n">
<pid file="{self.place}/inspircd.pid">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="{self.place}/inspircd.log">
""")
        return [program("inspircd"), "--nofork", "--runasroot", "--config", str(configuration)]


class Ngircd(Server):
    """ngIRCd, in C: Debian's package."""

    name = "ngircd"

    def command(self) -> list[str]:
        """Its configuration, with everything that slows a client down turned off."""
        configuration = self.place / "ngircd.conf"
        configuration.write_text(f"""
[Global]
Name = irc.test
Info = speed
AdminEMail = x@x
Listen = {HOST}
Ports = {self.port}
MotdPhrase = hello
PidFile =
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 600
[Options]
PAM = no
Ident = no
DNS = no
""")
        return [program("ngircd"), "--nodaemon", "--config", str(configuration)]


class Words(Server):
    """C{twistd words}: Twisted's own IRC server."""

    name = "words"
    password = PASSWORD

    def command(self) -> list[str]:
        """See L{benchmarks.speed.words}."""
        return [sys.executable, "-m", "benchmarks.speed.words", str(self.port), str(MOST), str(ROOMS), PASSWORD]


class Naive(Server):
    """Twisted, and C{sendLine} to each."""

    name = "naive"
    face = "plain"
    echoes = True
    rooms = 1

    def command(self) -> list[str]:
        """See L{benchmarks.speed.naive}."""
        return [sys.executable, "-m", "benchmarks.speed.naive", str(self.port)]


class Bare(Naive):
    """The least that a Twisted server can do: one send for each recipient and turn, and nothing else."""

    name = "bare"

    def command(self) -> list[str]:
        """See L{benchmarks.speed.bare}."""
        return [sys.executable, "-m", "benchmarks.speed.bare", str(self.port)]


class Seeds(Server):
    """The seeds' own design, line by line: a thread for each client, a blocking send per line and recipient."""

    name = "seeds"
    face = "plain"
    rooms = 1

    def command(self) -> list[str]:
        """See L{benchmarks.speed.threads}."""
        return [sys.executable, "-m", "benchmarks.speed.threads", str(self.port), "lines"]


class SeedsRaw(Seeds):
    """Seed 003 to the letter: what one C{recv} brought, however many lines, goes on in one send."""

    name = "seeds raw"

    def command(self) -> list[str]:
        """See L{benchmarks.speed.threads}."""
        return [sys.executable, "-m", "benchmarks.speed.threads", str(self.port), "raw"]


_SERVERS = (
    Chatd, ChatdCompiled, ChatdBefore, ChatdText, ChatdIrc, Inspircd, Ngircd, Words, Bare, Naive, Seeds, SeedsRaw,
)  # fmt: skip
SERVERS: dict[str, type[Server]] = {each.name: each for each in _SERVERS}


def program(name: str) -> str:
    """
    Where a program is.

    @raise NotHere: if it is nowhere.
    """
    found = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin")
    if found is None:
        raise NotHere(f"{name} is not installed: apt-get install {name}")
    return found
