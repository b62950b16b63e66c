"""How far each account has read: up to which seq, and up to which moment."""

from chatd.store.queries.transactions import Cursor


def set_marker(cursor: Cursor, account_id: int, room_id: int, seq: int) -> None:
    cursor.execute(
        "INSERT INTO read_markers (account_id, room_id, seq) VALUES (:account, :room, :seq)"
        " ON CONFLICT (account_id, room_id) DO UPDATE SET seq = :seq WHERE read_markers.seq < :seq",
        {"account": account_id, "room": room_id, "seq": seq},
    )


def marker(cursor: Cursor, account_id: int, room_id: int) -> int:
    """How far an account has read a room."""
    cursor.execute(
        "SELECT coalesce(max(seq), 0) FROM read_markers WHERE account_id = :account AND room_id = :room",
        {"account": account_id, "room": room_id},
    )
    return int(cursor.fetchone()[0])


def set_read_time(cursor: Cursor, account_id: int, place: str, at: int, most: int) -> None:
    """
    Note up to which moment an account has read a place, which never goes back; the oldest ones are forgotten where
    there are more than C{most}.
    """
    parameters = {"account": account_id, "place": place, "at": at, "most": most}
    cursor.execute(
        "INSERT INTO read_times (account_id, place, at_ms) VALUES (:account, :place, :at)"
        " ON CONFLICT (account_id, place) DO UPDATE SET at_ms = :at WHERE read_times.at_ms < :at",
        parameters,
    )
    cursor.execute(
        "DELETE FROM read_times WHERE account_id = :account AND place IN (SELECT place FROM read_times"
        " WHERE account_id = :account ORDER BY at_ms DESC LIMIT -1 OFFSET :most)",
        parameters,
    )


def read_time(cursor: Cursor, account_id: int, place: str) -> int | None:
    """Up to which moment an account has read a place, if it ever said so."""
    cursor.execute(
        "SELECT at_ms FROM read_times WHERE account_id = :account AND place = :place",
        {"account": account_id, "place": place},
    )
    row = cursor.fetchone()
    return None if row is None else int(row[0])


def move_read_times(cursor: Cursor, place: str, to: str) -> None:
    """A place is called otherwise."""
    cursor.execute("UPDATE OR REPLACE read_times SET place = :to WHERE place = :place", {"place": place, "to": to})
