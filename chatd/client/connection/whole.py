"""For whoever wants to hear everything: what a resumption left out is fetched, and heard in its place."""

from collections.abc import Callable

import msgspec
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.core.commands import Command, History
from chatd.core.events import Answer, AnyRoomEvent, Event, Gap, HistoryDone

PAGE = 200

Hear = Callable[[Event, bytes], None]

_encode = msgspec.json.Encoder().encode


class Whole:
    """
    Closes gaps. While one of a place is open, what comes after it in that place waits.

    What cannot be fetched, since it was not kept or one is no member any more, stays a gap.
    """

    def __init__(self, hear: Hear, ask: Callable[[Command], Deferred[Answer]]) -> None:
        """
        @param hear: Called with each event in the order of its place, and its line.
        """
        self._hear = hear
        self._ask = ask
        self._waiting: dict[str, list[tuple[Event, bytes]]] = {}

    def hear(self, event: Event, wire: bytes) -> None:
        """Something happened, or was left out."""
        if isinstance(event, AnyRoomEvent | Gap) and event.room in self._waiting:
            self._waiting[event.room].append((event, wire))
        elif isinstance(event, Gap):
            self._waiting[event.room] = []
            self._fetch(event)
        else:
            self._hear(event, wire)

    def _fetch(self, gap: Gap) -> None:
        asked = self._ask(History(room=gap.room, after=gap.after, limit=PAGE))
        asked.addCallbacks(self._fetched, self._not_fetched, (gap,), errbackArgs=(gap,))

    def _fetched(self, answer: Answer, gap: Gap) -> None:
        assert isinstance(answer, HistoryDone)
        missed = [event for event in answer.events if event.seq < gap.before]
        for event in missed:
            self._hear(event, _encode(event))
        reached = missed[-1].seq if missed else gap.after
        if missed and len(missed) == len(answer.events) and answer.more and reached < gap.before - 1:
            self._fetch(Gap(room=gap.room, after=reached, before=gap.before))
        else:
            self._go_on(gap.room)

    def _not_fetched(self, failure: Failure, gap: Gap) -> None:
        failure.trap(Refusal, Lost)
        self._hear(gap, _encode(gap))
        self._go_on(gap.room)

    def _go_on(self, room: str) -> None:
        for event, wire in self._waiting.pop(room):
            self.hear(event, wire)
