"""The numeric replies: each is what the specification says, whatever its fields are."""

from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.dialects.irc import numerics
from chatd.dialects.irc.message import LINE_BYTES, parse
from chatd.dialects.irc.numerics import NUMERICS, Numeric


def fields_of(numeric: Numeric) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(numeric.form) if name]


def filled(numeric: Numeric, value: str) -> dict[str, Any]:
    return {name.removesuffix("..."): [value, value] if name.endswith("...") else value for name in fields_of(numeric)}


# From Modern IRC, "Numerics", its wording with fields put in.
SPELT: list[tuple[str, dict[str, Any], str]] = [
    ("RPL_WELCOME", {"network": "Tea", "nick": "ann"}, "001 ann :Welcome to the Tea Network, ann"),
    ("RPL_MYINFO", {"server": "s", "version": "v", "user_modes": "i", "channel_modes": "nt", "argument_modes": "k"},
     "004 ann s v i nt k"),
    ("RPL_ISUPPORT", {"tokens": ("NICKLEN=32", "WHOX")}, "005 ann NICKLEN=32 WHOX :are supported by this server"),
    ("RPL_UMODEIS", {"modes": "+i"}, "221 ann +i"),
    ("RPL_LUSERCLIENT", {"users": 3, "invisible": 1, "servers": 1},
     "251 ann :There are 3 users and 1 invisible on 1 servers"),
    ("RPL_LUSEROP", {"operators": 2}, "252 ann 2 :operator(s) online"),
    ("RPL_LOCALUSERS", {"users": 3, "most": 9}, "265 ann 3 9 :Current local users 3, max 9"),
    ("RPL_AWAY", {"nick": "bob", "message": "tea"}, "301 ann bob tea"),
    ("RPL_AWAY", {"nick": "bob", "message": "at tea"}, "301 ann bob :at tea"),
    ("RPL_USERHOST", {"replies": ""}, "302 ann :"),
    ("RPL_WHOISUSER", {"nick": "bob", "user": "b", "host": "h", "real": "Bob B."}, "311 ann bob b h * :Bob B."),
    ("RPL_WHOISIDLE", {"nick": "bob", "idle": 7, "signon": 1628028154},
     "317 ann bob 7 1628028154 :seconds idle, signon time"),
    ("RPL_LISTSTART", {}, "321 ann Channel :Users  Name"),
    ("RPL_LIST", {"channel": "#tea", "users": 3, "topic": ""}, "322 ann #tea 3 :"),
    ("RPL_CHANNELMODEIS", {"channel": "#tea", "modes": ("+ntl", "9")}, "324 ann #tea +ntl 9"),
    ("RPL_CHANNELMODEIS", {"channel": "#tea", "modes": "+"}, "324 ann #tea +"),
    ("RPL_WHOISACCOUNT", {"nick": "bob", "account": "bobby"}, "330 ann bob bobby :is logged in as"),
    ("RPL_TOPICWHOTIME", {"channel": "#tea", "nick": "bob", "at": 1628028154}, "333 ann #tea bob 1628028154"),
    ("RPL_INVITING", {"nick": "bob", "channel": "#tea"}, "341 ann bob #tea"),
    ("RPL_WHOREPLY",
     {"channel": "#tea", "user": "b", "host": "h", "server": "s", "nick": "bob", "flags": "H@", "hops": 0,
      "real": "Bob B."}, "352 ann #tea b h s bob H@ :0 Bob B."),
    ("RPL_NAMREPLY", {"symbol": "=", "channel": "#tea", "nicks": "@ann bob"}, "353 ann = #tea :@ann bob"),
    ("RPL_WHOSPCRPL", {"fields": ("42", "bob", "Bob B.")}, "354 ann 42 bob :Bob B."),
    ("RPL_WHOSPCRPL", {"fields": ("42", "bob", "0")}, "354 ann 42 bob 0"),
    ("RPL_BANLIST", {"channel": "#tea", "mask": "b!*@*", "who": "ann", "at": 1628028154},
     "367 ann #tea b!*@* ann 1628028154"),
    ("RPL_TIME", {"server": "s", "timestamp": 1, "offset": 0, "time": "now and then"}, "391 ann s 1 0 :now and then"),
    ("ERR_NORECIPIENT", {"command": "PRIVMSG"}, "411 ann :No recipient given (PRIVMSG)"),
    ("ERR_INPUTTOOLONG", {}, "417 ann :Input line was too long"),
    ("ERR_NEEDMOREPARAMS", {"command": "JOIN"}, "461 ann JOIN :Not enough parameters"),
    ("ERR_UNKNOWNMODE", {"mode": "Z"}, "472 ann Z :is unknown mode char to me"),
    ("ERR_INVALIDMODEPARAM", {"target": "#tea", "mode": "k", "parameter": "a b", "info": "No key"},
     "696 ann #tea k * :No key"),
    ("ERR_MONLISTFULL", {"limit": 100, "targets": "a,b"}, "734 ann 100 a,b :Monitor list is full."),
    ("RPL_LOGGEDIN", {"mask": "ann!a@h", "account": "ann"}, "900 ann ann!a@h ann :You are now logged in as ann"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fields", "line"), SPELT, ids=[line[:20] for _, _, line in SPELT])
def test_spelt(name: str, fields: dict[str, Any], line: str) -> None:
    """A reply is written as Modern IRC writes it."""
    assert NUMERICS[name].line("s.org", "ann", **fields) == f":s.org {line}\r\n".encode()


def test_table() -> None:
    """Each has a number of its own of three digits, and a name that tells a reply from an error."""
    numbers = [each.number for each in NUMERICS.values()]
    assert len(set(numbers)) == len(numbers) > 140
    assert all(len(number) == 3 and number.isdigit() for number in numbers)
    assert all(name.startswith(("RPL_", "ERR_")) for name in NUMERICS)
    for name, each in NUMERICS.items():
        if name.startswith("ERR_"):
            assert "400" <= each.number < "800" or each.number in {"902", "904", "905", "906", "907"}


HOSTILE = ["", ":x", "a b", "a\r\nQUIT", "\0", " ", "x" * 600, "é" * 400, "👩\u200d🔬" * 100, "*", "{nick}", "#tea"]


@pytest.mark.parametrize("value", HOSTILE, ids=[repr(value[:10]) for value in HOSTILE])
def test_hostile(value: str) -> None:
    """Whatever is told back to a client, it is one line, with as many parameters as the table says."""
    for numeric in NUMERICS.values():
        wire = numeric.line("My.Little.Server", "ann", **filled(numeric, value))
        sober = numeric.line("My.Little.Server", "ann", **filled(numeric, "x"))
        assert len(wire) <= LINE_BYTES
        assert wire.splitlines() == [wire[:-2]]
        read = parse(wire)
        assert (read.command, read.params[0]) == (numeric.number, "ann")
        assert len(read.params) == len(parse(sober).params)


@given(st.text(), st.text(), st.text())
def test_any_text(channel: str, users: str, topic: str) -> None:
    """No text breaks a reply, nor moves a parameter to another's place."""
    try:
        (channel + users + topic).encode()
    except UnicodeEncodeError:
        return
    read = parse(numerics.RPL_LIST.line("s", "ann", channel=channel, users=users, topic=topic))
    assert len(read.params) == 4


def test_text() -> None:
    """The words at the end can be others: "The text used in the last param of this message may vary"."""
    line = numerics.ERR_CANNOTSENDTOCHAN.line("s", "ann", channel="#tea", text="#tea is moderated.")
    assert line == b":s 404 ann #tea :#tea is moderated.\r\n"


def test_tags() -> None:
    """A reply can have tags, such as the label of the command that it answers."""
    line = numerics.RPL_ENDOFWHO.line("s", "*", tags={"label": "a;b"}, mask="#tea")
    assert line == b"@label=a\\:b :s 315 * #tea :End of WHO list\r\n"


def test_the_longest_loses() -> None:
    """What is too long loses its end, and what is short is left alone."""
    read = parse(numerics.RPL_TOPIC.line("s", "ann", channel="#tea", topic="é" * 600))
    assert read.params[:2] == ("ann", "#tea")
    assert set(read.params[2]) == {"é"}
    assert len(read.params[2]) > 240


@pytest.mark.parametrize("more", [0, 1])
def test_to_the_byte(more: int) -> None:
    """What just fits is whole."""
    room = LINE_BYTES - len(numerics.RPL_TOPIC.line("s", "ann", channel="#tea", topic=""))  # with its colon
    wire = numerics.RPL_TOPIC.line("s", "ann", channel="#tea", topic="a " + "b" * (room - 2 + more))
    assert len(wire) == LINE_BYTES
    assert len(parse(wire).params[2]) == room


def test_params() -> None:
    """The parameters can be had without the line."""
    assert numerics.RPL_TOPIC.params("ann", channel="#tea", topic="a b") == ("ann", "#tea", "a b")
