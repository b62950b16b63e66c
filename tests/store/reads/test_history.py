"""History shows what was said, in pages that fit together, to those who were let in."""

import msgspec
import pytest

from chatd.core.commands import History, Kick, Leave, RoomSet
from chatd.core.errors import NoSuchAccount, NotInRoom
from chatd.core.events import Joined, Kicked, Said
from chatd.core.ports import Account
from chatd.testing import BEGINNING, World
from tests.store.doubles import join, page, say, seqs, write


@pytest.fixture
def world() -> World:
    """A chatd."""
    return World()


@pytest.fixture
def alice(world: World) -> Account:
    """An account in the lobby, where she came first and then said ten lines, one a second."""
    account = world.account("alice")
    join(world, account, "lobby")
    for number in range(2, 12):
        world.clock.advance(1)
        say(world, account, "lobby", f"line {number}")
    return account


def repr_of(value: object) -> str:
    """A request in words, for the names of the tests."""
    if not isinstance(value, History):
        return "-"
    fields = msgspec.to_builtins(value)
    return " ".join(f"{key}={fields[key]}" for key in ("since", "after", "before", "limit") if fields[key] is not None)


@pytest.mark.parametrize(
    ("asked", "found", "more"),
    [
        (History(room="lobby"), range(1, 12), False),
        (History(room="lobby", limit=11), range(1, 12), False),
        (History(room="lobby", limit=10), range(2, 12), True),
        (History(room="lobby", limit=3), range(9, 12), True),
        (History(room="lobby", limit=3, before=9), range(6, 9), True),
        (History(room="lobby", limit=3, before=4), range(1, 4), False),
        (History(room="lobby", limit=3, before=1), range(0), False),
        (History(room="lobby", limit=3, before=0), range(0), False),
        (History(room="lobby", limit=3, after=0), range(1, 4), True),
        (History(room="lobby", limit=3, after=8), range(9, 12), False),
        (History(room="lobby", limit=3, after=11), range(0), False),
        (History(room="lobby", limit=3, after=99), range(0), False),
        (History(room="lobby", limit=3, after=4, before=10), range(7, 10), True),
        (History(room="lobby", limit=9, after=4, before=10), range(5, 10), False),
        (History(room="lobby", limit=3, after=10, before=4), range(0), False),
        (History(room="lobby", since=0), range(1, 12), False),
        (History(room="lobby", since=BEGINNING + 8000), range(9, 12), False),
        (History(room="lobby", since=BEGINNING + 7001), range(9, 12), False),
        (History(room="lobby", since=BEGINNING + 3000, limit=3), range(9, 12), True),
        (History(room="lobby", since=BEGINNING + 3000, before=6), range(4, 6), False),
        (History(room="lobby", since=BEGINNING + 3000, after=1, limit=2), range(4, 6), True),
        (History(room="lobby", since=BEGINNING + 3000, after=8), range(9, 12), False),
        (History(room="lobby", since=BEGINNING + 10_001), range(0), False),
    ],
    ids=repr_of,
)
def test_pages(world: World, alice: Account, asked: History, found: range, more: bool) -> None:
    """Each page holds what was asked for, oldest first, and says whether there is more."""
    events, there_is_more = page(world, alice, asked)
    assert (seqs(events), there_is_more) == (list(found), more)


@pytest.mark.parametrize("limit", [1, 2, 5, 11, 200])
def test_pages_fit_together(world: World, alice: Account, limit: int) -> None:
    """Whoever pages back, or forward, misses nothing and sees nothing twice."""
    back: list[int] = []
    before, more = 12, True
    while more:
        events, more = page(world, alice, History(room="lobby", limit=limit, before=before))
        back[:0] = seqs(events)
        before = back[0]
    forward: list[int] = []
    after, more = 0, True
    while more:
        events, more = page(world, alice, History(room="lobby", limit=limit, after=after))
        forward += seqs(events)
        after = forward[-1]
    assert back == forward == list(range(1, 12))


def test_events_are_what_they_were(world: World, alice: Account) -> None:
    """A join is shown as a join and a line as a line, under the room's name, with the time of day."""
    events, _ = page(world, alice, History(room="lobby", before=3))
    assert events == (
        Joined(room="lobby", seq=1, who="alice", at=BEGINNING),
        Said(room="lobby", seq=2, who="alice", at=BEGINNING + 1000, text="line 2"),
    )


def test_members_only(world: World, alice: Account) -> None:
    """Whoever is no member, or no member any more, is told the same as of a room that does not exist."""
    bob = world.account("bob")
    with pytest.raises(NotInRoom, match=r"You are not in #lobby\."):
        page(world, bob, History(room="lobby"))
    with pytest.raises(NotInRoom, match=r"You are not in #nowhere\."):
        page(world, bob, History(room="nowhere"))
    join(world, bob, "lobby")
    assert seqs(page(world, bob, History(room="lobby"))[0]) == list(range(1, 13))
    write(world, bob, Leave(room="lobby"))
    with pytest.raises(NotInRoom):
        page(world, bob, History(room="lobby"))


def test_a_conversation_not_yet_begun_is_empty(world: World, alice: Account) -> None:
    """It is no mistake to look, but nobody can be looked up who is nobody."""
    world.account("bob")
    assert page(world, alice, History(room="@bob")) == ((), False)
    assert page(world, alice, History(room="@alice")) == ((), False)
    with pytest.raises(NoSuchAccount, match="Nobody is called zoe here"):
        page(world, alice, History(room="@zoe"))
    assert world.database.rows("SELECT count(*) FROM rooms") == [(1,)]


def test_a_conversation_is_for_its_two(world: World, alice: Account) -> None:
    """Both read it under the other's name; a third reads her own one, which is empty."""
    bob, carol = world.account("Bob"), world.account("carol")
    say(world, alice, "@bob", "psst")
    mine, _ = page(world, alice, History(room="@bob"))
    theirs, _ = page(world, bob, History(room="@alice"))
    assert [(event.room, event.who) for event in (*mine, *theirs)] == [("@Bob", "alice"), ("@alice", "alice")]
    assert page(world, carol, History(room="@alice")) == ((), False)
    key = world.database.rows("SELECT name_key FROM rooms WHERE kind = 'direct'")[0][0]
    for crafted in (key, key[1:], f"@{key}"):
        with pytest.raises((NotInRoom, NoSuchAccount)):
            page(world, carol, History(room=crafted))


def test_a_while_ago(world: World, alice: Account) -> None:
    """Asked by how long ago, it is counted from now."""
    assert seqs(page(world, alice, History(room="lobby", ago=2000))[0]) == [9, 10, 11]
    assert seqs(page(world, alice, History(room="lobby", ago=10**15))[0]) == list(range(1, 12))


# Rooms where history begins with one's coming


def shut(world: World, owner: Account) -> None:
    """New members of the lobby read nothing from before."""
    write(world, owner, RoomSet(room="lobby", name="history", value="since_join"))


def test_since_join(world: World, alice: Account) -> None:
    """A newcomer reads from the own coming on; whoever was there reads everything."""
    shut(world, alice)
    bob = world.account("bob")
    join(world, bob, "lobby")
    say(world, alice, "lobby", "welcome")
    assert seqs(page(world, bob, History(room="lobby"))[0]) == [13, 14]
    assert seqs(page(world, alice, History(room="lobby"))[0]) == list(range(1, 15))


def test_what_was_said_in_between_is_for_nobody_who_was_away(world: World, alice: Account) -> None:
    """The stays are intervals: what closed one and what opened the next is seen, and nothing between."""
    shut(world, alice)
    bob = world.account("bob")
    join(world, bob, "lobby")
    write(world, alice, Kick(room="lobby", target="bob"))
    say(world, alice, "lobby", "he is gone")
    join(world, bob, "lobby")
    events, _ = page(world, bob, History(room="lobby"))
    assert [(event.seq, type(event)) for event in events] == [(13, Joined), (14, Kicked), (16, Joined)]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_of_stays_fit_together(world: World, alice: Account, limit: int) -> None:
    """Each page is as long as it should be, although there is much between that may not be read."""
    shut(world, alice)
    bob = world.account("bob")
    for _ in range(3):
        join(world, bob, "lobby")
        say(world, bob, "lobby", "mine")
        write(world, bob, Leave(room="lobby"))
        say(world, alice, "lobby", "not for bob")
    join(world, bob, "lobby")
    mine = [number for number in range(13, 26) if number not in (16, 20, 24)]
    back: list[int] = []
    before, more = 99, True
    while more:
        events, more = page(world, bob, History(room="lobby", limit=limit, before=before))
        assert len(events) == limit or not more
        back[:0] = seqs(events)
        before = back[0]
    forward: list[int] = []
    after, more = 0, True
    while more:
        events, more = page(world, bob, History(room="lobby", limit=limit, after=after))
        forward += seqs(events)
        after = forward[-1]
    assert back == forward == mine
    assert seqs(page(world, bob, History(room="lobby", since=0))[0]) == mine
    assert seqs(page(world, bob, History(room="lobby", before=13))[0]) == []


def test_opened_again(world: World, alice: Account) -> None:
    """Where the owner lets members read everything again, they do."""
    shut(world, alice)
    bob = world.account("bob")
    join(world, bob, "lobby")
    write(world, alice, RoomSet(room="lobby", name="history", value="members"))
    assert seqs(page(world, bob, History(room="lobby"))[0]) == list(range(1, 15))
