"""C{MARKREAD} (IRCv3 read-marker): up to which moment one has read a channel or a conversation, on whatever device."""

from chatd.core import commands, events
from chatd.core.errors import ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.changes import MARKERS, markread
from chatd.dialects.irc.hearing.tags import at_of, place_of
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.verb import Meant

TIMESTAMP = "timestamp="
TARGET_BYTES = 128


def marking(client: Client, message: Message) -> Meant:
    """C{MARKREAD TARGET}, and C{MARKREAD TARGET timestamp=MOMENT}."""
    if not client.has(MARKERS):
        return client.numeric(numerics.ERR_UNKNOWNCOMMAND, command=message.command)
    if not message.params or not message.params[0]:
        return client.fail("MARKREAD", "NEED_MORE_PARAMS", text="MARKREAD TARGET, or MARKREAD TARGET timestamp=TIME")
    target = message.params[0]
    if len(message.params) == 1:
        return _asked(client, target)
    written = message.params[1]
    at = at_of(written.removeprefix(TIMESTAMP)) if written.startswith(TIMESTAMP) else None
    if at is None:
        return client.fail("MARKREAD", "INVALID_PARAMS", target, written, text="That is no time.")
    return _set(client, target, at)


def _asked(client: Client, target: str) -> Exchange:
    """How far one has read; of what there is not, as of what one has never read."""
    at = None
    try:
        done = yield commands.Mark(room=place_of(target))
        assert isinstance(done, events.MarkDone)
        at = done.at
    except ChatError:
        pass
    return _line(client, target, at)


def _set(client: Client, target: str, at: int) -> Exchange:
    try:
        done = yield commands.Mark(room=place_of(target), at=at)
    except ChatError as refusal:
        return client.fail("MARKREAD", "INTERNAL_ERROR", target, text=refusal.why)
    assert isinstance(done, events.MarkDone)
    return _line(client, target, done.at)


def _line(client: Client, target: str, at: int | None) -> bytes:
    """The answer; for a target that cannot even be written in one, that there is none."""
    if " " in target or target.startswith(":") or len(target.encode()) > TARGET_BYTES:
        return client.fail("MARKREAD", "INVALID_PARAMS", text="That is no target.")
    return markread(client, target, at)
