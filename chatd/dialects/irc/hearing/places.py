"""Who comes and goes, and what rooms are about, as lines."""

from chatd.core.events import Arrived, Departed, Invited, Joined, Kicked, Left, LetIn, RoomRenamed, TopicChanged
from chatd.core.room import Envelope
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.entering import described, join_line, written
from chatd.dialects.irc.hearing.style import Style, rendering
from chatd.dialects.irc.hearing.tags import channel, mask_of, msgid, tags_of
from chatd.dialects.irc.message import allowance, build, fitting, fold
from chatd.dialects.irc.verbs.people import metadata

AWAY = "Away"
REMEMBERED = 100
"""Of how many channels it is remembered where one left them."""


def joined(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """
    Somebody came in. One's own coming on this very connection is part of the answer; what is to be told of the channel
    when one has come in on another, is asked for.
    """
    event = envelope.event
    assert isinstance(event, Joined)
    if event.who != client.name:
        metadata.newcomer(client, event.who)
        return envelope.wire(rendering(_joined, client.style)) + _away(client, event.who, event.at)
    if mine:
        return b""
    client.errands.append(described(client, event.room))
    return envelope.wire(rendering(_joined, client.style))


def left(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody is a member no more."""
    event = envelope.event
    assert isinstance(event, Left)
    if event.who == client.name:
        _gone(client, event)
    return envelope.wire(rendering(_left, client.style))


def kicked(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody was put out."""
    event = envelope.event
    assert isinstance(event, Kicked)
    if event.target == client.name:
        _gone(client, event)
    return envelope.wire(rendering(_kicked, client.style))


def topic_changed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """What a room is about."""
    return envelope.wire(rendering(_topic, client.style))


def arrived(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """A member came online: to IRC, who is not here is not in the channel either."""
    event = envelope.event
    assert isinstance(event, Arrived)
    avatar, me = client.session.hub.here(event.who.casefold()), client.avatar
    if avatar is None or me is None:
        return b""
    shared = [room.name for key, room in avatar.rooms.items() if key in me.rooms]
    lines = [written(client.style, room, event.who, avatar.real, avatar.mask, event.at) for room in sorted(shared)]
    metadata.newcomer(client, event.who)
    return b"".join(lines) + (_away(client, event.who, event.at) if lines else b"")


def invited(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """One may come in."""
    event = envelope.event
    assert isinstance(event, Invited)
    source = envelope.mask or mask_of(event.who)
    tags = tags_of(client.style, event.at, None, source)
    return build("INVITE", client.name, channel(event.room), source=source, tags=tags)


def let_in(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody else may come in (IRCv3 invite-notify)."""
    return envelope.wire(rendering(_let_in, client.style)) if client.has("invite-notify") else b""


def renamed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """
    A room is called otherwise. To who does not know that this can be, one has left the old one and come into the new
    one (IRCv3 channel-rename, "Fallback"); other capitals are nothing to tell.
    """
    event = envelope.event
    assert isinstance(event, RoomRenamed)
    if client.has("draft/channel-rename"):
        return envelope.wire(rendering(_renamed, client.style))
    if fold(event.room) == fold(event.name):
        return b""
    mask = client.mask
    reason = (fitted(event.reason, "PART", channel(event.room), source=mask),) if event.reason else ()
    client.errands.append(described(client, event.name))
    told = build("PART", channel(event.room), *reason, source=mask, tags=tags_of(client.style, event.at, None, mask))
    return told + join_line(client, event.name, client.name, event.at)


def departed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody went offline."""
    return envelope.wire(rendering(_departed, client.style))


def fitted(text: str, command: str, *params: str, source: str) -> str:
    """As much of a reason or a topic as a line has room for."""
    return fitting(text, allowance(command, *params, source=source))[0]


def _gone(client: Client, event: Left | Kicked) -> None:
    """Remember from where on one has heard nothing, of the channels that one went out of last."""
    key = event.room.casefold()
    client.left.pop(key, None)
    client.left[key] = event.seq
    if len(client.left) > REMEMBERED:
        del client.left[next(iter(client.left))]


def _away(client: Client, name: str, at: int) -> bytes:
    """IRCv3 away-notify: who comes in and is away is told of as away."""
    avatar = client.session.hub.here(name.casefold())
    if avatar is None or avatar.away is None or not client.has("away-notify"):
        return b""
    text = fitted(avatar.away or AWAY, "AWAY", source=avatar.mask)
    return build("AWAY", text, source=avatar.mask, tags=tags_of(client.style, at, None, avatar.mask))


def _joined(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Joined)
    mask = envelope.mask or mask_of(event.who)
    avatar = envelope.origin.avatar if envelope.origin is not None else None
    real = event.who if avatar is None else avatar.real
    return written(style, event.room, event.who, real, mask, event.at, msgid(event))


def _let_in(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, LetIn)
    source = envelope.mask or mask_of(event.who)
    tags = tags_of(style, event.at, None, source)
    return build("INVITE", event.name, channel(event.room), source=source, tags=tags)


def _left(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Left)
    source, target = envelope.mask or mask_of(event.who), channel(event.room)
    tags = tags_of(style, event.at, msgid(event), source)
    reason = (fitted(event.reason, "PART", target, source=source),) if event.reason else ()
    return build("PART", target, *reason, source=source, tags=tags)


def _kicked(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Kicked)
    source, target = envelope.mask or mask_of(event.who), channel(event.room)
    reason = fitted(event.reason or event.who, "KICK", target, event.target, source=source)
    tags = tags_of(style, event.at, msgid(event), source)
    return build("KICK", target, event.target, reason, source=source, tags=tags)


def _topic(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, TopicChanged)
    source, target = envelope.mask or mask_of(event.who), channel(event.room)
    tags = tags_of(style, event.at, msgid(event), source)
    return build("TOPIC", target, fitted(event.topic, "TOPIC", target, source=source), source=source, tags=tags)


def _departed(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Departed)
    source = envelope.mask or mask_of(event.who)
    reason = fitted(event.reason or "Gone", "QUIT", source=source)
    return build("QUIT", reason, source=source, tags=tags_of(style, event.at, None, source))


def _renamed(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, RoomRenamed)
    source = envelope.mask or mask_of(event.who)
    names = channel(event.room), channel(event.name)
    tags = tags_of(style, event.at, msgid(event), source)
    return build("RENAME", *names, fitted(event.reason, "RENAME", *names, source=source), source=source, tags=tags)
