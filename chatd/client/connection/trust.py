"""
Whether the server at the other end of an encrypted line is the one that is meant.

  - A fingerprint that was named (C{--trust}, or C{trust} in C{chatc.toml}) is the only good one, whoever vouches for
    another and whatever was accepted before.
  - Otherwise a certificate is good if an authority that this machine trusts vouches for it and it has the server's name
    (RFC 9525), as in a browser; also where the server had one before that nobody vouched for.
  - One that nobody vouches for is good if its fingerprint is the one that was accepted here before: trust on first use,
    as with C{ssh}. A fingerprint that has changed is never accepted by itself.
"""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator, IStreamClientEndpoint
from twisted.internet.ssl import CertificateOptions, platformTrust
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from twisted.python.usage import UsageError
from zope.interface import implementer

from chatd.client.connection import private
from chatd.client.connection.protocol import Lost

# What OpenSSL finds wrong with a chain: X509_V_ERR_..., see its x509_vfy.h.
_FAULTS = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "the authority of its certificate is not known here",
    20: "the authority of its certificate is not known here",
    21: "the authority of its certificate is not known here",
}
_FINGERPRINT = re.compile(r"(?:sha256:?)?((?:[0-9a-f]{2}:?){32})", re.IGNORECASE)


class Stranger(NamedTuple):
    """
    A server that nobody vouches for.

    @ivar server: Its address.
    @ivar fingerprint: That of its certificate.
    @ivar known: The fingerprint that was accepted before, or was named, if it is another one.
    @ivar why: Why nobody vouches for it.
    @ivar is_pinned: Whether C{known} was named.
    """

    server: str
    fingerprint: str
    known: str | None
    why: str
    is_pinned: bool = False

    @property
    def introduction(self) -> str:
        """Who it is, to somebody who is to decide whether to trust it."""
        return (
            f"-- Nobody vouches for the server at {self.server}: {self.why}.\n"
            f"-- The fingerprint of its certificate is\n{in_rows(self.fingerprint)}\n"
            "-- Compare it with the one that the people who run the server tell you."
        )

    @property
    def alarm(self) -> str:
        """What is wrong if it was another one before, or another one was named, and the way out."""
        known, shown = in_rows(self.known or ""), in_rows(self.fingerprint)
        if self.is_pinned:
            begin = (
                f"-- THE CERTIFICATE OF {self.server} IS NOT THE ONE TO TRUST!\n"
                f"-- By --trust or chatc.toml it is\n{known}\n-- and the server has\n{shown}\n"
            )
            way_out = "name it there instead:"
        else:
            begin = f"-- THE CERTIFICATE OF {self.server} HAS CHANGED!\n-- It was\n{known}\n-- and now it is\n{shown}\n"
            way_out = "start chatc once with"
        return (
            f"{begin}-- Somebody may be reading along, or the server has a new one. Nothing was sent.\n"
            f"-- Ask the people who run the server. If the new one is theirs, {way_out}\n"
            f"--   --trust {self.fingerprint.replace(':', '')}"
        )

    @property
    def warning(self) -> str:
        """The same in one line."""
        what = "IS NOT THE ONE THAT --trust OR chatc.toml NAMES" if self.is_pinned else "HAS CHANGED"
        return (
            f"THE CERTIFICATE OF {self.server} {what}. Somebody may be reading along, or the server has a new "
            f"one. Nothing was sent. Ask the people who run the server; if the new one is theirs, start once with "
            f"--trust {self.fingerprint.replace(':', '')}"
        )


class Trust:
    """
    The one server of an address, and what is known of it.

    @ivar stranger: Whom the latest attempt to connect met, if it was nobody whom one may trust.
    """

    def __init__(
        self,
        path: Path | None,
        server: str,
        accepted: str | None = None,
        complain: Callable[[str], None] = lambda why: None,
    ) -> None:
        """
        @param path: Where fingerprints are kept, a line each; C{None} keeps none.
        @param server: The address, in one way of writing it.
        @param accepted: A fingerprint that is good, and alone so, whatever is kept.
        @param complain: Called with a sentence where one cannot be kept.
        @raise UsageError: if there is a file and it cannot be read.
        """
        self.stranger: Stranger | None = None
        self._path = path
        self._server = server
        self._accepted = accepted
        self._complain = complain
        self._known = self._read().get(server)

    @property
    def is_pinned(self) -> bool:
        """Whether a fingerprint was named, so that the word of an authority is not enough."""
        return self._accepted is not None

    def judge(self, fingerprint: str, why: str) -> bool:
        """Whether a certificate that nobody vouches for, because of C{why}, is good all the same."""
        if fingerprint == self._accepted:
            if fingerprint != self._known:
                self.remember(Stranger(self._server, fingerprint, None, why))
            return True
        if self._accepted is None and fingerprint == self._known:  # the old one is not good beside a new one
            return True
        self.stranger = Stranger(self._server, fingerprint, self._accepted or self._known, why, self.is_pinned)
        return False

    def remember(self, stranger: Stranger) -> None:
        """Accept a fingerprint from now on; only until the end of this program if it cannot be written."""
        self._known, self.stranger = stranger.fingerprint, None
        if self._path is None:
            return
        try:
            kept = self._read() | {self._server: stranger.fingerprint}
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            private.write(self._path, "".join(f"{server} {each}\n" for server, each in kept.items()))
        except (OSError, UsageError) as wrong:
            why = wrong.strerror if isinstance(wrong, OSError) else str(wrong).rstrip(".")
            self._complain(
                f"this server is not remembered, since {self._path} cannot be written: {why}. Until it can be, say "
                f"--trust {stranger.fingerprint.replace(':', '')}"
            )

    def _read(self) -> dict[str, str]:
        if self._path is None:
            return {}
        try:
            # A line that is spoilt is none; those of the other servers hold.
            lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return {}
        except OSError as wrong:
            why = (
                f"{self._path} cannot be read, so that nobody knows which servers are to be trusted: {wrong.strerror}."
            )
            raise UsageError(f"{why} Move it away, or make it a file that you can read.") from None
        pairs = (line.split() for line in lines)
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def fingerprint_of(certificate: bytes) -> str:
    """The fingerprint of a certificate in DER, as people compare it."""
    digest = sha256(certificate).hexdigest().upper()
    return "SHA256:" + ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def in_rows(fingerprint: str) -> str:
    """A fingerprint in two rows that fit on any screen."""
    kind, _, digits = fingerprint.partition(":")
    half = len(digits) // 2
    return f"--   {kind} {digits[:half]}\n--   {' ' * len(kind)} {digits[half:].removeprefix(':')}"


def read_fingerprint(typed: str) -> str | None:
    """A fingerprint as people write it, or C{None} if it is none."""
    found = _FINGERPRINT.fullmatch(typed.strip())
    if found is None:
        return None
    digits = found[1].replace(":", "").upper()
    return "SHA256:" + ":".join(digits[at : at + 2] for at in range(0, 64, 2))


def encrypted(reactor: Any, host: str, port: int, trust: Trust) -> IStreamClientEndpoint:
    """The way to a server over TLS, which leads to nobody else."""
    endpoint: IStreamClientEndpoint = wrapClientTLS(Judging(host, trust), HostnameEndpoint(reactor, host, port))
    return endpoint


@implementer(IOpenSSLClientConnectionCreator)
class Judging:
    """
    TLS whose peer is judged in the handshake, before a byte of ours is sent.

    What OpenSSL finds wrong with the chain is kept until it comes to the server's own certificate, which it does last.
    Only a verdict lets the handshake go on from there, so that without one there is no connection.
    """

    def __init__(self, host: str, trust: Trust) -> None:
        self._host = host
        self._trust = trust
        self._is_address = isIPAddress(host) or isIPv6Address(host)
        self._identity = IPAddress_ID(host) if self._is_address else DNS_ID(host.encode("idna").decode("ascii"))
        self._context = CertificateOptions(trustRoot=platformTrust()).getContext()

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """What Twisted calls for each connection."""
        faults: list[str] = []

        def judge(connection: SSL.Connection, certificate: X509, error: int, depth: int, ok: int) -> bool:
            if not ok:
                faults.append(_FAULTS.get(error, f"its certificate does not hold (OpenSSL's error {error})"))
            if depth > 0:
                return True
            try:
                self._judge(certificate, faults)
            except BaseException:  # which would be lost in OpenSSL
                protocol.failVerification(Failure())
                return False
            return True

        connection = SSL.Connection(self._context, None)
        if not self._is_address:
            connection.set_tlsext_host_name(self._host.encode("idna"))
        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, judge)
        return connection

    def _judge(self, certificate: X509, faults: list[str]) -> None:
        """
        Let a connection be, or not.

        @raise Lost: if it leads to nobody whom one may trust.
        """
        why = faults[0] if faults else self._misnamed(certificate)
        if why is None and not self._trust.is_pinned:
            return
        shown = certificate.to_cryptography().public_bytes(Encoding.DER)
        if not self._trust.judge(fingerprint_of(shown), why or "its certificate is another one"):
            stranger = self._trust.stranger
            assert stranger is not None
            raise Lost(stranger.warning if stranger.known else f"nobody vouches for the server: {why}", "untrusted")

    def _misnamed(self, certificate: X509) -> str | None:
        try:
            verify_service_identity(extract_patterns(certificate), [self._identity], [])
        except VerificationError:
            return f"its certificate is not for {self._host}"
        return None
