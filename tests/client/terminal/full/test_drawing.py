"""Rows of the screen: wrapped between words, wide letters counted as wide, nothing lost."""

from datetime import UTC

import pytest
from prompt_toolkit.utils import get_cwidth

from chatd.client.model.picture.line import Line
from chatd.client.terminal.full.drawing import Row, fragments, name_style, rows, rule, wrapped

NOON = 1_766_059_200_000  # 18 December 2025, 12:00 UTC


def plain(row: Row) -> str:
    return "".join(text for _, text in row)


def styles(row: Row) -> dict[str, str]:
    return {text: style for style, text in row}


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("", 10, [""]),
        ("one two", 10, ["one two"]),
        ("one two three", 10, ["one two ", "  three"]),
        ("aaaaaaaaaaaaaaaaaaaa", 8, ["aaaaaaaa", "  aaaaaa", "  aaaaaa"]),
        ("see http://example.org/long", 10, ["see http:/", "  /example", "  .org/lon", "  g"]),
        ("日本語日本語", 8, ["日本語日", "  本語"]),
        ("日本語", 3, ["日", "本", "語"]),
        ("one       two", 8, ["one", "  two"]),
    ],
)
def test_wrapping(text: str, width: int, shown: list[str]) -> None:
    """Between words where one can, anywhere where one must; the next rows are indented."""
    assert [plain(row).rstrip() for row in wrapped([("", text)], width, 2)] == [each.rstrip() for each in shown]


@pytest.mark.parametrize("width", [3, 7, 12, 29, 30, 40, 80])
def test_no_row_is_too_wide(width: int) -> None:
    """At whatever width, with wide and combining letters; and every letter is there."""
    text = "Ünï café e\u0301 日本語 ☃ " + "x" * 50 + " end of it"
    drawn = rows(Line("text", text, NOON, "bob"), max(width, 4), UTC)
    assert all(get_cwidth(plain(row)) <= max(width, 4) for row in drawn)
    assert "".join(plain(row) for row in drawn).replace(" ", "") == f"12:00bob:{text}".replace(" ", "")


def test_styles() -> None:
    """The time is dim, a name has its colour every time, a mention stands out, and what is on its way says so."""
    (row,) = rows(Line("text", "hi", NOON, "bob"), 80, UTC)
    assert plain(row) == "12:00 bob: hi"
    assert styles(row)["12:00 "] == "class:time"
    assert styles(row)["bob"] == name_style("BOB")
    assert styles(fragments(Line("text", "alice?", NOON, "bob", mention=True)))["alice?"] == "class:mention"
    assert plain(fragments(Line("text", "hi", NOON, "me", state="pending"))) == "me: hi (on its way)"
    assert plain(fragments(Line("text", "hi", NOON, "me", state="failed"))) == "me: hi (not sent)"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (Line("action", "waves", NOON, "bob"), "* bob waves"),
        (Line("notice", "built", NOON, "bot"), "-bot- built"),
        (Line("event", "bob has joined #dev", NOON), "** bob has joined #dev"),
        (Line("note", "-- Good-bye.", NOON), "-- Good-bye."),
        (Line("text", "Tuesday", NOON, "bob", edited=True), "bob: Tuesday (edited)"),
        (Line("text", "", NOON, "bob", deleted_by="bob"), "bob: (deleted)"),
        (Line("text", "", NOON, "bob", deleted_by="carol"), "bob: (deleted by carol)"),
    ],
)
def test_kinds_of_lines(line: Line, shown: str) -> None:
    """They read as on the text face."""
    assert plain(fragments(line)) == shown


def test_days() -> None:
    """A line across the screen."""
    drawn = plain(rule("new", 40, ""))
    assert drawn.startswith("──── new ───")
    assert get_cwidth(drawn) == 40
    assert get_cwidth(plain(rule("a very long word indeed", 10, ""))) <= 10


def test_several_lines_at_once() -> None:
    """Those after the first are indented; answers have no time."""
    drawn = rows(Line("text", "one\ntwo", NOON, "bob"), 80, UTC)
    assert [plain(row) for row in drawn] == ["12:00 bob: one", "        two"]
    assert [plain(row) for row in rows(Line("note", "-- hm", NOON), 80, UTC)] == ["      -- hm"]
