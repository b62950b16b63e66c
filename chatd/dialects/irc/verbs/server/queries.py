"""What anybody may ask the server: C{PING}, C{TIME}, C{INFO}, C{STATS}; and C{QUIT}, which tells it good-bye."""

from contextlib import suppress
from datetime import UTC, datetime

from chatd.core import commands, names
from chatd.core.errors import ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.message import Message, allowance, fitting
from chatd.dialects.irc.verbs.server.greeting import elsewhere
from chatd.dialects.irc.verbs.verb import Meant

DAY = 86_400
INFO = (
    "chatd: a chat and authentication daemon.",
    "The same rooms and accounts are reached with telnet, with chatc, with JSON lines, and with IRC.",
    "IRC as in Modern IRC (modern.ircdocs.horse) and IRCv3 (ircv3.net).",
)


def ping(client: Client, said: Message) -> Meant:
    """C{PING TOKEN}. What anybody has asked for before it is told before the C{PONG}, so that it can be relied on."""
    if not said.params or not said.params[0]:
        return client.numeric(numerics.ERR_NOORIGIN)
    room = allowance("PONG", client.server, source=client.server)
    answer = client.line("PONG", client.server, fitting(said.params[0], room)[0])
    return answer if client.avatar is None else _settled(answer)


def _settled(answer: bytes) -> Exchange:
    with suppress(ChatError):  # too much is to be stored: a sign of life is one all the same
        yield commands.Ping(settled=True)
    return answer


def pong(client: Client, said: Message) -> Meant:
    """C{PONG}: a sign of life, which any line is."""
    return b""


def error(client: Client, said: Message) -> Meant:
    """C{ERROR}: what servers tell; of a client it means nothing (Modern IRC: "clients MUST NOT")."""
    return b""


def quit(client: Client, said: Message) -> Meant:
    """C{QUIT REASON}."""
    return _quit(client, said.params[0] if said.params else "")


def time(client: Client, said: Message) -> Meant:
    """C{TIME SERVER}."""
    return elsewhere(client, said) or _time(client)


def info(client: Client, said: Message) -> Meant:
    """C{INFO SERVER}."""
    other = elsewhere(client, said)
    if other is not None:
        return other
    lines = b"".join(client.numeric(numerics.RPL_INFO, info=line) for line in (*INFO, client.version))
    return lines + client.numeric(numerics.RPL_ENDOFINFO)


def admin(client: Client, said: Message) -> Meant:
    """C{ADMIN SERVER}: who runs a site is told in its message of the day."""
    return elsewhere(client, said) or client.numeric(numerics.ERR_NOADMININFO, server=client.server)


def links(client: Client, said: Message) -> Meant:
    """C{LINKS}: this server has none, and is not told as one to itself."""
    return client.numeric(numerics.RPL_ENDOFLINKS)


def stats(client: Client, said: Message) -> Meant:
    """C{STATS LETTER SERVER}: how long the server is up; the other letters have nothing to tell."""
    other = elsewhere(client, said, 1)
    if other is not None:
        return other
    letter = said.params[0][:1]
    told = b""
    if letter == "u":
        seconds = max(0, client.session.world.now() - client.begun_at) // 1000
        days, rest = divmod(seconds, DAY)
        clock = f"{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
        told = client.numeric(numerics.RPL_STATSUPTIME, days=days, time=clock)
    return told + client.numeric(numerics.RPL_ENDOFSTATS, letter=letter)


def users(client: Client, said: Message) -> Meant:
    """C{USERS}, which told who was logged in to the machine."""
    return client.numeric(numerics.ERR_USERSDISABLED)


def summon(client: Client, said: Message) -> Meant:
    """C{SUMMON}, which called such a one."""
    return client.numeric(numerics.ERR_SUMMONDISABLED)


def _time(client: Client) -> bytes:
    at = client.session.world.now() // 1000
    written = datetime.fromtimestamp(at, UTC).strftime("%A %B %d %Y -- %H:%M:%S +00:00")
    return client.numeric(numerics.RPL_TIME, server=client.server, timestamp=at, offset=0, time=written)


def _quit(client: Client, said: str) -> Exchange:
    try:
        reason = names.label(said)
    except ChatError:
        reason = ""
    yield commands.Quit(reason=reason)
    return client.closing(f"Quit: {reason}" if reason else "Quit")
