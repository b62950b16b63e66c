"""A log of one's own: every line that was said, with its day, time and place, in a file that nobody else can read."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path

from chatd.client.model.observer import Nobody
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.terminal.written import change_of, spoken, text_of


class Transcript(Nobody):
    """
    Writes what is said and what happens to a file, once it is stored.

    Answers to commands are left out: they may hold a token.
    """

    def __init__(self, path: Path, zone: tzinfo, complain: Callable[[str], None]) -> None:
        """
        @param complain: Called with a sentence, once, where it cannot be written.
        @raise OSError: if the file cannot be opened.
        """
        self._path = path
        self._zone = zone
        self._complain = complain
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._file = open(descriptor, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 (closed when it has ended)
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
        then = datetime.fromtimestamp(line.at / 1000, tz=self._zone)
        try:
            self._file.write(f"{then:%Y-%m-%d %H:%M:%S} {place.title} {text}\n")
        except OSError as wrong:
            with suppress(OSError):
                self._file.close()
            self._complain(f"the log {self._path} ends here: {wrong}.")
