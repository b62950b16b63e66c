"""Which channels there are."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, commands, guest, only, world


def listed(client: IrcClient, asked: str = "") -> set[str]:
    """The channels that a LIST shows."""
    told = client.sends(f"LIST {asked}".strip())
    assert commands(told) == ["321", *["322"] * (len(told) - 2), "323"]
    return {each.params[1] for each in told[1:-1]}


@pytest.fixture
def town() -> World:
    """A chatd with two channels: #chan1 with one in it, and #chan2 with two."""
    town = world(limits=Limits(line_burst=1000, lines_per_second=1000.0))
    foo, bar = guest(town, "foo"), guest(town, "bar")
    foo.sends("JOIN #chan1", "JOIN #chan2", "TOPIC #chan1 :tea")
    bar.sends("JOIN #chan2")
    return town


def test_all(town: World) -> None:
    """With how many are there, and the topic; none where there is none."""
    baz = guest(town, "baz")
    assert [each.params[1:] for each in only(baz.sends("LIST"), "322")] == [("#chan1", "1", "tea"), ("#chan2", "2", "")]
    assert listed(guest(world(), "foo")) == set()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("#chan1", {1}), ("#CHAN1,#chan2", {1, 2}), ("#chan", set()), ("chan1", set()), ("#nonexistent", set()),
        ("*an1", {1}), ("#c*n2", {2}), ("*an3", set()), ("#ch*", {1, 2}), ("#chan?,#x", {1, 2}),
        ("!*an1", {2}), ("!#c*n2", {1}), ("!*an3", {1, 2}), ("!#ch*", set()), ("#ch*,!*2", {1}),
        (">0", {1, 2}), ("<1", set()), ("<100", {1, 2}), (">1", {2}), ("<2", {1}), (">0,<2", {1}), ("#chan2,>1", {2}),
        ("#chan1,>1", set()), (">x", set()), (",", {1, 2}), ("", {1, 2}), ("*,>1", {2}),
    ],
)  # fmt: skip
def test_some(town: World, asked: str, expected: set[int]) -> None:
    """By name, by mask, by what no mask is of, and by how many are there."""
    assert listed(guest(town, "baz"), asked) == {f"#chan{number}" for number in expected}


def test_by_time(town: World) -> None:
    """Of the channel, and of its topic."""
    foo = guest(town, "someone")
    town.clock.advance(120)
    foo.sends("JOIN #chan3", "TOPIC #chan3 :coffee")
    town.clock.advance(60)
    old = {"#chan1", "#chan2"}
    for asked, expected in {"C>2": old, "C<2": {"#chan3"}, "C<0": set(), "c>0": old | {"#chan3"}}.items():
        assert listed(foo, asked) == expected, asked
    for asked, expected in {"T>2": {"#chan1"}, "T<2": {"#chan3"}, "T<0": set(), "T<10": {"#chan1", "#chan3"}}.items():
        assert listed(foo, asked) == expected, asked


def test_more_than_one_answer_of_the_store_holds(town: World) -> None:
    """All are listed."""
    town.database.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO rooms"
        " (kind, name, name_key, skeleton, created_by, created_at) SELECT 'room', 'r' || i, 'r' || i, 'r' || i,"
        " (SELECT max(id) FROM accounts), 0 FROM n"
    )
    assert len(listed(guest(town, "someone"))) == 602
