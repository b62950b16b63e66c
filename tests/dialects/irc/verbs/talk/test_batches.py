"""Messages of several lines, and lines that are longer than one of IRC's."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, Said, commands, guest, world
from tests.dialects.irc.verbs.talk.test_messages import MODERN, PLENTY, met

MULTILINE = (*MODERN, "draft/multiline")
CONCAT = "draft/multiline-concat"


@pytest.fixture(name="there")
def _there() -> World:
    return world(limits=PLENTY)


@pytest.fixture(name="alice")
def _alice(there: World) -> IrcClient:
    alice = guest(there, "alice", *MULTILINE)
    met(there, alice)
    return alice


def batch(
    client: IrcClient, *lines: str, tags: str = "", target: str = "#test", command: str = "PRIVMSG"
) -> list[Said]:
    """Send a batch; a line that begins with C{+} goes on where the one before ended."""
    inside = [
        f"@batch=1{f';{CONCAT}' if line.startswith('+') else ''} {command} {target} :{line.removeprefix('+')}"
        for line in lines
    ]
    return client.sends(f"{tags}BATCH +1 draft/multiline {target}", *inside, "BATCH -1")


def test_as_one_and_line_by_line(there: World, alice: IrcClient) -> None:
    """Who knows batches gets one with the name and the tags of all; who does not, the lines as they were."""
    bob, carol = guest(there, "bob", *MULTILINE), guest(there, "carol", *MODERN)
    met(there, bob, carol)
    alice.lines()
    told = batch(alice, "", "#how is ", "+everyone?", tags="@label=xyz;+client-only ")
    assert commands(told) == ["BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "BATCH"]
    assert told[0].params[1:] == ("draft/multiline", "#test")
    assert told[0].tags == {
        "label": "xyz", "msgid": told[0].tags["msgid"], "time": told[0].tags["time"], "+client-only": "",
    }  # fmt: skip
    assert [each.params[1] for each in told[1:-1]] == ["", "#how is ", "everyone?"]
    name = told[0].params[0][1:]
    assert [each.tags for each in told[1:-1]] == [{"batch": name}, {"batch": name}, {"batch": name, CONCAT: ""}]
    assert told[-1].params == (f"-{name}",)
    relayed = bob.reads()
    assert [(each.command, each.params) for each in relayed] == [(each.command, each.params) for each in told]
    assert relayed[0].tags["msgid"] == told[0].tags["msgid"]
    assert "label" not in relayed[0].tags
    fallback = carol.reads()
    assert [each.params[1] for each in fallback] == ["#how is ", "everyone?"], "blank lines are for those who know them"
    assert [each.tags.get("msgid") for each in fallback] == [told[0].tags["msgid"], None]
    assert all("+client-only" in each.tags and each.tags["time"] == told[0].tags["time"] for each in fallback)
    stored = there.database.rows("SELECT body FROM messages WHERE kind = 'text'")
    assert stored == [("\n#how is everyone?",)]


def test_history_keeps_how_it_was_broken(there: World, alice: IrcClient) -> None:
    """A batch in a batch, and what is of the inner one is not of the outer one."""
    batch(alice, "one ", "+line", "two")
    alice.sends("CAP REQ draft/chathistory")
    told = alice.sends("@label=h CHATHISTORY LATEST #test * 10")
    assert commands(told) == ["BATCH", "BATCH", "PRIVMSG", "PRIVMSG", "PRIVMSG", "BATCH", "BATCH"]
    outer, inner = told[0].params[0][1:], told[1].params[0][1:]
    assert told[0].tags == {"label": "h"}
    assert told[1].tags["batch"] == outer
    assert [each.tags["batch"] for each in told[2:5]] == [inner] * 3
    assert [each.params[1] for each in told[2:5]] == ["one ", "line", "two"]
    assert told[5].params == (f"-{inner}",)
    assert "batch" not in told[5].tags


def test_a_notice_and_a_nick(there: World, alice: IrcClient) -> None:
    """Batches are of notices, too, and go to people."""
    bob = guest(there, "bob", *MULTILINE)
    assert commands(batch(alice, "a", "b", command="NOTICE", target="bob")) == ["BATCH", "NOTICE", "NOTICE", "BATCH"]
    assert [each.params[-1] for each in bob.reads()][1:3] == ["a", "b"]
    assert commands(batch(alice, "alone", target="BOB")) == ["PRIVMSG"]
    assert [each.params for each in bob.reads()] == [("bob", "alone")]
    assert commands(batch(alice, "a", "b", target="@#test")) == ["PRIVMSG", "PRIVMSG"]
    assert commands(batch(alice, "a", "b", target="nosuch", tags="@label=9 ")) == ["401"]
    assert commands(batch(alice, "a", "b", target="nosuch", command="NOTICE")) == []


def test_other_faces_see_the_lines(there: World, alice: IrcClient) -> None:
    """Without formatting, and without what belongs to programs."""
    person = there.person("pat")
    person.types("/join #test")
    person.sees()
    batch(alice, "\2one\1", "two ", "+three")
    assert person.sees() == "alice: one\r\n    two three\r\n"


@pytest.mark.parametrize(
    ("lines", "fail"),
    [
        (["BATCH +1 draft/multiline #test", "@batch=231 PRIVMSG #test :hi"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "PRIVMSG #test :hi"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "@batch=1 PRIVMSG #test"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "@batch=1 TAGMSG #test"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "@batch=1 JOIN #test"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "@batch=1 PRIVMSG #test a", "@batch=1 NOTICE #test b"],
         "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "@batch=1 PRIVMSG #test a", f"@batch=1;{CONCAT} PRIVMSG #test :"],
         "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "@batch=1 PRIVMSG #test :", "BATCH -1"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "BATCH -1"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "BATCH +2 draft/multiline #test"], "MULTILINE_INVALID"),
        (["BATCH -9"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "BATCH -9"], "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", *[f"@batch=1;{CONCAT} PRIVMSG #test {'x' * 401}"] * 5, "BATCH -1"],
         "MULTILINE_INVALID"),
        (["BATCH +1 draft/multiline #test", "@batch=1 PRIVMSG #other hi"], "MULTILINE_INVALID_TARGET #test #other"),
        (["BATCH +1 draft/multiline #test", *["@batch=1 PRIVMSG #test hi"] * 33], "MULTILINE_MAX_LINES 32"),
        (["BATCH +1 draft/multiline #test", *[f"@batch=1 PRIVMSG #test {'x' * 400}"] * 11], "MULTILINE_MAX_BYTES 4096"),
        (["BATCH +1 netsplit a b"], "UNKNOWN_TYPE netsplit"),
    ],
)  # fmt: skip
def test_what_is_no_batch(there: World, alice: IrcClient, lines: list[str], fail: str) -> None:
    """It fails once; the rest of it comes to nothing, and what follows is as ever."""
    bob = guest(there, "bob")
    met(there, bob)
    alice.lines()
    told = alice.sends(*lines)
    assert len(told) == 1
    assert told[0].line.startswith(f":My.Little.Server FAIL BATCH {fail} :")
    if lines[-1] != "BATCH -9":
        alice.asks("@batch=1 PRIVMSG #test :more", "BATCH -1")
    else:
        alice.asks("BATCH -1")
    assert bob.lines() == []
    assert commands(batch(alice, "a", "b")) == ["BATCH", "PRIVMSG", "PRIVMSG", "BATCH"]
    assert len(bob.lines()) == 2


def test_failures_have_the_label_of_the_batch(there: World, alice: IrcClient) -> None:
    """That of its beginning, since all of it is one message; that of its end, where there is none."""
    told = alice.sends("@label=q BATCH +1 draft/multiline #test", "@batch=1 PRIVMSG #other hi", "BATCH -1")
    assert [(each.command, each.tags) for each in told] == [("FAIL", {"label": "q"})]
    told = alice.sends("@label=r BATCH +1 draft/multiline #test", "@label=x PING y", "BATCH -1")
    assert [(each.command, each.tags.get("label")) for each in told] == [("PONG", "x"), ("FAIL", "r")]
    assert alice.one("@label=s BATCH -9").tags == {"label": "s"}


def test_just_the_bounds(there: World, alice: IrcClient) -> None:
    """What the capability promises goes through: 32 lines, and 4,096 bytes."""
    bob = guest(there, "bob", *MULTILINE)
    met(there, bob)
    alice.lines()
    assert len(batch(alice, *(["x"] * 32))) == 34
    most = ["x" * 400] * 10 + ["y" * 86]
    assert sum(map(len, most)) + 10 == 4096
    assert len(batch(alice, *most)) == 13
    assert len(batch(alice, "x" * 400, *["+" + "x" * 400] * 4)) == 7, "one line of 2,000 characters"
    bob.lines()


def test_who_has_not_asked_for_it(there: World) -> None:
    """Has no such command, and its tags mean nothing."""
    plain = guest(there, "plain", *MODERN)
    met(there, plain)
    told = plain.sends("BATCH +1 draft/multiline #test", "@batch=1 PRIVMSG #test :hi", "BATCH -1")
    assert commands(told) == ["421", "PRIVMSG", "421"]


def test_nobody_breaks_lines_of_others(there: World, alice: IrcClient) -> None:
    """The tag in which that is noted is the server's own."""
    echo = alice.one("@+chatd/breaks=1,2;+x=y PRIVMSG #test :hello")
    assert echo.params == ("#test", "hello")
    assert echo.tags.keys() == {"msgid", "time", "+x"}
    program = there.program("pat")
    program.asks(do="join", room="test")
    alice.lines()
    for breaks in ("1,2", "0,5,99", "x", "-1", "," * 99, "1" * 99):
        program.asks(do="say", room="test", text="hello", tags={"+chatd/breaks": breaks})
        assert "".join(each.params[-1] for each in alice.reads() if each.command == "PRIVMSG") == "hello"
