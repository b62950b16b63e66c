"""C{CHATHISTORY} (IRCv3 chathistory): what was said, and with C{draft/event-playback} also what happened."""

from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from chatd.core import commands, events
from chatd.core.commands import Command
from chatd.core.errors import ChatError
from chatd.core.events import Answer, Event, RoomEvent
from chatd.core.names import DIRECT
from chatd.core.room import Envelope
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing import entering, modes, places
from chatd.dialects.irc.hearing.tags import (
    Reference,
    at_of,
    channel,
    moment,
    msgid,
    named,
    place_of,
    pointed_at,
)
from chatd.dialects.irc.hearing.talk import author_of, remembered
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.verb import Meant

HISTORY = "draft/chathistory"
PLAYBACK = "draft/event-playback"
EVER = 2**53
PAGES = 8
"""How many pages of the core's are looked through, at most, for one of a client's."""

_Shown = tuple[RoomEvent, bytes]
_Shows = Generator[Command, Answer, list[_Shown]]
_NONSENSE = "That is neither msgid=ID of this place nor timestamp=YYYY-MM-DDThh:mm:ss.sssZ, nor a number of messages."
_HIDDEN = frozenset({"no-such-room", "not-in-room", "no-such-account", "bad-name", "not-allowed", "not-now"})


class Asked(NamedTuple):
    """
    What is asked for.

    @ivar sub: The subcommand in capitals.
    @ivar first: From where on, C{None} where that was C{*}; C{second}: to where, of C{BETWEEN} and C{TARGETS}.
    """

    sub: str
    target: str
    first: Reference | None
    second: Reference | None
    limit: int


def chathistory(client: Client, message: Message) -> Meant:
    """C{CHATHISTORY SUBCOMMAND TARGET REFERENCE LIMIT}, and the like."""
    if not client.has(HISTORY):
        return client.numeric(numerics.ERR_UNKNOWNCOMMAND, command=message.command)
    given = message.params[0] if message.params else ""
    sub = given.upper()
    needed = _PARAMS.get(sub)
    if not given:
        return client.fail("CHATHISTORY", "NEED_MORE_PARAMS", text="CHATHISTORY SUBCOMMAND TARGET REFERENCE LIMIT")
    if needed is None:
        return client.fail("CHATHISTORY", "INVALID_PARAMS", given, text="There is no such subcommand.")
    if len(message.params) < needed:
        return client.fail("CHATHISTORY", "NEED_MORE_PARAMS", sub, text=f"{sub} needs {needed - 1} parameters.")
    asked = _asked(client, sub, message.params)
    if isinstance(asked, str):
        return client.fail("CHATHISTORY", "INVALID_PARAMS", sub, asked, text=_NONSENSE)
    return _targets(client, asked) if sub == "TARGETS" else _told(client, asked)


def _asked(client: Client, sub: str, params: tuple[str, ...]) -> Asked | str:
    """What is asked for, or the parameter that makes no sense."""
    number = params[-1] if len(params) == _PARAMS[sub] else params[_PARAMS[sub] - 1]
    limit = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    if not limit:
        return number
    target = "" if sub == "TARGETS" else params[1]
    found: list[Reference | None] = []
    for word in params[1 if sub == "TARGETS" else 2 : _PARAMS[sub] - 1]:
        reference = None if word == "*" and sub == "LATEST" else _reference(client, target, word)
        if isinstance(reference, str):
            return reference
        found.append(reference)
    first, second = (*found, None)[:2]
    return Asked(sub, target, first, second, min(limit, client.site.limits.history_page))


def _reference(client: Client, target: str, word: str) -> Reference | str:
    """An event or a moment that was named; or the word, if it names nothing. A moment has no seq."""
    kind, _, value = word.partition("=")
    if kind == "timestamp":
        at = at_of(value)
        return word if at is None else Reference(at, 0)
    if kind != "msgid" or not target:
        return word
    room, elsewhere = place_of(target), pointed_at(value)
    here = named(value, room, client.name if room.startswith(DIRECT) else "")
    if here is None and elsewhere is not None:  # of when the channel was called otherwise: its time is right
        return Reference(elsewhere.at, 0)
    return here or word


def _told(client: Client, asked: Asked) -> Exchange:
    request = commands.History(room=place_of(asked.target), limit=asked.limit, lines=not client.has(PLAYBACK))
    shown: list[_Shown] = []
    try:
        for each in _REQUESTS[asked.sub](request, asked):
            shown += yield from _page(client, each)
    except ChatError as refusal:
        code = "INVALID_TARGET" if refusal.code in _HIDDEN else "MESSAGE_ERROR"
        return client.fail("CHATHISTORY", code, asked.sub, asked.target, text="Messages could not be retrieved.")
    return client.batch("chathistory", asked.target, lines=[line for _, line in shown])


def _page(client: Client, request: commands.History) -> _Shows:
    """As many events as were asked for of those that IRC shows."""
    shown: list[_Shown] = []
    for _ in range(PAGES):
        done = yield replace(request, limit=request.limit - len(shown))
        assert isinstance(done, events.HistoryDone)
        found: list[_Shown] = [(event, line) for event in done.events if (line := _written(client, event))]
        shown = shown + found if request.oldest else found + shown
        if not done.more or len(shown) >= request.limit:
            break
        ends = (done.events[0].seq, done.events[-1].seq)
        request = replace(request, after=ends[1]) if request.oldest else replace(request, before=ends[0])
    return shown


def _targets(client: Client, asked: Asked) -> Exchange:
    """C{TARGETS}: where something was said last between two moments."""
    since, until = _between(asked)
    try:
        done = yield commands.Targets(since=since.at + 1, until=until.at, limit=asked.limit)
    except ChatError:
        return client.fail("CHATHISTORY", "MESSAGE_ERROR", asked.sub, text="Targets could not be retrieved.")
    assert isinstance(done, events.TargetsDone)
    lines = []
    for each in done.targets:
        target = each.place[1:] if each.place.startswith(DIRECT) else channel(each.place)
        lines.append(client.line("CHATHISTORY", "TARGETS", target, moment(each.at)))
    return client.batch("draft/chathistory-targets", lines=lines)


def _latest(request: commands.History, asked: Asked) -> list[commands.History]:
    return [_after(replace(request, before=EVER), asked.first)]


def _before_it(request: commands.History, asked: Asked) -> list[commands.History]:
    return [_before(request, asked.first)]


def _after_it(request: commands.History, asked: Asked) -> list[commands.History]:
    return [_after(replace(request, oldest=True), asked.first)]


def _around(request: commands.History, asked: Asked) -> list[commands.History]:
    """Half of them before, and the other half from there on."""
    half, center = request.limit // 2, asked.first
    assert center is not None
    rest = replace(request, limit=request.limit - half, oldest=True)
    here = replace(rest, after=center.seq - 1) if center.seq else replace(rest, since=center.at)
    return [_before(replace(request, limit=half), center), here] if half else [here]


def _in_between(request: commands.History, asked: Asked) -> list[commands.History]:
    """The first of them, or backwards the last."""
    since, until = _between(asked)
    return [_before(_after(replace(request, oldest=since is asked.first), since), until)]


def _between(asked: Asked) -> tuple[Reference, Reference]:
    """The two ends, the earlier one first."""
    first, second = asked.first, asked.second
    assert first is not None
    assert second is not None
    return (first, second) if first <= second else (second, first)


def _after(request: commands.History, reference: Reference | None) -> commands.History:
    if reference is None:
        return request
    return replace(request, after=reference.seq) if reference.seq else replace(request, since=reference.at + 1)


def _before(request: commands.History, reference: Reference | None) -> commands.History:
    assert reference is not None
    if reference.seq:
        return replace(request, before=reference.seq)
    return replace(request, until=reference.at, before=EVER)


def _written(client: Client, event: RoomEvent) -> bytes:
    """What happened, as it was told then; nothing, of what IRC does not tell."""
    if isinstance(event, events.Said | events.Tagged):
        return remembered(client, event)
    write = _PLAYED.get(type(event))
    return b"" if write is None else write(client, event)


def _heard(hear: Callable[[Client, Envelope, bool], bytes]) -> Callable[[Client, RoomEvent], bytes]:
    def write(client: Client, event: RoomEvent) -> bytes:
        return hear(client, Envelope(event, mask=author_of(client, event)), False)

    return write


def _came(client: Client, event: RoomEvent) -> bytes:
    mask = author_of(client, event)
    avatar = client.session.hub.here(event.who.casefold())
    real = event.who if avatar is None else avatar.real
    return entering.written(client.style, event.room, event.who, real, mask, event.at, msgid(event))


def _went(client: Client, event: RoomEvent) -> bytes:
    """A room was given another name: only to who knows that this can be."""
    return _heard(places.renamed)(client, event) if client.has("draft/channel-rename") else b""


_PARAMS = {"LATEST": 4, "BEFORE": 4, "AFTER": 4, "AROUND": 4, "BETWEEN": 5, "TARGETS": 4}
_REQUESTS: Mapping[str, Callable[[commands.History, Asked], list[commands.History]]] = MappingProxyType({
    "LATEST": _latest,
    "BEFORE": _before_it,
    "AFTER": _after_it,
    "AROUND": _around,
    "BETWEEN": _in_between,
})  # fmt: skip
_PLAYED: Mapping[type[Event], Callable[[Client, RoomEvent], bytes]] = MappingProxyType({
    events.Joined: _came,
    events.Left: _heard(places.left),
    events.Kicked: _heard(places.kicked),
    events.TopicChanged: _heard(places.topic_changed),
    events.RoomRenamed: _went,
    events.RoleChanged: _heard(modes.changed),
    events.RoomChanged: _heard(modes.changed),
    events.MaskChanged: _heard(modes.changed),
    events.Banned: _heard(modes.changed),
    events.Unbanned: _heard(modes.changed),
    events.Muted: _heard(modes.changed),
    events.Unmuted: _heard(modes.changed),
})  # fmt: skip
