"""What those order who run the site: announcements, invitations, purges."""

from chatd.core import commands
from chatd.core.errors import NoSuchEntry, NoSuchRoom, NotAllowed, SessionEnded
from chatd.core.events import (
    Announced,
    AnnounceDone,
    ExpelDone,
    InvitationMade,
    PurgeRoomDone,
    ReloadDone,
    RevokeInvitationDone,
    ShutdownDone,
)
from chatd.core.ports import Expulsion, News, Place
from chatd.store.queries import accounts, identity, messages
from chatd.store.writes.writing import Outcome, Writing, account_named, allowed_here, audited, seen_room

EVERYWHERE = Place(0, "", "")
PURGED_AT_ONCE = 500


def announce(writing: Writing, command: commands.Announce) -> Outcome:
    """Say a word to everyone who is here."""
    allowed_here(writing, "announce")
    audited(writing, "announce", reason=command.text)
    news = News(Announced(text=command.text, at=writing.at), writing.actor.id, EVERYWHERE)
    return Outcome(AnnounceDone(people=0), (news,))


def expel(writing: Writing, command: commands.Expel) -> Outcome:
    """End all sessions of an account or a guest."""
    allowed_here(writing, "ban-from-site")
    account = account_named(writing, command.name)
    allowed_here(writing, "ban-from-site", account)
    audited(writing, "expel", account.name, reason=command.reason)
    because = f": {command.reason}" if command.reason else ""
    by = writing.actor.name
    ended = SessionEnded(f"You were put out of this server{because}.", set_by=by)
    ends = Expulsion(ended, account=account.id, told=f"put out by {by}{because}")
    return Outcome(ExpelDone(name=account.name), ends=(ends,))


def make_invitation(writing: Writing, command: commands.MakeInvitation) -> Outcome:
    """Keep the hash of a code with which strangers may register."""
    actor = allowed_here(writing, "invite-to-site")
    assert isinstance(writing.given, bytes), "the session has made the code"
    if accounts.rank_of(writing.cursor, command.role) >= actor.rank:
        why = f"Nobody grants a role at or above the own, and yours is {actor.role}."
        raise NotAllowed(why, rule="roles below one's own")
    expires = writing.at + command.ms if command.ms else None
    number = identity.add_invitation(
        writing.cursor, writing.given, command.role, command.label, writing.actor.name, writing.at, expires,
        command.uses, writing.actor.operator or writing.actor.id or None,
    )  # fmt: skip
    audited(writing, "make-invitation", reason=command.label)
    return Outcome(InvitationMade(number=number, code="", expires_at=expires))


def revoke_invitation(writing: Writing, command: commands.RevokeInvitation) -> Outcome:
    """Make a code worthless."""
    allowed_here(writing, "invite-to-site")
    if not identity.revoke_invitation(writing.cursor, command.number, writing.at):
        raise NoSuchEntry(f"There is no invitation {command.number}. /invitation list shows those that there are.")
    audited(writing, "revoke-invitation", reason=str(command.number))
    return Outcome(RevokeInvitationDone(number=command.number))


def purge_room(writing: Writing, command: commands.PurgeRoom) -> Outcome:
    """Throw away a slice of what was said in a room; the session asks again until nothing is left to throw away."""
    allowed_here(writing, "manage-rooms")
    room = seen_room(writing, command.room)
    if room is None:
        raise NoSuchRoom(f"There is no room #{command.room} that you may see. /rooms lists those that there are.")
    gone = messages.purge(writing.cursor, room.id, (command.before or 0) + 1, PURGED_AT_ONCE)
    if writing.given is None:  # the first slice
        audited(writing, "purge-room", room=room.name, reason=f"older than {command.ms} ms")
    return Outcome(PurgeRoomDone(room=room.name, messages=gone))


def reload(writing: Writing, command: commands.Reload) -> Outcome:
    """Note that the configuration is read again; the session does it then."""
    allowed_here(writing, "run-server")
    audited(writing, "reload")
    return Outcome(ReloadDone(wrong=None))


def shutdown(writing: Writing, command: commands.Shutdown) -> Outcome:
    """Note that the server is stopped; the session does it then."""
    allowed_here(writing, "run-server")
    audited(writing, "shutdown")
    return Outcome(ShutdownDone())
