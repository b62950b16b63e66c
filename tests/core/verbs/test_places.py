"""Rooms and the people in them: keys, settings, invitations, roles."""

from chatd.core import commands, events
from chatd.core.commands import History, Invite, Join, Kick, Leave, Names, RoomRole, Rooms, RoomSet, Say, Topic, Whois
from chatd.core.events import JoinDone, RoomSetDone
from chatd.testing import World
from tests.core.doubles import Voice, alone
from tests.core.verbs.test_entrance import owner


def three() -> tuple[World, Voice, Voice, Voice]:
    """A room with its owner, a member of it, and somebody else."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("den"), Voice(world, "bob").joins("den")
    alice.hears()
    return world, alice, bob, Voice(world, "carol")


def sets(voice: Voice, name: str, value: str) -> dict[str, str]:
    """Change a setting; all settings as they are then."""
    return voice.asks(RoomSet(room="den", name=name, value=value), RoomSetDone).settings


def test_a_room_with_a_key_is_entered_with_it() -> None:
    """The key is in no event and no answer; whoever shows it is in; a wrong one is told what no key is told."""
    _, alice, bob, carol = three()
    settings = sets(alice, "key", "PrinterInk")
    assert (settings["access"], settings["key"], settings["listed"]) == ("key", "on", "off")
    (changed,) = bob.hears()
    assert isinstance(changed, events.RoomChanged)
    assert (changed.setting, changed.value) == ("key", "on")
    codes = [carol.is_refused(Join(room="den", key=key)).code for key in ("", "wrong", "printerink")]
    assert codes == ["no-such-room"] * 3
    carol.asks(Join(room="den", key="PrinterInk"), JoinDone)
    carol.asks(Leave(room="den"), events.LeaveDone)
    sets(alice, "listed", "on")
    refusal = carol.is_refused(Join(room="den", key="wrong"))
    assert (refusal.code, refusal.rule, refusal.set_by) == ("not-allowed", "access is key", "alice")
    sets(alice, "access", "open")
    carol.asks(Join(room="den", key="wrong"), JoinDone)
    assert alice.is_refused(RoomSet(room="den", name="access", value="key")).code == "bad-arguments"


def test_a_key_is_not_hashed_for_whoever_may_not_set_it() -> None:
    """Bcrypt is no toy for strangers."""
    world, _, bob, carol = three()
    before = world.hashes._seconds
    assert bob.is_refused(RoomSet(room="den", name="key", value="x")).code == "not-allowed"
    assert carol.is_refused(RoomSet(room="den", name="key", value="x")).code == "not-in-room"
    assert world.hashes._seconds == before


def test_who_is_invited_enters_once() -> None:
    """The invitation is told, shown in the list, used up by entering, and taken back by a kick."""
    world, alice, bob, carol = three()
    sets(alice, "access", "invite")
    assert carol.is_refused(Join(room="den")).code == "no-such-room"
    bob.asks(Invite(room="den", name="CAROL"), events.InviteDone)
    assert carol.hears() == [events.Invited(room="den", who="bob", at=world.now())]
    assert [(each.room, each.invited) for each in carol.asks(Rooms(), events.RoomsDone).rooms] == [("den", True)]
    carol.joins("den")
    assert alice.is_refused(Invite(room="den", name="carol")).code == "bad-arguments"
    alice.asks(Kick(room="den", target="carol"), events.KickDone)
    assert carol.is_refused(Join(room="den")).code == "no-such-room"
    assert carol.asks(Rooms(), events.RoomsDone).rooms == ()


def test_settings_are_shown_to_members_and_changed_by_owners() -> None:
    """Each change is told in the room, and is on the record."""
    world, alice, bob, carol = three()
    assert bob.asks(RoomSet(room="den"), RoomSetDone).settings["moderated"] == "off"
    assert carol.is_refused(RoomSet(room="den")).code == "not-in-room"
    assert bob.is_refused(RoomSet(room="den", name="moderated", value="on")).rule == "your role in #den is member"
    assert sets(alice, "MODERATED", "On")["moderated"] == "on"
    assert alice.is_refused(RoomSet(room="den", name="moderated", value="maybe")).code == "bad-arguments"
    assert alice.is_refused(RoomSet(room="den", name="nose", value="big")).code == "bad-arguments"
    assert world.database.rows("SELECT act, reason FROM audit_log") == [("room-set", "moderated on")]
    assert bob.is_refused(Say(room="den", text="x")).rule == "the room is moderated"


def test_slow_mode_lets_one_speak_after_a_while() -> None:
    """Not the moderators; and the refusal says until when."""
    world, alice, bob, _ = three()
    sets(alice, "slow", "10s")
    bob.asks(Say(room="den", text="one"), events.SayDone)
    assert bob.is_refused(Say(room="den", text="two")).until == world.now() + 10_000
    for text in ("a", "b"):
        alice.asks(Say(room="den", text=text), events.SayDone)
    world.pass_time(10)
    bob.asks(Say(room="den", text="two"), events.SayDone)


def test_history_since_one_joined() -> None:
    """Where the room says so, new members read nothing older than themselves."""
    _, alice, bob, carol = three()
    alice.asks(Say(room="den", text="before"), events.SayDone)
    sets(alice, "history", "since_join")
    carol.joins("den")
    bob.asks(Say(room="den", text="after"), events.SayDone)
    seen = [getattr(each, "text", "") for each in carol.asks(History(room="den"), events.HistoryDone).events]
    assert seen == ["", "after"]
    assert carol.asks(commands.Search(words="before"), events.SearchDone).found == ()
    assert len(bob.asks(commands.Search(words="before"), events.SearchDone).found) == 1


def test_roles_in_the_room() -> None:
    """Given by owners, shown in the list of names, told to all; a room keeps an owner."""
    _, alice, bob, carol = three()
    carol.joins("den")
    assert bob.is_refused(RoomRole(room="den", name="bob", role="owner")).code == "not-allowed"
    alice.asks(RoomRole(room="den", name="BOB", role="moderator"), events.RoomRoleDone)
    assert isinstance(carol.hears()[-1], events.RoleChanged)
    people = carol.asks(Names(room="den"), events.NamesDone).people
    assert [(each.name, each.role) for each in people] == [
        ("alice", "owner"), ("bob", "moderator"), ("carol", "member"),
    ]  # fmt: skip
    assert alice.is_refused(RoomRole(room="den", name="alice", role="member")).rule == "a room keeps an owner"
    alice.asks(RoomRole(room="den", name="carol", role="owner"), events.RoomRoleDone)
    alice.asks(RoomRole(room="den", name="alice", role="member"), events.RoomRoleDone)
    assert bob.is_refused(RoomRole(room="den", name="carol", role="member")).code == "not-allowed"


def test_a_full_room_and_a_topic_for_moderators() -> None:
    """Both are settings, and both name their rule."""
    _, alice, bob, carol = three()
    sets(alice, "limit", "2")
    assert carol.is_refused(Join(room="den")).rule == "the room's limit of members"
    sets(alice, "topic", "moderators")
    assert bob.is_refused(Topic(room="den", text="x")).rule == "the topic is for moderators"
    alice.asks(Topic(room="den", text="x"), events.TopicDone)


def test_whois_says_how_long_somebody_was_idle_and_where() -> None:
    """Rooms that one shares, the role on the site, the way in, and since when they said nothing."""
    world, alice, bob, carol = three()
    alice.session.face = "telnet"
    world.pass_time(90)
    who = bob.asks(Whois(name="alice"), events.WhoisDone)
    assert (who.rooms, who.role, who.idle, who.faces) == (("den",), "member", 90_000, ("telnet",))
    assert carol.asks(Whois(name="alice"), events.WhoisDone).rooms == ()
    assert owner(world).asks(Whois(name="root2"), events.WhoisDone).role == "owner"
