"""C{JOIN}, C{PART}, C{NAMES} and C{TOPIC}."""

import re

from chatd.core import commands, events
from chatd.core.errors import ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics, refusals
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.entering import entered, names_lines, topic_of
from chatd.dialects.irc.hearing.places import fitted
from chatd.dialects.irc.isupport import Features
from chatd.dialects.irc.message import Message, allowance
from chatd.dialects.irc.verbs.talk.past import recent
from chatd.dialects.irc.verbs.verb import Meant

MOST_NAMED = 50
"""How many channels C{NAMES} shows that names none."""
TEXT_BYTES = Features("").text

# Colours and the like, which clients put into topics and reasons, and chatd lets nobody say.
_FORMATTING = re.compile("[\x02\x0f\x11\x16\x1d\x1e\x1f]|\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?")


def join(client: Client, message: Message) -> Meant:
    """C{JOIN #a,#b KEY,KEY}, and C{JOIN 0}, which leaves all."""
    if not message.params[0]:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="JOIN")
    if message.params[0] == "0":
        avatar = client.avatar
        return _part(client, [] if avatar is None else [f"#{room.name}" for room in avatar.rooms.values()], "")
    keys = message.params[1].split(",") if len(message.params) > 1 else []
    return _join(client, message.params[0].split(","), keys)


def part(client: Client, message: Message) -> Meant:
    """C{PART #a,#b REASON}."""
    if not message.params[0]:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="PART")
    return _part(client, message.params[0].split(","), message.params[1] if len(message.params) > 1 else "")


def names(client: Client, message: Message) -> Meant:
    """C{NAMES #a,#b}, and C{NAMES}, which shows those that there are."""
    asked = message.params[0] if message.params else ""
    return _names(client, list(dict.fromkeys(asked.split(","))), asked) if asked else _names_of_all(client)


def topic(client: Client, message: Message) -> Meant:
    """C{TOPIC #a}, and C{TOPIC #a TEXT}."""
    if not message.params[0]:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="TOPIC")
    return _topic(client, message.params[0], message.params[1] if len(message.params) > 1 else None)


def plain(text: str) -> str:
    """A text without what makes it bold or coloured."""
    return _FORMATTING.sub("", text)


def _join(client: Client, channels: list[str], keys: list[str]) -> Exchange:
    answer = b""
    for number, channel in enumerate(channels):
        if not channel:
            continue
        if not channel.startswith("#"):
            answer += client.numeric(numerics.ERR_NOSUCHCHANNEL, channel=channel)
            continue
        key = keys[number] if number < len(keys) else ""
        try:
            done = yield commands.Join(room=channel[1:], key=key)
        except ChatError as refusal:
            answer += refusals.to_enter(client, refusal, channel)
            continue
        assert isinstance(done, events.JoinDone)
        if not done.again:
            room = done.place.room
            joined = events.Joined(room=room, seq=done.place.seq, who=client.name, at=done.at)
            answer += yield from entered(client, room, joined)
            answer += yield from recent(client, room, joined.seq)
    return answer


def _part(client: Client, channels: list[str], reason: str) -> Exchange:
    answer = b""
    for channel in channels:
        if not channel:
            continue
        room = channel.removeprefix("#")
        text = fitted(plain(reason), "PART", f"#{room}", source=client.mask) if reason else ""
        try:
            yield commands.Leave(room=room, reason=text)
        except ChatError as refusal:
            answer += yield from refusals.in_channel(client, refusal, "PART", channel)
    return answer


def _names(client: Client, channels: list[str], asked: str) -> Exchange:
    answer = b""
    for channel in channels:
        try:
            found = yield commands.Peek(room=channel.removeprefix("#"))
        except ChatError:
            continue
        assert isinstance(found, events.NamesDone)
        answer += names_lines(client, found)
    return answer + client.numeric(numerics.RPL_ENDOFNAMES, channel=asked)


def _names_of_all(client: Client) -> Exchange:
    """Those of the channels that one may know of and where somebody is, as many as C{MOST_NAMED}."""
    found = yield commands.Rooms()
    assert isinstance(found, events.RoomsDone)
    known = [f"#{room.room}" for room in found.rooms if room.people]
    return (yield from _names(client, known[:MOST_NAMED], "*"))


def _topic(client: Client, channel: str, text: str | None) -> Exchange:
    room = channel.removeprefix("#")
    try:
        if text is None:
            return (yield from topic_of(client, room, asked=True))
        text = plain(text)
        most = min(TEXT_BYTES, allowance("TOPIC", channel, source=client.mask))
        if len(text.encode()) > most:
            return client.fail("TOPIC", "INVALID_PARAMS", channel, text=f"A topic has at most {most} bytes here.")
        yield commands.Topic(room=room, text=text)
    except ChatError as refusal:
        return (yield from refusals.in_channel(client, refusal, "TOPIC", channel))
    return b""
