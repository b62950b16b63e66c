"""Rooms: made, entered, left, described, set; and who is what in them."""

from chatd.core import commands, names
from chatd.core.errors import BadArguments, NameTaken, NotAllowed, TooMany
from chatd.core.events import (
    Invited,
    InviteDone,
    JoinDone,
    Joined,
    LeaveDone,
    Left,
    LetIn,
    RenameRoomDone,
    RoleChanged,
    RoomChanged,
    RoomRenamed,
    RoomRoleDone,
    RoomSetDone,
    RoomShown,
    TopicChanged,
    TopicDone,
)
from chatd.core.permissions import GUEST, HIGH, MEMBER_ALREADY, NO_MEMBER, Act, Actor, may, sees, unseen
from chatd.core.ports import News
from chatd.core.settings import rooms as room_settings
from chatd.store import standing
from chatd.store.queries import accounts, bans, markers, rooms
from chatd.store.queries.rooms import RoomRow
from chatd.store.writes.entering import vanish
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
    told,
)


def join(writing: Writing, command: commands.Join) -> Outcome:
    """Make the account a member; make the room first if there is none."""
    cursor, actor, at, limits = writing.cursor, writing.actor, writing.at, writing.limits
    name = names.room_name(command.room)
    room = rooms.room_by_key(cursor, name.key, actor.id)
    # Asked for a room that there is not, too, so that the time does not tell.
    if vanish(cursor, 0 if room is None else room.id) or room is None:
        room = _make_room(writing, name)
    else:
        proof = writing.given if isinstance(writing.given, str) else None
        asker = actor_in(writing, room, proof)
        may("join", asker, standing.room_of(cursor, room), named=name.key).enforce()
    if room.member:
        shown = RoomShown(room=room.name, seq=room.last_seq, topic=room.topic)
        return Outcome(JoinDone(place=shown, at=at, again=True))
    if rooms.count_memberships(cursor, actor.id)[0] >= limits.rooms_joined:
        raise TooMany(f"You are in {limits.rooms_joined} rooms; /leave one first.", rule="rooms joined at once")
    news = enter(writing, room, actor.id, actor.name, _role_of_comer(writing, room))
    answer = JoinDone(place=RoomShown(room=room.name, seq=_seq(news), topic=room.topic), at=at)
    return Outcome(answer, (news,))


def _role_of_comer(writing: Writing, room: RoomRow) -> str:
    """
    What somebody is in a room that it enters: its owner, if it makes it, or comes back to it and finds no owner. The
    site's own room is never a guest's; the first account that comes owns it, and counts as its maker.
    """
    cursor, actor = writing.cursor, writing.actor
    is_lobby = _is_lobby(writing, room.key)
    if is_lobby and actor.guest:
        return "member"
    if room.last_seq == 0 or rooms.is_without_owner(cursor, room.id, actor.id):
        return "owner"
    return "owner" if is_lobby and rooms.adopt(cursor, room.id, actor.id) else "member"


def _is_lobby(writing: Writing, key: str) -> bool:
    return bool(writing.lobby) and names.room_name(writing.lobby).key == key


def _require_no_lobby(writing: Writing, name: names.Name) -> None:
    """
    Let a room be called so, or not: a guest owns no room that is, or seems to be, the site's own.

    @raise NameTaken: if who asks is a guest, and it would be one.
    """
    if writing.actor.guest and writing.lobby and names.room_name(writing.lobby).skeleton == name.skeleton:
        raise NameTaken(f"#{name.shown} is or looks like #{writing.lobby}, which is this server's own. Choose another.")


def enter(writing: Writing, room: RoomRow, account_id: int, name: str, role: str) -> News:
    """Begin an account's stay in a room."""
    seq = next_seq(writing, room)
    rooms.add_membership(writing.cursor, room.id, account_id, role, seq)
    said_at = rooms.said_before(writing.cursor, room.id, account_id) if room.slow_ms else None
    if said_at is not None:
        rooms.note_said(writing.cursor, room.id, account_id, said_at)
    bans.drop_invitation(writing.cursor, room.id, account_id)
    markers.set_marker(writing.cursor, account_id, room.id, seq)
    event = Joined(room=room.name, seq=seq, who=name, at=writing.at)
    return recorded(writing, event, room, target=account_id)


def leave(writing: Writing, command: commands.Leave) -> Outcome:
    """Make the account a member no more."""
    room = allowed_in(writing, "leave", command.room)
    reason = command.reason if may_speak(writing, room) else ""  # a reason is a line, too
    news = go(writing, room, writing.actor.id, writing.actor.name, reason)
    vanish(writing.cursor, room.id)
    return Outcome(LeaveDone(room=room.name), (news,))


def go(writing: Writing, room: RoomRow, account_id: int, name: str, reason: str) -> News:
    """End an account's stay in a room, as if it had left."""
    seq = next_seq(writing, room)
    rooms.end_membership(writing.cursor, room.id, account_id, seq)
    event = Left(room=room.name, seq=seq, who=name, at=writing.at, reason=reason)
    return recorded(writing, event, room, target=account_id)


def topic(writing: Writing, command: commands.Topic) -> Outcome:
    """Say what a room is about. To say what it is about already changes nothing."""
    room = allowed_in(writing, "topic", command.room)
    said, actor, at = command.text or "", writing.actor, writing.at
    before, set_by, set_at = rooms.topic(writing.cursor, room.id)
    if said == before:
        return Outcome(TopicDone(room=room.name, topic=before, by=set_by, at=set_at))
    rooms.set_topic(writing.cursor, room.id, said, actor.name, at)
    seq = next_seq(writing, room)
    event = TopicChanged(room=room.name, seq=seq, who=actor.name, at=at, topic=said)
    news = recorded(writing, event, room._replace(topic=said))
    return Outcome(TopicDone(room=room.name, topic=said, by=actor.name, at=at), (news,))


def invite(writing: Writing, command: commands.Invite) -> Outcome:
    """Let an account enter a room that is not open to everyone."""
    room = allowed_in(writing, "invite", command.room)
    guest = account_named(writing, command.name)
    if rooms.standing(writing.cursor, room.id, guest.id) is not None:
        raise BadArguments(f"{guest.name} is in #{room.name} already.", rule=MEMBER_ALREADY)
    is_moderator = bool(may("moderate", actor_in(writing, room), standing.room_of(writing.cursor, room)))
    bans.invite(writing.cursor, room.id, guest.id, writing.actor.name, writing.at, is_moderator)
    who, at = writing.actor.name, writing.at
    to_guest = told(writing, Invited(room=room.name, who=who, at=at), room, guest.id)
    event = LetIn(room=room.name, who=who, name=guest.name, at=at)
    to_others = News(event, writing.actor.id, place_of(room), but=_uninviting(writing, room))
    return Outcome(InviteDone(room=room.name, name=guest.name), (to_guest, to_others))


def room_set(writing: Writing, command: commands.RoomSet) -> Outcome:
    """Change a setting of a room."""
    room = allowed_in(writing, "own", command.room)
    assert command.name is not None, "asking is reading"
    kept = room_settings.read(command.name, command.value)
    if command.name == "key":
        kept = writing.given if isinstance(writing.given, str) else None
    changed = {room_settings.ROOM_SETTINGS[command.name].column: kept} | _follows(room, command.name, kept)
    if command.alone and command.name != "listed":
        changed.pop("listed", None)
        if command.name == "key" and room.access == "invite":
            changed.pop("access", None)
    for column, value in changed.items():
        rooms.set_room(writing.cursor, room.id, column, value)
    if not changed.keys().isdisjoint({"access", "key_hash"}):
        rooms.set_room(writing.cursor, room.id, "access_by", writing.actor.name)
    before, settings = room_settings.shown(room._asdict()), room_settings.shown(room._asdict() | changed)
    said = settings[command.name]
    others = [name for name in settings if settings[name] != before[name]]
    audited(writing, "room-set", room=room.name, reason=f"{command.name} {said}")
    seq = next_seq(writing, room)
    event = RoomChanged(
        room=room.name, seq=seq, who=writing.actor.name, at=writing.at, setting=command.name, value=said,
        before={name: before[name] for name in others}, after={name: settings[name] for name in others},
    )  # fmt: skip
    answer = RoomSetDone(room=room.name, settings=settings, created_at=room.created_at)
    return Outcome(answer, (recorded(writing, event, room),))


def rename_room(writing: Writing, command: commands.RenameRoom) -> Outcome:
    """Give a room another name; the event has the old one, and the stream goes on."""
    room = allowed_in(writing, "own", command.room)
    name = names.room_name(command.name)
    allowed_here(writing, "make-rooms")  # since it makes a name
    _require_no_lobby(writing, name)
    other = rooms.room_by_key(writing.cursor, name.key, writing.actor.id)
    alike = other.name if other else rooms.room_alike(writing.cursor, name.skeleton)
    if alike is not None and alike != room.name:
        raise _taken(writing, name, alike)
    if name.shown == room.name:
        raise BadArguments(f"#{room.name} is called so already.")
    rooms.rename_room(writing.cursor, room.id, name.shown, name.key, name.skeleton)
    markers.move_read_times(writing.cursor, room.key, name.key)
    audited(writing, "rename-room", name.shown, room.name, command.reason)
    event = RoomRenamed(
        room=room.name, seq=next_seq(writing, room), who=writing.actor.name, at=writing.at, name=name.shown,
        reason=command.reason,
    )  # fmt: skip
    news = recorded(writing, event, room._replace(name=name.shown, key=name.key))
    return Outcome(RenameRoomDone(room=room.name, name=name.shown), (news,))


def room_role(writing: Writing, command: commands.RoomRole) -> Outcome:
    """Give a member of a room a role there."""
    is_stepping_down = command.on is False and command.name == writing.actor.key
    act: Act = "read" if is_stepping_down else "own" if command.role in HIGH else "moderate"
    room = allowed_in(writing, act, command.room)
    member = account_named(writing, command.name)
    before = rooms.standing(writing.cursor, room.id, member.id)
    if before is None:
        why = f"{member.name} is not in #{room.name}. /invite {member.name} asks them to come."
        raise BadArguments(why, rule=NO_MEMBER)
    was_voiced = member.id in rooms.voiced(writing.cursor, room.id)
    role, voiced = _new_standing(command, before, was_voiced)
    answer = RoomRoleDone(room=room.name, name=member.name, role=role)
    if command.on is not None and (role, voiced) == (before, was_voiced):
        return Outcome(answer)
    if before in HIGH and role != before and act == "moderate":
        allowed_in(writing, "own", command.room)
    if before == "owner" and role != "owner" and not member.guest:
        _require_another_owner(writing, room, member.name)
    rooms.set_standing(writing.cursor, room.id, member.id, role, voiced)
    audited(writing, "room-role", member.name, room.name, role)
    event = RoleChanged(
        room=room.name, seq=next_seq(writing, room), who=writing.actor.name, at=writing.at, target=member.name,
        role=role, was=before, voiced=voiced, was_voiced=was_voiced,
    )  # fmt: skip
    return Outcome(answer, (recorded(writing, event, room, target=member.id),))


_ANY_GUEST = Actor("", role=GUEST, standing="member")


def _uninviting(writing: Writing, room: RoomRow) -> frozenset[int]:
    """Those members who need not know of an invitation: who has made it, and guests that may make none."""
    cursor, there = writing.cursor, standing.room_of(writing.cursor, room)
    others = {writing.actor.id}
    if may("invite", _ANY_GUEST, there):  # then all may, and nobody need be looked at
        return frozenset(others)
    for number in rooms.guests_in(cursor, room.id):
        row = accounts.account_by_id(cursor, number)
        if row is not None and not may("invite", standing.target_of(cursor, row, writing.at, room), there):
            others.add(number)
    return frozenset(others)


def _new_standing(command: commands.RoomRole, before: str, was_voiced: bool) -> tuple[str, bool]:
    """The role that a member has from now on, and whether it has a voice beside one that is higher."""
    asked, has_voice = command.role, was_voiced or before == "voice"
    if command.on is None or asked == "member":
        return asked, has_voice and asked in HIGH
    if asked == "voice":
        return (before, command.on) if before in HIGH else ("voice" if command.on else "member", False)
    if command.on:
        return (before if before in HIGH and asked == "moderator" else asked), has_voice
    if asked == "owner":
        return ("moderator" if before == "owner" else before), was_voiced
    return ("voice" if has_voice else "member", False) if before in HIGH else (before, False)


def _require_another_owner(writing: Writing, room: RoomRow, name: str) -> None:
    owners = [each for each in rooms.standings(writing.cursor, room.id).values() if each == "owner"]
    if len(owners) == 1:
        why = f"{name} is the last owner of #{room.name}. /op NAME owner makes another one first."
        raise NotAllowed(why, rule="a room keeps an owner")


def _follows(room: RoomRow, name: str, kept: object) -> dict[str, room_settings.Value]:
    """What else changes with a setting: a room that is no longer open to everyone is a private one."""
    if name == "access" and kept == "key" and room.key_hash is None:
        raise BadArguments("That room has no key yet. /roomset key WORD gives it one, and asks for it from then on.")
    if name == "key" and kept is None:
        return {"access": "open", "listed": 1} if room.access == "key" else {}
    if name == "key":
        return {"access": "key", "listed": 0 if room.access == "open" else room.listed}
    if name == "access" and room.access == "open" and kept != "open":
        return {"listed": 0}
    if name == "access" and kept == "open":
        return {"listed": 1, "key_hash": None}
    return {}


def _make_room(writing: Writing, name: names.Name) -> RoomRow:
    cursor, actor, at, limits = writing.cursor, writing.actor, writing.at, writing.limits
    if "make-rooms" not in actor_in(writing).permissions:
        raise unseen("join", name.key)
    allowed_here(writing, "make-rooms")
    alike = rooms.room_alike(cursor, name.skeleton)
    if alike is not None:
        raise _taken(writing, name, alike)
    is_nobodys = actor.guest and _is_lobby(writing, name.key)
    if not is_nobodys:
        _require_no_lobby(writing, name)
    origin = writing.origin if actor.guest else None
    everyone, own, near = rooms.count_rooms(cursor, actor.id, origin or "")
    if everyone >= limits.rooms:
        raise TooMany("There are as many rooms here as there may be. /rooms lists them.", rule="rooms in all")
    most = limits.rooms_joined if actor.guest else limits.rooms_owned  # a guest's rooms go when all have left
    if own >= most:
        raise TooMany(f"You have made {own} rooms, and that is the limit.", rule="rooms made by one account")
    if origin and near >= limits.rooms_of_guests_per_address:
        why = f"Guests from your address have made {near} rooms, and that is the limit. Log in, or join another room."
        raise TooMany(why, rule="rooms made by guests from one address")
    number = rooms.add_room(cursor, "room", *name, None if is_nobodys else actor.id, at, origin)
    made = rooms.room_by_id(cursor, number, actor.id)
    assert made is not None
    return made


def _taken(writing: Writing, name: names.Name, alike: str) -> NameTaken:
    """The refusal of a name that looks like another room's, which is named only to whom it exists for."""
    room = rooms.room_by_key(writing.cursor, names.room_name(alike).key, writing.actor.id)
    if room is None or not sees(actor_in(writing, room), standing.room_of(writing.cursor, room)):
        return NameTaken(f"#{name.shown} looks like another name. Choose another one.")
    return NameTaken(f"#{name.shown} looks like #{alike}, which there is already. /join #{alike} enters that one.")


def _seq(news: News) -> int:
    return int(getattr(news.event, "seq", 0))
