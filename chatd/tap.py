"""
C{twistd chatd}: the options, and how the parts become a daemon.

This is the only module that knows every part and the reactor.
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from ipaddress import ip_network
from pathlib import Path
from random import SystemRandom
from typing import Any, ClassVar, NoReturn
from zoneinfo import ZoneInfo

import platformdirs
from twisted.application.service import IService
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python import usage

import chatd
from chatd import config
from chatd.config import ConfigError, Settings
from chatd.control import ControlFactory, control_path, description
from chatd.core.session import Session
from chatd.dialects.dialect import Dialect
from chatd.dialects.irc.dialect import IrcDialect
from chatd.dialects.jsonl import JsonDialect
from chatd.dialects.text.dialect import Doorplate, TextDialect
from chatd.faces.factory import ChatFactory
from chatd.faces.listeners import Listener
from chatd.house import House, edition, wall_clock
from chatd.service import ChatService
from chatd.store import schema
from chatd.store.housekeeping import Housekeeping

log = Logger(namespace="chatd.tap")

DATABASE = "chatd.sqlite"


class Options(usage.Options):
    """The command line. Each option is also a key of the file that C{--config} names."""

    synopsis = "[options]"
    longdesc = "A chat and authentication daemon for telnet, IRC clients and programs with JSON lines, all on one port."
    optFlags: ClassVar = [
        ["plaintext-logins", None, "Take passwords over networks that are not encrypted."],
        ["guests", None, "Let people in who have no account, under a name that is nobody's."],
    ]
    optParameters: ClassVar = [
        ["config", None, None, "TOML file with any of these options as keys; options on the command line win."],
        ["database", None, None, "SQLite file. Default: $STATE_DIRECTORY, else this user's state directory."],
        ["name", None, None, "What the server calls itself."],
        ["motd", None, None, "File whose lines everyone sees after the login."],
        ["registration", None, None, "Who may make an account: open, invite or closed. Default: open."],
        ["bcrypt-cost", None, None, "How slow a password hash is. Default: 12."],
        ["autojoin", None, None, "The room that a new account enters. Default: lobby."],
        ["idle", None, None, "Seconds of silence after which a lost peer is dropped. Default: 150."],
    ]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["listen"] = []
        self["exempt"] = []

    def opt_listen(self, endpoint: str) -> None:
        """Where to listen; may be given again; irc= before it: IRC alone. Default: tcp:9999:interface=127.0.0.1"""
        self["listen"].append(endpoint)

    def opt_exempt(self, network: str) -> None:
        """Network without limits of rate and number, for a bridge or a load test; may be given again."""
        self["exempt"].append(network)

    def opt_version(self) -> NoReturn:
        """Print the version of chatd, and whether it is compiled, and end."""
        print(edition())
        raise SystemExit(0)

    def flags(self) -> dict[str, Any]:
        """
        What was given, by the file's keys.

        @raise ConfigError: where a number is none.
        """
        given = {key: value for key, value in self.items() if key != "config" and value not in (None, [], 0)}
        for flag in ("plaintext-logins", "guests"):
            if flag in given:
                given[flag] = True
        for key, number in (("bcrypt-cost", int), ("idle", float)):
            if key in given:
                try:
                    given[key] = number(given[key])
                except ValueError:
                    raise ConfigError(f"--{key} {given[key]}: that is not a number.") from None
        return given

    def settings(self) -> Settings:
        """
        The settings of the file and the flags together.

        @raise ConfigError: naming what is wrong.
        """
        path = self["config"]
        return config.load(Path(path) if path else None, self.flags())


def makeService(options: Options) -> IService:
    """Build the daemon. What cannot work ends the program here, with a sentence, before anything listens."""
    from twisted.internet import reactor

    # The reactor's clock must not jump when somebody sets the wall clock: timers would all fire, or none.
    setattr(reactor, "seconds", time.monotonic)  # noqa: B010
    try:
        settings = options.settings()
        settings.site()  # what is wrong there is to be said before the database is touched
        path = database_path(settings, os.environ)
        lock = schema.lock(path)
        version = schema.prepare(path, wall_clock())
        daemon = Daemon(reactor, options, settings, path, lock)
    except (ConfigError, schema.StoreError) as wrong:
        raise SystemExit(f"chatd: {wrong}") from None
    log.info("{edition}", edition=edition())
    log.info("database {path}, version {version}", path=str(path), version=version)
    return daemon.service


def database_path(settings: Settings, environment: Mapping[str, str]) -> Path:
    """Where the database is: as configured, else where the service manager says, else the user's own place."""
    if settings.database:
        return Path(settings.database).expanduser().absolute()
    state = environment.get("STATE_DIRECTORY", "").partition(":")[0]
    return (Path(state) if state else platformdirs.user_state_path("chatd")) / DATABASE


def local_zone() -> tzinfo:
    """The time zone of this machine, for whoever has set none."""
    name = os.environ.get("TZ", "").removeprefix(":")
    try:
        if name:
            return ZoneInfo(name)
        with open("/etc/localtime", "rb") as zone:
            return ZoneInfo.from_file(zone)
    except (OSError, ValueError, LookupError):
        return UTC


def die(status: int, reason: str) -> NoReturn:
    """End at once: what was acknowledged is on disk, and nothing more may be."""
    log.critical("chatd ends: {reason}", reason=reason)
    print(f"chatd: {reason}", file=sys.__stderr__, flush=True)  # twistd has made a log of sys.stderr
    os._exit(status)


class Daemon:
    """
    The parts, introduced to one another.

    @ivar service: What twistd runs.
    """

    def __init__(self, reactor: Any, options: Options, settings: Settings, path: Path, lock: int) -> None:
        self._reactor = reactor
        self._options = options
        self._lock = lock
        self._settings = settings
        self._begun = reactor.seconds()
        self._begun_at = wall_clock()
        self._wrong: str | None = None
        self._house = House(reactor, settings, path, self, die)
        self._zone = local_zone()
        self._factory = ChatFactory(
            reactor, wall_clock, self._house.limits, self._house.session, self._tongues(), SystemRandom()
        )
        self._listeners = [self._listener(each) for each in settings.listen]
        cleaning = Housekeeping(self._house.journal, wall_clock).clean
        self.service = ChatService(
            reactor, self._factory, [*self._listeners, *self._control(path)], self._house.journal, cleaning,
            self._reload, self._house.hub.stop, self._close, die, os.environ, os.getpid(),
        )  # fmt: skip
        self._use(settings)
        reactor.callWhenRunning(self._run)

    def _control(self, database: Path) -> list[Listener]:
        """The door for C{chatctl}. The database is ours, so a socket that is there already is of a daemon that died."""
        path = control_path(database)
        if path is None:
            log.warn("chatctl cannot reach this daemon: {path} is too long for a socket beside it", path=str(database))
            return []
        path.unlink(missing_ok=True)
        factory = ControlFactory(self._factory, self._house.operator)
        return [Listener(self._reactor, description(path), factory, announced=False)]

    def stats(self) -> dict[str, int | float | str]:
        """How the process does."""
        pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
        return {
            "connections": len(self._factory.faces),
            "uptime-seconds": round(self._reactor.seconds() - self._begun, 1),
            "memory-bytes": pages * os.sysconf("SC_PAGESIZE"),
            "database-bytes": os.stat(self._house.database.path).st_size,
            "version": chatd.__version__,
        }

    def reload(self) -> str | None:
        """Read the configuration again."""
        self.service.reload()
        return self._wrong

    def shutdown(self) -> None:
        """Stop, when who ordered it has the answer."""
        self._reactor.callLater(0, self._stop)

    def _listener(self, description: str) -> Listener:
        """A way in; with C{irc=} and the like before it, for one dialect alone."""
        tongue, endpoint = config.pinned(description)
        factory = self._factory if tongue is None else self._factory.pinned(tongue)
        return Listener(self._reactor, endpoint, factory, tongue=tongue)

    def _tongues(self) -> dict[str, Callable[[Session], Dialect]]:
        return {"text": self._text, "json": self._json, "irc": self._irc}

    def _text(self, session: Session) -> TextDialect:
        site = self._house.hub.site
        plate = Doorplate(
            name=site.name,
            people=len(self._house.hub.avatars),
            encrypted=session.peer.encrypted,
            registration=site.registration,
            shortest=site.limits.password_length,
            zone=self._zone,
        )
        return TextDialect(plate, site.limits.text_line)

    def _json(self, session: Session) -> JsonDialect:
        return JsonDialect(session.site.limits.json_line)

    def _irc(self, session: Session) -> IrcDialect:
        return IrcDialect(session, self._begun_at, f"chatd-{chatd.__version__}")

    def _run(self) -> None:
        """In the running reactor: threads, and signals, which twistd would turn into an exit status of its own."""
        self._house.start()
        # What is loaded by now stays: looking through it for garbage again and again would cost 30 ms each time.
        gc.collect()
        gc.freeze()
        # Nearly all that a line makes goes without the collector: looking every 700 objects took a tenth of the time.
        gc.set_threshold(20_000, 20, 10)
        # A thread that has found something waits so long at most for one that is busy. With 5 ms, Python's own, the
        # newest 50 lines took 18 ms at the 99th percentile with 1,000 lines/s coming in; so, 2.2.
        sys.setswitchinterval(0.0005)
        signal.signal(signal.SIGTERM, self._signalled)
        signal.signal(signal.SIGINT, self._signalled)
        signal.signal(signal.SIGHUP, self._signalled)
        retired = Deferred.fromCoroutine(self._house.accounts.retire_guests())
        retired.addErrback(lambda failure: log.failure("the guests of before could not be retired", failure=failure))
        offered = Deferred.fromCoroutine(self._offer_ownership())
        offered.addErrback(lambda failure: log.failure("no code for an owner could be made", failure=failure))

    async def _offer_ownership(self) -> None:
        """Where nobody owns the server, tell whoever reads its log how to."""
        code, hash = self._house.gate.make_code()
        if await self._house.accounts.owner_code(hash):
            log.info("nobody owns this server yet: log in and type /claim {code}", code=code)

    def _signalled(self, number: int, _: object) -> None:
        work = self.service.reload if number == signal.SIGHUP else self._stop
        self._reactor.callFromThread(work)

    def _stop(self) -> None:
        if self._reactor.running:
            self._reactor.stop()

    def _reload(self) -> None:
        try:
            self._use(self._options.settings())
        except ConfigError as wrong:
            self._wrong = str(wrong)
            log.error("the settings stay as they were: {reason}", reason=str(wrong))
        else:
            self._wrong = None

    def _use(self, settings: Settings) -> None:
        """Take what can change in a running daemon from the settings."""
        before = self._settings
        self._house.hub.site = settings.site(tuple(each.door for each in self._listeners if each.is_encrypted))
        self._settings = settings
        self._house.hashes.cost = settings.bcrypt_cost
        self._factory.exempt = tuple(ip_network(each) for each in settings.exempt)
        self._factory.idle = settings.idle
        if settings.bcrypt_cost < config.WEAK_COST:
            log.warn("bcrypt cost {cost} is WEAK: for tests only, never for real passwords", cost=settings.bcrypt_cost)
        if (before.listen, before.database) != (settings.listen, settings.database):
            log.warn("listen and database change with a restart only")

    def _close(self) -> None:
        self._house.close()
        os.close(self._lock)
