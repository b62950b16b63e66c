"""What those read who run the site."""

import pytest

from chatd.core import events
from chatd.core.events import AccountShown, Answer, AuditShown, InvitationShown
from tests.dialects.text.doubles import DAY, HOUR, NOON, told

BOB = AccountShown(name="bob", status="active", role="member", created_at=NOON - DAY, seen_at=NOON, online=True)
EVE = AccountShown(name="eve", status="suspended", role="guest", created_at=NOON, seen_at=NOON - HOUR, online=False)
NEW = AccountShown(name="new", status="active", role="member", created_at=NOON, seen_at=None, online=False)


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (events.AnnounceDone(people=1), ["-- 1 person heard it."]),
        (events.AccountAdded(name="bob", password="seven-grey-geese"),
         ["-- The account bob is made. Nobody shows its password again:", "-- seven-grey-geese"]),
        (events.AccountAdded(name="bob", password=None), ["-- The account bob is made."]),
        (events.AccountsDone(at=NOON, accounts=(), more=False), ["-- There is no such account."]),
        (events.AccountsDone(at=NOON, accounts=(), more=True), ["-- There is no such account."]),
        (events.AccountsDone(at=NOON, accounts=(BOB, EVE, NEW), more=False),
         ["-- bob: member, active, registered yesterday 12:00, here now",
          "-- eve: guest, suspended, registered today 12:00, last here today 11:00",
          "-- new: member, active, registered today 12:00, never here"]),
        (events.SuspendDone(name="bob"), ["-- bob cannot log in any more. /user restore bob takes it back."]),
        (events.RestoreDone(name="bob"), ["-- bob can log in again."]),
        (events.GrantRoleDone(name="bob", role="admin", until=None), ["-- bob is admin now."]),
        (events.GrantRoleDone(name="bob", role="admin", until=NOON),
         ["-- bob is admin now, until 19 December 2025 12:00."]),
        (events.PasswordReset(name="bob", password="seven-grey-geese"),
         ["-- bob has a new password. Nobody shows it again:", "-- seven-grey-geese"]),
        (events.RenameDone(name="Bob"), ["-- The name is written Bob now."]),
        (events.InvitationMade(number=4, code="K7QM-2F9P", expires_at=NOON),
         ["-- Invitation 4 is good until 19 December 2025 12:00: register, and give this code. Nobody shows it again:",
          "-- K7QM-2F9P"]),
        (events.InvitationsDone(at=NOON, invitations=()),
         ["-- There are no invitations. /invitation new LABEL makes one."]),
        (events.InvitationsDone(at=NOON, invitations=(
            InvitationShown(number=4, label="for eve", role="member", created_by="carol", created_at=NOON - DAY,
                            expires_at=NOON + DAY, uses_left=1),
            InvitationShown(number=5, label="", role="guest", created_by="carol", created_at=NOON, expires_at=None,
                            uses_left=3),
        )), ['-- [4] "for eve" by carol yesterday 12:00, good until tomorrow 12:00 for 1 member',
             "-- [5] by carol today 12:00, good for ever for 3 guests"]),
        (events.RevokeInvitationDone(number=4), ["-- Invitation 4 is worth nothing now."]),
        (events.AuditDone(at=NOON, entries=(), more=False), ["-- Nothing of that kind was done."]),
        (events.AuditDone(at=NOON, entries=(), more=True), ["-- Nothing of that kind was done."]),
        (events.AuditDone(at=NOON, more=False, entries=(
            AuditShown(number=9, at=NOON, actor="carol", address="::1", act="ban", target="bob", room="dev",
                       reason="spam"),
            AuditShown(number=8, at=NOON - DAY, actor="operator", address="", act="reload", target="", room="",
                       reason=""),
        )), ["-- today 12:00 carol from ::1: ban bob in #dev (spam)", "-- yesterday 12:00 operator: reload"]),
        (events.StatsDone(stats={"people": 12, "uptime": 3.5}), ["-- people: 12", "-- uptime: 3.5"]),
        (events.ReloadDone(wrong=None), ["-- Read again."]),
        (events.ReloadDone(wrong="key idle: a number."), ["-- The old configuration stays: key idle: a number."]),
        (events.PurgeRoomDone(room="dev", messages=2), ["-- 2 lines of #dev are gone."]),
        (events.ShutdownDone(), ["-- The server stops now."]),
    ],
)  # fmt: skip
def test_answers(answer: Answer, lines: list[str]) -> None:
    """Every answer is a sentence or more; a secret stands alone on its line, to be copied."""
    assert told(answer) == lines
