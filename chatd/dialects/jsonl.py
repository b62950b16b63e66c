"""
JSON lines, for programs: one object per line, both ways.

The commands, events and answers of the core are the grammar; nothing is translated by hand. See
C{docs/protocol.md}.
"""

import re
from typing import TypedDict, get_args

import msgspec

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.errors import BadJson, BadText, ChatError, UnknownCommand
from chatd.core.events import Answer, LoggedIn, Renamed, Said
from chatd.core.room import Envelope, Volley
from chatd.core.session import Phase

_decode = msgspec.json.Decoder(commands.Any).decode
_encode = msgspec.json.Encoder().encode


class _Envelope(TypedDict, total=False):
    """What can be told of a command that is none: enough to answer it."""

    do: object
    ref: object


_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_salvage = msgspec.json.Decoder(_Envelope).decode


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal as it is written. C{refused} is the command's name, where there was one."""

    refused: str | None
    ref: str | None
    code: str
    why: str
    until: int | None = None
    rule: str | None = None
    set_by: str | None = None


def render(envelope: Envelope) -> bytes:
    """An event as a line; the one rendering that all JSON sessions share."""
    return _encode(envelope.event) + b"\n"


class JsonDialect:
    """JSON lines for one connection, which knows whose it is."""

    __slots__ = ("_broken", "_name", "line_limit")

    face = "json"
    prompt = None
    holds = False
    render = staticmethod(render)
    errands = None

    def __init__(self, line_limit: int) -> None:
        self.line_limit = line_limit
        self._name: str | None = None
        self._broken: tuple[str | None, str | None] = (None, None)

    def greet(self) -> bytes:
        """Nothing: a program speaks first."""
        return b""

    def parse(self, line: bytes, phase: Phase) -> Command | bytes:
        """
        Read a command.

        @raise BadText: if it is not UTF-8.
        @raise UnknownCommand: if there is no such command.
        @raise BadJson: if it is no JSON object or does not have the command's shape; the path is named.
        """
        if not line.strip():
            return b""
        try:
            command: Command = _decode(line)
            return command
        except UnicodeDecodeError:
            self._broken = (None, None)
            raise BadText("A line is UTF-8.") from None
        except RecursionError:
            self._broken = (None, None)
            raise BadJson("That is nested too deep.") from None
        except msgspec.ValidationError as wrong:
            raise self._explain(line, str(wrong)) from None
        except msgspec.DecodeError as wrong:
            self._broken = (None, None)
            raise _malformed(line, str(wrong)) from None

    def overlong(self) -> bytes | None:
        """Nothing: where such a line ends cannot be trusted, so the connection does."""
        return None

    def answer(self, answer: Answer, command: Command) -> bytes:
        """The answer's object, with the command's C{ref}."""
        if isinstance(answer, LoggedIn):
            self._name = answer.name
        return _with_ref(_encode(answer), command.ref)

    def refuse(self, refusal: ChatError, command: Command | None) -> bytes:
        """The refusal's object, with the C{ref} of the command that it answers."""
        do, ref = self._broken if command is None else (_name_of(command), command.ref)
        self._broken = (None, None)
        said = Refused(
            refused=do, ref=ref, code=refusal.code, why=refusal.why,
            until=refusal.until, rule=refusal.rule, set_by=refusal.set_by,
        )  # fmt: skip
        return _encode(said) + b"\n"

    def hear(self, envelope: Envelope, mine: bool) -> bytes:
        """The event's object; with C{own} where this account said it, and the C{ref} where this session did."""
        wire = envelope.wire(render)
        event = envelope.event
        if type(event) is Said and event.who == self._name:
            return _with_ref(wire[:-2] + b',"own":true}', envelope.ref if mine else None)
        if type(event) is Renamed and event.who == self._name:
            self._name = event.name
        return wire

    def overhear(self, volley: Volley) -> bytes:
        """The events' objects."""
        return volley.wire(render)

    def tick(self) -> bytes:
        """Nothing ever gathers here."""
        return b""

    def interrupt(self) -> bytes:
        """Programs do not change their mind in the middle of a line."""
        return b""

    def _explain(self, line: bytes, wrong: str) -> ChatError:
        try:
            known = _salvage(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            known = {}
        do, ref = known.get("do"), known.get("ref")
        name = do if isinstance(do, str) and len(do) <= 64 else None
        self._broken = (name, ref if isinstance(ref, str) and len(ref) <= 128 else None)
        if name is not None and wrong.endswith("`$.do`"):
            return UnknownCommand(f"There is no command {name!r}. There are: {', '.join(NAMES)}.")
        return BadJson(f"{wrong}.")


def _malformed(line: bytes, wrong: str) -> ChatError:
    """What is wrong with a line that is no JSON: its bytes, or their order."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return BadText("A line is UTF-8.")
    if _CONTROL.search(line):
        return BadText("A line holds no control bytes; JSON writes them as \\u and four digits.")
    return BadJson(f"That is not a JSON object on one line: {wrong}.")


def _with_ref(body: bytes, ref: str | None) -> bytes:
    return body + b"\n" if ref is None else body[:-1] + b',"ref":' + _encode(ref) + b"}\n"


def _name_of(command: Command) -> str:
    return str(type(command).__struct_config__.tag)


NAMES = tuple(sorted(str(each.__struct_config__.tag) for each in get_args(commands.Any)))
