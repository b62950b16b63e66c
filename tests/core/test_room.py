"""Rooms, avatars and envelopes: everyone hears, once, in order, and nobody pays twice."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from chatd.core.events import Deleted, Edited, Said, TopicChanged, Undeleted
from chatd.core.ports import Account, Place
from chatd.core.room import HEARD_AT_ONCE, Avatar, Envelope, Room, Rounds, Volley
from chatd.testing import World

SAID = Said(room="dev", seq=7, who="alice", at=1, text="hi")


def room() -> Room:
    return Room(Place(3, "dev", "Dev", "printers"), 6)


def avatar(number: int, *heard: list[Envelope]) -> Avatar:
    made = Avatar(Account(number, f"name{number}", f"name{number}"), {})
    made.sessions = tuple(World().session(each.append) for each in heard)
    return made


def test_a_room_is_what_its_row_says() -> None:
    """The name is shown as it was made, and found however it is typed."""
    made = room()
    assert (made.id, made.key, made.name, made.topic, made.seq, made.members) == (3, "dev", "Dev", "printers", 6, {})


def test_an_event_is_rendered_once_for_all_who_see_it_alike() -> None:
    """A thousand readers in the same view cost one rendering; another view costs one more."""
    calls: list[str] = []

    def plain(envelope: Envelope) -> bytes:
        calls.append("plain")
        return b"plain"

    def loud(envelope: Envelope) -> bytes:
        calls.append("loud")
        return b"LOUD"

    envelope = Envelope(SAID)
    assert [envelope.wire(plain) for _ in range(1000)] == [b"plain"] * 1000
    assert envelope.wire(loud) == b"LOUD"
    assert calls == ["plain", "loud"]


def test_every_session_of_every_member_hears_the_same_envelope() -> None:
    """Two devices of one account both hear, and so does everybody else."""
    phone, desk, other = [], [], []  # type: list[Envelope], list[Envelope], list[Envelope]
    here = room()
    here.add(avatar(1, phone, desk))
    here.add(avatar(2, other))
    here.announce(SAID, ref="r")
    assert phone == desk == other
    assert len(phone) == 1
    assert (phone[0].event, phone[0].ref, phone[0].crowd) == (SAID, "r", 2)


def test_no_words_are_heard_of_whom_one_ignores() -> None:
    """Neither a line nor what became of it, nor the reason why; what changes the room is heard."""
    heard: list[Envelope] = []
    here, member = room(), avatar(1, heard)
    member.ignored = frozenset({2})
    here.add(member)
    words = (
        SAID,
        Edited(room="dev", seq=8, who="bob", at=1, of=7, text="psst"),
        Deleted(room="dev", seq=9, who="bob", at=1, of=7, author="bob", reason="psst"),
        Undeleted(room="dev", seq=10, who="bob", at=1, of=7, author="bob", text="psst"),
    )
    for event in words:
        here.announce(event, actor=2)
    assert heard == []
    topic = TopicChanged(room="dev", seq=11, who="bob", at=1, topic="x")
    here.announce(topic, actor=2)
    for event in words:
        here.announce(event, actor=3)
    assert [each.event for each in heard] == [topic, *words]


def test_whoever_leaves_hears_no_more() -> None:
    """A room that was left is silent, and is no more among one's rooms."""
    heard: list[Envelope] = []
    here, member = room(), avatar(1, heard)
    here.add(member)
    assert member.rooms == {"dev": here}
    here.remove(member)
    here.announce(SAID)
    assert heard == []
    assert member.rooms == {}
    here.remove(member)


def test_one_who_goes_during_the_round_does_not_keep_the_others_from_hearing() -> None:
    """A connection that breaks while a line is told costs nobody else that line."""
    here, heard = room(), []  # type: Room, list[Envelope]
    second = avatar(2, heard)
    first = Avatar(Account(1, "a", "a"), {})
    first.sessions = (World().session(lambda envelope: here.remove(second)),)
    third_heard: list[Envelope] = []
    for each in (first, second, avatar(3, third_heard)):
        here.add(each)
    here.announce(SAID)
    assert len(heard) == 1, "it was a member when the line was said"
    assert len(third_heard) == 1
    here.announce(SAID)
    assert (len(heard), len(third_heard)) == (1, 2)


def nothing() -> None:
    """What whoever hands out lines does when there is no more to wait for."""


def hand_out(here: Room, lines: list[Envelope]) -> None:
    """Let lines be heard that were stored together."""
    rounds = Rounds(lambda work: work())
    for line in lines:
        rounds.gather(here, line)
    rounds.begin(nothing)


def test_lines_that_were_stored_together_are_heard_as_one_piece() -> None:
    """A listener costs no more for many lines than for one, and they are rendered once for all."""
    calls: list[str] = []

    def plain(envelope: Envelope) -> bytes:
        calls.append(repr(envelope.event.seq if isinstance(envelope.event, Said) else None))
        return b"line\n"

    one, two = [], []  # type: list[Any], list[Any]
    here = room()
    here.add(avatar(1, one))
    here.add(avatar(2, two))
    hand_out(here, [Envelope(SAID, actor=3), Envelope(replace(SAID, seq=8), actor=4)])
    ((volley,), (same,)) = (one, two)
    assert volley is same
    assert (volley.wire(plain), volley.wire(plain), calls) == (b"line\nline\n", b"line\nline\n", ["7", "8"])


def test_a_line_alone_is_heard_as_itself() -> None:
    """There is nothing to put together."""
    heard: list[Any] = []
    here = room()
    here.add(avatar(1, heard))
    envelope = Envelope(SAID, actor=3)
    hand_out(here, [envelope])
    assert heard == [envelope]


def test_whoever_ignores_some_of_it_hears_line_by_line() -> None:
    """The lines of whom one ignores are left out."""
    picky, easy = [], []  # type: list[Any], list[Any]
    here, ignoring, ignoring_others = room(), avatar(2, picky), avatar(5, easy)
    ignoring.ignored, ignoring_others.ignored = frozenset({1}), frozenset({99})
    here.add(ignoring)
    here.add(ignoring_others)
    lines = [Envelope(SAID, actor=1), Envelope(replace(SAID, seq=8), actor=4)]
    hand_out(here, lines)
    assert picky == lines[1:]
    assert [type(each) for each in easy] == [Volley]


def test_ones_own_lines_are_heard_each_by_itself() -> None:
    """They have marks of their own; what others said around them stays together, and all of it in order."""
    told: list[Any] = []
    here = room()
    here.add(avatar(1, told))
    lines = [Envelope(replace(SAID, seq=seq), actor=actor) for seq, actor in enumerate((4, 5, 1, 1, 4, 4), 7)]
    hand_out(here, lines)
    before, own, again, after = told
    assert [own, again] == lines[2:4]
    assert [before.envelopes, after.envelopes] == [tuple(lines[:2]), tuple(lines[4:])]


class Bytes:
    """
    Where bytes wait.

    @ivar waiting: What was put there, and how many lines it was said to be.
    """

    def __init__(self) -> None:
        self.waiting: list[tuple[bytes, str]] = []

    def put(self, data: bytes) -> None:
        self.waiting.append((data, "line"))

    def put_volley(self, data: bytes) -> None:
        self.waiting.append((data, "volley"))


def test_where_nothing_is_to_be_looked_at_bytes_go_to_where_they_wait() -> None:
    """One line or several, rendered once for all who write them alike; others hear of them as always."""
    rendered: list[str] = []

    def plain(envelope: Envelope) -> bytes:
        rendered.append("plain")
        return b"line\n"

    def loud(envelope: Envelope) -> bytes:
        return b"LINE\n"

    here, told = room(), [list[Any]() for _ in range(5)]
    boxes = [Bytes() for _ in told]
    for number, (heard, box) in enumerate(zip(told, boxes, strict=True), 1):
        here.add(avatar(number, heard))
        render = None if number == 3 else loud if number == 4 else plain
        here.members[number].sessions[0].write_with(render, box)
    here.members[5].ignored = frozenset({1})
    author = Envelope(SAID, actor=1)
    hand_out(here, [author])
    assert [box.waiting for box in boxes] == [[], [(b"line\n", "line")], [], [(b"LINE\n", "line")], []]
    assert (told, rendered) == ([[author], [], [author], [], []], ["plain"])
    hand_out(here, [Envelope(SAID, actor=6), Envelope(SAID, actor=6)])
    assert [box.waiting[-1:] for box in boxes] == [
        [(2 * b"line\n", "volley")], [(2 * b"line\n", "volley")], [], [(2 * b"LINE\n", "volley")], [],
    ]  # fmt: skip
    assert [len(heard) for heard in told] == [1, 0, 2, 0, 1]
    assert len(rendered) == 3


def crowd(number: int) -> tuple[Room, list[list[Any]]]:
    """A room with many in it, and what each of them hears."""
    here, world, ears = room(), World(), [list[Any]() for _ in range(number)]
    for account, told in enumerate(ears, 1):
        here.add(avatar(account))
        here.members[account].sessions = (world.session(told.append),)
    return here, ears


class Stage:
    """
    Rooms whose lines are handed out in turns that the test takes.

    @ivar answered: Whose turn it was when each batch of lines was answered.
    @ivar faults: How many came out.
    """

    def __init__(self) -> None:
        self._turns: list[Callable[[], None]] = []
        self.rounds = Rounds(self._turns.append)
        self.answered: list[str] = []
        self.faults = 0

    def says(self, name: str, *lines: tuple[Room, Envelope]) -> None:
        """Hand out lines that were stored together."""
        for here, line in lines:
            self.rounds.gather(here, line)
        self.rounds.begin(lambda: self.answered.append(name))

    def turn(self) -> None:
        """One more turn."""
        try:
            self._turns.pop(0)()
        except ZeroDivisionError:
            self.faults += 1

    def turns(self) -> int:
        """As many as there are."""
        taken = 0
        while self._turns:
            taken += 1
            self.turn()
        return taken


def line(seq: int, actor: int = 0) -> Envelope:
    return Envelope(replace(SAID, seq=seq), actor=actor)


def test_a_crowd_hears_in_several_turns() -> None:
    """So many of them in each, but who has said it at once, since an answer comes; and each hears all, in order."""
    here, ears = crowd(2 * HEARD_AT_ONCE + 2)
    stage, one, two = Stage(), line(7, actor=1), line(8, actor=2)

    def heard() -> list[int]:
        return [sum(each in told for told in ears) for each in (one, two)]

    most, everyone = HEARD_AT_ONCE, len(ears)
    stage.says("one", (here, one))
    assert (ears[0], heard(), stage.answered) == ([one], [most + 1, 0], ["one"])
    stage.says("two", (here, two))
    assert (heard(), stage.answered) == ([most + 1, 0], ["one"]), "it waits, and so does whoever has said it"
    stage.turn()
    assert heard() == [2 * most + 1, 0]
    stage.turn()
    assert (heard(), stage.answered) == ([everyone, 0], ["one"])
    stage.turn()
    assert (ears[1], heard(), stage.answered) == ([one, two], [everyone, most + 1], ["one", "two"])
    assert stage.turns() == 2
    assert all(told == [one, two] for told in ears)


def test_a_small_room_does_not_wait_for_a_crowd() -> None:
    """All of it hears a line at once, whatever is still to be heard elsewhere; its answer comes with the others'."""
    here, ears = crowd(2 * HEARD_AT_ONCE)
    there, few = crowd(3)
    stage = Stage()
    stage.says("first", (here, line(7)))
    stage.says("second", (here, line(8)), (there, line(7)))
    assert sum(len(told) for told in ears) == HEARD_AT_ONCE
    assert [len(told) for told in few] == [1, 1, 1]
    assert stage.answered == ["first"]
    stage.turns()
    assert stage.answered == ["first", "second"]


def test_a_crowd_does_not_wait_for_another_one() -> None:
    """As soon as all of it has heard what was said there before, its next lines are heard, and answered."""
    (here, _), (there, others) = crowd(2 * HEARD_AT_ONCE), crowd(9 * HEARD_AT_ONCE)
    stage = Stage()
    stage.says("both", (here, line(7)), (there, line(7)))
    stage.says("again", (here, line(8)))
    while stage.answered == ["both"]:
        stage.turn()
    assert sum(len(told) for told in others) < len(others)
    stage.turns()
    assert stage.answered == ["both", "again"]
    assert {len(told) for told in others} == {1}


def test_a_small_room_waits_for_nothing() -> None:
    """Nothing is put off where nobody is large."""
    there, few = crowd(3)
    stage = Stage()
    stage.says("only", (there, line(7)))
    assert (stage.answered, stage.turns(), [len(told) for told in few]) == (["only"], 0, [1, 1, 1])


def test_what_else_happens_comes_after_the_lines() -> None:
    """
    All of a crowd hears a line before that, whatever turn it was to be heard in, and the one that waited for it; and
    each once. And the next one. Answers come in a turn of their own, not in the midst of what happens.
    """
    here, ears = crowd(2 * HEARD_AT_ONCE)
    stage, one, two, last = Stage(), line(7), line(8), line(10, actor=1)
    stage.says("one", (here, one))
    stage.says("two", (here, two))
    stage.rounds.finish()
    here.announce(replace(SAID, seq=9))
    assert stage.answered == ["one"]
    stage.turn()
    assert stage.answered == ["one", "two"]
    stage.says("last", (here, last))
    assert ears[0][3:] == [last]
    stage.turns()
    assert [(told[0], told[1], told[3]) for told in ears] == [(one, two, last)] * len(ears)
    assert {len(told) for told in ears} == {4}


def test_a_fault_with_somebody_concerns_nobody_else() -> None:
    """All others hear, in this room and another, and whoever has said it has an answer; it comes out all the same."""
    here, ears = crowd(2 * HEARD_AT_ONCE)
    there, few = crowd(3)
    stage = Stage()
    stage.says("one", (here, line(7, actor=1)))

    def fails(_: object) -> None:
        raise ZeroDivisionError

    deaf = next(number for number, told in enumerate(ears, 1) if not told)
    here.members[deaf].sessions = (World().session(fails),)
    there.members[1].sessions = here.members[deaf].sessions
    stage.says("two", (there, line(7, actor=1)), (here, line(8)))
    stage.rounds.finish()
    stage.turns()
    assert stage.answered == ["one", "two"]
    assert [number for number, told in enumerate(ears, 1) if len(told) < 2] == [deaf]
    assert [len(told) for told in few] == [0, 1, 1]
    assert stage.faults == 3, "one for each round, however many it concerns"


def test_some_of_a_room_hear() -> None:
    """Those of certain numbers, and nobody where those are none."""
    one: list[Envelope] = []
    other: list[Envelope] = []
    here = room()
    here.add(avatar(1, one))
    here.add(avatar(2, other))
    here.announce(SAID, among=frozenset({2, 7}))
    here.announce(SAID, among=frozenset())
    assert (len(one), len(other)) == (0, 1)


def test_a_room_is_called_otherwise() -> None:
    """Whoever is in finds it by the new name, and by no other."""
    here, who = room(), avatar(1)
    here.add(who)
    who.behind |= {"dev"}
    here.rename(Place(3, "ops", "Ops"))
    assert (here.key, here.name, here.topic) == ("ops", "Ops", "printers")
    assert who.rooms == {"ops": here}
    assert who.behind == {"ops"}
    here.remove(who)
    assert who.rooms == {}
