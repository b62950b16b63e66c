"""C{WHOIS} and C{WHOWAS}: all that one may know of somebody."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, account, commands, connected, guest, only, promote, world


@pytest.fixture
def place() -> World:
    """A chatd with guests."""
    return world()


def told_of(client: IrcClient, line: str) -> dict[str, tuple[str, ...]]:
    """What a C{WHOIS} tells, by its numerics."""
    return {each.command: each.params[2:] for each in client.sends(line)}


@pytest.mark.parametrize("server", ["", "My.Little.Server ", "my.little.server ", "My.* ", "Alice ", "bob "])
def test_a_guest(place: World, server: str) -> None:
    """Who it is, where, since when; the channels with the prefix; and no address."""
    alice, bob = connected(place, "192.0.2.7"), guest(place, "bob")
    alice.sends("NICK Alice", "USER al 0 * :Alice A", "JOIN #b,#a")
    place.pass_time(5)
    told = bob.sends(f"WHOIS {server}ALICE")
    assert commands(told) == ["311", "319", "312", "317", "318"]
    host = told[0].params[3]
    assert told[0].params == ("bob", "Alice", "~al", host, "*", "Alice A")
    assert told[1].params == ("bob", "Alice", "@#a @#b")
    assert told[2].params[:3] == ("bob", "Alice", "My.Little.Server")
    assert told[3].params[:4] == ("bob", "Alice", "5", str(place.now() // 1000 - 5))
    assert told[4].params[:2] == ("bob", "ALICE")
    assert "192.0.2.7" not in str(told)


def test_what_there_is_more_of_some(place: World) -> None:
    """Away, operator, account, bot, encrypted lines all through."""
    alice, bob = account(place, "alice"), guest(place, "bob")
    promote(place, "root1")
    alice.sends("AWAY :on a break", "MODE alice +B", "OPER root1 :correct horse")
    told = told_of(bob, "WHOIS alice")
    assert told["301"] == ("on a break",)
    assert "313" in told
    assert told["330"][0] == "alice"
    assert "335" in told
    assert "671" not in told
    assert "338" not in told
    assert "330" not in told_of(alice, "WHOIS bob")


def test_oneself(place: World) -> None:
    """One's own address is shown to oneself alone."""
    alice = guest(place, "alice")
    assert told_of(alice, "WHOIS alice")["338"][0] == "127.0.0.1"
    away = account(place, "carol")
    assert told_of(away, "WHOIS Carol")["338"][0] == "127.0.0.1"


def test_encrypted_lines(place: World) -> None:
    """All of somebody's connections must be."""
    alice, bob = account(place, "alice"), guest(place, "bob")
    avatar = place.hub.here("alice")
    assert avatar is not None
    avatar.sessions[0].peer = avatar.sessions[0].peer._replace(encrypted=True)
    assert "671" in told_of(bob, "WHOIS alice")
    account(place, "alice")
    assert "671" not in told_of(bob, "WHOIS alice")
    assert not alice.is_closed


def test_secret_channels(place: World) -> None:
    """They are for who is in them; and all channels of the invisible."""
    alice, bob = guest(place, "alice"), guest(place, "bob")
    alice.sends("JOIN #open,#secret")
    alice.sends("MODE #secret +s")
    assert told_of(bob, "WHOIS alice")["319"] == ("@#open",)
    bob.sends("JOIN #secret")
    assert told_of(bob, "WHOIS alice")["319"] == ("@#open @#secret",)
    alice.sends("MODE alice +i")
    assert told_of(bob, "WHOIS alice")["319"] == ("@#secret",)
    assert told_of(alice, "WHOIS alice")["319"] == ("@#open @#secret",)
    bob.sends("PART #secret")
    assert "319" not in told_of(bob, "WHOIS alice")


def test_many_channels_take_many_lines(place: World) -> None:
    """None is cut."""
    alice, bob = guest(place, "alice"), guest(place, "bob")
    names = [f"#{'x' * 28}{number:02}" for number in range(30)]
    for name in names:
        place.pass_time(1)
        alice.sends(f"JOIN {name}")
    told = only(bob.sends("WHOIS alice"), "319")
    assert len(told) > 1
    assert " ".join(each.params[2] for each in told).split(" ") == [f"@{name}" for name in names]


def test_nobody(place: World) -> None:
    """Both numerics, for an account that is not here, too; and what is lacking is told."""
    bob = guest(place, "bob")
    place.account("alice")
    for nick in ("alice", "nobody", "!!", "#x", "x" * 300):
        told = bob.sends(f"WHOIS {nick}")
        assert commands(told) == ["401", "318"]
        assert told[0].params[:2] == told[1].params[:2] == ("bob", nick)
    assert bob.one("WHOIS").command == "431"
    assert bob.one("WHOIS :").command == "431"
    assert bob.one("WHOIS some.other.server bob").params[:2] == ("bob", "some.other.server")


def test_several(place: World) -> None:
    """Up to four at once, and one end."""
    bob = guest(place, "bob")
    guest(place, "alice")
    told = bob.sends("WHOIS alice,nobody,bob,alice")
    assert [each.params[1] for each in told if each.command in ("311", "401", "318")] == [
        "alice", "nobody", "bob", "alice,nobody,bob,alice"
    ]  # fmt: skip
    assert commands(bob.sends("WHOIS a1,b1,c1,d1,e1")) == ["401", "401", "401", "401", "407", "318"]


def test_what_programs_are_told(place: World) -> None:
    """Some of the metadata, for who knows of metadata."""
    alice = guest(place, "alice", "batch", "draft/metadata-2")
    alice.sends("METADATA * SET display-name :Alice the First", "METADATA * SET secret-thing x")
    bob = guest(place, "bob", "batch", "draft/metadata-2")
    (told,) = only(bob.sends("WHOIS alice"), "760")
    assert told.params[1:] == ("alice", "display-name", "*", "Alice the First")
    assert only(guest(place, "carol").sends("WHOIS alice"), "760") == []


def gone(place: World, nick: str, user: str) -> None:
    """A guest comes and goes."""
    client = connected(place)
    client.sends(f"NICK {nick}", f"USER {user} 0 * :Real", "QUIT :bye")
    place.pass_time(1)


def test_who_was_here(place: World) -> None:
    """The last one first, as many as are asked for; none or less is all."""
    bob = guest(place, "bob")
    gone(place, "alice", "one")
    gone(place, "ALICE", "two")
    told = bob.sends("WHOWAS alice")
    assert commands(told) == ["314", "312", "314", "312", "369"]
    assert [each.params[1:3] for each in only(told, "314")] == [("ALICE", "~two"), ("alice", "~one")]
    assert only(told, "314")[0].params[4:] == ("*", "Real")
    assert told[-1].params[:2] == ("bob", "alice")
    for count, most in (("1", 1), ("2", 2), ("9", 2), ("0", 2), ("-1", 2), ("x", 2), ("9" * 99, 2)):
        assert len(only(bob.sends(f"WHOWAS alice {count}"), "314")) == most


def test_who_was_never_here(place: World) -> None:
    """Both numerics; a missing name is one."""
    bob = guest(place, "bob")
    for nick in ("bob", "nobody", "*", "#x"):
        told = bob.sends(f"WHOWAS {nick}")
        assert commands(told) == ["406", "369"]
        assert told[0].params[1] == told[1].params[1] == nick
    assert bob.one("WHOWAS").command == "431"


def test_a_name_that_was_given_up(place: World) -> None:
    """Who is called otherwise was called so."""
    alice, bob = guest(place, "alice"), guest(place, "bob")
    alice.sends("NICK carol")
    assert commands(bob.sends("WHOWAS alice")) == ["314", "312", "369"]


def test_an_account_that_was_here(place: World) -> None:
    """It is told that it was one."""
    account(place, "alice").sends("QUIT")
    bob = guest(place, "bob")
    assert commands(bob.sends("WHOWAS alice")) == ["314", "312", "330", "369"]
