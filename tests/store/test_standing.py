"""Who may do what is decided by what the rows say at that moment."""

from typing import Any

import pytest

from chatd.core.commands import Ban, Invite, Mute
from chatd.core.errors import NotAllowed
from chatd.core.permissions import AS_MEMBER, Actor, Room, Sentence
from chatd.core.ports import OPERATOR, Account
from chatd.store import standing
from chatd.store.queries import accounts, rooms
from chatd.store.queries.transactions import Cursor
from chatd.testing import BEGINNING, now
from tests.store.doubles import DAY, Town, grant, op, say, set_room, write


def actor(town: Town, account: Account, room: str | None = "lobby", **more: Any) -> Actor:
    """An account, as what decides sees it."""

    def work(cursor: Cursor) -> Actor:
        row = None if room is None else rooms.room_by_key(cursor, room, account.id)
        return standing.actor_of(cursor, account.id, account.name, town.now(), row, **more)

    return now(town.database.read(work))


def test_a_member(town: Town) -> None:
    """With the permissions of members, and the role in the room."""
    assert actor(town, town.bob) == Actor("bob", "member", 1, AS_MEMBER, standing="member")
    assert actor(town, town.alice).standing == "owner"
    assert actor(town, town.sam).standing is None
    assert actor(town, town.bob, None).standing is None


@pytest.mark.parametrize(("role", "rank"), [("guest", 0), ("member", 1), ("moderator", 2), ("admin", 3), ("owner", 4)])
def test_roles_have_ranks_and_permissions(town: Town, role: str, rank: int) -> None:
    """Each role has what the one below has, and more; none may see private rooms."""
    grant(town, town.bob, role)
    found = actor(town, town.bob)
    assert (found.role, found.rank) == (role, rank)
    below = {"guest": "guest", "member": "guest", "moderator": "member", "admin": "moderator", "owner": "admin"}[role]
    grant(town, town.sam, below)
    assert actor(town, town.sam).permissions <= found.permissions
    assert "see-rooms" not in found.permissions


def test_the_operator_outranks_everyone(town: Town) -> None:
    """And sees every room, but is no account that would enter one or write to somebody."""
    found = actor(town, OPERATOR)
    assert (found.role, found.rank, found.ban, found.mute) == ("operator", 5, None, None)
    assert "see-rooms" in found.permissions
    assert found.permissions.isdisjoint({"join", "direct", "make-rooms"})


def test_keys_and_invitations(town: Town) -> None:
    """The one that was shown must be the one that is kept; no key is none, also where the room has none."""
    assert not actor(town, town.sam, key_hash="h").has_key
    set_room(town, town.alice, "key", "x", "h")
    shown = [actor(town, town.sam, key_hash=shown).has_key for shown in ("h", "x", "", None)]
    assert shown == [True, False, False, False]
    write(town, town.alice, Invite(room="lobby", name="sam"))
    assert actor(town, town.sam).invited
    assert not actor(town, town.bob).invited


def test_what_is_in_force(town: Town) -> None:
    """Of several sentences the one that lasts longest is told, whether the account's or the network's."""
    write(town, town.ada, Mute(target="bob", ms=1000))
    write(town, town.maude, Mute(room="lobby", target="bob", ms=5000, reason="r"))
    write(town, town.ada, Mute(room="lobby", target="192.0.2.0/24", ms=0))
    assert actor(town, town.bob, address="192.0.2.1").mute == Sentence("#lobby", "ada", None, "")
    for address in ("198.51.100.1", ""):
        assert actor(town, town.bob, address=address).mute == Sentence("#lobby", "maude", BEGINNING + 5000, "r")
    assert actor(town, town.bob, None).mute == Sentence("this server", "ada", BEGINNING + 1000, "")
    assert actor(town, town.bob).ban is None
    town.clock.advance(1)
    assert actor(town, town.bob, None).mute is None


def test_slow_mode(town: Town) -> None:
    """Until when somebody is quiet, if they are at all: what was said before the room was slow does not matter."""
    say(town, town.bob, "lobby", "x")
    set_room(town, town.alice, "slow", "30s")
    assert actor(town, town.bob).quiet_until is None
    say(town, town.bob, "lobby", "x")
    assert actor(town, town.bob).quiet_until == BEGINNING + 30_000
    assert actor(town, town.sam).quiet_until is None
    town.clock.advance(30)
    assert actor(town, town.bob).quiet_until is None


def test_a_room(town: Town) -> None:
    """As it is set; full when there are as many as may be."""

    def seen() -> Room:
        row = now(town.database.read(lambda cursor: rooms.room_by_key(cursor, "lobby", 1)))
        assert row is not None
        return now(town.database.read(lambda cursor: standing.room_of(cursor, row)))

    assert seen() == Room("lobby")
    for name, value in (("access", "invite"), ("moderated", "on"), ("topic", "moderators"), ("limit", "4")):
        set_room(town, town.alice, name, value)
    assert seen() == Room("lobby", "invite", "alice", False, True, "moderators", False)
    set_room(town, town.alice, "limit", "3")
    assert seen().is_full


def test_a_target(town: Town) -> None:
    """With its role on the site and in the room, where it is about one."""
    op(town, town.alice, town.bob, "voice")
    grant(town, town.bob, "moderator")

    def seen(room: str | None) -> Actor:
        def work(cursor: Cursor) -> Actor:
            account = accounts.account_by_id(cursor, town.bob.id)
            assert account is not None
            row = None if room is None else rooms.room_by_key(cursor, room, 1)
            return standing.target_of(cursor, account, town.now(), row)

        return now(town.database.read(work))

    assert (seen("lobby").rank, seen("lobby").standing, seen(None).standing) == (2, "voice", None)


def test_admission(town: Town) -> None:
    """Neither a banned account nor anybody from a banned network comes in; a mute and a room's ban do not matter."""

    def admit(account: Account, address: str) -> str | None:
        def work(cursor: Cursor) -> None:
            row = accounts.account_by_id(cursor, account.id)
            assert row is not None
            standing.admit(cursor, row, address, town.now())

        try:
            now(town.database.read(work))
        except NotAllowed as refusal:
            return refusal.why
        return None

    write(town, town.ada, Mute(target="sam"))
    write(town, town.maude, Ban(room="lobby", target="sam"))
    write(town, town.ada, Ban(target="bob", reason="spam"))
    write(town, town.ada, Ban(target="192.0.2.0/24"))
    assert admit(town.sam, "198.51.100.1") is None
    assert admit(town.bob, "198.51.100.1") == "You are banned from this server: spam."
    assert admit(town.sam, "192.0.2.1") == "You are banned from this server."
    for address in ("192.0.2.1", "::ffff:192.0.2.1"):
        with pytest.raises(NotAllowed):
            now(town.database.read(lambda cursor, at=address: standing.admit_address(cursor, at, town.now())))  # type: ignore[misc]
    town.clock.advance(DAY)
    assert admit(town.bob, "192.0.2.1") is None


def test_an_account_that_is_not_active(town: Town) -> None:
    """It has its roles, but may not act; the operator always may."""
    assert actor(town, town.bob).is_active
    assert actor(town, OPERATOR).is_active
    for status in ("suspended", "deleted"):
        town.database.run(f"UPDATE accounts SET status = '{status}' WHERE id = {town.bob.id}")
        assert not actor(town, town.bob).is_active
        assert not actor(town, town.bob, None).is_active
