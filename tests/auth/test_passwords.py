"""Whoever chooses a password that everybody tries first is told so, and whoever chooses a good one is not bothered."""

import re

import pytest

from chatd.auth.passwords import frequent_passwords, require_good
from chatd.auth.tokens import make_token
from chatd.core.errors import BadPassword

NAME = "Alice"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse", "Tr0ub4dor&3", "alice likes tea", "my name is alice", "\u00e4\u00f6\u00fc" * 4,
        "0123456789abcdef", "aabbccddee", "x" * 60 + "yz",
    ],
)  # fmt: skip
def test_good_ones(password: str) -> None:
    """Nothing is asked but that others would not try it first: no digits, no capitals, no signs."""
    require_good(password, NAME, 10)


@pytest.mark.parametrize("password", ["1", "alice", "password", "aaaa"])
def test_a_site_for_tests(password: str) -> None:
    """Where one character is enough, no other rule holds either."""
    require_good(password, NAME, 1)


def test_a_password_is_no_token() -> None:
    """What looks like one would be looked for among the tokens, and never be found right."""
    token, _ = make_token("app")
    for shortest in (1, 10):
        with pytest.raises(BadPassword, match="look like a token") as refused:
            require_good(token, NAME, shortest)
        assert token not in str(refused.value)


@pytest.mark.parametrize(("password", "shortest"), [("short one", 10), ("", 1), ("\U0001f600" * 9, 10), ("a" * 19, 20)])
def test_too_short(password: str, shortest: int) -> None:
    """Characters are counted, not bytes, and the refusal says how many there must be."""
    with pytest.raises(BadPassword, match=f"has {shortest} characters at the least"):
        require_good(password, NAME, shortest)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("alexandria", "alexandria"),
        ("Alexandria", "ALEXANDRIA"),
        ("alexandria", "alexandria1"),
        ("alexandria", "Alexandria2024!"),
        ("alice", "alice12345"),
        ("alice12345", "alice12345"),
        ("alice1", "alice23456"),
        ("1029384756", "1029384756"),
    ],
)
def test_ones_own_name(name: str, password: str) -> None:
    """Not with digits behind it either, wherever the digits come from."""
    with pytest.raises(BadPassword, match="cannot be your name"):
        require_good(password, name, 10)


@pytest.mark.parametrize("password", ["qwertyuiop", "1234567890", "QwertyUiop", "aaaaaaaaaaaa", "abababababab"])
def test_the_commonest(password: str) -> None:
    """Capitals do not help, and neither does one letter, or two, many times."""
    with pytest.raises(BadPassword, match="one of the commonest"):
        require_good(password, NAME, 10)


def test_digits_alone_are_not_taken_for_a_name() -> None:
    """Whose name ends with digits may choose other digits."""
    require_good("8675309241", "2024", 10)


def test_the_list_is_a_long_one() -> None:
    """It holds what everybody tries, and nothing that is no password."""
    assert len(frequent_passwords()) > 10_000
    assert {"password", "123456", "qwerty", "letmein"} <= frequent_passwords()
    assert all(re.fullmatch(r"\S+", each) for each in frequent_passwords())
    assert frequent_passwords() is frequent_passwords(), "read once"


def test_the_refusal_does_not_repeat_it() -> None:
    """A password never stands in a sentence that might end up in a log."""
    for password in ("qwertyuiop", "hunter2", "Alice12345"):
        with pytest.raises(BadPassword) as refused:
            require_good(password, NAME, 10)
        assert password not in str(refused.value)
