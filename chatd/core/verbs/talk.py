"""What is said, and what was said."""

from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from chatd.core import commands, events, names
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
    behind = session.me.behind
    session.me.behind = behind - {names.place_name(news.room).key for news in done.places}  # one page holds not all
    for news in done.places:
        await write(session, commands.Mark(room=news.room, seq=news.seq))
    return replace(done, places=tuple(news for news in done.places if names.place_name(news.room).key in behind))
