"""A mask is of whom it looks like it is of, however it is written, and takes no time to find out."""

import pytest

from chatd.core import masks
from chatd.core.errors import BadArguments, BadText

BOB = "bob!~b@user/bob"
GUEST = "bob!b@guest/0a1b2c3d"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("bob", "bob!*@*"), ("bob!", "bob!*@*"), ("bob!~b", "bob!~b@*"), ("~b@host", "*!~b@host"),
        ("@host", "*!*@host"),
        ("bob!~b@user/bob", "bob!~b@user/bob"), ("*", "*!*@*"), ("b***!**@*", "b*!*@*"), ("a:Bob", "a:Bob"),
        ("A:bob", "a:bob"), ("a:*", "a:*"), ("b?b", "b?b!*@*"), ("cafe\u0301", "caf\u00e9!*@*"),
    ],
)  # fmt: skip
def test_a_mask_in_full(typed: str, kept: str) -> None:
    """What is left out is anything."""
    assert masks.checked(typed) == kept
    assert masks.checked(kept) == kept, "and it stays as it is"


@pytest.mark.parametrize("typed", ["", "a b", "a:", " "])
def test_what_is_no_mask(typed: str) -> None:
    """Is refused in words."""
    with pytest.raises(BadArguments, match="NICK!USER@HOST"):
        masks.checked(typed)


@pytest.mark.parametrize("typed", ["a\x1b!*@*", "a\n", "\u202ebob"])
def test_nothing_that_moves_a_cursor(typed: str) -> None:
    """A mask is shown to people."""
    with pytest.raises(BadText):
        masks.checked(typed)


@pytest.mark.parametrize(
    ("mask", "whole", "is_of"),
    [
        ("*!*@*", BOB, True), ("bob!*@*", BOB, True), ("BOB!*@*", BOB, True), ("bo!*@*", BOB, False),
        ("b?b!*@*", BOB, True), ("b?!*@*", BOB, False), ("*b!*@*", BOB, True), ("*!~*@*", BOB, True),
        ("*!~*@*", GUEST, False), ("*!*@guest/*", GUEST, True), ("*!*@guest/*", BOB, False),
        ("*!*@user/bob", BOB, True), ("*o*!*b@*/*b*", BOB, True), ("*!*@*x", BOB, False), ("x*", BOB, False),
        ("a:bob", BOB, True), ("a:BOB", BOB, True), ("a:b*", BOB, True), ("a:rob", BOB, False), ("a:bob", GUEST, False),
        ("a:*", GUEST, False), ("\\*!*@*", BOB, False), ("\\*!*@*", "*!x@y", True), ("b\\?b!*@*", BOB, False),
        ("\\bob!*@*", BOB, True), ("bob!*@*\\", BOB, False), ("STRASSE!*@*", "stra\u00dfe!x@y", True), ("*", "", True),
        ("", "", True), ("?", "", False),
    ],
)  # fmt: skip
def test_of_whom_a_mask_is(mask: str, whole: str, is_of: bool) -> None:
    """Of whom it looks like; whoever is a guest has no account."""
    assert masks.matches(mask, whole) is is_of


def test_no_mask_takes_long() -> None:
    """Stars upon stars are no way to keep the server busy: each place of the text is looked at a few times."""
    mask = masks.checked("*a" * 60 + "b")
    assert len(mask) <= 128
    assert not masks.matches(mask, "a" * 4000 + "!x@y")
    assert masks.matches(mask, "a" * 4000 + "b!x@y")


@pytest.mark.parametrize(
    ("mask", "name"),
    [("bob!*@*", "bob"), ("b*!*@*", None), ("b?b!*@*", None), ("bob!x@*", None), ("!*@*", None), ("b\\*b!*@*", None)],
)
def test_the_mask_of_an_account(mask: str, name: str | None) -> None:
    """Is told from other masks, and made of its name."""
    assert masks.account_in(mask) == name
    if name is not None:
        assert masks.of_account(name) == mask


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [("bob", False), ("bob.smith", False), ("bob!", True), ("*", True), ("b?b", True), ("x@y", True), ("a:bob", True),
     ("A:bob", True), ("192.0.2.0/24", False), ("2001:db8::1", False)],
)  # fmt: skip
def test_what_looks_like_a_mask(typed: str, is_one: bool) -> None:
    """An order may be of a mask, a name or a network, and each is told from the others."""
    assert masks.is_mask(typed) is is_one


def test_whoever_has_said_nothing_of_himself() -> None:
    """Looks like his account."""
    assert masks.plain("Bob") == "Bob!Bob@user/Bob"
