"""The operator's word is obeyed by the daemon that runs, or by the store itself; and never by anybody else."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.task import deferLater

from chatd.admin import operator
from chatd.admin.errors import AdminError
from chatd.admin.operator import NoProcess, as_operator
from chatd.config import Settings
from chatd.control import control_path
from chatd.core import commands, events
from chatd.core.commands import Command
from chatd.core.events import Answer
from chatd.store import schema
from tests.admin.rows import ask, make, mode

real: Any = reactor
CHEAP = Settings(bcrypt_cost=4)
PASSWORD = "plum harbour 77"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is, or is to be."""
    return tmp_path / "chatd.sqlite"


@pytest.fixture
def dead(path: Path) -> Path:
    """The socket that a killed daemon left behind."""
    found = control_path(path)
    assert found is not None
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(found))
    return found


async def order(path: Path, *first: Command) -> list[Answer]:
    """Give orders, one after the other in one visit; their answers."""
    heard: list[Answer] = []
    rest = iter(first)

    def hear(command: Command, answer: Answer) -> Command | None:
        heard.append(answer)
        return next(rest, None)

    await as_operator(real, path, CHEAP, next(rest), hear)
    return heard


async def refusal(path: Path, command: Command) -> str:
    """The sentence with which an order is refused."""
    with pytest.raises(AdminError) as caught:
        await order(path, command)
    said = str(caught.value)
    assert "\n" not in said
    return said


async def test_alone(path: Path) -> None:
    """Where no daemon runs, the store itself obeys: to the next one, too, and the lock is given back."""
    added, listed = await order(path, commands.AddAccount(name="bob", password=PASSWORD), commands.Accounts())
    assert added == events.AccountAdded(name="bob", password=None)
    assert isinstance(listed, events.AccountsDone)
    assert [each.name for each in listed.accounts] == ["bob"]
    os.close(schema.lock(path))
    assert ask(path, "SELECT actor, address, act, target FROM audit_log") == [
        ("operator", "local", "add-account", "bob")
    ]
    assert [mode(path), mode(Path(f"{path}.lock"))] == [0o600, 0o600]
    assert not Path(f"{path}-wal").exists()


async def test_a_refusal(path: Path) -> None:
    """It is the daemon's own, in the words of somebody who types chatctl; and the lock is given back."""
    make(path)
    assert await refusal(path, commands.AddAccount(name="alice", password=PASSWORD)) == (
        "The name alice is taken. Choose another one. [name-taken]"
    )
    said = await refusal(path, commands.RevokeInvitation(number=1))
    assert said == "There is no invitation 1. chatctl invite list shows those that there are. [no-such-entry]"
    os.close(schema.lock(path))


async def test_bounds(path: Path) -> None:
    """What the daemon's door would not let in is not let in by another way."""
    make(path)
    assert "too long" in await refusal(path, commands.Ban(target="x" * 129))
    assert "too large" in await refusal(path, commands.RevokeInvitation(number=2**60))


async def test_before_the_first_start(path: Path) -> None:
    """A slip in the name of the database does not make one; the first accounts and codes do."""
    assert await refusal(path, commands.Accounts()) == (
        f"There is no database {path}. Start chatd once, or give another --database."
    )
    assert list(path.parent.iterdir()) == []
    (made,) = await order(path, commands.MakeInvitation())
    assert isinstance(made, events.InvitationMade)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_what_root_makes_is_the_daemons(path: Path) -> None:
    """Root makes the database in the daemon's directory: the daemon can open it then."""
    os.chown(path.parent, 54321, 54321)
    await order(path, commands.MakeInvitation())
    assert {each.stat().st_uid for each in path.parent.iterdir()} == {54321}


@pytest.mark.parametrize("command", [commands.Announce(text="hi"), commands.Reload(), commands.Shutdown()])
async def test_what_takes_a_daemon(path: Path, command: Command) -> None:
    """It is refused where none runs, and is not in the audit log as if it had been done."""
    make(path)
    assert (await refusal(path, command)).startswith("No daemon runs, so ")
    assert ask(path, "SELECT count(*) FROM audit_log") == [(0,)]


async def test_a_daemon_without_a_socket(path: Path) -> None:
    """Nothing is done behind its back."""
    make(path)
    held = schema.lock(path)
    try:
        assert await refusal(path, commands.Accounts()) == (
            f"The database {path} is in use, and nothing answers at {path}.sock. "
            "Stop the daemon, or wait for its start."
        )
    finally:
        os.close(held)


async def test_a_daemon_too_deep_for_a_socket(tmp_path: Path) -> None:
    """The reason is said."""
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    path = make(deep / "chatd.sqlite")
    held = schema.lock(path)
    try:
        assert "its name is too long for a socket" in await refusal(path, commands.Accounts())
    finally:
        os.close(held)


async def test_a_socket_that_was_left_behind(path: Path, dead: Path) -> None:
    """It is no obstacle, and is left to the next daemon."""
    make(path)
    assert len(await order(path, commands.Accounts())) == 1
    assert dead.exists()


async def test_whose_socket_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said to somebody who listens in the daemon's place."""
    make(path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{path}.sock")
        listening.listen()
        listening.setblocking(False)
        monkeypatch.setattr(operator, "uid_of", lambda transport: 54321)
        said = await refusal(path, commands.AddAccount(name="bob", password=PASSWORD))
        assert said == f"The socket {path}.sock is user 54321's, not the daemon's. Nothing was sent."
        peer, _ = listening.accept()
        with peer:
            await deferLater(real, 0.05)
            assert peer.recv(100) == b"", "closed, with nothing said"


def test_no_process() -> None:
    """Where nothing runs there are no figures of it, and no orders for it."""
    nobody: Any = NoProcess()
    assert nobody.stats() == {}
    for impossible in (nobody.reload, nobody.shutdown):
        with pytest.raises(AdminError):
            impossible()
