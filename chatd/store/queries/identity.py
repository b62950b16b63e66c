"""What proves who somebody is: passwords as they are judged, tokens, invitations, and the addresses that are known."""

from typing import NamedTuple

from chatd.store.queries.transactions import Cursor, one


class CredentialRow(NamedTuple):
    """
    What judging a password needs.

    @ivar changed_at: When it became the password, in UTC milliseconds.
    @ivar known: Whether the account has lately proved itself from where somebody now claims to be it.
    """

    account_id: int
    key: str
    status: str
    scheme: str
    hash: str
    changed_at: int
    known: bool


class TokenRow(NamedTuple):
    """What judging a token needs."""

    id: int
    account_id: int
    key: str
    status: str


class TokenListed(NamedTuple):
    """A token that is worth something, without its secret. The fields are those of C{TokenShown}."""

    number: int
    kind: str
    label: str
    created_at: int
    used_at: int
    used_from: str
    expires_at: int
    fingerprint: str


class InvitationRow(NamedTuple):
    """An invitation that is worth something."""

    id: int
    role: str
    label: str
    created_by: str
    created_at: int
    expires_at: int | None
    uses_left: int


def credentials(cursor: Cursor, key: str, source: str | None, since: int) -> CredentialRow | None:
    """
    What proves the account of a folded name. Where there is none, the first account there is is looked at in its place
    and put aside, so that looking takes as long.

    @param source: What the address counts as from which somebody claims to be it.
    @param since: How long ago it may have proved itself from there to be known there.
    """
    cursor.execute(
        "SELECT accounts.id, accounts.name_key, accounts.status, passwords.scheme, passwords.hash,"
        " passwords.changed_at, EXISTS (SELECT 1 FROM known_addresses WHERE account_id = accounts.id"
        " AND address = :source AND at_ms > :since) FROM accounts"
        " JOIN passwords ON passwords.account_id = accounts.id WHERE accounts.id ="
        " coalesce((SELECT id FROM accounts WHERE name_key = :key), (SELECT min(account_id) FROM passwords))",
        {"key": key, "source": source, "since": since},
    )
    row = one(CredentialRow, cursor)
    return row if row is not None and row.key == key else None


def is_password_of(cursor: Cursor, account_id: int, changed_at: int) -> bool:
    """Whether the password of an account is still the one that it became then."""
    cursor.execute(
        "SELECT 1 FROM passwords WHERE account_id = :account AND changed_at = :changed_at",
        {"account": account_id, "changed_at": changed_at},
    )
    return cursor.fetchone() is not None


# Tokens.


def add_token(
    cursor: Cursor, account_id: int, kind: str, hash: bytes, label: str, address: str, at: int, until: int
) -> int:
    cursor.execute(
        "INSERT INTO tokens (account_id, kind, hash, label, created_at, used_at, used_from, expires_at)"
        " VALUES (:account, :kind, :hash, :label, :at, :at, :address, :until) RETURNING id",
        {
            "account": account_id, "kind": kind, "hash": hash, "label": label, "at": at, "address": address,
            "until": until,
        },
    )  # fmt: skip
    return int(cursor.fetchone()[0])


def token_by_hash(cursor: Cursor, hash: bytes, at: int, *, certificate: bool = False) -> TokenRow | None:
    """The token of a hash, or the certificate, if it is worth something, and whose it is."""
    cursor.execute(
        "SELECT tokens.id, accounts.id, accounts.name_key, accounts.status FROM tokens"
        " JOIN accounts ON accounts.id = tokens.account_id"
        " WHERE tokens.hash = :hash AND (tokens.kind = 'certificate') = :certificate AND tokens.revoked_at IS NULL"
        " AND tokens.expires_at > :at",
        {"hash": hash, "at": at, "certificate": certificate},
    )
    return one(TokenRow, cursor)


def use_token(cursor: Cursor, token_id: int, address: str, at: int, idle: int, age: int) -> str | None:
    """
    Note the use of a token, which lengthens its life. Returns its kind, or C{None} if it is worth nothing (any more).

    @param idle: How long it lives on from here, in milliseconds.
    @param age: How old it can become; how long a certificate lives on, which becomes as old as it is used.
    """
    cursor.execute(
        "UPDATE tokens SET used_at = :at, used_from = :address,"
        " expires_at = CASE WHEN kind = 'certificate' THEN :at + :age"
        " WHEN created_at + :age < :at + :idle THEN created_at + :age ELSE :at + :idle END"
        " WHERE id = :id AND revoked_at IS NULL AND expires_at > :at RETURNING kind",
        {"id": token_id, "address": address, "at": at, "idle": idle, "age": age},
    )
    row = cursor.fetchone()
    return None if row is None else str(row[0])


def tokens_of(cursor: Cursor, account_id: int, at: int) -> list[TokenListed]:
    """The tokens of an account that are worth something, the one that was used last first."""
    cursor.execute(
        "SELECT id, kind, label, created_at, used_at, used_from, expires_at,"
        " CASE kind WHEN 'certificate' THEN lower(hex(hash)) ELSE '' END FROM tokens"
        " WHERE account_id = :account AND revoked_at IS NULL AND expires_at > :at ORDER BY used_at DESC, id DESC",
        {"account": account_id, "at": at},
    )
    return [TokenListed(*row) for row in cursor.fetchall()]


def revoke_token(cursor: Cursor, account_id: int, token_id: int, at: int) -> str | None:
    """Make one token of an account worthless. Returns its label, or C{None} if there is none of that number."""
    cursor.execute(
        "UPDATE tokens SET revoked_at = :at WHERE id = :id AND account_id = :account AND revoked_at IS NULL"
        " AND expires_at > :at RETURNING label",
        {"id": token_id, "account": account_id, "at": at},
    )
    row = cursor.fetchone()
    return None if row is None else str(row[0])


def revoke_tokens(cursor: Cursor, account_id: int, at: int, keep: int | None = None) -> int:
    """Make all tokens of an account worthless, but the one of the number C{keep}. Returns how many were worth any."""
    cursor.execute(
        "UPDATE tokens SET revoked_at = :at WHERE account_id = :account AND revoked_at IS NULL AND expires_at > :at"
        " AND id <> :keep RETURNING id",
        {"account": account_id, "at": at, "keep": -1 if keep is None else keep},
    )
    return len(cursor.fetchall())


def drop_worthless_tokens(cursor: Cursor, account_id: int, at: int) -> None:
    cursor.execute(
        "DELETE FROM tokens WHERE account_id = :account AND (revoked_at IS NOT NULL OR expires_at <= :at)",
        {"account": account_id, "at": at},
    )


def drop_worthless_certificate(cursor: Cursor, fingerprint: bytes, at: int) -> None:
    """Forget that a certificate once stood for an account, whosever it was."""
    cursor.execute(
        "DELETE FROM tokens WHERE hash = :hash AND (revoked_at IS NOT NULL OR expires_at <= :at)",
        {"hash": fingerprint, "at": at},
    )


def keep_newest_tokens(cursor: Cursor, account_id: int, kind: str, most: int) -> None:
    """Of one kind of an account's tokens, keep those that were used last."""
    cursor.execute(
        "DELETE FROM tokens WHERE account_id = :account AND kind = :kind AND id NOT IN (SELECT id FROM tokens"
        " WHERE account_id = :account AND kind = :kind ORDER BY used_at DESC, id DESC LIMIT :most)",
        {"account": account_id, "kind": kind, "most": most},
    )


# Known addresses.


def note_address(cursor: Cursor, account_id: int, source: str, at: int) -> None:
    """An account has proved itself from there."""
    cursor.execute(
        "INSERT INTO known_addresses (account_id, address, at_ms) VALUES (:account, :source, :at)"
        " ON CONFLICT (account_id, address) DO UPDATE SET at_ms = :at",
        {"account": account_id, "source": source, "at": at},
    )


def forget_addresses(cursor: Cursor, account_id: int, since: int, most: int) -> None:
    """Of an account's addresses, keep the newest, and none from before C{since}."""
    cursor.execute(
        "DELETE FROM known_addresses WHERE account_id = :account AND address NOT IN (SELECT address"
        " FROM known_addresses WHERE account_id = :account AND at_ms > :since"
        " ORDER BY at_ms DESC, address LIMIT :most)",
        {"account": account_id, "since": since, "most": most},
    )


# Invitations.

# The code with which an account becomes the owner is worth nothing once there is one, in whatever old log it stands.
_WORTH = (
    " revoked_at IS NULL AND uses_left > 0 AND (expires_at IS NULL OR expires_at > :at)"
    " AND (role <> 'owner' OR NOT EXISTS (SELECT 1 FROM account_roles JOIN accounts"
    " ON accounts.id = account_roles.account_id WHERE account_roles.role = 'owner' AND accounts.status = 'active'"
    " AND (account_roles.until IS NULL OR account_roles.until > :at)))"
    # Nor is any other whose maker could not make it now; NULL is nobody who could lose that.
    " AND (maker_id IS NULL OR EXISTS (SELECT 1 FROM accounts AS maker JOIN roles AS own ON own.name = coalesce("
    "(SELECT role FROM account_roles WHERE account_id = maker.id AND (until IS NULL OR until > :at)), 'member')"
    " JOIN role_permissions ON role_permissions.role = own.name AND permission = 'invite-to-site'"
    " JOIN roles AS given ON given.name = invitations.role AND given.rank < own.rank"
    " WHERE maker.id = maker_id AND maker.status = 'active'))"
)
_INVITATION = "SELECT id, role, label, created_by, created_at, expires_at, uses_left FROM invitations WHERE"


def add_invitation(
    cursor: Cursor,
    hash: bytes,
    role: str,
    label: str,
    by: str,
    at: int,
    until: int | None = None,
    uses: int = 1,
    maker: int | None = None,
) -> int:
    cursor.execute(
        "INSERT INTO invitations (hash, role, label, created_by, maker_id, created_at, expires_at, uses_left)"
        " VALUES (:hash, :role, :label, :by, :maker, :at, :until, :uses) RETURNING id",
        {
            "hash": hash, "role": role, "label": label, "by": by, "maker": maker, "at": at, "until": until,
            "uses": uses,
        },
    )  # fmt: skip
    return int(cursor.fetchone()[0])


def invitation_by_hash(cursor: Cursor, hash: bytes, at: int) -> InvitationRow | None:
    """The invitation of a hash, if it is worth something."""
    cursor.execute(f"{_INVITATION} hash = :hash AND{_WORTH}", {"hash": hash, "at": at})
    return one(InvitationRow, cursor)


def use_invitation(cursor: Cursor, number: int) -> None:
    """Use an invitation once."""
    cursor.execute("UPDATE invitations SET uses_left = uses_left - 1 WHERE id = :id", {"id": number})


def invitations(cursor: Cursor, at: int) -> list[InvitationRow]:
    """The invitations that are worth something, the newest first."""
    cursor.execute(f"{_INVITATION}{_WORTH} ORDER BY id DESC", {"at": at})
    return [InvitationRow(*row) for row in cursor.fetchall()]


def revoke_invitation(cursor: Cursor, number: int, at: int) -> bool:
    """Make an invitation worthless. Whether it was worth something."""
    cursor.execute(
        f"UPDATE invitations SET revoked_at = :at WHERE id = :id AND{_WORTH} RETURNING id", {"id": number, "at": at}
    )
    return cursor.fetchone() is not None


def revoke_invitations_of(cursor: Cursor, maker: int, at: int) -> None:
    """Make every code worthless that an account has made."""
    cursor.execute(
        "UPDATE invitations SET revoked_at = :at WHERE maker_id = :maker AND revoked_at IS NULL",
        {"maker": maker, "at": at},
    )


def revoke_owner_codes(cursor: Cursor, at: int) -> None:
    """Make every code worthless that would make an owner."""
    cursor.execute("UPDATE invitations SET revoked_at = :at WHERE role = 'owner' AND revoked_at IS NULL", {"at": at})
