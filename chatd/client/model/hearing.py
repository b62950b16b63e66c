"""Events become lines where they belong, and whoever draws them is told."""

from collections.abc import Callable, Iterable

from chatd.client.model import words
from chatd.client.model.chores import Chores
from chatd.client.model.observer import Observer
from chatd.client.model.outgoing import Outgoing
from chatd.client.model.picture.line import Kind, Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.places import Places
from chatd.client.model.picture.shown import cut, fitting
from chatd.core import events
from chatd.core.events import Event, RoomEvent, Said
from chatd.dialects.text.view import in_one_line

CROWD = 30
_COMING_AND_GOING = (events.Joined, events.Left, events.Arrived, events.Departed)
_REWRITES = (events.Edited, events.Deleted, events.Undeleted)
_UNSEEN = (*_REWRITES, events.Tagged)
# Whoever orders these reads so in the answer.
_ORDERED = (
    events.Kicked, events.Banned, events.Unbanned, events.Muted, events.Unmuted, events.RoleChanged,
    events.RoomChanged,
)  # fmt: skip


class Hearing:
    """What is heard goes into the picture here, and nowhere else."""

    def __init__(
        self,
        places: Places,
        outgoing: Outgoing,
        chores: Chores,
        now: Callable[[], int],
        observer: Callable[[], Observer],
    ) -> None:
        self._places = places
        self._outgoing = outgoing
        self._chores = chores
        self._now = now
        self._observer = observer

    def hear(self, event: Event) -> None:
        """Something happened."""
        self._places.people.meet(getattr(event, "who", ""))
        match event:
            case Said():
                self._say(event)
            case events.Edited() | events.Deleted() | events.Undeleted():
                self._rewrite(event)
            case events.Relayed():
                self._pass_on(event)
            case events.Renamed() | events.RoomRenamed():
                self._rename(event)
            case events.Gap():
                self._skip(event)
            case events.Marked():
                if self._places.mark(event):
                    self._observer().places_changed()
            case events.AwayChanged():
                self._move(event)
            case _ if words.is_told_alone(event):
                self._reach(event)
                self.tell(words.heard(event, self._places.scene))
            case events.Invited():
                line = self.add(self._places.shown, self._event_line(event))
                self._observer().called(self._places.shown, line)
            case _:
                self._happen(event)

    def recall(self, place: Place, old: Iterable[RoomEvent]) -> bool:
        """Older events than any in a place. Whether there was a line among them."""
        lines = []
        for event in old:
            place.log.reach(event.seq)
            place.last = max(place.last, event.seq)
            self._places.people.meet(event.who)
            if isinstance(event, Said):
                lines.append(self._line(event))
            elif not isinstance(event, _UNSEEN) and not self._is_noise(event):
                lines.append(self._event_line(event))
        place.log.put_before(lines)
        return bool(lines)

    def tell(self, text: str, place: Place | None = None) -> None:
        """Say something to this person alone, in the words of the text face; nothing, if it is nothing."""
        for each in words.clean(text).split("\n") if text else ():
            kind: Kind = "server" if each.startswith("## ") else "note"
            if each.startswith(("-- error:", "-- Login failed!")):
                kind = "error"
            self.add(place or self._places.shown, Line(kind, each, self._now()))

    def add(self, place: Place, line: Line) -> Line:
        """A line is new."""
        place.log.add(line)
        self._observer().line_added(place, line)
        return line

    # One kind of event after the other.

    def _reach(self, event: Event) -> None:
        """An event of a place was taken in, whether it is a line or not."""
        if isinstance(event, RoomEvent):
            place = self._places.at(event.room)
            place.last = max(place.last, event.seq)
            place.log.reach(event.seq)

    def _say(self, said: Said) -> None:
        places = self._places
        is_new_place = said.room not in places
        place = places.at(said.room)
        place.last = max(place.last, said.seq)
        self._move(said)
        is_news = places.count(said)
        if not (places.scene.is_me(said.who) and self._outgoing.settle(said)):
            line = self.add(place, self._line(said))
            if line.mention or (place.is_direct and not line.mine):
                self._observer().called(place, line)
        if is_news or is_new_place:
            self._observer().places_changed()
        self.read(place)

    def read(self, place: Place) -> None:
        """If one looks at a place, it is read as far as it goes."""
        if place is self._places.current and self._places.attentive:
            self._chores.mark(place.name, place.last)

    def _rewrite(self, event: events.Edited | events.Deleted | events.Undeleted) -> None:
        place = self._places.at(event.room)
        self._reach(event)
        line = place.log.find(event.of)
        if line is not None:
            if isinstance(event, events.Deleted):
                line.text, line.deleted_by = "", fitting(event.who)
            else:
                line.text, line.deleted_by = words.clean(cut(event.text)), None
                line.edited = line.edited or isinstance(event, events.Edited)
            self._observer().line_changed(place, line)
        if isinstance(event, events.Deleted) and self._is_done_to_me(event.author, event.who):
            self.add(place, self._event_line(event))

    def _pass_on(self, told: events.Relayed) -> None:
        """Something that is stored nowhere; what programs tell one another is no line."""
        if words.heard(told, self._places.scene):
            kind: Kind = "notice" if told.kind == "notice" else "text"
            mine = self._places.scene.is_me(told.who)
            self.add(
                self._places.at(told.room),
                Line(kind, words.clean(cut(told.text)), told.at, fitting(told.who), mine=mine),
            )

    def _rename(self, event: events.Renamed | events.RoomRenamed) -> None:
        """Somebody, or a room, is called otherwise from here on."""
        told = self._event_line(event)
        if isinstance(event, events.RoomRenamed):
            self._reach(event)
            place = self._places.rename(event.room, event.name)
        else:
            place = self._places.where_known(event.who)
            for each in self._places.rename_person(event.who, event.name):
                self._observer().members_changed(each)
        self.add(place, told)
        self._observer().places_changed()

    def _skip(self, gap: events.Gap) -> None:
        place = self._places.at(gap.room)
        place.log.cut()
        place.log.reach(gap.before)
        place.more = True
        self.add(place, Line("event", self._sentence(gap), self._now()))
        self._observer().lines_loaded(place)

    def _happen(self, event: Event) -> None:
        """Something that is a line of its own, unless nobody wants to read it."""
        places, who, room = self._places, getattr(event, "who", ""), getattr(event, "room", None)
        crowded = self._is_noise(event)
        place = places.where_known(who) if room is None else places.at(room)
        moved = self._move(event)
        self._reach(event)
        if isinstance(event, RoomEvent) and self._puts_me_out(event):
            places.drop(event.room)
            place = places.shown
        if isinstance(event, events.Arrived) and not moved and places.current is not None:
            self._chores.ask_names(places.current.name)
        if isinstance(event, events.TopicChanged):
            place.topic = fitting(event.topic)
        if not crowded and not (places.scene.is_me(who) and isinstance(event, _ORDERED)):
            self.add(place, self._event_line(event))
        if isinstance(event, RoomEvent):
            self._observer().places_changed()
            self.read(place)

    def _move(self, event: Event) -> list[Place]:
        moved = self._places.move(event)
        for place in moved:
            self._observer().members_changed(place)
        return moved

    # What a line is.

    def _line(self, said: Said) -> Line:
        mine = self._places.scene.is_me(said.who)
        return Line(
            said.kind, words.clean(cut(said.text)), said.at, fitting(said.who), said.seq, mine=mine,
            mention=not mine and self._places.names_me(said.text), edited=isinstance(said.edited_at, int),
            deleted_by=fitting(said.deleted_by) if isinstance(said.deleted_by, str) else None,
        )  # fmt: skip

    def _event_line(self, event: Event) -> Line:
        at, seq = getattr(event, "at", self._now()), getattr(event, "seq", None)
        return Line("event", self._sentence(event), at, fitting(getattr(event, "who", "")), seq)

    def _sentence(self, event: Event) -> str:
        return fitting(in_one_line(words.sentence(event, self._places.scene)))

    def _is_noise(self, event: Event) -> bool:
        """Coming and going, where many do, or where one does not want to read it."""
        if not isinstance(event, _COMING_AND_GOING) or self._places.scene.is_me(event.who):
            return False
        return not self._places.scene.joins or self._places.crowd(event) > CROWD

    def _puts_me_out(self, event: RoomEvent) -> bool:
        if isinstance(event, events.Left):
            return self._places.scene.is_me(event.who)
        return isinstance(event, events.Kicked | events.Banned) and self._places.scene.is_me(event.target)

    def _is_done_to_me(self, whom: str, who: str) -> bool:
        return self._places.scene.is_me(whom) and not self._places.scene.is_me(who)
