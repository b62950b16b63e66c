"""Who comes in is somebody, once, within bounds, by whichever spelling; who may not is told so in a fixed sentence."""

import re

import pytest
from twisted.internet.defer import Deferred

from chatd.auth.gate import Gate
from chatd.auth.hashes import Stored, matches
from chatd.auth.passwords import require_good
from chatd.auth.tokens import hash_code, is_token, make_token
from chatd.core.commands import Login, Passwd, Register, Resume
from chatd.core.errors import (
    BadName,
    BadPassword,
    Busy,
    LoginFailed,
    NameTaken,
    NotAllowed,
    RegistrationClosed,
    StorageFull,
    TooMany,
)
from chatd.core.events import CertificateAdded, TokenMade
from chatd.core.ports import OPERATOR, Account, Entrance
from chatd.core.session import Session
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.testing import BEGINNING, CHEAPEST, PASSWORD, World, now
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
    return enter(world, Login(name=name, password=password), world.session(address=address))


def enter(world: World, said: Login | Resume, session: Session | None = None) -> Entrance:
    """Come in, or be refused when it is time to."""
    coming = Deferred.fromCoroutine(world.ports.gate.login(said, session or world.session()))
    world.clock.advance(15)
    return now(coming)


def come(world: World, session: Session, name: str = "alice", gate: Gate | None = None) -> Deferred[Entrance]:
    """Begin to come in."""
    said = Login(name=name, password=PASSWORD)
    return Deferred.fromCoroutine((gate or world.ports.gate).login(said, session))


def register(
    world: World, name: str, password: str = PASSWORD, address: str = "192.0.2.1", invite: str | None = None
) -> Entrance:
    """Make an account and come in."""
    said = Register(name=name, password=password, invite=invite)
    return done(world.ports.gate.register(said, world.session(address=address)))


def remembered(world: World, session: Session | None = None, name: str = "alice") -> tuple[str, int]:
    """Come in with the password, and be given a session token: it, and its number."""
    entrance = enter(world, Login(name=name, password=PASSWORD, remember=True), session)
    assert entrance.token is not None
    assert entrance.token_id is not None
    return entrance.token, entrance.token_id


def gate_with(world: World, threads: Threads, cost: int = CHEAPEST) -> Gate:
    """A gate of this chatd, with threads that the test lets go."""
    hashes = hashes_with(threads, cost=cost)
    return Gate(world.hub, world.accounts, hashes, world.clock, world.now, str, lambda address: None)


def change(world: World, account: Account, old: str, new: str, session: Session | None = None) -> None:
    """Change a password, or be refused when it is time to."""
    changing = Deferred.fromCoroutine(world.ports.gate.change_password(account, old, new, session or world.session()))
    world.clock.advance(15)
    changing.addCallback(lambda _: True)
    assert now(changing)


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
    now(come(world, session))
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
        now(come(world, session))
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
        coming = [come(world, each) for each in sessions]
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
        coming = come(world, session)
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
    coming = come(world, session)
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
    """Without one, nobody; the refusal says whom to ask, and does not say who is here."""
    world = World(Site(registration="invite"))
    world.account("alice")
    for name in ("bob", "alice", "no name", "root"):
        with pytest.raises(RegistrationClosed, match="You need an invitation here"):
            register(world, name)
        with pytest.raises(RegistrationClosed, match="invitation is not known here"):
            register(world, name, invite="0123-4567-89ab-cdef")


def test_registrations_per_address() -> None:
    """Three names an hour; whom the operator has exempted is not counted."""
    world = World()
    for name in ("bob", "carol", "dave"):
        register(world, name)
    with pytest.raises(TooMany, match="in an hour") as refused:
        register(world, "erin")
    assert refused.value.rule == "registrations per address"
    register(world, "erin", address="192.0.2.2")
    exempt = world.session()
    exempt.peer = exempt.peer._replace(exempt=True)
    done(world.ports.gate.register(Register(name="frank", password=PASSWORD), exempt))
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
    gate = gate_with(world, threads)
    both = [
        Deferred.fromCoroutine(gate.register(Register(name=name, password=PASSWORD), world.session(address=address)))
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


# Invitations


def invite(world: World, role: str = "member", uses: int = 1, expires_at: int | None = None) -> str:
    """A code."""
    code, hash = world.ports.gate.make_code()
    expires = "NULL" if expires_at is None else str(expires_at)
    world.database.run(
        "INSERT INTO invitations (hash, role, created_by, created_at, expires_at, uses_left)"
        f" VALUES (x'{hash.hex()}', '{role}', 'olga', 1, {expires}, {uses})"
    )
    return code


@pytest.mark.parametrize("registration", ["invite", "open"])
def test_an_invitation(registration: str) -> None:
    """It is good for as many accounts as it was made for, however it is typed, and no more."""
    world = World(Site(registration=registration))  # type: ignore[arg-type]
    code = invite(world, uses=2)
    assert register(world, "bob", invite=code).role == "member"
    register(world, "carol", invite=code.upper().replace("-", " "))
    with pytest.raises(RegistrationClosed, match="invitation is not known here"):
        register(world, "dave", invite=code)
    assert world.database.rows("SELECT uses_left FROM invitations") == [(0,)]


def test_an_invitation_with_a_role() -> None:
    """Whoever registers with it has the role, given by whoever made the invitation."""
    world = World(Site(registration="invite"))
    code = invite(world, "moderator")
    entrance = register(world, "bob", invite=code)
    assert entrance.role == "moderator"
    assert world.database.rows("SELECT account_id, role, granted_by, until FROM account_roles") == [
        (entrance.account.id, "moderator", "olga", None)
    ]


def test_an_invitation_that_nothing_came_of() -> None:
    """Where the account cannot be made, the invitation is not used."""
    world = World(Site(registration="invite"))
    world.account("alice")
    code = invite(world)
    for name, password, refusal in (
        ("alice", PASSWORD, NameTaken), ("a b", PASSWORD, BadName), ("bob", "x", BadPassword),
    ):  # fmt: skip
        with pytest.raises(refusal):
            register(world, name, password, invite=code)
    register(world, "bob", invite=code)


@pytest.mark.parametrize("worthless", ["expires_at = 1", "revoked_at = 1", "uses_left = 0"])
def test_a_worthless_invitation(worthless: str) -> None:
    """It is as good as none."""
    world = World(Site(registration="invite"))
    code = invite(world)
    world.database.run(f"UPDATE invitations SET {worthless}")
    with pytest.raises(RegistrationClosed, match="invitation is not known here"):
        register(world, "bob", invite=code)


def test_two_use_an_invitation_at_once() -> None:
    """It is looked at again when the account is made: one of them is told that it is used up."""
    world = World(Site(registration="invite"))
    code, threads = invite(world), Threads()
    threads.waiting = []
    gate = gate_with(world, threads)
    both = [
        Deferred.fromCoroutine(
            gate.register(Register(name=name, password=PASSWORD, invite=code), world.session(address=name))
        )
        for name in ("bob", "carol")
    ]
    threads.let_go()
    assert now(both[0]).account.name == "bob"
    refused = failure_of(both[1])
    assert isinstance(refused, RegistrationClosed)
    assert "used up" in refused.why
    assert world.database.rows("SELECT name FROM accounts") == [("bob",)]


def test_where_nobody_registers() -> None:
    """Not with an invitation either."""
    world = World(Site(registration="closed"))
    with pytest.raises(RegistrationClosed, match="Nobody can register here"):
        register(world, "bob", invite=invite(world))


# Roles and bans


def test_the_role(world: World, alice: Account) -> None:
    """One comes in as what one is, and a role that was given for a time is none after it."""
    assert login(world, "alice").role == "member"
    world.database.run(f"INSERT INTO account_roles VALUES ({alice.id}, 'admin', 'olga', 1, {world.now() + 60_000})")
    assert login(world, "alice").role == "admin"
    world.hub.avatars[alice.id].sessions[0].close("")
    world.clock.advance(60)
    assert login(world, "alice").role == "member"


def test_whom_one_ignores(world: World, alice: Account) -> None:
    """It is known from the first moment."""
    bob = world.account("bob")
    world.database.run(f"INSERT INTO ignores VALUES ({alice.id}, {bob.id})")
    assert login(world, "alice").ignored == {bob.id}
    assert login(world, "bob").ignored == frozenset()


@pytest.mark.parametrize("target", ["1, NULL", "NULL, '192.0.2.0/24'"])
def test_who_is_banned_from_the_site(world: World, alice: Account, target: str) -> None:
    """Who has proved to be somebody is told, with the reason; who has not learns nothing."""
    world.database.run(
        "INSERT INTO bans (effect, account_id, network, reason, set_by, set_at)"
        f" VALUES ('ban', {target}, 'flooding', 'olga', 1)"
    )
    with pytest.raises(NotAllowed, match="flooding"):
        login(world, "alice")
    with pytest.raises(LoginFailed):
        login(world, "alice", "wrong")
    assert world.hub.avatars == {}


def test_nobody_registers_from_a_banned_network(world: World) -> None:
    """A banned account is not followed by the next one."""
    world.database.run("INSERT INTO bans (effect, network, set_by, set_at) VALUES ('ban', '192.0.2.0/24', 'olga', 1)")
    with pytest.raises(NotAllowed):
        register(world, "bob")
    assert world.database.rows("SELECT * FROM accounts") == []
    register(world, "bob", address="198.51.100.1")


# Tokens


def test_being_remembered(world: World, alice: Account) -> None:
    """A token for coming back is given when it is asked for; with it one comes back, without name or password."""
    assert login(world, "alice").token is None
    session = world.session(address="192.0.2.7")
    token, number = remembered(world, session)
    assert (is_token(token), token.startswith("chatd_s_")) == (True, True)
    assert session.token_id == number
    session.close("")
    for said in (Login(token=token), Resume(token=token), Login(name="ALICE", password=token)):
        session = world.session(address="192.0.2.8")
        entrance = enter(world, said, session)
        assert (entrance.account, entrance.token, entrance.token_id) == (alice, None, number)
        assert session.token_id == number
        session.close("")
    assert world.database.rows("SELECT used_from FROM tokens") == [("192.0.2.8",)]


def test_registering_and_being_remembered(world: World) -> None:
    """The first login can be the last with a password."""
    said = Register(name="bob", password=PASSWORD, remember=True)
    entrance = done(world.ports.gate.register(said, world.session()))
    assert entrance.token is not None
    assert enter(world, Login(token=entrance.token)).account == entrance.account


def test_a_token_makes_no_other(world: World, alice: Account) -> None:
    """Or its end would be none: the password is asked for once in a while."""
    token, number = remembered(world)
    entrance = enter(world, Login(token=token, remember=True))
    assert (entrance.token, entrance.token_id) == (None, number)
    made = done(world.ports.gate.make_token(alice, "irc", world.session()))
    for session in world.hub.avatars[alice.id].sessions:
        session.close("")
    session = world.session()
    entrance = enter(world, Login(token=made.token, remember=True), session)
    assert (entrance.token, entrance.token_id, entrance.came_by) == (None, None, made.number)
    with pytest.raises(NotAllowed):
        done(world.ports.gate.make_token(alice, "mine", session))
    assert world.database.rows("SELECT count(*) FROM tokens") == [(2,)]


def test_no_token_is_in_the_database(world: World, alice: Account) -> None:
    """Whoever steals the file has no token."""
    tokens = [remembered(world)[0], done(world.ports.gate.make_token(alice, "irc", world.session())).token]
    dump = repr([world.database.rows(f"SELECT * FROM {table}") for table in ("tokens", "accounts", "known_addresses")])
    for token in tokens:
        assert token not in dump
        assert token.split("_", 2)[2] not in dump


def test_an_app_token(world: World, alice: Account) -> None:
    """It is shown once, with its number and its end, and accepted wherever the password is."""
    made = done(world.ports.gate.make_token(alice, "my irc client", world.session(address="192.0.2.7")))
    assert made == TokenMade(number=1, label="my irc client", token=made.token, expires_at=BEGINNING + 30 * 86400_000)
    assert made.token.startswith("chatd_a_")
    assert world.database.rows("SELECT account_id, kind, label, used_from FROM tokens") == [
        (alice.id, "app", "my irc client", "192.0.2.7")
    ]
    assert login(world, "alice", made.token).account == alice


def test_so_many_app_tokens_and_no_more() -> None:
    """Beyond, one is to be revoked first; those that are worth nothing do not count."""
    world = World(limits=Limits(app_tokens=2))
    alice = world.account("alice")

    def make() -> TokenMade:
        return done(world.ports.gate.make_token(alice, "x", world.session()))

    remembered(world)
    make()
    make()
    with pytest.raises(TooMany, match=r"You have 2 tokens\. Give one up first: /token revoke, or CERT DEL") as refused:
        make()
    assert refused.value.rule == "app tokens"
    world.database.run("UPDATE tokens SET revoked_at = 1 WHERE id = 2")
    make()


OWN = "ab" * 32


def came_with(world: World, certificate: str = OWN) -> Session:
    """A session that has shown a certificate."""
    session = world.session()
    session.peer = session.peer._replace(certificate=certificate)
    return session


def add(world: World, account: Account, session: Session) -> CertificateAdded:
    return done(world.ports.gate.add_certificate(account, "laptop", session))


def test_a_certificate(world: World, alice: Account) -> None:
    """Once it is added, whoever shows it is the account; each use lengthens its life, however old it is."""
    made = add(world, alice, came_with(world))
    assert made == CertificateAdded(number=1, label="laptop", fingerprint=OWN, expires_at=BEGINNING + 90 * 86400_000)
    assert world.database.rows("SELECT kind, hash FROM tokens") == [("certificate", bytes.fromhex(OWN))]
    for _ in range(3):
        world.clock.advance(80 * 86400)
        session = came_with(world)
        entrance = enter(world, Login(certificate=True, remember=True), session)
        assert (entrance.account, entrance.came_by, entrance.token, entrance.token_id) == (alice, 1, None, None)
        session.close("")
    world.clock.advance(91 * 86400)
    with pytest.raises(LoginFailed):
        enter(world, Login(certificate=True), came_with(world))


def test_a_certificate_that_is_not_shown(world: World, alice: Account) -> None:
    """It proves nothing, and is not added: who knows a fingerprint has no certificate."""
    add(world, alice, came_with(world))
    with pytest.raises(NotAllowed, match="shown no certificate"):
        enter(world, Login(certificate=True), world.session())
    with pytest.raises(NotAllowed, match="shown no certificate"):
        add(world, alice, world.session())
    for other in ("cd" * 32, "00" * 32):
        with pytest.raises(LoginFailed):
            enter(world, Resume(name="alice", certificate=True), came_with(world, other))


def test_a_certificate_stands_for_one_account(world: World, alice: Account) -> None:
    """Until it is revoked there, or has not been used for long."""
    bob = world.account("bob")
    add(world, alice, came_with(world))
    for account in (alice, bob):
        with pytest.raises(NotAllowed, match="stands for an account already"):
            add(world, account, came_with(world))
    world.database.run("UPDATE tokens SET revoked_at = 1")
    assert add(world, bob, came_with(world)).number == 2
    assert enter(world, Login(certificate=True), came_with(world)).account == bob
    world.clock.advance(91 * 86400)
    add(world, alice, came_with(world))
    assert enter(world, Login(certificate=True), came_with(world)).account == alice


def test_a_certificate_makes_no_token(world: World, alice: Account) -> None:
    """Nor adds it another certificate; the password is asked for that."""
    add(world, alice, came_with(world))
    session = came_with(world)
    enter(world, Login(certificate=True), session)
    session.peer = session.peer._replace(certificate="cd" * 32)
    with pytest.raises(NotAllowed):
        add(world, alice, session)
    with pytest.raises(NotAllowed):
        done(world.ports.gate.make_token(alice, "mine", session))
    with pytest.raises(NotAllowed, match="The operator has no account"):
        add(world, OPERATOR, came_with(world))


def test_so_many_certificates_and_tokens_and_no_more() -> None:
    """They are counted together."""
    world = World(limits=Limits(app_tokens=2))
    alice = world.account("alice")
    add(world, alice, came_with(world))
    done(world.ports.gate.make_token(alice, "x", world.session()))
    with pytest.raises(TooMany):
        add(world, alice, came_with(world, "cd" * 32))


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_a_certificate_of_a_suspended_account(world: World, alice: Account, status: str) -> None:
    """It is refused as an unknown one is; and what has proved an account a moment ago is looked at once more."""
    add(world, alice, came_with(world))
    world.database.run(f"UPDATE accounts SET status = '{status}'")
    with pytest.raises(LoginFailed):
        enter(world, Login(certificate=True), came_with(world))


def test_another_password_revokes_certificates(world: World, alice: Account) -> None:
    """As it does tokens: whoever had the old one may have added one."""
    add(world, alice, came_with(world))
    session = came_with(world)
    enter(world, Login(name="alice", password=PASSWORD), session)
    done(world.ports.gate.change_password(alice, PASSWORD, "another horse", session))
    with pytest.raises(LoginFailed):
        enter(world, Login(certificate=True), came_with(world))


def test_the_oldest_session_token_goes() -> None:
    """Whoever is remembered everywhere is remembered no more where it was longest ago."""
    world = World(limits=Limits(session_tokens=2))
    world.account("alice")
    tokens = []
    for _ in range(3):
        tokens.append(remembered(world)[0])
        world.clock.advance(1)
        if len(tokens) == 2:
            enter(world, Login(token=tokens[0]))
    with pytest.raises(LoginFailed):
        enter(world, Login(token=tokens[1]))
    for token in (tokens[0], tokens[2]):
        enter(world, Login(token=token))


DAY = 86400


def test_a_token_that_is_not_used() -> None:
    """It is worth nothing after 30 days; each use begins them anew, up to 90 days."""
    world = World(limits=Limits(sessions_per_account=200))
    world.account("alice")
    for days, uses in ((29, 4), (30, 1), (45, 1)):
        token, _ = remembered(world)
        used = 0
        begun = world.clock.seconds()
        while True:
            world.clock.advance(days * DAY - 15)
            try:
                enter(world, Login(token=token))
            except LoginFailed:
                break
            used += 1
        assert used == uses - 1
        assert world.clock.seconds() - begun >= min(30, 90) * DAY - 15


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_tokens_of_a_suspended_account(world: World, alice: Account, status: str) -> None:
    """They are worth nothing, in the very same words."""
    token, _ = remembered(world)
    world.database.run(f"UPDATE accounts SET status = '{status}'")
    for said in (Login(token=token), Login(name="alice", password=token), Login(token=make_token("session")[0])):
        with pytest.raises(LoginFailed, match=r"^Wrong name or password\.$"):
            enter(world, said)


def test_a_token_that_was_revoked(world: World, alice: Account) -> None:
    """It is worth nothing at once."""
    token, _ = remembered(world)
    world.database.run(f"UPDATE tokens SET revoked_at = {world.now()}")
    with pytest.raises(LoginFailed):
        enter(world, Login(token=token))


def test_where_one_is_known(world: World, alice: Account) -> None:
    """After a login, nobody who guesses there keeps its owner out; 30 days later it is a place like any other."""
    login(world, "alice", address="192.0.2.7")
    for session in world.hub.avatars[alice.id].sessions:
        session.close("")

    def guess() -> None:
        guesses = [
            Deferred.fromCoroutine(
                world.ports.gate.login(
                    Login(name="alice", password=f"guess {number}"), world.session(address="192.0.2.7")
                )
            )
            for number in range(8)
        ]
        world.clock.advance(15)
        for each in guesses:
            failure_of(each)

    guess()
    session = world.session(address="192.0.2.7")
    assert now(come(world, session)).account == alice
    session.close("")
    world.clock.advance(30 * DAY)
    guess()
    coming = come(world, world.session(address="192.0.2.7"))
    world.clock.advance(15)
    assert isinstance(failure_of(coming), TooMany)


# Changing the password, and proving it again


def test_changing_the_password(world: World, alice: Account) -> None:
    """The new one is the password from then on, and the old one is not."""
    change(world, alice, PASSWORD, OTHER)
    assert login(world, "alice", OTHER).account == alice
    with pytest.raises(LoginFailed):
        login(world, "alice", PASSWORD)


def test_changing_the_password_revokes_tokens(world: World, alice: Account) -> None:
    """All but the one that the session came with which changes it; those of others stay."""
    world.account("bob")
    lost, _ = remembered(world)
    session = world.session()
    kept, _ = remembered(world, session)
    bobs, _ = remembered(world, name="bob")
    app = done(world.ports.gate.make_token(alice, "irc", session)).token
    change(world, alice, PASSWORD, OTHER, session)
    for avatar in tuple(world.hub.avatars.values()):
        for each in avatar.sessions:
            each.close("")
    for token in (lost, app):
        with pytest.raises(LoginFailed):
            enter(world, Login(token=token))
    assert enter(world, Login(token=kept)).account == alice
    assert enter(world, Login(token=bobs)).account.name == "bob"


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("wrong", OTHER, LoginFailed), (PASSWORD, "short", BadPassword), (PASSWORD, "Alice12345", BadPassword),
        (PASSWORD, "\x00" * 12, BadPassword), (PASSWORD, make_token("app")[0], BadPassword),
    ],
)  # fmt: skip
def test_what_does_not_change_the_password(
    world: World, alice: Account, old: str, new: str, refusal: type[Exception]
) -> None:
    """Whoever finds an unlocked terminal needs the old one; and the new one keeps the rules."""
    before = world.database.rows("SELECT hash FROM passwords")
    with pytest.raises(refusal):
        change(world, alice, old, new)
    assert world.database.rows("SELECT hash FROM passwords") == before


def test_two_change_the_password_at_once(world: World, alice: Account) -> None:
    """Of two who both knew the old one, the second is told that it is none any more."""
    threads = Threads()
    threads.waiting = []
    gate = gate_with(world, threads)
    both = [
        Deferred.fromCoroutine(gate.change_password(alice, PASSWORD, new, world.session(address=address)))
        for new, address in ((OTHER, "192.0.2.1"), ("the one of a thief", "192.0.2.2"))
    ]
    world.clock.advance(1)
    threads.let_go()
    assert both[0].called
    assert isinstance(failure_of(both[1]), LoginFailed)
    assert login(world, "alice", OTHER).account == alice


def test_a_login_elsewhere_does_not_bring_the_old_password_back(world: World, alice: Account) -> None:
    """
    While a login with the old one has its hash made anew, the owner changes the password: the new one stays, and
    the login comes to nothing.
    """
    threads = Threads()
    gate = gate_with(world, threads, CHEAPEST + 1)
    threads.waiting = []
    coming = come(world, world.session(), gate=gate)
    threads.let_go(1)  # the check; now the new hash of the old password is being made
    assert len(threads.waiting) == 1
    world.clock.advance(1)
    change(world, alice, PASSWORD, OTHER)
    threads.let_go()
    assert isinstance(failure_of(coming), LoginFailed)
    assert login(world, "alice", OTHER).account == alice
    with pytest.raises(LoginFailed):
        login(world, "alice", PASSWORD)


def test_proving_it_again(world: World, alice: Account) -> None:
    """Before what cannot be taken back, the password is asked for; a token is none."""
    done(world.ports.gate.prove(alice, PASSWORD, world.session()))
    token, _ = remembered(world)
    for wrong in ("wrong", token, ""):
        proving = Deferred.fromCoroutine(world.ports.gate.prove(alice, wrong, world.session()))
        world.clock.advance(15)
        assert isinstance(failure_of(proving), LoginFailed)


# What is made for others


def test_a_password_for_somebody_else(world: World, alice: Account) -> None:
    """It keeps the rules, and is hashed as any other."""
    gate, session = world.ports.gate, world.session()
    password = gate.make_password()
    require_good(password, "bob", world.hub.site.limits.password_length)
    assert matches(password, Stored(*done(gate.hash_password("bob", password, session))))
    for bad in ("short", "qwertyuiop", "bob1234567", ""):
        with pytest.raises(BadPassword):
            done(gate.hash_password("bob", bad, session))


def test_keys_of_rooms(world: World) -> None:
    """A key is right however it is composed; where there is none, looking takes the same work."""
    threads = Threads()
    gate, session = gate_with(world, threads), world.session()
    hash = done(gate.hash_key("zoe\u0308", session))
    assert re.fullmatch(r"\$2b\$04\$\S{53}", hash)
    assert done(gate.has_key("zo\u00eb", hash, session))
    assert not done(gate.has_key("zoe", hash, session))
    before = len(threads.works)
    assert not done(gate.has_key("zo\u00eb", None, session))
    assert not done(gate.has_key("\x00", hash, session))
    assert len(threads.works) == before + 2


def test_codes(world: World) -> None:
    """The gate makes them and hashes them as they are typed."""
    code, hash = world.ports.gate.make_code()
    assert world.ports.gate.hash_code(code.upper()) == hash == hash_code(code)


def test_secrets_are_not_shown_by_commands() -> None:
    """What may end up in a log does not hold them."""
    for command in (
        Login(name="alice", password=PASSWORD),
        Register(name="alice", password=PASSWORD),
        Passwd(old=PASSWORD, new=OTHER),
    ):
        assert PASSWORD not in repr(command)
