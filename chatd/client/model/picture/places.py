"""
All places as one account sees them. They follow from the answers and events that they are given, in order.

Who is told of what has changed, and what is said in words, is the matter of L{chatd.client.model.chat}.
"""

from collections.abc import Iterable, Iterator

from chatd.client.model.entry import Acquaintances
from chatd.client.model.picture.place import Member, Place
from chatd.client.model.picture.shown import fitting
from chatd.core import events
from chatd.core.events import Answer, Event, LoggedIn, News, RoomShown, Said
from chatd.core.names import DIRECT
from chatd.dialects.text.scene import Scene

MOST_PLACES = 1000


class Places:
    """
    The places by name, in the order in which they are shown: rooms, then conversations, as they came.

    @ivar scene: What the text dialect calls in view: who one is, the current place, who wrote last.
    @ivar console: Where that is shown which belongs to no place.
    @ivar attentive: Whether the person looks at the current place.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.console = Place("", more=False)
        self.people = Acquaintances()
        self.attentive = True
        self._places: dict[str, Place] = {}

    def __iter__(self) -> Iterator[Place]:
        """Rooms first, then conversations."""
        yield from (place for place in self._places.values() if not place.is_direct)
        yield from (place for place in self._places.values() if place.is_direct)

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def get(self, name: str | None) -> Place | None:
        """A place one is in, by its name on the wire."""
        return None if name is None else self._places.get(name)

    def find(self, name: str) -> Place | None:
        """A place one is in, by its name in any case."""
        key = name.casefold()
        return next((place for place in self._places.values() if place.name.casefold() == key), None)

    @property
    def current(self) -> Place | None:
        """The place that is looked at."""
        return self.get(self.scene.current)

    @property
    def shown(self) -> Place:
        """The place that is looked at, or the console."""
        return self.current or self.console

    def at(self, name: str) -> Place:
        """
        A place, made if there is none; if it was written in another case so far, it is this one. Beyond C{MOST_PLACES}
        the oldest is forgotten.
        """
        if name not in self._places:
            known = self.find(name)
            if known is not None:
                self._rename(known, name)
            elif len(self._places) >= MOST_PLACES:
                self.drop(next(each for each in self._places if each != self.scene.current))
        return self._places.setdefault(name, Place(name))

    def drop(self, name: str) -> None:
        """One is no member there any more."""
        self._places.pop(name, None)
        if self.scene.current == name:
            self.scene.current = None

    def first_room(self) -> str | None:
        """A room to begin with, if one is in any."""
        return next((name for name in self._places if not name.startswith(DIRECT)), None)

    def look_at(self, name: str) -> Place:
        """Make a place the current one: what is new there is marked, and seen."""
        before, place = self.current, self.at(name)
        if before is not place:
            if before is not None:
                before.new_from, before.waiting_new = None, 0
            place.waiting_new = place.unread
            place.draw_mark()
        self.scene.current = name
        if self.attentive:
            place.see()
        return place

    # Answers.

    def enter(self, answer: LoggedIn) -> list[str]:
        """The account is in, for the first time or again. The places that it is in no more."""
        self.scene.me, self.scene.role = fitting(answer.name), fitting(answer.role)
        self._use(answer.settings)
        gone = [name for name in self._places if name not in {shown.room for shown in answer.rooms}]
        for name in gone:
            self.drop(name)
        for shown in answer.rooms:
            self.take(shown)
        for place in self._places.values():
            place.is_listed = False
        return gone

    def take(self, told: RoomShown) -> Place:
        """How a place stands."""
        place = self.at(told.room)
        place.topic = fitting(told.topic)
        place.last = max(place.last, told.seq)
        if place is not self.current:
            place.unread, place.mentions = max(place.unread, told.unread), max(place.mentions, told.mentions)
        return place

    def list_members(self, answer: events.NamesDone) -> Place | None:
        """Who is in a room, from the one answer that says all of it."""
        place = self.get(answer.room)
        if place is None:
            return None
        place.list_people(
            [Member(each.name, each.role, each.away) for each in answer.people] or map(Member, answer.names)
        )
        return place

    def catch_up(self, news: Iterable[News]) -> None:
        """Only there is something new."""
        for place in self._places.values():
            place.see()
        for each in news:
            place_of = self.get(each.room)
            if place_of is not None and place_of is not self.current:
                place_of.unread, place_of.mentions = each.unread, each.mentions

    def learn(self, answer: Answer) -> None:
        """What an answer changes that needs no further ado."""
        match answer:
            case events.SetDone():
                self._use(answer.settings)
            case events.UnreadDone():
                self.catch_up(answer.places)
            case events.CatchupDone():
                self.catch_up(())
            case events.AwayDone():
                self._change(self, self.scene.me, away=answer.text)
            case events.Claimed():
                self.scene.role = fitting(answer.role)
            case events.TopicDone() if answer.room in self:
                self.at(answer.room).topic = fitting(answer.topic)

    # Events.

    def count(self, said: Said) -> bool:
        """A line was said. Whether it is news: by somebody else, where one does not look."""
        place = self.at(said.room)
        if self.scene.is_me(said.who):
            return False
        if place.is_direct:
            self.scene.partner = said.who
        if place is self.current and self.attentive:
            return False
        place.unread += 1
        place.mentions += self.names_me(said.text)
        return True

    def names_me(self, text: str) -> bool:
        """Whether a text holds one's name, as the server counts it."""
        return bool(self.scene.me) and self.scene.me.casefold() in text.casefold()

    def mark(self, event: events.Marked) -> bool:
        """A place was read so far, here or on another session. Whether that changes what is unread."""
        place = self.get(event.room)
        if place is None:
            return False
        was = (place.unread, place.mentions)
        if event.seq >= place.last:
            place.see()
        elif place.log.first is not None and event.seq >= place.log.first:
            left = [each for each in place.lines if each.is_said and not each.mine and (each.seq or 0) > event.seq]
            place.unread = min(place.unread, len(left))
            place.mentions = min(place.mentions, sum(each.mention for each in left))
        return was != (place.unread, place.mentions)

    def move(self, event: Event) -> list[Place]:
        """Somebody came, went, or is another now. The places whose members are others than before."""
        match event:
            case Said() if event.room in self and not event.room.startswith(DIRECT):
                return [place for place in [self.at(event.room)] if place.enter(event.who)]
            case events.Joined():
                return [place for place in [self.at(event.room)] if place.enter(event.who)]
            case events.Left() if event.room in self:
                return [place for place in [self.at(event.room)] if place.lose(event.who)]
            case events.Kicked() | events.Banned() if event.room in self:
                return [place for place in [self.at(event.room)] if place.lose(event.target)]
            case events.Arrived():
                return [place for place in self if event.who.casefold() in place.absent and place.enter(event.who)]
            case events.Departed():
                return [place for place in self if place.depart(event.who)]
            case events.AwayChanged():
                return self._change(self, event.who, away=event.text)
            case events.RoleChanged() if event.room in self:
                return self._change([self.at(event.room)], event.target, role=event.role)
            case _:
                return []

    def rename(self, room: str, name: str) -> Place:
        """A room is called otherwise from here on."""
        place = self.at(room)
        self._rename(place, name)
        return place

    def rename_person(self, who: str, name: str) -> list[Place]:
        """Somebody is called otherwise from here on. The places whose members that changes."""
        talk = self.find(DIRECT + who)
        if talk is not None:
            self._rename(talk, DIRECT + name)
        if self.scene.is_me(who):
            self.scene.me = fitting(name)
        changed = [place for place in self if place.knows(who)]
        for place in changed:
            place.rename(who, name)
        return changed

    def crowd(self, event: Event) -> int:
        """How many people share the smallest of the places that an event of coming or going is about."""
        place = self.get(getattr(event, "room", None))
        if place is not None:
            return len(place.members)
        who = getattr(event, "who", "")
        return min((len(place.members) for place in self if place.knows(who)), default=0)

    def where_known(self, name: str) -> Place:
        """
        Where it is to be told, once, that somebody came or went: in view if that is about somebody who is a member
        there, or with whom one talks there; else in the first place that one shares.
        """
        if self.shown.knows(name) or self.find(DIRECT + name) is self.shown:
            return self.shown
        return next((place for place in self if place.knows(name)), self.shown)

    def _use(self, settings: dict[str, str]) -> None:
        """Look at things as the account has set it; the colours of the text face are none of a screen's."""
        self.scene.use(settings)
        self.scene.view = self.scene.view._replace(colour=False)

    def _rename(self, place: Place, name: str) -> None:
        if self.scene.current == place.name:
            self.scene.current = name
        self._places = {name if each is place else key: each for key, each in self._places.items()}
        place.name = name

    def _change(self, places: Iterable[Place], name: str, **fields: str | None) -> list[Place]:
        changed = []
        for place in places:
            member = place.member(name) or place.absent.get(name.casefold())
            if member is not None:
                for field, value in fields.items():
                    setattr(member, field, value and fitting(value))
                changed.append(place)
        return changed
