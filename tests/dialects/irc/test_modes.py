"""MODE: what is asked, what is told, and what of a room's settings it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core.errors import BadArguments
from chatd.core.settings import rooms
from chatd.dialects.irc import modes
from chatd.dialects.irc.message import build
from chatd.dialects.irc.modes import Asked, Change

NEW_ROOM = {"access": "open", "key": "off", "listed": "on", "moderated": "off", "topic": "members", "limit": "off"}


def change(written: str) -> Change:
    sign, letter, argument = written[0], written[1], written[2:].strip()
    return Change(sign == "+", letter, argument)


def changes(*written: str) -> tuple[Change, ...]:
    return tuple(change(each) for each in written)


# Modern IRC, "MODE message".
ASKED: list[tuple[str, Asked]] = [
    ("+nt", Asked(changes("+n", "+t"))),
    ("nt", Asked(changes("+n", "+t"))),  # without a sign
    ("+n-t+m", Asked(changes("+n", "-t", "+m"))),
    ("+-+-m", Asked(changes("-m"))),
    ("+nn", Asked(changes("+n", "+n"))),
    ("", Asked()),
    ("+", Asked()),
    # "Type A: ... modes MUST always have a parameter when sent from the server; without one: the list"
    ("b", Asked(lists=("b",))),
    ("+b", Asked(lists=("b",))),
    ("-b", Asked(lists=("b",))),
    ("beIb", Asked(lists=("b", "e", "I"))),
    ("+b ann!*@*", Asked(changes("+b ann!*@*"))),
    ("+b-e ann bob", Asked(changes("+b ann", "-e bob"))),
    ("+bb ann", Asked(changes("+b ann"), lists=("b",))),
    # "Type B: ... always have a parameter"; a key is taken away without it, too
    ("+k tea", Asked(changes("+k tea"))),
    ("-k tea", Asked(changes("-k tea"))),
    ("-k", Asked(changes("-k *"))),
    ("+k", Asked(lacking=("k",))),
    # "Type C: ... a parameter when being set, and MUST NOT have a parameter when being unset"
    ("+l 9", Asked(changes("+l 9"))),
    ("-l", Asked(changes("-l"))),
    ("-lo ann", Asked(changes("-l", "-o ann"))),
    ("+l", Asked(lacking=("l",))),
    # prefixes
    ("+o-v ann bob", Asked(changes("+o ann", "-v bob"))),
    ("+oo ann", Asked(changes("+o ann"), lacking=("o",))),
    ("+ntk-l+o tea ann", Asked(changes("+n", "+t", "+k tea", "-l", "+o ann"))),
    ("+n +t", Asked(changes("+n"))),  # one mode string, and then arguments only
    # ERR_UNKNOWNMODE: "a mode character used by a client is not recognized"
    ("+nZt", Asked(changes("+n", "+t"), unknown=("Z",))),
    ("+Zo ann", Asked(changes("+o ann"), unknown=("Z",))),
    ("ZäZ", Asked(unknown=("Z", "ä"))),
    # ERR_INVALIDMODEPARAM: "there was a problem with a mode parameter"
    *((f"+l {bad}", Asked(unfit=(Change(True, "l", bad),))) for bad in ("0", "-1", "x", "1x", "²", "9" * 12, "100001")),
    *((f"+k {bad}", Asked(unfit=(Change(True, "k", bad),))) for bad in (":a", "a,b", "é", "k" * 65, "a\x07b")),
    ("+l 007", Asked(changes("+l 007"))),
]


@pytest.mark.parametrize(("line", "asked"), ASKED, ids=[line for line, _ in ASKED])
def test_channel(line: str, asked: Asked) -> None:
    """A mode string is read letter by letter, each with the argument that it takes."""
    written, *arguments = line.split(" ")
    assert modes.of_channel(written, arguments) == asked


@pytest.mark.parametrize("letter", "beIkov")
@pytest.mark.parametrize("argument", ["", "a b"])
def test_unfit(letter: str, argument: str) -> None:
    """An argument that is empty or has a space is none."""
    assert modes.of_channel(f"+{letter}", [argument]).unfit == (Change(True, letter, argument),)


def test_most() -> None:
    """MODES=20: of those with arguments, no more at once; those without do not count."""
    asked = modes.of_channel("+" + "n" * 30 + "b" * 25 + "t", [f"m{n}" for n in range(25)])
    assert len([each for each in asked.changes if each.letter == "b"]) == modes.MOST
    assert asked.changes[-1] == change("+t")


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("+i", Asked(changes("+i"))),
        ("-i+B", Asked(changes("-i", "+B"))),
        ("wo", Asked(changes("+w", "+o"))),
        ("+iZ", Asked(changes("+i"), unknown=("Z",))),  # ERR_UMODEUNKNOWNFLAG
        ("", Asked()),
    ],
)
def test_user(written: str, asked: Asked) -> None:
    """The modes of a user have no arguments."""
    assert modes.of_user(written) == asked


WRITTEN = [
    ((), ()),
    (changes("+n"), ("+n",)),
    (changes("+o ann", "-v bob"), ("+o-v", "ann", "bob")),
    (changes("+n", "+t", "-i", "-m", "+l 9"), ("+nt-im+l", "9")),
    (changes("-k *"), ("-k", "*")),
]


@pytest.mark.parametrize(("made", "params"), WRITTEN)
def test_written(made: tuple[Change, ...], params: tuple[str, ...]) -> None:
    """Changes are written with a sign where it changes, and the arguments in their order."""
    assert modes.written(made) == params


ARGUMENTS = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
CHANGES = st.lists(
    st.builds(Change, st.booleans(), st.sampled_from("imnst"), st.just(""))
    | st.builds(Change, st.booleans(), st.sampled_from("beIov"), ARGUMENTS.filter(lambda argument: argument[0] != ":")),
    max_size=30,
)


@given(CHANGES, st.integers(40, 400))
def test_round_trip(made: list[Change], room: int) -> None:
    """What is written is read as what it was, on however many lines it took."""
    read: list[Change] = []
    for letters, *arguments in modes.grouped(made, room):
        assert len(" ".join([letters, *arguments]).encode()) <= room
        build("MODE", "#tea", letters, *arguments)
        read += modes.of_channel(letters, arguments).changes
    assert read == made


@given(st.text(), st.lists(st.text(), max_size=5))
def test_any_text(written: str, arguments: list[str]) -> None:
    """Whatever is asked, what comes of it can be told."""
    for params in modes.grouped(modes.of_channel(written, arguments).changes, 400):
        assert len(params) <= modes.MOST + 1
    modes.of_user(written)


SHOWN: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({}, ("+n",)),
    ({"topic": "moderators"}, ("+nt",)),
    ({"access": "invite", "listed": "off"}, ("+ins",)),
    ({"access": "key", "key": "on", "listed": "off", "limit": "9"}, ("+klns", "*", "9")),
    ({"access": "invite", "key": "on"}, ("+ikn", "*")),
    ({"moderated": "on"}, ("+mn",)),
    ({modes.OUTSIDE: "on"}, ("+",)),
    ({modes.OUTSIDE: "off", "limit": "5"}, ("+ln", "5")),
]


@pytest.mark.parametrize(("settings", "params"), SHOWN)
def test_shown(settings: dict[str, str], params: tuple[str, ...]) -> None:
    """A room's settings are told as modes; of a key, no more than that there is one."""
    assert modes.shown({**NEW_ROOM, **settings}) == params


def test_settings_are_the_core_s() -> None:
    """The settings that modes are about are those of rooms, and so are their values."""
    assert set(NEW_ROOM) <= set(rooms.ROOM_SETTINGS)
    for letter in "iklmst":
        for on in (True, False):
            for now in (NEW_ROOM, {"access": "invite"}, {"access": "key", "limit": "9"}):
                setting = modes.setting_of(Change(on, letter, "9"), {**NEW_ROOM, **now})
                if setting is not None:
                    rooms.read(*setting)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {}, ()),
        ({}, {"access": "invite", "listed": "off"}, changes("+i", "+s")),
        ({"access": "invite"}, {"access": "key", "key": "on"}, changes("-i", "+k *")),
        ({"access": "invite", "key": "on"}, {"access": "key", "key": "on"}, changes("-i")),
        ({"access": "key", "key": "on"}, {}, changes("-k *")),
        ({"limit": "5"}, {"limit": "9"}, changes("+l 9")),
        ({"limit": "5"}, {}, changes("-l")),
        ({"topic": "moderators"}, {"moderated": "on"}, changes("-t", "+m")),
        ({}, {modes.OUTSIDE: "on"}, changes("-n")),
    ],
)
def test_between(before: dict[str, str], after: dict[str, str], told: tuple[Change, ...]) -> None:
    """What is told of a change of settings is what changed of the modes."""
    assert modes.between({**NEW_ROOM, **before}, {**NEW_ROOM, **after}) == told


@pytest.mark.parametrize(
    ("asked", "now", "setting"),
    [
        ("+i", {}, ("access", "invite")),
        ("+i", {"access": "invite"}, None),
        ("-i", {"access": "invite"}, ("access", "open")),
        ("-i", {"access": "invite", "key": "on"}, ("access", "key")),
        ("-i", {"access": "key", "key": "on"}, None),  # which is another mode's
        ("+k tea", {}, ("key", "tea")),
        ("+k tea", {"access": "key", "key": "on"}, ("key", "tea")),  # nobody knows whether it is the same
        ("-k *", {"access": "key", "key": "on"}, ("key", "")),
        ("-k *", {"access": "invite", "key": "on"}, ("key", "")),
        ("-k *", {"access": "invite"}, None),
        ("+l 9", {}, ("limit", "9")),
        ("+l 9", {"limit": "9"}, None),
        ("-l", {"limit": "9"}, ("limit", "off")),
        ("-l", {}, None),
        ("+m", {}, ("moderated", "on")),
        ("-m", {}, None),
        ("+s", {}, ("listed", "off")),
        ("-s", {"listed": "off"}, ("listed", "on")),
        ("+t", {}, ("topic", "moderators")),
        ("-t", {"topic": "moderators"}, ("topic", "members")),
        ("+n", {}, None),
        ("-n", {}, None),
        ("-n", {modes.OUTSIDE: "off"}, (modes.OUTSIDE, "on")),
        ("+n", {modes.OUTSIDE: "on"}, (modes.OUTSIDE, "off")),
    ],
)
def test_setting_of(asked: str, now: dict[str, str], setting: tuple[str, str] | None) -> None:
    """A mode is a setting; what is so already is not set again."""
    assert modes.setting_of(change(asked), {**NEW_ROOM, **now}) == setting


@pytest.mark.parametrize(
    ("letter", "argument", "name", "mask"),
    [
        ("b", "bob", "ban", "bob!*@*"),
        ("b", "*@host", "ban", "*!*@host"),
        ("b", "bob@host", "ban", "*!bob@host"),
        ("b", "bob!u", "ban", "bob!u@*"),
        ("b", "a:bob", "ban", "a:bob"),
        ("b", "m:bob", "mute", "bob!*@*"),
        ("b", "M:a:bob", "mute", "a:bob"),
        ("e", "bob", "exception", "bob!*@*"),
        ("e", "m:*!~u@*", "exception", "*!~u@*"),
        ("I", "*!*@host", "invitation", "*!*@host"),
    ],
)
def test_listed(letter: str, argument: str, name: str, mask: str) -> None:
    """A mask is told in full, and is in the list that its letter and its kind say."""
    assert modes.listed(letter, argument) == (name, mask)
    assert modes.listed(*modes.entry(name, mask)) == (name, mask)


def test_entry() -> None:
    """A mute is a kind of ban."""
    assert modes.entry("mute", "bob!*@*") == ("b", "m:bob!*@*")
    assert modes.entry("invitation", "bob!*@*") == ("I", "bob!*@*")


@pytest.mark.parametrize("mask", ["m:", "a:", "a b"])
def test_no_mask(mask: str) -> None:
    """What is no mask is refused by the core."""
    with pytest.raises(BadArguments):
        modes.listed("b", mask)


def test_told() -> None:
    """What 004 and 005 say of modes is what there is."""
    assert modes.CHANMODES == "beI,k,l,imnst"
    assert modes.PREFIX == "(ov)@+"
    assert set(modes.ARGUMENT_MODES) == set("beIklov")
    assert set(modes.CHANNEL_MODES) == set("beIklimnstov")


def test_grouped() -> None:
    """No more than MODES of them are told on one line."""
    groups = modes.grouped([Change(True, "b", f"m{n}") for n in range(25)], 400)
    assert [len(arguments) for _, *arguments in groups] == [modes.MOST, 5]
