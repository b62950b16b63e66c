"""Lines: said, corrected, taken back; and how far they are read."""

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from chatd.core import commands, names
from chatd.core.errors import CidConflict, NoSuchAccount, NoSuchLine, NotAllowed
from chatd.core.events import (
    Deleted,
    DeleteDone,
    EditDone,
    Edited,
    MarkDone,
    Marked,
    RoomEvent,
    Said,
    SayDone,
    TagDone,
    Tagged,
)
from chatd.core.permissions import Act, may, not_in_room, unseen
from chatd.core.ports import News, Place
from chatd.store.queries import accounts, markers, messages, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.messages import LineRow, NewRow
from chatd.store.queries.rooms import RoomRow
from chatd.store.standing import room_of
from chatd.store.writes.writing import (
    Outcome,
    Writing,
    account_named,
    actor_in,
    allowed_here,
    allowed_in,
    audited,
    may_speak,
    next_seq,
    place_of,
    recorded,
    signed,
)

CID_LIFE = 7 * 86400 * 1000
CHANGEABLE = 15 * 60 * 1000
READ_TIMES = 1000


def say(writing: Writing, command: commands.Say) -> Outcome:
    """Store a line, once for each cid."""
    done = _submitted(writing, command)
    if done is not None:
        return Outcome(done)
    if command.room.startswith(names.DIRECT):
        return _say_direct(writing, command, _other(writing, command.room[1:]))
    room = _where_one_may_speak(writing, command.room)
    seq = writing.licences.next_seq(room)
    if room.slow_ms:
        rooms.note_said(writing.cursor, room.id, writing.actor.id, writing.at)
    writing.licences.use(_row(writing, command, room.id, seq))
    said = _said(writing, command, room.name, seq)
    return Outcome(SayDone(room=room.name, seq=seq, at=writing.at), (News(said, writing.actor.id, place_of(room)),))


def tag(writing: Writing, command: commands.Tag) -> Outcome:
    """Store what only programs read."""
    actor = writing.actor
    if command.room.startswith(names.DIRECT):
        allowed_here(writing, "direct")
        found = rooms.room_by_id(writing.cursor, _conversation(writing, _other(writing, command.room[1:])).id, actor.id)
        assert found is not None
        room = found
    else:
        room = allowed_in(writing, "say", command.room)
    event = Tagged(room="", seq=next_seq(writing, room), who=actor.name, at=writing.at, tags=command.tags)
    shown, news = _recorded_in(writing, event, room)
    messages.note_tags(writing.cursor, room.id, event.seq, msgspec.json.encode(command.tags).decode())
    return Outcome(TagDone(room=shown, seq=event.seq, at=event.at), news)


def edit(writing: Writing, command: commands.Edit) -> Outcome:
    """Let a line of one's own read otherwise."""
    room = _changeable_place(writing, "edit", command.room)
    line = _line(writing, room, command.seq, writing.actor.id)
    if line.account_id != writing.actor.id:
        raise NotAllowed("That is not your line; only who said it corrects it.", rule="one's own lines")
    _require_recent(writing, line)
    messages.edit_line(writing.cursor, line.id, command.text, writing.at)
    seq = next_seq(writing, room)
    event = Edited(
        room="", seq=seq, who=writing.actor.name, at=writing.at, of=line.seq, text=command.text, of_at=line.at
    )
    shown, news = _recorded_in(writing, event, room)
    return Outcome(EditDone(room=shown, seq=seq, of=line.seq), news)


def delete(writing: Writing, command: commands.Delete) -> Outcome:
    """Take a line back: one's own, or as a moderator anybody's."""
    room = _clearable_place(writing, command.room)
    reason = command.reason
    of = writing.actor.id if command.name is None else account_named(writing, command.name).id
    line = _line(writing, room, command.seq, of)
    if line.account_id == writing.actor.id:
        _require_recent(writing, line)
        reason = reason if may_speak(writing, room) else ""  # a reason is a line, too
    elif room.kind == "direct":
        raise NotAllowed("That is not your line; only who said it takes it back.", rule="one's own lines")
    else:
        author = None if line.account_id is None else accounts.account_by_id(writing.cursor, line.account_id)
        allowed_in(writing, "moderate", room.key, author)
        audited(writing, "delete", line.sender, room.name, command.reason, room_id=room.id, line=line.id, of=line.seq)
    messages.delete_line(writing.cursor, line.id, writing.actor.name, writing.at)
    seq = next_seq(writing, room)
    event = Deleted(
        room="", seq=seq, who=writing.actor.name, at=writing.at, of=line.seq, author=line.sender, reason=reason,
        of_at=line.at,
    )  # fmt: skip
    shown, news = _recorded_in(writing, event, room)
    return Outcome(DeleteDone(room=shown, seq=seq, of=line.seq), news)


def mark(writing: Writing, command: commands.Mark) -> Outcome:
    """Have read a place up to a seq, or up to a moment, which is not one that is to come."""
    cursor, me = writing.cursor, writing.actor.id
    room = place(writing, command.room)
    if room is None and command.at is not None and command.room.startswith(names.DIRECT):
        return _marked_early(writing, account_named(writing, command.room[1:]), command.at)
    if room is None or not room.member:
        raise not_in_room(command.room)
    seq, at = _upto(writing, room, command)
    markers.set_marker(cursor, me, room.id, seq)
    if at is not None:
        markers.set_read_time(cursor, me, room.key, at, READ_TIMES)
    shown, at = _shown(writing, room, me), markers.read_time(cursor, me, room.key)
    if command.seq is None:
        seq = markers.marker(cursor, me, room.id)
    news = News(Marked(room=shown, seq=seq, at=at), me, place_of(room), only=me)
    return Outcome(MarkDone(room=shown, seq=seq, at=at), (news,))


def place(writing: Writing, key: str) -> RoomRow | None:
    """The room of a key, or the conversation where it is C{@NAME}."""
    if key.startswith(names.DIRECT):
        other = accounts.account_by_key(writing.cursor, key[1:])
        key = "" if other is None else conversation_key(writing.actor.id, other.id)
    return rooms.room_by_key(writing.cursor, key, writing.actor.id)


def conversation_key(one: int, other: int) -> str:
    """The key of the direct conversation of two accounts."""
    return f"{names.DIRECT}{min(one, other)}:{max(one, other)}"


def partner(room: RoomRow, account_id: int) -> int:
    """The number of the other one in a conversation."""
    one, _, other = room.key.removeprefix(names.DIRECT).partition(":")
    return int(other) if int(one) == account_id else int(one)


def _upto(writing: Writing, room: RoomRow, command: commands.Mark) -> tuple[int, int | None]:
    """The seq and the moment up to which a place is read; each follows from the other."""
    if command.seq is not None:
        seq = min(command.seq, room.last_seq)
        said = messages.last_at(writing.cursor, messages.Span(room.id, -1, seq + 1))
        return seq, said if command.at is None else min(command.at, writing.at)
    at = min(command.at or 0, writing.at)
    return messages.last_before(writing.cursor, room.id, at), at


def _marked_early(writing: Writing, other: AccountRow, at: int) -> Outcome:
    """A conversation that has not begun is read up to a moment."""
    me, shown = writing.actor.id, names.DIRECT + other.name
    key = conversation_key(me, other.id)
    markers.set_read_time(writing.cursor, me, key, min(at, writing.at), READ_TIMES)
    kept = markers.read_time(writing.cursor, me, key)
    news = News(Marked(room=shown, seq=0, at=kept), me, Place(0, key, ""), only=me)
    return Outcome(MarkDone(room=shown, seq=0, at=kept), (news,))


def _changeable_place(writing: Writing, act: Act, key: str) -> RoomRow:
    if not key.startswith(names.DIRECT):
        return allowed_in(writing, act, key)
    if act == "edit":
        allowed_here(writing, "direct")
    room = place(writing, key)
    if room is None:
        raise NoSuchLine("There is nothing in that conversation yet.")
    return room


def _clearable_place(writing: Writing, key: str) -> RoomRow:
    """Where one takes lines back: where one is a member, and in every room that one sees, who moderates them all."""
    if key.startswith(names.DIRECT):
        return _changeable_place(writing, "read", key)
    room = rooms.room_by_key(writing.cursor, key, writing.actor.id)
    if room is not None and room.kind != "room":
        room = None
    actor = actor_in(writing, room)  # also for a room that there is not, so that the time does not tell
    if room is None:
        raise unseen("read", key)
    there = room_of(writing.cursor, room)
    if not may("moderate", actor, there):
        may("read", actor, there, named=key).enforce()
    return room


def _line(writing: Writing, room: RoomRow, seq: int | None, of: int) -> LineRow:
    if seq is None:
        line = messages.last_line(writing.cursor, room.id, of)
    else:
        line = messages.line_at(writing.cursor, room.id, seq)
    if line is None or line.deleted_at is not None or not _is_readable(writing, room, line.seq):
        raise NoSuchLine("There is no such line to change. /set numbers on shows the numbers of lines in /history.")
    return line


def _is_readable(writing: Writing, room: RoomRow, seq: int) -> bool:
    if room.history_for == "members" or not room.member:
        return True
    stays = rooms.stays(writing.cursor, room.id, writing.actor.id)
    return any(joined <= seq and (left is None or seq <= left) for joined, left in stays)


def _require_recent(writing: Writing, line: LineRow) -> None:
    if writing.at - line.at > CHANGEABLE:
        raise NotAllowed("That line is older than 15 minutes, and stays as it is.", rule="15 minutes to change a line")


def _recorded_in(writing: Writing, event: Edited | Deleted | Tagged, room: RoomRow) -> tuple[str, tuple[News, ...]]:
    """The place as who asks calls it, and the news for everybody there."""
    if room.kind == "room":
        return room.name, (recorded(writing, _in(event, room.name), room),)
    event = signed(event, writing.actor)
    recorded(writing, event, room)
    return _shown(writing, room, writing.actor.id), both(writing, event, room)


def both(writing: Writing, event: RoomEvent, room: RoomRow) -> tuple[News, ...]:
    """The news for the two of a conversation, each of whom calls it by the other's name."""
    two = dict.fromkeys((writing.actor.id, partner(room, writing.actor.id)))
    where = place_of(room)
    return tuple(News(_in(event, _shown(writing, room, each)), writing.actor.id, where, only=each) for each in two)


def _shown(writing: Writing, room: RoomRow, reader: int) -> str:
    if room.kind == "room":
        return room.name
    other = accounts.account_by_id(writing.cursor, partner(room, reader))
    return names.DIRECT + (other.name if other else "")


def _in(event: RoomEvent, room: str) -> RoomEvent:
    return replace(event, room=room)


def _say_direct(writing: Writing, command: commands.Say, other: AccountRow) -> Outcome:
    allowed_here(writing, "direct")
    actor = writing.actor
    where = _conversation(writing, other)
    seq = messages.next_seq(writing.cursor, where.id)
    messages.add_messages(writing.cursor, (_row(writing, command, where.id, seq),))
    mine = _said(writing, command, names.DIRECT + other.name, seq)
    theirs = _said(writing, command, names.DIRECT + actor.name, seq)
    answer = SayDone(room=mine.room, seq=seq, at=writing.at)
    told = News(mine, actor.id, where, actor.id)
    return Outcome(answer, (told,) if other.id == actor.id else (News(theirs, actor.id, where, other.id), told))


def _conversation(writing: Writing, other: AccountRow) -> Place:
    cursor, actor, at = writing.cursor, writing.actor, writing.at
    key = conversation_key(actor.id, other.id)
    room = rooms.room_by_key(cursor, key, actor.id)
    if room is not None:
        return place_of(room)
    number = rooms.add_room(cursor, "direct", "", key, key, actor.id, at)
    for account_id in dict.fromkeys((actor.id, other.id)):
        rooms.add_membership(cursor, number, account_id, "member", 0)
    return Place(number, key, "")


def _other(writing: Writing, key: str) -> AccountRow:
    other = accounts.account_by_key(writing.cursor, key)
    if other is None or other.status == "deleted":
        raise NoSuchAccount(f"Nobody is called {key} here.")
    return other


def _submitted(writing: Writing, command: commands.Say) -> SayDone | None:
    """The answer to what was submitted under the same cid before, if it was: also by whoever may speak no more."""
    if command.cid is None:
        return None
    writing.licences.save_if_used(writing.cursor, writing.actor.id, command.cid)
    before = messages.message_by_cid(writing.cursor, writing.actor.id, command.cid)
    if before is None:
        return None
    that_room, seq, kind, body, at = before
    if writing.at - at > CID_LIFE:
        messages.forget_cid(writing.cursor, writing.actor.id, command.cid)
        return None
    room = place(writing, command.room)
    said = body if body is not None else command.text
    if room is None or (that_room, kind, said) != (room.id, command.kind, command.text):
        raise CidConflict("That cid was used for another message. Give each message a cid of its own.")
    return SayDone(room=_shown(writing, room, writing.actor.id), seq=seq, at=at, again=True)


def _where_one_may_speak(writing: Writing, key: str) -> RoomRow:
    actor, licences = writing.actor, writing.licences
    who = (actor, writing.address, writing.mask, key)
    room = licences.find(who, writing.at)
    if room is None:
        room = allowed_in(writing, "say", key)
        licences.give(who, room, writing.at)
    return room


def _row(writing: Writing, command: commands.Say, room_id: int, seq: int) -> NewRow:
    is_notice = command.kind == "notice"
    return NewRow(
        room_id, seq, writing.actor.id, writing.actor.name, "text" if is_notice else command.kind, command.text,
        command.cid, writing.at, notice=is_notice,
        tags=msgspec.json.encode(command.tags).decode() if command.tags else None,
    )  # fmt: skip


def _said(writing: Writing, command: commands.Say, room: str, seq: int) -> Said:
    return Said(
        room=room, seq=seq, who=writing.actor.name, at=writing.at, text=command.text, kind=command.kind,
        tags=command.tags or UNSET, guest=writing.actor.guest or UNSET,
    )  # fmt: skip
