"""The conversation as a part of the screen: the newest lines at the bottom, older ones when one scrolls up."""

from collections.abc import Iterator
from datetime import date
from weakref import WeakKeyDictionary

from prompt_toolkit.layout.controls import UIContent, UIControl

from chatd.client.model.chat import Chat
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.shown import day_of, in_words
from chatd.client.terminal.full.drawing import Row, rows, rule

Anchor = tuple[Line, int]


class Pane(UIControl):
    """
    The lines of the place that is looked at.

    Where one scrolled up, the last row that is shown is held on to, so that it stays where it is while others come.
    """

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._anchors: WeakKeyDictionary[Place, Anchor] = WeakKeyDictionary()
        self._drawn: WeakKeyDictionary[Line, tuple[object, list[Row]]] = WeakKeyDictionary()
        self._height = 0
        self._width = 80

    def create_content(self, width: int, height: int) -> UIContent:
        """What prompt_toolkit calls: the rows that are to be seen."""
        self._width, self._height = width, height
        shown = self._visible()
        rest: list[Row] = [[] for _ in range(height - len(shown))]
        content = rest + shown
        return UIContent(get_line=lambda at: [*content[at]], line_count=len(content), show_cursor=False)

    def scroll(self, pages: float) -> None:
        """Go down so many pages, or up, if they are fewer than none; at the top, older lines are asked for."""
        place = self._chat.shown
        everything = [(line, at) for line, at, _ in self._rows_down(place)]
        if not everything:
            self._chat.page_back(place)
            return
        bottom = self._index(place, everything) + round(pages * max(1, self._height - 1))
        top = bottom - self._height + 1
        if top <= 0 and pages < 0:
            self._chat.page_back(place)
        bottom = max(bottom, min(self._height, len(everything)) - 1)
        if bottom >= len(everything) - 1:
            self._anchors.pop(place, None)
        else:
            self._anchors[place] = everything[bottom]

    def follow(self) -> None:
        """Go to the newest line."""
        self._anchors.pop(self._chat.shown, None)

    def below(self) -> int:
        """How many lines are further down than what is seen."""
        anchor = self._anchors.get(self._chat.shown)
        lines = self._chat.shown.lines
        if anchor is None or anchor[0] not in lines:
            return 0
        return len(lines) - 1 - lines.index(anchor[0])

    def _visible(self) -> list[Row]:
        """The rows that fit, from the last one upwards."""
        place = self._chat.shown
        anchor = self._anchors.get(place)
        if anchor is not None and anchor[0] not in place.lines:
            del self._anchors[place]
            anchor = None
        picked: list[Row] = []
        for line, at, row in self._rows_up(place):
            if anchor is not None and not picked and (line is not anchor[0] or at > anchor[1]):
                continue
            picked.append(row)
            if len(picked) >= self._height:
                break
        return picked[::-1]

    def _index(self, place: Place, everything: list[Anchor]) -> int:
        anchor = self._anchors.get(place)
        return everything.index(anchor) if anchor in everything else len(everything) - 1

    def _rows_down(self, place: Place) -> list[tuple[Line, int, Row]]:
        return [*self._rows_up(place)][::-1]

    def _rows_up(self, place: Place) -> Iterator[tuple[Line, int, Row]]:
        """Every row, the last one first, with the line that it is of and its number there."""
        lines = place.lines
        for at in range(len(lines) - 1, -1, -1):
            before = lines[at - 1] if at else None
            drawn = self._drawn_rows(place, lines[at], before)
            for number in range(len(drawn) - 1, -1, -1):
                yield lines[at], number, drawn[number]

    def _drawn_rows(self, place: Place, line: Line, before: Line | None) -> list[Row]:
        zone = self._chat.scene.view.zone
        day = day_of(line.at, zone)
        begins = before is None or day_of(before.at, zone) != day
        is_new = place.new_from is line
        key = (self._width, str(zone), begins, is_new, line.text, line.state, line.edited, line.deleted_by, line.at)
        known = self._drawn.get(line)
        if known is not None and known[0] == key:
            return known[1]
        drawn = [*self._above(day if begins else None, is_new), *rows(line, self._width, zone)]
        self._drawn[line] = (key, drawn)
        return drawn

    def _above(self, day: date | None, is_new: bool) -> Iterator[Row]:
        if day is not None:
            yield rule(in_words(day), self._width, "class:day")
        if is_new:
            yield rule("new", self._width, "class:new")
