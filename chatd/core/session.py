"""
The session: one connection's conversation, and the law of it.

A session is in one of three phases, and the phase is not stored: it follows from the two facts that a session
holds anyway, its avatar and the avatar's rooms.

  - C{UNAUTHENTICATED}: nobody yet. It may introduce itself, log in, register or resume.
  - C{AUTHENTICATED}: an account, in no room. It may do all that needs no room, and join one.
  - C{CHATTING}: an account in at least one room. It may do everything that a member does.

The machine is the table L{VERBS} at the end of this file. A command with no cell there is refused and changes
nothing. One command at a time: the face does not send the next before this one is answered; but for those of
L{SIDE_BY_SIDE}, which change nothing that the next one's meaning depends on.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from types import MappingProxyType

from chatd.core import commands
from chatd.core.bucket import Bucket
from chatd.core.commands import Command
from chatd.core.errors import Busy, ChatError, NotNow
from chatd.core.events import Answer
from chatd.core.hub import Hub
from chatd.core.ports import Account, Peer, World
from chatd.core.room import Avatar, Envelope, Outbox, Render, Volley
from chatd.core.settings.site import Site
from chatd.core.verbs import account, entrance, persona, places, powers, site, talk
from chatd.core.verbs.asking import read, write

Deliver = Callable[[Envelope | Volley], None]
End = Callable[[ChatError], None]


class Phase(Enum):
    """Where a session stands; the value is what a refused peer is told to do about it."""

    UNAUTHENTICATED = "Log in first."
    AUTHENTICATED = "Enter a room first: /join #lobby, and /rooms lists them."
    CHATTING = "You are logged in already; /quit leaves."


class Session:
    """
    One connection's conversation.

    @ivar hub: Who is here.
    @ivar world: What is asked of the rest of the world.
    @ivar avatar: Who this session is, once it is somebody.
    @ivar number: What its account knows it by.
    @ivar token_id: The number of the session token that it came with or was given.
    @ivar came_by: The number of the token of any kind that it came with: no token makes another one.
    @ivar operator: An account whose powers on the site it has proved to hold beside its own account's, if any.
    @ivar profile: What IRC is to show of whoever it will be, if it was said before it is somebody.
    @ivar face: How it came in, such as C{telnet}.
    @ivar since: Since when it is somebody, in UTC milliseconds; C{active_at}: when it last asked for something.
    @ivar deliver: Where envelopes go: to the face, or into the waiting list while an answer is being made that
        must be seen first. C{deliver_now} goes to the face at once.
    @ivar render: How lines that others say are written, where that is all there is to do with them: then they go
        straight to C{outbox}. C{None} where C{deliver} is to have them.
    @ivar end: Ends the connection with a refusal.
    @ivar refusal: The last refusal, for C{/why}.
    @ivar finished: Whether the peer has said good-bye: the face closes the connection.
    @ivar peer: Where the connection comes from.
    @ivar gone: Whether the connection has ended.
    """

    __slots__ = (
        "_held", "_joins", "_render", "active_at", "avatar", "came_by", "deliver", "deliver_now", "end", "face",
        "finished", "gone", "hub", "number", "operator", "outbox", "peer", "profile", "reason", "refusal", "render",
        "since", "token_id", "tries_left", "world",
    )  # fmt: skip

    def __init__(self, hub: Hub, world: World, deliver: Deliver, end: End, peer: Peer) -> None:
        self.hub = hub
        self.world = world
        self.peer = peer
        self.deliver_now = self.deliver = deliver
        self.end = end
        self._held: list[Envelope | Volley] | None = None
        self.render: Render | None = None
        self._render: Render | None = None
        self._joins: Bucket | None = None
        self.avatar: Avatar | None = None
        self.number = 0
        self.token_id: int | None = None
        self.came_by: int | None = None
        self.operator: Account | None = None
        self.profile: commands.Profile | None = None
        self.face = ""
        self.since = self.active_at = 0
        self.refusal: ChatError | None = None
        self.reason = ""
        self.tries_left = hub.site.limits.login_tries
        self.finished = False
        self.gone = False
        hub.strangers += 1

    @property
    def phase(self) -> Phase:
        """Where this session stands, from what it holds."""
        if self.avatar is None:
            return Phase.UNAUTHENTICATED
        return Phase.CHATTING if self.avatar.rooms else Phase.AUTHENTICATED

    @property
    def me(self) -> Avatar:
        """Who this session is; for the verbs of whoever is somebody."""
        assert self.avatar is not None, "the table asks for nobody's room"
        return self.avatar

    @property
    def actor(self) -> Account:
        """Who this session is, with the powers that it has proved to have beside its own."""
        account = self.me.account
        return account if self.operator is None else account._replace(operator=self.operator.id)

    @property
    def site(self) -> Site:
        """What the operator decided, as it is now."""
        return self.hub.site

    async def obey(self, command: Command) -> Answer:
        """
        Do what the peer asks.

        @raise ChatError: the refusal; nothing has changed then.
        """
        verb = VERBS[self.phase].get(type(command))
        if verb is None and self.avatar is not None and self.avatar.account.guest:
            verb = GUEST_VERBS.get(type(command))
        if self.avatar is not None:
            self.active_at = self.avatar.active_at = self.world.now()
        try:
            if verb is None:
                raise NotNow(self.phase.value, rule=f"{type(command).__name__.lower()} does not fit here")
            return await verb(self, command)
        except ChatError as refusal:
            self.refusal = refusal
            raise

    def begin(self, avatar: Avatar, number: int, token_id: int | None, at: int) -> None:
        """Be somebody from here on. For the hub."""
        self.hub.strangers -= self.avatar is None
        self.avatar = avatar
        self.number = number
        self.token_id = token_id
        self.since = self.active_at = at

    def write_with(self, render: Render | None, outbox: Outbox) -> None:
        """Have the lines that others say written so, and put there, from here on; see C{render}."""
        self._render, self.outbox = render, outbox
        if self._held is None:
            self.render = render

    def hear_out(self) -> None:
        """Hear what was said before, if this is somebody: the end comes after it."""
        if self.avatar is not None:
            self.hub.hand_out_all()

    def finish(self) -> None:
        """Say good-bye: with the answer, the face closes the connection."""
        self.hear_out()
        self.finished = True

    def hold(self) -> None:
        """
        Let envelopes wait until L{settle}, so that the answer and the history in it are seen first; but not those of
        what was said before.
        """
        if self._held is None:
            self.hub.hand_out_all()
            self._held = []
            self.deliver = self._held.append
            self.render = None

    def settle(self) -> None:
        """Deliver what waited for the answer; the face calls this when it has written the answer."""
        if self._held is None:
            return
        held, self._held = self._held, None
        self.deliver, self.render = self.deliver_now, self._render
        for envelope in held:
            self.deliver_now(envelope)

    def limit_joins(self) -> None:
        """
        Let one more room be joined now, or not.

        @raise Busy: if there were too many of late.
        """
        if self.peer.exempt:
            return
        limits, now = self.site.limits, self.world.clock()
        if self._joins is None:
            self._joins = Bucket(limits.join_burst, limits.joins_per_second, now)
        if not self._joins.take(now):
            raise Busy("You join rooms too fast. Try again in a few seconds.", rule="joins per second")

    def close(self, reason: str) -> None:
        """End: the connection is no more."""
        if self.gone:
            return
        self.gone = True
        self.hub.watches.end(self)
        self.depart(self.reason or reason)
        self.hub.strangers -= 1

    def depart(self, reason: str) -> None:
        """Be nobody again."""
        avatar = self.avatar
        if avatar is None:
            return
        seen = {room.id: room.seq for room in avatar.rooms.values()} | avatar.heard
        if self.hub.detach(self, reason, self.world.now()):
            self.world.accounts.depart(avatar.account, seen)
        self.avatar = self.operator = None
        self.hub.strangers += 1


SIDE_BY_SIDE: frozenset[type] = frozenset({commands.Say})

Verb = Callable[..., Awaitable[Answer]]

_ALWAYS: dict[type[Command], Verb] = {
    commands.Ping: entrance.ping,
    commands.Quit: entrance.quit,
    commands.Why: entrance.why,
}
_STRANGER = _ALWAYS | {
    commands.Introduce: entrance.introduce,
    commands.Guest: persona.guest,
    commands.Login: entrance.login,
    commands.Register: entrance.register,
    commands.Resume: entrance.resume,
    commands.Profile: persona.profile,
    commands.Vouch: powers.vouch,
}
_ACCOUNT = _ALWAYS | {
    commands.Join: places.join,
    commands.Rooms: places.rooms,
    commands.Peek: places.peek,
    commands.Whois: places.whois,
    commands.Say: write,
    commands.Msg: talk.msg,
    commands.Relay: talk.relay,
    commands.Tag: talk.tag,
    commands.Edit: write,
    commands.Delete: write,
    commands.History: talk.history,
    commands.Targets: talk.targets,
    commands.Search: read,
    commands.Unread: read,
    commands.Catchup: talk.catchup,
    commands.Mark: talk.mark,
    commands.Rename: persona.rename,
    commands.Profile: persona.profile,
    commands.Switch: entrance.switch,
    commands.Operate: powers.operate,
    commands.Depose: powers.depose,
    commands.Claim: account.claim,
    commands.Passwd: account.passwd,
    commands.Sessions: account.sessions,
    commands.Logout: account.logout,
    commands.MakeToken: account.make_token,
    commands.AddCertificate: account.add_certificate,
    commands.Tokens: read,
    commands.RevokeToken: write,
    commands.Set: account.set,
    commands.Away: account.away,
    commands.Ignore: account.ignore,
    commands.Unignore: account.unignore,
    commands.Export: read,
    commands.Erase: account.erase,
    commands.Invite: write,
    commands.RoomSet: places.room_set,
    commands.RoomRole: write,
    commands.RenameRoom: write,
    commands.Metadata: places.metadata,
    commands.Kick: write,
    commands.Expel: write,
    commands.Ban: write,
    commands.Mute: write,
    commands.Unban: write,
    commands.Unmute: write,
    commands.Bans: read,
    commands.Mask: write,
    commands.Masks: read,
    commands.Undo: write,
    commands.Announce: site.announce,
    commands.AddAccount: site.add_account,
    commands.Accounts: site.accounts,
    commands.Suspend: write,
    commands.Restore: write,
    commands.GrantRole: write,
    commands.ResetPassword: site.reset_password,
    commands.RenameAccount: write,
    commands.MakeInvitation: site.make_invitation,
    commands.Invitations: read,
    commands.RevokeInvitation: write,
    commands.PurgeRoom: site.purge_room,
    commands.Audit: read,
    commands.Stats: site.stats,
    commands.Reload: site.reload,
    commands.Shutdown: site.shutdown,
}
_MEMBER = _ACCOUNT | {
    commands.Leave: write,
    commands.Look: places.look,
    commands.Names: places.people,
    commands.Topic: places.topic,
}

VERBS: Mapping[Phase, Mapping[type[Command], Verb]] = MappingProxyType({
    Phase.UNAUTHENTICATED: _STRANGER,
    Phase.AUTHENTICATED: _ACCOUNT,
    Phase.CHATTING: _MEMBER,
})  # fmt: skip

# A guest may do what an account may, and besides become one: of its own name, or another one that there is.
GUEST_VERBS: Mapping[type[Command], Verb] = MappingProxyType({
    commands.Register: persona.identify,
    commands.Login: entrance.login,
})  # fmt: skip
