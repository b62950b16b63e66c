"""What outlives a connection: nothing is shown twice, nothing is said twice, nothing is forgotten."""

import msgspec
from twisted.internet.defer import Deferred

from chatd.client.connection.memory import MOST, MOST_SEEN, PLACES, WINDOW, Seen, Submissions
from chatd.client.connection.protocol import LINE_LIMIT, Lost
from chatd.client.connection.wire import Refusal
from chatd.core.commands import Command, Join, Passwd, Resume, Say
from chatd.core.events import Answer, Arrived, JoinDone, LoggedIn, RoomRenamed, RoomShown, Said, SayDone
from tests.client.doubles import failure_of


def line(seq: int, room: str = "lobby") -> Said:
    return Said(room=room, seq=seq, who="bob", at=1, text="hi")


class Wire:
    """A connection that answers when the test says so."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.futures: list[Deferred[Answer]] = []

    def send(self, command: Command) -> Deferred[Answer]:
        self.sent.append(command)
        self.futures.append(Deferred())
        return self.futures[-1]

    def answer(self, number: int, seq: int) -> None:
        self.futures[number].callback(SayDone(room="lobby", seq=seq, at=1))

    def break_(self, submissions: Submissions) -> None:
        for future in self.futures:
            if not future.called:
                future.errback(Lost("the connection broke"))
        submissions.detach(Lost("the connection broke"))

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.sent if isinstance(each, Say)]


def say(text: str) -> Say:
    return Say(room="lobby", text=text)


def submissions() -> Submissions:
    marks = (f"m-{number}" for number in range(1, 10_000))
    return Submissions(lambda: next(marks))


def test_a_server_with_rooms_without_end_is_not_remembered_whole() -> None:
    """Of the places that it makes up the latest are known; a name that none can have keeps nobody from coming back."""
    seen = Seen()
    for number in range(MOST_SEEN + 5):
        seen.is_new(line(1, f"r{number}"))
    assert seen.is_new(line(1, "r0"))
    assert not seen.is_new(line(1, f"r{MOST_SEEN}"))
    seen.note(JoinDone(at=0, place=RoomShown(room="x" * 70_000, seq=1)))
    seen.is_new(line(1, "é" * 33))
    assert len(msgspec.json.encode(Resume(name="alice", token="x", seen=seen.latest()))) <= LINE_LIMIT
    assert "lobby" in seen.latest() or seen.is_new(line(1))
    assert "lobby" in seen.latest()


def test_an_event_is_new_once() -> None:
    """A line that comes again after a resumption is not shown again; another room's is no double."""
    seen = Seen()
    assert [seen.is_new(line(seq)) for seq in (4, 5, 5, 4, 6)] == [True, True, False, False, True]
    assert seen.is_new(line(5, "dev"))
    assert seen.is_new(Arrived(who="bob", at=1))
    assert seen.is_new(Arrived(who="bob", at=1))


def test_what_is_said_to_have_been_seen() -> None:
    """Asked to resume, the server hears of places where nothing was said since the login, too."""
    seen = Seen()
    rooms = (RoomShown(room="lobby", seq=7), RoomShown(room="dev", seq=3))
    seen.note(LoggedIn(name="alice", at=1, rooms=rooms, settings={}))
    seen.is_new(line(9))
    seen.note(JoinDone(at=0, place=RoomShown(room="ops", seq=2)))
    assert seen.latest() == {"lobby": 9, "dev": 3, "ops": 2}


def test_a_second_join_does_not_skip_what_is_still_to_come() -> None:
    """To join a room that one is in already says nothing about what was heard there."""
    seen = Seen()
    seen.is_new(line(5))
    seen.note(JoinDone(at=0, place=RoomShown(room="lobby", seq=9), again=True))
    assert seen.latest() == {"lobby": 5}
    assert seen.is_new(line(6))


def test_history_that_was_shown_is_not_shown_again() -> None:
    """One's own joining stands in the history of the room; it is not told a second time."""
    seen = Seen()
    seen.note(JoinDone(at=0, place=RoomShown(room="ops", seq=4, recent=(line(3, "ops"), line(4, "ops")))))
    assert not seen.is_new(line(4, "ops"))
    assert seen.is_new(line(5, "ops"))


def test_a_resumption_fits_into_one_line() -> None:
    """Somebody who talks with hundreds can come back: the places heard last are resumed, the others are news."""
    seen = Seen()
    for number in range(1000):
        seen.is_new(line(2**52, f"@{'x' * 59}{number:04}"))
    latest = seen.latest()
    assert len(latest) == PLACES
    assert f"@{'x' * 59}0999" in latest

    assert len(msgspec.json.encode(Resume(name="x" * 64, password="x" * 1024, seen=latest))) < LINE_LIMIT


def test_lines_wait_for_a_connection_and_go_in_order() -> None:
    """What was said offline is sent once there is a connection, in the order in which it was said."""
    waiting, wire = submissions(), Wire()
    futures = [waiting.add(say(text)) for text in "abc"]
    assert len(waiting) == 3

    waiting.attach(wire.send)
    assert wire.texts == ["a", "b", "c"]
    wire.answer(0, 8)
    assert futures[0].result == SayDone(room="lobby", seq=8, at=1)
    assert len(waiting) == 2


def test_what_was_not_answered_is_repeated_with_the_same_cid() -> None:
    """A line whose acknowledgement was lost with the connection is stored once."""
    waiting, first, second = submissions(), Wire(), Wire()
    waiting.attach(first.send)
    futures = [waiting.add(say(text)) for text in "abc"]
    first.answer(0, 8)
    first.break_(waiting)
    futures.append(waiting.add(say("d")))

    waiting.attach(second.send)
    assert second.texts == ["b", "c", "d"]
    assert second.sent[:2] == first.sent[1:]
    assert [each.cid for each in second.sent if isinstance(each, Say)] == ["m-2", "m-3", "m-4"]
    for number in range(3):
        second.answer(number, 9 + number)
    assert all(isinstance(future.result, SayDone) for future in futures)
    assert len(waiting) == 0


def test_a_cid_of_the_callers_own_is_kept() -> None:
    """A program that has its own ids finds them in the journal."""
    waiting, wire = submissions(), Wire()
    waiting.attach(wire.send)
    waiting.add(Say(room="lobby", text="a", cid="mine"))
    assert wire.sent == [Say(room="lobby", text="a", cid="mine")]


def test_what_cannot_be_asked_twice_fails() -> None:
    """A new password is not set twice: the person is told that nobody knows."""
    waiting, first, second = submissions(), Wire(), Wire()
    waiting.attach(first.send)
    changed = waiting.add(Passwd(old="a", new="b"))
    waiting.add(Join(room="dev"))
    first.break_(waiting)
    waiting.attach(second.send)
    assert second.sent == [Join(room="dev")]
    assert "not known" in str(failure_of(changed))


def test_the_server_is_not_written_far_ahead_of() -> None:
    """A thousand pasted lines go as the server reads them, so that it does not close on a flood."""
    waiting, wire = submissions(), Wire()
    waiting.attach(wire.send)
    futures = [waiting.add(say(str(number))) for number in range(WINDOW + 5)]
    assert len(wire.sent) == WINDOW
    wire.answer(0, 8)
    wire.futures[1].errback(Refusal("bad-text", "No."))
    assert isinstance(failure_of(futures[1]), Refusal)
    assert len(wire.sent) == WINDOW + 2


def test_what_waits_is_bounded() -> None:
    """Somebody who types on without a connection is told when it is too much."""
    waiting = submissions()
    futures = [waiting.add(say("x")) for _ in range(MOST + 1)]
    refusal = failure_of(futures[-1])
    assert isinstance(refusal, Refusal)
    assert refusal.code == "too-many"
    assert len(waiting) == MOST


def test_nothing_waits_for_ever() -> None:
    """When there will be no connection any more, everybody who waits is told."""
    waiting, wire = submissions(), Wire()
    waiting.attach(wire.send)
    futures = [waiting.add(say("a")), waiting.add(say("b"))]
    waiting.give_up(Refusal("login-failed", "Wrong name or password."))
    assert [type(failure_of(future)) for future in futures] == [Refusal, Refusal]
    assert len(waiting) == 0


def test_a_room_that_was_renamed_is_resumed_under_its_new_name() -> None:
    """And its old name is somebody else's from then on."""
    seen = Seen()
    assert seen.is_new(RoomRenamed(room="lobby", seq=9, who="bob", at=1, name="hall"))
    assert seen.latest() == {"hall": 9}
