"""C{WHO}, C{USERHOST} and C{ISON}: short answers about many."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, account, connected, guest, only, promote, world


@pytest.fixture
def place() -> World:
    """A chatd with guests."""
    return world()


def pair(place: World, *caps: str) -> tuple[IrcClient, IrcClient]:
    """Alice, who made #chan, and bob, who is in it and asks."""
    alice, bob = connected(place), guest(place, "Bob", *caps)
    alice.sends("NICK Alice", "USER al 0 * :Alice A", "JOIN #Chan")
    bob.sends("JOIN #chan")
    alice.reads()
    return alice, bob


def replies(client: IrcClient, line: str) -> list[tuple[str, ...]]:
    """What a line is answered with, but for the client's nick; the end is there, and names the mask as it was sent."""
    *told, end = client.sends(line)
    words = line.split(" ")
    assert (end.command, end.params[1]) == ("315", words[1] if len(words) > 1 else "*")
    return [each.params[1:] for each in told]


def test_a_channel(place: World) -> None:
    """Each member with flags and prefix, and with the channel's name as it is written."""
    alice, bob = pair(place)
    alice.sends("AWAY :be right back")
    first, second = replies(bob, "WHO #CHAN")
    host = first[2]
    assert host.startswith("guest/")
    assert first == ("#Chan", "~al", host, "My.Little.Server", "Alice", "G@", "0 Alice A")
    assert second[4:] == ("Bob", "H", "0 Bob")


@pytest.mark.parametrize("mask", ["Alice", "alice", "ali*", "?lice", "*LICE", "~al", "Alice!*@*"])
def test_somebody(place: World, mask: str) -> None:
    """By the name however it is written, or by a mask of the name, the user name, the host, the name in full."""
    _, bob = pair(place)
    (told,) = replies(bob, f"WHO {mask}")
    assert told[0] == "*"
    assert told[4:] == ("Alice", "H", "0 Alice A")


@pytest.mark.parametrize("mask", ["nobody", "#nochan", "#", "#ch*", "!", "\N{SNOWMAN}", "x" * 400])
def test_nobody(place: World, mask: str) -> None:
    """What there is not is answered with the end alone."""
    _, bob = pair(place)
    *told, end = bob.sends(f"WHO {mask}")
    assert (told, end.command) == ([], "315")


@pytest.mark.parametrize("line", ["WHO", "WHO *", "WHO 0"])
def test_everybody(place: World, line: str) -> None:
    """All who may be listed, with no mask, too."""
    _, bob = pair(place)
    assert sorted(each[4] for each in replies(bob, line)) == ["Alice", "Bob"]


def test_the_invisible(place: World) -> None:
    """They are found by the exact name, and by who shares a channel with them."""
    alice, bob = guest(place, "alice"), guest(place, "bob")
    alice.sends("MODE alice +i")
    assert replies(bob, "WHO ali*") == []
    assert len(replies(bob, "WHO alice")) == 1
    alice.sends("JOIN #x")
    assert replies(bob, "WHO #x") == []
    bob.sends("JOIN #x")
    assert len(replies(bob, "WHO ali*")) == 1
    assert len(replies(bob, "WHO #x")) == 2


def test_every_prefix(place: World) -> None:
    """Who has a voice beside is shown with both, to who asked for that (IRCv3 multi-prefix)."""
    alice, bob = pair(place, "multi-prefix")
    alice.sends("MODE #chan +v alice")
    bob.reads()
    assert [each[5] for each in replies(bob, "WHO #chan")] == ["H@+", "H"]
    assert [each[5] for each in replies(alice, "WHO #chan")] == ["H@", "H"]


def test_channels_from_outside(place: World) -> None:
    """Of an open channel everyone sees who is there; of a secret one, its members."""
    alice, bob = guest(place, "alice"), guest(place, "bob")
    alice.sends("JOIN #open,#secret", "MODE #secret +s")
    assert [each[4:6] for each in replies(bob, "WHO #open")] == [("alice", "H@")]
    assert replies(bob, "WHO #secret") == []


def test_bots_and_operators(place: World) -> None:
    """Both have their letter; C{o} asks for operators alone."""
    alice, bob = pair(place)
    alice.sends("MODE alice +B")
    (told,) = replies(bob, "WHO alice")
    assert told[5] == "HB"
    promote(place, "root1")
    alice.sends("OPER root1 :correct horse")
    (told,) = replies(bob, "WHO alice o")
    assert told[5] == "H*B"
    assert [each[4] for each in replies(bob, "WHO #chan o")] == ["Alice"]
    assert replies(bob, "WHO bob o") == []


@pytest.mark.parametrize("fields", ["tcuihsnfdlaor", "roaldfnshiuct"])
def test_all_fields(place: World, fields: str) -> None:
    """They come in the order of the specification, whatever the order in which they were asked for."""
    _, bob = pair(place)
    (told,) = replies(bob, f"WHO alice %{fields},123")
    host = told[4]
    assert told == (
        "123", "*", "~al", "255.255.255.255", host, "My.Little.Server", "Alice", "H", "0", "0", "0", "n/a", "Alice A"
    )  # fmt: skip


def test_some_fields(place: World) -> None:
    """A token of three digits at most; fields that nobody knows are left out; one's own address one may know."""
    _, bob = pair(place)
    account(place, "carol").sends("JOIN #chan")
    bob.reads()
    assert replies(bob, "WHO alice %tn,321") == [("321", "Alice")]
    assert replies(bob, "WHO alice %tn,4321") == [("0", "Alice")]
    assert replies(bob, "WHO alice %tn") == [("0", "Alice")]
    assert replies(bob, "WHO carol %na!z") == [("carol", "carol")]
    assert replies(bob, "WHO alice %na") == [("Alice", "0")]
    assert replies(bob, "WHO bob %in") == [("127.0.0.1", "Bob")]
    assert replies(bob, "WHO #chan %cfn") == [("#Chan", "Alice", "H@"), ("#Chan", "Bob", "H"), ("#Chan", "carol", "H")]
    assert only(bob.sends("WHO alice %"), "352") == []


def test_idle_seconds(place: World) -> None:
    """Since the last command."""
    _, bob = pair(place)
    place.pass_time(42)
    assert replies(bob, "WHO alice %l") == [("42",)]


def test_userhost(place: World) -> None:
    """At most five are told of, with a star for operators and a minus for who is away."""
    alice, bob = pair(place)
    host = bob.sends("WHO alice %h")[0].params[1]
    assert bob.one("USERHOST ALICE nobody bob").params[1].split(" ") == [f"Alice=+~al@{host}", f"Bob=+~Bob@{host}"]
    alice.sends("AWAY :gone")
    assert bob.one("USERHOST alice").params[1] == f"Alice=-~al@{host}"
    assert len(bob.one("USERHOST a a a a a alice").params[1]) == 0
    assert bob.one("USERHOST :alice bob").params[1].count("=") == 2
    assert bob.one("USERHOST").command == "461"


def test_ison(place: World) -> None:
    """Those of them who are here, in one line or in many parameters; each once."""
    _, bob = pair(place)
    assert bob.one("ISON ALICE nobody bob alice").params == ("Bob", "Alice Bob")
    assert bob.one("ISON :alice !! bob").params == ("Bob", "Alice Bob")
    assert bob.one("ISON nobody").params == ("Bob", "")
    assert bob.one("ISON").command == "461"
