"""C{MONITOR}: whom a client watches."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import Said, account, commands, connected, guest, only, world


@pytest.fixture
def place() -> World:
    """A chatd with guests."""
    return world()


def shown(told: list[Said]) -> list[tuple[str, ...]]:
    """Numeric, and the targets without user and host."""
    return [(each.command, *(one.partition("!")[0] for one in each.params[-1].split(","))) for each in told]


def test_coming_and_going(place: World) -> None:
    """Of accounts and of guests; with the whole mask as it is from the first moment on."""
    foo = guest(place, "foo")
    assert shown(foo.sends("MONITOR + bar")) == [("731", "bar")]
    bar = connected(place)
    bar.sends("NICK Bar", "USER b 0 * :B")
    (told,) = foo.reads()
    assert told.params[0] == "foo"
    assert told.params[1].startswith("Bar!~b@guest/")
    bar.sends("QUIT :bye")
    assert shown(foo.reads()) == [("731", "Bar")]
    account(place, "bar").sends("QUIT")
    assert shown(foo.reads()) == [("730", "bar"), ("731", "bar")]


def test_who_is_here_already(place: World) -> None:
    """What is added is told of at once: who is here and who is not; again, for who is watched already."""
    foo = guest(place, "foo")
    guest(place, "bar")
    assert shown(foo.sends("MONITOR + BAR,baz,,qux")) == [("730", "bar"), ("731", "baz", "qux")]
    assert shown(foo.sends("MONITOR + bar")) == [("730", "bar")]
    assert shown(foo.sends("MONITOR s")) == [("730", "bar"), ("731", "baz", "qux")]
    assert shown(foo.sends("MONITOR L"))[0] == ("732", "BAR", "baz", "qux")


def test_watching_no_more(place: World) -> None:
    """Taking away and clearing are not answered."""
    foo, fred = guest(place, "foo"), guest(place, "fred")
    fred.sends("MONITOR + bar")
    foo.sends("MONITOR + bar,baz")
    assert foo.sends("MONITOR - BAR,nobody,!!") == []
    assert shown(foo.sends("MONITOR L")) == [("732", "baz"), ("733", "End of MONITOR list")]
    bar = guest(place, "bar")
    assert foo.reads() == []
    assert shown(fred.reads()) == [("730", "bar")]
    assert foo.sends("MONITOR C") == []
    assert commands(foo.sends("MONITOR l")) == ["733"]
    assert foo.sends("MONITOR S") == []
    foo.sends("MONITOR + bar", "QUIT")
    bar.sends("QUIT")
    assert place.hub.watches._watching.keys() == {"bar"}


def test_masks_are_not_watched(place: World) -> None:
    """Nothing but nicks."""
    foo = guest(place, "foo")
    assert shown(foo.sends("MONITOR + *!username@localhost")) == [("731", "*")]
    assert commands(foo.sends("MONITOR L")) == ["733"]
    guest(place, "bar")
    assert foo.reads() == []


def test_other_names(place: World) -> None:
    """Who is called otherwise goes and comes; in other capitals, neither."""
    bar = guest(place, "bar")
    bar.sends("MONITOR + qux")
    baz = guest(place, "baz")
    baz.sends("NICK qux")
    assert shown(bar.reads()) == [("730", "qux")]
    baz.sends("NICK QUX")
    assert bar.reads() == []
    baz.sends("NICK bazbat")
    assert shown(bar.reads()) == [("731", "QUX")]


def test_as_many_as_isupport_says(place: World) -> None:
    """What goes beyond is named, as it was sent; who is in it is not counted twice."""
    foo = guest(place, "foo")
    names = [f"n{number}" for number in range(99)]
    for at in range(0, 99, 33):
        foo.sends(f"MONITOR + {','.join(names[at : at + 33])}")
    told = foo.sends("MONITOR + n1,last,over,more")
    assert shown(told)[0] == ("731", "n1", "last")
    assert told[1].command == "734"
    assert told[1].params[1:3] == ("100", "over,more")
    listed = only(foo.sends("MONITOR L"), "732")
    assert len(listed) > 1 or len(listed[0].line) <= 510
    assert ",".join(each.params[1] for each in listed).split(",") == [*names, "last"]


def test_words_that_are_lacking(place: World) -> None:
    """Each is answered, and nothing is watched."""
    foo = guest(place, "foo")
    for line in ("MONITOR", "MONITOR +", "MONITOR -", "MONITOR + ,", "MONITOR + :"):
        assert foo.one(line).params[:2] == ("foo", "MONITOR"), line
    assert foo.one("MONITOR x bar").command == "400"
    assert foo.one("MONITOR :").command == "400"
    assert connected(place).one("MONITOR + bar").command == "451"


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("caps", [("away-notify",), ()])
def test_more_of_who_is_watched(place: World, first: bool, caps: tuple[str, ...]) -> None:
    """With extended-monitor, it is as if one shared a channel; without, there is nothing."""
    foo = guest(place, "foo", "extended-monitor", "setname", *caps)
    plain = guest(place, "plain", "away-notify", "setname", "account-notify")
    if first:
        foo.sends("MONITOR + bar")
        plain.sends("MONITOR + bar")
    bar = guest(place, "bar")
    if not first:
        foo.sends("MONITOR + bar")
        plain.sends("MONITOR + bar")
    assert commands(foo.reads()) == (["730"] if first else [])
    plain.reads()
    bar.sends("AWAY :afk")
    told = foo.reads()
    assert [(each.nick, each.command, each.params) for each in told] == ([("bar", "AWAY", ("afk",))] if caps else [])
    bar.sends("AWAY", "SETNAME :new name")
    assert commands(foo.reads()) == (["AWAY", "SETNAME"] if caps else ["SETNAME"])
    assert plain.reads() == []


def test_who_becomes_an_account(place: World) -> None:
    """Is told of to who watches, too."""
    foo = guest(place, "foo", "extended-monitor", "account-notify", "chghost")
    foo.sends("MONITOR + bar")
    bar = guest(place, "bar")
    foo.reads()
    bar.sends("NS REGISTER shivarampassphrase")
    assert [(each.command, each.params) for each in foo.reads()] == [
        ("ACCOUNT", ("bar",)), ("CHGHOST", ("~bar", "user/bar"))
    ]  # fmt: skip


def test_once_to_who_shares_a_channel_and_watches(place: World) -> None:
    """Not twice."""
    foo, bar = guest(place, "foo", "extended-monitor", "away-notify"), guest(place, "bar")
    foo.sends("MONITOR + bar", "JOIN #x")
    bar.sends("JOIN #x")
    foo.reads()
    bar.sends("AWAY :x")
    assert commands(foo.reads()) == ["AWAY"]
    plain = guest(place, "plain", "away-notify")
    plain.sends("MONITOR + bar", "JOIN #x")
    bar.sends("AWAY")
    assert commands(plain.reads()) == ["AWAY"]
