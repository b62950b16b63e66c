"""The words after C{chatc}, and what is meant when they, or those after C{chatc-gui}, and the settings are one."""

import getopt
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
from twisted.python.usage import Options, UsageError

from chatd.client.address import HOST, PORT, one_way
from chatd.client.connection.trust import Trust, read_fingerprint
from chatd.client.keeping import Kept, folder_for
from chatd.client.settings import Named, Settings, read_settings

VARIABLE = "CHATC_PASSWORD"


class CommandLine(Options):
    """The words after C{chatc}."""

    synopsis = "chatc [options] [NAME | HOST[:PORT] | tls:HOST[:PORT] | endpoint]"
    longdesc = (
        f"Without an address it connects to the default server of chatc.toml, or to {HOST}:{PORT}. NAME is a server of "
        "chatc.toml; other Twisted endpoints do as well. "
        "Where standard input or output is no terminal, one line in is one message and one line out is one event. "
        f"The password, or a token, then comes from the variable {VARIABLE} or from a file. "
        "A login is kept on this machine, so that the next one needs no password, until /logout."
    )
    optParameters = [  # noqa: RUF012
        ["login", "l", None, "The name of your account."],
        ["room", "r", None, "The room to talk in; it is joined if need be."],
        ["password-file", "p", None, "A file with the password in its first line, which nobody else may read."],
        ["log", None, None, "A file to which everything that is said is added."],
        ["trust", None, None, "The fingerprint of a server whose certificate nobody vouches for."],
        ["config", None, None, "Another file than chatc.toml in the folder for settings."],
    ]
    optFlags = [  # noqa: RUF012
        ["register", None, "Make the account."],
        ["no-remember", None, "Keep nothing of this login, and use nothing that was kept."],
        ["forget", None, "Forget what is kept of the login, or of all logins to that address, and exit."],
        ["plain", None, "Plain lines, for screen readers."],
        ["no-colour", None, "No colours. The variable NO_COLOR says the same."],
        ["no-color", None, "The same as --no-colour."],
        ["json", "j", "Write events as JSON objects, one a line."],
        ["follow", "f", "Stay and listen when there is nothing more to say."],
    ]

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Take the words; options may stand before and after the address."""
        words = list(sys.argv[1:] if options is None else options)
        try:
            given, rest = getopt.gnu_getopt(words, self.shortOpt, self.longOpt)
        except getopt.error as wrong:
            raise UsageError(str(wrong)) from wrong
        ordered = [each if not value else f"{each}={value}" for each, value in given if each.startswith("--")]
        for short, value in (each for each in given if not each[0].startswith("--")):
            ordered += [short, value] if value else [short]
        super().parseOptions([*ordered, "--", *rest])  # type: ignore[no-untyped-call]

    def parseArgs(self, address: str | None = None) -> None:
        """Take the address."""
        self["address"] = address

    def opt_version(self) -> None:
        """Show the version and exit."""
        print(f"chatc {metadata.version('chatd')}")
        sys.exit(0)


class Choice(NamedTuple):
    """
    What is meant, by the command line and, where that says nothing, by the settings.

    @ivar where: The address as people write it.
    @ivar title: What the server is called on the screen.
    """

    where: str
    title: str
    login: str | None
    room: str | None
    password_file: str | None
    log: Path | None
    trust: str | None
    colour: bool
    bell: bool
    plain: bool
    remember: bool
    register: bool
    json: bool
    follow: bool

    @property
    def server(self) -> str:
        """The address in one way of writing it: what a server's logins are kept under."""
        return one_way(self.where)

    def trusted(self, complain: Callable[[str], None], address: str | None = None) -> Trust | None:
        """
        What is known of a server's certificate, if the line is an encrypted one; of another server than the one that
        is meant, without the fingerprint that was given.

        @raise UsageError: if it cannot be read.
        """
        server = self.server if address is None else one_way(address)
        if not server.startswith("tls:"):
            return None
        accepted = self.trust if server == self.server else None
        return Trust(platformdirs.user_state_path("chatd") / "known_servers", server, accepted, complain)

    def kept(self, complain: Callable[[str], None], address: str | None = None) -> Kept:
        """The logins that are kept of the server that is meant, or of another one; of none, if none is to be."""
        server = self.server if address is None else one_way(address)
        return Kept(folder_for(platformdirs.user_state_path("chatd"), server), complain) if self.remember else Kept()


def choose(options: Mapping[str, Any], environment: Mapping[str, str]) -> Choice:
    """
    What is meant.

    @param options: Those of C{chatc}, or of C{chatc-gui}, which has not all of them.
    @raise UsageError: if it makes no sense.
    """
    settings = _settings(options["config"])
    address = options["address"]
    named = settings.named(address) or Named(address or f"{HOST}:{PORT}")
    log = options.get("log") or named.log
    no_colour = options.get("no-colour") or options.get("no-color") or environment.get("NO_COLOR")
    is_called = address if address in settings.servers else settings.default if address is None else None
    return Choice(
        where=named.address,
        title=is_called or named.address.removeprefix("tls:"),
        login=options["login"] or named.login,
        room=options["room"] or named.room,
        password_file=options.get("password-file") or named.password_file,
        log=Path(log).expanduser() if log else None,
        trust=_fingerprint(options["trust"] or named.trust),
        colour=settings.colour and not no_colour,
        bell=settings.bell,
        plain=bool(settings.plain or options.get("plain") or environment.get("TERM") == "dumb"),
        remember=settings.remember and not options["no-remember"],
        register=bool(options["register"]),
        json=bool(options.get("json")),
        follow=bool(options.get("follow")),
    )


def _settings(given: str | None) -> Settings:
    if given:
        return read_settings(Path(given).expanduser(), must_exist=True)
    return read_settings(platformdirs.user_config_path("chatd") / "chatc.toml")


def _fingerprint(typed: str | None) -> str | None:
    if not typed:
        return None
    fingerprint = read_fingerprint(typed)
    if fingerprint is None:
        raise UsageError(f"{typed} is no fingerprint: SHA256: and 32 bytes in hexadecimal.")
    return fingerprint


def password_of(path: str | None, environment: Mapping[str, str]) -> str | None:
    """
    The password for use without a person, if there is one.

    @raise UsageError: if the file cannot be read, or others can read it.
    """
    if path is None:
        return environment.get(VARIABLE)
    try:
        file = Path(os.path.expanduser(path))
        if file.stat().st_mode & 0o077:
            raise UsageError(f"{path} can be read by others. chmod 600 {path} changes that.")
        return file.read_text(encoding="utf-8").split("\n")[0]
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"The password file cannot be read: {wrong}.") from None
