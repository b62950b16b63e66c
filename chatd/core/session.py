"""
The session: one connection's conversation, and the law of it.

A session is in one of three phases, and the phase is not stored: it follows from the two facts that a session
holds anyway, its avatar and the avatar's rooms.

  - C{UNAUTHENTICATED}: nobody yet. It may introduce itself, log in, register or resume.
  - C{AUTHENTICATED}: an account, in no room. It may do all that needs no room, and join one.
  - C{CHATTING}: an account in at least one room. It may do everything that a member does.

The machine is the table L{VERBS} at the end of this file. A command with no cell there is refused and changes
nothing. One command at a time: the face does not send the next before this one is answered.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from types import MappingProxyType

from msgspec.structs import asdict, replace

from chatd.core import commands, events, names
from chatd.core.bucket import Bucket
from chatd.core.commands import Command, History
from chatd.core.errors import (
    BadPassword,
    Busy,
    ChatError,
    LoginFailed,
    NotEncrypted,
    NotNow,
    RegistrationClosed,
)
from chatd.core.events import Answer, RoomShown
from chatd.core.hub import Hub
from chatd.core.names import Name
from chatd.core.permissions import Act, Standing, may
from chatd.core.ports import Account, Entrance, Peer, World
from chatd.core.room import Avatar, Envelope
from chatd.core.settings import with_value

Deliver = Callable[[Envelope], None]


class Phase(Enum):
    """Where a session stands; the value is what a refused peer is told to do about it."""

    UNAUTHENTICATED = "Log in first."
    AUTHENTICATED = "Enter a room first: /join #lobby, and /rooms lists them."
    CHATTING = "You are logged in already; /quit leaves."


class Session:
    """
    One connection's conversation.

    @ivar avatar: Who this session is, once it is somebody.
    @ivar deliver: Where envelopes go: to the face, or into the waiting list while an answer is being made that
        must be seen first.
    @ivar refusal: The last refusal, for C{/why}.
    @ivar finished: Whether the peer has said good-bye: the face closes the connection.
    @ivar peer: Where the connection comes from.
    @ivar gone: Whether the connection has ended.
    """

    __slots__ = (
        "_deliver", "_held", "_hub", "_joins", "_world", "avatar", "deliver", "finished", "gone", "peer", "reason",
        "refusal", "tries_left",
    )  # fmt: skip

    def __init__(self, hub: Hub, world: World, deliver: Deliver, peer: Peer) -> None:
        self._hub = hub
        self._world = world
        self.peer = peer
        self._deliver = self.deliver = deliver
        self._held: list[Envelope] | None = None
        self._joins: Bucket | None = None
        self.avatar: Avatar | None = None
        self.refusal: ChatError | None = None
        self.reason = ""
        self.tries_left = hub.site.limits.login_tries
        self.finished = False
        self.gone = False

    @property
    def phase(self) -> Phase:
        """Where this session stands, from what it holds."""
        if self.avatar is None:
            return Phase.UNAUTHENTICATED
        return Phase.CHATTING if self.avatar.rooms else Phase.AUTHENTICATED

    async def obey(self, command: Command) -> Answer:
        """
        Do what the peer asks.

        @raise ChatError: the refusal; nothing has changed then.
        """
        verb = VERBS[self.phase].get(type(command))
        try:
            if verb is None:
                raise NotNow(self.phase.value, rule=f"{type(command).__name__.lower()} does not fit here")
            return await verb(self, command)
        except ChatError as refusal:
            self.refusal = refusal
            raise

    def settle(self) -> None:
        """Deliver what waited for the answer; the face calls this when it has written the answer."""
        held, self._held = self._held, None
        self.deliver = self._deliver
        for envelope in held or ():
            self._deliver(envelope)

    def close(self, reason: str) -> None:
        """End: the connection is no more."""
        if self.gone:
            return
        self.gone = True
        avatar = self.avatar
        if avatar is None:
            return
        seen = {room.id: room.seq for room in avatar.rooms.values()} | avatar.heard
        if self._hub.detach(self, self.reason or reason, self._world.now()):
            self._world.accounts.depart(avatar.account, seen)
        self.avatar = None

    async def introduce(self, command: commands.Introduce) -> Answer:
        self._require_privacy()
        name = names.account_name(command.name)
        site = self._hub.site
        if site.registration != "open":  # whether the name exists is nobody's business then
            return events.Introduced(name=name.shown, known=True)
        return events.Introduced(name=name.shown, known=await self._world.accounts.exists(command.name))

    async def login(self, command: commands.Login) -> Answer:
        entrance = await self._prove(command.name, command.password)
        return await self._welcome(events.LoggedIn, entrance, command.recent)

    async def register(self, command: commands.Register) -> Answer:
        self._require_privacy()
        if self._hub.site.registration == "closed":
            raise RegistrationClosed("Nobody can register here. Ask the people who run this server for an account.")
        self._hold()
        names.account_name(command.name)
        password = names.password(command.password)
        entrance = await self._world.gate.register(command.name, password, command.invite, self)
        return await self._welcome(events.Registered, entrance, command.recent)

    async def resume(self, command: commands.Resume) -> Answer:
        seen = {names.place_name(place).key: seq for place, seq in command.seen.items()}
        entrance = await self._prove(command.name, command.password)
        for membership in entrance.memberships:
            after = seen.get(names.place_name(membership.shown.room).key)
            if after is not None and after < membership.shown.seq:
                await self._replay(entrance.account, membership.shown, after)
        return await self._welcome(events.Resumed, entrance, 0)

    async def quit(self, command: commands.Quit) -> Answer:
        self.reason = names.label(command.reason)
        self.finished = True
        return events.QuitDone()

    async def ping(self, command: commands.Ping) -> Answer:
        return events.Ponged(at=self._world.now())

    async def join(self, command: commands.Join) -> Answer:
        name = names.room_name(command.room)
        self._limit_joins()
        self._hold()
        asked = replace(command, room=name.shown)
        done = await self._world.journal.append(self._me.account, asked, self)
        if command.recent and isinstance(done, events.JoinDone):
            before = done.place.seq + done.again  # one's own coming is heard, and not told twice
            return replace(done, place=await self._with_recent(done.place, command.recent, before))
        return done

    async def leave(self, command: commands.Leave) -> Answer:
        name = self._allowed("leave", command.room)
        asked = replace(command, room=name.key, reason=names.label(command.reason))
        return await self._world.journal.append(self._me.account, asked, self)

    async def look(self, command: commands.Look) -> Answer:
        name = self._allowed("read", command.room)
        room = self._me.rooms[name.key]
        shown = RoomShown(room=room.name, seq=room.seq, topic=room.topic)
        if command.recent:
            self._hold()
            shown = await self._with_recent(shown, command.recent, shown.seq + 1)
        return events.LookDone(place=shown, at=self._world.now(), people=len(room.members))

    async def rooms(self, command: commands.Rooms) -> Answer:
        listed = await self._world.archive.rooms(self._me.account, command.pattern.removeprefix(names.ROOM))
        mine = {room.id for room in self._me.rooms.values()}
        return events.RoomsDone(
            rooms=tuple(
                events.RoomListed(room=name, topic=topic, people=self._hub.people(number), member=number in mine)
                for number, name, topic in listed
            )
        )

    async def names(self, command: commands.Names) -> Answer:
        name = self._allowed("read", command.room)
        room = self._me.rooms[name.key]
        here = sorted((avatar.account for avatar in room.members.values()), key=lambda account: account.key)
        return events.NamesDone(room=room.name, names=tuple(account.name for account in here))

    async def whois(self, command: commands.Whois) -> Answer:
        key = names.account_name(command.name).key
        profile = await self._world.accounts.profile(self._me.account, key)
        return events.WhoisDone(
            name=profile.name,
            at=self._world.now(),
            since=profile.created_at,
            online=self._hub.here(key) is not None,
            seen=profile.seen_at,
            rooms=profile.rooms,
        )

    async def topic(self, command: commands.Topic) -> Answer:
        if command.text is None:
            name = self._allowed("read", command.room)
            room = self._me.rooms[name.key]
            topic, by, at = await self._world.archive.topic(room.id)
            return events.TopicDone(room=room.name, topic=topic, by=by, at=at)
        name = self._allowed("topic", command.room)
        asked = replace(command, room=name.key, text=names.label(command.text))
        return await self._world.journal.append(self._me.account, asked, self)

    async def say(self, command: commands.Say) -> Answer:
        if command.room.startswith(names.DIRECT):
            key = names.direct_name(command.room[1:]).key
        else:
            key = self._allowed("say", command.room).key
        if command.cid is not None:
            names.cid(command.cid)
        asked = replace(command, room=key, text=names.text(command.text))
        return await self._world.journal.append(self._me.account, asked, self)

    async def msg(self, command: commands.Msg) -> Answer:
        said = commands.Say(
            room=names.DIRECT + command.to, text=command.text, kind=command.kind, cid=command.cid, ref=command.ref
        )
        return events.MsgDone(**asdict(await self.say(said)))

    async def history(self, command: History) -> Answer:
        name = names.place_name(command.room)
        since = command.since if command.ago is None else max(0, self._world.now() - command.ago)
        limit = min(command.limit, self._hub.site.limits.history_page)
        asked = replace(command, room=name.key, since=since, ago=None, limit=limit)
        old, more = await self._world.archive.page(self._me.account, asked)
        shown = old[0].room if old else name.shown
        return events.HistoryDone(room=shown, at=self._world.now(), events=old, more=more)

    async def passwd(self, command: commands.Passwd) -> Answer:
        old, new = names.password(command.old), names.password(command.new)
        try:
            await self._world.gate.change_password(self._me.account, old, new, self)
        except LoginFailed:
            raise self._one_try_less("That is not your password now.") from None
        return events.PasswdDone()

    async def set(self, command: commands.Set) -> Answer:
        avatar = self._me
        if command.name is not None:
            changed = with_value(avatar.settings, command.name.lower(), command.value)
            await self._world.accounts.save_settings(avatar.account, changed)
            avatar.settings = changed
        return events.SetDone(settings=avatar.settings)

    async def why(self, command: commands.Why) -> Answer:
        said = self.refusal
        if said is None:
            return events.WhyDone(code="", why="Nothing was refused yet.", rule=None, set_by=None, until=None)
        return events.WhyDone(code=said.code, why=said.why, rule=said.rule, set_by=said.set_by, until=said.until)

    @property
    def _me(self) -> Avatar:
        assert self.avatar is not None, "the table asks for nobody's room"
        return self.avatar

    def _allowed(self, act: Act, room: str) -> Name:
        """The room's name, if this account may do that there by what the hub knows."""
        name = names.room_name(room)
        may(act, Standing(name.shown, member=name.key in self._me.rooms)).enforce()
        return name

    def _hold(self) -> None:
        """Let envelopes wait until L{settle}, so that the answer and the history in it are seen first."""
        if self._held is None:
            self._held = []
            self.deliver = self._held.append

    def _require_privacy(self) -> None:
        site = self._hub.site
        if self.peer.private or site.plaintext_logins:
            return
        where = " or ".join(site.encrypted_doors) or "an encrypted address; ask the people who run this server"
        raise NotEncrypted(
            f"This line is not encrypted, so no password is taken here. Connect to {where}.",
            rule="passwords do not cross a network in the clear",
        )

    async def _prove(self, name: str, password: str) -> Entrance:
        """Be the account, or lose one of the tries."""
        self._require_privacy()
        self._hold()
        with contextlib.suppress(BadPassword):  # what no password can be is judged too, and costs as much
            password = names.password(password)
        try:
            return await self._world.gate.login(name, password, self)
        except LoginFailed:
            raise self._one_try_less("Wrong name or password.") from None

    def _one_try_less(self, why: str) -> LoginFailed:
        self.tries_left -= 1
        return LoginFailed(why, self.tries_left)

    async def _welcome(self, answer: type[events.LoggedIn], entrance: Entrance, recent: int) -> Answer:
        site = self._hub.site
        rooms = [membership.shown for membership in entrance.memberships]
        if entrance.first and site.autojoin:
            with contextlib.suppress(ChatError):  # the account is in all the same, and can join by hand
                joined = await self._world.journal.append(entrance.account, commands.Join(room=site.autojoin), self)
                assert isinstance(joined, events.JoinDone)
                rooms.append(joined.place)
        rooms.sort(key=lambda shown: (shown.room[0] == names.DIRECT, shown.room != site.autojoin, shown.room))
        if recent and rooms:
            before = rooms[0].seq + (not entrance.first)
            rooms[0] = await self._with_recent(rooms[0], recent, before)
        return answer(
            name=entrance.account.name,
            at=self._world.now(),
            rooms=tuple(rooms),
            settings=dict(self._me.settings) if self.avatar else {},
            last_at=entrance.last_at,
            last_from=entrance.last_from,
            motd=site.motd,
        )

    async def _with_recent(self, shown: RoomShown, recent: int, before: int) -> RoomShown:
        """The same with the newest events before the first that this session hears itself."""
        account = self._me.account
        asked = History(room=names.place_name(shown.room).key, limit=recent, before=before)
        old, _ = await self._world.archive.page(account, asked)
        return replace(shown, recent=old)

    async def _replay(self, account: Account, shown: RoomShown, after: int) -> None:
        limit = self._hub.site.limits.resume_page
        asked = History(room=names.place_name(shown.room).key, limit=limit, after=after, before=shown.seq + 1)
        missed, more = await self._world.archive.page(account, asked)
        if more:
            self._deliver(Envelope(events.Gap(room=shown.room, after=after, before=missed[0].seq)))
        for event in missed:
            self._deliver(Envelope(event))

    def _limit_joins(self) -> None:
        if self.peer.exempt:
            return
        limits, now = self._hub.site.limits, self._world.clock()
        if self._joins is None:
            self._joins = Bucket(limits.join_burst, limits.joins_per_second, now)
        if not self._joins.take(now):
            raise Busy("You join rooms too fast. Try again in a few seconds.", rule="joins per second")


Verb = Callable[[Session, "commands.Any"], Awaitable[Answer]]

_ALWAYS: dict[type[Command], Callable[..., Awaitable[Answer]]] = {
    commands.Ping: Session.ping,
    commands.Quit: Session.quit,
    commands.Why: Session.why,
}
_ACCOUNT = _ALWAYS | {
    commands.Join: Session.join,
    commands.Rooms: Session.rooms,
    commands.Whois: Session.whois,
    commands.Say: Session.say,
    commands.Msg: Session.msg,
    commands.History: Session.history,
    commands.Passwd: Session.passwd,
    commands.Set: Session.set,
}
_MEMBER = _ACCOUNT | {
    commands.Leave: Session.leave,
    commands.Look: Session.look,
    commands.Names: Session.names,
    commands.Topic: Session.topic,
}
_STRANGER = _ALWAYS | {
    commands.Introduce: Session.introduce,
    commands.Login: Session.login,
    commands.Register: Session.register,
    commands.Resume: Session.resume,
}

VERBS: Mapping[Phase, Mapping[type[Command], Callable[..., Awaitable[Answer]]]] = MappingProxyType({
    Phase.UNAUTHENTICATED: _STRANGER,
    Phase.AUTHENTICATED: _ACCOUNT,
    Phase.CHATTING: _MEMBER,
})  # fmt: skip
