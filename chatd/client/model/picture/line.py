"""The lines of one place, as they stand on a screen: said, on the way, corrected, and what was told between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "action", "notice", "event", "note", "error", "server"]

MOST = 5000


@dataclass(eq=False, slots=True, weakref_slot=True)
class Line:
    """
    One line. It is the same object as long as it lives, and changes.

    @ivar kind: C{text}, C{action} (C{/me}) and C{notice} (a program's) were said; C{event} happened in the place;
        C{note} and C{error} answer the person alone; C{server} comes from the people who run it.
    @ivar text: What was said, without the name; or a whole sentence.
    @ivar at: When, in UTC milliseconds.
    @ivar who: Who said it or did it.
    @ivar seq: Its number in the place, once the server gave it one.
    @ivar mine: Whether one said it oneself.
    @ivar mention: Whether it is by somebody else and holds one's name.
    @ivar state: C{pending}: on the way, or waiting for a connection; C{failed}: refused, for the reason C{why}.
    @ivar deleted_by: Who took it back; C{text} is empty then.
    """

    kind: Kind
    text: str
    at: int
    who: str = ""
    seq: int | None = None
    mine: bool = False
    mention: bool = False
    state: Literal["stored", "pending", "failed"] = "stored"
    why: str = ""
    edited: bool = False
    deleted_by: str | None = None

    @property
    def is_said(self) -> bool:
        """Whether it is somebody's words."""
        return self.kind in ("text", "action", "notice")


class Log:
    """
    The lines of a place, oldest first. Those that are on the way come last.

    @ivar lines: All of them; to be read only.
    @ivar first: The lowest seq that was taken in, of whatever event; C{None} before any was.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.first: int | None = None
        self._by_seq: dict[int, Line] = {}

    def find(self, seq: int) -> Line | None:
        """The line of a number, if it is here."""
        return self._by_seq.get(seq)

    def reach(self, seq: int) -> None:
        """An event was taken in, with or without a line."""
        self.first = seq if self.first is None else min(self.first, seq)

    def add(self, line: Line) -> None:
        """A line is the newest now, but for those on the way. Beyond C{MOST} the oldest is forgotten."""
        if line.state == "pending":
            self.lines.append(line)
        else:
            self.lines.insert(self._end(), line)
        self._number(line)
        if len(self.lines) > MOST:
            self._forget(self.lines[: MOST // 10])

    def put_before(self, lines: Iterable[Line]) -> None:
        """Older lines than any that there are."""
        older = [line for line in lines if line.seq is None or line.seq not in self._by_seq]
        self.lines[:0] = older
        for line in older:
            self._number(line)

    def settle(self, line: Line, seq: int, at: int) -> None:
        """A line that was on the way is stored. If it stands here already, it is not doubled."""
        if seq in self._by_seq:
            self.drop(line)
            return
        self.lines.remove(line)
        line.seq, line.at, line.state = seq, at, "stored"
        self.add(line)

    def fail(self, line: Line, why: str) -> None:
        """A line that was on the way is not stored, and will not be."""
        self.lines.remove(line)
        line.state, line.why = "failed", why
        self.add(line)

    def drop(self, line: Line) -> None:
        """A line is none."""
        if line in self.lines:
            self.lines.remove(line)

    def pending(self) -> list[Line]:
        """Those on the way, in order."""
        return self.lines[self._end() :]

    def cut(self) -> None:
        """What follows does not follow upon what is here: keep only what is on the way."""
        self.lines = self.pending()
        self._by_seq.clear()
        self.first = None

    def _end(self) -> int:
        end = len(self.lines)
        while end and self.lines[end - 1].state == "pending":
            end -= 1
        return end

    def _number(self, line: Line) -> None:
        if line.seq is not None:
            self._by_seq[line.seq] = line
            self.reach(line.seq)

    def _forget(self, oldest: list[Line]) -> None:
        del self.lines[: len(oldest)]
        for line in oldest:
            if line.seq is not None:
                self._by_seq.pop(line.seq, None)
        self.first = min(self._by_seq, default=self.first)
