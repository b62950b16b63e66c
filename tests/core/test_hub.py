"""The hub: who is here, who hears what, and that nothing stays when everybody has gone."""

from collections.abc import Callable

import pytest

from chatd.core.commands import (
    Away,
    Ban,
    Command,
    Guest,
    Ignore,
    Invite,
    Join,
    Kick,
    Leave,
    Look,
    Msg,
    Mute,
    Ping,
    Profile,
    Quit,
    Relay,
    Rename,
    RoomSet,
    Say,
    Switch,
    Topic,
    Undo,
    Unignore,
)
from chatd.core.errors import NotInRoom, SessionEnded
from chatd.core.events import (
    Announced,
    Arrived,
    AwayChanged,
    AwayDone,
    BanDone,
    Banned,
    Departed,
    GuestDone,
    IgnoreDone,
    Invited,
    InviteDone,
    JoinDone,
    Joined,
    KickDone,
    Kicked,
    LeaveDone,
    Left,
    LetIn,
    LookDone,
    MsgDone,
    Muted,
    MuteDone,
    NameDone,
    Offline,
    Online,
    ProfileChanged,
    ProfileDone,
    Renamed,
    RoomSetDone,
    Said,
    SayDone,
    SwitchDone,
    TopicChanged,
    TopicDone,
    UndoDone,
    UnignoreDone,
)
from chatd.core.ports import Expulsion
from chatd.core.settings.site import Site
from chatd.testing import PASSWORD, World, now
from tests.core.doubles import MANY, Voice, alone


def talking(*names: str) -> tuple[World, list[Voice]]:
    """Some people who know one another from one room."""
    world = alone()
    voices = [Voice(world, name).joins("dev") for name in names]
    for voice in voices:
        voice.hears()
    return world, voices


def test_what_is_said_is_heard_by_members_only() -> None:
    """A line in a room reaches those who are in it, and nobody else."""
    world, (alice, bob) = talking("alice", "bob")
    carol = Voice(world, "carol").joins("ops")
    bob.asks(Say(room="dev", text="hi"), SayDone)
    assert [type(each) for each in alice.hears()] == [Said]
    assert carol.hears() == []


def test_presence_is_of_accounts_not_of_connections() -> None:
    """A second device does not make one arrive twice, and one that goes does not make one depart."""
    world, (alice, bob) = talking("alice", "bob")
    phone = Voice(world, "bob")
    assert alice.hears() == []
    bob.goes()
    assert alice.hears() == []
    assert world.hub.here("bob") is not None
    phone.goes("battery")
    assert alice.hears() == [Departed(who="bob", at=world.now(), reason="battery")]
    assert world.hub.here("bob") is None
    Voice(world, "bob")
    assert alice.hears() == [Arrived(who="bob", at=world.now())]


def test_only_neighbours_hear_of_coming_and_going_and_once() -> None:
    """Whoever shares two rooms with somebody hears once that they came; whoever shares none hears nothing."""
    world, (alice, bob) = talking("alice", "bob")
    carol = Voice(world, "carol").joins("ops")
    for each in (alice, bob):
        each.joins("printers")
    alice.hears()
    bob.goes()
    assert [type(each) for each in alice.hears()] == [Departed]
    assert carol.hears() == []


def test_members_that_went_are_still_members() -> None:
    """To go offline is not to leave: coming back, one is in the same rooms, at once."""
    world, (alice, bob) = talking("alice", "bob")
    bob.goes()
    assert alice.session.avatar is not None
    assert world.hub.people() == {"dev": 1}
    bob = Voice(world, "bob")
    alice.asks(Say(room="dev", text="back?"), SayDone)
    assert [type(each) for each in bob.hears()] == [Said]


def test_topics_seqs_and_names_are_those_of_the_last_commit() -> None:
    """The picture in memory is what a new member is shown."""
    world, (alice, bob) = talking("alice", "bob")
    alice.asks(Topic(room="dev", text="Printers"), TopicDone)
    assert bob.hears() == [TopicChanged(room="dev", seq=3, who="alice", at=world.now(), topic="Printers")]
    assert alice.session.avatar is not None
    room = alice.session.avatar.rooms["dev"]
    assert (room.topic, room.seq, len(room.members)) == ("Printers", 3, 2)
    carol = Voice(world, "carol")
    place = carol.asks(Join(room="DEV"), JoinDone).place
    assert (place.room, place.topic, place.seq) == ("dev", "Printers", 4)


def test_the_one_who_leaves_hears_of_it_and_then_no_more() -> None:
    """One's own leaving is the last thing that one hears of a room."""
    _, (alice, bob) = talking("alice", "bob")
    bob.asks(Leave(room="dev", reason="lunch"), LeaveDone)
    assert [type(each) for each in bob.hears()] == [Left, LeaveDone]
    left = alice.hears()[0]
    assert isinstance(left, Left)
    assert (left.who, left.reason) == ("bob", "lunch")
    alice.asks(Say(room="dev", text="gone?"), SayDone)
    assert bob.hears() == []


def test_a_direct_line_is_heard_by_the_two_and_named_for_each() -> None:
    """Both sides see the conversation under the name of the other one; nobody else sees it."""
    _, (alice, bob, carol) = talking("alice", "bob", "carol")
    alice.asks(Msg(to="BOB", text="psst"), MsgDone)
    heard, own = bob.hears()[0], alice.hears()[0]
    assert isinstance(heard, Said)
    assert isinstance(own, Said)
    assert (heard.room, own.room, heard.seq, own.seq) == ("@alice", "@bob", 1, 1)
    assert carol.hears() == []


def test_everyone_hears_what_is_told_to_all() -> None:
    """A word from the operators reaches every session of everybody, and the crowd is known."""
    world, (alice, bob) = talking("alice", "bob")
    phone = Voice(world, "bob")
    alice.hears()
    word = Announced(text="Back in a minute", at=1)
    world.hub.tell_all(word)
    assert alice.hears() == bob.hears() == phone.hears() == [word]
    assert alice.envelopes[-1].crowd == 2


def test_the_crowd_of_an_arrival_is_that_of_the_smallest_room_shared() -> None:
    """Who shares a quiet room with somebody hears of the coming, however many are in another room."""
    world = alone()
    crowd = [Voice(world, f"c{number}").joins("big") for number in range(35)]
    friend = Voice(world, "friend").joins("big", "small")
    bob = Voice(world, "bob").joins("big", "small")
    bob.goes()
    assert friend.envelopes[-1].event == Departed(who="bob", at=world.now(), reason="")
    assert friend.envelopes[-1].crowd == 1
    assert crowd[0].envelopes[-1].crowd == 36


def test_nothing_is_held_for_those_who_went() -> None:
    """A server that everybody left holds no rooms and no people."""
    world, voices = talking("alice", "bob")
    voices[0].asks(Msg(to="bob", text="bye"), MsgDone)
    phone = Voice(world, "bob")
    for each in (*voices, phone):
        each.goes()
    hub = world.hub
    assert (hub.rooms, hub.avatars, hub.here("bob")) == ({}, {}, None)
    assert hub._numbers == {}


def test_a_room_whose_last_one_left_is_not_held_but_is_there() -> None:
    """An empty room costs no memory; whoever enters finds its topic and its count go on."""
    world, (alice,) = talking("alice")
    alice.asks(Topic(room="dev", text="x"), TopicDone)
    alice.asks(Leave(room="dev"), LeaveDone)
    assert world.hub.rooms == {}
    place = alice.asks(Join(room="dev"), JoinDone).place
    assert (place.topic, place.seq) == ("x", 4)


def test_closing_twice_changes_nothing() -> None:
    """A connection that ends in two ways at once is gone once."""
    world, (alice, bob) = talking("alice", "bob")
    bob.goes("one")
    bob.goes("two")
    assert alice.hears() == [Departed(who="bob", at=world.now(), reason="one")]


def test_what_was_joined_on_one_device_is_heard_on_the_other() -> None:
    """Rooms belong to the account: the phone hears the room that the desk entered."""
    world, (alice, _bob) = talking("alice", "bob")
    phone = Voice(world, "alice")
    alice.asks(Join(room="ops"), JoinDone)
    assert [type(each) for each in phone.hears()] == [Joined]
    phone.asks(Say(room="ops", text="here too"), SayDone)
    assert Said in map(type, alice.hears())


# Power.


def test_whoever_is_kicked_hears_of_it_and_then_no_more() -> None:
    """The kick is the last that one hears of the room, on every device; the others hear it, too, and go on."""
    _, (alice, bob, carol) = talking("alice", "bob", "carol")
    phone = Voice(alice.world, "bob")
    for each in (alice, carol):
        each.hears()
    alice.asks(Kick(room="dev", target="BOB", reason="shouting"), KickDone)
    alice.asks(Say(room="dev", text="gone?"), SayDone)
    for each in (bob, phone):
        (kicked,) = each.hears()
        assert isinstance(kicked, Kicked)
        assert (kicked.who, kicked.target, kicked.reason) == ("alice", "bob", "shouting")
        assert each.session.me.rooms == {}
    assert [type(each) for each in carol.hears()] == [Kicked, Said]
    bob.joins("dev")


def test_who_may_invite_hears_whom_others_invite() -> None:
    """Once each, the one who invites not at all; of guests those who may invite themselves."""
    world = World(Site(autojoin="", guests=True, limits=MANY))
    alice, bob = (Voice(world, name).joins("dev") for name in ("alice", "bob"))
    carol, gus = Voice(world, "carol"), Voice(world)
    gus.asks(Guest(name="gus"), GuestDone)
    gus.joins("dev")
    for each in (alice, bob, gus):
        each.hears()
    alice.asks(Invite(room="dev", name="carol"), InviteDone)
    told = LetIn(room="dev", who="alice", name="carol", at=world.now())
    assert [bob.hears(), gus.hears()] == [[told], [told]]
    assert [type(each) for each in alice.hears()] == [InviteDone]
    assert [type(each) for each in carol.hears()] == [Invited]
    alice.asks(RoomSet(room="dev", name="access", value="invite"), RoomSetDone)
    for each in (bob, gus):
        each.hears()
    alice.asks(Invite(room="dev", name="carol"), InviteDone)
    assert [bob.hears(), gus.hears()] == [[told], []]


def test_what_waits_for_a_commit_is_not_heard_by_whoever_is_kicked_in_it() -> None:
    """A line behind the kick in the same commit is not for whoever was kicked."""
    world, (alice, bob) = talking("alice", "bob")
    phone = Voice(world, "alice")
    world.database.waiting = []
    alice.begins(Kick(room="dev", target="bob"))
    phone.begins(Say(room="dev", text="behind it"))
    bob.begins(Say(room="dev", text="too late"))
    world.database.let_go()
    assert [type(each) for each in bob.hears()] == [Kicked, NotInRoom]
    assert [getattr(each, "text", "") for each in phone.hears()] == ["", "behind it", ""]


def test_a_ban_ends_hearing_and_a_mute_does_not() -> None:
    """Whoever is banned is out; whoever is muted listens."""
    _, (alice, bob, carol) = talking("alice", "bob", "carol")
    alice.asks(Ban(room="dev", target="bob", reason="spam"), BanDone)
    alice.asks(Mute(room="dev", target="carol"), MuteDone)
    alice.asks(Say(room="dev", text="quiet"), SayDone)
    assert [type(each) for each in bob.hears()] == [Banned]
    assert [type(each) for each in carol.hears()] == [Banned, Muted, Said]
    assert bob.is_refused(Join(room="dev")).rule == "ban"
    assert carol.is_refused(Say(room="dev", text="x")).rule == "mute"


def test_a_ban_of_somebody_who_is_not_here_changes_nothing_for_those_who_are() -> None:
    """The room hears of it; nobody else goes."""
    world, (alice, bob) = talking("alice", "bob")
    bob.goes()
    alice.hears()
    alice.asks(Ban(room="dev", target="bob"), BanDone)
    assert [type(each) for each in alice.hears()] == [Banned, BanDone]
    assert world.hub.people() == {"dev": 1}


def test_sessions_are_ended_by_account_or_by_network() -> None:
    """Each is told why, and is nobody then; the others notice no more than that somebody went."""
    world, (alice, bob) = talking("alice", "bob")
    phone, tablet = Voice(world, "bob", address="2001:db8::7"), Voice(world, "bob", address="::ffff:198.51.100.9")
    why = SessionEnded("x")
    world.hub.expel(Expulsion(why, network="198.51.100.0/24"))
    assert (bob.ended, phone.ended, tablet.ended) == ([], [], [why])
    world.hub.expel(Expulsion(why, network="2001:db8::/32"))
    assert (bob.ended, phone.ended) == ([], [why])
    world.hub.expel(Expulsion(why, account=bob.session.me.account.id))
    assert bob.ended == [why]
    world.hub.expel(Expulsion(why, account=4711))
    assert alice.ended == []
    assert [type(each) for each in alice.hears()] == [Departed]


def test_the_session_that_orders_may_stay() -> None:
    """Whoever gives up an account from one device still reads the answer there."""
    world, (alice,) = talking("alice")
    phone = Voice(world, "alice", address="not an address")
    expulsion = Expulsion(SessionEnded("x"), account=alice.session.me.account.id, keep=True)
    world.hub.expel(expulsion, alice.session)
    assert (alice.ended, len(phone.ended)) == ([], 1)
    world.hub.expel(expulsion._replace(keep=False), alice.session)
    assert len(alice.ended) == 1


def test_sessions_are_ended_by_their_token() -> None:
    """Those of the account that came with it; no other ones, and not the one that orders it."""
    world, (alice,) = talking("alice")
    phone, tablet = Voice(world, "alice"), Voice(world, "alice")
    bob = Voice(world, "bob")
    alice.session.came_by = phone.session.came_by = bob.session.came_by = 7
    expulsion = Expulsion(SessionEnded("x"), account=alice.session.me.account.id, keep=True, token=7)
    world.hub.expel(expulsion, alice.session)
    assert [len(each.ended) for each in (alice, phone, tablet, bob)] == [0, 1, 0, 0]


def test_away_is_told_to_neighbours_once() -> None:
    """Who shares a room hears that somebody is away, and why, and that they are back; the same again is no news."""
    world, (alice, bob) = talking("alice", "bob")
    carol = Voice(world, "carol").joins("ops")
    avatar, at = bob.session.me, world.now()
    for text in ("lunch", "lunch", None, None):
        world.hub.set_away(avatar, text, at)
    assert alice.hears() == [AwayChanged(who="bob", at=at, text="lunch"), AwayChanged(who="bob", at=at, text=None)]
    assert bob.hears() == carol.hears() == []


def test_whoever_is_ignored_is_not_heard_but_seen() -> None:
    """Lines in rooms and direct ones are kept away on every device; coming and going, topics and orders are not."""
    world, (alice, bob) = talking("alice", "bob")
    phone = Voice(world, "alice")
    alice.asks(Ignore(name="bob"), IgnoreDone)
    alice.hears()
    bob.hears()
    bob.asks(Say(room="dev", text="hi"), SayDone)
    bob.asks(Msg(to="alice", text="psst"), MsgDone)
    assert alice.hears() == phone.hears() == []
    bob.asks(Topic(room="dev", text="x"), TopicDone)
    assert [type(each) for each in phone.hears()] == [TopicChanged]
    assert Said in map(type, bob.hears())
    again = Voice(world, "alice")
    bob.asks(Say(room="dev", text="still here"), SayDone)
    assert again.hears() == []
    alice.asks(Unignore(name="bob"), UnignoreDone)
    again.hears()
    bob.asks(Say(room="dev", text="and now?"), SayDone)
    assert [getattr(each, "text", "") for each in again.hears()] == ["and now?"]


def test_an_event_says_how_irc_writes_whom_it_is_of() -> None:
    """The mask is found once, and is that of the actor, or of the one who came or went, whoever ordered it."""
    _, (alice, bob) = talking("alice", "bob")
    bob.asks(Say(room="dev", text="hi"), SayDone)
    alice.asks(Topic(room="dev", text="printers"), TopicDone)
    alice.asks(Kick(room="dev", target="bob"), KickDone)
    alice.asks(Undo(), UndoDone)
    bob.asks(Msg(to="alice", text="psst"), MsgDone)
    alice.envelopes[:] = alice.envelopes[-5:]
    assert [(type(each.event), each.mask) for each in alice.envelopes] == [
        (Said, "bob!bob@user/bob"),
        (TopicChanged, "alice!alice@user/alice"),
        (Kicked, "alice!alice@user/alice"),
        (Joined, "bob!bob@user/bob"),
        (Said, "bob!bob@user/bob"),
    ]


def later(world: World) -> list[Callable[[], None]]:
    """What the hub puts off from here on."""
    put_off: list[Callable[[], None]] = []
    world.hub._soon = world.hub._rounds._soon = put_off.append
    return put_off


def test_those_who_go_at_once_are_not_told_of_each_other() -> None:
    """Once the turn is over, those who are still here are told; and of one who is back sooner, before that."""
    world = alone()
    watcher, stays, *others = (Voice(world, name) for name in ("dora", "alice", "bob", "carol"))
    for each in (stays, *others):
        each.joins("dev")
    world.hub.watches.begin(watcher.session, "bob")
    for each in (stays, *others):
        each.hears()
    put_off = later(world)
    for each in others:
        each.goes()
    assert (stays.hears(), watcher.hears(), len(put_off)) == ([], [], 1)
    Voice(world, "carol")
    at = world.now()
    assert stays.hears() == [Departed(who="carol", at=at, reason=""), Arrived(who="carol", at=at)]
    put_off.pop()()
    assert (stays.hears(), watcher.hears()) == ([Departed(who="bob", at=at, reason="")], [Offline(who="bob", at=at)])
    assert put_off == []


@pytest.mark.parametrize(
    "command",
    [
        Ping(settled=True),
        Away(text="tea"),
        Profile(user="b", real="Bob"),
        Relay(to="dev", kind="tag", tags={"+typing": "active"}),
        Topic(room="dev", text="new"),
        Leave(room="dev"),
        Join(room="ops"),
        Quit(),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_line_is_heard_before_what_happens_after_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by those of a crowd who were to hear it in a later turn; nobody hears it twice."""
    world, (alice, bob, *crowd) = talking("alice", "bob", "carol", "dora")
    crowd[0].joins("ops")
    for each in (bob, *crowd):
        each.hears()
    monkeypatch.setattr("chatd.core.room.HEARD_AT_ONCE", 1)
    put_off = later(world)
    alice.asks(Say(room="dev", text="hi"), SayDone)
    late = [each for each in crowd if not each.seen]
    assert len(late) == 1
    now(bob.begins(command))
    if isinstance(command, Quit):
        bob.goes()
    assert type(late[0].hears()[0]) is Said
    for turn in put_off:
        turn()
    assert not any(isinstance(each, Said) for one in crowd for each in one.hears()[1:])


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (Quit(), []),
        (Look(room="dev"), []),
        (Look(room="dev", recent=5), ["hi"]),
        (Join(room="dev", recent=5), ["hi"]),
    ],
)
def test_whoever_asks_has_heard_before(command: Command, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the answer comes what was said before, though it was to be heard in a later turn; and not after it."""
    world, (alice, bob, carol) = talking("alice", "bob", "carol")
    monkeypatch.setattr("chatd.core.room.HEARD_AT_ONCE", 1)
    put_off = later(world)
    alice.asks(Say(room="dev", text="hi"), SayDone)
    late = next(each for each in (bob, carol) if not each.seen)
    now(late.begins(command))
    assert type(late.seen[0]) is Said
    answer = late.seen[-1]
    if isinstance(answer, (LookDone, JoinDone)):
        assert [each.text for each in answer.place.recent or () if isinstance(each, Said)] == shown
    for turn in put_off:
        turn()
    assert len([each for each in late.seen if isinstance(each, Said)]) == 1


def test_whoever_is_put_out_has_heard_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said before comes before the word that ends the session."""
    world, (alice, bob, carol) = talking("alice", "bob", "carol")
    monkeypatch.setattr("chatd.core.room.HEARD_AT_ONCE", 1)
    later(world)
    alice.asks(Say(room="dev", text="hi"), SayDone)
    late = next(each for each in (bob, carol) if not each.seen)
    account = late.session.me.account.id
    heard: list[int] = []
    late.session.end = lambda refusal: heard.append(len(late.seen))
    world.hub.expel(Expulsion(SessionEnded("Good-bye."), account=account))
    assert heard == [1]


def test_who_becomes_somebody_else_does_not_hear_itself_depart() -> None:
    """In a room where both accounts are, the session hears neither of them."""
    world = alone()
    Voice(world, "bob").joins("dev")
    carol, alice = Voice(world, "carol").joins("dev"), Voice(world, "alice").joins("dev")
    put_off = later(world)
    carol.hears()
    alice.asks(Switch(name="bob", password=PASSWORD), SwitchDone)
    assert [type(each) for each in alice.hears()] == [SwitchDone]
    assert carol.hears() == [Departed(who="alice", at=world.now(), reason="logged in as bob")]
    for tell in put_off:
        tell()
    assert (alice.hears(), carol.hears()) == ([], [])


def test_many_departures_are_told_in_several_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each turn so many that it does not grow long; each is told once, in the order in which they went."""
    monkeypatch.setattr("chatd.core.hub.TOLD_AT_ONCE", 4)
    world = alone()
    stays, *others = (Voice(world, name) for name in ("alice", "bob", "carol", "dave"))
    for each in (stays, *others):
        each.joins("dev")
    stays.hears()
    put_off = later(world)
    for each in others:
        each.goes()
    told = []
    while put_off:
        put_off.pop()()
        told.append([event.who for event in stays.hears() if isinstance(event, Departed)])
    assert told == [["bob", "carol"], ["dave"]]


def test_a_name_that_is_taken_again_was_left_before() -> None:
    """Whoever takes the name of a guest that went is told of after it."""
    world = World(Site(autojoin="", guests=True))
    alice, gale, storm = Voice(world, "alice"), Voice(world), Voice(world)
    gale.asks(Guest(name="gale"), GuestDone)
    storm.asks(Guest(name="storm"), GuestDone)
    for each in (alice, gale, storm):
        each.joins("dev")
    alice.hears()
    put_off = later(world)
    gale.goes()
    storm.asks(Rename(name="gale"), NameDone)
    assert [type(each) for each in alice.hears()] == [Departed, Renamed]
    put_off.pop()()
    assert alice.hears() == []


def test_who_watches_for_somebody_hears_of_it() -> None:
    """Of the first connection and of the last one, whether they share a room or not; until it watches no more."""
    world = alone()
    world.account("bob")
    alice = Voice(world, "alice")
    world.hub.watches.begin(alice.session, "bob")
    world.hub.watches.begin(alice.session, "bob")
    desk = Voice(world, "bob")
    assert alice.hears() == [Online(who="bob", at=world.now())]
    assert alice.envelopes[-1].mask == "bob!bob@user/bob"
    phone = Voice(world, "bob")
    desk.goes()
    assert alice.hears() == []
    phone.goes()
    assert alice.hears() == [Offline(who="bob", at=world.now())]
    assert alice.envelopes[-1].mask == "bob!bob@user/bob"
    world.hub.watches.end(alice.session, "carol")
    world.hub.watches.end(alice.session, "bob")
    Voice(world, "bob")
    assert alice.hears() == []


def test_who_watches_hears_what_neighbours_hear() -> None:
    """Of being away and of another name in full: once, though they share a room."""
    world = alone()
    alice, bob = Voice(world, "alice"), Voice(world, "bob")
    world.hub.watches.begin(alice.session, "bob")
    bob.asks(Away(text="tea"), AwayDone)
    bob.asks(Profile(real="Bob B"), ProfileDone)
    away, changed = alice.hears()
    assert away == AwayChanged(who="bob", at=world.now(), text="tea")
    assert changed == ProfileChanged(who="bob", at=world.now(), real="Bob B")
    alice.joins("dev")
    bob.joins("dev")
    alice.hears()
    bob.asks(Away(), AwayDone)
    assert alice.hears() == [AwayChanged(who="bob", at=world.now(), text=None)]
    world.hub.watches.begin(bob.session, "bob")
    bob.hears()
    bob.asks(Profile(real="Bob"), ProfileDone)
    assert [type(each) for each in bob.hears()].count(ProfileChanged) == 1


def test_who_goes_watches_for_nobody() -> None:
    """Nothing is kept of it."""
    world = alone()
    alice = Voice(world, "alice")
    for name in ("bob", "carol"):
        world.hub.watches.begin(alice.session, name)
    alice.goes()
    assert len(world.hub.watches) == 0
    alice = Voice(world, "alice")
    for name in ("bob", "carol"):
        world.hub.watches.begin(alice.session, name)
    world.hub.watches.end(alice.session)
    assert len(world.hub.watches) == 0


def test_a_guest_that_is_called_otherwise_came_and_went() -> None:
    """For those who watch for one of the names; capitals alone make no other one of it."""
    world = World(Site(autojoin="", guests=True))
    alice, gale = Voice(world, "alice"), Voice(world)
    gale.asks(Guest(name="gale"), GuestDone)
    for name in ("gale", "storm"):
        world.hub.watches.begin(alice.session, name)
    gale.asks(Rename(name="GALE"), NameDone)
    assert alice.hears() == []
    gale.asks(Rename(name="storm"), NameDone)
    assert alice.hears() == [Offline(who="GALE", at=world.now()), Online(who="storm", at=world.now())]


def test_who_was_here_is_remembered() -> None:
    """The last thousand who went, and what guests were called before; the last one at the end."""
    world = World(Site(autojoin="", guests=True))
    bob, gale = Voice(world, "bob"), Voice(world)
    gale.asks(Guest(name="gale"), GuestDone)
    gale.asks(Rename(name="storm"), NameDone)
    gale.asks(Profile(user="g", real="Gale Storm"), ProfileDone)
    host = gale.session.me.host
    gale.goes()
    bob.goes()
    at = world.now()
    assert list(world.hub.past) == [
        ("gale", "gale", host, "gale", at),
        ("storm", "g", host, "Gale Storm", at),
        ("bob", "bob", "user/bob", "bob", at),
    ]
    assert world.hub.past.maxlen == 1000
