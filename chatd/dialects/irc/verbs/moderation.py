"""C{KICK}, C{INVITE} and C{RENAME}."""

from chatd.core import commands, events, names
from chatd.core.errors import BadName, ChatError
from chatd.core.permissions import MEMBER_ALREADY, NO_MEMBER
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics, refusals
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.places import AWAY, fitted
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.channels import plain
from chatd.dialects.irc.verbs.verb import Meant


def kick(client: Client, message: Message) -> Meant:
    """C{KICK #a NICK,NICK REASON}; or as many channels as nicks."""
    channels, nicks = message.params[0].split(","), message.params[1].split(",")
    if len(channels) == 1:
        channels *= len(nicks)
    if len(channels) != len(nicks) or not all(channels) or not all(nicks):
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="KICK")
    reason = message.params[2] if len(message.params) > 2 else ""
    return _kick(client, list(zip(channels, nicks, strict=True)), plain(reason))


def invite(client: Client, message: Message) -> Meant:
    """C{INVITE NICK #a}, and C{INVITE}, which shows where one is invited."""
    if not message.params:
        return _invitations(client)
    if len(message.params) < 2 or not all(message.params[:2]):
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="INVITE")
    return _invite(client, message.params[0], message.params[1])


def rename(client: Client, message: Message) -> Meant:
    """C{RENAME #old #new REASON} (IRCv3 channel-rename)."""
    if not all(message.params[:2]):
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="RENAME")
    reason = message.params[2] if len(message.params) > 2 else ""
    return _rename(client, message.params[0], message.params[1], plain(reason))


def _kick(client: Client, targets: list[tuple[str, str]], reason: str) -> Exchange:
    answer = b""
    for channel, nick in targets:
        text = fitted(reason, "KICK", channel, nick, source=client.mask) if reason else ""
        try:
            yield commands.Kick(room=channel.removeprefix("#"), target=nick, reason=text)
        except ChatError as refusal:
            if refusal.rule == NO_MEMBER or _is_of_nobody(refusal, nick):
                answer += client.numeric(numerics.ERR_USERNOTINCHANNEL, nick=nick, channel=channel)
            else:
                answer += yield from refusals.in_channel(client, refusal, "KICK", channel)
    return answer


def _invite(client: Client, nick: str, channel: str) -> Exchange:
    try:
        done = yield commands.Invite(room=channel.removeprefix("#"), name=nick)
    except ChatError as refusal:
        if refusal.rule == MEMBER_ALREADY:
            return client.numeric(numerics.ERR_USERONCHANNEL, nick=nick, channel=channel)
        if _is_of_nobody(refusal, nick):
            return client.numeric(numerics.ERR_NOSUCHNICK, nick=nick)
        return (yield from refusals.in_channel(client, refusal, "INVITE", channel))
    assert isinstance(done, events.InviteDone)
    answer = client.numeric(numerics.RPL_INVITING, nick=done.name, channel=f"#{done.room}")
    guest = client.session.hub.here(done.name.casefold())
    if guest is not None and guest.away is not None:
        answer += client.numeric(numerics.RPL_AWAY, nick=done.name, message=guest.away or AWAY)
    return answer


def _is_of_nobody(refusal: ChatError, nick: str) -> bool:
    """Whether something is refused because nobody is called so, or can be."""
    if refusal.code != "bad-name":
        return refusal.code == "no-such-account"
    try:
        names.account_key(nick)
    except BadName:
        return True
    return False  # the channel's name is none


def _invitations(client: Client) -> Exchange:
    answer, after = b"", ""
    while True:
        found = yield commands.Rooms(after=after)
        assert isinstance(found, events.RoomsDone)
        for room in found.rooms:
            if room.invited and not room.member:
                answer += client.numeric(numerics.RPL_INVITELIST, channel=f"#{room.room}")
        if not found.more:
            return answer + client.numeric(numerics.RPL_ENDOFINVITELIST)
        after = found.rooms[-1].room.casefold()


def _rename(client: Client, old: str, new: str, reason: str) -> Exchange:
    if not new.startswith("#"):
        return client.fail("RENAME", "CANNOT_RENAME", old, new, text="A channel's name begins with #.")
    text = fitted(reason, "RENAME", old, new, source=client.mask) if reason else ""
    try:
        yield commands.RenameRoom(room=old.removeprefix("#"), name=new[1:], reason=text)
    except ChatError as refusal:
        if refusal.code == "name-taken":
            return client.fail("RENAME", "CHANNEL_NAME_IN_USE", old, new, text=refusal.why)
        if refusal.code in ("bad-name", "bad-arguments"):
            return client.fail("RENAME", "CANNOT_RENAME", old, new, text=refusal.why)
        return (yield from refusals.in_channel(client, refusal, "RENAME", old))
    return b""
