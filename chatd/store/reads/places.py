"""Rooms as those may know them who ask."""

from chatd.core import commands
from chatd.core.events import BansDone, BanShown, RoomListed, RoomsDone, RoomSetDone, TopicDone
from chatd.core.permissions import Act
from chatd.core.settings import rooms as room_settings
from chatd.store.queries import bans, rooms
from chatd.store.reads.reading import Reading, actor_in, allowed, allowed_in

LISTED = 500


def listed(reading: Reading, command: commands.Rooms) -> RoomsDone:
    """The rooms that the reader may know of, by name, at most 500. How many people are there, the hub knows."""
    sees_all = "see-rooms" in actor_in(reading).permissions
    found = rooms.rooms_listed(reading.cursor, reading.reader.id, command.pattern.lower(), sees_all, LISTED)
    return RoomsDone(
        rooms=tuple(
            RoomListed(
                room=row.name,
                topic=row.topic if row.member or row.access == "open" else "",
                people=0,
                member=row.member,
                access=row.access,
                invited=bool(row.invited),
            )
            for row in found
        )
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
    return RoomSetDone(room=room.name, settings=room_settings.shown(room._asdict()))


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
                target=row.account or row.network or "",
                reason=row.reason,
                set_by=row.set_by,
                set_at=row.set_at,
                until=row.until,
            )
            for row in found
        ),
    )
