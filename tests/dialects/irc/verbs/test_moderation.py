"""Putting out, inviting, and calling channels otherwise."""

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
    people = [guest(town, name) for name in names]
    for each in people:
        each.sends("JOIN #chan")
    for each in people:
        each.reads()
    return people


def test_kicking(town: World) -> None:
    """All see it, with the reason, or else who did it; who is out may come back."""
    foo, bar, baz = channel(town, "foo", "bar", "baz")
    assert foo.one("KICK #chan bar :bye \x02now").params == ("#chan", "bar", "bye now")
    assert bar.reads()[0].params == baz.reads()[0].params == ("#chan", "bar", "bye now")
    assert foo.one("kick #CHAN BAZ").params == ("#chan", "baz", "foo")
    assert baz.reads()[0].nick == "foo"
    assert commands(bar.sends("JOIN #chan"))[0] == "JOIN"


def test_who_kicks(town: World) -> None:
    """Operators: guests among themselves, too."""
    foo, _, baz = channel(town, "foo", "bar", "baz")
    assert guest(town, "qux").one("KICK #chan bar").command == "442"
    assert baz.one("KICK #chan bar").command == "482"
    foo.sends("MODE #chan +o baz")
    baz.reads()
    assert commands(baz.sends("KICK #chan bar", "KICK #chan foo")) == ["KICK", "KICK"]
    assert [each.params[1] for each in only(foo.reads(), "KICK")] == ["bar", "foo"]


def test_accounts_are_outranked_as_ever(town: World) -> None:
    """A moderator does not put out the owner, and a guest no account that is more than he is."""
    alice, bob = account(town, "alice"), account(town, "bob")
    alice.sends("JOIN #chan")
    bob.sends("JOIN #chan")
    alice.sends("MODE #chan +o bob")
    bob.reads()
    assert bob.one("KICK #chan alice").command == "482"
    assert alice.one("KICK #chan bob").command == "KICK" or alice.reads()


@pytest.mark.parametrize("channels", ["#chan", "#chan,#chan"])
def test_kicking_several(town: World, channels: str) -> None:
    """One KICK for each."""
    foo, _, _, qux = channel(town, "foo", "bar", "baz", "qux")
    told = foo.sends(f"KICK {channels} bar,baz :bye")
    assert [each.params for each in told] == [("#chan", "bar", "bye"), ("#chan", "baz", "bye")]
    assert [each.params for each in qux.reads()] == [each.params for each in told]


def test_kicking_nobody(town: World) -> None:
    """Who is elsewhere, or nowhere, is not in the channel."""
    (foo,) = channel(town, "foo")
    guest(town, "elsewhere")
    for name in ("elsewhere", "nobody"):
        told = foo.one(f"KICK #chan {name}")
        assert (told.command, told.params[:3]) == ("441", ("foo", name, "#chan"))


def test_inviting(town: World) -> None:
    """Both are told, and nobody else."""
    foo, baz = channel(town, "foo", "baz")
    assert foo.one("INVITE bar #chan").command == "401"
    bar = guest(town, "bar")
    assert foo.one("INVITE BAR #Chan").params == ("foo", "bar", "#chan")
    (told,) = bar.reads()
    assert (told.nick, told.command, told.params) == ("foo", "INVITE", ("bar", "#chan"))
    assert baz.reads() == []
    assert foo.one("INVITE baz #chan").params[:3] == ("foo", "baz", "#chan")
    bar.sends("AWAY :lunch")
    assert commands(foo.sends("INVITE bar #chan")) == ["341", "301"]
    assert [each.params for each in bar.sends("INVITE")][-2:] == [("bar", "#chan"), ("bar", "End of /INVITE list")]


def test_hearing_whom_others_invite(town: World) -> None:
    """Who knows invite-notify does, in whatever style; of guests those who may invite themselves."""
    foo = channel(town, "foo")[0]
    baz, qux = guest(town, "baz", "invite-notify", "account-tag", "labeled-response", "batch"), guest(town, "qux")
    guest(town, "bar")
    for each in (baz, qux):
        each.sends("JOIN #chan")
    baz.reads()
    foo.sends("INVITE bar #chan")
    (told,) = baz.reads()
    assert (told.nick, told.command, told.params) == ("foo", "INVITE", ("bar", "#chan"))
    assert qux.reads() == []
    answer = baz.one("@label=1 INVITE bar #chan")
    assert (answer.command, answer.tags) == ("341", {"label": "1"})
    foo.sends("MODE #chan +i", "INVITE bar #chan")
    assert commands(baz.reads()) == ["MODE"]
    foo.sends("MODE #chan +o baz", "INVITE bar #chan")
    assert commands(baz.reads()) == ["MODE", "INVITE"]


def test_inviting_where_one_needs_to_be(town: World) -> None:
    """Operators invite; once for one time."""
    foo, baz = channel(town, "foo", "baz")
    bar = guest(town, "bar")
    assert commands(baz.sends("INVITE bar #chan")) == ["341"]
    foo.sends("MODE #chan +i")
    baz.reads()
    assert baz.one("INVITE bar #chan").command == "482"
    foo.sends("INVITE bar #chan")
    bar.reads()
    assert commands(bar.sends("JOIN #chan", "PART #chan", "JOIN #chan"))[-2:] == ["PART", "473"]


def test_an_invitation_of_an_operator(town: World) -> None:
    """Lets in whom a mask keeps out; one of a member does not."""
    foo, baz = channel(town, "foo", "baz")
    bar = guest(town, "bar")
    foo.sends("MODE #chan +b bar!*@*")
    baz.sends("INVITE bar #chan")
    bar.reads()
    assert bar.one("JOIN #chan").command == "474"
    foo.sends("INVITE bar #chan")
    bar.reads()
    assert commands(bar.sends("JOIN #chan", "PART #chan", "JOIN #chan"))[-1] == "474"


def test_invitation_masks(town: World) -> None:
    """Let in whom they are of."""
    (foo,) = channel(town, "foo")
    bar = guest(town, "Bar")
    foo.sends("MODE #chan +i")
    assert bar.one("JOIN #chan").command == "473"
    foo.sends("MODE #chan +I bar!*@*")
    assert commands(bar.sends("JOIN #chan"))[0] == "JOIN"
    bar.sends("PART #chan")
    foo.sends("MODE #chan -I bar!*@*")
    assert bar.one("JOIN #chan").command == "473"


def test_bans_of_accounts(town: World) -> None:
    """Are of no guest with that name; exceptions and invitations are of accounts, too."""
    chanop = guest(town, "chanop")
    chanop.sends("JOIN #one,#two,#three")
    chanop.sends("MODE #one +b a:bob", "MODE #two +be *!*@* a:bob", "MODE #three +iI a:bob")
    bob = guest(town, "bob")
    assert bob.sends("JOIN #one")[0].command == "JOIN"
    bob.sends("QUIT")
    bob = account(town, "bob")
    assert [each for each in commands(bob.sends("JOIN #one,#two,#three")) if each in ("JOIN", "474", "473")] == [
        "474", "JOIN", "JOIN",
    ]  # fmt: skip


def test_renaming(town: World) -> None:
    """Who knows of it is told so; who does not, has left and come in."""
    bar = guest(town, "bar", "draft/channel-rename")
    baz, qux = guest(town, "baz"), guest(town, "qux", "no-implicit-names")
    for each in (bar, baz, qux):
        each.sends("JOIN #bar")
    bar.sends("TOPIC #bar :tea")
    baz.reads(), qux.reads()
    assert bar.one("RENAME #bar #qux :no reason").params == ("#bar", "#qux", "no reason")
    told = baz.reads()
    assert commands(told) == ["PART", "JOIN", "332", "333", "353", "366"]
    assert (told[0].params, told[1].params) == (("#bar", "no reason"), ("#qux",))
    assert commands(qux.reads()) == ["PART", "JOIN", "332", "333"]
    assert bar.one("RENAME #qux #QUX").params == ("#qux", "#QUX", "")
    assert baz.reads() == []
    assert only(bar.sends("NAMES #QUX"), "353")[0].params[-1] == "@bar baz qux"
    assert baz.sends("JOIN #bar")[0].command == "JOIN"
    assert commands(baz.sends("MODE #bar +k beer")) == ["MODE"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("RENAME #chan #other", ("FAIL", "RENAME", "CHANNEL_NAME_IN_USE", "#chan", "#other")),
        ("RENAME #chan other", ("FAIL", "RENAME", "CANNOT_RENAME", "#chan", "other")),
        ("RENAME #chan #chan", ("FAIL", "RENAME", "CANNOT_RENAME", "#chan", "#chan")),
        (f"RENAME #chan #{'x' * 50}", ("FAIL", "RENAME", "CANNOT_RENAME", "#chan", f"#{'x' * 50}")),
        ("RENAME #other #third", ("482", "foo", "#other")),
        ("RENAME #chan :", ("461", "foo", "RENAME")),
    ],
)
def test_renaming_that_cannot_be(town: World, line: str, words: tuple[str, ...]) -> None:
    """Says why."""
    guest(town, "maker").sends("JOIN #other")
    foo = guest(town, "foo", "standard-replies", "draft/channel-rename")
    foo.sends("JOIN #chan,#other")
    told = foo.one(line)
    assert (told.command, *told.params)[: len(words)] == words
