"""What those order who run the site."""

import pytest

from chatd.core import commands, events
from chatd.core.commands import Audit, Command, GrantRole
from chatd.core.errors import NotNow
from tests.dialects.text.doubles import DAY, NOON, assert_is_refused, read, scene, told


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/announce Back at noon", commands.Announce(text="Back at noon")), ("/wall x", commands.Announce(text="x")),
        ("/user", commands.Accounts()), ("/user list", commands.Accounts()),
        ("/user list bo", commands.Accounts(pattern="bo")), ("/user add carol", commands.AddAccount(name="carol")),
        ("/user suspend bob much spam", commands.Suspend(name="bob", reason="much spam")),
        ("/user restore @bob", commands.Restore(name="bob")),
        ("/user role bob Moderator", GrantRole(name="bob", role="moderator")),
        ("/user role bob admin 30d", GrantRole(name="bob", role="admin", ms=30 * DAY)),
        ("/user reset bob", commands.ResetPassword(name="bob")),
        ("/user rename bob Bob", commands.RenameAccount(name="bob", shown="Bob")),
        ("/invitation new", commands.MakeInvitation()),
        ("/invitation new for carol", commands.MakeInvitation(label="for carol")),
        ("/invitation", commands.Invitations()), ("/invitation list", commands.Invitations()),
        ("/invitation revoke 4", commands.RevokeInvitation(number=4)),
        ("/audit", Audit()), ("/audit bob", Audit(about="bob")), ("/audit #dev 7d", Audit(about="#dev", ago=7 * DAY)),
        ("/audit 2026-12-24 @bob", Audit(about="bob", since=1_798_070_400_000)),
        ("/stats", commands.Stats()), ("/reload", commands.Reload()), ("/shutdown NOW", commands.Shutdown()),
    ],
)  # fmt: skip
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """A line with a slash becomes a command."""
    assert read(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "/announce", "/user add", "/user add a b", "/user list a b", "/user suspend", "/user restore",
        "/user role bob", "/user role bob king", "/user role bob admin soon", "/user reset", "/user rename bob",
        "/user rename bob a b", "/user delete bob", "/invitation new " + "x" * 129, "/invitation revoke",
        "/invitation make", "/audit a b", "/audit #", "/audit @", "/stats now", "/reload it", "/shutdown",
        "/shutdown later",
    ],
)  # fmt: skip
def test_wrong_words(line: str) -> None:
    """Whoever gets it wrong reads how it is right; the server does not stop for one word."""
    assert_is_refused(line)


def test_accounts_go_on_page_by_page() -> None:
    """C{/user list more} is the next part of the same list."""
    view = scene()
    read("/user list b", view)
    bob = events.AccountShown(name="bob", status="active", role="member", created_at=NOON, seen_at=None, online=True)
    lines = told(events.AccountsDone(at=NOON, accounts=(bob,), more=True), view)
    assert lines[1:] == ["-- There are more. /user list more shows them."]
    assert read("/user list more", view) == commands.Accounts(pattern="b", after="bob")
    told(events.AccountsDone(at=NOON, accounts=(bob,), more=False), view)
    with pytest.raises(NotNow):
        read("/user list more", view)


def test_the_audit_goes_on_page_by_page() -> None:
    """C{/audit more} is the next part of the same question; a search in between does not matter."""
    view = scene()
    read("/audit bob 7d", view)
    entry = events.AuditShown(
        number=12, at=NOON, actor="carol", address="", act="kick", target="bob", room="dev", reason=""
    )
    assert told(events.AuditDone(at=NOON, entries=(entry,), more=True), view)[1:] == [
        "-- There is more. /audit more shows it."
    ]
    read("/search x", view)
    assert read("/audit more", view) == Audit(about="bob", ago=7 * DAY, before=12)
    told(events.AuditDone(at=NOON, entries=(), more=False), view)
    with pytest.raises(NotNow):
        read("/audit more", view)
