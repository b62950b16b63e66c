"""
What the server supports, as RPL_ISUPPORT (005) tells it: Modern IRC, "RPL_ISUPPORT Parameters".

Everything in it is true: the limits are the core's own.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from chatd.core import names
from chatd.dialects.irc import modes, numerics
from chatd.dialects.irc.message import CASEMAPPING, LINE_BYTES, build

MOST_TOKENS = 13
"""How many there are on a line: "the maximum number of message parameters to any reply is 15"."""

_UNWRITABLE = re.compile(r"[^\x21-\x3c\x3e-\x5b\x5d-\x7e]")


class Features(NamedTuple):
    """
    What of it differs from site to site, and the limits that others state.

    @ivar network: The network's name, as people see it.
    @ivar channels: How many channels one may be in, or 0 if that has no limit.
    @ivar targets: How many a message may go to at once.
    @ivar masks: How many masks each list of a channel may have.
    @ivar watched: How many nicks one may watch (MONITOR).
    @ivar history: How many lines C{CHATHISTORY} gives at once, or 0 if there is none.
    @ivar user: How long a user name may be.
    @ivar host: How long a host may be.
    @ivar real: How long a real name may be.
    @ivar text: How long a topic, a reason or an away message may be, in bytes: what fits into a line.
    """

    network: str
    channels: int = 0
    targets: int = 4
    masks: int = 100
    watched: int = 100
    history: int = 0
    user: int = 32
    host: int = 64
    real: int = 150
    text: int = 390


def tokens(features: Features) -> tuple[str, ...]:
    """All tokens, in the order of the alphabet."""
    several = f"{features.targets}"
    has: dict[str, str | int | None] = {
        "ACCOUNTEXTBAN": "a",
        "AWAYLEN": features.text,
        "BOT": "B",
        "CASEMAPPING": CASEMAPPING,
        "CHANLIMIT": f"#:{features.channels or ''}",
        "CHANMODES": modes.CHANMODES,
        "CHANNELLEN": names.NAME_CHARACTERS + 1,
        "CHANTYPES": names.ROOM,
        "ELIST": "CMNTU",
        "EXCEPTS": "e",
        "EXTBAN": f",{modes.EXTBANS}",
        "HOSTLEN": features.host,
        "INVEX": "I",
        "KICKLEN": features.text,
        "LINELEN": LINE_BYTES,
        "MAXLIST": f"{modes.LISTS}:{features.masks}",
        "MODES": modes.MOST,
        "MONITOR": features.watched,
        "NAMELEN": features.real,
        "NETWORK": features.network,
        "NICKLEN": names.NAME_CHARACTERS,
        "PREFIX": modes.PREFIX,
        "SAFELIST": None,
        "STATUSMSG": "".join(modes.PREFIXES.values()),
        "TARGMAX": f"JOIN:,KICK:,LIST:,NAMES:,NOTICE:{several},PART:,PRIVMSG:{several},TAGMSG:{several}"
        f",WHOIS:{several}",
        "TOPICLEN": features.text,
        "USERLEN": features.user,
        "UTF8ONLY": None,
        "WHOX": None,
    }
    if features.history:
        has["CHATHISTORY"] = features.history
        has["MSGREFTYPES"] = "msgid,timestamp"
    return tuple(name if has[name] is None else f"{name}={escaped(str(has[name]))}" for name in sorted(has))


def escaped(value: str) -> str:
    """A value without what would end it: a space is C{\\x20}, and what is no printable ASCII its bytes in that form."""
    return _UNWRITABLE.sub(lambda found: "".join(f"\\x{byte:02X}" for byte in found[0].encode()), value)


def grouped(server: str, client: str, told: Sequence[str]) -> list[tuple[str, ...]]:
    """
    Tokens as they go on lines: at most L{MOST_TOKENS} on one, and none longer than a line may be.

    @param client: The client's nick, or C{*} before it has one.
    """
    groups: list[tuple[str, ...]] = []
    group: tuple[str, ...] = ()
    room = LINE_BYTES - len(numerics.RPL_ISUPPORT.line(server, client, tokens=()))
    for token in told:
        longer = (*group, token)
        if group and (len(longer) > MOST_TOKENS or sum(1 + len(each) for each in longer) > room):
            groups.append(group)
            longer = (token,)
        group = longer
    return [*groups, group] if group else groups


def lines(server: str, client: str, told: Sequence[str]) -> bytes:
    """The 005 lines."""
    groups = grouped(server, client, told)
    return b"".join(numerics.RPL_ISUPPORT.line(server, client, tokens=each) for each in groups)


def batch(server: str, client: str, told: Sequence[str], reference: str) -> bytes:
    """
    The same in a C{draft/isupport} batch, which a client gets that has both C{batch} and C{draft/extended-isupport}
    (IRCv3 extended-isupport: "The server MUST NOT send any unbatched RPL_ISUPPORT").
    """
    within = {"batch": reference}
    groups = grouped(server, client, told)
    return b"".join(
        (
            build("BATCH", f"+{reference}", "draft/isupport", source=server),
            *(numerics.RPL_ISUPPORT.line(server, client, tags=within, tokens=each) for each in groups),
            build("BATCH", f"-{reference}", source=server),
        )
    )
