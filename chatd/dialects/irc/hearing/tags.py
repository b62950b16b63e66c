"""The tags that an event's line has: when, which, and by whose account."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zlib import crc32

from chatd.core.events import RoomEvent
from chatd.core.masks import Mask
from chatd.core.names import DIRECT, ROOM
from chatd.core.room import host_of
from chatd.dialects.irc.hearing.style import Style

GUEST = "@guest/"
_GONE = "guest/gone"
REPLY = "+draft/reply"
CID = "+chatd/cid"
"""The client-only tag with a client's own name for a line, by which the same line is known if it is sent again."""
BREAKS = "+chatd/breaks"
"""Where a client broke the lines of a message (IRCv3 multiline): places in the text. It goes to nobody as it is."""

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
_MSGID = re.compile(r"([0-9a-f]{1,12})-([0-9a-f]{1,8})-([0-9]{1,15})")


class Reference(NamedTuple):
    """An event that was named: when it was (UTC milliseconds), and its seq in its place."""

    at: int
    seq: int


def moment(at: int) -> str:
    """UTC milliseconds as IRCv3 server-time writes them."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at % 1000:03d}Z"


def at_of(written: str) -> int | None:
    """The UTC milliseconds that L{moment} writes so, or C{None} if it is no moment since 1970."""
    found = _MOMENT.fullmatch(written)
    if found is None:
        return None
    *parts, fraction = found.groups()
    try:
        seconds = int(datetime(*map(int, parts), tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    return None if seconds < 0 else seconds * 1000 + int((fraction or "0").ljust(3, "0")[:3])


def msgid(event: RoomEvent, reader: str = "") -> str:
    """
    What an event is called (IRCv3 message-ids): when it was, the place scrambled, and its seq there, by which it is
    found again.

    @param reader: Whose conversation it is, if it is one: both of its two call the event the same.
    """
    return msgid_of(event.at, event.room, event.seq, reader)


def msgid_of(at: int, room: str, seq: int, reader: str = "") -> str:
    """The same of an event of a place, at a time."""
    return f"{at:x}-{_scrambled(room, reader)}-{seq}"


def named(msgid: str, room: str, reader: str = "") -> Reference | None:
    """What L{msgid} called so, if it is of that place."""
    found = _MSGID.fullmatch(msgid)
    return pointed_at(msgid) if found is not None and found[2] == _scrambled(room, reader) else None


def pointed_at(msgid: str) -> Reference | None:
    """What L{msgid} called so, wherever that is: a channel is called otherwise now and then."""
    found = _MSGID.fullmatch(msgid)
    return None if found is None else Reference(int(found[1], 16), int(found[3]))


def _scrambled(room: str, reader: str) -> str:
    place = room.removeprefix(ROOM).casefold()
    if place.startswith(DIRECT):
        place = " ".join(sorted((place[1:], reader.casefold())))
    return f"{crc32(place.encode()):x}"


def mask_of(name: str, *, guest: bool = False) -> str:
    """How somebody is written who is not here; of a guest, where it came from is not known any more."""
    return f"{name}!{name.casefold()}@{_GONE if guest else host_of(name)}"


def channel(room: str) -> str:
    """A room's name as IRC writes it."""
    return ROOM + room


def place_of(target: str) -> str:
    """A target as the core calls the place: a channel with its C{#}, or C{@NICK}."""
    return target if target.startswith(ROOM) else DIRECT + target


def tags_of(
    style: Style,
    at: int,
    id: str | None = None,
    mask: str = "",
    others: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """
    The tags of a line: the server's own, and after them those that a client gave ("any server-initiated tags MUST be
    included before client-only tags").

    @param mask: Whose line it is: guests have no account, and programs say that they are some (IRCv3 bot mode).
    @param others: Those that a client gave.
    """
    tags: dict[str, str] = {}
    has_all = "message-tags" in style
    if has_all and id is not None:
        tags["msgid"] = id
    if "server-time" in style:
        tags["time"] = moment(at)
    if "account-tag" in style and mask and GUEST not in mask:
        tags["account"] = mask.partition("!")[0]
    if has_all and isinstance(mask, Mask) and mask.bot:
        tags |= {"bot": "", "draft/bot": ""}
    if has_all and others:
        tags.update((key, value) for key, value in others.items() if key != BREAKS)
    return tags
