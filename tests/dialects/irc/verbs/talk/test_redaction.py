"""Lines that are taken back."""

import pytest

from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, account, commands, guest, only, promote, world
from tests.dialects.irc.verbs.talk.test_messages import MODERN, PLENTY, mask, met

REDACTION = (*MODERN, "draft/message-redaction")


@pytest.fixture(name="there")
def _there() -> World:
    return world(limits=PLENTY)


@pytest.fixture(name="pair")
def _pair(there: World) -> tuple[IrcClient, IrcClient]:
    """Alice, who is an operator of the channel, and bob."""
    alice, bob = guest(there, "alice", *REDACTION), guest(there, "bob", *REDACTION)
    met(there, alice, bob)
    return alice, bob


def test_ones_own_and_those_of_others(there: World, pair: tuple[IrcClient, IrcClient]) -> None:
    """An operator takes back anybody's; all who know of it are told, with the reason if there is one."""
    alice, bob = pair
    plain = guest(there, "plain", *MODERN)
    met(there, plain)
    for each in pair:
        each.lines()
    mine = alice.one("PRIVMSG #test :Hello").tags["msgid"]
    theirs = bob.sends("NOTICE #test :Hi")[-1].tags["msgid"]
    for each in (alice, bob, plain):
        each.lines()
    for line, params in (
        (f"REDACT #test {mine}", ("#test", mine)),
        (f"REDACT #TEST {theirs} :spam it is", ("#test", theirs, "spam it is")),
    ):  # fmt: skip
        told, heard = alice.one(line), bob.reads()
        assert (told.command, told.source, told.params) == ("REDACT", mask(there, "alice"), params)
        assert [(each.command, each.source, each.params) for each in heard] == [("REDACT", told.source, params)]
        assert told.tags["msgid"] == heard[0].tags["msgid"] != params[1]
    assert plain.lines() == []
    assert alice.one(f"@label=1 REDACT #test {mine}").params[:4] == ("REDACT", "UNKNOWN_MSGID", "#test", mine)
    late = guest(there, "late", *MODERN, "draft/chathistory")
    late.sends("JOIN #test")
    assert commands(late.sends("CHATHISTORY LATEST #test * 10")) == ["BATCH", "BATCH"]


def test_what_cannot_be_taken_back(there: World, pair: tuple[IrcClient, IrcClient]) -> None:
    """Each has its code; nobody hears of it."""
    alice, bob = pair
    name = alice.one("PRIVMSG #test :hi").tags["msgid"]
    bobs = bob.reads() and bob.one("PRIVMSG #test :hm").tags["msgid"]
    typing = alice.sends("@+draft/react=x TAGMSG #test")[-1].tags["msgid"]
    bob.sends("JOIN #bobs")
    bob.lines()
    for line, fail in (
        (f"REDACT #test {name}", f"REDACT_FORBIDDEN #test {name}"),
        ("REDACT #test nosuch", "UNKNOWN_MSGID #test nosuch"),
        (f"REDACT #bobs {name}", f"UNKNOWN_MSGID #bobs {name}"), (f"REDACT #nosuch {name}", "INVALID_TARGET #nosuch"),
        (f"REDACT nosuch {name}", "INVALID_TARGET nosuch"), (f"REDACT alice {name}", f"UNKNOWN_MSGID alice {name}"),
        (f"REDACT #test {typing}", f"UNKNOWN_MSGID #test {typing}"),
        ("REDACT #test 0-0-1", "UNKNOWN_MSGID #test 0-0-1"),
        (f"REDACT #test {name[:-1]}9", f"UNKNOWN_MSGID #test {name[:-1]}9"),
        ("REDACT ##test x", "INVALID_TARGET ##test"),
    ):  # fmt: skip
        told = bob.one(f"@label=7 {line}")
        assert told.line.startswith(f"@label=7 :My.Little.Server FAIL REDACT {fail} :"), line
    assert commands(bob.sends("REDACT", "REDACT #test", "REDACT #test :")) == ["461", "461", "461"]
    there.clock.advance(15 * 60 + 1)
    assert bob.one(f"REDACT #test {bobs}").params[:5] == ("REDACT", "REDACT_WINDOW_EXPIRED", "#test", bobs, "900")
    assert commands(only(alice.reads(), "REDACT")) == []
    assert commands(guest(there, "plain").sends(f"REDACT #test {name}")) == ["421"]


def test_in_a_channel_that_was_renamed(pair: tuple[IrcClient, IrcClient]) -> None:
    """What was named before is found again."""
    alice, _ = pair
    name = alice.one("PRIVMSG #test :hi").tags["msgid"]
    alice.sends("RENAME #test #other")
    told = alice.sends(f"REDACT #other {name}")[-1]
    assert (told.command, told.params[0]) == ("REDACT", "#other")


def test_from_outside(there: World, pair: tuple[IrcClient, IrcClient]) -> None:
    """Who moderates the whole site need not be there, and is told that it is done; nobody else learns what there is."""
    alice, bob = pair
    promote(there, "ada")
    ada, plain = account(there, "ada", *REDACTION), guest(there, "plain", *REDACTION)
    name = bob.one("PRIVMSG #test :Hi Alice").tags["msgid"]
    alice.reads()
    for line in (f"REDACT #test {name} :spam", f"REDACT #nosuch {name}", "REDACT #test x"):
        assert plain.one(line).params[:3] == ("REDACT", "INVALID_TARGET", line.split()[1])
    told = ada.one(f"@label=1 REDACT #TEST {name} :spam")
    assert (told.command, told.nick, told.params) == ("REDACT", "ada", ("#test", name, "spam"))
    assert told.tags["label"] == "1"
    for each in (alice, bob):
        assert [(said.command, said.params) for said in each.reads()] == [("REDACT", ("#test", name, "spam"))]
    for line in (f"REDACT #test {name}", "REDACT #test x"):
        assert ada.one(line).params[:3] == ("REDACT", "UNKNOWN_MSGID", "#test")
    assert ada.one(f"REDACT #nosuch {name}").params[:3] == ("REDACT", "INVALID_TARGET", "#nosuch")


def test_in_a_conversation(there: World) -> None:
    """Both hear it as they heard the line."""
    alice, bob = account(there, "alice", *REDACTION), account(there, "bob", *REDACTION)
    name = alice.one("PRIVMSG bob :Private").tags["msgid"]
    assert bob.reads()[0].tags["msgid"] == name
    assert bob.one(f"REDACT alice {name}").params[:4] == ("REDACT", "REDACT_FORBIDDEN", "alice", name)
    assert alice.one(f"REDACT bob {name}").params == ("bob", name)
    assert [each.params for each in bob.reads()] == [("bob", name)]


def test_from_other_faces(there: World, pair: tuple[IrcClient, IrcClient]) -> None:
    """What is deleted, brought back and corrected there is told here."""
    alice, bob = pair
    plain = guest(there, "plain")
    met(there, plain)
    program = there.program("pat")
    program.asks(do="join", room="test")
    there.database.run("UPDATE memberships SET role = 'owner' WHERE role = 'member' AND joined_seq > 3")
    name = bob.sends("PRIVMSG #test :mine")[-1].tags["msgid"]
    for each in (alice, bob, plain):
        each.lines()
    program.asks(do="delete", room="test", name="bob", reason="no")
    gone = alice.reads()
    assert [(each.command, each.nick, each.params) for each in gone] == [("REDACT", "pat", ("#test", name, "no"))]
    program.asks(do="undo")
    back = alice.reads()[-1]
    assert (back.command, back.nick, back.params, back.tags["msgid"]) == ("PRIVMSG", "bob", ("#test", "mine"), name)
    assert plain.lines() == [], "who was told of nothing has missed nothing"
    program.asks(do="say", room="test", text="teh paper")
    said = alice.reads()[-1].tags["msgid"]
    program.asks(do="edit", room="test", text="the paper")
    corrected = alice.reads()[-1]
    assert (corrected.nick, corrected.params) == ("pat", ("#test", "[corrected] the paper"))
    assert corrected.tags["+draft/reply"] == said
    assert plain.reads()[-1].params == ("#test", "[corrected] the paper")
    program.asks(do="msg", to="bob", text="psst")
    program.asks(do="edit", room="@bob", text="hush")
    assert [each.params for each in bob.reads()][-2:] == [("bob", "psst"), ("bob", "[corrected] hush")]
