"""C{MODE} of a channel: what modes it has, what is on its lists, and others from now on."""

from typing import Literal, get_args

from chatd.core import commands, events, names
from chatd.core.commands import Command
from chatd.core.commands.orders import MaskList
from chatd.core.errors import ChatError
from chatd.core.events import MaskShown
from chatd.core.permissions import NO_MEMBER
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import modes, numerics, refusals
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.modes import lines
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.modes import Asked, Change
from chatd.dialects.irc.verbs.server.operators import own_modes
from chatd.dialects.irc.verbs.verb import Meant

Role = Literal["moderator", "voice"]

_ROLES: dict[str, Role] = {"o": "moderator", "v": "voice"}
_SHOWN: dict[str, tuple[MaskList, ...]] = {"b": ("ban", "mute"), "e": ("exception",), "I": ("invitation",)}
_NUMERICS = {
    "b": (numerics.RPL_BANLIST, numerics.RPL_ENDOFBANLIST),
    "e": (numerics.RPL_EXCEPTLIST, numerics.RPL_ENDOFEXCEPTLIST),
    "I": (numerics.RPL_INVEXLIST, numerics.RPL_ENDOFINVEXLIST),
}
_LACKING = "You must give a parameter with this mode."
_UNFIT = {
    "k": f"A key has 1 to {modes.LONGEST_KEY} printable ASCII characters, no space and no comma.",
    "l": f"A limit is a number from 1 to {modes.LARGEST_LIMIT}.",
}


def mode(client: Client, message: Message) -> Meant:
    """C{MODE #a}, C{MODE #a +ov-k NICK NICK KEY} and C{MODE #a +b}; and of oneself."""
    if not message.params[0].startswith(names.ROOM):
        return own_modes(client, message)
    channel, written, *arguments = message.params if len(message.params) > 1 else (message.params[0], "")
    return _mode(client, channel, modes.of_channel(written, arguments))


def _mode(client: Client, channel: str, asked: Asked) -> Exchange:
    room = channel.removeprefix(names.ROOM)
    try:
        found = yield commands.RoomSet(room=room)
    except ChatError as refusal:
        return (yield from refusals.in_channel(client, refusal, "MODE", channel))
    assert isinstance(found, events.RoomSetDone)
    channel = names.ROOM + found.room
    if asked == Asked():
        shown = modes.shown(found.settings)
        answer = client.numeric(numerics.RPL_CHANNELMODEIS, channel=channel, modes=shown)
        return answer + client.numeric(numerics.RPL_CREATIONTIME, channel=channel, created=found.created_at // 1000)
    answer = _misread(client, channel, asked)
    answer = (yield from _change(client, found, asked.changes)) + answer
    for letter in asked.lists:
        answer += yield from _listed(client, found.room, letter)
    return answer


def _misread(client: Client, channel: str, asked: Asked) -> bytes:
    """What is said of modes that there are not, and of arguments that are none."""
    unknown = [client.numeric(numerics.ERR_UNKNOWNMODE, mode=letter) for letter in asked.unknown]
    lacking = [_invalid(client, channel, letter, "", _LACKING) for letter in asked.lacking]
    unfit = [_invalid(client, channel, each.letter, "", _UNFIT.get(each.letter, _LACKING)) for each in asked.unfit]
    return b"".join([*unknown, *lacking, *unfit])


def _invalid(client: Client, channel: str, letter: str, parameter: str, why: str) -> bytes:
    return client.numeric(numerics.ERR_INVALIDMODEPARAM, target=channel, mode=letter, parameter=parameter, info=why)


def _change(client: Client, found: events.RoomSetDone, changes: tuple[Change, ...]) -> Exchange:
    """Do what is asked, and tell in one what came of it."""
    client.changed = []
    try:
        answer = yield from _do(client, found, changes)
    finally:
        heard, client.changed = client.changed, None
    if not heard:
        return answer
    keys = [change.argument for change in changes if change.letter == "k" and change.on]
    told = (_with_key(change, keys) for change, _ in heard)
    return lines(client.style, heard[-1][1], client.mask, told) + answer


def _do(client: Client, found: events.RoomSetDone, changes: tuple[Change, ...]) -> Exchange:
    """Do what is asked, and say what of it was refused; what is not allowed, once."""
    settings, answer, is_forbidden = found.settings, b"", False
    for change in changes:
        try:
            command = _meant(found.room, change, settings)
            done = None if command is None else (yield command)
        except ChatError as refusal:
            if not (is_forbidden and refusal.code == "not-allowed"):
                answer += _refused(client, found, change, refusal)
            is_forbidden = is_forbidden or refusal.code == "not-allowed"
            continue
        if isinstance(done, events.RoomSetDone):
            settings = done.settings
    return answer


def _with_key(change: Change, keys: list[str]) -> Change:
    """A new key as it is: to the one who has set it."""
    return change._replace(argument=keys[-1]) if change.letter == "k" and change.on and keys else change


def _meant(room: str, change: Change, settings: dict[str, str]) -> Command | None:
    """A change as the core's command, or nothing if it is none."""
    on, letter, argument = change
    if letter in _ROLES:
        return commands.RoomRole(room=room, name=argument, role=_ROLES[letter], on=on)
    if letter in modes.LISTS:
        name, mask = modes.listed(letter, argument)
        for each in get_args(MaskList):
            if each == name:
                return commands.Mask(room=room, list=each, mask=mask, on=on)
    found = modes.setting_of(change, settings)
    return None if found is None else commands.RoomSet(room=room, name=found[0], value=found[1], alone=True)


def _refused(client: Client, found: events.RoomSetDone, change: Change, refusal: ChatError) -> bytes:
    channel, letter = names.ROOM + found.room, change.letter
    if letter in _ROLES:
        if refusal.rule == NO_MEMBER:
            return client.numeric(numerics.ERR_USERNOTINCHANNEL, nick=change.argument, channel=channel)
        if refusal.code in ("no-such-account", "bad-name"):
            return client.numeric(numerics.ERR_NOSUCHNICK, nick=change.argument)
    if refusal.code == "no-such-entry":  # a mask that is not on the list: nothing changes
        return b""
    if refusal.code == "too-many":
        return client.numeric(numerics.ERR_BANLISTFULL, channel=channel, mode=letter, text=refusal.why)
    if refusal.code in ("bad-arguments", "bad-text"):
        return _invalid(client, channel, letter, change.argument, refusal.why)
    return refusals.in_place(client, refusal, "MODE", channel)


def _listed(client: Client, room: str, letter: str) -> Exchange:
    """What is on a list, the oldest first."""
    channel = names.ROOM + room
    entry, end = _NUMERICS[letter]
    there: list[tuple[str, MaskShown]] = []
    try:
        for name in _SHOWN[letter]:
            found = yield commands.Masks(room=room, list=name)
            assert isinstance(found, events.MasksDone)
            there += [(modes.entry(name, each.mask)[1], each) for each in found.masks]
    except ChatError as refusal:
        return refusals.in_place(client, refusal, "MODE", channel)
    there.sort(key=lambda shown: shown[1].set_at)
    return b"".join(
        client.numeric(entry, channel=channel, mask=mask, who=each.set_by, at=each.set_at // 1000)
        for mask, each in there
    ) + client.numeric(end, channel=channel)  # fmt: skip
