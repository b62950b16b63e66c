"""The conversation as one stream of lines: for screen readers, for logs, for terminals that can do no more."""

from collections.abc import Callable
from datetime import datetime

from chatd.client.model.chat import Chat
from chatd.client.model.observer import Nobody
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.shown import in_words
from chatd.client.terminal.written import change_of, in_stream
from chatd.dialects.text.view import clock_time, local

OLD_LINES = 20


class Stream(Nobody):
    """
    Writes each line once, in the words of the text face, when it comes.

    One's own lines are not written if one has just typed them here: the terminal has shown them.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        """
        @param write: Takes one line.
        """
        self._write = write
        self._chat: Chat | None = None
        self._first: dict[str, int] = {}

    def attach(self, chat: Chat) -> None:
        """This is the conversation."""
        self._chat = chat

    def line_added(self, place: Place, line: Line) -> None:
        """A line is new."""
        if line.seq is not None:
            self._first.setdefault(place.name, line.seq)
        if line.state == "stored":
            self._write(self._stamp(line) + in_stream(line, place, self._is_here(place)))

    def line_changed(self, place: Place, line: Line) -> None:
        """A line is another one."""
        told = change_of(line, place)
        if told:
            self._write(told)

    def lines_loaded(self, place: Place) -> None:
        """Old lines came; those of the place that one looks at are written, if they were not."""
        if not self._is_here(place):
            return
        first = self._first.get(place.name)
        fresh = [line for line in place.lines if line.seq is not None and (first is None or line.seq < first)]
        if fresh:
            self._first[place.name] = fresh[0].seq or 0
        day = None
        for line in fresh[-OLD_LINES:]:
            then = self._local(line).date()
            if day is not None and then != day:
                self._write(f"-- {in_words(then)}")
            day = then
            self._write(f"{self._local(line):%H:%M} {in_stream(line, place, True)}")

    def _stamp(self, line: Line) -> str:
        """The time, where the account wants it, and on what one hears of a time when one was not connected."""
        if self._chat is None or not (line.is_said or line.kind == "event"):
            return ""
        view = self._chat.scene.view
        return f"{clock_time(line.at, view)} " if view.time or not self._chat.is_online else ""

    def _is_here(self, place: Place) -> bool:
        return self._chat is not None and place is self._chat.shown

    def _local(self, line: Line) -> datetime:
        assert self._chat is not None
        return local(line.at, self._chat.scene.view)
