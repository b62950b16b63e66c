"""What any screen of this client needs, without a screen: rooms, people, what is new, what a word may become."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chatd.core import commands, events
from chatd.core.events import Answer, Event, LoggedIn, News, RoomShown
from chatd.core.names import DIRECT
from chatd.dialects.text import grammar
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.view import place

ACQUAINTANCES = 500


@dataclass
class Shown:
    """
    A place that one is in.

    @ivar people: Those who are here, as far as it was heard.
    @ivar unread: Lines by others since one last looked.
    @ivar mentions: How many of those hold one's name.
    """

    topic: str = ""
    people: set[str] = field(default_factory=set)
    unread: int = 0
    mentions: int = 0


class Picture:
    """
    The conversation as one account sees it. It follows from the answers and events that it is given, in order.

    @ivar scene: What the text dialect calls in view: who one is, the current room, who wrote last.
    @ivar places: By name; C{@NAME} is the direct conversation with that account.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.places: dict[str, Shown] = {}
        self._known: dict[str, None] = {}

    def answered(self, answer: Answer) -> None:
        """Take an answer into the picture."""
        match answer:
            case LoggedIn():
                self._enter(answer)
            case events.JoinDone() | events.LookDone():
                self._take(answer.place)
                self.look_at(answer.place.room)
            case events.LeaveDone():
                self._leave(answer.room)
            case events.NamesDone():
                self._at(answer.room).people = set(answer.names)
            case events.SetDone():
                self.scene.use(answer.settings)
            case events.UnreadDone():
                self._catch_up(answer.places)
            case events.CatchupDone():
                self._catch_up(())

    def heard(self, event: Event) -> None:
        """Take an event into the picture."""
        self._meet(getattr(event, "who", ""))
        match event:
            case events.Said():
                self._count(event)
            case events.Joined():
                self._at(event.room).people.add(event.who)
            case events.Left():
                self._lose(event.room, event.who)
            case events.Kicked() | events.Banned():
                self._lose(event.room, event.target)
            case events.TopicChanged():
                self._at(event.room).topic = event.topic
            case events.Departed():
                for shown in self.places.values():
                    shown.people.discard(event.who)
            case events.Marked() if event.room in self.places:
                self._see(event.room)

    def look_at(self, room: str) -> None:
        """Make a place the current one: what is new there is seen."""
        self.scene.current = room
        self._see(room)

    def first_room(self) -> str | None:
        """A room to begin with, if one is in any."""
        return next((room for room in self.places if not room.startswith(DIRECT)), None)

    def news(self) -> dict[str, int]:
        """How many lines are unread in each place that has any."""
        return {room: shown.unread for room, shown in self.places.items() if shown.unread}

    def crowd(self, event: Event) -> int:
        """How many people share the places that an event of coming or going is about."""
        room = getattr(event, "room", None)
        if room is not None:
            return len(self._at(room).people)
        shared = [len(shown.people) for shown in self.places.values() if getattr(event, "who", None) in shown.people]
        return min(shared, default=0)

    def completions(self, before: str) -> tuple[str, list[str]]:
        """
        What the last word of a half-typed line may become.

        @return: the word as it is, and whole words that it may be replaced with.
        """
        word = before.rpartition(" ")[2]
        first = word == before
        if first and word.startswith("/"):
            return word, [f"/{name} " for name in _names() if name.startswith(word[1:].lower())]
        rooms = [place(room) for room in self.places if not room.startswith(DIRECT)]
        people = sorted(self._people(), key=str.casefold)
        if first:
            people = [f"{name}: " for name in people]
        wanted = word.casefold()
        found = [each for each in rooms + people if each.casefold().startswith(wanted)]
        return word, found if word or before.startswith("/") else []

    def _people(self) -> set[str]:
        known = {name for shown in self.places.values() for name in shown.people} | self._known.keys()
        known |= {room.removeprefix(DIRECT) for room in self.places if room.startswith(DIRECT)}
        return known - {self.scene.me}

    def _enter(self, answer: LoggedIn) -> None:
        self.scene.me = answer.name
        self.scene.use(answer.settings)
        gone = self.places.keys() - {shown.room for shown in answer.rooms}
        for room in gone:
            self._leave(room)
        for shown in answer.rooms:
            self._take(shown)
        current = self.scene.current or self.first_room()
        if current is not None:
            self.look_at(current)

    def _take(self, told: RoomShown) -> None:
        shown = self._at(told.room)
        shown.topic = told.topic
        for event in told.recent:
            self._meet(event.who)
        shown.unread, shown.mentions = max(shown.unread, told.unread), max(shown.mentions, told.mentions)

    def _meet(self, name: str) -> None:
        """Remember somebody for completion: the C{ACQUAINTANCES} that were heard of last, here or not."""
        self._known.pop(name, None)
        if name:
            self._known[name] = None
        if len(self._known) > ACQUAINTANCES:
            del self._known[next(iter(self._known))]

    def _lose(self, room: str, name: str) -> None:
        """Somebody is in a room no more, of whatever will."""
        if self.scene.is_me(name):
            self._leave(room)
        elif room in self.places:
            self.places[room].people.discard(name)

    def _leave(self, room: str) -> None:
        self.places.pop(room, None)
        if self.scene.current == room:
            self.scene.current = None

    def _count(self, said: events.Said) -> None:
        shown = self._at(said.room)
        if said.who == self.scene.me:
            return
        if said.room.startswith(DIRECT):
            self.scene.partner = said.who
        else:
            shown.people.add(said.who)
        if said.room != self.scene.current:
            shown.unread += 1
            shown.mentions += self.scene.me.casefold() in said.text.casefold()

    def _see(self, room: str) -> None:
        shown = self._at(room)
        shown.unread = shown.mentions = 0

    def _catch_up(self, news: Iterable[News]) -> None:
        """Only there is something new."""
        for room in self.places:
            self._see(room)
        for each in news:
            if each.room in self.places and each.room != self.scene.current:
                self.places[each.room].unread, self.places[each.room].mentions = each.unread, each.mentions

    def _at(self, room: str) -> Shown:
        return self.places.setdefault(room, Shown())


COMMANDS = tuple(usage for usage in grammar.TABLE if usage.makes not in (commands.Login, commands.Register))


def _names() -> list[str]:
    return [usage.names[0] for usage in COMMANDS]
