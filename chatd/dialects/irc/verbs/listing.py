"""C{LIST}: which channels there are (Modern IRC, "LIST message" and "ELIST")."""

import re
from collections.abc import Callable, Iterable

from chatd.core import commands, events, masks
from chatd.core.errors import ChatError
from chatd.core.events import RoomListed
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.verb import Meant

Condition = Callable[[RoomListed, int], bool]
"""Whether a room is meant, now (UTC milliseconds)."""

_BOUND = re.compile(r"([CTct]?)([<>])([0-9]{1,9})")
_WILD = re.compile(r"[*?]")
_MINUTE = 60_000


def list_channels(client: Client, message: Message) -> Meant:
    """C{LIST}, with channels, masks and bounds, one after the other with commas between them."""
    asked = [each for each in message.params[0].split(",") if each] if message.params else []
    bounds, which = _read(asked)
    named = [each for each in which if _WILD.search(each) is None and each[0] != "!"]
    if named and len(named) == len(which):
        return _named(client, named, bounds)
    return _all(client, _matching(which), bounds)


def _named(client: Client, channels: Iterable[str], bounds: list[Condition]) -> Exchange:
    """Those of these names, each looked for by itself."""
    told: dict[str, bytes] = {}
    for channel in dict.fromkeys(channels):
        key = channel.removeprefix("#").casefold()
        try:
            found = yield commands.Rooms(pattern=key)
        except ChatError:
            continue
        assert isinstance(found, events.RoomsDone)
        for room in found.rooms:
            if room.room.casefold() == key and channel.startswith("#") and _is_meant(client, room, bounds):
                told[key] = _line(client, room)
    return _told(client, told.values())


def _all(client: Client, matching: Condition, bounds: list[Condition]) -> Exchange:
    lines: list[bytes] = []
    after = ""
    while True:
        found = yield commands.Rooms(after=after)
        assert isinstance(found, events.RoomsDone)
        lines += [_line(client, each) for each in found.rooms if _is_meant(client, each, [matching, *bounds])]
        if not found.more:
            return _told(client, lines)
        after = found.rooms[-1].room.casefold()


def _told(client: Client, lines: Iterable[bytes]) -> bytes:
    start, end = client.numeric(numerics.RPL_LISTSTART), client.numeric(numerics.RPL_LISTEND)
    return b"".join([start, *lines, end])


def _line(client: Client, room: RoomListed) -> bytes:
    return client.numeric(numerics.RPL_LIST, channel=f"#{room.room}", users=room.people, topic=room.topic)


def _is_meant(client: Client, room: RoomListed, conditions: Iterable[Condition]) -> bool:
    now = client.session.world.now()
    return all(each(room, now) for each in conditions)


def _read(asked: Iterable[str]) -> tuple[list[Condition], list[str]]:
    """The bounds, and the names and masks."""
    bounds: list[Condition] = []
    which: list[str] = []
    for each in asked:
        found = _BOUND.fullmatch(each)
        if found is None:
            which.append(each)
        else:
            bounds.append(_bound(found[1].upper(), found[2] == ">", int(found[3])))
    return bounds, which


def _bound(of: str, is_over: bool, value: int) -> Condition:
    """A bound of the people (C{>5}), or the minutes since the channel was made (C{C>5}) or its topic set (C{T>5})."""

    def holds(room: RoomListed, now: int) -> bool:
        measured: int | None = room.people
        if of:
            since = room.created_at if of == "C" else room.topic_at
            measured = None if since is None else now - since
        bound = value * _MINUTE if of else value
        return measured is not None and (measured > bound if is_over else measured < bound)

    return holds


def _matching(which: Iterable[str]) -> Condition:
    """Any of the names and masks, and none of those with a C{!}."""
    wanted = [each for each in which if each[0] != "!"]
    unwanted = [each[1:] for each in which if each[0] == "!"]

    def holds(room: RoomListed, now: int) -> bool:
        name = f"#{room.room}"
        is_wanted = not wanted or any(masks.matches(each, name) for each in wanted)
        return is_wanted and not any(masks.matches(each, name) for each in unwanted)

    return holds
