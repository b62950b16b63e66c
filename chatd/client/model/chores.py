"""What can wait a moment and is then done once, however often it was wished for meanwhile."""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from chatd.core.commands import Command, Mark, Names

PAUSE = 3.0


class Chores:
    """
    Markers to be moved and members to be asked for, C{PAUSE} seconds after the first wish.

    The server takes few commands a second; without a pause a busy room would spend them all on markers.
    """

    def __init__(self, clock: IReactorTime, ask: Callable[[Command], object]) -> None:
        """
        @param ask: Sends a command, whose answer is not waited for here.
        """
        self._clock = clock
        self._ask = ask
        self._marks: dict[str, int] = {}
        self._names: dict[str, None] = {}
        self._timer: IDelayedCall | None = None
        self._online = False

    def mark(self, room: str, seq: int) -> None:
        """A place was read so far."""
        if seq > self._marks.get(room, 0):
            self._marks[room] = seq
            self._arm()

    def ask_names(self, room: str) -> None:
        """The members of a room are not known any more."""
        self._names[room] = None
        self._arm()

    def forget(self, room: str) -> None:
        """A place is none of ours."""
        self._marks.pop(room, None)
        self._names.pop(room, None)

    def go_on(self) -> None:
        """There is a connection."""
        self._online = True
        self._arm()

    def pause(self) -> None:
        """There is none: what is to be done waits."""
        self._online = False
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _arm(self) -> None:
        wanted = self._online and (self._marks or self._names)
        if wanted and not (self._timer is not None and self._timer.active()):
            self._timer = self._clock.callLater(PAUSE, self._do)

    def _do(self) -> None:
        marks, self._marks = self._marks, {}
        names, self._names = self._names, {}
        for room, seq in marks.items():
            self._ask(Mark(room=room, seq=seq))
        for room in names:
            self._ask(Names(room=room))
