"""Rooms as those may know them who ask."""

from msgspec import UNSET, UnsetType

from chatd.core import commands, masks
from chatd.core.events import (
    BansDone,
    BanShown,
    MasksDone,
    MaskShown,
    MetadataDone,
    PeekDone,
    RoomListed,
    RoomsDone,
    RoomSetDone,
    TopicDone,
)
from chatd.core.names import DIRECT
from chatd.core.permissions import Act, unseen
from chatd.core.settings import rooms as room_settings
from chatd.store.queries import bans, rooms
from chatd.store.queries import metadata as queries
from chatd.store.queries.metadata import Subject
from chatd.store.queries.rooms import RoomRow
from chatd.store.reads.reading import Reading, account_named, actor_in, allowed, allowed_in, seen_room

LISTED = 500


def listed(reading: Reading, command: commands.Rooms) -> RoomsDone:
    """The rooms that the reader may know of, by name, at most 500. How many people are there, the hub knows."""
    sees_all = "see-rooms" in actor_in(reading).permissions
    found = rooms.rooms_listed(
        reading.cursor, reading.reader.id, command.pattern.lower(), sees_all, LISTED + 1, command.after
    )
    return RoomsDone(
        more=len(found) > LISTED,
        rooms=tuple(
            RoomListed(
                room=row.name,
                topic=row.topic if row.member or row.access == "open" else "",
                people=0,
                member=row.member,
                access=row.access,
                invited=bool(row.invited),
                created_at=row.created_at,
                topic_at=row.topic_at if row.member or row.access == "open" else None,
            )
            for row in found[:LISTED]
        ),
    )


def topic(reading: Reading, command: commands.Topic) -> TopicDone:
    """What a room is about."""
    room = allowed_in(reading, "read", command.room)
    said, by, at = rooms.topic(reading.cursor, room.id)
    return TopicDone(room=room.name, topic=said, by=by, at=at)


def settings(reading: Reading, command: commands.RoomSet) -> RoomSetDone:
    """How a room is set; for its members."""
    act: Act = "own" if "see-rooms" in actor_in(reading).permissions else "read"
    room = allowed_in(reading, act, command.room)
    return RoomSetDone(room=room.name, settings=room_settings.shown(room._asdict()), created_at=room.created_at)


def metadata(reading: Reading, command: commands.Metadata) -> MetadataDone:
    """What programs are told of an account, or of a room: to its members, and to all if everyone may enter it."""
    people: dict[str, dict[str, str]] | UnsetType = UNSET
    if command.target.startswith(DIRECT):
        account = account_named(reading, command.target[1:], also_deleted=False)
        subject, shown = Subject(account_id=account.id), DIRECT + account.name
    else:
        room = _open_room(reading, command.target)
        subject, shown = Subject(room_id=room.id), room.name
        if command.act == "sync" and room.member:
            people = queries.metadata_of_members(reading.cursor, room.id)
    there = queries.metadata_of(reading.cursor, subject)
    if command.key is not None:
        there = {key: value for key, value in there.items() if key == command.key}
    return MetadataDone(target=shown, values=there, people=people)


def peeked(reading: Reading, command: commands.Peek) -> PeekDone:
    """A room that everyone may find and enter. Who is there, the hub knows."""
    room = seen_room(reading, command.room)
    if not room.listed or room.access != "open":
        raise unseen("own", command.room)
    return PeekDone(room=room.name, names=())


def _open_room(reading: Reading, key: str) -> RoomRow:
    """A room that who asks is in, or may enter as everyone may."""
    room = seen_room(reading, key)
    if not room.member and room.access != "open" and "see-rooms" not in actor_in(reading).permissions:
        raise unseen("own", key)
    return room


def masks_listed(reading: Reading, command: commands.Masks) -> MasksDone:
    """The masks on a list of a room, for its members; those invited and excepted, for its moderators."""
    act: Act = "read" if command.list in ("ban", "mute") else "moderate"
    room = allowed_in(reading, act, command.room)
    found = [row for row in bans.bans_in(reading.cursor, room.id, reading.at) if row.effect == command.list]
    shown = [(row.mask or (masks.of_account(row.account) if row.account else ""), row) for row in reversed(found)]
    return MasksDone(
        room=room.name,
        list=command.list,
        masks=tuple(MaskShown(mask=mask, set_by=row.set_by, set_at=row.set_at) for mask, row in shown if mask),
    )


def bans_listed(reading: Reading, command: commands.Bans) -> BansDone:
    """The bans and mutes of a room, or of the site, in force."""
    room_id = None
    if command.room is None:
        allowed(reading, "ban-from-site")
    else:
        room_id = allowed_in(reading, "moderate", command.room).id
    found = bans.bans_in(reading.cursor, room_id, reading.at)
    return BansDone(
        at=reading.at,
        bans=tuple(
            BanShown(
                number=row.id,
                effect=row.effect,
                room=row.room,
                target=row.account or row.network or row.mask or "",
                reason=row.reason,
                set_by=row.set_by,
                set_at=row.set_at,
                until=row.until,
            )
            for row in found
        ),
    )
