"""
Names and text: checked and folded once, here only.

Everything that a peer wrote passes through one of these functions before any other part of chatd sees it, so
the rest of the program never asks again whether a name or a line is fit to be shown.

Account names follow PRECIS UsernameCaseMapped and UsernameCasePreserved (RFC 8265), narrowed to letters, digits
and C{_ - .} so that a name cannot be mistaken for a line of the server's or for another face's punctuation.
Passwords follow PRECIS OpaqueString (RFC 8265, section 4.2).
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import precis_i18n

from chatd.core.errors import BadName, BadPassword, BadText
from chatd.core.lookalikes import skeleton

NAME_CHARACTERS = 32
NAME_BYTES = 64
TEXT_CHARACTERS = 2000
TEXT_BYTES = 4096
TEXT_LINES = 32
TAGS_BYTES = 4094
PASSWORD_BYTES = 1024
CID_CHARACTERS = 64
DIRECT = "@"
ROOM = "#"

RESERVED = frozenset({
    "admin", "administrator", "chatd", "everyone", "guest", "member", "moderator", "nobody", "operator", "owner",
    "root", "server", "staff", "system", "user", "voice", "login", "register", "nickserv", "chanserv", "me", "you",
})  # fmt: skip

# Of these, what may be called a guest, who has nothing of what the word stands for, and says so on every face.
FOR_GUESTS = frozenset({"guest", "nobody", "root", "user"})
_LOOKS_RESERVED = {skeleton(word): word for word in RESERVED}

# C0, DEL, C1; line and paragraph separators; surrogates; bidirectional embeddings, overrides and isolates (UAX 9).
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_PUNCTUATION = frozenset("_-.")
# The client-only tags of IRCv3's message-tags, and what stands in their values for two bytes.
_TAG = re.compile(r"\+(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9-]+")
_NEVER_IN_TAGS = re.compile("[\x00\r\n\ud800-\udfff]")
_ESCAPED_IN_TAGS = re.compile(r"[; \\]")
_CTCP = "\x01"
NICK_SPECIALS = "[]\\`^{}|"
_NO_USER = re.compile(r"[!@*?\s]")
_ADDRESS = re.compile(r"[0-9.]*[0-9]+\.[0-9.]+")  # what would be taken for an address where both are allowed

_folded = precis_i18n.get_profile("UsernameCaseMapped")
_preserved = precis_i18n.get_profile("UsernameCasePreserved")
_opaque = precis_i18n.get_profile("OpaqueString")


class Name(NamedTuple):
    """
    A name that passed.

    @ivar shown: As typed, normalised to NFC.
    @ivar key: Folded: two names with one key are one name.
    @ivar skeleton: What the name looks like: two names with one skeleton cannot both exist.
    """

    shown: str
    key: str
    skeleton: str


@lru_cache(maxsize=4096)
def account_name(typed: str) -> Name:
    """
    Check the name of an account.

    @raise BadName: with what is wrong and what is allowed.
    """
    return _unreserved(*_checked(typed, "A name"))


@lru_cache(maxsize=4096)
def guest_name(typed: str) -> Name:
    """
    Check the name of a guest, which may also hold what IRC lets a nick hold (RFC 2812, section 2.3.1).

    @raise BadName: with what is wrong and what is allowed.
    """
    return _unreserved(*_checked(typed, "A name", NICK_SPECIALS), RESERVED - FOR_GUESTS)


@lru_cache(maxsize=4096)
def account_key(typed: str) -> str:
    """
    The folded name of somebody who is asked for, an account or a guest, who may be nobody.

    @raise BadName: if it is no name at all.
    """
    return _checked(typed, "A name", NICK_SPECIALS)[1]


def user_name(typed: str) -> str:
    """
    Check what IRC shows of somebody as the user name.

    @raise BadName: if it is empty or too long, or would not stand between the other parts of a mask.
    """
    if not 0 < len(clean(typed)) <= NAME_CHARACTERS or _NO_USER.search(typed):
        raise BadName(f"A user name has 1 to {NAME_CHARACTERS} characters, and none of ! @ * ? and spaces.")
    return clean(typed)


@lru_cache(maxsize=4096)
def room_name(typed: str) -> Name:
    """
    Check the name of a room; a leading C{#} is how people write it and not part of it.

    @raise BadName: with what is wrong and what is allowed.
    """
    shown, key = _checked(typed.removeprefix(ROOM), "A room's name")
    return Name(shown, key, skeleton(shown))


def place_name(typed: str) -> Name:
    """
    Check the name of a place to talk: a room, or C{@NAME} for the direct conversation with that account.

    @raise BadName: as L{room_name} and L{account_name} do.
    """
    if typed.startswith(DIRECT):
        return direct_name(typed.removeprefix(DIRECT))
    return room_name(typed)


def direct_name(other: str) -> Name:
    """The place where one talks with the account C{other} alone, as that conversation is named for oneself."""
    shown, key, look = guest_name(other)
    return Name(DIRECT + shown, DIRECT + key, DIRECT + look)


def text(typed: str) -> str:
    """
    Check one line that somebody says; the result is NFC and holds nothing that moves a cursor or hides text.

    @raise BadText: naming the first character that is not allowed, or the length.
    """
    if len(typed) <= TEXT_CHARACTERS:
        typed = clean(typed)  # which may be longer
    if len(typed) > TEXT_CHARACTERS:
        raise BadText(f"A message has at most {TEXT_CHARACTERS} characters; this one has {len(typed)}.")
    if not typed.isascii() and len(typed.encode()) > TEXT_BYTES:
        raise BadText(f"A message has at most {TEXT_BYTES} bytes of UTF-8. Send it in parts.")
    if not typed.strip():
        raise BadText("There is nothing in that message.")
    return typed


def lines(typed: str) -> str:
    """
    Check what somebody says, which may be several lines with LF between them: at most 4,096 bytes in all, and each line
    with as many characters as one alone.

    @raise BadText: as L{text} does, or if it has too many lines.
    """
    if "\n" not in typed:
        return text(typed)
    parts = typed.split("\n") if len(typed) <= TEXT_BYTES else [typed]
    if len(parts) > TEXT_LINES:
        raise BadText(f"A message has at most {TEXT_LINES} lines; this one has {len(parts)}.")
    if typed.strip():
        parts = [text(part) if part.strip() else clean(part) for part in parts]
    else:
        text("")
    said = "\n".join(parts)
    if len(said.encode()) > TEXT_BYTES:
        raise BadText(f"A message has at most {TEXT_BYTES} bytes of UTF-8. Send it in parts.")
    return said


def told(typed: str) -> str:
    """
    Check what is told and not kept: as L{lines}, but it may be nothing, and hold what IRC's programs quote with.

    @raise BadText: as L{lines} does.
    """
    return lines(typed) if _CTCP not in typed and typed.strip() else _quoted(typed)


def tags(given: dict[str, str]) -> dict[str, str]:
    """
    Check what programs tell one another beside a text: U{https://ircv3.net/specs/extensions/message-tags}.

    @raise BadText: if a name is none, a value cannot be sent, or all together take more than 4,094 bytes there.
    """
    if not given:
        return given
    size = 0
    for name, value in given.items():
        if _TAG.fullmatch(name) is None:
            raise BadText("The name of a tag is + and letters, digits or -, and before them a vendor and / or not.")
        if _NEVER_IN_TAGS.search(value) is not None:
            raise BadText("The value of a tag cannot hold NUL or the end of a line.")
        size += len(name) + len(value.encode()) + len(_ESCAPED_IN_TAGS.findall(value)) + 2
    if size - 1 > TAGS_BYTES:
        raise BadText(f"The tags of a message take at most {TAGS_BYTES} bytes; these take {size - 1}.")
    return given


def clean(typed: str) -> str:
    """
    Check a line of any length, said or not; the result is NFC.

    @raise BadText: naming the first character that moves a cursor or hides text.
    """
    if not typed.isascii():
        typed = unicodedata.normalize("NFC", typed)
    bad = _FORBIDDEN.search(typed)
    if bad is not None:
        raise BadText(f"A line cannot hold {_called(bad.group())}. Send it without.")
    return typed


def label(typed: str) -> str:
    """
    Check a line that may also be empty, such as a topic or a reason.

    @raise BadText: as L{text} does.
    """
    return text(typed) if typed.strip() else ""


def cid(typed: str) -> str:
    """
    Check a client's own id for a submission.

    @raise BadText: if it is not of 1 to 64 printable ASCII characters.
    """
    if not (0 < len(typed) <= CID_CHARACTERS and typed.isascii() and typed.isprintable()):
        raise BadText(f"A cid has 1 to {CID_CHARACTERS} printable ASCII characters.")
    return typed


def password(typed: str) -> str:
    """
    Normalise a password, so that the same password typed on two keyboards is the same.

    @raise BadPassword: if it is empty, over 1,024 bytes, or holds a control character.
    """
    try:
        normal: str = _opaque.enforce(typed) if len(typed) <= PASSWORD_BYTES else ""
    except UnicodeError:
        raise BadPassword("A password cannot be empty or hold control characters.") from None
    if not normal or len(normal.encode()) > PASSWORD_BYTES:
        raise BadPassword(f"A password has 1 to {PASSWORD_BYTES} bytes of UTF-8.")
    return normal


def _quoted(typed: str) -> str:
    if typed.strip():
        lines(typed.replace(_CTCP, "?"))
    return _CTCP.join("\n".join(clean(line) for line in part.split("\n")) for part in typed.split(_CTCP))


def _unreserved(shown: str, key: str, reserved: frozenset[str] = RESERVED) -> Name:
    if _ADDRESS.fullmatch(key):
        raise BadName("A name cannot look like an address. Put a letter into it.")
    if key in reserved:
        raise BadName(f"The name {shown} is kept for the server itself. Choose another one.")
    look = skeleton(shown)
    alike = _LOOKS_RESERVED.get(look, key)
    if alike != key and alike in reserved:
        raise BadName(f"The name {shown} looks like {alike}, which is kept for the server itself. Choose another one.")
    return Name(shown, key, look)


def _checked(typed: str, what: str, specials: str = "") -> tuple[str, str]:
    """The name as shown and folded; C{specials} are characters that it may hold and, like C{_} then, begin with."""
    if not 0 < len(typed) <= NAME_CHARACTERS or len(typed.encode(errors="replace")) > NAME_BYTES:
        raise BadName(f"{what} has 1 to {NAME_CHARACTERS} characters and at most {NAME_BYTES} bytes.")
    try:
        shown: str = _preserved.enforce(typed)
        key: str = _folded.enforce(typed)
    except UnicodeError:
        raise BadName(f"{what} is of letters, digits and _ - . only.") from None
    if len(shown.encode()) > NAME_BYTES or len(key.encode()) > NAME_BYTES:
        raise BadName(f"{what} has at most {NAME_BYTES} bytes.")
    for character in shown:
        if unicodedata.category(character)[0] not in "LNM" and character not in (*_PUNCTUATION, *specials):
            raise BadName(f"{what} is of letters, digits and _ - . only; it cannot hold {_called(character)}.")
    if unicodedata.category(shown[0])[0] not in "LN" and not (specials and shown[0] in f"_{specials}"):
        raise BadName(f"{what} begins with a letter or a digit.")
    if len(_scripts(shown) - {"LATIN"}) > 1:
        raise BadName(f"{what} is of one script, or of one and Latin.")
    return shown, key


def _scripts(name: str) -> set[str]:
    letters = (c for c in name if unicodedata.category(c)[0] == "L")
    return {_SCRIPT_OF.get(word, word) for word in (unicodedata.name(c, "UNKNOWN").split()[0] for c in letters)}


# Scripts that are written together count as one (UTS 39, section 5.1: Japanese, Korean, Han with Bopomofo).
_SCRIPT_OF = dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"), "EAST ASIAN")


def _called(character: str) -> str:
    """A character by its number and name, which is safe to show where the character is not."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
