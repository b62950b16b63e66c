"""
What every test is held to, beyond its own assertions.

  - A coroutine test ends within its deadline (pytest-twisted itself waits for ever).
  - No test leaves a logged critical failure behind: an unhandled error in a Deferred is one, once it is collected.
  - No test leaves readers, writers or delayed calls in the reactor.
  - A test that needs a program is skipped, with a sentence, where it is missing; with C{CHATD_NO_SKIPS=1} it fails.
"""

import functools
import gc
import inspect
import itertools
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NamedTuple

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from zope.interface import implementer

DEADLINE = 30.0
GRACE = 0.5

PACKAGES = {
    "Xvfb": "xvfb",
    "nc": "netcat-openbsd",
    "systemd-analyze": "systemd",
    "telnet": "inetutils-telnet",
    "tmux": "tmux",
    "weechat-headless": "weechat-headless weechat-plugins",
    "xauth": "xauth",
    "xdotool": "xdotool",
    "xwininfo": "x11-utils",
}

FlushLoggedErrors = Callable[..., list[Failure]]


# The deadline of coroutine tests


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Give a coroutine test its deadline, then let pytest-twisted run it."""
    seconds = _deadline_of(pyfuncitem)
    hypothesis = getattr(pyfuncitem.obj, "hypothesis", None)
    if hypothesis is None:
        pyfuncitem.obj = _within(seconds, pyfuncitem.obj)
    else:
        hypothesis.inner_test = _within(seconds, hypothesis.inner_test)


def _deadline_of(item: pytest.Item) -> float:
    marker = item.get_closest_marker("deadline")
    return float(marker.args[0]) if marker else DEADLINE


def _within(seconds: float, test: Callable[..., Any]) -> Callable[..., Any]:
    """The same test, if it is a coroutine function cancelled after so many seconds."""
    if not inspect.iscoroutinefunction(test):
        return test

    @functools.wraps(test)
    def timed(**fixtures: object) -> Deferred[object]:
        return _with_deadline(seconds, test(**fixtures))

    return timed


def _with_deadline(seconds: float, test: Coroutine[Deferred[Any], Any, object]) -> Deferred[object]:
    from twisted.internet import reactor

    def too_long(_result: object, timeout: float) -> object:
        raise TimeoutError(f"the test took longer than its deadline of {timeout:g} s")

    return Deferred.fromCoroutine(test).addTimeout(seconds, reactor, too_long)


# Programs that may be missing


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test for want of a program, or fail it where nothing may be skipped."""
    for marker in item.iter_markers("needs_program"):
        for program in marker.args:
            if shutil.which(program) is None:
                _miss(program)


def _miss(program: str) -> None:
    sentence = f"{program} is not installed (apt-get install {PACKAGES.get(program, program)})"
    if os.environ.get("CHATD_NO_SKIPS") == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


# What may not be left behind


# The collector runs after every test, so everything that stays is put out of its sight: what is loaded by now and, now
# and then, the reports of the tests that are over, and caches. Without the latter, 8,000 tests took 10 minutes more.
OFTEN = 100
_over = itertools.count(1)


def pytest_collection_finish() -> None:
    """What is loaded stays."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """What is there between two tests stays."""
    if next(_over) % OFTEN == 0:
        gc.collect()
        gc.freeze()


@implementer(ILogObserver)
class Watch:
    """The failures that are logged as critical, from the moment it is added to the publisher."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []

    def __call__(self, event: LogEvent) -> None:
        """Note an event that is a critical failure."""
        if event.get("log_level") is LogLevel.critical and "log_failure" in event:
            self.events.append(event)

    def flush(self, *kinds: type[BaseException]) -> list[Failure]:
        """Forgive, and return, the failures of these kinds; of every kind if none is named."""
        gc.collect()
        noted = self.events
        self.events = [event for event in noted if not _is_any(event["log_failure"], kinds)]
        return [event["log_failure"] for event in noted if _is_any(event["log_failure"], kinds)]


def _is_any(failure: Failure, kinds: tuple[type[BaseException], ...]) -> bool:
    return not kinds or failure.check(*kinds) is not None


@pytest.fixture(autouse=True)
def nothing_logged() -> Iterator[Watch]:
    """Fail a test that has left a critical failure in the log."""
    watch = Watch()
    globalLogPublisher.addObserver(watch)
    yield watch
    gc.collect()
    globalLogPublisher.removeObserver(watch)
    if watch.events:
        pytest.fail("logged, and not expected:\n" + "\n".join(map(_told, watch.events)), pytrace=False)


def _told(event: LogEvent) -> str:
    return f"{formatEvent(event)}\n{event['log_failure'].getTraceback()}"


@pytest.fixture
def flush_logged_errors(nothing_logged: Watch) -> FlushLoggedErrors:
    """For a test that expects failures in the log: a function that takes out those of the kinds that it is given."""
    return nothing_logged.flush


class Held(NamedTuple):
    """What the reactor has at one moment."""

    selectables: frozenset[Any]
    calls: frozenset[Any]


def _held() -> Held:
    from twisted.internet import reactor

    core: Any = reactor
    selectables = {*core.getReaders(), *core.getWriters()} - core._internalReaders
    return Held(frozenset(selectables), frozenset(core.getDelayedCalls()))


def _left_since(before: Held) -> Held:
    now = _held()
    return Held(now.selectables - before.selectables, now.calls - before.calls)


@pytest.fixture(autouse=True)
def nothing_left(nothing_logged: Watch) -> Iterator[None]:
    """Fail a test that has left something in the reactor, after the turns that closing takes."""
    before = _held()
    yield
    left = _left_since(before)
    if any(left):
        left = pytest_twisted.blockon(Deferred.fromCoroutine(_settle(before)))
    if any(left):
        _remove(left)
        pytest.fail("left in the reactor:\n" + "\n".join(str(thing) for kind in left for thing in kind), pytrace=False)


async def _settle(before: Held) -> Held:
    """Let connections close, and say what is still there when all are closed or the grace is over."""
    from twisted.internet import reactor

    core: Any = reactor
    end = core.seconds() + GRACE
    left = _left_since(before)
    while any(left) and core.seconds() < end:
        await deferLater(core, 0.005)
        left = _left_since(before)
    return left


def _remove(left: Held) -> None:
    """Keep what one test left from the next."""
    from twisted.internet import reactor

    core: Any = reactor
    for selectable in left.selectables:
        core.removeReader(selectable)
        core.removeWriter(selectable)
    for call in left.calls:
        if call.active():
            call.cancel()
