"""
The rows of the table: what is done to each server, and which figures come of it.

Each row measures a server that was started for it alone. C{benchmarks/README.md} says what the figures mean.
"""

import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import bcrypt

from benchmarks.speed import archive
from benchmarks.speed.load import Heard, Load
from benchmarks.speed.servers import PASSWORD, Chatd, Server

COST = 12
KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB
STARTS = 3
BACKUP_SECONDS = 15
KEPT_DAYS = 6  # of the eleven and a half over which a million messages are spread
CLEANING_SECONDS = 90  # what is too old is thrown away once a minute

READS = {
    "history": ('{"do":"history","room":"r0000","limit":50}', '"done":"history"'),
    "unread": ('{"do":"unread"}', '"done":"unread"'),
    "search": ('{"do":"search","words":"needle hay"}', '"done":"search"'),
}


class Trial(NamedTuple):
    """
    One measurement of one server, which is not started yet.

    @ivar seconds: How long to measure.
    @ivar scale: By what the numbers of people and messages are divided; 1 where it counts.
    @ivar store: Where large databases are kept between measurements.
    """

    load: Load
    server: Server
    seconds: float
    scale: int
    store: Path


class Figures(NamedTuple):
    """What one measurement came to."""

    values: dict[str, float]
    mistakes: str = ""


class Row(NamedTuple):
    """
    A row of the table.

    @ivar what: What is done, in a sentence.
    @ivar key: The figure that is compared, and whether more of it is better.
    """

    what: str
    servers: tuple[str, ...]
    measure: Callable[[Trial], Figures]
    key: str
    more_is_better: bool = True


def _saturated(trial: Trial, **options: Any) -> Figures:
    """Deliver as much as it can."""
    if isinstance(trial.server, Chatd):
        trial.server.accounts = options["members"] + 1
    trial.server.start()
    heard = trial.load.run(trial.server, seconds=trial.seconds, **options)
    return Figures(_throughput(heard), heard.mistakes)


def _throughput(heard: Heard) -> dict[str, float]:
    return {
        "deliveries/s": heard.deliveries_per_second,
        "lines/s": heard.lines / heard.seconds,
        "CPU us/delivery": heard.cpu_per_delivery,
        "CPU busy %": 100 * (heard.cpu_user + heard.cpu_system) / heard.seconds,
        "p50 ms": heard.latency.p50 / 1000,
        "p99 ms": heard.latency.p99 / 1000,
        "load busy %": 100 * heard.own_cpu / heard.seconds,
    }


def room(trial: Trial) -> Figures:
    """One room, ten senders."""
    return _saturated(trial, members=500, senders=10, window=16)


def crowd(trial: Trial) -> Figures:
    """One room for thousands; and one outside it, in another process, who asks whether the server is still there."""
    server, members = trial.server, 5000 // trial.scale
    if not isinstance(server, Chatd):
        return _saturated(trial, members=members, senders=10, window=16)
    server.accounts = members + 1
    server.start()
    talking = trial.load.begin(server, seconds=trial.seconds + 2, members=members, senders=10, window=16)
    talking.wait()
    asked = trial.load.run(
        server, seconds=trial.seconds, members=0, rooms=1, askers=1, ask_rate=100, first_account=members,
        ask='{"do":"ping"}', answer='"done":"ping"',
    )  # fmt: skip
    heard = talking.finish()
    pauses = {"pause p99 ms": asked.answers.p99 / 1000, "pause max ms": asked.answers.most / 1000}
    return Figures(_throughput(heard) | pauses, "; ".join(filter(None, (heard.mistakes, asked.mistakes))))


def rooms(trial: Trial) -> Figures:
    """A hundred rooms."""
    return _saturated(trial, members=5000, rooms=100, senders=100, window=16)


def rate(trial: Trial) -> Figures:
    """What a busy evening looks like: far from what it can."""
    return _paced(trial, members=500, senders=10, rate=100)


def pair(trial: Trial) -> Figures:
    """Two people and nobody else."""
    return _paced(trial, members=2, senders=1, rate=20)


def _paced(trial: Trial, **options: Any) -> Figures:
    trial.server.start()
    heard = trial.load.run(trial.server, seconds=trial.seconds, **options)
    values = {
        "p50 ms": heard.latency.p50 / 1000,
        "p99 ms": heard.latency.p99 / 1000,
        "p999 ms": heard.latency.p999 / 1000,
        "lines/s": heard.lines / heard.seconds,
    }
    if options["members"] > 2:  # the clock of a process ticks too slowly for less
        values["CPU us/delivery"] = heard.cpu_per_delivery
    return Figures(values, heard.mistakes)


def idle(trial: Trial) -> Figures:
    """Ten thousand people who say nothing."""
    people = 10_000 // trial.scale
    if isinstance(trial.server, Chatd):
        trial.server.accounts = people
    trial.server.start()
    time.sleep(1)
    heard = trial.load.run(trial.server, seconds=trial.seconds, members=people, rooms=0)
    values = {
        "KiB/connection": (heard.rss_after - heard.rss_before) / people / KIB,
        "held": heard.connected,
        "MiB before": heard.rss_before / MIB,
        "MiB after": heard.rss_after / MIB,
        "come in/s": people / heard.setup_seconds,
        "CPU idle %": 100 * (heard.cpu_user + heard.cpu_system) / heard.seconds,
    }
    return Figures(values, heard.mistakes)


def stored(trial: Trial) -> Figures:
    """Eight who send ahead, in a room of their own: what is measured is the store."""
    return _saturated(trial, members=8, senders=8, window=256)


def logins(trial: Trial) -> Figures:
    """Password logins as fast as they go, beside bcrypt alone; and what a chat notices of them."""
    server = trial.server
    assert isinstance(server, Chatd)
    server.cost, server.accounts = COST, 200
    server.start()
    chat = {"members": 10, "senders": 1, "rate": 20}
    quiet = trial.load.run(server, seconds=trial.seconds, **chat)
    talking = trial.load.begin(server, seconds=trial.seconds + 4, **chat)
    time.sleep(2)
    storm = trial.load.run(server, seconds=trial.seconds, logins=8, accounts=200)
    meanwhile = talking.finish()
    alone = bcrypt_alone(trial.seconds)
    values = {
        "logins/s": storm.logins / storm.seconds,
        "bcrypt alone/s": alone,
        "share of bcrypt": storm.logins / storm.seconds / alone,
        "login p50 ms": storm.latency.p50 / 1000,
        "login p99 ms": storm.latency.p99 / 1000,
        "chat p99 ms, no logins": quiet.latency.p99 / 1000,
        "chat p99 ms, logins": meanwhile.latency.p99 / 1000,
    }
    return Figures(values, "; ".join(filter(None, (quiet.mistakes, meanwhile.mistakes, storm.mistakes))))


def bcrypt_alone(seconds: float) -> float:
    """How many passwords two threads check in a second, with nothing else to do."""
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(COST))
    end = time.monotonic() + seconds
    done = [0, 0]

    def check(number: int) -> None:
        while time.monotonic() < end:
            bcrypt.checkpw(PASSWORD.encode(), hashed)
            done[number] += 1

    threads = [threading.Thread(target=check, args=(number,)) for number in range(2)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - begun)


def reads(trial: Trial) -> Figures:
    """Old messages asked for, in a room of a million of them, while a thousand more a second come."""
    server = trial.server
    assert isinstance(server, Chatd)
    messages = 1_000_000 // trial.scale
    archive.give(server, trial.store, messages, archive.SHORT)
    server.start()
    chat = {"members": 8, "senders": 8, "rate": 1000}
    values: dict[str, float] = {}
    mistakes = []
    for name, (ask, answer) in READS.items():
        talking = trial.load.begin(server, seconds=trial.seconds + 3, **chat)
        time.sleep(2)
        asked = trial.load.run(
            server, seconds=trial.seconds, members=0, rooms=1, askers=4, askers_join=1, ask_rate=50, ask=ask,
            answer=answer,
        )  # fmt: skip
        said = talking.finish()
        values |= {f"{name} p50 ms": asked.answers.p50 / 1000, f"{name} p99 ms": asked.answers.p99 / 1000}
        values["lines/s"] = said.lines / said.seconds
        mistakes += [asked.mistakes, said.mistakes]
    return Figures({"messages": messages, **values}, "; ".join(filter(None, mistakes)))


def upkeep(trial: Trial) -> Figures:
    """A thousand lines a second: alone, beside a backup, and while half of a million old ones are thrown away."""
    server = trial.server
    assert isinstance(server, Chatd)
    archive.give(server, trial.store, 1_000_000 // trial.scale, archive.SHORT)
    server.start()
    chat = {"members": 8, "senders": 8, "rate": 1000}
    alone = trial.load.run(server, seconds=trial.seconds, **chat)

    talking = trial.load.begin(server, seconds=BACKUP_SECONDS, **chat)
    talking.wait()
    begun = time.monotonic()
    server.order("backup", str(server.place / "backup.sqlite"))
    took = time.monotonic() - begun
    beside = talking.finish()

    server.order("room", "set", "r0000", "keep", f"{max(1, KEPT_DAYS // trial.scale)}d")
    cleaning = trial.load.run(server, seconds=CLEANING_SECONDS, **chat)
    with closing(sqlite3.connect(server.database)) as connection:
        (left,) = connection.execute("SELECT count(*) FROM messages WHERE room_id = 1").fetchone()
    values = {"p99 ms, alone": alone.latency.p99 / 1000, "backup s": took, "left": left}
    for name, heard in (("backup", beside), ("retention", cleaning)):
        values |= {f"p99 ms, {name}": heard.latency.p99 / 1000, f"p999 ms, {name}": heard.latency.p999 / 1000}
    return Figures(values, "; ".join(filter(None, (each.mistakes for each in (alone, beside, cleaning)))))


def start(trial: Trial) -> Figures:
    """From being called until a connection is taken; for chatd, until it answers."""
    values = {"ready ms": 1000 * _starts(trial.server)}
    if isinstance(trial.server, Chatd) and trial.scale == 1:
        archive.give(trial.server, trial.store, GIB // archive.LONG, archive.LONG)
        values["ready ms, 1 GiB"] = 1000 * _starts(trial.server)
        values["database MiB"] = trial.server.database.stat().st_size / MIB
    return Figures(values)


def _starts(server: Server) -> float:
    taken = []
    for _ in range(STARTS):
        server.start()
        taken.append(server.ready_after)
        server.stop()
    return statistics.median(taken)


_ALL = (
    "chatd",
    "chatd compiled",
    "before",
    "chatd text",
    "chatd irc",
    "inspircd",
    "ngircd",
    "words",
    "bare",
    "naive",
    "seeds",
    "seeds raw",
)
# With IRC, to come in takes thousands of them minutes, on every server.
_JSON = ("chatd", "chatd compiled", "before", "bare")
_MANY = ("chatd", "chatd compiled", "before", "chatd irc", "inspircd", "ngircd")
_ONE = ("chatd", "chatd compiled", "before")

ROWS: Mapping[str, Row] = {
    "room": Row("one room, 500 members, 10 senders, 16 lines in flight each", _ALL, room, "deliveries/s"),
    "crowd": Row("one room, 5,000 members, 10 senders, 16 in flight each", _JSON, crowd, "deliveries/s"),
    "rooms": Row("100 rooms of 50, a sender in each, 16 in flight", _MANY, rooms, "deliveries/s"),
    "rate": Row("100 lines/s to 500 members", _ALL, rate, "CPU us/delivery", False),
    "pair": Row("20 lines/s between two people, nobody else here", _ALL, pair, "p50 ms", False),
    "idle": Row("10,000 authenticated connections that say nothing", (*_MANY, "words"), idle, "KiB/connection", False),
    "stored": Row("8 members, all send, 256 in flight each", _ONE, stored, "lines/s"),
    "logins": Row("password logins, bcrypt cost 12, 8 at once", _ONE, logins, "logins/s"),
    "reads": Row(
        "newest 50, unread, search; 200 asked/s in all, 1,000 lines/s come", _ONE, reads, "history p99 ms", False
    ),
    "upkeep": Row("1,000 lines/s beside a backup and retention, 1,000,000 messages", _ONE, upkeep, "backup s", False),
    "start": Row("start-up", (*_ONE, "inspircd", "ngircd", "words"), start, "ready ms", False),
}
