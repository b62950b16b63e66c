# ruff: noqa: RUF001 - letters that look alike are what some of this is about
"""The session: the law of one connection, and what the world looks like from it."""

import re
from typing import get_args

import pytest
from msgspec.structs import replace

from chatd.core import commands, events
from chatd.core.commands import (
    Command,
    History,
    Introduce,
    Join,
    Leave,
    Login,
    Look,
    Msg,
    Names,
    Passwd,
    Ping,
    Quit,
    Register,
    Resume,
    Rooms,
    Say,
    Set,
    Topic,
    Whois,
    Why,
)
from chatd.core.errors import Busy, ChatError, LoginFailed, NotNow
from chatd.core.events import (
    Arrived,
    Departed,
    Event,
    Gap,
    JoinDone,
    Joined,
    LoggedIn,
    MsgDone,
    Registered,
    Resumed,
    Said,
    SayDone,
)
from chatd.core.ports import Peer
from chatd.core.room import Envelope
from chatd.core.session import VERBS, Phase, Session
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Registration, Site
from chatd.testing import PASSWORD, World
from tests.core.doubles import MANY, Voice, alone

STRANGER, ACCOUNT, MEMBER = Phase.UNAUTHENTICATED, Phase.AUTHENTICATED, Phase.CHATTING

# The law, written a second time: which command is obeyed in which phase.
LAW: list[tuple[Command, set[Phase]]] = [
    (Introduce(name="new"), {STRANGER}),
    (Login(name="alice", password=PASSWORD), {STRANGER}),
    (Register(name="new", password=PASSWORD), {STRANGER}),
    (Resume(name="alice", password=PASSWORD), {STRANGER}),
    (commands.Guest(name="new"), {STRANGER}),
    (commands.Switch(name="alice", password=PASSWORD), {ACCOUNT, MEMBER}),
    (commands.Vouch(gateway="web", password="secret", address="192.0.2.7"), {STRANGER}),
    (commands.Rename(name="new"), {ACCOUNT, MEMBER}),
    (commands.Profile(real="New"), {STRANGER, ACCOUNT, MEMBER}),
    (commands.Peek(room="dev"), {ACCOUNT, MEMBER}),
    (commands.Operate(name="alice", password=PASSWORD), {ACCOUNT, MEMBER}),
    (commands.Depose(), {ACCOUNT, MEMBER}),
    (commands.Expel(name="bob"), {ACCOUNT, MEMBER}),
    (Quit(), {STRANGER, ACCOUNT, MEMBER}),
    (Ping(), {STRANGER, ACCOUNT, MEMBER}),
    (Why(), {STRANGER, ACCOUNT, MEMBER}),
    (Join(room="ops"), {ACCOUNT, MEMBER}),
    (Rooms(), {ACCOUNT, MEMBER}),
    (Whois(name="alice"), {ACCOUNT, MEMBER}),
    (Msg(to="bob", text="hi"), {ACCOUNT, MEMBER}),
    (Say(room="@bob", text="hi"), {ACCOUNT, MEMBER}),
    (History(room="@bob"), {ACCOUNT, MEMBER}),
    (Passwd(old=PASSWORD, new="another horse"), {ACCOUNT, MEMBER}),
    (Set(name="time", value="on"), {ACCOUNT, MEMBER}),
    (commands.Edit(room="@bob", text="hi"), {ACCOUNT, MEMBER}),
    (commands.Delete(room="@bob"), {ACCOUNT, MEMBER}),
    (commands.Search(words="hi"), {ACCOUNT, MEMBER}),
    (commands.Unread(), {ACCOUNT, MEMBER}),
    (commands.Catchup(), {ACCOUNT, MEMBER}),
    (commands.Mark(room="@bob", seq=1), {ACCOUNT, MEMBER}),
    (commands.Claim(code="0000-0000-0000-0000"), {ACCOUNT, MEMBER}),
    (commands.Sessions(), {ACCOUNT, MEMBER}),
    (commands.Logout(), {ACCOUNT, MEMBER}),
    (commands.MakeToken(label="laptop"), {ACCOUNT, MEMBER}),
    (commands.AddCertificate(label="laptop"), {ACCOUNT, MEMBER}),
    (commands.Tokens(), {ACCOUNT, MEMBER}),
    (commands.RevokeToken(number=1), {ACCOUNT, MEMBER}),
    (commands.Away(text="lunch"), {ACCOUNT, MEMBER}),
    (commands.Ignore(name="bob"), {ACCOUNT, MEMBER}),
    (commands.Unignore(name="bob"), {ACCOUNT, MEMBER}),
    (commands.Export(), {ACCOUNT, MEMBER}),
    (commands.Erase(password=PASSWORD), {ACCOUNT, MEMBER}),
    (commands.Invite(room="dev", name="bob"), {ACCOUNT, MEMBER}),
    (commands.RoomSet(room="dev"), {ACCOUNT, MEMBER}),
    (commands.RoomRole(room="dev", name="bob", role="voice"), {ACCOUNT, MEMBER}),
    (commands.Kick(room="dev", target="bob"), {ACCOUNT, MEMBER}),
    (commands.Ban(room="dev", target="bob"), {ACCOUNT, MEMBER}),
    (commands.Mute(room="dev", target="bob"), {ACCOUNT, MEMBER}),
    (commands.Unban(room="dev", target="bob"), {ACCOUNT, MEMBER}),
    (commands.Unmute(room="dev", target="bob"), {ACCOUNT, MEMBER}),
    (commands.Bans(room="dev"), {ACCOUNT, MEMBER}),
    (commands.Undo(), {ACCOUNT, MEMBER}),
    (commands.Mask(room="dev", list="ban", mask="*!*@x"), {ACCOUNT, MEMBER}),
    (commands.Masks(room="dev", list="ban"), {ACCOUNT, MEMBER}),
    (commands.Relay(to="@bob", text="hi"), {ACCOUNT, MEMBER}),
    (commands.Tag(room="@bob", tags={"+draft/react": "x"}), {ACCOUNT, MEMBER}),
    (commands.Targets(), {ACCOUNT, MEMBER}),
    (commands.RenameRoom(room="dev", name="ops"), {ACCOUNT, MEMBER}),
    (commands.Metadata(target="@alice"), {ACCOUNT, MEMBER}),
    (commands.Announce(text="hi"), {ACCOUNT, MEMBER}),
    (commands.AddAccount(name="carol"), {ACCOUNT, MEMBER}),
    (commands.Accounts(), {ACCOUNT, MEMBER}),
    (commands.Suspend(name="bob"), {ACCOUNT, MEMBER}),
    (commands.Restore(name="bob"), {ACCOUNT, MEMBER}),
    (commands.GrantRole(name="bob", role="guest"), {ACCOUNT, MEMBER}),
    (commands.ResetPassword(name="bob"), {ACCOUNT, MEMBER}),
    (commands.RenameAccount(name="bob", shown="Bob"), {ACCOUNT, MEMBER}),
    (commands.MakeInvitation(), {ACCOUNT, MEMBER}),
    (commands.Invitations(), {ACCOUNT, MEMBER}),
    (commands.RevokeInvitation(number=1), {ACCOUNT, MEMBER}),
    (commands.PurgeRoom(room="dev"), {ACCOUNT, MEMBER}),
    (commands.Audit(), {ACCOUNT, MEMBER}),
    (commands.Stats(), {ACCOUNT, MEMBER}),
    (commands.Reload(), {ACCOUNT, MEMBER}),
    (commands.Shutdown(), {ACCOUNT, MEMBER}),
    (Leave(room="dev"), {MEMBER}),
    (Look(room="dev"), {MEMBER}),
    (Names(room="dev"), {MEMBER}),
    (Topic(room="dev"), {MEMBER}),
]


def in_phase(phase: Phase) -> Voice:
    world = alone()
    world.account("alice")
    world.account("bob")
    voice = Voice(world) if phase is STRANGER else Voice(world, "alice")
    if phase is MEMBER:
        voice.joins("dev")
    assert voice.session.phase is phase
    return voice


def kinds_of(kind: type[Command]) -> list[type[Command]]:
    """Those kinds of commands that are no kind of kinds."""
    below = kind.__subclasses__()
    named = [kind] if kind.__struct_config__.tag is not None and kind in get_args(commands.Any) else []
    return named + [leaf for each in below for leaf in kinds_of(each)] if below else [kind]


# The table.


def test_the_law_names_every_command_there_is() -> None:
    """A new command must be put into the law, and into this test."""
    assert {type(command) for command, _ in LAW} == set(get_args(commands.Any)) == set(kinds_of(Command))
    assert {kind for verbs in VERBS.values() for kind in verbs} == set(get_args(commands.Any))


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize(("command", "phases"), LAW, ids=[repr(command) for command, _ in LAW])
def test_the_table(command: Command, phases: set[Phase], phase: Phase) -> None:
    """A command is obeyed in its phases, and elsewhere refused with what to do first, and nothing has changed."""
    voice = in_phase(phase)
    before = voice.world.database.commits
    assert (type(command) in VERBS[phase]) == (phase in phases)
    if phase in phases:
        voice.begins(command)
        (said,) = [each for each in voice.seen if isinstance(each, events.Answer | ChatError)]
        assert getattr(said, "code", "") != "not-now"
        return
    refusal = voice.is_refused(command)
    assert (refusal.code, refusal.why) == ("not-now", phase.value)
    assert voice.session.phase is phase
    assert voice.seen == []
    assert voice.world.database.commits == before


def test_the_phase_follows_from_what_the_session_holds() -> None:
    """One is a stranger, then an account, then a member, and an account again after the last room."""
    voice = Voice(alone())
    phases = [voice.session.phase]
    voice.asks(Register(name="alice", password=PASSWORD), Registered)
    phases.append(voice.session.phase)
    voice.joins("dev", "ops")
    phases.append(voice.session.phase)
    voice.asks(Leave(room="dev"), events.LeaveDone)
    phases.append(voice.session.phase)
    voice.asks(Leave(room="ops"), events.LeaveDone)
    phases.append(voice.session.phase)
    voice.goes()
    phases.append(voice.session.phase)
    assert phases == [STRANGER, ACCOUNT, MEMBER, MEMBER, ACCOUNT, STRANGER]


def test_lines_come_straight_but_not_before_an_answer() -> None:
    """While one is being made, each is kept for after it; and what the face says meanwhile holds from then on."""
    kept, came = [], []  # type: list[str], list[bytes]

    class Outbox:
        put = put_volley = came.append

    def plain(envelope: Envelope) -> bytes:
        return b"plain"

    def loud(envelope: Envelope) -> bytes:
        return b"loud"

    world = alone()
    alice, bob = Voice(world, "alice"), Voice(world, "bob")
    alice.joins("dev")
    bob.joins("dev")
    session = bob.session
    session.deliver_now = session.deliver = lambda told: kept.append(type(told).__name__)
    session.write_with(plain, Outbox())
    alice.asks(Say(room="dev", text="hi"), events.SayDone)
    assert (came, kept) == ([b"plain"], [])
    session.hold()
    alice.asks(Say(room="dev", text="hi"), events.SayDone)
    session.write_with(loud, Outbox())
    alice.asks(Say(room="dev", text="hi"), events.SayDone)
    assert (came, kept) == ([b"plain"], [])
    session.settle()
    assert (came, kept) == ([b"plain"], ["Envelope", "Envelope"])
    alice.asks(Say(room="dev", text="hi"), events.SayDone)
    assert (came, len(kept)) == ([b"plain", b"loud"], 2)
    session.write_with(None, Outbox())
    alice.asks(Say(room="dev", text="hi"), events.SayDone)
    assert (len(came), len(kept)) == (2, 3)


# The door.


def test_a_new_account_is_in_the_lobby() -> None:
    """Registering puts one into the first room, and the answer comes before one's own arrival there."""
    voice = Voice(World(Site(motd="Be kind")))
    done = voice.asks(Register(name="Alice", password=PASSWORD), Registered)
    assert (done.name, done.motd, [place.room for place in done.rooms]) == ("Alice", "Be kind", ["lobby"])
    assert done.last_at is None
    assert [type(each) for each in voice.hears()] == [Registered, Joined]


def test_whoever_left_the_lobby_is_not_put_there_again() -> None:
    """The first room is entered once, not at every login."""
    world = World()
    voice = Voice(world, "alice")
    voice.asks(Leave(room="lobby"), events.LeaveDone)
    voice.goes()
    assert Voice(world).asks(Login(name="alice", password=PASSWORD), LoggedIn).rooms == ()


def test_the_answer_to_a_login_says_what_is_new() -> None:
    """Rooms, unread lines, mentions, settings, and when one was here last."""
    world = World(limits=MANY)
    alice, bob = Voice(world, "alice"), Voice(world, "bob", address="198.51.100.7")
    alice.asks(Set(name="time", value="on"), events.SetDone)
    alice.goes()
    bob.asks(Say(room="lobby", text="anybody?"), SayDone)
    bob.asks(Say(room="lobby", text="ALICE?"), SayDone)
    bob.asks(Msg(to="alice", text="psst"), MsgDone)
    world.pass_time(3600)
    done = Voice(world).asks(Login(name="alice", password=PASSWORD, recent=2), LoggedIn)
    lobby, direct = done.rooms
    assert (lobby.room, lobby.unread, lobby.mentions) == ("lobby", 2, 1)
    assert (direct.room, direct.unread) == ("@bob", 1)
    assert [getattr(each, "text", "") for each in lobby.recent] == ["anybody?", "ALICE?"]
    assert done.settings["time"] == "on"
    assert (done.last_at, done.last_from, done.at) == (world.now() - 3_600_000, "192.0.2.1", world.now())


def test_a_name_is_introduced_before_a_password_is_asked() -> None:
    """A new name is free, one that is there is known in any spelling, and its twin is nobody's."""
    world = alone()
    world.account("Alice")
    voice = Voice(world)
    free = events.Introduced(name="bob", known=False, registration="open", shortest=10)
    assert voice.asks(Introduce(name="bob"), events.Introduced) == free
    assert voice.asks(Introduce(name="ALICE"), events.Introduced).known
    assert voice.is_refused(Introduce(name="a1ice")).code == "name-taken"
    assert voice.is_refused(Introduce(name="root")).code == "bad-name"


@pytest.mark.parametrize("registration", ["closed", "invite"])
def test_a_closed_site_tells_strangers_nothing_about_names(registration: Registration) -> None:
    """Where nobody can register, every name is answered alike, and registering is refused."""
    world = alone()
    world.account("alice")
    world.hub.site = world.hub.site._replace(registration=registration)
    voice = Voice(world)
    assert [voice.asks(Introduce(name=name), events.Introduced).known for name in ("alice", "bob")] == [True, True]
    assert voice.is_refused(Register(name="bob", password=PASSWORD)).code == "registration-closed"
    assert world.database.rows("SELECT name FROM accounts") == [("alice",)]
    voice.asks(Login(name="alice", password=PASSWORD), LoggedIn)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Register(name="alice", password=PASSWORD), "name-taken"),
        (Register(name="ALICE", password=PASSWORD), "name-taken"),
        (Register(name="a1ice", password=PASSWORD), "name-taken"),
        (Register(name="admin", password=PASSWORD), "bad-name"),
        (Register(name="a b", password=PASSWORD), "bad-name"),
        (Register(name="bob", password="short"), "bad-password"),
        (Register(name="bobbybobby", password="bobbybobby"), "bad-password"),
        (Register(name="bob", password="1234567890"), "bad-password"),
        (Register(name="bob", password="a" * 20), "bad-password"),
        (Register(name="bob", password="nul\0nul\0nul"), "bad-password"),
        (Introduce(name=""), "bad-name"),
    ],
    ids=repr,
)
def test_what_the_door_refuses(command: Command, code: str) -> None:
    """Names and passwords that nobody may have, each with its code; the peer stays a stranger, with all its tries."""
    world = alone()
    world.account("alice")
    voice = Voice(world)
    assert voice.is_refused(command).code == code
    assert voice.session.phase is STRANGER
    assert voice.session.tries_left == 3
    assert world.database.rows("SELECT count(*) FROM accounts") == [(1,)]


def test_three_tries() -> None:
    """A wrong password, an unknown name and a name that cannot be read the same, and cost one try each."""
    world = alone()
    world.account("alice")
    voice = Voice(world)
    said = []
    for name in ("alice", "nobody2", "no name"):
        refusal = voice.is_refused(Login(name=name, password="wrong horse"))
        assert isinstance(refusal, LoginFailed)
        said.append((refusal.code, refusal.why, refusal.tries_left, refusal.closes))
    assert said == [
        ("login-failed", "Wrong name or password.", 2, False),
        ("login-failed", "Wrong name or password.", 1, False),
        ("login-failed", "Wrong name or password.", 0, True),
    ]
    assert world.hub.avatars == {}


def test_a_suspended_account_is_told_what_anybody_is_told() -> None:
    """Even the right password says nothing about an account that may not log in."""
    world = alone()
    world.account("alice")
    world.database.run("UPDATE accounts SET status = 'suspended'")
    assert Voice(world).is_refused(Login(name="alice", password=PASSWORD)).why == "Wrong name or password."


@pytest.mark.parametrize(
    ("registered", "typed"), [("caf\u00e9 au lait", "cafe\u0301 au lait"), ("two\u3000words here", "two words here")]
)
def test_a_password_is_the_same_on_every_keyboard(registered: str, typed: str) -> None:
    """What was registered on one machine logs in from another one, and from the same one."""
    world = alone()
    Voice(world).asks(Register(name="alice", password=registered), Registered)
    for password in (registered, typed):
        Voice(world).asks(Login(name="alice", password=password), LoggedIn)


def test_no_password_is_taken_over_a_line_that_others_can_read() -> None:
    """Over a network in the clear, nothing secret is even asked for, and the refusal says where to go instead."""
    world = alone()
    world.account("alice")
    world.hub.site = world.hub.site._replace(encrypted_doors=("chat.example.org 6697",))
    voice = Voice(world)
    peer = Peer("192.0.2.9", encrypted=False, private=False)
    voice.session = Session(world.hub, world.ports, voice._hear, voice._end, peer)
    asked: tuple[Command, ...] = (
        Introduce(name="alice"),
        Login(name="alice", password=PASSWORD),
        Register(name="bob", password=PASSWORD),
        Resume(name="alice", password=PASSWORD),
    )
    for command in asked:
        refusal = voice.is_refused(command)
        assert refusal.code == "not-encrypted"
        assert "chat.example.org 6697" in refusal.why
    assert voice.session.tries_left == 3
    world.hub.site = world.hub.site._replace(plaintext_logins=True)
    voice.asks(Login(name="alice", password=PASSWORD), LoggedIn)


def test_an_account_has_so_many_sessions_and_no_more() -> None:
    """Twenty devices by default; one more is told to close another one, and the others notice nothing."""
    world = alone(sessions_per_account=2)
    first, second = Voice(world, "alice"), Voice(world, "alice")
    third = Voice(world)
    assert third.is_refused(Login(name="alice", password=PASSWORD)).code == "too-many"
    second.goes()
    third.asks(Login(name="alice", password=PASSWORD), LoggedIn)
    assert first.session.avatar is third.session.avatar is not None
    assert len(world.hub.avatars[1].sessions) == 2


def test_an_address_registers_so_many_names_and_no_more() -> None:
    """Three new names an hour from one address."""
    world = World(limits=Limits(registrations_per_address=1))
    Voice(world).asks(Register(name="alice", password=PASSWORD), Registered)
    assert Voice(world).is_refused(Register(name="bob", password=PASSWORD)).code == "too-many"
    Voice(world, address="192.0.2.2").asks(Register(name="bob", password=PASSWORD), Registered)
    world.pass_time(3601)
    Voice(world).asks(Register(name="carol", password=PASSWORD), Registered)


# What comes first.


def test_the_answer_and_the_history_in_it_come_before_what_is_heard() -> None:
    """One reads that one is in, what was said before, then one's own arrival, then the rest: nothing twice."""
    world = alone()
    alice = Voice(world, "alice").joins("dev")
    alice.asks(Say(room="dev", text="one"), SayDone)
    bob = Voice(world, "bob")
    done = bob.asks(Join(room="dev", recent=10), JoinDone)
    assert [each.seq for each in done.place.recent] == [1, 2]
    assert done.place.seq == 3
    answer, own = bob.hears()
    assert answer == done
    assert own == Joined(room="dev", seq=3, who="bob", at=world.now())


def test_what_happens_while_one_enters_is_heard_after_the_answer() -> None:
    """A line that is committed together with the entering comes after the answer, not before it and not never."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob")
    world.database.waiting = []
    alice.begins(Say(room="dev", text="first"))
    bob.begins(Join(room="dev", recent=10))
    alice2 = Voice(world)
    alice2.session.avatar = alice.session.avatar
    alice2.begins(Say(room="dev", text="second"))
    world.database.let_go()
    answer, *heard = bob.hears()
    assert isinstance(answer, JoinDone)
    assert [each.seq for each in answer.place.recent] == [1, 2]
    assert [getattr(each, "seq", 0) for each in heard] == [3, 4]
    alice2.session.avatar = None


def test_to_join_again_is_no_news() -> None:
    """Whoever is in a room already is told so; nobody else hears anything; the history has the own arrival."""
    _, alice, bob = trio()
    done = bob.asks(Join(room="DEV", recent=10), JoinDone)
    assert done.again
    assert [each.seq for each in done.place.recent] == [1, 2]
    assert alice.hears() == []


def trio() -> tuple[World, Voice, Voice]:
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    alice.hears()
    return world, alice, bob


def test_a_refused_join_leaves_nothing_waiting() -> None:
    """After a refusal one hears as before."""
    _, alice, bob = trio()
    assert alice.is_refused(Join(room="d e v")).code == "bad-name"
    bob.asks(Say(room="dev", text="hi"), SayDone)
    assert [type(each) for each in alice.hears()] == [Said]


# Rooms.


def test_rooms_are_listed_with_who_is_in_them() -> None:
    """A list of rooms says what they are about, how many are there, and which are one's own."""
    _, alice, bob = trio()
    bob.asks(Topic(room="dev", text="Printers"), events.TopicDone)
    bob.joins("ops")
    rooms = alice.asks(Rooms(), events.RoomsDone).rooms
    assert [(each.room, each.topic, each.people, each.member) for each in rooms] == [
        ("dev", "Printers", 2, True),
        ("ops", "", 1, False),
    ]
    assert [each.room for each in alice.asks(Rooms(pattern="#OP"), events.RoomsDone).rooms] == ["ops"]


def test_names_looks_and_topics() -> None:
    """Who is here, how the room stands, what it is about and who said so."""
    world, alice, bob = trio()
    assert alice.asks(Names(room="dev"), events.NamesDone).names == ("alice", "bob")
    assert alice.asks(Topic(room="dev"), events.TopicDone).at is None
    bob.asks(Topic(room="dev", text="Printers"), events.TopicDone)
    assert alice.asks(Topic(room="dev"), events.TopicDone) == events.TopicDone(
        room="dev", topic="Printers", by="bob", at=world.now()
    )
    look = alice.asks(Look(room="dev", recent=1), events.LookDone)
    assert (look.people, look.place.topic, [each.seq for each in look.place.recent]) == (2, "Printers", [3])
    bob.asks(Topic(room="dev", text=""), events.TopicDone)
    assert alice.asks(Topic(room="dev"), events.TopicDone).topic == ""
    bob.goes()
    assert alice.asks(Names(room="dev"), events.NamesDone).names == ("alice",)


def test_whois() -> None:
    """Since when, here or not, seen when, and the rooms that one shares, not the others."""
    world, alice, bob = trio()
    bob.joins("secret")
    who = alice.asks(Whois(name="BOB"), events.WhoisDone)
    assert (who.name, who.online, who.rooms) == ("bob", True, ("dev",))
    world.pass_time(60)
    bob.goes()
    who = alice.asks(Whois(name="bob"), events.WhoisDone)
    assert (who.online, who.seen) == (False, world.now())
    assert alice.is_refused(Whois(name="nobody2")).code == "no-such-account"


@pytest.mark.parametrize(
    "command",
    [
        Say(room="{}", text="hi"), Leave(room="{}"), Look(room="{}"), Names(room="{}"), Topic(room="{}"),
        Topic(room="{}", text="x"), History(room="{}"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_room_that_one_is_not_in_and_one_that_is_not_are_alike(command: Command) -> None:
    """The refusal does not tell whether there is such a room."""
    _, alice, bob = trio()
    bob.joins("secret")
    said = []
    for room in ("secret", "nosuch"):
        refusal = alice.is_refused(replace(command, **{"room": room}))
        said.append((refusal.code, refusal.why.replace(room, "ROOM"), refusal.rule))
    assert said[0] == said[1]
    assert said[0][0] == "not-in-room"


def test_whoever_left_reads_no_more() -> None:
    """History is for members."""
    _, alice, bob = trio()
    bob.asks(Leave(room="dev"), events.LeaveDone)
    alice.asks(Say(room="dev", text="now that he has gone"), SayDone)
    bob.joins("ops")
    assert bob.is_refused(History(room="dev")).code == "not-in-room"


def test_joins_are_limited() -> None:
    """Twenty rooms at once, then one a second; and only so many in all, told in words."""
    voice = Voice(alone(join_burst=3, rooms_joined=5), "alice").joins("a", "b", "c")
    assert voice.is_refused(Join(room="d")).code == "busy"
    voice.world.pass_time(2)
    voice.joins("d", "e")
    voice.world.pass_time(9)
    refusal = voice.is_refused(Join(room="f"))
    assert (refusal.code, refusal.rule) == ("too-many", "rooms joined at once")
    voice.asks(Leave(room="a"), events.LeaveDone)
    voice.joins("f")


def test_rooms_are_limited() -> None:
    """An account makes so many rooms, and the server holds so many."""
    world = alone(rooms_owned=2, rooms=3)
    alice, bob = Voice(world, "alice").joins("a", "b"), Voice(world, "bob")
    assert alice.is_refused(Join(room="c")).rule == "rooms made by one account"
    bob.joins("a", "c")
    assert bob.is_refused(Join(room="d")).rule == "rooms in all"
    assert bob.is_refused(Join(room="С")).code == "name-taken"  # Cyrillic


# Lines.


def test_what_is_said_is_heard_by_all_and_by_oneself_with_the_mark() -> None:
    """The sender gets the event too, so that it knows the line's place among the others."""
    world, alice, bob = trio()
    done = alice.asks(Say(room="#DEV", text="hi", ref="r1"), SayDone)
    said = Said(room="dev", seq=3, who="alice", at=world.now(), text="hi")
    assert (done.room, done.seq, done.at, done.again) == ("dev", 3, world.now(), False)
    assert bob.hears() == [said]
    assert alice.hears() == [said, done]
    assert (alice.envelopes[-1].origin, alice.envelopes[-1].ref) == (alice.session, "r1")


def test_several_sessions_of_an_account_all_hear() -> None:
    """What the desk says, the phone shows; it knows that it was not the one who said it."""
    world, alice, _ = trio()
    phone = Voice(world, "alice")
    alice.asks(Say(room="dev", text="from the desk"), SayDone)
    assert [type(each) for each in phone.hears()] == [Said]
    assert phone.envelopes[-1].origin is alice.session


@pytest.mark.parametrize("text", ["", "   ", "a\0b", "a\x1b[2J", "x" * 2001, "☃" * 1400, "a\u2028b", "a\u202eb"])
def test_bad_text_is_refused_wherever_text_is_taken(text: str) -> None:
    """Control characters and over-long lines reach nobody, in whatever command they come."""
    world, alice, bob = trio()
    before = world.database.commits
    asked: list[Command] = [Say(room="dev", text=text), Msg(to="bob", text=text), Say(room="@bob", text=text)]
    if text.strip():
        asked += [Topic(room="dev", text=text), Leave(room="dev", reason=text), Quit(reason=text)]
    for command in asked:
        assert alice.is_refused(command).code == "bad-text"
    assert (bob.hears(), world.database.commits) == ([], before)
    assert not alice.session.finished


def test_a_line_to_somebody_offline_waits() -> None:
    """A direct line is stored, and its reader finds it when coming back."""
    world, alice, bob = trio()
    bob.goes()
    done = alice.asks(Msg(to="bob", text="see you"), MsgDone)
    assert (done.room, done.seq) == ("@bob", 1)
    back = Voice(world)
    rooms = back.asks(Login(name="bob", password=PASSWORD), LoggedIn).rooms
    assert [(each.room, each.unread) for each in rooms] == [("dev", 0), ("@alice", 1)]
    old = back.asks(History(room="@alice"), events.HistoryDone)
    assert [getattr(each, "text", "") for each in old.events] == ["see you"]
    assert old.room == "@alice"


@pytest.mark.parametrize(("to", "code"), [("nobody2", "no-such-account"), ("a b", "bad-name"), ("", "bad-name")])
def test_nobody_to_write_to(to: str, code: str) -> None:
    """A line to nobody is refused."""
    _, alice, _ = trio()
    assert alice.is_refused(Msg(to=to, text="hi")).code == code
    assert alice.is_refused(Say(room="@" + to, text="hi")).code == code


def test_the_same_cid_again_gets_the_same_answer_and_says_nothing() -> None:
    """A program that lost the answer repeats its line safely."""
    world, alice, bob = trio()
    first = alice.asks(Say(room="dev", text="hi", cid="1"), SayDone)
    world.pass_time(5)
    again = alice.asks(Say(room="dev", text="hi", cid="1"), SayDone)
    assert again == replace(first, again=True)
    assert len(bob.hears()) == 1
    direct = alice.asks(Msg(to="bob", text="hi", cid="2"), MsgDone)
    assert alice.asks(Msg(to="bob", text="hi", cid="2"), MsgDone) == replace(direct, again=True)
    assert len(bob.hears()) == 1
    assert world.database.rows("SELECT count(*) FROM messages WHERE kind <> 'event'") == [(2,)]


@pytest.mark.parametrize(
    "command",
    [
        Say(room="dev", text="other", cid="1"), Say(room="ops", text="hi", cid="1"), Msg(to="bob", text="hi", cid="1"),
        Say(room="dev", text="hi", kind="action", cid="1"),
    ],
    ids=["text", "room", "direct", "kind"],
)  # fmt: skip
def test_a_cid_that_stands_for_something_else_is_a_conflict(command: Command) -> None:
    """A number that was used for another line is not quietly taken for that one."""
    _, alice, _bob = trio()
    alice.joins("ops")
    alice.asks(Say(room="dev", text="hi", cid="1"), SayDone)
    assert alice.is_refused(command).code == "cid-conflict"


def test_cids_are_ones_own_and_for_a_week() -> None:
    """Two programs may count alike; and after seven days a number may be used anew."""
    world, alice, bob = trio()
    alice.asks(Say(room="dev", text="hi", cid="1"), SayDone)
    assert not bob.asks(Say(room="dev", text="ho", cid="1"), SayDone).again
    world.clock.advance(7 * 86400 + 1)
    assert not alice.asks(Say(room="dev", text="hi", cid="1"), SayDone).again
    assert alice.is_refused(Say(room="dev", text="hi", cid="a\nb")).code == "bad-text"


def test_history() -> None:
    """The newest lines, or those before, after and since; oldest first; and whether there are more."""
    world, alice, _ = trio()
    for number in range(3, 13):
        world.pass_time(1)
        alice.asks(Say(room="dev", text=str(number)), SayDone)

    def page(command: History) -> tuple[list[int], bool]:
        done = alice.asks(command, events.HistoryDone)
        return [each.seq for each in done.events], done.more

    assert page(History(room="dev", limit=3)) == ([10, 11, 12], True)
    assert page(History(room="dev", limit=3, before=4)) == ([1, 2, 3], False)
    assert page(History(room="dev", limit=3, after=4)) == ([5, 6, 7], True)
    assert page(History(room="dev", limit=3, after=10)) == ([11, 12], False)
    assert page(History(room="dev", limit=9, after=4, before=7)) == ([5, 6], False)
    assert page(History(room="dev", ago=2000)) == ([10, 11, 12], False)
    assert page(History(room="dev", since=world.now())) == ([12], False)
    assert page(History(room="dev", since=world.now() + 1)) == ([], False)
    assert page(History(room="@bob")) == ([], False)
    assert alice.is_refused(History(room="@nobody2")).code == "no-such-account"


def test_a_page_is_no_longer_than_the_site_allows() -> None:
    """Whatever is asked for, a page is a page."""
    alice = Voice(alone(history_page=2), "alice").joins("dev")
    for text in "abc":
        alice.asks(Say(room="dev", text=text), SayDone)
    assert len(alice.asks(History(room="dev", limit=200), events.HistoryDone).events) == 2


# Coming back.


def test_to_resume_is_to_hear_what_was_missed_and_nothing_twice() -> None:
    """From the last line that was seen, room by room, then the answer, then what is said from now on."""
    world, alice, bob = trio()
    bob.joins("ops")
    bob.goes()
    for number in range(4):
        alice.asks(Say(room="dev", text=str(number)), SayDone)
    back = Voice(world)
    back.asks(Resume(name="bob", password=PASSWORD, seen={"#DEV": 4}), Resumed)
    alice.asks(Say(room="dev", text="live"), SayDone)
    seen = back.hears()
    assert [getattr(each, "seq", type(each)) for each in seen] == [5, 6, Resumed, 7]
    assert [getattr(each, "text", "") for each in seen] == ["2", "3", "", "live"]


def test_what_is_said_while_one_resumes_comes_once_and_last() -> None:
    """Between the look at the history and the first live line there is no gap and no double."""
    world, alice, bob = trio()
    bob.goes()
    back = Voice(world)
    world.database.waiting = []
    alice.begins(Say(room="dev", text="before"))
    back.begins(Resume(name="bob", password=PASSWORD, seen={"dev": 2}))
    other = Voice(world)
    other.session.avatar = alice.session.avatar
    other.begins(Say(room="dev", text="after"))
    world.database.let_go()
    seen = back.hears()
    assert [getattr(each, "text", type(each)) for each in seen] == ["before", Resumed, "after"]
    other.session.avatar = None


def test_a_resumption_after_too_long_names_the_gap() -> None:
    """What is too much to tell is left out, and it is said from where to where; history has it."""
    world = alone(resume_page=3, line_burst=100)
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    bob.goes()
    for number in range(3, 11):
        alice.asks(Say(room="dev", text=str(number)), SayDone)
    back = Voice(world)
    back.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 4}), Resumed)
    assert [each if isinstance(each, Gap) else getattr(each, "seq", "done") for each in back.hears()] == [
        Gap(room="dev", after=4, before=8), 8, 9, 10, "done",
    ]  # fmt: skip
    missed = back.asks(History(room="dev", after=4, before=8), events.HistoryDone)
    assert [each.seq for each in missed.events] == [5, 6, 7]
    exact = Voice(world)
    exact.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 7}), Resumed)
    assert not any(isinstance(each, Gap) for each in exact.hears())


def test_a_resumption_is_no_more_than_half_of_what_may_be_owed() -> None:
    """The newest lines of each place, in as many bytes as there are for all of them; the rest is named."""
    world = alone(queue_hard=2 * 3000, line_burst=100)
    alice, bob = Voice(world, "alice").joins("dev", "ops"), Voice(world, "bob").joins("dev", "ops")
    bob.goes()
    for number in range(3, 8):
        for room in ("dev", "ops"):
            alice.asks(Say(room=room, text=f"{number}" + "\u00e4" * 300), SayDone)  # twice as many bytes
    back = Voice(world)
    back.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 2, "ops": 5}), Resumed)
    *missed, done = back.hears()
    assert isinstance(done, Resumed)
    assert [(each.before if isinstance(each, Gap) else getattr(each, "seq", 0)) for each in missed] == [5, 5, 6, 7, 8]
    assert [type(each) for each in missed] == [Gap, Said, Said, Said, Gap]
    assert missed[0] == Gap(room="dev", after=2, before=5)
    assert missed[-1] == Gap(room="ops", after=5, before=8), "nothing is left for it, and that is said"
    exact = Voice(world)
    exact.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 6, "ops": 5}), Resumed)
    assert [getattr(each, "seq", None) for each in exact.hears()] == [7, 6, 7, None]


def test_topics_and_reasons_count_as_words_when_resuming() -> None:
    """A room in which nothing happens but long topics is bounded like any other."""
    world = alone(queue_hard=2 * 3000, line_burst=100)
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    bob.goes()
    for number in range(3, 8):
        alice.asks(Topic(room="dev", text=f"{number}" + "x" * 600), events.TopicDone)
    back = Voice(world)
    back.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 2}), Resumed)
    gap, *missed, _ = back.hears()
    assert gap == Gap(room="dev", after=2, before=5)
    assert [getattr(each, "seq", 0) for each in missed] == [5, 6, 7]


def test_direct_lines_are_resumed_too() -> None:
    """Somebody who wrote while the connection was away is not forgotten."""
    world, alice, bob = trio()
    alice.asks(Msg(to="bob", text="one"), MsgDone)
    bob.goes()
    alice.asks(Msg(to="bob", text="two"), MsgDone)
    back = Voice(world)
    back.asks(Resume(name="bob", password=PASSWORD, seen={"dev": 2, "@ALICE": 1}), Resumed)
    assert [getattr(each, "text", type(each)) for each in back.hears()] == ["two", Resumed]


NO_NAMES = {"no room": 1, "": 1, "#": 1, "@": 1, "a" * 1000: 1, "##dev": 1, "nul\0": 1}


@pytest.mark.parametrize("seen", [{}, {"dev": 2}, {"dev": 99}, {"nosuch": 1}, {"dev": 2, "nosuch": 0}, NO_NAMES])
def test_a_resumption_that_missed_nothing(seen: dict[str, int]) -> None:
    """Whoever was away for a moment hears nothing old; rooms that are none of one's own are passed over."""
    world, _alice, bob = trio()
    bob.goes()
    back = Voice(world)
    done = back.asks(Resume(name="bob", password=PASSWORD, seen=seen), Resumed)
    assert back.hears() == [done]
    assert [each.room for each in done.rooms] == ["dev"]


def test_a_resumption_needs_the_password() -> None:
    """To resume is to log in; and a wrong password costs a try and tells nothing."""
    world, alice, _ = trio()
    alice.asks(Say(room="dev", text="secret"), SayDone)
    back = Voice(world)
    refusal = back.is_refused(Resume(name="bob", password="wrong horse", seen={"dev": 1}))
    assert isinstance(refusal, LoginFailed)
    assert (refusal.tries_left, back.hears()) == (2, [])
    again = back.is_refused(Resume(name="bob", password="wrong horse", seen=NO_NAMES))
    assert isinstance(again, LoginFailed), "what was seen is looked at by whoever is proved"
    assert (again.tries_left, back.hears()) == (1, [])


# Oneself.


def test_a_password_is_changed_by_whoever_knows_it() -> None:
    """The new one opens the door, the old one does not; three wrong guesses end the connection."""
    world, alice, bob = trio()
    alice.asks(Passwd(old=PASSWORD, new="another horse"), events.PasswdDone)
    assert Voice(world).is_refused(Login(name="alice", password=PASSWORD)).code == "login-failed"
    Voice(world).asks(Login(name="alice", password="another horse"), LoggedIn)
    assert bob.is_refused(Passwd(old=PASSWORD, new="short")).code == "bad-password"
    closes = [bob.is_refused(Passwd(old="wrong", new="another horse")).closes for _ in range(3)]
    assert closes == [False, False, True]


def test_settings_are_kept() -> None:
    """What one set is still set tomorrow and on the other device; what is no setting is refused."""
    world, alice, _ = trio()
    assert alice.asks(Set(name="TIME", value="on"), events.SetDone).settings["time"] == "on"
    assert alice.is_refused(Set(name="time", value="maybe")).code == "bad-arguments"
    assert Voice(world, "alice").asks(Set(), events.SetDone).settings["time"] == "on"
    alice.goes()


def test_why_repeats_the_last_refusal() -> None:
    """Whoever did not understand may ask."""
    _, alice, _ = trio()
    assert alice.asks(Why(), events.WhyDone).code == ""
    refusal = alice.is_refused(Names(room="ops"))
    why = alice.asks(Why(), events.WhyDone)
    assert (why.code, why.why, why.rule) == (refusal.code, refusal.why, "only members may do that")
    assert alice.asks(Why(), events.WhyDone).code == "not-in-room"


def test_good_bye_is_told_with_its_reason() -> None:
    """The others read why somebody went; the rooms remain one's own."""
    world, alice, bob = trio()
    bob.asks(Quit(reason="good night"), events.QuitDone)
    assert bob.session.finished
    bob.goes("connection lost")
    assert alice.hears() == [Departed(who="bob", at=world.now(), reason="good night")]
    assert Voice(world, "bob").session.phase is MEMBER
    assert alice.hears() == [Arrived(who="bob", at=world.now())]


# Leaving in the middle of something.


@pytest.mark.parametrize(
    "command",
    [
        Login(name="alice", password=PASSWORD), Register(name="new", password=PASSWORD),
        Resume(name="alice", password=PASSWORD, seen={"dev": 1}),
    ],
    ids=repr,
)  # fmt: skip
def test_a_login_never_completes_for_a_peer_that_left(command: Command) -> None:
    """The connection ended while the disk was busy: nobody is here, nobody was told that somebody came."""
    world, alice, bob = trio()
    alice.goes()
    bob.hears()
    stranger = Voice(world)
    world.database.waiting = []
    pending = stranger.begins(command)
    assert not pending.called
    stranger.goes()
    world.database.let_go()
    assert stranger.session.avatar is None
    assert [avatar.account.name for avatar in world.hub.avatars.values()] == ["bob"]
    assert bob.hears() == stranger.hears() == []


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (Say(room="dev", text="last words"), Said), (Leave(room="dev"), events.Left), (Join(room="ops"), None),
        (Topic(room="dev", text="x"), events.TopicChanged), (Msg(to="bob", text="psst"), Said),
    ],
    ids=repr,
)  # fmt: skip
def test_what_was_committed_is_told_though_its_author_has_gone(command: Command, kind: type[Event] | None) -> None:
    """The others hear what is on disk; whoever went hears nothing and leaves nothing behind."""
    world, alice, bob = trio()
    world.database.waiting = []
    alice.begins(command)
    alice.goes()
    world.database.let_go()
    heard = [type(each) for each in bob.hears()]
    assert heard == ([Departed, kind] if kind else [Departed])
    assert alice.hears() == []
    bob.goes()
    assert (world.hub.avatars, world.hub.rooms, world.hub._numbers) == ({}, {}, {})
    if kind is Said:
        assert world.database.rows("SELECT count(*) FROM messages WHERE kind = 'text'") == [(1,)]


def test_whoever_joined_and_went_is_a_member_when_coming_back() -> None:
    """The room was entered, as the history says, though nobody was there to hear of it."""
    world, alice, _ = trio()
    world.database.waiting = []
    alice.begins(Join(room="ops"))
    alice.goes()
    world.database.let_go()
    done = Voice(world).asks(Login(name="alice", password=PASSWORD), LoggedIn)
    assert [each.room for each in done.rooms] == ["dev", "ops"]


# Trouble with the store.


def test_a_full_disk_is_said_and_reading_goes_on() -> None:
    """Nothing is taken that cannot be kept; what is there can be read; and it comes back by itself."""
    world, alice, bob = trio()
    world.database.free = 1000
    refused: tuple[Command, ...] = (Say(room="dev", text="hi"), Msg(to="bob", text="hi"), Join(room="ops"))
    assert [alice.is_refused(each).code for each in refused] == ["storage-full"] * 3
    assert bob.hears() == []
    assert len(alice.asks(History(room="dev"), events.HistoryDone).events) == 2
    alice.goes()
    alice = Voice(world, "alice")
    world.database.free = 10**12
    alice.asks(Say(room="dev", text="again"), SayDone)


def test_a_store_that_does_not_keep_up_says_so() -> None:
    """Who cannot be served soon is told at once, and nothing of it is stored."""
    world, alice, bob = trio()
    world.hub.site = world.hub.site._replace(limits=Limits(journal_entries=2))
    world.database.waiting = []
    phones = [Voice(world) for _ in range(4)]
    for number, phone in enumerate(phones):
        phone.session.avatar = alice.session.avatar
        phone.begins(Say(room="dev", text=str(number)))
    assert [type(each) for phone in phones for each in phone.seen] == [Busy]
    world.database.let_go()
    assert [getattr(each, "text", "") for each in bob.hears()] == ["0", "1", "2"]


def test_every_refusal_has_a_code_of_its_own() -> None:
    """A program can tell refusals apart by their codes, which are words."""
    kinds: list[type[ChatError]] = [ChatError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    codes = [kind.code for kind in kinds if kind.__name__ not in ("ChatError", "Closing", "TooBusy")]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)
    assert not NotNow("x").closes
