"""Whoever wants to hear everything hears what a resumption left out, in its place, once."""

from twisted.internet.defer import Deferred

from chatd.client.connection.protocol import Lost
from chatd.client.connection.whole import MOST_WAITING, PAGE, Whole
from chatd.core.commands import Command, History
from chatd.core.events import Answer, AnyRoomEvent, Arrived, Event, Gap, HistoryDone, Said


def said(seq: int, room: str = "lobby") -> Said:
    return Said(room=room, seq=seq, who="bob", at=1, text=str(seq))


class Archive:
    """A server with a history, and somebody who listens."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.asked: list[History] = []
        self._answer: Deferred[Answer] = Deferred()
        self.whole = Whole(lambda event, wire: self.heard.append(event), self._ask)

    def _ask(self, command: Command) -> Deferred[Answer]:
        assert isinstance(command, History)
        self.asked.append(command)
        self._answer = Deferred()
        return self._answer

    def hears(self, *events: Event) -> None:
        for event in events:
            self.whole.hear(event, b"")

    def answers(self, *seqs: int, more: bool = False) -> None:
        events: tuple[AnyRoomEvent, ...] = tuple(said(seq) for seq in seqs)
        self._answer.callback(HistoryDone(room="lobby", at=1, events=events, more=more))

    def seqs(self, room: str = "lobby") -> list[int]:
        return [event.seq for event in self.heard if isinstance(event, Said) and event.room == room]


def test_a_gap_is_closed_page_by_page() -> None:
    """What comes after it in the same place waits; elsewhere life goes on."""
    archive = Archive()
    archive.hears(said(3), Gap(room="lobby", after=3, before=8), said(8), said(1, "dev"), Arrived(who="x", at=1))
    assert archive.asked == [History(room="lobby", after=3, limit=PAGE)]
    assert len(archive.heard) == 3
    archive.answers(4, 5, more=True)
    assert archive.asked[-1].after == 5
    archive.hears(said(9))
    archive.answers(6, 7, 8, 9)
    assert [event.seq for event in archive.heard if isinstance(event, Said) and event.room == "lobby"] == [
        *range(3, 10)
    ]


def test_a_second_gap_behind_the_first() -> None:
    """Lost and back again while the first one is still being closed."""
    archive = Archive()
    archive.hears(Gap(room="lobby", after=0, before=2), said(2), Gap(room="lobby", after=2, before=4), said(4))
    archive.answers(1)
    assert archive.seqs() == [1, 2]
    archive.answers(3, 4)
    assert archive.seqs() == [1, 2, 3, 4]


def test_a_server_that_turns_in_circles_is_left_with_its_gap() -> None:
    """Pages that bring nothing further are not asked for again; what they hold is heard once, and nothing before it."""
    archive = Archive()
    archive.hears(Gap(room="lobby", after=3, before=9), said(9))
    archive.answers(4, 5, more=True)
    archive.answers(1, 4, 5, more=True)
    assert [each.after for each in archive.asked] == [3, 5]
    assert archive.seqs() == [4, 5, 9]
    archive.hears(Gap(room="lobby", after=9, before=12), said(12))
    archive.answers(11, 10, 11, 99, more=True)
    assert archive.seqs() == [4, 5, 9, 11, 12]
    archive.hears(Gap(room="lobby", after=12, before=15))
    archive.answers(more=True)
    assert len(archive.asked) == 4
    assert archive.heard[-1] == Gap(room="lobby", after=12, before=15)


def test_a_server_that_never_answers_does_not_fill_the_memory() -> None:
    """What waits behind a gap is let through at last, behind the gap; an answer that comes too late is none."""
    archive = Archive()
    gap = Gap(room="lobby", after=1, before=5)
    archive.hears(gap, *(said(seq) for seq in range(5, 5 + MOST_WAITING)))
    assert archive.heard == []
    archive.hears(said(5 + MOST_WAITING))
    assert archive.heard[0] == gap
    assert archive.seqs() == [*range(5, 6 + MOST_WAITING)]
    archive.answers(2, 3, 4)
    assert len(archive.heard) == MOST_WAITING + 2


def test_what_was_not_kept_stays_out() -> None:
    """Lines that were thrown away cannot be fetched; where nothing can, one hears of the gap."""
    archive = Archive()
    archive.hears(Gap(room="lobby", after=0, before=9), said(9))
    archive.answers(more=False)
    assert archive.seqs() == [9]
    gap = Gap(room="lobby", after=9, before=12)
    archive.hears(gap, said(12))
    archive._answer.errback(Lost("it has left"))
    assert archive.heard[1:] == [gap, said(12)]
