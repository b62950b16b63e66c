"""
C{chatc}: the command line of the client.

  - Exit status 0: a good-bye, or every line was acknowledged.
  - 1: the server said no, or cannot be reached.
  - 2: the command line or the password file is not right; nothing was sent.
"""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, tzinfo
from getpass import getpass
from importlib import metadata
from pathlib import Path
from random import SystemRandom
from typing import Any, cast
from zoneinfo import ZoneInfo

import platformdirs
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, clientFromString
from twisted.internet.error import ReactorNotRunning
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.stdio import StandardIO
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.usage import Options, UsageError

from chatd.client.connection.service import Server
from chatd.client.filter import Filter
from chatd.client.keeping import Kept, folder_for
from chatd.client.talk import Talk
from chatd.client.terminal import OpenScreen, Terminal, Wish, open_prompt
from chatd.core.commands import Login, Register

log = Logger(namespace="chatd.client")

HOST = "127.0.0.1"
PORT = 9999
VARIABLE = "CHATC_PASSWORD"

_ADDRESS = re.compile(r"(?P<host>[^:/\s\[\]]+|\[(?P<six>[0-9A-Fa-f:.%\w]+)\])(?::(?P<port>\d{1,5}))?")


class CommandLine(Options):
    """The words after C{chatc}."""

    synopsis = "chatc [options] [HOST[:PORT] | endpoint]"
    longdesc = (
        f"Without an address it connects to {HOST}:{PORT}; tls:HOST:PORT and other Twisted endpoints do as well. "
        "Where standard input or output is no terminal, one line in is one message and one line out is one event. "
        f"The password, or a token, then comes from the variable {VARIABLE} or from a file. "
        "A login is kept on this machine, so that the next one needs no password, until /logout."
    )
    optParameters = [  # noqa: RUF012
        ["login", "l", None, "The name of your account."],
        ["room", "r", None, "The room to talk in; it is joined if need be."],
        ["password-file", "p", None, "A file with the password in its first line, which nobody else may read."],
    ]
    optFlags = [  # noqa: RUF012
        ["register", None, "Make the account."],
        ["no-remember", None, "Keep nothing of this login, and use nothing that was kept."],
        ["forget", None, "Forget what is kept of the login, or of all logins to that address, and exit."],
        ["json", "j", "Write events as JSON objects, one a line."],
        ["follow", "f", "Stay and listen when there is nothing more to say."],
    ]

    def parseArgs(self, address: str | None = None) -> None:
        """Take the address."""
        self["address"] = address

    def opt_version(self) -> None:
        """Show the version and exit."""
        print(f"chatc {metadata.version('chatd')}")
        sys.exit(0)

    @property
    def where(self) -> str:
        """The address as people write it."""
        return self["address"] or f"{HOST}:{PORT}"

    @property
    def server(self) -> str:
        """The address in one way of writing it: what a server's logins are kept under."""
        parts = _ADDRESS.fullmatch(self.where)
        return self.where if parts is None else f"{parts['host'].lower()}:{parts['port'] or PORT}"


def endpoint_of(reactor: Any, address: str | None) -> IStreamClientEndpoint:
    """
    The way to an address: C{HOST}, C{HOST:PORT}, C{[IPv6]:PORT}, or a Twisted client endpoint description.

    @raise UsageError: if it is none of these.
    """
    parts = _ADDRESS.fullmatch(address or HOST)
    if parts is not None:
        port = int(parts["port"] or PORT)
        if not 0 < port < 65536:
            raise UsageError(f"{address}: a port is from 1 to 65535.")
        return HostnameEndpoint(reactor, parts["six"] or parts["host"], port)
    try:
        return cast("IStreamClientEndpoint", clientFromString(reactor, address or ""))
    except (ValueError, TypeError, KeyError, OSError) as wrong:
        why = f"{address} is no address: {wrong}. Say HOST, HOST:PORT or, for example, tls:HOST:PORT."
        raise UsageError(why) from None


def password_of(path: str | None, environment: dict[str, str]) -> str | None:
    """
    The password for use without a person, if there is one.

    @raise UsageError: if the file cannot be read, or others can read it.
    """
    if path is None:
        return environment.get(VARIABLE)
    try:
        if Path(path).stat().st_mode & 0o077:
            raise UsageError(f"{path} can be read by others. chmod 600 {path} changes that.")
        return Path(path).read_text(encoding="utf-8").split("\n")[0]
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"The password file cannot be read: {wrong}.") from None


def entrance_of(options: CommandLine, password: str | None, kept: Kept) -> Login | Register:
    """
    How to be let in where nobody can be asked, or (with standard input at a terminal) only before it begins.

    @raise UsageError: if it is not said who it is, or nothing proves it.
    """
    name = options["login"]
    if name is None:
        raise UsageError("Say who you are with --login NAME: without a terminal nobody can be asked.")
    token = kept.token(name)
    if token and password is None and not options["register"]:
        return Login(name=name, token=token)
    if password is None and not sys.stdin.isatty():
        raise UsageError(f"There is no password. Set {VARIABLE}, or name a file that holds it with --password-file.")
    if password is None:
        password = getpass("Password: ")
    if options["register"]:
        return Register(name=name, password=password, remember=kept.remembers)
    return Login(name=name, password=password, remember=kept.wants(name))


def local_zone(environment: dict[str, str]) -> tzinfo:
    """The time zone of this machine, or UTC where that cannot be told."""
    try:
        if environment.get("TZ"):
            return ZoneInfo(environment["TZ"])
        with open("/etc/localtime", "rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, LookupError):
        return UTC


def main(argv: Sequence[str] | None = None) -> int:
    """The console script. The result is the exit status."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    try:
        options.parseOptions(sys.argv[1:] if argv is None else argv)  # type: ignore[no-untyped-call]
    except UsageError as wrong:
        _complain(f"{str(wrong).rstrip('.')}. chatc --help shows the options.")
        return 2
    try:
        kept = _kept(options)
        if options["forget"]:
            return _forget(options, kept)
        people = sys.stdin.isatty() and sys.stdout.isatty() and not options["json"]
        password = password_of(options["password-file"], dict(os.environ))
        return (_converse if people else _filter)(options, password, kept)
    except UsageError as wrong:
        _complain(str(wrong))
        return 2
    except KeyboardInterrupt:
        return 130


def _kept(options: CommandLine) -> Kept:
    if options["no-remember"]:
        return Kept()
    return Kept(folder_for(platformdirs.user_state_path("chatd"), options.server), _complain)


def _forget(options: CommandLine, kept: Kept) -> int:
    name = options["login"]
    names = kept.drop_all() if name is None else [name] if kept.drop(name) else []
    if names:
        print(f"Forgotten: {', '.join(names)} at {options.where}. Only /logout makes it worthless at the server, too.")
    else:
        print(f"No login{'' if name is None else f' of {name}'} at {options.where} is kept here.")
    return 0


def _converse(options: CommandLine, password: str | None, kept: Kept) -> int:
    try:
        from prompt_toolkit.patch_stdout import patch_stdout
    except ImportError:
        what = "The terminal needs prompt_toolkit: pip install 'chatd[client]' installs it."
        raise UsageError(f"{what} A filter works without: echo hello | chatc --login NAME.") from None
    from twisted.internet import asyncioreactor

    loop = asyncio.new_event_loop()
    asyncioreactor.install(loop)
    from twisted.internet import reactor

    server = Server(reactor, endpoint_of(reactor, options["address"]), SystemRandom(), kept)
    wish = Wish(options.where, options["login"], password, options["room"], bool(options["register"]))

    async def run() -> int:
        with patch_stdout(raw=True):
            screen: OpenScreen = open_prompt(loop)
            return await Terminal(server, Talk(local_zone(dict(os.environ)), colour=True), wish, screen).run()

    return _run(reactor, lambda: Deferred.fromCoroutine(run()))


def _filter(options: CommandLine, password: str | None, kept: Kept) -> int:
    entrance = entrance_of(options, password, kept)
    from twisted.internet import reactor

    server = Server(reactor, endpoint_of(reactor, options["address"]), SystemRandom(), kept)
    lines = Filter(
        cast("Any", reactor),
        lambda hear, report: server.enter(entrance, hear, report),
        Talk(local_zone(dict(os.environ)), colour=False),
        _complain,
        where=options.where,
        room=options["room"],
        raw=bool(options["json"]),
        follow=bool(options["follow"]),
    )

    def run() -> Deferred[int]:
        StandardIO(lines, reactor=cast("Any", reactor))
        return lines.finished

    try:
        return _run(reactor, run, lines.stop)
    finally:
        for descriptor in (0, 1):  # or whoever has the terminal after us finds it as Twisted wants it
            os.set_blocking(descriptor, True)


def _run(reactor: Any, begin: Callable[[], Deferred[int]], interrupt: Callable[[], None] | None = None) -> int:
    """Run the reactor until something is finished, or until a signal has it end."""
    status = [1]
    running: list[Deferred[None]] = []

    def finished(code: int) -> None:
        status[0] = code

    def end(result: Failure | None) -> None:
        if isinstance(result, Failure):
            log.failure("chatc has a fault", result)
        with suppress(ReactorNotRunning):  # a signal was first
            reactor.stop()

    def start() -> None:
        running.append(begin().addCallback(finished).addBoth(end))

    def stop() -> Deferred[None] | None:
        for each in running:
            if not each.called:
                (interrupt or each.cancel)()
            return each
        return None

    reactor.callWhenRunning(start)
    reactor.addSystemEventTrigger("before", "shutdown", stop)
    reactor.run()
    return status[0]


def _complain(why: str) -> None:
    print(f"chatc: {why}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
