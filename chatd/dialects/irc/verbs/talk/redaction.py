"""C{REDACT} (IRCv3 message-redaction): take a line back."""

from chatd.core import commands, events
from chatd.core.errors import ChatError
from chatd.core.names import DIRECT
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.changes import REDACTION
from chatd.dialects.irc.hearing.tags import msgid, named, place_of
from chatd.dialects.irc.message import Message
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
    except ChatError:
        return client.fail("REDACT", "INVALID_TARGET", target, text=f"You cannot delete messages from {target}.")
    if not seq:
        return _unknown(client, target, name)
    try:
        yield commands.Delete(room=room, seq=int(seq), reason=reason)
    except ChatError as refusal:
        if refusal.code == "no-such-line":
            return _unknown(client, target, name)
        if refusal.rule == WINDOW:
            return client.fail("REDACT", "REDACT_WINDOW_EXPIRED", target, name, SECONDS, text=refusal.why)
        return client.fail("REDACT", "REDACT_FORBIDDEN", target, name, text=refusal.why)
    return b""  # it is heard


def _found(client: Client, room: str, name: str) -> Exchange:
    """The seq of the line of that name, or nothing."""
    reader = client.name if room.startswith(DIRECT) else ""
    reference = named(name, room, reader)
    seq = 1 if reference is None else max(1, reference.seq)
    done = yield commands.History(room=room, limit=1, after=seq - 1, before=seq + 1, lines=True)
    assert isinstance(done, events.HistoryDone)
    is_it = any(msgid(event, reader) == name for event in done.events)
    return f"{seq}".encode() if is_it else b""


def _unknown(client: Client, target: str, name: str) -> bytes:
    return client.fail("REDACT", "UNKNOWN_MSGID", target, name, text="There is no such message here.")
