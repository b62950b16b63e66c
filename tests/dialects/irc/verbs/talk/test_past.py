"""What was said before one came, for who cannot ask for it."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import SERVER, Said, account, commands, connected, guest, only, sasl, world
from tests.dialects.irc.verbs.talk.test_history import COUNT, HISTORY, talked
from tests.dialects.irc.verbs.talk.test_messages import MODERN, PLENTY, met


@pytest.fixture(name="there")
def _there() -> World:
    return world(limits=PLENTY)


def test_who_has_not_asked_for_it(there: World) -> None:
    """Has no such command, and is shown the last lines on coming in if it can see that they are old."""
    foo = guest(there, "foo", *MODERN)
    met(there, foo)
    said = talked(there, foo)
    assert commands(foo.sends("CHATHISTORY LATEST #test * 1")) == ["421"]
    shown = guest(there, "shown", "server-time", "batch").sends("JOIN #test")
    assert commands(shown) == ["JOIN", "353", "366", "BATCH", *["PRIVMSG"] * COUNT, "BATCH"]
    assert shown[3].params[1:] == ("chathistory", "#test")
    assert [each.params for each in only(shown, "PRIVMSG")] == [each.params for each in said]
    for caps in ((), ("batch",), HISTORY):
        assert only(guest(there, f"n{len(caps)}", *caps).sends("JOIN #test"), "PRIVMSG") == []


def test_who_knows_no_batches(there: World) -> None:
    """Reads where what is old begins, and where it ends (irssi 1.4, WeeChat 3.8). What was read does not come again."""
    foo = guest(there, "foo", *MODERN)
    met(there, foo)
    talked(there, foo)
    shown = guest(there, "shown", "server-time")
    told = shown.sends("JOIN #test")
    assert commands(told) == ["JOIN", "353", "366", "NOTICE", *["PRIVMSG"] * COUNT, "NOTICE"]
    assert (told[3].source, told[3].params[0]) == (told[-1].source, told[-1].params[0]) == (SERVER, "#test")
    assert told[3].params[1] == "What was said before you came, since 2025-12-17 19:33 UTC:"
    assert told[-1].params[1] == "That is all that was said before you came."
    shown.sends("PART #test")
    assert commands(shown.sends("JOIN #test")) == ["JOIN", "353", "366"]
    shown.sends("PART #test")
    foo.sends("PRIVMSG #test :while you were out", "KICK #test shown")
    assert [each.params[1] for each in only(shown.sends("JOIN #test"), "PRIVMSG")] == ["while you were out"]
    foo.sends("KICK #test shown", "PRIVMSG #test :and again")
    shown.reads()
    assert [each.params[1] for each in only(shown.sends("JOIN #test"), "PRIVMSG")] == ["and again"]


def test_coming_back(there: World) -> None:
    """An account is shown what it has missed, in channels and in what was said to it: once."""
    foo, bar = account(there, "foo", "server-time"), account(there, "bar", "server-time")
    for client in (foo, bar):
        client.sends("JOIN #test")
    bar.sends("PRIVMSG #test :heard", "PRIVMSG foo :heard, too")
    foo.remote.goes()
    bar.sends("PRIVMSG #test :missed", "PRIVMSG foo :missed, too")
    told = _entering(there, "foo")
    assert [(said.command, *said.params) for said in told if said.command in ("JOIN", "NOTICE", "PRIVMSG")] == [
        ("JOIN", "#test"),
        ("NOTICE", "#test", "What was said before you came, since 2025-12-17 19:33 UTC:"),
        ("PRIVMSG", "#test", "missed"),
        ("NOTICE", "#test", "That is all that was said before you came."),
        ("NOTICE", "foo", "What bar has told you while you were away, since 2025-12-17 19:33 UTC:"),
        ("PRIVMSG", "foo", "missed, too"),
    ]  # fmt: skip
    assert only(_entering(there, "foo"), "NOTICE") == only(_entering(there, "foo"), "PRIVMSG") == []


def test_what_is_said_between_the_login_and_the_welcome(there: World) -> None:
    """Is heard after the welcome, and is not shown as something missed as well."""
    foo, bar = account(there, "foo", "server-time"), account(there, "bar", "server-time")
    for client in (foo, bar):
        client.sends("JOIN #test")
    foo.remote.goes()
    bar.sends("PRIVMSG #test :missed", "PRIVMSG foo :missed, too")
    again = connected(there)
    again.sends("CAP REQ :sasl server-time", "AUTHENTICATE PLAIN", sasl("foo"), "NICK foo", "USER u 0 * :U")
    for line in ("heard", "heard again"):
        bar.sends(f"PRIVMSG #test :{line}", f"PRIVMSG foo :{line}")
    told = [each.params[1] for each in only(again.sends("CAP END"), "PRIVMSG")]
    assert told == ["missed", "missed, too", "heard", "heard", "heard again", "heard again"]


def test_what_is_said_in_the_middle_of_the_welcome(there: World) -> None:
    """Comes after it, in order and once, however long it takes to look up what the welcome tells."""
    foo, bar = account(there, "foo", "server-time"), account(there, "bar", "server-time")
    for client in (foo, bar):
        client.sends("JOIN #test")
    foo.remote.goes()
    again = connected(there)
    again.sends("CAP REQ :sasl server-time batch draft/metadata-2", "METADATA * SET a b")
    again.sends("AUTHENTICATE PLAIN", sasl("foo"), "NICK foo", "USER u 0 * :U")
    bar.sends("PRIVMSG #test :before")
    there.database.waiting = []
    assert bar.sends("PRIVMSG #test :in the middle") == again.sends("CAP END") == []
    there.database.let_go()
    told = commands(again.reads())
    assert told.index("001") < told.index("JOIN") < told.index("PRIVMSG")
    assert told.count("PRIVMSG") == 2


def test_an_account_just_made(there: World) -> None:
    """Is new to where it is put into, and reads what was said there."""
    there.hub.site = there.hub.site._replace(autojoin="test")
    foo = account(there, "foo", *MODERN)
    met(there, foo)
    talked(there, foo)
    there.hub.site = there.hub.site._replace(guests=False)
    new = guest(there, "new", "server-time")
    told = new.sends("PRIVMSG NickServ :REGISTER correct-horse-battery")
    assert commands(told) == ["900", "JOIN", "353", "366", "NOTICE", *["PRIVMSG"] * COUNT, "NOTICE", "NOTICE"]


def _entering(there: World, name: str) -> list[Said]:
    """What somebody reads who logs in and goes again."""
    client = connected(there)
    told = client.sends("CAP REQ :sasl server-time", "AUTHENTICATE PLAIN", sasl(name), f"NICK {name}", "USER u 0 * :U")
    told += client.sends("CAP END")
    client.remote.goes()
    return told
