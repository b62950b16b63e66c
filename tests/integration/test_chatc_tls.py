"""chatc on an encrypted line: a stranger is asked about once, and a server that has become another one is refused."""

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatd.client.connection.trust import fingerprint_of
from tests.integration.chatc import CHATC, Window, at_home, keep
from tests.integration.conftest import Connect
from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import PASSWORD
from tests.integration.test_tls import Door

pytestmark = [pytest.mark.integration, pytest.mark.needs_program("tmux")]


@pytest.fixture
def door(daemon: Daemon, tmp_path: Path) -> Door:
    """A daemon that runs, with an encrypted door whose certificate nobody vouches for."""
    door = Door(tmp_path)
    daemon.options += ["--listen", door.endpoint]
    daemon.start()
    return door


def test_trust_on_first_use(door: Door, daemon: Daemon, tmp_path: Path, cleanup: ExitStack) -> None:
    """Asked once, before any name or password; refused loudly once it is another one; let in again with --trust."""
    address = f"tls:{HOST}:{door.port}"
    first = Window(tmp_path, address, name="first")
    cleanup.callback(first.close)
    first.sees("Nobody vouches for the server", "The fingerprint of its certificate is", "yes or no:")
    keep(first, "fingerprint")
    first.enters("yes")
    first.registers("carol")
    first.enters("hello")
    first.sees("carol: hello")
    first.enters("/quit")
    first.is_gone()

    again = Window(tmp_path, "--login", "carol", address, name="again")
    cleanup.callback(again.close)
    again.sees("#lobby>")
    door.renew()
    daemon.stop()
    daemon.start()
    again.sees_no("connected")
    again.is_gone()

    changed = Window(tmp_path, "--login", "carol", address, name="changed", then="; sleep 60")
    cleanup.callback(changed.close)
    changed.sees("HAS CHANGED", "Nothing was sent", "--trust", "[untrusted]")
    keep(changed, "changed")
    fingerprint = changed.screen().partition("--trust ")[2].split()[0]
    trusting = Window(tmp_path, "--login", "carol", "--trust", fingerprint, address, name="trusting")
    cleanup.callback(trusting.close)
    trusting.sees("#lobby>", "carol: hello")
    trusting.enters("/quit")
    trusting.is_gone()


def test_no_is_no(door: Door, tmp_path: Path, cleanup: ExitStack) -> None:
    """Whoever does not trust it is not asked for anything, and nothing is kept."""
    window = Window(tmp_path, f"tls:{HOST}:{door.port}")
    cleanup.callback(window.close)
    window.sees("yes or no:")
    window.enters("no")
    window.is_gone()
    assert not (tmp_path / "state" / "chatd" / "known_servers").exists()


def test_a_pipe_asks_nobody(door: Door, connect: Connect, tmp_path: Path) -> None:
    """Without a terminal a stranger is refused, and --trust says who is none."""
    connect().registers("bot")
    ended = _pipe(tmp_path, door)
    assert ended[0] == 1
    assert "nobody vouches for the server" in ended[1].lower()
    assert _pipe(tmp_path, door, "--trust", _fingerprint(door)) == (0, "")
    assert _pipe(tmp_path, door) == (0, "")


def test_an_authority_vouches(daemon: Daemon, connect: Connect, tmp_path: Path) -> None:
    """A certificate that this machine trusts is not asked about, if it is for that server."""
    good = _certified(tmp_path / "good", f"DNS:localhost,IP:{HOST}")
    other = _certified(tmp_path / "other", "DNS:elsewhere.example.org")
    daemon.options += ["--listen", good.endpoint, "--listen", other.endpoint]
    daemon.start()
    connect().registers("bot")
    trusted = {"SSL_CERT_FILE": str(tmp_path / "trusted.pem")}
    for host in (HOST, "localhost"):
        assert _pipe(tmp_path, good, host=host, **trusted) == (0, "")
    status, complaint = _pipe(tmp_path, other, **trusted)
    assert (status, f"its certificate is not for {HOST}" in complaint) == (1, True)
    assert not (tmp_path / "state" / "chatd" / "known_servers").exists()


def _certified(place: Path, names: str) -> Door:
    """A door with a certificate for these names, which this test's machine trusts."""
    place.mkdir()
    door = Door(place)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=test", "-addext", f"subjectAltName={names}", "-keyout", str(place / "key.pem"),
         "-out", str(place / "chain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    with open(place.parent / "trusted.pem", "a", encoding="ascii") as trusted:
        trusted.write((place / "chain.pem").read_text(encoding="ascii"))
    return door


def _pipe(place: Path, door: Door, *options: str, host: str = HOST, **more: str) -> tuple[int, str]:
    ended = subprocess.run(
        [str(CHATC), "--login", "bot", *options, f"tls:{host}:{door.port}"],
        input="hello\n", env=at_home(place, CHATC_PASSWORD=PASSWORD, **more),
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    return ended.returncode, ended.stderr


def _fingerprint(door: Door) -> str:
    with door.connect() as peer:
        shown = peer.getpeercert(binary_form=True)
    assert shown is not None
    return fingerprint_of(shown)
