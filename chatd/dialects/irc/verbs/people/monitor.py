"""C{MONITOR}: whom a client watches, and hears of when they come and go (IRCv3 monitor)."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from chatd.core import names
from chatd.core.errors import BadName
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.isupport import Features
from chatd.dialects.irc.message import LINE_BYTES, Message
from chatd.dialects.irc.numerics import Numeric
from chatd.dialects.irc.verbs.people import seen
from chatd.dialects.irc.verbs.verb import Meant

MOST: int = Features._field_defaults["watched"]
_ODD = str.maketrans(dict.fromkeys(" ", "_"))


def monitor(client: Client, message: Message) -> Meant:
    """C{MONITOR +|- NICK,NICK}, and C{MONITOR C|L|S}."""
    modifier, *rest = message.params
    obey = _MODIFIERS.get(modifier.upper())
    if obey is None:
        return client.numeric(numerics.ERR_UNKNOWNERROR, command="MONITOR", info="It takes + - C L or S.")
    targets = [each for each in (rest[0] if rest else "").split(",") if each]
    if modifier in _WITH_TARGETS and not targets:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="MONITOR")
    return obey(client, targets)


def _add(client: Client, targets: list[str]) -> bytes:
    """What is no nick is never here, and so not watched: no mask is."""
    added, beyond = dict[str, str](), list[str]()
    for target in targets:
        key = _key(target)
        if key is None:
            added[target] = target
        elif key in client.watched:
            added[key] = client.watched[key]
        elif len(client.watched) < MOST and client.avatar is not None:
            added[key] = client.watched[key] = target
            client.session.hub.watches.begin(client.session, key)
        else:
            beyond.append(target)
    told = _status(client, added.values())
    if beyond:
        told += client.numeric(numerics.ERR_MONLISTFULL, limit=MOST, targets=",".join(beyond).translate(_ODD))
    return told


def _remove(client: Client, targets: list[str]) -> bytes:
    for target in targets:
        key = _key(target)
        if key is not None and client.watched.pop(key, None) is not None:
            client.session.hub.watches.end(client.session, key)
    return b""


def _clear(client: Client, targets: list[str]) -> bytes:
    client.watched.clear()
    client.session.hub.watches.end(client.session)
    return b""


def _list(client: Client, targets: list[str]) -> bytes:
    told = _lines(client, numerics.RPL_MONLIST, client.watched.values())
    return told + client.numeric(numerics.RPL_ENDOFMONLIST)


def _show(client: Client, targets: list[str]) -> bytes:
    return _status(client, client.watched.values())


def _status(client: Client, targets: Iterable[str]) -> bytes:
    """Who of them is here, as who; and who is not."""
    online, offline = list[str](), list[str]()
    for target in targets:
        avatar = seen.found(client, target)
        if avatar is None:
            offline.append(target)
        else:
            online.append(avatar.mask)
    online_lines = _lines(client, numerics.RPL_MONONLINE, online)
    return online_lines + _lines(client, numerics.RPL_MONOFFLINE, offline)


def _lines(client: Client, numeric: Numeric, targets: Iterable[str]) -> bytes:
    most = LINE_BYTES - len(client.numeric(numeric, targets="")) - 1
    return b"".join(client.numeric(numeric, targets=line) for line in seen.packed(targets, most, ","))


def _key(target: str) -> str | None:
    try:
        return names.account_key(target)
    except BadName:
        return None


_MODIFIERS: Mapping[str, Callable[[Client, list[str]], bytes]] = MappingProxyType(
    {"+": _add, "-": _remove, "C": _clear, "L": _list, "S": _show}
)
_WITH_TARGETS = ("+", "-")
