"""
C{BATCH} of a client's (IRCv3 client-batch): messages of several lines, and lines that are longer than one of IRC's
(IRCv3 multiline).
"""

from chatd.core.names import TEXT_BYTES, TEXT_CHARACTERS, TEXT_LINES
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client, Gathering
from chatd.dialects.irc.hearing.tags import BREAKS
from chatd.dialects.irc.hearing.talk import CONCAT, CTCP, broken_at
from chatd.dialects.irc.message import Message, fold
from chatd.dialects.irc.verbs.talk.messages import spoken, tags_in, unformatted
from chatd.dialects.irc.verbs.verb import Meant

MULTILINE = "draft/multiline"
_INVALID = "MULTILINE_INVALID"
_SPOKEN = ("PRIVMSG", "NOTICE", "TAGMSG")
_Outcome = tuple[str | None, Meant]
_NOTHING: _Outcome = (None, b"")


def unknown(client: Client, message: Message) -> Meant:
    """C{BATCH} of who has not said that it knows any."""
    return client.numeric(numerics.ERR_UNKNOWNCOMMAND, command=message.command)


def gathered(client: Client, message: Message, label: str | None) -> _Outcome | None:
    """
    What comes of a message that begins a batch, is in one, or ends it: a label, and what it means. C{None} where it has
    nothing to do with batches.
    """
    if not client.has(MULTILINE):
        return None
    if message.command == "BATCH":
        reference = message.params[0] if message.params else ""
        if reference.startswith("-"):
            return _ended(client, reference[1:], label)
        return _begun(client, message, reference[1:] if reference.startswith("+") else "", label)
    batch, is_inside = client.gathering, "batch" in message.tags
    if batch is None:
        return (label, client.fail("BATCH", _INVALID, text="There is no such batch open.")) if is_inside else None
    if not (is_inside or (message.command in _SPOKEN and not batch.failed)):
        return None
    return _NOTHING if batch.failed else _added(client, batch, message)


def _begun(client: Client, message: Message, reference: str, label: str | None) -> _Outcome:
    if not reference or len(message.params) < 2:
        return label, client.numeric(numerics.ERR_NEEDMOREPARAMS, command="BATCH")
    before = client.gathering
    target = message.params[2] if len(message.params) > 2 else ""
    batch = client.gathering = Gathering(reference, target, tags_in(client, message), label)
    if message.params[1] != MULTILINE:
        batch.failed = True
        return label, client.fail("BATCH", "UNKNOWN_TYPE", message.params[1], text="There are no such batches here.")
    if not target:
        return _failed(client, batch, "For whom is that batch?")
    if (before is not None and not before.failed) or "batch" in message.tags:
        return _failed(client, batch, "A batch begins when the one before has ended.")
    return _NOTHING


def _added(client: Client, batch: Gathering, message: Message) -> _Outcome:
    if message.tags.get("batch") != batch.reference:
        return _failed(client, batch, "A message that is not of the batch which is open.")
    if message.command not in ("PRIVMSG", "NOTICE") or batch.command not in ("", message.command):
        return _failed(client, batch, "A batch is of PRIVMSG alone, or of NOTICE.")
    if len(message.params) < 2:
        return _failed(client, batch, "A message without a text.")
    target, said, goes_on = message.params[0], message.params[1], CONCAT in message.tags
    if fold(target) != fold(batch.target):
        batch.failed = True
        context = "MULTILINE_INVALID_TARGET", batch.target, target
        return batch.label, client.fail("BATCH", *context, text="That is not whom the batch is for.")
    if goes_on and not said:
        return _failed(client, batch, "Nothing cannot go on where a line ended.")
    batch.command = message.command
    text = unformatted(said).replace(CTCP, "")
    batch.size += len(said.encode()) + (not goes_on and bool(batch.lines))
    batch.lines.append((text, goes_on and bool(batch.lines)))
    if batch.size > TEXT_BYTES:
        batch.failed = True
        why = f"A message has at most {TEXT_BYTES} bytes."
        return batch.label, client.fail("BATCH", "MULTILINE_MAX_BYTES", f"{TEXT_BYTES}", text=why)
    if len(batch.lines) > TEXT_LINES:
        batch.failed = True
        why = f"A message has at most {TEXT_LINES} lines."
        return batch.label, client.fail("BATCH", "MULTILINE_MAX_LINES", f"{TEXT_LINES}", text=why)
    return _NOTHING


def _ended(client: Client, reference: str, label: str | None) -> _Outcome:
    batch = client.gathering
    if batch is None or batch.reference != reference:
        return label, client.fail("BATCH", _INVALID, text="There is no such batch open.")
    client.gathering = None
    if batch.failed:
        return _NOTHING
    text, breaks = _joined(batch.lines)
    if not text.strip():
        return _failed(client, batch, "There is nothing in that batch.")
    if any(len(line) > TEXT_CHARACTERS for line in text.split("\n")):
        return _failed(client, batch, f"A line has at most {TEXT_CHARACTERS} characters.")
    tags = {**batch.tags, BREAKS: breaks} if breaks else dict(batch.tags)
    return batch.label, spoken(client, batch.command, [batch.target], text, tags)


def _failed(client: Client, batch: Gathering, why: str) -> _Outcome:
    batch.failed = True
    return batch.label, client.fail("BATCH", _INVALID, text=why)


def _joined(lines: list[tuple[str, bool]]) -> tuple[str, str]:
    """The text, and where lines of the client's go on without a new one."""
    text, places = "", []
    for number, (line, goes_on) in enumerate(lines):
        if goes_on:
            places.append(len(text))
        elif number:
            text += "\n"
        text += line
    return text, broken_at(places)
