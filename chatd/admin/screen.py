"""What C{chatctl} writes: answers as lines and columns for people, or as JSON for programs; and progress."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

import msgspec

_TIMES = ("at", "until", "since")
_BAR = 30


def as_json(value: object) -> str:
    """A value as one line of JSON."""
    return msgspec.json.encode(value).decode()


def lines(answer: msgspec.Struct, empty: str = "There are none.") -> Iterable[str]:
    """An answer in words: the one list in it as a table, else its fields, a line each."""
    fields = {each.name: getattr(answer, each.name) for each in msgspec.structs.fields(answer)}
    for value in fields.values():
        if isinstance(value, tuple):
            return table(value) if value else (empty,)
    if len(fields) == 1 and isinstance(value := next(iter(fields.values())), dict):
        fields = value
    said = [f"{name.replace('_', ' ')}: {_shown(name, value)}" for name, value in fields.items() if value is not None]
    return said or ("Done.",)


def table(rows: Sequence[msgspec.Struct]) -> list[str]:
    """Rows of one kind, in columns under the names of their fields."""
    names = [each.name for each in msgspec.structs.fields(rows[0])]
    cells = [[name.replace("_", " ") for name in names]]
    cells += [[_shown(name, getattr(row, name)) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def moment(at: int) -> str:
    """UTC milliseconds as this machine writes times."""
    return datetime.fromtimestamp(at / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and (name in _TIMES or name.endswith("_at")):
        return moment(value)
    return str(value)


class Bar:
    """
    How far a long work is: a bar on a terminal, nothing elsewhere.

    @param what: The work, in one word or two.
    """

    def __init__(self, what: str, to: TextIO = sys.stderr) -> None:
        self._what = what
        self._to = to
        self._last = -1

    def __call__(self, done: int, total: int) -> None:
        """Draw it, where something has changed."""
        share = done * _BAR // max(total, 1)
        if not self._to.isatty() or (share == self._last and done < total):
            return
        self._last = share
        end = "\n" if done >= total else ""
        bar = "#" * share + "." * (_BAR - share)
        self._to.write(f"\r{self._what} [{bar}] {done}/{total}{end}")
        self._to.flush()
