"""What was said: old lines, found lines, missed lines; and what became of one's own."""

import pytest
from msgspec.structs import replace

from chatd.core import events
from chatd.core.events import Answer, News
from tests.dialects.text.doubles import DAY, HOUR, NOON, said, scene, told

NUMBERS = scene(numbers="on")


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (events.HistoryDone(at=NOON, room="dev", events=(), more=False), ["-- Nothing of #dev to show."]),
        (events.HistoryDone(at=NOON, room="@bob", events=(said(seq=117),), more=True),
         ["-- There is more. /history before 117 bob goes further back.", "11:00 bob: hi"]),
        (events.SearchDone(at=NOON, found=(), next=None), ["-- No line that you may read has those words."]),
        (events.SearchDone(at=NOON, found=(said("two"), said("one", "alice", "@bob", at=NOON - 2 * DAY)), next=None),
         ["#dev today 11:00 bob: two", "@bob 17 December 2025 12:00 alice: one"]),
        (events.UnreadDone(places=()), ["-- Nothing is new."]),
        (events.UnreadDone(places=(News(room="dev", seq=9, marker=2, unread=7, mentions=2),)),
         ["-- 1 room has news: #dev 7 (2 mention you). /catchup shows them."]),
        (events.CatchupDone(at=NOON, places=()), ["-- Nothing is new."]),
        (events.EditDone(room="dev", seq=118, of=117), ["-- Line 117 of #dev is corrected."]),
        (events.DeleteDone(room="dev", seq=118, of=117), ["-- Line 117 of #dev is deleted."]),
        (events.SayDone(room="dev", seq=1, at=NOON), []), (events.MsgDone(room="@bob", seq=1, at=NOON), []),
        (events.MarkDone(room="dev", seq=1), []),
    ],
)  # fmt: skip
def test_answers(answer: Answer, lines: list[str]) -> None:
    """Every answer is a sentence or more; nothing where it shows anyway."""
    assert told(answer) == lines


def test_what_one_missed_is_told_place_by_place() -> None:
    """Each place has a line of its own, then the news with their days, and how to get what is left out."""
    joined = events.Joined(room="dev", seq=8, who="carol", at=NOON - HOUR)
    dev = News(room="dev", seq=9, marker=6, unread=2, mentions=1, events=(
        said("alice?", at=NOON - DAY, seq=7), joined, said("never mind", seq=9),
    ))  # fmt: skip
    ops = News(room="ops", seq=500, marker=1, unread=400, mentions=0, events=(said(seq=500),))
    bob = News(room="@bob", seq=2, marker=1, unread=1, mentions=0, events=(said("psst", room="@bob", seq=2),))
    quiet = News(room="hall", seq=2, marker=1, unread=0, mentions=0, events=(joined,))
    assert told(events.CatchupDone(at=NOON, places=(dev, ops, bob, quiet))) == [
        "-- #dev: 2 new lines (1 mentions you)", "-- Thursday 18 December 2025", "12:00 bob: alice?",
        "-- Friday 19 December 2025", "11:00 ** carol has joined #dev", "11:00 bob: never mind",
        "-- #ops: 400 new lines", "-- There is more. /history before 500 #ops goes further back.", "11:00 bob: hi",
        "-- bob: 1 new line", "11:00 bob: psst",
        "-- #hall: nothing said, but news", "11:00 ** carol has joined #dev",
    ]  # fmt: skip


def test_numbers_before_old_lines() -> None:
    """C{/set numbers on} shows what C{/edit N} and C{/delete N} take."""
    page = events.HistoryDone(at=NOON, room="dev", events=(said(seq=117), said("ho", seq=118)), more=False)
    assert told(page, NUMBERS) == ["[117] 11:00 bob: hi", "[118] 11:00 bob: ho"]
    assert told(events.SearchDone(at=NOON, found=(said(seq=117),), next=None), NUMBERS) == [
        "[117] #dev today 11:00 bob: hi"
    ]


def test_corrected_and_deleted_lines_say_so() -> None:
    """The mark is on the line itself, and the correction has no other."""
    lines = (
        replace(said("on Tuesday", seq=1), edited_at=NOON), replace(said("", seq=2), deleted_by="carol"),
        replace(said("", seq=3), deleted_by="bob"), replace(said("", seq=4), deleted_by="bob", kind="action"),
        replace(said("waves", seq=5), edited_at=NOON, kind="action"),
        events.Edited(room="dev", seq=6, who="bob", at=NOON, of=1, text="on Tuesday"),
        events.Deleted(room="dev", seq=7, who="carol", at=NOON, of=2, author="bob"),
    )  # fmt: skip
    assert told(events.HistoryDone(at=NOON, room="dev", events=lines, more=False)) == [
        "11:00 bob: on Tuesday (edited)", "11:00 bob: (deleted by carol)", "11:00 bob: (deleted)",
        "11:00 * bob (deleted)", "11:00 * bob waves (edited)",
    ]  # fmt: skip
    assert told(events.HistoryDone(at=NOON, room="dev", events=lines[5:], more=False)) == []
