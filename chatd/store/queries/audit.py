"""The audit log."""

from typing import NamedTuple

from chatd.store.queries.transactions import Cursor, one


class AuditRow(NamedTuple):
    """A row of C{audit_log}."""

    id: int
    at: int
    actor: str
    address: str
    act: str
    target: str
    room: str
    reason: str
    details: str
    operator: str = ""


_AUDIT = "SELECT id, at_ms, actor, address, act, target, room, reason, details, operator FROM audit_log"


def add_audit(
    cursor: Cursor,
    at: int,
    actor_id: int | None,
    actor: str,
    address: str,
    act: str,
    target: str,
    room: str,
    reason: str,
    details: str,
    undoes: int | None,
    operator: str = "",
) -> None:
    cursor.execute(
        "INSERT INTO audit_log (at_ms, actor_id, actor, address, act, target, room, reason, details, undoes,"
        " operator) VALUES (:at, :actor_id, :actor, :address, :act, :target, :room, :reason, :details, :undoes,"
        " :operator)",
        {
            "at": at, "actor_id": actor_id, "actor": actor, "address": address, "act": act, "target": target,
            "room": room, "reason": reason, "details": details, "undoes": undoes, "operator": operator,
        },
    )  # fmt: skip


def audited(cursor: Cursor, about: str | None, room: str | None, since: int, before: int, limit: int) -> list[AuditRow]:
    """Entries by or against an account, or in a room, or all; the newest first."""
    cursor.execute(
        f"{_AUDIT} WHERE id < :before AND at_ms >= :since"
        " AND (:about IS NULL OR lower(actor) = lower(:about) OR lower(target) = lower(:about)"
        " OR lower(operator) = lower(:about))"
        " AND (:room IS NULL OR lower(room) = lower(:room)) ORDER BY id DESC LIMIT :limit",
        {"about": about, "room": room, "since": since, "before": before, "limit": limit},
    )
    return [AuditRow(*row) for row in cursor.fetchall()]


def last_undoable(cursor: Cursor, actor_id: int | None, actor: str, since: int) -> AuditRow | None:
    """An account's newest kick, ban, mute or delete that was not taken back yet."""
    cursor.execute(
        f"{_AUDIT} AS entry WHERE (actor_id = :actor_id OR (actor_id IS NULL AND :actor_id IS NULL AND actor = :actor))"
        " AND at_ms >= :since AND act IN ('kick', 'ban', 'mute', 'delete')"
        " AND NOT EXISTS (SELECT 1 FROM audit_log AS later WHERE later.undoes = entry.id) ORDER BY id DESC LIMIT 1",
        {"actor_id": actor_id, "actor": actor, "since": since},
    )
    return one(AuditRow, cursor)
