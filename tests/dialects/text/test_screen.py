"""How things look on a bare terminal."""

import unicodedata
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core import events, names
from chatd.core.errors import ChatError
from chatd.core.events import Event, RoomShown
from chatd.core.room import Envelope
from chatd.dialects.text import screen
from chatd.dialects.text.screen import Form, crowd, live, old, rendering
from chatd.dialects.text.view import View

PLAIN, TIMED, COLOURED = View(UTC), View(UTC, time=True), View(UTC, colour=True)
NOON = 1_766_145_600_000  # 19 December 2025, 12:00 UTC


def said(text: str = "hi", room: str = "dev", who: str = "bob", kind: str = "text", at: int = NOON) -> events.Said:
    shape: Any = kind
    return events.Said(room=room, seq=1, who=who, at=at, text=text, kind=shape)


def relayed(text: str = "hi", room: str = "dev", kind: Any = "text", least: str | None = None) -> events.Relayed:
    return events.Relayed(room=room, who="bob", at=NOON, id="1", kind=kind, text=text, least=least)


def shown(event: Event, form: Form = "here", view: View = PLAIN) -> str:
    line = rendering(form, view)(Envelope(event)).decode()
    assert line.endswith("\r\n")
    return line[:-2]


@pytest.mark.parametrize(
    ("event", "form", "line"),
    [
        (said(), "here", "bob: hi"), (said(), "elsewhere", "#dev bob: hi"),
        (said("waves", kind="action"), "here", "* bob waves"),
        (said("waves", kind="action"), "elsewhere", "#dev * bob waves"),
        (said(room="@bob"), "direct", "[bob -> you] hi"), (said(room="@carol"), "to", "[you -> carol] hi"),
        (said("waves", "@bob", kind="action"), "direct", "[bob -> you] * bob waves"),
        (said(room="@bob"), "here", "bob: hi"),
        (events.Joined(room="dev", seq=1, who="bob", at=1), "here", "** bob has joined #dev"),
        (events.Left(room="dev", seq=1, who="bob", at=1), "here", "** bob has left #dev"),
        (events.Left(room="dev", seq=1, who="bob", at=1, reason="lunch"), "here", "** bob has left #dev (lunch)"),
        (events.Arrived(who="bob", at=1), "here", "** bob has joined the chat"),
        (events.Departed(who="bob", at=1), "here", "** bob has left the chat"),
        (events.Departed(who="bob", at=1, reason="bye"), "here", "** bob has left the chat (bye)"),
        (events.TopicChanged(room="dev", seq=1, who="bob", at=1, topic="x"), "here",
         '** bob set the topic of #dev: "x"'),
        (events.TopicChanged(room="dev", seq=1, who="bob", at=1, topic=""), "here",
         "** bob took away the topic of #dev"),
        (events.Gap(room="dev", after=4, before=8), "here",
         "** 3 lines of #dev are left out here; /history #dev shows them"),
        (said(kind="notice"), "here", "-bob- hi"), (said(kind="notice"), "elsewhere", "#dev -bob- hi"),
        (said(room="@bob", kind="notice"), "direct", "[-bob- -> you] hi"),
        (said("one\ntwo\n\n-- three"), "here", "bob: one\r\n    two\r\n    \r\n    -- three"),
        (said("one\n** two", room="@bob"), "direct", "[bob -> you] one\r\n    ** two"),
        (said("packs\ngoes", kind="action"), "here", "* bob packs\r\n    goes"),
        (relayed(), "here", "bob: hi"), (relayed(kind="notice"), "elsewhere", "#dev -bob- hi"),
        (relayed(least="moderator"), "here", "#dev (from moderator up) bob: hi"),
        (relayed(room="@bob"), "direct", "[bob -> you] hi"),
    ],
)  # fmt: skip
def test_how_lines_look(event: Event, form: Form, line: str) -> None:
    """One fact per line, each with the mark that says what kind of line it is."""
    assert shown(event, form) == line


def test_time_before_each_line_for_those_who_want_it() -> None:
    """C{/set time on} puts the time first, in one's own zone; what has no time has none."""
    assert shown(said(), view=TIMED) == "12:00 bob: hi"
    assert shown(said(), view=View(ZoneInfo("Asia/Kolkata"), time=True)) == "17:30 bob: hi"
    assert shown(events.Gap(room="dev", after=1, before=3), view=TIMED).startswith("** 1 lines")


def test_colour_is_never_the_only_carrier_of_meaning() -> None:
    """Coloured or not, the words are the same; a name has always the same colour."""
    line = shown(said(), view=COLOURED)
    assert line != "bob: hi"
    assert line.startswith("\x1b[")
    assert line.replace(line[: line.index("m") + 1], "").replace("\x1b[0m", "") == "bob: hi"
    assert shown(said("ho"), view=COLOURED).split("bob")[0] == line.split("bob")[0]
    others = {shown(said(who=name), view=COLOURED).split("m")[0] for name in ("bob", "carol", "dave", "erin", "frank")}
    assert len(others) > 1


def test_readers_with_one_view_share_a_rendering() -> None:
    """A line is made once for all who see it alike."""
    envelope = Envelope(said())
    assert rendering("here", View(UTC)) is rendering("here", View(UTC))
    assert envelope.wire(rendering("here", View(UTC))) is envelope.wire(rendering("here", View(UTC)))
    assert rendering("here", View(UTC)) is not rendering("elsewhere", View(UTC))


def test_history_has_times_and_days() -> None:
    """Old lines always have their time, and a line wherever a day begins that is not today."""
    day = 86_400_000
    told = old(
        [said("a", at=NOON - 2 * day), said("b", at=NOON - day), said("c", at=NOON - day), said("d")], PLAIN, NOON
    )
    assert told.decode().split("\r\n") == [
        "-- Wednesday 17 December 2025", "12:00 bob: a", "-- Thursday 18 December 2025", "12:00 bob: b",
        "12:00 bob: c", "-- Friday 19 December 2025", "12:00 bob: d", "",
    ]  # fmt: skip
    assert old([said("d")], PLAIN, NOON) == b"12:00 bob: d\r\n"
    assert old([said("d")], PLAIN).startswith(b"-- Friday")
    assert old([], PLAIN, NOON) == b""


def test_the_day_is_that_of_the_reader() -> None:
    """Midnight is where one is."""
    late = NOON + 11 * 3_600_000
    assert (
        old([said(at=late)], View(ZoneInfo("Asia/Tokyo")), NOON) == b"-- Saturday 20 December 2025\r\n08:00 bob: hi\r\n"
    )


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (events.Joined, b"** 7 people have joined #lobby\r\n"), (events.Left, b"** 7 people have left #lobby\r\n"),
        (events.Arrived, b"** 7 people have joined the chat\r\n"),
        (events.Departed, b"** 7 people have left the chat\r\n"),
    ],
)  # fmt: skip
def test_many_who_come_or_go_at_once_are_one_line(kind: type[Event], line: bytes) -> None:
    """A broken line somewhere does not fill everybody's screen."""
    assert crowd(kind, "lobby", 7) == line


def test_what_the_server_says_itself() -> None:
    """A word to everyone has a mark of its own."""
    assert screen.from_server(events.Announced(text="Back soon", at=1)) == b"## Back soon\r\n"
    assert screen.from_server(said()) is None


def test_some_news_are_for_programs() -> None:
    """Who goes to lunch, and what another device has read, is shown to nobody who did not ask."""
    assert screen.from_server(events.AwayChanged(who="bob", at=1, text="lunch")) == b""
    assert screen.from_server(events.Marked(room="dev", seq=5)) == b""
    assert screen.from_server(relayed(text="", kind="tag")) == b""
    tagged = events.Tagged(room="dev", seq=5, who="bob", at=1, tags={"+draft/react": "x"})
    assert screen.from_server(tagged) == b""
    assert screen.old([tagged], PLAIN) == b""
    assert screen.from_server(relayed(text="\x01VERSION\x01")) == b""
    assert screen.from_server(relayed()) is None
    changed = events.MetadataChanged(target="@bob", who="bob", at=1, key="avatar", value="x")
    assert screen.from_server(changed) == b""


def test_a_correction_of_several_lines() -> None:
    """The mark of it is at the end; and what is found is shown whole."""
    edited = events.Said(room="dev", seq=1, who="bob", at=NOON, text="one\ntwo", edited_at=NOON)
    assert shown(edited) == "bob: one\r\n    two (edited)"
    assert screen.found(edited, PLAIN, NOON) == "#dev today 12:00 bob: one\r\n    two (edited)"
    assert old([edited], PLAIN, NOON) == b"12:00 bob: one\r\n    two (edited)\r\n"
    assert shown(events.Edited(room="dev", seq=2, who="bob", at=NOON, of=1, text="one\ntwo")) == (
        "** bob corrected line 1 in #dev: one / two"
    )


def test_a_room_with_its_topic() -> None:
    """Where one is, and what it is about."""
    assert screen.about(RoomShown(room="dev", seq=1, topic="x")) == '#dev: "x"'
    assert screen.about(RoomShown(room="dev", seq=1)) == "#dev"


def allowed(typed: str) -> str | None:
    try:
        return names.lines(typed)
    except ChatError:
        return None


ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1).map(allowed).filter(bool)
ANY_NAME = st.text(st.sampled_from("aZ9_-.éж漢か"), min_size=1, max_size=20)


@given(ANY_TEXT, st.sampled_from(["here", "elsewhere", "direct", "to"]), st.booleans(), st.booleans())
def test_no_text_brings_a_control_byte_to_a_screen(text: str, form: Form, time: bool, action: bool) -> None:
    """Whatever is said, the only control characters of a line are the line end."""
    kind = "action" if action else "text"
    for room in ("dev", "@bob"):
        line = live(said(text, room, kind=kind), form, View(UTC, time=time)).decode()
        assert line.endswith("\r\n")
        first, *others = line[:-2].split("\r\n")
        assert not any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for part in (first, *others) for each in part)
        assert all(part.startswith("    ") for part in others)
        assert text in "\n".join((first, *(part[4:] for part in others)))
        topic = events.TopicChanged(room="dev", seq=1, who="bob", at=1, topic=text)
        left = events.Left(room="dev", seq=1, who="bob", at=1, reason=text)
        assert not any(unicodedata.category(each) == "Cc" for each in shown(topic) + shown(left))


@given(ANY_TEXT, ANY_NAME, ANY_NAME, st.booleans())
def test_nobody_can_say_a_line_that_looks_like_the_servers(text: str, who: str, room: str, action: bool) -> None:
    """Whatever is said by whomever wherever: the line begins with a name or a place, never with a server's mark."""
    try:
        name, place = names.account_name(who).shown, names.room_name(room).shown
    except ChatError:
        return
    for form, where in (("here", place), ("elsewhere", place), ("direct", "@" + name), ("to", "@" + name)):
        line = shown(said(text, where, name, "action" if action else "text"), form)  # type: ignore[arg-type]
        assert not line.startswith(("-- ", "** ", "## ", "-", "**", "##"))
        assert line.startswith((f"{name}: ", f"* {name} ", f"#{place} ", f"[{name} -> you] ", f"[you -> {name}] "))
