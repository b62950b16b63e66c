"""The parts that need no network work together as they do in the daemon."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from twisted.internet import reactor

import chatd
from chatd.admin.operator import NoProcess
from chatd.config import Settings
from chatd.core import commands, events, room
from chatd.core.errors import ChatError, NotNow, SessionEnded
from chatd.core.ports import OPERATOR, Peer
from chatd.core.session import Phase
from chatd.core.settings.limits import Limits
from chatd.house import House, _counted, edition, raised, unheard, wall_clock
from chatd.store import schema

real: Any = reactor
SETTINGS = Settings(bcrypt_cost=4)
HERE = Peer("local", encrypted=False, private=True)
PASSWORD = "plum harbour 77"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house with nobody in it."""
    path = tmp_path / "chatd.sqlite"
    lock = schema.lock(path)
    schema.prepare(path, 1)
    made = House(real, SETTINGS, path, NoProcess(), _die)
    made.start()
    yield made
    made.close()
    os.close(lock)


def _die(status: int, why: str) -> Any:
    raise AssertionError(f"it died with {status}: {why}")


async def test_a_stranger_and_the_operator(house: House) -> None:
    """One has to say who he is; the other holds the machine, and makes the account that the first then is."""
    operator, stranger = house.operator(unheard, raised, HERE), house.session(unheard, raised, HERE)
    assert stranger.phase is Phase.UNAUTHENTICATED
    with pytest.raises(NotNow):
        await stranger.obey(commands.Accounts())
    assert operator.me.account == OPERATOR
    assert operator.phase is Phase.AUTHENTICATED
    added = await operator.obey(commands.AddAccount(name="alice", password=PASSWORD))
    assert isinstance(added, events.AccountAdded)
    entered = await stranger.obey(commands.Login(name="alice", password=PASSWORD))
    assert isinstance(entered, events.LoggedIn)
    listed = await operator.obey(commands.Accounts())
    assert isinstance(listed, events.AccountsDone)
    assert [(each.name, each.online) for each in listed.accounts] == [("alice", True)]
    stranger.close("gone")
    await house.journal.drained()


async def test_the_operator_is_in_no_room(house: House) -> None:
    """So nobody sees him, and he cannot speak in one as if he were somebody."""
    operator = house.operator(unheard, raised, HERE)
    assert house.hub.avatars == {}
    with pytest.raises(ChatError):
        await operator.obey(commands.Say(room="lobby", text="hi"))


def test_limits_are_those_in_force(house: House) -> None:
    """A reload puts a new site in place of the old one, and everybody asks again."""
    assert house.limits() == SETTINGS.limits
    house.hub.site = replace(SETTINGS, limits=Limits(text_line=99)).site()
    assert house.limits().text_line == 99


def test_a_session_without_a_connection() -> None:
    """What it is told goes nowhere, and its end is an error for whoever runs it."""
    unheard(object())
    with pytest.raises(SessionEnded):
        raised(SessionEnded("over"))


@pytest.mark.parametrize(
    ("address", "counted"),
    [("127.0.0.1", None), ("::1", None), ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::")],
)
def test_what_an_address_is_counted_as(address: str, counted: str | None) -> None:
    """Loopback is many people; and who has an IPv6 network has all of its addresses."""
    found = _counted(address)
    assert (found or "").partition("/")[0] == (counted or "")


def test_the_clock() -> None:
    """In UTC milliseconds."""
    assert wall_clock() > 1_700_000_000_000


@pytest.mark.parametrize(("file", "said"), [("room.py", ""), ("room.cpython-311-x86_64-linux-gnu.so", ", compiled")])
def test_the_edition(monkeypatch: pytest.MonkeyPatch, file: str, said: str) -> None:
    """It tells of being compiled, since a fault may be the compiler's then."""
    monkeypatch.setattr(room, "__file__", f"/opt/chatd/lib/chatd/core/{file}")
    assert edition() == f"chatd {chatd.__version__}{said}"
