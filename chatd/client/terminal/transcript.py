"""A log of one's own: every line that was said, with its day, time and place, in a file that nobody else can read."""

from collections.abc import Callable
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path

from chatd.client.connection import private
from chatd.client.model.observer import Nobody
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.shown import text_of
from chatd.client.model.words import clean
from chatd.client.terminal.written import change_of, spoken
from chatd.dialects.text.view import View, local


class Transcript(Nobody):
    """
    Writes what is said and what happens to a file, once it is stored.

    Answers to commands are left out: they may hold a token.
    """

    def __init__(self, path: Path, zone: tzinfo, complain: Callable[[str], None]) -> None:
        """
        @param complain: Called with a sentence, once, where it cannot be written.
        @raise OSError: if the file cannot be opened, or is none of one's own.
        """
        self._path = path
        self._zone = zone
        self._complain = complain
        self._file = private.open_to_add(path)
        self._pending: set[Line] = set()

    def line_added(self, place: Place, line: Line) -> None:
        """A line is new; one's own is written when it is stored."""
        if line.state == "pending":
            self._pending.add(line)
        elif line.is_said:
            self._write(place, line, spoken(line, text_of(line)))
        elif line.kind in ("event", "server"):
            self._write(place, line, line.text if line.kind == "server" else f"** {line.text}")

    def line_changed(self, place: Place, line: Line) -> None:
        """A line is stored, or corrected."""
        if line in self._pending:
            self._pending.discard(line)
            if line.state == "stored" and line in place.lines:
                self._write(place, line, spoken(line, line.text))
        elif told := change_of(line, place):
            self._write(place, line, told)

    def ended(self) -> None:
        """There is nothing more to write."""
        self._file.close()

    def _write(self, place: Place, line: Line, text: str) -> None:
        if self._file.closed:
            return
        then = local(line.at, View(self._zone))
        try:
            self._file.write(f"{then:%Y-%m-%d %H:%M:%S} {place.title} {clean(text)}\n")
        except OSError as wrong:
            with suppress(OSError):
                self._file.close()
            self._complain(f"the log {self._path} ends here: {wrong}.")
