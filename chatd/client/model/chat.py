"""
A person's side of a conversation with a server, all of it but the screen.

Commands go in as methods of L{Chat}; what changes comes out as calls of its L{Observer}. It connects, comes back after
a loss, keeps what is entered meanwhile, and knows the places, the people and the lines as they stand.
"""

import unicodedata
from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from chatd.client.connection.link import Offline, Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.service import ChatService, Server
from chatd.client.connection.wire import Refusal
from chatd.client.model import words
from chatd.client.model.chores import Chores
from chatd.client.model.entry import Recall, acquainted, completions
from chatd.client.model.hearing import Hearing
from chatd.client.model.observer import Found, Nobody, Observer
from chatd.client.model.outgoing import Outgoing
from chatd.client.model.past import Past
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.places import Places
from chatd.client.model.picture.rights import Act, may
from chatd.core import events
from chatd.core.commands import Command, Join, Login, Look, Msg, Names, Quit, Register, Say, Search, Topic
from chatd.core.errors import ChatError
from chatd.core.events import Answer, LoggedIn
from chatd.core.names import DIRECT
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene

_SEEN_ANYWAY = (events.EditDone, events.DeleteDone)
KEPT = "-- There is no connection now; this is kept and sent as soon as there is one."


class Chat:
    """
    The conversation of one account.

    @ivar observer: Who draws it; to be set before L{enter}.
    @ivar scene: Who one is (C{me}, C{role}), the settings of the account, and the time zone in C{view.zone}.
    @ivar recall: What was typed before.
    @ivar state: What became of the connection; C{None} before L{enter}.
    """

    def __init__(self, server: Server, clock: IReactorTime, now: Callable[[], int], scene: Scene) -> None:
        """
        @param now: The wall clock, in UTC milliseconds.
        """
        self.observer: Observer = Nobody()
        self.scene = scene
        self.recall = Recall()
        self.state: State | None = None
        self._server = server
        self._service: ChatService | None = None
        self._no: ChatError | Refusal | None = None
        self._was_in = self._is_leaving = self._said_so = self._warned = False
        self._room: str | None = None
        self._places = Places(scene)
        self._chores = Chores(clock, lambda command: self.ask(command, quietly=True))
        self._outgoing = Outgoing(self._places, self._submit, now, self._screen, self._refused)
        self._hearing = Hearing(self._places, self._outgoing, self._chores, now, self._screen)
        self._past = Past(scene, self._hearing, self._submit, self._screen)

    # How it stands.

    @property
    def places(self) -> Sequence[Place]:
        """The places one is in: rooms, then conversations, in the order in which they are shown."""
        return tuple(self._places)

    @property
    def current(self) -> Place | None:
        """The place that is looked at, where plain lines go; C{None} if there is none."""
        return self._places.current

    @property
    def shown(self) -> Place:
        """The place that is looked at, or the console, which has no name."""
        return self._places.shown

    @property
    def is_online(self) -> bool:
        """Whether there is a connection, and the account is in."""
        return isinstance(self.state, Online)

    @property
    def is_out(self) -> bool:
        """Whether the account has logged out, or is no more: what follows is L{Observer.ended}."""
        return self._service is not None and self._service.is_out

    @property
    def unsent(self) -> int:
        """How many lines are not stored yet."""
        return len(self._outgoing)

    @property
    def found(self) -> Found:
        """What the latest search has found."""
        return self._past.found

    def place(self, name: str) -> Place | None:
        """A place one is in, by its name on the wire, in any case."""
        return self._places.find(name)

    def may(self, act: Act, target: str | None = None) -> bool:
        """Whether one may probably do something in the current place, to somebody; for menus."""
        return may(act, self.scene.role, self.shown, self.scene.me, target)

    def complete(self, before: str) -> tuple[str, list[str]]:
        """What the last word of a half-typed line may become: the word, and whole words to put in its place."""
        known = self._places.people.names()
        return completions(before, self._places, acquainted(self._places, self.current, known, self.scene))

    # Coming and going.

    def enter(self, entrance: Login | Register, room: str | None = None) -> None:
        """
        Connect and be let in. After a refusal (the state L{Refused}), once more, with another password.

        @param room: A room to join, if need be, and to look at first.
        """
        self._room = room
        if self._service is None:
            self._service = self._server.enter(entrance, lambda event, wire: self._hearing.hear(event), self._report)
            self._service.startService()
        else:
            self._service.try_again(entrance)

    def leave(self, reason: str = "") -> None:
        """Say good-bye; the observer is told when it is over. What was not sent by then is not."""
        if self._is_leaving:
            return
        self._is_leaving = True
        self._chores.pause()
        if self._service is None:
            self.observer.ended()
            return
        self._service.farewell = reason
        self._service.stopService().addCallback(lambda _: self.observer.ended())

    def quit(self, reason: str = "") -> bool:
        """Leave, as one is asked to; but not with lines that are not sent, unless one is asked twice. Whether it is."""
        if self.unsent and not self.is_online and not self._warned:
            self._warned = True
            lines = "1 line is" if self.unsent == 1 else f"{self.unsent} lines are"
            self.tell(f"-- {lines} not sent yet. Wait for the connection; /quit again leaves without.")
            return False
        self.leave(reason)
        return True

    # Talking.

    def obey(self, typed: str) -> Question | None:
        """
        Do what a typed line asks: say it, or obey the command that it is.

        @return: a question to put first (its C{prompt}, hidden if C{prompt.secret}); the answer goes to L{answer}.
        """
        self.recall.keep(typed)
        try:
            return self._follow(words.read(typed, self.scene, self._no))
        except ChatError as refusal:
            self._refused(refusal)
            return None

    def answer(self, question: Question, typed: str) -> Question | None:
        """
        Answer a question.

        @return: the next one, if there is one.
        """
        try:
            return self._follow(question.then(unicodedata.normalize("NFC", typed)))
        except ChatError as refusal:
            self._refused(refusal)
            return None

    def say(self, text: str, place: Place | None = None) -> None:
        """Say a line in a place, as it is, even if it begins with a slash; by default in the current one."""
        try:
            self.ask(Say(room=self.scene.here() if place is None else place.name, text=text))
        except ChatError as refusal:
            self._refused(refusal)

    def ask(self, command: Command, quietly: bool = False) -> None:
        """
        Have a command obeyed, now or when there is a connection. A line to say is shown at once.

        @param quietly: Not to say in words what came of it; only the picture follows.
        """
        if isinstance(command, Say | Msg):
            self._outgoing.say(command)
        else:
            asked = self._submit(command)
            asked.addCallbacks(self._answered, self._failed, (command, quietly), errbackArgs=(quietly,))
        if not self.is_online and not quietly and not self._said_so and not self._is_leaving:
            self._said_so = True
            self.tell(KEPT)

    def tell(self, text: str) -> None:
        """Say something to this person alone, in the place that is shown."""
        self._hearing.tell(text)

    # Looking.

    def look_at(self, name: str) -> None:
        """
        Make a place the current one; what is new there counts as read.

        @param name: A place one is in, or C{@NAME} for the conversation with an account.
        """
        place = self._places.find(name)
        if place is None and not name.startswith(DIRECT):
            self.ask(Join(room=name, recent=50))
            return
        self._look_at(place.name if place is not None else name)

    def attend(self, attentive: bool) -> None:
        """Whether the person looks at the screen at all; if not, nothing counts as read."""
        self._places.attentive = attentive
        if attentive and self.current is not None:
            self._look_at(self.current.name)

    def page_back(self, place: Place | None = None) -> None:
        """Get older lines of a place; the observer is told when they are there."""
        self._past.page_back(place or self.shown)

    def search(self, typed: str) -> None:
        """Find lines, in the words of C{/search}, or C{more}; the observer is told what was found."""
        try:
            self.ask(self._past.further() if typed == "more" else self._past.search(typed), quietly=True)
        except ChatError as refusal:
            self._refused(refusal)

    # What comes of it.

    def _follow(self, meant: Command | Question | str) -> Question | None:
        if isinstance(meant, Question):
            self.tell(words.as_text(meant.note))
            return meant
        if isinstance(meant, str):
            self.tell(meant)
        elif isinstance(meant, Quit):
            self.quit(meant.reason)
        else:
            known = self._places.find(meant.room) if isinstance(meant, Look) else None
            if known is not None and known is not self.current:
                self._look_at(known.name)
            if known is None or self.is_online:
                self.ask(meant)
        return None

    def _look_at(self, name: str) -> None:
        place = self._places.look_at(name)
        self._hearing.read(place)
        if not place.lines or place.waiting_new:
            self._past.page_back(place)
        if not place.is_listed and not place.is_direct:
            self.ask(Names(room=name), quietly=True)
        self.observer.places_changed()

    def _report(self, state: State) -> None:
        self.state = state
        if isinstance(state, Online):
            self._come_in(state)
        else:
            self._chores.pause()
            if self._was_in and not isinstance(state, Refused):
                self.tell(words.told(state))
        self.observer.connection_changed(state)

    def _come_in(self, state: Online) -> None:
        answer, had = state.answer, [place.title for place in self._places]
        self._said_so = self._warned = False
        self._places.enter(answer)
        gone = [title for title in had if title not in [place.title for place in self._places]]
        if not self._was_in:
            self._was_in = True
            self._begin(answer)
        else:
            self.tell(words.told(state) + (f"; you are no longer in {', '.join(gone)}" if gone else ""))
            if self.current is not None:
                self._look_at(self.current.name)
        self._chores.go_on()
        self.observer.places_changed()

    def _begin(self, answer: LoggedIn) -> None:
        first = self._places.first_room()
        if first is not None:
            self._places.look_at(first)
        self.tell(words.answered(answer, self.scene))
        for shown in answer.rooms:
            if shown.recent:
                place = self._places.at(shown.room)
                self._hearing.recall(place, shown.recent)
                place.more = shown.recent[0].seq > 1
                self.observer.lines_loaded(place)
        if self._room is not None:
            self.look_at(self._room)
        elif first is not None:
            self._look_at(first)

    def _answered(self, answer: Answer, command: Command, quietly: bool) -> None:
        match answer:
            case events.JoinDone() | events.LookDone():
                self._enter_room(answer)
            case events.LeaveDone():
                self._places.drop(answer.room)
                self._chores.forget(answer.room)
                self.observer.places_changed()
            case events.NamesDone():
                place = self._places.list_members(answer)
                if place is not None:
                    self.observer.members_changed(place)
            case events.SearchDone() if isinstance(command, Search):
                self._past.find(command, answer)
            case _:
                self._places.learn(answer)
                self.observer.places_changed()
        told = words.answered(answer, self.scene)
        is_seen = isinstance(answer, _SEEN_ANYWAY) and answer.room in self._places
        if not (quietly or is_seen or (isinstance(command, Topic) and command.text is not None)):
            self.tell(told)
        if self.is_out:
            self.leave()

    def _enter_room(self, answer: events.JoinDone | events.LookDone) -> None:
        place = self._places.take(answer.place)
        if not place.lines and answer.place.recent:
            self._hearing.recall(place, answer.place.recent)
            place.more = answer.place.recent[0].seq > 1
            self.observer.lines_loaded(place)
        self._look_at(place.name)

    def _submit(self, command: Command) -> Deferred[Answer]:
        assert self._service is not None, "enter comes first"
        return self._service.submit(command)

    def _failed(self, failure: Failure, quietly: bool) -> None:
        failure.trap(Refusal, Lost)  # anything else is a fault of ours, and to be logged
        wrong = failure.value
        if isinstance(wrong, Refusal | Lost) and not quietly:
            self._refused(wrong)

    def _refused(self, wrong: ChatError | Refusal | Lost) -> None:
        """Say why something was not done. C{/why} repeats a refusal, the server's or this client's own."""
        if isinstance(wrong, Lost) and isinstance(self.state, Refused | Offline) and self._is_leaving:
            return
        if not isinstance(wrong, Lost):
            self._no = wrong
        self.tell(words.refused(wrong))

    def _screen(self) -> Observer:
        return self.observer
