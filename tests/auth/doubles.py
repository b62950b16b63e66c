"""What the tests of authentication share: threads that work when the test says so, and a count of the work."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, execute
from twisted.python.failure import Failure

from chatd.auth.hashes import Hashes
from chatd.core.settings.limits import Limits
from chatd.testing import CHEAPEST, now

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


class Threads:
    """
    Stands in for the thread pool.

    @ivar waiting: While this is a list, work waits in it until L{let_go}.
    @ivar works: All that was run: the function that does it, and with what.
    """

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] | None = None
        self.works: list[tuple[Any, ...]] = []

    def __call__(self, work: Callable[..., T], /, *args: Any) -> Deferred[T]:
        done: Deferred[T] = Deferred()

        def run() -> None:
            assert isinstance(args[0], partial)
            self.works.append((args[0].func, *args[0].args))
            execute(work, *args).addCallbacks(done.callback, done.errback)

        if self.waiting is None:
            run()
        else:
            self.waiting.append(run)
        return done

    def let_go(self, most: int = 1000) -> None:
        """Do what waits, and what comes to wait meanwhile, or a part of it."""
        assert self.waiting is not None
        while self.waiting and most:
            self.waiting.pop(0)()
            most -= 1


def hashes_with(
    threads: Threads, limits: Limits | None = None, cost: int = CHEAPEST, clock: Callable[[], float] = lambda: 0.0
) -> Hashes:
    """Hashes made by these threads."""
    return Hashes(threads, cost, lambda: limits or Limits(), clock)
