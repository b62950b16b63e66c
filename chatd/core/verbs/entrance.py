"""Coming and going."""

import contextlib
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from chatd.core import commands, events, names
from chatd.core.errors import BadPassword, Busy, ChatError, LoginFailed, NotEncrypted, NotInRoom, RegistrationClosed
from chatd.core.events import Answer, RoomShown
from chatd.core.ports import Account, Entrance
from chatd.core.room import Envelope

if TYPE_CHECKING:
    from chatd.core.session import Session


EVENT_BYTES = 256  # what an event takes beside its words, at the most
SETTLING = 3  # how often what others have asked for may yet be looked up and stored before a sign of life
_WORDS = ("text", "topic", "reason", "mask")


async def introduce(session: "Session", command: commands.Introduce) -> Answer:
    """Say whether a name is somebody's."""
    require_privacy(session)
    name = names.account_name(command.name)
    registration, shortest = session.site.registration, session.site.limits.password_length
    # Whether the name exists is nobody's business where not everybody may register.
    known = registration != "open" or await session.world.accounts.exists(command.name)
    return events.Introduced(name=name.shown, known=known, registration=registration, shortest=shortest)


async def login(session: "Session", command: commands.Login) -> Answer:
    """Be an account."""
    entrance = await _prove(session, command)
    return await welcome(session, events.LoggedIn, entrance, command.recent)


async def switch(session: "Session", command: commands.Switch) -> Answer:
    """Be another account from here on."""
    entrance = await _prove(session, command)
    return await welcome(session, events.SwitchDone, entrance, command.recent)


async def register(session: "Session", command: commands.Register) -> Answer:
    """Make an account, and be it."""
    require_privacy(session)
    if session.site.registration == "closed":
        raise RegistrationClosed("Nobody can register here. Ask the people who run this server for an account.")
    session.hold()
    names.account_name(command.name)
    asked = replace(command, password=names.password(command.password))
    entrance = await session.world.gate.register(asked, session)
    return await welcome(session, events.Registered, entrance, command.recent)


async def resume(session: "Session", command: commands.Resume) -> Answer:
    """Be an account again, and hear what was missed."""
    entrance = await _prove(session, command)
    seen = {place.removeprefix(names.ROOM).casefold(): seq for place, seq in command.seen.items()}
    room_left = session.site.limits.queue_hard // 2
    for membership in entrance.memberships:
        after = seen.get(membership.shown.room.casefold())
        if after is not None and after < membership.shown.seq:
            with contextlib.suppress(NotInRoom):  # put out meanwhile, which is heard after the answer
                room_left -= await _replay(session, entrance.account, membership.shown, after, room_left)
    return await welcome(session, events.Resumed, entrance, 0)


async def quit(session: "Session", command: commands.Quit) -> Answer:
    """Leave."""
    reason = names.label(command.reason)
    session.reason = reason if reason and await may_be_heard(session) else ""
    session.finish()
    return events.QuitDone()


async def ping(session: "Session", command: commands.Ping) -> Answer:
    """
    Give a sign of life. One that is to be settled comes behind what others are being answered: of that, most is looked
    up once and stored once.
    """
    if command.settled and session.avatar is not None:
        for _ in range(SETTLING):
            await session.world.archive.settled()
            await session.world.journal.settled()
        session.hub.hand_out_all()
    return events.Ponged(at=session.world.now())


async def why(session: "Session", command: commands.Why) -> Answer:
    """Explain the last refusal."""
    said = session.refusal
    if said is None:
        return events.WhyDone(code="", why="Nothing was refused yet.", rule=None, set_by=None, until=None)
    return events.WhyDone(code=said.code, why=said.why, rule=said.rule, set_by=said.set_by, until=said.until)


async def may_be_heard(session: "Session") -> bool:
    """Whether words that reach others beside a room may be told of: not of whoever is muted anywhere."""
    if session.avatar is None:
        return False
    try:
        return not await session.world.archive.is_muted(session.me.account, session.me.mask)
    except Busy:
        return False


def require_privacy(session: "Session") -> None:
    """
    Let a password be asked for, or not.

    @raise NotEncrypted: if somebody between could read along.
    """
    site = session.site
    if session.peer.private or site.plaintext_logins:
        return
    where = " or ".join(site.encrypted_doors) or "an encrypted address; ask the people who run this server"
    raise NotEncrypted(
        f"This line is not encrypted, so no password is taken here. Connect to {where}.",
        rule="passwords do not cross a network in the clear",
    )


def one_try_less(session: "Session", why: str) -> LoginFailed:
    """The refusal of a wrong password; after the last try it closes."""
    session.tries_left -= 1
    return LoginFailed(why, session.tries_left)


async def with_recent(session: "Session", shown: RoomShown, recent: int, before: int) -> RoomShown:
    """
    The same place with the newest events before the first that this session hears itself; without them, if the
    account was put out meanwhile, which it hears next.
    """
    asked = commands.History(room=names.place_name(shown.room).key, limit=recent, before=before)
    try:
        page = await session.world.archive.ask(session.me.account, asked)
    except (NotInRoom, Busy):
        return shown
    assert isinstance(page, events.HistoryDone)
    return replace(shown, recent=page.events)


async def _prove(session: "Session", said: commands.Login | commands.Resume) -> Entrance:
    """Be the account, or lose one of the tries."""
    require_privacy(session)
    session.hold()
    with contextlib.suppress(BadPassword):  # what no password can be is judged too, and costs as much
        said = replace(said, password=names.password(said.password))
    try:
        return await session.world.gate.login(said, session)
    except LoginFailed as refusal:
        raise one_try_less(session, _wrong(said)) from refusal


def _wrong(said: commands.Login | commands.Resume) -> str:
    if said.certificate:
        return "This certificate proves no such account here. Log in with your password, and add it."
    return "Wrong name or password." if said.name else "That token is not known, or worth nothing any more."


async def welcome(session: "Session", answer: type[events.LoggedIn], entrance: Entrance, recent: int) -> Answer:
    """The answer to whoever has come in, who enters the first room if it is the first time."""
    site, world = session.site, session.world
    rooms = [membership.shown for membership in entrance.memberships]
    if entrance.first and site.autojoin:
        with contextlib.suppress(ChatError):  # the account is in all the same, and can join by hand
            joined = await world.journal.append(entrance.account, commands.Join(room=site.autojoin), session)
            assert isinstance(joined, events.JoinDone)
            rooms.append(joined.place)
    rooms.sort(key=lambda shown: (shown.room[0] == names.DIRECT, shown.room != site.autojoin, shown.room))
    behind = {names.place_name(shown.room).key for shown in rooms if shown.unread}
    if behind and session.avatar is not None:
        session.avatar.behind |= behind
    if recent and rooms:
        before = rooms[0].seq + (not entrance.first)
        rooms[0] = await with_recent(session, rooms[0], recent, before)
    return answer(
        name=entrance.account.name,
        at=world.now(),
        rooms=tuple(rooms),
        settings=dict(session.me.settings) if session.avatar else {},
        last_at=entrance.last_at,
        last_from=entrance.last_from,
        motd=site.motd,
        role=entrance.role,
        token=entrance.token,
    )


async def _replay(session: "Session", account: Account, shown: RoomShown, after: int, most: int) -> int:
    """Tell what was missed in a place: the newest of it, within so many bytes. Returns how many it took."""
    limit = session.site.limits.resume_page
    asked = commands.History(room=names.place_name(shown.room).key, limit=limit, after=after, before=shown.seq + 1)
    found: tuple[events.AnyRoomEvent, ...] = ()
    with contextlib.suppress(Busy):  # all of it is the gap, then
        page = await session.world.archive.ask(account, asked)
        assert isinstance(page, events.HistoryDone)
        found = page.events
    missed, size = _newest(found, most)
    first = missed[0].seq if missed else shown.seq + 1
    if first > after + 1:
        session.deliver_now(Envelope(events.Gap(room=shown.room, after=after, before=first)))
    for event in missed:
        session.deliver_now(Envelope(event))
    return size


def _newest(told: tuple[events.AnyRoomEvent, ...], most: int) -> tuple[list[events.AnyRoomEvent], int]:
    """The newest events that take so many bytes at the most, the oldest of them first, and how many they take."""
    kept: list[events.AnyRoomEvent] = []
    size = 0
    for event in reversed(told):
        size += EVENT_BYTES + sum(len(getattr(event, words, "").encode()) for words in _WORDS) + _size_of_tags(event)
        if size > most:
            break
        kept.append(event)
    return kept[::-1], min(size, most)


def _size_of_tags(event: events.AnyRoomEvent) -> int:
    tags = getattr(event, "tags", None)
    return len(msgspec.json.encode(tags)) if isinstance(tags, dict) else 0
