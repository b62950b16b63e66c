"""What every write is given and gives back, and the few things that most of them do."""

from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from chatd.core.errors import NoSuchAccount, NotAllowed
from chatd.core.events import Answer, Event, RoomEvent
from chatd.core.permissions import Act, Actor, may, sees, unseen
from chatd.core.ports import Account, Expulsion, Given, News, Place
from chatd.core.settings.limits import Limits
from chatd.store import standing
from chatd.store.licences import Licences
from chatd.store.queries import accounts, audit, messages, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.messages import NewRow
from chatd.store.queries.records import details
from chatd.store.queries.rooms import RoomRow
from chatd.store.queries.transactions import Cursor


class Writing(NamedTuple):
    """
    What a write is given beside its command.

    @ivar actor: Who asks.
    @ivar at: When, in UTC milliseconds.
    @ivar address: From where.
    @ivar given: What the session has made ready, out of secrets that the store is never shown.
    @ivar licences: Who was just allowed to speak where.
    @ivar token_id: The session token that the session came with.
    @ivar mask: What who asks looks like: C{NAME!USER@HOST}; nothing where it is no session.
    @ivar origin: What the address of a guest counts as; nothing where it is not counted.
    @ivar lobby: The name of the site's own room, if it has one.
    """

    cursor: Cursor
    actor: Account
    at: int
    limits: Limits
    licences: Licences
    address: str = ""
    given: Given = None
    token_id: int | None = None
    mask: str = ""
    origin: str = ""
    lobby: str = ""


class Outcome(NamedTuple):
    """What came of a write: the answer, what is to be told, and which sessions end."""

    answer: Answer
    news: tuple[News, ...] = ()
    ends: tuple[Expulsion, ...] = ()


def actor_in(writing: Writing, room: RoomRow | None = None, key_hash: str | None = None) -> Actor:
    """Who asks, as what decides sees him."""
    actor = writing.actor
    return standing.actor_of(
        writing.cursor, actor.id, actor.name, writing.at, room, writing.address, key_hash, writing.mask,
        actor.operator,
    )  # fmt: skip


def allowed_in(writing: Writing, act: Act, key: str, target: AccountRow | None = None) -> RoomRow:
    """
    The room of a name, if who asks may do that there.

    @raise ChatError: if not.
    """
    cursor = writing.cursor
    room = rooms.room_by_key(cursor, key, writing.actor.id)
    if room is not None and room.kind != "room":
        room = None
    actor = actor_in(writing, room)  # also for a room that there is not, so that the time does not tell
    if room is None:
        raise unseen(act, key)
    against = None if target is None else standing.target_of(cursor, target, writing.at, room)
    may(act, actor, standing.room_of(cursor, room), against, named=key).enforce()
    return room


def allowed_here(writing: Writing, act: Act, target: AccountRow | None = None) -> Actor:
    """
    Who asks, if he may do that on this server.

    @raise ChatError: if not.
    """
    actor = actor_in(writing)
    against = None if target is None else standing.target_of(writing.cursor, target, writing.at)
    may(act, actor, target=against).enforce()
    return actor


def may_speak(writing: Writing, room: RoomRow) -> bool:
    """Whether words of who asks may be told in a room, or in a conversation."""
    actor = actor_in(writing, room)
    if room.kind == "direct":
        return bool(may("direct", actor))
    return bool(may("say", actor, standing.room_of(writing.cursor, room)))


def seen_room(writing: Writing, key: str) -> RoomRow | None:
    """The room of a name, if it exists for who asks."""
    room = rooms.room_by_key(writing.cursor, key, writing.actor.id)
    if room is None or room.kind != "room":
        return None
    return room if sees(actor_in(writing, room), standing.room_of(writing.cursor, room)) else None


def account_named(writing: Writing, key: str) -> AccountRow:
    """
    The account of a folded name.

    @raise NoSuchAccount: if there is none.
    """
    row = accounts.account_by_key(writing.cursor, key)
    if row is None or row.status == "deleted":
        raise NoSuchAccount(f"Nobody is called {key} here.")
    return row


def require_no_guest(writing: Writing) -> None:
    """
    Let what belongs to an account that lasts be done, or not.

    @raise NotAllowed: if who asks is a guest.
    """
    row = accounts.account_by_id(writing.cursor, writing.actor.id)
    if row is not None and row.guest:
        raise NotAllowed("A guest has no account. Register first, and you have one.", rule="guests have no account")


def place_of(room: RoomRow) -> Place:
    """The room as the hub knows it."""
    return Place(room.id, room.key, room.name, room.topic)


def next_seq(writing: Writing, room: RoomRow) -> int:
    """The number of what is stored next in a room."""
    return messages.next_seq(writing.cursor, room.id)


def recorded(
    writing: Writing, event: RoomEvent, room: RoomRow, target: int | None = None, by: Account | None = None
) -> News:
    """
    Store an event that is no line.

    @param target: The number of the account to which it was done.
    @param by: Whose event it is, if not that of who asks.
    """
    actor = by or writing.actor
    event = signed(event, actor)
    of = getattr(event, "of", None)
    row = NewRow(room.id, event.seq, actor.id or None, event.who, "event", details(event), None, event.at, of)
    messages.add_messages(writing.cursor, (row,))
    return News(event, actor.id, place_of(room), target=target)


E = TypeVar("E", bound=RoomEvent)


def signed(event: E, actor: Account) -> E:
    """The event of an account, or with the word that it is a guest's."""
    return replace(event, guest=True) if actor.guest else event


def told(writing: Writing, event: Event, room: RoomRow, account_id: int) -> News:
    """An event for one account alone, which is stored nowhere."""
    return News(event, writing.actor.id, place_of(room), only=account_id)


def audited(
    writing: Writing,
    act: str,
    target: str = "",
    room: str = "",
    reason: str = "",
    undoes: int | None = None,
    **undoing: Any,
) -> None:
    """
    Note what was done with power.

    @param undoing: What taking it back needs.
    """
    actor = writing.actor
    operator = accounts.account_by_id(writing.cursor, actor.operator) if actor.operator else None
    kept = msgspec.json.encode(undoing).decode()
    audit.add_audit(
        writing.cursor, writing.at, actor.id or None, actor.name, writing.address, act, target, room, reason, kept,
        undoes, "" if operator is None else operator.name,
    )  # fmt: skip
