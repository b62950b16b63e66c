"""What one says on IRC, and who reads it how."""

from typing import Any

import pytest

from chatd.core.settings.limits import Limits
from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, account, commands, guest, only, world

PLENTY = Limits(line_burst=100_000, lines_per_second=100_000.0, refusals_in_a_row=100_000)
MODERN = ("message-tags", "batch", "echo-message", "server-time", "labeled-response")


def met(there: World, *people: IrcClient, channel: str = "#test") -> None:
    """Let people be in a channel, and have read all of that."""
    for each in people:
        each.sends(f"JOIN {channel}")
    for each in people:
        each.lines()


def mask(there: World, name: str) -> str:
    """How IRC writes somebody who is here."""
    avatar = there.hub.here(name)
    assert avatar is not None
    return avatar.mask


@pytest.fixture(name="there")
def _there() -> World:
    return world(limits=PLENTY)


def test_a_channel_and_a_nick(there: World) -> None:
    """What is said is read by the others, and not by who says it."""
    foo, bar = guest(there, "foo"), guest(there, "bar")
    met(there, foo, bar)
    assert foo.asks("PRIVMSG #test :hello there", "PRIVMSG bar hey", "NOTICE #TEST :psst: it", "NOTICE BAR ::)") == []
    source = ":" + mask(there, "foo")
    assert bar.lines() == [
        f"{source} PRIVMSG #test :hello there", f"{source} PRIVMSG bar hey", f"{source} NOTICE #test :psst: it",
        f"{source} NOTICE bar ::)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "numeric", "words"),
    [
        ("PRIVMSG", "411", ()), ("PRIVMSG :", "411", ()), ("PRIVMSG , :x", "411", ()),
        ("PRIVMSG bar", "412", ()), ("PRIVMSG bar :", "412", ()), ("PRIVMSG #test :   ", "412", ()),
        ("PRIVMSG #test :\2\x0304\x0f", "412", ()), ("privmsg bar :\t", "412", ()),
        ("PRIVMSG nosuch :x", "401", ("nosuch",)), ("PRIVMSG nobody :x", "401", ("nobody",)),
        ("PRIVMSG bar!bar@host :x", "401", ("bar!bar@host",)), ("PRIVMSG $$My.Little.Server :x", "401", ()),
        ("PRIVMSG @bar :x", "401", ("@bar",)), (f"PRIVMSG {'n' * 100} :x", "401", ()),
        ("PRIVMSG #nosuch :x", "404", ("#nosuch",)), ("PRIVMSG @#nosuch :x", "404", ("@#nosuch",)),
        ("PRIVMSG # :x", "403", ("#",)), ("PRIVMSG ##test :x", "403", ("##test",)),
        ("PRIVMSG #a,b,c,d,e :x", "407", ("e",)),
        ("PRIVMSG &test :x", "401", ("&test",)), ("PRIVMSG #te*t :x", "403", ("#te*t",)),
        ("PRIVMSG #test :\x1b[2J", "404", ("#test",)), ("PRIVMSG bar :\x07", "400", ("PRIVMSG",)),
        (f"PRIVMSG #test :{'x' * 480}", "417", ()), (f"PRIVMSG #test {'x' * 600}", "417", ()),
        ("TAGMSG", "461", ("TAGMSG",)), ("TAGMSG ,", "461", ("TAGMSG",)), ("TAGMSG nosuch", "401", ("nosuch",)),
        ("TAGMSG #nosuch", "404", ("#nosuch",)), ("@+draft/react=x TAGMSG #nosuch", "404", ("#nosuch",)),
    ],
)  # fmt: skip
def test_what_cannot_be_said(there: World, line: str, numeric: str, words: tuple[str, ...]) -> None:
    """Each has its numeric, and the connection goes on."""
    foo, bar = guest(there, "foo", *MODERN), guest(there, "bar", *MODERN)
    met(there, foo, bar)
    told = foo.one(line)
    assert (told.command, told.params[0], told.params[1 : 1 + len(words)]) == (numeric, "foo", words)
    assert bar.lines() == []
    assert foo.one("PING x").command == "PONG"


@pytest.mark.parametrize(
    "rest", ["", " bar", " bar :", " nosuch :x", " #nosuch :x", " # :x", " a,b,c,d,e :x", " #a :\x1b"]
)
def test_no_error_answers_a_notice(there: World, rest: str) -> None:
    """Nothing does (RFC 2812, section 3.3.2); a label is acknowledged."""
    foo, bar = guest(there, "foo", *MODERN), guest(there, "bar")
    assert foo.asks(f"NOTICE{rest}") == []
    assert foo.asks(f"@label=x NOTICE{rest}") == ["@label=x :My.Little.Server ACK"]
    assert bar.lines() == []


def test_a_line_of_just_the_length(there: World) -> None:
    """What others are sent has 512 bytes at the most; what would have more is refused and not cut."""
    foo, bar = guest(there, "foo"), guest(there, "bar")
    overhead = len(f":{mask(there, 'foo')} PRIVMSG bar \r\n")
    most = 512 - overhead
    assert foo.asks("PRIVMSG bar " + "x" * most) == []
    assert [len(line) for line in bar.lines()] == [510]
    assert foo.asks("PRIVMSG bar :" + "x" * (most - 2) + " x") == [":My.Little.Server 417 foo :Input line was too long"]
    assert foo.asks("PRIVMSG bar :" + "é" * ((most - 1) // 2)) == []
    assert bar.reads()[0].params == ("bar", "é" * ((most - 1) // 2))
    assert commands(foo.sends("PRIVMSG bar " + "x" * (most + 1))) == ["417"]
    assert bar.lines() == []


def test_several_targets(there: World) -> None:
    """Each once; what is wrong with one is no matter to the others."""
    foo, bar, baz = (guest(there, name, *MODERN) for name in ("foo", "bar", "baz"))
    met(there, foo, bar)
    told = foo.sends("@label=1 PRIVMSG bar,nosuch,baz,bar,#test :hi")
    assert commands(told) == ["BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "401", "BATCH"]
    assert told[0].params[1] == "labeled-response"
    assert told[0].tags == {"label": "1"}
    assert {said.tags["batch"] for said in told[1:-1]} == {told[0].params[0][1:]}
    assert [said.params for said in bar.reads()] == [("bar", "hi"), ("#test", "hi")]
    assert commands(baz.reads()) == ["PRIVMSG"]


def test_formatting_is_taken_out(there: World) -> None:
    """It would be control bytes on other faces; a tab is a space. The echo shows what was made of it."""
    foo, person = guest(there, "foo", "echo-message"), there.person("pat")
    foo.sends("JOIN #lobby")
    person.types("/join #lobby")
    foo.lines()
    person.sees()
    told = foo.one("PRIVMSG #lobby :\2bold\2 \x0304,05red\x03 \x1dslanted\x1f\x16\x11\x1e\x0f\ttab\x04ff0000!")
    assert told.params == ("#lobby", "bold red slanted tab!")
    assert person.sees() == "foo: bold red slanted tab!\r\n"


def test_actions_both_ways(there: World) -> None:
    """C{/me} is CTCP ACTION on IRC, and nothing of that on other faces."""
    foo, person = guest(there, "foo"), there.person("pat")
    foo.sends("JOIN #lobby")
    person.types("/join #lobby")
    foo.lines()
    person.sees()
    foo.sends("PRIVMSG #lobby :\1ACTION waves\1", "PRIVMSG #lobby :\1ACTION nods", "PRIVMSG pat :\1ACTION winks\1")
    assert person.sees() == "* foo waves\r\n* foo nods\r\n[foo -> you] * foo winks\r\n"
    person.types("/me waves back")
    assert foo.reads()[0].params == ("#lobby", "\1ACTION waves back\1")


@pytest.mark.parametrize(
    "text", ["\1VERSION\1", "\1PING 123 456\1", "\1ACTION\1", "\1ACTION \1", "\1", "\1\1", "\1DCC x"]
)
def test_other_ctcp_is_relayed_and_not_kept(there: World, text: str) -> None:
    """Programs ask one another; on other faces nobody sees it, and nothing remains of it."""
    foo, bar, person = guest(there, "foo"), guest(there, "bar"), there.person("pat")
    met(there, foo, bar, channel="#lobby")
    person.types("/join #lobby")
    foo.lines()
    bar.lines()
    person.sees()
    assert foo.asks(f"PRIVMSG bar :{text}", f"NOTICE #lobby :{text}", f"PRIVMSG pat :{text}") == []
    assert [(each.command, each.params[1]) for each in bar.reads()] == [("PRIVMSG", text), ("NOTICE", text)]
    assert person.sees() == ""
    assert there.database.rows("SELECT count(*) FROM messages WHERE kind <> 'event'") == [(0,)]


def test_a_quote_in_the_middle_is_none(there: World) -> None:
    """The byte of CTCP means nothing there, and is left out."""
    foo, bar = guest(there, "foo"), guest(there, "bar")
    foo.sends("PRIVMSG bar :a\1b\1")
    assert bar.reads()[0].params == ("bar", "ab")


def test_for_operators_alone(there: World) -> None:
    """STATUSMSG reaches those with the prefix, or a higher one, and is not kept."""
    boss, joe, vic = guest(there, "boss"), guest(there, "joe", "echo-message"), guest(there, "vic")
    met(there, boss, joe, vic)
    boss.sends("MODE #test +v vic")
    joe.lines()
    vic.lines()
    told = joe.sends("PRIVMSG @#test :for ops", "NOTICE +#test :for voices", "PRIVMSG @#TEST :\1ACTION hides\1")
    assert [each.params for each in told] == [
        ("@#test", "for ops"), ("+#test", "for voices"), ("@#test", "\1ACTION hides\1"),
    ]  # fmt: skip
    assert [each.params[1] for each in boss.reads()] == ["for ops", "for voices", "\1ACTION hides\1"]
    assert [each.params for each in vic.reads()] == [("+#test", "for voices")]
    assert there.database.rows("SELECT count(*) FROM messages WHERE kind <> 'event'") == [(0,)]


def test_somebody_is_away(there: World) -> None:
    """Who writes to him is told, unless with a notice."""
    foo, bar = guest(there, "foo", *MODERN), guest(there, "bar")
    bar.sends("AWAY :having lunch")
    away = ":My.Little.Server 301 foo bar :having lunch"
    assert foo.asks("PRIVMSG bar :hi")[1:] == [away]
    assert foo.asks("PRIVMSG BAR :\1VERSION\1")[1:] == [away]
    assert commands(foo.sends("NOTICE bar :hi", "@+typing=active TAGMSG bar")) == ["NOTICE", "TAGMSG"]
    assert commands(foo.sends("@label=1 PRIVMSG bar :hi")) == ["BATCH", "PRIVMSG", "301", "BATCH"]
    assert commands(foo.sends("PRIVMSG bar,foo :hi")) == ["PRIVMSG", "PRIVMSG", "PRIVMSG", "301"]


def test_to_oneself(there: World) -> None:
    """One reads it, and with echo-message twice, of which only the echo has the label."""
    foo = guest(there, "foo", "message-tags", "batch", "labeled-response")
    assert [each.params for each in foo.sends("PRIVMSG foo :one")] == [("foo", "one")]
    foo.sends("CAP REQ echo-message")
    for line in ("PRIVMSG foo :hi", "NOTICE foo :hi", "@+draft/reply=1 TAGMSG foo", "@+draft/react=x TAGMSG foo"):
        data, _, rest = line.rpartition("@")[2].rpartition(" PRIVMSG")
        told = foo.sends(f"@label=12345;{line[1:]}" if line.startswith("@") else f"@label=12345 {line}")
        assert len(told) == 2, (data, rest)
        assert told[0].params == told[1].params
        assert told[0].tags["msgid"] == told[1].tags["msgid"]
        assert [each.tags.get("label") for each in told] == [None, "12345"]


def test_tags_go_along(there: World) -> None:
    """Those of clients to who wants tags, the server's own before them; other tags of a client's to nobody."""
    alice, bob = guest(there, "alice", "message-tags"), guest(there, "bob", "message-tags", "echo-message")
    carol, dave = guest(there, "carol"), guest(there, "dave", "server-time")
    met(there, alice, bob, carol, dave)
    assert alice.asks("@+baz=bat;fizz=buzz PRIVMSG #test hi") == []
    msgid = bob.reads()[0].tags["msgid"]
    line = f":{mask(there, 'alice')} PRIVMSG #test hi"
    assert carol.lines() == [line]
    assert dave.lines() == [f"@time=2025-12-17T19:33:20.000Z {line}"]
    echo = bob.one(r"@+buzz=fizz\:buzz;cat=dog;+steel TAGMSG #test")
    assert echo.tags == {"msgid": echo.tags["msgid"], "+buzz": "fizz;buzz", "+steel": ""}
    assert echo.tags["msgid"] != msgid
    assert alice.lines() == [echo.line]
    assert carol.lines() == dave.lines() == []
    assert commands(carol.sends("TAGMSG #test")) == ["421"]
    assert carol.asks("@+a=b PRIVMSG #test :untagged") == []
    assert alice.reads()[0].tags.keys() == {"msgid"}, "who has not asked for tags sends none"


def test_tags_of_just_the_length(there: World) -> None:
    """4,094 bytes go through whole, and one more is refused."""
    alice, bob = guest(there, "alice", "message-tags", "echo-message"), guest(there, "bob", "message-tags")
    met(there, alice, bob)
    for data in ("foo=bar;+baz=" + "a" * 4081, "+baz=" + "a" * 4089, "+draft/react=" + "a" * 4081):
        assert len(data) == 4094
        echo = alice.one(f"@{data} TAGMSG #test")
        assert echo.tags[data.rpartition("=")[0].rpartition(";")[2]] == data.rpartition("=")[2]
        assert bob.lines() == [echo.line]
        assert alice.one(f"@{data} PRIVMSG #test :{'b' * 400}").command == "PRIVMSG"
        assert bob.reads()[0].params[1] == "b" * 400
        assert commands(alice.sends(f"@{data}a TAGMSG #test", f"@{data}a PRIVMSG #test x")) == ["417", "417"]
        assert bob.lines() == []


def test_a_retry_is_told_once(there: World) -> None:
    """A tag names the line: sent again, it is acknowledged again as the same line, and nobody hears it twice."""
    foo, bar = guest(there, "foo", *MODERN), guest(there, "bar")
    met(there, foo, bar)
    line = "@label={};+chatd/cid=c-1 PRIVMSG #test :once"
    first, again = foo.one(line.format(1)), foo.one(line.format(2))
    assert (first.params, first.tags["msgid"]) == (again.params, again.tags["msgid"])
    assert (first.tags["label"], again.tags["label"]) == ("1", "2")
    assert len(bar.lines()) == 1
    to_both = "@+chatd/cid=c-2 PRIVMSG #test,bar :twice"
    assert [each.tags["msgid"] for each in foo.sends(to_both)] == [each.tags["msgid"] for each in foo.sends(to_both)]
    assert len(bar.lines()) == 2
    assert foo.one("@+chatd/cid=c-1 PRIVMSG #test :other").command == "400"
    foo.sends("CAP REQ -echo-message")
    assert foo.asks(line.format(3)) == ["@label=3 :My.Little.Server ACK"]


def test_a_bot_says_so(there: World) -> None:
    """IRCv3 bot mode: its messages are tagged, for who reads tags."""
    bot, user = guest(there, "robodan"), guest(there, "user", "message-tags")
    met(there, bot, user)
    bot.sends("MODE robodan +B", "PRIVMSG user :beep", "PRIVMSG #test :boop", "PRIVMSG @#test :bip")
    bot.sends("NOTICE user :\1X\1")
    told = [each for each in user.reads() if each.command in ("PRIVMSG", "NOTICE")]
    assert [each.params[1] for each in told] == ["beep", "boop", "\1X\1"]
    assert all({"draft/bot", "bot"} <= each.tags.keys() for each in told)
    assert "@draft/bot" not in told[0].line
    assert "draft/bot;" in told[0].line or "draft/bot " in told[0].line


def test_whatever_a_bot_does_is_tagged(there: World) -> None:
    """ "This tag SHOULD be added by the server to all commands sent by a bot", on whatever connection it came."""
    bot = guest(there, "robodan", "message-tags", "draft/message-redaction")
    caps = "message-tags", "away-notify", "setname", "invite-notify", "draft/message-redaction", "echo-message", "batch"
    user = guest(there, "user", *caps, "draft/chathistory")
    guest(there, "other")
    met(there, bot, user)
    bot.sends("MODE robodan +B", "JOIN #mine", "INVITE user #mine")
    user.sends("JOIN #mine")
    user.reads()
    name = user.sends("PRIVMSG #mine :hi")[0].tags["msgid"]
    bot.sends("MODE #mine +m", "TOPIC #mine :t", "AWAY :x", "SETNAME :y", f"REDACT #mine {name}", "INVITE other #mine")
    bot.sends("PART #mine", "JOIN #mine", "NICK hal", "TAGMSG #test", "PRIVMSG #test :z", "QUIT")
    told = user.reads()
    assert {each.command for each in told} >= {
        "MODE", "TOPIC", "AWAY", "SETNAME", "INVITE", "REDACT", "PART", "JOIN", "NICK", "TAGMSG", "PRIVMSG", "QUIT",
    }  # fmt: skip
    assert [each.line for each in told if not {"bot", "draft/bot"} <= each.tags.keys()] == []


def test_accounts_are_named(there: World) -> None:
    """IRCv3 account-tag: of who has one."""
    jill, guy, reader = account(there, "jill"), guest(there, "guy"), guest(there, "reader", "account-tag")
    jill.sends("PRIVMSG reader :hi")
    guy.sends("PRIVMSG reader :hi")
    assert [each.tags for each in reader.reads()] == [{"account": "jill"}, {}]


def test_own_words_from_elsewhere(there: World) -> None:
    """What an account says on one device is shown on the other, whom it was said to, too."""
    phone, desk, bob = account(there, "jill", "echo-message"), account(there, "jill"), guest(there, "bob")
    met(there, phone, bob)
    desk.lines()
    phone.sends("PRIVMSG #test :hi", "PRIVMSG bob :psst")
    assert [each.params for each in desk.reads()] == [("#test", "hi"), ("bob", "psst")]
    program = there.program("jill")
    program.asks(do="msg", to="bob", text="from a program")
    assert [each.params for each in (*desk.reads(), *phone.reads())] == [("bob", "from a program")] * 2
    assert [each.params for each in bob.reads()][1:] == [("bob", "psst"), ("bob", "from a program")]


def test_many_lines_of_other_faces(there: World) -> None:
    """Long ones and several at once come in as many lines as it takes, or as one batch."""
    plain, modern = guest(there, "plain", "message-tags"), guest(there, "modern", *MODERN, "draft/multiline")
    met(there, plain, modern, channel="#lobby")
    program = there.program("pat")
    program.asks(do="join", room="lobby")
    plain.lines()
    modern.lines()
    words = "lorem ipsum " * 160
    program.asks(do="say", room="lobby", text=f"one\n\n{words}")
    told = plain.reads()
    assert told[0].params[1] == "one"
    assert "".join(each.params[1] for each in told[1:]) == words
    assert [bool(each.tags.get("msgid")) for each in told] == [True] + [False] * (len(told) - 1)
    batch = modern.reads()
    assert commands(batch) == ["BATCH", *["PRIVMSG"] * (len(told) + 1), "BATCH"]
    assert batch[0].params[1:] == ("draft/multiline", "#lobby")
    assert batch[0].tags["msgid"] == told[0].tags["msgid"]
    assert _joined(batch[1:-1]) == f"one\n\n{words}"
    program.asks(do="say", room="lobby", text="x" * 1999, kind="action")
    actions = modern.reads()
    assert all(each.params[1].startswith("\1ACTION x") and each.params[1].endswith("\1") for each in actions)
    assert len(actions) > 1
    assert all(len(each.line.partition(" ")[2]) <= 510 for each in (*told, *actions))


def test_muted_people_are_told(there: World) -> None:
    """A channel where one may not speak says so; so does one that is moderated."""
    boss, foo = guest(there, "boss"), guest(there, "foo", *MODERN)
    met(there, boss, foo)
    boss.sends("MODE #test +m")
    foo.lines()
    told = foo.sends("@label=1 PRIVMSG #test :hi", "NOTICE #test :hi", "@+typing=active TAGMSG #test")
    assert [(each.command, each.params[1]) for each in told] == [("404", "#test"), ("404", "#test")]
    assert told[0].tags["label"] == "1"


def test_labels(there: World) -> None:
    """Every answer has its label, also where the line makes no sense; nothing to answer is acknowledged."""
    foo = guest(there, "foo", *MODERN)
    for line, command in (
        (b"@label=x NOSUCH", "421"), (b"@label=x PRIVMSG #q hi\xaa", "FAIL"), (b"@label=x PONG y", "ACK"),
        (b"@label=x PRIVMSG #q " + b"y" * 600, "417"), (b"@label=x MARKREAD", "421"), (b"@label=x PING z", "PONG"),
    ):  # fmt: skip
        told = foo.one(line)
        assert (told.command, told.tags.get("label")) == (command, "x")
    assert foo.one(f"@label={'l' * 64} PING z").tags["label"] == "l" * 64
    for unlabelled in ("@label= PING z", f"@label={'l' * 65} PING z"):
        assert "label" not in foo.one(unlabelled).tags


def test_not_utf8(there: World) -> None:
    """UTF8ONLY: it is refused with a standard reply, and nobody reads it."""
    foo, bar = guest(there, "foo"), guest(there, "bar")
    told = foo.one(b"PRIVMSG bar hi\xaa")
    assert told.line.startswith(":My.Little.Server FAIL PRIVMSG INVALID_UTF8 :")
    assert bar.lines() == []


def _joined(lines: list[Any]) -> str:
    text = ""
    for number, each in enumerate(lines):
        text += ("" if "draft/multiline-concat" in each.tags or not number else "\n") + each.params[1]
    return text


def test_several_lines_are_heard_in_order(there: World) -> None:
    """What is said without waiting for answers comes in its order."""
    foo, bar = guest(there, "foo", *MODERN), guest(there, "bar")
    met(there, foo, bar)
    foo.sends(*(f"PRIVMSG #test :{number}" for number in range(200)))
    assert [each.params[1] for each in only(bar.reads(), "PRIVMSG")] == [f"{number}" for number in range(200)]
