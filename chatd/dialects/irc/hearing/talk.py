"""What is said, as lines: in pieces, where it is longer than a line has room for, or is of several lines."""

from collections.abc import Iterator
from typing import NamedTuple

from chatd.core.events import Relayed, RoomEvent, Said, Tagged
from chatd.core.names import DIRECT
from chatd.core.room import Envelope
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.style import Style, rendering
from chatd.dialects.irc.hearing.tags import BREAKS, channel, mask_of, msgid, tags_of
from chatd.dialects.irc.message import allowance, build, fitting

ACTION, CTCP = "\1ACTION ", "\1"
CONCAT = "draft/multiline-concat"
MOST_BREAKS = 64
STATUSES = {"voice": "+", "moderator": "@", None: ""}
_COMMANDS = {"text": "PRIVMSG", "action": "PRIVMSG", "notice": "NOTICE", "tag": "TAGMSG"}


class Piece(NamedTuple):
    """
    A piece of a text.

    @ivar goes_on: Whether it goes on where the one before ended, and is no new line (C{draft/multiline-concat}).
    """

    text: str
    goes_on: bool


def said(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """A line that somebody said: in a room written once for all, in a conversation for each of the two."""
    if mine and not client.has("echo-message"):
        return b""
    event = envelope.event
    assert isinstance(event, Said)
    if not event.room.startswith(DIRECT):
        return envelope.wire(rendering(in_room, client.style))
    tags = _tags(client.style, envelope, event, client.name)
    return written(client.style, event, envelope.mask or mask_of(event.who), to(client, event), tags)


def in_room(style: Style, envelope: Envelope) -> bytes:
    """A line as everyone in a channel reads it."""
    event = envelope.event
    assert isinstance(event, Said)
    tags = _tags(style, envelope, event)
    return written(style, event, envelope.mask or mask_of(event.who), channel(event.room), tags)


def written(style: Style, event: Said, source: str, target: str, tags: dict[str, str]) -> bytes:
    """A line as it is sent to a target, in as many messages as it needs: as a batch, for who knows those."""
    if event.deleted_by:
        return b""
    command, is_action = _COMMANDS[event.kind], event.kind == "action"
    room = room_for(command, target, source, ACTION + CTCP if is_action else "")
    parts = pieces(event.text, event.tags if isinstance(event.tags, dict) else None, room)
    if len(parts) > 1 and "draft/multiline" in style and not is_action:
        return _as_batch(f"m{event.seq}", parts, command, source, target, tags)
    texts = [f"{ACTION}{text}{CTCP}" if is_action else text for text, _ in parts if text]
    return one_by_one(texts, command, source, target, tags)


def one_by_one(texts: list[str], command: str, source: str, target: str, tags: dict[str, str]) -> bytes:
    """Texts as messages of their own, of which the first has the name of all (IRCv3 multiline, "Fallback")."""
    rest = {key: value for key, value in tags.items() if key != "msgid"} if len(texts) > 1 else tags
    return b"".join(
        build(command, target, text, source=source, tags=rest if number else tags) for number, text in enumerate(texts)
    )


def relayed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """What is told and stored nowhere: tags alone, CTCP, what is for moderators."""
    event = envelope.event
    assert isinstance(event, Relayed)
    if (mine and not client.has("echo-message")) or (event.kind == "tag" and not client.has("message-tags")):
        return b""
    if event.room.startswith(DIRECT):
        return _relayed(client.style, envelope, to(client, event))
    return envelope.wire(rendering(_relayed_in_room, client.style))


def tagged(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """What is for programs, and is kept."""
    event = envelope.event
    assert isinstance(event, Tagged)
    if (mine and not client.has("echo-message")) or not client.has("message-tags") or not event.tags:
        return b""
    if not event.room.startswith(DIRECT):
        return envelope.wire(rendering(_tagged_in_room, client.style))
    return _tagged(client.style, envelope, to(client, event), client.name)


def received(client: Client, envelope: Envelope) -> bytes:
    """
    What one says to oneself, as whoever it is said to reads it: beside the echo, and never with a label (IRCv3
    labeled-response: "this allows clients to differentiate between the echoed message and the delivered message").
    """
    event, hear = envelope.event, _HEARD.get(type(envelope.event))
    if hear is None or not isinstance(event, Said | Relayed | Tagged) or event.room != DIRECT + client.name:
        return b""
    return hear(client, envelope, False)


def to(client: Client, event: Said | Relayed | Tagged) -> str:
    """Whom a line of a conversation is sent to: oneself, or the other where it is one's own."""
    return event.room.removeprefix(DIRECT) if event.who == client.name else client.name


def remembered(client: Client, event: Said | Tagged) -> bytes:
    """Something that was said before."""
    source = author_of(client, event)
    is_direct = event.room.startswith(DIRECT)
    target = to(client, event) if is_direct else channel(event.room)
    others = event.tags if isinstance(event.tags, dict) else None
    name = msgid(event, client.name if is_direct else "")
    tags = tags_of(client.style, event.at, name, source, others)
    if isinstance(event, Said):
        return written(client.style, event, source, target, tags)
    return build("TAGMSG", target, source=source, tags=tags) if others and client.has("message-tags") else b""


def author_of(client: Client, event: RoomEvent) -> str:
    """How IRC writes who did something before: as it looks now, if it is here, and else as it must have looked."""
    avatar = client.session.hub.here(event.who.casefold())
    if avatar is not None and avatar.account.guest == (event.guest is True):
        return avatar.mask
    return mask_of(event.who, guest=event.guest is True)


def pieces(text: str, tags: dict[str, str] | None, room: int) -> list[Piece]:
    """
    A text in pieces of as many bytes as there is room for behind a colon: at its line ends, where the client that sent
    it broke it, and else between words.
    """
    breaks = _breaks(tags)
    return [*_pieces(text, breaks, room)] if breaks or "\n" in text or not fits(text, room) else [Piece(text, False)]


def room_for(command: str, target: str, source: str, framing: str = "") -> int:
    """How many bytes of a text fit into one line."""
    return allowance(command, target, source=source) - len(framing.encode())


def fits(text: str, room: int) -> bool:
    """Whether a text fits: one that needs no colon may have one byte more."""
    size = len(text) if text.isascii() else len(text.encode())
    return size <= room or (size == room + 1 and text[0] != ":" and " " not in text)


def broken_at(places: list[int]) -> str:
    """Where a text was broken, as the value of a tag."""
    return ",".join(f"{place}" for place in places)


_HEARD = {Said: said, Relayed: relayed, Tagged: tagged}


def _tags(style: Style, envelope: Envelope, event: Said | Tagged, reader: str = "") -> dict[str, str]:
    others = event.tags if isinstance(event.tags, dict) else None
    source = envelope.mask or mask_of(event.who)
    return tags_of(style, event.at, msgid(event, reader), source, others)


def _relayed_in_room(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Relayed)
    return _relayed(style, envelope, STATUSES.get(event.least, "") + channel(event.room))


def _relayed(style: Style, envelope: Envelope, target: str) -> bytes:
    event = envelope.event
    assert isinstance(event, Relayed)
    source, command = envelope.mask or mask_of(event.who), _COMMANDS[event.kind]
    tags = tags_of(style, event.at, event.id, source, event.tags)
    if event.kind == "tag":
        return build(command, target, source=source, tags=tags)
    parts = pieces(event.text, event.tags, room_for(command, target, source))
    return one_by_one([text for text, _ in parts if text], command, source, target, tags)


def _tagged_in_room(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Tagged)
    return _tagged(style, envelope, channel(event.room))


def _tagged(style: Style, envelope: Envelope, target: str, reader: str = "") -> bytes:
    event = envelope.event
    assert isinstance(event, Tagged)
    tags = _tags(style, envelope, event, reader)
    return build("TAGMSG", target, source=envelope.mask or mask_of(event.who), tags=tags)


def _as_batch(
    reference: str, parts: list[Piece], command: str, source: str, target: str, tags: dict[str, str]
) -> bytes:
    """IRCv3 multiline: a piece that goes on without a new line says so."""
    lines = [build("BATCH", f"+{reference}", "draft/multiline", target, source=source, tags=tags)]
    for text, goes_on in parts:
        inside = {"batch": reference} | ({CONCAT: ""} if goes_on else {})
        lines.append(build(command, target, text, source=source, tags=inside))
    return b"".join([*lines, build("BATCH", f"-{reference}", source=source)])


def _breaks(tags: dict[str, str] | None) -> frozenset[int]:
    said = (tags or {}).get(BREAKS, "")
    words = said.split(",", MOST_BREAKS)[:MOST_BREAKS] if said else []
    return frozenset(int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 8)


def _pieces(text: str, breaks: frozenset[int], room: int) -> Iterator[Piece]:
    at = 0
    for line in text.split("\n"):
        ends = [*sorted(each - at for each in breaks if at < each < at + len(line)), len(line)]
        start = 0
        for end in ends:
            part, goes_on = line[start:end], start > 0
            for number, each in enumerate([part] if fits(part, room) else fitting(part, room)):
                yield Piece(each, goes_on or number > 0)
            start = end
        at += len(line) + 1
