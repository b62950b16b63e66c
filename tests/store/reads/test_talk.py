"""What is new and what holds certain words is found by whoever may read it, however it is asked for."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatd.core.commands import Catchup, Delete, Edit, History, Kick, Leave, Mark, RoomSet, Search, Unread
from chatd.core.errors import NoSuchAccount, NotInRoom
from chatd.core.events import CatchupDone, News, Said, UnreadDone
from chatd.core.ports import Account
from chatd.store.reads.talk import matching
from chatd.testing import BEGINNING
from tests.store.doubles import Town, ask, found, join, page, say, seqs, set_room, unanswered, write

# Searching


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("tea", True), ("TEA", True), ("green tea", True), ("tea green", True), ("gre*", True), ("TE* GRE*", True),
        ("coffee", False), ("tea coffee", False), ("te", False), ('"green tea"', True), ('"tea green"', False),
        ('"gre*"', False), ("creme", True), ("Cr\u00e8me", True), ("cr\u00eame", True), ("brulee", True),
        # what is an operator to FTS5 is a word here, or nothing
        ("green OR coffee", False), ("green AND tea", False), ("tea NOT green", False), ("NEAR(green tea)", False),
        ("-tea", True), ("^green", True), ("body:tea", False), ("{body}: tea", False), ("(tea)", True),
        ("green + tea", True), ("tea;--", True), ("'tea'", True), ("te**", True), ("*tea", True),
        # quotes that do not match, alone, or inside a word
        ('"green tea', True), ('tea"', True), ('"', False), ('""', False), ('"" tea', True), ('tea"green', False),
        ('green"tea', True), ('gre"*', True), ('te"a', False), ('\\"tea', True), ('"green" "tea"', True),
        ('green""tea', True), ('"green tea"*', True), ('a"b"c"', False),
        # nothing to look for
        ("!!!", False), ("* * *", False), ("\u2026 \u2014", False), ("!!! tea", True), (":-)", False),
    ],
)  # fmt: skip
def test_words(town: Town, words: str, finds: bool) -> None:
    """All words must be there, in any order, however they are written; nothing that is typed is an operator."""
    say(town, town.bob, "lobby", "Green tea with cr\u00e8me br\u00fbl\u00e9e")
    assert bool(found(town, town.alice, words)) is finds


@given(st.text(alphabet=st.one_of(st.sampled_from('"*()^:+-{}\\ \x00ANDORT'), st.characters()), max_size=40))
@example('a"b')
@example("\x00")
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_a_search(words: str) -> None:
    """No text that anybody can send is a mistake of syntax."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE lines USING fts5 (body)")
        query = matching(words).encode("utf-8", "replace").decode()
        connection.execute("SELECT * FROM lines WHERE lines MATCH ?", (query,))


def test_narrower(town: Town) -> None:
    """By whom, where, and since when; all of it together."""
    join(town, town.bob, "den")
    for who, room in ((town.alice, "lobby"), (town.bob, "lobby"), (town.bob, "den"), (town.bob, "@alice")):
        say(town, who, room, f"tea of {who.name} in {room}")
        town.clock.advance(10)
    assert found(town, town.bob, "tea") == [
        "tea of bob in @alice", "tea of bob in den", "tea of bob in lobby", "tea of alice in lobby",
    ]  # fmt: skip
    assert found(town, town.bob, "tea", who="alice") == ["tea of alice in lobby"]
    assert found(town, town.bob, "tea", room="den") == ["tea of bob in den"]
    assert found(town, town.bob, "tea", room="@alice") == ["tea of bob in @alice"]
    assert found(town, town.bob, "tea", room="@maude") == []
    assert found(town, town.bob, "tea", since=BEGINNING + 20_000) == ["tea of bob in @alice", "tea of bob in den"]
    assert found(town, town.bob, "tea", ago=10_000) == ["tea of bob in @alice"]
    assert found(town, town.bob, "tea", who="bob", room="lobby", since=BEGINNING) == ["tea of bob in lobby"]
    assert isinstance(unanswered(town, town.bob, Search(words="tea", who="zoe")), NoSuchAccount)


def test_what_is_found_is_shown_with_its_place(town: Town) -> None:
    """Under the name that the reader calls it by, with its number and marks."""
    say(town, town.alice, "@bob", "tae")
    write(town, town.alice, Edit(room="@bob", text="tea"))
    for reader, room in ((town.bob, "@alice"), (town.alice, "@bob")):
        assert ask(town, reader, Search(words="tea")).found == (
            Said(room=room, seq=1, who="alice", at=BEGINNING, text="tea", edited_at=BEGINNING),
        )


def test_pages_of_what_is_found(town: Town) -> None:
    """Newest first; each page begins where the one before ended."""
    for number in range(7):
        say(town, town.bob, "lobby", f"tea {number}")
    texts: list[str] = []
    before, pages = None, 0
    while pages == 0 or before is not None:
        answer = ask(town, town.alice, Search(words="tea", limit=3, before=before))
        texts += [line.text for line in answer.found]
        before, pages = answer.next, pages + 1
    assert texts == [f"tea {number}" for number in reversed(range(7))]
    assert pages == 3
    assert ask(town, town.alice, Search(words="tea", limit=7)).next is None


def test_only_what_one_may_read_is_found(town: Town) -> None:
    """Not in rooms that one has left or was put out of, nor in conversations of others; by room it is refused."""
    say(town, town.alice, "lobby", "tea")
    say(town, town.alice, "@maude", "tea for two")
    assert found(town, town.bob, "tea") == ["tea"]
    assert found(town, town.sam, "tea") == []
    write(town, town.maude, Kick(room="lobby", target="bob"))
    assert found(town, town.bob, "tea") == []
    for room in ("lobby", "nowhere"):
        assert isinstance(unanswered(town, town.bob, Search(words="tea", room=room)), NotInRoom)
    join(town, town.bob, "lobby")
    assert found(town, town.bob, "tea") == ["tea"]


def test_a_search_obeys_since_join(town: Town) -> None:
    """What was said before one came, or while one was away, is not found."""
    say(town, town.alice, "lobby", "tea before")
    set_room(town, town.alice, "history", "since_join")
    join(town, town.sam, "lobby")
    say(town, town.alice, "lobby", "tea one")
    write(town, town.sam, Leave(room="lobby"))
    say(town, town.alice, "lobby", "tea between")
    join(town, town.sam, "lobby")
    say(town, town.alice, "lobby", "tea two")
    for more in ({}, {"room": "lobby"}, {"who": "alice"}):
        assert found(town, town.sam, "tea", **more) == ["tea two", "tea one"]
    assert len(found(town, town.bob, "tea")) == 4


def test_events_are_not_found(town: Town) -> None:
    """Only lines are: neither topics nor names nor the words of the store itself."""
    for words in ("joined", "alice", "event", "role"):
        assert found(town, town.alice, words) == []


# What is new


def told(news: UnreadDone | CatchupDone) -> list[tuple[str, int, int]]:
    """Place, unread lines and mentions."""
    return [(each.room, each.unread, each.mentions) for each in news.places]


def unread(town: Town, reader: Account) -> list[tuple[str, int, int]]:
    """Where there is news for somebody."""
    return told(ask(town, reader, Unread()))


def test_what_is_unread(town: Town) -> None:
    """Lines by others since the marker, in rooms and then in conversations; what one was called in is counted."""
    for text in ("hi", "Bob, tea?", "deleted"):
        say(town, town.alice, "lobby", text)
    write(town, town.alice, Delete(room="lobby"))
    say(town, town.bob, "lobby", "mine")
    say(town, town.alice, "@bob", "psst")
    assert unread(town, town.bob) == [("lobby", 2, 1), ("@alice", 1, 0)]
    answer = ask(town, town.bob, Unread())
    assert answer.places[0] == News(room="lobby", seq=9, marker=2, unread=2, mentions=1)
    write(town, town.bob, Mark(room="lobby", seq=5))
    assert unread(town, town.bob) == [("lobby", 1, 1), ("@alice", 1, 0)]
    write(town, town.bob, Mark(room="lobby", seq=99))
    write(town, town.bob, Mark(room="@alice", seq=1))
    assert unread(town, town.bob) == []
    assert unread(town, town.alice) == [("lobby", 1, 0)]


def test_events_are_no_news(town: Town) -> None:
    """Coming and going is not something to be read."""
    join(town, town.sam, "lobby")
    write(town, town.sam, Leave(room="lobby"))
    assert unread(town, town.bob) == []


def test_what_is_unread_obeys_since_join(town: Town) -> None:
    """Nobody is told of news that may not be read."""
    set_room(town, town.alice, "history", "since_join")
    say(town, town.alice, "lobby", "one")
    write(town, town.bob, Leave(room="lobby"))
    say(town, town.alice, "lobby", "two")
    join(town, town.bob, "lobby")
    town.database.run("DELETE FROM read_markers")
    assert unread(town, town.bob) == [("lobby", 1, 0)]
    (news,) = ask(town, town.bob, Catchup()).places
    assert [event.text for event in news.events if isinstance(event, Said)] == ["one"]


def test_catching_up(town: Town) -> None:
    """The newest of what is new in each place, oldest first; where it is up to is where it is read up to."""
    for number in range(5):
        say(town, town.alice, "lobby", str(number))
    say(town, town.alice, "@bob", "psst")
    answer = ask(town, town.bob, Catchup(limit=2))
    assert told(answer) == [("lobby", 5, 0), ("@alice", 1, 0)]
    assert [seqs(news.events) for news in answer.places] == [[8, 9], [1]]
    assert [news.seq for news in answer.places] == [9, 1]
    assert [seqs(news.events) for news in ask(town, town.bob, Catchup()).places] == [[3, 4, 5, 6, 7, 8, 9], [1]]
    write(town, town.bob, Mark(room="lobby", seq=9))
    assert told(ask(town, town.bob, Catchup())) == [("@alice", 1, 0)]


def test_catching_up_is_bounded(town: Town) -> None:
    """Whoever was away for long gets 200 events in all; the places that are left out stay unread."""
    for room in ("a1", "b2", "c3"):
        for person in (town.alice, town.bob):
            join(town, person, room)
        for number in range(90):
            say(town, town.alice, room, str(number))
    answer = ask(town, town.bob, Catchup(limit=150))
    assert [(news.room, len(news.events)) for news in answer.places] == [("a1", 90), ("b2", 90), ("c3", 20)]
    assert len(ask(town, town.bob, Catchup(limit=200)).places) == 3


def test_the_count_stops_at_a_thousand(town: Town) -> None:
    """More than that is many."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 1504)"
    town.database.run(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, at_ms)"
        f" {numbers} SELECT 1, i, {town.alice.id}, 'alice', 'text', 'bob?', {BEGINNING} FROM n"
    )
    town.database.run("UPDATE rooms SET last_seq = 1504")
    assert unread(town, town.bob) == [("lobby", 1000, 1000)]


def test_history_is_for_members_of_the_moment(town: Town) -> None:
    """A ban or a kick takes it away at once, whatever the room's settings."""
    say(town, town.alice, "lobby", "x")
    write(town, town.alice, RoomSet(room="lobby", name="history", value="since_join"))
    assert page(town, town.bob, History(room="lobby"))[0]
    write(town, town.maude, Kick(room="lobby", target="bob"))
    assert isinstance(unanswered(town, town.bob, History(room="lobby")), NotInRoom)
    assert unread(town, town.bob) == []
