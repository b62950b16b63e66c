"""How a line is shown wherever it is drawn: its words as they stand, its day and time, the colour of a name."""

import zlib
from datetime import date, tzinfo

from chatd.client.model.picture.line import Line
from chatd.core import names
from chatd.dialects.text.view import View, fit, local

LONGEST = 2 * names.TEXT_BYTES


def fitting(text: str) -> str:
    """The same text in one line that a screen can bear: L{fit<chatd.dialects.text.view.fit>}, and not too long."""
    return fit(cut(text))


def cut(text: str) -> str:
    """The same text; of one that is longer than any that an honest server passes on, the beginning."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\u2026"


def text_of(line: Line) -> str:
    """What was said, as it stands now."""
    if line.deleted_by is not None:
        return "(deleted)" if line.deleted_by == line.who else f"(deleted by {line.deleted_by})"
    return f"{line.text} (edited)" if line.edited else line.text


def clock(at: int, zone: tzinfo) -> str:
    """The time of day of a moment in UTC milliseconds, where the reader is."""
    return f"{local(at, View(zone)):%H:%M}"


def day_of(at: int, zone: tzinfo) -> date:
    """The day of a moment in UTC milliseconds, where the reader is."""
    return local(at, View(zone)).date()


def in_words(day: date) -> str:
    """A day as people write it."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def colour_number(name: str, many: int) -> int:
    """Which of so many colours a name has: the same every time, in whatever case."""
    return zlib.crc32(name.casefold().encode(errors="replace")) % many
