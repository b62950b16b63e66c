"""
The hub: who is here, in which rooms, and who hears what.

It is a picture in memory of what the journal has committed. Nothing changes it but L{Hub.attach} and
L{Hub.tell}, which the journal calls after each commit and in the order of commits, and L{Hub.detach}.
"""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chatd.core.addresses import is_inside
from chatd.core.events import (
    Announced,
    Arrived,
    AwayChanged,
    Banned,
    Departed,
    Event,
    Identified,
    Joined,
    Kicked,
    Left,
    LetIn,
    MetadataChanged,
    Offline,
    Online,
    ProfileChanged,
    Relayed,
    Renamed,
    RoomEvent,
    RoomRenamed,
    Said,
    TopicChanged,
)
from chatd.core.names import DIRECT, account_key
from chatd.core.ports import Entrance, Expulsion, News, Place, Reach
from chatd.core.room import Avatar, Envelope, Gone, Room, Rounds, Soon, host_of
from chatd.core.settings.personal import complete
from chatd.core.settings.site import Site
from chatd.core.watches import Watches

if TYPE_CHECKING:
    from chatd.core.session import Session

PAST = 1000
TOLD_AT_ONCE = 5000  # who hear of departures in one turn


class Hub:
    """
    The rooms that somebody is in and the avatars that are here.

    @ivar site: The operator's decisions; a reload replaces them.
    @ivar rooms: By number; a room that nobody is in now is not held. C{avatars}: by the account's number.
    @ivar past: Those who went last, the last one at the end.
    @ivar most: How many avatars were here at once, at the most.
    @ivar strangers: How many sessions are nobody yet.
    @ivar watches: Who wants to hear when somebody comes and goes.
    @param soon: Calls something once this turn is over.
    """

    def __init__(self, site: Site, soon: Soon = lambda work: work()) -> None:
        self.site = site
        self.rooms: dict[int, Room] = {}
        self.avatars: dict[int, Avatar] = {}
        self._numbers: dict[str, int] = {}
        self._sessions = 0
        self.most = self.strangers = 0
        self.past: deque[Gone] = deque(maxlen=PAST)
        self.watches = Watches()
        self._relayed = 0
        self._rounds = Rounds(soon)
        self._soon = soon
        self._departed: dict[str, tuple[Avatar, Departed]] = {}
        self._is_telling = self._is_stopping = False

    def attach(self, session: "Session", entrance: Entrance, at: int) -> None:
        """Let a session be an account from here on; nothing happens if the session has gone meanwhile."""
        if session.gone:
            return
        self._rounds.finish()
        account = entrance.account
        if session.avatar is not None and session.avatar.account.id == account.id:
            session.begin(session.avatar, session.number, entrance.token_id, at)
            session.came_by = entrance.came_by
            return
        if session.avatar is not None:  # who proved to be somebody else
            before = session.avatar.account.key
            session.depart(f"logged in as {account.name}")
            self._tell_departure(before)
        avatar = self.avatars.get(account.id)
        if avatar is None:
            self._tell_departure(account.key)
            settings = complete(entrance.settings)
            avatar = self.avatars[account.id] = Avatar(account, settings, entrance.ignored, entrance.host)
            if session.profile is not None:
                avatar.appear(session.profile, entrance.muted)
            self._numbers[account.key] = account.id
            for membership in entrance.memberships:
                if membership.direct:
                    avatar.heard[membership.place.id] = membership.shown.seq
                else:
                    self._room(membership.place, membership.shown.seq).add(avatar)
            self._tell_neighbours(avatar, Arrived(who=account.name, at=at))
            self.watches.tell(account.key, Online(who=account.name, at=at), avatar.mask)
        avatar.sessions = (*avatar.sessions, session)
        avatar.active_at = at
        self.most = max(self.most, len(self.avatars))
        self._sessions += 1
        session.begin(avatar, self._sessions, entrance.token_id, at)
        session.came_by = entrance.came_by

    def detach(self, session: "Session", reason: str, at: int) -> bool:
        """Let a session be nobody again. Whether that was the account's last one, so that it is not here any more."""
        avatar = session.avatar
        if avatar is None or session not in avatar.sessions:
            return False
        self._rounds.finish()
        avatar.sessions = tuple(each for each in avatar.sessions if each is not session)
        if avatar.sessions:
            return False
        account = avatar.account
        self._note_past(avatar, at)
        del self.avatars[account.id]
        del self._numbers[account.key]
        for room in tuple(avatar.rooms.values()):
            room.members.pop(account.id, None)
            self._forget(room)
        if not self._is_stopping:
            self._departed[account.key] = avatar, Departed(who=account.name, at=at, reason=reason)
            if not self._is_telling:
                self._is_telling = True
                self._soon(self._tell_departed)
        return True

    def stop(self) -> None:
        """
        The server goes, and everyone with it: nobody is told any more of each who departs. With 5,000 in one room,
        telling them took more than ten seconds; without, all of stopping takes 1.2.
        """
        self._rounds.finish()
        self._is_stopping = True
        self._departed.clear()

    def tell(self, news: News, origin: "Session | None" = None, ref: str | None = None) -> None:
        """
        Take what was committed into the picture, and let those hear of it whom it concerns: of lines in rooms not at
        once, but together, with L{hand_out} or before anything else happens.
        """
        event = news.event
        if type(event) is Said and news.only is None:
            self._gather(event, news, origin, ref)
            return
        self._rounds.finish()
        if news.only is not None:
            self._tell_one(news, news.only, origin, ref)
        elif isinstance(event, RoomEvent):
            self._tell_room(event, news, origin, ref)
        elif isinstance(event, Renamed | Identified):
            self._tell_become(event, news.actor, origin, ref)
        elif isinstance(event, Announced):
            self.tell_all(event, origin, ref, self._mask(news.actor))
        elif isinstance(event, MetadataChanged):
            self._tell_metadata(event, news, origin, ref)
        elif isinstance(event, LetIn) and news.place.id in self.rooms:
            room = self.rooms[news.place.id]
            among = frozenset(room.members) - news.but
            room.announce(event, origin, ref, news.actor, self._mask(news.actor), among)

    def hand_out(self, then: Callable[[], None]) -> None:
        """Let the lines be heard that were told of, in turns that do not grow long; see L{Rounds.begin}."""
        self._rounds.begin(then)

    def hand_out_all(self) -> None:
        """Let all of them be heard now."""
        self._rounds.finish()

    def relay(
        self, event: Relayed, reach: Reach, among: frozenset[int] | None, origin: "Session", ref: str | None = None
    ) -> None:
        """
        Let those hear whom it concerns of what is stored nowhere, and who tells it.

        @param among: The numbers of the members who are to hear it, where not all are.
        """
        self._rounds.finish()
        me = origin.avatar
        if me is None:
            return
        room = None if reach.room is None else self.rooms.get(reach.room)
        if room is not None:
            heard = None if among is None else among | {me.account.id}
            room.announce(event, origin, ref, me.account.id, me.mask, heard)
            return
        other = None if reach.account is None else self.avatars.get(reach.account)
        if other is not None:
            theirs = replace(event, room=DIRECT + me.account.name)
            other.hear(Envelope(theirs, origin, ref, actor=me.account.id, mask=me.mask))
        if reach.account is not None and other is not me:
            me.hear(Envelope(event, origin, ref, actor=me.account.id, mask=me.mask))

    def next_id(self, at: int) -> str:
        """What something is called that is stored nowhere; C{at} is when it happened."""
        self._relayed += 1
        return f"{at}.{self._relayed}"

    def depose(self, number: int) -> None:
        """Take the powers of an account back from the sessions that it has lent them to."""
        for session in (session for avatar in self.avatars.values() for session in avatar.sessions):
            if session.operator is not None and session.operator.id == number:
                session.operator = None

    def expel(self, expulsion: Expulsion, origin: "Session | None" = None) -> None:
        """End the sessions that are to end; each is told why."""
        self._rounds.finish()
        if expulsion.account is not None:
            if expulsion.token is None:
                self.depose(expulsion.account)
            avatar = self.avatars.get(expulsion.account)
            ending = () if avatar is None else avatar.sessions
            if expulsion.token is not None:
                ending = tuple(each for each in ending if expulsion.token in (each.came_by, each.token_id))
        else:
            ending = tuple(
                session for avatar in self.avatars.values() for session in avatar.sessions
                if avatar.account.id not in expulsion.spared and is_inside(session.peer.address, expulsion.network)
            )  # fmt: skip
        for session in ending:
            if not (expulsion.keep and session is origin):
                session.reason = expulsion.told
                session.end(expulsion.refusal)

    def set_away(self, avatar: Avatar, text: str | None, at: int) -> None:
        """Let the neighbours know that somebody is away, or back."""
        if avatar.away != text:
            self._rounds.finish()
            avatar.away = text
            self._tell_neighbours(avatar, AwayChanged(who=avatar.account.name, at=at, text=text))

    def set_profile(
        self, avatar: Avatar, user: str, real: str, bot: bool, at: int, origin: "Session | None" = None
    ) -> None:
        """Change what IRC shows of somebody, and let the neighbours and the other sessions know of another C{real}."""
        self._rounds.finish()
        avatar.show(user, bot)
        if avatar.real != real:
            avatar.real = real
            event = ProfileChanged(who=avatar.account.name, at=at, real=real)
            avatar.hear(Envelope(event, origin, actor=avatar.account.id, mask=avatar.mask))
            self._tell_neighbours(avatar, event)

    def tell_all(self, event: Event, origin: "Session | None" = None, ref: str | None = None, mask: str = "") -> None:
        """Let everyone who is here hear of an event."""
        self._rounds.finish()
        envelope = Envelope(event, origin, ref, len(self.avatars), mask=mask)
        for avatar in tuple(self.avatars.values()):
            avatar.hear(envelope)

    def here(self, key: str) -> Avatar | None:
        """The avatar of the account with this folded name, if it is here."""
        number = self._numbers.get(key)
        return None if number is None else self.avatars.get(number)

    def people(self) -> dict[str, int]:
        """How many are in each room now, by the room's name."""
        return {room.name: len(room.members) for room in self.rooms.values()}

    def _tell_one(self, news: News, number: int, origin: "Session | None", ref: str | None) -> None:
        avatar = self.avatars.get(number)
        if avatar is not None:
            if isinstance(news.event, RoomEvent):
                avatar.heard[news.place.id] = news.event.seq
            avatar.hear(Envelope(news.event, origin, ref, actor=news.actor, mask=self._mask(news.actor)))

    def _gather(self, event: Said, news: News, origin: "Session | None", ref: str | None) -> None:
        room = self.rooms.get(news.place.id)
        if room is not None:
            room.seq = event.seq
            envelope = Envelope(event, origin, ref, len(room.members), news.actor, self._mask(news.actor))
            self._rounds.gather(room, envelope)
            if origin is not None and not origin.gone and news.actor not in room.members:  # who may speak from outside
                origin.deliver(envelope)

    def _tell_room(self, event: RoomEvent, news: News, origin: "Session | None", ref: str | None) -> None:
        subject = news.actor if news.target is None else news.target
        if isinstance(event, Joined):
            self._join(subject, news.place, event.seq)
        room = self.rooms.get(news.place.id)
        if room is None:
            return
        room.seq = event.seq
        if isinstance(event, RoomRenamed):
            room.rename(news.place)
        if isinstance(event, TopicChanged):
            room.topic = event.topic
        room.announce(event, origin, ref, news.actor, self._mask(subject if type(event) in _OWN else news.actor))
        if isinstance(event, _GOING):
            self._leave(room, subject)

    def _tell_become(self, event: Renamed | Identified, number: int, origin: "Session | None", ref: str | None) -> None:
        """A guest is called otherwise, or is an account, from here on. The mask that is told is the one before."""
        avatar = self.avatars.get(number)
        if avatar is None:
            return
        before, mask = avatar.account, avatar.mask
        if isinstance(event, Renamed):
            self._note_past(avatar, event.at)
            self._tell_departure(account_key(event.name))
            avatar.become(before._replace(name=event.name, key=account_key(event.name)), avatar.host)
            del self._numbers[before.key]
            self._numbers[avatar.account.key] = number
        else:
            avatar.become(before._replace(guest=False), host_of(before.name))
        avatar.hear(Envelope(event, origin, ref, actor=number, mask=mask))
        self._tell_neighbours(avatar, event, mask)
        if avatar.account.key != before.key:
            self.watches.tell(before.key, Offline(who=before.name, at=event.at), mask)
            self.watches.tell(avatar.account.key, Online(who=avatar.account.name, at=event.at), avatar.mask)

    def _tell_departed(self) -> None:
        """
        Let be heard who has departed, in turns that do not grow long. So thousands that go at once are not told of each
        other, and those who stay go on chatting meanwhile. Who comes before it is told hears of somebody it never saw.
        """
        self._rounds.finish()
        told = 0
        while self._departed and told < TOLD_AT_ONCE:
            told += self._tell_departure(next(iter(self._departed)))
        self._is_telling = bool(self._departed)
        if self._is_telling:
            self._soon(self._tell_departed)

    def _tell_departure(self, key: str) -> int:
        """The same of whoever had a name, if it was not told yet. How many were told."""
        if key not in self._departed:
            return 0
        avatar, event = self._departed.pop(key)
        self.watches.tell(avatar.account.key, Offline(who=event.who, at=event.at), avatar.mask)
        return self._tell_neighbours(avatar, event)

    def _note_past(self, avatar: Avatar, at: int) -> None:
        self.past.append(Gone(avatar.account.name, avatar.user, avatar.host, avatar.real, at))

    def _mask(self, number: int) -> str:
        avatar = self.avatars.get(number)
        return "" if avatar is None else avatar.mask

    def _tell_neighbours(self, avatar: Avatar, event: Event, mask: str | None = None) -> int:
        """Once to each who shares a room, and how many that are; the crowd is that of the smallest room shared."""
        told, mask = {avatar.account.id}, avatar.mask if mask is None else mask
        for room in sorted(avatar.rooms.values(), key=lambda room: len(room.members)):
            envelope = Envelope(event, crowd=len(room.members), actor=avatar.account.id, mask=mask)
            for number, neighbour in room.members.items():
                if number not in told:
                    told.add(number)
                    neighbour.hear(envelope)
        if isinstance(event, _OF_PEOPLE):
            self.watches.tell(avatar.account.key, event, mask, told)
        return len(told)

    def _tell_metadata(self, event: MetadataChanged, news: News, origin: "Session | None", ref: str | None) -> None:
        """To the members of a room, or to the neighbours of an account and the account itself."""
        if not event.target.startswith(DIRECT):
            room = self.rooms.get(news.place.id)
            if room is not None:
                room.announce(event, origin, ref, news.actor)
            return
        avatar = self.avatars.get(news.actor if news.target is None else news.target)
        if avatar is not None:
            self._tell_neighbours(avatar, event)
            avatar.hear(Envelope(event, origin, ref, actor=news.actor))

    def _join(self, number: int, place: Place, seq: int) -> None:
        avatar = self.avatars.get(number)
        if avatar is not None:
            self._room(place, seq).add(avatar)

    def _leave(self, room: Room, number: int) -> None:
        avatar = self.avatars.get(number)
        if avatar is not None:
            room.remove(avatar)
        self._forget(room)

    def _room(self, place: Place, seq: int) -> Room:
        room = self.rooms.get(place.id)
        if room is None:
            room = self.rooms[place.id] = Room(place, seq)
        return room

    def _forget(self, room: Room) -> None:
        if not room.members:
            self.rooms.pop(room.id, None)


_OWN = (Joined, Left)  # which are told of whom they are about, whoever has ordered them
_OF_PEOPLE = (AwayChanged, ProfileChanged, Identified, MetadataChanged)  # which who watches somebody hears of, too
_GOING = (Left, Kicked, Banned)  # after these, nothing more of the room is for whom they are about
