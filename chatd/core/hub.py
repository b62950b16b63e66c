"""
The hub: who is here, in which rooms, and who hears what.

It is a picture in memory of what the journal has committed. Nothing changes it but L{Hub.attach} and
L{Hub.tell}, which the journal calls after each commit and in the order of commits, and L{Hub.detach}.
"""

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from chatd.core.events import (
    Announced,
    Arrived,
    AwayChanged,
    Banned,
    Departed,
    Event,
    Joined,
    Kicked,
    Left,
    RoomEvent,
    TopicChanged,
)
from chatd.core.ports import Entrance, Expulsion, News, Place
from chatd.core.room import Avatar, Envelope, Room
from chatd.core.settings.personal import complete
from chatd.core.settings.site import Site

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
        self._sessions = 0

    def attach(self, session: "Session", entrance: Entrance, at: int) -> None:
        """Let a session be an account from here on; nothing happens if the session has gone meanwhile."""
        if session.gone:
            return
        account = entrance.account
        avatar = self.avatars.get(account.id)
        if avatar is None:
            avatar = self.avatars[account.id] = Avatar(account, complete(entrance.settings), entrance.ignored)
            self._numbers[account.key] = account.id
            for membership in entrance.memberships:
                if membership.direct:
                    avatar.heard[membership.place.id] = membership.shown.seq
                else:
                    self._room(membership.place, membership.shown.seq).add(avatar)
            self._tell_neighbours(avatar, Arrived(who=account.name, at=at))
        avatar.sessions = (*avatar.sessions, session)
        avatar.active_at = at
        self._sessions += 1
        session.begin(avatar, self._sessions, entrance.token_id, at)
        session.came_by = entrance.came_by

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
        elif isinstance(event, RoomEvent):
            self._tell_room(event, news, origin, ref)
        elif isinstance(event, Announced):
            self.tell_all(event)

    def expel(self, expulsion: Expulsion, origin: "Session | None" = None) -> None:
        """End the sessions that are to end; each is told why."""
        if expulsion.account is not None:
            avatar = self.avatars.get(expulsion.account)
            ending = () if avatar is None else avatar.sessions
        elif expulsion.token is not None:
            ending = tuple(
                session for avatar in self.avatars.values() for session in avatar.sessions
                if expulsion.token in (session.came_by, session.token_id)
            )  # fmt: skip
        else:
            ending = tuple(
                session for avatar in self.avatars.values() for session in avatar.sessions
                if avatar.account.id not in expulsion.spared and _is_in(session.peer.address, expulsion.network)
            )  # fmt: skip
        for session in ending:
            if not (expulsion.keep and session is origin):
                session.end(expulsion.refusal)

    def set_away(self, avatar: Avatar, text: str | None, at: int) -> None:
        """Let the neighbours know that somebody is away, or back."""
        if avatar.away != text:
            avatar.away = text
            self._tell_neighbours(avatar, AwayChanged(who=avatar.account.name, at=at, text=text))

    def tell_all(self, event: Event) -> None:
        """Let everyone who is here hear of an event."""
        envelope = Envelope(event, crowd=len(self.avatars))
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
            avatar.hear(Envelope(news.event, origin, ref, actor=news.actor))

    def _tell_room(self, event: RoomEvent, news: News, origin: "Session | None", ref: str | None) -> None:
        subject = news.actor if news.target is None else news.target
        if isinstance(event, Joined):
            self._join(subject, news.place, event.seq)
        room = self.rooms.get(news.place.id)
        if room is None:
            return
        room.seq = event.seq
        if isinstance(event, TopicChanged):
            room.topic = event.topic
        room.announce(event, origin, ref, news.actor)
        if isinstance(event, _GOING):
            self._leave(room, subject)

    def _tell_neighbours(self, avatar: Avatar, event: Event) -> None:
        """Once to each who shares a room; the crowd is that of the smallest room shared."""
        told = {avatar.account.id}
        for room in sorted(avatar.rooms.values(), key=lambda room: len(room.members)):
            envelope = Envelope(event, crowd=len(room.members))
            for number, neighbour in room.members.items():
                if number not in told:
                    told.add(number)
                    neighbour.hear(envelope)

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


_GOING = (Left, Kicked, Banned)  # after these, nothing more of the room is for whom they are about


def _is_in(address: str, network: str | None) -> bool:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return network is not None and found in ip_network(network)
