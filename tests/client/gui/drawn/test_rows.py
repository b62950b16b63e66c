"""Lines as rows: days, marks, links, and what of a text is written anew."""

from datetime import UTC

import pytest

from chatd.client.gui.drawn.rows import Row, difference, linked, links, name_tag, pieces, rows, rows_found
from chatd.client.model.observer import Found
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.core.events import Said

NOON = 1_795_262_400_000  # 21 November 2026, 12:00
DAY = 86_400_000


def shown(row: Row) -> str:
    """A row as one reads it."""
    return "".join(text for text, _tags in pieces(row, UTC))


def place(*lines: Line, more: bool = False) -> Place:
    """A room with lines."""
    made = Place("lobby", more=more)
    for line in lines:
        made.log.add(line)
    return made


def test_a_place_has_days_and_marks() -> None:
    """Each day is announced, and new lines have a mark above them."""
    first, second = Line("text", "one", NOON, "bob", 1), Line("text", "two", NOON + DAY, "bob", 2)
    lobby = place(first, second)
    lobby.new_from = second
    assert [shown(row) for row in rows(lobby, UTC)] == [
        "This is where it begins.",
        "Saturday 21 November 2026",
        "12:00\tbob: one",
        "Sunday 22 November 2026",
        "new",
        "12:00\tbob: two",
    ]


@pytest.mark.parametrize(
    ("more", "loading", "text"),
    [
        (True, False, "\u25b2 older lines"),
        (True, True, "older lines are on their way \u2026"),
        (False, False, "This is where it begins."),
    ],
)
def test_the_top_says_whether_there_is_more(more: bool, loading: bool, text: str) -> None:
    """And leads there, if one clicks."""
    lobby = place(more=more)
    lobby.loading = loading
    assert shown(rows(lobby, UTC)[0]) == text
    assert rows(Place("", more=False), UTC) == []


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (Line("text", "hello", NOON, "bob"), "bob: hello"),
        (Line("action", "waves", NOON, "bob"), "* bob waves"),
        (Line("notice", "done", NOON, "bot"), "-bot- done"),
        (Line("event", "bob has joined #lobby", NOON, "bob"), "** bob has joined #lobby"),
        (Line("text", "hello", NOON, "me", mine=True, state="pending"), "me: hello (on its way)"),
        (Line("text", "hello", NOON, "me", mine=True, state="failed", why="muted"), "me: hello (not sent: muted)"),
        (Line("text", "hello", NOON, "bob", edited=True), "bob: hello (edited)"),
        (Line("text", "", NOON, "bob", deleted_by="carol"), "bob: (deleted by carol)"),
    ],
)
def test_a_line_looks_as_at_telnet(line: Line, text: str) -> None:
    """With its time before it."""
    assert shown(rows(place(line), UTC)[-1]) == f"12:00\t{text}"


@pytest.mark.parametrize("line", [Line("note", "-- Away.", NOON), Line("error", "-- error: no [not-now]", NOON)])
def test_an_answer_has_no_time(line: Line) -> None:
    """It is about what was asked just now."""
    assert shown(rows(place(line), UTC)[-1]) == f"\t{line.text}"


def test_a_mention_is_marked_all_along() -> None:
    """Every piece of it."""
    row = rows(place(Line("text", "hi carol", NOON, "bob", 1, mention=True)), UTC)[-1]
    assert all("mention" in tags for _text, tags in pieces(row, UTC))


def test_a_name_looks_the_same_every_time() -> None:
    """In any case of its letters."""
    assert name_tag("Bob") == name_tag("bob")
    assert len({name_tag(f"someone{number}") for number in range(100)}) > 8


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://example.org/a.", ["https://example.org/a"]),
        ("(https://example.org/a_(b))", ["https://example.org/a_(b)"]),
        ("HTTP://EXAMPLE.ORG, and http://b?", ["HTTP://EXAMPLE.ORG", "http://b"]),
        ("file:///etc/passwd javascript:alert(1) xhttp://no", []),
        ("none", []),
    ],
)
def test_links(text: str, found: list[str]) -> None:
    """They end before what belongs to the sentence; and nothing is lost or doubled around them."""
    assert links(text) == found
    made = list(linked(text, ("x",)))
    assert "".join(piece for piece, _tags in made) == text
    assert [piece for piece, tags in made if "link" in tags] == found


def test_only_what_has_changed_is_written() -> None:
    """One new line is one new row; older lines stand before what was there."""
    one, two, three = (Row("line", text) for text in ("one", "two", "three"))
    assert difference([one, two], [one, two]) is None
    assert difference([], [one]) == (0, 0, [one])
    assert difference([one], [one, two]) == (1, 1, [two])
    assert difference([two], [one, two]) == (0, 0, [one])
    assert difference([one, two, three], [one, three]) == (1, 2, [])
    assert difference([one, one], [one, one, one]) == (2, 2, [one])
    assert difference([one, two], []) == (0, 2, [])


def test_a_line_that_changes_is_another_row() -> None:
    """So that it is written anew, alone, though it is the same line."""
    lobby = place(Line("text", "one", NOON, "bob", 1), Line("text", "two", NOON, "me", mine=True, state="pending"))
    before = rows(lobby, UTC)
    lobby.log.settle(lobby.lines[-1], 2, NOON)
    change = difference(before, rows(lobby, UTC))
    assert change is not None
    assert [shown(row) for row in change.rows] == ["12:00\tme: two"]


def test_a_row_may_have_several_lines() -> None:
    """It counts them, for whoever looks for a row by the line of the text."""
    assert Row("line", "one\ntwo").height == 2


def test_found_lines_say_where() -> None:
    """The room leads there."""
    said = Said(room="dev", seq=7, who="bob", at=NOON, text="build")
    (row,) = rows_found(Found("build", (said,), (said,), False))
    assert shown(row) == "21 Nov 12:00\t#dev bob: build"
    assert ("#dev", ("jump",)) in list(pieces(row, UTC))
