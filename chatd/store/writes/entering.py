"""
How accounts and guests come in, and how guests go: what is read and written for it, inside a transaction.

A guest is a row of C{accounts} like others, for as long as it is here. When it goes, the row keeps its number, which
what it said points at, and gives its name back; and the rooms that only guests made go with the last of their members.
"""

import hashlib
from typing import NamedTuple

import msgspec

from chatd.core import names
from chatd.core.errors import LoginFailed, NameTaken, NotNow, RegistrationClosed
from chatd.core.events import RoomShown
from chatd.core.ports import Account, Entrance, Membership, Place
from chatd.core.settings.limits import Limits
from chatd.store.queries import accounts, bans, identity, messages, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.transactions import Cursor
from chatd.store.reads.reading import Place as ReadPlace
from chatd.store.reads.reading import Reading
from chatd.store.reads.talk import news_of
from chatd.store.standing import admit, admit_address

HOST_BYTES = 4
AT_ONCE = 500


class Coming(NamedTuple):
    """
    What is known of somebody who comes in.

    @ivar source: What the address counts as, if the account is to be known there from now on.
    @ivar token_id: The token that has proved the account, if one has.
    @ivar password_at: When what has proved the account had become its password, if that has.
    @ivar new_token: The hash of a new session token, if one is asked for.
    """

    account_id: int
    address: str
    at: int
    source: str | None = None
    token_id: int | None = None
    password_at: int | None = None
    new_token: bytes | None = None


def exists(cursor: Cursor, name: names.Name) -> bool:
    row = accounts.account_by_key(cursor, name.key)
    if row is not None and not row.guest:  # whose name is nobody's to log in with
        return True
    require_free(cursor, name)
    return False


def require_free(cursor: Cursor, name: names.Name, own: int = 0) -> None:
    """
    Let a name be given to somebody, or not.

    @param own: The number of whoever is to be called so: its own name is in nobody's way.
    @raise NameTaken: if it is somebody's, or looks like somebody's.
    """
    row = accounts.account_by_key(cursor, name.key)
    if row is not None and row.id != own:
        raise NameTaken(f"The name {name.shown} is taken. Choose another one.")
    alike = accounts.account_alike(cursor, name.skeleton, own)
    if alike is not None:
        raise NameTaken(f"The name {name.shown} looks like {alike}, who is here already. Choose another one.")


def admitted(cursor: Cursor, account_id: int, address: str, at: int) -> AccountRow:
    row = accounts.account_by_id(cursor, account_id)
    if row is None or row.status != "active":
        raise LoginFailed()
    admit(cursor, row, address, at)
    return row


def enter(cursor: Cursor, coming: Coming, limits: Limits) -> Entrance:
    account_id, at = coming.account_id, coming.at
    token_id = _proved(cursor, coming, limits)
    row = admitted(cursor, account_id, coming.address, at)
    settings, last_at, last_from = accounts.last_login(cursor, account_id)
    accounts.note_login(cursor, account_id, coming.address, at)
    if coming.source is not None:
        identity.note_address(cursor, account_id, coming.source, at)
        identity.forget_addresses(cursor, account_id, at - ms(limits.known_address_age), limits.known_addresses)
    if coming.new_token is not None:
        token_id = _remember(cursor, coming, coming.new_token, limits)
    _, ever = rooms.count_memberships(cursor, account_id)
    return Entrance(
        Account(row.id, row.name, row.key),
        _memberships(cursor, account_id),
        msgspec.json.decode(settings),
        ever == 0,
        last_at,
        last_from,
        accounts.role_of(cursor, account_id, at)[0],
        ignored(cursor, account_id),
        token_id=token_id,
        came_by=coming.token_id,
        muted=bans.is_muted(cursor, account_id, at),
    )


def ignored(cursor: Cursor, account_id: int) -> frozenset[int]:
    return frozenset(number for number, _ in bans.ignores(cursor, account_id))


def _proved(cursor: Cursor, coming: Coming, limits: Limits) -> int | None:
    """
    Look again at what has proved the account, now that nothing else is written.

    @return: The number of the session token, if it was one.
    @raise LoginFailed: if a token was revoked or the password changed since.
    """
    account_id, token_id, at = coming.account_id, coming.token_id, coming.at
    if coming.password_at is not None and not identity.is_password_of(cursor, account_id, coming.password_at):
        raise LoginFailed()
    if token_id is None:
        return None
    idle, age = ms(limits.token_idle), ms(limits.token_age)
    kind = identity.use_token(cursor, token_id, coming.address, at, idle, age)
    if kind is None:
        raise LoginFailed()
    return token_id if kind == "session" else None


def _remember(cursor: Cursor, coming: Coming, hash: bytes, limits: Limits) -> int:
    """Keep a new session token; where there are too many, the one that was used longest ago goes."""
    account_id, at = coming.account_id, coming.at
    identity.drop_worthless_tokens(cursor, account_id, at)
    until = at + ms(min(limits.token_idle, limits.token_age))
    number = identity.add_token(cursor, account_id, "session", hash, "", coming.address, at, until)
    identity.keep_newest_tokens(cursor, account_id, "session", limits.session_tokens)
    return number


def use_invitation(cursor: Cursor, account_id: int, hash: bytes, at: int) -> None:
    invitation = identity.invitation_by_hash(cursor, hash, at)
    if invitation is None:
        raise RegistrationClosed("That invitation is used up. Ask the people who run this server for another one.")
    identity.use_invitation(cursor, invitation.id)
    if invitation.role != "member":
        accounts.grant_role(cursor, account_id, invitation.role, invitation.created_by, at, None)


def _memberships(cursor: Cursor, account_id: int) -> tuple[Membership, ...]:
    return tuple(
        Membership(
            Place(room_id, key, name, topic),
            kind == "direct",
            RoomShown(room=names.DIRECT + other if other else name, seq=last_seq, topic=topic),
        )
        for room_id, key, name, topic, kind, last_seq, other in rooms.places(cursor, account_id)
    )


def with_news(cursor: Cursor, entrance: Entrance, at: int, limits: Limits) -> Entrance:
    reading = Reading(cursor, entrance.account, at, limits)

    def counted(membership: Membership) -> Membership:
        shown = membership.shown
        row = rooms.room_by_id(cursor, membership.place.id, entrance.account.id)
        if row is None:
            return membership
        news = news_of(reading, ReadPlace(row, shown.room), shown.seq)
        return membership._replace(shown=msgspec.structs.replace(shown, unread=news.unread, mentions=news.mentions))

    return entrance._replace(memberships=tuple(map(counted, entrance.memberships)))


def come_as_guest(cursor: Cursor, name: names.Name, address: str, source: str, at: int) -> Entrance:
    """
    Let a guest in.

    @param source: What the address counts as, which is scrambled to what others see of it.
    @raise NameTaken: if the name is somebody's, or looks like somebody's.
    @raise NotAllowed: if the address is banned from the site.
    """
    admit_address(cursor, address, at)
    require_free(cursor, name)
    number = accounts.add_guest(cursor, *name, address, at)
    key = accounts.pepper(cursor, "guest-hosts")
    host = hashlib.blake2s(source.encode(), key=key, digest_size=HOST_BYTES).hexdigest()
    guest = Account(number, name.shown, name.key, guest=True)
    return Entrance(guest, (), {}, False, None, None, "guest", host=f"guest/{host}")


def become(
    cursor: Cursor, coming: Coming, password: tuple[str, str], invitation: bytes | None, limits: Limits
) -> Entrance:
    """
    Let a guest be an account, of the same number, with a password.

    @raise NotNow: if it is no guest (any more).
    @raise ChatError: if the invitation is worth nothing, or the address is banned from the site.
    """
    row = accounts.account_by_id(cursor, coming.account_id)
    if row is None or not row.guest or row.status != "active":
        raise NotNow("You are no guest here any more.")
    admit_address(cursor, coming.address, coming.at)
    accounts.keep_guest(cursor, row.id)
    accounts.set_password(cursor, row.id, *password, coming.at)
    if invitation is not None:
        use_invitation(cursor, row.id, invitation, coming.at)
    entrance = enter(cursor, coming, limits)
    return entrance._replace(first=False, last_at=None, last_from=None)


def retire(cursor: Cursor, account_id: int, at: int) -> None:
    """Let a guest be no more, if it is one; and what only guests made, and where nobody is now."""
    for room_id in accounts.retire_guest(cursor, account_id, at):
        rooms.end_conversation(cursor, room_id)
        vanish(cursor, room_id)


def vanish(cursor: Cursor, room_id: int) -> bool:
    """
    Let a room that only guests made be no more, if nobody is in it. Where much was said, it loses its name, and the
    rest goes later. Whether it was such a room.
    """
    if not rooms.is_abandoned(cursor, room_id):
        return False
    if clear_abandoned(cursor, room_id) == AT_ONCE:
        rooms.set_aside(cursor, room_id)
    return True


def clear_abandoned(cursor: Cursor, room_id: int) -> int:
    """Throw away a slice of what was said in such a room, and with the last of it the room. How many lines went."""
    if not rooms.is_abandoned(cursor, room_id):
        return 0
    gone = messages.purge(cursor, room_id, messages.EVER, AT_ONCE)
    if gone < AT_ONCE:
        rooms.drop_room(cursor, room_id)
    return gone


def ms(seconds: float) -> int:
    return int(seconds * 1000)
