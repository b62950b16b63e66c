"""What those ask who run the site."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chatd.core import commands, events, names
from chatd.core.events import Answer
from chatd.core.verbs.asking import read, write
from chatd.core.verbs.checking import checked

if TYPE_CHECKING:
    from chatd.core.session import Session


async def announce(session: "Session", command: commands.Announce) -> Answer:
    """Say a word to everyone."""
    await write(session, command)
    return events.AnnounceDone(people=len(session.hub.avatars))


async def add_account(session: "Session", command: commands.AddAccount) -> Answer:
    """Make an account for somebody."""
    world, account, asked = session.world, session.actor, checked(command)
    await world.archive.require(account, "manage-accounts")
    secret = names.password(asked.password) if asked.password else world.gate.make_password()
    given = await world.gate.hash_password(asked.name, secret, session)
    done = await world.journal.append(account, replace(asked, password=""), session, given)
    assert isinstance(done, events.AccountAdded)
    return done if asked.password else replace(done, password=secret)


async def reset_password(session: "Session", command: commands.ResetPassword) -> Answer:
    """Give an account a new password."""
    world, account, asked = session.world, session.actor, checked(command)
    await world.archive.require(account, "manage-accounts")
    secret = world.gate.make_password()
    given = await world.gate.hash_password(asked.name, secret, session)
    done = await world.journal.append(account, asked, session, given)
    assert isinstance(done, events.PasswordReset)
    return replace(done, password=secret)


async def accounts(session: "Session", command: commands.Accounts) -> Answer:
    """Say which accounts there are, and who of them is here."""
    done = await read(session, command)
    assert isinstance(done, events.AccountsDone)
    here = {avatar.account.name for avatar in session.hub.avatars.values()}
    return replace(done, accounts=tuple(replace(each, online=each.name in here) for each in done.accounts))


async def make_invitation(session: "Session", command: commands.MakeInvitation) -> Answer:
    """Make a code with which strangers may register."""
    code, hashed = session.world.gate.make_code()
    done = await session.world.journal.append(session.actor, checked(command), session, hashed)
    assert isinstance(done, events.InvitationMade)
    return replace(done, code=code)


async def purge_room(session: "Session", command: commands.PurgeRoom) -> Answer:
    """Throw away what was said in a room, slice by slice, so that others are served in between."""
    asked, gone = checked(command), 0
    if asked.before is None:
        asked = replace(asked, before=max(0, session.world.now() - asked.ms))
    given = None
    while True:
        done = await session.world.journal.append(session.actor, asked, session, given)
        assert isinstance(done, events.PurgeRoomDone)
        gone += done.messages
        if not done.messages:
            return replace(done, messages=gone)
        given = "another slice"


async def stats(session: "Session", command: commands.Stats) -> Answer:
    """Say how the server does."""
    done = await read(session, command)
    assert isinstance(done, events.StatsDone)
    hub = session.hub
    sessions = sum(len(avatar.sessions) for avatar in hub.avatars.values())
    live = {"people": len(hub.avatars), "sessions": sessions, "rooms-in-use": len(hub.rooms)}
    return replace(done, stats={**live, **done.stats, **session.world.server.stats()})


async def reload(session: "Session", command: commands.Reload) -> Answer:
    """Read the configuration again."""
    done = await write(session, command)
    assert isinstance(done, events.ReloadDone)
    return replace(done, wrong=session.world.server.reload())


async def shutdown(session: "Session", command: commands.Shutdown) -> Answer:
    """Stop the server."""
    done = await write(session, command)
    session.world.server.shutdown()
    return done
