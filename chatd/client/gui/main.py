"""
C{chatc-gui}: the client with a window.

  - Exit status 0: a good-bye.
  - 1: there is no Tk, or no display to draw on.
  - 2: the command line or the settings are not right.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from random import SystemRandom
from typing import Any

import platformdirs
from twisted.internet.error import ReactorNotRunning
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)
from twisted.python.usage import Options, UsageError

from chatd.client.address import HOST, PORT, endpoint_of, local_zone, one_way
from chatd.client.connection.service import Server
from chatd.client.connection.trust import Trust, read_fingerprint
from chatd.client.keeping import Kept, folder_for
from chatd.client.model.chat import Chat
from chatd.client.settings import Named, Settings, read_settings
from chatd.dialects.text.scene import Scene

NO_TK = (
    "this Python has no Tk. Install it, on Debian or Ubuntu with apt-get install python3-tk, on Fedora with dnf "
    "install python3-tkinter; chatc does without."
)
NO_DISPLAY = "there is no display to draw on ({why}); chatc does without."
_OFTEN = 20


class CommandLine(Options):
    """The words after C{chatc-gui}."""

    synopsis = "chatc-gui [options] [NAME | HOST[:PORT] | tls:HOST[:PORT] | endpoint]"
    longdesc = (
        f"A window to chat in. Without an address it connects to the default server of chatc.toml, or to "
        f"{HOST}:{PORT}. NAME is a server of chatc.toml. With a login that is kept on this machine no password "
        "is asked for."
    )
    optParameters = [  # noqa: RUF012
        ["login", "l", None, "The name of your account."],
        ["room", "r", None, "The room to look at first; it is joined if need be."],
        ["scale", "s", None, "How large everything is to be, in percent, beyond what the screen asks for."],
        ["trust", None, None, "The fingerprint of a server whose certificate nobody vouches for."],
        ["config", None, None, "Another file than chatc.toml in the folder for settings."],
    ]
    optFlags = [  # noqa: RUF012
        ["register", None, "Begin with the form that makes an account."],
        ["no-remember", None, "Keep nothing of this login, and use nothing that was kept."],
    ]

    def parseArgs(self, address: str | None = None) -> None:
        """Take the address."""
        self["address"] = address

    def opt_version(self) -> None:
        """Show the version and exit."""
        print(f"chatc-gui {metadata.version('chatd')}")
        sys.exit(0)


class Choice:
    """What is meant, by the command line and, where that says nothing, by the settings."""

    def __init__(self, options: Mapping[str, Any], settings: Settings) -> None:
        """
        @raise UsageError: if it makes no sense.
        """
        address = options["address"]
        named = settings.named(address) or Named(address or f"{HOST}:{PORT}")
        is_called = address if address in settings.servers else settings.default if address is None else None
        self.server = named.address
        self.title = is_called or named.address
        self.login = options["login"] or named.login or ""
        self.room = options["room"] or named.room
        self.register = bool(options["register"])
        self.remember = settings.remember and not options["no-remember"]
        self.bell = settings.bell
        self.percent = _percent(options["scale"])
        self.fingerprint = _fingerprint(options["trust"] or named.trust)


def _percent(typed: str | None) -> int:
    digits = "100" if typed is None else typed.removesuffix("%")
    if not digits.isdecimal() or not 50 <= int(digits) <= 400:
        raise UsageError(f"--scale {typed}: a number from 50 to 400.")
    return int(digits)


def _fingerprint(typed: str | None) -> str | None:
    fingerprint = read_fingerprint(typed) if typed else None
    if typed and fingerprint is None:
        raise UsageError(f"{typed} is no fingerprint: SHA256: and 32 bytes in hexadecimal.")
    return fingerprint


def main(argv: Sequence[str] | None = None) -> int:
    """The console script. The result is the exit status."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    try:
        options.parseOptions(sys.argv[1:] if argv is None else argv)  # type: ignore[no-untyped-call]
        path, given = platformdirs.user_config_path("chatd") / "chatc.toml", options["config"]
        settings = read_settings(Path(given).expanduser(), must_exist=True) if given else read_settings(path)
        choice = Choice(options, settings)
    except UsageError as wrong:
        _complain(f"{str(wrong).rstrip('.')}. chatc-gui --help shows the options.")
        return 2
    try:
        import tkinter
    except ImportError:
        _complain(NO_TK)
        return 1
    try:
        root = tkinter.Tk(className="chatc-gui")
    except tkinter.TclError as wrong:
        _complain(NO_DISPLAY.format(why=str(wrong).rstrip(".")))
        return 1
    return _run(root, choice)


def _run(root: Any, choice: Choice) -> int:
    """Run the reactor, and Tk in it, until the person leaves."""
    from twisted.internet import reactor, tksupport

    from chatd.client.gui.look import Look
    from chatd.client.gui.program import Program, Wish

    core: Any = reactor
    log_problems()
    wish = Wish(
        choice.server, choice.title, choice.login, choice.room, choice.register, choice.remember, choice.bell
    )  # fmt: skip
    state = platformdirs.user_state_path("chatd")

    def has_kept(server: str, name: str) -> bool:
        return choice.remember and bool(Kept(folder_for(state, one_way(server))).token(name))

    look = Look(root, choice.percent)
    program = Program(core, root, look, _way(core, choice, state), wish, has_kept)
    root.report_callback_exception = program.report

    def end(result: object) -> None:
        with suppress(ReactorNotRunning):  # a signal was first
            core.stop()

    def draw_no_more() -> None:
        tksupport.uninstall()
        root.destroy()

    tksupport.install(root, _OFTEN)
    program.over.addCallback(end)
    core.callWhenRunning(program.begin)
    core.addSystemEventTrigger("before", "shutdown", program.stop)
    core.addSystemEventTrigger("after", "shutdown", draw_no_more)
    core.run()
    return 0


def _way(reactor: Any, choice: Choice, state: Path) -> Any:
    from chatd.client.gui.entering import Way

    def server(address: str, remember: bool) -> tuple[Server, Trust | None]:
        where, trust = one_way(address), None
        if where.startswith("tls:"):
            theirs = choice.fingerprint if where == one_way(choice.server) else None  # not of another address
            trust = Trust(state / "known_servers", where, theirs)
        kept = Kept(folder_for(state, where), _complain) if remember and choice.remember else Kept()
        return Server(reactor, endpoint_of(reactor, address, trust), SystemRandom(), kept), trust

    def chat(server: Server) -> Chat:
        zone = local_zone(dict(os.environ))
        return Chat(server, reactor, lambda: int(time.time() * 1000), Scene(zone))

    return Way(server, chat)


def log_problems() -> None:
    """Say on standard error what goes wrong, and nothing else."""
    problems = LogLevelFilterPredicate(defaultLogLevel=LogLevel.error)
    observer = FilteringLogObserver(textFileLogObserver(sys.stderr), [problems])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)


def _complain(why: str) -> None:
    print(f"chatc-gui: {why}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
