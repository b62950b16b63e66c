"""C{systemctl status} shows when the daemon is ready, reloading or stopping, and a hung one is restarted."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatd.notify import READY, STOPPING, WATCHDOG, notify, reloading, status, watchdog_interval

PID = 4321


@pytest.fixture
def manager() -> Iterator[socket.socket]:
    """The service manager's end of the conversation, unbound."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.setblocking(False)
        yield listening


def test_words_arrive_as_one_datagram(manager: socket.socket, tmp_path: Path) -> None:
    """READY and a status reach a socket in the file system together."""
    path = str(tmp_path / "notify")
    manager.bind(path)
    assert notify({"NOTIFY_SOCKET": path}, READY, status("12 people")) is True
    assert manager.recv(1000) == b"READY=1\nSTATUS=12 people"


def test_abstract_socket(manager: socket.socket, tmp_path: Path) -> None:
    """An address that begins with C{@} is a name in the abstract namespace."""
    name = f"{tmp_path}/abstract"
    manager.bind("\0" + name)
    assert notify({"NOTIFY_SOCKET": "@" + name}, STOPPING) is True
    assert manager.recv(1000) == b"STOPPING=1"


def test_reload_says_since_when() -> None:
    """systemd tells two reloads apart by the time of the monotonic clock."""
    assert reloading(1234.5) == "RELOADING=1\nMONOTONIC_USEC=1234500000"


def test_status_stays_one_line() -> None:
    """A status cannot smuggle in another word."""
    assert status("a room\nSTOPPING=1") == "STATUS=a room STOPPING=1"


@pytest.mark.parametrize(
    "address",
    ["", "relative", "/nobody/listens/here", "@nobody-listens-here", "/" + "long" * 100, "/nul\0", "/sur\udc80"],
)
def test_nobody_listens(address: str) -> None:
    """Without a service manager, or with a broken address, nothing happens, and nothing is raised."""
    assert notify({"NOTIFY_SOCKET": address}, WATCHDOG) is False


def test_no_socket_named() -> None:
    """A daemon that was started by hand tells nobody."""
    assert notify({}, READY) is False


def test_text_that_is_not_unicode(manager: socket.socket, tmp_path: Path) -> None:
    """A lone surrogate in a status is replaced, not raised."""
    path = str(tmp_path / "notify")
    manager.bind(path)
    assert notify({"NOTIFY_SOCKET": path}, status("\udcff")) is True
    assert manager.recv(1000) == b"STATUS=?"


def test_full_socket_does_not_block(manager: socket.socket, tmp_path: Path) -> None:
    """A service manager that does not read is left alone: the call comes back with C{False}."""
    path = str(tmp_path / "notify")
    manager.bind(path)
    told = [notify({"NOTIFY_SOCKET": path}, WATCHDOG) for _ in range(10_000)]
    assert told[0] is True
    assert told[-1] is False


@pytest.mark.parametrize(
    ("environment", "interval"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(PID)}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "me"}, None),
    ],
)
def test_watchdog_interval(environment: dict[str, str], interval: float | None) -> None:
    """The watchdog is fed twice in the time it allows, and only by the process that it watches."""
    assert watchdog_interval(environment, PID) == interval
