"""
Whoever measures learns no names: how long a refusal takes says nothing about whether there is such an account.

It is measured at the gate, without sockets, since their noise would only hide what there is; and as an exempt peer,
for whom refusals are not kept back until a set time, since that would hide it too. bcrypt is cheap here, a hundredth
of what it costs at a real site, so that whatever else differs weighs a hundred times as much.
"""

import time

import pytest
from twisted.internet.defer import Deferred

from chatd.core.commands import Login
from chatd.core.errors import LoginFailed
from chatd.core.session import Session
from chatd.testing import PASSWORD, World
from tests.auth.doubles import failure_of

ATTEMPTS = 400
ROUNDS = 3  # of 400 attempts each: one round alone is beyond 0.55 by mere chance one time in twelve
COST = 6
INDISTINGUISHABLE = 0.55
PEOPLE = 40
SECRETS = ("a wrong password", "a passphrase that is longer than what bcrypt reads " * 2, "x")


@pytest.fixture
def world() -> World:
    """A chatd with some people, of whom one is suspended."""
    world = World()
    world.hashes.cost = COST
    for number in range(PEOPLE):
        world.account(f"person{number}")
    world.database.run("UPDATE accounts SET status = 'suspended' WHERE id = 1")
    return world


def exempt(world: World) -> Session:
    """A session of a peer that is trusted."""
    session = world.session()
    session.peer = session.peer._replace(exempt=True)
    return session


def refused_after(world: World, session: Session, name: str, password: str) -> float:
    """How many seconds it takes to be refused."""
    said = Login(name=name, password=password)
    begun = time.perf_counter()
    refused = failure_of(Deferred.fromCoroutine(world.ports.gate.login(said, session)))
    taken = time.perf_counter() - begun
    assert isinstance(refused, LoginFailed)
    return taken


def auc(some: list[float], others: list[float]) -> float:
    """How well two samples can be told apart: 0.5 is not at all, 1 is always, whichever is the longer one."""
    ranks = sorted([(each, True) for each in some] + [(each, False) for each in others])
    above = sum(rank for rank, (_, is_some) in enumerate(ranks, 1) if is_some) - len(some) * (len(some) + 1) / 2
    area = above / (len(some) * len(others))
    return max(area, 1 - area)


def test_the_measure() -> None:
    """It finds what there is to find."""
    assert auc([1, 2, 3], [4, 5, 6]) == auc([4, 5, 6], [1, 2, 3]) == 1
    assert auc([1, 4, 5, 8], [2, 3, 6, 7]) == 0.5
    assert auc([n + 0.3 * 100 for n in range(100)], [float(n) for n in range(100)]) > INDISTINGUISHABLE


def test_unknown_and_wrong_take_as_long(world: World) -> None:
    """400 attempts, one with a name that nobody has and one with a name that somebody has, in turn; three times."""
    session = exempt(world)
    unknown: list[float] = []
    wrong: list[float] = []
    for number in range(ATTEMPTS * ROUNDS // 2):
        secret = SECRETS[number % len(SECRETS)]
        unknown.append(refused_after(world, session, f"nobody{number % PEOPLE}", secret))
        wrong.append(refused_after(world, session, f"person{number % PEOPLE}", secret))
    assert auc(unknown, wrong) <= INDISTINGUISHABLE


def test_identical_bytes(world: World) -> None:
    """Wrong, unknown and suspended look the same to a program, and come at the same time."""
    heard = set()
    for number, (name, password) in enumerate((("person7", "wrong"), ("nobody", "wrong"), ("person0", PASSWORD))):
        program = world.connect(f"192.0.2.{number}")
        program.sends(do="login", name=name, password=password)
        world.clock.advance(0.99)
        assert program.received() == b""
        world.clock.advance(0.02)
        heard.add(program.received())
    (refusal,) = heard
    assert b"Wrong name or password." in refusal
