"""C{AWAY} and C{SETNAME}, as others see them."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import account, commands, connected, guest, only, sasl, world


@pytest.fixture
def place() -> World:
    """A chatd with guests."""
    return world()


def test_away_and_back(place: World) -> None:
    """Both are acknowledged, however often; an empty text is being back."""
    alice = guest(place, "alice")
    for line, numeric in (
        ("AWAY :not here", "306"), ("AWAY :not here", "306"), ("AWAY", "305"), ("AWAY", "305"), ("AWAY x", "306"),
        ("AWAY :", "305"), ("away : ", "306"),
    ):  # fmt: skip
        assert alice.one(line).command == numeric, line


def test_whoever_shares_a_channel_is_told(place: World) -> None:
    """Once, if they asked for that; and nobody else."""
    alice, bob = guest(place, "alice"), guest(place, "bob", "away-notify", "server-time", "account-tag")
    carol, dave = guest(place, "carol"), guest(place, "dave", "away-notify")
    for client in (alice, bob, carol):
        client.sends("JOIN #x,#y")
    for client in (alice, bob, carol):
        client.reads()
    alice.sends("AWAY :going away")
    (told,) = bob.reads()
    assert (told.nick, told.command, told.params) == ("alice", "AWAY", ("going away",))
    assert set(told.tags) == {"time"}
    alice.sends("AWAY :going away")
    assert bob.reads() == []
    alice.sends("AWAY")
    assert [each.params for each in bob.reads()] == [()]
    assert carol.reads() == dave.reads() == []


def test_whoever_comes_in_away(place: World) -> None:
    """It is told of after the coming."""
    alice, bob = guest(place, "alice"), guest(place, "bob", "away-notify")
    bob.sends("JOIN #x")
    alice.sends("AWAY :already", "JOIN #x")
    assert commands(bob.reads()) == ["JOIN", "AWAY"]


def test_a_long_text_is_cut_as_isupport_says(place: World) -> None:
    """AWAYLEN is in bytes; no character is cut; and what colours it is left out."""
    alice, bob = guest(place, "alice"), guest(place, "bob")
    alice.sends("AWAY :\x02\x0304,12" + "\N{SNOWMAN}" * 150)
    assert only(bob.sends("WHOIS alice"), "301")[0].params[2] == "\N{SNOWMAN}" * 130


def test_what_nobody_may_say(place: World) -> None:
    """The refusal is in the server's words, and nothing has changed."""
    alice = guest(place, "alice")
    assert alice.one("AWAY :\x1b[2J").params[:2] == ("alice", "AWAY")
    assert only(alice.sends("WHOIS alice"), "301") == []


def test_away_before_the_welcome(place: World) -> None:
    """It is acknowledged at once, and holds from the first moment on (IRCv3 pre-away)."""
    bob, alice = guest(place, "bob"), connected(place)
    assert alice.one("AWAY :x").command == "451"
    alice.sends("CAP REQ :draft/pre-away")
    assert alice.one("AWAY").command == "305"
    assert alice.one("AWAY :only fetching").command == "306"
    alice.sends("NICK alice", "USER a 0 * :A", "CAP END")
    assert only(bob.sends("WHOIS alice"), "301")[0].params[2] == "only fetching"


def test_a_connection_that_nobody_sits_at(place: World) -> None:
    """With nobody else there, the account is away; who then comes really is back; and it does not send who is there."""
    bob = guest(place, "bob")

    def away() -> list[str]:
        return [each.params[2] for each in only(bob.sends("WHOIS alice"), "301")]

    place.account("alice")
    fetching = account(place, "alice", "draft/pre-away")
    assert fetching.one("AWAY *").command == "306"
    assert away() == ["*"]
    sitting = account(place, "alice")
    assert away() == []
    assert fetching.one("AWAY *").command == "306"
    assert away() == []
    sitting.sends("AWAY :lunch")
    assert fetching.one("AWAY *").command == "306"
    assert away() == ["lunch"]


def test_the_account_of_a_person_who_is_elsewhere(place: World) -> None:
    """Away on a terminal is away on IRC."""
    alice = place.person("alice")
    bob = guest(place, "bob", "away-notify")
    bob.sends("JOIN #den")
    alice.types("/join #den")
    bob.reads()
    alice.types("/away tea")
    assert [each.params for each in bob.reads()] == [("tea",)]
    alice.types("/back")
    assert [each.params for each in bob.reads()] == [()]


def test_another_name_in_full(place: World) -> None:
    """It is told to oneself and to those who share a channel, as far as they asked for it."""
    alice, bob, carol = guest(place, "alice", "setname"), guest(place, "bob", "setname"), guest(place, "carol")
    for client in (alice, bob, carol):
        client.sends("JOIN #x")
    for client in (alice, bob, carol):
        client.reads()
    told = alice.one("SETNAME :Alice the Second")
    assert (told.nick, told.command, told.params) == ("alice", "SETNAME", ("Alice the Second",))
    assert [each.params for each in bob.reads()] == [("Alice the Second",)]
    assert carol.reads() == []
    assert only(bob.sends("WHOIS alice"), "311")[0].params[-1] == "Alice the Second"
    assert alice.one("SETNAME :Alice the Second").params == ("Alice the Second",)
    assert bob.reads() == []
    assert carol.sends("SETNAME :Carol") == carol.sends("SETNAME :Carol") == []


def test_a_label_is_on_what_is_told(place: World) -> None:
    """The confirmation is the answer."""
    alice = guest(place, "alice", "setname", "batch", "labeled-response")
    told = alice.one("@label=a SETNAME :New")
    assert (told.command, told.tags["label"]) == ("SETNAME", "a")
    assert alice.one("@label=b AWAY :x").tags["label"] == "b"


def test_names_in_full_that_nobody_may_have(place: World) -> None:
    """Too long, empty, with what moves a cursor."""
    alice = guest(place, "alice", "setname")
    for real in ("x" * 129, "", " ", "\x1b[2J"):
        told = alice.one(f"SETNAME :{real}")
        assert (told.command, told.params[:2]) == ("FAIL", ("SETNAME", "INVALID_REALNAME")), real
    assert alice.one("SETNAME").command == "461"
    assert alice.one("SETNAME :" + "x" * 128).command == "SETNAME"


def test_bots_are_marked(place: World) -> None:
    """C{MODE +B} shows in WHOIS and WHO."""
    alice, bob = guest(place, "alice"), guest(place, "bob")
    alice.sends("MODE alice +B")
    assert "335" in commands(bob.sends("WHOIS alice"))
    alice.sends("MODE alice -B")
    assert "335" not in commands(bob.sends("WHOIS alice"))


def test_coming_in_with_another_real_name(place: World) -> None:
    """Is told to the others; who has just said it with USER is not told it again."""
    account(place, "bob", "setname").sends("JOIN #x", "QUIT")
    alice = account(place, "alice", "setname")
    alice.sends("JOIN #x")
    bob = connected(place)
    bob.sends("CAP REQ :sasl setname", "AUTHENTICATE PLAIN", sasl("bob"))
    told = bob.sends("CAP END", "NICK bob", "USER bob 0 * :Bobby")
    assert ("JOIN" in commands(told), "SETNAME" in commands(told)) == (True, False)
