"""Where a configuration wants to listen is known without listening."""

import errno
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatd.admin.doors import Door, Unusable, door_of, hindrance
from tests.admin.certificates import write_certificate


@pytest.mark.parametrize(
    ("description", "door"),
    [
        ("tcp:9999:interface=127.0.0.1", Door(9999, "127.0.0.1", None)),
        ("tcp:port=9999", Door(9999, "", None)),
        ("tcp6:9999", Door(9999, "::", None)),
        ("tcp6:9999:interface=\\:\\:1", Door(9999, "::1", None)),
        ("unix:/run/chatd.socket", Door(None, "", None)),
    ],
)
def test_doors(description: str, door: Door) -> None:
    """They are read as Twisted reads them."""
    assert door_of(description) == door


def test_a_door_with_a_certificate(tmp_path: Path) -> None:
    """How long that is good is known too."""
    until = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    pem = write_certificate(tmp_path / "cert.pem", until)
    assert door_of(f"ssl:9997:privateKey={pem}:interface=127.0.0.1") == Door(9997, "127.0.0.1", until)


@pytest.mark.parametrize(
    ("description", "why"),
    [
        ("tcp:chat", "invalid literal"),
        ("carrier-pigeon:9999", "carrier-pigeon"),
        ("ssl:9997:privateKey=/nowhere/key.pem", r"/nowhere/key\.pem: No such file or directory"),
    ],
)
def test_doors_that_cannot_be(description: str, why: str) -> None:
    """The reason names what is wrong with them."""
    with pytest.raises(Unusable, match=why):
        door_of(description)


def test_a_door_that_is_free() -> None:
    """Nothing is in the way, and looking is not in the way either."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert hindrance(port, "127.0.0.1") is None
    assert hindrance(port, "127.0.0.1") is None


def test_a_door_that_is_in_use() -> None:
    """Whoever listens there is not disturbed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        wrong = hindrance(server.getsockname()[1], "127.0.0.1")
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert wrong is not None
    assert wrong.errno == errno.EADDRINUSE


def test_a_door_of_another_machine() -> None:
    """192.0.2.1 is nobody's (RFC 5737)."""
    wrong = hindrance(9999, "192.0.2.1")
    assert wrong is not None
    assert wrong.errno == errno.EADDRNOTAVAIL
