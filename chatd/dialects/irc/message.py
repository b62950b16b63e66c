"""
One IRC message and its bytes, both ways.

The grammar is Modern IRC, "Client-to-Server Protocol Structure", with IRCv3 "Message Tags". Everything that this server
sends to an IRC client goes through L{build}, which never makes two lines of one message, nor two parameters of one,
whatever the text.

Names are compared as the casemapping C{ascii} says (Modern IRC, "CASEMAPPING"): it is all that clients understand, and
what it takes for one name is one name here. The core folds more than that (PRECIS, see L{chatd.core.names}), so two
names that clients take for two may still be refused as one; none that they take for one are ever two.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

LINE_BYTES = 512
"""How long a message may be without its tags, with CR and LF."""
CLIENT_TAG_BYTES = 4094
"""How much a client may put between the C{@} and the space ("tag data")."""
TAG_BYTES = 8191
"""How long the tags of a message may be in all, from the C{@} to the space."""
LONGEST_CHARACTER = 4
CASEMAPPING = "ascii"
HOST_BYTES = 253
LABEL_BYTES = 63

Kind = Literal["tags-too-long", "too-long", "not-utf-8", "control", "empty", "no-command"]

NO_TAGS: Mapping[str, str] = MappingProxyType({})

_CAPITALS = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_ENDS = re.compile(rb"[\0\r\n]")
_KEY = re.compile(r"\+?(?:[A-Za-z0-9.:-]+/)?[A-Za-z0-9-]+")
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_UNESCAPED = {":": ";", "s": " ", "r": "\r", "n": "\n"}
_TO_ESCAPE = re.compile(r"[; \\\r\n]")
_ESCAPES = str.maketrans({";": "\\:", " ": "\\s", "\\": "\\\\", "\r": "\\r", "\n": "\\n"})


class Message(NamedTuple):
    """
    One message.

    @ivar tags: The tags, unescaped; a tag without a value has the empty one.
    @ivar source: Whose message it is, without the colon, or the empty text.
    @ivar command: The command in capitals, or a numeric's three digits.
    @ivar params: All parameters alike; that one was written behind a colon means nothing.
    """

    tags: Mapping[str, str]
    source: str
    command: str
    params: tuple[str, ...]


class UserHost(NamedTuple):
    """The parts of C{NICK!USER@HOST}; what is not there is the empty text."""

    nick: str
    user: str
    host: str


class BadMessage(ValueError):
    """
    Bytes that are no message.

    @ivar kind: What is wrong: C{tags-too-long} and C{too-long} (417), C{not-utf-8}, C{control} (a NUL, CR or LF inside
        of the line), C{empty} (to be ignored in silence), C{no-command}.
    @ivar command: The command in capitals where it could be read, or C{*}: for C{FAIL}.
    @ivar tags: The tags where they could be read: the answer may need the label among them.
    """

    def __init__(self, kind: Kind, command: str = "*", tags: Mapping[str, str] = NO_TAGS) -> None:
        super().__init__(kind)
        self.kind: Kind = kind
        self.command = command
        self.tags = tags


def parse(line: bytes) -> Message:
    """
    Read a line of a client's, with or without the CR LF at its end.

    Any number of spaces separates the parts (RFC 1459, section 2.3), a tab is no space, and there may be any number of
    parameters. Tags whose keys are not of the grammar are left out.

    @raise BadMessage: if it is none.
    """
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    tags = NO_TAGS
    if line[:1] == b"@":
        data, _, line = line[1:].partition(b" ")
        if len(data) > CLIENT_TAG_BYTES:
            raise BadMessage("tags-too-long", _command(line))
        tags = _tags(data, line)
        if not line:
            raise BadMessage("no-command", tags=tags)
    if len(line) > LINE_BYTES - 2:
        raise BadMessage("too-long", _command(line), tags)
    if _ENDS.search(line) is not None:
        raise BadMessage("control", "*", tags)
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise BadMessage("not-utf-8", _command(line), tags) from None
    return _parts(text, tags)


def _parts(text: str, tags: Mapping[str, str]) -> Message:
    head, colon, last = text.lstrip(" ").partition(" :")
    words = head.split(" ")
    if "" in words:
        words = [word for word in words if word]
    if not words:
        raise BadMessage("no-command" if colon or tags else "empty", "*", tags)
    source = words.pop(0)[1:] if words[0][0] == ":" else ""
    if not words:
        raise BadMessage("no-command", "*", tags)
    command = words.pop(0)
    if colon:
        words.append(last)
    return Message(tags, source, command.upper() if command.isascii() else command, tuple(words))


def _tags(data: bytes, rest: bytes) -> Mapping[str, str]:
    if _ENDS.search(data) is not None:
        raise BadMessage("control", _command(rest))
    try:
        return unpacked(data.decode())
    except UnicodeDecodeError:
        raise BadMessage("not-utf-8", _command(rest)) from None


def _command(line: bytes) -> str:
    """The command of a line that could not be read as a whole."""
    words = line[:LINE_BYTES].split()
    word = next((each for each in words[:2] if each[:1] != b":"), b"")
    return word.decode().upper() if word.isalnum() and word.isascii() and len(word) <= 32 else "*"


def unpacked(data: str) -> dict[str, str]:
    """Tags from their data. Of a key that is there twice, the last counts (IRCv3 Message Tags, "Format")."""
    tags: dict[str, str] = {}
    for tag in data.split(";"):
        key, _, value = tag.partition("=")
        if is_key(key):
            tags[key] = unescaped(value) if "\\" in value else value
    return tags


def packed(tags: Mapping[str, str]) -> str:
    """
    Tags as data: what goes between the C{@} and the space. An empty value is written as none.

    @raise ValueError: for a key that is not of the grammar.
    """
    written = []
    for key, value in tags.items():
        if not is_key(key):
            raise ValueError(f"No key of a tag: {key!r}")
        if _TO_ESCAPE.search(value) is not None:
            value = value.translate(_ESCAPES)
        written.append(f"{key}={value}" if value else key)
    return ";".join(written)


def unescaped(value: str) -> str:
    """A tag's value as it was meant: an escape that nobody knows is its character, a backslash at the end nothing."""
    return _ESCAPED.sub(lambda found: _UNESCAPED.get(found[1], found[1]), value)


@lru_cache(maxsize=1024)
def is_key(key: str) -> bool:
    """Whether a text is a tag's key: C{[+][vendor/]name}."""
    return _KEY.fullmatch(key) is not None


def build(command: str, *params: str, source: str = "", tags: Mapping[str, str] | None = None) -> bytes:
    """
    Write a message as one line with its CR LF. The last parameter may be any text without NUL, CR and LF; it is put
    behind a colon where it must be.

    @raise ValueError: for anything that would make a second line, or other parameters than these, or that is too long
        (L{LINE_BYTES}, L{TAG_BYTES}), or that UTF-8 cannot write.
    """
    if not (command.isascii() and (command.isalpha() or (command.isdigit() and len(command) == 3))):
        raise ValueError(f"No command: {command!r}")
    words = [f":{source}", command, *params[:-1]] if source else [command, *params[:-1]]
    head = " ".join(words)
    if head.count(" ") != len(words) - 1:
        raise ValueError(f"A space in a parameter of {command} that is not the last")
    if " :" in head or not all(words):
        raise ValueError(f"A parameter of {command} that is empty or begins with a colon, and is not the last")
    if params:
        last = params[-1]
        head = f"{head} :{last}" if not last or last[0] == ":" or " " in last else f"{head} {last}"
    line = head.encode() + b"\r\n"
    if len(line) > LINE_BYTES:
        raise ValueError(f"Too long: {command} with {len(line)} bytes")
    if tags:
        line = f"@{packed(tags)} ".encode() + line
        if line.index(b" ") >= TAG_BYTES:
            raise ValueError(f"The tags of {command} are too long")
    if _ENDS.search(line, 0, len(line) - 2) is not None:
        raise ValueError(f"A control byte in {command}")
    return line


def allowance(command: str, *params: str, source: str = "") -> int:
    """How many bytes a further parameter may have, behind its colon, in a message with these."""
    words = (f":{source}", command, *params) if source else (command, *params)
    return LINE_BYTES - len(" ".join(words).encode()) - len(" :\r\n")


def fitting(text: str, room: int) -> list[str]:
    """
    Split a text into pieces of at most so many bytes of UTF-8, which put together are the text again.

    A piece ends after a space where that does not waste half of it (IRCv3 multiline, "Splitting long lines": "leave the
    space character at the end of the line"), and never within a character or what is written over or joined to it,
    unless that alone is longer than the room.

    @raise ValueError: if the room is not enough for one character.
    """
    if room < LONGEST_CHARACTER:
        raise ValueError(f"No character fits into {room} bytes")
    pieces = []
    while len(text) > room or len(text.encode()) > room:
        most = len(text[:room].encode()[:room].decode("utf-8", "ignore"))
        end = _between(text, text.rfind(" ", 0, most) + 1)
        if end <= most // 2:
            end = _between(text, most) or most
        pieces.append(text[:end])
        text = text[end:]
    if text or not pieces:
        pieces.append(text)
    return pieces


def _between(text: str, end: int) -> int:
    """The last place up to this one that is between two characters as people see them."""
    while 0 < end < len(text) and _joins(text, end):
        end -= 1
    return end


def _joins(text: str, at: int) -> bool:
    """Whether the character here belongs to the one before it: an approximation of UAX 29, section 3.1.1."""
    before, here = text[at - 1], text[at]
    if here.isascii():
        return False
    if "\U0001f1e6" <= here <= "\U0001f1ff":  # two regional indicators are one flag
        return _flags_before(text, at) % 2 == 1
    return (
        unicodedata.category(here)[0] == "M"
        or before == "\u200d"
        or here in "\u200c\u200d"
        or "\U0001f3fb" <= here <= "\U0001f3ff"  # the colour of a skin
        or "\U000e0020" <= here <= "\U000e007f"  # the letters of a flag's tag
        or "\u1160" <= here <= "\u11ff"  # vowels and finals of Hangul
    )


def _flags_before(text: str, at: int) -> int:
    start = at
    while start and "\U0001f1e6" <= text[start - 1] <= "\U0001f1ff":
        start -= 1
    return at - start


def fold(name: str) -> str:
    """A name as clients compare it: C{A} to C{Z} are C{a} to C{z}, and nothing else is anything else."""
    return name.lower() if name.isascii() else name.translate(_CAPITALS)


def userhost(source: str) -> UserHost:
    """The parts of a source: C{nickname [ "!" user ] [ "@" host ]} (Modern IRC, "Source")."""
    front, _, host = source.partition("@")
    nick, _, user = front.partition("!")
    return UserHost(nick, user, host)


def is_hostname(host: str) -> bool:
    """
    Whether a text is a name of a host as IRC shows one: letters, digits and hyphens, the hyphens within, in two labels
    or more (RFC 952 and 1123; Modern IRC leaves it to them).
    """
    labels = host.split(".")
    return (
        len(host) <= HOST_BYTES
        and len(labels) > 1
        and all(len(label) <= LABEL_BYTES and _LABEL.fullmatch(label) is not None for label in labels)
    )
