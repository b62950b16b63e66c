"""
Four ways to be a nuisance, one after the other and then all at once, and what somebody else notices of them.

    python -m benchmarks.abuse                                  (from the checkout; about three minutes)
    python -m benchmarks.abuse --limit login-deadline=20        (with another limit than the default)

  - C{deaf}: is in a room where others talk, and never reads.
  - C{newlines}: sends empty lines, for ever.
  - C{endless}: sends a megabyte without a newline.
  - C{silent}: three hundred connections that say nothing.

Meanwhile a bystander in a process of its own pings the server a hundred times a second. It measures from the moment
when a ping was due, not from when it was sent, so that one long silence counts as often as it should. How long the
daemon's loop was itself at work meanwhile is measured, too, which says the same on a machine where others are at work.
The daemon is a child process with default limits; only the bystander and those who talk are exempt from them. The
abusers are not, but loopback is never counted per address. C{benchmarks/README.md} says what each figure means.
"""

import argparse
import multiprocessing
import re
import socket
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from itertools import repeat
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import Program

ABUSER = "127.0.0.2"
TRUSTED = "127.0.0.3"

PING_EVERY = 0.01
LOOK_EVERY = 0.05
SETTLE = 1.0
QUIET = 5.0
TALKERS = 2
TALK_EVERY = 0.01
TALK = "x" * 1900
CHUNK = 65536
MEGABYTE = 1_000_000
MIB = 2**20
CROWD = 300
PATIENCE = 120.0

_CODE = re.compile(rb'"code":"([\w-]+)"|\[([\w-]+)\]\r\n')


class Row(NamedTuple):
    """
    What one scenario came to. Times are in milliseconds, memory in MiB.

    @ivar work: The 99th percentile of how long the daemon's loop had a processor between when a ping was due and its
        answer. What others do on the machine is not in it, nor what the daemon's other threads do.
    @ivar ended: With which refusal the abusers' connections ended, and how many of them.
    """

    scenario: str
    seconds: float
    pings: int
    p50: float
    p99: float
    longest: float
    work: float
    before: float
    peak: float
    after: float
    ended: Counter[str]


# The abusers: each is a function that takes the port, and returns how its connections ended.


def deaf(port: int) -> Counter[str]:
    """Come in, never read; look what there was only after the others were told that one is gone."""
    name = f"deaf{time.monotonic_ns() % 10**9}"
    victim = Program(port, ABUSER).registers(name)
    gone = threading.Event()
    talkers = [threading.Thread(target=_talk, args=(port, f"{name}-{n}", name, gone)) for n in range(TALKERS)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join(PATIENCE)
    return Counter([_listen_to_the_end(victim.socket)])


def _talk(port: int, me: str, victim: str, gone: threading.Event) -> None:
    """Talk until the victim has departed."""
    program = Program(port, TRUSTED).registers(me)
    end = time.monotonic() + PATIENCE
    while not gone.is_set() and time.monotonic() < end:
        program.asks("say", room="lobby", text=TALK)
        if any(event["event"] == "departed" and event["who"] == victim for event in program.events):
            gone.set()
        program.events.clear()
        time.sleep(TALK_EVERY)
    program.leaves()


def newlines(port: int) -> Counter[str]:
    """Send empty lines until the connection ends."""
    return Counter([_flood(port, repeat(b"\n" * CHUNK))])


def endless(port: int) -> Counter[str]:
    """Send a megabyte that is one line."""
    return Counter([_flood(port, [b"x" * MEGABYTE])])


def silent(port: int) -> Counter[str]:
    """Connect many times, and say nothing; a moment later, since there is no room left at the door then."""
    time.sleep(SETTLE)
    with ExitStack() as stack:
        crowd = [stack.enter_context(_connect(port)) for _ in range(CROWD)]
        return Counter([_listen_to_the_end(peer) for peer in crowd])


def _connect(port: int) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=PATIENCE, source_address=(ABUSER, 0))


def _flood(port: int, floods: Iterable[bytes]) -> str:
    """Send as fast as is taken, and read meanwhile; up to the end."""
    with _connect(port) as peer:
        sender = threading.Thread(target=_send, args=(peer, floods))
        sender.start()
        ended = _listen_to_the_end(peer)
        with suppress(OSError):
            peer.shutdown(socket.SHUT_RDWR)
        sender.join()
    return ended


def _send(peer: socket.socket, floods: Iterable[bytes]) -> None:
    with suppress(OSError):
        for data in floods:
            peer.sendall(data)


def _listen_to_the_end(peer: socket.socket) -> str:
    """Read until there is no more, and say with which refusal it ended."""
    heard = b""
    with suppress(OSError):
        while data := peer.recv(CHUNK):
            heard = heard[-CHUNK:] + data
    return _refusal(heard)


def _refusal(heard: bytes) -> str:
    codes = _CODE.findall(heard)
    return (codes[-1][0] or codes[-1][1]).decode() if codes else "no word"


# The bystander.


def bystand(port: int, pid: int, name: str, stop: Event, result: Connection) -> None:
    """Ping at fixed moments until told to stop; the result is how late each answer was, and how much of it was work."""
    program = Program(port, TRUSTED).registers(name)
    program.asks("leave", room="lobby")
    late: list[float] = []
    work: list[float] = []
    due = time.monotonic()
    while not stop.is_set():
        due += PING_EVERY
        time.sleep(max(0.0, due - time.monotonic()))
        overdue = max(0.0, work[-1] - PING_EVERY) if work else 0.0
        before = worked(pid)
        program.asks("ping")
        late.append(time.monotonic() - due)
        work.append(overdue + worked(pid) - before)
    program.leaves()
    result.send((late, work))


def worked(pid: int) -> float:
    """
    For how many seconds a process's first thread has had a processor so far, to within a tick while it has it.

    See C{schedstat} in Linux's C{Documentation/scheduler/sched-stats.rst}.
    """
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


class Bystander:
    """The bystander's process."""

    def __init__(self, daemon: Daemon) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop = context.Event()
        self._result, sender = context.Pipe(duplex=False)
        name = f"bystander{time.monotonic_ns() % 10**9}"
        told = (daemon.port, daemon.process.pid, name, self._stop, sender)
        self._process = context.Process(target=bystand, args=told)
        self._process.start()

    def finish(self) -> tuple[list[float], list[float]]:
        """Stop, and tell how late each answer was, and how long the daemon's loop was at work for it; in seconds."""
        self._stop.set()
        late, work = self._result.recv()
        self._process.join()
        return late, work


# The measurement.


Abuser = Callable[[int], Counter[str]]

SCENARIOS: Mapping[str, tuple[Abuser, ...]] = {
    "nobody": (),
    "deaf": (deaf,),
    "newlines": (newlines,),
    "endless": (endless,),
    "silent": (silent,),
    "all at once": (deaf, newlines, endless, silent),
}


def measure(daemon: Daemon, scenario: str) -> Row:
    """Run one scenario against a daemon that runs, until the last abuser's connection has ended."""
    bystander = Bystander(daemon)
    time.sleep(SETTLE)
    before = peak = daemon.memory()
    began = time.monotonic()
    ended: Counter[str] = Counter()
    threads = [
        threading.Thread(target=lambda abuser=abuser: ended.update(abuser(daemon.port)))
        for abuser in SCENARIOS[scenario]
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or (not threads and time.monotonic() < began + QUIET):
        peak = max(peak, daemon.memory())
        time.sleep(LOOK_EVERY)
    seconds = time.monotonic() - began
    time.sleep(SETTLE)
    late, work = bystander.finish()
    cuts = [cut * 1000 for cut in statistics.quantiles(late, n=100)]
    return Row(
        scenario=scenario, seconds=seconds, pings=len(late), p50=cuts[49], p99=cuts[98], longest=max(late) * 1000,
        work=statistics.quantiles(work, n=100)[98] * 1000,
        before=before / MIB, peak=peak / MIB, after=daemon.memory() / MIB, ended=ended,
    )  # fmt: skip


def prepare(place: Path, limits: Mapping[str, str]) -> Daemon:
    """A daemon, not started, that trusts the bystander and those who talk, and nobody else."""
    daemon = Daemon(place, "--exempt", f"{TRUSTED}/32")
    daemon.cost = None
    daemon.configure("[limits]\n" + "".join(f"{key} = {value}\n" for key, value in limits.items()))
    return daemon


HEAD = "scenario     seconds  pings  p50 ms  p99 ms  max ms  work ms  MiB before   peak  after  ended with"


def written(row: Row) -> str:
    """A row of the table."""
    ended = ", ".join(f"{code} {count}" for code, count in row.ended.most_common()) or "-"
    return (
        f"{row.scenario:<12} {row.seconds:7.1f} {row.pings:6} {row.p50:7.2f} {row.p99:7.2f} {row.longest:7.2f} "
        f"{row.work:8.2f} {row.before:11.1f} {row.peak:6.1f} {row.after:6.1f}  {ended}"
    )


def main() -> None:
    """Measure, and print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", action="append", default=[], metavar="KEY=NUMBER", help="a key of [limits]")
    parser.add_argument("scenario", nargs="*", default=list(SCENARIOS), help="which ones; all of them by default")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        daemon = prepare(Path(place), dict(limit.split("=", 1) for limit in chosen.limit))
        try:
            daemon.start()
            print(HEAD)
            for scenario in chosen.scenario:
                print(written(measure(daemon, scenario)), flush=True)
            daemon.stop()
        finally:
            daemon.clean_up()


if __name__ == "__main__":
    main()
