"""Accounts and their passwords."""

from typing import NamedTuple

from chatd.store.queries.transactions import Cursor, one


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


def account_by_key(cursor: Cursor, key: str) -> AccountRow | None:
    cursor.execute(
        "SELECT id, name, name_key, status, created_at, last_seen_at FROM accounts WHERE name_key = :key",
        {"key": key},
    )
    return one(AccountRow, cursor)


def account_by_id(cursor: Cursor, account_id: int) -> AccountRow | None:
    cursor.execute(
        "SELECT id, name, name_key, status, created_at, last_seen_at FROM accounts WHERE id = :id",
        {"id": account_id},
    )
    return one(AccountRow, cursor)


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
    return one(CredentialRow, cursor)


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
