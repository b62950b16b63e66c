"""C{WHOIS} and C{WHOWAS}: all that one may know of somebody, and of who was here."""

from chatd.core import commands, events, masks, names
from chatd.core.errors import BadName, ChatError
from chatd.core.names import DIRECT, ROOM
from chatd.core.room import Avatar, Gone, host_of
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.tags import moment
from chatd.dialects.irc.isupport import Features
from chatd.dialects.irc.message import LINE_BYTES, Message, fold
from chatd.dialects.irc.verbs.people import seen
from chatd.dialects.irc.verbs.verb import Meant

MOST_TARGETS: int = Features._field_defaults["targets"]
# What of metadata people read with ease (IRCv3 metadata, "RPL_WHOISKEYVALUE").
TOLD_KEYS = ("display-name", "pronouns", "status", "homepage")


def whois(client: Client, message: Message) -> Meant:
    """C{WHOIS [SERVER] NICK,NICK} (Modern IRC, "WHOIS message")."""
    params = message.params
    nicks = params[1] if len(params) > 1 else params[0] if params else ""
    if not nicks:
        return client.numeric(numerics.ERR_NONICKNAMEGIVEN)
    if len(params) > 1 and not _is_server(client, params[0]):
        return client.numeric(numerics.ERR_NOSUCHSERVER, server=params[0])
    return _whois(client, nicks)


def whowas(client: Client, message: Message) -> Meant:
    """C{WHOWAS NICK [COUNT]}: those who were called so, the last one first (Modern IRC, "WHOWAS message")."""
    nick = message.params[0] if message.params else ""
    if not nick:
        return client.numeric(numerics.ERR_NONICKNAMEGIVEN)
    count = message.params[1] if len(message.params) > 1 else ""
    most = int(count) if count.isascii() and count.isdecimal() and len(count) < 9 else 0
    gone = _past(client, nick)
    told = b"".join(_gone(client, each) for each in (gone[:most] if most else gone))
    return (told or client.numeric(numerics.ERR_WASNOSUCHNICK, nick=nick)) + client.numeric(
        numerics.RPL_ENDOFWHOWAS, nick=nick
    )


def _is_server(client: Client, name: str) -> bool:
    """Whether a server is meant that there is: this one, by its name, a mask, or somebody who is on it."""
    return masks.matches(fold(name), fold(client.server)) or seen.found(client, name) is not None


def _whois(client: Client, nicks: str) -> Exchange:
    answer = b""
    for number, nick in enumerate(dict.fromkeys(each for each in nicks.split(",") if each)):
        if number == MOST_TARGETS:
            answer += client.numeric(numerics.ERR_TOOMANYTARGETS, target=nick)
            break
        answer += yield from _one(client, nick)
    return answer + client.numeric(numerics.RPL_ENDOFWHOIS, nick=nicks)


def _one(client: Client, nick: str) -> Exchange:
    avatar = seen.found(client, nick)
    if avatar is None:
        return client.numeric(numerics.ERR_NOSUCHNICK, nick=nick)
    roles: dict[str, str] = {}
    values: dict[str, str] = {}
    name = avatar.account.name
    try:
        known = yield commands.Whois(name=name)
        assert isinstance(known, events.WhoisDone)
        roles = known.roles
        if client.has("draft/metadata-2"):
            listed = yield commands.Metadata(target=DIRECT + name)
            assert isinstance(listed, events.MetadataDone)
            values = listed.values
    except ChatError:  # gone in between, or the readers are busy: what the hub knows is told all the same
        pass
    told = [(key, values[key]) for key in TOLD_KEYS if key in values]
    return _told(client, avatar, roles) + b"".join(
        client.numeric(numerics.RPL_WHOISKEYVALUE, target=name, key=key, visibility="*", value=value)
        for key, value in told
    )


def _told(client: Client, avatar: Avatar, roles: dict[str, str]) -> bytes:
    nick = avatar.account.name
    lines = [
        client.numeric(numerics.RPL_WHOISUSER, nick=nick, user=avatar.user, host=avatar.host, real=avatar.real),
        _channels(client, avatar, roles),
        client.numeric(numerics.RPL_WHOISSERVER, nick=nick, server=client.server, info=client.site.name),
    ]
    if avatar.away is not None:
        lines.append(client.numeric(numerics.RPL_AWAY, nick=nick, message=avatar.away))
    if seen.is_operator(avatar):
        lines.append(client.numeric(numerics.RPL_WHOISOPERATOR, nick=nick))
    if not avatar.account.guest:
        lines.append(client.numeric(numerics.RPL_WHOISACCOUNT, nick=nick, account=nick))
    if avatar.bot:
        lines.append(client.numeric(numerics.RPL_WHOISBOT, nick=nick))
    if avatar.sessions and all(session.peer.encrypted for session in avatar.sessions):
        lines.append(client.numeric(numerics.RPL_WHOISSECURE, nick=nick))
    if avatar is client.avatar:
        lines.append(client.numeric(numerics.RPL_WHOISACTUALLY, nick=nick, host=seen.address(client)))
    since = min((session.since for session in avatar.sessions), default=avatar.active_at) // 1000
    idle = seen.idle(client, avatar)
    return b"".join(lines) + client.numeric(numerics.RPL_WHOISIDLE, nick=nick, idle=idle, signon=since)


def _channels(client: Client, avatar: Avatar, roles: dict[str, str]) -> bytes:
    """The channels that one may know of; of the invisible, only those that one is in oneself."""
    me, nick = client.avatar, avatar.account.name
    if me is None:
        return b""
    sees_all = avatar is me or not avatar.invisible or seen.is_operator(me)
    words = [
        seen.PREFIXES.get(roles[room.name], "") + ROOM + room.name
        for key, room in sorted(avatar.rooms.items()) if room.name in roles and (sees_all or key in me.rooms)
    ]  # fmt: skip
    most = LINE_BYTES - len(client.numeric(numerics.RPL_WHOISCHANNELS, nick=nick, channels=""))
    return b"".join(
        client.numeric(numerics.RPL_WHOISCHANNELS, nick=nick, channels=line) for line in seen.packed(words, most, " ")
    )


def _past(client: Client, nick: str) -> list[Gone]:
    if client.avatar is None:
        return []
    try:
        key = names.account_key(nick)
    except BadName:
        return []
    return [each for each in reversed(client.session.hub.past) if names.account_key(each.name) == key]


def _gone(client: Client, gone: Gone) -> bytes:
    nick = gone.name
    told = client.numeric(numerics.RPL_WHOWASUSER, nick=nick, user=gone.user, host=gone.host, real=gone.real)
    told += client.numeric(numerics.RPL_WHOISSERVER, nick=nick, server=client.server, info=moment(gone.at))
    if gone.host == host_of(nick):
        told += client.numeric(numerics.RPL_WHOISACCOUNT, nick=nick, account=nick)
    return told
