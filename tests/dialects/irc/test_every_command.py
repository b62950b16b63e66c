"""
Every command, said with too little, with too much, with what is no such thing, in any case and by whoever is nobody
yet: each is answered as Modern IRC, RFC 2812 and the IRCv3 specifications say, and the connection stays.
"""

import re
from collections.abc import Mapping
from itertools import cycle, product

import pytest

from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Gateway
from chatd.dialects.irc.verbs.table import COMMANDS
from chatd.testing import PASSWORD
from tests.dialects.irc.clients import SITE, IrcClient, Said, connected, guest, promote, world

Rows = tuple[tuple[str, str], ...]
"""What is said after a command, and the commands and numerics of what is told then; of a FAIL, its code, too."""

PATIENT = Limits(line_burst=10**9, lines_per_second=1e9, refusals_in_a_row=10**9, join_burst=10**9, login_tries=10**9)
CAPS = (
    "message-tags", "batch", "sasl", "setname", "draft/chathistory", "draft/read-marker", "draft/message-redaction",
    "draft/multiline", "draft/metadata-2", "draft/pre-away", "draft/account-registration",
)  # fmt: skip
LONG = "x" * 400
_SERVICE: Rows = (
    ("", "NOTICE*"), (":", "NOTICE*"), ("HELP", "NOTICE*"), ("HELP x y", "NOTICE*"), ("NOPE", "NOTICE"),
    ("IDENTIFY", "NOTICE"), ("REGISTER", "NOTICE"), ("LOGOUT x", "NOTICE"), ("SESSIONS x", "NOTICE"),
    (LONG, "NOTICE"),
)  # fmt: skip
_ELSEWHERE = ("nope", "402"), ("nope x y", "402"), (LONG, "402")
_OPERATORS: Rows = (("", "481"), ("x", "481"), ("x y z", "481"))

# Said by foo, a guest, who is the operator of #chan, with bar in it; baz is alone in #other.
AFTER: Mapping[str, Rows] = {
    "CAP": (
        ("", "461"), (":", "410"), ("NOPE", "410"), (LONG, "410"), ("LS", "CAP"), ("LS x", "CAP"), ("ls 302", "CAP*"),
        ("LS 302 x y", "CAP*"), ("LIST", "CAP*"), ("LIST x", "CAP*"), ("REQ", "CAP"), ("REQ :", "CAP"),
        ("REQ nope", "CAP"), (f"REQ :{LONG}", "CAP"), ("END", ""), ("END x", ""),
    ),
    "PASS": (("", "461"), (":", "462"), ("x", "462"), ("x y z", "462"), (LONG, "462")),
    "NICK": (
        ("", "431"), (":", "431"), ("bar", "433"), ("BAR", "433"), ("*", "432"), ("#x", "432"), (":a b", "432"),
        ("b\x07", "432"), ("My.Little.Server", "432"), (LONG, "432"), ("foo", ""), ("new", "NICK"), ("new x y", "NICK"),
    ),
    "USER": (
        ("", "461"), ("u", "461"), ("u 0", "461"), ("u 0 *", "461"), ("u 0 * :", "462"), ("u 0 * r", "462"),
        ("u 0 * r x y", "462"), (f"{LONG} 0 * r", "462"),
    ),
    "WEBIRC": (("", "461"), ("x", "461"), ("x gate host", "461"), ("x gate host 192.0.2.1", "462")),
    "AUTHENTICATE": (
        ("", "461"), (":", "908 904"), ("NOPE", "908 904"), ("*", "906"), (LONG, "908 904"), ("plain", "AUTHENTICATE"),
        ("PLAIN x y", "AUTHENTICATE"),
    ),
    "REGISTER": (
        ("", "FAIL:NEED_MORE_PARAMS"), ("*", "FAIL:NEED_MORE_PARAMS"), ("* *", "FAIL:NEED_MORE_PARAMS"),
        ("* * :", "FAIL:NEED_MORE_PARAMS"), ("* * x", "FAIL:WEAK_PASSWORD"),
        ("other * x", "FAIL:ACCOUNT_NAME_MUST_BE_NICK"), (f"{LONG} * x", "FAIL:BAD_ACCOUNT_NAME"),
    ),
    "VERIFY": (
        ("", "461"), ("foo", "461"), ("foo :", "FAIL:INVALID_CODE"), ("foo x", "FAIL:INVALID_CODE"),
        ("foo x y", "FAIL:INVALID_CODE"), (f"{LONG} x", "FAIL:INVALID_CODE"),
    ),
    "NICKSERV": _SERVICE, "NS": _SERVICE,
    "PING": (("", "409"), (":", "409"), ("x", "PONG"), ("x y z", "PONG"), (":x y", "PONG"), (LONG, "PONG")),
    "PONG": (("", ""), (":", ""), ("x", ""), ("x y z", ""), (LONG, "")),
    "ERROR": (("", ""), (":", ""), ("x", ""), ("x y z", ""), (LONG, "")),
    "QUIT": (("", "ERROR"), (":", "ERROR"), ("x", "ERROR"), ("x y z", "ERROR"), (f":{LONG}", "ERROR")),
    "MOTD": (("", "422"), ("My.Little.Server", "422"), ("MY.*", "422"), ("bar", "422"), *_ELSEWHERE),
    "LUSERS": (("", "251*"), ("*", "251*"), ("* My.Little.Server", "251*"), ("* nope", "402"), ("* nope x", "402")),
    "VERSION": (("", "351 005*"), ("foo", "351 005*"), *_ELSEWHERE),
    "ISUPPORT": (("", "005*"), ("x y z", "005*"), (LONG, "005*")),
    "TIME": (("", "391"), ("My.Little.*", "391"), *_ELSEWHERE),
    "INFO": (("", "371* 374"), ("bar", "371* 374"), *_ELSEWHERE),
    "ADMIN": (("", "423"), ("My.Little.Server", "423"), *_ELSEWHERE),
    "LINKS": (("", "365"), ("*", "365"), ("x y z", "365"), (LONG, "365")),
    "STATS": (("", "461"), (":", "219"), ("u", "242 219"), ("?", "219"), ("u nope", "402"), (LONG, "219")),
    "USERS": (("", "446"), ("x y z", "446")), "SUMMON": (("", "445"), ("x y z", "445")),
    "HELP": (("", "704*"), (":", "704*"), ("privmsg", "704*"), ("PRIVMSG x y", "704*"), ("nope", "524"), (LONG, "524")),
    "HELPOP": (("", "704*"), (":", "704*"), ("join", "704*"), ("JOIN x", "704*"), ("nope", "524"), (LONG, "524")),
    "OPER": (
        ("", "461"), ("operuser", "461"), ("operuser wrong", "464"), ("operuser wrong x", "464"), ("nobody x", "464"),
        ("# x", "464"), (f"{LONG} x", "464"), ("bar x", "464"),
    ),
    "KILL": (
        ("", "461"), (":", "401"), ("bar", "481"), ("bar :x", "481"), ("nobody :x y", "481"), ("foo x y z", "481"),
        ("My.Little.Server :x", "483"), ("#chan :x", "401"), (LONG, "401"),
    ),
    "WALLOPS": (("", "461"), (":", "461"), (": ", "461"), ("x", "481"), ("x y z", "481"), (f":{LONG}", "481")),
    "REHASH": _OPERATORS, "DIE": _OPERATORS, "RESTART": _OPERATORS,
    "CONNECT": (("", "461"), *_OPERATORS[1:]),
    "SQUIT": (("", "461"), *_OPERATORS[1:]),
    "MODE": (
        ("", "461"), (":", "401"), ("nobody", "401"), (LONG, "401"), ("bar", "502"), ("bar +i", "502"), ("FOO", "221"),
        ("foo +z", "501"), ("foo +i x y", "MODE"), ("foo +o", ""), ("#chan", "324 329"), ("#chan :", "324 329"),
        ("#chan +", "324 329"), ("#chan b", "368"), ("#chan +e", "349"), ("#chan +I", "347"), ("#chan z", "472"),
        (f"#chan {LONG}", "472"), ("#chan +o", "696"), ("#chan +o :", "696"), ("#chan +v nobody", "401"),
        ("#chan +v baz", "441"), (f"#chan +o {LONG}", "401"), ("#chan +k", "696"), ("#chan +k :", "696"),
        ("#chan +k a,b", "696"), (f"#chan +k {LONG}", "696"), ("#chan +l", "696"), ("#chan +l x", "696"),
        ("#chan +l 0", "696"), (f"#chan +l {'9' * 400}", "696"), ("#chan +b m:", "696"), ("#chan +b :a b", "696"),
        ("#chan -b nobody!*@*", ""), ("#chan -k", ""), ("#chan +t x y", "MODE"), ("#chan +vz bar", "MODE 472"),
        ("#nope", "403"), ("#nope +m", "403"), ("#other", "442"), ("#other +m", "442"), ("#", "403"),
    ),
    "WHO": (
        ("", "352* 315"), (":", "352* 315"), ("nobody", "315"), ("#nope", "315"), ("#", "315"), ("bar", "352 315"),
        ("#CHAN", "352* 315"), ("bar o", "315"), ("bar %tn,1 x y", "354 315"), ("bar %", "354 315"), (LONG, "315"),
        ("a b c", "315"),
    ),
    "WHOIS": (
        ("", "431"), (":", "431"), ("nobody", "401 318"), ("#chan", "401 318"), ("nope bar", "402"),
        ("BAR", "311* 318"), ("My.Little.Server bar", "311* 318"), ("bar bar x y", "311* 318"),
        ("a,b,c,d,e", "401* 407 318"), (",", "318"), (LONG, "401 318"),
    ),
    "WHOWAS": (
        ("", "431"), (":", "431"), ("nobody", "406 369"), ("nobody x", "406 369"), ("nobody -1 nope x", "406 369"),
        (f"nobody {'9' * 100}", "406 369"), ("#", "406 369"), (LONG, "406 369"),
    ),
    "USERHOST": (("", "461"), (":", "302"), ("nobody", "302"), ("bar foo a b c d e f", "302"), (LONG, "302")),
    "ISON": (("", "461"), (":", "303"), ("nobody", "303"), (":bar nobody", "303"), ("a b c d e f", "303")),
    "AWAY": (("", "305"), (":", "305"), ("x", "306"), ("x y z", "306"), (f":{LONG}", "306")),
    "SETNAME": (
        ("", "461"), (":", "FAIL:INVALID_REALNAME"), ("x", "SETNAME"), ("x y z", "SETNAME"),
        (f":{LONG}", "FAIL:INVALID_REALNAME"),
    ),
    "MONITOR": (
        ("", "461"), (":", "400"), ("X", "400"), ("+", "461"), ("+ :", "461"), ("-", "461"), ("+ nobody", "731"),
        ("+ BAR,,nobody x y", "730 731"), ("+ *!*@*", "731"), (f"+ {LONG}", "731"), ("- nobody", ""), ("C x", ""),
        ("l", "733"), ("S", ""),
    ),
    "METADATA": (
        ("", "461"), ("*", "461"), ("* NOPE", "FAIL:SUBCOMMAND_INVALID"), ("* GET", "461"), ("* SET", "461"),
        ("* set a b c d", "761"), ("* SET A$ b", "FAIL:KEY_INVALID"), (f"* SET a :{LONG}", "FAIL:VALUE_INVALID"),
        ("bar SET a b", "FAIL:KEY_NO_PERMISSION"), ("nobody LIST", "FAIL:INVALID_TARGET"), ("* LIST x", "BATCH*"),
    ),
    "JOIN": (
        ("", "461"), (":", "461"), ("chan", "403"), ("&chan", "403"), ("#", "403"), ("#x\x07y", "403"),
        (":#a b", "403"), (f"#{LONG}", "403"), ("#chan", ""), ("#new", "JOIN MARKREAD 353 366"), (",", ""),
        ("#NEW key x y", "JOIN MARKREAD 353 366"), ("#a,b,,#c k", "JOIN MARKREAD 353 366 403 JOIN MARKREAD 353 366"),
        ("0", "PART"), ("0 x", "PART"),
    ),
    "PART": (
        ("", "461"), (":", "461"), ("#nope", "403"), ("#", "403"), (LONG, "403"), ("#other", "442"), (",", ""),
        ("#CHAN", "PART"), ("#chan x y z", "PART"), (f"#chan :{LONG}", "PART"), ("#nope,#chan,#other", "PART 403 442"),
    ),
    "NAMES": (
        ("", "353* 366"), (":", "353* 366"), ("nope", "366"), ("#nope", "366"), ("#", "366"), (LONG, "366"),
        ("#CHAN", "353 366"), ("#chan,#nope x y", "353 366"),
    ),
    "TOPIC": (
        ("", "461"), (":", "461"), ("#chan", "331"), ("#nope", "403"), ("#", "403"), ("#other", "442"),
        ("#other :x", "442"), ("#CHAN :", ""), ("#chan :x", "TOPIC"), ("#chan x y z", "TOPIC"),
        (f"#chan :{LONG}", "FAIL:INVALID_PARAMS"), (LONG, "403"),
    ),
    "LIST": (
        ("", "321 322* 323"), (":", "321 322* 323"), ("#nope", "321 323"), ("#CHAN", "321 322 323"), (LONG, "321 323"),
        (">1", "321 322 323"), ("<x", "321 323"), ("#chan nope x", "321 322 323"), (f">{'9' * 100}", "321 323"),
    ),
    "KICK": (
        ("", "461"), ("#chan", "461"), (": :", "461"), ("#chan :", "461"), ("#chan,#chan bar", "461"),
        ("#chan nobody", "441"), ("#chan baz", "441"), (f"#chan {LONG}", "441"), ("#nope bar", "403"),
        ("#other baz", "442"), ("#CHAN BAR", "KICK"), ("#chan bar x y z", "KICK"), (f"#chan bar :{LONG}", "KICK"),
        ("#chan nobody,bar x", "KICK 441"),
    ),
    "INVITE": (
        ("", "337"), ("baz", "461"), (": :", "461"), ("baz :", "461"), ("nobody #chan", "401"), ("baz #nope", "403"),
        ("bar #chan", "443"), ("baz #other", "442"), ("BAZ #CHAN", "341"), ("baz #chan x y", "341"),
        (f"{LONG} #chan", "401"), (f"baz #{LONG}", "403"),
    ),
    "RENAME": (
        ("", "461"), ("#chan", "461"), (": :", "461"), ("#chan new", "FAIL:CANNOT_RENAME"),
        ("#chan #other", "FAIL:CHANNEL_NAME_IN_USE"), (f"#chan #{LONG}", "FAIL:CANNOT_RENAME"), ("#nope #new", "403"),
        ("#other #new", "442"), ("#chan #new x y", "PART*"),
    ),
    "PRIVMSG": (
        ("", "411"), (":", "411"), (",", "411"), (", :x", "411"), ("bar", "412"), ("bar :", "412"), ("bar : ", "412"),
        ("nobody :x", "401"), ("bar!~bar@host :x", "401"), (f"{LONG} :x", "401"), ("#nope :x", "404"),
        ("#other :x", "404"), ("a,b,c,d,e :x", "407"), ("BAR :x", ""), ("bar x y z", ""), ("#chan :x", ""),
        ("@#chan :x", ""), ("nobody,bar :x", "401"), (f"bar :{'x' * 480}", "417"),
    ),
    "NOTICE": (
        ("", ""), (":", ""), ("bar", ""), ("bar :", ""), ("nobody :x", ""), ("#nope :x", ""), ("#other :x", ""),
        ("a,b,c,d,e :x", ""), ("bar x y z", ""), (f"{LONG} :x", ""),
    ),
    "TAGMSG": (
        ("", "461"), (":", "461"), ("nobody", "401"), ("#nope", "404"), ("a,b,c,d,e", "407"), ("bar", ""),
        ("bar x y", ""), (LONG, "401"),
    ),
    "BATCH": (
        ("", "461"), ("x", "461"), ("+1", "461"), ("+1 nope", "FAIL:UNKNOWN_TYPE"),
        ("+1 draft/multiline", "FAIL:MULTILINE_INVALID"), ("-1", "FAIL:MULTILINE_INVALID"),
        (f"-{LONG}", "FAIL:MULTILINE_INVALID"),
    ),
    "CHATHISTORY": (
        ("", "FAIL:NEED_MORE_PARAMS"), ("LATEST", "FAIL:NEED_MORE_PARAMS"), ("LATEST #chan *", "FAIL:NEED_MORE_PARAMS"),
        ("NOPE #chan * 1", "FAIL:INVALID_PARAMS"), ("LATEST #chan * 0", "FAIL:INVALID_PARAMS"),
        ("LATEST #chan x 1", "FAIL:INVALID_PARAMS"), ("LATEST #nope * 1", "FAIL:INVALID_TARGET"),
        (f"LATEST {LONG} * 1", "FAIL:INVALID_TARGET"), ("latest #chan * 1", "BATCH*"),
        ("LATEST #chan * 1 x y", "BATCH*"), (f"LATEST #chan * {'9' * 9}", "BATCH*"),
    ),
    "MARKREAD": (
        ("", "FAIL:NEED_MORE_PARAMS"), (":", "FAIL:NEED_MORE_PARAMS"), ("#chan x", "FAIL:INVALID_PARAMS"),
        ("#chan timestamp=x", "FAIL:INVALID_PARAMS"), ("#chan", "MARKREAD"), ("#nope", "MARKREAD"),
        ("#nope timestamp=2025-12-17T19:33:20.000Z", "FAIL:INTERNAL_ERROR"), (LONG, "FAIL:INVALID_PARAMS"),
        ("#chan timestamp=2025-12-17T19:33:20.000Z x y", "MARKREAD"),
    ),
    "REDACT": (
        ("", "461"), ("#chan", "461"), (": :", "461"), ("#chan nope", "FAIL:UNKNOWN_MSGID"),
        ("#chan nope x y", "FAIL:UNKNOWN_MSGID"), ("#nope x", "FAIL:INVALID_TARGET"),
        (f"#chan {LONG}", "FAIL:UNKNOWN_MSGID"), ("nobody x", "FAIL:INVALID_TARGET"),
    ),
}  # fmt: skip
# Said by whoever has not said NICK and USER; what is not here is refused with 451, whatever is lacking.
BEFORE: Mapping[str, Rows] = {
    "CAP": AFTER["CAP"],
    "PASS": (("", "461"), (":", "461"), ("x", ""), ("x y z", ""), (LONG, "")),
    "NICK": (
        ("", "431"), (":", "431"), ("*", "432"), ("#x", "432"), (":a b", "432"), ("My.Little.Server", "432"),
        (LONG, "432"), ("new", ""), ("new x y", ""),
    ),
    "USER": (
        ("", "461"), ("u 0 *", "461"), ("u 0 * :", "461"), (": 0 * r", "461"), ("u 0 * r", ""), ("u 0 * r x y", ""),
        (f"{LONG} 0 * r", ""),
    ),
    "WEBIRC": (
        ("", "461"), ("x gate host", "461"), ("x gate host 192.0.2.1", "ERROR"), ("x y host 192.0.2.1 z", "ERROR"),
    ),
    "AUTHENTICATE": (("", "461"), (":", "904"), ("PLAIN", "904"), ("PLAIN x", "904"), (LONG, "904")),
    "REGISTER": (
        ("", "FAIL:NEED_MORE_PARAMS"), ("* *", "FAIL:NEED_MORE_PARAMS"), ("* * :", "FAIL:NEED_MORE_PARAMS"),
        ("* * x y", "FAIL:NEED_NICK"),
    ),
    "VERIFY": AFTER["VERIFY"],
    **{command: AFTER[command] for command in ("PING", "PONG", "ERROR", "QUIT", "ISUPPORT")},
    "AWAY": (("", "451"), ("x", "451")),
    "METADATA": (("", "461"), ("*", "461"), ("* LIST", "451"), ("* NOPE x", "451")),
}  # fmt: skip
WITH_CAPABILITY = ("TAGMSG", "BATCH", "CHATHISTORY", "MARKREAD", "REDACT")
AS_OPERATOR: Mapping[str, Rows] = {
    "OPER": (("operuser wrong", "464"),),
    "KILL": (("", "461"), ("nobody", "401"), ("nobody x y", "401"), ("#chan :x", "401"), (LONG, "401")),
    "WALLOPS": (("", "461"), (":", "461")),
    "REHASH": (("", "382"), ("x y", "382")),
    "RESTART": (("", "481"),),
    "CONNECT": (("", "461"), ("x", "402"), ("x y z", "402")),
    "SQUIT": (("", "461"), ("x", "402"), ("x y z", "402")),
    "MODE": (("foo +o", ""), ("foo +o-o x", "MODE")),
}  # fmt: skip
HOSTILE = (
    ":", "*", ",", ",,", "#", "##chan", "@#chan", "#chan,#chan", "foo,bar", "!@", "%s%n", "\x01VERSION\x01",
    "\x02\x0304x", "\x1b[2J", "\u202e", "🙂" * 90, "../../x", "'; DROP TABLE rooms; --", "-1", "9" * 60, "+bbbb", "a:",
    "m:m:", "\\", "$$*",
)  # fmt: skip
CLOSING = {"QUIT", "WEBIRC"}


class Stage:
    """
    A chatd where foo, a guest, has #chan, with bar in it; baz is alone in #other; and operuser may run it.

    @ivar world: That chatd.
    """

    def __init__(self) -> None:
        self.world = world(SITE._replace(gateways=(Gateway("gate", "secret", ("127.0.0.0/8",)),)), PATIENT)
        promote(self.world, "operuser")
        self._foo = connected(self.world)
        self._bar, self._baz = guest(self.world, "bar", *CAPS), guest(self.world, "baz", *CAPS)
        self._baz.sends("JOIN #other")

    def foo(self) -> IrcClient:
        """Foo, who has come anew, as has bar to a channel that is made anew."""
        if not self._foo.is_closed:
            self._foo.sends("QUIT")
        self._bar.sends("JOIN 0")
        self._foo = guest(self.world, "foo", *CAPS)
        self._foo.sends("JOIN #chan")
        self._bar.sends("JOIN #chan")
        self._foo.reads()
        return self._foo

    def reads(self) -> None:
        """The others read what they have been told, and are there as before."""
        for each in (self._bar, self._baz):
            each.sends("PONG x")
            assert not each.is_closed
        assert not self.world.died


@pytest.fixture
def stage() -> Stage:
    """A chatd with people."""
    return Stage()


def shown(told: list[Said]) -> list[str]:
    """What was told, as the tables have it."""
    return [f"FAIL:{each.params[1]}" if each.command == "FAIL" else each.command for each in told]


def as_expected(expected: str, told: list[str]) -> bool:
    """Whether that is it. A star stands for more that begins so: C{251*} for all that C{LUSERS} tells."""
    words = expected.split(" ") if expected else []
    pattern = "".join(f"{word[:-1]} ([A-Z0-9]+ )*" if word[-1] == "*" else f"{word} " for word in words)
    return re.fullmatch(pattern, "".join(f"{each} " for each in told)) is not None


def checked(stage: Stage, client: IrcClient, line: str, expected: str, name: str) -> None:
    """Say a line, and look at what is told and at what becomes of the connection."""
    told = client.sends(line)
    stage.world.pass_time(5)  # a wrong password takes its time
    told += client.reads()
    assert as_expected(expected, shown(told)), (line, expected, told)
    assert client.is_closed == (expected == "ERROR"), line
    for each in told:
        assert len(each.line.encode()) <= 510, each
        if each.command.isdecimal():
            assert each.params[0] == name, each
        if each.command == "461":
            assert each.params[1] == line.partition(" ")[0].upper(), each
    if not client.is_closed:
        assert client.sends("PING x")[-1].command == "PONG"
    stage.reads()


def test_every_command_is_here() -> None:
    """None is forgotten, and none that there is not."""
    assert AFTER.keys() == COMMANDS.keys()
    assert BEFORE.keys() == {command for command, verb in COMMANDS.items() if verb.early}


@pytest.mark.parametrize("command", COMMANDS)
def test_after_the_welcome(stage: Stage, command: str) -> None:
    """In capitals, in none, and in some."""
    words = cycle((command, command.lower(), command.capitalize()))
    for word, (said, expected) in zip(words, AFTER[command], strict=False):
        checked(stage, stage.foo(), f"{word} {said}".rstrip(), expected, "foo")


@pytest.mark.parametrize("command", COMMANDS)
def test_before_the_welcome(stage: Stage, command: str) -> None:
    """Little may be said then, and the rest is refused in the same way, whatever it is."""
    words = cycle((command, command.lower()))
    for word, (said, expected) in zip(words, BEFORE.get(command) or AFTER[command], strict=False):
        client = connected(stage.world)
        checked(stage, client, f"{word} {said}".rstrip(), expected if command in BEFORE else "451", "*")


@pytest.mark.parametrize("command", WITH_CAPABILITY)
def test_without_the_capability(stage: Stage, command: str) -> None:
    """Those are no commands."""
    checked(stage, guest(stage.world, "qux"), f"{command} #chan x y z", "421", "qux")


@pytest.mark.parametrize("command", AS_OPERATOR)
def test_by_an_operator(stage: Stage, command: str) -> None:
    """Who may do it is told what is wrong with it."""
    for said, expected in AS_OPERATOR[command]:
        foo = stage.foo()
        foo.sends(f"OPER operuser :{PASSWORD}")
        checked(stage, foo, f"{command} {said}".rstrip(), expected, "foo")


@pytest.mark.parametrize("command", COMMANDS)
def test_lines_that_are_none(stage: Stage, command: str) -> None:
    """Longer than a line, with longer tags than there may be, in no UTF-8, with what cuts lines: before and after."""
    for client, name in ((stage.foo(), "foo"), (connected(stage.world), "*")):
        for line in (f"{command} {'x' * 600}", f"@+x={'y' * 5000} {command} x"):
            told = client.one(line)
            assert (told.command, told.params[0]) == ("417", name)
        told = client.one(command.encode() + b" #chan \xff\xfe")
        assert (told.command, told.params[:2]) == ("FAIL", (command, "INVALID_UTF8"))
        client.sends(f"{command}\0x", f":foo {command}x", "", " ", "@", ":", ": ")
        assert client.sends("PING x")[-1].command == "PONG"
        stage.reads()


@pytest.mark.parametrize("command", COMMANDS)
def test_words_that_mean_harm(stage: Stage, command: str) -> None:
    """Whatever they are and wherever they stand: what is told are lines, and only what ends a connection ends it."""
    foo, stranger = stage.foo(), connected(stage.world)
    heads = ("", "#chan ", "* ", *(f"{word} " for word in HOSTILE[5::8]))
    for head, last in product(heads, HOSTILE):
        line = f"{command} {head}:{last}"
        for client in (foo, stranger):
            told = client.sends(line)
            assert all(len(each.line.rpartition("@")[2].encode()) <= 510 for each in told)
            assert not any("went wrong" in each.line for each in told), (line, told)
        stage.reads()
        if foo.is_closed or stranger.is_closed:
            assert command in CLOSING, line
            return
