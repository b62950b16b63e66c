"""Rooms and the people in them: keys, settings, invitations, roles."""

from msgspec import UNSET

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


def test_whois_says_the_roles_in_rooms_that_one_may_know() -> None:
    """Of those that one shares, and those that everyone finds and enters."""
    _, alice, bob, carol = three()
    alice.joins("club")
    alice.asks(RoomSet(room="club", name="access", value="invite"), RoomSetDone)
    assert bob.asks(Whois(name="alice"), events.WhoisDone).roles == {"den": "owner"}
    assert carol.asks(Whois(name="alice"), events.WhoisDone).roles == {"den": "owner"}
    assert alice.asks(Whois(name="alice"), events.WhoisDone).roles == {"club": "owner", "den": "owner"}
    sets(alice, "listed", "off")
    assert carol.asks(Whois(name="alice"), events.WhoisDone).roles == {}
    assert alice.asks(Whois(name="bob"), events.WhoisDone).roles == {"den": "member"}


def test_peeking_into_a_room() -> None:
    """Everyone sees who is in a room that everyone finds and enters; into others, only its members."""
    _, alice, bob, carol = three()
    done = carol.asks(commands.Peek(room="DEN"), events.PeekDone)
    assert (done.room, done.names) == ("den", ("alice", "bob"))
    assert [each.role for each in done.people] == ["owner", "member"]
    for voice in (alice, bob):
        voice.goes()
    assert carol.asks(commands.Peek(room="den"), events.PeekDone).names == ()
    alice = Voice(alice.world, "alice")
    for name, value in (("listed", "off"), ("access", "invite")):
        sets(alice, name, value)
        assert carol.is_refused(commands.Peek(room="den")).code == "no-such-room"
        assert alice.asks(commands.Peek(room="den"), events.PeekDone).names == ("alice",)
    assert carol.is_refused(commands.Peek(room="nowhere")).code == "no-such-room"
    assert carol.is_refused(commands.Peek(room="!")).code == "bad-name"


def test_what_programs_are_told_of_all_in_a_room() -> None:
    """For its members in one answer; to others, only of the room, and not even that where not everyone enters."""
    _, alice, bob, carol = three()
    for voice, target in ((alice, "den"), (bob, "@bob"), (carol, "@carol")):
        voice.asks(commands.Metadata(target=target, act="set", key="url", value=target), events.MetadataDone)
    done = alice.asks(commands.Metadata(target="den", act="sync"), events.MetadataDone)
    assert (done.target, done.values, done.people) == ("den", {"url": "den"}, {"bob": {"url": "@bob"}})
    done = carol.asks(commands.Metadata(target="den", act="sync"), events.MetadataDone)
    assert (done.values, done.people) == ({"url": "den"}, UNSET)
    sets(alice, "access", "invite")
    for act in ("list", "sync"):
        refusal = carol.is_refused(commands.Metadata(target="den", act=act))
        assert refusal.code == "no-such-room"


def test_a_room_that_is_renamed_is_heard_under_both_names() -> None:
    """The event is the last thing under the old one; whoever is in hears what follows under the new one."""
    world, alice, bob, carol = three()
    bob.session.me.behind |= {"den"}
    done = alice.asks(commands.RenameRoom(room="DEN", name="Cave", reason="darker"), events.RenameRoomDone)
    assert (done.room, done.name) == ("den", "Cave")
    alice.asks(Say(room="cave", text="hi"), events.SayDone)
    renamed, said = bob.hears()
    assert isinstance(renamed, events.RoomRenamed)
    assert isinstance(said, events.Said)
    assert (renamed.room, renamed.name, renamed.reason) == ("den", "Cave", "darker")
    assert (said.room, said.seq) == ("Cave", renamed.seq + 1)
    assert list(bob.session.me.rooms) == ["cave"]
    assert bob.session.me.behind == {"cave"}
    assert world.hub.people() == {"Cave": 2}
    assert bob.asks(Names(room="cave"), events.NamesDone).names == ("alice", "bob")
    assert bob.is_refused(Names(room="den")).code == "not-in-room"
    assert bob.asks(Leave(room="cave"), events.LeaveDone).room == "Cave"
    assert bob.session.me.rooms == {}
    carol.asks(Join(room="den"), JoinDone)
    assert world.hub.people() == {"Cave": 1, "den": 1}


def test_a_name_is_checked_before_it_is_anybodys() -> None:
    """As when a room is made."""
    _, alice, _, _ = three()
    assert alice.is_refused(commands.RenameRoom(room="den", name="a b")).code == "bad-name"
    assert alice.is_refused(commands.RenameRoom(room="den", name="x", reason="\x1b")).code == "bad-text"
