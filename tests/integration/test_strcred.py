"""C{twistd ftp --auth chatd:PATH}: another program's people are chatd's, tried with curl."""

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from socket import create_connection

import pytest

from tests.integration.conftest import Connect
from tests.integration.daemon import HOST, LOOK_AGAIN, PATIENCE, TWISTD, Daemon, environment, free_port
from tests.integration.peers import PASSWORD

pytestmark = [pytest.mark.integration, pytest.mark.needs_program("curl")]

LOGGED_IN, REFUSED = "< 230 ", "< 530 "
LOGIN_DENIED = 67  # of curl(1)

Curl = Callable[[str, str], tuple[str, bool]]


@pytest.fixture
def curl(daemon: Daemon, tmp_path: Path, cleanup: ExitStack) -> Curl:
    """Logs in to a C{twistd ftp} that asks the daemon's database: what was said, and whether it was denied."""
    daemon.start()
    port = free_port()
    words = [str(TWISTD), "-n", "--pidfile=", "ftp", "-p", str(port), "-r", str(tmp_path)]
    ftp = subprocess.Popen(
        [*words, "--auth", f"chatd:{daemon.database}"],
        cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    cleanup.callback(_end, ftp)
    _wait_for(port, ftp)

    def curl(name: str, password: str) -> tuple[str, bool]:
        told = subprocess.run(
            ["curl", "-sv", "--noproxy", "*", "--max-time", "20", "--user", f"{name}:{password}",
             f"ftp://{HOST}:{port}/"],
            capture_output=True, text=True, check=False, env=environment(),
        )  # fmt: skip
        return told.stderr, told.returncode == LOGIN_DENIED

    return curl


def _wait_for(port: int, ftp: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            create_connection((HOST, port), timeout=PATIENCE).close()
        except OSError:
            assert ftp.poll() is None, "twistd ftp has ended"
            assert time.monotonic() < end, "twistd ftp does not answer"
            time.sleep(LOOK_AGAIN)
        else:
            return


def _end(ftp: "subprocess.Popen[bytes]") -> None:
    ftp.terminate()
    told, _ = ftp.communicate(timeout=PATIENCE)
    assert b"Traceback" not in told, told.decode(errors="replace")


def test_ftp(daemon: Daemon, connect: Connect, curl: Curl) -> None:
    """Who registers in chatd logs in there, with the password or a token, whether the daemon runs or not."""
    alice = connect().registers("Alice")
    made = alice.asks("make-token", label="ftp")
    assert made.get("done") == "make-token", made
    for name, secret in (("Alice", PASSWORD), ("alice", PASSWORD), ("alice", made["token"])):
        told, denied = curl(name, secret)
        assert LOGGED_IN in told, told
        assert not denied
    for name, secret in (("alice", "wrong"), ("nobody-here", PASSWORD), ("nobody-here", made["token"])):
        told, denied = curl(name, secret)
        assert REFUSED in told, told
        assert denied
    assert alice.asks("revoke-token", number=made["number"]).get("done") == "revoke-token"
    assert curl("alice", made["token"])[1]
    alice.leaves()
    daemon.stop()
    assert LOGGED_IN in curl("alice", PASSWORD)[0]
