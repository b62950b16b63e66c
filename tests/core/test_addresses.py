"""What is of one network, what is one address, and what is this machine."""

from ipaddress import ip_network

import pytest

from chatd.core import addresses


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"), ("2001:db8:0:1::1", "2001:db8:0:1::/64"), ("fe80::1%eth0", "fe80::/64"),
        ("local", "local"), ("", ""),
    ],
)  # fmt: skip
def test_what_is_counted_as_one_address(address: str, counted: str) -> None:
    """An IPv4 address, or the 64 bits of IPv6 that one household has."""
    assert addresses.source(address) == counted


@pytest.mark.parametrize(
    ("address", "loopback"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("local", True),
     ("192.0.2.1", False), ("2001:db8::1", False), ("::ffff:192.0.2.1", False), ("fe80::1%lo", False)],
)  # fmt: skip
def test_what_is_this_machine(address: str, loopback: bool) -> None:
    """Nobody from elsewhere passes for this machine."""
    assert addresses.is_loopback(address) is loopback


def test_addresses_of_networks() -> None:
    """Trusted networks are of both kinds; what is no address is in none."""
    networks = [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]
    seen = ("192.0.2.9", "::ffff:192.0.2.9", "2001:db8::9", "192.0.3.1", "2001:db9::1", "local", "")
    assert [addresses.is_within(address, networks) for address in seen] == [True] * 3 + [False] * 4


def test_what_was_read_once_is_not_read_again() -> None:
    """Each order against a network is compared at each step of everyone: what it means is remembered, within bounds."""
    for read in (addresses.network_of, addresses.address_of):
        assert read("192.0.2.77") is read("192.0.2.77")
        assert read.cache_parameters()["maxsize"] == 8192


@pytest.mark.parametrize(
    ("typed", "network"),
    [
        ("192.0.2.1", "192.0.2.1/32"), ("192.0.2.9/24", "192.0.2.0/24"), ("2001:DB8::1", "2001:db8::1/128"),
        ("2001:db8::/32", "2001:db8::/32"), ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"), ("::ffff:0:0/95", "::fffe:0:0/95"), ("::/0", "::/0"),
        ("bob", None), ("1", None), ("dead.beef", None), ("192.0.2", None), ("", None), ("192.0.2.1/33", None),
    ],
)  # fmt: skip
def test_networks(typed: str, network: str | None) -> None:
    """What was typed is a network or an account's name; IPv4 within IPv6 is IPv4."""
    found = addresses.network_of(typed)
    assert (None if found is None else str(found)) == network
