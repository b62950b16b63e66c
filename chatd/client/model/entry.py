"""The line that one types in: what Tab makes of a word, and what one typed before."""

from collections.abc import Iterable
from typing import NamedTuple

from chatd.client.model.picture.place import Place
from chatd.client.model.picture.shown import fitting
from chatd.core.commands import Login, Register
from chatd.dialects.text import grammar
from chatd.dialects.text.scene import Scene

COMMANDS = tuple(usage for usage in grammar.TABLE if usage.makes not in (Login, Register))
ACQUAINTANCES = 500
LONGEST_MEMORY = 500


class Acquaintances:
    """The people that were heard of last, here or not, at most C{ACQUAINTANCES}."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}

    def meet(self, name: str) -> None:
        """Somebody was heard of."""
        name = fitting(name)
        self._known.pop(name, None)
        if name:
            self._known[name] = None
        if len(self._known) > ACQUAINTANCES:
            del self._known[next(iter(self._known))]

    def names(self) -> set[str]:
        """All of them."""
        return set(self._known)


class Pasted(NamedTuple):
    """
    Several lines that came at once.

    @ivar empty: How many of them said nothing, and are left out.
    """

    lines: tuple[str, ...]
    empty: int = 0

    def question(self, place: str) -> str:
        """What to ask before they are sent to a place."""
        empty = "the empty one" if self.empty == 1 else f"the {self.empty} empty ones"
        without = f", without {empty}" if self.empty else ""
        return f"Send these {len(self.lines)} lines to {place}{without}? yes or no:"


def pasted(text: str) -> Pasted:
    """What was pasted, line by line; tabs are blanks, as one cannot type any."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    full = tuple(each.expandtabs() for each in lines if each.strip())
    return Pasted(full, len(lines) - len(full))


def completions(before: str, places: Iterable[Place], people: Iterable[str]) -> tuple[str, list[str]]:
    """
    What the last word of a half-typed line may become.

    @param people: Those who may be meant, in the order in which they are to be offered.
    @return: the word as it is, and whole words that it may be replaced with.
    """
    word = before.rpartition(" ")[2]
    first = word == before
    if first and word.startswith("/"):
        return word, [f"/{name} " for name in _commands() if name.startswith(word[1:].lower())]
    rooms = [place.title for place in places if not place.is_direct]
    names = [f"{name}: " for name in people] if first else list(people)
    wanted = word.casefold()
    found = [each for each in rooms + names if each.casefold().startswith(wanted)]
    return word, found if word or before.startswith("/") else []


def acquainted(places: Iterable[Place], current: Place | None, known: set[str], scene: Scene) -> list[str]:
    """Whom one may mean: those who are in view first."""
    here = [each.name for each in current.people()] if current is not None else []
    others = set(known)
    for place in places:
        others |= {each.name for each in place.members.values()}
        if place.is_direct:
            others.add(place.title)
    ordered = sorted(here, key=str.casefold) + sorted(others - set(here), key=str.casefold)
    return [name for name in ordered if not scene.is_me(name)]


class Recall:
    """What one has typed before, gone through with the arrow keys. A draft is not lost on the way."""

    def __init__(self) -> None:
        self._typed: list[str] = []
        self._at: int | None = None
        self._draft = ""

    def keep(self, typed: str) -> None:
        """Remember a line that was entered; twice the same in a row is once."""
        self._at = None
        if typed.strip() and self._typed[-1:] != [typed]:
            self._typed.append(typed)
            del self._typed[:-LONGEST_MEMORY]

    def older(self, now: str) -> str:
        """The line before; C{now} is what stands in the entry."""
        if self._at is None:
            self._draft, self._at = now, len(self._typed)
        self._at = max(0, self._at - 1)
        return self._typed[self._at] if self._typed else now

    def newer(self, now: str) -> str:
        """The line after, and at last the draft."""
        if self._at is None:
            return now
        self._at += 1
        if self._at >= len(self._typed):
            self._at = None
            return self._draft
        return self._typed[self._at]


def _commands() -> list[str]:
    return [usage.names[0] for usage in COMMANDS]
