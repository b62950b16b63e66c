"""Four nuisances at once, in small: the benchmark of C{benchmarks/abuse.py} with shorter limits."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.abuse import CROWD, measure, prepare

# Times that make the test short, and bounds that the crowd is sure to meet; the rest are the defaults.
LIMITS = {"login-deadline": "6", "unread-seconds": "2", "unauthenticated": "200"}

LATE = 50.0  # ms; the goal, 20, is for a machine that does nothing else
GROWTH = 32.0  # MiB


@pytest.mark.integration
def test_abuse(tmp_path: Path, cleanup: ExitStack) -> None:
    """A bystander hardly notices them, memory stays bounded, and each ends with the refusal that is its own."""
    daemon = prepare(tmp_path, LIMITS)
    cleanup.callback(daemon.clean_up)
    daemon.start()
    row = measure(daemon, "all at once")
    assert row.p99 < LATE
    assert row.peak - row.before < GROWTH
    assert (row.ended["too-long"], row.ended["too-slow"], row.ended["too-fast"]) == (1, 1, 1)
    assert row.ended["busy"] + row.ended["too-late"] == CROWD
    assert row.ended["busy"] >= CROWD - int(LIMITS["unauthenticated"])
    assert sum(row.ended.values()) == CROWD + 3
    daemon.stop()
    assert "Traceback" not in daemon.log()
