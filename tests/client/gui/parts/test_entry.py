"""What Tab makes of a line, and where a cursor stands in it."""

import pytest

pytest.importorskip("tkinter", reason="this Python has no Tk (apt-get install python3-tk)", exc_type=ImportError)

from chatd.client.gui.parts.entry import cut, next_word, offer, places_of


def completes(*words: str) -> "object":
    """What fits the last word."""

    def complete(before: str) -> tuple[str, list[str]]:
        word = before.rpartition(" ")[2]
        return word, [each for each in words if each.lower().startswith(word.lower())]

    return complete


def test_one_word_fits() -> None:
    """It stands there."""
    assert offer("hi bo", "", completes("bob", "carol")) == ("hi bob", None)  # type: ignore[arg-type]


def test_nothing_fits() -> None:
    """Nothing changes."""
    assert offer("hi x", " there", completes("bob")) == ("hi x", None)  # type: ignore[arg-type]


def test_several_fit() -> None:
    """What they have in common stands there, and Tab takes one after the other, whatever stands behind."""
    before, choice = offer("a", " tail", completes("alan: ", "Alice: "))  # type: ignore[arg-type]
    assert before == "al"
    assert choice is not None
    first = next_word(choice)
    assert first.shown == "alan:  tail"
    assert next_word(first).shown == "Alice:  tail"
    assert next_word(next_word(first)).shown == "alan:  tail"
    assert next_word(choice, back=True).shown == "Alice:  tail"
    assert next_word(first, back=True).shown == "Alice:  tail"


@pytest.mark.parametrize("text", ["plain", "\u00fc\u2603", "a\U0001f389b\U0001f600"])
def test_places(text: str) -> None:
    """A text is cut where the cursor is, whatever letters it has."""
    for at in range(len(text) + 1):
        assert cut(text, places_of(text[:at])) == (text[:at], text[at:])
