"""Rooms, and who is in them."""

from typing import NamedTuple

from chatd.core.permissions import Access
from chatd.store.queries.transactions import Cursor, one


class RoomRow(NamedTuple):
    """A room, and whether the account that was asked for is in it."""

    id: int
    key: str
    name: str
    topic: str
    access: Access
    last_seq: int
    member: bool


_ROOM = (
    "SELECT rooms.id, rooms.name_key, rooms.name, rooms.topic, rooms.access, rooms.last_seq,"
    " memberships.account_id IS NOT NULL FROM rooms LEFT JOIN memberships ON memberships.room_id = rooms.id"
    " AND memberships.account_id = :account AND memberships.left_seq IS NULL"
)


def room_by_key(cursor: Cursor, key: str, account_id: int) -> RoomRow | None:
    cursor.execute(f"{_ROOM} WHERE rooms.name_key = :key", {"key": key, "account": account_id})
    return one(RoomRow, cursor)


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
