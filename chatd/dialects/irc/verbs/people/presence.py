"""C{AWAY} and C{SETNAME}: how one is seen by others."""

from chatd.core import commands
from chatd.core.errors import BadText, ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics, refusals
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.people import setname_line
from chatd.dialects.irc.isupport import Features
from chatd.dialects.irc.message import Message, fitting
from chatd.dialects.irc.verbs.channels import plain
from chatd.dialects.irc.verbs.entrance.arrival import REAL_CHARACTERS
from chatd.dialects.irc.verbs.people import seen
from chatd.dialects.irc.verbs.verb import Meant

UNSPECIFIED = "*"
AWAY_BYTES: int = Features._field_defaults["text"]


def away(client: Client, message: Message) -> Meant:
    """
    C{AWAY TEXT}, and C{AWAY}: one is back (Modern IRC, "AWAY message"). It may be said before the registration is
    complete, and C{*} says that nobody is there and nothing is to be said about it (IRCv3 pre-away).
    """
    text = fitting(plain(message.params[0]), AWAY_BYTES)[0] if message.params else ""
    if client.welcomed:
        return _away(client, text)
    if not client.has("draft/pre-away"):
        return client.numeric(numerics.ERR_NOTREGISTERED)
    client.early_away = text
    return _acknowledged(client, text)


def settled(client: Client) -> Exchange:
    """What C{AWAY} said before, now that one is somebody. Who comes without it is here again."""
    avatar, early = client.avatar, client.early_away
    if avatar is None:
        return b""
    if early is not None:
        yield from _away(client, early)
    elif avatar.away == UNSPECIFIED:
        yield commands.Away()
    return b""


def away_of(client: Client, nick: str) -> bytes:
    """RPL_AWAY, to who says something to somebody who is away."""
    avatar = seen.found(client, nick)
    if avatar is None or avatar.away is None:
        return b""
    return client.numeric(numerics.RPL_AWAY, nick=avatar.account.name, message=avatar.away)


def setname(client: Client, message: Message) -> Meant:
    """C{SETNAME :REAL NAME} (IRCv3 setname)."""
    return _setname(client, plain(message.params[0]))


def _away(client: Client, text: str) -> Exchange:
    avatar = client.avatar
    if text == UNSPECIFIED and client.has("draft/pre-away") and avatar is not None and len(avatar.sessions) > 1:
        return _acknowledged(client, text)  # "as though the connection did not exist at all"
    try:
        yield commands.Away(text=text or None)
    except ChatError as refusal:
        return refusals.unexplained(client, refusal, "AWAY")
    return _acknowledged(client, text)


def _acknowledged(client: Client, text: str) -> bytes:
    return client.numeric(numerics.RPL_NOWAWAY if text else numerics.RPL_UNAWAY)


def _setname(client: Client, real: str) -> Exchange:
    """What changes is told to all whom it concerns, and so to the client; what does not, is told to it alone."""
    avatar = client.avatar
    if len(real) > REAL_CHARACTERS:
        why = f"A name in full has at most {REAL_CHARACTERS} characters here."
        return client.fail("SETNAME", "INVALID_REALNAME", text=why)
    is_same = avatar is not None and avatar.real == real
    try:
        yield commands.Profile(real=real)
    except BadText as refusal:
        return client.fail("SETNAME", "INVALID_REALNAME", text=refusal.why)
    except ChatError as refusal:
        return client.fail("SETNAME", "CANNOT_CHANGE_REALNAME", text=refusal.why)
    if not is_same or not client.has("setname"):
        return b""
    return setname_line(client.style, client.session.world.now(), client.mask, real)
