"""Where a server is, as people write it."""

import re
from contextlib import suppress
from datetime import UTC, tzinfo
from ipaddress import ip_address
from typing import Any, cast
from zoneinfo import ZoneInfo

from twisted.internet.endpoints import HostnameEndpoint, clientFromString
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.python.usage import UsageError

from chatd.client.connection.trust import Trust, encrypted

HOST = "127.0.0.1"
PORT = 9999

_TLS = "tls:"
_UNJUDGED = ("tls:", "ssl:")
_ADDRESS = re.compile(r"(?P<host>[^:/\s\[\]]+|\[(?P<six>[0-9A-Fa-f:.%\w]+)\])(?::(?P<port>\d{1,5}))?")


def one_way(address: str) -> str:
    """An address in one way of writing it: what a server's logins are kept under."""
    scheme, parts = _parts(address)
    return address if parts is None else f"{scheme}{parts['host'].lower()}:{parts['port'] or PORT}"


def in_clear(address: str | None) -> str:
    """What is to be known before a password is typed, where others can read the line to an address; or nothing."""
    scheme, parts = _parts(address or HOST)
    host = _host_of(address or HOST) if parts is None else parts["six"] or parts["host"]
    if scheme or not host or _is_here(host):
        return ""
    return (
        f"The line to {host} is not encrypted: whoever is between you and it can read your password and all that is "
        f"said. If the server has an encrypted door, tls:{f'[{host}]' if ':' in host else host}:PORT leads there."
    )


def endpoint_of(reactor: Any, address: str | None, trust: Trust | None = None) -> IStreamClientEndpoint:
    """
    The way to an address: C{HOST}, C{HOST:PORT}, C{[IPv6]:PORT}, these after C{tls:}, or a Twisted client endpoint
    description.

    @param trust: What is known of the certificate of a C{tls:} server; without it, an authority has to vouch for it.
    @raise UsageError: if it is none of these.
    """
    address = address or HOST
    scheme, parts = _parts(address)
    if parts is not None:
        host, port = parts["six"] or parts["host"], int(parts["port"] or PORT)
        if not 0 < port < 65536:
            raise UsageError(f"{address}: a port is from 1 to 65535.")
        if not scheme:
            return HostnameEndpoint(reactor, host, port)
        try:
            return encrypted(reactor, host, port, trust or Trust(None, address))
        except ValueError:  # of which UnicodeError is one
            raise UsageError(f"{address}: {host} is no name of a host.") from None
    if address.lower().startswith(_UNJUDGED):  # Twisted's own, which look at no fingerprint, or at no certificate
        simple = re.fullmatch(r"[^:]+:([^:=\\]+:\d+)", address)
        where = f"tls:{simple[1] if simple else 'HOST:PORT'}"
        raise UsageError(f"{address}: what answers there is nobody's in particular. Say {where}, which is looked at.")
    try:
        return cast("IStreamClientEndpoint", clientFromString(reactor, address))
    except (ValueError, TypeError, KeyError, OSError) as wrong:
        why = f"{address} is no address: {wrong}. Say HOST, HOST:PORT or, for example, tls:HOST:PORT."
        raise UsageError(why) from None


def _parts(address: str) -> tuple[str, re.Match[str] | None]:
    """What goes before an address, C{tls:} or nothing; and its parts, if it is one as people write it."""
    scheme = _TLS if address[: len(_TLS)].lower() == _TLS else ""
    return scheme, _ADDRESS.fullmatch(address[len(scheme) :])


def _host_of(description: str) -> str:
    """The host of a Twisted endpoint description for TCP, or nothing."""
    kind, *fields = re.split(r"(?<!\\):", description)
    if kind.lower() != "tcp":
        return ""
    named = [field.removeprefix("host=") for field in fields if field.startswith("host=")]
    return re.sub(r"\\(.)", r"\1", (named or fields or [""])[0])


def _is_here(host: str) -> bool:
    """Whether a host is this machine, as far as that can be told without asking."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host.lower() == "localhost"


def local_zone(environment: dict[str, str]) -> tzinfo:
    """The time zone of this machine, or UTC where that cannot be told."""
    try:
        if environment.get("TZ"):
            return ZoneInfo(environment["TZ"])
        with open("/etc/localtime", "rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, LookupError):
        return UTC
