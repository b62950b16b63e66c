"""
C{chatc}: the client for a terminal, and for the end of a pipe.

  - Exit status 0: a good-bye, or every line was acknowledged.
  - 1: the server said no, or cannot be reached.
  - 2: the command line, the settings or the password file is not right; nothing was sent.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from getpass import getpass
from importlib.util import find_spec
from random import SystemRandom
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.error import ReactorNotRunning
from twisted.internet.stdio import StandardIO
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.usage import UsageError

from chatd.client.address import endpoint_of, in_clear, local_zone
from chatd.client.commandline import VARIABLE, Choice, CommandLine, choose, password_of
from chatd.client.connection.service import Server
from chatd.client.filter import Filter
from chatd.client.keeping import Kept
from chatd.client.model.chat import Chat
from chatd.client.terminal.plain import PlainScreen
from chatd.client.terminal.screen import Screen
from chatd.client.terminal.transcript import Transcript
from chatd.client.terminal.tty import Terminal, columns
from chatd.client.terminal.visit import Visit, Wish
from chatd.core.commands import Login, Register
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.view import fit

log = Logger(namespace="chatd.client")

LAST_WORDS = 0.05


def entrance_of(choice: Choice, password: str | None, kept: Kept) -> Login | Register:
    """
    How to be let in where nobody can be asked, or (with standard input at a terminal) only before it begins.

    @raise UsageError: if it is not said who it is, or nothing proves it.
    """
    name = choice.login
    if name is None:
        raise UsageError("Say who you are with --login NAME: without a terminal nobody can be asked.")
    token = kept.token(name)
    if token and password is None and not choice.register:
        return Login(name=name, token=token)
    if password is None and not sys.stdin.isatty():
        raise UsageError(f"There is no password. Set {VARIABLE}, or name a file that holds it with --password-file.")
    if password is None:
        password = getpass("Password: ")
    if choice.register:
        return Register(name=name, password=password, remember=kept.remembers)
    return Login(name=name, password=password, remember=kept.wants(name))


def main(argv: Sequence[str] | None = None) -> int:
    """The console script. The result is the exit status."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    try:
        options.parseOptions(sys.argv[1:] if argv is None else argv)
    except UsageError as wrong:
        _complain(f"{str(wrong).rstrip('.')}. chatc --help shows the options.")
        return 2
    try:
        choice = choose(options, os.environ)
        if options["forget"]:
            return _forget(choice, options["login"])
        people = sys.stdin.isatty() and sys.stdout.isatty() and not choice.json
        password = password_of(choice.password_file, os.environ)
        return (_converse if people else _filter)(choice, password)
    except UsageError as wrong:
        _complain(str(wrong))
        return 2
    except KeyboardInterrupt:
        return 130


def _forget(choice: Choice, name: str | None) -> int:
    left: list[str] = []
    kept = choice._replace(remember=True).kept(left.append)
    names = kept.drop_all() if name is None else [name] if kept.drop(name) else []
    if names:
        told = fit(", ".join(names))
        print(f"Forgotten: {told} at {choice.where}. Only /logout makes it worthless at the server, too.")
    elif not left:
        print(f"No login{'' if name is None else f' of {name}'} at {choice.where} is kept here.")
    for why in left:
        _complain(why)
    return 1 if left else 0


def _converse(choice: Choice, password: str | None) -> int:
    """At a terminal: on the full screen, or in plain lines."""
    if choice.plain or find_spec("prompt_toolkit") is None:
        plain = PlainScreen(Terminal(), columns)
        from twisted.internet import reactor

        StandardIO(plain.protocol, reactor=cast("Any", reactor))
        screen: Screen = plain
    else:
        from twisted.internet import asyncioreactor

        from chatd.client.terminal.full.desk import FullScreen

        loop = asyncio.new_event_loop()
        asyncioreactor.install(loop)
        from twisted.internet import reactor

        screen = FullScreen(loop, choice.title, colour=choice.colour, bell=choice.bell)
    try:
        visit = _visit(reactor, choice, password, screen)
        warning = in_clear(choice.where)
        if warning:
            screen.show(f"-- {warning}")
        return _run(reactor, lambda: Deferred.fromCoroutine(visit.run()))
    finally:
        _give_back()


def _visit(reactor: Any, choice: Choice, password: str | None, screen: Screen) -> Visit:
    def complain(why: str) -> None:
        screen.show(f"-- {why}")

    trust, zone = choice.trusted(complain), local_zone(dict(os.environ))
    endpoint = endpoint_of(reactor, choice.where, trust)
    server = Server(reactor, endpoint, SystemRandom(), choice.kept(complain))
    chat = Chat(server, reactor, lambda: int(time.time() * 1000), Scene(zone))
    wish = Wish(choice.where, choice.login, password, choice.room, choice.register)
    try:
        others = [Transcript(choice.log, zone, complain)] if choice.log is not None else []
    except OSError as wrong:
        why = f"{choice.log}: {wrong.strerror}" if wrong.strerror else str(wrong)
        raise UsageError(f"The log cannot be written: {why}. Name another file with --log.") from wrong
    return Visit(server, chat, wish, screen, others, trust)


def _filter(choice: Choice, password: str | None) -> int:
    """At the end of a pipe."""
    kept = choice.kept(_complain)
    warning = in_clear(choice.where)
    if warning:
        _complain(warning)
    entrance = entrance_of(choice, password, kept)
    from twisted.internet import reactor

    endpoint = endpoint_of(reactor, choice.where, choice.trusted(_complain))
    server = Server(reactor, endpoint, SystemRandom(), kept)
    lines = Filter(
        cast("Any", reactor),
        lambda hear, report: server.enter(entrance, hear, report, whole=True),
        Scene(local_zone(dict(os.environ))),
        _complain,
        where=choice.where,
        room=choice.room,
        raw=choice.json,
        follow=choice.follow,
    )

    def run() -> Deferred[int]:
        StandardIO(lines, reactor=cast("Any", reactor))
        return lines.finished

    try:
        return _run(reactor, run, lines.stop)
    finally:
        _give_back()


def _give_back() -> None:
    """Or whoever has the terminal after us finds it as Twisted wants it."""
    for descriptor in (0, 1):
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
            _complain(f"a fault of chatc's own: {result.getErrorMessage()}")
        with suppress(ReactorNotRunning):  # a signal was first
            reactor.stop()

    def write_out(result: Failure | None) -> Deferred[Failure | None]:
        """What is still to be written is written in the turns that follow."""
        return deferLater(reactor, LAST_WORDS, lambda: result)

    def start() -> None:
        running.append(begin().addCallback(finished).addBoth(write_out).addBoth(end))

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
    print(f"chatc: {fit(why)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
