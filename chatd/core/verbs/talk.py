"""What is said, and what was said."""

from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from chatd.core import commands, events, names
from chatd.core.errors import ChatError, NotInRoom
from chatd.core.events import Answer
from chatd.core.verbs.asking import read, write

if TYPE_CHECKING:
    from chatd.core.session import Session


async def msg(session: "Session", command: commands.Msg) -> Answer:
    """Say a line to one account alone."""
    said = commands.Say(
        room=names.DIRECT + command.to, text=command.text, kind=command.kind, cid=command.cid, ref=command.ref
    )
    return events.MsgDone(**asdict(await write(session, said)))


async def history(session: "Session", command: commands.History) -> Answer:
    """Give a page of what was said."""
    return await read(session, replace(command, limit=min(command.limit, session.site.limits.history_page)))


async def catchup(session: "Session", command: commands.Catchup) -> Answer:
    """Give what was new when the account came, and have read everything: what came later, it has heard."""
    done = await read(session, command)
    assert isinstance(done, events.CatchupDone)
    behind, told = session.me.behind, list[events.News]()
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
        told += [news] if key in behind else []
        behind.discard(key)
    return replace(done, places=tuple(told))
