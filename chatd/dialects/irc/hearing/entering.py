"""What is told of a channel to whoever has come in: itself, its topic, and who is there."""

from contextlib import suppress

from chatd.core import commands, events
from chatd.core.errors import ChatError
from chatd.core.events import NamesDone, Person
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.changes import read_upto
from chatd.dialects.irc.hearing.tags import channel, mask_of, msgid, tags_of
from chatd.dialects.irc.message import LINE_BYTES, build
from chatd.dialects.irc.verbs.people import metadata

OPEN, SECRET = "=", "@"
GUEST = "@guest/"
_PREFIXES = {"owner": "@", "moderator": "@", "voice": "+", "member": ""}


def entered(client: Client, room: str, joined: events.Joined | None = None) -> Exchange:
    """
    What is told of a channel to whoever has just come in, or is in it already when it comes.

    @param joined: The event, where it is one.
    """
    at = client.session.world.now() if joined is None else joined.at
    answer = join_line(client, room, client.name, at, None if joined is None else msgid(joined))
    if client.avatar is None:
        return answer
    return answer + (yield from described(client, room))


def described(client: Client, room: str) -> Exchange:
    """How far a channel is read, what it is about, and who is there; nothing of one that one is not in any more."""
    answer = b""
    with suppress(ChatError):
        answer += yield from read_upto(client, room)
        answer += yield from topic_of(client, room)
        if not client.has("no-implicit-names"):
            found = yield commands.Names(room=room)
            assert isinstance(found, NamesDone)
            answer += names_lines(client, found)
            answer += client.numeric(numerics.RPL_ENDOFNAMES, channel=channel(found.room))
        answer += yield from metadata.of_room(client, room)
    return answer


def topic_of(client: Client, room: str, *, asked: bool = False) -> Exchange:
    """What a channel is about, and who said so when."""
    found = yield commands.Topic(room=room)
    assert isinstance(found, events.TopicDone)
    target = channel(found.room)
    if not found.topic:
        return client.numeric(numerics.RPL_NOTOPIC, channel=target) if asked else b""
    told = client.numeric(numerics.RPL_TOPIC, channel=target, topic=found.topic)
    if found.at is None:
        return told
    by = client.session.hub.here(found.by.casefold())
    mask = mask_of(found.by) if by is None else by.mask
    return told + client.numeric(numerics.RPL_TOPICWHOTIME, channel=target, nick=mask, at=found.at // 1000)


def names_lines(client: Client, found: NamesDone) -> bytes:
    """Who is in a channel, in as many lines as it takes."""
    target, symbol = channel(found.room), OPEN if found.listed else SECRET
    words = [prefix_of(client, each) + _shown(client, each.name) for each in found.people]
    most = LINE_BYTES - len(client.numeric(numerics.RPL_NAMREPLY, symbol=symbol, channel=target, nicks=""))
    return b"".join(
        client.numeric(numerics.RPL_NAMREPLY, symbol=symbol, channel=target, nicks=line)
        for line in _lines(words, most)
    )  # fmt: skip


def prefix_of(client: Client, person: Person) -> str:
    """What stands before somebody's nick: the highest prefix, or all of them for who knows multi-prefix."""
    first = _PREFIXES[person.role]
    return first + _PREFIXES["voice"] if person.voiced and client.has("multi-prefix") else first


def join_line(client: Client, room: str, name: str, at: int, id: str | None = None) -> bytes:
    """The line that says that somebody is in a room."""
    avatar = client.session.hub.here(name.casefold())
    mask = mask_of(name) if avatar is None else avatar.mask
    return written(client.style, room, name, "" if avatar is None else avatar.real, mask, at, id)


def written(style: frozenset[str], room: str, name: str, real: str, mask: str, at: int, id: str | None = None) -> bytes:
    """The same in a style, of somebody who looks so."""
    tags = tags_of(style, at, id, mask)
    if "extended-join" not in style:
        return build("JOIN", channel(room), source=mask, tags=tags)
    account = "*" if GUEST in mask else name
    return build("JOIN", channel(room), account, real, source=mask, tags=tags)


def _shown(client: Client, name: str) -> str:
    if not client.has("userhost-in-names"):
        return name
    avatar = client.session.hub.here(name.casefold())
    return mask_of(name) if avatar is None else avatar.mask


def _lines(words: list[str], most: int) -> list[str]:
    """Words put together, as many to a line as there is room for."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1].encode()) + 1 + len(word.encode()) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
