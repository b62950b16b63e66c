"""Where a configuration wants to listen, found out without listening."""

import socket
from datetime import datetime
from typing import Any, NamedTuple

from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure


class Unusable(Exception):
    """An endpoint description with which nobody can listen; the text says why."""


class Door(NamedTuple):
    """
    What a description asks for.

    @ivar port: The TCP port, or C{None} if it is another kind of door.
    @ivar expires: Until when its certificate is good, where it names one.
    """

    port: int | None
    interface: str
    expires: datetime | None


class _Recorder:
    """Stands in for the reactor before an endpoint, and notes what it would listen to."""

    def __init__(self) -> None:
        self.door = Door(None, "", None)

    def listenTCP(self, port: int, factory: object, backlog: int = 50, interface: str = "") -> None:
        """Note it."""
        self.door = Door(port, interface, None)

    def listenSSL(
        self, port: int, factory: object, contextFactory: Any, backlog: int = 50, interface: str = ""
    ) -> None:
        """Note it, and how long the certificate is good."""
        expires = contextFactory.certificate.to_cryptography().not_valid_after_utc
        self.door = Door(port, interface, expires)

    def listenUNIX(self, address: str, factory: object, *args: object, **how: object) -> None:
        """Let it be: who may make a socket there is seen when it is made."""


def door_of(description: str) -> Door:
    """
    What a Twisted endpoint description asks for.

    @raise Unusable: if it cannot be understood, or a file that it names cannot be used.
    """
    recorder: Any = _Recorder()
    failures: list[Failure] = []
    try:
        listening: Any = serverFromString(recorder, description).listen(Factory())
        listening.addErrback(failures.append)
    except Exception as wrong:  # a plugin may raise anything
        raise Unusable(_sentence(wrong)) from None
    if failures:
        raise Unusable(_sentence(failures[0].value))
    door: Door = recorder.door
    return door


def _sentence(wrong: BaseException | None) -> str:
    if isinstance(wrong, OSError) and wrong.filename:
        return f"{wrong.filename!s}: {wrong.strerror}"
    return str(wrong) or type(wrong).__name__


def hindrance(port: int, interface: str) -> OSError | None:
    """Why nobody can begin to listen there, if so. Nobody is kept waiting: nothing is accepted."""
    family = socket.AF_INET6 if ":" in interface else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((interface, port))
    except OSError as wrong:
        return wrong
    return None
