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
from chatd.core.settings.site import Gateway, Registration, Site, Sts

WEAK_COST = 10
TONGUES = ("text", "json", "irc")


class ConfigError(Exception):
    """Something that was configured makes no sense; the text is one sentence for the operator."""


class Webirc(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gateway that says with C{WEBIRC} where its people come from: its name, its password, where it connects from."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    networks: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class StsPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The port where IRC clients find TLS, and for how many seconds they are to take no other way in."""

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    duration: Annotated[int, msgspec.Meta(ge=0)] = 30 * 86400


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """
    What the operator decided.

    @ivar listen: Twisted endpoint descriptions, each with C{irc=} (or C{text=}, C{json=}) before it where one dialect
        alone is spoken.
    @ivar database: The database file; C{None} for the usual place.
    @ivar motd: A file whose lines everyone sees after the login.
    @ivar guests: Whether people may come in without an account.
    @ivar exempt: Networks for which no limits of rate and number hold.
    @ivar idle: Seconds of silence after which a peer that could answer a ping is dropped.
    @ivar webirc: Gateways that may say where their people come from.
    @ivar sts: The encrypted way in that IRC clients are to take, if they are to be told.
    """

    listen: tuple[str, ...] = ("tcp:9999:interface=127.0.0.1",)
    database: str | None = None
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "chatd"
    motd: str | None = None
    registration: Registration = "open"
    plaintext_logins: bool = False
    guests: bool = False
    bcrypt_cost: Annotated[int, msgspec.Meta(ge=4, le=16)] = 12
    autojoin: str = "lobby"
    exempt: tuple[str, ...] = ()
    idle: Annotated[float, msgspec.Meta(ge=10)] = 150.0
    limits: Limits = Limits()
    webirc: tuple[Webirc, ...] = ()
    sts: StsPolicy | None = None

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
            guests=self.guests,
            encrypted_doors=encrypted_doors,
            limits=self.limits,
            gateways=tuple(Gateway(each.name, each.password, each.networks) for each in self.webirc),
            sts=None if self.sts is None else Sts(self.sts.port, self.sts.duration),
        )


_ALLOWED = {
    "listen": "a list of Twisted endpoint descriptions such as 'tcp:9999:interface=127.0.0.1'",
    "database": "the path of a file",
    "name": "1 to 64 characters on one line",
    "motd": "the path of a text file",
    "registration": "open, invite or closed",
    "plaintext-logins": "true or false",
    "guests": "true or false",
    "bcrypt-cost": "a whole number from 4 to 16",
    "autojoin": "the name of a room, or '' for none",
    "exempt": "a list of networks such as '192.0.2.0/24'",
    "idle": "seconds, 10 or more",
    "limits": "a table of numbers",
    "webirc": "a list of tables with name, password and networks (such as ['127.0.0.0/8'])",
    "sts": "a table with port and duration (in seconds)",
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


def pinned(description: str) -> tuple[str | None, str]:
    """The dialect that alone is spoken at a listener (C{irc=tcp:6667}), if there is one, and the endpoint."""
    tongue, _, endpoint = description.partition("=")
    return (tongue, endpoint) if tongue in TONGUES and endpoint else (None, description)


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
    for each in settings.listen:
        _require_tongue(each, where("listen"))
    _require_networks(settings.exempt, where, "exempt")
    for gateway in settings.webirc:
        _require_networks(gateway.networks, where, "webirc")
    if settings.autojoin:
        try:
            names.room_name(settings.autojoin)
        except BadName as wrong:
            raise ConfigError(f"{where('autojoin')}: {wrong.why}") from None


def _require_tongue(description: str, where: str) -> None:
    """A word and an equals sign before an endpoint are a dialect: no endpoint of Twisted's begins so."""
    tongue, equals, endpoint = description.partition("=")
    if not equals or ":" in tongue:
        return
    known = ", ".join(TONGUES)
    if tongue not in TONGUES:
        near = difflib.get_close_matches(tongue, TONGUES, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise ConfigError(f"{where}: {description}: there is no dialect {tongue}.{meant} There are: {known}.")
    if not endpoint:
        raise ConfigError(f"{where}: {description}: an endpoint is lacking, as in {tongue}=tcp:6667.")


def _require_networks(networks: tuple[str, ...], where: Callable[[str], str], key: str) -> None:
    for network in networks:
        try:
            ip_network(network)
        except ValueError as wrong:
            raise ConfigError(f"{where(key)}: {wrong}. It can be {_ALLOWED[key]}.") from None


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
