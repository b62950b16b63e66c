"""The greeting: 001 to 005, who is here, and the message of the day; and the commands that ask for parts of it."""

from datetime import UTC, datetime

from chatd.core.masks import matches
from chatd.dialects.irc import isupport, modes, numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.isupport import Features
from chatd.dialects.irc.message import Message, fold
from chatd.dialects.irc.verbs.entrance.arrival import REAL_CHARACTERS, USER_CHARACTERS
from chatd.dialects.irc.verbs.verb import Meant


def greeting(client: Client) -> bytes:
    """What everyone is told who has come in."""
    mine = modes_of(client)
    return (
        client.numeric(numerics.RPL_WELCOME, network=client.site.name, nick=client.name)
        + client.numeric(numerics.RPL_YOURHOST, server=client.server, version=client.version)
        + client.numeric(numerics.RPL_CREATED, created=_in_words(client.begun_at))
        + client.numeric(
            numerics.RPL_MYINFO, server=client.server, version=client.version, user_modes=modes.USER_MODES,
            channel_modes=modes.CHANNEL_MODES, argument_modes=modes.ARGUMENT_MODES,
        )
        + features_of(client)
        + lusers_of(client)
        + (client.numeric(numerics.RPL_UMODEIS, modes=mine) if mine != "+" else b"")
        + motd_of(client)
    )  # fmt: skip


def modes_of(client: Client) -> str:
    """One's own modes, as RPL_UMODEIS shows them."""
    avatar = client.avatar
    is_on = {
        "B": avatar is not None and avatar.bot,
        "i": avatar is not None and avatar.invisible,
        "o": client.session.operator is not None,
        "w": client.wallops,
    }
    return "+" + "".join(letter for letter in modes.USER_MODES if is_on[letter])


def features_of(client: Client) -> bytes:
    """The 005 lines, as one batch where the client wants that (IRCv3 extended-isupport)."""
    limits = client.site.limits
    features = Features(
        network=client.site.name, channels=limits.rooms_joined, masks=limits.masks, history=limits.history_page,
        user=USER_CHARACTERS, real=REAL_CHARACTERS,
    )  # fmt: skip
    lines = isupport.lines(client.server, client.addressed, isupport.tokens(features))
    return client.batch("draft/isupport", lines=[lines]) if client.has("draft/extended-isupport") else lines


def lusers_of(client: Client) -> bytes:
    """Who is here: everybody counts, on whatever face."""
    hub = client.session.hub
    here = hub.avatars.values()
    unseen = sum(avatar.invisible for avatar in here)
    operators = sum(any(each.operator is not None for each in avatar.sessions) for avatar in here)
    people = len(here)
    return (
        client.numeric(numerics.RPL_LUSERCLIENT, users=people - unseen, invisible=unseen, servers=1)
        + client.numeric(numerics.RPL_LUSEROP, operators=operators)
        + client.numeric(numerics.RPL_LUSERUNKNOWN, connections=hub.strangers)
        + client.numeric(numerics.RPL_LUSERCHANNELS, channels=len(hub.rooms))
        + client.numeric(numerics.RPL_LUSERME, clients=people, servers=0)
        + client.numeric(numerics.RPL_LOCALUSERS, users=people, most=hub.most)
        + client.numeric(numerics.RPL_GLOBALUSERS, users=people, most=hub.most)
    )


def motd_of(client: Client) -> bytes:
    """The message of the day."""
    if not client.site.motd:
        return client.numeric(numerics.ERR_NOMOTD)
    lines = (client.numeric(numerics.RPL_MOTD, line=f"- {line}") for line in client.site.motd.split("\n"))
    start = client.numeric(numerics.RPL_MOTDSTART, server=client.server)
    return start + b"".join(lines) + client.numeric(numerics.RPL_ENDOFMOTD)


def elsewhere(client: Client, said: Message, place: int = 0) -> bytes | None:
    """
    What is answered if a command is for another server: there is none. C{None} if it is for this one, which is meant
    by its name, by a mask of it, or by the nick of somebody who is here.

    @param place: Which of the parameters says so.
    """
    target = said.params[place] if len(said.params) > place else ""
    if not target or matches(fold(target), fold(client.server)) or fold(target) == fold(client.name):
        return None
    if client.session.hub.here(target.casefold()) is not None:
        return None
    return client.numeric(numerics.ERR_NOSUCHSERVER, server=target)


def motd(client: Client, said: Message) -> Meant:
    """C{MOTD SERVER}."""
    return elsewhere(client, said) or motd_of(client)


def lusers(client: Client, said: Message) -> Meant:
    """C{LUSERS MASK SERVER}: the mask counts for nothing where there is one server."""
    return elsewhere(client, said, 1) or lusers_of(client)


def features(client: Client, said: Message) -> Meant:
    """C{ISUPPORT} (IRCv3 extended-isupport)."""
    return features_of(client)


def version(client: Client, said: Message) -> Meant:
    """C{VERSION SERVER}."""
    other = elsewhere(client, said)
    if other is not None:
        return other
    told = client.numeric(numerics.RPL_VERSION, version=client.version, server=client.server, comments="chatd")
    return told + features_of(client)


def _in_words(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%a %b %d %Y at %H:%M:%S UTC")
