"""
Rooms, the avatars in them, and the envelope in which one event goes to many.

Nothing here knows clocks or connections, and of bytes only that a dialect renders them. Announcing neither blocks nor
raises nor waits: the law that makes the fan-out fast is that each listener costs one call.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol, final

from chatd.core.commands import Profile
from chatd.core.events import Deleted, Edited, Event, Relayed, Said, Tagged, Undeleted
from chatd.core.masks import Mask
from chatd.core.ports import Account, Place

if TYPE_CHECKING:
    from chatd.core.session import Session

Render = Callable[["Envelope"], bytes]
Soon = Callable[[Callable[[], None]], object]

HEARD_AT_ONCE = 1000  # listeners, which takes 3 ms
EVERYBODY = 10**9


class Outbox(Protocol):
    """Where bytes wait to be told to a session: one line, or several. To put some there neither blocks nor raises."""

    def put(self, data: bytes) -> None: ...
    def put_volley(self, data: bytes) -> None: ...


class Envelope:
    """
    One event on its way to many. It is rendered at most once per rendering, however many hear it: the key is
    the identity of the render function, which is why dialects share theirs.

    @ivar origin: The session whose command made the event happen, if it was one.
    @ivar ref: That command's own mark.
    @ivar crowd: How many hear it.
    @ivar actor: The number of the account that did it, or 0.
    @ivar mask: How IRC writes whom the event is of, as it was when it happened; nothing where nobody here did it.
    """

    __slots__ = ("_wires", "actor", "crowd", "event", "mask", "origin", "ref")

    def __init__(
        self,
        event: Event,
        origin: "Session | None" = None,
        ref: str | None = None,
        crowd: int = 1,
        actor: int = 0,
        mask: str = "",
    ) -> None:
        self.event = event
        self.origin = origin
        self.ref = ref
        self.crowd = crowd
        self.actor = actor
        self.mask = mask
        self._wires: dict[Render, bytes] = {}

    def wire(self, render: Render) -> bytes:
        """The event as C{render} writes it."""
        wire = self._wires.get(render)
        if wire is None:
            wire = self._wires[render] = render(self)
        return wire


@final
class Volley:
    """
    Lines of one room that were stored together and are heard together, as one piece: under load that is what makes
    them cheap, since a listener then costs no more for a hundred lines than for one.

    @ivar room: What the room is called.
    """

    __slots__ = ("_wires", "envelopes", "room")

    def __init__(self, room: str, envelopes: Sequence[Envelope]) -> None:
        self.room = room
        self.envelopes = envelopes
        self._wires: dict[Render, bytes] = {}

    def wire(self, render: Render) -> bytes:
        """The lines as C{render} writes them."""
        wire = self._wires.get(render)
        if wire is None:
            wire = self._wires[render] = b"".join([each.wire(render) for each in self.envelopes])
        return wire

    def around(self, author: int) -> "Iterator[Envelope | Volley]":
        """The lines of one account, each by itself; and what others said before, between and after, as one piece."""
        for own, run in groupby(self.envelopes, lambda each: each.actor == author):
            if own:
                yield from run
            else:
                yield Volley(self.room, tuple(run))


# Each empty set of its own would take 216 bytes, where ten thousand are here.
_NO_ACCOUNTS: frozenset[int] = frozenset()
_NO_PLACES: frozenset[str] = frozenset()
_WORDS = (Said, Tagged, Edited, Deleted, Undeleted, Relayed)


def host_of(name: str) -> str:
    """Where an account seems to come from, wherever that is."""
    return f"user/{name}"


class Gone(NamedTuple):
    """Somebody who was here, and is not any more, or is called otherwise: since C{at}."""

    name: str
    user: str
    host: str
    real: str
    at: int


class Avatar:
    """
    An account that is here: the member of rooms, with one or more sessions that hear.

    @ivar rooms: The rooms it is in, by key.
    @ivar heard: The last seq that it was given in each of its direct conversations, by the conversation's number.
    @ivar settings: What the account has set for itself.
    @ivar ignored: The numbers of the accounts whose lines it does not want to hear.
    @ivar away: Why it is away, while it is.
    @ivar behind: The keys of the places where something was new when it came, and that it has not caught up with.
    @ivar active_at: When it last asked for something, in UTC milliseconds.
    @ivar user: What IRC shows of it beside its name, with C{real}, a name in full, and C{bot}, whether it is a program.
    @ivar invisible: Whether IRC shows it only to those who share a room with it, or know its name.
    @ivar host: Where it seems to come from: of an account its name again, of a guest what its address is scrambled to.
    @ivar mask: How IRC writes who this is; each line that is said asks for it.
    """

    __slots__ = (
        "account", "active_at", "away", "behind", "bot", "heard", "host", "ignored", "invisible", "mask", "real",
        "rooms", "sessions", "settings", "user",
    )  # fmt: skip

    def __init__(
        self, account: Account, settings: Mapping[str, str], ignored: frozenset[int] = frozenset(), host: str = ""
    ) -> None:
        self.account = account
        self.settings = settings
        self.ignored = ignored or _NO_ACCOUNTS
        self.user, self.real, self.bot, self.invisible = account.key, account.name, False, False
        self.host = host or host_of(account.name)
        self._cover()
        self.away: str | None = None
        self.active_at = 0
        self.behind = _NO_PLACES
        self.rooms: dict[str, Room] = {}
        self.heard: dict[int, int] = {}
        self.sessions: tuple[Session, ...] = ()

    def appear(self, profile: Profile, muted: bool) -> None:
        """Be shown as was said before; nobody has been told anything yet, nor is of whoever is muted."""
        self.real = self.real if muted else profile.real or self.real
        self.invisible = bool(profile.invisible)
        self.show(profile.user or self.user, bool(profile.bot))

    def show(self, user: str, bot: bool) -> None:
        """Have another user name, or call oneself a program."""
        self.user, self.bot = user, bot
        self._cover()

    def become(self, account: Account, host: str) -> None:
        """Be called otherwise, or be an account after having been a guest."""
        self.account, self.host = account, host
        self._cover()

    def _cover(self) -> None:
        self.mask = Mask(f"{self.account.name}!{self.user}@{self.host}", self.bot)

    def hear(self, envelope: Envelope) -> None:
        """Hand the envelope to every session of this account, but no line of one whom it ignores."""
        if self.ignored and envelope.actor in self.ignored and isinstance(envelope.event, _WORDS):
            return
        for session in self.sessions:
            session.deliver(envelope)

    def overhear(self, told: Envelope | Volley, authors: frozenset[int]) -> None:
        """Hand over what was said: one by one where this account ignores some of it, and its own lines."""
        if isinstance(told, Envelope):
            self.hear(told)
            return
        if not self.ignored.isdisjoint(authors):
            for envelope in told.envelopes:
                self.hear(envelope)
            return
        parts = tuple(told.around(self.account.id)) if self.account.id in authors else (told,)
        for session in self.sessions:
            for part in parts:
                session.deliver(part)


class Room:
    """
    A place with members, of whom it knows those that are here.

    @ivar seq: The last seq that was announced.
    """

    __slots__ = ("id", "key", "members", "name", "seq", "topic")

    def __init__(self, place: Place, seq: int) -> None:
        self.id = place.id
        self.key = place.key
        self.name = place.name
        self.topic = place.topic
        self.seq = seq
        self.members: dict[int, Avatar] = {}

    def add(self, avatar: Avatar) -> None:
        """Make an avatar hear this room."""
        self.members[avatar.account.id] = avatar
        avatar.rooms[self.key] = self

    def remove(self, avatar: Avatar) -> None:
        """Make an avatar hear this room no more."""
        self.members.pop(avatar.account.id, None)
        avatar.rooms.pop(self.key, None)

    def rename(self, place: Place) -> None:
        """Be called otherwise from here on."""
        old, self.key, self.name = self.key, place.key, place.name
        for avatar in self.members.values():
            avatar.rooms.pop(old, None)
            avatar.rooms[self.key] = self
            if old in avatar.behind:
                avatar.behind = avatar.behind - {old} | {self.key}

    def announce(
        self,
        event: Event,
        origin: "Session | None" = None,
        ref: str | None = None,
        actor: int = 0,
        mask: str = "",
        among: frozenset[int] | None = None,
    ) -> None:
        """
        Let everyone here hear of an event, or those of certain numbers: wrapped once and handed to each over a copy,
        so that one may go during the round.
        """
        everyone = tuple(self.members.values())
        if among is not None:
            everyone = tuple(each for each in everyone if each.account.id in among)
        envelope = Envelope(event, origin, ref, len(everyone), actor, mask)
        for avatar in everyone:
            avatar.hear(envelope)


class Round:
    """
    Lines of one room that were stored together, and who has not heard them yet.

    To let somebody hear them costs a call for each session, and for each line where a session or its account wants to
    look at each: who ignores one of the authors, and who has set the bell. Where there is nothing to look at, the bytes
    go to the outbox at once: 1.8 us each, and 3.3 through C{deliver}, which touches more memory that is not at hand.

    @ivar rest: Those who are still to hear them, by number.
    @ivar fault: What went wrong with somebody, if anything did; it concerns nobody else.
    """

    __slots__ = ("_authors", "_told", "fault", "rest")

    def __init__(self, room: Room, envelopes: Sequence[Envelope]) -> None:
        self._told = envelopes[0] if len(envelopes) == 1 else Volley(room.name, envelopes)
        self._authors = frozenset(each.actor for each in envelopes)
        self.rest = room.members.copy()
        self.fault: Exception | None = None

    def tell_authors(self) -> None:
        """Let those hear it who have said it."""
        for number in self._authors:
            avatar = self.rest.pop(number, None)
            if avatar is not None:
                self._let_overhear(avatar)

    def tell(self, most: int) -> None:
        """Let so many hear it."""
        told, rest, is_volley = self._told, self.rest, type(self._told) is Volley
        for _ in range(min(most, len(rest))):
            _, avatar = rest.popitem()
            if avatar.ignored:
                self._let_overhear(avatar)
                continue
            try:
                for session in avatar.sessions:
                    if session.render is None:
                        session.deliver(told)
                    elif is_volley:
                        session.outbox.put_volley(told.wire(session.render))
                    else:
                        session.outbox.put(told.wire(session.render))
            except Exception as fault:
                self.fault = fault

    def _let_overhear(self, avatar: Avatar) -> None:
        try:
            avatar.overhear(self._told, self._authors)
        except Exception as fault:
            self.fault = fault


class Rounds:
    """
    The lines of all rooms that were told of and that not everybody has heard yet.

    Those who have said some of them hear them at once, since their answers come next, and so does a room that is not
    large; the others of a large one, in turns that do not grow long. Its next lines wait until all of it has heard
    these, and with them whoever has handed them out: so nobody says lines faster than a crowd can hear them.

    @param soon: Calls something once this turn is over.
    """

    __slots__ = ("_gathered", "_is_going_on", "_pending", "_soon", "_waiting")

    def __init__(self, soon: Soon) -> None:
        self._soon = soon
        self._gathered: dict[Room, list[Envelope]] = {}
        self._pending: dict[Room, Round] = {}
        self._waiting: list[Callable[[], None]] = []
        self._is_going_on = False

    def gather(self, room: Room, envelope: Envelope) -> None:
        """Note a line that is to be heard."""
        self._gathered.setdefault(room, []).append(envelope)

    def begin(self, then: Callable[[], None]) -> None:
        """
        Begin to let be heard what was gathered. C{then} is called when all of it has begun to be: in this turn, or when
        the crowds have heard what they were still to hear before.
        """
        self._waiting.append(then)
        self._begin()
        self._call_waiting()
        self._go_on_soon()

    def finish(self) -> None:
        """Let all be heard now: something else is about to happen, and comes after it."""
        while self._pending or self._gathered:
            for room in tuple(self._pending):
                self._tell(room, EVERYBODY)
            self._begin()

    def _begin(self) -> None:
        """Begin the rounds of what was gathered, but of no room that has one."""
        for room in tuple(self._gathered):
            if room not in self._pending:
                begun = self._pending[room] = Round(room, self._gathered.pop(room))
                begun.tell_authors()
                self._tell(room, HEARD_AT_ONCE)

    def _tell(self, room: Room, most: int) -> None:
        """Go on with a round. A fault in it comes out in a turn of its own, where it breaks nothing off."""
        begun = self._pending[room]
        begun.tell(most)
        if begun.fault is not None:
            self._soon(partial(_let_out, begun.fault))
            begun.fault = None
        if not begun.rest:
            del self._pending[room]

    def _call_waiting(self) -> None:
        if not self._gathered:
            waiting, self._waiting = self._waiting, []
            for then in waiting:
                then()

    def _go_on_soon(self) -> None:
        if (self._pending or self._waiting) and not self._is_going_on:
            self._is_going_on = True
            self._soon(self._go_on)

    def _go_on(self) -> None:
        self._is_going_on = False
        if self._gathered.keys() - self._pending.keys() or not self._pending:
            self._begin()
            self._call_waiting()
        else:
            self._tell(next(iter(self._pending)), HEARD_AT_ONCE)
        self._go_on_soon()


def _let_out(fault: Exception) -> None:
    raise fault
