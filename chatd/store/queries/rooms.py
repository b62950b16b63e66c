"""Rooms, and who is in them."""

from typing import NamedTuple

from chatd.core.permissions import Access, Standing
from chatd.store.queries.transactions import Cursor, one


class RoomRow(NamedTuple):
    """
    A room, and how the account that was asked for stands to it.

    @ivar standing: The account's role in it, or C{None} if it is no member.
    @ivar said_at: When it last said a line there, if the room was in slow mode then.
    @ivar invited: 0 if it is not invited, 1 if it is, 2 if it is by a moderator.
    """

    id: int
    key: str
    name: str
    topic: str
    kind: str
    access: Access
    access_by: str
    listed: int
    key_hash: str | None
    moderated: int
    slow_ms: int
    history_for: str
    topic_for: str
    most_members: int | None
    keep_days: int | None
    external: int
    last_seq: int
    created_at: int
    topic_at: int | None
    standing: Standing | None
    said_at: int | None
    invited: int

    @property
    def member(self) -> bool:
        """Whether the account is in it."""
        return self.standing is not None


_ROOM = (
    "SELECT rooms.id, rooms.name_key, rooms.name, rooms.topic, rooms.kind, rooms.access, rooms.access_by, rooms.listed,"
    " rooms.key_hash, rooms.moderated, rooms.slow_ms, rooms.history_for, rooms.topic_for, rooms.most_members,"
    " rooms.keep_days, rooms.external, rooms.last_seq, rooms.created_at, rooms.topic_at, memberships.role,"
    " memberships.said_at,"
    " coalesce((SELECT 1 + vouched FROM room_invitations WHERE room_id = rooms.id AND account_id = :account), 0)"
    " FROM rooms LEFT JOIN memberships ON memberships.room_id = rooms.id"
    " AND memberships.account_id = :account AND memberships.left_seq IS NULL"
)


def room_by_key(cursor: Cursor, key: str, account_id: int) -> RoomRow | None:
    cursor.execute(f"{_ROOM} WHERE rooms.name_key = :key", {"key": key, "account": account_id})
    return one(RoomRow, cursor)


def room_by_id(cursor: Cursor, room_id: int, account_id: int) -> RoomRow | None:
    cursor.execute(f"{_ROOM} WHERE rooms.id = :room", {"room": room_id, "account": account_id})
    return one(RoomRow, cursor)


def rooms_listed(
    cursor: Cursor, account_id: int, pattern: str, all_rooms: bool, limit: int, after: str = ""
) -> list[RoomRow]:
    """The rooms that an account may know of: those listed, those it is in or invited to; or all. By name."""
    cursor.execute(
        f"{_ROOM} WHERE rooms.kind = 'room' AND (:pattern = '' OR instr(rooms.name_key, :pattern) > 0)"
        " AND (:all OR rooms.listed = 1 OR memberships.account_id IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM room_invitations WHERE room_id = rooms.id AND account_id = :account))"
        " AND rooms.name_key > :after ORDER BY rooms.name_key LIMIT :limit",
        {"account": account_id, "pattern": pattern, "all": int(all_rooms), "limit": limit, "after": after},
    )
    return [RoomRow(*row) for row in cursor.fetchall()]


def room_key_hash(cursor: Cursor, key: str) -> str | None:
    """The hash of the room's key, if there is such a room and it has a key."""
    cursor.execute("SELECT key_hash FROM rooms WHERE name_key = :key AND access = 'key'", {"key": key})
    row = cursor.fetchone()
    return None if row is None else row[0]


def with_retention(cursor: Cursor) -> list[tuple[int, int]]:
    """Number, and days that lines are kept, of the rooms where that is not for ever."""
    cursor.execute("SELECT id, keep_days FROM rooms WHERE keep_days IS NOT NULL")
    return [(row[0], row[1]) for row in cursor.fetchall()]


def set_room(cursor: Cursor, room_id: int, column: str, value: object) -> None:
    """Change one column of C{_SETTABLE}."""
    cursor.execute(_SETTABLE[column], {"room": room_id, "value": value})


# Written out, so that no statement is ever put together of what somebody sent.
_SETTABLE = {
    "access": "UPDATE rooms SET access = :value WHERE id = :room",
    "access_by": "UPDATE rooms SET access_by = :value WHERE id = :room",
    "key_hash": "UPDATE rooms SET key_hash = :value WHERE id = :room",
    "listed": "UPDATE rooms SET listed = :value WHERE id = :room",
    "moderated": "UPDATE rooms SET moderated = :value WHERE id = :room",
    "slow_ms": "UPDATE rooms SET slow_ms = :value WHERE id = :room",
    "history_for": "UPDATE rooms SET history_for = :value WHERE id = :room",
    "topic_for": "UPDATE rooms SET topic_for = :value WHERE id = :room",
    "most_members": "UPDATE rooms SET most_members = :value WHERE id = :room",
    "keep_days": "UPDATE rooms SET keep_days = :value WHERE id = :room",
    "external": "UPDATE rooms SET external = :value WHERE id = :room",
}


def room_alike(cursor: Cursor, skeleton: str) -> str | None:
    """The name of the room that looks so."""
    cursor.execute("SELECT name FROM rooms WHERE skeleton = :skeleton", {"skeleton": skeleton})
    row = cursor.fetchone()
    return None if row is None else str(row[0])


def rename_room(cursor: Cursor, room_id: int, name: str, key: str, skeleton: str) -> None:
    cursor.execute(
        "UPDATE rooms SET name = :name, name_key = :key, skeleton = :skeleton WHERE id = :room",
        {"room": room_id, "name": name, "key": key, "skeleton": skeleton},
    )


def add_room(
    cursor: Cursor, kind: str, name: str, key: str, skeleton: str, owner: int | None, at: int, origin: str | None = None
) -> int:
    """Make a room or a conversation; C{origin} is what the address of the guest counts as that does, if one does."""
    cursor.execute(
        "INSERT INTO rooms (kind, name, name_key, skeleton, created_by, created_at, made_from)"
        " VALUES (:kind, :name, :key, :skeleton, :owner, :at, :origin) RETURNING id",
        {"kind": kind, "name": name, "key": key, "skeleton": skeleton, "owner": owner, "at": at, "origin": origin},
    )
    return int(cursor.fetchone()[0])


def count_rooms(cursor: Cursor, owner: int, origin: str = "") -> tuple[int, int, int]:
    """How many rooms there are, how many of them an account made, and how many guests whose address counts as that."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM rooms WHERE kind = 'room'),"
        " (SELECT count(*) FROM rooms WHERE kind = 'room' AND created_by = :owner), (SELECT count(*) FROM rooms"
        " JOIN accounts ON accounts.id = created_by AND guest = 1 WHERE made_from = :origin)",
        {"owner": owner, "origin": origin},
    )
    row = cursor.fetchone()
    return row[0], row[1], row[2]


def adopt(cursor: Cursor, room_id: int, account_id: int) -> bool:
    """Let a room that a guest made, and that is nobody's, be an account's. Whether it was such a room."""
    cursor.execute(
        "UPDATE rooms SET created_by = :account, made_from = NULL WHERE id = :room"
        " AND NOT EXISTS (SELECT 1 FROM memberships WHERE room_id = :room AND left_seq IS NULL AND role = 'owner')"
        " AND CASE WHEN created_by IS NULL"
        " THEN made_from IS NOT NULL ELSE EXISTS (SELECT 1 FROM accounts WHERE id = created_by AND guest = 1) END"
        " RETURNING id",
        {"room": room_id, "account": account_id},
    )
    return cursor.fetchone() is not None


def set_topic(cursor: Cursor, room_id: int, topic: str, by: str, at: int) -> None:
    cursor.execute(
        "UPDATE rooms SET topic = :topic, topic_by = :by, topic_at = :at WHERE id = :room",
        {"room": room_id, "topic": topic, "by": by, "at": at},
    )


def with_topic_of(cursor: Cursor, name: str) -> list[int]:
    """The rooms whose topic an account has set, however its name was written then."""
    cursor.execute("SELECT id FROM rooms WHERE topic <> '' AND lower(topic_by) = lower(:name)", {"name": name})
    return [row[0] for row in cursor.fetchall()]


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


def set_standing(cursor: Cursor, room_id: int, account_id: int, role: str, voiced: bool = False) -> None:
    cursor.execute(
        "UPDATE memberships SET role = :role, voiced = :voiced"
        " WHERE room_id = :room AND account_id = :account AND left_seq IS NULL",
        {"room": room_id, "account": account_id, "role": role, "voiced": int(voiced)},
    )


def note_said(cursor: Cursor, room_id: int, account_id: int, at: int) -> None:
    """An account has said a line in a room, for its slow mode."""
    cursor.execute(
        "UPDATE memberships SET said_at = :at WHERE room_id = :room AND account_id = :account AND left_seq IS NULL",
        {"room": room_id, "account": account_id, "at": at},
    )


def said_before(cursor: Cursor, room_id: int, account_id: int) -> int | None:
    """When an account last said a line in a room, on a stay before, if the room was in slow mode then."""
    cursor.execute(
        "SELECT max(said_at) FROM memberships WHERE room_id = :room AND account_id = :account",
        {"room": room_id, "account": account_id},
    )
    row = cursor.fetchone()
    return None if row[0] is None else int(row[0])


def standing(cursor: Cursor, room_id: int, account_id: int) -> Standing | None:
    """An account's role in a room, if it is a member."""
    cursor.execute(
        "SELECT role FROM memberships WHERE room_id = :room AND account_id = :account AND left_seq IS NULL",
        {"room": room_id, "account": account_id},
    )
    row = cursor.fetchone()
    return None if row is None else row[0]


def is_without_owner(cursor: Cursor, room_id: int, maker: int) -> bool:
    """Whether a room that an account made has no owner now."""
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM rooms WHERE id = :room AND created_by = :maker AND NOT EXISTS (SELECT 1"
        " FROM memberships WHERE room_id = :room AND left_seq IS NULL AND role = 'owner'))",
        {"room": room_id, "maker": maker},
    )
    return bool(cursor.fetchone()[0])


def standings(cursor: Cursor, room_id: int) -> dict[int, str]:
    """The roles of those members of a room that are more than members."""
    cursor.execute(
        "SELECT account_id, role FROM memberships WHERE room_id = :room AND left_seq IS NULL AND role <> 'member'",
        {"room": room_id},
    )
    return {row[0]: row[1] for row in cursor.fetchall()}


def voiced(cursor: Cursor, room_id: int) -> frozenset[int]:
    """The owners and moderators of a room that have a voice beside that role."""
    cursor.execute(
        "SELECT account_id FROM memberships WHERE room_id = :room AND left_seq IS NULL AND voiced = 1",
        {"room": room_id},
    )
    return frozenset(row[0] for row in cursor.fetchall())


def is_listed(cursor: Cursor, room_id: int) -> bool:
    """Whether a room is found in lists."""
    cursor.execute("SELECT listed FROM rooms WHERE id = :room", {"room": room_id})
    row = cursor.fetchone()
    return row is None or bool(row[0])


def count_members(cursor: Cursor, room_id: int) -> int:
    cursor.execute("SELECT count(*) FROM memberships WHERE room_id = :room AND left_seq IS NULL", {"room": room_id})
    return int(cursor.fetchone()[0])


def members_with_addresses(cursor: Cursor, room_id: int) -> list[tuple[int, str]]:
    """The members of a room, with the address that each logged in from last."""
    cursor.execute(
        "SELECT accounts.id, accounts.last_login_from FROM memberships JOIN accounts"
        " ON accounts.id = memberships.account_id WHERE memberships.room_id = :room AND memberships.left_seq IS NULL"
        " AND accounts.last_login_from IS NOT NULL",
        {"room": room_id},
    )
    return [(row[0], row[1]) for row in cursor.fetchall()]


def guests_in(cursor: Cursor, room_id: int) -> list[int]:
    """The members of a room that are guests, or whose role is that of guests."""
    cursor.execute(
        "SELECT account_id FROM memberships JOIN accounts ON accounts.id = memberships.account_id"
        " WHERE memberships.room_id = :room AND memberships.left_seq IS NULL AND (accounts.guest = 1 OR EXISTS"
        " (SELECT 1 FROM account_roles WHERE account_id = accounts.id AND role = 'guest'))",
        {"room": room_id},
    )
    return [row[0] for row in cursor.fetchall()]


def stays(cursor: Cursor, room_id: int, account_id: int) -> list[tuple[int, int | None]]:
    """The intervals of seq in which an account was a member: from, and to if it left."""
    cursor.execute(
        "SELECT joined_seq, left_seq FROM memberships WHERE room_id = :room AND account_id = :account"
        " ORDER BY joined_seq",
        {"room": room_id, "account": account_id},
    )
    return [(row[0], row[1]) for row in cursor.fetchall()]


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
    one in a conversation, or its own in the one with itself.
    """
    cursor.execute(
        "SELECT rooms.id, rooms.name_key, rooms.name, rooms.topic, rooms.kind, rooms.last_seq,"
        " coalesce((SELECT accounts.name FROM memberships AS others JOIN accounts ON accounts.id = others.account_id"
        "  WHERE rooms.kind = 'direct' AND others.room_id = rooms.id AND others.account_id <> :account),"
        " (SELECT name FROM accounts WHERE rooms.kind = 'direct' AND id = :account))"
        " FROM memberships JOIN rooms ON rooms.id = memberships.room_id"
        " WHERE memberships.account_id = :account AND memberships.left_seq IS NULL",
        {"account": account_id},
    )
    return [tuple(row) for row in cursor.fetchall()]


def roles_known(cursor: Cursor, account_id: int, other_id: int) -> list[tuple[str, str, bool]]:
    """The rooms of another account that an account may know of: the name, the role there, and whether both are in."""
    cursor.execute(
        "SELECT rooms.name, theirs.role, mine.account_id IS NOT NULL FROM memberships AS theirs"
        " JOIN rooms ON rooms.id = theirs.room_id AND rooms.kind = 'room'"
        " LEFT JOIN memberships AS mine ON mine.room_id = rooms.id AND mine.account_id = :account"
        " AND mine.left_seq IS NULL WHERE theirs.account_id = :other AND theirs.left_seq IS NULL"
        " AND (mine.account_id IS NOT NULL OR (rooms.access = 'open' AND rooms.listed = 1)) ORDER BY rooms.name_key",
        {"account": account_id, "other": other_id},
    )
    return [(row[0], row[1], bool(row[2])) for row in cursor.fetchall()]


# Rooms of guests.

# Nobody is in it, and only guests ever made it: a room by its maker, a conversation by both.
_ABANDONED = (
    " NOT EXISTS (SELECT 1 FROM memberships WHERE room_id = rooms.id AND left_seq IS NULL)"
    " AND CASE rooms.kind WHEN 'room' THEN EXISTS (SELECT 1 FROM accounts WHERE id = created_by AND guest = 1)"
    " ELSE NOT EXISTS (SELECT 1 FROM memberships JOIN accounts ON accounts.id = account_id AND guest = 0"
    " WHERE room_id = rooms.id) END"
)


def is_abandoned(cursor: Cursor, room_id: int) -> bool:
    """Whether nobody is in a room that only guests made."""
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM rooms WHERE id = :room AND{_ABANDONED})", {"room": room_id})
    return bool(cursor.fetchone()[0])


def abandoned(cursor: Cursor) -> list[int]:
    """The numbers of the rooms that only guests made, and where nobody is."""
    cursor.execute(
        "SELECT rooms.id FROM rooms JOIN accounts AS maker ON maker.id = rooms.created_by AND maker.guest = 1"
        f" WHERE{_ABANDONED}"
    )
    return [row[0] for row in cursor.fetchall()]


def end_conversation(cursor: Cursor, room_id: int) -> None:
    """Let a conversation be in nobody's list any more, if it is one."""
    cursor.execute(
        "UPDATE memberships SET left_seq = (SELECT last_seq FROM rooms WHERE rooms.id = room_id)"
        " WHERE room_id = (SELECT id FROM rooms WHERE id = :room AND kind = 'direct') AND left_seq IS NULL",
        {"room": room_id},
    )


def set_aside(cursor: Cursor, room_id: int) -> None:
    """Let a room have no name any more, and be in no list."""
    cursor.execute(
        "UPDATE rooms SET name_key = :key, skeleton = :key, listed = 0, access = 'invite' WHERE id = :room",
        {"room": room_id, "key": f"gone:{room_id}"},
    )


def drop_room(cursor: Cursor, room_id: int) -> None:
    """Let a room be no more in which nothing is said."""
    parameters = {"room": room_id}
    cursor.execute("DELETE FROM memberships WHERE room_id = :room", parameters)
    cursor.execute("DELETE FROM read_markers WHERE room_id = :room", parameters)
    cursor.execute("DELETE FROM room_invitations WHERE room_id = :room", parameters)
    cursor.execute("DELETE FROM bans WHERE room_id = :room", parameters)
    cursor.execute("DELETE FROM rooms WHERE id = :room", parameters)
