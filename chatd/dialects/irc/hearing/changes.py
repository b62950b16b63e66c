"""Lines that were corrected, taken back or brought back; and how far one has read on another connection."""

from chatd.core import commands
from chatd.core.events import Deleted, Edited, MarkDone, Marked, Undeleted
from chatd.core.names import DIRECT
from chatd.core.room import Envelope
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.tags import REPLY, channel, mask_of, moment, msgid, msgid_of, tags_of
from chatd.dialects.irc.hearing.talk import one_by_one, pieces, room_for
from chatd.dialects.irc.message import allowance, build, fitting

REDACTION = "draft/message-redaction"
MARKERS = "draft/read-marker"
NEVER = "*"
_CORRECTED = "[corrected] "


def edited(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """
    A line reads otherwise. There is no command for that in IRC, so it is said again, as an answer to itself.
    """
    event = envelope.event
    assert isinstance(event, Edited)
    source, target, reader = _from_to(client, envelope, event, event.who)
    others = {REPLY: msgid_of(event.of_at, event.room, event.of, reader)}
    tags = tags_of(client.style, event.at, msgid(event, reader), source, others)
    parts = pieces(_CORRECTED + event.text, None, room_for("PRIVMSG", target, source)) if event.text else []
    return one_by_one([text for text, _ in parts if text], "PRIVMSG", source, target, tags)


def deleted(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """A line was taken back: told to who knows the command for it (IRCv3 message-redaction)."""
    event = envelope.event
    assert isinstance(event, Deleted)
    if not client.has(REDACTION):
        return b""
    source, target, reader = _from_to(client, envelope, event, event.who)
    words = target, msgid_of(event.of_at, event.room, event.of, reader)
    reason = fitting(event.reason, allowance("REDACT", *words, source=source))[:1] if event.reason else []
    tags = tags_of(client.style, event.at, msgid(event, reader), source)
    return build("REDACT", *words, *reason, source=source, tags=tags)


def undeleted(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """A line is there again: told to who has taken it away, as the same line."""
    event = envelope.event
    assert isinstance(event, Undeleted)
    if not (client.has(REDACTION) and event.text):
        return b""
    avatar = client.session.hub.here(event.author.casefold())
    source = mask_of(event.author) if avatar is None else avatar.mask
    _, target, reader = _from_to(client, envelope, event, event.author)
    tags = tags_of(client.style, event.at, msgid_of(event.of_at, event.room, event.of, reader), source)
    parts = pieces(event.text, None, room_for("PRIVMSG", target, source))
    return one_by_one([text for text, _ in parts if text], "PRIVMSG", source, target, tags)


def marked(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """One has read a place. Where that was ordered on this very connection, it is the answer."""
    event = envelope.event
    assert isinstance(event, Marked)
    if mine or event.at is None:
        return b""
    return markread(client, _target(event.room), event.at)


def markread(client: Client, target: str, at: int | None) -> bytes:
    """How far one has read (IRCv3 read-marker)."""
    if not client.has(MARKERS):
        return b""
    return client.line("MARKREAD", target, NEVER if at is None else f"timestamp={moment(at)}")


def read_upto(client: Client, room: str) -> Exchange:
    """How far one has read a channel, for who has come in and knows what that is."""
    if not client.has(MARKERS):
        return b""
    done = yield commands.Mark(room=room)
    assert isinstance(done, MarkDone)
    return markread(client, channel(done.room), done.at)


def _target(room: str) -> str:
    return room.removeprefix(DIRECT) if room.startswith(DIRECT) else channel(room)


def _from_to(
    client: Client, envelope: Envelope, event: Edited | Deleted | Undeleted, author: str
) -> tuple[str, str, str]:
    """Whose it is, whom it is sent to, and whose conversation it is in, if it is in one."""
    source = envelope.mask or mask_of(event.who)
    if not event.room.startswith(DIRECT):
        return source, channel(event.room), ""
    return source, event.room.removeprefix(DIRECT) if author == client.name else client.name, client.name
