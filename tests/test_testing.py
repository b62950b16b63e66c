"""The world in memory: a test double that does what the real thing does."""

import sqlite3

import pytest
from twisted.internet.defer import Deferred

from chatd.core.commands import Login, Ping, Say
from chatd.core.errors import StorageFull
from chatd.core.events import Ponged
from chatd.core.room import Envelope
from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.testing import BEGINNING, PASSWORD, InstantDatabase, World, now


def test_the_transcript_of_the_docstring() -> None:
    """What the module's own example says is so."""
    world = World()
    alice = world.person()
    alice.types("alice")
    assert "Choose a password" in alice.sees()


def test_people_and_programs_in_one_world() -> None:
    """Whoever is asked for by name is in the lobby, registered or logged in again."""
    world = World(Site(name="Here"))
    alice, bob = world.person("alice"), world.program("bob")
    assert alice.sees() == "** bob has joined #lobby\r\n"
    alice.types("hi")
    assert [each["text"] for each in bob.objects()] == ["hi"]
    assert bob.asks(do="ping", ref="7") == {"done": "ping", "at": world.now(), "ref": "7"}
    bob.goes()
    assert world.program("bob").asks(do="names", room="lobby")["names"] == ["alice", "bob"]


def test_time_passes_when_the_test_says_so() -> None:
    """The wall clock and the clock for limits go together, and the look once a second is taken."""
    world = World(limits=Limits(login_deadline=5.0))
    remote = world.program()
    world.pass_time(5.5)
    assert not remote.is_closed
    assert world.now() == BEGINNING + 5500
    world.pass_time(1)
    assert remote.is_closed


def test_an_account_and_a_session_without_a_face() -> None:
    """Tests of the core need neither."""
    world = World()
    account = world.account("Alice")
    heard: list[Envelope] = []
    session = world.session(heard.append)
    now(Deferred.fromCoroutine(session.obey(Login(name="alice", password=PASSWORD))))
    session.settle()
    assert session.avatar is not None
    assert session.avatar.account == account
    assert len(heard) == 1


def test_limits_of_a_site_and_limits_alone() -> None:
    """Either way they are those of the world."""
    assert World(Site(limits=Limits(rooms=7))).hub.site.limits.rooms == 7
    assert World(Site(name="x"), Limits(rooms=8)).hub.site.limits.rooms == 8
    assert World().hub.site.limits == Limits()


def test_commits_that_take_their_time() -> None:
    """What is written waits until it is let go, and is told only then."""
    world = World()
    alice, bob = world.program("alice"), world.program("bob")
    alice.objects()
    before = world.database.commits
    world.database.waiting = []
    bob.sends(do="say", room="lobby", text="hi")
    assert (alice.objects(), world.database.commits) == ([], before)
    world.database.let_go()
    assert [each["text"] for each in alice.objects()] == ["hi"]
    assert world.database.commits == before + 1


def test_a_full_disk() -> None:
    """As little room as the test says, and a database that cannot grow."""
    world = World()
    alice = world.program("alice")
    world.database.free = 0
    assert alice.asks(do="say", room="lobby", text="hi")["code"] == StorageFull.code
    world.database.free = 10**12
    world.database.run("PRAGMA max_page_count = 1")
    codes = [alice.asks(do="say", room="lobby", text="x" * 2000).get("code") for _ in range(10)]
    assert "storage-full" in codes


def test_a_transaction_stands_or_falls_as_a_whole() -> None:
    """What fails leaves nothing, and what was there can be looked at."""
    database = InstantDatabase()

    def fails(cursor: object) -> None:
        database.run("INSERT INTO accounts (name, name_key, skeleton, created_at) VALUES ('a', 'a', 'a', 1)")
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError):
        now(database.write(fails))
    assert database.rows("SELECT count(*) FROM accounts") == [(0,)]
    with pytest.raises(sqlite3.OperationalError):
        now(database.read(lambda cursor: cursor.execute("SELECT * FROM nowhere")))
    assert database.commits == 0


def test_what_the_other_end_is_shown() -> None:
    """As bytes, as text without telnet's own, and whether the connection is closed."""
    world = World()
    remote = world.connect()
    world.pass_time(0.4)
    assert remote.transport.value().startswith(b"\xff\xfd\x00\r")
    assert remote.sees().startswith("\rchatd - 0 people here.")
    assert remote.received() == b""
    closed = [remote.is_closed]
    remote.types("/quit")
    closed.append(remote.is_closed)
    assert closed == [False, True]
    remote.goes()
    assert world.factory.faces == set()


def test_the_result_of_what_is_done() -> None:
    """It is returned or raised; what is not done yet is a mistake of the test."""
    world = World()
    assert isinstance(now(Deferred.fromCoroutine(world.session().obey(Ping()))), Ponged)
    with pytest.raises(Exception, match="Log in first"):
        now(Deferred.fromCoroutine(world.session().obey(Say(room="lobby", text="x"))))
    with pytest.raises(AssertionError, match="not done yet"):
        now(Deferred())
