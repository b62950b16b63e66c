"""Every question has its answer, and what would cost much is asked about first."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from chatd.core import commands
from chatd.core.errors import NoSuchRoom, NotAllowed, NotInRoom
from chatd.core.ports import OPERATOR, Reach
from chatd.core.session import VERBS, Phase
from chatd.core.settings.limits import Limits
from chatd.core.verbs.asking import read
from chatd.store.archive import Archive
from chatd.store.queries.transactions import Cursor
from chatd.store.reads.table import READS
from chatd.store.writes.table import WRITES
from tests.store.doubles import Town, ask, done, grant, join, op, set_room, write


def test_each_question_that_a_session_passes_on_has_an_answer() -> None:
    """And each order a write: none is missing from the store's tables."""
    verbs = {command: verb for phase in Phase for command, verb in VERBS[phase].items()}
    asked = {command for command, verb in verbs.items() if verb is read}
    written = {command for command, verb in verbs.items() if verb is not read and verb.__name__ == "write"}
    assert asked <= READS.keys()
    assert written <= WRITES.keys()
    assert READS.keys() | WRITES.keys() <= verbs.keys()


class Patient:
    """Reads that take as long as one likes."""

    def __init__(self) -> None:
        self.asked: list[Deferred[Any]] = []

    def read(self, work: Callable[[Cursor], Any]) -> Deferred[Any]:
        self.asked.append(Deferred())
        return self.asked[-1]


def test_settled_behind_what_is_being_looked_up() -> None:
    """However long that takes, and once whoever needs it has gone on; but before any answer that only one is told."""
    patient, happened = Patient(), list[str]()
    archive = Archive(patient, Limits, lambda: 0)

    def begin(work: Coroutine[Deferred[Any], Any, Any], name: str) -> None:
        Deferred.fromCoroutine(work).addBoth(lambda _: happened.append(name))

    begin(archive.ask(OPERATOR, commands.Unread()), "answered")
    begin(archive.standings(1), "looked up")
    begin(archive.settled(), "settled")
    begin(archive.standings(2), "looked up later")
    search, first, later = patient.asked
    first.callback({})
    assert happened == ["looked up"]
    patient.asked[3].callback(None)
    assert happened == ["looked up", "settled"]
    begin(archive.settled(), "settled again")
    later.errback(ValueError())
    patient.asked[4].callback(None)
    assert happened[2:] == ["looked up later", "settled again"]
    search.callback(None)


def test_asked_before_much_work(town: Town) -> None:
    """On the site and in a room, by what the rows say now."""
    for actor in (town.ada, OPERATOR):
        done(town.archive.require(actor, "manage-accounts"))
    with pytest.raises(NotAllowed):
        done(town.archive.require(town.alice, "manage-accounts"))
    done(town.archive.require(town.alice, "own", "lobby"))
    with pytest.raises(NotAllowed):
        done(town.archive.require(town.maude, "own", "lobby"))
    for room in ("nowhere", "lobby"):
        set_room(town, town.alice, "access", "invite")
        with pytest.raises(NoSuchRoom):
            done(town.archive.require(town.sam, "own", room))


def test_a_role_that_ended_is_none_when_asked(town: Town) -> None:
    """By the clock of the moment."""
    grant(town, town.bob, "admin", 60)
    done(town.archive.require(town.bob, "announce"))
    town.clock.advance(60)
    with pytest.raises(NotAllowed):
        done(town.archive.require(town.bob, "announce"))


def test_standings(town: Town) -> None:
    """Of a room's members, those that are more than that, while they are."""
    assert done(town.archive.standings(1)) == {town.alice.id: "owner", town.maude.id: "moderator"}
    op(town, town.alice, town.bob, "voice")
    write(town, town.maude, commands.Leave(room="lobby"))
    assert done(town.archive.standings(1)) == {town.alice.id: "owner", town.bob.id: "voice"}
    join(town, town.sam, "den")
    assert done(town.archive.standings(2)) == {town.sam.id: "owner"}
    assert done(town.archive.standings(99)) == {}


def test_whom_one_may_tell_something(town: Town) -> None:
    """Those of a room that one may speak in, or an account; what networks and masks are kept from is asked, too."""
    here = town.session(address="203.0.113.7")
    assert done(town.archive.reach(town.bob, "lobby", here)) == Reach("lobby", room=1)
    assert done(town.archive.reach(town.bob, "@alice", here)) == Reach("@alice", account=town.alice.id)
    with pytest.raises(NotInRoom):
        done(town.archive.reach(town.sam, "lobby", here))
    write(town, town.ada, commands.Mute(target="203.0.113.0/24"))
    for to in ("lobby", "@alice"):
        with pytest.raises(NotAllowed):
            done(town.archive.reach(town.bob, to, here))
    assert done(town.archive.reach(town.bob, "lobby", town.session(address="192.0.2.1"))).room == 1


def test_a_question_changes_nothing(town: Town) -> None:
    """To ask is free: nothing is committed that a reader would wait for."""
    before = town.rows("SELECT total_changes()")
    for command in (commands.Unread(), commands.Rooms(), commands.History(room="lobby"), commands.Search(words="x")):
        ask(town, town.alice, command)
    assert town.rows("SELECT total_changes()") == before
