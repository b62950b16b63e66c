"""A token bucket: bursts pass, floods wait, rest is rewarded up to the burst."""

import pytest

from chatd.core.bucket import Bucket


def test_a_burst_passes_and_no_more() -> None:
    """Twenty lines at once are taken, the next one waits a fifth of a second."""
    bucket = Bucket(20, 5, now=100.0)
    assert [bucket.take(100.0) for _ in range(21)] == [True] * 20 + [False]
    assert bucket.wait() == pytest.approx(0.2)


def test_tokens_come_back_at_the_rate() -> None:
    """After a burst, five lines a second pass: what was told to wait may pass exactly then."""
    bucket = Bucket(2, 5, now=0.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
    assert not bucket.take(0.19)
    assert bucket.wait() == pytest.approx(0.01)
    assert bucket.take(0.2)


def test_in_the_long_run_the_rate_is_the_rate() -> None:
    """Whoever sends twice as fast as may be is heard half of the time; whoever waits as told is not told again."""
    told = Bucket(1, 5, now=0.0)
    now = 0.0
    for _ in range(10_000):
        while not told.take(now):
            assert now + told.wait() > now
            now += told.wait()
    assert now == pytest.approx(9_999 / 5, rel=1e-4)
    bucket = Bucket(1, 4, now=0.0)
    assert sum(bucket.take(eighth / 8) for eighth in range(80)) == 40


def test_nobody_saves_more_than_a_burst() -> None:
    """A night of silence does not buy a flood in the morning."""
    bucket = Bucket(3, 5, now=0.0)
    assert [bucket.take(86_400.0) for _ in range(4)] == [True, True, True, False]


def test_there_is_no_wait_while_there_are_tokens() -> None:
    """Whoever may speak is not told to wait."""
    bucket = Bucket(2, 5, now=0.0)
    bucket.take(0.0)
    assert bucket.wait() == 0.0


def test_what_is_owed_is_waited_for() -> None:
    """More may be taken than there is; then it takes as long as it takes until there is something again."""
    bucket = Bucket(3, 5, now=0.0)
    assert bucket.take(0.0)
    bucket.owe(7)
    assert not bucket.take(0.0)
    assert bucket.wait() == pytest.approx(6 / 5)
    assert bucket.take(6 / 5)
