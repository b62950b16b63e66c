"""Bans, mutes, and who ignores whom."""

from typing import NamedTuple

from chatd.store.queries.transactions import Cursor, one


class BanRow(NamedTuple):
    """A ban or a mute in force; C{room} is C{None} for the whole site, C{account} and C{network} exclude each other."""

    id: int
    effect: str
    room_id: int | None
    room: str | None
    account_id: int | None
    account: str | None
    network: str | None
    reason: str
    set_by: str
    set_at: int
    until: int | None


_BAN = (
    "SELECT bans.id, bans.effect, bans.room_id, rooms.name, bans.account_id, accounts.name, bans.network, bans.reason,"
    " bans.set_by, bans.set_at, bans.expires_at FROM bans LEFT JOIN rooms ON rooms.id = bans.room_id"
    " LEFT JOIN accounts ON accounts.id = bans.account_id"
    " WHERE bans.lifted_at IS NULL AND (bans.expires_at IS NULL OR bans.expires_at > :at)"
)


def bans_of(cursor: Cursor, account_id: int, room_id: int | None, at: int) -> list[BanRow]:
    """What is in force against an account on the site, and in a room."""
    cursor.execute(
        f"{_BAN} AND bans.account_id = :account AND (bans.room_id IS NULL OR bans.room_id = :room)",
        {"account": account_id, "room": room_id, "at": at},
    )
    return [BanRow(*row) for row in cursor.fetchall()]


def is_muted(cursor: Cursor, account_id: int, at: int) -> bool:
    """Whether a mute of an account is in force anywhere."""
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM bans WHERE account_id = :account AND lifted_at IS NULL AND effect = 'mute'"
        " AND (expires_at IS NULL OR expires_at > :at))",
        {"account": account_id, "at": at},
    )
    return bool(cursor.fetchone()[0])


def count_bans(cursor: Cursor, room_id: int | None, at: int) -> int:
    """How many bans and mutes are in force in a room, or (with no room) on the site."""
    cursor.execute(
        "SELECT count(*) FROM bans WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > :at)"
        " AND (room_id = :room OR (room_id IS NULL AND :room IS NULL))",
        {"room": room_id, "at": at},
    )
    return int(cursor.fetchone()[0])


def bans_of_networks(cursor: Cursor, room_id: int | None, at: int) -> list[BanRow]:
    """What is in force against networks on the site, and in a room."""
    cursor.execute(
        f"{_BAN} AND bans.network IS NOT NULL AND (bans.room_id IS NULL OR bans.room_id = :room)",
        {"room": room_id, "at": at},
    )
    return [BanRow(*row) for row in cursor.fetchall()]


def bans_in(cursor: Cursor, room_id: int | None, at: int) -> list[BanRow]:
    """All that is in force in a room, or (with no room) on the site; the newest first."""
    cursor.execute(
        f"{_BAN} AND (bans.room_id = :room OR (bans.room_id IS NULL AND :room IS NULL)) ORDER BY bans.id DESC",
        {"room": room_id, "at": at},
    )
    return [BanRow(*row) for row in cursor.fetchall()]


def ban_by_id(cursor: Cursor, ban_id: int, at: int) -> BanRow | None:
    cursor.execute(f"{_BAN} AND bans.id = :ban", {"ban": ban_id, "at": at})
    return one(BanRow, cursor)


def add_ban(
    cursor: Cursor,
    room_id: int | None,
    effect: str,
    account_id: int | None,
    network: str | None,
    reason: str,
    by: str,
    at: int,
    until: int | None,
) -> int:
    cursor.execute(
        "INSERT INTO bans (room_id, effect, account_id, network, reason, set_by, set_at, expires_at)"
        " VALUES (:room, :effect, :account, :network, :reason, :by, :at, :until) RETURNING id",
        {
            "room": room_id, "effect": effect, "account": account_id, "network": network, "reason": reason,
            "by": by, "at": at, "until": until,
        },
    )  # fmt: skip
    return int(cursor.fetchone()[0])


def lift_bans(
    cursor: Cursor, room_id: int | None, effect: str, account_id: int | None, network: str | None, by: str, at: int
) -> list[int]:
    """Lift what is in force against an account or a network in one place. The numbers of what was lifted."""
    cursor.execute(
        "UPDATE bans SET lifted_by = :by, lifted_at = :at WHERE lifted_at IS NULL AND effect = :effect"
        " AND (expires_at IS NULL OR expires_at > :at)"
        " AND (room_id = :room OR (room_id IS NULL AND :room IS NULL))"
        " AND (account_id = :account OR network = :network) RETURNING id",
        {"room": room_id, "effect": effect, "account": account_id, "network": network, "by": by, "at": at},
    )
    return [row[0] for row in cursor.fetchall()]


def lift_ban(cursor: Cursor, ban_id: int, by: str, at: int) -> bool:
    """Lift one ban or mute. Whether nobody had lifted or replaced it before."""
    cursor.execute(
        "UPDATE bans SET lifted_by = :by, lifted_at = :at WHERE id = :ban AND lifted_at IS NULL RETURNING id",
        {"ban": ban_id, "by": by, "at": at},
    )
    return cursor.fetchone() is not None


# Who ignores whom.


def add_ignore(cursor: Cursor, account_id: int, target_id: int) -> None:
    cursor.execute(
        "INSERT INTO ignores (account_id, target_id) VALUES (:account, :target) ON CONFLICT DO NOTHING",
        {"account": account_id, "target": target_id},
    )


def drop_ignore(cursor: Cursor, account_id: int, target_id: int) -> None:
    cursor.execute(
        "DELETE FROM ignores WHERE account_id = :account AND target_id = :target",
        {"account": account_id, "target": target_id},
    )


def ignores(cursor: Cursor, account_id: int) -> list[tuple[int, str]]:
    """Number and name of each whom an account ignores."""
    cursor.execute(
        "SELECT accounts.id, accounts.name FROM ignores JOIN accounts ON accounts.id = ignores.target_id"
        " WHERE ignores.account_id = :account ORDER BY accounts.name_key",
        {"account": account_id},
    )
    return [(row[0], row[1]) for row in cursor.fetchall()]
