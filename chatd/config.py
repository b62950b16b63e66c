"""
Settings from a file and from flags, as one typed value; every mistake is named.

Each flag is also a key of the file, and flags win.
"""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

import msgspec

from chatd.core import names
from chatd.core.errors import BadName, BadText
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Registration, Site

WEAK_COST = 10


class ConfigError(Exception):
    """Something that was configured makes no sense; the text is one sentence for the operator."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """
    What the operator decided.

    @ivar listen: Twisted endpoint descriptions.
    @ivar database: The database file; C{None} for the usual place.
    @ivar motd: A file whose lines everyone sees after the login.
    @ivar exempt: Networks for which no limits of rate and number hold.
    @ivar idle: Seconds of silence after which a peer that could answer a ping is dropped.
    """

    listen: tuple[str, ...] = ("tcp:9999:interface=127.0.0.1",)
    database: str | None = None
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "chatd"
    motd: str | None = None
    registration: Registration = "open"
    plaintext_logins: bool = False
    bcrypt_cost: Annotated[int, msgspec.Meta(ge=4, le=16)] = 12
    autojoin: str = "lobby"
    exempt: tuple[str, ...] = ()
    idle: Annotated[float, msgspec.Meta(ge=10)] = 150.0
    limits: Limits = Limits()

    def site(self, encrypted_doors: tuple[str, ...] = ()) -> Site:
        """
        What sessions may know of this.

        @raise ConfigError: if the file with the message of the day cannot be read.
        """
        return Site(
            name=self.name,
            motd=_motd(self.motd),
            registration=self.registration,
            autojoin=self.autojoin,
            plaintext_logins=self.plaintext_logins,
            encrypted_doors=encrypted_doors,
            limits=self.limits,
        )


_ALLOWED = {
    "listen": "a list of Twisted endpoint descriptions such as 'tcp:9999:interface=127.0.0.1'",
    "database": "the path of a file",
    "name": "1 to 64 characters on one line",
    "motd": "the path of a text file",
    "registration": "open, invite or closed",
    "plaintext-logins": "true or false",
    "bcrypt-cost": "a whole number from 4 to 16",
    "autojoin": "the name of a room, or '' for none",
    "exempt": "a list of networks such as '192.0.2.0/24'",
    "idle": "seconds, 10 or more",
    "limits": "a table of numbers",
}


def load(path: Path | None, flags: Mapping[str, Any]) -> Settings:
    """
    Read the file, if there is one, and let the flags win.

    @param flags: Values by key, as the file spells them.
    @raise ConfigError: naming the file or flag, the key, what is wrong and what is allowed.
    """
    from_file = _read(path) if path is not None else {}
    settings = _convert(from_file, f"{path}: key ")
    if flags:
        settings = _convert({**from_file, **flags}, "--")
    _require_sense(settings, lambda key: f"--{key}" if key in flags else f"{path}: key {key}")
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise ConfigError(f"{path}: {wrong.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the file is not UTF-8.") from None
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError(f"{path}: {wrong}.") from None


def _convert(values: Mapping[str, Any], where: str) -> Settings:
    _require_known(values, Settings, where)
    if isinstance(values.get("limits"), dict):
        _require_known(values["limits"], Limits, f"{where}limits.")
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as wrong:
        said, _, path = str(wrong).partition(" - at `$.")
        key = path.rstrip("`")
        allowed = _ALLOWED.get(key.partition("[")[0])
        expected = f" It can be {allowed}." if allowed else ""
        raise ConfigError(f"{where}{key}: {said.replace('`', '').lower()}.{expected}") from None


def _require_known(values: Mapping[str, Any], shape: type[msgspec.Struct], where: str) -> None:
    known = {field.encode_name for field in msgspec.structs.fields(shape)}
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise ConfigError(f"{where}{key}: there is no such key.{meant} There are: {', '.join(sorted(known))}.")


def _require_sense(settings: Settings, where: Callable[[str], str]) -> None:
    if not settings.listen:
        raise ConfigError(f"{where('listen')}: it is empty, so nobody could connect. It can be {_ALLOWED['listen']}.")
    try:
        names.text(settings.name)
    except BadText:
        raise ConfigError(f"{where('name')}: it cannot be shown. It can be {_ALLOWED['name']}.") from None
    for network in settings.exempt:
        try:
            ip_network(network)
        except ValueError as wrong:
            raise ConfigError(f"{where('exempt')}: {wrong}. It can be {_ALLOWED['exempt']}.") from None
    if settings.autojoin:
        try:
            names.room_name(settings.autojoin)
        except BadName as wrong:
            raise ConfigError(f"{where('autojoin')}: {wrong.why}") from None


def _motd(path: str | None) -> str:
    if path is None:
        return ""
    try:
        lines = Path(path).read_text(encoding="utf-8").split("\n")
    except OSError as wrong:
        raise ConfigError(f"motd {path}: {wrong.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"motd {path}: the file is not UTF-8.") from None
    return "\n".join(_motd_line(path, *each) for each in enumerate(lines, 1)).strip("\n")


def _motd_line(path: str, number: int, line: str) -> str:
    try:
        return names.label(line.rstrip("\r"))
    except BadText as wrong:
        raise ConfigError(f"motd {path}: line {number}: {wrong.why}") from None
