"""Lines as rows: days, marks, links, and what of a text is written anew."""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import pytest

from chatd.client.gui.drawn.rows import Row, Rows, difference, linked, links, name_tag, pieces, rows_found
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


def rows(place: Place, zone: tzinfo) -> Sequence[Row]:
    """All rows of a place, made for the first time."""
    return Rows().of(place, zone)


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


def test_what_is_kept_is_as_if_made_anew() -> None:
    """Whatever happens to a place: lines, older ones, those taken back or on their way, marks, another zone."""
    lobby, ops, kept = place(more=True), place(Line("text", "x", NOON, "bob", 1)), Rows()
    lines = [Line("text", f"{number}", NOON + number * DAY // 3, "bob", number) for number in range(20, 40)]
    mine = Line("text", "mine", NOON + 14 * DAY, "me", mine=True, state="pending")
    zone: tzinfo = UTC

    def as_if_anew(where: Place = lobby) -> bool:
        return list(kept.of(where, zone)) == list(Rows().of(where, zone))

    assert as_if_anew()
    for line in lines[:10]:
        lobby.log.add(line)
        assert as_if_anew()
    lobby.log.add(mine)
    assert as_if_anew()
    lobby.new_from = lines[9]
    assert as_if_anew()
    for line in lines[10:]:
        lobby.log.add(line)
        assert as_if_anew()
    lobby.new_from, lobby.loading = lines[2], True
    assert as_if_anew()
    lobby.new_from = None
    lobby.log.put_before([Line("text", "old", NOON - DAY, "bob", 3)])
    assert as_if_anew()
    lines[5].text, lines[5].edited = "corrected", True
    kept.change(lines[5])
    assert as_if_anew()
    lobby.log.settle(mine, 40, NOON + 15 * DAY)
    kept.change(mine)
    assert as_if_anew()
    assert as_if_anew(ops)
    assert as_if_anew()
    zone = ZoneInfo("Pacific/Auckland")
    assert as_if_anew()
    lobby.log.cut()
    assert as_if_anew()
    assert as_if_anew(Place("", more=False))


def test_only_what_may_be_another_row_is_made_anew() -> None:
    """In a long conversation one more line costs one more row."""
    lobby, kept = place(*(Line("text", "x", NOON, "bob", number) for number in range(1, 500))), Rows()
    before = list(kept.of(lobby, UTC))
    lobby.log.add(Line("text", "one more", NOON, "bob", 500))
    after = kept.of(lobby, UTC)
    assert all(one is other for one, other in zip(before[1:], after[1:], strict=False))
    assert len(after) == len(before) + 1


def test_a_row_may_have_several_lines() -> None:
    """It counts them, for whoever looks for a row by the line of the text."""
    assert Row("line", "one\ntwo").height == 2


def test_nobody_can_forge_a_line() -> None:
    """What follows upon a line end begins under the text, not where times do; that of a line found, too."""
    forged = "hello\n12:01\tbob: I resign\n\nhttps://example.org/a"
    said = Said(room="dev", seq=7, who="eve", at=NOON, text=forged)
    for row in (
        rows(place(Line("text", forged, NOON, "eve", 1, mention=True)), UTC)[-1],
        *rows_found(Found("x", (said,), (said,), False)),
    ):
        made = list(pieces(row, UTC))
        whole = "".join(text for text, _tags in made)
        below = "".join(text for text, tags in made if "more" in tags)
        assert whole.partition("hello\n")[2] == below
        assert below.endswith("bob: I resign\n\nhttps://example.org/a")
    assert [piece for piece in made if "link" in piece[1]] == [("https://example.org/a", ("link", "more"))]


def test_found_lines_say_where() -> None:
    """The room leads there."""
    said = Said(room="dev", seq=7, who="bob", at=NOON, text="build")
    (row,) = rows_found(Found("build", (said,), (said,), False))
    assert shown(row) == "21 Nov 12:00\t#dev bob: build"
    assert ("#dev", ("jump",)) in list(pieces(row, UTC))
