"""Up to where one has read, on all devices."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import account, commands, guest, only, world
from tests.dialects.irc.verbs.talk.test_messages import PLENTY, met

MARKERS = "draft/read-marker"
THEN, LATER = "timestamp=2019-01-04T14:33:26.123Z", "timestamp=2019-06-01T12:00:00.000Z"


@pytest.fixture(name="there")
def _there() -> World:
    return world(limits=PLENTY)


def test_set_and_get(there: World) -> None:
    """It is told as it was set, in a channel, with somebody, and never goes back."""
    foo = guest(there, "foo", MARKERS)
    guest(there, "bar")
    met(there, foo)
    for target in ("#test", "bar", "foo", "#TEST"):
        fresh = target != "#TEST"
        assert foo.one(f"MARKREAD {target}").params == (target, "*" if fresh else LATER)
        assert foo.one(f"MARKREAD {target} {THEN}").params == (target, THEN if fresh else LATER)
        assert foo.one(f"MARKREAD {target} {LATER}").params == (target, LATER)
        assert foo.one(f"MARKREAD {target} {THEN}").params == (target, LATER)
        assert foo.one(f"MARKREAD {target}").line == f":My.Little.Server MARKREAD {target} {LATER}"
    assert foo.one("MARKREAD #nosuch").params == ("#nosuch", "*")
    assert foo.one("MARKREAD nosuch").params == ("nosuch", "*")
    there.clock.advance(0.5)
    told = foo.one("MARKREAD #test timestamp=2999-01-01T00:00:00.000Z")
    assert told.params[1] == "timestamp=2025-12-17T19:33:20.500Z", "not one that is to come"


@pytest.mark.parametrize(
    ("line", "fail"),
    [
        ("MARKREAD", "NEED_MORE_PARAMS"), ("MARKREAD :", "NEED_MORE_PARAMS"),
        ("MARKREAD #test *", "INVALID_PARAMS #test *"),
        ("MARKREAD #test timestamp=not-a-time", "INVALID_PARAMS #test timestamp=not-a-time"),
        ("MARKREAD #test 2019-01-04T14:33:26.123Z", "INVALID_PARAMS #test 2019-01-04T14:33:26.123Z"),
        ("MARKREAD #test timestamp=1969-01-04T14:33:26Z", "INVALID_PARAMS #test timestamp=1969-01-04T14:33:26Z"),
        ("MARKREAD #test :", "INVALID_PARAMS #test *"), ("MARKREAD :a b", "INVALID_PARAMS"),
        ("MARKREAD ::x", "INVALID_PARAMS"),
        (f"MARKREAD #nosuch {THEN}", "INTERNAL_ERROR #nosuch"), (f"MARKREAD nosuch {THEN}", "INTERNAL_ERROR nosuch"),
        (f"MARKREAD #other {THEN}", "INTERNAL_ERROR #other"),
    ],
)  # fmt: skip
def test_what_cannot_be_set(there: World, line: str, fail: str) -> None:
    """A standard reply says what was wrong."""
    foo = guest(there, "foo", MARKERS)
    met(there, foo)
    guest(there, "bar").sends("JOIN #other")
    assert foo.one(line).line.startswith(f":My.Little.Server FAIL MARKREAD {fail} :")


def test_told_on_coming_in(there: World) -> None:
    """Before the end of the names; also in a channel that was gone meanwhile."""
    foo = guest(there, "foo", MARKERS)
    told = foo.sends("JOIN #test")
    assert commands(told) == ["JOIN", "MARKREAD", "353", "366"]
    assert told[1].params == ("#test", "*")
    foo.sends(f"MARKREAD #test {THEN}", "PART #test")
    assert only(foo.sends("JOIN #test"), "MARKREAD")[0].params == ("#test", THEN)


def test_other_devices_hear_it(there: World) -> None:
    """Those who know it; and what is read on another face is read here."""
    one, two = account(there, "jill", MARKERS), account(there, "jill", MARKERS)
    bare = account(there, "jill")
    met(there, one)
    two.lines()
    bare.lines()
    assert one.one(f"MARKREAD #test {THEN}").params == ("#test", THEN)
    assert [each.params for each in two.reads()] == [("#test", THEN)]
    assert bare.lines() == []
    program = there.program("jill")
    program.asks(do="say", room="test", text="hi")
    seq = program.asks(do="look", room="test")["place"]["seq"]
    two.lines()
    program.asks(do="mark", room="test", seq=seq)
    assert only(two.reads(), "MARKREAD")[0].params == ("#test", "timestamp=2025-12-17T19:33:20.000Z")
    assert commands(bare.sends("MARKREAD #test")) == ["PRIVMSG", "421"]


def test_kept_for_accounts(there: World) -> None:
    """Told with the welcome, in every channel where one is a member."""
    foo = account(there, "jill", MARKERS)
    met(there, foo)
    foo.sends(f"MARKREAD #test {THEN}")
    foo.remote.goes()
    again = account(there, "jill", MARKERS)
    assert again.one("MARKREAD #test").params == ("#test", THEN)


def test_renamed_channels(there: World) -> None:
    """What was read of a channel was read of it, whatever it is called."""
    foo = guest(there, "foo", MARKERS, "draft/channel-rename")
    met(there, foo)
    foo.sends(f"MARKREAD #test {THEN}", "RENAME #test #other")
    assert foo.one("MARKREAD #other").params == ("#other", THEN)
    assert foo.one("MARKREAD #test").params == ("#test", "*")
