"""Fifty times C{kill -9} in mid-traffic: what was acknowledged is there, once, and so is what was shown."""

import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.integration.daemon import Daemon
from tests.integration.peers import PASSWORD, JsonObject, Program

CYCLES = 50
CLIENTS = 8
TRAFFIC = 0.3
IN_FLIGHT = 4
PAUSE = 0.002
ROOMS = ("lobby", "kitchen", "workshop")

Place = tuple[str, int]


class Talker(threading.Thread):
    """
    A program that says line after line, and repeats with the same cid what was not answered when the server died.

    @ivar stored: For each acknowledged cid, the place that the acknowledgement named.
    @ivar told: For each place, what was heard there: who, and the text.
    @ivar again: How many acknowledgements said that the line was stored before.
    @ivar complaints: Acknowledgements that contradict one another, and answers that should not have been.
    @ivar is_done: Whether it has ended well, with everything acknowledged.
    """

    def __init__(self, port: int, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.stored: dict[str, Place] = {}
        self.told: dict[Place, tuple[str, str]] = {}
        self.again = 0
        self.complaints: list[object] = []
        self.is_done = False
        self._port = port
        self._chance = Random(name)
        self._number = 0
        self._open: dict[str, str] = {}
        self._finish = threading.Event()

    def finish(self) -> None:
        """Say nothing new; end when everything is acknowledged."""
        self._finish.set()

    def run(self) -> None:
        """Talk, through as many connections as it takes."""
        while not self._finish.is_set() or self._open:
            try:
                self._talk()
            except OSError:
                time.sleep(PAUSE)
        self.is_done = True

    def _talk(self) -> None:
        program = Program(self._port)
        try:
            self._enter(program)
            for cid, room in self._to_repeat():
                self._say(program, cid, room)
            while self._open or not self._finish.is_set():
                while len(self._open) < IN_FLIGHT and not self._finish.is_set():
                    self._say_something(program)
                self._hear(program.hears())
        finally:
            program.leaves()

    def _enter(self, program: Program) -> None:
        while program.asks("login", name=self.name, password=PASSWORD).get("code") == "busy":
            time.sleep(PAUSE)  # all of us come back at once, from one address
        for room in ROOMS:
            joined = program.asks("join", room=room)
            assert joined.get("done") == "join", joined
        for event in program.events:
            self._note(event)

    def _to_repeat(self) -> list[tuple[str, str]]:
        """What has no answer; and one line that has, since a repeated repetition must do no harm either."""
        known = self._chance.sample(sorted(self.stored), min(1, len(self.stored)))
        return [*self._open.items(), *((cid, self.stored[cid][0]) for cid in known)]

    def _say_something(self, program: Program) -> None:
        self._number += 1
        cid = f"{self.name}-{self._number}"
        self._open[cid] = room = self._chance.choice(ROOMS)
        self._say(program, cid, room)

    def _say(self, program: Program, cid: str, room: str) -> None:
        program.sends("say", ref=cid, room=room, text=f"line {cid}", cid=cid)

    def _hear(self, heard: JsonObject) -> None:
        if "event" in heard:
            self._note(heard)
        elif heard.get("done") == "say":
            self._acknowledge(heard["ref"], (heard["room"], heard["seq"]), heard["again"])
        else:
            self.complaints.append(heard)

    def _acknowledge(self, cid: str, place: Place, again: bool) -> None:
        self._open.pop(cid, None)
        self.again += again
        if self.stored.setdefault(cid, place) != place:
            self.complaints.append(f"{cid}: {self.stored[cid]} and {place}")

    def _note(self, event: JsonObject) -> None:
        if event["event"] != "said":
            return
        place, what = (event["room"], event["seq"]), (event["from"], event["text"])
        if self.told.setdefault(place, what) != what:
            self.complaints.append(f"{place}: {self.told[place]} and {what}")


def live_through_kills(daemon: Daemon) -> list[Talker]:
    """Eight talkers, fifty deaths; then all of them get their last answers."""
    daemon.start()
    talkers = [Talker(daemon.port, f"talker{number}") for number in range(CLIENTS)]
    for talker in talkers:
        Program(daemon.port).registers(talker.name).leaves()
    for talker in talkers:
        talker.start()
    for _ in range(CYCLES):
        time.sleep(TRAFFIC)
        daemon.kill()
        daemon.start()
    for talker in talkers:
        talker.finish()
    for talker in talkers:
        talker.join(timeout=20)
        assert talker.is_done, f"{talker.name} waits for an answer, or has failed"
    return talkers


def read_file(path: Path) -> dict[str, list[tuple[int, str, str, str | None]]]:
    """What the database file holds, by room: seq, sender, text and cid, in the order of seq; and it must be sound."""
    rooms: dict[str, list[tuple[int, str, str, str | None]]] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = "SELECT name, seq, sender, body, cid FROM messages JOIN rooms ON rooms.id = room_id ORDER BY seq"
        for room, *row in file.execute(rows):
            rooms.setdefault(room, []).append(tuple(row))
        last = dict(file.execute("SELECT name, last_seq FROM rooms"))
    assert last == {room: len(rows) for room, rows in rooms.items()}
    return rooms


@pytest.mark.integration
def test_fifty_kills(daemon: Daemon) -> None:
    """Nothing acknowledged is missing, nothing is doubled, no room has a gap, and what was shown is kept."""
    talkers = live_through_kills(daemon)
    assert [talker.complaints for talker in talkers] == [[]] * CLIENTS
    stored = {cid: place for talker in talkers for cid, place in talker.stored.items()}
    told = {place: what for talker in talkers for place, what in talker.told.items()}
    assert len(stored) > CYCLES * CLIENTS, "there was too little traffic to prove anything"
    assert sum(talker.again for talker in talkers) > CYCLES, "nothing was ever repeated"

    reader = Program(daemon.port).logs_in(talkers[0].name)
    history = {room: reader.whole_history(room) for room in ROOMS}
    reader.leaves()
    daemon.stop()
    file = read_file(daemon.database)

    said = {(room, event["seq"]): event for room in ROOMS for event in history[room] if event["event"] == "said"}
    assert {place: (event["from"], event["text"]) for place, event in said.items() if place in told} == told
    assert {cid: said[place]["text"] for cid, place in stored.items()} == {cid: f"line {cid}" for cid in stored}
    assert max(Counter(event["text"] for event in said.values()).values()) == 1
    for room in ROOMS:
        assert [event["seq"] for event in history[room]] == list(range(1, len(history[room]) + 1))
        assert [row[0] for row in file[room]] == [event["seq"] for event in history[room]]
    kept = {cid: (room, seq) for room in ROOMS for seq, _, _, cid in file[room] if cid is not None}
    assert kept == stored
