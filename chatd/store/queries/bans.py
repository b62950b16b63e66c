"""Bans and mutes; who is invited to rooms; and who ignores whom."""

from typing import NamedTuple

from chatd.store.queries.transactions import Cursor, one


class BanRow(NamedTuple):
    """
    A ban or a mute in force, or what a mask is beside; C{room} is C{None} for the whole site. It is of one of
    C{account}, C{network} and C{mask}.
    """

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
    mask: str | None


_BAN = (
    "SELECT bans.id, bans.effect, bans.room_id, rooms.name, bans.account_id, accounts.name, bans.network, bans.reason,"
    " bans.set_by, bans.set_at, bans.expires_at, bans.mask FROM bans LEFT JOIN rooms ON rooms.id = bans.room_id"
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


def silencing_masks(cursor: Cursor, account_id: int, at: int) -> list[tuple[int, str]]:
    """The masks of the muted and the banned in the rooms where an account is: each with the number of its room."""
    cursor.execute(  # CROSS: for each of the few rooms, the masks there
        "SELECT bans.room_id, bans.mask FROM memberships CROSS JOIN bans"
        " ON coalesce(bans.room_id, 0) = +memberships.room_id AND bans.account_id IS NULL AND bans.lifted_at IS NULL"
        " WHERE memberships.account_id = :account AND memberships.left_seq IS NULL"
        " AND bans.effect IN ('ban', 'mute') AND bans.mask IS NOT NULL"
        " AND (bans.expires_at IS NULL OR bans.expires_at > :at)",
        {"account": account_id, "at": at},
    )
    return [(room_id, mask) for room_id, mask in cursor.fetchall()]


def count_bans(cursor: Cursor, room_id: int | None, at: int) -> int:
    """How many bans and mutes are in force in a room, or (with no room) on the site."""
    cursor.execute(
        "SELECT count(*) FROM bans WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > :at)"
        " AND coalesce(room_id, 0) = coalesce(:room, 0)",
        {"room": room_id, "at": at},
    )
    return int(cursor.fetchone()[0])


def count_masks(cursor: Cursor, room_id: int, at: int) -> int:
    """How many masks are on the lists of a room."""
    cursor.execute(
        "SELECT count(*) FROM bans WHERE lifted_at IS NULL AND (expires_at IS NULL OR expires_at > :at)"
        " AND account_id IS NULL AND mask IS NOT NULL AND coalesce(room_id, 0) = :room",
        {"room": room_id, "at": at},
    )
    return int(cursor.fetchone()[0])


# Two searches and no IN or OR, which would take as long again at each line that is said.
_OF_OTHERS = (
    f"{_BAN} AND bans.account_id IS NULL AND coalesce(bans.room_id, 0) = 0"
    f" UNION ALL {_BAN} AND bans.account_id IS NULL AND coalesce(bans.room_id, 0) = :room"
)


def bans_of_others(cursor: Cursor, room_id: int | None, at: int) -> list[BanRow]:
    """What is in force for networks on the site, and for networks and masks in a room."""
    cursor.execute(_OF_OTHERS, {"room": room_id, "at": at})
    return [BanRow(*row) for row in cursor.fetchall()]


def bans_in(cursor: Cursor, room_id: int | None, at: int) -> list[BanRow]:
    """All that is in force in a room, or (with no room) on the site; the newest first."""
    cursor.execute(
        f"{_BAN} AND coalesce(bans.room_id, 0) = coalesce(:room, 0) ORDER BY bans.id DESC",
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
    mask: str | None = None,
) -> int:
    cursor.execute(
        "INSERT INTO bans (room_id, effect, account_id, network, mask, reason, set_by, set_at, expires_at)"
        " VALUES (:room, :effect, :account, :network, :mask, :reason, :by, :at, :until) RETURNING id",
        {
            "room": room_id, "effect": effect, "account": account_id, "network": network, "reason": reason,
            "by": by, "at": at, "until": until, "mask": mask,
        },
    )  # fmt: skip
    return int(cursor.fetchone()[0])


def lift_bans(
    cursor: Cursor,
    room_id: int | None,
    effect: str,
    account_id: int | None,
    network: str | None,
    by: str,
    at: int,
    mask: str | None = None,
) -> list[int]:
    """Lift what is in force against an account, a network or a mask in one place. The numbers of what was lifted."""
    cursor.execute(
        "UPDATE bans SET lifted_by = :by, lifted_at = :at WHERE lifted_at IS NULL AND effect = :effect"
        " AND (expires_at IS NULL OR expires_at > :at)"
        " AND coalesce(room_id, 0) = coalesce(:room, 0)"
        " AND (account_id = :account OR network = :network OR lower(mask) = lower(:mask)) RETURNING id",
        {
            "room": room_id, "effect": effect, "account": account_id, "network": network, "mask": mask, "by": by,
            "at": at,
        },
    )  # fmt: skip
    return [row[0] for row in cursor.fetchall()]


def lift_ban(cursor: Cursor, ban_id: int, by: str, at: int) -> bool:
    """Lift one ban or mute. Whether nobody had lifted or replaced it before."""
    cursor.execute(
        "UPDATE bans SET lifted_by = :by, lifted_at = :at WHERE id = :ban AND lifted_at IS NULL RETURNING id",
        {"ban": ban_id, "by": by, "at": at},
    )
    return cursor.fetchone() is not None


# Invitations to rooms.


def invite(cursor: Cursor, room_id: int, account_id: int, by: str, at: int, vouched: bool = False) -> None:
    cursor.execute(
        "INSERT INTO room_invitations (room_id, account_id, invited_by, invited_at, vouched)"
        " VALUES (:room, :account, :by, :at, :vouched) ON CONFLICT (room_id, account_id)"
        " DO UPDATE SET invited_by = :by, invited_at = :at, vouched = max(vouched, :vouched)",
        {"room": room_id, "account": account_id, "by": by, "at": at, "vouched": int(vouched)},
    )


def drop_invitation(cursor: Cursor, room_id: int, account_id: int) -> None:
    cursor.execute(
        "DELETE FROM room_invitations WHERE room_id = :room AND account_id = :account",
        {"room": room_id, "account": account_id},
    )


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
