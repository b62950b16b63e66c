"""Who comes in is somebody, once, within bounds, by whichever spelling; who may not is told so in a fixed sentence."""

from typing import Any

import pytest
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnhandledCredentials
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from zope.interface import Interface

from chatd.auth.checker import PasswordChecker
from chatd.auth.hashes import Stored, matches
from chatd.auth.realm import Gate, IEntrance, Realm
from chatd.core.commands import Login, Passwd, Register
from chatd.core.errors import (
    BadName,
    BadPassword,
    Busy,
    LoginFailed,
    NameTaken,
    RegistrationClosed,
    StorageFull,
    TooMany,
)
from chatd.core.limits import Limits
from chatd.core.ports import Account, Entrance
from chatd.core.session import Session
from chatd.core.site import Site
from chatd.testing import CHEAPEST, PASSWORD, World, now
from tests.auth.doubles import Threads, done, failure_of, hashes_with

OTHER = "another good one"


@pytest.fixture
def world() -> World:
    """A chatd where an account may have two sessions."""
    return World(limits=Limits(sessions_per_account=2))


@pytest.fixture
def alice(world: World) -> Account:
    """An account."""
    return world.account("Alice")


def login(world: World, name: str, password: str = PASSWORD, address: str = "192.0.2.1") -> Entrance:
    """Come in with a new session."""
    return done(world.ports.gate.login(name, password, world.session(address=address)))


def register(world: World, name: str, password: str = PASSWORD, address: str = "192.0.2.1") -> Entrance:
    """Make an account and come in."""
    return done(world.ports.gate.register(name, password, None, world.session(address=address)))


# Coming in


@pytest.mark.parametrize("name", ["Alice", "alice", "ALICE", "\uff21lice"])
def test_one_account_by_every_spelling(world: World, alice: Account, name: str) -> None:
    """Who types the name in capitals, or on another keyboard, is the same person, shown as the account says."""
    entrance = login(world, name)
    assert entrance.account == alice
    assert world.hub.avatars[alice.id].account.name == "Alice"


def test_decomposed_and_composed_letters_are_one_name(world: World) -> None:
    """A Mac and a PC send different bytes for the same name."""
    world.account("Zo\u00eb")
    assert login(world, "zoe\u0308").account.name == "Zo\u00eb"


def test_coming_in_attaches_the_session(world: World, alice: Account) -> None:
    """From then on it hears what the account hears, and its address is kept."""
    session = world.session(address="192.0.2.7")
    done(world.ports.gate.login("alice", PASSWORD, session))
    assert world.hub.avatars[alice.id].sessions == (session,)
    assert session.avatar is world.hub.avatars[alice.id]
    assert world.database.rows("SELECT last_login_from FROM accounts") == [("192.0.2.7",)]


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong"), ("nobody-here", PASSWORD), ("", ""), ("root", "x")])
def test_a_failed_login(world: World, alice: Account, name: str, password: str) -> None:
    """Nothing is said but that it failed, and nobody is attached."""
    with pytest.raises(LoginFailed, match=r"^Wrong name or password\.$"):
        login(world, name, password)
    assert world.hub.avatars == {}


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_a_suspended_account(world: World, alice: Account, status: str) -> None:
    """It gets the very same refusal, with the right password too."""
    world.database.run(f"UPDATE accounts SET status = '{status}'")
    with pytest.raises(LoginFailed, match=r"^Wrong name or password\.$"):
        login(world, "alice")


def test_so_many_sessions_and_no_more(world: World, alice: Account) -> None:
    """Beyond the limit the login is refused with what to do; where one quits, there is room again."""
    sessions = [world.session() for _ in range(2)]
    for session in sessions:
        done(world.ports.gate.login("alice", PASSWORD, session))
    with pytest.raises(TooMany, match=r"logged in 2 times already\. /quit one of them first") as refused:
        login(world, "alice")
    assert refused.value.rule == "sessions"
    assert len(world.hub.avatars[alice.id].sessions) == 2
    sessions[0].close("")
    assert login(world, "alice").account == alice


def test_so_many_sessions_at_once_and_no_more(world: World, alice: Account) -> None:
    """Who logs in many times in the same moment has no more sessions for it, and loses none that ended."""
    for _ in range(2):
        world.database.waiting = []
        sessions = [world.session(address=f"192.0.2.{number}") for number in range(5)]
        coming = [Deferred.fromCoroutine(world.ports.gate.login("alice", PASSWORD, each)) for each in sessions]
        world.database.let_go()
        assert [type(failure_of(each)) for each in coming[2:]] == [TooMany] * 3
        assert world.hub.avatars[alice.id].sessions == tuple(sessions[:2])
        for session in sessions:
            session.close("")


def test_who_left_while_coming_in_takes_no_place(world: World, alice: Account) -> None:
    """A login that was broken off is not counted as a session for ever."""
    for _ in range(3):
        world.database.waiting = []
        session = world.session()
        coming = Deferred.fromCoroutine(world.ports.gate.login("alice", PASSWORD, session))
        session.close("")
        coming.cancel()
        failure_of(coming)
        world.database.let_go()
    assert login(world, "alice").account == alice


def test_the_limit_does_not_tell_strangers_who_is_here(world: World, alice: Account) -> None:
    """With a wrong password the answer is the same whether the account has all its sessions or none."""
    for _ in range(2):
        login(world, "alice")
    with pytest.raises(LoginFailed):
        login(world, "alice", "wrong")


def test_who_leaves_while_being_judged_is_not_attached(world: World, alice: Account) -> None:
    """A connection that ended meanwhile is nobody, although its login is on disk."""
    world.database.waiting = []
    session = world.session()
    coming = Deferred.fromCoroutine(world.ports.gate.login("alice", PASSWORD, session))
    session.close("gone")
    coming.cancel()
    failure_of(coming)
    world.database.let_go()
    assert world.hub.avatars == {}


def test_a_login_when_the_journal_is_full() -> None:
    """It is refused as busy, which is no failed login."""
    world = World(limits=Limits(journal_entries=1))
    world.account("alice")
    world.database.waiting = []
    for name in ("x", "y"):
        Deferred.fromCoroutine(world.accounts.create(name, "bcrypt", "x"))
    with pytest.raises(Busy):
        login(world, "alice")
    world.database.let_go()


# cred itself


class IElse(Interface):
    """Something that the realm does not know."""


def test_foreign_credentials_are_refused(world: World) -> None:
    """A checker that judges names with addresses judges nothing else."""
    portal = Portal(Realm(world.hub, world.accounts, world.now), [PasswordChecker(world.accounts, world.hashes)])
    foreign: Deferred[Any] = portal.login(UsernamePassword(b"alice", PASSWORD.encode()), world.session(), IEntrance)
    assert isinstance(failure_of(foreign), UnhandledCredentials)


@pytest.mark.parametrize(("identifier", "interfaces"), [(b"1", (IElse,)), (b"1", ()), ((), (IEntrance,))])
def test_the_realm_knows_entrances_only(world: World, identifier: Any, interfaces: tuple[type[Interface], ...]) -> None:
    """Anonymous avatars and other aspects do not exist here."""
    with pytest.raises(NotImplementedError):
        Realm(world.hub, world.accounts, world.now).requestAvatar(identifier, world.session(), *interfaces)


def test_a_mind_is_a_session(world: World) -> None:
    """What is no session cannot hear."""
    with pytest.raises(NotImplementedError):
        Realm(world.hub, world.accounts, world.now).requestAvatar(b"1", object(), IEntrance)


def test_logging_out_as_cred_does_it(world: World, alice: Account) -> None:
    """The avatar comes with the way to go."""
    session = world.session()
    aspect, entrance, leave = now(
        Realm(world.hub, world.accounts, world.now).requestAvatar(b"%d" % alice.id, session, IElse, IEntrance)
    )
    assert aspect is IEntrance
    assert isinstance(entrance, Entrance)
    assert alice.id in world.hub.avatars
    leave()
    assert (session.gone, world.hub.avatars) == (True, {})


# Registering


def test_registering(world: World) -> None:
    """The account is made as typed, its password hashed, and one is in."""
    entrance = register(world, "Bob", PASSWORD)
    assert (entrance.account.name, entrance.account.key, entrance.first) == ("Bob", "bob", True)
    ((scheme, hash),) = world.database.rows("SELECT scheme, hash FROM passwords")
    assert matches(PASSWORD, Stored(scheme, hash))
    assert entrance.account.id in world.hub.avatars
    assert login(world, "BOB").account == entrance.account


@pytest.mark.parametrize(
    ("name", "password", "refusal"),
    [
        ("Alice", PASSWORD, NameTaken),
        ("ALICE", PASSWORD, NameTaken),
        ("a1ice", PASSWORD, NameTaken),
        ("root", PASSWORD, BadName),
        ("a b", PASSWORD, BadName),
        ("bob", "short", BadPassword),
        ("bob", "qwertyuiop", BadPassword),
        ("barnabas-x", "barnabas-x", BadPassword),
    ],
)
def test_what_cannot_be_registered(
    world: World, alice: Account, name: str, password: str, refusal: type[Exception]
) -> None:
    """Each with its own refusal, before anything is hashed or counted."""
    before = world.database.rows("SELECT count(*) FROM passwords")
    for _ in range(5):
        with pytest.raises(refusal):
            register(world, name, password)
    assert world.database.rows("SELECT count(*) FROM passwords") == before
    register(world, "bob")


def test_where_an_invitation_is_needed() -> None:
    """Until there are invitations, none is known; the refusal says whom to ask."""
    world = World(Site(registration="invite"))
    with pytest.raises(RegistrationClosed, match="invitation is not known here"):
        register(world, "bob")


def test_registrations_per_address() -> None:
    """Three names an hour; whom the operator has exempted is not counted."""
    world = World()
    for name in ("bob", "carol", "dave"):
        register(world, name)
    with pytest.raises(TooMany, match="in an hour") as refused:
        register(world, "erin")
    assert refused.value.rule == "registrations per address"
    register(world, "erin", address="192.0.2.2")
    exempt = Session(world.hub, world.ports, lambda envelope: None, world.session().peer._replace(exempt=True))
    done(world.ports.gate.register("frank", PASSWORD, None, exempt))
    world.clock.advance(3600.1)
    register(world, "grace")


def test_registrations_in_all() -> None:
    """Many addresses together are bounded, until ten minutes later."""
    world = World(limits=Limits(registrations=2))
    for number, name in enumerate(("bob", "carol")):
        register(world, name, address=f"192.0.2.{number}")
    with pytest.raises(TooMany, match="Many people register just now"):
        register(world, "dave", address="192.0.2.9")
    world.clock.advance(600.1)
    register(world, "dave", address="192.0.2.9")


def test_two_register_the_same_name_at_once(world: World) -> None:
    """One of them gets it, and the other is told; there is one account."""
    threads = Threads()
    threads.waiting = []
    gate = Gate(world.hub, world.accounts, hashes_with(threads), world.now, world.clock.seconds, lambda address: None)
    both = [
        Deferred.fromCoroutine(gate.register(name, PASSWORD, None, world.session(address=address)))
        for name, address in (("Bob", "192.0.2.1"), ("BOB", "192.0.2.2"))
    ]
    threads.let_go()
    assert now(both[0]).account.name == "Bob"
    assert isinstance(failure_of(both[1]), NameTaken)
    assert world.database.rows("SELECT name FROM accounts") == [("Bob",)]


def test_no_account_on_a_full_disk(world: World, alice: Account) -> None:
    """Below the limit nobody registers, and those who have an account still come in."""
    world.database.free = 0
    with pytest.raises(StorageFull):
        register(world, "bob")
    assert login(world, "alice").account == alice


# Changing the password


def test_changing_the_password(world: World, alice: Account) -> None:
    """The new one is the password from then on, and the old one is not."""
    done(world.ports.gate.change_password(alice, PASSWORD, OTHER, world.session()))
    assert login(world, "alice", OTHER).account == alice
    with pytest.raises(LoginFailed):
        login(world, "alice", PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [("wrong", OTHER, LoginFailed), (PASSWORD, "short", BadPassword), (PASSWORD, "Alice12345", BadPassword)],
)
def test_what_does_not_change_the_password(
    world: World, alice: Account, old: str, new: str, refusal: type[Exception]
) -> None:
    """Whoever finds an unlocked terminal needs the old one; and the new one keeps the rules."""
    before = world.database.rows("SELECT hash FROM passwords")
    with pytest.raises(refusal):
        done(world.ports.gate.change_password(alice, old, new, world.session()))
    assert world.database.rows("SELECT hash FROM passwords") == before


def test_a_login_elsewhere_does_not_bring_the_old_password_back(world: World, alice: Account) -> None:
    """While a login with the old one has its hash made anew, the owner changes the password: the new one stays."""
    threads = Threads()
    dearer = hashes_with(threads, cost=CHEAPEST + 1)
    gate = Gate(world.hub, world.accounts, dearer, world.now, world.clock.seconds, lambda address: None)
    threads.waiting = []
    coming = Deferred.fromCoroutine(gate.login("alice", PASSWORD, world.session()))
    threads.let_go()  # the check; now the new hash of the old password is being made
    assert len(threads.waiting) == 1
    done(world.ports.gate.change_password(alice, PASSWORD, OTHER, world.session()))
    threads.let_go()
    now(coming)
    assert login(world, "alice", OTHER).account == alice
    with pytest.raises(LoginFailed):
        login(world, "alice", PASSWORD)


def test_secrets_are_not_shown_by_commands() -> None:
    """What may end up in a log does not hold them."""
    for command in (
        Login(name="alice", password=PASSWORD),
        Register(name="alice", password=PASSWORD),
        Passwd(old=PASSWORD, new=OTHER),
    ):
        assert PASSWORD not in repr(command)
