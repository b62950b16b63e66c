"""What those order who run the site."""

from typing import Any

import pytest

from chatd.core import commands, events
from chatd.core.commands import (
    Accounts,
    AddAccount,
    Announce,
    Audit,
    Command,
    GrantRole,
    Invitations,
    Login,
    MakeInvitation,
    PurgeRoom,
    Register,
    Reload,
    RenameAccount,
    ResetPassword,
    Restore,
    RevokeInvitation,
    Say,
    Shutdown,
    Stats,
    Suspend,
)
from chatd.core.events import LoggedIn
from chatd.testing import PASSWORD, Process, World
from tests.core.doubles import Voice, alone
from tests.core.verbs.test_entrance import owner


def run() -> tuple[World, Voice, Voice]:
    """A server with an owner and somebody."""
    world = alone()
    return world, owner(world), Voice(world, "bob")


ALL: list[Command] = [
    Announce(text="x"), AddAccount(name="carol"), Accounts(), Suspend(name="bob"), Restore(name="bob"),
    GrantRole(name="bob", role="guest"), ResetPassword(name="bob"), RenameAccount(name="bob", shown="BOB"),
    MakeInvitation(), Invitations(), RevokeInvitation(number=1), PurgeRoom(room="dev"), Audit(), Stats(), Reload(),
    Shutdown(),
]  # fmt: skip


@pytest.mark.parametrize("command", ALL, ids=repr)
def test_none_of_it_is_for_everybody(command: Command) -> None:
    """Whoever lacks the permission is told so, nothing is done, and no password is hashed for it."""
    world, _, bob = run()
    before = world.database.rows("SELECT * FROM accounts")
    assert bob.is_refused(command).code == "not-allowed"
    assert world.database.rows("SELECT * FROM accounts") == before
    assert world.database.rows("SELECT * FROM audit_log") == []
    assert process(world).ordered == []


def process(world: World) -> Process:
    server: Any = world.ports.server
    assert isinstance(server, Process)
    return server


def test_everyone_hears_an_announcement() -> None:
    """And who made it is told how many that were."""
    _, root, bob = run()
    assert root.asks(Announce(text="Back at noon"), events.AnnounceDone).people == 2
    assert [getattr(each, "text", "") for each in bob.hears()] == ["Back at noon"]


def test_an_account_is_made_with_a_password_that_is_shown_once() -> None:
    """Or with one that was chosen, which is shown to nobody; names obey the rules for all."""
    world, root, _ = run()
    made = root.asks(AddAccount(name="Carol"), events.AccountAdded)
    assert made.password is not None
    Voice(world).asks(Login(name="carol", password=made.password), LoggedIn)
    assert root.asks(AddAccount(name="dan", password="another horse"), events.AccountAdded).password is None
    Voice(world).asks(Login(name="dan", password="another horse"), LoggedIn)
    assert root.is_refused(AddAccount(name="car0l")).code == "name-taken"
    assert root.is_refused(AddAccount(name="admin")).code == "bad-name"
    assert root.is_refused(AddAccount(name="eve", password="short")).code == "bad-password"
    assert made.password not in repr(world.database.rows("SELECT * FROM audit_log"))


def test_accounts_are_listed_with_who_is_here() -> None:
    """By name, a page at a time, or those with a part in their name."""
    _, root, bob = run()
    bob.goes()
    shown = root.asks(Accounts(), events.AccountsDone).accounts
    assert [(each.name, each.role, each.online) for each in shown] == [
        ("bob", "member", False), ("root2", "owner", True),
    ]  # fmt: skip
    assert [each.name for each in root.asks(Accounts(pattern="OO"), events.AccountsDone).accounts] == ["root2"]
    assert [each.name for each in root.asks(Accounts(after="bob"), events.AccountsDone).accounts] == ["root2"]


def test_whoever_is_suspended_goes_and_comes_not_back_until_restored() -> None:
    """The sessions end with the reason; a login is answered like a wrong password."""
    world, root, bob = run()
    root.asks(Suspend(name="BOB", reason="holiday"), events.SuspendDone)
    (told,) = bob.ended
    assert "holiday" in told.why
    assert Voice(world).is_refused(Login(name="bob", password=PASSWORD)).why == "Wrong name or password."
    assert root.is_refused(Suspend(name="bob")).code == "no-such-entry"
    root.asks(Restore(name="bob"), events.RestoreDone)
    Voice(world).asks(Login(name="bob", password=PASSWORD), LoggedIn)


def test_a_role_is_given_for_ever_or_for_a_while() -> None:
    """It holds at once in sessions that are open, and ends by itself."""
    world, root, bob = run()
    assert bob.is_refused(Audit()).code == "not-allowed"
    done = root.asks(GrantRole(name="bob", role="moderator", ms=60_000), events.GrantRoleDone)
    assert done.until == world.now() + 60_000
    bob.asks(Audit(), events.AuditDone)
    world.pass_time(60)
    assert bob.is_refused(Audit()).code == "not-allowed"
    assert root.is_refused(GrantRole(name="bob", role="owner")).rule == "roles below one's own"


def test_a_password_that_is_reset_ends_everything_that_the_old_one_opened() -> None:
    """Sessions and tokens; the new one is shown once, and works."""
    world, root, bob = run()
    token = bob.asks(commands.MakeToken(label="x"), events.TokenMade).token
    new = root.asks(ResetPassword(name="bob"), events.PasswordReset).password
    assert [each.code for each in bob.ended] == ["session-ended"]
    for proof in (Login(name="bob", password=PASSWORD), Login(token=token)):
        assert Voice(world).is_refused(proof).code == "login-failed"
    Voice(world).asks(Login(name="bob", password=new), LoggedIn)


def test_a_name_can_be_written_in_another_way_but_not_be_another() -> None:
    """Capitals are the account's looks, not its name."""
    _, root, _ = run()
    assert root.asks(RenameAccount(name="bob", shown="BoB"), events.RenameDone).name == "BoB"
    assert root.is_refused(RenameAccount(name="bob", shown="rob")).code == "bad-name"


def test_an_invitation_lets_strangers_in_so_often() -> None:
    """The code is shown once; whoever uses it has its role; then, or when it is revoked, it is worth nothing."""
    world, root, _ = run()
    world.hub.site = world.hub.site._replace(registration="invite")
    made = root.asks(MakeInvitation(label="for carol", role="moderator"), events.InvitationMade)
    (shown,) = root.asks(Invitations(), events.InvitationsDone).invitations
    assert (shown.label, shown.role, shown.uses_left) == ("for carol", "moderator", 1)
    assert made.code not in repr(shown)
    done = Voice(world).asks(Register(name="carol", password=PASSWORD, invite=made.code), events.Registered)
    assert done.role == "moderator"
    for code in (made.code, None):
        stranger = Voice(world)
        assert stranger.is_refused(Register(name="dan", password=PASSWORD, invite=code)).code == "registration-closed"
    second = root.asks(MakeInvitation(), events.InvitationMade)
    root.asks(RevokeInvitation(number=second.number), events.RevokeInvitationDone)
    assert root.is_refused(RevokeInvitation(number=second.number)).code == "no-such-entry"
    refused = Voice(world).is_refused(Register(name="dan", password=PASSWORD, invite=second.code))
    assert refused.code == "registration-closed"


def test_a_room_is_purged_in_slices_and_goes_on() -> None:
    """All of it, or what is older; the count goes on, and the record has it once."""
    world, root, bob = run()
    bob.joins("dev")
    for number in range(30):
        bob.asks(Say(room="dev", text=str(number)), events.SayDone)
    world.pass_time(100)
    bob.asks(Say(room="dev", text="new"), events.SayDone)
    assert root.asks(PurgeRoom(room="dev", ms=50_000), events.PurgeRoomDone).messages == 31
    assert root.asks(PurgeRoom(room="DEV"), events.PurgeRoomDone).messages == 1
    assert bob.asks(Say(room="dev", text="next"), events.SayDone).seq == 33
    assert root.is_refused(PurgeRoom(room="nosuch")).code == "no-such-room"
    assert len(world.database.rows("SELECT * FROM audit_log WHERE act = 'purge-room'")) == 2


def test_what_was_done_with_power_is_on_the_record() -> None:
    """Who, from where, what, to whom, why; newest first; about an account or a room."""
    _, root, bob = run()
    root.joins("dev")
    bob.joins("dev")
    root.asks(commands.Kick(room="dev", target="bob", reason="shouting"), events.KickDone)
    root.asks(GrantRole(name="bob", role="guest"), events.GrantRoleDone)
    entries = root.asks(Audit(), events.AuditDone).entries
    assert [(each.act, each.actor, each.address, each.target, each.room, each.reason) for each in entries] == [
        ("grant-role", "root2", "192.0.2.1", "bob", "", "guest"),
        ("kick", "root2", "192.0.2.1", "bob", "dev", "shouting"),
    ]
    assert [each.act for each in root.asks(Audit(about="#DEV"), events.AuditDone).entries] == ["kick"]
    assert root.asks(Audit(about="nobody2"), events.AuditDone).entries == ()


def test_the_process_is_ordered_after_the_record_is_on_disk() -> None:
    """Statistics join what is stored and what is live; reload and shutdown reach the process."""
    world, root, _ = run()
    stats = root.asks(Stats(), events.StatsDone).stats
    assert (stats["people"], stats["accounts"], stats["uptime"]) == (2, 2, 1.0)
    assert root.asks(Reload(), events.ReloadDone).wrong is None
    world.database.waiting = []
    pending = root.begins(Shutdown())
    assert (pending.called, process(world).ordered) == (False, ["reload"])
    world.database.let_go()
    assert process(world).ordered == ["reload", "shutdown"]
    assert world.database.rows("SELECT act FROM audit_log") == [("reload",), ("shutdown",)]
