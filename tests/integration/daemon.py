"""A chatd of one's own: the real program as a child process, on a free port of loopback, with a database of its own."""

import os
import signal
import socket
import subprocess
import sysconfig
import time
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

ROOT = Path(__file__).parents[2]
TWISTD = Path(sysconfig.get_path("scripts")) / "twistd"
HOST = "127.0.0.1"
PATIENCE = 20.0
STOPS_WITHIN = 10.0
LOOK_AGAIN = 0.02


def free_port() -> int:
    """
    A port on which nobody listens now.

    It is below those that the system gives to clients: whoever knocks again and again at a port where nobody listens
    yet would one day be given that port for itself, and be connected to itself.
    """
    while True:
        port = SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def environment(**more: str) -> dict[str, str]:
    """A plain environment: this checkout's code, UTF-8, and nothing of a service manager's."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "TMPDIR", "TERM")}
    return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "TZ": "UTC", **more}


class Daemon:
    """
    A daemon that can be started again and again, on one port and one database.

    What may be changed between two starts:

    @ivar options: What it is started with, besides port and database.
    @ivar cost: Its C{--bcrypt-cost}, or C{None} for what it takes by itself.
    @ivar umask: The umask that twistd is told, in octal.
    @ivar env: Its environment.
    @ivar port: Its port, the same after each start.
    """

    def __init__(self, place: Path, *options: str) -> None:
        self.place = place
        self.database = place / "chat.sqlite"
        self.config = place / "chatd.toml"
        self.port = free_port()
        self.options = list(options)
        self.cost: int | None = 4
        self.umask = "0077"
        self.env = environment()
        self._log = place / "daemon.log"
        self._complaints = place / "daemon.err"
        self._log.touch()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The child that runs."""
        assert self._process is not None, "it was not started"
        return self._process

    def configure(self, text: str) -> None:
        """Write the configuration file; the next start, or C{SIGHUP}, reads it."""
        self.config.write_text(text, encoding="utf-8")
        if "--config" not in self.options:
            self.options += ["--config", str(self.config)]

    def start(self) -> "Daemon":
        """Start, and wait until it answers."""
        self.spawn("--listen", f"tcp:{self.port}:interface={HOST}")
        self.wait_until_ready()
        return self

    def spawn(self, *more: str, pass_fds: tuple[int, ...] = (), wrapper: tuple[str, ...] = ()) -> None:
        """Start, and wait for nothing."""
        cost = [] if self.cost is None else ["--bcrypt-cost", str(self.cost)]
        twistd = [str(TWISTD), "-n", "--pidfile=", f"--umask={self.umask}"]
        words = [*wrapper, *twistd, "chatd", "--database", str(self.database), *cost, *self.options, *more]
        with open(self._log, "ab") as log, open(self._complaints, "ab") as complaints:
            self._process = subprocess.Popen(
                words,
                cwd=self.place, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=complaints, pass_fds=pass_fds
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        """Wait until it answers a program; fail with the log where it ends instead."""
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, f"it has ended:\n{self.complaints()}{self.log()}"
            assert time.monotonic() < end, f"port {self.port} does not answer:\n{self.log()}"
            time.sleep(LOOK_AGAIN)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=PATIENCE) as program:
                program.sendall(b'{"do":"ping"}\n')
                return program.recv(1) == b"{"
        except OSError:
            return False

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop in order, as an operator does, and demand that it goes well and in time."""
        self.send(number)
        self.require_stopped()

    def require_stopped(self) -> None:
        """Wait for the end of a stop; it has to be a good one."""
        status = self.process.wait(STOPS_WITHIN)
        assert status == 0, f"it ended with {status}:\n{self.complaints()}{self.log()}"

    def kill(self) -> None:
        """Kill it with -9."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def clean_up(self) -> None:
        """Leave no process behind, whatever the test did."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def log(self) -> str:
        """What it has logged so far, in all its lives."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def complaints(self) -> str:
        """What it has written to standard error so far."""
        return self._complaints.read_text(encoding="utf-8", errors="replace")

    def wait_for_log(self, text: str, times: int = 1) -> None:
        """Wait until it has written something, so often."""
        end = time.monotonic() + PATIENCE
        while self.log().count(text) < times:
            assert time.monotonic() < end, f"{text!r} is not in the log:\n{self.log()}"
            time.sleep(LOOK_AGAIN)

    def memory(self) -> int:
        """The bytes that it has in memory now (VmRSS)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").split("\n"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("there is no VmRSS")
