"""Accounts are found by their names, come in with what they had, and leave a mark where they were."""

import sqlite3

import pytest
from twisted.internet.defer import Deferred, fail

from chatd.core.commands import Say
from chatd.core.errors import BadName, Busy, LoginFailed, NameTaken, NotAllowed
from chatd.core.ports import Account, Entrance
from chatd.core.settings.limits import Limits
from chatd.testing import BEGINNING, PASSWORD, World, now
from tests.conftest import Watch
from tests.store.doubles import done, join, say


@pytest.fixture
def world() -> World:
    """A chatd."""
    return World()


def enter(world: World, account: Account, address: str = "192.0.2.1") -> Entrance:
    """Come in without a session."""
    return done(world.accounts.enter(account.id, address, lambda entrance: None))


def test_names_exist_however_they_are_spelt(world: World) -> None:
    """One who types the name in capitals, or on a Japanese keyboard, is asked for the password."""
    world.account("Alice")
    assert [done(world.accounts.exists(name)) for name in ("Alice", "ALICE", "alice", "\uff21lice", "bob")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    with pytest.raises(BadName):
        done(world.accounts.exists("a b"))


@pytest.mark.parametrize("twin", ["a1ice", "AIice", "\u0430lice"])
def test_nobody_takes_a_name_that_looks_the_same(world: World, twin: str) -> None:
    """With a one for an L, or a Cyrillic letter, it is refused, and the refusal says whom it looks like."""
    world.account("alice")
    with pytest.raises(NameTaken, match="looks like alice"):
        done(world.accounts.exists(twin))
    with pytest.raises(NameTaken, match="looks like alice"):
        done(world.accounts.create(twin, "bcrypt", "x"))
    assert world.database.rows("SELECT count(*) FROM accounts") == [(1,)]


@pytest.mark.parametrize("status", ["active", "suspended", "deleted"])
def test_a_name_is_given_once(world: World, status: str) -> None:
    """Not even the name of a deleted account is given to someone else."""
    world.account("Alice")
    world.database.run(f"UPDATE accounts SET status = '{status}'")
    with pytest.raises(NameTaken, match="ALICE is taken"):
        done(world.accounts.create("ALICE", "bcrypt", "x"))
    assert done(world.accounts.exists("alice"))


def test_what_a_new_account_is(world: World) -> None:
    """It has its name as typed, a password, and nothing else."""
    number = done(world.accounts.create("Alice", "bcrypt", "hash"))
    assert world.database.rows("SELECT id, name, name_key, status, kind, created_at, settings FROM accounts") == [
        (number, "Alice", "alice", "active", "person", BEGINNING, "{}")
    ]
    assert world.database.rows("SELECT * FROM passwords") == [(number, "bcrypt", "hash", BEGINNING)]
    assert done(world.accounts.credentials("alice", "x")) == (
        number, "alice", "active", "bcrypt", "hash", BEGINNING, False,
    )  # fmt: skip
    assert done(world.accounts.credentials("Alice", "x")) is None


def test_another_password(world: World) -> None:
    """The old one is gone, and when it went is known."""
    alice = world.account("alice")
    world.clock.advance(5)
    done(world.accounts.set_password(alice.id, "bcrypt", "new"))
    assert world.database.rows("SELECT hash, changed_at FROM passwords") == [("new", BEGINNING + 5000)]


def test_a_hash_made_anew_is_no_other_password(world: World) -> None:
    """When the password was changed stays known; and where it was changed meanwhile, nothing happens."""
    alice = world.account("alice", PASSWORD)
    old = world.database.rows("SELECT hash FROM passwords")[0][0]
    world.clock.advance(5)
    done(world.accounts.renew_password(alice.id, old, "bcrypt", "dearer"))
    assert world.database.rows("SELECT hash, changed_at FROM passwords") == [("dearer", BEGINNING)]
    done(world.accounts.renew_password(alice.id, old, "bcrypt", "too late"))
    assert world.database.rows("SELECT hash FROM passwords") == [("dearer",)]


def test_another_password_revokes_tokens(world: World) -> None:
    """All of the account's, but one where that is to stay; and only what is the password still proves the account."""
    alice, bob = world.account("alice"), world.account("bob")
    numbers = [add_token(world, account, bytes([n]))[0] for n, account in enumerate((alice, alice, alice, bob))]
    world.clock.advance(1)
    with pytest.raises(LoginFailed):
        done(world.accounts.set_password(alice.id, "bcrypt", "new", password_at=BEGINNING + 1))
    assert world.database.rows("SELECT count(*) FROM tokens WHERE revoked_at IS NOT NULL") == [(0,)]
    done(world.accounts.set_password(alice.id, "bcrypt", "new", keep=numbers[1], password_at=BEGINNING))
    assert world.database.rows("SELECT id FROM tokens WHERE revoked_at IS NULL") == [(numbers[1],), (numbers[3],)]
    done(world.accounts.set_password(alice.id, "bcrypt", "newer"))
    assert world.database.rows("SELECT id FROM tokens WHERE revoked_at IS NULL") == [(numbers[3],)]


def add_token(world: World, account: Account, hash: bytes) -> tuple[int, int]:
    """An app token."""
    return done(world.accounts.add_token(account.id, hash, "x", "192.0.2.1"))


def test_tokens_are_found_by_their_hashes(world: World) -> None:
    """As long as they are worth something."""
    alice = world.account("Alice")
    number, until = add_token(world, alice, b"hash")
    assert done(world.accounts.token(b"hash")) == (number, alice.id, "alice", "active")
    assert done(world.accounts.token(b"has")) is None
    assert until == BEGINNING + 30 * 86400_000
    world.clock.advance(30 * 86400)
    assert done(world.accounts.token(b"hash")) is None


def test_worthless_tokens_are_swept_away(world: World) -> None:
    """The table does not grow with every token that ever was; those of others are their own matter."""
    alice, bob = world.account("alice"), world.account("bob")
    for n in range(3):
        add_token(world, alice, bytes([n]))
    add_token(world, bob, b"bob's")
    world.database.run("UPDATE tokens SET revoked_at = 1 WHERE id IN (1, 4)")
    world.database.run("UPDATE tokens SET expires_at = 1 WHERE id = 2")
    add_token(world, alice, b"new")
    assert world.database.rows("SELECT id FROM tokens ORDER BY id") == [(3,), (4,), (5,)]


def test_a_use_is_noted(world: World) -> None:
    """From where and when; it lengthens the token's life, though not beyond its age."""
    alice = world.account("alice")
    number, _ = add_token(world, alice, b"hash")
    for day, until in ((20, 50), (45, 75), (70, 90), (89, 90)):
        world.clock.advance(day * 86400 - world.clock.seconds())
        entrance = done(world.accounts.enter(alice.id, f"192.0.2.{day}", lambda _: None, token_id=number))
        assert (entrance.token_id, entrance.came_by) == (None, number), "it is no session's"
        assert world.database.rows("SELECT used_at, used_from, expires_at FROM tokens") == [
            (BEGINNING + day * 86400_000, f"192.0.2.{day}", BEGINNING + until * 86400_000)
        ]
    world.clock.advance(86400)
    with pytest.raises(LoginFailed):
        done(world.accounts.enter(alice.id, "192.0.2.1", lambda _: None, token_id=number))


def test_where_an_account_is_known() -> None:
    """Where it came in within 30 days, at the hundred newest places; where it only asked it is not."""
    world = World(limits=Limits(known_addresses=2))
    alice = world.account("alice")

    def known(source: str | None) -> bool:
        row = done(world.accounts.credentials("alice", source))
        assert row is not None
        return row.known

    def come(source: str) -> None:
        world.clock.advance(1)
        done(world.accounts.enter(alice.id, "x", lambda _: None, source=source))

    enter(world, alice)
    assert not known("192.0.2.1")
    come("a")
    come("b")
    assert [known(each) for each in ("a", "b", "c", None)] == [True, True, False, False]
    come("a")
    come("c")
    assert [known(each) for each in ("a", "b", "c")] == [True, False, True]
    world.clock.advance(30 * 86400 - 0.5)
    assert [known(each) for each in ("a", "c")] == [False, True]
    come("d")
    assert world.database.rows("SELECT address FROM known_addresses") == [("d",)]


def test_what_another_program_may_know(world: World) -> None:
    """The folded name of whom was judged right, unless he is suspended, gone or banned."""
    alice = world.account("Alice")
    assert done(world.accounts.admitted(alice.id, "")) == "alice"
    for change, refusal in (
        ("UPDATE accounts SET status = 'suspended'", LoginFailed),
        ("UPDATE accounts SET status = 'active'", None),
        ("INSERT INTO bans (effect, network, set_by, set_at) VALUES ('ban', '192.0.2.0/24', 'x', 1)", None),
        ("INSERT INTO bans (effect, account_id, set_by, set_at) VALUES ('ban', 1, 'x', 1)", NotAllowed),
    ):
        world.database.run(change)
        if refusal is None:
            assert done(world.accounts.admitted(alice.id, "")) == "alice"
        else:
            with pytest.raises(refusal):
                done(world.accounts.admitted(alice.id, ""))
    with pytest.raises(LoginFailed):
        done(world.accounts.admitted(99, ""))


def test_the_code_of_the_owner(world: World) -> None:
    """As long as nobody owns the server, the newest one is good; then none is, not even one that nobody has revoked."""
    alice = world.account("alice")
    assert done(world.accounts.owner_code(b"first"))
    assert done(world.accounts.owner_code(b"second"))
    assert [done(world.accounts.is_invited(each)) for each in (b"first", b"second", b"third")] == [False, True, False]
    world.database.run(f"INSERT INTO account_roles VALUES ({alice.id}, 'owner', 'x', 1, NULL)")
    assert not done(world.accounts.is_invited(b"second"))
    assert not done(world.accounts.owner_code(b"third"))
    assert world.database.rows("SELECT count(*) FROM invitations WHERE revoked_at IS NULL") == [(0,)]
    world.database.run("UPDATE accounts SET status = 'suspended'")
    assert done(world.accounts.owner_code(b"fourth")), "an owner who cannot log in owns nothing"


def test_coming_in_for_the_first_time(world: World) -> None:
    """There is nothing yet, and that it is the first time is known."""
    alice = world.account("Alice")
    assert enter(world, alice) == Entrance(alice, (), {}, True, None, None)


def test_coming_in_again(world: World) -> None:
    """One is told when and from where one was here last, and finds one's settings, rooms and news."""
    alice, bob = world.account("alice"), world.account("bob")
    enter(world, alice, "192.0.2.7")
    for account in (alice, bob):
        join(world, account, "lobby")
    done(world.accounts.save_settings(alice, {"time": "on"}))
    say(world, bob, "lobby", "hi all")
    say(world, bob, "lobby", "ALICE, are you there?")
    say(world, alice, "lobby", "one's own lines are no news")
    say(world, bob, "@alice", "psst")
    world.clock.advance(3)

    entrance = enter(world, alice, "192.0.2.8")
    assert (entrance.settings, entrance.first) == ({"time": "on"}, False)
    assert (entrance.last_at, entrance.last_from) == (BEGINNING, "192.0.2.7")
    assert [(each.direct, each.shown.room, each.shown.seq, each.shown.unread, each.shown.mentions)
            for each in entrance.memberships] == [(False, "lobby", 5, 2, 1), (True, "@bob", 1, 1, 0)]  # fmt: skip
    assert enter(world, alice).last_from == "192.0.2.8"


def test_leaving_every_room_is_not_being_new(world: World) -> None:
    """Who has left every room is not put into the lobby again."""
    alice = world.account("alice")
    join(world, alice, "lobby")
    world.database.run("UPDATE memberships SET left_seq = 1")
    entrance = enter(world, alice)
    assert (entrance.memberships, entrance.first) == ((), False)


def test_what_was_heard_is_not_new_the_next_time(world: World) -> None:
    """The departure keeps how far each place was heard; a conversation and a room alike."""
    alice, bob = world.account("alice"), world.account("bob")
    for account in (alice, bob):
        join(world, account, "lobby")
    for text in ("one", "two", "three"):
        say(world, bob, "lobby", text)
        say(world, bob, "@alice", text)
    lobby, direct = (each.place.id for each in enter(world, alice).memberships)
    world.clock.advance(9)
    world.accounts.depart(alice, {lobby: 4, direct: 3})
    shown = [each.shown for each in enter(world, alice).memberships]
    assert [(each.room, each.unread) for each in shown] == [("lobby", 1), ("@bob", 0)]
    assert world.database.rows("SELECT max(last_seen_at) FROM accounts") == [(BEGINNING + 9000,)]


def test_a_departure_of_nobody(world: World) -> None:
    """Whoever is erased leaves no mark, although the connection that asked for it ends after it."""
    alice = world.account("alice")
    join(world, alice, "lobby")
    world.database.run("DELETE FROM read_markers")
    world.database.run("UPDATE accounts SET status = 'deleted'")
    world.accounts.depart(alice, {1: 1})
    assert world.database.rows("SELECT last_seen_at FROM accounts") == [(None,)]
    assert world.database.rows("SELECT * FROM read_markers") == []


def test_news_that_take_too_long(world: World) -> None:
    """Whoever is in is in, and hears no refusal: how much is unread is left out."""
    alice, bob = world.account("alice"), world.account("bob")
    for account in (alice, bob):
        join(world, account, "lobby")
    say(world, bob, "lobby", "hi")
    world.database.read = lambda work: fail(Busy("too slow"))  # type: ignore[method-assign]
    attached: list[Entrance] = []
    entrance = done(world.accounts.enter(alice.id, "192.0.2.1", attached.append))
    assert attached == [entrance]
    assert [(each.shown.room, each.shown.unread) for each in entrance.memberships] == [("lobby", 0)]


def test_attached_between_two_commits(world: World) -> None:
    """What the entrance says holds when the session is attached: what is said after it is heard, not counted."""
    alice, bob = world.account("alice"), world.account("bob")
    for account in (alice, bob):
        join(world, account, "lobby")
    heard: list[int] = []
    world.database.waiting = []
    entering = world.accounts.enter(
        alice.id, "192.0.2.1", lambda entrance: heard.append(entrance.memberships[0].shown.seq)
    )
    entered = Deferred.fromCoroutine(entering)
    said = Deferred.fromCoroutine(world.journal.append(bob, Say(room="lobby", text="hi")))
    assert heard == []
    world.database.let_go()
    assert heard == [2]
    now(said)
    shown = now(entered).memberships[0].shown
    assert (shown.seq, shown.unread) == (2, 0), "although the line was stored before the unread ones were counted"


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY])
def test_a_departure_on_a_full_disk(code: int, nothing_logged: Watch) -> None:
    """Where the markers cannot be kept now, that is said in the log, and is no fault."""
    world = World()
    alice = world.account("alice")
    wrong = sqlite3.OperationalError("it cannot be stored")
    wrong.sqlite_errorcode = code
    world.database.write = lambda work: fail(wrong)  # type: ignore[method-assign]
    world.accounts.depart(alice, {})
    assert nothing_logged.events == []


def test_a_departure_when_too_much_waits() -> None:
    """It is left out, and nothing is raised into whatever ends the connection."""
    world = World(limits=Limits(journal_entries=1))
    alice = world.account("alice")
    world.database.waiting = []
    for _ in range(3):
        world.accounts.depart(alice, {})
    world.database.let_go()
    assert world.database.rows("SELECT last_seen_at FROM accounts") == [(BEGINNING,)]
