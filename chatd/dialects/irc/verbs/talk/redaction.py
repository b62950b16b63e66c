"""C{REDACT} (IRCv3 message-redaction): take a line back."""

from chatd.core import commands, events
from chatd.core.errors import ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.changes import REDACTION
from chatd.dialects.irc.hearing.places import fitted
from chatd.dialects.irc.hearing.tags import channel, named, place_of, pointed_at, tags_of
from chatd.dialects.irc.message import Message, build
from chatd.dialects.irc.verbs.channels import plain
from chatd.dialects.irc.verbs.verb import Meant

WINDOW = "15 minutes to change a line"
SECONDS = "900"


def redact(client: Client, message: Message) -> Meant:
    """C{REDACT TARGET MSGID REASON}."""
    if not client.has(REDACTION):
        return client.numeric(numerics.ERR_UNKNOWNCOMMAND, command=message.command)
    if not all(message.params[:2]):
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command=message.command)
    reason = plain(message.params[2]) if len(message.params) > 2 else ""
    return _redact(client, message.params[0], message.params[1], reason)


def _redact(client: Client, target: str, name: str, reason: str) -> Exchange:
    room = place_of(target)
    try:
        seq = yield from _found(client, room, name)
    except ChatError as refusal:
        if refusal.code == "not-in-room":
            return (yield from _from_outside(client, target, name, reason))
        return _no_target(client, target)
    if not seq:
        return _unknown(client, target, name)
    try:
        yield commands.Delete(room=room, seq=int(seq), reason=reason)
    except ChatError as refusal:
        return _refused(client, refusal, target, name)
    return b""  # it is heard


def _from_outside(client: Client, target: str, name: str, reason: str) -> Exchange:
    """Who moderates the whole site, and is no member, reads nothing there and hears nothing; but may take back."""
    room = place_of(target)
    reference = named(name, room)
    try:
        done = yield commands.Delete(room=room, seq=reference.seq if reference else 0, reason=reason)
    except ChatError as refusal:
        if refusal.code in ("no-such-line", "not-allowed"):
            return _refused(client, refusal, target, name)
        return _no_target(client, target)
    assert isinstance(done, events.DeleteDone)
    words = channel(done.room), name
    reasons = (fitted(reason, "REDACT", *words, source=client.mask),) if reason else ()
    tags = tags_of(client.style, client.session.world.now(), None, client.mask)
    return build("REDACT", *words, *reasons, source=client.mask, tags=tags)


def _refused(client: Client, refusal: ChatError, target: str, name: str) -> bytes:
    if refusal.code == "no-such-line":
        return _unknown(client, target, name)
    if refusal.rule == WINDOW:
        return client.fail("REDACT", "REDACT_WINDOW_EXPIRED", target, name, SECONDS, text=refusal.why)
    return client.fail("REDACT", "REDACT_FORBIDDEN", target, name, text=refusal.why)


def _found(client: Client, room: str, name: str) -> Exchange:
    """The seq of the line of that name, or nothing."""
    reference = pointed_at(name)
    at, seq = (0, 1) if reference is None else (reference.at, max(1, reference.seq))
    done = yield commands.History(room=room, limit=1, after=seq - 1, before=seq + 1, lines=True)
    assert isinstance(done, events.HistoryDone)
    is_it = any((event.at, event.seq) == (at, seq) for event in done.events)
    return f"{seq}".encode() if is_it else b""


def _no_target(client: Client, target: str) -> bytes:
    return client.fail("REDACT", "INVALID_TARGET", target, text=f"You cannot delete messages from {target}.")


def _unknown(client: Client, target: str, name: str) -> bytes:
    return client.fail("REDACT", "UNKNOWN_MSGID", target, name, text="There is no such message here.")
