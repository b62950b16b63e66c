"""Accounts are managed by those above them, never left without an owner, and erased for good when they want it."""

import hashlib
from typing import Any

import pytest

from chatd.core.commands import (
    AddAccount,
    Ban,
    Claim,
    Delete,
    Erase,
    GrantRole,
    Ignore,
    Join,
    Kick,
    Leave,
    Logout,
    RenameAccount,
    ResetPassword,
    Restore,
    RevokeToken,
    Say,
    Suspend,
    Topic,
    Unignore,
)
from chatd.core.errors import BadName, ChatError, LoginFailed, NameTaken, NoSuchAccount, NoSuchEntry, NotAllowed
from chatd.core.events import (
    AccountAdded,
    Claimed,
    Erased,
    GrantRoleDone,
    IgnoreDone,
    Left,
    LogoutDone,
    PasswordReset,
    RenameDone,
    RestoreDone,
    RevokeTokenDone,
    SuspendDone,
    TopicChanged,
    UnignoreDone,
)
from chatd.core.ports import OPERATOR, Account
from chatd.store.housekeeping import Housekeeping
from chatd.store.queries import accounts
from chatd.testing import BEGINNING, now
from tests.store.doubles import (
    Town,
    done,
    found,
    grant,
    history,
    join,
    lines,
    op,
    refused,
    require_true_index,
    say,
    write,
)

HASHED = ("bcrypt", "$2b$04$new")


def code(word: str) -> bytes:
    """The hash of a code."""
    return hashlib.sha256(word.encode()).digest()


def role(town: Town, account: Account) -> str:
    """The role of an account now."""
    return now(town.database.read(lambda cursor: accounts.role_of(cursor, account.id, town.now())))[0]


# Owners


def test_the_first_owner(town: Town) -> None:
    """Whoever has the code of the log is the owner, once; the wrong code does nothing."""
    assert done(town.accounts.owner_code(code("word")))
    assert isinstance(refused(town, town.bob, Claim(code=""), code("guess")), NoSuchEntry)
    assert write(town, town.bob, Claim(code=""), code("word")) == Claimed(role="owner")
    assert town.audit() == [("bob", "claim", "bob", "", "")]
    assert isinstance(refused(town, town.sam, Claim(code=""), code("word")), NoSuchEntry)
    assert not done(town.accounts.owner_code(code("another")))


def test_a_code_of_an_old_log(town: Town) -> None:
    """A newer start has made it worthless; and none is worth anything while there is an owner."""
    for word in ("old", "new"):
        done(town.accounts.owner_code(code(word)))
    assert isinstance(refused(town, town.bob, Claim(code=""), code("old")), NoSuchEntry)
    grant(town, town.alice, "owner")
    assert isinstance(refused(town, town.bob, Claim(code=""), code("new")), NoSuchEntry)


@pytest.mark.parametrize(
    "command",
    [
        Suspend(name="alice"), GrantRole(name="alice", role="admin"), GrantRole(name="alice", role="member"),
    ],
    ids=str,
)  # fmt: skip
def test_the_last_owner_stays(town: Town, command: Any) -> None:
    """Not even the operator takes the last owner away, but one of two."""
    grant(town, town.alice, "owner")
    assert refused(town, OPERATOR, command).rule == "the last owner stays"
    grant(town, town.bob, "owner")
    write(town, OPERATOR, command)
    assert isinstance(refused(town, town.bob, Erase(password="")), NotAllowed)


def test_an_owner_who_cannot_log_in_is_none(town: Town) -> None:
    """A suspended owner is no reason to keep, and does not count for another one's going."""
    for account in (town.alice, town.bob):
        grant(town, account, "owner")
    write(town, OPERATOR, Suspend(name="bob"))
    assert refused(town, OPERATOR, Suspend(name="alice")).rule == "the last owner stays"
    grant(town, town.bob, "member")
    assert role(town, town.bob) == "member"


# Roles


def test_granting_roles(town: Town) -> None:
    """Below one's own, to whom one outranks; it is on record."""
    assert write(town, town.ada, GrantRole(name="bob", role="moderator")) == GrantRoleDone(
        name="bob", role="moderator", until=None
    )
    assert role(town, town.bob) == "moderator"
    assert town.audit() == [("ada", "grant-role", "bob", "", "moderator")]
    for wanted in ("admin", "owner"):
        why = refused(town, town.ada, GrantRole(name="bob", role=wanted))
        assert why.rule == "roles below one's own"
    grant(town, town.sam, "admin")
    for name in ("sam", "ada"):
        assert isinstance(refused(town, town.ada, GrantRole(name=name, role="member")), NotAllowed)
    assert isinstance(refused(town, town.bob, GrantRole(name="alice", role="guest")), NotAllowed)


def test_a_role_with_an_end(town: Town) -> None:
    """It is one up to then, and none from then on: what it allowed is refused again."""
    grant(town, town.bob, "moderator", 60)
    assert role(town, town.bob) == "moderator"
    town.clock.advance(59.999)
    write(town, town.bob, Kick(room="lobby", target="maude"))
    town.clock.advance(0.001)
    assert role(town, town.bob) == "member"
    assert isinstance(refused(town, town.bob, Kick(room="lobby", target="alice")), NotAllowed)


def test_a_guest_may_talk(town: Town) -> None:
    """Speak in rooms, make some, and write to people; and no less where the operator wants so."""
    grant(town, town.sam, "guest")
    join(town, town.sam, "lobby")
    say(town, town.sam, "lobby", "x")
    for command in (Join(room="fresh"), Say(room="@alice", text="x")):
        write(town, town.sam, command)
    town.database.run("DELETE FROM role_permissions WHERE role = 'guest' AND permission IN ('make-rooms', 'direct')")
    for command in (Join(room="another"), Say(room="@alice", text="x")):
        refused(town, town.sam, command)


# Managing

MANAGING = [
    Suspend(name="bob"), Restore(name="bob"), ResetPassword(name="bob"), RenameAccount(name="bob", shown="Bob"),
    AddAccount(name="zoe"), RevokeToken(number=1, account="bob"),
]  # fmt: skip


@pytest.mark.parametrize("command", MANAGING, ids=str)
def test_who_manages_accounts(town: Town, command: Any) -> None:
    """Admins, and only those whom they outrank."""
    town.database.run(
        "INSERT INTO tokens (id, account_id, kind, hash, label, created_at, used_at, used_from, expires_at)"
        f" VALUES (1, {town.bob.id}, 'app', 'h', 'phone', 1, 1, '', {BEGINNING * 2})"
    )
    if isinstance(command, Restore):
        write(town, OPERATOR, Suspend(name="bob"))
    grant(town, town.sam, "moderator")
    for person in (town.alice, town.maude, town.sam):
        assert isinstance(refused(town, person, command, HASHED), NotAllowed)
    if not isinstance(command, AddAccount):
        grant(town, town.bob, "admin")
        assert isinstance(refused(town, town.ada, command, HASHED), NotAllowed)
        grant(town, town.bob, "moderator")
    before = len(town.audit())
    write(town, town.ada, command, HASHED)
    assert [entry[0] for entry in town.audit()[before:]] == ["ada"]


def test_suspending(town: Town) -> None:
    """The sessions end with the reason, and nothing lets the account in until it is restored."""
    assert write(town, town.ada, Suspend(name="bob", reason="spam")) == SuspendDone(name="bob")
    (ended,) = town.ended
    assert (ended.account, str(ended.refusal), ended.refusal.set_by) == (
        town.bob.id, "This account is suspended: spam.", "ada",
    )  # fmt: skip
    with pytest.raises(LoginFailed):
        done(town.accounts.enter(town.bob.id, "192.0.2.1", lambda entrance: None))
    assert isinstance(refused(town, town.ada, Suspend(name="bob")), NoSuchEntry)
    assert write(town, town.ada, Restore(name="bob")) == RestoreDone(name="bob")
    assert isinstance(refused(town, town.ada, Restore(name="bob")), NoSuchEntry)
    done(town.accounts.enter(town.bob.id, "192.0.2.1", lambda entrance: None))
    assert [entry[1:3] for entry in town.audit()] == [("suspend", "bob"), ("restore", "bob")]


def test_adding_an_account(town: Town) -> None:
    """With a password that the store has the hash of; names are as hard to get as by registering."""
    assert write(town, town.ada, AddAccount(name="Zoe"), HASHED) == AccountAdded(name="Zoe", password=None)
    assert town.rows("SELECT hash FROM passwords ORDER BY account_id DESC LIMIT 1") == [("$2b$04$new",)]
    for taken in ("zoe", "b0b"):
        assert isinstance(refused(town, town.ada, AddAccount(name=taken), HASHED), NameTaken)
    assert isinstance(refused(town, town.ada, AddAccount(name="admin"), HASHED), BadName)


def test_resetting_a_password(town: Town) -> None:
    """The old one is worth nothing, nor any token, and the sessions end."""
    number, _ = done(town.accounts.add_token(town.bob.id, b"hash", "phone", "192.0.2.1"))
    assert write(town, town.ada, ResetPassword(name="bob"), HASHED) == PasswordReset(name="bob", password="")
    assert town.rows(f"SELECT hash FROM passwords WHERE account_id = {town.bob.id}") == [("$2b$04$new",)]
    assert town.rows(f"SELECT revoked_at FROM tokens WHERE id = {number}") == [(BEGINNING,)]
    assert [ended.account for ended in town.ended] == [town.bob.id]


def test_writing_a_name_in_another_way(town: Town) -> None:
    """Other capitals, and nothing else: the key, and so whatever holds against the account, stays."""
    write(town, town.ada, Ban(target="bob"))
    assert write(town, town.ada, RenameAccount(name="bob", shown="BoB")) == RenameDone(name="BoB")
    assert town.rows(f"SELECT name, name_key FROM accounts WHERE id = {town.bob.id}") == [("BoB", "bob")]
    assert isinstance(refused(town, town.ada, RenameAccount(name="bob", shown="rob")), BadName)
    with pytest.raises(ChatError, match="banned"):
        done(town.accounts.enter(town.bob.id, "192.0.2.1", lambda entrance: None))


# Tokens, and whom one ignores


def test_logging_out(town: Town) -> None:
    """Everywhere: all tokens but the one that this session came with; and then that one."""
    tokens = [
        done(town.accounts.enter(town.bob.id, "", lambda entrance: None, new_token=bytes([n]))).token_id
        for n in range(3)
    ]
    session = town.session()
    session.token_id = tokens[1]
    assert done(town.journal.append(town.bob, Logout(which="all"), session)) == LogoutDone(sessions=0, tokens=2)
    assert done(town.journal.append(town.bob, Logout(), session)) == LogoutDone(sessions=0, tokens=1)
    assert done(town.journal.append(town.bob, Logout(), session)) == LogoutDone(sessions=0, tokens=0)
    assert write(town, town.bob, Logout()) == LogoutDone(sessions=0, tokens=0)


def test_revoking_a_token(town: Town) -> None:
    """One's own, once; nobody else's by its number."""
    number, _ = done(town.accounts.add_token(town.bob.id, b"hash", "phone", ""))
    assert isinstance(refused(town, town.alice, RevokeToken(number=number)), NoSuchEntry)
    assert isinstance(refused(town, town.alice, RevokeToken(number=number, account="bob")), NotAllowed)
    assert write(town, town.bob, RevokeToken(number=number)) == RevokeTokenDone(number=number, label="phone")
    (ended,) = town.ended
    assert (ended.account, ended.token, ended.keep, ended.refusal.set_by) == (town.bob.id, number, True, None)
    assert isinstance(refused(town, town.bob, RevokeToken(number=number)), NoSuchEntry)
    assert town.audit() == []


def test_ignoring(town: Town) -> None:
    """It is kept on the account, once each; nobody ignores oneself or nobody."""
    for name in ("maude", "alice", "alice"):
        answer = write(town, town.bob, Ignore(name=name))
    assert answer == IgnoreDone(names=("alice", "maude"))
    assert done(town.accounts.ignored(town.bob)) == {town.alice.id, town.maude.id}
    assert write(town, town.bob, Unignore(name="alice")) == UnignoreDone(names=("maude",))
    assert isinstance(refused(town, town.bob, Ignore(name="bob")), NotAllowed)
    assert isinstance(refused(town, town.bob, Ignore(name="zoe")), NoSuchAccount)


# Going for good


def test_erasing_oneself(town: Town) -> None:
    """Out of all rooms, with nothing left that proves it, and no word of it; the name is never given again."""
    join(town, town.bob, "den")
    for room in ("lobby", "den", "@alice"):
        say(town, town.bob, room, f"my words in {room}")
    done(town.accounts.add_token(town.bob.id, b"hash", "phone", ""))
    write(town, town.alice, Ignore(name="bob"))
    town.events()
    assert write(town, town.bob, Erase(password="")) == Erased(name="bob")
    left = [(type(event), event.room, event.who, event.reason) for event in town.events()]
    assert sorted(left, key=str) == [
        (Left, "den", "bob", "account erased"), (Left, "lobby", "bob", "account erased"),
    ]  # fmt: skip
    (ended,) = town.ended
    assert (ended.account, ended.keep) == (town.bob.id, True)
    for table in ("passwords", "tokens", "read_markers", "account_roles", "known_addresses", "ignores"):
        column = "account_id" if table != "ignores" else "target_id"
        assert town.rows(f"SELECT * FROM {table} WHERE {column} = {town.bob.id}") == []
    assert town.rows("SELECT status, settings, last_login_from FROM accounts WHERE name = 'bob'") == [
        ("deleted", "{}", None)
    ]
    assert "my words" not in str(town.rows("SELECT * FROM messages"))
    assert (lines(town, town.alice), lines(town, town.alice, "@bob")) == ([""], [""])
    assert found(town, town.alice, "words") == []
    require_true_index(town.database)
    assert town.audit() == [("bob", "erase", "bob", "", "")]
    with pytest.raises(NameTaken):
        town.account("BOB")
    for command in (Kick(room="lobby", target="bob"), Ignore(name="bob")):
        assert isinstance(refused(town, town.alice, command), NoSuchAccount)


def test_erasing_somebody_who_said_much(town: Town) -> None:
    """What is too much for one transaction goes in slices, soon after."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 1204)"
    town.database.run(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, at_ms)"
        f" {numbers} SELECT 1, i, {town.bob.id}, 'bob', 'text', 'my words', {BEGINNING} FROM n"
    )
    town.database.run("UPDATE rooms SET last_seq = 1204 WHERE id = 1")
    write(town, town.bob, Erase(password=""))
    left = "SELECT count(*) FROM messages WHERE body LIKE '%words%'"
    assert town.rows(left) == [(700,)]
    assert done(Housekeeping(town.journal, town.now).clean()) == 700
    assert town.rows(left) == [(0,)]
    assert town.rows("SELECT DISTINCT deleted_by FROM messages WHERE kind = 'text'") == [("bob",)]
    require_true_index(town.database)
    assert done(Housekeeping(town.journal, town.now).clean()) == 0


def test_words_in_events(town: Town) -> None:
    """Topics that stand and that stood, and why somebody left or took back; but what was ordered is a record."""
    join(town, town.bob, "den")
    for room in ("lobby", "den"):
        write(town, town.bob, Topic(room=room, text="my topic"))
    write(town, town.alice, Topic(room="lobby", text="her topic"))
    said = say(town, town.bob, "lobby", "x")
    write(town, town.maude, Delete(room="lobby", seq=said.seq, reason="her reason"))
    op(town, town.alice, town.bob)
    join(town, town.sam, "lobby")
    said = say(town, town.sam, "lobby", "x")
    write(town, town.bob, Delete(room="lobby", seq=said.seq, reason="my reason"))
    write(town, town.bob, Kick(room="lobby", target="sam", reason="on record"))
    write(town, town.bob, Leave(room="lobby", reason="my temper"))
    town.database.run("UPDATE rooms SET topic_by = 'BOB' WHERE topic_by = 'bob'")
    town.events()
    write(town, town.bob, Erase(password=""))
    assert [(type(event).__name__, event.room) for event in town.events()] == [("Left", "den"), ("TopicChanged", "den")]
    assert town.rows("SELECT name, topic FROM rooms ORDER BY name") == [("den", ""), ("lobby", "her topic")]
    stored = str(town.rows("SELECT body FROM messages"))
    assert "my " not in stored
    for kept in ("her topic", "her reason", "on record", "account erased"):
        assert kept in stored
    assert [event.topic for event in history(town, town.alice) if isinstance(event, TopicChanged)] == ["", "her topic"]
    assert done(Housekeeping(town.journal, town.now).clean()) == 0


def test_words_in_many_events(town: Town) -> None:
    """They go in slices, soon after, and are looked for no more when they are gone."""
    body = '{"event":"topic-changed","topic":"my topic"}'
    town.database.run(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, at_ms)"
        " WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 1204)"
        f" SELECT 1, i, {town.bob.id}, 'bob', 'event', '{body}', {BEGINNING} FROM n"
    )
    town.database.run("UPDATE rooms SET last_seq = 1204 WHERE id = 1")
    write(town, town.bob, Erase(password=""))
    assert done(Housekeeping(town.journal, town.now).clean()) == 700
    assert "my " not in str(town.rows("SELECT body FROM messages"))
    assert now(town.database.read(accounts.to_be_wiped)) == []


def test_what_others_say_stays(town: Town) -> None:
    """Whoever goes takes away nothing of theirs."""
    say(town, town.alice, "lobby", "hers")
    say(town, town.alice, "@bob", "hers too")
    write(town, town.bob, Erase(password=""))
    assert (lines(town, town.alice), lines(town, town.alice, "@bob")) == (["hers"], ["hers too"])
