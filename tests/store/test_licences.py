"""What the writer remembers between two lines: it saves asking, and never lets anybody speak who may not."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from chatd.core.commands import Ban, Command, Join, Kick, Leave, Mute, RoomSet, Say, Suspend
from chatd.core.errors import NotAllowed, NotInRoom
from chatd.core.events import SayDone
from chatd.store.licences import LIFE, Licences
from chatd.store.queries import rooms
from chatd.testing import now
from tests.store.doubles import Town, join, lines, refused, say, write


@pytest.fixture
def town() -> Town:
    """Alice, bob and maude in the lobby."""
    return Town()


def statements(town: Town) -> list[str]:
    """What is asked of the database from here on."""
    seen: list[str] = []
    town.database._connection.set_trace_callback(seen.append)
    return seen


def test_the_second_line_asks_nothing(town: Town) -> None:
    """It is numbered and stored, and that is all."""
    say(town, town.alice, "lobby", "one")
    seen = statements(town)
    say(town, town.alice, "lobby", "two")
    assert [each for each in seen if each.startswith("SELECT")] == []
    assert lines(town, town.alice)[-2:] == ["one", "two"]


@pytest.mark.parametrize(
    "order",
    [
        Kick(room="lobby", target="bob"), Ban(room="lobby", target="bob"), Mute(room="lobby", target="bob"),
        Suspend(name="bob"), RoomSet(room="lobby", name="moderated", value="on"), Mute(target="bob"),
    ],
    ids=repr,
)  # fmt: skip
def test_an_order_holds_for_the_next_line(town: Town, order: Command) -> None:
    """Whoever spoke a moment ago speaks no more."""
    say(town, town.bob, "lobby", "one")
    write(town, town.ada, order)
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="two")), NotAllowed | NotInRoom)


def test_whoever_left_is_no_member(town: Town) -> None:
    """Also right after a line."""
    say(town, town.bob, "lobby", "one")
    write(town, town.bob, Leave(room="lobby"))
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="two")), NotInRoom)


def test_what_ends_by_itself_ends(town: Town) -> None:
    """After a second everything is asked again."""
    say(town, town.bob, "lobby", "one")
    town.database.run("UPDATE accounts SET status = 'suspended' WHERE name = 'bob'")
    town.clock.advance(LIFE / 1000)
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="two")), NotAllowed)


def test_nobody_speaks_with_the_licence_of_another(town: Town) -> None:
    """Who, from where and where to: all must be the same."""
    say(town, town.bob, "lobby", "one")
    assert isinstance(refused(town, town.sam, Say(room="lobby", text="two")), NotInRoom)
    join(town, town.sam, "den")
    say(town, town.sam, "den", "three")
    assert isinstance(refused(town, town.bob, Say(room="den", text="four")), NotInRoom)


def test_numbers_have_no_gap(town: Town) -> None:
    """Whatever comes between two lines: events, refusals, other rooms."""
    begun = say(town, town.maude, "lobby", "begin").seq
    seqs = [say(town, town.alice, "lobby", "a").seq, say(town, town.bob, "lobby", "b").seq]
    join(town, town.sam, "lobby")
    seqs.append(say(town, town.sam, "lobby", "c").seq)
    refused(town, town.sam, Say(room="nowhere", text="x"))
    seqs.append(say(town, town.alice, "lobby", "d").seq)
    assert [seq - begun for seq in seqs] == [1, 2, 4, 5]
    kept = "SELECT last_seq, (SELECT max(seq) FROM messages WHERE room_id = 1) FROM rooms WHERE id = 1"
    assert town.rows(kept) == [(begun + 5, begun + 5)]


def test_numbers_have_no_gap_in_one_transaction(town: Town) -> None:
    """Lines, a refusal, our own fault and an event, committed together: what is stored is what was counted."""
    begun = say(town, town.maude, "lobby", "begin", cid="one").seq
    town.database.run(
        "CREATE TRIGGER fault BEFORE INSERT ON messages WHEN new.body = 'fault'"
        " BEGIN SELECT RAISE(ABORT, 'a fault'); END"
    )
    town.database.waiting = []
    orders = [(town.alice, Say(room="lobby", text="one")), (town.bob, Say(room="lobby", text="two")),
              (town.bob, Say(room="lobby", text="fault")), (town.alice, Say(room="lobby", text="three")),
              (town.sam, Say(room="lobby", text="refused")), (town.alice, Say(room="lobby", text="four")),
              (town.sam, Join(room="lobby")), (town.sam, Say(room="lobby", text="five"))]  # fmt: skip
    answers: list[Any] = []
    for order in orders:
        Deferred.fromCoroutine(town.journal.append(*order)).addBoth(answers.append)
    town.database.let_go()
    seqs = [answer.seq - begun for answer in answers if isinstance(answer, SayDone)]
    assert (seqs, len(answers)) == ([1, 2, 3, 4, 6], 8), "5 is that sam came"
    numbers = [seq for (seq,) in town.rows("SELECT seq FROM messages WHERE room_id = 1 ORDER BY seq")]
    assert numbers == list(range(1, begun + 7))
    assert town.rows("SELECT last_seq FROM rooms WHERE id = 1") == [(begun + 6,)]


def test_no_more_is_remembered_than_some() -> None:
    """A flood from many does not fill the memory."""
    licences = Licences()
    town = Town()
    room = now(town.database.read(lambda cursor: rooms.room_by_key(cursor, "lobby", 1)))
    assert room is not None
    for number in range(25_000):
        licences.give(number, room, 0)
    assert len(licences._given) <= 10_000
