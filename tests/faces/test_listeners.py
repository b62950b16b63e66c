"""Listening, and certificates that are renewed without closing the door."""

import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.protocols.tls import TLSMemoryBIOFactory

from chatd.faces.listeners import Door, Listener
from chatd.testing import now


def run(coroutine: Any) -> Any:
    return now(Deferred.fromCoroutine(coroutine))


def write_certificate(path: Path) -> None:
    """A self-signed certificate with its key, as openssl would write it."""
    from datetime import UTC, datetime

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2025, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2045, 1, 1, tzinfo=UTC)
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip


@pytest.fixture
def reactor() -> MemoryReactorClock:
    return MemoryReactorClock()


def test_a_plain_door(reactor: MemoryReactorClock) -> None:
    """It listens where it is told, says where, and accepts nobody once closed."""
    factory = Factory.forProtocol(Protocol)
    listener = Listener(reactor, "tcp:9999:interface=127.0.0.1", factory)
    assert not listener.is_encrypted
    run(listener.open())
    assert [server[:2] for server in reactor.tcpServers] == [(9999, factory)]
    assert listener.where == listener.address
    run(listener.renew())
    assert len(reactor.tcpServers) == 1
    run(listener.close())
    run(listener.close())


def test_an_encrypted_door_uses_the_new_certificate_without_closing(
    reactor: MemoryReactorClock, tmp_path: Path
) -> None:
    """After a reload, new connections get the new certificate; the port was never closed."""
    certificate = tmp_path / "both.pem"
    write_certificate(certificate)
    factory = Factory.forProtocol(Protocol)
    endpoint = f"ssl:9998:privateKey={certificate}:certKey={certificate}"
    listener = Listener(reactor, endpoint, factory, tongue="irc")
    assert listener.is_encrypted
    run(listener.open())
    assert listener.where == f"{listener.address} (irc alone, TLS)"
    (server,) = reactor.tcpServers
    door = server[1]
    assert isinstance(door, Door)
    first = door.current
    assert isinstance(first, TLSMemoryBIOFactory)
    assert first.wrappedFactory is factory
    assert isinstance(door.buildProtocol(None).wrappedProtocol, Protocol)

    write_certificate(certificate)
    run(listener.renew())
    assert door.current is not first
    assert reactor.tcpServers == [server]


def test_certificates_that_cannot_be_read_leave_the_old_ones_in_use(
    reactor: MemoryReactorClock, tmp_path: Path
) -> None:
    """A broken file at a reload is an error, and nobody outside notices."""
    certificate = tmp_path / "both.pem"
    write_certificate(certificate)
    listener = Listener(reactor, f"ssl:9998:privateKey={certificate}:certKey={certificate}", Factory())
    run(listener.open())
    door = reactor.tcpServers[0][1]
    assert isinstance(door, Door)
    before = door.current
    certificate.write_text("nonsense")
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever OpenSSL raises
        run(listener.renew())
    assert door.current is before


@pytest.mark.parametrize("description", ["nonsense", "tcp:x", "ssl:9998:privateKey=/nowhere.pem"])
def test_a_description_that_is_none_is_an_error_at_once(reactor: MemoryReactorClock, description: str) -> None:
    """Nothing listens half."""
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the endpoint raises
        run(Listener(reactor, description, Factory()).open())
    assert reactor.tcpServers == []


def test_what_peers_are_asked_for(reactor: MemoryReactorClock, tmp_path: Path) -> None:
    """A certificate, which nobody has to have and nobody has to vouch for; its key is what it takes."""
    for who in ("server", "client"):
        write_certificate(tmp_path / who)
    both = tmp_path / "server"
    run(Listener(reactor, f"ssl:9998:privateKey={both}:certKey={both}", Factory.forProtocol(Protocol)).open())
    door: Any = reactor.tcpServers[0][1]
    for own in (None, tmp_path / "client"):
        protocol = door.buildProtocol(None)
        protocol.makeConnection(StringTransport())
        shake_hands(protocol, own)
        shown = protocol.getPeerCertificate()
        if own is None:
            assert shown is None
        else:
            expected = x509.load_pem_x509_certificate(own.read_bytes()).fingerprint(hashes.SHA256())
            assert bytes.fromhex(shown.digest("sha256").decode().replace(":", "")) == expected


def shake_hands(protocol: Any, own: Path | None) -> None:
    """What a client of TLS does, with a certificate of its own or without one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if own is not None:
        context.load_cert_chain(own)
    heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(heard, said)
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    while said.pending:
        protocol.dataReceived(said.read())
        heard.write(protocol.transport.value())
        protocol.transport.clear()
        with suppress(ssl.SSLWantReadError):
            client.do_handshake()
