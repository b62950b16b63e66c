"""A password is judged in one place, and nobody learns from how: neither who is here, nor who may not be."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import bcrypt
import pytest
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from chatd.auth.checker import AddressedSecret, Checker, IAddressedSecret, Proof, ShownCertificate, may_log_in
from chatd.auth.hashes import LONG, PLAIN, WRAPPED, Stored, cost_of, matches, store
from chatd.auth.throttle import Throttle
from chatd.auth.tokens import hash_token, make_token
from chatd.core.errors import Busy, StorageFull, TooMany
from chatd.core.settings.limits import Limits
from chatd.testing import BEGINNING, CHEAPEST, PASSWORD, now
from tests.auth.doubles import Threads, failure_of, hashes_with

LONG_PASSWORD = "a passphrase that somebody has thought of and likes to type " * 2
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
CHANGED = 7


class Row(NamedTuple):
    """What is stored of one account."""

    account_id: int
    status: str
    scheme: str
    hash: str
    changed_at: int = CHANGED
    known: bool = False


class TokenRow(NamedTuple):
    """What is stored of one token."""

    id: int
    account_id: int
    key: str
    status: str


class Table:
    """
    Accounts by key, and what was looked up and written.

    @ivar known: Where each is known.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.tokens: dict[bytes, TokenRow] = {}
        self.certificates: dict[bytes, TokenRow] = {}
        self.known: set[tuple[str, str | None]] = set()
        self.asked: list[str | bytes] = []
        self.renewed: list[tuple[int, str, Stored]] = []
        self.refusal: Exception | None = None

    def add(self, key: str, status: str = "active", stored: Stored | None = None) -> None:
        self.rows[key] = Row(len(self.rows) + 1, status, *(stored or store(PASSWORD, CHEAPEST)))

    def add_token(self, key: str) -> str:
        token, hash = make_token("app")
        row = self.rows[key]
        self.tokens[hash] = TokenRow(70 + len(self.tokens), row.account_id, key, row.status)
        return token

    async def credentials(self, key: str, source: str | None) -> Row | None:
        self.asked.append(key)
        row = self.rows.get(key)
        return None if row is None else row._replace(known=(key, source) in self.known)

    async def token(self, hash: bytes) -> TokenRow | None:
        self.asked.append(hash)
        return self.tokens.get(hash)

    async def certificate(self, fingerprint: bytes) -> TokenRow | None:
        self.asked.append(fingerprint)
        return self.certificates.get(fingerprint)

    async def renew_password(self, account_id: int, old_hash: str, scheme: str, hash: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.renewed.append((account_id, old_hash, Stored(scheme, hash)))


class Bench:
    """A checker with three accounts. Who is refused is told so when it is time to: C{judge} lets it pass."""

    def __init__(self, cost: int = CHEAPEST, limits: Limits | None = None) -> None:
        self.table = Table()
        self.threads = Threads()
        self.clock = Clock()
        self.limits = limits or Limits()
        self.hashes = hashes_with(self.threads, limits, cost)
        self.checker = Checker(
            self.table, self.hashes, Throttle(b"pepper"), lambda: self.limits, self.clock, self.now,
            lambda address: address.removesuffix("/64"), self.table.renew_password,
        )  # fmt: skip
        self.table.add("alice")
        self.table.add("mallory", "suspended")
        self.table.add("gone", "deleted")
        self.waited = 0.0

    def now(self) -> int:
        return BEGINNING + int(self.clock.seconds() * 1000)

    def begin(
        self, name: str, secret: str = PASSWORD, address: str | None = HOME, exempt: bool = False
    ) -> Deferred[Proof]:
        """Somebody who says to be an account."""
        return Deferred.fromCoroutine(self.checker.judge(AddressedSecret(name, secret, address, exempt)))

    def judge(
        self, name: str, secret: str = PASSWORD, address: str | None = HOME, exempt: bool = False
    ) -> Deferred[Proof]:
        """The same, when the answer has come; C{waited} says after how many seconds."""
        judging = self.begin(name, secret, address, exempt)
        begun = self.clock.seconds()
        while not judging.called and self.clock.getDelayedCalls():
            self.clock.advance(0.5)
        self.waited = self.clock.seconds() - begun
        return judging

    def proves(self, name: str, secret: str = PASSWORD, address: str | None = HOME) -> Proof:
        """What comes of something right, which is not kept waiting."""
        judging = self.begin(name, secret, address)
        assert not self.clock.getDelayedCalls()
        results: list[Proof] = []
        judging.addCallback(results.append)
        return results[0]

    def refused(
        self, name: str, secret: str = PASSWORD, address: str | None = HOME, exempt: bool = False
    ) -> BaseException:
        """How something wrong is refused."""
        return failure_of(self.judge(name, secret, address, exempt))

    def storm(self, claims: Iterable[tuple[str, str, str]]) -> None:
        """Many at once who are all refused: name, secret and address of each."""
        judging = [self.begin(*claim) for claim in claims]
        self.clock.advance(self.limits.failure_delay_most)
        for each in judging:
            failure_of(each)

    def costs(self) -> list[int]:
        """The cost of each hash that was checked."""
        return [cost_of(args[2].hash) for args in self.threads.works if args[0] is matches]


@pytest.fixture
def bench() -> Bench:
    """A checker with three accounts: alice, mallory (suspended) and gone (deleted)."""
    return Bench()


def test_the_right_password(bench: Bench) -> None:
    """The answer is the account's number, and since when that is its password."""
    assert bench.proves("alice") == Proof(1, password_at=CHANGED)
    answers: list[object] = []
    bench.checker.requestAvatarId(AddressedSecret("alice", PASSWORD, HOME)).addCallback(answers.append)
    assert answers == [Proof(1, password_at=CHANGED).avatar_id]
    assert bench.table.renewed == []


@pytest.mark.parametrize("proof", [Proof(1), Proof(2, token_id=3), Proof(4, password_at=BEGINNING)])
def test_a_proof_is_an_avatar_id(proof: Proof) -> None:
    """cred wants bytes, and what is in them comes out again."""
    assert isinstance(proof.avatar_id, bytes)
    assert Proof.of(proof.avatar_id) == proof


@pytest.mark.parametrize("name", ["alice", "Alice", "ALICE", "\uff21lice", "\uff41\uff4c\uff49\uff43\uff45"])
def test_however_the_name_is_spelt(bench: Bench, name: str) -> None:
    """Capitals or wide letters: it is the same account."""
    assert bench.proves(name).account_id == 1


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
    """Unknown, wrong, suspended or no name: the same exception, after one look, one hash, and the same time."""
    wrong = bench.refused(name, password)
    assert type(wrong) is UnauthorizedLogin
    assert wrong.args == ()
    assert bench.costs() == [CHEAPEST]
    assert len(bench.threads.works) == 1
    assert len(bench.table.asked) == 1
    assert bench.waited == 1


def test_a_dated_hash_is_made_anew() -> None:
    """After the operator has raised the cost, the next good login raises that of the account, and a bad one nothing."""
    bench = Bench(cost=5)
    old = bench.table.rows["alice"].hash
    bench.refused("alice", "wrong")
    bench.refused("mallory")
    assert bench.table.renewed == []
    assert bench.proves("alice").account_id == 1
    ((number, replaced, fresh),) = bench.table.renewed
    assert (number, replaced, fresh.scheme, cost_of(fresh.hash)) == (1, old, PLAIN, 5)
    assert matches(PASSWORD, fresh)


def test_a_hash_is_not_made_anew_where_it_cannot_be_stored() -> None:
    """A program that only reads does no work for nothing."""
    bench = Bench(cost=5)
    bench.checker._renew_password = None
    assert bench.proves("alice").account_id == 1
    assert (bench.table.renewed, len(bench.threads.works)) == ([], 1)


@pytest.mark.parametrize(("password", "scheme"), [(PASSWORD, PLAIN), (LONG_PASSWORD, LONG)])
def test_an_imported_hash_is_made_anew(bench: Bench, password: str, scheme: str) -> None:
    """After the first login nothing of the old table is left."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    wrapped = Stored(WRAPPED, bcrypt.hashpw(digest.encode(), bcrypt.gensalt(CHEAPEST)).decode())
    bench.table.add("veteran", stored=wrapped)
    assert bench.proves("veteran", password).account_id == 4
    ((_, _, fresh),) = bench.table.renewed
    assert fresh.scheme == scheme
    assert matches(password, fresh)


def test_a_right_password_is_right_where_its_hash_cannot_be_renewed() -> None:
    """A full disk or a full queue does not keep anybody out for the sake of a dearer hash."""
    bench = Bench(cost=5)
    bench.table.refusal = StorageFull("The server's disk is full.")
    assert bench.proves("alice").account_id == 1


def test_too_many_at_once_is_not_a_failed_login(bench: Bench) -> None:
    """Who cannot be judged now is told so at once, and that is counted as nothing."""
    bench.threads.waiting = []
    waiting = [bench.begin("alice") for _ in range(2)]
    for _ in range(30):
        assert isinstance(failure_of(bench.begin("alice", f"guess {_}")), Busy)
    bench.threads.let_go()
    assert all(each.called for each in waiting)
    bench.threads.waiting = None
    bench.refused("alice", "wrong")
    assert bench.waited == 1


def test_who_leaves_meanwhile(bench: Bench) -> None:
    """The check goes on in its thread, nothing comes of it, and it was a guess: hanging up hides none."""
    bench.threads.waiting = []
    for number in range(5):
        leaving = bench.begin("alice", f"guess {number}")
        leaving.cancel()
        assert isinstance(failure_of(leaving), CancelledError)
        bench.threads.let_go()
    bench.threads.waiting = None
    assert bench.table.renewed == []
    assert isinstance(bench.refused("alice"), TooMany)


def test_who_leaves_before_the_answer(bench: Bench) -> None:
    """Nothing is left that would answer nobody, and the guess is counted all the same."""
    for number in range(5):
        leaving = bench.begin("alice", f"guess {number}")
        assert bench.clock.getDelayedCalls()
        leaving.cancel()
        assert isinstance(failure_of(leaving), CancelledError)
        assert not bench.clock.getDelayedCalls()
    assert isinstance(bench.refused("alice"), TooMany)


# The throttle


def test_each_failure_waits_longer(bench: Bench) -> None:
    """From one address, whatever the names; from another one, it begins anew; a right password never waits."""
    waited: list[float] = []
    for name in ("alice", "bob", "alice", "carol", "alice", "dave"):
        bench.refused(name, f"guess {len(waited)}")
        waited.append(bench.waited)
    assert waited == [1, 2, 4, 8, 15, 15]
    bench.refused("alice", "x", ELSEWHERE)
    assert bench.waited == 1
    bench.proves("alice")


def test_how_long_judging_takes_does_not_show(bench: Bench) -> None:
    """The answer comes at its time after the question, and not after the work."""
    bench.threads.waiting = []
    judging = bench.begin("alice", "wrong")
    bench.clock.advance(0.7)
    bench.threads.let_go()
    bench.clock.advance(0.29)
    assert not judging.called
    bench.clock.advance(0.02)
    assert isinstance(failure_of(judging), UnauthorizedLogin)


@pytest.mark.parametrize("name", ["alice", "nobody-here", "mallory"])
def test_beyond_the_limit_nothing_is_hashed(bench: Bench, name: str) -> None:
    """After five failures the sixth is refused unseen, right or wrong, in the same words for whoever does not exist."""
    for number in range(5):
        assert isinstance(bench.refused(name, f"guess {number}"), UnauthorizedLogin)
    done = len(bench.threads.works)
    for password in (PASSWORD, "guess 5", "guess 1"):
        wrong = bench.refused(name, password)
        assert isinstance(wrong, TooMany)
        assert wrong.why.startswith("Too many logins with that name have failed. Try again in ")
        assert wrong.rule == "failed logins per name"
        assert bench.waited == 15
    assert len(bench.threads.works) == done


def test_until_when_is_said(bench: Bench) -> None:
    """By the clock on the wall, so that a program can wait so long and no longer."""
    bench.storm(("alice", f"guess {number}", HOME) for number in range(5))
    bench.clock.advance(85)
    wrong = bench.refused("alice", "guess 5")
    assert isinstance(wrong, TooMany)
    assert wrong.until == BEGINNING + 600_000
    bench.clock.advance(600 - bench.clock.seconds())
    bench.proves("alice")


def test_addresses_are_counted_as_networks(bench: Bench) -> None:
    """Whoever has many addresses of one network has one."""
    for number in range(5):
        bench.refused("alice", f"guess {number}", "2001:db8::" + "/64" * (number % 2))
    assert isinstance(bench.refused("alice", "x", "2001:db8::"), TooMany)


def test_nobody_is_locked_out(bench: Bench) -> None:
    """Where the account is known it comes in, whatever others did there, or with its name elsewhere."""
    bench.table.known = {("alice", HOME)}
    bench.storm((f"name{number}", "x", HOME) for number in range(25))
    bench.storm(("alice", "x", f"stranger {number}") for number in range(120))
    assert isinstance(bench.refused("bob"), TooMany)
    assert isinstance(bench.refused("alice", PASSWORD, ELSEWHERE), TooMany)
    assert bench.proves("alice").account_id == 1


def test_who_is_known_where_does_not_show(bench: Bench) -> None:
    """Where strangers are refused unseen, a wrong password hears the same after the same time if it was looked at."""
    bench.table.known = {("alice", HOME)}
    told = []
    for name in ("alice", "bob"):
        bench.limits = Limits(failures_per_name=5)
        for number in range(30):
            wrong = bench.refused(name, f"{name} {number}")
            told.append((type(wrong), str(wrong), bench.waited))
        bench.clock.advance(600)
    assert told[:30] == told[30:]
    assert told[-1][0] is TooMany


def test_a_success_forgives(bench: Bench) -> None:
    """Who mistypes now and then is not made to wait for it the next day."""
    for _ in range(5):
        for number in range(4):
            bench.refused("alice", f"guess {number}")
        bench.proves("alice")
    bench.refused("alice", "x")
    assert bench.waited == 1


def test_whom_the_operator_trusts(bench: Bench) -> None:
    """Neither counted nor kept waiting, and no better for it than wrong."""
    for number in range(30):
        assert isinstance(bench.refused("alice", f"guess {number}", exempt=True), UnauthorizedLogin)
        assert bench.waited == 0
    assert bench.proves("alice").account_id == 1


def test_without_an_address(bench: Bench) -> None:
    """Another program's people have no address here: the strangers' bound holds, and each failure waits a second."""
    bench.limits = Limits(failures_of_strangers=6)
    for number in range(6):
        assert isinstance(bench.refused("alice", f"guess {number}", None), UnauthorizedLogin)
        assert bench.waited == 1
    assert isinstance(bench.refused("alice", PASSWORD, None), TooMany)


# Tokens


@pytest.mark.parametrize("name", ["", "alice", "ALICE"])
def test_a_token_in_place_of_the_password(bench: Bench, name: str) -> None:
    """With the name or alone; nothing is hashed slowly."""
    token = bench.table.add_token("alice")
    assert bench.proves(name, token) == Proof(1, token_id=70)
    assert bench.threads.works == []


@pytest.mark.parametrize("name", ["bob", "mallory", "root", "x" * 100])
def test_a_token_of_somebody_else(bench: Bench, name: str) -> None:
    """It is as wrong as any other."""
    token = bench.table.add_token("alice")
    assert type(bench.refused(name, token)) is UnauthorizedLogin


@pytest.mark.parametrize("name", ["mallory", "gone", ""])
def test_a_token_of_a_suspended_account(bench: Bench, name: str) -> None:
    """It is worth nothing, in the same words."""
    token = bench.table.add_token(name or "mallory")
    assert type(bench.refused(name, token)) is UnauthorizedLogin


def test_wrong_tokens_are_throttled(bench: Bench) -> None:
    """As wrong passwords are, with no hash; and a right one always comes in."""
    right = bench.table.add_token("alice")
    wrong = [make_token("app")[0] for _ in range(6)]
    waited = []
    for token in wrong[:5]:
        assert isinstance(bench.refused("", token), UnauthorizedLogin)
        waited.append(bench.waited)
    assert waited == [1, 2, 4, 8, 15]
    assert isinstance(bench.refused("", wrong[5]), TooMany)
    assert bench.threads.works == []
    assert bench.proves("", right).token_id == 70
    for number in range(30):
        bench.refused(f"name{number}", "x")
    assert bench.proves("alice", right).token_id == 70


def test_wrong_tokens_keep_nobody_out(bench: Bench) -> None:
    """They do not count against the name that they came with."""
    for number in range(150):
        bench.refused("alice", make_token("app")[0], f"stranger {number}")
    assert bench.proves("alice", PASSWORD, ELSEWHERE).account_id == 1


def test_the_same_stale_token_again(bench: Bench) -> None:
    """A program that was left running with a revoked token fails once."""
    token = make_token("session")[0]
    for _ in range(50):
        assert isinstance(bench.refused("", token), UnauthorizedLogin)
    assert bench.waited == 1


def test_where_a_token_will_not_do(bench: Bench) -> None:
    """Where the password itself is asked for, a token is a wrong password."""
    token = bench.table.add_token("alice")
    judging = Deferred.fromCoroutine(bench.checker.judge_password(AddressedSecret("alice", token, HOME)))
    bench.clock.advance(1)
    assert isinstance(failure_of(judging), UnauthorizedLogin)
    assert bench.costs() == [CHEAPEST]


@pytest.mark.parametrize(("status", "may"), [("active", True), ("suspended", False), ("deleted", False), ("", False)])
def test_who_may_log_in(status: str, may: bool) -> None:
    """Only an active account may; what is not known may not."""
    assert may_log_in(status) is may


def test_credentials() -> None:
    """They say what they are, and do not show the password to whoever prints them."""
    said = AddressedSecret("alice", PASSWORD, HOME)
    assert IAddressedSecret.providedBy(said)
    assert not IAddressedSecret.providedBy(UsernamePassword(b"alice", b"x"))
    assert PASSWORD not in repr(said)
    with pytest.raises(AttributeError):
        said.other = 1  # type: ignore[attr-defined]


def test_a_password_is_the_same_from_every_keyboard() -> None:
    """Composed or not; what can be no password stays what it is, and is wrong."""
    assert AddressedSecret("alice", "zoe\u0308", HOME).secret == "zo\u00eb"
    assert AddressedSecret("alice", "\x00", HOME).secret == "\x00"


# Certificates

OWN, OTHER = "ab" * 32, "cd" * 32


def shows(bench: Bench, name: str, fingerprint: str = OWN, address: str = HOME) -> "Deferred[Proof]":
    """Somebody who has shown a certificate, when the answer has come; C{waited} says after how many seconds."""
    said = ShownCertificate(name, fingerprint, address)
    judging = Deferred.fromCoroutine(bench.checker.judge(said))
    begun = bench.clock.seconds()
    while not judging.called:
        bench.clock.advance(0.5)
    bench.waited = bench.clock.seconds() - begun
    return judging


def with_certificate(bench: Bench, key: str) -> Bench:
    """An account has a certificate."""
    row = bench.table.rows[key]
    bench.table.certificates[bytes.fromhex(OWN)] = TokenRow(90, row.account_id, key, row.status)
    return bench


@pytest.mark.parametrize("name", ["", "alice", "ALICE"])
def test_a_certificate(bench: Bench, name: str) -> None:
    """With the name or alone; nothing is hashed, and nobody waits."""
    assert now(shows(with_certificate(bench, "alice"), name)) == Proof(1, token_id=90)
    assert (bench.waited, bench.threads.works) == (0, [])


@pytest.mark.parametrize(("key", "name", "shown"), [
    ("alice", "bob", OWN), ("alice", "x" * 100, OWN), ("alice", "", OTHER), ("alice", "alice", OTHER),
    ("mallory", "", OWN), ("gone", "gone", OWN),
])  # fmt: skip
def test_a_certificate_that_proves_nothing(bench: Bench, key: str, name: str, shown: str) -> None:
    """Of somebody else, of nobody, or of an account that does not come in: refused alike, after the same time."""
    refusal = failure_of(shows(with_certificate(bench, key), name, shown))
    assert (type(refusal), bench.waited) == (UnauthorizedLogin, 1)


def test_certificates_that_prove_nothing_are_throttled(bench: Bench) -> None:
    """As wrong tokens are; one that does is let in all the same, and so is the account's password elsewhere."""
    with_certificate(bench, "alice")
    for number in range(5):
        assert isinstance(failure_of(shows(bench, "alice", f"{number:064x}")), UnauthorizedLogin)
    assert isinstance(failure_of(shows(bench, "alice", OTHER)), TooMany)
    assert now(shows(bench, "")).token_id == 90
    assert bench.proves("alice", PASSWORD, ELSEWHERE).account_id == 1


def test_a_token_is_no_certificate(bench: Bench) -> None:
    """Nor the other way round: each is looked for among its own kind."""
    token = bench.table.add_token("alice")
    assert isinstance(failure_of(shows(bench, "", hash_token(token).hex())), UnauthorizedLogin)
