"""What people do is stored as they would expect it: once, in order, within bounds, and only if they may."""

import pytest

from chatd.core.commands import Join, Leave, RenameRoom, Rooms, RoomSet, Say, Topic
from chatd.core.errors import BadArguments, NameTaken, NoSuchRoom, NotAllowed, NotInRoom, TooMany
from chatd.core.events import JoinDone, RenameRoomDone, RoomRenamed, RoomSetDone, TopicDone
from chatd.core.ports import Account
from chatd.core.settings.limits import Limits
from chatd.testing import BEGINNING, World
from tests.store.doubles import ask, history, join, op, refused, say, set_room, write


@pytest.fixture
def world() -> World:
    """A chatd with room for four rooms in all, two of one account, and three joined at once."""
    return World(limits=Limits(rooms=4, rooms_owned=2, rooms_joined=3))


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


# Rooms


def test_whoever_makes_a_room_owns_it(world: World, alice: Account, bob: Account) -> None:
    """The first to enter is the owner, the next are members, and each coming is an event with a seq."""
    assert world.database.rows(
        "SELECT account_id, role, joined_seq, left_seq FROM memberships ORDER BY joined_seq"
    ) == [
        (alice.id, "owner", 1, None),
        (bob.id, "member", 2, None),
    ]
    assert world.database.rows("SELECT name, last_seq, created_by, created_at FROM rooms") == [
        ("lobby", 2, alice.id, BEGINNING)
    ]


def test_joining_again_changes_nothing(world: World, alice: Account) -> None:
    """To enter a room that one is in says so, and is no event."""
    write(world, alice, Topic(room="lobby", text="tea"))
    again = write(world, alice, Join(room="LOBBY"))
    assert isinstance(again, JoinDone)
    assert (again.again, again.place.room, again.place.seq, again.place.topic) == (True, "lobby", 2, "tea")
    assert world.database.rows("SELECT count(*) FROM memberships") == [(1,)]


def test_stays_are_intervals(world: World, alice: Account, bob: Account) -> None:
    """Who leaves and comes back was not there in between, and history can tell."""
    write(world, bob, Leave(room="lobby", reason="tea"))
    say(world, alice, "lobby", "is he gone?")
    assert join(world, bob, "lobby").place.seq == 5
    stays = "SELECT joined_seq, left_seq FROM memberships WHERE account_id = {} ORDER BY joined_seq"
    assert world.database.rows(stays.format(bob.id)) == [(2, 3), (5, None)]
    write(world, alice, Leave(room="lobby"))
    assert world.database.rows(stays.format(alice.id)) == [(1, 6)]
    assert join(world, alice, "lobby").place.seq == 7
    role = f"SELECT role FROM memberships WHERE account_id = {alice.id} AND left_seq IS NULL"
    assert world.database.rows(role) == [("owner",)], "the maker finds the room without an owner"
    op(world, alice, bob, "owner")
    write(world, alice, Leave(room="lobby"))
    join(world, alice, "lobby")
    assert world.database.rows(role) == [("member",)], "another one has it now"


@pytest.mark.parametrize("room", ["lobby", "nowhere"])
def test_strangers_change_nothing(world: World, alice: Account, room: str) -> None:
    """Whoever is no member is told the same of a room that exists and of one that does not."""
    carol = world.account("carol")
    before = world.database.rows("SELECT last_seq, topic FROM rooms")
    for command in (Say(room=room, text="hi"), Leave(room=room), Topic(room=room, text="x")):
        with pytest.raises(NotInRoom, match=rf"^You are not in #{room}\. /join #{room} enters it\.$"):
            write(world, carol, command)
    assert world.database.rows("SELECT last_seq, topic FROM rooms") == before


def test_what_the_rows_say_counts(world: World, alice: Account, bob: Account) -> None:
    """Permission is asked where it is written: a membership that has ended behind the session's back counts."""
    world.database.run(f"UPDATE memberships SET left_seq = 2 WHERE account_id = {bob.id}")
    with pytest.raises(NotInRoom):
        say(world, bob, "lobby", "still here?")


def test_a_room_that_looks_like_another(world: World, alice: Account) -> None:
    """Nobody is led into a copy of a room; the refusal names the one there is."""
    with pytest.raises(NameTaken, match=r"#l0bby looks like #lobby.*/join #lobby enters that one"):
        join(world, alice, "l0bby")
    assert world.database.rows("SELECT name FROM rooms") == [("lobby",)]


def test_a_room_keeps_the_spelling_of_whoever_made_it(world: World, alice: Account) -> None:
    """C{#Dev} and C{#dev} are one room."""
    assert join(world, alice, "Dev").place.room == "Dev"
    assert join(world, alice, "dEV").place.room == "Dev"


def test_rooms_made_by_one_account(world: World, alice: Account) -> None:
    """Nobody makes rooms without end; what was refused has left no room behind."""
    join(world, alice, "second")
    write(world, alice, Leave(room="second"))
    with pytest.raises(TooMany) as refused:
        join(world, alice, "third")
    assert refused.value.rule == "rooms made by one account"
    assert world.database.rows("SELECT count(*) FROM rooms") == [(2,)]


def test_rooms_joined_at_once(world: World, alice: Account) -> None:
    """Nobody is in rooms without end; leaving one makes room, and conversations do not count."""
    bob, carol = world.account("bob"), world.account("carol")
    for account, room in ((bob, "b1"), (bob, "b2"), (alice, "b1"), (alice, "b2")):
        join(world, account, room)
    say(world, alice, "@bob", "hi")
    join(world, carol, "c1")
    with pytest.raises(TooMany) as refused:
        join(world, alice, "c1")
    assert refused.value.rule == "rooms joined at once"
    assert join(world, alice, "b2").again, "a room that one is in is no new one"
    write(world, alice, Leave(room="b1"))
    assert not join(world, alice, "c1").again


def test_a_room_that_could_not_be_entered_is_not_made(world: World, alice: Account) -> None:
    """The room and the coming of whoever made it are one thing."""
    for room in ("b1", "b2"):
        join(world, world.account(f"owner-{room}"), room)
        join(world, alice, room)
    with pytest.raises(TooMany):
        join(world, alice, "fresh")
    assert world.database.rows("SELECT name FROM rooms WHERE name = 'fresh'") == []


def test_rooms_in_all(world: World, alice: Account) -> None:
    """When there are as many rooms as there may be, those that exist can still be entered."""
    for number in range(3):
        join(world, world.account(f"owner{number}x"), f"room-{'abc'[number]}")
    bob = world.account("bob")
    with pytest.raises(TooMany) as refused:
        join(world, bob, "one-more")
    assert refused.value.rule == "rooms in all"
    assert join(world, bob, "lobby").place.room == "lobby"


def test_topics(world: World, alice: Account, bob: Account) -> None:
    """The room keeps the last topic, who set it and when; history keeps each."""
    write(world, alice, Topic(room="lobby", text="tea"))
    world.clock.advance(1)
    done = write(world, bob, Topic(room="lobby", text=""))
    assert done == TopicDone(room="lobby", topic="", by="bob", at=BEGINNING + 1000)
    assert world.database.rows("SELECT topic, topic_by, topic_at FROM rooms") == [("", "bob", BEGINNING + 1000)]
    kept = world.database.rows("SELECT sender, body FROM messages WHERE seq > 2 ORDER BY seq")
    assert [sender for sender, _ in kept] == ["alice", "bob"]
    assert '"tea"' in kept[0][1]


def test_a_topic_that_is_no_other_one(world: World, alice: Account, bob: Account) -> None:
    """To say again what the room is about is no event, and leaves who said it first."""
    write(world, alice, Topic(room="lobby", text="tea"))
    world.clock.advance(1)
    assert write(world, bob, Topic(room="lobby", text="tea")) == TopicDone(
        room="lobby", topic="tea", by="alice", at=BEGINNING
    )
    assert world.database.rows("SELECT last_seq, topic_by FROM rooms") == [(3, "alice")]


def test_coming_in_marks_what_was_before_as_read(world: World, alice: Account, bob: Account) -> None:
    """A newcomer has no hundred unread lines, and whoever comes back has none from the time in between."""
    marker = f"SELECT seq FROM read_markers WHERE account_id = {bob.id}"
    assert world.database.rows(marker) == [(2,)]
    write(world, bob, Leave(room="lobby"))
    say(world, alice, "lobby", "hi")
    join(world, bob, "lobby")
    assert world.database.rows(marker) == [(5,)]


# Other names


def test_a_room_is_called_otherwise(world: World, alice: Account, bob: Account) -> None:
    """Its members stay, what was said stays, the stream goes on, and the old name is free at once."""
    say(world, bob, "lobby", "hi")
    done = write(world, alice, RenameRoom(room="lobby", name="Foyer", reason="nicer"))
    assert done == RenameRoomDone(room="lobby", name="Foyer")
    told = RoomRenamed(room="lobby", seq=4, who="alice", at=BEGINNING, name="Foyer", reason="nicer")
    assert history(world, bob, "foyer")[-1] == told
    assert {event.room for event in history(world, bob, "foyer")[:-1]} == {"Foyer"}
    assert isinstance(refused(world, bob, Say(room="lobby", text="x")), NotInRoom)
    assert say(world, bob, "foyer", "x").room == "Foyer"
    assert join(world, bob, "lobby").place.seq == 1, "another room"
    assert world.database.rows("SELECT act, target, room, reason FROM audit_log") == [
        ("rename-room", "Foyer", "lobby", "nicer")
    ]


def test_a_name_that_is_not_free(world: World, alice: Account, bob: Account) -> None:
    """No room has a name that another has, or that looks like it; the own one may be written in another way."""
    join(world, bob, "dev")
    for taken in ("dev", "DEV", "d\u0435v"):
        assert isinstance(refused(world, alice, RenameRoom(room="lobby", name=taken)), NameTaken)
    assert isinstance(refused(world, alice, RenameRoom(room="lobby", name="lobby")), BadArguments)
    write(world, alice, RenameRoom(room="lobby", name="Lobby"))
    assert next(event.room for event in history(world, bob)) == "Lobby"


def test_only_owners_rename(world: World, alice: Account, bob: Account) -> None:
    """Moderators do not; to a stranger a private room is none."""
    op(world, alice, bob)
    asked = RenameRoom(room="lobby", name="foyer")
    assert isinstance(refused(world, bob, asked), NotAllowed)
    carol = world.account("carol")
    assert isinstance(refused(world, carol, asked), NotInRoom)
    write(world, alice, RoomSet(room="lobby", name="access", value="invite"))
    assert isinstance(refused(world, carol, asked), NoSuchRoom)
    wrong = refused(world, carol, RenameRoom(room="nowhere", name="foyer"))
    assert wrong.why.replace("nowhere", "lobby") == refused(world, carol, asked).why


def test_a_private_name_that_is_taken_is_not_told(world: World, alice: Account, bob: Account) -> None:
    """As with making a room."""
    join(world, bob, "den")
    set_room(world, bob, "access", "invite", room="den")
    wrong = refused(world, alice, RenameRoom(room="lobby", name="d\u0435n"))
    assert wrong.why == "#d\u0435n looks like another name. Choose another one."


def test_when_a_room_was_made(world: World, alice: Account) -> None:
    """It is told with its settings, and in the list with when its topic was set."""
    world.clock.advance(1)
    write(world, alice, Topic(room="lobby", text="tea"))
    (listed,) = ask(world, alice, Rooms()).rooms
    assert (listed.created_at, listed.topic_at) == (BEGINNING, BEGINNING + 1000)
    assert ask(world, alice, RoomSet(room="lobby")).created_at == BEGINNING
    done = write(world, alice, RoomSet(room="lobby", name="access", value="invite"))
    assert isinstance(done, RoomSetDone)
    assert done.created_at == BEGINNING
    (listed,) = ask(world, alice, Rooms()).rooms
    assert listed.topic_at == BEGINNING + 1000
    write(world, alice, RoomSet(room="lobby", name="listed", value="on"))
    (listed,) = ask(world, world.account("carol"), Rooms()).rooms
    assert (listed.topic, listed.topic_at) == ("", None), "for its members alone"
