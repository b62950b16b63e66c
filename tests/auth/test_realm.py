"""Who has proved to be somebody is attached as cred does it: once, within bounds, and on a proof that still holds."""

from collections.abc import Callable
from typing import Any

import pytest
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnhandledCredentials
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from zope.interface import Interface

from chatd.auth.checker import Checker, Proof
from chatd.auth.realm import IEntrance, IRememberedEntrance, Realm
from chatd.auth.throttle import Throttle
from chatd.auth.tokens import make_token
from chatd.core.errors import LoginFailed
from chatd.core.ports import Account, Entrance
from chatd.core.settings.limits import Limits
from chatd.testing import World, now
from tests.auth.doubles import done, failure_of


@pytest.fixture
def world() -> World:
    """A chatd."""
    return World()


@pytest.fixture
def alice(world: World) -> Account:
    """An account."""
    return world.account("Alice")


@pytest.fixture
def realm(world: World) -> Realm:
    """The realm of this chatd."""
    return Realm(world.hub, world.accounts, world.now, lambda address: f"{address}/64")


class IElse(Interface):
    """Something that the realm does not know."""


def test_foreign_credentials_are_refused(world: World, realm: Realm) -> None:
    """A checker that judges names with addresses judges nothing else."""
    checker = Checker(world.accounts, world.hashes, Throttle(b""), Limits, world.clock, world.now)
    portal = Portal(realm, [checker])
    foreign: Deferred[Any] = portal.login(UsernamePassword(b"alice", b"x"), world.session(), IEntrance)
    assert isinstance(failure_of(foreign), UnhandledCredentials)


@pytest.mark.parametrize(("identifier", "interfaces"), [(b"[1]", (IElse,)), (b"[1]", ()), ((), (IEntrance,))])
def test_the_realm_knows_entrances_only(
    world: World, realm: Realm, identifier: Any, interfaces: tuple[type[Interface], ...]
) -> None:
    """Anonymous avatars and other aspects do not exist here."""
    with pytest.raises(NotImplementedError):
        realm.requestAvatar(identifier, world.session(), *interfaces)


def test_a_mind_is_a_session(realm: Realm) -> None:
    """What is no session cannot hear."""
    with pytest.raises(NotImplementedError):
        realm.requestAvatar(b"[1]", object(), IEntrance)


@pytest.mark.parametrize(("asked", "remembered"), [(IEntrance, False), (IRememberedEntrance, True)])
def test_as_cred_does_it(world: World, alice: Account, realm: Realm, asked: type[Interface], remembered: bool) -> None:
    """The avatar comes as the aspect that was asked for, with a token or without, and with the way to go."""
    session = world.session()
    aspect, entrance, leave = now(realm.requestAvatar(Proof(alice.id).avatar_id, session, IElse, asked))
    assert aspect is asked
    assert isinstance(entrance, Entrance)
    assert (entrance.token is not None) is remembered
    assert alice.id in world.hub.avatars
    leave()
    assert (session.gone, world.hub.avatars) == (True, {})


def test_where_one_is_known_from_now_on(world: World, alice: Account, realm: Realm) -> None:
    """It is the network that counts as one address."""
    done(realm.enter(Proof(alice.id), world.session(address="2001:db8::")))
    assert world.database.rows("SELECT account_id, address FROM known_addresses") == [(alice.id, "2001:db8::/64")]


def _change_password(world: World, account: Account) -> None:
    world.clock.advance(1)
    done(world.accounts.set_password(account.id, "bcrypt", "another"))


def _suspend(world: World, account: Account) -> None:
    world.database.run("UPDATE accounts SET status = 'suspended'")


def _nothing(world: World, account: Account) -> None:
    pass


@pytest.mark.parametrize(
    ("by_token", "meanwhile", "comes_in"),
    [
        (False, _nothing, True), (True, _nothing, True), (False, _change_password, False),
        (True, _change_password, False), (False, _suspend, False), (True, _suspend, False),
    ],
)  # fmt: skip
def test_the_proof_has_to_hold_still(
    world: World, alice: Account, realm: Realm,
    by_token: bool, meanwhile: Callable[[World, Account], None], comes_in: bool,
) -> None:  # fmt: skip
    """Who was judged right a moment before the password was changed is not in a moment after."""
    row = done(world.accounts.credentials("alice", None))
    assert row is not None
    number, _ = done(world.accounts.add_token(alice.id, make_token("app")[1], "x", ""))
    proof = Proof(alice.id, token_id=number) if by_token else Proof(alice.id, password_at=row.changed_at)
    session = world.session()
    meanwhile(world, alice)
    coming = Deferred.fromCoroutine(realm.enter(proof, session))
    if comes_in:
        assert now(coming).account == alice
    else:
        assert isinstance(failure_of(coming), LoginFailed)
        assert (world.hub.avatars, session.avatar) == ({}, None)
