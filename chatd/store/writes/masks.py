"""Masks: who is kept out, let not speak, excepted from both, or invited, by what one looks like."""

from chatd.core import commands, masks
from chatd.core.errors import NoSuchEntry, TooMany
from chatd.core.events import MaskChanged, MaskDone, RoomEvent, Unbanned, Unmuted
from chatd.core.ports import News
from chatd.store.queries import accounts, bans
from chatd.store.queries.bans import BanRow
from chatd.store.queries.rooms import RoomRow
from chatd.store.writes.writing import Outcome, Writing, allowed_in, audited, next_seq, recorded


def mask(writing: Writing, command: commands.Mask) -> Outcome:
    """Put a mask on a list of a room, or take it off."""
    room = allowed_in(writing, "moderate", command.room)
    there = _like(bans.bans_in(writing.cursor, room.id, writing.at), command.list, command.mask)
    answer = MaskDone(room=room.name, list=command.list, mask=command.mask, on=command.on)
    if command.on:
        if there is not None:
            return Outcome(answer)
        put(writing, room, command.list, command.mask)
        news = changed(writing, room, command.list, command.mask, True)
    elif there is None:
        why = f"{command.mask} is not on the {command.list} list of #{room.name}. /bans shows what is in force."
        raise NoSuchEntry(why)
    else:
        if there.account_id is not None:  # an order against an account is lifted by who could give it
            account = accounts.account_by_id(writing.cursor, there.account_id)
            allowed_in(writing, "moderate", command.room, account)
        bans.lift_ban(writing.cursor, there.id, writing.actor.name, writing.at)
        news = _taken_off(writing, room, command, there)
    audited(writing, "mask", command.mask, room.name, f"{command.list} {'on' if command.on else 'off'}")
    return Outcome(answer, (news,))


def put(writing: Writing, room: RoomRow, effect: str, pattern: str, reason: str = "", until: int | None = None) -> int:
    """
    Put a mask in force. The number of the ban, or of what is like one.

    @raise TooMany: if the room has as many as it may.
    """
    if bans.count_masks(writing.cursor, room.id, writing.at) >= writing.limits.masks:
        why = f"There are {writing.limits.masks} masks on the lists of #{room.name}. Take one off first."
        raise TooMany(why, rule="masks in one room")
    return bans.add_ban(
        writing.cursor, room.id, effect, None, None, reason, writing.actor.name, writing.at, until, pattern
    )


def changed(writing: Writing, room: RoomRow, effect: str, pattern: str, on: bool) -> News:
    """The event of it, stored."""
    event = MaskChanged(
        room=room.name, seq=next_seq(writing, room), who=writing.actor.name, at=writing.at, list=effect, mask=pattern,
        on=on,
    )  # fmt: skip
    return recorded(writing, event, room)


def _like(found: list[BanRow], effect: str, pattern: str) -> BanRow | None:
    """What is in force of a mask, or of the account whose mask it is."""
    folded = pattern.casefold()
    for row in found:
        shown = row.mask or (masks.of_account(row.account) if row.account else "")
        if row.effect == effect and shown.casefold() == folded:
            return row
    return None


def _taken_off(writing: Writing, room: RoomRow, command: commands.Mask, row: BanRow) -> News:
    if row.account_id is None:
        return changed(writing, room, command.list, row.mask or command.mask, False)
    account = accounts.account_by_id(writing.cursor, row.account_id)
    assert account is not None
    kind: type[Unbanned] | type[Unmuted] = Unbanned if row.effect == "ban" else Unmuted
    event: RoomEvent = kind(
        room=room.name, seq=next_seq(writing, room), who=writing.actor.name, at=writing.at, target=account.name
    )
    return recorded(writing, event, room, target=account.id)
