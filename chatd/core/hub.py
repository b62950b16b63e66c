"""
The hub: who is here, in which rooms, and who hears what.

It is a picture in memory of what the journal has committed. Nothing changes it but L{Hub.attach} and
L{Hub.tell}, which the journal calls after each commit and in the order of commits, and L{Hub.detach}.
"""

from typing import TYPE_CHECKING

from chatd.core.events import Arrived, Departed, Event, Joined, Left, TopicChanged
from chatd.core.ports import Entrance, News, Place
from chatd.core.room import Avatar, Envelope, Room
from chatd.core.settings import complete
from chatd.core.site import Site

if TYPE_CHECKING:
    from chatd.core.session import Session


class Hub:
    """
    The rooms that somebody is in and the avatars that are here.

    @ivar site: The operator's decisions; a reload replaces them.
    @ivar rooms: By number; a room that nobody is in now is not held.
    @ivar avatars: By the account's number.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.rooms: dict[int, Room] = {}
        self.avatars: dict[int, Avatar] = {}
        self._numbers: dict[str, int] = {}

    def attach(self, session: "Session", entrance: Entrance, at: int) -> None:
        """Let a session be an account from here on; nothing happens if the session has gone meanwhile."""
        if session.gone:
            return
        account = entrance.account
        avatar = self.avatars.get(account.id)
        if avatar is None:
            avatar = self.avatars[account.id] = Avatar(account, complete(entrance.settings))
            self._numbers[account.key] = account.id
            for membership in entrance.memberships:
                if membership.direct:
                    avatar.heard[membership.place.id] = membership.shown.seq
                else:
                    self._room(membership.place, membership.shown.seq).add(avatar)
            self._tell_neighbours(avatar, Arrived(who=account.name, at=at))
        avatar.sessions = (*avatar.sessions, session)
        session.avatar = avatar

    def detach(self, session: "Session", reason: str, at: int) -> bool:
        """Let a session be nobody again. Whether that was the account's last one, so that it is not here any more."""
        avatar = session.avatar
        if avatar is None or session not in avatar.sessions:
            return False
        avatar.sessions = tuple(each for each in avatar.sessions if each is not session)
        if avatar.sessions:
            return False
        del self.avatars[avatar.account.id]
        del self._numbers[avatar.account.key]
        self._tell_neighbours(avatar, Departed(who=avatar.account.name, at=at, reason=reason))
        for room in tuple(avatar.rooms.values()):
            room.members.pop(avatar.account.id, None)
            self._forget(room)
        return True

    def tell(self, news: News, origin: "Session | None" = None, ref: str | None = None) -> None:
        """Take what was committed into the picture, and let those hear of it whom it concerns."""
        event = news.event
        if news.only is not None:
            self._tell_one(news, news.only, origin, ref)
            return
        if isinstance(event, Joined):
            self._join(news)
        room = self.rooms.get(news.place.id)
        if room is None:
            return
        room.seq = event.seq
        if isinstance(event, TopicChanged):
            room.topic = event.topic
        room.announce(event, origin, ref)
        if isinstance(event, Left):
            self._leave(room, news.actor)

    def tell_all(self, event: Event) -> None:
        """Let everyone who is here hear of an event."""
        envelope = Envelope(event, crowd=len(self.avatars))
        for avatar in tuple(self.avatars.values()):
            avatar.hear(envelope)

    def here(self, key: str) -> Avatar | None:
        """The avatar of the account with this folded name, if it is here."""
        number = self._numbers.get(key)
        return None if number is None else self.avatars.get(number)

    def people(self, room_id: int) -> int:
        """How many are in a room now."""
        room = self.rooms.get(room_id)
        return 0 if room is None else len(room.members)

    def _tell_one(self, news: News, number: int, origin: "Session | None", ref: str | None) -> None:
        avatar = self.avatars.get(number)
        if avatar is not None:
            avatar.heard[news.place.id] = news.event.seq
            avatar.hear(Envelope(news.event, origin, ref))

    def _tell_neighbours(self, avatar: Avatar, event: Event) -> None:
        """Once to each who shares a room; the crowd is that of the smallest room shared."""
        told = {avatar.account.id}
        for room in sorted(avatar.rooms.values(), key=lambda room: len(room.members)):
            envelope = Envelope(event, crowd=len(room.members))
            for number, neighbour in room.members.items():
                if number not in told:
                    told.add(number)
                    neighbour.hear(envelope)

    def _join(self, news: News) -> None:
        avatar = self.avatars.get(news.actor)
        if avatar is not None:
            self._room(news.place, news.event.seq).add(avatar)

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
