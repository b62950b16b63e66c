"""
C{chatc-gui}: the client with a window.

  - Exit status 0: a good-bye.
  - 1: there is no Tk, or no display to draw on.
  - 2: the command line or the settings are not right.
"""

import os
import sys
import time
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from random import SystemRandom
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorNotRunning
from twisted.internet.threads import deferToThreadPool
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)
from twisted.python.usage import Options, UsageError

from chatd.client.address import HOST, PORT, endpoint_of, local_zone
from chatd.client.commandline import Choice, choose
from chatd.client.connection.service import Server
from chatd.client.connection.trust import Trust
from chatd.client.keeping import Kept
from chatd.client.model.chat import Chat
from chatd.client.model.words import clean
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


def percent_of(typed: str | None) -> int:
    """
    How large everything is to be.

    @raise UsageError: if that is no number, or too small or too large a one.
    """
    digits = "100" if typed is None else typed.removesuffix("%")
    if not digits.isdecimal() or not 50 <= int(digits) <= 400:
        raise UsageError(f"--scale {typed}: a number from 50 to 400.")
    return int(digits)


def main(argv: Sequence[str] | None = None) -> int:
    """The console script. The result is the exit status."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    try:
        options.parseOptions(sys.argv[1:] if argv is None else argv)  # type: ignore[no-untyped-call]
        choice, percent = choose(options, os.environ), percent_of(options["scale"])
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
    return _run(root, choice, percent)


def _run(root: Any, choice: Choice, percent: int) -> int:
    """Run the reactor, and Tk in it, until the person leaves."""
    from twisted.internet import reactor, tksupport

    from chatd.client.gui.look import Look
    from chatd.client.gui.program import Program, Wish

    core: Any = reactor
    log_problems()
    login = choice.login or ""
    wish = Wish(choice.where, choice.title, login, choice.room, choice.register, choice.remember, choice.bell)

    def has_kept(server: str, name: str) -> bool:
        return bool(choice.kept(_complain, server).token(name))

    look = Look(root, percent)

    def browse(link: str) -> Deferred[object]:
        opened: Deferred[object] = deferToThreadPool(core, core.getThreadPool(), webbrowser.open, link)
        return opened

    program = Program(core, root, look, _way(core, choice), wish, browse, has_kept)
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


def _way(reactor: Any, choice: Choice) -> Any:
    from chatd.client.gui.entering import Way

    def server(address: str, remember: bool) -> tuple[Server, Trust | None]:
        trust = choice.trusted(_complain, address)
        kept = choice.kept(_complain, address) if remember else Kept()
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
    print(f"chatc-gui: {clean(why)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
