"""Channels as IRC's people enter and leave them, and see who is there and what it is about."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.dialects.irc.verbs.channels import plain
from tests.dialects.irc.clients import account, commands, connected, guest, only, world

MANY = Limits(line_burst=1000, lines_per_second=1000.0)


def test_joining() -> None:
    """The JOIN, and who is there with the maker as operator; a topic where there is one; again is nothing."""
    town = world()
    foo, bar = guest(town, "foo"), guest(town, "bar", "extended-join", "server-time", "message-tags")
    assert foo.asks("JOIN #chan") == [
        f":foo!~foo@{host(town, 'foo')} JOIN #chan",
        ":My.Little.Server 353 foo = #chan @foo",
        ":My.Little.Server 366 foo #chan :End of /NAMES list",
    ]
    assert foo.asks("JOIN #Chan") == []
    foo.sends("TOPIC #chan :tea at four")
    told = bar.sends("JOIN #chan")
    assert commands(told) == ["JOIN", "332", "333", "353", "366"]
    assert told[0].params == ("#chan", "*", "bar")
    assert told[0].tags["msgid"]
    assert told[0].tags["time"].startswith("2025-")
    assert told[1].params == ("bar", "#chan", "tea at four")
    assert told[2].params == ("bar", "#chan", f"foo!~foo@{host(town, 'foo')}", "1766000000")
    assert told[3].params == ("bar", "=", "#chan", "bar @foo")
    assert commands(foo.reads()) == ["JOIN"]


def test_many_at_once() -> None:
    """Each for itself; what is no channel is told so, and the rest goes on."""
    foo = guest(world(), "foo", "batch", "labeled-response")
    told = foo.sends("JOIN #valid,,inv@lid,#two words")
    assert [(each.command, each.params[1:2]) for each in told] == [
        ("JOIN", ()), ("353", ("=",)), ("366", ("#valid",)), ("403", ("inv@lid",)),
        ("JOIN", ()), ("353", ("=",)), ("366", ("#two",)),
    ]  # fmt: skip
    told = foo.sends("@label=1 JOIN #other,inv@lid")
    assert [each.command for each in told] == ["BATCH", "JOIN", "353", "366", "403", "BATCH"]
    assert told[0].tags == {"label": "1"}
    assert told[4].params[:2] == ("foo", "inv@lid")


def test_doors() -> None:
    """Each way of being kept out has its numeric."""
    town = world(limits=MANY)
    foo, bar = guest(town, "foo"), guest(town, "bar")
    foo.sends("JOIN #key,#invited,#full,#banned")
    foo.sends("MODE #key +k beer", "MODE #invited +i", "MODE #full +l 1", "MODE #banned +b bar!*@*")
    told = bar.sends("JOIN #key,#invited,#full,#banned bees")
    assert [(each.command, each.params[1]) for each in told] == [
        ("475", "#key"), ("473", "#invited"), ("471", "#full"), ("474", "#banned"),
    ]  # fmt: skip
    foo.sends("INVITE bar #full", "INVITE bar #banned", "INVITE bar #invited")
    bar.reads()
    assert commands(bar.sends("JOIN #key,#invited,#full,#banned beer")) == ["JOIN", "353", "366"] * 4
    foo.sends("KICK #banned bar")
    bar.reads()
    assert commands(bar.sends("JOIN #banned")) == ["474"]


def test_as_many_as_there_may_be() -> None:
    """A guest enters as many channels as CHANLIMIT says, and makes them; one more is refused."""
    town = world(limits=Limits(line_burst=1000, join_burst=100, rooms_joined=20, rooms_owned=5))
    foo = guest(town, "foo")
    for number in range(20):
        assert foo.sends(f"JOIN #chan{number}")[0].command == "JOIN"
    told = foo.one("JOIN #chan")
    assert (told.command, told.params[:2]) == ("405", ("foo", "#chan"))


def test_as_many_as_guests_may_make_from_one_address() -> None:
    """The numeric is that of too many channels, and says why."""
    town = world(limits=Limits(line_burst=1000, join_burst=100, rooms_of_guests_per_address=1))
    foo = connected(town, "198.51.100.7")
    foo.sends("NICK foo", "USER foo 0 * :foo", "JOIN #chan")
    told = foo.one("JOIN #more")
    assert (told.command, told.params[:2]) == ("405", ("foo", "#more"))
    assert told.params[2].startswith("Guests from your address have made 1 rooms")


@pytest.mark.parametrize(
    ("line", "numeric"),
    [
        ("JOIN", "461"), ("JOIN :", "461"), ("JOIN chan", "403"), ("JOIN &chan", "403"), ("JOIN #", "403"),
        (f"JOIN #{'b' * 33}", "403"), ("JOIN #a\u200bb", "403"), ("PART", "461"), ("PART :", "461"),
        ("PART #chan", "403"), ("PART chan", "403"), ("TOPIC", "461"), ("TOPIC :", "461"), ("TOPIC #chan", "403"),
        ("TOPIC #chan :x", "403"), ("TOPIC chan", "403"), ("NAMES #chan", "366"), ("NAMES invalid", "366"),
        ("PART #there", "442"), ("TOPIC #there", "442"), ("TOPIC #there :x", "442"), ("MODE #there", "442"),
        ("MODE #there +i", "442"), ("MODE #chan", "403"), ("MODE #chan +o nobody", "403"), ("KICK", "461"),
        ("KICK #there", "461"), ("KICK #there maker :x", "442"), ("KICK #chan maker", "403"), ("KICK #a,#b c", "461"),
        ("KICK #there ,", "461"), ("INVITE maker", "461"), ("INVITE maker #there", "442"),
        ("INVITE maker #chan", "403"), ("INVITE", "337"),
        ("RENAME #there", "461"), ("RENAME #there #here", "442"), ("RENAME #chan #here", "403"),
    ],
)  # fmt: skip
def test_what_is_lacking(line: str, numeric: str) -> None:
    """Every command with too few parameters, of no channel, or of one that one is not in; with a channel or without."""
    town = world(limits=MANY)
    maker, foo = guest(town, "maker"), guest(town, "foo")
    maker.sends("JOIN #there")
    assert foo.one(line).command == numeric
    foo.sends("JOIN #mine")
    assert foo.one(line.lower() if line.isascii() else line).command == numeric
    assert not foo.is_closed


def test_parting() -> None:
    """With a reason or without, several at once, and all of them."""
    town = world(limits=MANY)
    foo, bar = guest(town, "foo"), guest(town, "bar")
    foo.sends("JOIN #a,#b,#c")
    bar.sends("JOIN #a,#b,#c")
    foo.reads()
    assert [each.params for each in foo.sends("PART #a,#b :bye \x02everyone\x02")] == [
        ("#a", "bye everyone"), ("#b", "bye everyone"),
    ]  # fmt: skip
    assert [(each.nick, each.command, each.params[0]) for each in bar.reads()] == [
        ("foo", "PART", "#a"), ("foo", "PART", "#b"),
    ]  # fmt: skip
    assert [each.params for each in foo.sends("JOIN 0")] == [("#c",)]
    assert commands(foo.sends("JOIN 0")) == []
    assert commands(bar.sends("PART #a", "PART #a")) == ["PART", "PART", "403"]


def test_topics() -> None:
    """Asked for, set for all, taken away; with +t for operators only; too long is refused and not cut."""
    town = world(limits=MANY)
    foo, bar = guest(town, "foo"), guest(town, "bar")
    foo.sends("JOIN #chan")
    assert "331" not in commands(bar.sends("JOIN #chan"))
    foo.reads()
    assert foo.one("TOPIC #chan").command == "331"
    assert bar.one("TOPIC #chan :T0P1C").params == ("#chan", "T0P1C")
    assert foo.reads()[0].params == ("#chan", "T0P1C")
    assert commands(foo.sends("TOPIC #chan")) == ["332", "333"]
    assert bar.one("TOPIC #chan :").params == ("#chan", "")
    foo.sends("MODE #chan +t")
    bar.reads()
    assert bar.one("TOPIC #chan :x").command == "482"
    foo.sends("MODE #chan +v bar")
    bar.reads()
    assert bar.one("TOPIC #chan :x").command == "482"
    assert foo.one(f"TOPIC #chan :{'x' * 390}").params == ("#chan", "x" * 390)
    assert foo.one(f"TOPIC #chan :{'x' * 391}").params[:3] == ("TOPIC", "INVALID_PARAMS", "#chan")


def test_names() -> None:
    """With the highest prefix or all, with users and hosts, of several channels, secret or not."""
    town = world(limits=MANY)
    foo, bar = guest(town, "foo"), guest(town, "bar", "multi-prefix", "userhost-in-names")
    foo.sends("JOIN #one,#two", "MODE #one +v foo", "MODE #two +s")
    assert foo.sends("NAMES #one")[0].params == ("foo", "=", "#one", "@foo")
    told = foo.sends("NAMES #one,#two,#three")
    assert [each.params[1:] for each in told] == [
        ("=", "#one", "@foo"), ("@", "#two", "@foo"), ("#one,#two,#three", "End of /NAMES list"),
    ]  # fmt: skip
    seen = f"@+foo!~foo@{host(town, 'foo')}"
    assert bar.sends("NAMES #one,#two")[0].params == ("bar", "=", "#one", seen)
    assert [each.params[1:3] for each in bar.sends("NAMES")] == [("=", "#one"), ("*", "End of /NAMES list")]
    assert [each.params[2] for each in only(foo.sends("NAMES"), "353")] == ["#one", "#two"]


def test_more_names_than_a_line_holds() -> None:
    """Go on the next one."""
    town = world(limits=Limits(line_burst=1000, connections_per_address=100, unauthenticated_per_address=100))
    people = [guest(town, f"person-with-a-long-name-{number:02}") for number in range(30)]
    for each in people:
        each.sends("JOIN #chan")
    people[0].reads()
    told = people[0].sends("NAMES #chan")
    assert commands(told) == ["353", "353", "366"]
    assert sum(len(each.params[-1].split()) for each in told[:-1]) == 30


def test_no_implicit_names() -> None:
    """Who does not want them asks for them."""
    foo = guest(world(), "foo", "no-implicit-names")
    assert commands(foo.sends("JOIN #chan")) == ["JOIN"]
    assert commands(foo.sends("NAMES #chan")) == ["353", "366"]


def test_one_account_on_several_connections() -> None:
    """Where one enters and leaves, the others do, too."""
    town = world(limits=MANY)
    one, other = account(town, "alice"), account(town, "alice", "no-implicit-names")
    maker = guest(town, "maker")
    maker.sends("JOIN #chan", "TOPIC #chan :tea")
    assert commands(one.sends("JOIN #chan")) == ["JOIN", "332", "333", "353", "366"]
    assert commands(other.reads()) == ["JOIN", "332", "333"]
    assert commands(other.sends("PART #chan")) == ["PART"]
    assert commands(one.reads()) == ["PART"]
    other.sends("JOIN #chan")
    assert commands(one.reads()) == ["JOIN", "332", "333", "353", "366"]


def test_formatting() -> None:
    """What makes a text bold or coloured is no text."""
    assert plain("\x02bold\x0f \x0304,12red\x03 \x04ff0000x\x16\x1d\x1e\x1f\x11 3") == "bold red x 3"


def test_before_the_welcome() -> None:
    """Nobody joins who is nobody."""
    assert connected(world()).one("JOIN #chan").command == "451"


def host(town: object, name: str) -> str:
    """Where a guest seems to come from."""
    avatar = town.hub.here(name)  # type: ignore[attr-defined]
    return str(avatar.host)


@pytest.mark.parametrize("command", ["JOIN", "PART", "NAMES", "LIST"])
def test_a_line_with_many_channels_counts_as_many(command: str) -> None:
    """A list of channels is as much work as that many lines, so who sends such is read more slowly after it."""
    foo = guest(world(), "foo")
    assert commands(foo.sends(*["PING early"] * 10)) == ["PONG"] * 10
    foo.sends(f"{command} {','.join(f'#{number}' for number in range(100))}")
    assert only(foo.sends(*["PING late"] * 5), "PONG") == []
