"""
A storm of wrong passwords, and what everybody else notices of it.

    python -m benchmarks.storm                                  (from the checkout; about a minute)
    python -m benchmarks.storm --seconds 60 --rate 200          (a longer and a heavier one)
    python -m benchmarks.storm --victim                         (all of them at one name)

Two hundred guessers, each at a loopback address of its own, try a hundred passwords a second together. They take turns,
and each is impatient: when its next guess is due and the last one is not answered, it hangs up and connects anew. Every
guess is at another name, which is the worst for the server, since only the address is over a limit then.

Meanwhile one says twenty lines a second, which another hears; one comes back with a token ten times a second; and now
and then one logs in with a password, from an address where it has logged in before. The daemon is a child process with
default limits and the default cost of bcrypt; nobody is exempt but those two who talk. Delays are measured from the
moment when something was due. C{benchmarks/README.md} says what each figure means.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import PASSWORD, Program

TRUSTED = "127.0.0.3"
HOME = "127.0.0.4"
ROAMING = "127.0.0.5"
GUESSERS = 200

SAY_EVERY = 0.05
RESUME_EVERY = 0.1
LOG_IN_EVERY = 4.0
PATIENCE = 30.0
WARM_UP = 2.0
QUIET = 15.0


class Row(NamedTuple):
    """
    What one spell came to, in milliseconds.

    @ivar ended: How the guesses were answered, and how many of them.
    """

    spell: str
    seconds: float
    chat: list[float]
    resumes: list[float]
    logins: list[float]
    ended: Counter[str]


# The guessers: all of them in one process, which sends at fixed moments.


def guess(port: int, rate: float, victim: str, stop: Event, result: Connection) -> None:
    """Guess until told to stop; the result is how often what was answered."""
    result.send(asyncio.run(_storm(port, rate, victim, stop)))


async def _storm(port: int, rate: float, victim: str, stop: Event) -> Counter[str]:
    ended: Counter[str] = Counter()
    guessers = [_Guesser(port, f"127.1.{number // 250}.{number % 250 + 1}", ended) for number in range(GUESSERS)]
    due = time.monotonic()
    number = 0
    tries: set[asyncio.Task[None]] = set()
    while not stop.is_set():
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        task = asyncio.create_task(guessers[number % GUESSERS].guess(victim or f"name{number}", f"guess {number}"))
        tries.add(task)
        task.add_done_callback(tries.discard)
        number += 1
    await asyncio.gather(*tries, return_exceptions=True)
    for guesser in guessers:
        guesser.hang_up()
    return ended


class _Guesser:
    """One of them."""

    def __init__(self, port: int, source: str, ended: Counter[str]) -> None:
        self._port = port
        self._source = source
        self._ended = ended
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._is_waiting = False

    async def guess(self, name: str, password: str) -> None:
        """Guess once, on the connection that there is, or on a new one."""
        if self._is_waiting:
            self.hang_up()
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(HOST, self._port, local_addr=(self._source, 0))
            reader, writer = streams = self._streams
            self._is_waiting = True
            writer.write(json.dumps({"do": "login", "name": name, "password": password}).encode() + b"\n")
            said = await reader.readline()
        except OSError:
            self._ended["no connection"] += 1
            self._streams = None
            return
        if self._streams is not streams:
            self._ended["hung up"] += 1
            return
        self._is_waiting = False
        told = json.loads(said) if said else {}
        self._ended[str(told.get("code", "no word"))] += 1
        if not said or told.get("tries_left") == 0:
            self.hang_up()

    def hang_up(self) -> None:
        """Go, without a word."""
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams = None
        self._is_waiting = False


# Those who only want to chat: each is a function that measures once, again and again at fixed moments.


def measure(port: int, name: str, begin: Event, stop: Event, result: Connection) -> None:
    """Come in, and measure from when it begins until told to stop; the result is what was measured, in seconds."""
    every, prepare = MEASURED[name]
    once = prepare(port)
    begin.wait()
    taken: list[float] = []
    due = time.monotonic()
    while not stop.is_set():
        due += every
        time.sleep(max(0.0, due - time.monotonic()))
        taken.append(once(due))
    result.send(taken)


def _chat(port: int) -> Callable[[float], float]:
    """From saying something until somebody else hears it."""
    speaker, listener = (
        _account(port, f"{role}{time.monotonic_ns() % 10**9}", TRUSTED) for role in ("speaks", "hears")
    )

    def once(due: float) -> float:
        text = str(due)
        speaker.asks("say", room="lobby", text=text)
        while listener.hears().get("text") != text:
            pass
        speaker.events.clear()
        return time.monotonic() - due

    return once


def _resume(port: int) -> Callable[[float], float]:
    """From connecting with a token until one is in."""
    token = Program(port, ROAMING).asks(
        "register", name=f"roams{time.monotonic_ns() % 10**9}", password=PASSWORD, remember=True
    )["token"]

    def once(due: float) -> float:
        program = Program(port, ROAMING)
        done = program.asks("resume", token=token)
        assert done.get("done") == "resume", done
        program.leaves()
        return time.monotonic() - due

    return once


def _log_in(port: int) -> Callable[[float], float]:
    """From connecting with a password, where one is known, until one is in, after however many tries."""
    name = f"home{time.monotonic_ns() % 10**9}"
    _account(port, name, HOME).leaves()

    def once(due: float) -> float:
        while time.monotonic() < due + PATIENCE:
            with suppress(OSError):
                program = Program(port, HOME)
                done = program.asks("login", name=name, password=PASSWORD)
                program.leaves()
                if done.get("done") == "login":
                    break
        return time.monotonic() - due

    return once


def _account(port: int, name: str, source: str) -> Program:
    return Program(port, source).registers(name)


MEASURED: dict[str, tuple[float, Callable[[int], Callable[[float], float]]]] = {
    "chat": (SAY_EVERY, _chat),
    "resume": (RESUME_EVERY, _resume),
    "login": (LOG_IN_EVERY, _log_in),
}


# The measurement.


class Worker:
    """A process that does one thing until it is told to stop, and then tells what came of it."""

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop = context.Event()
        self._result, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=work, args=(*arguments, self._stop, sender))
        self._process.start()

    def finish(self) -> object:
        """Stop, and tell."""
        self._stop.set()
        result: object = self._result.recv()
        self._process.join()
        return result


def spell(port: int, name: str, seconds: float, storm: tuple[float, str] | None) -> Row:
    """Let everybody do what they do for a while, in a storm or without."""
    begin = multiprocessing.get_context("spawn").Event()
    workers = {each: Worker(measure, port, each, begin) for each in MEASURED}
    time.sleep(WARM_UP)
    guessers = None if storm is None else Worker(guess, port, *storm)
    time.sleep(WARM_UP)
    begin.set()
    time.sleep(seconds)
    taken = {each: [1000 * one for one in worker.finish()] for each, worker in workers.items()}  # type: ignore[attr-defined]
    ended = Counter() if guessers is None else guessers.finish()
    assert isinstance(ended, Counter)
    return Row(name, seconds, taken["chat"], taken["resume"], taken["login"], ended)


HEAD = "spell   seconds  said  chat p50  p99   max ms  resumed  p50   p99    max ms  logins  longest ms  guesses"


def written(row: Row) -> str:
    """A row of the table."""
    chat, resumes = (statistics.quantiles(each, n=100) for each in (row.chat, row.resumes))
    ended = ", ".join(f"{code} {count}" for code, count in row.ended.most_common()) or "-"
    return (
        f"{row.spell:<7} {row.seconds:7.1f} {len(row.chat):5} {chat[49]:9.1f} {chat[98]:6.1f} {max(row.chat):7.1f}"
        f" {len(row.resumes):8} {resumes[49]:5.1f} {resumes[98]:6.1f} {max(row.resumes):8.1f}"
        f" {len(row.logins):7} {max(row.logins):11.0f}  {ended}"
    )


def main() -> None:
    """Measure, and print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the storm is")
    parser.add_argument("--rate", type=float, default=100.0, help="guesses a second")
    parser.add_argument("--victim", action="store_true", help="guess at one name instead of at many")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        daemon = Daemon(Path(place), "--exempt", f"{TRUSTED}/32")
        daemon.cost = None
        daemon.configure("[limits]\nregistrations-per-address = 1000\nregistrations = 1000\n")
        try:
            daemon.start()
            print(HEAD)
            print(written(spell(daemon.port, "idle", QUIET, None)), flush=True)
            storm = (chosen.rate, "victim" if chosen.victim else "")
            print(written(spell(daemon.port, "storm", chosen.seconds, storm)), flush=True)
            print(written(spell(daemon.port, "after", QUIET, None)), flush=True)
            daemon.stop()
        finally:
            daemon.clean_up()


if __name__ == "__main__":
    main()
