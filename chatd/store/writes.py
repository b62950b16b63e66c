"""
What each command does to the database: plain functions of a cursor, run by the journal inside its transaction.

Each asks L{chatd.core.permissions} again, with what the rows say now, so that what is stored was allowed when it
was stored. Each returns the answer, and the news that is to be told once the transaction is on disk.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chatd.core import commands, names
from chatd.core.commands import Command
from chatd.core.errors import BadArguments, CidConflict, NameTaken, NoSuchAccount, TooMany
from chatd.core.events import (
    Answer,
    JoinDone,
    Joined,
    LeaveDone,
    Left,
    RoomEvent,
    RoomShown,
    Said,
    SayDone,
    TopicChanged,
    TopicDone,
)
from chatd.core.limits import Limits
from chatd.core.permissions import Act, Standing, may, not_in_room
from chatd.core.ports import Account, News, Place
from chatd.store.queries import accounts, messages, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.rooms import RoomRow
from chatd.store.queries.transactions import Cursor
from chatd.store.records import details

CID_LIFE = 7 * 86400 * 1000


class Writing(NamedTuple):
    """What a write is given beside its command: the cursor, who asks, when (UTC milliseconds), and the bounds."""

    cursor: Cursor
    actor: Account
    at: int
    limits: Limits


class Outcome(NamedTuple):
    """What came of a write."""

    answer: Answer
    news: tuple[News, ...] = ()


def say(writing: Writing, command: commands.Say) -> Outcome:
    """Store a line, once for each cid."""
    if command.room.startswith(names.DIRECT):
        other = _other(writing, command.room[1:])
        return _say_direct(writing, command, other)
    room = _allowed(writing, "say", command.room)
    done = _submitted(writing, command, room.id, room.name)
    if done is not None:
        return Outcome(done)
    seq = _store(writing, command, room.id)
    said = _said(writing, command, room.name, seq)
    return Outcome(SayDone(room=room.name, seq=seq, at=writing.at), (News(said, writing.actor.id, _place(room)),))


def join(writing: Writing, command: commands.Join) -> Outcome:
    """Make the account a member; make the room first if there is none."""
    cursor, actor, at, limits = writing
    name = names.room_name(command.room)
    room = rooms.room_by_key(cursor, name.key, actor.id)
    if room is None:
        room = _make_room(writing, name)
    may("join", Standing(room.name, room.member, room.access)).enforce()
    if room.member:
        shown = RoomShown(room=room.name, seq=room.last_seq, topic=room.topic)
        return Outcome(JoinDone(place=shown, at=at, again=True))
    if rooms.count_memberships(cursor, actor.id)[0] >= limits.rooms_joined:
        raise TooMany(f"You are in {limits.rooms_joined} rooms; /leave one first.", rule="rooms joined at once")
    seq = messages.next_seq(cursor, room.id)
    rooms.add_membership(cursor, room.id, actor.id, "owner" if room.last_seq == 0 else "member", seq)
    messages.set_marker(cursor, actor.id, room.id, seq)
    event = Joined(room=room.name, seq=seq, who=actor.name, at=at)
    answer = JoinDone(place=RoomShown(room=room.name, seq=seq, topic=room.topic), at=at)
    return Outcome(answer, (_recorded(writing, event, room),))


def leave(writing: Writing, command: commands.Leave) -> Outcome:
    """Make the account a member no more."""
    room = _allowed(writing, "leave", command.room)
    seq = messages.next_seq(writing.cursor, room.id)
    rooms.end_membership(writing.cursor, room.id, writing.actor.id, seq)
    event = Left(room=room.name, seq=seq, who=writing.actor.name, at=writing.at, reason=command.reason)
    return Outcome(LeaveDone(room=room.name), (_recorded(writing, event, room),))


def topic(writing: Writing, command: commands.Topic) -> Outcome:
    """Say what a room is about."""
    room = _allowed(writing, "topic", command.room)
    said, actor, at = command.text or "", writing.actor, writing.at
    rooms.set_topic(writing.cursor, room.id, said, actor.name, at)
    seq = messages.next_seq(writing.cursor, room.id)
    event = TopicChanged(room=room.name, seq=seq, who=actor.name, at=at, topic=said)
    news = _recorded(writing, event, room._replace(topic=said))
    return Outcome(TopicDone(room=room.name, topic=said, by=actor.name, at=at), (news,))


def _say_direct(writing: Writing, command: commands.Say, other: AccountRow) -> Outcome:
    actor = writing.actor
    place = _conversation(writing, other)
    done = _submitted(writing, command, place.id, names.DIRECT + other.name)
    if done is not None:
        return Outcome(done)
    seq = _store(writing, command, place.id)
    mine = _said(writing, command, names.DIRECT + other.name, seq)
    theirs = _said(writing, command, names.DIRECT + actor.name, seq)
    answer = SayDone(room=mine.room, seq=seq, at=writing.at)
    return Outcome(answer, (News(theirs, actor.id, place, other.id), News(mine, actor.id, place, actor.id)))


def conversation_key(one: int, other: int) -> str:
    """The key of the direct conversation of two accounts."""
    return f"{names.DIRECT}{min(one, other)}:{max(one, other)}"


def _conversation(writing: Writing, other: AccountRow) -> Place:
    cursor, actor, at, _ = writing
    key = conversation_key(actor.id, other.id)
    room = rooms.room_by_key(cursor, key, actor.id)
    if room is not None:
        return _place(room)
    number = rooms.add_room(cursor, "direct", "", key, key, actor.id, at)
    for account_id in (actor.id, other.id):
        rooms.add_membership(cursor, number, account_id, "member", 0)
    return Place(number, key, "")


def _other(writing: Writing, key: str) -> AccountRow:
    other = accounts.account_by_key(writing.cursor, key)
    if other is None or other.status == "deleted":
        raise NoSuchAccount(f"Nobody is called {key} here.")
    if other.id == writing.actor.id:
        raise BadArguments("That is your own name; you cannot write to yourself.")
    return other


def _submitted(writing: Writing, command: commands.Say, room_id: int, room: str) -> SayDone | None:
    """The answer to what was submitted under the same cid before, if it was."""
    if command.cid is None:
        return None
    before = messages.message_by_cid(writing.cursor, writing.actor.id, command.cid)
    if before is None:
        return None
    that_room, seq, kind, body, at = before
    if writing.at - at > CID_LIFE:
        messages.forget_cid(writing.cursor, writing.actor.id, command.cid)
        return None
    if (that_room, kind, body) != (room_id, command.kind, command.text):
        raise CidConflict("That cid was used for another message. Give each message a cid of its own.")
    return SayDone(room=room, seq=seq, at=at, again=True)


def _store(writing: Writing, command: commands.Say, room_id: int) -> int:
    cursor, actor, at, _ = writing
    seq = messages.next_seq(cursor, room_id)
    messages.add_message(cursor, room_id, seq, actor.id, actor.name, command.kind, command.text, command.cid, at)
    return seq


def _said(writing: Writing, command: commands.Say, room: str, seq: int) -> Said:
    return Said(room=room, seq=seq, who=writing.actor.name, at=writing.at, text=command.text, kind=command.kind)


def _make_room(writing: Writing, name: names.Name) -> RoomRow:
    cursor, actor, at, limits = writing
    alike = rooms.room_alike(cursor, name.skeleton)
    if alike is not None:
        raise NameTaken(f"#{name.shown} looks like #{alike}, which there is already. /join #{alike} enters that one.")
    everyone, own = rooms.count_rooms(cursor, actor.id)
    if everyone >= limits.rooms:
        raise TooMany("There are as many rooms here as there may be. /rooms lists them.", rule="rooms in all")
    if own >= limits.rooms_owned:
        raise TooMany(f"You have made {own} rooms, and that is the limit.", rule="rooms made by one account")
    number = rooms.add_room(cursor, "room", name.shown, name.key, name.skeleton, actor.id, at)
    return RoomRow(number, name.key, name.shown, "", "open", 0, False)


def _allowed(writing: Writing, act: Act, key: str) -> RoomRow:
    room = rooms.room_by_key(writing.cursor, key, writing.actor.id)
    if room is None:
        raise not_in_room(key)
    may(act, Standing(room.name, room.member, room.access)).enforce()
    return room


def _place(room: RoomRow) -> Place:
    return Place(room.id, room.key, room.name, room.topic)


def _recorded(writing: Writing, event: RoomEvent, room: RoomRow) -> News:
    """Store an event that is no line."""
    cursor, actor, at, _ = writing
    messages.add_message(cursor, room.id, event.seq, actor.id, actor.name, "event", details(event), None, at)
    return News(event, actor.id, _place(room))


WRITES: Mapping[type[Command], Callable[..., Outcome]] = {
    commands.Say: say,
    commands.Join: join,
    commands.Leave: leave,
    commands.Topic: topic,
}
