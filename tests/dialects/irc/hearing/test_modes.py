"""What people of other faces order in a room, as IRC's people see it."""

from collections.abc import Callable

import pytest

from chatd.core.events import MaskChanged
from chatd.core.settings.limits import Limits
from chatd.dialects.irc.hearing import modes
from chatd.testing import Remote, World
from tests.dialects.irc.clients import IrcClient, account, guest, world

Order = Callable[..., object]


@pytest.fixture
def town() -> World:
    """A chatd where one may type fast."""
    return world(limits=Limits(line_burst=1000, lines_per_second=1000.0))


@pytest.fixture
def carol(town: World) -> Remote:
    """The owner of a room, at a program of chatd's own."""
    carol = town.program("carol")
    carol.asks(do="join", room="ops")
    return carol


@pytest.fixture
def bob(town: World, carol: Remote) -> IrcClient:
    """An account that is in it over IRC."""
    bob = account(town, "bob")
    bob.sends("JOIN #ops")
    return bob


def told(client: IrcClient) -> list[tuple[str, ...]]:
    """What a client heard: whose it is, the command, and the parameters."""
    return [(each.nick, each.command, *each.params) for each in client.reads()]


def test_settings(carol: Remote, bob: IrcClient) -> None:
    """Those that are modes are told as what they change in all."""
    for name, value, expected in (
        ("access", "invite", [("+is",)]), ("access", "open", [("-is",)]), ("key", "beer", [("+ks", "*")]),
        ("listed", "on", [("-s",)]), ("key", "wine", [("+k", "*")]), ("access", "invite", [("+i",)]),
        ("topic", "moderators", [("+t",)]), ("topic", "moderators", []), ("limit", "7", [("+l", "7")]),
        ("limit", "8", [("+l", "8")]), ("limit", "off", [("-l",)]), ("moderated", "on", [("+m",)]),
        ("external", "on", [("-n",)]), ("slow", "10s", []), ("keep", "30d", []),
    ):  # fmt: skip
        carol.asks(do="room-set", room="ops", name=name, value=value)
        lines = [each[2:] for each in told(bob)]
        assert lines == [("#ops", *each) for each in expected], (name, value)


def test_roles(carol: Remote, bob: IrcClient) -> None:
    """An owner is an operator as a moderator is."""
    for role, expected in (
        ("voice", [("+v", "bob")]), ("moderator", [("+o", "bob")]), ("owner", []), ("voice", [("-o", "bob")]),
        ("member", [("-v", "bob")]), ("moderator", [("+o", "bob")]), ("member", [("-o", "bob")]),
    ):  # fmt: skip
        carol.asks(do="room-role", room="ops", name="bob", role=role)
        assert told(bob) == [("carol", "MODE", "#ops", *each) for each in expected], role


def test_sentences(town: World, carol: Remote, bob: IrcClient) -> None:
    """A mute and a ban are modes; whoever is banned is put out."""
    dave = guest(town, "dave")
    dave.sends("JOIN #ops")
    bob.reads()
    carol.asks(do="mute", room="ops", target="dave")
    carol.asks(do="unmute", room="ops", target="dave")
    carol.asks(do="ban", room="ops", target="dave", reason="spam")
    carol.asks(do="unban", room="ops", target="dave")
    heard = [
        ("carol", "MODE", "#ops", "+b", "m:dave!*@*"), ("carol", "MODE", "#ops", "-b", "m:dave!*@*"),
        ("carol", "MODE", "#ops", "+b", "dave!*@*"), ("carol", "KICK", "#ops", "dave", "spam"),
        ("carol", "MODE", "#ops", "-b", "dave!*@*"),
    ]  # fmt: skip
    assert told(dave) == heard[:-1]
    assert told(bob) == heard
    carol.asks(do="ban", room="ops", target="dave")
    assert told(bob) == heard[2:3]
    assert bob.sends("MODE #ops b")[0].params[2] == "dave!*@*"


def test_masks(carol: Remote, bob: IrcClient) -> None:
    """Each list has its letter; what would not fit on a line or begins like its end is made to."""
    for name, mask, expected in (
        ("ban", "*!*@guest/*", ("+b", "*!*@guest/*")), ("mute", "a:eve", ("+b", "m:a:eve")),
        ("exception", "x!*@*", ("+e", "x!*@*")), ("invitation", "x!*@*", ("+I", "x!*@*")),
        ("ban", ":x!*@*", ("+b", "?x!*@*")),
    ):  # fmt: skip
        carol.asks(do="mask", room="ops", list=name, mask=mask)
        assert told(bob) == [("carol", "MODE", "#ops", *expected)]


def test_a_mask_that_is_longer_than_a_line() -> None:
    """Is told as far as it goes."""
    event = MaskChanged(room="ops", seq=1, who="carol", at=0, list="ban", mask="x" * 600, on=True)
    line = modes.lines(frozenset(), event, "", modes.changes_of(event))
    assert len(line) <= 512
    assert line.startswith(b":carol!carol@user/carol MODE #ops +b xxx")


def test_an_invitation(town: World, carol: Remote) -> None:
    """Of a room, to somebody at IRC."""
    dave = guest(town, "dave")
    carol.asks(do="invite", room="ops", name="dave")
    assert told(dave) == [("carol", "INVITE", "dave", "#ops")]


def test_who_gets_back_in(carol: Remote, bob: IrcClient) -> None:
    """By an undo: with all that is told of who comes in."""
    carol.asks(do="kick", room="ops", target="bob", reason="slip")
    assert told(bob) == [("carol", "KICK", "#ops", "bob", "slip")]
    carol.asks(do="undo")
    assert [each[1] for each in told(bob)] == ["JOIN", "353", "366"]


def test_another_name(carol: Remote, bob: IrcClient) -> None:
    """Of the room."""
    carol.asks(do="rename-room", room="ops", name="crew")
    assert [each[1:3] for each in told(bob)] == [("PART", "#ops"), ("JOIN", "#crew"), ("353", "bob"), ("366", "bob")]
