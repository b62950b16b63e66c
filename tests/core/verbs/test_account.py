"""One's own account: sessions, tokens, away, whom one ignores, and its end."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from chatd.core import commands, events
from chatd.core.commands import (
    AddCertificate,
    Away,
    Claim,
    Erase,
    Export,
    Ignore,
    Login,
    Logout,
    MakeToken,
    Msg,
    Passwd,
    RevokeToken,
    Say,
    Sessions,
    Tokens,
    Unignore,
    Whois,
)
from chatd.core.errors import Closing
from chatd.core.events import LoggedIn
from chatd.core.ports import OPERATOR
from chatd.core.room import Avatar
from chatd.core.settings.personal import complete
from chatd.testing import PASSWORD, World, now
from tests.core.doubles import Voice, alone
from tests.core.verbs.test_entrance import owner

OWN = "ab" * 32


def remembered(world: World, name: str, address: str = "192.0.2.1") -> tuple[Voice, str]:
    """Somebody who has a session token, and the token."""
    if not world.database.rows(f"SELECT 1 FROM accounts WHERE name = '{name}'"):
        world.account(name)
    voice = Voice(world, address=address)
    token = voice.asks(Login(name=name, password=PASSWORD, remember=True), LoggedIn).token
    assert token is not None
    return voice, token


def good(world: World, token: str) -> bool:
    """Whether a token still opens the door."""
    voice = Voice(world)
    answered = voice.begins(Login(token=token))
    if not answered.called:
        world.pass_time(15)
    is_good = voice.session.avatar is not None
    voice.goes()
    return is_good


def test_the_first_owner_claims_the_server_once() -> None:
    """The code of the log makes whoever has it the owner; then it is worth nothing, and no other is."""
    world = alone()
    alice, bob = Voice(world, "alice"), Voice(world, "bob")
    code, hashed = world.ports.gate.make_code()
    now(Deferred.fromCoroutine(world.accounts.owner_code(hashed)))
    assert bob.is_refused(Claim(code="c055-v3me-n47q-6sav")).code == "no-such-entry"
    assert alice.asks(Claim(code=code.upper()), events.Claimed).role == "owner"
    assert bob.is_refused(Claim(code=code)).code == "no-such-entry"
    assert alice.asks(Whois(name="alice"), events.WhoisDone).role == "owner"
    assert world.database.rows("SELECT act, actor FROM audit_log") == [("claim", "alice")]


def test_sessions_are_shown_and_ended_one_by_one() -> None:
    """Where from and since when; the one that is ended is told, and its token is worth nothing."""
    world = alone()
    (desk, _), (phone, token) = remembered(world, "alice"), remembered(world, "alice", "198.51.100.7")
    shown = desk.asks(Sessions(), events.SessionsDone).sessions
    assert [(each.number, each.address, each.mine) for each in shown] == [
        (1, "192.0.2.1", True), (2, "198.51.100.7", False),
    ]  # fmt: skip
    assert desk.is_refused(Logout(which=3)).code == "no-such-entry"
    bob = Voice(world, "bob")
    assert bob.is_refused(Logout(which=1)).code == "no-such-entry"
    done = desk.asks(Logout(which=2), events.LogoutDone)
    assert (done.sessions, done.tokens) == (1, 1)
    assert [each.code for each in phone.ended] == ["session-ended"]
    assert not good(world, token)
    assert desk.ended == []


def test_logging_out_here_is_good_bye_and_the_end_of_this_token() -> None:
    """Also where one gives the session's own number."""
    world = alone()
    (here, token), (there, other) = remembered(world, "alice"), remembered(world, "alice")
    done = here.asks(Logout(which=1), events.LogoutDone)
    assert (done.sessions, done.tokens, here.session.finished) == (1, 1, True)
    assert (good(world, token), good(world, other)) == (False, True)
    assert not there.session.finished


def test_logging_out_everywhere_leaves_this_session_alone() -> None:
    """All others end, and every token but this session's is worth nothing."""
    world = alone()
    (here, token), (there, other) = remembered(world, "alice"), remembered(world, "alice")
    app = there.asks(MakeToken(label="printer"), events.TokenMade).token
    done = here.asks(Logout(which="all"), events.LogoutDone)
    assert (done.sessions, done.tokens, here.session.finished) == (1, 2, False)
    assert [isinstance(each, Closing) for each in there.ended] == [True]
    assert [good(world, each) for each in (token, other, app)] == [True, False, False]


def test_a_new_password_ends_what_the_old_one_opened() -> None:
    """Whoever knew the old one is out, on every device but this one."""
    world = alone()
    (here, token), (there, other) = remembered(world, "alice"), remembered(world, "alice")
    assert here.is_refused(Passwd(old="wrong horse", new="another horse")).code == "login-failed"
    assert there.ended == []
    here.asks(Passwd(old=PASSWORD, new="another horse"), events.PasswdDone)
    assert [each.why for each in there.ended] == ["The password of this account was changed."]
    assert (good(world, token), good(world, other)) == (True, False)


def test_tokens_are_listed_without_the_secret_and_revoked_by_number() -> None:
    """One's own; nobody else's, unless one manages accounts."""
    world = alone()
    alice, bob = Voice(world, "alice"), Voice(world, "bob")
    made = alice.asks(MakeToken(label="printer"), events.TokenMade)
    (shown,) = alice.asks(Tokens(), events.TokensDone).tokens
    assert (shown.number, shown.kind, shown.label) == (made.number, "app", "printer")
    assert made.token not in repr(shown)
    assert bob.asks(Tokens(), events.TokensDone).tokens == ()
    assert bob.is_refused(Tokens(account="alice")).code == "not-allowed"
    assert bob.is_refused(RevokeToken(number=made.number)).code == "no-such-entry"
    assert bob.is_refused(RevokeToken(number=made.number, account="alice")).code == "not-allowed"
    root = owner(world)
    assert len(root.asks(Tokens(account="ALICE"), events.TokensDone).tokens) == 1
    assert root.asks(RevokeToken(number=made.number, account="alice"), events.RevokeTokenDone).label == "printer"
    assert not good(world, made.token)
    assert alice.is_refused(RevokeToken(number=made.number)).code == "no-such-entry"


def came(world: World, token: str) -> Voice:
    """Somebody who came with a token."""
    voice = Voice(world)
    voice.asks(Login(token=token), LoggedIn)
    return voice


def test_a_token_makes_no_token() -> None:
    """Whoever has found one cannot make it last: neither with that of a session nor with that of an app."""
    world = alone()
    alice, token = remembered(world, "alice")
    app = alice.asks(MakeToken(label="printer"), events.TokenMade).token
    for each in (token, app):
        assert (
            came(world, each).is_refused(MakeToken(label="mine for ever")).rule == "tokens are made with the password"
        )
    assert len(alice.asks(Tokens(), events.TokensDone).tokens) == 2


def test_a_certificate_is_a_token() -> None:
    """It is listed with its fingerprint, and whoever manages accounts revokes it; what came with it ends."""
    world = alone()
    alice, root = Voice(world, "alice"), owner(world)
    assert alice.is_refused(AddCertificate(label="laptop")).rule == "certificates are shown in the TLS handshake"
    alice.session.peer = alice.session.peer._replace(certificate=OWN)
    assert alice.is_refused(AddCertificate(label="\x07")).code == "bad-text"
    made = alice.asks(AddCertificate(label="laptop"), events.CertificateAdded)
    (shown,) = alice.asks(Tokens(), events.TokensDone).tokens
    assert (shown.number, shown.kind, shown.label, shown.fingerprint) == (made.number, "certificate", "laptop", OWN)
    other = Voice(world)
    other.session.peer = other.session.peer._replace(certificate=OWN)
    assert other.asks(Login(certificate=True), LoggedIn).name == "alice"
    assert other.is_refused(AddCertificate(label="for ever")).rule == "tokens are made with the password"
    assert root.asks(RevokeToken(number=made.number, account="alice"), events.RevokeTokenDone).label == "laptop"
    assert [each.set_by for each in other.ended] == ["root2"]
    assert world.database.rows("SELECT act, target, reason FROM audit_log")[-1:] == [
        ("revoke-token", "alice", "laptop")
    ]


def test_an_erased_account_leaves_no_certificate() -> None:
    """It may stand for another account then."""
    world = alone()
    for name in ("alice", "bob"):
        voice = Voice(world, name)
        voice.session.peer = voice.session.peer._replace(certificate=OWN)
        voice.asks(AddCertificate(label="laptop"), events.CertificateAdded)
        voice.asks(Erase(password=PASSWORD), events.Erased)
    assert world.database.rows("SELECT count(*) FROM tokens") == [(0,)]


def test_a_token_that_is_revoked_takes_its_sessions_along() -> None:
    """By the account itself or by who manages it; each is told, and the others stay, and the one that asks."""
    world = alone()
    alice, root = Voice(world, "alice"), owner(world)
    tokens = [alice.asks(MakeToken(label=label), events.TokenMade) for label in ("one", "two", "three")]
    first, again, second, third = (came(world, tokens[number].token) for number in (0, 0, 1, 2))
    alice.asks(RevokeToken(number=tokens[0].number), events.RevokeTokenDone)
    for voice in (first, again):
        assert [each.why for each in voice.ended] == ["The token of this session was revoked."]
    root.asks(RevokeToken(number=tokens[1].number, account="alice"), events.RevokeTokenDone)
    assert [each.set_by for each in second.ended] == ["root2"]
    third.asks(RevokeToken(number=tokens[2].number), events.RevokeTokenDone)
    assert (alice.ended, third.ended) == ([], [])


def test_a_session_is_ended_with_what_came_with_its_token() -> None:
    """The program cannot come back with it, and another copy of it ends too; to log out itself costs it nothing."""
    world = alone()
    alice = Voice(world, "alice")
    app = alice.asks(MakeToken(label="printer"), events.TokenMade).token
    early = came(world, app)
    early.asks(Logout(), events.LogoutDone)
    early.goes()
    first, second = came(world, app), came(world, app)
    done = alice.asks(Logout(which=first.session.number), events.LogoutDone)
    assert (done.sessions, done.tokens, len(first.ended), len(second.ended)) == (2, 1, 1, 1)
    assert not good(world, app)


def test_logging_out_here_ends_what_came_with_the_same_token() -> None:
    """It is revoked, and so nobody stays who has it; who has another one does."""
    world = alone()
    (here, token), (other, _) = remembered(world, "alice"), remembered(world, "alice")
    copy = came(world, token)
    done = here.asks(Logout(), events.LogoutDone)
    assert (done.sessions, done.tokens, here.session.finished) == (2, 1, True)
    assert [each.why for each in copy.ended] == ["The token of this session was revoked."]
    assert (here.ended, other.ended) == ([], [])


def test_a_session_whose_token_is_worth_nothing_is_ended_all_the_same() -> None:
    """As when it has become too old meanwhile."""
    world = alone()
    (desk, _), (phone, _) = remembered(world, "alice"), remembered(world, "alice")
    world.database.run(f"UPDATE tokens SET expires_at = 1 WHERE id = {phone.session.token_id}")
    done = desk.asks(Logout(which=phone.session.number), events.LogoutDone)
    assert (done.sessions, done.tokens, len(phone.ended)) == (1, 0, 1)


def test_the_operator_has_no_account_to_make_a_token_of() -> None:
    """It is refused like all that belongs to an account."""
    world = alone()
    voice = Voice(world)
    voice.session.begin(Avatar(OPERATOR, complete({})), 0, None, world.now())
    assert voice.is_refused(MakeToken(label="x")).rule == "one's own account"


def test_away_and_back() -> None:
    """Others read why; a reason is a text like any other."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    assert alice.asks(Away(text="lunch"), events.AwayDone).text == "lunch"
    assert bob.asks(Whois(name="alice"), events.WhoisDone).away == "lunch"
    (person, _) = bob.asks(commands.Names(room="dev"), events.NamesDone).people
    assert (person.name, person.away) == ("alice", "lunch")
    assert alice.is_refused(Away(text="\x1b[2J")).code == "bad-text"
    assert alice.asks(Away(), events.AwayDone).text is None
    assert bob.asks(Whois(name="alice"), events.WhoisDone).away is None


def test_whom_one_ignores_is_kept_with_the_account() -> None:
    """A list, without oneself, that the next login still knows."""
    world = alone()
    alice, bob = Voice(world, "alice"), Voice(world, "bob")
    assert alice.is_refused(Ignore(name="ALICE")).rule == "nobody acts against oneself"
    assert alice.is_refused(Ignore(name="nobody2")).code == "no-such-account"
    assert alice.asks(Ignore(name="BOB"), events.IgnoreDone).names == ("bob",)
    alice.goes()
    again = Voice(world, "alice")
    assert again.asks(Ignore(), events.IgnoreDone).names == ("bob",)
    bob.asks(Msg(to="alice", text="psst"), events.MsgDone)
    assert [each for each in again.hears() if isinstance(each, events.Said)] == []
    assert again.asks(Unignore(name="bob"), events.UnignoreDone).names == ()
    bob.asks(Msg(to="alice", text="psst"), events.MsgDone)
    assert [type(each) for each in again.hears()][-1] is events.Said


def test_what_is_kept_of_oneself_is_given_in_parts() -> None:
    """The account, where one is a member, tokens by their labels, and every line; nothing of others, no secret."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    made = alice.asks(MakeToken(label="printer"), events.TokenMade)
    for number in range(120):
        alice.asks(Say(room="dev", text=f"line {number}"), events.SayDone)
    bob.asks(Say(room="dev", text="not mine to give"), events.SayDone)
    records: list[dict[str, Any]] = []
    after = 0
    for _ in range(5):
        part = alice.asks(Export(after=after), events.ExportDone)
        records += part.records
        after = part.next or 0
        if not after:
            break
    assert [each["kind"] for each in records[:3]] == ["account", "membership", "token"]
    assert [each["text"] for each in records if each["kind"] == "line"] == [f"line {number}" for number in range(120)]
    assert made.token not in repr(records)
    assert "not mine" not in repr(records)


def test_an_account_that_is_given_up_is_nobodys() -> None:
    """With the password alone: out of the rooms, its lines taken back, its devices told, its name never given again."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    phone = Voice(world, "alice")
    made = alice.asks(MakeToken(label="x"), events.TokenMade).token
    alice.asks(Say(room="dev", text="regrettable"), events.SayDone)
    assert alice.is_refused(Erase(password="wrong horse")).code == "login-failed"
    assert alice.is_refused(Erase(password=made)).code == "login-failed"
    assert alice.asks(Erase(password=PASSWORD), events.Erased).name == "alice"
    assert (alice.session.finished, [each.code for each in phone.ended]) == (True, ["session-ended"])
    alice.goes()
    assert "Left" in [type(each).__name__ for each in bob.hears()]
    assert bob.is_refused(Whois(name="alice")).code == "no-such-account"
    assert Voice(world).is_refused(Login(name="alice", password=PASSWORD)).code == "login-failed"
    assert not good(world, made)
    assert Voice(world).is_refused(commands.Register(name="Alice", password=PASSWORD)).code == "name-taken"
    old = bob.asks(commands.History(room="dev"), events.HistoryDone).events
    assert "regrettable" not in repr(old)
    assert world.database.rows("SELECT count(*) FROM messages WHERE body LIKE '%regrettable%'") == [(0,)]
    kept = "SELECT last_seen_at, (SELECT max(seq) FROM read_markers WHERE account_id = accounts.id) FROM accounts"
    assert world.database.rows(f"{kept} WHERE name = 'alice'") == [(None, None)], "nor when the last session goes"


@pytest.mark.parametrize("role", ["owner"])
def test_the_last_owner_stays(role: str) -> None:
    """Nobody can leave the server to nobody."""
    world = alone()
    root = owner(world)
    assert root.is_refused(Erase(password=PASSWORD)).rule == "the last owner stays"
    assert not root.session.finished
    assert root.is_refused(commands.GrantRole(name="root2", role="member")).code == "not-allowed"


def test_a_muted_one_is_away_without_a_word() -> None:
    """Why somebody is away is read in every room, so that a mute in one of them refuses it; to be back is no word."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev", "ops"), Voice(world, "bob").joins("dev", "ops")
    bob.asks(Away(text="lunch"), events.AwayDone)
    alice.asks(commands.Mute(room="dev", target="bob", ms=60_000), events.MuteDone)
    alice.hears()
    refusal = bob.is_refused(Away(text="you will read this"))
    assert (refusal.code, refusal.rule) == ("not-allowed", "a mute")
    assert alice.hears() == []
    bob.asks(Away(), events.AwayDone)
    assert [type(each) for each in alice.hears()] == [events.AwayChanged]
    world.pass_time(61)
    assert bob.asks(Away(text="lunch"), events.AwayDone).text == "lunch"
