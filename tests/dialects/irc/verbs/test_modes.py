"""Modes of channels, as operators change them and members see them changed."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, account, commands, guest, only, world

MANY = Limits(line_burst=1000, lines_per_second=1000.0)


@pytest.fixture
def town() -> World:
    """A chatd where one may type fast."""
    return world(limits=MANY)


def channel(town: World, *names: str) -> list[IrcClient]:
    """Guests in a channel, the first of them its operator, who have read all."""
    people = [guest(town, name, "echo-message") for name in names]
    for each in people:
        each.sends("JOIN #chan")
    for each in people:
        each.reads()
    return people


def heard(*people: IrcClient) -> list[tuple[str, ...]]:
    """The parameters of what each of some was told, which is the same for all."""
    told = [[each.params for each in one.reads()] for one in people]
    assert all(each == told[0] for each in told), told
    return told[0]


def test_what_there_is(town: World) -> None:
    """Right after the channel was made, and when modes are set; all of them can be taken away, in one line."""
    (op,) = channel(town, "op")
    assert [each.params for each in op.sends("MODE #chan")] == [("op", "#chan", "+n"), ("op", "#chan", "1766000000")]
    assert op.one("MODE #chan +int").params == ("#chan", "+it")
    assert op.sends("MODE #chan")[0].params == ("op", "#chan", "+int")
    assert op.one("MODE #Chan -int").params == ("#chan", "-int")
    assert op.sends("MODE #chan")[0].params == ("op", "#chan", "+")
    assert op.sends("MODE #chan -int", "MODE #chan -i+") == []
    assert commands(op.sends("MODE #chan +")) == commands(op.sends("MODE #chan :")) == ["324", "329"]


def test_others_see_them(town: World) -> None:
    """Each change, with who made it; nothing where nothing changes."""
    op, bar, baz = channel(town, "op", "bar", "baz")
    mine = op.one("MODE #chan +mv-n+l bar 7")
    assert (mine.nick, mine.params) == ("op", ("#chan", "+mv-n+l", "bar", "7"))
    assert heard(bar, baz) == [("#chan", "+m"), ("#chan", "+v", "bar"), ("#chan", "-n"), ("#chan", "+l", "7")]
    assert op.sends("MODE #chan +mv-n+l bar 7") == bar.reads() == []


def test_keys(town: World) -> None:
    """Who sets one sees it, others that there is one; it keeps out and lets in."""
    op, bar = channel(town, "op", "bar")
    assert op.one("MODE #chan +k beer").params == ("#chan", "+k", "beer")
    assert heard(bar) == [("#chan", "+k", "*")]
    assert op.one("MODE #chan +k wine").params == ("#chan", "+k", "wine")
    assert heard(bar) == [("#chan", "+k", "*")]
    assert op.sends("MODE #chan")[0].params[2:] == ("+kn", "*")
    qux = guest(town, "qux")
    assert [qux.one(f"JOIN #chan{key}").command for key in ("", " beer")] == ["475", "475"]
    assert qux.sends("JOIN #chan wine")[0].command == "JOIN"
    op.reads()
    assert op.one("MODE #chan -k anything").params == ("#chan", "-k", "*")


def test_invitations_and_a_key(town: World) -> None:
    """Both hold at once, in any order, and each is taken away by itself."""
    op, bar = channel(town, "op", "bar")
    assert op.one("MODE #chan +ik beer").params == ("#chan", "+ik", "beer")
    assert heard(bar) == [("#chan", "+i"), ("#chan", "+k", "*")]
    assert op.sends("MODE #chan")[0].params[2:] == ("+ikn", "*")
    assert guest(town, "qux").one("JOIN #chan beer").command == "473"
    assert op.one("MODE #chan -i").params == ("#chan", "-i")
    quux = guest(town, "quux")
    assert [quux.one(f"JOIN #chan{key}").command for key in ("", " wine")] == ["475", "475"]
    assert quux.sends("JOIN #chan beer")[0].command == "JOIN"
    op.reads()
    assert op.one("MODE #chan +i-k+l beer 9").params == ("#chan", "+i-k+l", "*", "9")
    assert op.sends("MODE #chan")[0].params[2:] == ("+iln", "9")
    assert op.one("MODE #chan +k-ik beer *").params == ("#chan", "+k-ik", "beer", "*")
    assert op.sends("MODE #chan")[0].params[2:] == ("+ln", "9")
    assert guest(town, "grault").sends("JOIN #chan")[0].command == "JOIN"


@pytest.mark.parametrize("key", ["passphrase with spaces", "long" * 100, "", "a,b"])
def test_keys_that_are_none(town: World, key: str) -> None:
    """Are refused, and never repeated."""
    (op,) = channel(town, "op")
    told = op.one(f"MODE #chan +k :{key}")
    assert (told.command, told.params[:4]) == ("696", ("op", "#chan", "k", "*"))


@pytest.mark.parametrize("limit", ["0", "-1", "abc", "", "100001"])
def test_limits_that_are_none(town: World, limit: str) -> None:
    """Are refused, too."""
    (op,) = channel(town, "op")
    told = op.one(f"MODE #chan +l :{limit}")
    assert (told.command, told.params[:3]) == ("696", ("op", "#chan", "l"))


def test_parameters_that_are_lacking(town: World) -> None:
    """One line for each mode; the others are obeyed."""
    (op,) = channel(town, "op")
    assert [each.params[:3] for each in op.sends("MODE #chan +kslzovz")] == [
        ("#chan", "+s"), ("op", "z", "is unknown mode char to me"),
        ("op", "#chan", "k"), ("op", "#chan", "l"), ("op", "#chan", "o"), ("op", "#chan", "v"),
    ]  # fmt: skip


def test_operators(town: World) -> None:
    """Who is one makes others; of nobody, or of somebody elsewhere, it is refused."""
    op, bar = channel(town, "op", "bar")
    guest(town, "elsewhere")
    assert bar.one("MODE #chan +o bar").command == "482"
    assert op.one("MODE #chan +o elsewhere").command == "441"
    assert op.one("MODE #chan +o nobody").command == "401"
    assert op.one("MODE #chan +o bad!name").command == "401"
    assert op.one("MODE #chan +o bar").params == ("#chan", "+o", "bar")
    assert heard(bar) == [("#chan", "+o", "bar")]
    assert op.sends("MODE #chan +o bar") == []
    assert op.one("MODE #chan -o op").params == ("#chan", "-o", "op")
    assert op.one("MODE #chan +i").command == "482"
    assert only(op.sends("NAMES #chan"), "353")[0].params[-1] == "@bar op"


def test_the_last_operator_of_accounts(town: World) -> None:
    """Stays one: a room of accounts keeps an owner."""
    alice = account(town, "alice")
    alice.sends("JOIN #chan")
    assert alice.one("MODE #chan -o alice").command == "482"


def test_not_an_operator(town: World) -> None:
    """Is told so once, and sees the lists of bans."""
    op, bar = channel(town, "op", "bar")
    assert bar.one("MODE #chan +imb-t+v x!*@* bar").command == "482"
    assert commands(bar.sends("MODE #chan b")) == ["368"]
    assert bar.one("MODE #chan +e").command == "482"
    assert heard(op) == []


@pytest.mark.parametrize(("letter", "entry", "end"), [("b", "367", "368"), ("e", "348", "349"), ("I", "346", "347")])
def test_lists(town: World, letter: str, entry: str, end: str) -> None:
    """What is put on them is shown with who and when, and taken off in any capitals; twice changes nothing."""
    op, bar = channel(town, "op", "bar")
    assert op.one(f"MODE #chan +{letter} baz").params == ("#chan", f"+{letter}", "baz!*@*")
    assert op.one(f"MODE #chan +{letter} a:alice").params == ("#chan", f"+{letter}", "a:alice")
    assert op.sends(f"MODE #chan +{letter} BAZ!*@*") == []
    assert [(each.command, each.params[1:]) for each in op.sends(f"MODE #chan {letter}")][:-1] == [
        (entry, ("#chan", "baz!*@*", "op", "1766000000")), (entry, ("#chan", "a:alice", "op", "1766000000")),
    ]  # fmt: skip
    assert op.sends(f"MODE #chan +{letter}")[-1].command == end
    assert op.one(f"MODE #chan -{letter} BAZ!*@*").params[:2] == ("#chan", f"-{letter}")
    assert op.sends(f"MODE #chan -{letter} nobody!*@*") == []
    assert len(heard(bar)) == 3


def test_mutes(town: World) -> None:
    """Are bans of another kind: who is muted says nothing, until there is a voice or an exception."""
    op, bar = channel(town, "op", "bar")
    assert op.one("MODE #chan +b m:BAR!*@*").params == ("#chan", "+b", "m:BAR!*@*")
    assert heard(bar) == [("#chan", "+b", "m:BAR!*@*")]
    assert bar.sends("MODE #chan +b")[0].params[2:4] == ("m:BAR!*@*", "op")
    assert bar.one("PRIVMSG #chan :hi").command == "404"
    op.sends("MODE #chan +e m:*!~bar@*")
    assert only(bar.sends("PRIVMSG #chan :hi"), "PRIVMSG")
    op.sends("MODE #chan -e m:*!~bar@*")
    bar.reads()
    assert bar.one("PRIVMSG #chan :hi").command == "404"
    op.sends("MODE #chan +v bar")
    assert only(bar.sends("PRIVMSG #chan :hi"), "PRIVMSG")
    op.sends("MODE #chan -vb bar m:bar!*@*")
    assert only(bar.sends("PRIVMSG #chan :hi"), "PRIVMSG")


def test_a_full_list(town: World) -> None:
    """Takes nothing more."""
    town.hub.site = town.hub.site._replace(limits=Limits(line_burst=1000, masks=2))
    (op,) = channel(town, "op")
    told = op.sends("MODE #chan +bbb a b c")
    assert [(each.command, each.params[1:3]) for each in told] == [("MODE", ("+bb", "a!*@*")), ("478", ("#chan", "b"))]


@pytest.mark.parametrize("mask", [":", ":a b", "m:", "a:"])
def test_masks_that_are_none(town: World, mask: str) -> None:
    """Are refused."""
    (op,) = channel(town, "op")
    assert op.one(f"MODE #chan +b {mask}").command == "696"


def test_moderated(town: World) -> None:
    """Only who has a voice speaks."""
    op, bar = channel(town, "op", "bar")
    op.sends("MODE #chan +m")
    bar.reads()
    assert bar.one("PRIVMSG #chan :hi").command == "404"
    assert op.reads() == []
    op.sends("MODE #chan +v bar")
    bar.sends("PRIVMSG #chan :hi again")
    assert heard(op) == [("#chan", "hi again")]


def test_messages_from_outside(town: World) -> None:
    """Reach a channel that lets them in."""
    (op,) = channel(town, "op")
    baz = guest(town, "baz")
    assert baz.one("PRIVMSG #chan :hi from baz").command == "404"
    assert op.one("MODE #chan -n").params == ("#chan", "-n")
    assert baz.sends("PRIVMSG #chan :hi again") == []
    assert heard(op) == [("#chan", "hi again")]
    assert guest(town, "qux", "echo-message").one("PRIVMSG #chan :hm").params == ("#chan", "hm")
    assert heard(op) == [("#chan", "hm")]
    assert op.one("MODE #chan +n").params == ("#chan", "+n")


def test_secret(town: World) -> None:
    """Who is not in does not find it; who comes in does."""
    (op,) = channel(town, "op")
    second = guest(town, "second")
    op.sends("MODE #chan +s")
    assert only(op.sends("LIST"), "322")[0].params[1] == "#chan"
    assert only(second.sends("LIST"), "322") == []
    assert only(second.sends("JOIN #chan"), "353")[0].params[1] == "@"
    assert only(second.sends("LIST"), "322")[0].params[1] == "#chan"
