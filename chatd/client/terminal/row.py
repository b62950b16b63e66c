"""The row of a plain terminal in which one types: what others say goes above it, and leaves it whole."""

import unicodedata
from collections.abc import Callable


class Row:
    """
    A question, or nothing, and what is typed so far.

    All that it writes are characters, line ends, carriage returns and backspaces: any terminal can do that, and a
    screen reader reads it as it comes.

    @ivar prompt: The question.
    @ivar text: What is typed.
    @ivar hidden: Whether what is typed does not show.
    """

    def __init__(self, write: Callable[[str], None], columns: Callable[[], int]) -> None:
        """
        @param columns: How wide the terminal is now.
        """
        self.prompt = self.text = ""
        self.hidden = False
        self._write = write
        self._columns = columns

    @property
    def shown(self) -> str:
        """What stands there."""
        return self.prompt + ("" if self.hidden else self.text)

    def ask(self, prompt: str, hidden: bool) -> None:
        """Put a question before what is typed, which shows or does not."""
        before = self._wiped()
        self.prompt, self.hidden = prompt, hidden
        self._write(before + self.shown)

    def above(self, text: str) -> None:
        """Write whole lines, and what stood in the row below them."""
        self._write(f"{self._wiped()}{text}\n{self.shown}")

    def add(self, typed: str) -> None:
        """Something was typed."""
        self.text += typed
        if not self.hidden:
            self._write(typed)

    def rub_out(self) -> None:
        """Take the last character back, with the marks that are on it."""
        gone = len(self.text) - 1
        while gone > 0 and not cells(self.text[gone:]):
            gone -= 1
        wide = 0 if self.hidden else cells(self.text[max(0, gone) :])
        self.text = self.text[: max(0, gone)]
        self._write("\b" * wide + " " * wide + "\b" * wide)

    def put(self, text: str) -> None:
        """Put something else into its place."""
        before = "" if self.hidden else self._wiped()
        self.text = text
        if not self.hidden:
            self._write(before + self.shown)

    def end(self) -> str:
        """What was typed; the next row is empty."""
        typed, self.text, self.prompt, self.hidden = self.text, "", "", False
        self._write("\n")
        return typed

    def _wiped(self) -> str:
        """What makes the row empty: blanks over it, or a new one where it has grown beyond one row."""
        wide = cells(self.shown)
        if wide >= self._columns():
            return "\n"
        return f"\r{' ' * wide}\r" if wide else ""


def cells(text: str) -> int:
    """How many columns a text takes."""
    return sum(_cells(each) for each in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
