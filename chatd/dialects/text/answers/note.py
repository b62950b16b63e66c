"""The sentence of an answer."""

from collections.abc import Iterable

from chatd.dialects.text.view import line


def note(text: str) -> bytes:
    """A line with the mark of an answer."""
    return line("--", text)


def notes(texts: Iterable[str]) -> bytes:
    """Such lines."""
    return b"".join(note(text) for text in texts)
