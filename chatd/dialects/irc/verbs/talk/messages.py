"""C{PRIVMSG}, C{NOTICE} and C{TAGMSG}."""

from collections.abc import Mapping
from typing import Literal
from zlib import crc32

from msgspec.structs import replace

from chatd.core import commands, events
from chatd.core.commands import Command
from chatd.core.errors import BadText, ChatError
from chatd.core.events import Answer
from chatd.core.names import CID_CHARACTERS, DIRECT, ROOM
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics, refusals
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.tags import BREAKS, CID, channel, msgid, place_of, tags_of
from chatd.dialects.irc.hearing.talk import ACTION, CTCP, STATUSES, fits, room_for, written
from chatd.dialects.irc.isupport import Features
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.channels import plain
from chatd.dialects.irc.verbs.people.presence import away_of
from chatd.dialects.irc.verbs.verb import Meant

MOST_TARGETS: int = Features._field_defaults["targets"]
KEPT = frozenset({"+draft/persist", "+draft/react", "+draft/unreact", "+react", "+unreact"})
"""A C{TAGMSG} with one of these is kept; others, such as C{+typing}, are worth nothing a minute later."""
_LEAST: Mapping[str, Literal["voice", "moderator"]] = {"@": "moderator", "+": "voice"}
_SPOKEN = commands.Say | commands.Relay | commands.Tag


def privmsg(client: Client, message: Message) -> Meant:
    """C{PRIVMSG TARGET,TARGET TEXT}."""
    targets = targets_of(message)
    if not targets:
        return client.numeric(numerics.ERR_NORECIPIENT, command=message.command)
    text = unformatted(message.params[1]) if len(message.params) > 1 else ""
    if not text.strip():
        return client.numeric(numerics.ERR_NOTEXTTOSEND)
    return spoken(client, message.command, targets, text, tags_in(client, message))


def notice(client: Client, message: Message) -> Meant:
    """C{NOTICE TARGET,TARGET TEXT}: nothing answers it by itself (RFC 2812, section 3.3.2), whatever is wrong."""
    targets = targets_of(message)
    text = unformatted(message.params[1]) if len(message.params) > 1 else ""
    if not targets or not text.strip() or len(targets) > MOST_TARGETS:
        return b""
    return spoken(client, message.command, targets, text, tags_in(client, message))


def tagmsg(client: Client, message: Message) -> Meant:
    """C{TAGMSG TARGET,TARGET} (IRCv3 message-tags)."""
    if not client.has("message-tags"):
        return client.numeric(numerics.ERR_UNKNOWNCOMMAND, command=message.command)
    targets = targets_of(message)
    if not targets:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command=message.command)
    return spoken(client, message.command, targets, "", tags_in(client, message))


def targets_of(message: Message) -> list[str]:
    """Whom a message is for: each once."""
    return list(dict.fromkeys(filter(None, message.params[0].split(",")))) if message.params else []


def tags_in(client: Client, message: Message) -> dict[str, str]:
    """The client-only tags of a message, of who may send any."""
    if not client.has("message-tags"):
        return {}
    return {key: value for key, value in message.tags.items() if key[0] == "+" and key != BREAKS}


def unformatted(text: str) -> str:
    """A text without bold and colours, which would be control bytes on other faces, and with spaces for tabs."""
    return plain(text).replace("\t", " ")


def spoken(client: Client, command: str, targets: list[str], text: str, tags: dict[str, str]) -> Meant:
    """A text said to all its targets."""
    if len(targets) > MOST_TARGETS:
        return client.numeric(numerics.ERR_TOOMANYTARGETS, target=targets[MOST_TARGETS])
    said = [said_to(client, command, target, text, tags) for target in targets]
    if len(said) == 1:
        return said[0]
    return _each(client, [_numbered(each, target) for each, target in zip(said, targets, strict=True)])


def said_to(client: Client, command: str, target: str, text: str, tags: dict[str, str]) -> Command | bytes:
    """What is said to one target, as the core's command; or what is answered if it would not go through in one line."""
    least = _LEAST.get(target[0]) if target[1:2] == ROOM else None
    place = place_of(target if least is None else target[1:])
    if command == "TAGMSG":
        if least is None and not KEPT.isdisjoint(tags):
            return commands.Tag(room=place, tags=tags)
        return commands.Relay(to=place, kind="tag", tags=tags, least=least)
    if not ("\n" in text or BREAKS in tags or fits(text, room_for(command, target, client.mask))):
        return client.numeric(numerics.ERR_INPUTTOOLONG)
    kind: Literal["text", "notice"] = "notice" if command == "NOTICE" else "text"
    action = _action(text) if kind == "text" and least is None else ""
    if action:
        return commands.Say(room=place, text=action, kind="action", tags=tags, cid=tags.get(CID))
    if text.startswith(CTCP) or least is not None:
        return commands.Relay(to=place, text=text, kind=kind, tags=tags, least=least)
    return commands.Say(room=place, text=text.replace(CTCP, ""), kind=kind, tags=tags, cid=tags.get(CID))


def answered(client: Client, answer: Answer, command: Command) -> bytes:
    """
    What is told of what was said: that somebody is away; and of a line that was sent again, which nobody hears a second
    time, its echo.
    """
    told = b""
    if isinstance(command, commands.Say) and isinstance(answer, events.Stored) and answer.again:
        told = _echo(client, answer, command) if client.has("echo-message") else b""
    place = _place_of(command)
    if isinstance(command, commands.Say | commands.Relay) and command.kind in ("text", "action"):
        told += away_of(client, place[1:]) if place.startswith(DIRECT) else b""
    return told


def refused(client: Client, refusal: ChatError, command: Command) -> bytes:
    """Why something was not said; of a notice, nothing."""
    kind = getattr(command, "kind", "tag")
    if kind == "notice":
        return b""
    place = _place_of(command)
    least = command.least if isinstance(command, commands.Relay) else None
    target = place[1:] if place.startswith(DIRECT) else STATUSES[least] + place
    if isinstance(refusal, BadText) and kind == "action" and not _text_of(command).strip():
        return client.numeric(numerics.ERR_NOTEXTTOSEND)
    return refusals.to_speak(client, refusal, "TAGMSG" if kind == "tag" else "PRIVMSG", target)


def is_spoken(command: Command | None) -> bool:
    """Whether a command says something."""
    return isinstance(command, _SPOKEN)


def _place_of(command: Command) -> str:
    assert isinstance(command, _SPOKEN)
    return command.to if isinstance(command, commands.Relay) else command.room


def _text_of(command: Command) -> str:
    return command.text if isinstance(command, commands.Say | commands.Relay) else ""


def _action(text: str) -> str:
    """What C{/me} says, if it is that and says anything."""
    if not text.startswith(ACTION):
        return ""
    action = text.removeprefix(ACTION).removesuffix(CTCP).replace(CTCP, "")
    return action if action.strip() else ""


def _numbered(said: Command | bytes, target: str) -> Command | bytes:
    """A line that goes to several at once, with a cid for each of them."""
    if not isinstance(said, commands.Say) or said.cid is None:
        return said
    mark = f".{crc32(target.encode()):x}"
    return replace(said, cid=said.cid[: CID_CHARACTERS - len(mark)] + mark)


def _each(client: Client, said: list[Command | bytes]) -> Exchange:
    answer = b""
    for each in said:
        if isinstance(each, bytes):
            answer += each
            continue
        try:
            answer += answered(client, (yield each), each)
        except ChatError as refusal:
            answer += refused(client, refusal, each)
    return answer


def _echo(client: Client, answer: events.Stored, command: commands.Say) -> bytes:
    me = client.name
    is_direct = answer.room.startswith(DIRECT)
    said = events.Said(
        room=answer.room, seq=answer.seq, who=me, at=answer.at, text=command.text, kind=command.kind, tags=command.tags
    )
    name = msgid(said, me if is_direct else "")
    tags = tags_of(client.style, said.at, name, client.mask, command.tags)
    target = answer.room.removeprefix(DIRECT) if is_direct else channel(answer.room)
    return written(client.style, said, client.mask, target, tags)
