"""
The operator's word, carried to whoever can obey it: the daemon that runs, or the store itself when none does.

Either way the same commands are obeyed by the same session, so that everything is judged and audited alike.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

from twisted.internet.endpoints import UNIXClientEndpoint

from chatd.admin.errors import AdminError
from chatd.client.connection.protocol import ChatClient, Lost, connect
from chatd.client.connection.wire import Refusal
from chatd.config import Settings
from chatd.control import control_path
from chatd.core.commands import Command
from chatd.core.errors import ChatError
from chatd.core.events import Answer
from chatd.core.ports import Peer
from chatd.house import House, raised, unheard, wall_clock
from chatd.store import schema
from chatd.store.schema import StoreError

HERE = Peer("local", encrypted=False, private=True, exempt=True)

Ask = Callable[[Command], Awaitable[Answer]]


async def as_operator(reactor: Any, database: Path, settings: Settings, work: Callable[[Ask], Awaitable[None]]) -> None:
    """
    Let C{work} ask, over the daemon's socket if one runs, else of the store, whose lock is held meanwhile.

    @raise AdminError: if the answer is no, or neither can be reached.
    @raise StoreError: if the store cannot be used.
    """
    path = control_path(database)
    client = await _reached(reactor, path) if path is not None and path.exists() else None
    try:
        if client is not None:
            await work(client.submit)
        else:
            await _alone(reactor, database, settings, work)
    except (Refusal, ChatError) as refusal:
        raise AdminError(f"{refusal.why} [{refusal.code}]") from None
    except Lost as lost:
        raise AdminError(f"The daemon went before it answered: {lost.why}.") from None
    finally:
        if client is not None:
            client.leave()


async def _reached(reactor: Any, path: Path) -> ChatClient | None:
    """A connection to the daemon that runs, or C{None} if the socket is one that a daemon left behind."""
    try:
        return await connect(reactor, UNIXClientEndpoint(reactor, str(path)), lambda event, line: None, unheard)
    except Lost as lost:
        if not os.access(path, os.W_OK):
            raise AdminError(f"{path} is not yours to open. Be root or the daemon's own user.") from None
        if lost.code != "unreachable":
            raise
        return None


async def _alone(reactor: Any, database: Path, settings: Settings, work: Callable[[Ask], Awaitable[None]]) -> None:
    lock = schema.lock(database)
    try:
        schema.prepare(database, wall_clock())
        house = House(reactor, settings, database, NoProcess(), _die)
        house.start()
        try:
            session = house.operator(unheard, raised, HERE)
            await work(session.obey)
            await house.journal.drained()
        finally:
            house.close()
    finally:
        os.close(lock)


class NoProcess:
    """Stands where the daemon's process would be."""

    def stats(self) -> dict[str, int | float | str]:
        """Nothing runs."""
        return {}

    def reload(self) -> NoReturn:
        """@raise AdminError: always."""
        raise AdminError("No daemon runs, so there is nothing to reload.")

    def shutdown(self) -> NoReturn:
        """@raise AdminError: always."""
        raise AdminError("No daemon runs, so there is nothing to stop.")


def _die(status: int, why: str) -> NoReturn:
    raise StoreError(f"The database failed, and what was done is unknown: {why}")
