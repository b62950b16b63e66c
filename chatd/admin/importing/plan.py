"""
What an import would do: each account and each message of a file is taken, known already, or refused with a reason.

Nothing is changed here, and nothing is guessed: where two rows want one name, neither gets it.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from chatd.admin.copies.copying import looking
from chatd.admin.errors import AdminError
from chatd.admin.importing import values
from chatd.admin.importing.found import Found, FoundAccount, FoundMessage, Spot
from chatd.admin.importing.values import Refusal, shown
from chatd.auth.hashes import Stored
from chatd.core import names
from chatd.core.errors import BadName
from chatd.core.names import Name
from chatd.store import schema
from chatd.store.queries import accounts, rooms, upkeep
from chatd.store.queries.transactions import Cursor


class NewAccount(NamedTuple):
    """
    An account to be made.

    @ivar stored: Its hash: bcrypt's own text, or, if the scheme says so, a SHA-256 that is yet to be wrapped.
    """

    spot: Spot
    name: Name
    stored: Stored


class NewMessage(NamedTuple):
    """A message to be added, and when it was said, in UTC milliseconds."""

    at: int
    sender: str
    body: str


class Passed(NamedTuple):
    """
    Something that is not taken over.

    @ivar what: What it is, as a terminal can show it.
    @ivar why: The reason.
    """

    spot: Spot
    what: str
    why: str


class Plan(NamedTuple):
    """
    What becomes of everything that was found.

    @ivar room: The room for the messages, if there is to be one.
    @ivar messages: Those to be added, oldest first.
    @ivar known_accounts: Those that are accounts here already.
    @ivar known_messages: How many messages the room holds already.
    @ivar left_out: How many messages were not looked at, because no room was given.
    """

    room: Name | None
    accounts: tuple[NewAccount, ...]
    messages: tuple[NewMessage, ...]
    known_accounts: tuple[Passed, ...]
    known_messages: int
    left_out: int
    refused: tuple[Passed, ...]


def plan(found: Found, database: Path, room: str | None, now: int) -> Plan:
    """
    What an import would do. There need not be a database yet.

    @param room: The name of the room for the messages; without one they are left out.
    @param now: UTC milliseconds: no message can be younger.
    @raise AdminError: if there can be no such room, or the database is not up to date.
    @raise StoreError: if the database cannot be read.
    """
    with _stage(database) as cursor:
        return judge(found, cursor, room, now)


def judge(found: Found, cursor: Cursor, room: str | None, now: int) -> Plan:
    """
    As L{plan} does, for the database of a cursor.

    @raise AdminError: if there can be no such room.
    """
    refused: list[Passed] = []
    known: list[Passed] = []
    place = None if room is None else _place(cursor, room)
    taken = tuple(_accounts(found, cursor, known, refused))
    said = () if place is None else sorted(_messages(found.messages, now, refused), key=lambda message: message.at)
    new = tuple(_unknown(cursor, place, said)) if place else ()
    left_out = len(found.messages) if place is None else 0
    return Plan(place, taken, new, tuple(known), len(said) - len(new), left_out, tuple(refused))


@contextmanager
def _stage(database: Path) -> Iterator[Cursor]:
    """A cursor of the database, or of an empty one if there is none."""
    newest = schema.migrations()[-1].number
    if database.exists():
        with looking(database) as connection:
            if upkeep.version(connection.cursor()) != newest:
                raise AdminError(f"The database {database} is not of version {newest}. Start this chatd on it once.")
            yield connection.cursor()
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        cursor = connection.cursor()
        for migration in schema.migrations():
            for statement in schema.statements(migration.script):
                cursor.execute(statement)
        yield cursor


def _place(cursor: Cursor, room: str) -> Name:
    try:
        name = names.room_name(room)
    except BadName as wrong:
        raise AdminError(wrong.why) from None
    alike = rooms.room_alike(cursor, name.skeleton)
    if alike is not None and upkeep.room_number(cursor, name.key) is None:
        raise AdminError(f"The room {name.shown} looks like {alike}, which there is already. Give that one or another.")
    return name


# Accounts.


class _Named(NamedTuple):
    """An account whose name is one that chatd allows."""

    row: FoundAccount
    name: Name


def _accounts(found: Found, cursor: Cursor, known: list[Passed], refused: list[Passed]) -> Iterator[NewAccount]:
    named = _once(_named(found.accounts, refused), refused)
    clashing = _clashes(named)
    for row, name in named:
        try:
            clash = clashing.get(row.spot)
            if clash:
                raise Refusal(clash)
            if accounts.account_by_key(cursor, name.key) is not None:
                known.append(Passed(row.spot, name.shown, "there is an account of that name already"))
                continue
            alike = accounts.account_alike(cursor, name.skeleton)
            if alike is not None:
                raise Refusal(f"the name looks like {alike}, who is here already")
            yield NewAccount(row.spot, name, values.secret_of(row.secret, found.digests))
        except Refusal as why:
            refused.append(Passed(row.spot, name.shown, str(why)))


def _named(rows: Iterable[FoundAccount], refused: list[Passed]) -> Iterator[_Named]:
    for row in rows:
        try:
            yield _Named(row, values.name_of(row.name))
        except Refusal as why:
            refused.append(Passed(row.spot, shown(row.name), f"the name: {why}"))


def _once(rows: Iterable[_Named], refused: list[Passed]) -> list[_Named]:
    """The accounts without those that are there twice, word for word."""
    first: dict[tuple[str, object], _Named] = {}
    for each in rows:
        before = first.setdefault((each.name.shown, each.row.secret), each)
        if before is not each:
            refused.append(Passed(each.row.spot, each.name.shown, f"the same as {before.row.spot}"))
    return list(first.values())


def _clashes(named: Sequence[_Named]) -> dict[Spot, str]:
    """Which accounts want a name that another one wants too, or that looks like that, and what is to be said of it."""
    same: dict[str, list[_Named]] = defaultdict(list)
    alike: dict[str, list[_Named]] = defaultdict(list)
    for each in named:
        same[each.name.key].append(each)
        alike[each.name.skeleton].append(each)
    clashes = {}
    for each in named:
        groups = (same[each.name.key], "is the same name"), (alike[each.name.skeleton], "looks the same")
        others = [(other, how) for group, how in groups for other in group if other is not each]
        for other, how in others[:1]:
            clashes[each.row.spot] = f"{other.name.shown} ({other.row.spot}) {how}"
    return clashes


# Messages.


def _messages(rows: Iterable[FoundMessage], now: int, refused: list[Passed]) -> Iterator[NewMessage]:
    for row in rows:
        what = "the time"
        try:
            at = values.time_of(row.at, now)
            what = "the sender"
            sender = values.sender_of(row.sender)
            what = "the text"
            yield NewMessage(at, sender, values.line_of(row.text))
        except Refusal as why:
            refused.append(Passed(row.spot, f"message by {shown(row.sender)}", f"{what}: {why}"))


def _unknown(cursor: Cursor, room: Name, said: Iterable[NewMessage]) -> Iterator[NewMessage]:
    """The messages that a room does not hold yet. One that was said twice at a time is there when it is there twice."""
    room_id = upkeep.room_number(cursor, room.key)
    if room_id is None:
        yield from said
        return
    there: Counter[NewMessage] = Counter()
    for message in said:
        if message not in there:
            there[message] = upkeep.count_said(cursor, room_id, *message)
        there[message] -= 1
        if there[message] < 0:
            yield message
