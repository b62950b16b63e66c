"""What those read who run the site."""

from chatd.core import commands, events
from chatd.core.events import AccountShown, Answer, AuditShown, InvitationShown
from chatd.dialects.text.answers.note import note, notes
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.view import because, count, day_and_time, place, until


def words(answer: Answer, scene: Scene) -> bytes | None:
    """Such an answer, or C{None} if it is of another kind."""
    match answer:
        case events.AnnounceDone():
            return note(f"{count(answer.people, 'person', 'people')} heard it.")
        case events.AuditDone():
            return _audit(answer, scene)
        case events.StatsDone():
            return notes(f"{name}: {value}" for name, value in answer.stats.items())
        case events.ReloadDone():
            return note(f"The old configuration stays: {answer.wrong}" if answer.wrong else "Read again.")
        case events.ShutdownDone():
            return note("The server stops now.")
        case events.PurgeRoomDone():
            return note(f"{count(answer.messages, 'line')} of {place(answer.room)} are gone.")
        case _:
            return _invitations(answer, scene) or _accounts(answer, scene)


def _accounts(answer: Answer, scene: Scene) -> bytes | None:
    match answer:
        case events.AccountAdded(password=None):
            return note(f"The account {answer.name} is made.")
        case events.AccountAdded():
            return notes(
                (f"The account {answer.name} is made. Nobody shows its password again:", answer.password or "")
            )
        case events.AccountsDone():
            return _listed(answer, scene)
        case events.SuspendDone():
            return note(f"{answer.name} cannot log in any more. /user restore {answer.name} takes it back.")
        case events.RestoreDone():
            return note(f"{answer.name} can log in again.")
        case events.GrantRoleDone():
            lasts = "" if answer.until is None else f", {until(answer.until, None, scene.view)}"
            return note(f"{answer.name} is {answer.role} now{lasts}.")
        case events.PasswordReset():
            return notes((f"{answer.name} has a new password. Nobody shows it again:", answer.password))
        case events.RenameDone():
            return note(f"The name is written {answer.name} now.")
        case _:
            return None


def _invitations(answer: Answer, scene: Scene) -> bytes | None:
    match answer:
        case events.InvitationMade():
            lasts = until(answer.expires_at, None, scene.view)
            said = f"Invitation {answer.number} is good {lasts}: register, and give this code. Nobody shows it again:"
            return notes((said, answer.code))
        case events.InvitationsDone():
            listed = notes(_invitation(each, answer.at, scene) for each in answer.invitations)
            return listed or note("There are no invitations. /invitation new LABEL makes one.")
        case events.RevokeInvitationDone():
            return note(f"Invitation {answer.number} is worth nothing now.")
        case _:
            return None


def _listed(answer: events.AccountsDone, scene: Scene) -> bytes:
    if answer.more and answer.accounts:
        scene.turn(commands.Accounts, after=answer.accounts[-1].name)
    else:
        scene.turn_last(commands.Accounts)
    listed = notes(_account(each, answer.at, scene) for each in answer.accounts)
    if not listed:
        return note("There is no such account.")
    return listed + (note("There are more. /user list more shows them.") if answer.more else b"")


def _account(account: AccountShown, now: int, scene: Scene) -> str:
    made = f"registered {day_and_time(account.created_at, now, scene.view)}"
    seen = "never here" if account.seen_at is None else f"last here {day_and_time(account.seen_at, now, scene.view)}"
    return f"{account.name}: {account.role}, {account.status}, {made}, {'here now' if account.online else seen}"


def _invitation(shown: InvitationShown, now: int, scene: Scene) -> str:
    label = f' "{shown.label}"' if shown.label else ""
    by = f"by {shown.created_by} {day_and_time(shown.created_at, now, scene.view)}"
    good = f"good {until(shown.expires_at, now, scene.view)} for {count(shown.uses_left, shown.role)}"
    return f"[{shown.number}]{label} {by}, {good}"


def _audit(answer: events.AuditDone, scene: Scene) -> bytes:
    if answer.more and answer.entries:
        scene.turn(commands.Audit, before=answer.entries[-1].number)
    else:
        scene.turn_last(commands.Audit)
    listed = notes(_entry(each, answer.at, scene) for each in answer.entries)
    if not listed:
        return note("Nothing of that kind was done.")
    return listed + (note("There is more. /audit more shows it.") if answer.more else b"")


def _entry(entry: AuditShown, now: int, scene: Scene) -> str:
    place_of = f" in {place(entry.room)}" if entry.room else ""
    target = f" {entry.target}" if entry.target else ""
    where = f" from {entry.address}" if entry.address else ""
    when = day_and_time(entry.at, now, scene.view)
    power = f" with the powers of {entry.operator}" if entry.operator else ""
    return f"{when} {entry.actor}{power}{where}: {entry.act}{target}{place_of}{because(entry.reason)}"
