"""Guests: they come without a proof, are called as they like, may become accounts, and leave but what they said."""

from typing import Any

import pytest
from msgspec.structs import replace

from chatd.core import commands, events
from chatd.core.commands import (
    Guest,
    Join,
    Leave,
    Login,
    Msg,
    Profile,
    Register,
    Rename,
    RenameRoom,
    Say,
    Set,
)
from chatd.core.errors import (
    BadName,
    BadPassword,
    LoginFailed,
    NameTaken,
    NoSuchAccount,
    NotAllowed,
    NotEncrypted,
    NotNow,
    RegistrationClosed,
    TooMany,
)
from chatd.core.events import (
    Arrived,
    Departed,
    GuestDone,
    Identified,
    JoinDone,
    Joined,
    LeaveDone,
    LoggedIn,
    MsgDone,
    NameDone,
    ProfileChanged,
    ProfileDone,
    Registered,
    Renamed,
    Said,
    SayDone,
)
from chatd.core.ports import Peer
from chatd.core.session import Phase
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.testing import PASSWORD, World
from tests.core.doubles import MANY, Voice

GUESTS = Site(autojoin="", guests=True, limits=MANY)


@pytest.fixture
def world() -> World:
    """A chatd that takes guests."""
    return World(GUESTS)


def come(world: World, name: str = "gale", *rooms: str, address: str = "192.0.2.1") -> Voice:
    """A guest, in some rooms."""
    voice = Voice(world, address=address)
    voice.asks(Guest(name=name), GuestDone)
    voice.joins(*rooms)
    voice.seen.clear()
    return voice


def rows(world: World) -> list[Any]:
    """What is stored of guests."""
    return world.database.rows("SELECT name, name_key, status FROM accounts WHERE guest = 1 ORDER BY id")


# Coming.


def test_a_guest_is_somebody_without_a_proof(world: World) -> None:
    """The answer is that of a login, with the role of a guest; no room is entered, and no token given."""
    voice = Voice(world)
    done = voice.asks(Guest(name="Gale[away]"), GuestDone)
    assert (done.name, done.role, done.rooms, done.token) == ("Gale[away]", "guest", (), None)
    assert done.settings["time"] == "off"
    assert voice.session.phase is Phase.AUTHENTICATED
    account = voice.session.me.account
    assert (account.name, account.key, account.guest) == ("Gale[away]", "gale[away]", True)


def test_a_server_takes_guests_only_if_it_says_so() -> None:
    """Without the setting they are refused, and nothing is stored."""
    world = World()
    refusal = Voice(world).is_refused(Guest(name="gale"))
    assert isinstance(refusal, NotAllowed)
    assert "takes no guests" in refusal.why
    assert world.database.rows("SELECT * FROM accounts") == []


def test_a_guest_needs_no_encrypted_line(world: World) -> None:
    """There is no password to be read on the way; becoming an account takes one."""
    voice = Voice(world)
    voice.session.peer = Peer("198.51.100.1", encrypted=False, private=False)
    voice.asks(Guest(name="gale"), GuestDone)
    assert isinstance(voice.is_refused(Register(name="gale", password=PASSWORD)), NotEncrypted)


@pytest.mark.parametrize("name", ["alice", "ALICE", "a1ice", "gale", "GALE", "ga1e"])
def test_nobody_is_called_as_somebody_else(world: World, name: str) -> None:
    """Neither as an account, here or not, nor as a guest that is here, nor so that it looks like one."""
    world.account("alice")
    come(world, "gale")
    assert isinstance(Voice(world).is_refused(Guest(name=name)), NameTaken)


@pytest.mark.parametrize("name", ["staff", "-gale", "ga le", "gale!", "x" * 33, "192.0.2.1", ""])
def test_what_nobody_can_be_called(world: World, name: str) -> None:
    """The rules are those of accounts, with what IRC allows beside."""
    assert isinstance(Voice(world).is_refused(Guest(name=name)), BadName)


def test_nobody_registers_the_name_of_a_guest_that_is_here(world: World) -> None:
    """Nor does the door ask for its password, which there is none of."""
    come(world, "gale")
    stranger = Voice(world)
    assert isinstance(stranger.is_refused(Register(name="gale", password=PASSWORD)), NameTaken)
    assert isinstance(stranger.is_refused(commands.Introduce(name="gale")), NameTaken)
    assert isinstance(stranger.is_refused(Login(name="gale", password=PASSWORD)), LoginFailed)


def test_a_banned_network_sends_no_guests(world: World) -> None:
    """A ban of the site is one for guests, too; and ends those that are here."""
    root = Voice(world, "root1")
    world.database.run("INSERT INTO account_roles VALUES (1, 'owner', 'x', 0, NULL)")
    gale = come(world, "gale", address="203.0.113.5")
    root.asks(commands.Ban(target="203.0.113.0/24"), events.BanDone)
    assert [refusal.code for refusal in gale.ended] == ["not-allowed"]
    assert isinstance(Voice(world, address="203.0.113.9").is_refused(Guest(name="gill")), NotAllowed)


def test_where_a_guest_comes_from_is_scrambled(world: World) -> None:
    """The same for the same address, another for another one, and of no use to whoever does not know the key."""
    one, two = come(world, "one", address="192.0.2.1"), come(world, "two", address="192.0.2.1")
    three = come(world, "three", address="192.0.2.2")
    hosts = [voice.session.me.host for voice in (one, two, three)]
    assert hosts[0] == hosts[1] != hosts[2]
    assert hosts[0].startswith("guest/")
    assert len(hosts[0]) == len("guest/") + 8
    assert one.session.me.mask == f"one!one@{hosts[0]}"
    other = come(World(GUESTS), "one", address="192.0.2.1")
    assert other.session.me.host != hosts[0]


def test_guests_come_and_go_with_one_write_each(world: World) -> None:
    """Whoever has a thousand of them notices."""
    voice = Voice(world)
    before = world.database.commits
    voice.asks(Guest(name="gale"), GuestDone)
    assert world.database.commits == before + 1
    voice.goes()
    assert world.database.commits == before + 2


def test_neighbours_hear_of_guests(world: World) -> None:
    """As of accounts: they join, talk, and depart."""
    bob = Voice(world, "bob").joins("dev")
    gale = come(world, "gale", "dev")
    gale.asks(Say(room="dev", text="hi"), SayDone)
    gale.goes("bye")
    assert [type(each) for each in bob.hears()] == [Joined, Said, Departed]
    host = "guest/"
    assert all(each.mask.startswith(f"gale!gale@{host}") for each in bob.envelopes[-3:])


# Going.


def test_a_guest_that_went_is_nobody(world: World) -> None:
    """Its name is free, nobody can write to it, and it is in no room."""
    bob = Voice(world, "bob").joins("dev")
    gale = come(world, "gale", "dev")
    gale.asks(Msg(to="bob", text="psst"), MsgDone)
    gale.goes()
    assert rows(world) == [("gale", "guest:2", "deleted")]
    assert isinstance(bob.is_refused(Msg(to="gale", text="hi")), NoSuchAccount)
    assert isinstance(bob.is_refused(commands.Whois(name="gale")), NoSuchAccount)
    assert world.database.rows("SELECT count(*) FROM memberships WHERE account_id = 2 AND left_seq IS NULL") == [(0,)]
    again = come(world, "gale")
    assert again.session.me.account.id == 3
    assert bob.asks(commands.Unread(), events.UnreadDone).places == ()


def test_what_a_guest_said_among_others_stays(world: World) -> None:
    """In a room of somebody else, under its name."""
    bob = Voice(world, "bob").joins("dev")
    gale = come(world, "gale", "dev")
    gale.asks(Say(room="dev", text="hi"), SayDone)
    gale.goes()
    page = bob.asks(commands.History(room="dev"), events.HistoryDone)
    assert [(each.who, each.text) for each in page.events if isinstance(each, Said)] == [("gale", "hi")]


def test_a_room_of_guests_goes_with_the_last_of_them(world: World) -> None:
    """With what was said there; who comes after makes a fresh one, and owns it."""
    one, two = come(world, "one", "den"), come(world, "two", "den")
    one.asks(Say(room="den", text="secret"), SayDone)
    one.goes()
    assert world.database.rows("SELECT name FROM rooms") == [("den",)]
    two.goes()
    for table in ("rooms", "messages", "memberships", "read_markers", "message_search"):
        assert world.database.rows(f"SELECT * FROM {table}") == [], table
    three = Voice(world)
    three.asks(Guest(name="three"), GuestDone)
    assert three.asks(Join(room="den"), JoinDone).place.seq == 1
    assert world.database.rows("SELECT role FROM memberships") == [("owner",)]


def test_a_room_of_guests_goes_when_the_last_one_leaves_it(world: World) -> None:
    """Whether it goes from the server, too, or not."""
    one = come(world, "one", "den")
    one.asks(Leave(room="den"), LeaveDone)
    assert world.database.rows("SELECT * FROM rooms") == []


def test_a_room_with_an_account_in_it_stays(world: World) -> None:
    """For as long as the account is a member, here or not."""
    gale = come(world, "gale", "den")
    bob = Voice(world, "bob").joins("den")
    bob.goes()
    gale.goes()
    assert world.database.rows("SELECT name FROM rooms") == [("den",)]
    again = Voice(world, "bob")
    again.asks(Leave(room="den"), LeaveDone)
    assert world.database.rows("SELECT * FROM rooms") == []


def test_rooms_of_guests_from_one_address(world: World) -> None:
    """However many guests there are, and whatever they are called; until the rooms are gone, or are an account's."""
    world.hub.site = GUESTS._replace(limits=replace(MANY, rooms_of_guests_per_address=2))
    gale, gill = come(world, "gale", "a"), come(world, "gill", "b")
    refusal = gill.is_refused(Join(room="c"))
    assert isinstance(refusal, TooMany)
    assert refusal.why.startswith("Guests from your address have made 2 rooms, and that is the limit. Log in, or join")
    assert refusal.rule == "rooms made by guests from one address"
    assert world.database.rows("SELECT name FROM rooms") == [("a",), ("b",)]
    gill.joins("a")
    Voice(world, "bob").joins("c", "d", "e")
    come(world, "storm", "f", address="192.0.2.2")
    gale.goes()
    assert isinstance(gill.is_refused(Join(room="g")), TooMany), "somebody is still in the room"
    gill.asks(Leave(room="a"), LeaveDone)
    gill.joins("g")
    gill.session.peer = gill.session.peer._replace(private=True)
    gill.asks(Register(name="gill", password=PASSWORD), Registered)
    come(world, "gale", "h", "i")


def test_rooms_of_guests_where_addresses_are_not_counted(world: World) -> None:
    """On this machine, and where the operator trusts an address."""
    world.hub.site = GUESTS._replace(limits=replace(MANY, rooms_of_guests_per_address=1))
    come(world, "gale", "a", "b", address="127.0.0.1")
    come(world, "gill", "c", "d", address="local")
    trusted = come(world, "storm")
    trusted.session.peer = trusted.session.peer._replace(exempt=True)
    trusted.joins("e", "f")


# The site's own room.


@pytest.fixture
def hall() -> World:
    """A chatd that takes guests, and that nobody was ever in."""
    return World(GUESTS._replace(autojoin="Hall"))


def roles(world: World) -> dict[str, str]:
    """What those are who are in a room."""
    asked = "SELECT name, role FROM memberships JOIN accounts ON accounts.id = account_id WHERE left_seq IS NULL"
    return dict(world.database.rows(asked))


def test_no_guest_owns_the_room_of_the_site(hall: World) -> None:
    """The first one is a member, as often as it comes; the room stays, and is the first account's."""
    gale = come(hall, "gale", "hall")
    assert roles(hall) == {"gale": "member"}
    gale.asks(Leave(room="hall"), LeaveDone)
    gale.joins("hall")
    assert roles(hall) == {"gale": "member"}
    gale.goes()
    assert hall.database.rows("SELECT name FROM rooms") == [("hall",)]
    come(hall, "gill", "hall")
    assert roles(hall) == {"gill": "member"}
    bob = Voice(hall)
    bob.asks(Register(name="bob", password=PASSWORD), Registered)
    assert roles(hall) == {"gill": "member", "bob": "owner"}
    Voice(hall).asks(Register(name="carol", password=PASSWORD), Registered)
    bob.asks(Leave(room="hall"), LeaveDone)
    Voice(hall).asks(Register(name="dave", password=PASSWORD), Registered)
    assert roles(hall) == {"gill": "member", "carol": "member", "dave": "member"}, "it waits for its owner"
    bob.joins("hall")
    assert roles(hall)["bob"] == "owner"


def test_the_room_of_a_guest_becomes_the_room_of_the_site(hall: World) -> None:
    """It is the guest's for as long as it is there, and then the next account's."""
    gale = come(hall, "gale", "den")
    hall.hub.site = hall.hub.site._replace(autojoin="den")
    Voice(hall, "bob")
    assert roles(hall) == {"gale": "owner", "bob": "member"}
    gale.goes()
    Voice(hall, "carol")
    assert roles(hall) == {"bob": "member", "carol": "owner"}
    for name in ("bob", "carol"):
        Voice(hall, name).asks(Leave(room="den"), LeaveDone)
    assert hall.database.rows("SELECT name FROM rooms") == [("den",)]


def test_no_guest_makes_another_room_the_room_of_the_site(hall: World) -> None:
    """Nor one that would keep it from being made; an account may."""
    gale = come(hall, "gale", "den")
    for refusal in (
        gale.is_refused(RenameRoom(room="den", name="HALL")), gale.is_refused(RenameRoom(room="den", name="ha11")),
        gale.is_refused(Join(room="ha11")),
    ):  # fmt: skip
        assert isinstance(refusal, NameTaken)
        assert "which is this server's own" in refusal.why
    gale.joins("hall")
    assert hall.database.rows("SELECT name FROM rooms") == [("den",), ("hall",)]


def test_an_account_that_makes_the_room_of_the_site_owns_it(hall: World) -> None:
    """As ever; guests that come are members."""
    Voice(hall, "bob")
    come(hall, "gale", "hall")
    assert roles(hall) == {"bob": "owner", "gale": "member"}


def test_a_guest_that_could_not_be_retired_is_so_later(world: World) -> None:
    """With whoever comes or goes next: a name is not lost to a moment in which the server was busy."""
    gale = come(world, "gale")
    world.hub.site = world.hub.site._replace(limits=Limits(journal_entries=0))
    gale.goes()
    world.hub.site = GUESTS
    assert rows(world) == [("gale", "gale", "active")]
    come(world, "gale")
    assert rows(world) == [("gale", "guest:1", "deleted"), ("gale", "gale", "active")]


def test_who_leaves_while_it_comes_is_no_guest(world: World) -> None:
    """Its row is retired, although it never was here."""
    world.database.waiting = []
    voice = Voice(world)
    voice.begins(Guest(name="gale"))
    voice.goes()
    world.database.let_go()
    assert rows(world) == [("gale", "guest:1", "deleted")]
    assert world.hub.here("gale") is None


# Being called otherwise.


def test_a_guest_takes_another_name(world: World) -> None:
    """Its neighbours hear so, with the mask of before, and it does itself; and it is found under the new one."""
    bob, gale = Voice(world, "bob").joins("dev"), come(world, "gale", "dev")
    bob.hears()
    mask = gale.session.me.mask
    assert gale.asks(Rename(name="Storm_"), NameDone).name == "Storm_"
    happened = Renamed(who="gale", name="Storm_", at=world.now())
    assert bob.hears() == [happened]
    assert gale.hears() == [happened, NameDone(name="Storm_")]
    assert bob.envelopes[-1].mask == mask
    assert world.hub.here("gale") is None
    assert world.hub.here("storm_") is gale.session.avatar
    assert gale.session.me.mask.startswith("Storm_!gale@guest/")
    gale.asks(Say(room="dev", text="hi"), SayDone)
    assert [each.who for each in bob.hears() if isinstance(each, Said)] == ["Storm_"]
    bob.asks(Msg(to="storm_", text="psst"), MsgDone)
    assert [each.room for each in gale.hears() if isinstance(each, Said)] == ["dev", "@bob"]
    gale.goes()
    assert rows(world) == [("Storm_", "guest:2", "deleted")]


@pytest.mark.parametrize("name", ["GALE", "Gale", "ga1e"])
def test_a_guest_may_write_its_name_otherwise(world: World, name: str) -> None:
    """Its own name is in nobody's way."""
    gale = come(world, "gale")
    assert gale.asks(Rename(name=name), NameDone).name == name
    assert gale.session.me.account.name == name


@pytest.mark.parametrize(
    ("name", "kind"), [("bob", NameTaken), ("b0b", NameTaken), ("gill", NameTaken), ("staff", BadName)]
)
def test_a_guest_takes_nobodys_name(world: World, name: str, kind: type[Exception]) -> None:
    """Nor one that looks like it."""
    world.account("bob")
    come(world, "gill")
    gale = come(world, "gale")
    assert isinstance(gale.is_refused(Rename(name=name)), kind)
    assert gale.session.me.account.name == "gale"


def test_the_same_name_is_no_news(world: World) -> None:
    """Nobody hears that nothing has changed."""
    gale = come(world, "gale")
    gale.asks(Rename(name="gale"), NameDone)
    assert gale.hears() == [NameDone(name="gale")]


def test_an_account_is_called_what_it_is_called(world: World) -> None:
    """Its name is not the session's to change."""
    refusal = Voice(world, "bob").is_refused(Rename(name="bobby"))
    assert isinstance(refusal, NotAllowed)
    assert refusal.rule == "a logged-in account's name is its nick"


# A profile.


def test_a_profile_is_shown(world: World) -> None:
    """Who shares a room hears of another name in full, and of nothing else; what is left out stays."""
    bob, gale = Voice(world, "bob").joins("dev"), come(world, "gale", "dev")
    bob.hears()
    assert gale.asks(Profile(user="~g", real="Gale Storm", bot=True), ProfileDone) == ProfileDone(
        user="~g", real="Gale Storm", bot=True
    )
    changed = ProfileChanged(who="gale", at=world.now(), real="Gale Storm")
    assert bob.hears() == [changed]
    assert gale.hears()[0] == changed
    assert gale.asks(Profile(user="g"), ProfileDone) == ProfileDone(user="g", real="Gale Storm", bot=True)
    assert bob.hears() == []
    assert gale.session.me.mask.startswith("gale!g@guest/")


@pytest.mark.parametrize("user", ["", "a b", "a@b", "a!b", "*", "x" * 33])
def test_a_user_name_stands_in_a_mask(world: World, user: str) -> None:
    """So it holds nothing that a mask is cut at."""
    assert isinstance(come(world).is_refused(Profile(user=user)), BadName)


def test_who_is_muted_has_no_other_name_in_full(world: World) -> None:
    """It would be a line to everybody."""
    bob = Voice(world, "bob").joins("dev")
    gale = come(world, "gale", "dev")
    bob.asks(commands.Mute(room="dev", target="gale"), events.MuteDone)
    assert isinstance(gale.is_refused(Profile(real="Look at me")), NotAllowed)
    gale.asks(Profile(user="g"), ProfileDone)


@pytest.mark.parametrize("mask", [None, "gale!*@*", "*!*@guest/*"])
def test_who_is_muted_is_called_as_before(world: World, mask: str | None) -> None:
    """Another name would be a line to everybody, and the way out of a mask; nor is anything else told of it then."""
    bob = Voice(world, "bob").joins("dev")
    gale = come(world, "gale", "dev")
    if mask is None:
        bob.asks(commands.Mute(room="dev", target="gale"), events.MuteDone)
    else:
        bob.asks(commands.Mask(room="dev", list="mute", mask=mask), events.MaskDone)
    bob.hears()
    for said in (
        commands.Rename(name="storm"), Profile(real="Look at me"), commands.Away(text="Look at me"),
        commands.Metadata(target="@gale", act="set", key="status", value="Look at me"),
    ):  # fmt: skip
        refusal = gale.is_refused(said)
        assert isinstance(refusal, NotAllowed)
        assert refusal.rule == "a mute"
    gale.asks(commands.Rename(name="gale"), events.NameDone)
    gale.asks(commands.Leave(room="dev"), events.LeaveDone)
    gale.asks(commands.Quit(reason="Look at me"), events.QuitDone)
    assert "Look at me" not in str([bob.hears()])
    if mask is not None:
        assert gale.session.reason == "Look at me", "nobody hears it, and it is muted nowhere where it is"


def test_a_profile_that_was_said_before(world: World) -> None:
    """It holds from the first moment on, on the first connection; of who is muted, not the name in full."""
    said = Profile(user="g", real="Gale Storm", invisible=True)
    world.account("bob")
    for name in ("bob", "gale"):
        voice = Voice(world)
        assert voice.asks(said, ProfileDone) == ProfileDone(user="g", real="Gale Storm", bot=False)
        login = Guest(name="gale") if name == "gale" else Login(name=name, password=PASSWORD)
        voice.asks(login, GuestDone if name == "gale" else LoggedIn)
        me = voice.session.me
        assert (me.user, me.real, me.bot, me.invisible) == ("g", "Gale Storm", False, True)
        assert not any(isinstance(each, ProfileChanged) for each in voice.hears())
    assert isinstance(Voice(world).is_refused(Profile(user="a b")), BadName)


def test_who_is_muted_comes_in_without_a_name_in_full(world: World) -> None:
    """Saying it before makes no difference."""
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    alice.asks(commands.Mute(room="dev", target="bob"), events.MuteDone)
    bob.goes()
    again = Voice(world)
    again.asks(Profile(user="g", real="Look at me"), ProfileDone)
    again.asks(Login(name="bob", password=PASSWORD), LoggedIn)
    assert (again.session.me.user, again.session.me.real) == ("g", "bob")


def test_an_account_has_a_profile_of_its_own(world: World) -> None:
    """Before it says anything, what is known of it."""
    bob = Voice(world, "Bob")
    me = bob.session.me
    assert (me.mask, me.real, me.bot) == ("Bob!bob@user/Bob", "Bob", False)


# Becoming an account.


def test_a_guest_becomes_an_account(world: World) -> None:
    """Of the same name and number, in the same rooms; the neighbours hear so, with the mask of before."""
    bob, gale = Voice(world, "bob").joins("dev"), come(world, "Gale", "dev")
    bob.hears()
    mask, number = gale.session.me.mask, gale.session.me.account.id
    done = gale.asks(Register(name="GALE", password=PASSWORD, remember=True), Registered)
    assert (done.name, done.role, [room.room for room in done.rooms]) == ("Gale", "member", ["dev"])
    assert done.token is not None
    assert bob.hears() == [Identified(who="Gale", at=world.now())]
    assert bob.envelopes[-1].mask == mask
    me = gale.session.me
    assert (me.account.id, me.account.guest, me.host) == (number, False, "user/Gale")
    gale.goes()
    back = Voice(world)
    assert [room.room for room in back.asks(Login(name="gale", password=PASSWORD), LoggedIn).rooms] == ["dev"]
    assert Voice(world).asks(Login(token=done.token), LoggedIn).name == "Gale"


def test_a_guest_registers_its_own_name_only(world: World) -> None:
    """And one that an account can have."""
    gale = come(world, "gale")
    refusal = gale.is_refused(Register(name="gill", password=PASSWORD))
    assert isinstance(refusal, NotAllowed)
    odd = come(world, "[odd]")
    assert isinstance(odd.is_refused(Register(name="[odd]", password=PASSWORD)), BadName)
    assert isinstance(gale.is_refused(Register(name="gale", password="short")), BadPassword)


def test_registering_is_what_it_is_for_strangers() -> None:
    """Closed, by invitation, and counted."""
    world = World(GUESTS._replace(registration="closed"))
    gale = come(world, "gale")
    assert isinstance(gale.is_refused(Register(name="gale", password=PASSWORD)), RegistrationClosed)
    world.hub.site = GUESTS._replace(registration="invite")
    assert isinstance(gale.is_refused(Register(name="gale", password=PASSWORD)), RegistrationClosed)
    world.hub.site = GUESTS._replace(limits=Limits(registrations_per_address=1))
    gale.asks(Register(name="gale", password=PASSWORD), Registered)
    assert isinstance(come(world, "gill").is_refused(Register(name="gill", password=PASSWORD)), TooMany)


def test_an_account_registers_and_logs_in_no_more(world: World) -> None:
    """Those are for guests and strangers."""
    bob = Voice(world, "bob")
    gale = come(world, "gale")
    gale.asks(Register(name="gale", password=PASSWORD), Registered)
    for voice in (bob, gale):
        assert isinstance(voice.is_refused(Register(name="gill", password=PASSWORD)), NotNow)
        assert isinstance(voice.is_refused(Login(name="bob", password=PASSWORD)), NotNow)


def test_who_leaves_while_it_registers_is_an_account_or_none(world: World) -> None:
    """Whichever is stored first holds."""
    gale = come(world, "gale")
    world.database.waiting = []
    gale.begins(Register(name="gale", password=PASSWORD))
    gale.goes()
    world.database.let_go()
    assert world.database.rows("SELECT name, guest, status FROM accounts") == [("gale", 0, "active")]
    assert Voice(world).asks(Login(name="gale", password=PASSWORD), LoggedIn).name == "gale"


def test_a_guest_logs_in(world: World) -> None:
    """It departs as the guest, and is the account, in the rooms of the account."""
    bob = Voice(world, "bob").joins("dev", "ops")
    carol = Voice(world, "carol").joins("ops")
    carol.goes()
    gale = come(world, "gale", "dev", "den")
    bob.hears()
    done = gale.asks(Login(name="carol", password=PASSWORD), LoggedIn)
    assert (done.name, [room.room for room in done.rooms]) == ("carol", ["ops"])
    assert bob.hears() == [
        Departed(who="gale", at=world.now(), reason="logged in as carol"),
        Arrived(who="carol", at=world.now()),
    ]
    assert gale.session.me.account.name == "carol"
    assert world.hub.here("gale") is None
    assert rows(world) == [("gale", "guest:3", "deleted")]
    assert world.database.rows("SELECT name FROM rooms ORDER BY id") == [("dev",), ("ops",)]


def test_a_guest_that_proves_nothing_stays_one(world: World) -> None:
    """A wrong password costs a try, and nothing else."""
    world.account("carol")
    gale = come(world, "gale", "den")
    refusal = gale.is_refused(Login(name="carol", password="wrong horse"))
    assert isinstance(refusal, LoginFailed)
    assert refusal.tries_left == 2
    assert gale.session.me.account.name == "gale"
    gale.asks(Say(room="den", text="still here"), SayDone)


# What guests cannot.


@pytest.mark.parametrize(
    "command",
    [
        commands.MakeToken(label="x"), commands.AddCertificate(label="x"), commands.Export(),
        commands.Erase(password=PASSWORD),
        commands.Claim(code="0000-0000-0000-0000"), commands.Passwd(old=PASSWORD, new="another horse"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_guest_has_no_account(world: World, command: commands.Command) -> None:
    """What an account has or ends, a guest has not."""
    refusal = come(world).is_refused(command)
    assert isinstance(refusal, NotAllowed)
    assert refusal.rule == "guests have no account"


def test_the_settings_of_a_guest_last_as_long_as_it_does(world: World) -> None:
    """They hold, and are stored nowhere."""
    gale = come(world)
    before = world.database.commits
    assert gale.asks(Set(name="time", value="on"), events.SetDone).settings["time"] == "on"
    assert world.database.commits == before


@pytest.mark.parametrize(
    "command",
    [
        commands.GrantRole(name="gale", role="admin"), commands.ResetPassword(name="gale"),
        commands.RenameAccount(name="gale", shown="GALE"), commands.Suspend(name="gale"),
    ],
    ids=repr,
)  # fmt: skip
def test_nobody_makes_a_guest_last(world: World, command: commands.Command) -> None:
    """Not even the owner: neither role nor password nor anything else outlives the connection."""
    root = Voice(world, "root1")
    world.database.run("INSERT INTO account_roles VALUES (1, 'owner', 'x', 0, NULL)")
    come(world, "gale")
    assert isinstance(root.is_refused(command), NotAllowed)


def test_whois_says_that_it_is_a_guest(world: World) -> None:
    """Whoever asks knows that nothing was proved."""
    come(world, "gale")
    assert Voice(world, "bob").asks(commands.Whois(name="gale"), events.WhoisDone).role == "guest"
