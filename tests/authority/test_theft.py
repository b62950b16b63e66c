"""What is taken away is gone: tokens do not outlive themselves, nor invitations the power of who made them."""

from typing import Any

from chatd.testing import PASSWORD, Remote, World

OWN = "ab" * 32


def token_of(alice: Remote) -> dict[str, Any]:
    """A token that alice makes."""
    return alice.asks(do="make-token", label="laptop")


def test_a_token_makes_no_other() -> None:
    """Whoever has stolen a token cannot make one that lives longer."""
    world = World()
    thief_token = token_of(world.program("alice"))["token"]
    thief = world.program()
    assert thief.asks(do="login", token=thief_token)["done"] == "login"
    assert thief.asks(do="make-token", label="mine")["code"] == "not-allowed"


def test_a_revoked_token_ends_its_sessions() -> None:
    """With the token goes whoever came with it, at once; who came with the password stays."""
    world = World()
    alice = world.program("alice")
    made = token_of(alice)
    thief = world.program()
    thief.asks(do="login", token=made["token"])
    assert alice.asks(do="revoke-token", number=made["number"])["done"] == "revoke-token"
    told = thief.objects()
    assert [each["code"] for each in told if "code" in each] == ["session-ended"]
    assert thief.is_closed
    assert not alice.is_closed


def test_a_certificate_that_is_stolen() -> None:
    """Who has its key is the account until it is revoked, and makes nothing that lasts longer."""
    world = World()
    alice = world.connect(certificate=OWN)
    alice.asks(do="register", name="alice", password=PASSWORD)
    made = alice.asks(do="add-certificate", label="laptop")
    thief = world.connect(certificate=OWN)
    assert thief.asks(do="login", certificate=True, remember=True)["token"] is None
    assert thief.asks(do="make-token", label="mine")["code"] == "not-allowed"
    assert thief.asks(do="add-certificate", label="mine")["code"] == "not-allowed"
    assert alice.asks(do="revoke-token", number=made["number"])["done"] == "revoke-token"
    assert [each["code"] for each in thief.objects() if "code" in each] == ["session-ended"]
    assert (thief.is_closed, alice.is_closed) == (True, False)
    again = world.connect(certificate=OWN)
    again.sends(do="login", certificate=True)
    world.pass_time(1)
    assert [each["code"] for each in again.objects()] == ["login-failed"]


def test_nobody_takes_somebody_elses_certificate() -> None:
    """Not by its fingerprint, which is no secret; so that nobody logs in to the account of who binds it first."""
    world = World()
    bob = world.program("bob")
    assert bob.asks(do="add-certificate", label=OWN)["code"] == "not-allowed"
    assert bob.asks(do="add-certificate", label="x", fingerprint=OWN)["code"] in ("bad-command", "not-allowed")
    alice = world.connect(certificate=OWN)
    alice.asks(do="register", name="alice", password=PASSWORD)
    alice.asks(do="add-certificate", label="laptop")
    mallory = world.connect(certificate=OWN)
    mallory.asks(do="register", name="mallory", password=PASSWORD)
    assert mallory.asks(do="add-certificate", label="x")["code"] == "not-allowed"


def test_an_invitation_is_worth_what_its_maker_may() -> None:
    """An admin who is one no more has made codes for nothing."""
    world = World()
    alice = world.program("alice")
    world.database.run("INSERT INTO account_roles VALUES (1, 'admin', 'test', 0, NULL)")
    code = alice.asks(do="make-invitation", role="moderator", ms=0, uses=5)["code"]
    first = world.program().asks(do="register", name="bob", password=PASSWORD, invite=code)
    assert (first["done"], first["role"]) == ("register", "moderator")
    world.database.run("DELETE FROM account_roles WHERE account_id = 1")
    second = world.program().asks(do="register", name="carol", password=PASSWORD, invite=code)
    assert second["code"] == "registration-closed"


def test_nothing_is_kept_of_an_erased_account() -> None:
    """Not even when it went."""
    world = World()
    alice = world.program("alice")
    assert alice.asks(do="erase", password=PASSWORD)["done"] == "erase"
    alice.goes()
    assert world.database.rows("SELECT last_seen_at FROM accounts") == [(None,)]
    assert world.database.rows("SELECT count(*) FROM read_markers") == [(0,)]
