"""
C{METADATA}: what programs are told of people and channels (IRCv3 draft/metadata-2).

Before the registration is complete, a client may set its own values and say which keys it wants to hear of
(C{before-connect}): they are kept by the client until it is somebody.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from types import MappingProxyType

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.errors import BadArguments, ChatError, NoSuchAccount, NoSuchEntry, TooMany
from chatd.core.events import Answer, MetadataDone
from chatd.core.names import DIRECT, ROOM
from chatd.core.settings import metadata as keys
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.caps import SUBSCRIBED
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.people import VISIBLE, metadata_line
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.people import seen
from chatd.dialects.irc.verbs.verb import Meant

ONESELF = "*"
CAP = "draft/metadata-2"
KEYS_ON_A_LINE = 6

Asking = Generator[Command, Answer, MetadataDone]
Obey = Callable[[Client, str, Sequence[str]], Exchange]


def metadata(client: Client, message: Message) -> Meant:
    """C{METADATA TARGET SUBCOMMAND ...}."""
    if client.avatar is None and not client.has(CAP):
        return client.numeric(numerics.ERR_NOTREGISTERED)
    target, subcommand, *rest = message.params
    if subcommand.upper() not in _SUBCOMMANDS:
        return client.fail("METADATA", "SUBCOMMAND_INVALID", subcommand, text="There is no such subcommand.")
    obey, least = _SUBCOMMANDS[subcommand.upper()]
    if len(rest) < least:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="METADATA")
    if target == ONESELF:
        target = client.addressed
    return obey(client, target, rest)


def settled(client: Client) -> Exchange:
    """What was set before, now that one is somebody; and one's own values, in one batch that may be empty."""
    if client.avatar is None or not client.has(CAP):
        return b""
    early, client.early_values = client.early_values, {}
    for key, value in early.items():
        try:
            yield commands.Metadata(target=_named(client.name), act="set", key=key, value=value)
        except ChatError:  # what follows tells what holds
            break
    try:
        done = yield from _ask(client, client.name)
    except ChatError as refusal:
        return _refused(client, refusal, client.name, ONESELF)
    return client.batch("metadata", client.name, lines=_values(client, client.name, done.values))


def of_room(client: Client, room: str) -> Exchange:
    """What a client wants to hear of a channel that it has come into, and of those who are there."""
    if not (client.subscribed and client.has(CAP)):
        return b""
    try:
        return b"".join((yield from _synced(client, ROOM + room, client.subscribed)))
    except ChatError:
        return b""


def newcomer(client: Client, name: str) -> None:
    """Somebody has come into a channel where a client is: ask what it wants to hear of him."""
    if client.subscribed and client.has(CAP):
        client.errands.append(_of_person(client, name))


def _of_person(client: Client, name: str) -> Exchange:
    try:
        done = yield from _ask(client, name)
    except ChatError:
        return b""
    return b"".join(_values(client, name, done.values, client.subscribed))


def _get(client: Client, target: str, words: Sequence[str]) -> Exchange:
    try:
        done = yield from _ask(client, target)
    except ChatError as refusal:
        return _refused(client, refusal, target, ONESELF)
    return client.batch("metadata", target, lines=[_value_of(client, target, key, done.values) for key in words])


def _list(client: Client, target: str, words: Sequence[str]) -> Exchange:
    try:
        done = yield from _ask(client, target)
    except ChatError as refusal:
        return _refused(client, refusal, target, ONESELF)
    return client.batch("metadata", target, lines=[_value_of(client, target, key, done.values) for key in done.values])


def _set(client: Client, target: str, words: Sequence[str]) -> Exchange:
    """C{SET KEY :VALUE}; with no value, it is to be no more."""
    key, value = words[0], words[1] if len(words) > 1 else None
    if not _is_key(key):
        return _bad_key(client, key)
    try:
        if client.avatar is None:
            _set_early(client, target, key, value)
        else:
            yield commands.Metadata(target=_named(target), act="set", key=key, value=value)
    except ChatError as refusal:
        return _refused(client, refusal, target, key)
    return _value_of(client, target, key, {} if value is None else {key: value})


def _clear(client: Client, target: str, words: Sequence[str]) -> Exchange:
    try:
        if client.avatar is None:
            done = yield from _ask(client, target)
            client.early_values.clear()
        else:
            answer = yield commands.Metadata(target=_named(target), act="clear")
            assert isinstance(answer, MetadataDone)
            done = answer
    except ChatError as refusal:
        return _refused(client, refusal, target, ONESELF)
    return client.batch("metadata", target, lines=[_value_of(client, target, key, {}) for key in done.values])


def _sync(client: Client, target: str, words: Sequence[str]) -> Exchange:
    try:
        lines = yield from _synced(client, target, client.subscribed)
    except ChatError as refusal:
        return _refused(client, refusal, target, ONESELF)
    return client.batch("metadata", target, lines=lines)


def _sub(client: Client, target: str, words: Sequence[str]) -> Exchange:
    """The keys in their order, until there are too many; then the values of the new ones, in one's channels."""
    accepted, new, refused = list[str](), dict[str, None](), b""
    for key in words:
        if not _is_key(key):
            refused += _bad_key(client, key)
        elif len(client.subscribed) >= SUBSCRIBED:
            refused += client.fail("METADATA", "TOO_MANY_SUBS", key, text=f"At most {SUBSCRIBED} keys.")
            break
        else:
            accepted.append(key)
            if key not in client.subscribed:
                client.subscribed[key] = new[key] = None
    answer = _keys(client, numerics.RPL_METADATASUBOK, accepted) + refused
    avatar = client.avatar
    for room in tuple(avatar.rooms.values()) if avatar is not None and new else ():
        try:
            answer += b"".join((yield from _synced(client, ROOM + room.name, new)))
        except ChatError:  # out of it in between
            continue
    return answer


def _unsub(client: Client, target: str, words: Sequence[str]) -> Exchange:
    yield from ()
    good = [key for key in words if _is_key(key)]
    for key in good:
        client.subscribed.pop(key, None)
    bad = b"".join(_bad_key(client, key) for key in words if not _is_key(key))
    return _keys(client, numerics.RPL_METADATAUNSUBOK, good) + bad


def _subs(client: Client, target: str, words: Sequence[str]) -> Exchange:
    yield from ()
    return client.batch("metadata-subs", lines=[_keys(client, numerics.RPL_METADATASUBS, client.subscribed)])


def _ask(client: Client, target: str) -> Asking:
    """The values of a target, or, before one is somebody, one's own that were said."""
    if client.avatar is None:
        _require_self(client, target)
        return MetadataDone(target=target, values=dict(client.early_values))
    done = yield commands.Metadata(target=_named(target))
    assert isinstance(done, MetadataDone)
    return done


def _synced(client: Client, target: str, wanted: Iterable[str]) -> Generator[Command, Answer, list[bytes]]:
    """The values of certain keys of a target; of a channel, those of the people who are there now, too."""
    if not target.startswith(ROOM) or client.avatar is None:
        done = yield from _ask(client, target)
        return _values(client, target, done.values, wanted)
    answer = yield commands.Metadata(target=_named(target), act="sync")
    assert isinstance(answer, MetadataDone)
    lines = _values(client, target, answer.values, wanted)
    for name, values in answer.people.items() if isinstance(answer.people, dict) else ():
        if seen.found(client, name) is not None:
            lines += _values(client, name, values, wanted)
    return lines


def _values(client: Client, target: str, values: Mapping[str, str], wanted: Iterable[str] | None = None) -> list[bytes]:
    told = values if wanted is None else [key for key in wanted if key in values]
    at = client.session.world.now()
    return [metadata_line(client, target, key, values[key], at) for key in told]


def _value_of(client: Client, target: str, key: str, values: Mapping[str, str]) -> bytes:
    if not _is_key(key):
        return _bad_key(client, key)
    if key not in values:
        return client.numeric(numerics.RPL_KEYNOTSET, target=target, key=key)
    return client.numeric(numerics.RPL_KEYVALUE, target=target, key=key, visibility=VISIBLE, value=values[key])


def _keys(client: Client, numeric: numerics.Numeric, told: Iterable[str]) -> bytes:
    words = list(told)
    lines = (words[at : at + KEYS_ON_A_LINE] for at in range(0, len(words), KEYS_ON_A_LINE))
    return b"".join(client.numeric(numeric, keys=line) for line in lines)


def _set_early(client: Client, target: str, key: str, value: str | None) -> None:
    """
    Keep a value until one is somebody.

    @raise ChatError: as the core would.
    """
    _require_self(client, target)
    early = client.early_values
    if value is None:
        if early.pop(key, None) is None:
            raise NoSuchEntry(f"There is no {key} there to take away.")
    elif key not in early and len(early) >= keys.KEYS:
        raise TooMany(f"There are {keys.KEYS} values there already. Take one away first.")
    else:
        early[key] = keys.value(value)


def _require_self(client: Client, target: str) -> None:
    if target != client.addressed:
        raise NoSuchAccount("Before one is somebody, there is nobody but oneself.")


def _named(target: str) -> str:
    """A target as the core names it."""
    return target if target.startswith(ROOM) else DIRECT + target


def _is_key(key: str) -> bool:
    try:
        return keys.key(key) == key
    except BadArguments:
        return False


def _bad_key(client: Client, key: str) -> bytes:
    return client.fail("METADATA", "KEY_INVALID", key, text="A key is of a-z, 0-9 and _ . / - only.")


def _refused(client: Client, refusal: ChatError, target: str, key: str) -> bytes:
    """A refusal in the codes of the specification."""
    code, has_target, has_key = _CODES.get(refusal.code, ("KEY_NO_PERMISSION", True, True))
    context = (*((target,) if has_target else ()), *((key,) if has_key else ()))
    return client.fail("METADATA", code, *context, text=refusal.why)


# Which code a refusal of the core has, and whether the target and the key stand behind it.
_CODES: Mapping[str, tuple[str, bool, bool]] = MappingProxyType({
    "no-such-account": ("INVALID_TARGET", True, False),
    "no-such-room": ("INVALID_TARGET", True, False),
    "bad-name": ("INVALID_TARGET", True, False),
    "no-such-entry": ("KEY_NOT_SET", True, True),
    "too-many": ("LIMIT_REACHED", True, False),
    "bad-text": ("VALUE_INVALID", False, False),
})  # fmt: skip
# What obeys a subcommand, and how many words it needs.
_SUBCOMMANDS: Mapping[str, tuple[Obey, int]] = MappingProxyType({
    "GET": (_get, 1),
    "LIST": (_list, 0),
    "SET": (_set, 1),
    "CLEAR": (_clear, 0),
    "SYNC": (_sync, 0),
    "SUB": (_sub, 1),
    "UNSUB": (_unsub, 1),
    "SUBS": (_subs, 0),
})  # fmt: skip
