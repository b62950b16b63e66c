"""All that was said and happened, and how far each account has read."""

from typing import NamedTuple

from chatd.store.queries.transactions import Cursor


class MessageRow(NamedTuple):
    """A row of C{messages}."""

    seq: int
    sender: str
    kind: str
    body: str
    at: int


def next_seq(cursor: Cursor, room_id: int) -> int:
    cursor.execute("UPDATE rooms SET last_seq = last_seq + 1 WHERE id = :room RETURNING last_seq", {"room": room_id})
    return int(cursor.fetchone()[0])


def add_message(
    cursor: Cursor, room_id: int, seq: int, account_id: int, sender: str, kind: str, body: str, cid: str | None, at: int
) -> None:
    cursor.execute(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, cid, at_ms)"
        " VALUES (:room, :seq, :account, :sender, :kind, :body, :cid, :at)",
        {
            "room": room_id, "seq": seq, "account": account_id, "sender": sender,
            "kind": kind, "body": body, "cid": cid, "at": at,
        },
    )  # fmt: skip


def message_by_cid(cursor: Cursor, account_id: int, cid: str) -> tuple[int, int, str, str, int] | None:
    """Room, seq, kind, body and time of what an account submitted under a cid."""
    cursor.execute(
        "SELECT room_id, seq, kind, body, at_ms FROM messages WHERE account_id = :account AND cid = :cid",
        {"account": account_id, "cid": cid},
    )
    row = cursor.fetchone()
    return None if row is None else tuple(row)


def forget_cid(cursor: Cursor, account_id: int, cid: str) -> None:
    cursor.execute(
        "UPDATE messages SET cid = NULL WHERE account_id = :account AND cid = :cid",
        {"account": account_id, "cid": cid},
    )


_PAGE = (
    "SELECT seq, sender, kind, body, at_ms FROM messages"
    " WHERE room_id = :room AND seq > :after AND seq < :before ORDER BY seq"
)


def newest(cursor: Cursor, room_id: int, after: int, before: int, limit: int) -> list[MessageRow]:
    """The newest messages with C{after < seq < before}, newest first."""
    cursor.execute(f"{_PAGE} DESC LIMIT :limit", {"room": room_id, "after": after, "before": before, "limit": limit})
    return [MessageRow(*row) for row in cursor.fetchall()]


def oldest(cursor: Cursor, room_id: int, after: int, before: int, limit: int) -> list[MessageRow]:
    """The oldest messages with C{after < seq < before}, oldest first."""
    cursor.execute(f"{_PAGE} LIMIT :limit", {"room": room_id, "after": after, "before": before, "limit": limit})
    return [MessageRow(*row) for row in cursor.fetchall()]


def seq_at(cursor: Cursor, room_id: int, at: int) -> int | None:
    """The seq of the first message that is not older than a time."""
    cursor.execute(
        "SELECT seq FROM messages WHERE room_id = :room AND at_ms >= :at ORDER BY at_ms, seq LIMIT 1",
        {"room": room_id, "at": at},
    )
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def set_marker(cursor: Cursor, account_id: int, room_id: int, seq: int) -> None:
    cursor.execute(
        "INSERT INTO read_markers (account_id, room_id, seq) VALUES (:account, :room, :seq)"
        " ON CONFLICT (account_id, room_id) DO UPDATE SET seq = :seq WHERE read_markers.seq < :seq",
        {"account": account_id, "room": room_id, "seq": seq},
    )


def unread(cursor: Cursor, account_id: int, room_id: int, upto: int, name: str, most: int) -> tuple[int, int]:
    """
    How many lines by others there are after the account's marker and not after C{upto}, counted to C{most} at the
    most, and how many of them hold a name.
    """
    cursor.execute(
        "SELECT count(*), coalesce(sum(instr(lower(body), :name) > 0), 0) FROM (SELECT body FROM messages"
        " WHERE room_id = :room AND seq <= :upto AND kind <> 'event' AND account_id <> :account AND seq >"
        " (SELECT coalesce(max(seq), 0) FROM read_markers WHERE account_id = :account AND room_id = :room)"
        " ORDER BY seq DESC LIMIT :most) AS new",
        {"account": account_id, "room": room_id, "upto": upto, "name": name, "most": most},
    )
    row = cursor.fetchone()
    return int(row[0]), int(row[1])
