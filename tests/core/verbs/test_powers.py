"""Powers that a session borrows: proved with the password of an account that has them, judged by its rows, noted."""

import pytest

from chatd.core import commands, events
from chatd.core.commands import Depose, Expel, Guest, Kick, Operate, Say
from chatd.core.errors import LoginFailed, NoSuchAccount, NotAllowed, NotEncrypted, TooMany
from chatd.core.events import Departed, DeposeDone, ExpelDone, GuestDone, KickDone, OperateDone, Said
from chatd.core.ports import Peer
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Gateway, Site
from chatd.testing import PASSWORD, World
from tests.core.doubles import MANY, Voice

ADMIN = Operate(name="ada", password=PASSWORD)


@pytest.fixture
def world() -> World:
    """A chatd that takes guests, with an admin, a moderator, and bob, whose room is #dev."""
    world = World(Site(autojoin="", guests=True, limits=MANY))
    for name in ("ada", "mo", "bob"):
        world.account(name)
    world.database.run("INSERT INTO account_roles VALUES (1, 'admin', 'x', 0, NULL), (2, 'moderator', 'x', 0, NULL)")
    return world


def guest(world: World, name: str = "gale", *rooms: str) -> Voice:
    """A guest, in some rooms."""
    voice = Voice(world)
    voice.asks(Guest(name=name), GuestDone)
    return voice.joins(*rooms)


def test_a_guest_has_the_powers_that_it_proves(world: World) -> None:
    """Those of the account's role, everywhere; what it says is its own all the same."""
    bob, gale = Voice(world, "bob").joins("dev"), guest(world, "gale", "dev")
    assert isinstance(gale.is_refused(Kick(room="dev", target="bob")), NotAllowed)
    assert gale.asks(ADMIN, OperateDone) == OperateDone(name="ada", role="admin")
    assert gale.session.operator is not None
    assert gale.session.operator.name == "ada"
    gale.asks(Say(room="dev", text="enough"), events.SayDone)
    assert [each.who for each in bob.hears() if isinstance(each, Said)] == ["gale"]
    gale.asks(Kick(room="dev", target="bob"), KickDone)
    for command, kind in (
        (commands.Accounts(), events.AccountsDone),
        (commands.Stats(), events.StatsDone),
        (commands.AddAccount(name="carol"), events.AccountAdded),
        (commands.Announce(text="hi"), events.AnnounceDone),
        (commands.Bans(), events.BansDone),
    ):
        gale.asks(command, kind)


def test_who_gives_them_up_has_them_no_more(world: World) -> None:
    """From the next command on; and they end with the session."""
    gale = guest(world)
    gale.asks(ADMIN, OperateDone)
    gale.asks(Depose(), DeposeDone)
    assert gale.session.operator is None
    assert isinstance(gale.is_refused(commands.Stats()), NotAllowed)
    gale.asks(ADMIN, OperateDone)
    gale.goes()
    assert gale.session.operator is None


def test_they_are_of_one_session(world: World) -> None:
    """Another device of the same account has not proved them."""
    desk, phone = Voice(world, "bob"), Voice(world, "bob")
    desk.asks(ADMIN, OperateDone)
    desk.asks(commands.Stats(), events.StatsDone)
    assert isinstance(phone.is_refused(commands.Stats()), NotAllowed)


def test_ones_own_powers_stay(world: World) -> None:
    """Whoever borrows lower ones is no less than before."""
    ada = Voice(world, "ada")
    ada.asks(Operate(name="mo", password=PASSWORD), OperateDone)
    ada.asks(commands.Stats(), events.StatsDone)


def test_they_end_with_those_of_the_account(world: World) -> None:
    """What is lent is what its owner has at that moment: not after a demotion, a suspension, or a ban."""
    gale = guest(world)
    gale.asks(ADMIN, OperateDone)
    for change in (
        "UPDATE accounts SET status = 'suspended' WHERE name = 'ada'",
        "INSERT INTO bans (effect, account_id, set_by, set_at) VALUES ('ban', 1, 'x', 0)",
        "UPDATE account_roles SET role = 'member' WHERE account_id = 1",
    ):
        gale.asks(commands.Stats(), events.StatsDone)
        world.database.run(change)
        assert isinstance(gale.is_refused(commands.Stats()), NotAllowed), change
        world.database.run("UPDATE accounts SET status = 'active'")
        world.database.run("DELETE FROM bans")


@pytest.mark.parametrize("again", [False, True])
def test_they_end_with_what_has_proved_them(world: World, again: bool) -> None:
    """Not with a new password, nor with an account that was suspended, are they there again: they are proved anew."""
    gale, ada = guest(world), Voice(world, "ada")
    gale.asks(ADMIN, OperateDone)
    if again:
        promoted = "INSERT INTO account_roles VALUES (3, 'owner', 'x', 0, NULL)"
        world.database.run(promoted)
        bob = Voice(world, "bob")
        bob.asks(commands.Suspend(name="ada"), events.SuspendDone)
        bob.asks(commands.Restore(name="ada"), events.RestoreDone)
    else:
        ada.asks(commands.Passwd(old=PASSWORD, new="another good horse"), events.PasswdDone)
    assert gale.session.operator is None
    assert isinstance(gale.is_refused(commands.Stats()), NotAllowed)


def test_what_proves_them(world: World) -> None:
    """A password of an account that has powers: nothing else, no token either; each wrong one costs a try."""
    gale = guest(world)
    token = Voice(world, "ada").asks(commands.MakeToken(label="x"), events.TokenMade).token
    for name, password in (("ada", "wrong horse"), ("nobody2", PASSWORD)):
        assert isinstance(gale.is_refused(Operate(name=name, password=password)), LoginFailed)
    assert isinstance(gale.is_refused(Operate(name="bob", password=PASSWORD)), NotAllowed)
    refusal = gale.is_refused(Operate(name="ada", password=token))
    assert isinstance(refusal, LoginFailed)
    assert refusal.tries_left == 0
    assert gale.session.operator is None


def test_guessing_is_throttled(world: World) -> None:
    """As at the door."""
    world.hub.site = world.hub.site._replace(limits=Limits(failures_per_name=2, login_tries=100))
    gale = guest(world)
    for guess in ("wrong horse", "another horse"):
        assert isinstance(gale.is_refused(Operate(name="ada", password=guess)), LoginFailed)
    assert isinstance(gale.is_refused(Operate(name="ada", password="third horse")), TooMany)


def test_no_password_crosses_a_network_in_the_clear(world: World) -> None:
    """Not this one either."""
    gale = guest(world)
    gale.session.peer = Peer("198.51.100.1", encrypted=False, private=False)
    assert isinstance(gale.is_refused(ADMIN), NotEncrypted)


def test_a_password_that_changed_meanwhile_proves_nothing(world: World) -> None:
    """It is looked at again where the powers are lent."""
    gale = guest(world)
    world.database.waiting = []
    gale.begins(ADMIN)
    world.database.run("UPDATE passwords SET changed_at = 1 WHERE account_id = 1")
    world.database.let_go()
    assert [type(each) for each in gale.hears()] == [LoginFailed]
    assert gale.session.operator is None


def test_the_log_says_whose_powers_they_were(world: World) -> None:
    """The one who acted is the actor, and the account that it proved to hold stands beside it."""
    gale = guest(world, "gale", "dev")
    gale.asks(ADMIN, OperateDone)
    gale.asks(commands.AddAccount(name="carol"), events.AccountAdded)
    gale.asks(Depose(), DeposeDone)
    log = Voice(world, "ada").asks(commands.Audit(about="ada"), events.AuditDone)
    assert [(each.actor, each.act, each.target, each.operator) for each in log.entries] == [
        ("gale", "add-account", "carol", "ada"),
        ("gale", "operate", "ada", ""),
    ]


def test_an_invitation_is_made_by_whoever_lent_the_power(world: World) -> None:
    """It is worth as much as that account's own."""
    gale = guest(world)
    gale.asks(ADMIN, OperateDone)
    code = gale.asks(commands.MakeInvitation(), events.InvitationMade).code
    gale.goes()
    world.hub.site = world.hub.site._replace(registration="invite")
    Voice(world).asks(commands.Register(name="carol", password=PASSWORD, invite=code), events.Registered)


# Putting out.


def test_who_is_put_out_is_told_why(world: World) -> None:
    """All its sessions end, the neighbours see why, it is noted, and it may come back."""
    bob, gale = Voice(world, "bob").joins("dev"), guest(world, "gale", "dev")
    ada = Voice(world, "ada")
    bob.hears()
    assert ada.asks(Expel(name="GALE", reason="noise"), ExpelDone) == ExpelDone(name="gale")
    assert [(each.code, each.why) for each in gale.ended] == [
        ("session-ended", "You were put out of this server: noise.")
    ]
    assert bob.hears() == [Departed(who="gale", at=world.now(), reason="put out by ada: noise")]
    assert world.database.rows("SELECT actor, act, target, reason FROM audit_log") == [
        ("ada", "expel", "gale", "noise")
    ]
    assert isinstance(ada.is_refused(Expel(name="gale")), NoSuchAccount)
    desk, phone = bob, Voice(world, "bob")
    ada.asks(Expel(name="bob"), ExpelDone)
    assert [len(each.ended) for each in (desk, phone)] == [1, 1]
    Voice(world, "bob")


@pytest.mark.parametrize("name", ["ada", "root1"])
def test_nobody_puts_out_whom_he_does_not_outrank(world: World, name: str) -> None:
    """Nor oneself."""
    world.account("root1")
    world.database.run("INSERT INTO account_roles VALUES (4, 'owner', 'x', 0, NULL)")
    assert isinstance(Voice(world, "ada").is_refused(Expel(name=name)), NotAllowed)


@pytest.mark.parametrize("name", ["bob", "mo"])
def test_who_may_not_put_out(world: World, name: str) -> None:
    """It takes the permission to ban from the site."""
    guest(world, "gale")
    assert isinstance(Voice(world, name).is_refused(Expel(name="gale")), NotAllowed)


# Gateways.


WEB = Gateway("web", "secret", ("192.0.2.0/24", "2001:db8::/32"))


def vouching(here: str = "192.0.2.1", private: bool = True) -> Voice:
    """A session whose peer may be a gateway."""
    world = World(Site(autojoin="", guests=True, limits=MANY, gateways=(WEB,)))
    world.account("bob")
    voice = Voice(world)
    voice.session.peer = Peer(here, encrypted=False, private=private, exempt=True, certificate="ab" * 32)
    return voice


@pytest.mark.parametrize("here", ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"])
@pytest.mark.parametrize(
    ("told", "address"), [("203.0.113.9", "203.0.113.9"), ("0::1", "::1"), ("::ffff:203.0.113.9", "203.0.113.9")]
)
def test_a_gateway_says_where_its_people_come_from(here: str, told: str, address: str) -> None:
    """And what was let pass for the gateway itself is not for these, nor is the certificate that it has shown."""
    voice = vouching(here)
    said = commands.Vouch(gateway="web", password="secret", address=told, encrypted=True)
    assert voice.asks(said, events.VouchDone) == events.VouchDone(address=address)
    assert voice.session.peer == Peer(address, encrypted=True, private=True, exempt=False)


@pytest.mark.parametrize(("private", "encrypted"), [(True, False), (False, True), (False, False)])
def test_a_line_is_as_safe_as_its_worse_half(private: bool, encrypted: bool) -> None:
    """A password that crosses one of the two in the clear is not taken."""
    voice = vouching(private=private)
    said = commands.Vouch(gateway="web", password="secret", address="203.0.113.9", encrypted=encrypted)
    voice.asks(said, events.VouchDone)
    assert isinstance(voice.is_refused(commands.Login(name="bob", password=PASSWORD)), NotEncrypted)


@pytest.mark.parametrize(
    ("here", "gateway", "password", "address"),
    [
        ("198.51.100.1", "web", "secret", "203.0.113.9"),
        ("local", "web", "secret", "203.0.113.9"),
        ("192.0.2.1", "other", "secret", "203.0.113.9"),
        ("192.0.2.1", "web", "Secret", "203.0.113.9"),
        ("192.0.2.1", "web", "", "203.0.113.9"),
        ("192.0.2.1", "web", "secret", "example.org"),
        ("192.0.2.1", "web", "secret", ""),
    ],
)
def test_who_is_no_gateway(here: str, gateway: str, password: str, address: str) -> None:
    """Nothing changes for it."""
    voice = vouching(here)
    said = commands.Vouch(gateway=gateway, password=password, address=address)
    assert isinstance(voice.is_refused(said), NotAllowed)
    assert voice.session.peer.address == here
