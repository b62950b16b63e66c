"""How many connections there may be."""

from ipaddress import ip_network
from random import Random

from twisted.internet.interfaces import ISSLTransport

from chatd.core.ports import Peer
from chatd.core.settings.limits import Limits
from chatd.faces.admission import Admission, certified, peer_of
from chatd.testing import Shown
from tests.faces.doubles import transport

FAR = "198.51.100.7"


def admission(**limits: int) -> "Admission[str]":
    made = Limits(**limits)
    return Admission(lambda: made, Random(1))


def test_where_a_connection_comes_from() -> None:
    """Encrypted or inside this machine is private; what the operator trusts is exempt."""
    inside = peer_of(transport(address="127.0.0.1"), ())
    assert inside == Peer("127.0.0.1", encrypted=False, private=True, exempt=False)
    assert not peer_of(transport(address=FAR, here="192.0.2.1"), ()).private
    assert peer_of(transport(ISSLTransport, address=FAR, here="192.0.2.1"), ()) == Peer(FAR, True, True, False)
    assert peer_of(transport(address=FAR), [ip_network("198.51.100.0/24")]).exempt


def test_what_was_shown_in_the_handshake() -> None:
    """The fingerprint of the peer's certificate, as it is compared; nothing where there was none, or no TLS."""
    there = transport(ISSLTransport, address=FAR, here="192.0.2.1")
    peer = peer_of(there, ())
    assert certified(peer, there) == peer
    there.shown = Shown("ab" * 32)
    assert certified(peer, there) == peer._replace(certificate="ab" * 32)
    assert certified(peer._replace(encrypted=False), there).certificate == ""


def test_so_many_from_one_address() -> None:
    """One more than may be is refused; when one goes, there is room again; other addresses are not concerned."""
    made = admission(connections_per_address=2, unauthenticated_per_address=9)
    assert made.enter("a", FAR, 0) == (None, None)
    made.log_in("a")
    assert made.enter("b", FAR, 0) == (None, None)
    refusal, victim = made.enter("c", FAR, 0)
    assert refusal is not None
    assert (refusal.code, victim) == ("busy", None)
    assert made.enter("d", "198.51.100.8", 0) == (None, None)
    made.leave("c", FAR)
    made.leave("b", FAR)
    assert made.enter("e", FAR, 0) == (None, None)


def test_so_many_new_ones_from_one_address() -> None:
    """Whoever connects and goes again and again is refused for a while."""
    made = admission(new_connections_per_address=3)

    def come_and_go(now: float) -> bool:
        refusal, _ = made.enter("x", FAR, now)
        made.leave("x", FAR)
        return refusal is None

    assert [come_and_go(now) for now in (0, 1, 2, 3, 599)] == [True, True, True, False, False]
    assert come_and_go(1300)


def test_so_many_strangers_from_one_address() -> None:
    """Connections that have not logged in are counted apart; a login makes room."""
    made = admission(unauthenticated_per_address=2)
    assert [made.enter(each, FAR, 0)[0] is None for each in "abc"] == [True, True, False]
    made.log_in("a")
    assert made.enter("d", FAR, 0)[0] is None


def test_this_machine_is_not_counted() -> None:
    """A gateway makes many people one address."""
    made = admission(connections_per_address=1, new_connections_per_address=1, unauthenticated_per_address=1)
    assert all(made.enter(str(number), "127.0.0.1", 0)[0] is None for number in range(100))


def test_one_stranger_by_chance_goes_for_a_new_one() -> None:
    """When too many wait to log in, a random one has to go: nobody can hold all the places."""
    victims = set()
    for seed in range(40):
        made: Admission[str] = Admission(lambda: Limits(unauthenticated=3), Random(seed))
        for each in ("a", "b", "c"):
            assert made.enter(each, "127.0.0.1", 0) == (None, None)
        refusal, victim = made.enter("d", "127.0.0.1", 0)
        assert refusal is None
        assert victim is not None
        assert set(made.waiting) == {"a", "b", "c", "d"} - {victim}
        victims.add(victim)
    assert victims == {"a", "b", "c"}


def test_whoever_is_somebody_is_no_victim() -> None:
    """Logged-in people are not dropped for strangers."""
    made = admission(unauthenticated=1)
    made.enter("alice", "127.0.0.1", 0)
    made.log_in("alice")
    assert made.enter("b", "127.0.0.1", 0) == (None, None)
    assert made.enter("c", "127.0.0.1", 0) == (None, "b")


def test_nothing_is_left_of_those_who_went() -> None:
    """The table of what is open is empty when nobody is there; that of recent ones is bounded."""
    made = admission(table_entries=10)
    for number in range(100):
        address = f"198.51.{number}.1"
        made.enter(address, address, 0)
        made.leave(address, address)
    assert (made._open, made.waiting, len(made._recent)) == ({}, {}, 10)
    made.leave("never came", FAR)
