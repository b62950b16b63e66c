"""One's own account."""

import contextlib
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chatd.core import commands, events, names
from chatd.core.errors import LoginFailed, NoSuchEntry, NotAllowed, SessionEnded
from chatd.core.events import Answer, SessionShown
from chatd.core.settings.personal import with_value
from chatd.core.verbs.asking import write
from chatd.core.verbs.checking import checked
from chatd.core.verbs.entrance import one_try_less

if TYPE_CHECKING:
    from chatd.core.session import Session


async def claim(session: "Session", command: commands.Claim) -> Answer:
    """Become the owner of the server."""
    gate, journal = session.world.gate, session.world.journal
    return await journal.append(session.actor, replace(command, code=""), session, gate.hash_code(command.code))


async def passwd(session: "Session", command: commands.Passwd) -> Answer:
    """Change the password, and let nobody stay who came with the old one."""
    _require_lasting(session)
    old, new = names.password(command.old), names.password(command.new)
    try:
        await session.world.gate.change_password(session.me.account, old, new, session)
    except LoginFailed:
        raise one_try_less(session, "That is not your password now.") from None
    _end_others(session, "The password of this account was changed.")
    session.hub.depose(session.me.account.id)
    return events.PasswdDone()


async def sessions(session: "Session", command: commands.Sessions) -> Answer:
    """Say where the account is logged in."""
    shown = tuple(
        SessionShown(
            number=each.number,
            face=each.face,
            address=each.peer.address,
            since=each.since,
            active_at=each.active_at,
            mine=each is session,
        )
        for each in session.me.sessions
    )
    return events.SessionsDone(at=session.world.now(), sessions=shown)


async def logout(session: "Session", command: commands.Logout) -> Answer:
    """End sessions, and revoke what they came with."""
    which = command.which
    if isinstance(which, int) and which != session.number:
        return await _end_one(session, which)
    asked = commands.Logout(which="all" if which == "all" else "this", ref=command.ref)
    same = _others_with(session, session.token_id)
    done = await session.world.journal.append(session.me.account, asked, session)
    assert isinstance(done, events.LogoutDone)
    if which == "all":
        return replace(done, sessions=_end_others(session, "This account was logged out everywhere else."))
    session.finish()
    return replace(done, sessions=1 + (len(same) if done.tokens else 0))


async def make_token(session: "Session", command: commands.MakeToken) -> Answer:
    """Make a token for another program."""
    _require_lasting(session)
    return await session.world.gate.make_token(session.me.account, checked(command).label, session)


async def add_certificate(session: "Session", command: commands.AddCertificate) -> Answer:
    """Let the certificate that the connection has shown stand for the password."""
    _require_lasting(session)
    return await session.world.gate.add_certificate(session.me.account, checked(command).label, session)


async def set(session: "Session", command: commands.Set) -> Answer:
    """Change a setting, or show them."""
    avatar = session.me
    if command.name is not None:
        changed = with_value(avatar.settings, command.name.lower(), command.value)
        if not avatar.account.guest:  # whose settings last as long as it does
            await session.world.accounts.save_settings(avatar.account, changed)
        avatar.settings = changed
    return events.SetDone(settings=dict(avatar.settings))


async def away(session: "Session", command: commands.Away) -> Answer:
    """Be away, or back."""
    text = names.label(command.text) if command.text is not None else None
    if text and await session.world.archive.is_muted(session.me.account, session.me.mask):
        raise NotAllowed("You are muted, so nobody is told why you are away.", rule="a mute")
    session.hub.set_away(session.me, text or None, session.world.now())
    return events.AwayDone(text=text or None)


async def ignore(session: "Session", command: commands.Ignore) -> Answer:
    """Ignore somebody, or say who is ignored."""
    if command.name is None:
        return await session.world.archive.ask(session.me.account, command)
    done = await write(session, command)
    await _learn_ignored(session)
    return done


async def unignore(session: "Session", command: commands.Unignore) -> Answer:
    """Hear somebody again."""
    done = await write(session, command)
    await _learn_ignored(session)
    return done


async def erase(session: "Session", command: commands.Erase) -> Answer:
    """Give up the account."""
    _require_lasting(session)
    account = session.me.account
    try:
        await session.world.gate.prove(account, names.password(command.password), session)
    except LoginFailed:
        raise one_try_less(session, "That is not your password.") from None
    done = await session.world.journal.append(account, replace(command, password=""), session)
    session.finish()
    return done


def _require_lasting(session: "Session") -> None:
    """What belongs to an account that lasts is nothing for a guest; the store asks once more."""
    if session.me.account.guest:
        raise NotAllowed("A guest has no account. Register first, and you have one.", rule="guests have no account")


async def _end_one(session: "Session", number: int) -> Answer:
    other = next((each for each in session.me.sessions if each.number == number), None)
    if other is None:
        raise NoSuchEntry(f"You have no session {number}. /sessions shows those that there are.")
    revoked, ending, token_id = 0, [other], other.came_by or other.token_id
    if token_id is not None:
        same = _others_with(session, token_id)
        with contextlib.suppress(NoSuchEntry):
            token = commands.RevokeToken(number=token_id)
            await session.world.journal.append(session.me.account, token, session)
            revoked, ending = 1, same
    for each in ending:
        if not each.gone:  # as most are, whose token was revoked
            each.end(SessionEnded("You ended this session from another one."))
    return events.LogoutDone(sessions=len(ending), tokens=revoked)


def _others_with(session: "Session", token_id: int | None) -> list["Session"]:
    """The other sessions that came with a token or were given it."""
    others = (each for each in session.me.sessions if each is not session)
    return [each for each in others if token_id is not None and token_id in (each.came_by, each.token_id)]


def _end_others(session: "Session", why: str) -> int:
    others = [each for each in session.me.sessions if each is not session]
    for each in others:
        each.end(SessionEnded(why))
    return len(others)


async def _learn_ignored(session: "Session") -> None:
    avatar = session.me
    avatar.ignored = await session.world.accounts.ignored(avatar.account)
