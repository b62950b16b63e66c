"""Whatever a client says with these commands, it is answered, and the connection goes on."""

from itertools import product

import pytest

from tests.dialects.irc.clients import guest, world
from tests.dialects.irc.verbs.talk.test_messages import MODERN, PLENTY, met

COMMANDS = ("PRIVMSG", "notice", "TAGMSG", "Batch", "CHATHISTORY", "MARKREAD", "REDACT")
WORDS = (
    "#test", "#", "##test", "@#test", "+#", "alice", "*", ",", "a,#test", "-1", "+1", "+", "-", "0",
    "99999999999999999999",
    "LATEST", "between", "TARGETS", "draft/multiline", "timestamp=2025-12-17T19:33:20.000Z", "timestamp=",
    "msgid=1-2-3",
    "msgid=", "timestamp=0000-00-00T00:00:00.000Z", "timestamp=9999-12-31T23:59:59.999999999Z", "\x01",
    "\x7f", "é" * 100,
    "🙂" * 100, "x" * 400, "#" + "x" * 400,
)  # fmt: skip
LAST = (
    "",
    " :",
    " ::",
    " : ",
    " :\x01ACTION\x01",
    " :\x1b[2J\x85",
    " :" + "🙂" * 20,
    " 10",
    " :a b c",
    " a b c d e f g h i j k",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("tags", ["", "@batch=1;draft/multiline-concat;+x=\\;label=\\: "])
def test_no_parameters_break_anything(command: str, tags: str) -> None:
    """None, too few, too many, over-long ones, and ones of a wrong kind."""
    there = world(limits=PLENTY)
    caps = ("chathistory", "event-playback", "read-marker", "message-redaction", "multiline")
    alice, bob = guest(there, "alice", *MODERN, *(f"draft/{cap}" for cap in caps)), guest(there, "bob")
    met(there, alice, bob)
    for words in product(("", *WORDS), ("", *WORDS[::4])):
        head = "".join(f" {word}" for word in words if word)
        told = alice.asks(*(f"{tags}{command}{head}{last}" for last in LAST))
        assert not any("Something went wrong" in line for line in told), (head, told)
        bob.lines()
    assert not alice.is_closed
    assert alice.sends("BATCH -1", "PING x")[-1].command == "PONG"
    assert not there.died
