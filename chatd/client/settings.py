"""
What a person has set for good: servers by name, and how things are to look.

The file is C{chatc.toml} in the platform's folder for settings, such as C{~/.config/chatd/}::

    default = "home"

    [servers.home]
    address = "tls:chat.example.org:9997"
    login = "alice"
"""

import tomllib
from pathlib import Path

import msgspec
from twisted.python.usage import UsageError


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """
    A server that has a name.

    @ivar address: As on the command line.
    @ivar log: A file in which everything that is said is written down.
    @ivar trust: The fingerprint of its certificate, if nobody vouches for it.
    """

    address: str
    login: str | None = None
    room: str | None = None
    log: str | None = None
    password_file: str | None = None
    trust: str | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """
    All of it.

    @ivar default: The name of the server to which one goes without saying which.
    @ivar bell: Whether the terminal rings for what is meant for oneself.
    @ivar plain: Whether to write plain lines, for a screen reader.
    @ivar remember: Whether logins are kept.
    """

    default: str | None = None
    colour: bool = True
    bell: bool = True
    plain: bool = False
    remember: bool = True
    servers: dict[str, Named] = msgspec.field(default_factory=dict)

    def named(self, name: str | None) -> Named | None:
        """
        The server of a name, or the default one.

        @raise UsageError: if the default one is not there.
        """
        if name is not None:
            return self.servers.get(name)
        if self.default is not None and self.default not in self.servers:
            raise UsageError(f"The default server {self.default} is not among the servers of chatc.toml.")
        return None if self.default is None else self.servers[self.default]


def read_settings(path: Path, must_exist: bool = False) -> Settings:
    """
    The settings of a file; those of nobody, if there is none.

    @raise UsageError: if they cannot be read, or make no sense; with the place.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Settings)
    except FileNotFoundError as wrong:
        if must_exist:
            raise UsageError(f"There is no {path}.") from wrong
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as wrong:
        raise UsageError(f"{path} is not right: {wrong}.") from wrong
