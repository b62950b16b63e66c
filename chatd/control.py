"""
The door for C{chatctl}: a Unix socket beside the database, behind which everybody is the operator.

Only the daemon's own user and root come in: the socket is theirs alone to open, and the kernel says who has
(C{SO_PEERCRED} of unix(7)).
"""

import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.endpoints import quoteStringArgument
from twisted.internet.interfaces import IAddress

from chatd.core.errors import ChatError, NotAllowed
from chatd.core.ports import Peer
from chatd.core.session import Deliver, End, Session
from chatd.faces.factory import ChatFactory
from chatd.faces.line import LineFace

SUFFIX = ".sock"
LONGEST_PATH = 107  # bytes, of unix(7)
_CREDENTIALS = struct.Struct("3i")


def control_path(database: Path) -> Path | None:
    """Where the socket for a database is; C{None} where its name would be too long for one."""
    path = database.with_name(database.name + SUFFIX)
    return path if len(os.fsencode(path)) <= LONGEST_PATH else None


def description(path: Path) -> str:
    """The endpoint for a socket, which nobody but its owner may open."""
    return f"unix:address={quoteStringArgument(str(path))}:mode=600:lockfile=0"


class ControlFactory(ChatFactory):
    """
    Makes a face for each connection that comes in through the socket. The factory for everyone else looks after
    these faces too.
    """

    def __init__(self, everyone: ChatFactory, operator: Callable[[Deliver, End, Peer], Session]) -> None:
        super().__init__(
            everyone.clock,
            everyone.now,
            everyone.limits,
            operator,
            everyone.tongues,
            everyone.chance,
        )
        self.faces = everyone.faces
        self.flusher = everyone.flusher

    def buildProtocol(self, addr: IAddress | None) -> LineFace:
        """A face that speaks JSON."""
        return LineFace(self, "json")

    def enter(self, face: LineFace, peer: Peer, now: float) -> ChatError | None:
        """Let the daemon's own user and root in."""
        self.faces.add(face)
        uid = uid_of(face.transport)
        if uid in (0, os.getuid()):
            return None
        return NotAllowed("Only the daemon's own user and root may control it.", rule=f"user {uid} is another one")

    def leave(self, face: LineFace, peer: Peer) -> None:
        """A connection has ended."""
        self.faces.discard(face)


def uid_of(transport: Any) -> int:
    """The number of the user at the other end of a Unix socket."""
    found = transport.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(found)[1])
