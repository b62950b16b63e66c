"""All that was said and happened."""

from collections.abc import Sequence
from typing import NamedTuple

from chatd.store.queries.transactions import Cursor, one

EVER = 2**62  # UTC milliseconds, later than anything


class MessageRow(NamedTuple):
    """
    A row of C{messages}.

    @ivar of: The seq of the message that this event is about, where it is about one.
    @ivar subject: That message's text as it is now, or nothing if it was taken back.
    @ivar tags: What programs tell one another beside it, as JSON.
    @ivar guest: Whether the sender is a guest.
    """

    seq: int
    sender: str
    kind: str
    body: str
    at: int
    edited_at: int | None
    deleted_by: str | None
    of: int | None
    subject: str
    tags: str | None = None
    guest: bool = False


class NewRow(NamedTuple):
    """
    A row of C{messages} that is not there yet.

    @ivar of: The seq of the message that this event is about, where it is about one.
    @ivar notice: Whether the line is a notice; C{tags}: what programs tell one another beside it, as JSON.
    """

    room_id: int
    seq: int
    account_id: int | None
    sender: str
    kind: str
    body: str
    cid: str | None
    at: int
    of: int | None = None
    notice: bool = False
    tags: str | None = None


class LineRow(NamedTuple):
    """A line that somebody said, and that somebody may want to correct or take back."""

    id: int
    seq: int
    account_id: int | None
    sender: str
    kind: str
    body: str
    at: int
    deleted_at: int | None


class FoundRow(NamedTuple):
    """A line that was found, and where; C{other} is the other one where it is a conversation."""

    id: int
    room: str
    other: str | None
    seq: int
    sender: str
    kind: str
    body: str
    at: int
    edited_at: int | None
    tags: str | None = None
    guest: bool = False


_KIND = "CASE WHEN messages.notice THEN 'notice' ELSE messages.kind END"
_GUEST = "coalesce((SELECT guest FROM accounts WHERE id = messages.account_id), 0)"
_NEWEST = "(SELECT coalesce(max(id), 0) FROM messages)"


def next_seq(cursor: Cursor, room_id: int) -> int:
    cursor.execute("UPDATE rooms SET last_seq = last_seq + 1 WHERE id = :room RETURNING last_seq", {"room": room_id})
    return int(cursor.fetchone()[0])


# With each statement the writing thread gives the interpreter's lock away and has to wait for it again, so one is for
# many rows: where each was one by itself, a row took 37 us of processor time with two threads at work. There are few
# sizes, so that few statements have to be prepared.
_SIZES = (64, 16, 4, 1)


def set_last_seqs(cursor: Cursor, seqs: Sequence[tuple[int, int]]) -> None:
    """The last number of each room: pairs of the room's own number and that."""
    _execute_for_many(cursor, _SET, seqs)


def add_messages(cursor: Cursor, rows: Sequence[NewRow]) -> None:
    """Store several at once."""
    _execute_for_many(cursor, _ADD, rows)


def _execute_for_many(cursor: Cursor, statements: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    start = 0
    for many, statement in zip(_SIZES, statements, strict=True):
        while len(rows) - start >= many:
            cursor.execute(statement, [value for row in rows[start : start + many] for value in row])
            start += many


_ROW = f"({', '.join('?' * len(NewRow._fields))})"
_ADD = tuple(
    "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, cid, at_ms, of_seq, notice, tags)"
    f" VALUES {', '.join([_ROW] * many)}"
    for many in _SIZES
)
_SET = tuple(
    f"WITH numbers (room, seq) AS (VALUES {', '.join(['(?, ?)'] * many)})"
    " UPDATE rooms SET last_seq = numbers.seq FROM numbers WHERE rooms.id = numbers.room"
    for many in _SIZES
)


def index_new(cursor: Cursor) -> None:
    """Let the search find what was stored since this was done last; where that is nothing, nothing is written."""
    cursor.execute(
        "INSERT INTO message_search (rowid, body) SELECT id, body FROM messages"
        " WHERE id > (SELECT upto FROM message_search_state) AND kind <> 'event' AND deleted_at IS NULL"
    )
    cursor.execute(f"UPDATE message_search_state SET upto = {_NEWEST} WHERE upto <> {_NEWEST}")


def note_tags(cursor: Cursor, room_id: int, seq: int, tags: str) -> None:
    """What programs tell one another with an event, as JSON."""
    cursor.execute(
        "UPDATE messages SET tags = :tags WHERE room_id = :room AND seq = :seq",
        {"room": room_id, "seq": seq, "tags": tags},
    )


def message_by_cid(cursor: Cursor, account_id: int, cid: str) -> tuple[int, int, str, str | None, int] | None:
    """Room, seq, kind, body (or C{None}, if it was changed since) and time of what was submitted under a cid."""
    cursor.execute(
        f"SELECT room_id, seq, {_KIND}, CASE WHEN edited_at IS NULL AND deleted_at IS NULL THEN body END, at_ms"
        " FROM messages WHERE account_id = :account AND cid = :cid",
        {"account": account_id, "cid": cid},
    )
    row = cursor.fetchone()
    return None if row is None else tuple(row)


def forget_cid(cursor: Cursor, account_id: int, cid: str) -> None:
    cursor.execute(
        "UPDATE messages SET cid = NULL WHERE account_id = :account AND cid = :cid",
        {"account": account_id, "cid": cid},
    )


_READABLE = (
    "EXISTS (SELECT 1 FROM memberships AS stay WHERE stay.room_id = messages.room_id AND stay.account_id = :reader"
    " AND messages.seq >= stay.joined_seq AND (stay.left_seq IS NULL OR messages.seq <= stay.left_seq))"
)
_PAGE = (
    f"SELECT messages.seq, messages.sender, {_KIND}, messages.body, messages.at_ms, messages.edited_at,"
    " messages.deleted_by, messages.of_seq, CASE WHEN subject.deleted_at IS NULL THEN subject.body END, messages.tags,"
    f" {_GUEST}"
    " FROM messages LEFT JOIN messages AS subject"
    " ON subject.room_id = messages.room_id AND subject.seq = messages.of_seq"
    f" WHERE messages.room_id = :room AND messages.seq > :after AND messages.seq < :before AND (:all OR {_READABLE})"
    " AND (NOT :lines OR (messages.kind <> 'event' AND messages.deleted_at IS NULL)) ORDER BY messages.seq"
)


class Span(NamedTuple):
    """
    Which messages of a room.

    @ivar reader: The account whose stays bound what is shown, or C{None} if all of it may be read.
    @ivar lines: Whether only lines are meant that were not taken back.
    """

    room_id: int
    after: int
    before: int
    reader: int | None = None
    lines: bool = False


def newest(cursor: Cursor, span: Span, limit: int) -> list[MessageRow]:
    """The newest messages with C{after < seq < before}, newest first."""
    return _page(cursor, f"{_PAGE} DESC LIMIT :limit", span, limit)


def oldest(cursor: Cursor, span: Span, limit: int) -> list[MessageRow]:
    """The oldest messages with C{after < seq < before}, oldest first."""
    return _page(cursor, f"{_PAGE} LIMIT :limit", span, limit)


def _page(cursor: Cursor, statement: str, span: Span, limit: int) -> list[MessageRow]:
    room, after, before, reader, lines = span
    cursor.execute(
        statement,
        {
            "room": room, "after": after, "before": before, "reader": reader, "all": reader is None, "lines": lines,
            "limit": limit,
        },
    )  # fmt: skip
    return [MessageRow(*row) for row in cursor.fetchall()]


def seq_at(cursor: Cursor, room_id: int, at: int) -> int | None:
    """The seq of the first message that is not older than a time."""
    cursor.execute(
        "SELECT seq FROM messages WHERE room_id = :room AND at_ms >= :at ORDER BY at_ms, seq LIMIT 1",
        {"room": room_id, "at": at},
    )
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def last_before(cursor: Cursor, room_id: int, at: int) -> int:
    """The seq of the last message that is not younger than a time, or 0."""
    cursor.execute(
        "SELECT seq FROM messages WHERE room_id = :room AND at_ms <= :at ORDER BY at_ms DESC, seq DESC LIMIT 1",
        {"room": room_id, "at": at},
    )
    row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def last_at(cursor: Cursor, span: Span) -> int | None:
    """The time of the newest message with C{after < seq < before}."""
    cursor.execute(
        "SELECT at_ms FROM messages WHERE room_id = :room AND seq > :after AND seq < :before"
        f" AND (:all OR {_READABLE}) ORDER BY seq DESC LIMIT 1",
        {
            "room": span.room_id, "after": span.after, "before": span.before, "reader": span.reader,
            "all": span.reader is None,
        },
    )  # fmt: skip
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def unread(cursor: Cursor, account_id: int, span: Span, most: int) -> list[str]:
    """
    The lines by others with their case folded, the newest ones first, C{most} of them at the most. They come as one
    row, parted by a character that no line has: for each row, a reading thread has to wait for the interpreter's lock.
    """
    cursor.execute(
        "SELECT group_concat(body, char(0)) FROM (SELECT body FROM messages WHERE room_id = :room AND seq > :after"
        " AND seq < :before AND kind <> 'event' AND (account_id IS NULL OR account_id <> :account)"
        f" AND deleted_at IS NULL AND (:all OR {_READABLE}) ORDER BY seq DESC LIMIT :most) AS newest",
        {
            "account": account_id, "room": span.room_id, "after": span.after, "before": span.before,
            "reader": span.reader, "all": span.reader is None, "most": most,
        },
    )  # fmt: skip
    (lines,) = cursor.fetchone()
    return [] if lines is None else lines.casefold().split("\0")


# Lines that are corrected, taken back, found, thrown away.

_LINE = f"SELECT id, seq, account_id, sender, {_KIND}, body, at_ms, deleted_at FROM messages"


def line_at(cursor: Cursor, room_id: int, seq: int) -> LineRow | None:
    cursor.execute(f"{_LINE} WHERE room_id = :room AND seq = :seq AND kind <> 'event'", {"room": room_id, "seq": seq})
    return one(LineRow, cursor)


def last_line(cursor: Cursor, room_id: int, account_id: int) -> LineRow | None:
    """The last line of an account in a room that was not taken back."""
    cursor.execute(
        f"{_LINE} WHERE account_id = :account AND kind <> 'event' AND body <> '' AND room_id = :room"
        " AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
        {"room": room_id, "account": account_id},
    )
    return one(LineRow, cursor)


def edit_line(cursor: Cursor, line_id: int, body: str, at: int) -> None:
    cursor.execute(
        "UPDATE messages SET body = :body, edited_at = :at WHERE id = :line", {"line": line_id, "body": body, "at": at}
    )


def delete_line(cursor: Cursor, line_id: int, by: str | None, at: int | None) -> None:
    """Hide a line, or (with C{None}) show it again: its text is kept as long as that can be undone."""
    cursor.execute(
        "UPDATE messages SET deleted_at = :at, deleted_by = :by WHERE id = :line", {"line": line_id, "by": by, "at": at}
    )


def found(
    cursor: Cursor, reader: int, words: str, sender: int | None, room: int | None, since: int, before: int, limit: int
) -> list[FoundRow]:
    """Lines that match an FTS5 query, in places that an account may read, newest first."""
    cursor.execute(
        "SELECT messages.id, rooms.name, CASE WHEN rooms.kind = 'direct' THEN coalesce((SELECT accounts.name"
        "  FROM memberships AS others JOIN accounts ON accounts.id = others.account_id"
        "  WHERE others.room_id = rooms.id AND others.account_id <> :reader),"
        "  (SELECT name FROM accounts WHERE id = :reader)) END,"
        f" messages.seq, messages.sender, {_KIND}, messages.body, messages.at_ms, messages.edited_at, messages.tags,"
        f" {_GUEST} FROM message_search JOIN messages ON messages.id = message_search.rowid"
        " JOIN memberships ON memberships.room_id = messages.room_id AND memberships.account_id = :reader"
        " JOIN rooms ON rooms.id = messages.room_id AND (memberships.left_seq IS NULL OR rooms.kind = 'direct')"
        " WHERE message_search MATCH :words AND message_search.rowid < :before AND messages.at_ms >= :since"
        "  AND (:sender IS NULL OR messages.account_id = :sender) AND (:room IS NULL OR messages.room_id = :room)"
        f" AND (rooms.history_for = 'members' OR {_READABLE})"
        " ORDER BY message_search.rowid DESC LIMIT :limit",
        {
            "reader": reader, "words": words, "sender": sender, "room": room, "since": since, "before": before,
            "limit": limit,
        },
    )  # fmt: skip
    return [FoundRow(*row) for row in cursor.fetchall()]


def lines_of(cursor: Cursor, account_id: int, after: int, limit: int) -> list[FoundRow]:
    """The lines that an account said, oldest first, after the one of a number."""
    cursor.execute(
        "SELECT messages.id, rooms.name, CASE WHEN rooms.kind = 'direct' THEN coalesce((SELECT accounts.name"
        "  FROM memberships AS others JOIN accounts ON accounts.id = others.account_id"
        "  WHERE others.room_id = rooms.id AND others.account_id <> :account),"
        "  (SELECT name FROM accounts WHERE id = :account)) END,"
        f" messages.seq, messages.sender, {_KIND}, messages.body, messages.at_ms, messages.edited_at, messages.tags,"
        f" {_GUEST} FROM messages JOIN rooms ON rooms.id = messages.room_id WHERE messages.account_id = :account"
        " AND messages.kind <> 'event' AND messages.body <> '' AND messages.deleted_at IS NULL AND messages.id > :after"
        " ORDER BY messages.id LIMIT :limit",
        {"account": account_id, "after": after, "limit": limit},
    )
    return [FoundRow(*row) for row in cursor.fetchall()]


def purge(cursor: Cursor, room_id: int, before: int, limit: int) -> int:
    """Throw away the oldest messages of a room that are older than a time, C{limit} of them. How many went."""
    cursor.execute(
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE room_id = :room AND at_ms < :before"
        " ORDER BY at_ms, seq LIMIT :limit) RETURNING 1",
        {"room": room_id, "before": before, "limit": limit},
    )
    return len(cursor.fetchall())


def wipe_deleted(cursor: Cursor, before: int, limit: int) -> int:
    """Throw away the text of lines that were taken back before a time. How many there were."""
    cursor.execute(
        "UPDATE messages SET body = '', tags = NULL WHERE id IN (SELECT id FROM messages WHERE deleted_at IS NOT NULL"
        " AND body <> '' AND deleted_at < :before LIMIT :limit) RETURNING 1",
        {"before": before, "limit": limit},
    )
    return len(cursor.fetchall())


def wipe_lines_of(cursor: Cursor, account_id: int, by: str, at: int, limit: int) -> int:
    """Take back lines of an account for good. How many there were."""
    cursor.execute(
        "UPDATE messages SET body = '', tags = NULL, deleted_at = coalesce(deleted_at, :at),"
        " deleted_by = coalesce(deleted_by, :by) WHERE id IN"
        " (SELECT id FROM messages WHERE account_id = :account AND kind <> 'event' AND body <> ''"
        " LIMIT :limit) RETURNING 1",
        {"account": account_id, "by": by, "at": at, "limit": limit},
    )
    return len(cursor.fetchall())


# As in the index messages_with_words: what somebody wrote into the events that are his own. Orders are a record.
WITH_WORDS = (
    "kind = 'event' AND json_valid(body) AND json_extract(body, '$.event') IN ('topic-changed', 'left', 'deleted')"
    " AND coalesce(json_extract(body, '$.topic'), json_extract(body, '$.reason')) NOT IN ('', 'account erased')"
)


def wipe_words_of(cursor: Cursor, account_id: int, limit: int) -> int:
    """Throw away the topics that an account set, and why it left and took lines back. How many there were."""
    cursor.execute(
        "UPDATE messages SET body = json_replace(body, '$.topic', '', '$.reason', '') WHERE id IN"
        f" (SELECT id FROM messages WHERE account_id = :account AND {WITH_WORDS} LIMIT :limit) RETURNING 1",
        {"account": account_id, "limit": limit},
    )
    return len(cursor.fetchall())
