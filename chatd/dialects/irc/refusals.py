"""Refusals of the core as numerics: which one it is depends on what was asked."""

from contextlib import suppress

from chatd.core import commands, events, names
from chatd.core.errors import ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.numerics import Numeric


def unexplained(client: Client, refusal: ChatError, command: str) -> bytes:
    """A refusal for which IRC has no numeric, in chatd's own words (Modern IRC: ERR_UNKNOWNERROR)."""
    return client.numeric(numerics.ERR_UNKNOWNERROR, command=command, info=refusal.why)


def to_enter(client: Client, refusal: ChatError, channel: str) -> bytes:
    """Why a channel cannot be joined."""
    return _told(client, refusal, "JOIN", _OF_JOIN.get(refusal.rule or "") or _OF_PLACES.get(refusal.code), channel)


def to_speak(client: Client, refusal: ChatError, command: str, target: str) -> bytes:
    """Why something cannot be said."""
    if target.startswith("#") or target[1:2] == "#":
        return _told(client, refusal, command, _OF_TALK.get(refusal.code), target)
    if refusal.code in ("no-such-account", "bad-name", "name-taken"):
        return client.numeric(numerics.ERR_NOSUCHNICK, nick=target)
    return unexplained(client, refusal, command)


def in_channel(client: Client, refusal: ChatError, command: str, channel: str) -> Exchange:
    """
    The same, after a look at whether there is such a channel: one that one may know of, and is not in, is another
    numeric than one that there is not.
    """
    if refusal.code not in _OF_OUTSIDERS:
        return in_place(client, refusal, command, channel)
    known = False
    with suppress(ChatError):
        key = names.room_name(channel.removeprefix(names.ROOM)).key
        found = yield commands.Rooms(pattern=key)
        assert isinstance(found, events.RoomsDone)
        known = any(room.room.casefold() == key for room in found.rooms)
    numeric = numerics.ERR_NOTONCHANNEL if known else numerics.ERR_NOSUCHCHANNEL
    return client.numeric(numeric, channel=channel)


def in_place(client: Client, refusal: ChatError, command: str, channel: str) -> bytes:
    """Why something cannot be done in a channel."""
    numeric = _OF_PLACES.get(refusal.code)
    if refusal.code == "not-allowed":
        numeric = numerics.ERR_CHANOPRIVSNEEDED
    return _told(client, refusal, command, numeric, channel)


def _told(client: Client, refusal: ChatError, command: str, numeric: Numeric | None, channel: str) -> bytes:
    if numeric is None:
        return unexplained(client, refusal, command)
    if refusal.code == "no-such-room":  # whose words are of commands that IRC has not
        return client.numeric(numeric, channel=channel)
    return client.numeric(numeric, channel=channel, target=channel, command=command, text=refusal.why)


_OF_PLACES = {
    "no-such-room": numerics.ERR_NOSUCHCHANNEL,
    "bad-name": numerics.ERR_NOSUCHCHANNEL,
    "not-in-room": numerics.ERR_NOTONCHANNEL,
    "too-many": numerics.ERR_TOOMANYCHANNELS,
    "name-taken": numerics.ERR_UNAVAILRESOURCE,
    "busy": numerics.RPL_TRYAGAIN,
}
_OF_OUTSIDERS = frozenset({"not-in-room", "not-now", "bad-name"})
_OF_TALK = {
    "no-such-room": numerics.ERR_NOSUCHCHANNEL,
    "bad-name": numerics.ERR_NOSUCHCHANNEL,
    "not-in-room": numerics.ERR_CANNOTSENDTOCHAN,
    "not-allowed": numerics.ERR_CANNOTSENDTOCHAN,
    "bad-text": numerics.ERR_CANNOTSENDTOCHAN,
    "busy": numerics.RPL_TRYAGAIN,
}
_OF_JOIN = {
    "ban": numerics.ERR_BANNEDFROMCHAN,
    "access is invite": numerics.ERR_INVITEONLYCHAN,
    "access is key": numerics.ERR_BADCHANNELKEY,
    "the room's limit of members": numerics.ERR_CHANNELISFULL,
}
