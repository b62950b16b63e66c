"""The factory: who may come in, and the look at everybody once a second."""

from collections.abc import Callable
from typing import cast

from chatd.core.errors import ChatError
from chatd.core.settings.limits import Limits
from chatd.faces.factory import LOOKED_AT_ONCE
from chatd.testing import PASSWORD, World
from tests.faces.doubles import codes, world

FAR = "198.51.100.7"


def test_a_ninth_stranger_from_one_address_is_refused_at_the_door() -> None:
    """It is told why, in its own tongue; others come in."""
    chat = world()
    strangers = [chat.connect(address=FAR) for _ in range(8)]
    person, program = chat.connect(address=FAR), chat.connect(address=FAR)
    program.sends(do="ping")
    assert codes(program) == ["busy"]
    chat.pass_time(0.4)
    assert codes(person) == ["busy"]
    assert person.is_closed
    assert program.is_closed
    assert not any(each.is_closed for each in strangers)
    other = chat.connect(address="198.51.100.8")
    chat.pass_time(0.4)
    assert "Username" in other.sees()
    strangers[0].goes()
    later = chat.connect(address=FAR)
    chat.pass_time(0.4)
    assert "Username" in later.sees()


def test_a_login_makes_room_for_another_stranger() -> None:
    """People behind one address do not keep one another out, up to sixteen."""
    chat = world()
    for number in range(16):
        remote = chat.connect(address=FAR)
        remote.sends(do="register", name=f"p{number}", password=PASSWORD)
        assert remote.objects()[0].get("done") == "register"
    late = chat.connect(address=FAR)
    late.sends(do="ping")
    assert codes(late) == ["busy"]


def test_sixty_new_connections_in_ten_minutes() -> None:
    """Whoever comes and goes all the time waits at the door."""
    chat = world()

    def knocks() -> list[str]:
        remote = chat.connect(address=FAR)
        remote.sends(do="ping")
        shown = codes(remote)
        remote.goes()
        return shown

    assert [knocks() for _ in range(60)] == [[]] * 60
    assert knocks() == ["busy"]
    chat.pass_time(1201)
    assert knocks() == []


def test_too_many_strangers_in_all_and_one_goes_by_chance() -> None:
    """A random one of those who wait is told to try later; those who are logged in stay."""
    chat = world(unauthenticated=5)
    alice = chat.program("alice")
    strangers = [chat.program() for _ in range(5)]
    for each in strangers:
        each.sends(do="ping")
        each.objects()
    new = chat.program()
    new.sends(do="ping")
    assert codes(new) == []
    closed = [each for each in strangers if each.is_closed]
    assert len(closed) == 1
    assert codes(closed[0]) == ["busy"]
    assert not alice.is_closed


def test_a_trusted_network_is_counted_nowhere() -> None:
    """A load test from there is let in whatever the counts say."""
    from ipaddress import ip_network

    chat = world(unauthenticated=2)
    chat.factory.exempt = (ip_network("198.51.100.0/24"),)
    remotes = [chat.connect(address=FAR) for _ in range(100)]
    assert not any(each.is_closed for each in remotes)
    assert (chat.factory.admission.waiting, chat.factory.admission._open) == ({}, {})
    assert len(chat.factory.faces) == 100


def test_a_reload_changes_the_limits_of_those_who_are_here() -> None:
    """A shorter deadline holds at once."""
    chat = world()
    remote = chat.program()
    chat.pass_time(30)
    assert not remote.is_closed
    from msgspec.structs import replace

    chat.hub.site = chat.hub.site._replace(limits=replace(chat.hub.site.limits, login_deadline=20.0))
    chat.pass_time(1)
    assert remote.is_closed


def test_stopping_tells_everybody() -> None:
    """Each in its own tongue, and each is closed; what is left after a while is cut."""
    chat = world()
    alice, bob, silent = chat.person("alice"), chat.program("bob"), chat.connect()
    bob.objects()
    alice.sees()
    chat.factory.stop()
    assert codes(bob) == ["stopping"]
    assert codes(alice) == ["stopping"]
    assert b"stopping" in silent.received()
    assert all(each.is_closed for each in (alice, bob, silent))
    assert chat.hub.avatars == {}
    chat.factory.abort()
    assert all(each.transport.aborted for each in (alice, bob, silent))


def test_the_look_once_a_second_at_nobody() -> None:
    """An empty server has nothing to do."""
    chat = World()
    chat.pass_time(10)
    assert chat.factory.faces == set()


class Looked:
    """A connection that counts how often it is looked at."""

    owed = 0

    def __init__(self, then: Callable[["Looked"], None]) -> None:
        self.times = 0
        self._then = then

    def tick(self, now: float, limits: Limits, idle: float) -> None:
        self.times += 1
        self._then(self)


def test_many_are_looked_after_in_several_turns() -> None:
    """Each once, so many in each turn; and one that has gone meanwhile not at all."""
    chat = world()
    clock, factory = chat.clock, chat.factory
    faces = cast(set[Looked], factory.faces)
    seen: list[Looked] = []

    def note(looked: Looked) -> None:
        seen.append(looked)
        if len(seen) == LOOKED_AT_ONCE:
            gone.append(next(each for each in faces if not each.times))
            faces.remove(gone[0])

    gone: list[Looked] = []
    everyone = [Looked(note) for _ in range(2 * LOOKED_AT_ONCE + 1)]
    faces.update(everyone)
    factory.tick()
    assert len(seen) == LOOKED_AT_ONCE
    while clock.getDelayedCalls():
        clock.advance(0)
    assert [each for each in everyone if each.times != 1] == gone


class Greedy(Looked):
    """A connection to which something is owed."""

    def __init__(self, owed: int) -> None:
        super().__init__(lambda looked: None)
        self.owed = owed
        self.refusals: list[ChatError] = []

    def end(self, refusal: ChatError) -> None:
        self.refusals.append(refusal)


def test_what_is_owed_to_all_is_counted_over_the_turns() -> None:
    """No turn's connections are owed too much, but all together are: whoever is owed most goes, when all are known."""
    chat = world(queue_total=2 * LOOKED_AT_ONCE + 1)
    clock, factory = chat.clock, chat.factory
    everyone = [Greedy(owed) for owed in (2, *[1] * (2 * LOOKED_AT_ONCE - 1))]
    cast(set[Greedy], factory.faces).update(everyone)

    def look() -> list[str]:
        factory.tick()
        while clock.getDelayedCalls():
            clock.advance(0)
        return [refusal.code for each in everyone for refusal in each.refusals]

    assert look() == [], "that much may be owed"
    everyone[0].owed += 1
    assert look() == ["too-slow"]
    assert everyone[0].refusals
