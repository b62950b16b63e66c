"""
What bad input gets: one small typed refusal, the same code on both faces, never a traceback and never silence.

The table is that of section 6 of the design's semantics, with every row that a peer of these faces can meet.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from chatd.testing import PASSWORD, Remote, World
from tests.faces.doubles import codes, world


class Row(NamedTuple):
    """
    One kind of bad input.

    @ivar text: The bytes on the text face, without the line end.
    @ivar json: The bytes on the JSON face.
    @ivar says: What both refusals must hold, for people.
    @ivar prepare: What is done to the world before.
    """

    what: str
    code: str
    text: bytes
    json: bytes
    says: str = ""
    prepare: Callable[[World], Any] = lambda chat: None


def full_disk(chat: World) -> None:
    chat.database.free = 0


def stuck_disk(chat: World) -> None:
    """Somebody else's line waits for the disk since three seconds, and another one behind it."""
    chat.database.waiting = []
    for _ in range(2):
        chat.journal.write(lambda cursor: None)
    chat.clock.advance(3)


def secret_room(chat: World) -> None:
    chat.account("carol")
    carol = chat.program("carol")
    carol.asks(do="join", room="secret")


# As a member of the lobby.
MEMBER = [
    Row("broken UTF-8", "bad-text", b"caf\xe9", b'{"do":"say","room":"lobby","text":"caf\xe9"}', "UTF-8"),
    Row("half a character", "bad-text", b"\xe2\x98", b"\xe2\x98", "UTF-8"),
    Row("a surrogate in UTF-8", "bad-text", b"\xed\xa0\x80", b'{"do":"ping","ref":"\xed\xa0\x80"}', "UTF-8"),
    Row("a NUL", "bad-text", b"a\0b", b'{"do":"say","room":"lobby","text":"a\0b"}'),
    Row("a control byte", "bad-text", b"a\x1b[2Jb", b'{"do":"say","room":"lobby","text":"a\x1b[2Jb"}'),
    Row("a control character", "bad-text", b"a\x07b", b'{"do":"say","room":"lobby","text":"a\\u0007b"}', "U+0007"),
    Row("C1", "bad-text", b"a\xc2\x85b", b'{"do":"say","room":"lobby","text":"a\xc2\x85b"}', "U+0085"),
    Row("DEL", "bad-text", b"a\x7fb", b'{"do":"say","room":"lobby","text":"a\x7fb"}', "U+007F"),
    Row("a line separator", "bad-text", b"a\xe2\x80\xa8b", b'{"do":"say","room":"lobby","text":"a\\u2028b"}', "U+2028"),
    Row("writing turned around", "bad-text", b"a\xe2\x80\xaeb", b'{"do":"say","room":"lobby","text":"a\\u202eb"}',
        "U+202E"),
    Row("2,001 characters", "bad-text", b"x" * 2001, b'{"do":"say","room":"lobby","text":"%s"}' % (b"x" * 2001),
        "at most 2000 characters"),
    Row("nothing but spaces", "bad-text", b"/msg bob \xe3\x80\x80\xe2\x80\x83x\x1f",
        b'{"do":"say","room":"lobby","text":"   "}'),
    Row("an unknown command", "unknown-command", b"/mgs bob hi", b'{"do":"mgs","to":"bob","text":"hi"}', "msg"),
    Row("missing words", "bad-arguments|bad-json", b"/msg bob", b'{"do":"msg","to":"bob"}'),
    Row("wrong words", "bad-arguments|bad-json", b"/history 0", b'{"do":"history","room":"lobby","limit":0}'),
    Row("too many words", "bad-arguments|bad-json", b"/history #a #b", b'{"do":"history","room":["a","b"]}'),
    Row("no such setting", "bad-arguments", b"/set nose big", b'{"do":"set","name":"nose","value":"big"}', "hold"),
    Row("no such value", "bad-arguments", b"/set time maybe", b'{"do":"set","name":"time","value":"maybe"}',
        "on or off"),
    Row("login after login", "not-now", b"/login bob", b'{"do":"login","name":"bob","password":"x"}',
        "logged in already"),
    Row("register after login", "not-now", b"/register bob", b'{"do":"register","name":"bob","password":"x"}',
        "already"),
    Row("a name that is none", "bad-name", b"/join #a:b", b'{"do":"join","room":"#a:b"}',"letters"),
    Row("a long name", "bad-name", b"/whois " + b"x" * 33, b'{"do":"whois","name":"%s"}' % (b"x" * 33),
        "32 characters"),
    Row("nobody", "no-such-account", b"/whois nobody2", b'{"do":"whois","name":"nobody2"}', "nobody2"),
    Row("a line to nobody", "no-such-account", b"/msg nobody2 hi", b'{"do":"msg","to":"nobody2","text":"hi"}'),
    Row("no such room", "not-in-room", b"/names #secret", b'{"do":"names","room":"secret"}', "/join #secret"),
    Row("a room of others", "not-in-room", b"/names #secret", b'{"do":"names","room":"secret"}', "/join #secret",
        secret_room),
    Row("history of others", "not-in-room", b"/history #secret", b'{"do":"history","room":"secret"}', "", secret_room),
    Row("a twin of a room", "name-taken", b"/join #l0bby", b'{"do":"join","room":"l0bby"}', "#lobby"),
    Row("a full disk", "storage-full", b"hi", b'{"do":"say","room":"lobby","text":"hi"}', "Reading goes on", full_disk),
    Row("an overload", "busy", b"hi", b'{"do":"say","room":"lobby","text":"hi"}', "Try again", stuck_disk),
]  # fmt: skip

# Before the login.
STRANGER = [
    Row("a word to a room", "not-now", b"/me waves|/join #lobby", b'{"do":"say","room":"lobby","text":"hi"}', ""),
    Row("joining", "not-now", b"/join #lobby", b'{"do":"join","room":"lobby"}', "Log in first"),
    Row("settings", "not-now", b"/set time on", b'{"do":"set","name":"time","value":"on"}', "Log in first"),
    Row("rooms", "not-now", b"/rooms", b'{"do":"rooms"}', "Log in first"),
    Row("a password", "not-now|bad-arguments", b"/passwd", b'{"do":"passwd","old":"x","new":"y"}'),
    Row("a bad name", "bad-name", b"a:b", b'{"do":"introduce","name":"a:b"}', "letters, digits"),
    Row("a reserved name", "bad-name", b"admin", b'{"do":"introduce","name":"admin"}', "kept for the server"),
    Row("a twin", "name-taken", b"a1ice", b'{"do":"introduce","name":"a1ice"}', "looks like alice"),
    Row("broken UTF-8", "bad-text", b"caf\xe9", b'{"do":"introduce","name":"caf\xe9"}', "UTF-8"),
    Row("a control byte", "bad-text", b"a\x01b", b'{"do":"introduce","name":"a\x01b"}'),
    Row("an unknown command", "unknown-command", b"/logn", b'{"do":"logn"}', "login"),
]


def check(row: Row, remote: Remote, line: bytes) -> str:
    """Send the line; exactly one refusal comes, nothing hangs, and the connection goes on."""
    remote.received()
    remote.gives(line + b"\n")
    shown = remote.received()
    assert row.says.encode() in shown
    assert b"Traceback" not in shown
    remote.transport.write(shown)
    (code,) = codes(remote)
    assert not remote.is_closed
    return code


def cases(rows: list[Row]) -> Callable[[Any], Any]:
    return pytest.mark.parametrize("row", rows, ids=[row.what for row in rows])


@cases(MEMBER)
def test_what_a_member_gets(row: Row) -> None:
    """The same mistake has the same code, whichever way somebody came in; and it never reaches the room."""
    both = []
    for kind in (World.person, World.program):
        chat = world()
        bob, alice = chat.program("bob"), kind(chat, "alice")
        chat.pass_time(5)
        row.prepare(chat)
        bob.objects()
        both.append(check(row, alice, row.text if kind is World.person else row.json))
        assert bob.objects() == []
    expected = row.code.split("|")
    assert both == [expected[0], expected[-1]]


@cases(STRANGER)
def test_what_a_stranger_gets(row: Row) -> None:
    """The same before the login."""
    both = []
    for kind in (World.person, World.program):
        chat = world()
        chat.account("alice")
        remote = kind(chat)
        both.append(check(row, remote, row.text.split(b"|")[-1] if kind is World.person else row.json))
    expected = row.code.split("|")
    assert set(both) <= set(expected)
    assert both[1] == expected[0]


@pytest.mark.parametrize("kind", [World.person, World.program], ids=["text", "json"])
def test_what_a_wrong_password_gets(kind: Callable[[World], Remote]) -> None:
    """The same words for a wrong password and for a name that is not there, three times, then the end."""
    chat = world()
    chat.account("alice")
    chat.hub.site = chat.hub.site._replace(registration="closed")
    shown = []
    for name in ("alice", "nobody2"):
        remote = kind(chat)
        remote.received()
        for _ in range(3):
            assert not remote.is_closed
            if kind is World.person:
                remote.types(name)
                remote.types("wrong horse")
            else:
                remote.sends(do="login", name=name, password="wrong horse")
            chat.pass_time(15)
        shown.append(remote.received())
        assert remote.is_closed
    assert shown[0] == shown[1]
    assert shown[0].count(b"Wrong name or password.") == 3


@pytest.mark.parametrize(
    "line",
    [b"[]", b"17", b"null", b'"x"', b"hello", b"{", b'{"do":5}', b"{}", b'{"do":"say","room":1,"text":"x"}',
     b'{"do":"ping","ref":%s' % (b"[" * 9000), b'{"do":"history","room":"x","before":1e400}',
     b'{"do":"history","room":"x","before":%s}' % (b"9" * 5000)],
    ids=lambda line: str(line[:40]),
)  # fmt: skip
def test_what_bad_json_gets(line: bytes) -> None:
    """C{bad-json}, and the connection goes on."""
    remote = world().program()
    remote.asks(do="ping")
    remote.gives(line + b"\n")
    assert codes(remote) == ["bad-json"]
    assert remote.asks(do="ping")["done"] == "ping"


@pytest.mark.parametrize(
    ("data", "closes"),
    [
        (b"\xff\xfb\x03" * 1000, False), (b"\xff\xfd\x03" * 1000, False),
        (b"\xff\xfa\x18" + b"x" * 300 + b"\xff\xf0", False),
        (b"\xff\xfa" * 5000 + b"\xff\xf0", False), (b"\xff\xf0" * 5000, False), (b"\xff" * 5001, True),
        (b"\xff\xf4" * 1000, False),
    ],
)  # fmt: skip
def test_what_telnet_abuse_gets(data: bytes, closes: bool) -> None:
    """At most sixty-four answers; what is no telnet is a line, and may be too long for one."""
    chat = world()
    alice = chat.person("alice")
    alice.gives(data)
    shown = alice.received()
    assert sum(shown.count(verb) for verb in (b"\xff\xfc", b"\xff\xfe")) <= 64
    assert alice.is_closed is closes
    assert (b"too-long" in shown) is closes
    if not closes:
        alice.gives(b"\r\n/ping\r\n")
        assert b"pong" in alice.received()


def test_a_line_that_is_kept_is_never_cut() -> None:
    """A message of the longest kind arrives whole, on both faces."""
    chat = world()
    bob, alice = chat.program("bob"), chat.person("alice")
    chat.pass_time(5)
    bob.objects()
    text = "é" * 1000 + "x" * 48
    alice.types(text)
    bob.sends(do="say", room="lobby", text="☃" * 1365)
    said = [each["text"] for each in bob.objects() if each.get("event") == "said"]
    assert said == [text, "☃" * 1365]
    assert alice.sees() == f"bob: {'☃' * 1365}\r\n"
    assert bob.asks(do="login", name="x", password=PASSWORD)["code"] == "not-now"
