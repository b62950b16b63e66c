"""Rooms, and the people in them."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chatd.core import commands, events, names
from chatd.core.errors import BadArguments
from chatd.core.events import Answer, Person, RoomShown
from chatd.core.permissions import not_in_room
from chatd.core.ports import Roster
from chatd.core.room import Avatar, Room
from chatd.core.verbs.asking import read, write
from chatd.core.verbs.checking import checked
from chatd.core.verbs.entrance import with_recent

if TYPE_CHECKING:
    from chatd.core.session import Session


async def join(session: "Session", command: commands.Join) -> Answer:
    """Enter a room."""
    name = names.room_name(command.room)
    session.limit_joins()
    session.hold()
    given = await _proof(session, name.key, command.key) if command.key else None
    asked = replace(command, room=name.shown, key="")
    done = await session.world.journal.append(session.actor, asked, session, given)
    if command.recent and isinstance(done, events.JoinDone):
        before = done.place.seq + done.again  # one's own coming is heard, and not told twice
        return replace(done, place=await with_recent(session, done.place, command.recent, before))
    return done


async def look(session: "Session", command: commands.Look) -> Answer:
    """Say how a room stands."""
    session.hold()
    room = _room_of(session, command.room)
    shown = RoomShown(room=room.name, seq=room.seq, topic=room.topic)
    if command.recent:
        shown = await with_recent(session, shown, command.recent, shown.seq + 1)
    return events.LookDone(place=shown, at=session.world.now(), people=len(room.members))


async def rooms(session: "Session", command: commands.Rooms) -> Answer:
    """Say which rooms there are, and how many people are in each."""
    listed = await read(session, command)
    assert isinstance(listed, events.RoomsDone)
    people = session.hub.people()
    return replace(listed, rooms=tuple(replace(each, people=people.get(each.room, 0)) for each in listed.rooms))


async def people(session: "Session", command: commands.Names) -> Answer:
    """Say who is here."""
    return events.NamesDone(**await _people(session, _room_of(session, command.room)))


async def peek(session: "Session", command: commands.Peek) -> Answer:
    """Say who is here, to whoever may find the room and enter it, too."""
    key = names.room_name(command.room).key
    room = session.me.rooms.get(key)
    if room is None:
        known = await read(session, command)
        room = next((each for each in session.hub.rooms.values() if each.key == key), None)
        if room is None:
            return known
    return events.PeekDone(**await _people(session, room))


async def _people(session: "Session", room: Room) -> dict[str, Any]:
    roster = await session.world.archive.roster(room.id)
    now = session.world.now()
    here = sorted(room.members.values(), key=lambda avatar: avatar.account.key)
    return {
        "room": room.name,
        "names": tuple(avatar.account.name for avatar in here),
        "people": tuple(_person(avatar, roster, now) for avatar in here),
        "listed": roster.listed,
    }


async def whois(session: "Session", command: commands.Whois) -> Answer:
    """Say what one may know of an account."""
    asked = checked(command)
    known = await session.world.archive.ask(session.actor, asked)
    avatar = session.hub.here(asked.name)
    if avatar is None or not isinstance(known, events.WhoisDone):
        return known
    idle = max(0, session.world.now() - avatar.active_at)
    return replace(known, online=True, away=avatar.away, idle=idle, faces=_faces(avatar))


async def topic(session: "Session", command: commands.Topic) -> Answer:
    """Say what a room is about, or change it."""
    return await (read if command.text is None else write)(session, command)


async def room_set(session: "Session", command: commands.RoomSet) -> Answer:
    """Show a room's settings, or change one."""
    if command.name is None:
        return await read(session, command)
    asked = checked(command)
    if asked.name != "key" or not asked.value:
        return await write(session, command)
    world, account = session.world, session.actor
    await world.archive.require(account, "own", asked.room)
    hashed = await world.gate.hash_key(asked.value, session)
    return await world.journal.append(account, asked, session, hashed)


async def metadata(session: "Session", command: commands.Metadata) -> Answer:
    """Show what programs are told of an account or a room, or change it."""
    if command.act == "set" and command.key is None:
        raise BadArguments("Which value is to be set? Give its key.")
    return await (read if command.act in ("list", "sync") else write)(session, command)


async def _proof(session: "Session", room: str, key: str) -> str | None:
    """The hash that a key matches, after the same work whether there is one or not."""
    hashed = await session.world.archive.key_hash(room)
    return hashed if await session.world.gate.has_key(key, hashed, session) else None


def _room_of(session: "Session", typed: str) -> Room:
    key = names.room_name(typed).key
    room = session.me.rooms.get(key)
    if room is None:
        raise not_in_room(key)
    return room


def _person(avatar: Avatar, roster: Roster, now: int) -> Person:
    number = avatar.account.id
    return Person(
        name=avatar.account.name,
        role=roster.roles.get(number, "member"),
        away=avatar.away,
        idle=max(0, now - avatar.active_at),
        faces=_faces(avatar),
        voiced=number in roster.voiced,
    )


def _faces(avatar: Avatar) -> tuple[str, ...]:
    return tuple(sorted({session.face for session in avatar.sessions}))
