"""
The daemon as a Twisted service: it listens, looks after everyone once a second, reloads, and stops in order.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.logger import Logger

from chatd import notify
from chatd.faces.factory import ChatFactory
from chatd.faces.listeners import Listener
from chatd.store.journal import Journal

log = Logger(namespace="chatd.service")

TICK = 1.0
CLEANING = 60.0
LOOK_AGAIN = 0.05
CANNOT_LISTEN = 69  # EX_UNAVAILABLE of sysexits.h


class ChatService(Service):
    """
    Everything that runs, from the first connection to the last commit.

    @param hush: Lets nobody be told of each who departs, since all do.
    @param die: Ends the process with a status and a sentence, when it cannot go on.
    @param close: Closes the store and the threads, when nothing needs them any more.
    @param clean: Throws away from the store what is due.
    @param reload: Reads the configuration again.
    @param environment: Where the service manager says how to reach it.
    """

    def __init__(
        self,
        clock: IReactorTime,
        factory: ChatFactory,
        listeners: Sequence[Listener],
        journal: Journal,
        clean: Callable[[], Awaitable[object]],
        reload: Callable[[], None],
        hush: Callable[[], None],
        close: Callable[[], None],
        die: Callable[[int, str], None],
        environment: Mapping[str, str],
        pid: int,
    ) -> None:
        self._clock = clock
        self._factory = factory
        self._listeners = listeners
        self._journal = journal
        self._clean = clean
        self._reload = reload
        self._hush = hush
        self._close = close
        self._die = die
        self._environment = environment
        self._pid = pid
        self._calls: list[LoopingCall] = []

    def privilegedStartService(self) -> None:
        """Listen, while low ports may still be taken."""
        super().privilegedStartService()  # type: ignore[no-untyped-call]
        for listener in self._listeners:
            Deferred.fromCoroutine(self._open(listener))

    def startService(self) -> None:
        """Begin to look after everyone."""
        super().startService()  # type: ignore[no-untyped-call]
        self._repeat(TICK, self._factory.tick)
        self._repeat(CLEANING, lambda: Deferred.fromCoroutine(self._keep_clean()))
        watchdog = notify.watchdog_interval(self._environment, self._pid)
        if watchdog is not None:
            self._repeat(watchdog, lambda: self._notify(notify.WATCHDOG))
        self._clock.callLater(0, self._ready)  # in the running reactor: only then do signals mean what they should

    def stopService(self) -> Deferred[None]:
        """Stop: accept nobody, store what is queued, tell everyone, and close; within a few seconds."""
        super().stopService()  # type: ignore[no-untyped-call]
        return Deferred.fromCoroutine(self._stop())

    def reload(self) -> None:
        """Read the configuration, the message of the day and the certificates again, dropping nobody."""
        log.info("reloading")
        self._notify(notify.reloading(self._clock.seconds()))
        self._reload()
        renewed = Deferred.fromCoroutine(self._renew())
        renewed.addBoth(lambda _: self._notify(notify.READY))

    def _ready(self) -> None:
        doors = ", ".join(listener.where for listener in self._listeners if listener.announced)
        log.info("chatd is ready: connect with telnet or chatc to {doors}", doors=doors)
        self._notify(notify.READY, notify.status(f"listening on {doors}"))

    async def _renew(self) -> None:
        for listener in self._listeners:
            try:
                await listener.renew()
            except Exception as wrong:
                log.error(
                    "{endpoint}: the certificates stay as they were: {reason}",
                    endpoint=listener.description, reason=str(wrong),
                )  # fmt: skip

    async def _stop(self) -> None:
        self._notify(notify.STOPPING)
        for listener in self._listeners:
            await listener.close()
        try:
            await self._journal.settled()  # not drained, which it never is while those who are here go on talking
        except Exception as wrong:
            log.error("not everything was stored before the stop: {reason}", reason=str(wrong))
        self._hush()
        self._factory.stop()
        until = self._clock.seconds() + self._factory.limits().stop_seconds
        while self._factory.faces and self._clock.seconds() < until:
            await deferLater(self._clock, LOOK_AGAIN, lambda: None)
        self._factory.abort()
        await self._journal.drained()
        for call in self._calls:
            if call.running:
                call.stop()
        self._close()
        log.info("chatd has stopped")

    async def _keep_clean(self) -> None:
        try:
            await self._clean()
        except Exception:
            log.failure("at fault while throwing away what is due")

    def _repeat(self, interval: float, work: Callable[[], Any]) -> None:
        call = LoopingCall(_safely, work)
        call.clock = self._clock
        self._calls.append(call)
        call.start(interval, now=False)

    async def _open(self, listener: Listener) -> None:
        try:
            await listener.open()
        except Exception as wrong:
            self._die(CANNOT_LISTEN, f"cannot listen on {listener.description}: {wrong}")

    def _notify(self, *words: str) -> None:
        notify.notify(self._environment, *words)


def _safely(work: Callable[[], Any]) -> Any:
    """One fault of what is done again and again must not end it for good."""
    try:
        return work()
    except Exception:
        log.failure("at fault while looking after everyone")
        return None
