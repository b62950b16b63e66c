"""The commands, explained."""

from collections.abc import Iterable

from chatd.dialects.text.answers.note import note, notes
from chatd.dialects.text.grammar import SECTIONS
from chatd.dialects.text.usages.usage import Usage

WIDEST = 37


def summary(usages: Iterable[Usage]) -> bytes:
    """These commands, a line each, by subject."""
    listed = {usage.names[0] for usage in usages}
    told = b""
    for subject, table in SECTIONS:
        chosen = [usage for usage in table if usage.names[0] in listed]
        if chosen:
            width = min(WIDEST, max(len(usage.line) for usage in chosen))
            told += note(f"{subject}:") + notes(f"{usage.line:<{width}}  {usage.summary}" for usage in chosen)
    return told + note("/help COMMAND explains one. All else is said in the room; //text says /text.")


def explained(usage: Usage) -> bytes:
    """One command in full."""
    also = f" Also: {', '.join('/' + name for name in usage.names[1:])}." if usage.names[1:] else ""
    more = usage.more.split("\n") if usage.more else ()
    return note(f"{usage.line}: {usage.summary}.{also}") + notes(more) + note(f"For example: {usage.example}")
