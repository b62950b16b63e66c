"""When, which, and by whom: what the tags of a line say."""

import pytest

from chatd.core.events import Said
from chatd.core.masks import Mask
from chatd.dialects.irc.hearing.tags import (
    BREAKS,
    Reference,
    at_of,
    moment,
    msgid,
    msgid_of,
    named,
    place_of,
    tags_of,
)

AT = 1_766_000_000_123
ALL = frozenset({"message-tags", "server-time", "account-tag"})


@pytest.mark.parametrize("at", [0, 1, 999, 1000, AT, 253_370_764_799_999])
def test_moments_both_ways(at: int) -> None:
    """What is written is read again."""
    assert at_of(moment(at)) == at


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1970-01-01T00:00:01Z", 1000), ("1970-01-01T00:00:01.5Z", 1500), ("1970-01-01T00:00:01.123456789Z", 1123),
        ("1969-12-31T23:59:59.999Z", None), ("1970-13-01T00:00:01Z", None), ("1970-01-01T00:00:61Z", None),
        ("1970-01-01 00:00:01Z", None), ("1970-01-01T00:00:01", None), ("", None), ("0000-01-01T00:00:01Z", None),
        ("\u0661970-01-01T00:00:01Z", None), (" 1970-01-01T00:00:01Z", None),
    ],
)  # fmt: skip
def test_moments_of_clients(written: str, at: int | None) -> None:
    """Fractions of any length are allowed, and nothing else than the specification's form."""
    assert at_of(written) == at


def test_names_of_events() -> None:
    """Both of a conversation call an event the same; a name of another place is none here."""
    said = Said(room="@bob", seq=7, who="alice", at=AT, text="hi")
    name = msgid(said, "Alice")
    assert name == msgid(Said(room="@ALICE", seq=7, who="alice", at=AT, text="hi"), "bob")
    assert named(name, "@alice", "bob") == named(name, "@Bob", "alice") == Reference(AT, 7)
    assert named(name, "@carol", "alice") is None
    in_room = msgid_of(AT, "Test", 9)
    assert named(in_room, "#test") == named(in_room, "TEST") == Reference(AT, 9)
    for wrong in ("", "x", "1-2-3", in_room + "x", in_room.upper() + "0" * 20, f"-{in_room}"):
        assert named(wrong, "test") is None


def test_places_of_targets() -> None:
    """A channel keeps its sign, so that one with two of them is none."""
    assert [place_of(each) for each in ("#a", "##a", "a", "@a")] == ["#a", "##a", "@a", "@@a"]


def test_the_servers_own_come_first() -> None:
    """And those of clients only to who wants tags; where lines were broken, to nobody."""
    others = {"+a": "b", BREAKS: "1"}
    bot = Mask("al!al@user/al", bot=True)
    tags = tags_of(ALL, AT, "id", bot, others)
    assert list(tags) == ["msgid", "time", "account", "bot", "draft/bot", "+a"]
    assert tags_of(frozenset({"server-time"}), AT, "id", bot, others) == {"time": moment(AT)}
    assert "account" not in tags_of(ALL, AT, "id", "al!al@guest/12345678")
    for human in (Mask("al!al@user/al", bot=False), "al!al@user/al", ""):
        assert "bot" not in tags_of(ALL, AT, "id", human)
