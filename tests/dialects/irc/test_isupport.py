"""005: what the server says that it supports."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core import names
from chatd.dialects.irc.isupport import Features, batch, escaped, grouped, lines, tokens
from chatd.dialects.irc.message import LINE_BYTES, Message, parse

# "parameter = 1*20 letter; value = *letpun": no control, no space, and no "=" but the first
TOKEN = re.compile(r"[A-Z0-9]{1,20}(=[\x21-\x3c\x3e-\x7e]*)?")


def told(wire: bytes) -> list[Message]:
    assert all(len(line) <= LINE_BYTES for line in wire.splitlines(keepends=True))
    return [parse(line) for line in wire.splitlines()]


EXPECTED = (
    "ACCOUNTEXTBAN=a AWAYLEN=390 BOT=B CASEMAPPING=ascii CHANLIMIT=#:20 CHANMODES=beI,k,l,imnst CHANNELLEN=33"
    " CHANTYPES=# CHATHISTORY=100 ELIST=CMNTU EXCEPTS=e EXTBAN=,am HOSTLEN=64 INVEX=I KICKLEN=390 LINELEN=512"
    " MAXLIST=beI:50 MODES=20 MONITOR=100 MSGREFTYPES=msgid,timestamp NAMELEN=150 NETWORK=The\\x20Tea NICKLEN=32"
    " PREFIX=(ov)@+ SAFELIST STATUSMSG=@+"
    " TARGMAX=JOIN:,KICK:,LIST:,NAMES:,NOTICE:4,PART:,PRIVMSG:4,TAGMSG:4,WHOIS:4"
    " TOPICLEN=390 USERLEN=32 UTF8ONLY WHOX"
).split()


def test_tokens() -> None:
    """Everything is there, spelt as Modern IRC spells it."""
    assert list(tokens(Features("The Tea", channels=20, masks=50, history=100))) == EXPECTED
    assert all(TOKEN.fullmatch(token) for token in EXPECTED)


def test_limits_are_the_core_s() -> None:
    """A nick may be as long as an account's name, and a channel as a room's, with its C{#}."""
    assert f"NICKLEN={names.NAME_CHARACTERS}" in EXPECTED
    assert f"CHANNELLEN={names.NAME_CHARACTERS + 1}" in EXPECTED


def test_without_history() -> None:
    """Where there is no history, there is no word of it; and no limit of channels is an empty one."""
    few = tokens(Features("Tea"))
    assert not [token for token in few if token.startswith(("CHATHISTORY", "MSGREFTYPES"))]
    assert "CHANLIMIT=#:" in few


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # "\x20 for the space character, \x5C for the backslash and \x3D for the equal character"
        ("Example Network", "Example\\x20Network"),
        ("a\\b=c", "a\\x5Cb\\x3Dc"),
        ("Tée", "T\\xC3\\xA9e"),
        ("a\r\nb", "a\\x0D\\x0Ab"),
        ("", ""),
    ],
)
def test_escaped(value: str, written: str) -> None:
    """A value cannot end its token."""
    assert escaped(value) == written


@given(st.text(max_size=40), st.integers(0, 10**9))
def test_any_network(network: str, history: int) -> None:
    """Whatever the network is called, each token is one."""
    if network.isprintable():
        made = tokens(Features(network, history=history))
        assert all(TOKEN.fullmatch(token) for token in made)
        assert [token for each in told(lines("s.org", "ann", made)) for token in each.params[1:-1]] == list(made)


def test_lines() -> None:
    """ "The maximum number of RPL_ISUPPORT tokens that can be advertised is 13", and a line has 512 bytes."""
    replies = told(lines("My.Little.Server", "ann", EXPECTED))
    assert [token for each in replies for token in each.params[1:-1]] == EXPECTED
    for each in replies:
        assert (each.source, each.command, each.params[0]) == ("My.Little.Server", "005", "ann")
        assert each.params[-1] == "are supported by this server"
        assert len(each.params) <= 15


def test_long_tokens() -> None:
    """Tokens that are long have fewer beside them."""
    made = [f"A{letter}={letter * 160}" for letter in "abcdefg"]
    assert [len(group) for group in grouped("s.org", "ann", made)] == [2, 2, 2, 1]
    assert len(told(lines("s.org", "ann", made))) == 4


def test_nothing() -> None:
    """Where there is nothing to tell, there is no line."""
    assert lines("s.org", "ann", ()) == b""


def test_batch() -> None:
    """ "The server MUST group all RPL_ISUPPORT messages inside a draft/isupport batch." """
    first, *within, last = told(batch("s.org", "*", EXPECTED, "r1"))
    assert (first.command, first.params, first.tags) == ("BATCH", ("+r1", "draft/isupport"), {})
    assert (last.command, last.params, last.tags) == ("BATCH", ("-r1",), {})
    assert all(each.tags == {"batch": "r1"} and each.command == "005" for each in within)
    assert [token for each in within for token in each.params[1:-1]] == EXPECTED
