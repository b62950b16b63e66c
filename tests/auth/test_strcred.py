"""Other Twisted programs let in whom chatd would let in, call each by one name, and learn no more than that."""

from typing import Any

import pytest
from twisted.cred.credentials import IUsernamePassword, UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred

from chatd.auth.checker import Checker
from chatd.auth.strcred import PlainChecker
from chatd.auth.throttle import Throttle
from chatd.auth.tokens import make_token
from chatd.core.ports import Account
from chatd.core.settings.limits import Limits
from chatd.testing import PASSWORD, World, now
from tests.auth.doubles import done, failure_of


class Bench:
    """A checker for other programs, over a chatd with one account."""

    def __init__(self) -> None:
        self.world = world = World()
        self.limits = Limits(failures_of_strangers=5)
        checker = Checker(world.accounts, world.hashes, Throttle(b""), lambda: self.limits, world.clock, world.now)
        self.checker = PlainChecker(checker, world.accounts)
        self.alice: Account = world.account("Alice")

    def judge(self, name: Any, password: Any) -> Deferred[Any]:
        judging = self.checker.requestAvatarId(UsernamePassword(name, password))
        self.world.clock.advance(15)
        return judging


@pytest.fixture
def bench() -> Bench:
    """A checker for other programs."""
    return Bench()


@pytest.mark.parametrize(
    ("name", "avatar_id"), [("alice", "alice"), ("ALICE", "alice"), (b"alice", b"alice"), (b"Alice", b"alice")]
)
def test_one_name_of_the_type_that_was_used(bench: Bench, name: str | bytes, avatar_id: str | bytes) -> None:
    """However it is typed, it is one person's home; ftp speaks of people in text, conch and mail in bytes."""
    for password in (PASSWORD, PASSWORD.encode()):
        assert now(bench.judge(name, password)) == avatar_id


def test_an_app_token(bench: Bench) -> None:
    """A program that stores what it logs in with needs no password."""
    token, hash = make_token("app")
    done(bench.world.accounts.add_token(bench.alice.id, hash, "ftp", ""))
    assert now(bench.judge(b"alice", token.encode())) == b"alice"
    bench.world.database.run("UPDATE tokens SET revoked_at = 1")
    assert isinstance(failure_of(bench.judge(b"alice", token.encode())), UnauthorizedLogin)


@pytest.mark.parametrize(
    ("name", "password"),
    [("alice", "wrong"), ("bob", PASSWORD), ("", ""), (b"\xff\xfe", PASSWORD), (b"alice", b"\xff"), ("a/../b", "x")],
)
def test_what_is_wrong(bench: Bench, name: str | bytes, password: str | bytes) -> None:
    """It is all the same, and no fault."""
    assert type(failure_of(bench.judge(name, password))) is UnauthorizedLogin


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts SET status = 'suspended'",
        "INSERT INTO bans (effect, account_id, set_by, set_at) VALUES ('ban', 1, 'olga', 1)",
    ],
)
def test_who_may_not_come_to_chatd(bench: Bench, change: str) -> None:
    """A suspended or banned account does not come in anywhere."""
    bench.world.database.run(change)
    assert type(failure_of(bench.judge("alice", PASSWORD))) is UnauthorizedLogin


def test_guessing(bench: Bench) -> None:
    """It is bounded here too, and told in the only words that these programs know."""
    wrong = [bench.checker.requestAvatarId(UsernamePassword(b"alice", b"guess %d" % number)) for number in range(5)]
    bench.world.clock.advance(1)
    assert all(type(failure_of(each)) is UnauthorizedLogin for each in wrong)
    assert type(failure_of(bench.judge("alice", PASSWORD))) is UnauthorizedLogin
    assert bench.world.database.rows("SELECT * FROM known_addresses") == []


def test_what_it_judges() -> None:
    """Names with passwords, as every program of Twisted's has them."""
    assert PlainChecker.credentialInterfaces == (IUsernamePassword,)
