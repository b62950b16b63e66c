"""
Carrying an import out, while no daemon runs.

The SHA-256 hashes are wrapped in bcrypt before anything is written: no fast hash ever touches the disk.
"""

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import bcrypt

from chatd.admin.copies.copying import Progress, give
from chatd.admin.errors import AdminError
from chatd.admin.importing.found import Found
from chatd.admin.importing.plan import NewAccount, NewMessage, Plan, judge
from chatd.admin.importing.values import shown
from chatd.auth.hashes import WRAPPED, Stored
from chatd.core import names
from chatd.core.errors import BadName
from chatd.core.names import Name
from chatd.store import schema
from chatd.store.queries import accounts, audit, messages, rooms, transactions, upkeep
from chatd.store.queries.messages import NewRow
from chatd.store.queries.transactions import Cursor
from chatd.store.schema import StoreError

COST = 12
THREADS = 2
OPERATOR = "operator"


def apply(
    found: Found, database: Path, room: str | None, owner: str | None, now: int, cost: int, progress: Progress
) -> Plan:
    """
    Take over what was found: all that can be, in one transaction, or nothing. Returns what was done.

    @param room: The name of the room for the messages, made if there is none; without one they are left out.
    @param owner: Whose room that is, if it is made; it can be an account that is imported.
    @param now: UTC milliseconds.
    @param cost: bcrypt's, for the hashes that are made.
    @param progress: Told of the hashes that are made (slow), and of all of them.
    @raise AdminError: if there can be no such room, or is no such owner.
    @raise StoreError: if a daemon runs, or the database cannot be used.
    """
    is_new = not database.exists()
    held = schema.lock(database)
    try:
        schema.prepare(database, now)
        if is_new:
            for each in (Path(f"{database}.lock"), database):
                give(each, database.parent)
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            return _imported(connection.cursor(), found, room, owner, now, cost, progress)
    except sqlite3.DatabaseError as wrong:
        raise StoreError(f"The database {database} was left as it was: {wrong}.") from None
    finally:
        os.close(held)


def _imported(
    cursor: Cursor, found: Found, room: str | None, owner: str | None, now: int, cost: int, progress: Progress
) -> Plan:
    upkeep.write_safely(cursor)
    plan = judge(found, cursor, room, now)
    key = None if owner is None else _require_account(cursor, owner, plan.accounts)
    wrapped = _wrapped([each.stored for each in plan.accounts], cost, progress)
    transactions.begin_writing(cursor)
    for (_, name, _), stored in zip(plan.accounts, wrapped, strict=True):
        number = accounts.add_account(cursor, *name, now)
        accounts.set_password(cursor, number, *stored, now)
    if plan.room is not None and plan.messages:
        _add_messages(cursor, _room(cursor, plan.room, key, now), plan.messages)
    _note(cursor, found, plan, now)
    messages.index_new(cursor)
    transactions.commit(cursor)
    return plan


def _require_account(cursor: Cursor, owner: str, new: Sequence[NewAccount]) -> str:
    """The key of an account that there is or will be."""
    try:
        key = names.account_name(owner).key
    except BadName as wrong:
        raise AdminError(wrong.why) from None
    if key not in {each.name.key for each in new} and _account(cursor, key) is None:
        raise AdminError(f"Nobody is called {owner}, so the room cannot be theirs.")
    return key


def _account(cursor: Cursor, key: str) -> int | None:
    row = accounts.account_by_key(cursor, key)
    return None if row is None or row.status == "deleted" else row.id


def _wrapped(found: Sequence[Stored], cost: int, progress: Progress) -> list[Stored]:
    """Each hash as it is to be stored, in the order given."""
    pool = ThreadPoolExecutor(THREADS, "bcrypt")
    made: list[Stored] = []
    try:
        progress(0, len(found))
        for stored in pool.map(lambda each: _wrap(each, cost), found):
            made.append(stored)
            progress(len(made), len(found))
    finally:
        pool.shutdown(cancel_futures=True)  # whoever breaks it off need not wait for all that was to come
    return made


def _wrap(stored: Stored, cost: int) -> Stored:
    if stored.scheme != WRAPPED:
        return stored
    return stored._replace(hash=bcrypt.hashpw(stored.hash.encode(), bcrypt.gensalt(cost)).decode())


def _room(cursor: Cursor, name: Name, owner: str | None, now: int) -> int:
    """The number of the room, which is made if there is none."""
    there = upkeep.room_number(cursor, name.key)
    if there is not None:
        return there
    owner_id = None if owner is None else _account(cursor, owner)
    number = upkeep.add_open_room(cursor, *name, owner_id, now)
    if owner_id is not None:
        rooms.add_membership(cursor, number, owner_id, "owner", 0)
    return number


def _add_messages(cursor: Cursor, room_id: int, said: Sequence[NewMessage]) -> None:
    people = _people(cursor, said)
    first = upkeep.take_seqs(cursor, room_id, len(said))
    messages.add_messages(cursor, [
        NewRow(room_id, seq, people[sender], sender, "text", body, None, at)
        for seq, (at, sender, body) in enumerate(said, first)
    ])  # fmt: skip


def _people(cursor: Cursor, said: Sequence[NewMessage]) -> Mapping[str, int | None]:
    """The account of each sender that has one."""
    return {sender: _account_called(cursor, sender) for sender in {message.sender for message in said}}


def _account_called(cursor: Cursor, sender: str) -> int | None:
    try:
        return _account(cursor, names.account_name(sender).key)
    except BadName:
        return None


def _note(cursor: Cursor, found: Found, plan: Plan, now: int) -> None:
    """For the audit log: an import is an act of power."""
    if plan.accounts or plan.messages:
        room = plan.room.shown if plan.room is not None else ""
        details = json.dumps({"accounts": len(plan.accounts), "messages": len(plan.messages)})
        audit.add_audit(cursor, now, None, OPERATOR, "", "import", shown(found.path.name), room, "", details, None)
