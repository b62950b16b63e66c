"""How an account stands, by what the rows say: all that L{chatd.core.permissions} asks, read inside a transaction."""

from chatd.core import masks
from chatd.core.addresses import is_inside, is_loopback
from chatd.core.permissions import PERMISSIONS, STANDINGS, Actor, Permission, Room, Sentence, Standing, banned
from chatd.core.ports import OPERATOR
from chatd.core.session import Session
from chatd.store.queries import accounts, bans, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.bans import BanRow
from chatd.store.queries.rooms import RoomRow
from chatd.store.queries.transactions import Cursor

OPERATOR_RANK = 5
# Whoever holds the machine is no account: nobody's words and nobody's rooms are his.
OPERATOR_MAY: frozenset[Permission] = PERMISSIONS - {"join", "direct", "make-rooms"}
THIS_SERVER = "this server"
BY_A_MEMBER = 1  # how somebody is invited whom no moderator has invited


def actor_of(
    cursor: Cursor,
    number: int,
    name: str,
    at: int,
    room: RoomRow | None = None,
    address: str = "",
    key_hash: str | None = None,
    mask: str = "",
    operator: int = 0,
) -> Actor:
    """
    An account as what decides sees it.

    @param room: The room where it wants to act, as the row says that was asked for with this account.
    @param address: Where it acts from, if it acts; networks may be banned.
    @param key_hash: The hash of the key that it has shown.
    @param mask: What it looks like, if it acts; masks of the room may be of it.
    @param operator: The number of the account whose powers on the site it has beside its own.
    """
    if number == OPERATOR.id:
        return Actor(name, "operator", OPERATOR_RANK, OPERATOR_MAY)
    role, rank, status = accounts.role_of(cursor, number, at)
    permissions = accounts.permissions_of(cursor, role)
    if operator:
        role, rank, permissions = _with_powers(cursor, operator, at, role, rank, permissions)
    sentences, invited = bans.bans_of(cursor, number, room and room.id, at), bool(room and room.invited)
    if address or mask:
        others = bans.bans_of_others(cursor, room and room.id, at)
        sentences, invited = _with_others(others, sentences, address, mask, permissions, room, invited)
    vouched = room is not None and room.invited > BY_A_MEMBER
    if vouched:
        sentences = [row for row in sentences if row.mask is None or row.effect != "ban"]
    return Actor(
        name, role, rank, permissions,
        standing=room and room.standing,
        invited=invited,
        has_key=key_hash is not None and room is not None and room.key_hash == key_hash,
        ban=_worst(sentences, "ban"),
        mute=_worst(sentences, "mute"),
        is_active=status == "active",
        quiet_until=_quiet_until(room, at),
        vouched=vouched,
    )  # fmt: skip


def _with_powers(
    cursor: Cursor, operator: int, at: int, role: str, rank: int, permissions: frozenset[str]
) -> tuple[str, int, frozenset[str]]:
    """Role, rank and permissions with those of another account, as long as that one may do anything itself."""
    lent, higher, status = accounts.role_of(cursor, operator, at)
    if status != "active" or _worst(bans.bans_of(cursor, operator, None, at), "ban") is not None:
        return role, rank, permissions
    permissions |= accounts.permissions_of(cursor, lent)
    return (lent, higher, permissions) if higher > rank else (role, rank, permissions)


def seen_as(session: Session | None) -> str:
    """What a session looks like to those who look at masks, or nothing if there is none."""
    return "" if session is None or session.avatar is None else session.avatar.mask


def origin_of(session: Session | None) -> str:
    """
    What the address of a guest's session counts as, or nothing if it is not counted: loopback is many people, and
    others are that the operator trusts.
    """
    if session is None or session.avatar is None or not session.avatar.account.guest or session.peer.exempt:
        return ""
    return "" if is_loopback(session.peer.address) else session.avatar.host


def lobby_of(session: Session | None) -> str:
    """The name of the site's own room, where new accounts begin, or nothing if it has none."""
    return "" if session is None else session.site.autojoin


def target_of(cursor: Cursor, row: AccountRow, at: int, room: RoomRow | None = None) -> Actor:
    """The same of an account to which something is to be done."""
    role, rank, _ = accounts.role_of(cursor, row.id, at)
    standing = None if room is None else rooms.standing(cursor, room.id, row.id)
    return Actor(row.name, role, rank, accounts.permissions_of(cursor, role), standing=standing)


def is_muted(cursor: Cursor, account_id: int, at: int, mask: str) -> bool:
    """
    Whether an account is muted in any room, or on the site; or what it looks like, in a room where it is. There, a
    ban by a mask keeps from speaking, too.

    @param mask: What it looks like, or nothing if it is not here.
    """
    if bans.is_muted(cursor, account_id, at):
        return True
    if not mask:
        return False
    there = {number for number, each in bans.silencing_masks(cursor, account_id, at) if masks.matches(each, mask)}
    found = (rooms.room_by_id(cursor, number, account_id) for number in there)
    actors = (actor_of(cursor, account_id, "", at, room, mask=mask) for room in found)
    return any(actor.mute is not None or actor.ban is not None for actor in actors)


def room_of(cursor: Cursor, row: RoomRow) -> Room:
    """A room as what decides sees it."""
    is_full = row.most_members is not None and rooms.count_members(cursor, row.id) >= row.most_members
    is_external = bool(row.external) and not row.slow_ms  # nobody counts the seconds of who is no member
    return Room(
        row.name, row.access, row.access_by, bool(row.listed), bool(row.moderated), row.topic_for, is_full, is_external
    )


def admit(cursor: Cursor, account: AccountRow, address: str, at: int) -> None:
    """
    Let an account that has proved itself come in, or not.

    @raise NotAllowed: if it is banned from the site, or the address is.
    """
    permissions = accounts.permissions_of(cursor, accounts.role_of(cursor, account.id, at)[0])
    networks = [row for row in _against(cursor, address, at) if not _could_lift(row, permissions, None)]
    _let_in([*bans.bans_of(cursor, account.id, None, at), *networks])


def admit_address(cursor: Cursor, address: str, at: int) -> None:
    """
    Let somebody from an address make an account, or not.

    @raise NotAllowed: if the address is banned from the site.
    """
    _let_in(_against(cursor, address, at))


def _against(cursor: Cursor, address: str, at: int) -> list[BanRow]:
    return [row for row in bans.bans_of_others(cursor, None, at) if _holds(row, address)]


def _let_in(sentences: list[BanRow]) -> None:
    sentence = _worst(sentences, "ban")
    if sentence is not None:
        raise banned(sentence)


def _with_others(
    others: list[BanRow],
    sentences: list[BanRow],
    address: str,
    mask: str,
    permissions: frozenset[str],
    room: RoomRow | None,
    invited: bool,
) -> tuple[list[BanRow], bool]:
    """The same with what is in force against networks and masks that one is of."""
    standing = room and room.standing
    networks = [
        row for row in others
        if row.mask is None and _holds(row, address) and not _could_lift(row, permissions, standing)
    ]  # fmt: skip
    sentences = [*sentences, *networks]
    if not others or room is None:
        return sentences, invited
    return _with_masks(others, sentences, mask, permissions, standing, invited)


def _with_masks(
    others: list[BanRow],
    sentences: list[BanRow],
    mask: str,
    permissions: frozenset[str],
    standing: Standing | None,
    invited: bool,
) -> tuple[list[BanRow], bool]:
    """
    What is in force in a room against whom a mask is of, and whether that one is invited there. An exception, and a
    voice, is one to what is ordered of masks; what is ordered of the account itself holds all the same.
    """
    mine = [row for row in others if row.mask is not None and masks.matches(row.mask, mask)]
    if not mine:
        return sentences, invited
    effects = {row.effect for row in mine}
    is_spared = "exception" in effects or STANDINGS[standing] >= STANDINGS["voice"] or "moderate" in permissions
    if not is_spared:
        sentences = [*sentences, *(row for row in mine if row.effect in ("ban", "mute"))]
    return sentences, invited or "invitation" in effects


def _could_lift(row: BanRow, permissions: frozenset[str], standing: Standing | None) -> bool:
    """Whether an order against a network is none for an account: so nobody is put out by whom he outranks."""
    if row.room_id is None:
        return "ban-from-site" in permissions
    return "moderate" in permissions or STANDINGS[standing] >= STANDINGS["moderator"]


def _holds(row: BanRow, address: str) -> bool:
    return is_inside(address, row.network)


def _worst(sentences: list[BanRow], effect: str) -> Sentence | None:
    """The one that lasts longest."""
    mine = [row for row in sentences if row.effect == effect]
    if not mine:
        return None
    row = max(mine, key=lambda row: (row.until is None, row.until or 0))
    return Sentence(f"#{row.room}" if row.room else THIS_SERVER, row.set_by, row.until, row.reason)


def _quiet_until(room: RoomRow | None, at: int) -> int | None:
    if room is None or not room.slow_ms or room.said_at is None:
        return None
    until = room.said_at + room.slow_ms
    return until if until > at else None
