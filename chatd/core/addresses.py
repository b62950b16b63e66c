"""
Addresses: which network they are of, and what counts as one.

IPv4 within IPv6 is IPv4 (RFC 4291, section 2.5.5.2), since that is what the same peer is through another door. What is
no address, such as a Unix socket's, is of no network, and is this machine.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_MAPPED = 96  # bits before an IPv4 address within an IPv6 one
_ONE_NETWORK = 64  # bits of an IPv6 network that is given to one household


@lru_cache(maxsize=8192)
def address_of(address: str) -> Address | None:
    """An address as it is compared with networks, or C{None} for what is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(maxsize=8192)
def network_of(typed: str) -> Network | None:
    """The network that was typed, or C{None} if it is none: an account's name, then."""
    try:
        found = ip_network(typed, strict=False)
    except ValueError:
        return None
    inner = found.network_address.ipv4_mapped if isinstance(found, IPv6Network) else None
    if inner is None or found.prefixlen < _MAPPED:
        return found
    return IPv4Network((inner, found.prefixlen - _MAPPED))


def is_inside(address: str, typed: str | None) -> bool:
    """Whether an address is of the network that was typed, if it is one."""
    network = network_of(typed or "")
    return network is not None and is_within(address, (network,))


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Whether an address is of one of the networks."""
    found = address_of(address)
    return found is not None and any(found in network for network in networks)


def is_loopback(address: str) -> bool:
    """Whether an address is this machine itself."""
    found = address_of(address)
    return found is None or found.is_loopback


def source(address: str) -> str:
    """What is counted as one address: an IPv4 address, or an IPv6 network of 64 bits."""
    found = address_of(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, _ONE_NETWORK), strict=False))
    return address if found is None else str(found)
