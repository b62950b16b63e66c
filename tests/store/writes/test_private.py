"""A room is for whom its owner says: by invitation, with a key, unlisted, limited; to others it does not exist."""

from typing import Any, Literal

import pytest

from chatd.core.commands import (
    Ban,
    Bans,
    Command,
    Delete,
    Edit,
    History,
    Invite,
    Join,
    Kick,
    Leave,
    Mark,
    Mute,
    PurgeRoom,
    RoomRole,
    Rooms,
    RoomSet,
    Say,
    Search,
    Topic,
    Unban,
    Unmute,
)
from chatd.core.errors import BadArguments, ChatError, NameTaken, NoSuchRoom, NotAllowed
from chatd.core.events import Invited, InviteDone, LetIn, RoleChanged, RoomChanged, RoomRoleDone, RoomSetDone
from chatd.core.ports import OPERATOR, Account
from chatd.testing import BEGINNING
from tests.store.doubles import Town, ask, done, dump, grant, join, op, refused, say, set_room, write

KEY = "$2b$04$thehashofakey"


def listed(town: Town, reader: Account) -> list[tuple[str, str, bool]]:
    """The rooms that somebody may know of: name, topic, and whether there is an invitation."""
    return [(room.room, room.topic, room.invited) for room in ask(town, reader, Rooms()).rooms]


# Nobody's business

IN_ROOM: list[Command] = [
    Say(room="den", text="x"), Edit(room="den", text="x"), Edit(room="den", text="x", seq=2), Delete(room="den"),
    Delete(room="den", seq=2), Leave(room="den"), Topic(room="den", text="x"), Mark(room="den", seq=1),
    Invite(room="den", name="bob"), Invite(room="den", name="alice"), RoomSet(room="den", name="slow", value="1s"),
    RoomSet(room="den", name="key", value="x"), RoomRole(room="den", name="alice", role="member"),
    RoomRole(room="den", name="bob", role="owner"), Kick(room="den", target="alice"), Kick(room="den", target="zoe"),
    Ban(room="den", target="bob"), Ban(room="den", target="192.0.2.1"), Mute(room="den", target="alice"),
    Unban(room="den", target="alice"), Unmute(room="den", target="zoe"), PurgeRoom(room="den"),
]  # fmt: skip
ABOUT_ROOM: list[Command] = [
    History(room="den"), Search(words="secret", room="den"), Search(words="secret"), Topic(room="den"),
    RoomSet(room="den"), Bans(room="den"), Rooms(), Rooms(pattern="den"),
]  # fmt: skip


def answered(town: Town, who: Account, command: Command, *, asked: bool) -> str:
    """The answer or the refusal, with all that it says."""
    try:
        return str((ask if asked else write)(town, who, command))
    except ChatError as refusal:
        return f"{refusal.code} {refusal.why} {refusal.rule} {refusal.set_by} {refusal.until}"


@pytest.mark.parametrize("access", ["invite", "key"])
@pytest.mark.parametrize("who", ["sam", "bob", "ada"])
def test_a_private_room_and_no_room_are_one(access: Any, who: str) -> None:
    """Whatever a stranger, a former member or an admin asks, the answer is the same with the room and without."""
    with_it, without = Town(), Town()
    for town in (with_it, without):
        grant(town, town.ada, "owner")  # ada may do all that accounts may
    join(with_it, with_it.alice, "den")
    say(with_it, with_it.alice, "den", "secret")
    join(with_it, with_it.bob, "den")
    write(with_it, with_it.bob, Leave(room="den"))
    set_room(with_it, with_it.alice, "key", "x", KEY, room="den")
    set_room(with_it, with_it.alice, "access", access, room="den")
    for command in (*IN_ROOM, *ABOUT_ROOM):
        answers = [
            answered(town, getattr(town, who), command, asked=command in ABOUT_ROOM) for town in (with_it, without)
        ]
        assert answers[0] == answers[1], command
        assert "secret" not in answers[0], command


def test_entering_a_private_room_is_like_entering_none(town: Town) -> None:
    """Where one may not make rooms, the refusals are the same; where one may, the name is refused as if it were bad."""
    set_room(town, town.alice, "access", "invite")
    grant(town, town.sam, "guest")
    town.database.run("DELETE FROM role_permissions WHERE role = 'guest' AND permission = 'make-rooms'")
    private, none = (refused(town, town.sam, Join(room=room)) for room in ("lobby", "nil"))
    assert isinstance(private, NoSuchRoom)
    assert str(private).replace("lobby", "nil") == str(none)
    assert str(refused(town, town.sam, Join(room="lobby"), KEY)) == str(private), "nor does a wrong key tell"


def test_a_name_like_a_private_rooms(town: Town) -> None:
    """It cannot be given twice, but the refusal does not say to whom it is like; to a member it does."""
    set_room(town, town.alice, "access", "invite")
    assert "lobby" not in str(refused(town, town.sam, Join(room="l0bby")))
    told = refused(town, town.bob, Join(room="l0bby"))
    assert isinstance(told, NameTaken)
    assert "#lobby" in str(told)


def test_who_is_listed_what(town: Town) -> None:
    """Private rooms to members and guests, topics of rooms that are not open to members only."""
    for room, access, is_listed in (("door", "invite", "on"), ("dark", "invite", "off"), ("quiet", "open", "off")):
        join(town, town.alice, room)
        write(town, town.alice, Topic(room=room, text="tea"))
        set_room(town, town.alice, "access", access, room=room)
        set_room(town, town.alice, "listed", is_listed, room=room)
    write(town, town.alice, Invite(room="dark", name="bob"))
    assert [name for name, _, _ in listed(town, town.alice)] == ["dark", "door", "lobby", "quiet"]
    assert listed(town, town.bob) == [("dark", "", True), ("door", "", False), ("lobby", "", False)]
    assert listed(town, town.sam) == [("door", "", False), ("lobby", "", False)]
    assert listed(town, town.ada) == listed(town, town.sam), "an admin is a stranger here"
    assert [name for name, _, _ in listed(town, OPERATOR)] == ["dark", "door", "lobby", "quiet"]
    assert not join(town, town.sam, "quiet").again, "who knows of it may enter it"


# Invitations


def test_an_invitation_is_used_up(town: Town) -> None:
    """It lets in once; whoever left needs another one."""
    set_room(town, town.alice, "access", "invite")
    town.told.clear()
    assert write(town, town.bob, Invite(room="lobby", name="sam")) == InviteDone(room="lobby", name="sam")
    assert [(news.event, news.only) for news in town.told] == [
        (Invited(room="lobby", who="bob", at=BEGINNING), town.sam.id),
        (LetIn(room="lobby", who="bob", name="sam", at=BEGINNING), None),
    ]
    assert [news.but for news in town.told] == [frozenset(), {town.bob.id}]
    assert not join(town, town.sam, "lobby").again
    assert town.rows("SELECT * FROM room_invitations") == []
    write(town, town.sam, Leave(room="lobby"))
    assert isinstance(refused(town, town.sam, Join(room="lobby")), NoSuchRoom)


def test_an_invitation_is_for_one_account(town: Town) -> None:
    """Nobody else enters with it; asked twice, it is one."""
    set_room(town, town.alice, "access", "invite")
    for person in (town.bob, town.alice):
        write(town, person, Invite(room="lobby", name="sam"))
    assert isinstance(refused(town, town.ada, Join(room="lobby")), NoSuchRoom)
    assert town.rows("SELECT account_id, invited_by FROM room_invitations") == [(town.sam.id, "alice")]
    assert isinstance(refused(town, town.alice, Invite(room="lobby", name="bob")), BadArguments)


def test_an_invitation_opens_a_room_with_a_key(town: Town) -> None:
    """Without the key."""
    set_room(town, town.alice, "key", "x", KEY)
    write(town, town.bob, Invite(room="lobby", name="sam"))
    assert not join(town, town.sam, "lobby").again


# Keys


def test_a_key(town: Town) -> None:
    """Only its hash is kept, and shown is only that there is one; it lets in, and no other does."""
    answer = write(town, town.alice, RoomSet(room="lobby", name="key", value="swordfish"), KEY)
    assert isinstance(answer, RoomSetDone)
    assert tuple(answer.settings[name] for name in ("key", "access", "listed")) == ("on", "key", "off")
    assert town.events()[-1] == RoomChanged(
        room="lobby", seq=5, who="alice", at=BEGINNING, setting="key", value="on",
        before={"access": "open", "key": "off", "listed": "on"}, after={"access": "key", "key": "on", "listed": "off"},
    )  # fmt: skip
    assert "swordfish" not in str(dump(town))
    assert town.audit() == [("alice", "room-set", "", "lobby", "key on")]
    for proof in (None, "$2b$04$another"):
        assert isinstance(refused(town, town.sam, Join(room="lobby"), proof), NoSuchRoom)
    assert not join(town, town.sam, "lobby", KEY).again


def test_a_listed_room_with_a_key_says_that_it_has_one(town: Town) -> None:
    """And who set it."""
    set_room(town, town.alice, "key", "x", KEY)
    set_room(town, town.alice, "listed", "on")
    why = refused(town, town.sam, Join(room="lobby"), "$2b$04$another")
    assert (why.rule, why.set_by) == ("access is key", "alice")


def test_a_key_is_needed_before_it_is_asked_for(town: Town) -> None:
    """And an open room has none any more."""
    assert isinstance(refused(town, town.alice, RoomSet(room="lobby", name="access", value="key")), BadArguments)
    set_room(town, town.alice, "key", "x", KEY)
    set_room(town, town.alice, "access", "open")
    assert town.rows("SELECT access, key_hash, listed FROM rooms") == [("open", None, 1)]
    assert not join(town, town.sam, "lobby").again


def test_a_key_is_taken_away(town: Town) -> None:
    """With an empty one: whoever may find the room may enter it then, if that had not been for the invited only."""
    set_room(town, town.alice, "key", "x", KEY)
    set_room(town, town.alice, "key", "")
    assert town.rows("SELECT access, key_hash, listed FROM rooms") == [("open", None, 1)]
    set_room(town, town.alice, "key", "")
    set_room(town, town.alice, "key", "x", KEY)
    set_room(town, town.alice, "access", "invite")
    town.events()
    set_room(town, town.alice, "key", "")
    assert town.rows("SELECT access, key_hash, listed FROM rooms") == [("invite", None, 0)]
    told = town.events()[-1]
    assert (told.value, told.before, told.after) == ("off", {"key": "on"}, {"key": "off"})


def test_a_key_alone(town: Town) -> None:
    """It is there beside the invitations, as in IRC; without them, it is asked for."""
    write(town, town.alice, RoomSet(room="lobby", name="access", value="invite", alone=True))
    write(town, town.alice, RoomSet(room="lobby", name="key", value="x", alone=True), KEY)
    assert town.rows("SELECT access, key_hash, listed FROM rooms") == [("invite", KEY, 1)]
    write(town, town.alice, RoomSet(room="lobby", name="access", value="key", alone=True))
    assert not join(town, town.sam, "lobby", KEY).again


def test_the_hash_is_asked_for_of_rooms_with_a_key_only(town: Town) -> None:
    """So that a session can judge a key without knowing of the room."""
    assert done(town.archive.key_hash("lobby")) is None
    assert done(town.archive.key_hash("nil")) is None
    set_room(town, town.alice, "key", "x", KEY)
    assert done(town.archive.key_hash("lobby")) == KEY
    set_room(town, town.alice, "access", "invite")
    assert done(town.archive.key_hash("lobby")) is None


# Other settings


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("access", "invite", "invite"), ("listed", "OFF", "off"), ("moderated", "on", "on"), ("slow", "2m", "120s"),
        ("history", "since_join", "since_join"), ("topic", "moderators", "moderators"), ("limit", "7", "7"),
        ("keep", "4w", "28d"), ("external", "on", "on"),
    ],
)  # fmt: skip
def test_settings(town: Town, name: str, value: str, shown: str) -> None:
    """Each is kept, told to the room, and on record; only owners change them, and who manages rooms."""
    for person in (town.bob, town.maude, town.sam):
        refused(town, person, RoomSet(room="lobby", name=name, value=value))
    answer = write(town, town.alice, RoomSet(room="lobby", name=name, value=value))
    assert isinstance(answer, RoomSetDone)
    assert answer.settings[name] == shown
    assert ask(town, town.bob, RoomSet(room="lobby")) == answer
    told = town.events()[-1]
    assert isinstance(told, RoomChanged)
    assert (told.seq, told.setting, told.value, told.after[name]) == (5, name, shown, shown)
    assert told.before.keys() == told.after.keys() == {name} | ({"listed"} if name == "access" else set())
    assert town.audit() == [("alice", "room-set", "", "lobby", f"{name} {shown}")]
    grant(town, town.bob, "admin")
    set_room(town, town.bob, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access", "closed"), ("listed", "1"), ("slow", "7h"), ("slow", "-1"), ("keep", "1h"), ("limit", "0"),
        ("limit", "\u0663"), ("limit", "100001"), ("limit", "0000007"), ("limit", "9" * 5000),
        ("key", "two words"), ("last_seq", "0"), ("", ""),
    ],
)  # fmt: skip
def test_settings_that_there_are_not(town: Town, name: str, value: str) -> None:
    """The refusal says what is allowed; nothing changes."""
    assert isinstance(refused(town, town.alice, RoomSet(room="lobby", name=name, value=value)), BadArguments)


def test_a_room_that_is_full(town: Town) -> None:
    """So many members and no more, whomever members invite; whom a moderator invites comes in. Nobody is put out."""
    set_room(town, town.alice, "limit", "3")
    write(town, town.bob, Invite(room="lobby", name="sam"))
    assert refused(town, town.sam, Join(room="lobby")).rule == "the room's limit of members"
    write(town, town.bob, Leave(room="lobby"))
    assert not join(town, town.sam, "lobby").again
    set_room(town, town.alice, "limit", "1")
    assert join(town, town.sam, "lobby").again
    write(town, town.maude, Invite(room="lobby", name="bob"))
    assert not join(town, town.bob, "lobby").again


def test_a_setting_alone(town: Town) -> None:
    """The room is found in lists as before, whoever may enter it."""
    write(town, town.alice, RoomSet(room="lobby", name="access", value="invite", alone=True))
    assert town.rows("SELECT access, listed FROM rooms") == [("invite", 1)]
    set_room(town, town.alice, "listed", "off")
    write(town, town.alice, RoomSet(room="lobby", name="access", value="open", alone=True))
    assert town.rows("SELECT access, listed FROM rooms") == [("open", 0)]


def test_a_topic_for_moderators(town: Town) -> None:
    """Members may not, moderators may."""
    write(town, town.bob, Topic(room="lobby", text="tea"))
    set_room(town, town.alice, "topic", "moderators")
    assert refused(town, town.bob, Topic(room="lobby", text="x")).rule == "the topic is for moderators"
    write(town, town.maude, Topic(room="lobby", text="coffee"))
    assert ask(town, town.bob, Topic(room="lobby")).topic == "coffee"


def test_a_topic_is_a_line(town: Town) -> None:
    """It needs what speaking needs: a voice in a moderated room, and patience in slow mode."""
    set_room(town, town.alice, "moderated", "on")
    assert refused(town, town.bob, Topic(room="lobby", text="x")).rule == "the room is moderated"
    op(town, town.maude, town.bob, "voice")
    write(town, town.bob, Topic(room="lobby", text="tea"))
    set_room(town, town.alice, "slow", "30s")
    say(town, town.bob, "lobby", "x")
    why = refused(town, town.bob, Topic(room="lobby", text="x"))
    assert (why.rule, why.until) == ("the room's slow mode", BEGINNING + 30_000)
    write(town, town.maude, Topic(room="lobby", text="coffee"))
    town.clock.advance(30)
    write(town, town.bob, Topic(room="lobby", text="tea"))


# Roles in a room


def test_a_role_beside_another_one(town: Town) -> None:
    """As in IRC: a moderator may have a voice, which is left to him; nothing is told where nothing changes."""

    def change(person: Account, name: str, role: Literal["moderator", "voice"], on: bool) -> str:
        answer = write(town, person, RoomRole(room="lobby", name=name, role=role, on=on))
        assert isinstance(answer, RoomRoleDone)
        return answer.role

    assert change(town.alice, "bob", "voice", True) == "voice"
    assert change(town.alice, "bob", "moderator", True) == "moderator"
    assert change(town.alice, "bob", "moderator", True) == "moderator"
    assert change(town.bob, "maude", "voice", True) == "moderator"
    assert change(town.bob, "alice", "voice", True) == "owner"
    assert change(town.maude, "bob", "voice", False) == "moderator"
    assert change(town.alice, "alice", "moderator", True) == "owner"
    assert change(town.maude, "maude", "moderator", False) == "voice"
    assert change(town.alice, "bob", "moderator", False) == "member"
    assert change(town.alice, "bob", "voice", False) == "member"
    told = [each for each in town.events() if isinstance(each, RoleChanged)]
    assert [(each.target, each.was, each.was_voiced, each.role, each.voiced) for each in told] == [
        ("bob", "member", False, "voice", False), ("bob", "voice", False, "moderator", True),
        ("maude", "moderator", False, "moderator", True), ("alice", "owner", False, "owner", True),
        ("bob", "moderator", True, "moderator", False), ("maude", "moderator", True, "voice", False),
        ("bob", "moderator", False, "member", False),
    ]  # fmt: skip
    assert refused(town, town.bob, RoomRole(room="lobby", name="bob", role="moderator", on=True)).code == "not-allowed"
    assert refused(town, town.alice, RoomRole(room="lobby", name="alice", role="moderator", on=False)).rule is not None


def test_roles(town: Town) -> None:
    """Owners give every role, moderators a voice; each is told to the room and on record."""
    assert write(town, town.maude, RoomRole(room="lobby", name="bob", role="voice")) == RoomRoleDone(
        room="lobby", name="bob", role="voice"
    )
    assert town.events() == [RoleChanged(room="lobby", seq=5, who="maude", at=BEGINNING, target="bob", role="voice")]
    for role in ("moderator", "owner"):
        why = refused(town, town.maude, RoomRole(room="lobby", name="bob", role=role))
        assert isinstance(why, NotAllowed)
    op(town, town.alice, town.bob, "owner")
    assert town.audit() == [
        ("maude", "room-role", "bob", "lobby", "voice"), ("alice", "room-role", "bob", "lobby", "owner"),
    ]  # fmt: skip


def test_moderators_do_not_depose_each_other(town: Town) -> None:
    """Nor an owner; owners depose anybody."""
    op(town, town.alice, town.bob, "moderator")
    for name in ("bob", "alice", "maude"):
        assert isinstance(refused(town, town.maude, RoomRole(room="lobby", name=name, role="member")), NotAllowed)
    op(town, town.alice, town.bob, "member")


def test_members_give_no_roles(town: Town) -> None:
    """Not even a voice, and nobody to who is not in."""
    op(town, town.alice, town.bob, "voice")
    assert isinstance(refused(town, town.bob, RoomRole(room="lobby", name="bob", role="member")), NotAllowed)
    assert isinstance(refused(town, town.alice, RoomRole(room="lobby", name="sam", role="voice")), BadArguments)


def test_a_room_keeps_an_owner(town: Town) -> None:
    """The last one stays one, until there is another."""
    for role in ("member", "voice", "moderator"):
        why = refused(town, town.alice, RoomRole(room="lobby", name="alice", role=role))
        assert why.rule == "a room keeps an owner"
    assert isinstance(refused(town, OPERATOR, RoomRole(room="lobby", name="alice", role="member")), NotAllowed)
    op(town, town.alice, town.bob, "owner")
    op(town, town.alice, town.alice, "member")
    assert isinstance(refused(town, town.alice, RoomSet(room="lobby", name="slow", value="1s")), NotAllowed)
