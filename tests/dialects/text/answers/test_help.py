"""The commands, explained."""

import unicodedata

import pytest

from chatd.core.session import Phase
from chatd.dialects.text import grammar, spoken

COLUMNS = 80


def test_the_help_is_grouped_and_fits_a_terminal() -> None:
    """Every command on a line of its own below its subject, none wider than a terminal, and one sentence at the end."""
    *lines, last = spoken.summary(grammar.TABLE).decode().split("\r\n")[:-1]
    headings = [f"-- {subject}:" for subject, _ in grammar.SECTIONS]
    assert [line for line in lines if line.endswith(":")] == headings
    assert len(lines) == len(grammar.TABLE) + len(headings)
    for usage in grammar.TABLE:
        assert any(line.startswith(f"-- {usage.line}  ") and line.endswith(f"  {usage.summary}") for line in lines)
    assert all(len(line) <= COLUMNS for line in (*lines, last))
    assert last == "-- /help COMMAND explains one. All else is said in the room; //text says /text."


def test_a_subject_without_commands_has_no_heading() -> None:
    """A stranger reads of the door, and of nothing behind it."""
    told = spoken.summary(grammar.usable(Phase.UNAUTHENTICATED)).decode()
    assert told.startswith("-- Help, coming and going:\r\n-- /help [COMMAND]  ")
    assert "Rooms" not in told


def test_the_help_of_one_command_has_an_example() -> None:
    """What it is called, what it does, what else there is to know, and how one types it."""
    assert spoken.explained(grammar.find("msg")).decode() == (
        "-- /msg NAME TEXT: write to one person alone, here or not. Also: /w, /tell, /dm.\r\n"
        "-- For example: /msg bob are you there?\r\n"
    )
    assert spoken.explained(grammar.find("kick")).decode() == (
        "-- /kick [#ROOM] NAME [WHY]: put somebody out of the room.\r\n"
        "-- Who was kicked may enter again. The reason is shown to the person and to the room.\r\n"
        "-- For example: /kick bob shouting\r\n"
    )


@pytest.mark.parametrize("usage", grammar.TABLE, ids=lambda usage: str(usage.names[0]))
def test_help_is_plain(usage: grammar.Usage) -> None:
    """No control byte but the line end, every line with its mark, and none longer than can be read."""
    for line in spoken.explained(usage).decode().removesuffix("\r\n").split("\r\n"):
        assert line.startswith("-- ")
        assert not any(unicodedata.category(each) == "Cc" for each in line)
        assert len(line) <= 100
