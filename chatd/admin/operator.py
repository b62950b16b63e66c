"""
The operator's word, carried to whoever can obey it: the daemon that runs, or the store itself when none does.

Either way the same commands are obeyed by the same session, so that everything is judged and audited alike.
"""

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.task import deferLater

from chatd.admin.copies.copying import give
from chatd.admin.doctor import is_held
from chatd.admin.errors import AdminError
from chatd.client.connection.protocol import ChatClient, Lost, connect
from chatd.client.connection.wire import Refusal
from chatd.config import Settings
from chatd.control import control_path, uid_of
from chatd.core.commands import AddAccount, Announce, Command, MakeInvitation, Reload, Shutdown
from chatd.core.errors import ChatError
from chatd.core.events import Answer
from chatd.core.ports import Peer
from chatd.house import House, raised, unheard, wall_clock
from chatd.store import schema
from chatd.store.schema import StoreError

HERE = Peer("local", encrypted=False, private=True, exempt=True)
STOPS_WITHIN = 30.0
LOOK_AGAIN = 0.05

_BEGINS = (AddAccount, MakeInvitation)  # what makes sense before there is a database
_NEEDS_DAEMON = {Announce: "nobody is here to be told", Reload: "nothing is to be reloaded",
                 Shutdown: "nothing is to be stopped"}  # fmt: skip
_TYPED = re.compile(r"/(rooms|bans|invitation list|token list|user restore|roomset)\b")
_OURS = {
    "rooms": "chatctl room list",
    "bans": "chatctl ban list",
    "invitation list": "chatctl invite list",
    "token list": "chatctl token list NAME",
    "user restore": "chatctl user restore",
    "roomset": "chatctl room set ROOM",
}

Ask = Callable[[Command], Awaitable[Answer]]
Hear = Callable[[Command, Answer], Command | None]


async def as_operator(reactor: Any, database: Path, settings: Settings, command: Command, hear: Hear) -> None:
    """
    Have a command obeyed over the daemon's socket if one runs, else by the store, whose lock is held meanwhile.

    @param hear: Given each command and its answer; may return the next command.
    @raise AdminError: if the answer is no, or neither can be reached.
    @raise StoreError: if the store cannot be used.
    """
    _require_sense(command)
    client = await _reached(reactor, database)
    try:
        if client is None:
            await _alone(reactor, database, settings, command, hear)
        else:
            await _obeyed(client.submit, command, hear)
            if isinstance(command, Shutdown):
                await _stopped(reactor, database)
    except (Refusal, ChatError) as refusal:
        raise AdminError(f"{_in_our_words(refusal.why)} [{refusal.code}]") from None
    except Lost as lost:
        raise AdminError(f"The daemon went before it answered: {lost.why}.") from None
    finally:
        if client is not None:
            client.leave()


async def _obeyed(ask: Ask, first: Command, hear: Hear) -> None:
    command: Command | None = first
    while command is not None:
        command = hear(command, await ask(command))


def _require_sense(command: Command) -> None:
    """Hold a command to the bounds that the daemon's door would hold it to."""
    try:
        msgspec.convert(msgspec.to_builtins(command), type(command))
    except msgspec.ValidationError as wrong:
        raise AdminError(f"A word is too long, or a number too large: {wrong}.") from None


def _in_our_words(why: str) -> str:
    """A refusal as it is to be told to somebody who types C{chatctl}."""
    return _TYPED.sub(lambda found: _OURS[found[1]], why)


# Where a daemon runs.


async def _reached(reactor: Any, database: Path) -> ChatClient | None:
    """A connection to the daemon that runs; C{None} if there is no socket, or only one that a daemon left behind."""
    path = control_path(database)
    try:
        path = path if path is not None and path.exists() else None
    except PermissionError:
        raise _not_yours(database) from None
    if path is None:
        return None
    try:
        client = await connect(reactor, UNIXClientEndpoint(reactor, str(path)), lambda event, line: None, unheard)
    except Lost:
        if not os.access(path, os.W_OK):
            raise _not_yours(path) from None
        return None
    _require_daemon(client, path, database)
    return client


def _require_daemon(client: ChatClient, path: Path, database: Path) -> None:
    """Tell nobody anything who has put a socket of his own in the place of the daemon's."""
    uid = uid_of(client.transport)
    if uid not in {0, os.getuid(), *([database.stat().st_uid] if database.exists() else [])}:
        client.abort()
        raise AdminError(f"The socket {path} is user {uid}'s, not the daemon's. Nothing was sent.")


async def _stopped(reactor: Any, database: Path) -> None:
    """Wait until the daemon has let the database go, so that whatever comes next finds it free."""
    end = reactor.seconds() + STOPS_WITHIN
    while is_held(database):
        if reactor.seconds() > end:
            raise AdminError(f"The daemon was told to stop, and has not after {STOPS_WITHIN:g} s. Look into its log.")
        await deferLater(reactor, LOOK_AGAIN)


def _not_yours(path: Path) -> AdminError:
    return AdminError(f"{path} is not yours to open. Be root, or the daemon's own user.")


# Where none runs.


async def _alone(reactor: Any, database: Path, settings: Settings, command: Command, hear: Hear) -> None:
    is_new = not database.exists()
    if is_new and not isinstance(command, _BEGINS):
        raise AdminError(f"There is no database {database}. Start chatd once, or give another --database.")
    lock = _taken(database)
    try:
        if type(command) in _NEEDS_DAEMON:
            raise AdminError(f"No daemon runs, so {_NEEDS_DAEMON[type(command)]}.")
        schema.prepare(database, wall_clock())
        if is_new:
            for each in (Path(f"{database}.lock"), database):
                give(each, database.parent)
        house = House(reactor, settings, database, NoProcess(), _die)
        house.start()
        try:
            await _obeyed(house.operator(unheard, raised, HERE).obey, command, hear)
            await house.journal.drained()
        finally:
            house.close()
    finally:
        os.close(lock)


def _taken(database: Path) -> int:
    if is_held(database):
        path = control_path(database)
        where = f"nothing answers at {path}" if path is not None else "its name is too long for a socket beside it"
        raise AdminError(f"The database {database} is in use, and {where}. Stop the daemon, or wait for its start.")
    return schema.lock(database)


class NoProcess:
    """Stands where the daemon's process would be."""

    def stats(self) -> dict[str, int | float | str]:
        """Nothing runs."""
        return {}

    def reload(self) -> NoReturn:
        """@raise AdminError: always."""
        raise AdminError("No daemon runs.")

    def shutdown(self) -> NoReturn:
        """@raise AdminError: always."""
        raise AdminError("No daemon runs.")


def _die(status: int, why: str) -> NoReturn:
    raise StoreError(f"The database failed, and what was done is unknown: {why}")
