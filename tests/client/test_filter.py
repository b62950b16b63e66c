"""chatc in a pipe: one line in is one message, one line out is one event, and the exit status tells the truth."""

import json
from datetime import UTC
from random import Random
from typing import Any

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from chatd.client.connection.memory import WINDOW
from chatd.client.connection.protocol import LINE_LIMIT
from chatd.client.connection.service import ChatService
from chatd.client.filter import BLOCKED, PATIENCE, Filter
from chatd.core.commands import Login
from chatd.dialects.text.scene import Scene
from tests.client.doubles import MemoryServer, logged_in, refused, said, stored

BOT = Login(name="bot", password="correct horse")


class Pipe(StringTransport):
    """Standard input and output; it says when all that was owed is written."""

    filter: Filter

    def loseConnection(self) -> None:
        """The filter has done."""
        super().loseConnection()  # type: ignore[no-untyped-call]
        self.filter.connectionLost(Failure(ConnectionDone()))


class Run:
    """One run of the filter."""

    def __init__(self, **options: Any) -> None:
        self.clock = Clock()
        self.server = MemoryServer()
        self.complaints: list[str] = []
        self.status: list[int] = []
        self.pipe = Pipe()  # type: ignore[no-untyped-call]
        self.filter = self.pipe.filter = Filter(
            self.clock,
            lambda hear, report: ChatService(self.clock, self.server, BOT, Random(1), hear, report),
            Scene(UTC),
            self.complaints.append,
            where="127.0.0.1:9999",
            **options,
        )
        self.filter.finished.addCallback(self.status.append)

    def begin(self, **answer: Any) -> "Run":
        """Start and log in."""
        self.filter.makeConnection(self.pipe)  # type: ignore[no-untyped-call]
        if self.server.up:
            (ref,) = self.server.end.refs()
            self.server.end.tell(logged_in(ref, name="bot", **answer))
        return self

    def feed(self, data: bytes) -> "Run":
        """Somebody writes into standard input."""
        self.filter.dataReceived(data)  # type: ignore[no-untyped-call]
        return self

    def end(self) -> "Run":
        """Standard input ends."""
        self.filter.readConnectionLost()
        return self

    def acknowledge(self) -> list[str]:
        """Let the server store all that was said; the texts."""
        heard = self.server.end.heard()
        for number, each in enumerate(heard):
            self.server.end.tell(stored(each["ref"], 8 + number))
        return [each["text"] for each in heard]

    def let_go(self) -> list[int]:
        """Let the server answer the good-bye; the exit status."""
        (quit_,) = self.server.end.heard()
        assert quit_["do"] == "quit"
        self.server.end.tell({"done": "quit", "ref": quit_["ref"]})
        assert not self.clock.getDelayedCalls()
        return self.status

    @property
    def out(self) -> list[str]:
        written: bytes = self.pipe.value()  # type: ignore[no-untyped-call]
        return written.decode().splitlines()

    def reading(self) -> bool:
        return self.pipe.producerState == "producing"


def test_a_line_is_posted_and_the_status_is_0() -> None:
    """echo "build failed" | chatc --login bot --room lobby: posted, acknowledged, gone."""
    run = Run(room="lobby").begin().feed(b"build failed\n").end()
    assert run.status == []
    assert run.acknowledge() == ["build failed"]
    assert run.let_go() == [0]
    assert (run.out, run.complaints) == ([], [])


def test_nothing_is_read_before_there_is_a_room() -> None:
    """What cannot be said yet stays in the pipe."""
    run = Run(room="lobby")
    run.filter.makeConnection(run.pipe)  # type: ignore[no-untyped-call]
    assert not run.reading()
    (ref,) = run.server.end.refs()
    run.server.end.tell(logged_in(ref))
    assert run.reading()


def test_a_room_is_joined_if_need_be() -> None:
    """--room names a room that one is not in: it is entered first."""
    run = Run(room="#Ops").begin()
    (join,) = run.server.end.heard()
    assert (join["do"], join["room"], run.reading()) == ("join", "Ops", False)
    run.server.end.tell({"done": "join", "at": 0, "ref": join["ref"], "place": {"room": "ops", "seq": 1}})
    run.feed(b"a\n")
    assert run.server.end.heard()[0]["room"] == "ops"


def test_a_room_that_one_is_in_is_not_joined_again() -> None:
    """However it is spelt."""
    run = Run(room="#LOBBY").begin().feed(b"a\n")
    assert [each["do"] for each in run.server.end.heard()] == ["say"]


def test_without_a_room_the_first_one_serves() -> None:
    """The conversations with single people are no rooms."""
    rooms = [{"room": "@bob", "seq": 1}, {"room": "dev", "seq": 1}]
    run = Run().begin(rooms=rooms).feed(b"a\n")
    assert run.server.end.heard()[0]["room"] == "dev"


@pytest.mark.parametrize(
    ("room", "rooms", "complaint"),
    [(None, [], "say which one with --room ROOM"), ("no room", [], "letters, digits and _ - . only")],
)
def test_no_room_is_said(room: str | None, rooms: list[Any], complaint: str) -> None:
    """Where there is nowhere to talk, one reads what to do."""
    run = Run(room=room).begin(rooms=rooms)
    assert complaint.lower() in run.complaints[0].lower()
    assert run.let_go() == [1]


def test_a_room_that_is_closed_is_said() -> None:
    """A refused join is a failure with its reason."""
    run = Run(room="ops").begin()
    (ref,) = run.server.end.refs()
    run.server.end.tell(refused(ref, "not-allowed", "#ops is by invitation."))
    assert run.complaints == ["cannot enter ops: #ops is by invitation. [not-allowed]"]
    assert run.let_go() == [1]


def test_lines_are_pipelined_in_order_and_the_pipe_waits() -> None:
    """A long log goes as the server takes it, in order, and is not read far ahead of that."""
    log = [f"line {number}" for number in range(100)]
    run = Run(room="lobby").begin().feed("".join(f"{each}\n" for each in log).encode())
    said_: list[str] = []
    assert not run.reading()
    while len(said_) < 100:
        batch = run.acknowledge()
        assert 0 < len(batch) <= WINDOW
        said_ += batch
    assert said_ == log
    assert run.reading()
    run.end()
    assert run.let_go() == [0]


def test_an_unfinished_last_line_is_said_too() -> None:
    """printf without a line end posts as well; empty lines are left out, tabs become spaces."""
    run = Run(room="lobby").begin().feed(b"one\r\n\n \t \na\tb\n/quit\n\xff\nlast").end()
    assert run.acknowledge() == ["one", "a       b", "/quit", "\ufffd", "last"]
    assert run.let_go() == [0]


def test_a_refused_line_is_named_and_the_others_are_said() -> None:
    """The status is 1, and standard error says which line it was and why."""
    run = Run(room="lobby").begin().feed(b"ok\nbad\nok too\n").end()
    one, two, three = run.server.end.refs()
    run.server.end.tell(stored(one, 8), refused(two, "bad-text", "There is nothing in that."), stored(three, 9))
    assert run.complaints == ["line 2 was not stored: There is nothing in that. [bad-text]"]
    assert run.let_go() == [1]


def test_a_line_that_is_far_too_long_ends_it() -> None:
    """What cannot be a message is not cut into several."""
    run = Run(room="lobby").begin().feed(b"x" * (LINE_LIMIT + 2))
    assert run.complaints == [f"line 1 has more than {LINE_LIMIT} bytes. Nothing of it was sent."]
    assert run.let_go() == [1]


def test_a_wrong_password_is_said_once() -> None:
    """Nothing is tried again, and no line complains by itself."""
    run = Run(room="lobby")
    run.filter.makeConnection(run.pipe)  # type: ignore[no-untyped-call]
    (ref,) = run.server.end.refs()
    run.server.end.tell(refused(ref, "login-failed", "Wrong name or password."))
    assert run.complaints == ["Wrong name or password. [login-failed]"]
    assert run.status == [1]


def test_a_server_that_is_not_there_is_given_up_after_some_tries() -> None:
    """A cron job ends, and says what it could not reach."""
    run = Run(room="lobby")
    run.server.up = False
    run.begin()
    for _ in range(PATIENCE):
        run.clock.advance(10)
    assert run.server.calls == PATIENCE
    assert run.complaints[-1] == ("cannot talk to 127.0.0.1:9999: the connection was refused. Nothing was sent.")
    assert run.status == [1]
    assert not run.clock.getDelayedCalls()


def test_a_restart_of_the_server_loses_and_doubles_nothing() -> None:
    """Lines under way when the connection broke are said again with their cids, and the status is 0."""
    run = Run(room="lobby").begin().feed(b"a\nb\n").end()
    first = run.server.end.heard()
    run.server.end.drop()
    run.clock.advance(3.5)
    (ref,) = run.server.end.refs()
    run.server.end.tell(logged_in(ref, "resume"))
    again = run.server.end.heard()
    assert [each["cid"] for each in again] == [each["cid"] for each in first]
    for each in again:
        run.server.end.tell(stored(each["ref"], 8))
    assert run.let_go() == [0]
    assert run.complaints[0].startswith("connection lost: the connection broke; trying again in")
    assert run.complaints[1] == "connected again"


def test_events_are_lines_and_own_lines_are_not_repeated() -> None:
    """A bot that answers what it reads does not answer itself."""
    run = Run(room="lobby").begin()
    run.server.end.tell(said(8, "hi"), said(9, "mine", "bot"), said(1, "hi", room="dev"))
    assert run.out == ["bob: hi", "#dev bob: hi"]


EVIL = "\x1b[2J\x9b\u2028\u202e"


def is_harmless(shown: str) -> bool:
    return not set(shown) & set("\x1b\x07\x9b\u2028\u202e")


@pytest.mark.parametrize("raw", [False, True])
def test_a_hostile_server_reaches_no_terminal(raw: bool) -> None:
    """Behind the pipe, or at standard error, there may be one."""
    run = Run(room="lobby", raw=raw).begin().feed(b"one\ntwo\n")
    first, _ = run.server.end.refs()
    run.server.end.tell(said(8, EVIL, f"bob{EVIL}"), refused(first, f"x{EVIL}", f"x{EVIL}"))
    kicked = {"event": "kicked", "room": "lobby", "seq": 9, "from": f"x{EVIL}", "at": 1, "who": "x", "target": "bot"}
    line = json.dumps(said(10, EVIL), ensure_ascii=False).replace("\x1b", "").encode()
    run.server.end.tell(kicked | {"reason": EVIL}, line, refused(None, f"x{EVIL}", f"x{EVIL}"))
    run.server.end.drop()
    assert run.out
    assert run.complaints
    written: bytes = run.pipe.value()  # type: ignore[no-untyped-call]
    assert is_harmless(written.decode() + "".join(run.complaints))


@pytest.mark.parametrize("why", ["at the door", "the room"])
def test_a_hostile_refusal_reaches_no_terminal(why: str) -> None:
    """Neither of the account nor of the room, whatever the server calls the rooms that one is in."""
    run = Run(room="ops")
    run.filter.makeConnection(run.pipe)  # type: ignore[no-untyped-call]
    (ref,) = run.server.end.refs()
    if why == "the room":
        room = {"room": f"x{EVIL}", "seq": 1, "topic": ""}
        run.server.end.tell(logged_in(ref, name="bot", rooms=[room]))
        (ref,) = run.server.end.refs()
    run.server.end.tell(refused(ref, f"x{EVIL}", f"x{EVIL}"))
    assert len(run.complaints) == 1
    assert is_harmless(run.complaints[0])


def test_raw_events_are_the_servers_own_objects() -> None:
    """--json gives every event, one's own included, just as it was sent."""
    run = Run(room="lobby", raw=True).begin()
    events = [said(8, "hi"), said(9, "mine", "bot") | {"own": True}, {"event": "arrived", "who": "bob", "at": 1}]
    run.server.end.tell(*events, {"event": "ping", "at": 1})
    assert [json.loads(line) for line in run.out] == events


def test_following_stays_when_there_is_nothing_more_to_say() -> None:
    """--follow listens on until it is stopped, and then the status is 0."""
    run = Run(room="lobby", follow=True).begin().feed(b"a\n").end()
    run.acknowledge()
    run.server.end.tell(said(9, "still there?"))
    assert (run.out, run.status) == (["bob: still there?"], [])
    run.filter.stop()
    assert run.let_go() == [0]


def test_stopped_in_the_middle_the_status_is_1() -> None:
    """After Ctrl-C one reads how much is not known to be stored."""
    run = Run(room="lobby").begin().feed(b"a\nb\n")
    run.server.end.heard()
    run.filter.stop()
    assert run.complaints == ["stopped with 2 lines not acknowledged."]
    assert run.let_go() == [1]


def test_when_nobody_reads_any_more_it_leaves() -> None:
    """chatc --follow | head -1 ends when head has; what was being said is still said."""
    run = Run(room="lobby", follow=True).begin().feed(b"a\n").end()
    run.filter.writeConnectionLost()
    assert run.status == []
    run.acknowledge()
    assert run.let_go() == [0]


def test_a_reader_that_has_stopped_reading_is_not_buffered_for() -> None:
    """A full pipe ends it after a while, rather than filling the memory; a slow reader is waited for."""
    run = Run(room="lobby", follow=True).begin()
    producer = run.pipe.producer
    assert producer is not None
    producer.pauseProducing()
    run.clock.advance(BLOCKED - 1)
    producer.resumeProducing()
    run.clock.advance(BLOCKED)
    assert run.complaints == []
    producer.pauseProducing()
    run.clock.pump([BLOCKED])
    assert run.complaints == [f"nothing has read this output for {BLOCKED:.0f} s."]
