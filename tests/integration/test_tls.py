"""
The encrypted door: it works, a renewed certificate is used without sending anybody away, and what people show of their
own proves who they are.
"""

import json
import signal
import socket
import ssl
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.integration.daemon import HOST, PATIENCE, Daemon, free_port
from tests.integration.peers import PASSWORD, JsonObject

pytestmark = pytest.mark.integration


class Door:
    """The encrypted listener of a daemon: its port, its key and its certificate."""

    def __init__(self, place: Path) -> None:
        self.port = free_port()
        self._key = place / "key.pem"
        self._certificate = place / "chain.pem"
        self.renew()

    @property
    def endpoint(self) -> str:
        """How the daemon is told of it."""
        return f"ssl:{self.port}:privateKey={self._key}:certKey={self._certificate}:interface={HOST}"

    def renew(self) -> int:
        """Put a new key and a new certificate on the disk, as a renewal does; the certificate's number."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(key)
        self._key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self._certificate.write_bytes(made.public_bytes(Encoding.PEM))
        return made.serial_number

    def spoil(self) -> None:
        """Put something on the disk that is no certificate."""
        self._certificate.write_bytes(b"half a renewal")

    def connect(self, own: Path | None = None) -> ssl.SSLSocket:
        """
        Connect, to whoever it is: who it is, is looked at afterwards.

        @param own: The file of a certificate to show, with its key.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if own is not None:
            context.load_cert_chain(own)
        return context.wrap_socket(socket.create_connection((HOST, self.port), timeout=PATIENCE))

    def shows(self) -> int:
        """The number of the certificate that a new connection is shown."""
        with self.connect() as peer:
            return number_of(peer)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chat.example.org")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )


def own_certificate(path: Path) -> str:
    """Make a certificate of one's own, with its key in the same file; its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = _certificate(key)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return made.fingerprint(hashes.SHA256()).hex()


def number_of(peer: ssl.SSLSocket) -> int:
    """The number of the certificate that a connection was shown."""
    shown = peer.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


def ask(peer: ssl.SSLSocket, do: str, **fields: object) -> JsonObject:
    """Ask, and read the answer."""
    peer.sendall(json.dumps({"do": do, **fields}).encode() + b"\n")
    received = b""
    while not received.endswith(b"\n"):
        received += peer.recv(65536) or b"\n"
    answers = [json.loads(line) for line in received.split(b"\n") if line]
    return next(answer for answer in answers if "event" not in answer)


@pytest.fixture
def door(daemon: Daemon, tmp_path: Path) -> Door:
    """The encrypted door of a daemon that has been started."""
    made = Door(tmp_path)
    daemon.options += ["--listen", made.endpoint]
    daemon.start()
    return made


def test_encrypted_line(door: Door) -> None:
    """Over TLS a person is greeted without the warning that the line is not encrypted."""
    with door.connect() as person:
        greeting = b""
        while b"register): " not in greeting:
            greeting += person.recv(4096)
    assert b"chatd - 0 people here. /help lists commands, /quit leaves.\r\n" in greeting


def test_renewed_certificate(daemon: Daemon, door: Door, cleanup: ExitStack) -> None:
    """After SIGHUP newcomers are shown the new certificate, and whoever was there goes on talking."""
    first = door.shows()
    old = cleanup.enter_context(door.connect())
    assert ask(old, "register", name="alice", password=PASSWORD)["done"] == "register"
    second = door.renew()
    assert door.shows() == first
    daemon.send(signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while door.shows() != second:
        assert time.monotonic() < end, "the new certificate is not used"
    assert number_of(old) == first
    assert ask(old, "ping")["done"] == "ping"


def test_spoilt_certificate(daemon: Daemon, door: Door) -> None:
    """A renewal that went wrong is said in the log, and the certificate that works stays in use."""
    first = door.shows()
    door.spoil()
    daemon.send(signal.SIGHUP)
    daemon.wait_for_log(f"ssl:{door.port}:")
    daemon.wait_for_log("the certificates stay as they were: ")
    assert door.shows() == first


def test_a_certificate_of_ones_own(daemon: Daemon, door: Door, cleanup: ExitStack, tmp_path: Path) -> None:
    """Nobody vouches for it; once it is added, who shows it is the account, also after a renewal of the server's."""
    own, other = tmp_path / "own.pem", tmp_path / "other.pem"
    fingerprint = own_certificate(own)
    own_certificate(other)
    alice = cleanup.enter_context(door.connect(own))
    assert ask(alice, "login", certificate=True)["code"] == "login-failed"
    assert ask(alice, "register", name="alice", password=PASSWORD)["done"] == "register"
    added = ask(alice, "add-certificate", label="laptop")
    assert (added["done"], added["fingerprint"]) == ("add-certificate", fingerprint)
    again = cleanup.enter_context(door.connect(own))
    assert ask(again, "login", certificate=True, name="Alice")["name"] == "alice"
    for stranger in (cleanup.enter_context(door.connect(other)), cleanup.enter_context(door.connect())):
        assert ask(stranger, "login", certificate=True)["code"] in ("login-failed", "not-allowed")
    renewed = door.renew()
    daemon.send(signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while door.shows() != renewed:
        assert time.monotonic() < end, "the new certificate is not used"
    third = cleanup.enter_context(door.connect(own))
    assert ask(third, "login", certificate=True)["name"] == "alice"
    assert ask(alice, "revoke-token", number=added["number"])["done"] == "revoke-token"
    assert third.recv(65536).startswith(b"{")
    last = cleanup.enter_context(door.connect(own))
    assert ask(last, "login", certificate=True)["code"] == "login-failed"
