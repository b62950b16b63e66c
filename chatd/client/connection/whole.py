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
MOST_WAITING = 5000

Hear = Callable[[Event, bytes], None]

_encode = msgspec.json.Encoder().encode


class _Open:
    """A gap that is being closed, and what came after it in its place."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap
        self.reached = gap.after
        self.waiting: list[tuple[Event, bytes]] = []


class Whole:
    """
    Closes gaps. While one of a place is open, what comes after it in that place waits, up to C{MOST_WAITING} events.

    What cannot be fetched, since it was not kept or one is no member any more, stays a gap.
    """

    def __init__(self, hear: Hear, ask: Callable[[Command], Deferred[Answer]]) -> None:
        """
        @param hear: Called with each event in the order of its place, and its line.
        """
        self._hear = hear
        self._ask = ask
        self._open: dict[str, _Open] = {}

    def hear(self, event: Event, wire: bytes) -> None:
        """Something happened, or was left out."""
        if isinstance(event, AnyRoomEvent | Gap) and event.room in self._open:
            one = self._open[event.room]
            one.waiting.append((event, wire))
            if len(one.waiting) > MOST_WAITING:  # the server has no answer, and goes on
                self._leave(one)
        elif isinstance(event, Gap):
            one = self._open[event.room] = _Open(event)
            self._fetch(one)
        else:
            self._hear(event, wire)

    def _fetch(self, one: _Open) -> None:
        asked = self._ask(History(room=one.gap.room, after=one.reached, limit=PAGE))
        asked.addCallbacks(self._fetched, self._not_fetched, (one,), errbackArgs=(one,))

    def _fetched(self, answer: Answer, one: _Open) -> None:
        if self._open.get(one.gap.room) is not one:
            return
        assert isinstance(answer, HistoryDone)
        before = one.reached
        for event in answer.events:
            if one.reached < event.seq < one.gap.before:
                one.reached = event.seq
                self._hear(event, _encode(event))
        is_done = one.reached >= one.gap.before - 1 or any(event.seq >= one.gap.before for event in answer.events)
        if is_done or not answer.more:
            self._go_on(one)
        elif one.reached > before:
            self._fetch(one)
        else:
            self._leave(one)

    def _not_fetched(self, failure: Failure, one: _Open) -> None:
        failure.trap(Refusal, Lost)
        if self._open.get(one.gap.room) is one:
            self._leave(one)

    def _leave(self, one: _Open) -> None:
        """What is not fetched stays a gap."""
        gap = Gap(room=one.gap.room, after=one.reached, before=one.gap.before)
        self._hear(gap, _encode(gap))
        self._go_on(one)

    def _go_on(self, one: _Open) -> None:
        del self._open[one.gap.room]
        for event, wire in one.waiting:
            self.hear(event, wire)
