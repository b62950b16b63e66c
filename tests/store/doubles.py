"""What the tests of the store share: doing things at once in a world in memory, and looking at what came of it."""

from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatd.core.commands import Command, History, Join, Say
from chatd.core.events import Answer, AnyRoomEvent, JoinDone, SayDone
from chatd.core.ports import Account
from chatd.testing import World, now

T = TypeVar("T")


def done(coroutine: Coroutine[Deferred[Any], Any, T]) -> T:
    """What a coroutine that need not wait returns, or raises."""
    return now(Deferred.fromCoroutine(coroutine))


def failure_of(future: Deferred[Any]) -> BaseException:
    """What a Deferred has failed with."""
    failures: list[Failure] = []
    future.addErrback(failures.append)
    assert failures, "it has not failed"
    assert failures[0].value is not None
    return failures[0].value


def write(world: World, actor: Account, command: Command) -> Answer:
    """The answer to a command, stored now."""
    return done(world.journal.append(actor, command))


def say(world: World, actor: Account, room: str, text: str, cid: str | None = None) -> SayDone:
    """Say a line now."""
    answer = write(world, actor, Say(room=room, text=text, cid=cid))
    assert isinstance(answer, SayDone)
    return answer


def join(world: World, actor: Account, room: str) -> JoinDone:
    """Enter a room now."""
    answer = write(world, actor, Join(room=room))
    assert isinstance(answer, JoinDone)
    return answer


def page(world: World, reader: Account, request: History) -> tuple[tuple[AnyRoomEvent, ...], bool]:
    """A page of history."""
    return done(world.archive.page(reader, request))


def seqs(events: Iterable[AnyRoomEvent]) -> list[int]:
    """The numbers of events."""
    return [event.seq for event in events]
