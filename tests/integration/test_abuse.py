"""Four nuisances at once, in small: the benchmark of C{benchmarks/abuse.py} with shorter limits."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.abuse import CROWD, measure, prepare

# Times that make the test short; the rest are the defaults.
SHORT = {"login-deadline": "6", "unread-seconds": "2"}
ROOM_FOR_ALL = {**SHORT, "unauthenticated": str(2 * CROWD)}  # so that none of them goes by chance, for another
TOO_LITTLE_ROOM = {**SHORT, "unauthenticated": "200"}

# ms: how late half of the pings may be, and, of 99 in 100, how long the daemon's own loop may be at work before the
# answer. Others who are at work on the machine make some pings late, but give the loop no more to do. The goal, 20
# with all that is waited for, is the benchmark's, on a machine that does nothing else.
LATE = 50.0
GROWTH = 32.0  # MiB


@pytest.mark.integration
def test_abuse(tmp_path: Path, cleanup: ExitStack) -> None:
    """A bystander hardly notices them, memory stays bounded, and each ends with the refusal that is its own."""
    daemon = prepare(tmp_path, ROOM_FOR_ALL)
    cleanup.callback(daemon.clean_up)
    daemon.start()
    row = measure(daemon, "all at once")
    assert row.p50 < LATE
    assert 0 < row.work < LATE
    assert row.peak - row.before < GROWTH
    assert row.ended == {"too-long": 1, "too-slow": 1, "too-fast": 1, "too-late": CROWD}
    daemon.stop()
    assert "Traceback" not in daemon.log()


@pytest.mark.integration
def test_a_crowd_that_says_nothing(tmp_path: Path, cleanup: ExitStack) -> None:
    """Those for whom there is no room are told so, chosen by chance; the others when their time is over."""
    daemon = prepare(tmp_path, TOO_LITTLE_ROOM)
    cleanup.callback(daemon.clean_up)
    daemon.start()
    row = measure(daemon, "silent")
    assert row.p50 < LATE
    assert 0 < row.work < LATE
    assert row.ended["busy"] >= CROWD - int(TOO_LITTLE_ROOM["unauthenticated"])
    assert row.ended["busy"] + row.ended["too-late"] == CROWD == sum(row.ended.values())
    daemon.stop()
