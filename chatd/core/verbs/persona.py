"""How one appears: as a guest, under another name, with a profile; and how a guest becomes an account."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chatd.core import commands, events, names
from chatd.core.errors import NotAllowed, RegistrationClosed
from chatd.core.events import Answer
from chatd.core.verbs.checking import checked
from chatd.core.verbs.entrance import require_privacy, welcome

if TYPE_CHECKING:
    from chatd.core.session import Session


async def guest(session: "Session", command: commands.Guest) -> Answer:
    """Be a guest."""
    if not session.site.guests:
        raise NotAllowed("This server takes no guests. Log in, or make an account first.", rule="guests")
    session.hold()
    name = names.guest_name(command.name)
    entrance = await session.world.gate.guest(name.shown, session)
    return await welcome(session, events.GuestDone, entrance, 0)


async def rename(session: "Session", command: commands.Rename) -> Answer:
    """Be called otherwise."""
    if not session.me.account.guest:
        why = "A logged-in account's name is its nick. Who manages accounts can change its capitals."
        raise NotAllowed(why, rule="a logged-in account's name is its nick")
    return await session.world.journal.append(session.actor, checked(command), session)


async def profile(session: "Session", command: commands.Profile) -> Answer:
    """Change what IRC shows of one, or say it."""
    asked = checked(command)
    if session.avatar is None:
        session.profile = asked
        return events.ProfileDone(user=asked.user or "", real=asked.real or "", bot=bool(asked.bot))
    me = session.me
    user = me.user if asked.user is None else asked.user
    real = me.real if asked.real is None else asked.real
    bot = me.bot if asked.bot is None else asked.bot
    if real != me.real and await session.world.archive.is_muted(me.account, me.mask):
        raise NotAllowed("You are muted, so nobody is told another name in full.", rule="a mute")
    me.invisible = me.invisible if asked.invisible is None else asked.invisible
    session.hub.set_profile(me, user, real, bot, session.world.now(), session)
    return events.ProfileDone(user=user, real=real, bot=bot)


async def identify(session: "Session", command: commands.Register) -> Answer:
    """Become an account, as the guest that one is."""
    require_privacy(session)
    if session.site.registration == "closed":
        raise RegistrationClosed("Nobody can register here. Ask the people who run this server for an account.")
    me = session.me.account
    if names.account_name(command.name).key != me.key:
        raise NotAllowed(f"You are {me.name} here, and can register that name only.", rule="a guest's own name")
    session.hold()
    asked = replace(command, password=names.password(command.password))
    entrance = await session.world.gate.identify(asked, session)
    return await welcome(session, events.Registered, entrance, command.recent)
