"""
Secrets that chatd makes itself: tokens, codes, and passwords for somebody else.

A token is 32 random bytes. It is shown once, in a form that says what it is (so that a program that looks for leaked
secrets finds it), and only the SHA-256 of its bytes is kept: what is random enough needs no slow hash, and looking for
the hash tells nobody by its time how near a guess was. A code and a made-up password are to be typed by people, so they
are shorter, of letters and digits that do not look like one another, in groups; capitals and hyphens do not matter.
"""

import base64
import hashlib
import re
import secrets
from typing import Literal

Kind = Literal["session", "app"]

TOKEN_BYTES = 32
GROUP = 4
CODE_GROUPS = 4  # of 4 characters of 5 bits: 80 bits

_MARKS: dict[Kind, str] = {"session": "chatd_s_", "app": "chatd_a_"}
_TOKEN = re.compile(r"chatd_[sa]_([A-Za-z0-9_-]{43})", re.ASCII)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MEANT = str.maketrans("oil", "011", " -")  # as Crockford's base 32 reads them


def make_token(kind: Kind) -> tuple[str, bytes]:
    """A token, as it is shown for the only time, and its hash."""
    secret = secrets.token_bytes(TOKEN_BYTES)
    return _MARKS[kind] + base64.urlsafe_b64encode(secret).decode().rstrip("="), hashlib.sha256(secret).digest()


def is_token(secret: str) -> bool:
    """Whether a secret has the form of a token."""
    return _TOKEN.fullmatch(secret) is not None


def hash_token(secret: str) -> bytes:
    """
    The hash of a token.

    @raise ValueError: if it has not the form of one.
    """
    found = _TOKEN.fullmatch(secret)
    if found is None:
        raise ValueError("no token has this form")
    return hashlib.sha256(base64.urlsafe_b64decode(found[1] + "=")).digest()


def make_code() -> tuple[str, bytes]:
    """A code of 80 random bits, and its hash."""
    code = _grouped(CODE_GROUPS)
    return code, hash_code(code)


def hash_code(code: str) -> bytes:
    """The hash of a code, however it was typed."""
    return hashlib.sha256(code.lower().translate(_MEANT).encode(errors="replace")).digest()


def make_password(shortest: int) -> str:
    """A password of 80 random bits, or of more where a password is longer than that."""
    return _grouped(max(CODE_GROUPS, -(-(shortest + 1) // (GROUP + 1))))


def _grouped(groups: int) -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(GROUP)) for _ in range(groups))
