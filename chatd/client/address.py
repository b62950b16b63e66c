"""Where a server is, as people write it."""

import re
from datetime import UTC, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

from twisted.internet.endpoints import HostnameEndpoint, clientFromString
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.python.usage import UsageError

from chatd.client.connection.trust import Trust, encrypted

HOST = "127.0.0.1"
PORT = 9999

_TLS = "tls:"
_ADDRESS = re.compile(r"(?P<host>[^:/\s\[\]]+|\[(?P<six>[0-9A-Fa-f:.%\w]+)\])(?::(?P<port>\d{1,5}))?")


def one_way(address: str) -> str:
    """An address in one way of writing it: what a server's logins are kept under."""
    scheme = _TLS if address.startswith(_TLS) else ""
    parts = _ADDRESS.fullmatch(address.removeprefix(_TLS))
    return address if parts is None else f"{scheme}{parts['host'].lower()}:{parts['port'] or PORT}"


def endpoint_of(reactor: Any, address: str | None, trust: Trust | None = None) -> IStreamClientEndpoint:
    """
    The way to an address: C{HOST}, C{HOST:PORT}, C{[IPv6]:PORT}, these after C{tls:}, or a Twisted client endpoint
    description.

    @param trust: What is known of the certificate of a C{tls:} server; without it, an authority has to vouch for it.
    @raise UsageError: if it is none of these.
    """
    address = address or HOST
    parts = _ADDRESS.fullmatch(address.removeprefix(_TLS))
    if parts is not None:
        host, port = parts["six"] or parts["host"], int(parts["port"] or PORT)
        if not 0 < port < 65536:
            raise UsageError(f"{address}: a port is from 1 to 65535.")
        if address.startswith(_TLS):
            return encrypted(reactor, host, port, trust or Trust(None, address))
        return HostnameEndpoint(reactor, host, port)
    try:
        return cast("IStreamClientEndpoint", clientFromString(reactor, address))
    except (ValueError, TypeError, KeyError, OSError) as wrong:
        why = f"{address} is no address: {wrong}. Say HOST, HOST:PORT or, for example, tls:HOST:PORT."
        raise UsageError(why) from None


def local_zone(environment: dict[str, str]) -> tzinfo:
    """The time zone of this machine, or UTC where that cannot be told."""
    try:
        if environment.get("TZ"):
            return ZoneInfo(environment["TZ"])
        with open("/etc/localtime", "rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, LookupError):
        return UTC
