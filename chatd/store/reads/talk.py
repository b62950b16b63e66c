"""What was said: pages of it, what is new, what holds certain words."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from chatd.core import commands
from chatd.core.events import (
    AnyRoomEvent,
    CatchupDone,
    HistoryDone,
    MarkDone,
    News,
    SearchDone,
    TargetsDone,
    TargetShown,
    UnreadDone,
)
from chatd.core.names import DIRECT
from chatd.core.ports import Reach
from chatd.store.queries import markers, messages, rooms
from chatd.store.queries.records import event_of, line_of
from chatd.store.reads.reading import END, Place, Reading, account_named, allowed, allowed_in, readable
from chatd.store.writes.talk import conversation_key

UNREAD_COUNTED = 1000
CAUGHT_UP = 200

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_APART = re.compile('["\\x00]')


def history(reading: Reading, command: commands.History) -> HistoryDone:
    """A page of a place, oldest first."""
    place = readable(reading, command.room)
    if place is None:
        return HistoryDone(room=command.room, at=reading.at, events=(), more=False)
    shown, more = page(reading, place, command)
    return HistoryDone(room=place.shown, at=reading.at, events=shown, more=more)


def page(reading: Reading, place: Place, request: commands.History) -> tuple[tuple[AnyRoomEvent, ...], bool]:
    """The events that a request asks for, oldest first, and whether there are more."""
    after = -1 if request.after is None else request.after
    before = END if request.before is None else request.before
    since = request.since if request.ago is None else max(0, reading.at - request.ago)
    if since is not None:
        first = messages.seq_at(reading.cursor, place.row.id, since)
        after = max(after, END if first is None else first - 1)
    if request.until is not None:
        first = messages.seq_at(reading.cursor, place.row.id, request.until)
        before = before if first is None else min(before, first)
    span = place.span(reading.reader.id, after, before, request.lines)
    if request.oldest or (request.after is not None and request.before is None):
        rows = messages.oldest(reading.cursor, span, request.limit + 1)
        kept = rows[: request.limit]
    else:
        rows = messages.newest(reading.cursor, span, request.limit + 1)
        kept = rows[: request.limit][::-1]
    return tuple(event_of(row, place.shown) for row in kept), len(rows) > request.limit


def targets(reading: Reading, command: commands.Targets) -> TargetsDone:
    """The places in which something happened in a span of time, the one where it is longest ago first."""
    until = END if command.until is None else command.until
    found = []
    for place in _places(reading):
        last = messages.last_at(reading.cursor, place.span(reading.reader.id))
        if last is not None and (command.since or 0) <= last < until:
            found.append(TargetShown(place=place.shown, at=last))
    found.sort(key=lambda each: (each.at, each.place))
    return TargetsDone(targets=tuple(found[: command.limit]))


def marked(reading: Reading, command: commands.Mark) -> MarkDone:
    """How far the reader has read a place."""
    place = readable(reading, command.room)
    me, cursor = reading.reader.id, reading.cursor
    if place is not None:
        key, shown, seq = place.row.key, place.shown, markers.marker(cursor, me, place.row.id)
    else:
        other = account_named(reading, command.room[1:])
        key, shown, seq = conversation_key(me, other.id), DIRECT + other.name, 0
    return MarkDone(room=shown, seq=seq, at=markers.read_time(cursor, me, key))


def reach(reading: Reading, to: str) -> Reach:
    """Whom the reader may tell something in a place: the members of a room, or one account."""
    if not to.startswith(DIRECT):
        room = allowed_in(reading, "say", to)
        return Reach(room.name, room=room.id)
    other = account_named(reading, to[1:], also_deleted=False)
    allowed(reading, "direct")
    return Reach(DIRECT + other.name, account=other.id)


def search(reading: Reading, command: commands.Search) -> SearchDone:
    """Lines that hold all the words, newest first."""
    sender = None if command.who is None else account_named(reading, command.who).id
    room = None
    if command.room is not None:
        place = readable(reading, command.room)
        if place is None:
            return SearchDone(at=reading.at, found=(), next=None)
        room = place.row.id
    since = command.since if command.ago is None else max(0, reading.at - command.ago)
    rows = messages.found(
        reading.cursor, reading.reader.id, matching(command.words), sender, room, since or 0,
        END if command.before is None else command.before, command.limit + 1,
    )  # fmt: skip
    kept = rows[: command.limit]
    more = kept[-1].id if len(rows) > command.limit else None
    return SearchDone(at=reading.at, found=tuple(line_of(row) for row in kept), next=more)


def matching(words: str) -> str:
    """
    An FTS5 query for words as people type them: all of them, C{"in quotes"} as they follow one another, C{word*} by
    its beginning. Nothing that is typed is an operator (https://www.sqlite.org/fts5.html#full_text_query_syntax), and
    a quote within a word parts it.
    """
    terms = []
    for phrase, word in _WORD.findall(words):
        said = phrase or word.strip('"')
        is_beginning = not phrase and said.endswith("*")
        said = said.rstrip("*") if is_beginning else said
        said = _APART.sub(" ", said)
        terms.append(f'"{said}"' + ("*" if is_beginning and said else ""))
    return " ".join(terms) or '""'


def unread(reading: Reading, command: commands.Unread) -> UnreadDone:
    """The places with news."""
    return UnreadDone(places=tuple(news for _, news in _with_news(reading)))


def catchup(reading: Reading, command: commands.Catchup) -> CatchupDone:
    """The places with news, and the news: the newest of each, up to a bound in all."""
    left = CAUGHT_UP
    told = []
    for place, news in _with_news(reading):
        asked = commands.History(
            room=news.room, limit=max(1, min(command.limit, left)), after=news.marker, before=news.seq + 1
        )
        shown, _ = page(reading, place, asked)
        left -= len(shown)
        told.append(replace(news, events=shown))
        if left <= 0:
            break
    return CatchupDone(at=reading.at, places=tuple(told))


def news_of(reading: Reading, place: Place, upto: int) -> News:
    """How much of a place is new to the reader, up to a seq."""
    account = reading.reader
    marker = markers.marker(reading.cursor, account.id, place.row.id)
    if marker >= upto:  # as in most of somebody's rooms, so that they cost one statement less
        return News(room=place.shown, seq=upto, marker=marker, unread=0, mentions=0)
    lines = messages.unread(reading.cursor, account.id, place.span(account.id, marker, upto + 1), UNREAD_COUNTED)
    mentions = sum(account.key in line for line in lines)
    return News(room=place.shown, seq=upto, marker=marker, unread=len(lines), mentions=mentions)


def _with_news(reading: Reading) -> list[tuple[Place, News]]:
    found = []
    for place in _places(reading):
        news = news_of(reading, place, place.row.last_seq)
        if news.unread:
            found.append((place, news))
    found.sort(key=lambda each: (each[1].room.startswith(DIRECT), each[1].room))
    return found


def _places(reading: Reading) -> Iterator[Place]:
    """The rooms and conversations of the reader."""
    for number, _, name, _, kind, _, other in rooms.places(reading.cursor, reading.reader.id):
        row = rooms.room_by_id(reading.cursor, number, reading.reader.id)
        if row is not None:
            yield Place(row, DIRECT + (other or "") if kind == "direct" else name)
