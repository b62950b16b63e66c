"""C{WHO} and its extension WHOX, C{USERHOST} and C{ISON}: short answers about many."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from chatd.core import commands, events, masks
from chatd.core.errors import ChatError
from chatd.core.names import ROOM
from chatd.core.room import Avatar
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.people import seen
from chatd.dialects.irc.verbs.verb import Meant

ALL = "*"
NO_CHANNEL = "*"
UNDISCLOSED = "255.255.255.255"
LOGGED_OUT = "0"
NO_LEVEL = "n/a"
MOST_USERHOSTS = 5
_TOKEN = re.compile(r"[0-9]{1,3}")


class Asked(NamedTuple):
    """
    What one C{WHO} asks.

    @ivar operators: Whether only operators are meant.
    @ivar fields: The letters of WHOX, if it is one; C{token} is what its answers repeat.
    """

    operators: bool
    fields: str | None
    token: str


class Shown(NamedTuple):
    """Somebody as C{WHO} shows him: in which channel, and with which prefix there."""

    avatar: Avatar
    channel: str
    prefix: str


def who(client: Client, message: Message) -> Meant:
    """C{WHO MASK [o] [%FIELDS,TOKEN]} (Modern IRC, "WHO message"; IRCv3 WHOX)."""
    mask = message.params[0] if message.params and message.params[0] else ALL
    asked = _asked(message.params[1] if len(message.params) > 1 else "")
    if mask.startswith(ROOM):
        return _who_is_in(client, mask, asked)
    return _told(client, mask, asked, _matching(client, mask))


def userhost(client: Client, message: Message) -> Meant:
    """C{USERHOST NICK NICK ...}: at most five (Modern IRC, "USERHOST message")."""
    people = [seen.found(client, nick) for nick in _words(message)[:MOST_USERHOSTS]]
    replies = (_userhost(avatar) for avatar in people if avatar is not None)
    return client.numeric(numerics.RPL_USERHOST, replies=" ".join(replies))


def ison(client: Client, message: Message) -> Meant:
    """C{ISON NICK NICK ...}: which of them are here (RFC 2812, section 4.9)."""
    people = dict.fromkeys(seen.found(client, nick) for nick in _words(message))
    return client.numeric(numerics.RPL_ISON, nicks=" ".join(each.account.name for each in people if each is not None))


def _words(message: Message) -> list[str]:
    return [word for param in message.params for word in param.split(" ") if word]


def _userhost(avatar: Avatar) -> str:
    star = seen.OPERATOR if seen.is_operator(avatar) else ""
    here = "+" if avatar.away is None else "-"
    return f"{avatar.account.name}{star}={here}{avatar.user}@{avatar.host}"


def _asked(said: str) -> Asked:
    letters, percent, rest = said.partition("%")
    fields, _, token = rest.partition(",")
    return Asked("o" in letters, fields if percent else None, token if _TOKEN.fullmatch(token) else "0")


def _who_is_in(client: Client, channel: str, asked: Asked) -> Exchange:
    """Who is in a channel; in one that is not for the client to see into, nobody."""
    try:
        done = yield commands.Peek(room=channel)
    except ChatError:
        return _told(client, channel, asked, ())
    assert isinstance(done, events.NamesDone)
    me, shown = client.avatar, list[Shown]()
    is_in = me is not None and any(room.name == done.room for room in me.rooms.values())
    for person in done.people:
        avatar = seen.found(client, person.name)
        if avatar is not None and (is_in or not avatar.invisible):
            shown.append(Shown(avatar, ROOM + done.room, seen.prefixes(client, person)))
    return _told(client, channel, asked, shown)


def _matching(client: Client, mask: str) -> list[Shown]:
    """Somebody by the exact name, however invisible; else those who may be listed and whom the mask is of."""
    exact = seen.found(client, mask)
    if exact is not None:
        return [Shown(exact, NO_CHANNEL, "")]
    if mask == "0":  # "a list of all visible users is returned" (RFC 1459, section 4.5.1)
        mask = ALL
    return [Shown(avatar, NO_CHANNEL, "") for avatar in seen.visible(client) if _is_of(mask, avatar)]


def _is_of(mask: str, avatar: Avatar) -> bool:
    parts = (avatar.account.name, avatar.user, avatar.host, avatar.real, avatar.mask)
    return mask == ALL or any(masks.matches(mask, part) for part in parts)


def _told(client: Client, mask: str, asked: Asked, shown: Iterable[Shown]) -> bytes:
    tell = _reply if asked.fields is None else _extended
    lines = [tell(client, each, asked) for each in shown if not asked.operators or seen.is_operator(each.avatar)]
    return b"".join(lines) + client.numeric(numerics.RPL_ENDOFWHO, mask=mask)


def _reply(client: Client, shown: Shown, asked: Asked) -> bytes:
    avatar = shown.avatar
    return client.numeric(
        numerics.RPL_WHOREPLY, channel=shown.channel, user=avatar.user, host=avatar.host, server=client.server,
        nick=avatar.account.name, flags=seen.flags(avatar, shown.prefix), hops=0, real=avatar.real,
    )  # fmt: skip


def _extended(client: Client, shown: Shown, asked: Asked) -> bytes:
    """The fields in the order of WHOX, whatever the order in which they were asked for."""
    letters = asked.fields or ""
    fields = [field(client, shown, asked) for letter, field in _FIELDS.items() if letter in letters]
    return client.numeric(numerics.RPL_WHOSPCRPL, fields=fields)


_FIELDS: Mapping[str, Callable[[Client, Shown, Asked], str]] = MappingProxyType({
    "t": lambda client, shown, asked: asked.token,
    "c": lambda client, shown, asked: shown.channel,
    "u": lambda client, shown, asked: shown.avatar.user,
    "i": lambda client, shown, asked: seen.address(client) if shown.avatar is client.avatar else UNDISCLOSED,
    "h": lambda client, shown, asked: shown.avatar.host,
    "s": lambda client, shown, asked: client.server,
    "n": lambda client, shown, asked: shown.avatar.account.name,
    "f": lambda client, shown, asked: seen.flags(shown.avatar, shown.prefix),
    "d": lambda client, shown, asked: "0",
    "l": lambda client, shown, asked: str(seen.idle(client, shown.avatar)),
    "a": lambda client, shown, asked: LOGGED_OUT if shown.avatar.account.guest else shown.avatar.account.name,
    "o": lambda client, shown, asked: NO_LEVEL,
    "r": lambda client, shown, asked: shown.avatar.real,
})  # fmt: skip
