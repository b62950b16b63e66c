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
PASSWORD_BYTES = 1024
CID_CHARACTERS = 64
DIRECT = "@"
ROOM = "#"

RESERVED = frozenset({
    "admin", "administrator", "chatd", "everyone", "guest", "member", "moderator", "nobody", "operator", "owner",
    "root", "server", "staff", "system", "user", "voice", "login", "register", "nickserv", "chanserv", "me", "you",
})  # fmt: skip

# C0, DEL, C1; line and paragraph separators; surrogates; bidirectional embeddings, overrides and isolates (UAX 9).
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_PUNCTUATION = frozenset("_-.")
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
    shown, key = _checked(typed, "A name")
    if _ADDRESS.fullmatch(key):
        raise BadName("A name cannot look like an address. Put a letter into it.")
    if key in RESERVED:
        raise BadName(f"The name {shown} is kept for the server itself. Choose another one.")
    return Name(shown, key, skeleton(shown))


@lru_cache(maxsize=4096)
def account_key(typed: str) -> str:
    """
    The folded name of somebody who is asked for, who may be nobody.

    @raise BadName: if it is no name at all.
    """
    return _checked(typed, "A name")[1]


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
    shown, key, look = account_name(other)
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


def _checked(typed: str, what: str) -> tuple[str, str]:
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
        if unicodedata.category(character)[0] not in "LNM" and character not in _PUNCTUATION:
            raise BadName(f"{what} is of letters, digits and _ - . only; it cannot hold {_called(character)}.")
    if unicodedata.category(shown[0])[0] not in "LN":
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
