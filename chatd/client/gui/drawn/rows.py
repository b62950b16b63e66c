"""Lines of the model as rows of the text in the middle: with times, days between them, and links."""

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Literal, NamedTuple

from chatd.client.model.observer import Found
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.shown import clock, colour_number, day_of, in_words, text_of
from chatd.client.model.words import clean
from chatd.core.events import Said
from chatd.dialects.text.view import View, local
from chatd.dialects.text.view import place as as_written

Piece = tuple[str, tuple[str, ...]]

# Readable on white and on the colour behind a mention; without red, which means something here.
NAME_COLOURS = (
    "#1f5fbf", "#00707a", "#2e7d32", "#8e24aa", "#5a4fcf", "#a0522d", "#00796b", "#6a3fa0", "#5d6b00", "#ad1f6e",
    "#005f9e", "#3f6f1f",
)  # fmt: skip
LINK = re.compile(r"\bhttps?://[^\s<>\"]+", re.IGNORECASE)
_UNTIMED = ("note", "error")  # they answer what was asked just now
_NO_END = ".,;:!?'\u2019\u201d\u00bb"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TOPS = {
    "loading": "older lines are on their way \u2026",
    "more": "\u25b2 older lines",
    "beginning": "This is where it begins.",
}


class Row(NamedTuple):
    """
    One row. Two that are equal look equal.

    @ivar text: What it says, with line breaks where there were some.
    @ivar line: Whose picture it is, if it is a line's.
    @ivar said: What was found, if it stands in the answer to a search.
    """

    kind: Literal["line", "day", "new", "top", "found"]
    text: str
    line: Line | None = None
    state: str = ""
    at: int = 0
    said: Said | None = None

    @property
    def height(self) -> int:
        """How many lines of the text it takes."""
        return self.text.count("\n") + 1


class Change(NamedTuple):
    """What of a text is to be replaced: rows C{start} to C{end} by those given."""

    start: int
    end: int
    rows: Sequence[Row]


class Rows:
    """
    All rows of the place that is looked at.

    Of thousands of lines only few are other ones from one drawing to the next: those from the first one that is are
    made anew, the rest is kept.
    """

    def __init__(self) -> None:
        self._place: Place | None = None
        self._zone: tzinfo | None = None
        self._new_from: Line | None = None
        self._changed: set[Line] = set()
        self._lines: list[Line] = []
        self._starts: list[int] = []
        self._rows: list[Row] = []

    def change(self, line: Line) -> None:
        """A line says something else than before."""
        self._changed.add(line)

    def of(self, place: Place, zone: tzinfo) -> Sequence[Row]:
        """The rows, good until the next call."""
        same = self._same(place) if (place, zone) == (self._place, self._zone) else 0
        if same < len(self._starts) or not same:
            del self._rows[self._starts[same] if same else 0 :]
        del self._lines[same:], self._starts[same:]
        if not place.is_console:
            top = "loading" if place.loading else "more" if place.more else "beginning"
            self._rows[:1] = [Row("top", _TOPS[top], state=top)]
        day = day_of(self._lines[-1].at, zone) if same else None
        for line in place.lines[same:]:
            self._starts.append(len(self._rows))
            its_day = day_of(line.at, zone)
            if its_day != day:
                day = its_day
                self._rows.append(Row("day", in_words(day)))
            if line is place.new_from:
                self._rows.append(Row("new", "new"))
            text = text_of(line) if line.is_said else line.text
            self._rows.append(Row("line", text, line, line.state, line.at))
        self._lines += place.lines[same:]
        self._place, self._zone, self._new_from = place, zone, place.new_from
        self._changed.clear()
        return self._rows

    def _same(self, place: Place) -> int:
        """How many of the first lines are as they were."""
        same = min(len(self._lines), len(place.lines))
        if self._lines[:same] != place.lines[:same]:
            same = next(at for at in range(same) if self._lines[at] is not place.lines[at])
        changed = self._changed
        if self._new_from is not place.new_from:
            changed = changed | {line for line in (self._new_from, place.new_from) if line is not None}
        return min([same, *(self._lines.index(line) for line in changed if line in self._lines)])


def rows_found(found: Found) -> list[Row]:
    """The rows of what a search has found."""
    return [Row("found", clean(each.text), at=each.at, said=each) for each in found.lines]


def difference(old: Sequence[Row], new: Sequence[Row]) -> Change | None:
    """How to make one text of another, leaving as much as possible as it is; C{None} if they are equal."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    same = 0
    while same < shorter - start and old[-1 - same] == new[-1 - same]:
        same += 1
    if start == len(old) == len(new):
        return None
    return Change(start, len(old) - same, new[start : len(new) - same])


def pieces(row: Row, zone: tzinfo) -> Iterator[Piece]:
    """
    A row as pieces of text, each with the names of how it looks.

    All that follows upon the first line end looks C{more} as well: none of what one person said begins where the
    lines of others do.
    """
    more: tuple[str, ...] = ()
    for text, tags in _pieces(row, zone):
        first, end, rest = ("", "", text) if more else text.partition("\n")
        if first or end:
            yield first + end, tags
        if end:
            more = ("more",)
        if rest:
            yield rest, (*tags, *more)


def _pieces(row: Row, zone: tzinfo) -> Iterator[Piece]:
    if row.line is not None:
        tags = ("mention",) if row.line.mention else ()
        stamp = "" if row.line.kind in _UNTIMED else clock(row.at, zone)
        yield f"{stamp}\t", ("time", *tags)
        for text, more in _line(row, row.line):
            yield text, (*more, *tags)
    elif row.said is not None:
        yield f"{local(row.at, View(zone)):%d %b %H:%M}\t", ("time",)
        yield as_written(row.said.room), ("jump",)
        yield " ", ()
        yield clean(row.said.who), (name_tag(row.said.who),)
        yield ": ", ()
        yield from linked(row.text, ())
    else:
        yield row.text, (("jump",) if row.state == "more" else ()) + (row.kind,)


def _line(row: Row, line: Line) -> Iterator[Piece]:
    name = (line.who, (name_tag(line.who),))
    said = _said_tags(line)
    match line.kind:
        case "text":
            yield name
            yield ": ", ()
            yield from linked(row.text, said)
        case "action":
            yield "* ", said
            yield name
            yield from linked(f" {row.text}", said)
        case "notice":
            yield "-", said
            yield name
            yield from linked(f"- {row.text}", said)
        case "event":
            yield from linked(f"** {row.text}", ("event",))
        case kind:
            yield from linked(row.text, (kind,))
    if row.state == "pending":
        yield " (on its way)", ("pending",)
    elif row.state == "failed":
        yield f" (not sent: {line.why})", ("error",)


def linked(text: str, tags: tuple[str, ...]) -> Iterator[Piece]:
    """A text in pieces, of which the links are links."""
    done = 0
    for found in LINK.finditer(text):
        link = _trimmed(found[0])
        start = found.start()
        if start > done:
            yield text[done:start], tags
        yield link, ("link", *tags)
        done = start + len(link)
    if done < len(text):
        yield text[done:], tags


def links(text: str) -> list[str]:
    """The links in a text."""
    return [_trimmed(each) for each in LINK.findall(text)]


def name_tag(name: str) -> str:
    """How a name looks: the same every time."""
    return f"name{colour_number(name, len(NAME_COLOURS))}"


def _trimmed(link: str) -> str:
    """Without what belongs to the sentence: a full stop, a bracket that was opened before the link."""
    while link[-1] in _NO_END or (link[-1] in _PAIRS and link.count(link[-1]) > link.count(_PAIRS[link[-1]])):
        link = link[:-1]
    return link


def _said_tags(line: Line) -> tuple[str, ...]:
    if line.state == "failed":
        return ("failed",)
    return ("pending",) if line.state == "pending" or line.deleted_by is not None else ()
