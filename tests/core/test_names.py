# ruff: noqa: RUF001 - letters that look alike are what some of this is about
"""Names and text: what nobody may be called, and what nobody may say."""

import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core import names
from chatd.core.errors import BadName, BadPassword, BadText, ChatError

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\0\x1b\x7f\x85\u2028\u202e\u2066\u0344\u0958 "))
WORDS = st.text(st.sampled_from("aAzßéе́аяюωΩ漢字かな한_-.09İı\u0301ﬁ ⅷ#@"), max_size=40)


def accepted(check: Callable[[str], object], typed: str) -> bool:
    """Whether a check lets something pass; anything but a pass or a refusal is a fault."""
    try:
        check(typed)
    except ChatError:
        return False
    return True


# What may be said.


def is_forbidden(character: str) -> bool:
    """The rule of the design, in other words than the code's."""
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    )  # fmt: skip


def test_no_control_character_passes_and_every_other_does() -> None:
    """Nobody can move somebody else's cursor, ring the bell or turn the writing around; all else may be said."""
    wrong = [
        hex(number)
        for number in range(sys.maxunicode + 1)
        if accepted(names.text, f"a{chr(number)}b") == is_forbidden(chr(number))
    ]
    assert wrong == []


@given(TEXTS)
def test_what_passed_is_what_can_be_shown(typed: str) -> None:
    """Whatever is typed, what comes out is NFC, of bounded size, without control characters, and passes again."""
    try:
        text = names.text(typed)
    except BadText:
        return
    assert not any(map(is_forbidden, text))
    assert unicodedata.is_normalized("NFC", text)
    assert len(text) <= names.TEXT_CHARACTERS
    assert len(text.encode()) <= names.TEXT_BYTES
    assert names.text(text) == text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("x" * 2000, ""), ("x" * 2001, "at most 2000 characters; this one has 2001"),
        ("é" * 2000, ""), ("☃" * 1365, ""), ("☃" * 1366, "at most 4096 bytes"),
        ("🙂" * 1024, ""), ("🙂" * 1025, "at most 4096 bytes"),
        ("\u0344" * 1000, ""), ("\u0344" * 1001, "at most 2000 characters; this one has 2002"),
        ("", "nothing in that message"), (" \u3000 ", "nothing in that message"),
        ("a\x1b[2Jb", r"U\+001B"), ("a\nb", r"U\+000A"), ("a\u202eb", r"U\+202E RIGHT-TO-LEFT OVERRIDE"),
        ("a\ud800b", r"U\+D800"),
    ],
)  # fmt: skip
def test_the_bounds_of_a_message(typed: str, said: str) -> None:
    """What is too long, empty or not text is refused with what is wrong, and nothing is ever cut."""
    if not said:
        assert unicodedata.normalize("NFC", typed) == names.text(typed)
        return
    with pytest.raises(BadText, match=said):
        names.text(typed)


def test_several_lines() -> None:
    """Up to 32 of them, each with the bounds of one alone, and 4,096 bytes in all; not all of them are nothing."""
    assert names.lines("one\ntwo") == "one\ntwo"
    assert names.lines("one") == "one"
    assert names.lines("cafe\u0301\n\ntea") == "caf\u00e9\n\ntea", "one between others may be empty"
    assert names.lines("\n".join("x" * 32)).count("\n") == 31
    assert len(names.lines("x" * 2000 + "\n" + "x" * 2000)) == 4001
    long = "\n".join(["x" * 1400] * 3)
    for wrong in (
        "\n".join("x" * 33),
        "\n",
        " \n ",
        "a\n\x1b[2J",
        "a\r\nb",
        "a\n" + "x" * 2001,
        long,
        "x\n" * 5000,
        "",
    ):
        with pytest.raises(BadText):
            names.lines(wrong)


def test_what_is_told_and_not_kept() -> None:
    """May be nothing, and hold what programs quote with, and nothing else that a line could not."""
    for good in ("", "hello", "\x01VERSION\x01", "\x01", "a\nb", "caf\u00e9 \x01x\x01"):
        assert names.told(good) == good
    for wrong in ("\x01\x1b", "\x02", "\x01" + "x" * 2001, "a\x00\x01", "\x01" * 2001, "\n".join("\x01" * 33)):
        with pytest.raises(BadText):
            names.told(wrong)


def test_tags() -> None:
    """Their names are IRC's, their values any text that can be sent there, and all of them fit into a line there."""
    good = {"+typing": "active", "+draft/react": "\U0001f44b", "+a.b/c-d": "", "+x": "a;b c\\d\te\x1b"}
    assert names.tags(good) is good
    assert names.tags({}) == {}
    for name in ("typing", "+", "+a b", "+a/", "+/a", "+a=b", "+a_b", "++a", "+\u00e9", "+a/b/c", "+a\n"):
        with pytest.raises(BadText, match="name of a tag"):
            names.tags({name: ""})
    for value in ("a\nb", "a\rb", "\x00", "\ud800"):
        with pytest.raises(BadText, match="NUL"):
            names.tags({"+a": value})


def test_the_bounds_of_tags() -> None:
    """C{+k=v;+k=v} as they are sent, with what has to be escaped there counted twice."""
    assert names.tags({"+a": "x" * 4091})
    assert names.tags({"+a": ";" * 2045})
    for value in ("x" * 4092, ";" * 2046, "\u00e9" * 2046, " " * 2046):
        with pytest.raises(BadText, match=r"4094|take at most"):
            names.tags({"+a": value})


def test_a_label_may_be_empty() -> None:
    """A topic can be taken away, and a reason need not be given; else they are text."""
    assert names.label("") == names.label("  ") == ""
    assert names.label("Printers") == "Printers"
    with pytest.raises(BadText):
        names.label("a\x07")


def test_a_whole_line_is_clean_or_refused_at_any_length() -> None:
    """A command line may be as long as the face allows; what hides in it may not."""
    assert names.clean("/set " + "e\u0301" * 1500) == "/set " + "é" * 1500
    with pytest.raises(BadText, match=r"U\+0000"):
        names.clean("/set \0")


@pytest.mark.parametrize("cid", ["a", "7f3a-17", "x" * 64, "a b"])
def test_good_cids(cid: str) -> None:
    """A program may number its submissions as it likes."""
    assert names.cid(cid) == cid


@pytest.mark.parametrize("cid", ["", "x" * 65, "é", "a\n", "\x7f"])
def test_bad_cids(cid: str) -> None:
    """A submission's number is short and printable."""
    with pytest.raises(BadText):
        names.cid(cid)


# What one may be called.


@pytest.mark.parametrize(
    "typed", ["alice", "Alice", "a", "x" * 32, "Ärger", "bob.b-c_d", "7", "Ёлка", "漢字", "かな漢", "ユーザー名x"]
)
def test_good_names(typed: str) -> None:
    """Names of letters and digits in one script, or in one and Latin."""
    name = names.account_name(typed)
    assert name.shown == typed
    assert name.key == typed.lower()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "1 to 32 characters"), ("x" * 33, "1 to 32 characters"), ("漢" * 22, "at most 64 bytes"),
        ("a b", "letters, digits"), ("a:b", "letters, digits"), ("a/b", "letters, digits"), ("a@b", "letters, digits"),
        ("*", "letters, digits"), ("--", "begins with a letter"), ("_a", "begins with a letter"),
        (".a", "begins with a letter"), ("\u0301a", "."), ("a\x1b", "letters, digits"), ("a\n", "letters, digits"),
        ("a\u200bb", "letters, digits"), ("a\u202eb", "letters, digits"), ("☃", "letters, digits"),
        ("аlиωe", "of one script"), ("admin", "kept for the server"), ("ROOT", "kept for the server"),
        ("Moderator", "kept for the server"), ("a\ud800", "."),
    ],
)  # fmt: skip
def test_bad_names(typed: str, said: str) -> None:
    """What could be mistaken for the server, for somebody else or for a line's punctuation is nobody's name."""
    with pytest.raises(BadName, match=said):
        names.account_name(typed)


@pytest.mark.parametrize("typed", ["NickSеrv", "аdmin", "servеr", "0perator", "СhanServ", "rnoderator", "0WNER"])
def test_what_looks_like_a_name_of_the_servers_own(typed: str) -> None:
    """Is nobody's either, neither an account's nor a guest's: somebody would tell it a password."""
    with pytest.raises(BadName, match="which is kept for the server"):
        names.account_name(typed)
    with pytest.raises(BadName, match="which is kept for the server"):
        names.guest_name(typed)


def test_what_a_guest_may_be_called_a_guest_may_look_like() -> None:
    """Such a name stands for nothing."""
    assert [names.guest_name(typed).shown for typed in ("guest", "Gu3st", "r00t")] == ["guest", "Gu3st", "r00t"]
    with pytest.raises(BadName, match="looks like root"):
        names.account_name("r00t")


@pytest.mark.parametrize("typed", ["ａlice", "Alice", "ALICE", "alice"])
def test_names_are_folded(typed: str) -> None:
    """However it is typed, it is the same account."""
    assert names.account_name(typed).key == "alice"


@given(WORDS)
def test_a_name_that_passed_passes_again_and_is_the_same(typed: str) -> None:
    """What the server shows as a name can be typed as that name."""
    for check in (names.account_name, names.room_name, names.direct_name):
        try:
            name = check(typed)
        except BadName:
            continue
        assert check(name.shown.removeprefix("@")) == name
        assert check(name.key.removeprefix("@")).key == name.key
        assert not set(name.shown) & set(" :#[]*\r\n\x1b\0")


def test_no_character_is_a_fault() -> None:
    """Whatever is typed as a name or a password is accepted or refused, and nothing else."""
    for number in (*range(0x1000), *range(0x1000, sys.maxunicode, 101), *range(0xD7F0, 0xE010), sys.maxunicode):
        accepted(names.account_name, chr(number))
        accepted(names.account_name, f"a{chr(number)}")
        accepted(names.password, f"a{chr(number)}")


def test_rooms_and_conversations() -> None:
    """C{#} is how a room is written, C{@} says that one talks with somebody alone."""
    assert names.room_name("#Dev") == names.room_name("Dev")
    assert names.place_name("#Dev").key == "dev"
    assert names.place_name("@Bob") == names.direct_name("Bob")
    assert (names.direct_name("Bob").shown, names.direct_name("Bob").key) == ("@Bob", "@bob")
    assert names.room_name("admin").key == "admin"
    for bad in ("", "#", "##dev", "@", "#@bob"):
        with pytest.raises(BadName):
            names.place_name(bad)


# Passwords.


@pytest.mark.parametrize(
    ("one", "other"),
    [("caf\u00e9 au lait", "cafe\u0301 au lait"), ("two words", "two\u3000words"), ("two words", "two\u00a0words")],
)
def test_one_password_on_two_keyboards(one: str, other: str) -> None:
    """The same password typed on another machine is the same password."""
    assert names.password(one) == names.password(other)


def test_case_and_width_of_a_password_matter() -> None:
    """Nothing of a password is folded away."""
    assert names.password("Secret") != names.password("secret")
    assert names.password("ａ") == "ａ"


@pytest.mark.parametrize("typed", ["", "a\0b", "a\x1bb", "a\nb", "x" * 1025, "é" * 513, "\ud800"])
def test_bad_passwords(typed: str) -> None:
    """Empty, over-long and unprintable passwords are refused, and not repeated in the refusal."""
    with pytest.raises(BadPassword) as caught:
        names.password(typed)
    assert not typed or typed not in str(caught.value)


def test_the_longest_password() -> None:
    """1,024 bytes are allowed."""
    assert names.password("é" * 512) == "é" * 512
