"""A line that is sent again is stored once; and a conversation of two is one, wherever it was begun."""

import pytest

from chatd.core.commands import Ban, Command, Delete, Edit, Kick, Leave, Mute, RoomSet, Say
from chatd.core.errors import ChatError, CidConflict, NoSuchAccount
from chatd.core.events import SayDone
from chatd.core.ports import OPERATOR, Account
from chatd.core.settings.limits import Limits
from chatd.store.writes.talk import CID_LIFE
from chatd.testing import World
from tests.store.doubles import join, refused, say, write


@pytest.fixture
def world() -> World:
    """A chatd."""
    return World(limits=Limits(rooms_owned=2))


@pytest.fixture
def alice(world: World) -> Account:
    """The account that made the lobby."""
    account = world.account("alice")
    join(world, account, "lobby")
    return account


@pytest.fixture
def bob(world: World, alice: Account) -> Account:
    """An account in the lobby."""
    account = world.account("bob")
    join(world, account, "lobby")
    return account


def lines(world: World) -> list[tuple[int, str, str]]:
    """Room, sender and text of all that was said."""
    rows: list[tuple[int, str, str]] = world.database.rows(
        "SELECT room_id, sender, body FROM messages WHERE kind <> 'event' ORDER BY id"
    )
    return rows


# Direct conversations


def test_a_conversation_is_one_from_both_sides(world: World, alice: Account, bob: Account) -> None:
    """Each sees it under the other's name, with one count, wherever it was begun."""
    first, second = say(world, alice, "@bob", "hi"), say(world, bob, "@alice", "hello")
    assert (first.room, first.seq) == ("@bob", 1)
    assert (second.room, second.seq) == ("@alice", 2)
    assert world.database.rows("SELECT name_key, kind FROM rooms WHERE kind = 'direct'") == [
        (f"@{alice.id}:{bob.id}", "direct")
    ]
    assert [text for _, _, text in lines(world)] == ["hi", "hello"]
    assert world.database.rows("SELECT count(*) FROM memberships WHERE joined_seq = 0") == [(2,)]


def test_conversations_do_not_count_as_rooms(world: World, alice: Account) -> None:
    """Talking to many people does not use up the rooms that one may have."""
    for name in "bcdef":
        world.account(name)
        say(world, alice, f"@{name}", "hi")
    assert join(world, alice, "second").place.seq == 1


def test_a_note_to_oneself(world: World, alice: Account) -> None:
    """One talks with oneself as with anybody, and is told of it once."""
    assert say(world, alice, "@alice", "remember").room == "@alice"
    assert say(world, alice, "@alice", "the milk").seq == 2
    assert world.database.rows("SELECT count(*) FROM memberships WHERE joined_seq = 0") == [(1,)]


def test_nobody_talks_to_nobody(world: World, alice: Account) -> None:
    """The refusal says so, and begins no conversation."""
    with pytest.raises(NoSuchAccount, match="Nobody is called zoe here"):
        say(world, alice, "@zoe", "hi")
    world.account("gone")
    world.database.run("UPDATE accounts SET status = 'deleted' WHERE name = 'gone'")
    with pytest.raises(NoSuchAccount, match="Nobody is called gone here"):
        say(world, alice, "@gone", "hi")
    assert world.database.rows("SELECT count(*) FROM rooms WHERE kind = 'direct'") == [(0,)]


# Retries


@pytest.mark.parametrize("room", ["lobby", "@bob"])
def test_a_retry_is_stored_once(world: World, alice: Account, bob: Account, room: str) -> None:
    """A program that does not know whether its line arrived sends it again, and gets the first answer."""
    first = say(world, alice, room, "hi", cid="1")
    world.clock.advance(60)
    again = say(world, alice, room, "hi", cid="1")
    assert (again.room, again.seq, again.at, again.again) == (first.room, first.seq, first.at, True)
    assert not first.again
    assert len(lines(world)) == 1
    assert say(world, alice, room, "next").seq == first.seq + 1, "a retry uses up no seq"


@pytest.mark.parametrize(
    ("room", "text", "kind"), [("lobby", "other", "text"), ("@bob", "hi", "text"), ("lobby", "hi", "action")]
)
def test_a_cid_is_for_one_message(world: World, alice: Account, bob: Account, room: str, text: str, kind: str) -> None:
    """The same cid with another text, place or kind is a mistake of the program's, and is said."""
    say(world, alice, "lobby", "hi", cid="1")
    with pytest.raises(CidConflict):
        write(world, alice, Say(room=room, text=text, kind="action" if kind == "action" else "text", cid="1"))
    assert len(lines(world)) == 1


def test_cids_of_others_do_not_matter(world: World, alice: Account, bob: Account) -> None:
    """Each account counts for itself."""
    say(world, alice, "lobby", "hi", cid="1")
    assert not say(world, bob, "lobby", "hello", cid="1").again


def test_without_a_cid_the_same_line_is_another_line(world: World, alice: Account) -> None:
    """People repeat themselves."""
    assert [say(world, alice, "lobby", "hi").seq for _ in range(2)] == [2, 3]


def test_cids_hold_for_seven_days(world: World, alice: Account) -> None:
    """Up to seven days later it is a retry, and after that a new line; the old one stays."""
    assert CID_LIFE == 7 * 24 * 3600 * 1000
    say(world, alice, "lobby", "hi", cid="1")
    world.clock.advance(CID_LIFE / 1000)
    assert say(world, alice, "lobby", "hi", cid="1").again
    world.clock.advance(1)
    late = say(world, alice, "lobby", "another", cid="1")
    assert (late.seq, late.again) == (3, False)
    assert say(world, alice, "lobby", "another", cid="1").again
    assert [text for _, _, text in lines(world)] == ["hi", "another"]


def test_a_conflict_begins_no_conversation(world: World, alice: Account, bob: Account) -> None:
    """A refused line leaves nothing behind."""
    say(world, alice, "lobby", "hi", cid="1")
    with pytest.raises(CidConflict):
        say(world, alice, "@bob", "hi", cid="1")
    assert world.database.rows("SELECT count(*) FROM rooms WHERE kind = 'direct'") == [(0,)]


@pytest.mark.parametrize(
    ("by", "since"),
    [
        ("bob", Leave(room="lobby")),
        ("bob", Edit(room="lobby", text="hello")),
        ("bob", Delete(room="lobby")),
        ("alice", Kick(room="lobby", target="bob")),
        ("alice", Ban(room="lobby", target="bob")),
        ("alice", Mute(room="lobby", target="bob")),
        ("alice", Delete(room="lobby", seq=3)),
        ("alice", RoomSet(room="lobby", name="moderated", value="on")),
        ("alice", RoomSet(room="lobby", name="slow", value="1h")),
        ("alice", RoomSet(room="lobby", name="access", value="invite")),
    ],
    ids=str,
)
def test_a_retry_tells_what_happened_then(world: World, alice: Account, bob: Account, by: str, since: Command) -> None:
    """A line that was stored was stored, whatever has come over it or its author since."""
    first = say(world, bob, "lobby", "hi", cid="1")
    write(world, alice if by == "alice" else bob, since)
    seqs = world.database.rows("SELECT last_seq FROM rooms")
    again = say(world, bob, "lobby", "hi", cid="1")
    assert again == SayDone(room="lobby", seq=first.seq, at=first.at, again=True)
    assert world.database.rows("SELECT last_seq FROM rooms") == seqs


def test_a_retry_of_what_was_refused_is_a_first_try(world: World, alice: Account, bob: Account) -> None:
    """A refused line has used up neither its cid nor a number."""
    write(world, alice, Mute(room="lobby", target="bob", ms=1000))
    refused(world, bob, Say(room="lobby", text="hi", cid="1"))
    world.clock.advance(1)
    assert not say(world, bob, "lobby", "hi", cid="1").again


def test_a_cid_of_a_line_in_another_place(world: World, alice: Account, bob: Account) -> None:
    """Also where the other place is one that the account is not in."""
    say(world, bob, "lobby", "hi", cid="1")
    join(world, alice, "den")
    for room in ("den", "nowhere", "@nobody"):
        assert isinstance(refused(world, bob, Say(room=room, text="hi", cid="1")), CidConflict)


def test_after_a_correction_the_cid_is_still_for_that_line(world: World, alice: Account, bob: Account) -> None:
    """What it was is no longer known, so that any text is taken for it; another kind is another message."""
    say(world, bob, "lobby", "hi", cid="1")
    write(world, bob, Edit(room="lobby", text="hello"))
    assert say(world, bob, "lobby", "hello", cid="1").again
    assert isinstance(refused(world, bob, Say(room="lobby", text="hi", kind="action", cid="1")), CidConflict)


def test_whoever_holds_the_machine_is_no_account(world: World, alice: Account) -> None:
    """The operator moderates, and has neither words nor rooms of an account's: a sentence says so."""
    for command in (Say(room="@alice", text="x"), Say(room="lobby", text="x")):
        assert refused(world, OPERATOR, command).code in ("not-allowed", "not-in-room")
    for room in ("lobby", "fresh"):
        with pytest.raises(ChatError):
            join(world, OPERATOR, room)
