"""Accounts: one's own in all detail, others as one may know them."""

from typing import Any

from chatd.core import commands
from chatd.core.errors import NotAllowed
from chatd.core.events import (
    AccountsDone,
    AccountShown,
    AuditDone,
    AuditShown,
    ExportDone,
    IgnoreDone,
    InvitationsDone,
    InvitationShown,
    StatsDone,
    TokensDone,
    TokenShown,
    WhoisDone,
)
from chatd.core.names import DIRECT, ROOM
from chatd.store.queries import accounts, audit, bans, identity, messages, rooms
from chatd.store.queries.metadata import Subject, metadata_of
from chatd.store.queries.records import tags_of
from chatd.store.reads.reading import END, Reading, account_named, allowed

PAGE = 100
EXPORTED = 100
EXPORTED_BYTES = 48 * 1024


def tokens(reading: Reading, command: commands.Tokens) -> TokensDone:
    """The tokens of an account that are worth something."""
    account_id = reading.reader.id
    if command.account is not None:
        account = account_named(reading, command.account)
        if account.id != account_id:
            allowed(reading, "manage-accounts")
        account_id = account.id
    found = identity.tokens_of(reading.cursor, account_id, reading.at)
    return TokensDone(at=reading.at, tokens=tuple(TokenShown(**row._asdict()) for row in found))


def whois(reading: Reading, command: commands.Whois) -> WhoisDone:
    """What one may know of an account. Whether it is here, the hub knows."""
    row = account_named(reading, command.name, also_deleted=False)
    known = rooms.roles_known(reading.cursor, reading.reader.id, row.id)
    role, _, _ = accounts.role_of(reading.cursor, row.id, reading.at)
    return WhoisDone(
        name=row.name,
        at=reading.at,
        since=row.created_at,
        online=False,
        seen=row.seen_at,
        rooms=tuple(name for name, _, is_shared in known if is_shared),
        role=role,
        roles={name: role for name, role, _ in known},
    )


def stats(reading: Reading, command: commands.Stats) -> StatsDone:
    """How much is stored."""
    allowed(reading, "run-server")
    counts = accounts.counts(reading.cursor)
    return StatsDone(stats=dict(zip(("accounts", "rooms", "events"), counts, strict=True)))


def ignored(reading: Reading, command: commands.Ignore) -> IgnoreDone:
    """Whom the reader ignores."""
    return IgnoreDone(names=tuple(name for _, name in bans.ignores(reading.cursor, reading.reader.id)))


def listed(reading: Reading, command: commands.Accounts) -> AccountsDone:
    """Accounts by name. Who of them is here, the hub knows."""
    allowed(reading, "manage-accounts")
    rows = accounts.accounts_listed(
        reading.cursor, command.pattern.lower(), command.after.lower(), reading.at, PAGE + 1
    )
    shown = tuple(
        AccountShown(name=name, status=status, role=role, created_at=created_at, seen_at=seen_at, online=False)
        for _, name, status, role, created_at, seen_at in rows[:PAGE]
    )
    return AccountsDone(at=reading.at, accounts=shown, more=len(rows) > PAGE)


def invitations(reading: Reading, command: commands.Invitations) -> InvitationsDone:
    """The codes that are worth something."""
    allowed(reading, "invite-to-site")
    shown = tuple(
        InvitationShown(
            number=row.id,
            label=row.label,
            role=row.role,
            created_by=row.created_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
            uses_left=row.uses_left,
        )
        for row in identity.invitations(reading.cursor, reading.at)
    )
    return InvitationsDone(at=reading.at, invitations=shown)


def audited(reading: Reading, command: commands.Audit) -> AuditDone:
    """Who did what with power, newest first."""
    allowed(reading, "read-audit")
    named = command.about or ""
    room = named.removeprefix(ROOM) if named.startswith(ROOM) else None
    about = named if named and room is None else None
    if about is not None:  # as it is written in the log: SQLite folds no more than ASCII
        row = accounts.account_by_key(reading.cursor, about)
        about = about if row is None else row.name
    if room is not None:
        place = rooms.room_by_key(reading.cursor, room, reading.reader.id)
        room = room if place is None else place.name
    since = command.since if command.ago is None else max(0, reading.at - command.ago)
    before = END if command.before is None else command.before
    rows = audit.audited(reading.cursor, about, room, since or 0, before, PAGE + 1)
    entries = tuple(
        AuditShown(
            number=row.id,
            at=row.at,
            actor=row.actor,
            address=row.address,
            act=row.act,
            target=row.target,
            room=row.room,
            reason=row.reason,
            operator=row.operator,
        )
        for row in rows[:PAGE]
    )
    return AuditDone(at=reading.at, entries=entries, more=len(rows) > PAGE)


def export(reading: Reading, command: commands.Export) -> ExportDone:
    """A part of what is kept of the reader: first the account itself, then its lines."""
    reader = accounts.account_by_id(reading.cursor, reading.reader.id)
    if reader is not None and reader.guest:
        raise NotAllowed("A guest has no account. Register first, and you have one.", rule="guests have no account")
    records = _oneself(reading) if command.after == 0 else []
    size = 0
    rows = messages.lines_of(reading.cursor, reading.reader.id, command.after, EXPORTED)
    last = None
    for row in rows:
        if size > EXPORTED_BYTES:
            break
        place = DIRECT + row.other if row.other else row.room
        line = {"kind": "line", "room": place, "seq": row.seq, "at": row.at, "text": row.body, "as": row.kind}
        tags = tags_of(row.tags)
        records.append(line | ({"tags": tags} if isinstance(tags, dict) else {}))
        size += len(row.body.encode()) + len((row.tags or "").encode()) + 100
        last = row.id
    is_all = len(rows) < EXPORTED and (not rows or last == rows[-1].id)
    return ExportDone(records=tuple(records), next=None if is_all else last)


def _oneself(reading: Reading) -> list[dict[str, Any]]:
    cursor, reader = reading.cursor, reading.reader
    row = accounts.account_by_id(cursor, reader.id)
    if row is None:
        return []
    settings, last_at, last_from = accounts.last_login(cursor, reader.id)
    role, _, _ = accounts.role_of(cursor, reader.id, reading.at)
    records: list[dict[str, Any]] = [
        {
            "kind": "account", "name": row.name, "created_at": row.created_at, "seen_at": row.seen_at, "role": role,
            "last_login_at": last_at, "last_login_from": last_from, "settings": settings,
        },
    ]  # fmt: skip
    for _, _, name, _, kind, _, other in rooms.places(cursor, reader.id):
        place = DIRECT + (other or "") if kind == "direct" else name
        records.append({"kind": "membership", "room": place})
    for token in identity.tokens_of(cursor, reader.id, reading.at):
        records.append({"kind": "token", "label": token.label, "created_at": token.created_at})
    for _, ignored_name in bans.ignores(cursor, reader.id):
        records.append({"kind": "ignored", "name": ignored_name})
    for key, value in metadata_of(cursor, Subject(account_id=reader.id)).items():
        records.append({"kind": "metadata", "key": key, "value": value})
    return records
