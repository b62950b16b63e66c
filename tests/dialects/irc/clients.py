"""IRC clients for tests: each is a connection to a L{World}, and reads what it is sent as messages."""

from base64 import b64encode
from typing import NamedTuple

from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.dialects.irc.message import parse, unpacked
from chatd.testing import PASSWORD, Remote, World

SERVER = "My.Little.Server"
SITE = Site(name=SERVER, guests=True, autojoin="")


class Said(NamedTuple):
    """One message of the server's."""

    source: str
    command: str
    params: tuple[str, ...]
    tags: dict[str, str]
    line: str

    @property
    def nick(self) -> str:
        """Whose it is, without user and host."""
        return self.source.partition("!")[0]


class IrcClient:
    """
    One IRC client.

    @ivar remote: The other end of its connection.
    """

    def __init__(self, remote: Remote) -> None:
        self.remote = remote

    def sends(self, *lines: str | bytes) -> list[Said]:
        """Send lines, one after the other, and read what comes."""
        data = (line if isinstance(line, bytes) else line.encode() for line in lines)
        self.remote.gives(b"".join(line + b"\r\n" for line in data))
        return self.reads()

    def reads(self) -> list[Said]:
        """What has come since the last look."""
        return [_read(line) for line in self.lines()]

    def lines(self) -> list[str]:
        """The same as lines."""
        for _ in range(5):
            self.remote.turn()
        return self.remote.received().decode().split("\r\n")[:-1]

    def asks(self, *lines: str | bytes) -> list[str]:
        """Send lines, and read what comes as lines."""
        return [said.line for said in self.sends(*lines)]

    def one(self, line: str | bytes) -> Said:
        """Send a line that is answered with one message."""
        answers = self.sends(line)
        assert len(answers) == 1, answers
        return answers[0]

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed the connection."""
        return self.remote.is_closed


def world(site: Site = SITE, limits: Limits | None = None) -> World:
    """A chatd that IRC's tests expect: with guests, and with no room that everybody enters."""
    return World(site, limits)


def connected(world: World, address: str = "127.0.0.1", here: str = "127.0.0.1", certificate: str = "") -> IrcClient:
    """A connection that has said nothing, to a listener where only IRC is spoken."""
    return IrcClient(world.connect(address, here, "irc", certificate))


def guest(world: World, nick: str, *caps: str) -> IrcClient:
    """A guest who was welcomed, with capabilities."""
    client = connected(world)
    wanted = [f"CAP REQ :{' '.join(caps)}", "CAP END"] if caps else []
    client.sends(f"NICK {nick}" if not caps else "CAP LS 302", f"NICK {nick}", f"USER {nick} 0 * :{nick}", *wanted)
    return client


def account(world: World, name: str, *caps: str, password: str = PASSWORD) -> IrcClient:
    """An account, made if there is none, that came in with SASL."""
    if world.database.rows(f"SELECT 1 FROM accounts WHERE name_key = '{name.casefold()}'") == []:
        world.account(name, password)
    client = connected(world)
    client.sends(f"CAP REQ :{' '.join(('sasl', *caps))}", "AUTHENTICATE PLAIN", sasl(name, password))
    client.sends(f"NICK {name}", f"USER {name} 0 * :{name}", "CAP END")
    return client


def promote(world: World, name: str, role: str = "admin") -> None:
    """Make an account, if there is none, and give it a role on the site."""
    if world.database.rows(f"SELECT 1 FROM accounts WHERE name_key = '{name.casefold()}'") == []:
        world.account(name)
    number = world.database.rows(f"SELECT id FROM accounts WHERE name_key = '{name.casefold()}'")[0][0]
    world.database.run(f"INSERT INTO account_roles VALUES ({number}, '{role}', 'operator', 0, NULL)")


def sasl(name: str, password: str = PASSWORD) -> str:
    """The line with which PLAIN proves a name."""
    return "AUTHENTICATE " + b64encode(f"{name}\0{name}\0{password}".encode()).decode()


def commands(told: list[Said]) -> list[str]:
    """The commands and numerics of what was told, in order."""
    return [said.command for said in told]


def only(told: list[Said], command: str) -> list[Said]:
    """The messages of one command."""
    return [said for said in told if said.command == command]


def _read(line: str) -> Said:
    tags: dict[str, str] = {}
    rest = line
    if line.startswith("@"):
        data, _, rest = line[1:].partition(" ")
        tags = unpacked(data)
    message = parse(rest.encode())
    return Said(message.source, message.command, message.params, tags, line)
