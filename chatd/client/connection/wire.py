"""
The grammar of what a server writes, read forgivingly.

A newer server may write fields, events and answers that this client has never heard of. Fields are ignored,
events are left out wherever they stand, and nothing here raises over them.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from chatd.core.events import Answer, AnyEvent, Event
from chatd.dialects.text.view import fit

LONGEST_REASON = 2000


class Head(msgspec.Struct, frozen=True):
    """
    What tells one line from another: an event, an answer or a refusal, and all that a refusal holds.

    @ivar refused: Unset if the line is no refusal; C{None} in a refusal of something that was no command.
    """

    event: str | None = None
    done: str | None = None
    refused: str | UnsetType | None = UNSET
    ref: str | None = None
    code: str = ""
    why: str = ""
    until: int | None = None
    rule: str | None = None
    set_by: str | None = None


def in_short(reason: str) -> str:
    """A reason in one line, with nothing that moves a cursor: it may come to stand in a log, or in a traceback."""
    return fit(reason[:LONGEST_REASON])


class Refusal(Exception):
    """
    The server's no, or this client's own where the server would only say it more roughly.

    @ivar code: The kind, stable, as in L{chatd.core.errors}.
    @ivar why: One sentence for people: what was refused and what to do next.
    @ivar until: Until when, in UTC milliseconds, or C{None}.
    @ivar rule: The rule that refused, where it was named.
    @ivar set_by: Who set that rule, where it was named.
    """

    def __init__(
        self, code: str, why: str, until: int | None = None, rule: str | None = None, set_by: str | None = None
    ) -> None:
        self.code, self.why = in_short(code), in_short(why)
        super().__init__(f"{self.why} [{self.code}]")
        self.until = until
        self.rule = rule
        self.set_by = set_by


def _leaves(kind: type[Any]) -> list[type[Any]]:
    below = kind.__subclasses__()
    tagged = [kind] if kind.__struct_config__.tag and kind.__struct_config__.tag != kind.__name__ else []
    return tagged + [leaf for each in below for leaf in _leaves(each)]


_ANSWERS: Any = reduce(or_, _leaves(Answer))
_EVENTS = frozenset(str(each.__struct_config__.tag) for each in _leaves(Event))

_head = msgspec.json.Decoder(Head).decode
_answer: Callable[[bytes], Answer] = msgspec.json.Decoder(_ANSWERS).decode
_event: Callable[[bytes], Event] = msgspec.json.Decoder(AnyEvent).decode


def read_head(line: bytes) -> Head | None:
    """
    What kind of line it is, or C{None} if it is no JSON object of ours.

    @raise UnicodeDecodeError: if it is of bytes that are no text.
    @raise RecursionError: if it has no bottom.
    """
    try:
        return _head(line)
    except msgspec.MsgspecError:
        return None


def read_event(line: bytes) -> Event | None:
    """An event, or C{None} if it is of a kind that this client does not know."""
    try:
        return _event(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def read_answer(line: bytes) -> Answer:
    """
    An answer, without the events in it that this client does not know.

    @raise msgspec.MsgspecError: if it makes no sense even so.
    @raise UnicodeDecodeError: if it is of bytes that are no text.
    @raise RecursionError: if it has no bottom.
    """
    try:
        return _answer(line)
    except msgspec.ValidationError:
        return msgspec.convert(_without_strangers(msgspec.json.decode(line)), _ANSWERS)  # type: ignore[no-any-return]


def printable(line: bytes) -> bytes:
    """The same object, for a terminal: characters that do something there, and are not seen, as JSON escapes them."""
    text = line.decode(errors="replace")
    if text.isprintable():
        return line if "\ufffd" not in text else text.encode()
    return "".join(each if each.isprintable() else _escaped(each) for each in text).encode()


def _escaped(character: str) -> str:
    if character in "\t\r":  # which JSON has between its parts alone
        return " "
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _without_strangers(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_strangers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_strangers(each) for each in value if not _is_strange(each)]
    return value


def _is_strange(value: object) -> bool:
    return isinstance(value, dict) and "event" in value and value["event"] not in _EVENTS
