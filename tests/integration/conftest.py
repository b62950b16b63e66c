"""What the integration tests share: daemons, people and programs that are all gone when the test is."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import Person, Program

TRUSTED = ("--exempt", "127.0.0.0/8")

Telnet = Callable[[], Person]
Netcat = Callable[[], Person]
Connect = Callable[[], Program]


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    """What is to be done after the test, last things first."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def daemon(tmp_path: Path, cleanup: ExitStack) -> Daemon:
    """A daemon, not started, that trusts this machine."""
    made = Daemon(tmp_path, *TRUSTED)
    cleanup.callback(made.clean_up)
    return made


@pytest.fixture
def telnet(daemon: Daemon, cleanup: ExitStack) -> Telnet:
    """Brings somebody who types C{telnet HOST PORT}."""
    return lambda: _bring(cleanup, "telnet", HOST, str(daemon.port))


@pytest.fixture
def nc(daemon: Daemon, cleanup: ExitStack) -> Netcat:
    """Brings somebody who types C{nc HOST PORT}."""
    return lambda: _bring(cleanup, "nc", HOST, str(daemon.port))


def _bring(cleanup: ExitStack, *command: str) -> Person:
    person = Person(*command)
    cleanup.callback(person.leaves)
    return person


@pytest.fixture
def connect(daemon: Daemon, cleanup: ExitStack) -> Connect:
    """Connects a program at the JSON face."""

    def connect() -> Program:
        program = Program(daemon.port)
        cleanup.callback(program.leaves)
        return program

    return connect
