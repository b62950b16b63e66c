"""The door for chatctl opens to the daemon's own user and to root, and to nobody else, whatever the socket's mode."""

import os
import socket
import struct
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import UNIXAddress
from twisted.internet.endpoints import serverFromString
from twisted.internet.testing import MemoryReactorClock

from chatd.control import LONGEST_PATH, ControlFactory, control_path, description, uid_of
from chatd.core.ports import OPERATOR, Peer
from chatd.core.room import Avatar
from chatd.core.session import Deliver, End, Session
from chatd.core.settings.personal import complete
from chatd.testing import PeerTransport, Remote, World


class Credentials:
    """A socket of which the kernel says that this user is at its other end."""

    def __init__(self, uid: int) -> None:
        self._uid = uid

    def getsockopt(self, level: int, option: int, size: int) -> bytes:
        assert (level, option) == (socket.SOL_SOCKET, socket.SO_PEERCRED)
        return struct.pack("3i", 4711, self._uid, 100)[:size]


class Door:
    """The door of a world in memory."""

    def __init__(self) -> None:
        self.world = World()
        self.factory = ControlFactory(self.world.factory, self._operator)

    def _operator(self, deliver: Deliver, end: End, peer: Peer) -> Session:
        session = Session(self.world.hub, self.world.ports, deliver, end, peer)
        session.begin(Avatar(OPERATOR, complete({})), 0, None, self.world.now())
        return session

    def come(self, uid: int) -> Remote:
        """A connection of a user's."""
        face = self.factory.buildProtocol(None)
        transport: Any = PeerTransport(UNIXAddress(b"/run/chat.sock"), UNIXAddress(None))  # type: ignore[no-untyped-call]
        transport.socket = Credentials(uid)
        face.makeConnection(transport)  # type: ignore[no-untyped-call]
        return Remote(self.world, face, transport)


def test_where_it_is() -> None:
    """Beside the database; nowhere, where the name would be cut off by the kernel."""
    assert control_path(Path("/srv/chat.sqlite")) == Path("/srv/chat.sqlite.sock")
    longest = Path("/" + "x" * (LONGEST_PATH - 1 - len(".sock")))
    assert control_path(longest) is not None
    assert control_path(Path(f"{longest}x")) is None
    assert control_path(Path("/" + "ä" * 60)) is None, "bytes are counted"


def test_the_longest_name_is_the_kernels(tmp_path: Path) -> None:
    """One byte more, and no socket can be made."""
    name = str(tmp_path / "s")
    name += "x" * (LONGEST_PATH - len(name))
    with socket.socket(socket.AF_UNIX) as fits, socket.socket(socket.AF_UNIX) as does_not:
        fits.bind(name)
        with pytest.raises(OSError, match="too long"):
            does_not.bind(f"{name}x")


@pytest.mark.parametrize("name", ["chat.sqlite.sock", "a:b c\\d.sock"])
def test_how_it_is_opened(name: str) -> None:
    """For its owner alone, with no lock file beside it, whatever its name is made of."""
    memory: Any = MemoryReactorClock()
    serverFromString(memory, description(Path("/srv") / name)).listen(World().factory)
    ((address, _, _, mode, wants_pid),) = memory.unixServers
    assert address == f"/srv/{name}"
    assert (mode, bool(wants_pid)) == (0o600, False)


@pytest.mark.parametrize("uid", [0, os.getuid()])
def test_who_may(uid: int) -> None:
    """They are the operator from the first line on, with no password and no limits of number."""
    door = Door()
    connections = [door.come(uid) for _ in range(100)]
    for remote in connections:
        assert remote.asks(do="accounts") == {"done": "accounts", "at": door.world.now(), "accounts": [], "more": False}
    assert len(door.world.factory.faces) == 100, "the factory for everyone looks after them"
    for remote in connections:
        remote.goes()
    assert door.world.factory.faces == set()


def test_who_may_not() -> None:
    """Whoever else comes as far as that reads why not, and is let go; what was asked is not done."""
    door = Door()
    remote = door.come(54321)
    remote.sends(do="add-account", name="mallory")
    told = remote.objects()
    assert [each["code"] for each in told if "code" in each] == ["not-allowed"]
    assert "Only the daemon's own user and root" in told[0]["why"]
    assert remote.is_closed
    assert door.world.database.rows("SELECT * FROM accounts") == []


def test_a_person_may_not_either() -> None:
    """Whoever types instead of sending JSON is told no more."""
    door = Door()
    remote = door.come(54321)
    remote.types("accounts")
    assert "accounts" not in remote.sees()
    assert remote.is_closed


def test_the_operator_is_nobody_whom_people_see() -> None:
    """No account has joined anything, and nobody is greeted."""
    door = Door()
    alice = door.world.program("alice")
    door.come(os.getuid()).asks(do="announce", text="Tea is ready.")
    assert [each.get("text") for each in alice.objects()] == ["Tea is ready."]
    assert set(door.world.hub.avatars) == {next(iter(door.world.hub.avatars))}


def test_whose_socket() -> None:
    """The kernel says so."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:

        class Transport:
            socket = ours

        assert uid_of(Transport()) == os.getuid()
