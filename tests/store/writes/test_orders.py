"""What moderators order holds at once, for as long as they said, against whom they may; and it is on record."""

from typing import Any, Literal

import pytest

from chatd.core import commands
from chatd.core.commands import Ban, Kick, Leave, Mute, Say, Topic, Unban, Unmute
from chatd.core.errors import (
    BadArguments,
    ChatError,
    NoSuchAccount,
    NoSuchEntry,
    NoSuchRoom,
    NotAllowed,
    NotInRoom,
    TooMany,
)
from chatd.core.events import BanDone, Banned, KickDone, Kicked, Muted, MuteDone, UnbanDone, Unbanned, Unmuted
from chatd.core.masks import plain
from chatd.core.ports import Account
from chatd.core.settings.limits import Limits
from chatd.testing import BEGINNING, World
from tests.store.doubles import DAY, Town, done, grant, join, lines, op, refused, say, set_room, write

HOME = "203.0.113.7"


def came_from(world: World, account: Account, address: str) -> None:
    """An account has logged in from there."""
    world.database.run(f"UPDATE accounts SET last_login_from = '{address}' WHERE id = {account.id}")


def stays(town: Town, account: Account) -> list[tuple[int, int | None]]:
    """From where to where an account was in rooms."""
    return town.rows(f"SELECT joined_seq, left_seq FROM memberships WHERE account_id = {account.id} ORDER BY 1")


# Kicks


def test_a_kick_closes_the_reading_interval(town: Town) -> None:
    """The kick is the last thing of the room that was for whoever is kicked; everyone else hears it too."""
    done = write(town, town.maude, Kick(room="lobby", target="bob", reason="flooding"))
    assert done == KickDone(room="lobby", target="bob")
    assert town.events() == [Kicked(room="lobby", seq=5, who="maude", at=BEGINNING, target="bob", reason="flooding")]
    assert stays(town, town.bob) == [(2, 5)]
    for command in (Say(room="lobby", text="hey"), Leave(room="lobby"), Topic(room="lobby", text="x")):
        assert isinstance(refused(town, town.bob, command), NotInRoom)
    assert town.audit() == [("maude", "kick", "bob", "lobby", "flooding")]


def test_whoever_was_kicked_may_come_back(town: Town) -> None:
    """As a member, whatever they were; in a room by invitation they need a new one."""
    op(town, town.alice, town.bob, "voice")
    write(town, town.maude, Kick(room="lobby", target="bob"))
    assert join(town, town.bob, "lobby").place.seq == 7
    assert town.rows(f"SELECT role FROM memberships WHERE account_id = {town.bob.id} AND left_seq IS NULL") == [
        ("member",)
    ]
    write(town, town.alice, commands.RoomSet(room="lobby", name="access", value="invite"))
    write(town, town.alice, commands.Invite(room="lobby", name="sam"))
    join(town, town.sam, "lobby")
    write(town, town.maude, Kick(room="lobby", target="sam"))
    assert isinstance(refused(town, town.sam, commands.Join(room="lobby")), NoSuchRoom)


def test_only_members_are_kicked(town: Town) -> None:
    """Nobody else, and nobody twice."""
    assert isinstance(refused(town, town.maude, Kick(room="lobby", target="sam")), NoSuchEntry)
    assert isinstance(refused(town, town.maude, Kick(room="lobby", target="zoe")), NoSuchAccount)
    write(town, town.maude, Kick(room="lobby", target="bob"))
    assert isinstance(refused(town, town.maude, Kick(room="lobby", target="bob")), NoSuchEntry)


@pytest.mark.parametrize("order", [Kick, Ban, Mute])
def test_nobody_acts_against_oneself(town: Town, order: Any) -> None:
    """Not even the owner."""
    for person in (town.alice, town.maude):
        assert isinstance(refused(town, person, order(room="lobby", target=person.key)), NotAllowed)
    if order is not Kick:
        assert isinstance(refused(town, town.ada, order(target="ada")), NotAllowed)


# Bans


def test_a_ban_puts_out_and_keeps_out(town: Town) -> None:
    """For 24 hours if nobody says how long; who is banned is told why, by whom, and until when."""
    done = write(town, town.maude, Ban(room="lobby", target="bob", reason="spam"))
    until = BEGINNING + DAY * 1000
    assert done == BanDone(room="lobby", target="bob", until=until)
    assert town.events() == [
        Banned(room="lobby", seq=5, who="maude", at=BEGINNING, target="bob", until=until, reason="spam")
    ]
    assert stays(town, town.bob) == [(2, 5)]
    why = refused(town, town.bob, commands.Join(room="LOBBY"))
    assert (why.why, why.rule, why.set_by, why.until) == ("You are banned from #lobby: spam.", "ban", "maude", until)
    assert not join(town, town.bob, "elsewhere").again, "it is about one room"
    assert town.audit() == [("maude", "ban", "bob", "lobby", "spam")]


def test_a_ban_ends(town: Town) -> None:
    """To the millisecond, and nothing need run for that."""
    write(town, town.maude, Ban(room="lobby", target="bob", ms=5000))
    town.clock.advance(4.999)
    assert isinstance(refused(town, town.bob, commands.Join(room="lobby")), NotAllowed)
    town.clock.advance(0.001)
    assert not join(town, town.bob, "lobby").again


def test_bans_until_a_time_and_for_ever(town: Town) -> None:
    """A time that is over is a mistake; one for ever says that it does not end by itself."""
    done = write(town, town.maude, Ban(room="lobby", target="bob", until=BEGINNING + 7))
    assert isinstance(done, BanDone)
    assert done.until == BEGINNING + 7
    assert isinstance(refused(town, town.maude, Ban(room="lobby", target="bob", until=BEGINNING)), BadArguments)
    write(town, town.maude, Ban(room="lobby", target="bob", ms=0))
    town.clock.advance(1000 * DAY)
    why = refused(town, town.bob, commands.Join(room="lobby"))
    assert why.until is None
    assert "does not end by itself" in why.why


def test_the_usual_time_is_the_operators() -> None:
    """C{ban-seconds} says how long a ban without a time lasts; it is the same for mutes."""
    town = Town(Limits(ban_seconds=60))
    for order in (Ban, Mute):
        done = write(town, town.maude, order(room="lobby", target="bob"))
        assert isinstance(done, BanDone | MuteDone)
        assert done.until == BEGINNING + 60_000


def test_a_ban_replaces_the_one_before(town: Town) -> None:
    """The newest counts, also where it is the shorter one; both stay on record."""
    write(town, town.maude, Ban(room="lobby", target="bob", ms=0))
    write(town, town.alice, Ban(room="lobby", target="bob", ms=1000, reason="less"))
    assert town.rows("SELECT set_by, lifted_by FROM bans ORDER BY id") == [("maude", "alice"), ("alice", None)]
    town.clock.advance(1)
    assert not join(town, town.bob, "lobby").again


def test_a_ban_of_somebody_who_is_not_there(town: Town) -> None:
    """It keeps out all the same, and takes an invitation back."""
    write(town, town.bob, commands.Invite(room="lobby", name="sam"))
    town.events()
    write(town, town.maude, Ban(room="lobby", target="sam"))
    assert [type(event) for event in town.events()] == [Banned]
    assert town.rows("SELECT * FROM room_invitations") == []
    assert isinstance(refused(town, town.sam, commands.Join(room="lobby")), NotAllowed)
    write(town, town.bob, commands.Invite(room="lobby", name="sam"))
    assert isinstance(refused(town, town.sam, commands.Join(room="lobby")), NotAllowed), "nor does one help later"


@pytest.mark.parametrize("spelt", ["Bob", "BOB", "bob"])
def test_a_ban_is_of_a_person_not_of_a_spelling(town: Town, spelt: str) -> None:
    """However the name is typed, it is that account."""
    write(town, town.maude, Ban(room="lobby", target=spelt))
    assert isinstance(refused(town, town.bob, commands.Join(room="lobby")), NotAllowed)


@pytest.mark.parametrize("twin", ["b0b", "\u0412ob", "BOB"])
def test_a_ban_is_not_evaded_with_a_name_that_looks_the_same(town: Town, twin: str) -> None:
    """Nobody gets such a name, so nobody comes back under it."""
    write(town, town.ada, Ban(target="bob"))
    with pytest.raises(ChatError) as caught:
        town.account(twin)
    assert caught.value.code in ("name-taken", "bad-name")


def test_a_ban_from_the_site(town: Town) -> None:
    """It ends the sessions, and from then on nothing is written for that account; its rooms stay its rooms."""
    done = write(town, town.ada, Ban(target="bob", reason="spam"))
    assert done == BanDone(room=None, target="bob", until=BEGINNING + DAY * 1000)
    ended = town.ended[0]
    assert (ended.account, ended.network, ended.refusal.closes) == (town.bob.id, None, True)
    assert ended.refusal.why == "You are banned from this server: spam."
    assert town.events() == []
    for command in (Say(room="lobby", text="hey"), Say(room="@alice", text="hey"), commands.Join(room="den")):
        assert isinstance(refused(town, town.bob, command), NotAllowed)
    assert stays(town, town.bob) == [(2, None)]
    assert town.audit() == [("ada", "ban", "bob", "", "spam")]
    town.clock.advance(DAY)
    assert say(town, town.bob, "lobby", "back").seq == 5


def test_lifting_a_ban(town: Town) -> None:
    """The room hears it; who is not banned is not unbanned; each place counts for itself."""
    write(town, town.maude, Ban(room="lobby", target="bob"))
    write(town, town.ada, Ban(target="bob"))
    town.events()
    assert write(town, town.alice, Unban(room="lobby", target="bob")) == UnbanDone(room="lobby", target="bob")
    assert town.events() == [Unbanned(room="lobby", seq=6, who="alice", at=BEGINNING, target="bob")]
    assert isinstance(refused(town, town.alice, Unban(room="lobby", target="bob")), NoSuchEntry)
    assert isinstance(refused(town, town.bob, commands.Join(room="lobby")), NotAllowed), "the site's is in force"
    write(town, town.ada, Unban(target="bob"))
    assert not join(town, town.bob, "lobby").again
    assert [entry[:4] for entry in town.audit()[2:]] == [
        ("alice", "unban", "bob", "lobby"), ("ada", "unban", "bob", ""),
    ]  # fmt: skip


def test_a_ban_that_has_ended_is_not_lifted(town: Town) -> None:
    """There is none any more."""
    write(town, town.maude, Ban(room="lobby", target="bob", ms=1000))
    town.clock.advance(1)
    assert isinstance(refused(town, town.maude, Unban(room="lobby", target="bob")), NoSuchEntry)


# Networks


@pytest.mark.parametrize(
    ("banned", "address", "is_in"),
    [
        (HOME, HOME, True),
        (HOME, "203.0.113.8", False),
        ("203.0.113.0/24", HOME, True),
        ("203.0.113.9/24", HOME, True),
        (HOME, f"::ffff:{HOME}", True),
        (f"::ffff:{HOME}", HOME, True),
        ("2001:db8::/32", "2001:db8:1::7", True),
        ("2001:DB8::/32", "2001:db8:1::7%eth0", True),
        ("2001:db8::/32", HOME, False),
        ("0.0.0.0/0", "2001:db8::1", False),
        ("0.0.0.0/0", "/run/chatd.sock", False),
    ],
)
def test_a_ban_of_a_network(town: Town, banned: str, address: str, is_in: bool) -> None:
    """It keeps out of the room whoever comes from there, under any name, however the address is written."""
    write(town, town.ada, Ban(room="lobby", target=banned))
    command = commands.Join(room="lobby")
    if is_in:
        assert refused(town, town.sam, command, address=address).set_by == "ada"
    else:
        write(town, town.sam, command, address=address)


@pytest.mark.parametrize("address", [HOME, f"::ffff:{HOME}"])
def test_a_ban_of_a_network_puts_out_who_is_in(town: Town, address: str) -> None:
    """All members who were last seen there, but those whom the admin does not outrank."""
    join(town, town.sam, "lobby")
    grant(town, town.alice, "admin")
    for account in (town.alice, town.bob, town.sam):
        came_from(town, account, address)
    came_from(town, town.maude, "2001:db8::1")
    town.events()
    write(town, town.ada, Ban(room="lobby", target="203.0.113.0/24", reason="bots"))
    assert [(type(event), event.target, event.reason) for event in town.events()] == [
        (Kicked, "bob", "bots"), (Kicked, "sam", "bots"),
    ]  # fmt: skip
    assert town.rows("SELECT account_id FROM memberships WHERE left_seq IS NULL ORDER BY 1") == [
        (town.alice.id,), (town.maude.id,),
    ]  # fmt: skip
    assert town.audit()[1:] == [("ada", "ban", "203.0.113.0/24", "lobby", "bots")]


def test_a_ban_of_a_network_from_the_site(town: Town) -> None:
    """The sessions from there end, and no account is made there."""
    write(town, town.ada, Ban(target="203.0.113.0/24", ms=0))
    ended = town.ended[0]
    assert (ended.account, ended.network) == (None, "203.0.113.0/24")
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="x"), address=HOME), NotAllowed)
    assert write(town, town.bob, Say(room="lobby", text="x"), address="198.51.100.1")
    write(town, town.ada, Unban(target="203.0.113.77/24"))
    assert write(town, town.bob, Say(room="lobby", text="x"), address=HOME)


@pytest.mark.parametrize("order", [Ban, Mute, Unban, Unmute])
@pytest.mark.parametrize("target", [HOME, "203.0.113.0/24", "2001:db8::/32"])
def test_networks_are_for_those_who_may_ban_from_the_site(town: Town, order: Any, target: str) -> None:
    """Neither owners nor moderators of a room, nor moderators of the site: whom it hits tells who comes from where."""
    came_from(town, town.bob, HOME)
    grant(town, town.sam, "moderator")
    write(town, town.ada, Ban(room="lobby", target="198.51.100.0/24"))
    for person in (town.alice, town.maude, town.sam):
        why = refused(town, person, order(room="lobby", target=target))
        assert isinstance(why, NotAllowed)
        assert why.rule == f"{'moderator' if person is town.sam else 'member'}s lack the permission ban-from-site"
    assert isinstance(refused(town, town.maude, Unban(room="lobby", target="198.51.100.0/24")), NotAllowed)
    if order in (Ban, Mute):
        write(town, town.ada, order(room="lobby", target=target))
    else:
        assert isinstance(refused(town, town.ada, order(room="lobby", target=target)), NoSuchEntry)


# How many


@pytest.mark.parametrize("room", ["lobby", None])
def test_orders_in_force_are_bounded(room: str | None) -> None:
    """So many bans and mutes of a place together; one that replaces another, one that ended or was lifted is room."""
    town = Town(Limits(bans=2))
    write(town, town.ada, Ban(room=room, target="bob", ms=1000))
    write(town, town.ada, Mute(room=room, target="bob"))
    for order in (Ban(room=room, target="sam"), Mute(room=room, target="sam"), Ban(room=room, target=HOME)):
        why = refused(town, town.ada, order)
        assert isinstance(why, TooMany)
        assert why.rule == "bans in force in one place"
    write(town, town.ada, Mute(room=room, target="bob", reason="still"))
    write(town, town.ada, Mute(room="lobby" if room is None else None, target="sam"))
    town.clock.advance(1)
    write(town, town.ada, Ban(room=room, target=HOME))
    assert isinstance(refused(town, town.ada, Ban(room=room, target="sam")), TooMany)
    write(town, town.ada, Unmute(room=room, target="bob"))
    write(town, town.ada, Ban(room=room, target="sam"))


# Mutes


def test_whether_somebody_is_muted_anywhere(town: Town) -> None:
    """In a room or on the site, while it lasts and until it is lifted; a ban is no mute."""

    def muted() -> list[bool]:
        return [done(town.archive.is_muted(person, plain(person.name))) for person in (town.bob, town.sam)]

    write(town, town.maude, Ban(room="lobby", target="sam"))
    write(town, town.ada, Mute(room="lobby", target=HOME))
    assert muted() == [False, False]
    write(town, town.maude, Mute(room="lobby", target="bob", ms=1000))
    write(town, town.ada, Mute(target="sam", ms=0))
    assert muted() == [True, True]
    town.clock.advance(1)
    assert muted() == [False, True]
    write(town, town.ada, Unmute(target="sam"))
    assert muted() == [False, False]


@pytest.mark.parametrize("effect", ["mute", "ban"])
def test_whether_somebody_is_muted_by_a_mask(town: Town, effect: Literal["mute", "ban"]) -> None:
    """Where it is now, a ban by a mask too; not where it is not, or where it is an exception or has a voice."""

    def muted() -> list[bool]:
        return [done(town.archive.is_muted(person, plain(person.name))) for person in (town.bob, town.sam, town.maude)]

    write(town, town.maude, commands.Mask(room="lobby", list=effect, mask="*!*@user/*"))
    assert muted() == [True, False, False]
    assert not done(town.archive.is_muted(town.bob, ""))
    write(town, town.maude, commands.Mask(room="lobby", list="exception", mask="bob!*@*"))
    assert muted() == [False, False, False]
    write(town, town.maude, commands.Mask(room="lobby", list="exception", mask="bob!*@*", on=False))
    write(town, town.maude, commands.RoomRole(room="lobby", name="bob", role="voice"))
    assert muted() == [False, False, False]


@pytest.mark.parametrize("room", ["lobby", None])
def test_whoever_is_muted_gives_no_reasons(town: Town, room: str | None) -> None:
    """A reason is a line, too: for going and for taking a line back it is left out, of the events and of history."""
    say(town, town.bob, "lobby", "one")
    write(town, town.ada, Mute(room=room, target="bob"))
    town.events()
    write(town, town.bob, commands.Delete(room="lobby", reason="words"))
    write(town, town.bob, Leave(room="lobby", reason="words"))
    assert [event.reason for event in town.events()] == ["", ""]
    assert "words" not in str(town.rows("SELECT body FROM messages"))


@pytest.mark.parametrize(("name", "value"), [("moderated", "on"), ("slow", "30s")])
def test_whoever_may_not_speak_now_gives_no_reasons(town: Town, name: str, value: str) -> None:
    """Without a voice, or in slow mode; whoever may speak there says why."""
    set_room(town, town.alice, name, value)
    for person in (town.bob, town.alice) if name == "slow" else (town.alice,):
        say(town, person, "lobby", "one")
    town.events()
    for person in (town.bob, town.alice):
        if person is town.alice or name == "slow":
            write(town, person, commands.Delete(room="lobby", reason="words"))
        write(town, person, Leave(room="lobby", reason="words"))
    told = [(event.who, event.reason) for event in town.events()]
    assert set(told) == {("bob", ""), ("alice", "words")}


def test_reasons_in_a_conversation(town: Town) -> None:
    """A mute of the site leaves them out there; one of a room does not matter."""
    for text in ("one", "two"):
        say(town, town.bob, "@alice", text)
    write(town, town.maude, Mute(room="lobby", target="bob"))
    town.events()
    write(town, town.bob, commands.Delete(room="@alice", reason="words"))
    write(town, town.ada, Mute(target="bob"))
    write(town, town.bob, commands.Delete(room="@alice", reason="words"))
    assert [event.reason for event in town.events()] == ["words"] * 2 + [""] * 2


def test_a_mute_in_a_room(town: Town) -> None:
    """Who is muted reads, and may go and take lines back, but neither speaks nor sets the topic nor corrects."""
    say(town, town.bob, "lobby", "before")
    until = BEGINNING + DAY * 1000
    done = write(town, town.maude, Mute(room="lobby", target="bob", reason="calm down"))
    assert done == MuteDone(room="lobby", target="bob", until=until)
    assert town.events()[-1] == Muted(
        room="lobby", seq=6, who="maude", at=BEGINNING, target="bob", until=until, reason="calm down"
    )
    for command in (
        Say(room="lobby", text="x"),
        Topic(room="lobby", text="x"),
        commands.Edit(room="lobby", text="x"),
    ):
        why = refused(town, town.bob, command)
        assert (why.why, why.until) == ("You are muted in #lobby: calm down.", until)
    assert lines(town, town.bob) == ["before"]
    write(town, town.bob, commands.Delete(room="lobby"))
    write(town, town.bob, Leave(room="lobby"))
    join(town, town.bob, "lobby")
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="x")), NotAllowed), "coming back does not help"
    assert say(town, town.bob, "@alice", "x").seq == 1, "it is about one room"
    assert town.audit() == [("maude", "mute", "bob", "lobby", "calm down")]


def test_a_mute_on_the_site(town: Town) -> None:
    """Nowhere, not to one person either; the sessions go on, and reading too."""
    write(town, town.ada, Mute(target="bob", ms=1000))
    for room in ("lobby", "@alice"):
        why = refused(town, town.bob, Say(room=room, text="x"))
        assert why.why == "You are muted in this server."
    assert town.ended == []
    assert lines(town, town.bob) == []
    town.clock.advance(1)
    assert say(town, town.bob, "lobby", "x").seq == 5


def test_a_mute_of_a_network(town: Town) -> None:
    """Whoever speaks from there does not, in that room or on the site."""
    write(town, town.ada, Mute(room="lobby", target=HOME))
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="x"), address=HOME), NotAllowed)
    write(town, town.bob, Say(room="lobby", text="x"), address="198.51.100.1")
    write(town, town.ada, Mute(target="2001:db8::/32"))
    assert isinstance(refused(town, town.bob, Say(room="@alice", text="x"), address="2001:db8::9"), NotAllowed)
    write(town, town.ada, Unmute(target="2001:db8::/32"))
    write(town, town.bob, Say(room="@alice", text="x"), address="2001:db8::9")


def test_lifting_a_mute(town: Town) -> None:
    """A mute is no ban: each is lifted by its own order."""
    write(town, town.maude, Mute(room="lobby", target="bob"))
    assert isinstance(refused(town, town.maude, Unban(room="lobby", target="bob")), NoSuchEntry)
    write(town, town.maude, Unmute(room="lobby", target="bob"))
    assert town.events()[-1] == Unmuted(room="lobby", seq=6, who="maude", at=BEGINNING, target="bob")
    assert say(town, town.bob, "lobby", "x").seq == 7


def test_a_voice_does_not_lift_a_mute(town: Town) -> None:
    """Neither does any other role in the room."""
    write(town, town.alice, Mute(room="lobby", target="bob"))
    op(town, town.alice, town.bob, "voice")
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="x")), NotAllowed)


@pytest.mark.parametrize("order", [Kick, Ban, Mute, Unban, Unmute])
def test_orders_in_rooms_that_there_are_not(town: Town, order: Any) -> None:
    """Of a private room and of none, whoever is no member is told the same: not even an admin sees it."""
    join(town, town.alice, "den")
    write(town, town.alice, commands.RoomSet(room="den", name="access", value="invite"))
    for who in (town.bob, town.ada):
        private, none = (refused(town, who, order(room=room, target="alice")) for room in ("den", "nil"))
        assert isinstance(private, NoSuchRoom)
        assert str(private).replace("den", "nil") == str(none)
