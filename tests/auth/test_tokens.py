"""A token cannot be guessed, is recognised for what it is, and is nowhere but with its owner; a code can be typed."""

import base64
import hashlib
import re

import pytest

from chatd.auth.passwords import require_good
from chatd.auth.tokens import hash_code, hash_token, is_token, make_code, make_password, make_token


@pytest.mark.parametrize(("kind", "mark"), [("session", "chatd_s_"), ("app", "chatd_a_")])
def test_a_token_is_32_random_bytes(kind: str, mark: str) -> None:
    """Its text says what it is; what is kept is the SHA-256 of the bytes."""
    token, hash = make_token(kind)  # type: ignore[arg-type]
    assert token.startswith(mark)
    secret = base64.urlsafe_b64decode(token.removeprefix(mark) + "=")
    assert len(secret) == 32
    assert hash == hashlib.sha256(secret).digest() == hash_token(token)
    assert is_token(token)


def test_no_token_comes_twice() -> None:
    """Nor does its hash."""
    assert len({each for _ in range(500) for each in make_token("app")}) == 1000


@pytest.mark.parametrize(
    "secret",
    ["", "chatd_s_", "chatd_s_" + "x" * 42, "chatd_s_" + "x" * 44, "chatd_x_" + "x" * 43, "CHATD_S_" + "x" * 43,
     " chatd_s_" + "x" * 43, "chatd_s_" + "x" * 43 + "\n", "chatd_s_" + "\u00e9" * 43, "chatd_s_" + "=" * 43],
)  # fmt: skip
def test_what_is_no_token(secret: str) -> None:
    """Everything else is a password, and judged as one."""
    assert not is_token(secret)
    with pytest.raises(ValueError, match="form"):
        hash_token(secret)


def test_a_code_is_easy_to_type() -> None:
    """Four groups of four, 80 bits, with nothing in it that looks like something else."""
    code, hash = make_code()
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}", code)
    assert hash == hash_code(code)
    assert len(hash) == 32
    assert len({make_code()[0] for _ in range(500)}) == 500


@pytest.mark.parametrize(
    "typed", ["0123-4567-89ab-cdef", "0123456789ABCDEF", " 0123 4567 89ab cdef ", "o123-4567-89ab-cdef",
              "OI23-4567-89ab-cdef", "oL23-4567-89ab-cdef"],
)  # fmt: skip
def test_however_a_code_is_typed(typed: str) -> None:
    """Capitals, hyphens and the letters that look like digits do not matter."""
    assert hash_code(typed) == hash_code("0123-4567-89ab-cdef")


def test_what_is_typed_for_a_code_may_be_anything() -> None:
    """Even what is no text."""
    assert hash_code("\ud800") != hash_code("")


@pytest.mark.parametrize("shortest", [1, 10, 19, 20, 21, 100, 1024])
def test_a_made_up_password(shortest: int) -> None:
    """It keeps the rules for passwords, whatever they are, and no two are the same."""
    password = make_password(shortest)
    require_good(password, "alice", shortest)
    assert max(shortest, 19) <= len(password) < max(shortest, 19) + 5
    assert make_password(shortest) != password
