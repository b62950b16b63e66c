"""An encrypted line leads to the server that is meant, or nowhere."""

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL, crypto
from twisted.python.failure import Failure
from twisted.python.usage import UsageError

from chatd.client.connection.protocol import Lost
from chatd.client.connection.trust import Judging, Stranger, Trust, fingerprint_of, in_rows, read_fingerprint

SERVER = "tls:chat.example.org:9997"
FIRST, SECOND = fingerprint_of(b"first"), fingerprint_of(b"second")


def test_fingerprints_as_people_write_them() -> None:
    """As openssl and browsers show them, with or without colons, in any case."""
    assert FIRST.startswith("SHA256:")
    assert len(FIRST) == len("SHA256:") + 32 * 3 - 1
    plain = FIRST.removeprefix("SHA256:")
    for typed in (FIRST, plain, plain.replace(":", ""), plain.lower(), f" sha256:{plain} ", FIRST.replace(":", "")):
        assert read_fingerprint(typed) == FIRST
    for typed in ("", "SHA256:AB", plain + ":00", "MD5:" + plain):
        assert read_fingerprint(typed) is None


def test_trust_on_first_use(tmp_path: Path) -> None:
    """A stranger is asked about; once accepted it is known, also the next time, and to nobody else's server."""
    path = tmp_path / "chatd" / "known_servers"
    trust = Trust(path, SERVER)
    assert not trust.judge(FIRST, "its certificate is self-signed")
    stranger = trust.stranger
    assert stranger is not None
    assert stranger.known is None
    assert in_rows(FIRST) in stranger.introduction
    trust.remember(stranger)
    assert trust.judge(FIRST, "")
    assert Trust(path, SERVER).judge(FIRST, "")
    assert not Trust(path, "tls:other.example.org:9997").judge(FIRST, "")
    assert path.stat().st_mode & 0o077 == 0


def test_a_changed_fingerprint_is_refused_loudly(tmp_path: Path) -> None:
    """One reads what it was and what it is, that nothing was sent, and the way out, which works."""
    path = tmp_path / "known_servers"
    path.write_text(f"broken\n{SERVER} {FIRST}\n", encoding="utf-8")
    trust = Trust(path, SERVER)
    assert not trust.judge(SECOND, "")
    assert trust.stranger is not None
    way_out = f"--trust {SECOND.replace(':', '')}"
    for part in ("HAS CHANGED", in_rows(FIRST), in_rows(SECOND), "Nothing was sent", way_out):
        assert part in trust.stranger.alarm
    assert max(len(line) for line in trust.stranger.alarm.split("\n")) <= 90
    assert way_out in trust.stranger.warning
    assert Trust(path, SERVER, SECOND).judge(SECOND, "")
    assert Trust(path, SERVER).judge(SECOND, "")
    assert not Trust(path, SERVER).judge(FIRST, "")


def test_the_fingerprint_that_one_names_is_the_only_one(tmp_path: Path) -> None:
    """Beside it neither the one that was known is good, nor can a stranger be accepted with a yes."""
    path = tmp_path / "known_servers"
    path.write_text(f"{SERVER} {FIRST}\n", encoding="utf-8")
    for kept in (path, tmp_path / "nothing", None):
        trust = Trust(kept, SERVER, SECOND)
        assert not trust.judge(FIRST, "")
        assert trust.stranger is not None
        assert trust.stranger.known == SECOND
        for part in ("IS NOT THE ONE", in_rows(FIRST), in_rows(SECOND), "chatc.toml", "Nothing was sent"):
            assert part in trust.stranger.alarm
        assert max(len(line) for line in trust.stranger.alarm.split("\n")) <= 90
        assert "IS NOT THE ONE" in trust.stranger.warning
        assert trust.judge(SECOND, "")
    assert path.read_text(encoding="utf-8") == f"{SERVER} {SECOND}\n"


def test_bytes_that_are_no_text_make_nobody_unknown(tmp_path: Path) -> None:
    """Whatever a crash or an editor has left in the file: the other lines hold."""
    path = tmp_path / "known_servers"
    path.write_bytes(b"\xff\xfe broken\n\0\n" + f"{SERVER} {FIRST}\r\n".encode() + b"tls:x:1 \xff\n")
    trust = Trust(path, SERVER)
    assert trust.judge(FIRST, "")
    assert not trust.judge(SECOND, "")
    assert trust.stranger is not None
    assert trust.stranger.known == FIRST


def test_a_file_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    """Or a server that has become another one would be asked about like a new one."""
    path = tmp_path / "known_servers"
    path.mkdir()
    with pytest.raises(UsageError, match=f"{path} .*Move it away"):
        Trust(path, SERVER)


def test_a_disk_that_takes_nothing_is_complained_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One has said yes, and talks; only the next start asks again. What was known of others is there still."""
    path, complaints = tmp_path / "known_servers", list[str]()
    path.write_text(f"tls:other:1 {FIRST}\n", encoding="utf-8")
    trust = Trust(path, SERVER, complain=complaints.append)
    trust.judge(FIRST, "")
    assert trust.stranger is not None

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    trust.remember(trust.stranger)
    assert trust.judge(FIRST, "")
    (complaint,) = complaints
    for part in (str(path), "No space left on device", "--trust SHA256"):
        assert part in complaint
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == [f"tls:other:1 {FIRST}\n"]
    monkeypatch.undo()
    path.unlink()
    path.mkdir()
    trust.remember(Stranger(SERVER, SECOND, None, ""))
    assert str(path) in complaints[1]


def test_what_is_known_is_written_like_every_secret(tmp_path: Path) -> None:
    """Through no link, into no file that another chatc is writing, for nobody else to read."""
    path, precious = tmp_path / "known_servers", tmp_path / "precious"
    precious.write_text("precious", encoding="utf-8")
    path.with_suffix(".new").symlink_to(precious)
    trust = Trust(path, SERVER, FIRST)
    assert trust.judge(FIRST, "")
    assert precious.read_text(encoding="utf-8") == "precious"
    assert path.stat().st_mode & 0o777 == 0o600


class Peer:
    """A server with a certificate of its own making, and a machine on which an authority may vouch for it."""

    def __init__(self, name: str = "chat.example.org", *, is_vouched_for: bool, days: int = 1) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        called, now = x509.Name([]), datetime.now(UTC)
        made = x509.CertificateBuilder(called, called, key.public_key(), 1, now - timedelta(9), now + timedelta(days))
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        self.certificate = made.sign(key, hashes.SHA256())
        self.fingerprint = fingerprint_of(self.certificate.public_bytes(Encoding.DER))
        self._is_vouched_for = is_vouched_for
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.use_privatekey(key)
        self._context.use_certificate(self.certificate)

    def meets(self, trust: Trust) -> str:
        """Shake hands; why not, or nothing."""
        wrong: list[Failure] = []

        class Line:
            def failVerification(self, failure: Failure) -> None:
                wrong.append(failure)

        judging = Judging("chat.example.org", trust)
        if self._is_vouched_for:
            store = judging._context.get_cert_store()
            assert store is not None
            store.add_cert(crypto.X509.from_cryptography(self.certificate))
        client, server = judging.clientConnectionForTLS(Line()), SSL.Connection(self._context, None)  # type: ignore[arg-type]
        client.set_connect_state()
        server.set_accept_state()
        for _ in range(6):
            for one, other in ((client, server), (server, client)):
                try:
                    one.do_handshake()
                except SSL.WantReadError:
                    pass
                except SSL.Error:
                    assert wrong
                    return str(wrong[0].value) if isinstance(wrong[0].value, Lost) else "a fault"
                with suppress(SSL.WantReadError):
                    other.bio_write(one.bio_read(65536))
        assert not wrong
        return ""


def test_an_authority_is_enough_where_nothing_was_named(tmp_path: Path) -> None:
    """As in a browser: a server that was accepted may come to have a certificate that somebody vouches for."""
    path = tmp_path / "known_servers"
    path.write_text(f"{SERVER} {FIRST}\n", encoding="utf-8")
    peer = Peer(is_vouched_for=True)
    assert peer.meets(Trust(path, SERVER)) == ""
    assert "HAS CHANGED" in Peer(is_vouched_for=False).meets(Trust(path, SERVER))
    assert "HAS CHANGED" in Peer("other.example.org", is_vouched_for=True).meets(Trust(path, SERVER))
    assert "HAS CHANGED" in Peer(is_vouched_for=True, days=-1).meets(Trust(path, SERVER))


def test_what_one_has_named_holds_against_every_authority() -> None:
    """Whoever says --trust does not want the word of others."""
    peer = Peer(is_vouched_for=True)
    assert "IS NOT THE ONE" in peer.meets(Trust(None, SERVER, FIRST))
    assert peer.meets(Trust(None, SERVER, peer.fingerprint)) == ""
    own = Peer(is_vouched_for=False)
    assert own.meets(Trust(None, SERVER, own.fingerprint)) == ""
    assert "its certificate is self-signed" in own.meets(Trust(None, SERVER))
    assert "its certificate is not for chat.example.org" in Peer("x.org", is_vouched_for=True).meets(
        Trust(None, SERVER)
    )


@pytest.mark.parametrize("path", [None, Path("/proc/nothing/known_servers")])
def test_nothing_is_kept(path: Path | None) -> None:
    """Where nothing can be read, nobody is known."""
    assert not Trust(path, SERVER).judge(FIRST, "")
