"""Those who run the site do it with the permissions that their roles have, and nothing of it goes unrecorded."""

import hashlib
import sqlite3
from typing import Any

import pytest

from chatd.core import commands
from chatd.core.commands import Announce, MakeInvitation, PurgeRoom, Reload, RevokeInvitation, Shutdown
from chatd.core.errors import NoSuchEntry, NoSuchRoom, NotAllowed, RegistrationClosed
from chatd.core.events import Announced, AnnounceDone, InvitationMade, PurgeRoomDone, RevokeInvitationDone
from chatd.core.ports import OPERATOR
from chatd.testing import BEGINNING
from tests.store.doubles import (
    DAY,
    Town,
    ask,
    done,
    found,
    grant,
    history,
    lines,
    refused,
    require_true_index,
    say,
    set_room,
    write,
)

CODE = hashlib.sha256(b"code").digest()


def invited(town: Town, name: str) -> int:
    """Register with the code."""
    return done(town.accounts.create(name, "bcrypt", "x", "192.0.2.1", CODE))


# Announcements


def test_an_announcement(town: Town) -> None:
    """Everyone is told; it is stored nowhere but in the audit log."""
    assert write(town, town.ada, Announce(text="tea at five")) == AnnounceDone(people=0)
    assert town.events() == [Announced(text="tea at five", at=BEGINNING)]
    assert town.audit() == [("ada", "announce", "", "", "tea at five")]
    assert len(history(town, town.alice)) == 4


@pytest.mark.parametrize(
    "command",
    [
        Announce(text="x"), MakeInvitation(), RevokeInvitation(number=1), PurgeRoom(room="lobby"), Reload(), Shutdown(),
    ],
    ids=str,
)  # fmt: skip
def test_who_runs_the_site(town: Town, command: Any) -> None:
    """Admins, and nobody beneath them: not a room's owner, and not a moderator of the site."""
    write(town, town.ada, MakeInvitation(), hashlib.sha256(b"first").digest())
    grant(town, town.maude, "moderator")
    for person in (town.alice, town.maude, town.sam):
        assert isinstance(refused(town, person, command, CODE), NotAllowed)
    before = len(town.audit())
    for person in (town.ada, OPERATOR):
        if not isinstance(command, RevokeInvitation | MakeInvitation) or person is town.ada:
            write(town, person, command, None if isinstance(command, PurgeRoom) else CODE)
    assert {entry[0] for entry in town.audit()[before:]} <= {"ada", "operator"}
    assert town.audit()[before][1] == str(command.__struct_config__.tag)


# Invitations to the site


def test_an_invitation_is_used_up(town: Town) -> None:
    """So many strangers register with it and no more; what is kept is its hash."""
    made = write(town, town.ada, MakeInvitation(label="friends", uses=2), CODE)
    assert made == InvitationMade(number=1, code="", expires_at=BEGINNING + 7 * DAY * 1000)
    for name in ("zoe", "yan"):
        assert done(town.accounts.is_invited(CODE))
        invited(town, name)
    assert not done(town.accounts.is_invited(CODE))
    with pytest.raises(RegistrationClosed):
        invited(town, "xia")
    assert ask(town, town.ada, commands.Invitations()).invitations == ()
    assert town.audit() == [("ada", "make-invitation", "", "", "friends")]


def test_an_invitation_ends(town: Town) -> None:
    """At its time, or when somebody revokes it; one for ever does not."""
    write(town, town.ada, MakeInvitation(ms=1000), CODE)
    town.clock.advance(1)
    with pytest.raises(RegistrationClosed):
        invited(town, "zoe")
    assert isinstance(refused(town, town.ada, RevokeInvitation(number=1)), NoSuchEntry)
    forever = hashlib.sha256(b"forever").digest()
    assert write(town, town.ada, MakeInvitation(ms=0), forever) == InvitationMade(number=2, code="", expires_at=None)
    town.clock.advance(1000 * DAY)
    assert done(town.accounts.is_invited(forever))
    assert write(town, town.ada, RevokeInvitation(number=2)) == RevokeInvitationDone(number=2)
    assert not done(town.accounts.is_invited(forever))
    assert isinstance(refused(town, town.ada, RevokeInvitation(number=2)), NoSuchEntry)


def test_an_invitation_with_a_role(town: Town) -> None:
    """Below one's own; whoever registers with it has it."""
    for role in ("admin", "owner"):
        why = refused(town, town.ada, MakeInvitation(role=role), CODE)
        assert why.rule == "roles below one's own"
    write(town, town.ada, MakeInvitation(role="moderator"), CODE)
    number = invited(town, "zoe")
    assert town.rows(f"SELECT role, granted_by FROM account_roles WHERE account_id = {number}") == [
        ("moderator", "ada")
    ]


@pytest.mark.parametrize(
    "command",
    [
        commands.GrantRole(name="sam", role="moderator"), commands.GrantRole(name="sam", role="guest"),
        commands.Suspend(name="sam"), commands.Erase(password=""),
    ],
    ids=repr,
)  # fmt: skip
def test_an_invitation_ends_with_its_makers_power(town: Town, command: Any) -> None:
    """Whoever is put down, out or goes leaves no way back in; and gets none back with the power."""
    grant(town, town.sam, "admin")
    write(town, town.sam, MakeInvitation(ms=0), CODE)
    others = hashlib.sha256(b"others").digest()
    write(town, town.ada, MakeInvitation(ms=0), others)
    write(town, town.sam if isinstance(command, commands.Erase) else OPERATOR, command)
    with pytest.raises(RegistrationClosed):
        invited(town, "zoe")
    assert [each.created_by for each in ask(town, town.ada, commands.Invitations()).invitations] == ["ada"]
    if not isinstance(command, commands.Erase):
        town.database.run("UPDATE accounts SET status = 'active'")
        grant(town, town.sam, "admin")
    assert [done(town.accounts.is_invited(each)) for each in (CODE, others)] == [False, True]


def test_an_invitation_is_judged_when_it_is_used(town: Town) -> None:
    """Where the power has ended by itself, or what the role may do is another thing now."""
    grant(town, town.sam, "admin", DAY)
    write(town, town.sam, MakeInvitation(ms=0, role="moderator"), CODE)
    assert done(town.accounts.is_invited(CODE))
    town.database.run("UPDATE roles SET rank = 9 WHERE name = 'moderator'")
    assert not done(town.accounts.is_invited(CODE)), "nobody lets in above himself"
    town.database.run("UPDATE roles SET rank = 2 WHERE name = 'moderator'")
    town.clock.advance(DAY)
    assert not done(town.accounts.is_invited(CODE))
    assert isinstance(refused(town, town.ada, RevokeInvitation(number=1)), NoSuchEntry)
    grant(town, town.sam, "admin")
    assert not done(town.accounts.is_invited(CODE)), "a power that comes back brings none back"


def test_a_higher_role_costs_no_invitation(town: Town) -> None:
    """Nor does the same one, for another time."""
    write(town, town.ada, MakeInvitation(ms=0), CODE)
    for role in ("admin", "owner"):
        grant(town, town.ada, role)
        assert done(town.accounts.is_invited(CODE))


def test_an_invitation_of_the_operators_stays(town: Town) -> None:
    """Nobody takes the power of whoever holds the machine."""
    write(town, OPERATOR, MakeInvitation(ms=0, role="admin"), CODE)
    invited(town, "zoe")


# Purges


def test_purging_a_room(town: Town) -> None:
    """All that was said and happened goes, or what is older; the numbers go on, and people stay members."""
    say(town, town.bob, "lobby", "old tea")
    town.clock.advance(60)
    say(town, town.bob, "lobby", "new tea")
    assert write(town, OPERATOR, PurgeRoom(room="lobby", before=BEGINNING)) == PurgeRoomDone(room="lobby", messages=5)
    assert lines(town, town.bob) == ["new tea"]
    assert write(town, OPERATOR, PurgeRoom(room="lobby", before=BEGINNING)) == PurgeRoomDone(room="lobby", messages=0)
    write(town, OPERATOR, PurgeRoom(room="lobby", before=town.now()))
    assert history(town, town.bob) == []
    assert found(town, town.bob, "tea") == []
    assert say(town, town.bob, "lobby", "on").seq == 7
    require_true_index(town.database)


def test_a_purge_goes_in_slices(town: Town) -> None:
    """Each a transaction of its own, the oldest first; on record once."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 1104)"
    town.database.run(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, at_ms)"
        f" {numbers} SELECT 1, i, 2, 'bob', 'text', 'x', {BEGINNING} FROM n"
    )
    gone: list[int] = []
    while not gone or gone[-1]:
        answer = write(town, OPERATOR, PurgeRoom(room="lobby", before=BEGINNING), "another slice" if gone else None)
        assert isinstance(answer, PurgeRoomDone)
        gone.append(answer.messages)
    assert gone == [500, 500, 104, 0]
    assert town.audit() == [("operator", "purge-room", "", "lobby", "older than 0 ms")]


def test_what_is_said_while_a_room_is_purged_stays(town: Town) -> None:
    """What goes was said when the order was given, or before; without that moment nothing goes."""
    say(town, town.bob, "lobby", "old")
    order = PurgeRoom(room="lobby", before=town.now())
    town.clock.advance(0.001)
    say(town, town.bob, "lobby", "new")
    assert write(town, OPERATOR, PurgeRoom(room="lobby")) == PurgeRoomDone(room="lobby", messages=0)
    assert write(town, OPERATOR, order) == PurgeRoomDone(room="lobby", messages=5)
    assert write(town, OPERATOR, order, "another slice") == PurgeRoomDone(room="lobby", messages=0)
    assert lines(town, town.bob) == ["new"]


def test_an_admin_purges_what_an_admin_sees(town: Town) -> None:
    """A private room is none for an admin; whoever holds the machine sees all."""
    set_room(town, town.alice, "access", "invite")
    private, none = (refused(town, town.ada, PurgeRoom(room=room)) for room in ("lobby", "nil"))
    assert isinstance(private, NoSuchRoom)
    assert str(private).replace("lobby", "nil") == str(none)
    write(town, OPERATOR, PurgeRoom(room="lobby"))


# The audit log


def test_the_audit_log_is_insert_only(town: Town) -> None:
    """Nobody, not even chatd itself, changes what it says."""
    write(town, town.maude, commands.Kick(room="lobby", target="bob"))
    write(town, town.maude, commands.Undo())
    kept = town.rows("SELECT * FROM audit_log")
    for statement in (
        "DELETE FROM audit_log",
        "UPDATE audit_log SET actor = 'nobody'",
        "INSERT OR REPLACE INTO audit_log (id, at_ms, actor, address, act) VALUES (1, 1, 'x', '', 'x')",
        "INSERT OR REPLACE INTO audit_log (at_ms, actor, address, act, undoes) SELECT 1, 'x', '', 'x', undoes"
        " FROM audit_log WHERE undoes IS NOT NULL",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="insert only"):
            town.database.run(statement)
    assert town.rows("SELECT * FROM audit_log") == kept


def test_the_audit_log_says_who_from_where_and_when(town: Town) -> None:
    """The operator has no number, and a program inside the machine no address."""
    town.clock.advance(5)
    write(town, town.maude, commands.Kick(room="lobby", target="bob"), address="2001:db8::7")
    write(town, OPERATOR, commands.Mute(room="lobby", target="maude"))
    assert town.rows("SELECT at_ms, actor_id, actor, address FROM audit_log ORDER BY id DESC LIMIT 2") == [
        (BEGINNING + 5000, None, "operator", ""),
        (BEGINNING + 5000, town.maude.id, "maude", "2001:db8::7"),
    ]


def test_what_is_refused_is_on_no_record(town: Town) -> None:
    """The log is of what was done."""
    refused(town, town.bob, commands.Kick(room="lobby", target="maude"))
    refused(town, town.bob, Shutdown())
    assert town.audit() == []
