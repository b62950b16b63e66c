"""The grammar of IRC: no bytes of a client's break it, and no text makes a second line of one."""

import os
import random
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core import masks
from chatd.dialects.irc.message import (
    LINE_BYTES,
    BadMessage,
    Message,
    allowance,
    build,
    fitting,
    fold,
    is_hostname,
    is_key,
    packed,
    parse,
    unescaped,
    unpacked,
    userhost,
)

FUZZ_BYTES = int(os.environ.get("CHATD_FUZZ_BYTES", "200000"))


def message(command: str, *params: str, source: str = "", **tags: str) -> Message:
    return Message({key.replace("_", "/"): value for key, value in tags.items()}, source, command, params)


# What a line is read as.
SPLIT: list[tuple[str, Message]] = [
    ("privmsg #tea milk", message("PRIVMSG", "#tea", "milk")),  # "the message verb is always case insensitive"
    (":ann PRIVMSG #tea milk", message("PRIVMSG", "#tea", "milk", source="ann")),
    # "if a parameter is prefixed with ':', the rest of the message is treated as the final parameter"
    ("A b c :d e f", message("A", "b", "c", "d e f")),
    ("A b c :", message("A", "b", "c", "")),
    ("A b c ::d", message("A", "b", "c", ":d")),
    ("A b c :d :) e ", message("A", "b", "c", "d :) e ")),
    (":ann A b :  c d ", message("A", "b", "  c d ", source="ann")),
    (":ann A b :   ", message("A", "b", "   ", source="ann")),
    ("A b:c d:", message("A", "b:c", "d:")),
    # "a trailing parameter has the same semantics as any other parameter"
    (":ann JOIN :#tea", message("JOIN", "#tea", source="ann")),
    ("MODE #tea +oo ann :bob", message("MODE", "#tea", "+oo", "ann", "bob")),
    ("MODE #tea :+i", message("MODE", "#tea", "+i")),
    # "separated by one or more ASCII SPACE characters"
    ("A", message("A")),
    (":ann AWAY ", message("AWAY", source="ann")),
    ("A  b   c  ", message("A", "b", "c")),
    (":srv 432  #x :No: not that", message("432", "#x", "No: not that", source="srv")),
    ("   A b", message("A", "b")),
    (":ann   A b   :c  ", message("A", "b", "c  ", source="ann")),
    # a tab is no space, nor is any other one than U+0020
    (":a\tb A c\td e", message("A", "c\td", "e", source="a\tb")),
    ("A b\u00a0c \u2003", message("A", "b\u00a0c", "\u2003")),
    # what is no control of lines is none of the grammar's business
    (":a!b@n\x035w\x03rk A b\x02c :\x01d\x01", message("A", "b\x02c", "\x01d\x01", source="a!b@n\x035w\x03rk")),
    # "clients MUST parse incoming messages with any number of them"
    ("A " + " ".join("b" * 30), message("A", *"b" * 30)),
    ("421x b", message("421X", "b")),
    ("ä b", message("ä", "b")),
    # tags
    ("@a=b;c=32;k;r=q7 A", message("A", a="b", c="32", k="", r="q7")),
    ("@c;h=;a=b :ann A b", message("A", "b", source="ann", c="", h="", a="b")),
    ("@a=b\\\\and\\nk;c=72\\s45;d=gh\\:764 A", message("A", a="b\\and\nk", c="72 45", d="gh;764")),
    ("@a=\\\\\\\\\\:\\\\s\\s\\r\\n A", message("A", a="\\\\;\\s \r\n")),
    ("@a=v\\\\ntest A", message("A", a="v\\ntest")),  # each character once, from the left
    ("@a=v\\1\\b A", message("A", a="v1b")),  # an escape that is none: the backslash goes
    ("@a=v\\ A", message("A", a="v")),  # "a lone \ at the end ... there SHOULD be no output character"
    ("@a=1;b=3;a=5 A", message("A", a="5", b="3")),  # "SHOULD discard all but the final occurrence"
    ("@a=1;v.org_a=8 A".replace("_", "/"), Message({"a": "1", "v.org/a": "8"}, "", "A", ())),
    ("@+draft/react=👍;+x A b", Message({"+draft/react": "👍", "+x": ""}, "", "A", ("b",))),
    ("@a=b=c A", message("A", a="b=c")),
    ("@a=b   A c", message("A", "c", a="b")),
    ("@ A b", message("A", "b")),
    ("@;;a=b; A", message("A", a="b")),
    ("@a_b=1;ä=2;++a=3;a/b/c=4;-=5;=6;/a=7;a/=8 A", Message({"-": "5"}, "", "A", ())),  # keys of no grammar
    (" @a=b A", message("@A=B", "A")),  # the @ "MUST be the first character of the message itself"
    ("A @a=b", message("A", "@a=b")),
]


@pytest.mark.parametrize(("line", "expected"), SPLIT, ids=[line[:40] for line, _ in SPLIT])
def test_split(line: str, expected: Message) -> None:
    """A line is read as Modern IRC and the Message Tags say, with or without its end."""
    assert parse(line.encode()) == expected
    assert parse(line.encode() + b"\r\n") == expected
    assert parse(line.encode() + b"\n") == expected


BAD: list[tuple[bytes, str, str]] = [
    (b"", "empty", "*"),  # "If you encounter an empty message, silently ignore it."
    (b"\r\n", "empty", "*"),
    (b"    ", "empty", "*"),
    (b":ann", "no-command", "*"),
    (b":ann ", "no-command", "*"),
    (b":ann :x", "no-command", "*"),
    (b" :x", "no-command", "*"),
    (b":", "no-command", "*"),
    (b"@a=b", "no-command", "*"),
    (b"@a=b ", "no-command", "*"),
    (b"@a=b   ", "no-command", "*"),
    (b"@", "no-command", "*"),
    (b"A b\0c", "control", "*"),  # "any characters except NUL, CR, LF"
    (b"A b\rc", "control", "*"),
    (b"A b\nc", "control", "*"),
    (b"@a=\0 A", "control", "A"),
    (b"A b\r\r\n", "control", "*"),
    (b"privmsg #a :\xff", "not-utf-8", "PRIVMSG"),  # UTF8ONLY: FAIL PRIVMSG INVALID_UTF8
    (b":x topic #a :\xc3", "not-utf-8", "TOPIC"),
    (b"\xff\xfe a", "not-utf-8", "*"),  # "with no command name (i.e. *)"
    (b"A \xed\xa0\x80", "not-utf-8", "A"),  # a surrogate is no UTF-8
    (b"@a=\xff privmsg b", "not-utf-8", "PRIVMSG"),
    # "limited to 512 bytes in length, including the trailing CR-LF"
    (b"A " + b"b" * 509, "too-long", "A"),
    (b"@a=b A " + b"b" * 509, "too-long", "A"),
    (b"b" * 600, "too-long", "*"),
    # "Clients MUST NOT send messages with tag data exceeding 4094 bytes"
    (b"@" + b"a" * 4095 + b" TAGMSG #a", "tags-too-long", "TAGMSG"),
    (b"@" + b"a" * 5000, "tags-too-long", "*"),
]


@pytest.mark.parametrize(("line", "kind", "command"), BAD, ids=[repr(line[:20]) for line, _, _ in BAD])
def test_bad(line: bytes, kind: str, command: str) -> None:
    """A line that is none is refused with what is wrong, and with its command if that can be told."""
    with pytest.raises(BadMessage) as caught:
        parse(line)
    assert (caught.value.kind, caught.value.command) == (kind, command)


def test_bad_with_label() -> None:
    """A refusal knows the tags, of which the answer needs the label."""
    with pytest.raises(BadMessage) as caught:
        parse(b"@label=x PRIVMSG #a :\xff")
    assert caught.value.tags == {"label": "x"}


@pytest.mark.parametrize("head", [b"", b"@a=b ", b"@" + b"a" * 4094 + b" "])
def test_longest(head: bytes) -> None:
    """A line of exactly the longest length is read."""
    assert parse(head + b"A " + b"b" * 508 + b"\r\n").params == ("b" * 508,)


# What is written; Modern: "Parameters that contain spaces, are empty, or begin with a ':' MUST be sent with a ':'".
JOINED: list[tuple[bytes, tuple[str, ...], dict[str, Any]]] = [
    (b"A b c d", ("A", "b", "c", "d"), {}),
    (b":ann AWAY", ("AWAY",), {"source": "ann"}),
    (b":ann AWAY :", ("AWAY", ""), {"source": "ann"}),
    (b"A b :c d", ("A", "b", "c d"), {}),
    (b"A b ::c", ("A", "b", ":c"), {}),
    (b":ann A b :  c d ", ("A", "b", "  c d "), {"source": "ann"}),
    (b"A b :lol :) ", ("A", "b", "lol :) "), {}),
    (b"A b\tc d", ("A", "b\tc", "d"), {}),
    (b":s 001 ann :Hello you", ("001", "ann", "Hello you"), {"source": "s"}),
    # "MUST NOT convert values from missing to empty"
    (b"@asd :ann A :  ", ("A", "  "), {"source": "ann", "tags": {"asd": ""}}),
    (b"@a=b\\\\and\\nk;d=gh\\:764 A", ("A",), {"tags": {"a": "b\\and\nk", "d": "gh;764"}}),
    (b"@f=\\\\\\\\\\:\\\\s\\s\\r\\n A", ("A",), {"tags": {"f": "\\\\;\\s \r\n"}}),
    (b"A b", ("A", "b"), {"tags": {}}),
]


@pytest.mark.parametrize(("line", "words", "more"), JOINED, ids=[str(line) for line, _, _ in JOINED])
def test_join(line: bytes, words: tuple[str, ...], more: dict[str, Any]) -> None:
    """A message is written with a colon only where it needs one."""
    assert build(*words, **more) == line + b"\r\n"


REFUSED: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("A", "b\r\nQUIT"), {}),
    (("A", "b\nc", "d"), {}),
    (("A", "b\rc"), {}),
    (("A", "b\0c"), {}),
    (("A", "b c", "d"), {}),
    (("A", "", "d"), {}),
    (("A", ":b", "d"), {}),
    (("A", "b"), {"source": "a b"}),
    (("A", "b"), {"source": "a\nb"}),
    (("", "b"), {}),
    (("A B", "c"), {}),
    (("A:", "c"), {}),
    (("12", "c"), {}),
    (("1234", "c"), {}),
    (("Ä", "c"), {}),
    (("²³¹", "c"), {}),
    (("A", "\ud800"), {}),
    (("A",), {"tags": {"a b": "c"}}),
    (("A",), {"tags": {"a;b": "c"}}),
    (("A",), {"tags": {"": "c"}}),
    (("A",), {"tags": {"a\n": "c"}}),
    (("A",), {"tags": {"a": "\0"}}),
    (("A",), {"tags": {"a": "\ud800"}}),
    (("A", "b" * 509), {}),
    (("A",), {"tags": {"a": "b" * 8188}}),
]


@pytest.mark.parametrize(("words", "more"), REFUSED)
def test_not_built(words: tuple[str, ...], more: dict[str, Any]) -> None:
    """What would be another message than it was meant to be is never written."""
    with pytest.raises(ValueError, match=r"\w"):
        build(*words, **more)


def test_longest_built() -> None:
    """A line may have 512 bytes, and its tags 8,191."""
    assert len(build("A", "b" * 508)) == LINE_BYTES
    assert build("A", tags={"a": "b" * 8187}).index(b" ") == 8190


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=80)
WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n "), min_size=1, max_size=20)
MIDDLE = WORD.filter(lambda word: word[0] != ":")
TAGS = st.dictionaries(
    st.from_regex(r"\A\+?([a-z0-9.-]{1,8}/)?[A-Za-z0-9-]{1,8}\Z"),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    max_size=4,
)
MESSAGES = st.builds(
    Message,
    TAGS,
    st.just("") | WORD,
    st.from_regex(r"\A([A-Z]{1,10}|[0-9]{3})\Z"),
    st.builds(lambda middle, last: (*middle, *last), st.lists(MIDDLE, max_size=3), st.lists(TEXT, max_size=1)),
)


@given(MESSAGES)
def test_round_trip(given_one: Message) -> None:
    """What is written is read as what it was."""
    wire = build(given_one.command, *given_one.params, source=given_one.source, tags=given_one.tags)
    assert parse(wire) == given_one


@given(
    st.text(max_size=8),
    st.lists(st.text(st.sampled_from("a: \r\n\0@;é")) | st.text(), max_size=4),
    st.text(max_size=8),
    st.dictionaries(st.text(max_size=5), st.text(max_size=8), max_size=3),
)
def test_one_line_whatever_the_text(command: str, params: list[str], source: str, tags: dict[str, str]) -> None:
    """Whatever the texts are, they are refused, or make one line that is read as these parameters."""
    try:
        wire = build(command, *params, source=source, tags=tags)
    except ValueError:
        return
    assert wire.endswith(b"\r\n")
    assert not {0, 10, 13} & set(wire[:-2])
    assert parse(wire) == Message(tags, source, command.upper(), tuple(params))


def test_every_code_point() -> None:
    """No character of Unicode makes a second line, and only those are refused that UTF-8 or the grammar has not."""
    refused = [*map(ord, "\0\r\n"), *range(0xD800, 0xE000)]
    for code in refused:
        with pytest.raises(ValueError, match=r"\w"):
            build("A", f"b{chr(code)}c")
    written = "".join(map(chr, sorted({*range(0x110000)} - {*refused})))
    for start in range(0, len(written), 120):
        piece = written[start : start + 120]
        wire = build("A", piece)
        assert parse(wire).params == (piece,)
        assert wire.splitlines() == [wire[:-2]]


def test_fuzz() -> None:
    """Of any bytes at all, nothing comes but a message or a refusal (C{CHATD_FUZZ_BYTES} says how many)."""
    chance = random.Random(6)
    hostile = b"@:; \\=/+\r\n\0aA1\xc3\xa9\xff"
    done = 0
    while done < FUZZ_BYTES:
        size = chance.choice((3, 20, 80, 600, 5000))
        line = chance.randbytes(size) if chance.random() < 0.3 else bytes(chance.choices(hostile, k=size))
        done += size
        try:
            read = parse(line)
        except BadMessage:
            continue
        assert read.command
        assert all(" " not in each and each for each in read.params[:-1])


@given(st.text(), st.integers(4, 60))
def test_fitting(text: str, room: int) -> None:
    """Pieces fit, and are together what they are pieces of."""
    pieces = fitting(text, room)
    assert "".join(pieces) == text
    assert all(len(piece.encode()) <= room for piece in pieces)
    assert all(pieces) or pieces == [""]


FITTED: list[tuple[str, int, list[str]]] = [
    ("", 10, [""]),
    ("0123456789", 10, ["0123456789"]),
    ("0123456789a", 10, ["0123456789", "a"]),
    # "split long lines between words where possible and leave the space character at the end of the line"
    ("hello there you", 10, ["hello ", "there you"]),
    ("hello  there", 7, ["hello  ", "there"]),
    ("ab cdefghijklm", 10, ["ab cdefghi", "jklm"]),  # which would waste more than half of a line
    # "not to split in the middle of multi-byte character sequences"
    ("ééééé", 5, ["éé", "éé", "é"]),
    ("aaae\u0301", 5, ["aaa", "e\u0301"]),
    ("aa👍🏽", 8, ["aa", "👍🏽"]),
    ("a👩\u200d🔬", 10, ["a", "👩\u200d", "🔬"]),  # does not fit alone: rather this than nothing
    ("aa👩\u200d🔬", 11, ["aa", "👩\u200d🔬"]),
    ("a🇩🇪🇫🇷", 12, ["a🇩🇪", "🇫🇷"]),
    ("e" + "\u0301" * 9, 5, ["e\u0301\u0301", "\u0301\u0301", "\u0301\u0301", "\u0301\u0301", "\u0301"]),
]


@pytest.mark.parametrize(("text", "room", "pieces"), FITTED)
def test_where_it_splits(text: str, room: int, pieces: list[str]) -> None:
    """A text is split where people would split it."""
    assert fitting(text, room) == pieces


@given(st.text(st.sampled_from("ae \u0301\u0308é"), max_size=60), st.integers(12, 20))
def test_never_within_a_sequence(text: str, room: int) -> None:
    """No piece begins with what is written over the character before it, unless that is longer than the room."""
    if "\u0301\u0301\u0301\u0301" not in text.replace("\u0308", "\u0301"):
        starts = [piece[0] for piece in fitting(text, room)[1:]]
        assert not any(unicodedata.combining(start) for start in starts)


def test_no_room() -> None:
    """Where no character fits, nothing is split."""
    with pytest.raises(ValueError, match="3 bytes"):
        fitting("a", 3)


@given(MIDDLE, WORD)
def test_allowance(target: str, source: str) -> None:
    """What is left of a line is what can be put there, and no more."""
    room = allowance("PRIVMSG", target, source=source)
    assert len(build("PRIVMSG", target, " " * room, source=source)) == LINE_BYTES
    with pytest.raises(ValueError, match="Too long"):
        build("PRIVMSG", target, " " * (room + 1), source=source)


def test_allowance_without_source() -> None:
    """It is the same without a source."""
    assert allowance("A") == LINE_BYTES - len(b"A :\r\n")


@given(TAGS)
def test_tags_round_trip(tags: dict[str, str]) -> None:
    """Tags written are the tags read."""
    assert unpacked(packed(tags)) == tags


@pytest.mark.parametrize(("value", "meant"), [("a\\:b\\s\\\\", "a;b \\"), ("\\", ""), ("\\é", "é"), ("", "")])
def test_unescaped(value: str, meant: str) -> None:
    """The escapes of a value are those of the table in the Message Tags, and no others."""
    assert unescaped(value) == meant


@pytest.mark.parametrize(
    ("key", "good"),
    [("a", True), ("+a-1", True), ("v.org/a", True), ("+v/a", True), ("a_b", False), ("+", False), ("a/", False)],
)
def test_key(key: str, good: bool) -> None:
    """A key is C{['+'] [vendor '/'] letters, digits, hyphens}."""
    assert is_key(key) is good


@pytest.mark.parametrize(
    ("one", "folded"), [("Ann", "ann"), ("A[]\\^", "a[]\\^"), ("ÄB", "Äb"), ("ann_{}", "ann_{}"), ("İ", "İ")]
)
def test_fold(one: str, folded: str) -> None:
    """CASEMAPPING=ascii: "the characters a to z ... the lower-case equivalents of the characters A to Z only"."""
    assert fold(one) == folded


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("ann!u@10.0.0.1", ("ann", "u", "10.0.0.1")),
        ("ann!~u@localhost", ("ann", "~u", "localhost")),
        ("ann@10.0.0.1", ("ann", "", "10.0.0.1")),
        ("ann!u", ("ann", "u", "")),
        ("ann", ("ann", "", "")),
        ("", ("", "", "")),
        ("ann!u@n\x02et\x0305w\x0fork.admin", ("ann", "u", "n\x02et\x0305w\x0fork.admin")),
        ("*!*@*", ("*", "*", "*")),
        ("a!b!c@d@e", ("a", "b!c", "d@e")),
    ],
)
def test_userhost(source: str, parts: tuple[str, str, str]) -> None:
    """C{nickname [ "!" user ] [ "@" host ]}."""
    assert userhost(source) == parts


HOSTS = [
    *((host, True) for host in ("a.example.org", "i.b.net", "irc-1.net.uk", "My.Little.Server", "9x.d3.uk", "1.net")),
    ("xn--nxasmq6b.example", True),
    (f"{'a' * 63}.org", True),
    *((host, False) for host in ("", "irc", "org", "-a.net", "a-.net", "-a-.net", "_a._b.net", "a..net", ".net", "a.")),
    *((host, False) for host in ("bücher.example", "a b.net", "a.net\n", f"{'a' * 64}.org", "a." * 126 + "bc")),
]


@pytest.mark.parametrize(("host", "good"), HOSTS)
def test_hostname(host: str, good: bool) -> None:
    """A name of a host has labels of letters, digits and inner hyphens, and at least two of them."""
    assert is_hostname(host) is good


# Modern, "Wildcard Expressions"; the core does it, and IRC relies on it.
MASKS: list[tuple[str, list[str], list[str]]] = [
    ("*@10.0.0.1", ["ann!u@10.0.0.1", "b!~c@10.0.0.1"], ["ann!u@10.0.0.5", "b!~c@10.0.1.1"]),
    ("ann*@*", ["ann!u@a.org", "Anna!u@10.0.0.1"], ["ian!u@a.org", "aann!u@a.org"]),
    ("ann!*@*", ["ann!u@a.org", "ann!~x@b.org"], ["anna!u@a.org", "ian!u@a.org"]),
    ("ann!?name@*", ["ann!aname@b", "ann!~name@b"], ["ann!name@b", "ann!aaname@b"]),
    ("ann!a?*@*", ["ann!ab@c", "ann!abc@c"], ["ann!a@c"]),
    ("ann[x]!*@*", ["ann[x]!a@b"], ["annx!a@b", "ann[!a@b"]),  # brackets are letters
    ("a\\*b!*@*", ["a*b!c@d"], ["axb!c@d"]),  # "can be escaped using the '\\' character"
    ("#t*a", ["#tea", "#ta"], ["#teas"]),
]


@pytest.mark.parametrize(("mask", "matching", "others"), MASKS)
def test_masks(mask: str, matching: list[str], others: list[str]) -> None:
    """C{*} is any number of any characters, C{?} is one."""
    assert all(masks.matches(mask, each) for each in matching)
    assert not any(masks.matches(mask, each) for each in others)
