"""Watches: who wants to hear when somebody comes and goes, whether they share a room or not."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from chatd.core.events import Event
from chatd.core.room import Envelope

if TYPE_CHECKING:
    from chatd.core.session import Session


class Watches:
    """
    The sessions that watch for folded names, of whoever has them then.

    A session without a watch is not held.
    """

    def __init__(self) -> None:
        self._watching: dict[str, dict[Session, None]] = {}
        self._watched: dict[Session, set[str]] = {}

    def __len__(self) -> int:
        return len(self._watched)

    def begin(self, session: "Session", key: str) -> None:
        """Let a session hear when whoever has this folded name comes and goes."""
        self._watching.setdefault(key, {})[session] = None
        self._watched.setdefault(session, set()).add(key)

    def end(self, session: "Session", key: str | None = None) -> None:
        """Let it hear so no more; of nobody, where no name is given."""
        keys = self._watched.get(session, set())
        for each in tuple(keys) if key is None else {key} & keys:
            keys.discard(each)
            watchers = self._watching[each]
            del watchers[session]
            if not watchers:
                del self._watching[each]
        if not keys:
            self._watched.pop(session, None)

    def tell(self, key: str, event: Event, mask: str, but: Collection[int] = ()) -> None:
        """Let those hear an event who watch a name, but not the avatars of certain numbers, which were told."""
        watchers = tuple(each for each in self._watching.get(key, ()) if each.avatar and each.me.account.id not in but)
        envelope = Envelope(event, crowd=len(watchers), mask=mask)
        for session in watchers:
            session.deliver(envelope)
