"""Accounts and their passwords."""

from typing import NamedTuple

from chatd.store.queries.messages import WITH_WORDS
from chatd.store.queries.transactions import Cursor, one


class AccountRow(NamedTuple):
    """A row of C{accounts}, less its settings."""

    id: int
    name: str
    key: str
    status: str
    created_at: int
    seen_at: int | None
    guest: int = 0


_ACCOUNT = "SELECT id, name, name_key, status, created_at, last_seen_at, guest FROM accounts"


def account_by_key(cursor: Cursor, key: str) -> AccountRow | None:
    cursor.execute(f"{_ACCOUNT} WHERE name_key = :key", {"key": key})
    return one(AccountRow, cursor)


def account_by_id(cursor: Cursor, account_id: int) -> AccountRow | None:
    cursor.execute(f"{_ACCOUNT} WHERE id = :id", {"id": account_id})
    return one(AccountRow, cursor)


def account_alike(cursor: Cursor, skeleton: str, but: int = 0) -> str | None:
    """The name of the account that looks so, if it is not the one of the number C{but}."""
    cursor.execute(
        "SELECT name FROM accounts WHERE skeleton = :skeleton AND id <> :but", {"skeleton": skeleton, "but": but}
    )
    row = cursor.fetchone()
    return None if row is None else str(row[0])


def add_account(cursor: Cursor, name: str, key: str, skeleton: str, at: int) -> int:
    cursor.execute(
        "INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES (:name, :key, :skeleton, :at) RETURNING id",
        {"name": name, "key": key, "skeleton": skeleton, "at": at},
    )
    return int(cursor.fetchone()[0])


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


def set_status(cursor: Cursor, account_id: int, status: str) -> None:
    cursor.execute("UPDATE accounts SET status = :status WHERE id = :id", {"id": account_id, "status": status})


def set_name(cursor: Cursor, account_id: int, name: str) -> None:
    """Write a name in another way; its key and what it looks like stay the same."""
    cursor.execute("UPDATE accounts SET name = :name WHERE id = :id", {"id": account_id, "name": name})


def forget_account(cursor: Cursor, account_id: int) -> None:
    """Leave of an account no more than its name, which nobody else may have, and that it is deleted."""
    parameters = {"id": account_id}
    cursor.execute(
        "UPDATE accounts SET status = 'deleted', settings = '{}', last_seen_at = NULL, last_login_at = NULL,"
        " last_login_from = NULL WHERE id = :id",
        parameters,
    )
    cursor.execute("DELETE FROM passwords WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM tokens WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM known_addresses WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM account_roles WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM read_markers WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM room_invitations WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM ignores WHERE account_id = :id OR target_id = :id", parameters)


def to_be_wiped(cursor: Cursor) -> list[tuple[int, str]]:
    """Number and name of the erased accounts of which a text is left."""
    cursor.execute(
        "SELECT id, name FROM accounts WHERE status = 'deleted' AND guest = 0 AND (EXISTS (SELECT 1 FROM messages"
        " WHERE account_id = accounts.id AND messages.kind <> 'event' AND body <> '') OR EXISTS (SELECT 1 FROM messages"
        f" WHERE account_id = accounts.id AND {WITH_WORDS}))"
    )
    return [(row[0], row[1]) for row in cursor.fetchall()]


def accounts_listed(
    cursor: Cursor, pattern: str, after: str, at: int, limit: int
) -> list[tuple[int, str, str, str, int, int | None]]:
    """Number, name, status, role, and when made and last seen, of accounts by name."""
    cursor.execute(
        "SELECT accounts.id, accounts.name, accounts.status, coalesce(account_roles.role,"
        " CASE WHEN accounts.guest = 1 THEN 'guest' ELSE 'member' END), accounts.created_at, accounts.last_seen_at"
        " FROM accounts LEFT JOIN account_roles"
        " ON account_roles.account_id = accounts.id AND (account_roles.until IS NULL OR account_roles.until > :at)"
        " WHERE name_key > :after AND NOT (guest = 1 AND status = 'deleted')"
        " AND (:pattern = '' OR instr(name_key, :pattern) > 0)"
        " ORDER BY name_key LIMIT :limit",
        {"pattern": pattern, "after": after, "at": at, "limit": limit},
    )
    return [tuple(row) for row in cursor.fetchall()]


def counts(cursor: Cursor) -> tuple[int, int, int]:
    """How many accounts, rooms and messages there are (the last by their numbers, which is quick and nearly right)."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM accounts WHERE status <> 'deleted' AND guest = 0),"
        " (SELECT count(*) FROM rooms WHERE kind = 'room'), (SELECT coalesce(max(id), 0) FROM messages)"
    )
    row = cursor.fetchone()
    return row[0], row[1], row[2]


# Guests.


def add_guest(cursor: Cursor, name: str, key: str, skeleton: str, address: str, at: int) -> int:
    cursor.execute(
        "INSERT INTO accounts (name, name_key, skeleton, created_at, last_seen_at, last_login_at, last_login_from,"
        " guest) VALUES (:name, :key, :skeleton, :at, :at, :at, :address, 1) RETURNING id",
        {"name": name, "key": key, "skeleton": skeleton, "address": address, "at": at},
    )
    return int(cursor.fetchone()[0])


def guests(cursor: Cursor) -> list[int]:
    """The numbers of the guests that are not retired."""
    cursor.execute("SELECT id FROM accounts WHERE guest = 1 AND status <> 'deleted'")
    return [row[0] for row in cursor.fetchall()]


def rename(cursor: Cursor, account_id: int, name: str, key: str, skeleton: str) -> None:
    cursor.execute(
        "UPDATE accounts SET name = :name, name_key = :key, skeleton = :skeleton WHERE id = :id",
        {"id": account_id, "name": name, "key": key, "skeleton": skeleton},
    )


def keep_guest(cursor: Cursor, account_id: int) -> None:
    """Let a guest be an account from here on."""
    cursor.execute("UPDATE accounts SET guest = 0 WHERE id = :id", {"id": account_id})


def retire_guest(cursor: Cursor, account_id: int, at: int) -> list[int]:
    """
    Let a guest that is here no more have no name, be a member of nothing, and hold nothing up.

    @return: The numbers of the rooms and conversations that it was in.
    """
    parameters = {"id": account_id, "key": f"guest:{account_id}", "at": at}
    cursor.execute(
        "UPDATE accounts SET status = 'deleted', name_key = :key, skeleton = :key, settings = '{}', last_seen_at = :at,"
        " last_login_from = NULL WHERE id = :id AND guest = 1 AND status <> 'deleted' RETURNING id",
        parameters,
    )
    if cursor.fetchone() is None:
        return []
    cursor.execute(
        "UPDATE memberships SET left_seq = (SELECT last_seq FROM rooms WHERE rooms.id = room_id)"
        " WHERE account_id = :id AND left_seq IS NULL RETURNING room_id",
        parameters,
    )
    left = [row[0] for row in cursor.fetchall()]
    cursor.execute("DELETE FROM read_markers WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM room_invitations WHERE account_id = :id", parameters)
    cursor.execute("DELETE FROM ignores WHERE account_id = :id OR target_id = :id", parameters)
    cursor.execute(
        "UPDATE bans SET lifted_by = 'chatd', lifted_at = :at WHERE account_id = :id AND lifted_at IS NULL", parameters
    )
    return left


def guests_known(cursor: Cursor, account_id: int) -> list[tuple[int, str]]:
    """Number and guest's name of an account's conversations with guests that are gone, the newest thousand first."""
    cursor.execute(
        "SELECT rooms.id, accounts.name FROM memberships AS mine"
        " JOIN rooms ON rooms.id = mine.room_id AND rooms.kind = 'direct'"
        " JOIN memberships AS theirs ON theirs.room_id = rooms.id AND theirs.account_id <> :account"
        " JOIN accounts ON accounts.id = theirs.account_id AND accounts.guest = 1 AND accounts.status = 'deleted'"
        " WHERE mine.account_id = :account ORDER BY rooms.id DESC LIMIT 1000",
        {"account": account_id},
    )
    return [(row[0], row[1]) for row in cursor.fetchall()]


def pepper(cursor: Cursor, name: str) -> bytes:
    cursor.execute("SELECT value FROM peppers WHERE name = :name", {"name": name})
    return bytes(cursor.fetchone()[0])


# Roles.


def role_of(cursor: Cursor, account_id: int, at: int) -> tuple[str, int, str]:
    """An account's role on the site, the role's rank, and the account's status."""
    cursor.execute(
        "SELECT roles.name, roles.rank, accounts.status FROM accounts JOIN roles"
        " ON roles.name = coalesce((SELECT role FROM account_roles"
        " WHERE account_id = :account AND (until IS NULL OR until > :at)),"
        " CASE WHEN accounts.guest = 1 THEN 'guest' ELSE 'member' END) WHERE accounts.id = :account",
        {"account": account_id, "at": at},
    )
    row = cursor.fetchone()
    return row[0], row[1], row[2]


def with_permission(cursor: Cursor, permission: str, at: int) -> list[int]:
    """The numbers of the accounts that a role gives a permission."""
    cursor.execute(
        "SELECT account_roles.account_id FROM account_roles JOIN role_permissions"
        " ON role_permissions.role = account_roles.role AND role_permissions.permission = :permission"
        " WHERE account_roles.until IS NULL OR account_roles.until > :at",
        {"permission": permission, "at": at},
    )
    return [row[0] for row in cursor.fetchall()]


def rank_of(cursor: Cursor, role: str) -> int:
    cursor.execute("SELECT rank FROM roles WHERE name = :role", {"role": role})
    return int(cursor.fetchone()[0])


def permissions_of(cursor: Cursor, role: str) -> frozenset[str]:
    cursor.execute("SELECT permission FROM role_permissions WHERE role = :role", {"role": role})
    return frozenset(row[0] for row in cursor.fetchall())


def grant_role(cursor: Cursor, account_id: int, role: str, by: str, at: int, until: int | None) -> None:
    cursor.execute(
        "INSERT INTO account_roles (account_id, role, granted_by, granted_at, until)"
        " VALUES (:account, :role, :by, :at, :until) ON CONFLICT (account_id)"
        " DO UPDATE SET role = :role, granted_by = :by, granted_at = :at, until = :until",
        {"account": account_id, "role": role, "by": by, "at": at, "until": until},
    )


def count_role(cursor: Cursor, role: str, at: int) -> int:
    """How many accounts that can log in have a role."""
    cursor.execute(
        "SELECT count(*) FROM account_roles JOIN accounts ON accounts.id = account_roles.account_id"
        " WHERE role = :role AND status = 'active' AND (until IS NULL OR until > :at)",
        {"role": role, "at": at},
    )
    return int(cursor.fetchone()[0])
