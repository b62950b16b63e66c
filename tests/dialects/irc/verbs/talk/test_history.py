"""What was said before, for who asks (IRCv3 chathistory)."""

from typing import Any

import pytest

from chatd.core.settings.limits import Limits
from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, Said, account, commands, guest, only, world
from tests.dialects.irc.verbs.talk.test_messages import MODERN, PLENTY, met

HISTORY = (*MODERN, "draft/chathistory")
EVENTS = (*HISTORY, "draft/event-playback")
COUNT = 10


@pytest.fixture(name="there")
def _there() -> World:
    return world(limits=PLENTY)


def talked(there: World, client: IrcClient, target: str = "#test") -> list[Said]:
    """Ten lines, each a moment after the one before."""
    said = []
    for number in range(COUNT):
        said.append(client.one(f"PRIVMSG {target} :this is message {number}"))
        there.clock.advance(0.002)
    return said


def asked(client: IrcClient, line: str, target: str = "#test") -> list[Said]:
    """What is in the batch that answers."""
    start, *told, end = client.sends(f"CHATHISTORY {line}")
    assert (start.command, start.params[1:]) == ("BATCH", ("chathistory", target))
    assert (end.command, end.params) == ("BATCH", (f"-{start.params[0][1:]}",))
    assert all(each.tags["batch"] == start.params[0][1:] for each in told)
    return told


def known(told: list[Said]) -> list[Any]:
    """What of a message has to be as it was."""
    return [(each.tags["time"], each.tags["msgid"], each.source, each.params) for each in told]


def selectors(said: Said) -> tuple[str, str]:
    """The two ways to name a message."""
    return f"msgid={said.tags['msgid']}", f"timestamp={said.tags['time']}"


@pytest.fixture(name="foo")
def _foo(there: World) -> IrcClient:
    foo = guest(there, "foo", *HISTORY)
    met(there, foo)
    return foo


def test_each_way_to_ask(there: World, foo: IrcClient) -> None:
    """LATEST, BEFORE, AFTER, AROUND and BETWEEN, by name and by time; what is named is not in it, but in the middle."""
    said = talked(there, foo)
    for ask in ("LATEST #test * 20", "latest #test * 10"):
        assert known(asked(foo, ask)) == known(said)
    assert known(asked(foo, "LATEST #test * 5")) == known(said[-5:])
    assert known(asked(foo, "LATEST #test * 1")) == known(said[-1:])
    for way in (0, 1):
        first, fourth, fifth, seventh, eighth, last = (selectors(said[n])[way] for n in (0, 3, 4, 6, 7, 9))
        for ask, due in (
            (f"LATEST #test {fifth} 20", said[5:]), (f"LATEST #test {fifth} 3", said[-3:]),
            (f"BEFORE #test {seventh} 20", said[:6]), (f"BEFORE #test {seventh} 2", said[4:6]),
            (f"AFTER #test {fourth} 20", said[4:]), (f"AFTER #test {fourth} 3", said[4:7]),
            (f"BETWEEN #test {first} {last} 20", said[1:-1]), (f"BETWEEN #test {last} {first} 20", said[1:-1]),
            (f"BETWEEN #test {first} {last} 3", said[1:4]), (f"BETWEEN #test {last} {first} 3", said[-4:-1]),
            (f"AROUND #test {eighth} 1", said[7:8]), (f"AROUND #test {eighth} 3", said[6:9]),
            (f"AROUND #test {eighth} 2", said[6:8]), (f"AROUND #test {first} 4", said[:2]),
            (f"BEFORE #test {first} 5", []), (f"AFTER #test {last} 5", []), (f"LATEST #test {last} 5", []),
            (f"BETWEEN #test {first} {first} 5", []),
        ):  # fmt: skip
            assert known(asked(foo, ask)) == known(due), ask
    mixed = f"BETWEEN #test {selectors(said[2])[0]} {selectors(said[6])[1]} 20"
    assert known(asked(foo, mixed)) == known(said[3:6])
    assert known(asked(foo, "BEFORE #test timestamp=2999-01-01T00:00:00Z 2")) == known(said[-2:])
    assert known(asked(foo, "AFTER #test timestamp=1999-12-31T23:59:59.999Z 2")) == known(said[:2])


def test_in_a_channel_that_was_renamed(there: World, foo: IrcClient) -> None:
    """What was named before is found again."""
    said = talked(there, foo)
    foo.sends("RENAME #test #other")
    for asked, texts in (("BEFORE", said[1:3]), ("AFTER", said[4:6])):
        told = only(foo.sends(f"CHATHISTORY {asked} #other msgid={said[3].tags['msgid']} 2"), "PRIVMSG")
        assert [each.params for each in told] == [("#other", each.params[1]) for each in texts]


def test_only_lines_without_event_playback(there: World, foo: IrcClient) -> None:
    """And as many as were asked for, however much else happened."""
    said = []
    for number in range(COUNT):
        foo.sends(f"TOPIC #test :{number}", "PART #test", "JOIN #test", f"@+draft/react={number} TAGMSG #test")
        said += foo.sends(f"PRIVMSG #test :{number}")
        guest(there, f"other{number}").sends("JOIN #test", "NOTICE #test :hm")
        said += only(foo.reads(), "NOTICE")
    assert known(asked(foo, "LATEST #test * 7")) == known(said[-7:])
    assert known(asked(foo, f"BEFORE #test {selectors(said[-1])[0]} 19")) == known(said[:-1])


def test_events_are_played_back(there: World) -> None:
    """Who asked for them gets topics, comings and goings, modes, and the tags that were to be kept."""
    foo, bar = guest(there, "foo", *EVENTS), guest(there, "bar")
    met(there, foo)
    heard = []
    for line in ("TOPIC #test :one", "MODE #test +m", "@+draft/persist=x TAGMSG #test", "PRIVMSG #test :hi"):
        heard += foo.sends(line)
        there.clock.advance(0.002)
    foo.sends("@+typing=active TAGMSG #test")
    bar.sends("JOIN #test", "PART #test :bye")
    heard += foo.reads()
    foo.sends("KICK #test nosuch", "CAP REQ -echo-message")
    told = asked(foo, "LATEST #test * 50")
    assert commands(told) == ["JOIN", "TOPIC", "MODE", "TAGMSG", "PRIVMSG", "JOIN", "PART"]
    assert [(each.tags["msgid"], each.command, each.params) for each in told[1:]] == [
        (each.tags["msgid"], each.command, each.params) for each in heard
    ]
    assert told[3].tags["+draft/persist"] == "x"
    assert commands(asked(foo, "LATEST #test * 3")) == ["PRIVMSG", "JOIN", "PART"]


def test_who_did_it_is_told_as_it_was(there: World) -> None:
    """An account that is not here has its account tag and its mask; a guest that has gone has neither an account's."""
    foo = account(there, "foo", *EVENTS, "account-tag", "extended-join")
    met(there, foo)
    dave, gina = account(there, "dave"), guest(there, "gina")
    for each, nick in ((dave, "dave"), (gina, "gina")):
        each.sends("JOIN #test", f"PRIVMSG #test :I am {nick}")
        each.remote.goes()
    foo.reads()
    told = asked(foo, "LATEST #test * 4")
    assert [(each.command, each.source, each.tags.get("account")) for each in told] == [
        ("JOIN", "dave!dave@user/dave", "dave"),
        ("PRIVMSG", "dave!dave@user/dave", "dave"),
        ("JOIN", "gina!gina@guest/gone", None),
        ("PRIVMSG", "gina!gina@guest/gone", None),
    ]
    assert [each.params[1] for each in told if each.command == "JOIN"] == ["dave", "*"]
    account(there, "gina")  # who is somebody else than the guest was
    again = asked(foo, "LATEST #test * 1")
    assert [(each.source, each.tags.get("account")) for each in again] == [("gina!gina@guest/gone", None)]


def test_pages_are_full(there: World) -> None:
    """Of events that IRC has no line for, none takes a place that was asked for."""
    foo = guest(there, "foo", *EVENTS)
    met(there, foo)
    said = talked(there, foo)
    for each in said[2:9]:
        foo.sends("CAP REQ draft/message-redaction", f"REDACT #test {each.tags['msgid']}")
    assert known(asked(foo, "LATEST #test * 3")) == known([*said[:2], said[9]])
    assert known(asked(foo, f"AFTER #test {selectors(said[0])[0]} 2")) == known([said[1], said[9]])
    foo.sends("CAP REQ -draft/event-playback")
    assert known(asked(foo, "LATEST #test * 30")) == known([*said[:2], said[9]])


def test_conversations(there: World) -> None:
    """Both have the same, and nobody else has any of it; oneself is somebody, too."""
    foo, bar, baz = (account(there, name, *HISTORY) for name in ("foo", "bar", "baz"))
    said = []
    for number in range(COUNT):
        one, other = (foo, "bar") if number % 2 else (bar, "foo")
        one.lines()
        said.append(one.one(f"PRIVMSG {other} :{number}"))
        there.clock.advance(0.002)
    for each in (foo, bar):
        each.reads()
    baz.sends("PRIVMSG foo :something else")
    foo.lines()
    for client, other in ((foo, "bar"), (bar, "foo"), (bar, "FOO")):
        assert known(asked(client, f"LATEST {other} * 50", other)) == known(said)
        assert known(asked(client, f"BEFORE {other} {selectors(said[6])[0]} 2", other)) == known(said[4:6])
    assert asked(baz, "LATEST bar * 50", "bar") == []
    notes = [foo.sends(f"PRIVMSG foo :{number}")[0] for number in range(3)]
    assert known(asked(foo, "LATEST foo * 10", "foo")) == known(notes)


def test_where_something_was_said(there: World) -> None:
    """TARGETS: channels and people, by their last lines."""
    foo, bar = account(there, "foo", *HISTORY), account(there, "bar", *HISTORY)
    met(there, foo, bar)
    there.clock.advance(60)
    at = []
    for line in ("PRIVMSG bar :hi", "PRIVMSG #test :hi"):
        at.append(foo.one(line).tags["time"])
        there.clock.advance(60)
    told = foo.sends("CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2030-01-01T00:00:00.000Z 10")
    assert told[0].params[1:] == ("draft/chathistory-targets",)
    assert [each.params for each in told[1:-1]] == [("TARGETS", "bar", at[0]), ("TARGETS", "#test", at[1])]
    ask = "CHATHISTORY TARGETS timestamp={} timestamp={} {}"
    for first, second, limit, due in (
        (at[0], "2030-01-01T00:00:00.000Z", 9, ["#test"]), (at[1], at[0], 9, []),
        (at[1], "2020-01-01T00:00:00Z", 9, ["bar"]),
        ("2020-01-01T00:00:00.000Z", "2030-01-01T00:00:00.000Z", 1, ["bar"]),
    ):  # fmt: skip
        told = foo.sends(ask.format(first, second, limit))
        assert [each.params[1] for each in told[1:-1]] == due


@pytest.mark.parametrize(
    ("line", "fail"),
    [
        ("", "NEED_MORE_PARAMS"), (" LATEST", "NEED_MORE_PARAMS LATEST"),
        (" LATEST #test *", "NEED_MORE_PARAMS LATEST"),
        (" between #test * *", "NEED_MORE_PARAMS BETWEEN"), (" FOO #test * 1", "INVALID_PARAMS FOO"),
        (" LATEST #test * x", "INVALID_PARAMS LATEST x"), (" LATEST #test * 0", "INVALID_PARAMS LATEST 0"),
        (" LATEST #test * -1", "INVALID_PARAMS LATEST -1"), (" LATEST #test * \u0661", "INVALID_PARAMS LATEST \u0661"),
        (" BEFORE #test * 1", "INVALID_PARAMS BEFORE *"), (" BEFORE #test msgid= 1", "INVALID_PARAMS BEFORE msgid="),
        (" BEFORE #test msgid=x-y-1 1", "INVALID_PARAMS BEFORE msgid=x-y-1"),
        (" BEFORE #test timestamp=yesterday 1", "INVALID_PARAMS BEFORE timestamp=yesterday"),
        (" BEFORE #test timestamp=2023-02-30T00:00:00Z 1", "INVALID_PARAMS BEFORE timestamp=2023-02-30T00:00:00Z"),
        (" TARGETS msgid=1-2-3 timestamp=2023-02-20T00:00:00.000Z 1", "INVALID_PARAMS TARGETS msgid=1-2-3"),
        (" LATEST #nosuch * 1", "INVALID_TARGET LATEST #nosuch"),
        (" LATEST nosuch * 1", "INVALID_TARGET LATEST nosuch"),
        (" LATEST #other * 1", "INVALID_TARGET LATEST #other"), (" LATEST * * 1", "INVALID_TARGET LATEST *"),
        (" LATEST ##test * 1", "INVALID_TARGET LATEST ##test"), (" LATEST @#test * 1", "INVALID_TARGET LATEST @#test"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(there: World, foo: IrcClient, line: str, fail: str) -> None:
    """A standard reply says what was wrong; a channel that one is not in is as one that there is not."""
    guest(there, "bar").sends("JOIN #other", "PRIVMSG #other :hi")
    told = foo.sends(f"@label=1 CHATHISTORY{line}")
    assert commands(told) == ["FAIL"]
    assert told[0].line.startswith(f"@label=1 :My.Little.Server FAIL CHATHISTORY {fail} :")
    assert there.hub.here("foo") is not None


def test_at_most_so_many(there: World) -> None:
    """More than the server gives at once is not asked for (ISUPPORT CHATHISTORY)."""
    there.hub.site = there.hub.site._replace(limits=Limits(line_burst=10**6, lines_per_second=1e6, history_page=4))
    foo = guest(there, "foo", *HISTORY)
    met(there, foo)
    said = talked(there, foo)
    assert known(asked(foo, "LATEST #test * 1000")) == known(said[-4:])


def test_an_account_finds_it_again(there: World) -> None:
    """After its login, in every channel where it is a member."""
    foo = account(there, "foo", *MODERN)
    met(there, foo)
    said = talked(there, foo)
    foo.remote.goes()
    again = account(there, "foo", "server-time", "batch", "message-tags")
    told = again.reads()
    assert told == [], "it was told with the welcome"
    other = account(there, "foo", *HISTORY)
    assert known(asked(other, "LATEST #test * 50")) == known(said)
