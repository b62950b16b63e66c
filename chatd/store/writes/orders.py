"""What moderators order: kicks, bans, mutes, and taking them back."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from chatd.core import commands, masks, names
from chatd.core.addresses import is_inside, network_of
from chatd.core.errors import BadArguments, ChatError, NoSuchEntry, NotAllowed, TooMany
from chatd.core.events import (
    BanDone,
    Banned,
    KickDone,
    Kicked,
    Muted,
    MuteDone,
    RoleChanged,
    RoomEvent,
    UnbanDone,
    Unbanned,
    Undeleted,
    UndoDone,
    Unmuted,
    UnmuteDone,
)
from chatd.core.permissions import NO_MEMBER, STANDINGS, Sentence, banned
from chatd.core.ports import Expulsion, News
from chatd.store.queries import accounts, audit, bans, messages, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.rooms import RoomRow
from chatd.store.standing import THIS_SERVER
from chatd.store.writes import masks as masked
from chatd.store.writes.places import enter
from chatd.store.writes.writing import (
    Outcome,
    Writing,
    account_named,
    allowed_here,
    allowed_in,
    audited,
    next_seq,
    recorded,
)

UNDOABLE = 10 * 60 * 1000


class Target(NamedTuple):
    """Against whom an order is: an account, a network, or whoever a mask is of."""

    shown: str
    account: AccountRow | None
    network: str | None
    mask: str | None = None

    @property
    def number(self) -> int | None:
        """The account's number, if it is one."""
        return None if self.account is None else self.account.id


def kick(writing: Writing, command: commands.Kick) -> Outcome:
    """Put a member out of a room."""
    allowed_in(writing, "moderate", command.room)
    target = account_named(writing, command.target)
    room = allowed_in(writing, "moderate", command.room, target)
    standing = rooms.standing(writing.cursor, room.id, target.id)
    if standing is None:
        raise NoSuchEntry(f"{target.name} is not in #{room.name}. /names #{room.name} shows who is.", rule=NO_MEMBER)
    audited(
        writing, "kick", target.name, room.name, command.reason,
        room_id=room.id, account_id=target.id, standing=standing,
    )  # fmt: skip
    answer = KickDone(room=room.name, target=target.name)
    return Outcome(answer, (_put_out(writing, room, target, Kicked, reason=command.reason),))


def ban(writing: Writing, command: commands.Ban) -> Outcome:
    """Keep an account or a network out, and put those out that are in."""
    room, target = _judged(writing, command)
    _require_elsewhere(writing, target)
    until = _until(writing, command)
    where = room and room.id
    standing = _standing(writing, room, target)
    number = _sentence(writing, "ban", room, target, command.reason, until)
    audited(
        writing, "ban", target.shown, room.name if room else "", command.reason,
        ban_id=number, room_id=where, account_id=target.number, standing=standing, mask=target.mask,
    )  # fmt: skip
    answer = BanDone(room=room and room.name, target=target.shown, until=until)
    if room is None:
        sentence = Sentence(THIS_SERVER, writing.actor.name, until, command.reason)
        spared = frozenset(accounts.with_permission(writing.cursor, "ban-from-site", writing.at))
        return Outcome(answer, ends=(Expulsion(_last_words(sentence), target.number, target.network, spared=spared),))
    if target.mask is not None:
        return Outcome(answer, (masked.changed(writing, room, "ban", target.mask, True),))
    if target.account is not None:
        bans.drop_invitation(writing.cursor, room.id, target.account.id)
        return Outcome(answer, (_banned(writing, room, target.account, standing, until, command.reason),))
    return Outcome(answer, tuple(_put_out_network(writing, room, target, command.reason)))


def mute(writing: Writing, command: commands.Mute) -> Outcome:
    """Let an account or a network not speak."""
    room, target = _judged(writing, command)
    _require_elsewhere(writing, target)
    until = _until(writing, command)
    number = _sentence(writing, "mute", room, target, command.reason, until)
    where = room.name if room else ""
    audited(
        writing, "mute", target.shown, where, command.reason,
        ban_id=number, room_id=room and room.id, account_id=target.number, mask=target.mask,
    )  # fmt: skip
    answer = MuteDone(room=room and room.name, target=target.shown, until=until)
    if room is not None and target.mask is not None:
        return Outcome(answer, (masked.changed(writing, room, "mute", target.mask, True),))
    if room is None or target.account is None:
        return Outcome(answer)
    return Outcome(answer, (_told(writing, room, target.account, Muted, until=until, reason=command.reason),))


def unban(writing: Writing, command: commands.Unban) -> Outcome:
    """Lift a ban."""
    room, target = _lifted(writing, command, "ban")
    answer = UnbanDone(room=room and room.name, target=target.shown)
    if room is not None and target.mask is not None:
        return Outcome(answer, (masked.changed(writing, room, "ban", target.mask, False),))
    if room is None or target.account is None:
        return Outcome(answer)
    return Outcome(answer, (_told(writing, room, target.account, Unbanned),))


def unmute(writing: Writing, command: commands.Unmute) -> Outcome:
    """Lift a mute."""
    room, target = _lifted(writing, command, "mute")
    answer = UnmuteDone(room=room and room.name, target=target.shown)
    if room is not None and target.mask is not None:
        return Outcome(answer, (masked.changed(writing, room, "mute", target.mask, False),))
    if room is None or target.account is None:
        return Outcome(answer)
    return Outcome(answer, (_told(writing, room, target.account, Unmuted),))


def undo(writing: Writing, command: commands.Undo) -> Outcome:
    """Take back one's own last kick, ban, mute or delete."""
    actor = writing.actor
    entry = audit.last_undoable(writing.cursor, actor.id or None, actor.name, writing.at - UNDOABLE)
    if entry is None:
        raise NoSuchEntry("There is nothing of yours to take back: no kick, ban, mute or delete in 10 minutes.")
    kept = msgspec.json.decode(entry.details)
    room = None
    if kept["room_id"] is None:
        allowed_here(writing, "ban-from-site")
    else:
        known = rooms.room_by_id(writing.cursor, kept["room_id"], actor.id)
        room = allowed_in(writing, "moderate", known.key if known else entry.room)
    news = _TAKEN_BACK[entry.act](writing, room, kept)
    audited(writing, "undo", entry.target, entry.room, entry.act, undoes=entry.id)
    return Outcome(UndoDone(act=entry.act, target=entry.target, room=entry.room), news)


def _judged(writing: Writing, command: commands.Order) -> tuple[RoomRow | None, Target]:
    """The room, if it is about one, and against whom, if who asks may order anything against them."""
    if command.room is None:
        allowed_here(writing, "ban-from-site")
        target = _target(writing, command.target)
        if target.mask is not None:
            raise BadArguments("A mask is for a room. From the whole site, ban an account or a network.")
        if target.account is not None:
            allowed_here(writing, "ban-from-site", target.account)
        return None, target
    allowed_in(writing, "moderate", command.room)
    target = _target(writing, command.target)
    if target.network is not None:  # who is put out for a network shows who is in it
        allowed_here(writing, "ban-from-site")
    return allowed_in(writing, "moderate", command.room, target.account), target


def _require_elsewhere(writing: Writing, target: Target) -> None:
    """Let nobody shut oneself out, by a slip in a network's length."""
    if target.network is not None and is_inside(writing.address, target.network):
        why = f"{target.shown} holds your own address, {writing.address}. Name a smaller network."
        raise NotAllowed(why, rule="nobody acts against oneself")


def _target(writing: Writing, typed: str) -> Target:
    network = network_of(typed)
    if network is not None:
        return Target(str(network), None, str(network))
    if masks.is_mask(typed):
        mask = masks.checked(typed)
        return Target(mask, None, None, mask)
    account = account_named(writing, names.account_key(typed))
    return Target(account.name, account, None)


def _until(writing: Writing, command: commands.Sentence) -> int | None:
    if command.until is not None:
        if command.until <= writing.at:
            raise BadArguments("That time is over already. Name one that is to come.")
        return command.until
    if command.ms == 0:
        return None
    return writing.at + (int(writing.limits.ban_seconds * 1000) if command.ms is None else command.ms)


def _sentence(
    writing: Writing, effect: str, room: RoomRow | None, target: Target, reason: str, until: int | None
) -> int:
    """Put a ban or a mute in force, in the place of the one before."""
    room_id = room and room.id
    cursor, by, at = writing.cursor, writing.actor.name, writing.at
    bans.lift_bans(cursor, room_id, effect, target.number, target.network, by, at, target.mask)
    if bans.count_bans(cursor, room_id, at) >= writing.limits.bans:
        why = f"There are {writing.limits.bans} bans and mutes in force there. /unban or /unmute somebody first."
        raise TooMany(why, rule="bans in force in one place")
    if room is not None and target.mask is not None:
        return masked.put(writing, room, effect, target.mask, reason, until)
    return bans.add_ban(cursor, room_id, effect, target.number, target.network, reason, by, at, until)


def _lifted(writing: Writing, command: commands.Order, effect: str) -> tuple[RoomRow | None, Target]:
    room, target = _judged(writing, command)
    where = room and room.id
    by, at = writing.actor.name, writing.at
    if not bans.lift_bans(writing.cursor, where, effect, target.number, target.network, by, at, target.mask):
        at_place = f"#{room.name}" if room else THIS_SERVER
        raise NoSuchEntry(f"There is no {effect} of {target.shown} in {at_place}. /bans shows those that there are.")
    audited(writing, f"un{effect}", target.shown, room.name if room else "")
    return room, target


def _standing(writing: Writing, room: RoomRow | None, target: Target) -> str | None:
    if room is None or target.account is None:
        return None
    return rooms.standing(writing.cursor, room.id, target.account.id)


def _told(writing: Writing, room: RoomRow, target: AccountRow, event: Callable[..., RoomEvent], **more: Any) -> News:
    seq = next_seq(writing, room)
    happened = event(room=room.name, seq=seq, who=writing.actor.name, at=writing.at, target=target.name, **more)
    return recorded(writing, happened, room, target=target.id)


def _put_out(writing: Writing, room: RoomRow, target: AccountRow, event: Callable[..., RoomEvent], **more: Any) -> News:
    news = _told(writing, room, target, event, **more)
    rooms.end_membership(writing.cursor, room.id, target.id, int(getattr(news.event, "seq", 0)))
    bans.drop_invitation(writing.cursor, room.id, target.id)
    return news


def _banned(
    writing: Writing, room: RoomRow, target: AccountRow, standing: str | None, until: int | None, reason: str
) -> News:
    put = _told if standing is None else _put_out
    return put(writing, room, target, Banned, until=until, reason=reason)


def _put_out_network(writing: Writing, room: RoomRow, target: Target, reason: str) -> list[News]:
    """Kick the members who were last seen in a network, but those whom who asks may not kick."""
    put_out = []
    for member, address in rooms.members_with_addresses(writing.cursor, room.id):
        if not is_inside(address, target.network):
            continue
        account = accounts.account_by_id(writing.cursor, member)
        assert account is not None
        try:
            allowed_in(writing, "moderate", room.key, account)
        except NotAllowed:
            continue
        put_out.append(_put_out(writing, room, account, Kicked, reason=reason))
    return put_out


def _last_words(sentence: Sentence) -> ChatError:
    refusal = banned(sentence)
    refusal.closes = True
    return refusal


def _return(writing: Writing, room: RoomRow | None, kept: dict[str, Any]) -> tuple[News, ...]:
    """Let somebody be again in a room what he was there, unless somebody else keeps him out meanwhile."""
    account = accounts.account_by_id(writing.cursor, kept["account_id"]) if kept.get("account_id") else None
    if room is None or account is None or not kept.get("standing") or account.status == "deleted":
        return ()
    before = rooms.standing(writing.cursor, room.id, account.id)
    if before is not None:  # never less than what others have made of him since
        is_less = STANDINGS[before] < STANDINGS[kept["standing"]]
        return (_promoted(writing, room, account, before, kept["standing"]),) if is_less else ()
    if any(row.effect == "ban" for row in bans.bans_of(writing.cursor, account.id, room.id, writing.at)):
        return ()
    return (enter(writing, room, account.id, account.name, kept["standing"]),)


def _promoted(writing: Writing, room: RoomRow, account: AccountRow, before: str, standing: str) -> News:
    """Let somebody who has come back by himself be again what he was."""
    voiced = before == "voice" and standing != "voice"
    rooms.set_standing(writing.cursor, room.id, account.id, standing, voiced)
    return _told(writing, room, account, RoleChanged, role=standing, was=before, voiced=voiced)


def _lift(
    writing: Writing, room: RoomRow | None, kept: dict[str, Any], event: Callable[..., RoomEvent]
) -> tuple[News, ...]:
    if not bans.lift_ban(writing.cursor, kept["ban_id"], writing.actor.name, writing.at):
        raise NoSuchEntry("That was lifted or replaced since. /bans shows what is in force.")
    account = accounts.account_by_id(writing.cursor, kept["account_id"]) if kept["account_id"] else None
    if room is not None and kept.get("mask"):
        return (masked.changed(writing, room, "ban" if event is Unbanned else "mute", kept["mask"], False),)
    if room is None or account is None:
        return ()
    return (_told(writing, room, account, event), *_return(writing, room, kept))


def _unban(writing: Writing, room: RoomRow | None, kept: dict[str, Any]) -> tuple[News, ...]:
    return _lift(writing, room, kept, Unbanned)


def _unmute(writing: Writing, room: RoomRow | None, kept: dict[str, Any]) -> tuple[News, ...]:
    return _lift(writing, room, kept, Unmuted)


def _undelete(writing: Writing, room: RoomRow | None, kept: dict[str, Any]) -> tuple[News, ...]:
    line = room and messages.line_at(writing.cursor, room.id, kept["of"])
    if room is None or line is None or not line.body:
        raise NoSuchEntry("The text of that line is thrown away by now; it cannot be brought back.")
    messages.delete_line(writing.cursor, line.id, None, None)
    seq = next_seq(writing, room)
    event = Undeleted(
        room=room.name, seq=seq, who=writing.actor.name, at=writing.at, of=line.seq, author=line.sender, text=line.body,
        of_at=line.at,
    )  # fmt: skip
    author = line.account_id or 0  # it is the author's line that is heard again, or not
    return (recorded(writing, event, room)._replace(actor=author),)


_TAKEN_BACK: dict[str, Callable[[Writing, RoomRow | None, dict[str, Any]], tuple[News, ...]]] = {
    "kick": _return,
    "ban": _unban,
    "mute": _unmute,
    "delete": _undelete,
}
