# ruff: noqa: RUF001 - letters that look alike are what some of this is about
"""Names that a reader would confuse have one skeleton; names that it would not, do not."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core.lookalikes import skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "аlice"),  # Cyrillic a
        ("alice", "a1ice"),
        ("alice", "Alice"),
        ("bill", "biII"),
        ("alice", "alіce"),  # Cyrillic i
        ("alice", "alıce"),  # without a dot
        ("ivan", "ιvan"),  # Greek iota
        ("modern", "modem"),
        ("wim", "vvim"),
        ("root", "r00t"),
        ("scope", "ѕсоре"),  # all Cyrillic
        ("anna", "αnnα"),  # Greek alpha
        ("café", "cafe\u0301"),
        ("áda", "а\u0301dа"),  # an accent on a Cyrillic a, which has no letter of its own
        ("ada", "ａｄａ"),  # fullwidth
    ],
)
def test_what_looks_alike_is_alike(one: str, other: str) -> None:
    """Nobody can take a name that is somebody else's to the eye."""
    assert one != other
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "alicia"), ("bob", "rob"), ("café", "cafe"), ("карина", "марина"), ("dan", "dam")]
)
def test_what_looks_different_is_different(one: str, other: str) -> None:
    """Nobody is refused a name for looking like one that it does not look like."""
    assert skeleton(one) != skeleton(other)


def test_a_skeleton_is_its_own_skeleton_for_every_character() -> None:
    """What was folded once stays as it is, whichever character it was."""
    unstable = [
        hex(number) for number in range(sys.maxunicode + 1) if skeleton(skeleton(chr(number))) != skeleton(chr(number))
    ]
    assert unstable == []


@given(st.text(alphabet=st.sampled_from("rnmvwоОοαа0O1Il\u0301\u0300\u0308\u0327iİıςσΣßǅﬁｉ")))
def test_a_skeleton_is_its_own_skeleton(name: str) -> None:
    """What was folded once stays as it is, in any company."""
    assert skeleton(skeleton(name)) == skeleton(name)


@given(st.text(max_size=32))
def test_a_skeleton_does_not_depend_on_how_accents_are_typed(name: str) -> None:
    """Two keyboards that compose letters differently make one skeleton."""
    import unicodedata

    assert skeleton(unicodedata.normalize("NFD", name)) == skeleton(unicodedata.normalize("NFC", name))
