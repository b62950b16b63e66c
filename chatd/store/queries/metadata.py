"""What programs are told of accounts and rooms: one value for each key."""

from typing import NamedTuple

from chatd.store.queries.transactions import Cursor


class Subject(NamedTuple):
    """Of whom, or of which room."""

    account_id: int | None = None
    room_id: int | None = None


_OF = "(account_id = :account OR room_id = :room)"


def metadata_of(cursor: Cursor, subject: Subject) -> dict[str, str]:
    """All keys with their values, by key."""
    cursor.execute(
        f"SELECT key, value FROM metadata WHERE {_OF} ORDER BY key",
        {"account": subject.account_id, "room": subject.room_id},
    )
    return {row[0]: row[1] for row in cursor.fetchall()}


def metadata_of_members(cursor: Cursor, room_id: int) -> dict[str, dict[str, str]]:
    """The same of each member of a room, by name."""
    cursor.execute(
        "SELECT accounts.name, metadata.key, metadata.value FROM memberships"
        " JOIN metadata ON metadata.account_id = memberships.account_id"
        " JOIN accounts ON accounts.id = memberships.account_id"
        " WHERE memberships.room_id = :room AND memberships.left_seq IS NULL ORDER BY accounts.name, metadata.key",
        {"room": room_id},
    )
    found: dict[str, dict[str, str]] = {}
    for name, key, value in cursor.fetchall():
        found.setdefault(name, {})[key] = value
    return found


def set_metadata(cursor: Cursor, subject: Subject, key: str, value: str) -> None:
    drop_metadata(cursor, subject, key)
    cursor.execute(
        "INSERT INTO metadata (account_id, room_id, key, value) VALUES (:account, :room, :key, :value)",
        {"account": subject.account_id, "room": subject.room_id, "key": key, "value": value},
    )


def drop_metadata(cursor: Cursor, subject: Subject, key: str) -> None:
    cursor.execute(
        f"DELETE FROM metadata WHERE {_OF} AND key = :key",
        {"account": subject.account_id, "room": subject.room_id, "key": key},
    )
