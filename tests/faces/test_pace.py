"""How fast a peer is read, and for how long it may be silent, late or deaf."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.faces.pace import Pace

LIMITS = Limits()


def pace(*, exempt: bool = False, now: float = 100.0) -> Pace:
    return Pace(LIMITS, now, exempt)


def test_twenty_lines_at_once_then_five_a_second() -> None:
    """A burst is obeyed, a flood waits."""
    made = pace()
    assert [made.wait(100.0) for _ in range(20)] == [0.0] * 20
    assert made.wait(100.0) == pytest.approx(0.2)
    assert made.wait(100.2) == 0.0
    assert made.wait(100.2) > 0


def test_a_line_that_makes_work_for_many_counts_as_many() -> None:
    """What one line usually asks is one line's; a list of 160 channels is not. The exempt may ask for all that."""
    made, friend = pace(), pace(exempt=True)
    made.charge(8)
    assert [made.wait(100.0) for _ in range(20)] == [0.0] * 20
    made.charge(161)
    friend.charge(161)
    assert made.wait(104.1) > 0
    assert made.wait(104.2) == 0.0
    assert friend.wait(100.0) == 0.0


def test_the_exempt_wait_for_nothing() -> None:
    """A bridge or a load test is read as it comes."""
    made = pace(exempt=True)
    assert {made.wait(100.0) for _ in range(10_000)} == {0.0}


def test_too_much_unread_for_too_long_is_too_fast() -> None:
    """64 KiB that stay for more than ten seconds; what is worked off by half is forgiven."""
    made = pace()
    made.note(65_536, LIMITS, 100.0)
    made.note(40_000, LIMITS, 105.0)
    made.note(65_536, LIMITS, 108.0)
    assert made.beyond(None, LIMITS, 110.0) is None
    refusal = made.beyond(None, LIMITS, 110.1)
    assert refusal is not None
    assert refusal.code == "too-fast"
    made.note(32_767, LIMITS, 111.0)
    assert made.beyond(None, LIMITS, 200.0) is None


def test_a_peer_that_takes_nothing_for_too_long_is_too_slow() -> None:
    """Thirty seconds."""
    made = pace()
    assert made.beyond(100.0, LIMITS, 130.0) is None
    refusal = made.beyond(100.0, LIMITS, 130.1)
    assert refusal is not None
    assert refusal.code == "too-slow"


def test_a_peer_that_closed_its_side_has_its_answers_within_half_a_minute() -> None:
    """And then it is over."""
    made = pace()
    made.half_closed_at = 100.0
    assert made.beyond(None, LIMITS, 130.0) is None
    refusal = made.beyond(None, LIMITS, 130.1)
    assert refusal is not None
    assert refusal.code == "too-late"


def test_a_login_has_its_time_whatever_is_sent() -> None:
    """The deadline counts from the beginning; bytes do not move it."""
    made = pace()
    made.can_hear = True
    made.hear(159.0)
    assert made.late_for_login(LIMITS, 160.0) is None
    refusal = made.late_for_login(LIMITS, 160.1)
    assert refusal is not None
    assert refusal.code == "too-late"


def test_a_sign_of_life_is_asked_for_once_for_each_silence() -> None:
    """After ninety seconds; whoever gives none within the idle time is dropped."""
    made = pace()
    assert not made.is_ping_due(150, 190.0)
    assert made.is_ping_due(150, 190.1)
    assert not made.is_ping_due(150, 191.0)
    made.hear(200.0)
    assert made.is_ping_due(150, 290.1)
    assert made.silent(150, 350.0) is None
    refusal = made.silent(150, 350.1)
    assert refusal is not None
    assert refusal.code == "too-late"
