"""A password is judged in one place, and nobody learns from how: neither who is here, nor who may not be."""

import hashlib
from typing import NamedTuple

import bcrypt
import pytest
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred

from chatd.auth.checker import AddressedPassword, IAddressedPassword, PasswordChecker, may_log_in
from chatd.auth.hashes import LONG, PLAIN, WRAPPED, Stored, cost_of, matches, store
from chatd.core.errors import Busy, StorageFull
from chatd.core.limits import Limits
from chatd.testing import CHEAPEST, PASSWORD, now
from tests.auth.doubles import Threads, done, failure_of, hashes_with

LONG_PASSWORD = "a passphrase that somebody has thought of and likes to type " * 2


class Row(NamedTuple):
    """What is stored of one account."""

    account_id: int
    status: str
    scheme: str
    hash: str


class Table:
    """Accounts by key, and what was looked up and written."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.asked: list[str] = []
        self.renewed: list[tuple[int, str, Stored]] = []
        self.refusal: Exception | None = None

    def add(self, key: str, status: str = "active", stored: Stored | None = None) -> None:
        self.rows[key] = Row(len(self.rows) + 1, status, *(stored or store(PASSWORD, CHEAPEST)))

    async def credentials(self, key: str) -> Row | None:
        self.asked.append(key)
        return self.rows.get(key)

    async def set_password(self, account_id: int, scheme: str, hash: str) -> None:
        raise AssertionError("a login sets no password")

    async def renew_password(self, account_id: int, old_hash: str, scheme: str, hash: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.renewed.append((account_id, old_hash, Stored(scheme, hash)))


class Bench:
    """A checker with three accounts."""

    def __init__(self, cost: int = CHEAPEST, limits: Limits | None = None) -> None:
        self.table = Table()
        self.threads = Threads()
        self.hashes = hashes_with(self.threads, limits, cost)
        self.checker = PasswordChecker(self.table, self.hashes)
        self.table.add("alice")
        self.table.add("mallory", "suspended")
        self.table.add("gone", "deleted")

    def judge(self, name: str, password: str = PASSWORD) -> Deferred[bytes | tuple[()]]:
        return self.checker.requestAvatarId(AddressedPassword(name, password, "192.0.2.1"))

    def costs(self) -> list[int]:
        """The cost of each hash that was checked."""
        return [cost_of(args[2].hash) for args in self.threads.works if args[0] is matches]


@pytest.fixture
def bench() -> Bench:
    """A checker with three accounts: alice, mallory (suspended) and gone (deleted)."""
    return Bench()


def test_the_right_password(bench: Bench) -> None:
    """The answer is the account's number, in digits, as cred wants it."""
    assert done(bench.checker.judge(AddressedPassword("alice", PASSWORD, "192.0.2.1"))) == 1
    answers: list[object] = []
    bench.judge("alice").addCallback(answers.append)
    assert answers == [b"1"]
    assert bench.table.renewed == []


@pytest.mark.parametrize("name", ["alice", "Alice", "ALICE", "\uff21lice", "\uff41\uff4c\uff49\uff43\uff45"])
def test_however_the_name_is_spelt(bench: Bench, name: str) -> None:
    """Capitals or wide letters: it is the same account."""
    assert done(bench.checker.judge(AddressedPassword(name, PASSWORD, "192.0.2.1"))) == 1


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("nobody-here", PASSWORD),
        ("alice", "wrong"),
        ("alice", PASSWORD + " "),
        ("alice", PASSWORD.upper()),
        ("alice", "x" * 1000),
        ("mallory", PASSWORD),
        ("mallory", "wrong"),
        ("gone", PASSWORD),
        ("", PASSWORD),
        ("no name at all", PASSWORD),
        ("root", PASSWORD),
        ("x" * 10_000, PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_every_failure_is_the_same(bench: Bench, name: str, password: str) -> None:
    """Unknown, wrong, suspended or no name: the same exception, after one look and one hash of the same cost."""
    wrong = failure_of(bench.judge(name, password))
    assert type(wrong) is UnauthorizedLogin
    assert wrong.args == ()
    assert bench.costs() == [CHEAPEST]
    assert len(bench.threads.works) == 1
    assert len(bench.table.asked) == 1


def test_a_dated_hash_is_made_anew() -> None:
    """After the operator has raised the cost, the next good login raises that of the account, and a bad one nothing."""
    bench = Bench(cost=5)
    old = bench.table.rows["alice"].hash
    failure_of(bench.judge("alice", "wrong"))
    failure_of(bench.judge("mallory"))
    assert bench.table.renewed == []
    assert now(bench.judge("alice")) == b"1"
    ((number, replaced, fresh),) = bench.table.renewed
    assert (number, replaced, fresh.scheme, cost_of(fresh.hash)) == (1, old, PLAIN, 5)
    assert matches(PASSWORD, fresh)


@pytest.mark.parametrize(("password", "scheme"), [(PASSWORD, PLAIN), (LONG_PASSWORD, LONG)])
def test_an_imported_hash_is_made_anew(bench: Bench, password: str, scheme: str) -> None:
    """After the first login nothing of the old table is left."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    wrapped = Stored(WRAPPED, bcrypt.hashpw(digest.encode(), bcrypt.gensalt(CHEAPEST)).decode())
    bench.table.add("veteran", stored=wrapped)
    assert done(bench.checker.judge(AddressedPassword("veteran", password, "x"))) == 4
    ((_, _, fresh),) = bench.table.renewed
    assert fresh.scheme == scheme
    assert matches(password, fresh)


def test_a_right_password_is_right_where_its_hash_cannot_be_renewed() -> None:
    """A full disk or a full queue does not keep anybody out for the sake of a dearer hash."""
    bench = Bench(cost=5)
    bench.table.refusal = StorageFull("The server's disk is full.")
    assert done(bench.checker.judge(AddressedPassword("alice", PASSWORD, "x"))) == 1


def test_too_many_at_once_is_not_a_failed_login(bench: Bench) -> None:
    """Who cannot be judged now is told to try again, and the account is not looked at for the wrong password."""
    bench.threads.waiting = []
    waiting = [bench.judge("alice") for _ in range(2)]
    assert isinstance(failure_of(bench.judge("alice")), Busy)
    bench.threads.let_go()
    assert [each.result for each in waiting] == [b"1", b"1"]


def test_who_leaves_meanwhile(bench: Bench) -> None:
    """The check goes on in its thread, and nothing comes of it."""
    bench.threads.waiting = []
    leaving = bench.judge("alice")
    leaving.cancel()
    failure_of(leaving)
    bench.threads.let_go()
    assert bench.table.renewed == []


@pytest.mark.parametrize(("status", "may"), [("active", True), ("suspended", False), ("deleted", False), ("", False)])
def test_who_may_log_in(status: str, may: bool) -> None:
    """Only an active account may; what is not known may not."""
    assert may_log_in(status) is may


def test_credentials() -> None:
    """They say what they are, and do not show the password to whoever prints them."""
    said = AddressedPassword("alice", PASSWORD, "192.0.2.1")
    assert IAddressedPassword.providedBy(said)
    assert not IAddressedPassword.providedBy(UsernamePassword(b"alice", b"x"))
    assert PASSWORD not in repr(said)
    with pytest.raises(AttributeError):
        said.other = 1  # type: ignore[attr-defined]
