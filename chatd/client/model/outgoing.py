"""One's own lines on their way: shown at once, stored once, however many connections that takes."""

import unicodedata
from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.model.observer import Observer
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.client.model.picture.places import Places
from chatd.client.model.picture.shown import fitting
from chatd.core.commands import Command, Msg, Say
from chatd.core.events import Answer, MsgDone, Said, SayDone
from chatd.core.names import DIRECT


class Outgoing:
    """
    The lines that were entered and of which the server has not said yet that they are stored.

    The event of a line comes before its answer, and after a loss perhaps without it, or the answer without the
    event. Whichever comes first settles the line, and the other one finds it settled.
    """

    def __init__(
        self,
        places: Places,
        submit: Callable[[Command], Deferred[Answer]],
        now: Callable[[], int],
        observer: Callable[[], Observer],
        complain: Callable[[Refusal | Lost], None],
    ) -> None:
        """
        @param now: The wall clock, in UTC milliseconds.
        @param complain: Called where a line was refused.
        """
        self._places = places
        self._submit = submit
        self._now = now
        self._observer = observer
        self._complain = complain

    def __len__(self) -> int:
        """How many lines are on their way."""
        return sum(len(place.log.pending()) for place in self._places)

    def say(self, command: Say | Msg) -> Line:
        """Send a line, and show it where it is said."""
        name = command.room if isinstance(command, Say) else DIRECT + command.to
        place = self._places.at(known.name if (known := self._places.find(name)) is not None else name)
        text = unicodedata.normalize("NFC", command.text)
        line = Line(command.kind, text, self._now(), who=self._places.scene.me, mine=True, state="pending")
        place.log.add(line)
        self._observer().line_added(place, line)
        answered = self._submit(command)
        answered.addCallbacks(self._stored, self._refused, (place, line), errbackArgs=(place, line))
        return line

    def settle(self, said: Said) -> Line | None:
        """A line of one's own was heard: the one that was on its way, if it is that one."""
        place = self._places.at(said.room)
        for line in place.log.pending():
            if (line.kind, line.text) == (said.kind, said.text):
                place.log.settle(line, said.seq, said.at)
                self._observer().line_changed(place, line)
                return line
        return None

    def _stored(self, answer: Answer, place: Place, line: Line) -> None:
        assert isinstance(answer, SayDone | MsgDone)
        if line.state == "pending" and line in place.lines:
            place.log.settle(line, answer.seq, answer.at)
            place.last = max(place.last, answer.seq)
            self._observer().line_changed(place, line)

    def _refused(self, failure: Failure, place: Place, line: Line) -> None:
        failure.trap(Refusal, Lost)
        wrong = failure.value
        assert isinstance(wrong, Refusal | Lost)
        if line.state != "pending" or line not in place.lines:
            return
        place.log.fail(line, fitting(wrong.why))
        self._observer().line_changed(place, line)
        if place.is_direct and not place.last and not place.log.pending():
            self._places.drop(place.name)
            self._observer().places_changed()
        self._complain(wrong)
