"""What is said, and what was said."""

from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from chatd.core import commands, events, names
from chatd.core.errors import BadArguments, ChatError, NotInRoom
from chatd.core.events import Answer
from chatd.core.permissions import STANDINGS
from chatd.core.verbs.asking import read, write
from chatd.core.verbs.checking import checked

if TYPE_CHECKING:
    from chatd.core.session import Session


async def msg(session: "Session", command: commands.Msg) -> Answer:
    """Say a line to one account alone."""
    said = commands.Say(
        room=names.DIRECT + command.to,
        text=command.text,
        kind=command.kind,
        cid=command.cid,
        tags=command.tags,
        ref=command.ref,
    )
    return events.MsgDone(**asdict(await write(session, said)))


async def relay(session: "Session", command: commands.Relay) -> Answer:
    """Tell something to those who are here, and store it nowhere."""
    if (command.kind == "tag") == bool(command.text.strip()):
        raise BadArguments("A relay of kind tag has no text, and every other one has.")
    if command.least is not None and command.to.startswith(names.DIRECT):
        raise BadArguments("In a conversation there are no roles.")
    asked, world, me = checked(command), session.world, session.me
    reach = await world.archive.reach(session.actor, asked.to, session)
    among = None
    if reach.room is not None and asked.least is not None:
        roles = await world.archive.standings(reach.room)
        least = STANDINGS[asked.least]
        among = frozenset(number for number, role in roles.items() if STANDINGS[role] >= least)
    at = world.now()
    event = events.Relayed(
        room=reach.name, who=me.account.name, at=at, id=session.hub.next_id(at), kind=asked.kind, text=asked.text,
        tags=asked.tags, least=asked.least,
    )  # fmt: skip
    session.hub.relay(event, reach, among, session, asked.ref)
    return events.RelayDone(room=reach.name, at=at)


async def tag(session: "Session", command: commands.Tag) -> Answer:
    """Tell programs something that is kept."""
    if not command.tags:
        raise BadArguments("There is nothing in that message: give it tags.")
    return await write(session, command)


async def mark(session: "Session", command: commands.Mark) -> Answer:
    """Say how far a place is read, or have read it."""
    return await (read if command.seq is None and command.at is None else write)(session, command)


async def targets(session: "Session", command: commands.Targets) -> Answer:
    """Say in which places something happened, and when."""
    return await read(session, replace(command, limit=min(command.limit, session.site.limits.history_page)))


async def history(session: "Session", command: commands.History) -> Answer:
    """Give a page of what was said."""
    return await read(session, replace(command, limit=min(command.limit, session.site.limits.history_page)))


async def catchup(session: "Session", command: commands.Catchup) -> Answer:
    """Give what was new when the account came, and have read everything: what came later, it has heard."""
    done = await read(session, command)
    assert isinstance(done, events.CatchupDone)
    avatar, told = session.me, list[events.News]()
    for news in done.places:  # one page holds not all
        try:
            await write(session, commands.Mark(room=news.room, seq=news.seq))
        except NotInRoom:  # put out meanwhile
            continue
        except ChatError:
            if not told:
                raise
            break  # what is marked already would be told to nobody
        key = names.place_name(news.room).key
        told += [news] if key in avatar.behind else []
        avatar.behind -= {key}
    return replace(done, places=tuple(told))
