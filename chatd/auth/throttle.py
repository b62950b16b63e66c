"""How often one address, and all together, may do what must not be done often. The clock is an argument."""

from collections import OrderedDict, deque

from chatd.core.errors import TooMany
from chatd.core.limits import Limits


class Registrations:
    """
    Counts new accounts, per address and in all.

    A table of addresses that could grow without end would be a way to fill the memory, so the oldest goes.
    """

    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, source: str | None, now: float, limits: Limits) -> None:
        """
        Count one.

        @param source: The address, or C{None} for one that is not counted by itself.
        @raise TooMany: if there were as many as may be.
        """
        _forget(self._all, now - limits.registrations_window)
        if len(self._all) >= limits.registrations:
            raise TooMany("Many people register just now. Try again in ten minutes.", rule="registrations in all")
        if source is not None:
            mine = self._by_address.setdefault(source, deque())
            self._by_address.move_to_end(source)
            if len(self._by_address) > limits.table_entries:
                self._by_address.popitem(last=False)
            _forget(mine, now - limits.registrations_per_address_window)
            if len(mine) >= limits.registrations_per_address:
                why = "Your address has registered enough names for now. Try again in an hour."
                raise TooMany(why, rule="registrations per address")
            mine.append(now)
        self._all.append(now)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] < before:
        times.popleft()
