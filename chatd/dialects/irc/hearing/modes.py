"""What of a room and its members is another one now, as C{MODE}; and who is kept out, as C{MODE} and C{KICK}."""

from collections.abc import Iterable

from chatd.core import masks
from chatd.core.events import (
    Banned,
    MaskChanged,
    Muted,
    RoleChanged,
    RoomChanged,
    RoomEvent,
    Unbanned,
    Unmuted,
)
from chatd.core.permissions import HIGH
from chatd.core.room import Envelope
from chatd.dialects.irc import modes
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.places import fitted
from chatd.dialects.irc.hearing.style import Style, rendering
from chatd.dialects.irc.hearing.tags import channel, mask_of, msgid, tags_of
from chatd.dialects.irc.message import allowance, build, fitting
from chatd.dialects.irc.modes import Change

_BLANK = "?"


def changed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Modes that are others now. What this connection's own C{MODE} has changed is told in its answer, in one."""
    event = envelope.event
    assert isinstance(event, RoomEvent)
    if mine and client.changed is not None:
        client.changed += [(change, event) for change in changes_of(event)]
        return b""
    return envelope.wire(rendering(_changed, client.style))


def banned(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody is kept out: a ban, and a kick where the one was in."""
    event = envelope.event
    assert isinstance(event, Banned)
    told = changed(client, envelope, mine)
    avatar = client.session.hub.here(event.target.casefold())
    if avatar is None or event.room.casefold() not in avatar.rooms:
        return told
    return told + envelope.wire(rendering(_put_out, client.style))


def changes_of(event: RoomEvent) -> tuple[Change, ...]:
    """The modes that an event changes."""
    match event:
        case RoleChanged():
            return _of_role(event)
        case RoomChanged():
            return _of_setting(event)
        case MaskChanged():
            return (Change(event.on, *modes.entry(event.list, event.mask)),)
        case Banned() | Unbanned():
            return (Change(isinstance(event, Banned), *modes.entry("ban", masks.of_account(event.target))),)
        case Muted() | Unmuted():
            return (Change(isinstance(event, Muted), *modes.entry("mute", masks.of_account(event.target))),)
        case _:
            return ()


def lines(style: Style, event: RoomEvent, mask: str, changes: Iterable[Change]) -> bytes:
    """Changes as lines of who made them, with as many on each as there is room for; C{event} is the last of them."""
    source, target = mask or mask_of(event.who), channel(event.room)
    room = allowance("MODE", target, source=source)
    tags = tags_of(style, event.at, msgid(event), source)
    fit = [_fit(change, room) for change in changes]
    return b"".join(build("MODE", target, *each, source=source, tags=tags) for each in modes.grouped(fit, room))


def _of_role(event: RoleChanged) -> tuple[Change, ...]:
    before = {"o": event.was in HIGH, "v": event.was == "voice" or event.was_voiced}
    after = {"o": event.role in HIGH, "v": event.role == "voice" or event.voiced}
    return tuple(Change(after[each], each, event.target) for each in modes.STANDINGS if before[each] != after[each])


def _of_setting(event: RoomChanged) -> tuple[Change, ...]:
    """What settings that have changed are as modes; a key in the place of another one is one, too."""
    there = modes.between(event.before, event.after)
    if event.setting == "key" and event.value == "on" and all(each.letter != "k" for each in there):
        return (*there, Change(True, "k", modes.UNSEEN))
    return there


def _fit(change: Change, room: int) -> Change:
    """The same with an argument that a line has room for, and that is one wherever it stands."""
    argument = change.argument
    if argument.startswith(":"):
        argument = _BLANK + argument[1:]
    return change._replace(argument=fitting(argument, room - len("+b "))[0])


def _changed(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, RoomEvent)
    return lines(style, event, envelope.mask, changes_of(event))


def _put_out(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Banned)
    source, target = envelope.mask or mask_of(event.who), channel(event.room)
    reason = fitted(event.reason or event.who, "KICK", target, event.target, source=source)
    return build("KICK", target, event.target, reason, source=source, tags=tags_of(style, event.at, None, source))
