"""
Who was just allowed to speak where.

To ask the rows anew for each line of a flood costs more than to store it. But whatever decides is changed by this one
writer alone: as long as it writes nothing but lines, what was allowed is allowed. So an allowance holds for the lines
that follow, until anything else is written, and not longer than a second, since what has an end may end by itself.
"""

from collections.abc import Hashable

from chatd.store.queries import messages
from chatd.store.queries.messages import NewRow
from chatd.store.queries.rooms import RoomRow
from chatd.store.queries.transactions import Cursor

LIFE = 1000
MOST = 10_000


class Licences:
    """
    What the writer remembers between two lines, and the lines that it has not written yet: for the writing thread
    alone.

    Measured with 160 lines in a transaction: 45 us a line for asking, 17 us for numbering with C{RETURNING}, 10 us for
    writing each number down and not only the last one.
    """

    __slots__ = ("_cids", "_given", "_lines", "_seqs")

    def __init__(self) -> None:
        self._given: dict[Hashable, tuple[int, RoomRow]] = {}
        self._seqs: dict[int, int] = {}
        self._lines: list[NewRow] = []
        self._cids: set[tuple[int | None, str]] = set()

    def find(self, key: Hashable, at: int) -> RoomRow | None:
        """The room where whoever C{key} describes may speak, if that was asked just now."""
        found = self._given.get(key)
        return found[1] if found is not None and 0 <= at - found[0] < LIFE else None

    def give(self, key: Hashable, room: RoomRow, at: int) -> None:
        """Remember that it was allowed; in slow mode each line is a question of its own."""
        if not room.slow_ms:
            if len(self._given) >= MOST:
                self._given.clear()
            self._given[key] = (at, room)

    def next_seq(self, room: RoomRow) -> int:
        """The number of a line that is stored now. C{room} was read when nothing was remembered of it, or before."""
        return self._seqs.get(room.id, room.last_seq) + 1

    def use(self, line: NewRow) -> None:
        """Store a line; L{save} writes it."""
        self._seqs[line.room_id] = line.seq
        self._lines.append(line)
        if line.cid is not None:
            self._cids.add((line.account_id, line.cid))

    def save(self, cursor: Cursor) -> None:
        """
        Write the lines, and the last number of each room: before anything but a line is written, and before the commit.
        """
        if self._lines:
            messages.add_messages(cursor, self._lines)
            rooms = {line.room_id for line in self._lines}
            messages.set_last_seqs(cursor, [(room, self._seqs[room]) for room in rooms])
            self._lines.clear()
            self._cids.clear()

    def save_if_used(self, cursor: Cursor, account_id: int, cid: str) -> None:
        """Write the lines, if one of them has this cid of the account."""
        if (account_id, cid) in self._cids:
            self.save(cursor)

    def forget(self) -> None:
        """Something else than a line was written, or nothing came of what was."""
        self._given.clear()
        self._seqs.clear()
        self._lines.clear()
        self._cids.clear()
