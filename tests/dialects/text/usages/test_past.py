"""What was said before: by time, by words, and since one last looked."""

from typing import Any

import pytest

from chatd.core import commands, events
from chatd.core.errors import NotNow
from tests.dialects.text.doubles import HOUR, NOON, assert_is_refused, read, said, scene, told


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", {}), ("5", {"limit": 5}), ("200 #dev", {"room": "dev", "limit": 200}),
        ("#dev 200", {"room": "dev", "limit": 200}), ("bob", {"room": "@bob"}),
        ("@bob 2h", {"room": "@bob", "limit": 200, "ago": 2 * HOUR}), ("30m", {"limit": 200, "ago": HOUR // 2}),
        ("7D", {"limit": 200, "ago": 168 * HOUR}), ("2025-12-17", {"limit": 200, "since": 1_765_929_600_000}),
        ("1601-01-01", {"limit": 200, "since": 0}), ("before 117", {"before": 117}),
        ("BEFORE  117 #dev", {"before": 117, "room": "dev"}), ("#dev 50 before 117", {"before": 117, "room": "dev",
                                                                                     "limit": 50}),
        ("200 before 117 bob", {"before": 117, "room": "@bob", "limit": 200}), ("before", {"room": "@before"}),
        ("before 117 7d", {"before": 117, "limit": 200, "ago": 168 * HOUR}),
    ],
)  # fmt: skip
def test_history(words: str, asked: dict[str, Any]) -> None:
    """So many lines, since when, before which, of where: in any order, and each may be left out."""
    usual: dict[str, Any] = {"room": "lobby", "limit": 20}
    assert read(f"/history {words}") == commands.History(**(usual | asked))


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("printer", {"words": "printer"}), ('"big printer" jam*', {"words": '"big printer" jam*'}),
        ("printer from:bob", {"who": "bob"}), ("from:@bob printer", {"who": "bob"}),
        ("printer in:#dev", {"room": "dev"}), ("printer IN:dev", {"room": "dev"}),
        ("printer in:@bob", {"room": "@bob"}), ("printer since:7d", {"ago": 168 * HOUR}),
        ("printer since:2025-12-17", {"since": 1_765_929_600_000}),
        ("in:#dev printer from:bob since:2h", {"room": "dev", "who": "bob", "ago": 2 * HOUR}),
        ("from: printer", {"words": "from: printer"}),
    ],
)  # fmt: skip
def test_search(words: str, asked: dict[str, Any]) -> None:
    """Words, and by whom, where and since when they were said, in any order."""
    assert read(f"/search {words}") == commands.Search(**({"words": "printer"} | asked))


@pytest.mark.parametrize(
    "line",
    [
        "/history 0", "/history 201", "/history 99999999999999999999", "/history #dev #ops", "/history #",
        "/history a b", "/search", "/search from:bob", "/search x in:#",
        "/search x from:@", "/search x since:tuesday", "/search " + "x" * 129, "/catchup all",
    ],
)  # fmt: skip
def test_wrong_words(line: str) -> None:
    """Whoever gets it wrong reads how it is right."""
    assert_is_refused(line)


def test_history_goes_back_page_by_page() -> None:
    """The hint of each page is the command for the one before it, as far back as there is one."""
    view = scene()
    page = tuple(said(f"line {seq}", room="lobby", seq=seq) for seq in range(117, 137))
    hint = told(events.HistoryDone(room="lobby", at=NOON, events=page, more=True), view)[0]
    assert hint == "-- There is more. /history before 117 #lobby goes further back."
    assert read(hint.removeprefix("-- There is more. ").removesuffix(" goes further back."), view) == (
        commands.History(room="lobby", limit=20, before=117)
    )
    page = tuple(said(f"line {seq}", room="@bob", seq=seq) for seq in range(300, 500))
    hint = told(events.HistoryDone(room="@bob", at=NOON, events=page, more=True), view)[0]
    assert hint == "-- There is more. /history 200 before 300 bob goes further back."
    assert read("/history 200 before 300 bob", view) == commands.History(room="@bob", limit=200, before=300)


def test_a_search_goes_on_page_by_page() -> None:
    """C{/search more} is the next page of the same search, until there is none."""
    view = scene()
    asked = read("/search printer from:bob", view)
    assert asked == commands.Search(words="printer", who="bob")
    with pytest.raises(NotNow, match="no more"):
        read("/search more", view)
    assert told(events.SearchDone(at=NOON, found=(said("the printer"),), next=4711), view) == [
        "#dev today 11:00 bob: the printer", "-- There is more. /search more shows it.",
    ]  # fmt: skip
    assert read("/find MORE", view) == commands.Search(words="printer", who="bob", before=4711)
    assert told(events.SearchDone(at=NOON, found=(said("a printer"),), next=12), view)[-1].startswith("-- There is")
    assert read("/search more", view) == commands.Search(words="printer", who="bob", before=12)
    assert told(events.SearchDone(at=NOON, found=(said("printer"),), next=None), view) == [
        "#dev today 11:00 bob: printer"
    ]
    with pytest.raises(NotNow, match="no more"):
        read("/search more", view)
