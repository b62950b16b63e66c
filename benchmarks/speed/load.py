"""The load: C{load.c}, compiled when it is newer than the program, and run with what a row of the table asks for."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.speed.servers import NotHere, Server

SOURCE = Path(__file__).with_name("load.c")
PATIENCE = 600.0
LOOK_AGAIN = 0.1
IN = "everybody is in\n"


class Spread(msgspec.Struct, frozen=True):
    """How long something took, in microseconds."""

    count: int
    p50: float
    p99: float
    p999: float
    most: float


class Heard(msgspec.Struct, frozen=True):
    """
    What one run of the load came to. Times of processors are in seconds, memory in bytes.

    @ivar seconds: How long the measured window was; all counts but those of mistakes are of it alone.
    @ivar latency: From when a line was due until a receiver had it; in a run of logins, from connecting until in.
    @ivar answers: From when something was asked until it was answered.
    @ivar own_cpu: What the load itself used.
    """

    seconds: float
    setup_seconds: float
    peers: int
    connected: int
    lines: int
    deliveries: int
    logins: int
    latency: Spread
    answers: Spread
    cpu_user: float
    cpu_system: float
    own_cpu: float
    rss_before: int
    rss_after: int
    lost: int
    doubled: int
    astray: int
    mangled: int
    dropped: int
    refused: int
    unanswered: int
    error: str

    @property
    def deliveries_per_second(self) -> float:
        """How many lines were heard by somebody."""
        return self.deliveries / self.seconds

    @property
    def cpu_per_delivery(self) -> float:
        """Microseconds of the server's processor time."""
        return (self.cpu_user + self.cpu_system) / max(1, self.deliveries) * 1e6

    @property
    def mistakes(self) -> str:
        """What was lost, doubled and so on; nothing, if all went as it should."""
        kinds = ("lost", "doubled", "astray", "mangled", "dropped", "refused", "unanswered")
        found = [f"{kind} {getattr(self, kind)}" for kind in kinds if getattr(self, kind)]
        return ", ".join(found) + (f" ({self.error[:120]})" if found and self.error else "")


class Load:
    """The compiled program."""

    def __init__(self, place: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise NotHere("there is no C compiler: apt-get install gcc libc6-dev")
        self._program = place / "load"
        subprocess.run([compiler, "-O2", "-o", self._program, SOURCE], check=True)

    def begin(self, server: Server, **options: Any) -> "Running":
        """Begin to measure a server that runs. Options are those of C{load.c}, with underscores."""
        words: dict[str, Any] = {
            "port": server.port,
            "face": server.face,
            "server": server.pid,
            "password": server.password,
            "setup_at_once": server.at_once,
            "echoes": int(server.echoes),
            "done": "own" if server.echoes else "witness",
            **options,
        }
        flat = [text for key, value in words.items() for text in (f"--{key.replace('_', '-')}", str(value))]
        return Running([str(self._program), *flat])

    def run(self, server: Server, **options: Any) -> Heard:
        """Measure a server that runs."""
        return self.begin(server, **options).finish()


class Running:
    """One run of it."""

    def __init__(self, words: list[str]) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (it goes with this)
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self._complaints)

    def wait(self) -> None:
        """Wait until everybody is in, and talks."""
        until = time.monotonic() + PATIENCE
        while IN not in self._complained() and self._process.poll() is None and time.monotonic() < until:
            time.sleep(LOOK_AGAIN)

    def finish(self) -> Heard:
        """Wait for its end, and tell what came of it."""
        try:
            told, _ = self._process.communicate(timeout=PATIENCE)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        if self._process.returncode:
            raise RuntimeError(self._complained().replace(IN, "").strip())
        return msgspec.json.decode(told, type=Heard)

    def _complained(self) -> str:
        return os.pread(self._complaints.fileno(), 10_000, 0).decode(errors="replace")
