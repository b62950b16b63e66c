"""Who is seen by whom, and what of them."""

from collections.abc import Iterable, Iterator

from chatd.core import names
from chatd.core.errors import BadName
from chatd.core.events import Person
from chatd.core.room import Avatar
from chatd.dialects.irc.client import Client

HERE, AWAY, OPERATOR, BOT = "H", "G", "*", "B"
VOICE = "+"
PREFIXES = {"owner": "@", "moderator": "@", "voice": VOICE}


def found(client: Client, nick: str) -> Avatar | None:
    """Somebody who is here, by the exact name. Who is nobody sees nobody."""
    if client.avatar is None:
        return None
    try:
        return client.session.hub.here(names.account_key(nick))
    except BadName:
        return None


def shares(client: Client, avatar: Avatar) -> bool:
    """Whether somebody is in a channel that one is in, or is oneself."""
    me = client.avatar
    return me is not None and (me is avatar or not me.rooms.keys().isdisjoint(avatar.rooms))


def visible(client: Client) -> Iterator[Avatar]:
    """Those who are here and may be listed to a client: not the invisible ones who are in no channel with it."""
    if client.avatar is not None:
        for avatar in tuple(client.session.hub.avatars.values()):
            if not avatar.invisible or is_operator(client.avatar) or shares(client, avatar):
                yield avatar


def is_operator(avatar: Avatar) -> bool:
    """Whether somebody has proved to be an operator, with C{OPER}."""
    return any(session.operator is not None for session in avatar.sessions)


def prefixes(client: Client, person: Person) -> str:
    """What stands before the name of a member of a channel: the highest, or all of them (IRCv3 multi-prefix)."""
    prefix = PREFIXES.get(person.role, "")
    return prefix + VOICE if person.voiced and prefix != VOICE and client.has("multi-prefix") else prefix


def flags(avatar: Avatar, prefix: str) -> str:
    """What C{WHO} says of somebody in letters: here or gone, an operator, a bot, and the role in a channel."""
    return (
        (HERE if avatar.away is None else AWAY)
        + (OPERATOR if is_operator(avatar) else "")
        + (BOT if avatar.bot else "")
        + prefix
    )


def idle(client: Client, avatar: Avatar) -> int:
    """For how many seconds somebody has asked for nothing."""
    return max(0, client.session.world.now() - avatar.active_at) // 1000


def address(client: Client) -> str:
    """One's own address, as a parameter: none begins with a colon."""
    own = client.peer.address
    return f"0{own}" if own.startswith(":") else own


def packed(words: Iterable[str], room: int, between: str) -> list[str]:
    """Words put together, as many to a line as there is room for, in bytes."""
    lines: list[str] = []
    for word in words:
        if lines and len(f"{lines[-1]}{between}{word}".encode()) <= room:
            lines[-1] += between + word
        else:
            lines.append(word)
    return lines
