"""What becomes of people: here or gone, away or back, called otherwise; as lines."""

from chatd.core import names
from chatd.core.errors import BadName
from chatd.core.events import AwayChanged, MetadataChanged, Offline, Online, ProfileChanged
from chatd.core.names import DIRECT, ROOM
from chatd.core.room import Envelope
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.style import Style, rendering
from chatd.dialects.irc.hearing.tags import mask_of, tags_of
from chatd.dialects.irc.message import allowance, build, fitting

VISIBLE = "*"


def concerns(client: Client, who: str) -> bool:
    """
    Whether a client is to be told of a change of somebody's: who shares a channel is; who only watches is if it has
    asked for that (IRCv3 extended-monitor).
    """
    try:
        key = names.account_key(who)
    except BadName:
        return False
    if key not in client.watched or client.has("extended-monitor"):
        return True
    me, avatar = client.avatar, client.session.hub.here(key)
    return me is not None and avatar is not None and (me is avatar or not me.rooms.keys().isdisjoint(avatar.rooms))


def away_changed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody is away, or back (IRCv3 away-notify)."""
    event = envelope.event
    assert isinstance(event, AwayChanged)
    if not (client.has("away-notify") and concerns(client, event.who)):
        return b""
    return envelope.wire(rendering(_away, client.style))


def profile_changed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody is called otherwise in full (IRCv3 setname); not who comes in and has said so with C{USER}."""
    event = envelope.event
    assert isinstance(event, ProfileChanged)
    if not (client.has("setname") and concerns(client, event.who)) or (mine and not client.welcomed):
        return b""
    return envelope.wire(rendering(_setname, client.style))


def setname_line(style: Style, at: int, mask: str, real: str) -> bytes:
    """The line that says what somebody is called in full."""
    text = _fitted(real, "SETNAME", source=mask)
    return build("SETNAME", text, source=mask, tags=tags_of(style, at, None, mask))


def online(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody who is watched is here (IRCv3 monitor)."""
    event = envelope.event
    assert isinstance(event, Online)
    return client.numeric(numerics.RPL_MONONLINE, targets=envelope.mask or event.who)


def offline(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """Somebody who is watched is here no more."""
    event = envelope.event
    assert isinstance(event, Offline)
    return client.numeric(numerics.RPL_MONOFFLINE, targets=event.who)


def metadata_changed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """What programs are told of somebody or of a channel is another (IRCv3 metadata). Who changed it is answered."""
    event = envelope.event
    assert isinstance(event, MetadataChanged)
    if mine or event.key not in client.subscribed or not client.has("draft/metadata-2"):
        return b""
    is_person = event.target.startswith(DIRECT)
    name = event.target.removeprefix(DIRECT)
    if is_person and not concerns(client, name):
        return b""
    return metadata_line(client, name if is_person else ROOM + name, event.key, event.value, event.at)


def metadata_line(client: Client, target: str, key: str, value: str | None, at: int) -> bytes:
    """The line that says what a value is now; with none, that it is no more."""
    head, tags = ("METADATA", target, key, VISIBLE), tags_of(client.style, at)
    if value is None:
        return client.line(*head, tags=tags)
    return client.line(*head, fitting(value, allowance(*head, source=client.server))[0], tags=tags)


def _away(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, AwayChanged)
    source = envelope.mask or mask_of(event.who)
    text = () if event.text is None else (_fitted(event.text, "AWAY", source=source),)
    return build("AWAY", *text, source=source, tags=tags_of(style, event.at, None, source))


def _setname(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, ProfileChanged)
    return setname_line(style, event.at, envelope.mask or mask_of(event.who), event.real)


def _fitted(text: str, command: str, *, source: str) -> str:
    return fitting(text, allowance(command, source=source))[0]
