"""
Rooms, the avatars in them, and the envelope in which one event goes to many.

Nothing here knows bytes, clocks or connections. Announcing neither blocks nor raises nor waits: the law that
makes the fan-out fast is that each listener costs one call, whatever it does with the envelope.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chatd.core.events import Deleted, Edited, Event, Said, Undeleted
from chatd.core.ports import Account, Place

if TYPE_CHECKING:
    from chatd.core.session import Session

Render = Callable[[Event], bytes]


class Envelope:
    """
    One event on its way to many. It is rendered at most once per rendering, however many hear it: the key is
    the identity of the render function, which is why dialects share theirs.

    @ivar origin: The session whose command made the event happen, if it was one.
    @ivar ref: That command's own mark.
    @ivar crowd: How many hear it.
    @ivar actor: The number of the account that did it, or 0.
    """

    __slots__ = ("_wires", "actor", "crowd", "event", "origin", "ref")

    def __init__(
        self, event: Event, origin: "Session | None" = None, ref: str | None = None, crowd: int = 1, actor: int = 0
    ) -> None:
        self.event = event
        self.origin = origin
        self.ref = ref
        self.crowd = crowd
        self.actor = actor
        self._wires: dict[Render, bytes] = {}

    def wire(self, render: Render) -> bytes:
        """The event as C{render} writes it."""
        wire = self._wires.get(render)
        if wire is None:
            wire = self._wires[render] = render(self.event)
        return wire


_WORDS = (Said, Edited, Deleted, Undeleted)


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
    """

    __slots__ = ("account", "active_at", "away", "behind", "heard", "ignored", "rooms", "sessions", "settings")

    def __init__(self, account: Account, settings: dict[str, str], ignored: frozenset[int] = frozenset()) -> None:
        self.account = account
        self.settings = settings
        self.ignored = ignored
        self.away: str | None = None
        self.active_at = 0
        self.behind: set[str] = set()
        self.rooms: dict[str, Room] = {}
        self.heard: dict[int, int] = {}
        self.sessions: tuple[Session, ...] = ()

    def hear(self, envelope: Envelope) -> None:
        """Hand the envelope to every session of this account, but no line of one whom it ignores."""
        if self.ignored and envelope.actor in self.ignored and isinstance(envelope.event, _WORDS):
            return
        for session in self.sessions:
            session.deliver(envelope)


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

    def announce(self, event: Event, origin: "Session | None" = None, ref: str | None = None, actor: int = 0) -> None:
        """
        Let everyone here hear of an event: wrapped once and handed to each over a copy, so that one may go
        during the round.
        """
        everyone = tuple(self.members.values())
        envelope = Envelope(event, origin, ref, len(everyone), actor)
        for avatar in everyone:
            avatar.hear(envelope)
