"""
Every SQL statement of the running daemon, as functions of a cursor.

The text is portable between SQLite and PostgreSQL; parameters are named and never part of the text.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from chatd.core.permissions import Access

Row = TypeVar("Row")


class Cursor(Protocol):
    """What is asked of a DB-API cursor."""

    def execute(self, sql: str, parameters: Mapping[str, object] = ..., /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class AccountRow(NamedTuple):
    """A row of C{accounts}, less its settings."""

    id: int
    name: str
    key: str
    status: str
    created_at: int
    seen_at: int | None


class CredentialRow(NamedTuple):
    """What judging a password needs."""

    account_id: int
    name: str
    status: str
    scheme: str
    hash: str


class RoomRow(NamedTuple):
    """A room, and whether the account that was asked for is in it."""

    id: int
    key: str
    name: str
    topic: str
    access: Access
    last_seq: int
    member: bool


class MessageRow(NamedTuple):
    """A row of C{messages}."""

    seq: int
    sender: str
    kind: str
    body: str
    at: int


# Transactions.


def begin_reading(cursor: Cursor) -> None:
    cursor.execute("BEGIN")


def begin_writing(cursor: Cursor) -> None:
    cursor.execute("BEGIN IMMEDIATE")


def commit(cursor: Cursor) -> None:
    cursor.execute("COMMIT")


def begin_entry(cursor: Cursor) -> None:
    cursor.execute("SAVEPOINT entry")


def keep_entry(cursor: Cursor) -> None:
    cursor.execute("RELEASE entry")


def drop_entry(cursor: Cursor) -> None:
    cursor.execute("ROLLBACK TO entry")
    cursor.execute("RELEASE entry")


# Accounts.


def account_by_key(cursor: Cursor, key: str) -> AccountRow | None:
    cursor.execute(
        "SELECT id, name, name_key, status, created_at, last_seen_at FROM accounts WHERE name_key = :key",
        {"key": key},
    )
    return _one(AccountRow, cursor)


def account_by_id(cursor: Cursor, account_id: int) -> AccountRow | None:
    cursor.execute(
        "SELECT id, name, name_key, status, created_at, last_seen_at FROM accounts WHERE id = :id",
        {"id": account_id},
    )
    return _one(AccountRow, cursor)


def account_alike(cursor: Cursor, skeleton: str) -> str | None:
    """The name of the account that looks so."""
    cursor.execute("SELECT name FROM accounts WHERE skeleton = :skeleton", {"skeleton": skeleton})
    row = cursor.fetchone()
    return None if row is None else str(row[0])


def add_account(cursor: Cursor, name: str, key: str, skeleton: str, at: int) -> int:
    cursor.execute(
        "INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES (:name, :key, :skeleton, :at) RETURNING id",
        {"name": name, "key": key, "skeleton": skeleton, "at": at},
    )
    return int(cursor.fetchone()[0])


def credentials(cursor: Cursor, key: str) -> CredentialRow | None:
    cursor.execute(
        "SELECT accounts.id, accounts.name, accounts.status, passwords.scheme, passwords.hash FROM accounts"
        " JOIN passwords ON passwords.account_id = accounts.id WHERE accounts.name_key = :key",
        {"key": key},
    )
    return _one(CredentialRow, cursor)


def set_password(cursor: Cursor, account_id: int, scheme: str, hash: str, at: int) -> None:
    cursor.execute(
        "INSERT INTO passwords (account_id, scheme, hash, changed_at) VALUES (:account, :scheme, :hash, :at)"
        " ON CONFLICT (account_id) DO UPDATE SET scheme = :scheme, hash = :hash, changed_at = :at",
        {"account": account_id, "scheme": scheme, "hash": hash, "at": at},
    )


def renew_password(cursor: Cursor, account_id: int, old_hash: str, scheme: str, hash: str) -> None:
    """Store the same password in another way, unless it is another password meanwhile."""
    cursor.execute(
        "UPDATE passwords SET scheme = :scheme, hash = :hash WHERE account_id = :account AND hash = :old",
        {"account": account_id, "old": old_hash, "scheme": scheme, "hash": hash},
    )


def last_login(cursor: Cursor, account_id: int) -> tuple[str, int | None, str | None]:
    """Settings, and when and from where the account last logged in."""
    cursor.execute("SELECT settings, last_login_at, last_login_from FROM accounts WHERE id = :id", {"id": account_id})
    row = cursor.fetchone()
    return row[0], row[1], row[2]


def note_login(cursor: Cursor, account_id: int, address: str, at: int) -> None:
    cursor.execute(
        "UPDATE accounts SET last_login_at = :at, last_login_from = :address, last_seen_at = :at WHERE id = :id",
        {"id": account_id, "address": address, "at": at},
    )


def note_seen(cursor: Cursor, account_id: int, at: int) -> None:
    cursor.execute("UPDATE accounts SET last_seen_at = :at WHERE id = :id", {"id": account_id, "at": at})


def save_settings(cursor: Cursor, account_id: int, settings: str) -> None:
    cursor.execute("UPDATE accounts SET settings = :settings WHERE id = :id", {"id": account_id, "settings": settings})


# Rooms and memberships.

_ROOM = (
    "SELECT rooms.id, rooms.name_key, rooms.name, rooms.topic, rooms.access, rooms.last_seq,"
    " memberships.account_id IS NOT NULL FROM rooms LEFT JOIN memberships ON memberships.room_id = rooms.id"
    " AND memberships.account_id = :account AND memberships.left_seq IS NULL"
)


def room_by_key(cursor: Cursor, key: str, account_id: int) -> RoomRow | None:
    cursor.execute(f"{_ROOM} WHERE rooms.name_key = :key", {"key": key, "account": account_id})
    return _one(RoomRow, cursor)


def room_alike(cursor: Cursor, skeleton: str) -> str | None:
    """The name of the room that looks so."""
    cursor.execute("SELECT name FROM rooms WHERE skeleton = :skeleton", {"skeleton": skeleton})
    row = cursor.fetchone()
    return None if row is None else str(row[0])


def add_room(cursor: Cursor, kind: str, name: str, key: str, skeleton: str, owner: int, at: int) -> int:
    cursor.execute(
        "INSERT INTO rooms (kind, name, name_key, skeleton, created_by, created_at)"
        " VALUES (:kind, :name, :key, :skeleton, :owner, :at) RETURNING id",
        {"kind": kind, "name": name, "key": key, "skeleton": skeleton, "owner": owner, "at": at},
    )
    return int(cursor.fetchone()[0])


def count_rooms(cursor: Cursor, owner: int) -> tuple[int, int]:
    """How many rooms there are, and how many of them an account made."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM rooms WHERE kind = 'room'),"
        " (SELECT count(*) FROM rooms WHERE kind = 'room' AND created_by = :owner)",
        {"owner": owner},
    )
    row = cursor.fetchone()
    return row[0], row[1]


def rooms_listed(cursor: Cursor, account_id: int, pattern: str, limit: int) -> list[tuple[int, str, str]]:
    cursor.execute(
        "SELECT id, name, topic FROM rooms WHERE kind = 'room' AND (:pattern = '' OR instr(name_key, :pattern) > 0)"
        " AND ((listed = 1 AND access = 'open') OR EXISTS (SELECT 1 FROM memberships WHERE room_id = rooms.id"
        " AND account_id = :account AND left_seq IS NULL)) ORDER BY name_key LIMIT :limit",
        {"account": account_id, "pattern": pattern, "limit": limit},
    )
    return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def set_topic(cursor: Cursor, room_id: int, topic: str, by: str, at: int) -> None:
    cursor.execute(
        "UPDATE rooms SET topic = :topic, topic_by = :by, topic_at = :at WHERE id = :room",
        {"room": room_id, "topic": topic, "by": by, "at": at},
    )


def topic(cursor: Cursor, room_id: int) -> tuple[str, str, int | None]:
    cursor.execute("SELECT topic, topic_by, topic_at FROM rooms WHERE id = :room", {"room": room_id})
    row = cursor.fetchone()
    return row[0], row[1], row[2]


def add_membership(cursor: Cursor, room_id: int, account_id: int, role: str, seq: int) -> None:
    cursor.execute(
        "INSERT INTO memberships (room_id, account_id, role, joined_seq) VALUES (:room, :account, :role, :seq)",
        {"room": room_id, "account": account_id, "role": role, "seq": seq},
    )


def end_membership(cursor: Cursor, room_id: int, account_id: int, seq: int) -> None:
    cursor.execute(
        "UPDATE memberships SET left_seq = :seq WHERE room_id = :room AND account_id = :account AND left_seq IS NULL",
        {"room": room_id, "account": account_id, "seq": seq},
    )


def count_memberships(cursor: Cursor, account_id: int) -> tuple[int, int]:
    """How many rooms an account is in, and how many stays of any kind it ever had."""
    cursor.execute(
        "SELECT count(*) FILTER (WHERE memberships.left_seq IS NULL AND rooms.kind = 'room'),"
        " count(*) FILTER (WHERE rooms.kind = 'room') FROM memberships"
        " JOIN rooms ON rooms.id = memberships.room_id WHERE memberships.account_id = :account",
        {"account": account_id},
    )
    row = cursor.fetchone()
    return row[0], row[1]


def places(cursor: Cursor, account_id: int) -> list[tuple[int, str, str, str, str, int, str | None]]:
    """
    The rooms and conversations of an account: number, key, name, topic, kind, last seq, and the name of the other
    one in a conversation.
    """
    cursor.execute(
        "SELECT rooms.id, rooms.name_key, rooms.name, rooms.topic, rooms.kind, rooms.last_seq,"
        " (SELECT accounts.name FROM memberships AS others JOIN accounts ON accounts.id = others.account_id"
        "  WHERE rooms.kind = 'direct' AND others.room_id = rooms.id AND others.account_id <> :account)"
        " FROM memberships JOIN rooms ON rooms.id = memberships.room_id"
        " WHERE memberships.account_id = :account AND memberships.left_seq IS NULL",
        {"account": account_id},
    )
    return [tuple(row) for row in cursor.fetchall()]


def rooms_shared(cursor: Cursor, account_id: int, other_id: int) -> list[str]:
    cursor.execute(
        "SELECT rooms.name FROM memberships AS mine"
        " JOIN memberships AS theirs ON theirs.room_id = mine.room_id AND theirs.account_id = :other"
        " AND theirs.left_seq IS NULL JOIN rooms ON rooms.id = mine.room_id AND rooms.kind = 'room'"
        " WHERE mine.account_id = :account AND mine.left_seq IS NULL ORDER BY rooms.name_key",
        {"account": account_id, "other": other_id},
    )
    return [row[0] for row in cursor.fetchall()]


# Messages.


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


# Read markers.


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


def _one(kind: Callable[..., Row], cursor: Cursor) -> Row | None:
    row = cursor.fetchone()
    return None if row is None else kind(*row)
