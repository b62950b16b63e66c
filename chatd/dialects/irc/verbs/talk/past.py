"""What was said before one came, for clients that cannot ask for it: it is shown to them unasked."""

from contextlib import suppress
from datetime import UTC, datetime

from chatd.core import commands
from chatd.core.errors import ChatError
from chatd.core.events import HistoryDone, Said, UnreadDone
from chatd.core.names import DIRECT
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.tags import channel
from chatd.dialects.irc.hearing.talk import remembered

RECENT = 50
"""How many lines of a place a client is shown that cannot ask for them."""


def recent(client: Client, room: str, before: int) -> Exchange:
    """
    The last lines of a channel, for who has come in, cannot ask for them, and can see that they are old; of a channel
    that one was in before on this connection, those that came since.
    """
    after = client.left.get(room.casefold(), 0)
    return (yield from _past(client, room, after, before)) if _is_to_be_shown(client) else b""


def missed(client: Client) -> Exchange:
    """
    What others said since the account was last here, in channels and to it, for the same clients; but not what they
    have heard since the login.
    """
    answer = b""
    if not _is_to_be_shown(client):
        return answer
    with suppress(ChatError):
        found = yield commands.Unread()
        assert isinstance(found, UnreadDone)
        for news in found.places:
            heard = client.waiting_from.get(news.room.casefold(), news.seq + 1)
            answer += yield from _past(client, news.room, news.marker, min(heard, news.seq + 1))
    return answer


def _is_to_be_shown(client: Client) -> bool:
    """Whether a client cannot ask for what was said before, and can see that it is old."""
    return client.has("server-time") and not client.has("draft/chathistory")


def _past(client: Client, room: str, after: int, before: int) -> Exchange:
    """The last lines between two seqs: as a batch, or with a word before and behind them for who knows none."""
    with suppress(ChatError):
        found = yield commands.History(room=room, limit=RECENT, after=after, before=before, lines=True)
        assert isinstance(found, HistoryDone)
        is_direct = found.room.startswith(DIRECT)
        own = client.has("echo-message") or not is_direct
        lines = [each for each in found.events if isinstance(each, Said) and (own or each.who != client.name)]
        told = b"".join(remembered(client, event) for event in lines)
        place = found.room.removeprefix(DIRECT) if is_direct else channel(found.room)
        if not told or client.has("batch"):
            return client.batch("chathistory", place, lines=[told]) if told else b""
        since = datetime.fromtimestamp(lines[0].at // 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        if is_direct:
            return client.notice(f"What {place} has told you while you were away, since {since}:") + told
        first = client.line("NOTICE", place, f"What was said before you came, since {since}:")
        return first + told + client.line("NOTICE", place, "That is all that was said before you came.")
    return b""
