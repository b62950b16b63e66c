"""
What is thrown away in time: lines beyond a room's time to be kept, the text of lines that were taken back, what
an erased account said, and the rooms of guests that are gone. In slices, each a transaction of its own, so that nobody
waits for it.
"""

from collections.abc import Callable

from chatd.store.journal import Journal
from chatd.store.queries import accounts, messages, rooms, transactions
from chatd.store.queries.transactions import Cursor
from chatd.store.writes.entering import clear_abandoned
from chatd.store.writes.orders import UNDOABLE

SLICE = 500
PAGES = 2000
DAY = 86400 * 1000


class Housekeeping:
    """Throws away what is due. The room on the disk is given back to the operating system."""

    def __init__(self, journal: Journal, now: Callable[[], int]) -> None:
        self._journal = journal
        self._now = now

    async def clean(self) -> int:
        """Throw away all that is due now. Returns how many messages went or lost their text."""
        at, gone = self._now(), 0
        due: list[Callable[[Cursor], int]] = [lambda cursor: messages.wipe_deleted(cursor, at - UNDOABLE, SLICE)]
        for room_id, keep_days in await self._journal.write(rooms.with_retention):
            due.append(_purging(room_id, at - keep_days * DAY))
        for account_id, name in await self._journal.write(accounts.to_be_wiped):
            due.append(_wiping(account_id, name, at))
        due += [_clearing(room_id) for room_id in await self._journal.write(rooms.abandoned)]
        for work in due:
            while done := await self._journal.write(work):
                gone += done
        while await self._journal.write(lambda cursor: transactions.give_back(cursor, PAGES)):
            pass  # also what an order has emptied
        return gone


def _purging(room_id: int, before: int) -> Callable[[Cursor], int]:
    return lambda cursor: messages.purge(cursor, room_id, before, SLICE)


def _clearing(room_id: int) -> Callable[[Cursor], int]:
    return lambda cursor: clear_abandoned(cursor, room_id)


def _wiping(account_id: int, name: str, at: int) -> Callable[[Cursor], int]:
    def work(cursor: Cursor) -> int:
        lines = messages.wipe_lines_of(cursor, account_id, name, at, SLICE)
        return lines or messages.wipe_words_of(cursor, account_id, SLICE)

    return work
