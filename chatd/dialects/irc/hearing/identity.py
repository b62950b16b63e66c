"""Who is called otherwise, or is an account now; and what the people who run the server say."""

from chatd.core.events import Announced, Identified, Renamed
from chatd.core.room import Envelope, host_of
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.people import concerns
from chatd.dialects.irc.hearing.style import Style, rendering
from chatd.dialects.irc.hearing.tags import mask_of, tags_of
from chatd.dialects.irc.message import build, fitting, userhost

FACE = "irc"


def renamed(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """A guest has another name."""
    return envelope.wire(rendering(_renamed, client.style))


def identified(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """A guest has become an account (IRCv3 account-notify), and seems to come from elsewhere (IRCv3 chghost)."""
    event = envelope.event
    assert isinstance(event, Identified)
    if not concerns(client, event.who):
        return b""
    told = envelope.wire(rendering(_account, client.style)) if client.has("account-notify") else b""
    return told + (envelope.wire(rendering(_host, client.style)) if client.has("chghost") else b"")


def announced(client: Client, envelope: Envelope, mine: bool) -> bytes:
    """
    A word to everyone. What was said with C{WALLOPS} is for those who want to hear it and for operators; what was said
    on another face is a notice to all.
    """
    event = envelope.event
    assert isinstance(event, Announced)
    if envelope.origin is None or envelope.origin.face != FACE:
        return client.notice(event.text)
    if client.wallops or client.session.operator is not None:
        return envelope.wire(rendering(_wallops, client.style))
    return b""


def _renamed(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Renamed)
    source = envelope.mask or mask_of(event.who)
    return build("NICK", event.name, source=source, tags=tags_of(style, event.at, None, source))


def _account(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Identified)
    source = envelope.mask or mask_of(event.who)
    return build("ACCOUNT", event.who, source=source, tags=tags_of(style, event.at, None, source))


def _host(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Identified)
    source = envelope.mask or mask_of(event.who)
    user = userhost(source).user
    return build("CHGHOST", user, host_of(event.who), source=source, tags=tags_of(style, event.at, None, source))


def _wallops(style: Style, envelope: Envelope) -> bytes:
    event = envelope.event
    assert isinstance(event, Announced)
    source = envelope.mask
    room = 400 - len(source.encode())
    tags = tags_of(style, event.at, None, source)
    return b"".join(build("WALLOPS", piece, source=source, tags=tags) for piece in fitting(event.text, room))
