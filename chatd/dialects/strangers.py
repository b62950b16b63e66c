"""
Other protocols' first words, and one line in that protocol that says where to go.

A browser, a TLS client or an ssh that comes to the wrong door would show its person nothing that
makes sense, unless it is told in its own tongue.
"""

import re

_HTTP = re.compile(rb"[A-Z]{3,10} \S+ HTTP/1\.[01]\r?$")
# How an IRC client begins. No name of an account has a space in it, so nobody's name is taken for one.
_IRC = re.compile(
    rb"(?:CAP (?:LS|REQ|LIST|END)|NICK \S+|USER \S+ \S+ \S+ |PASS (?:\S+\r?$|:)|WEBIRC |QUIT :)", re.IGNORECASE
)

# RFC 8446, section 6: a fatal alert, "handshake_failure", in the record version that every client accepts.
_TLS_REFUSAL = b"\x15\x03\x01\x00\x02\x02\x28"
_HTTP_BODY = b"This is a chat server, not a web server. Connect with: telnet HOST PORT\r\n"
_HTTP_REFUSAL = (
    b"HTTP/1.1 421 Misdirected Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_HTTP_BODY), _HTTP_BODY)
)
# RFC 4253, section 4.2: lines before the version string are shown to the person by some clients.
_SSH_REFUSAL = b"This port speaks no SSH. Connect with: telnet HOST PORT\r\n"


def is_tls(first: bytes) -> bool:
    """Whether a connection's first bytes are a TLS hello (RFC 8446, section 5.1: handshake, major version 3)."""
    return first[:2] == b"\x16\x03"


def tls_refusal() -> bytes:
    """What a TLS client understands as no."""
    return _TLS_REFUSAL


def refusal(line: bytes) -> bytes | None:
    """What to answer if a connection's first line is another protocol's, or C{None} if it is not."""
    if _HTTP.match(line):
        return _HTTP_REFUSAL
    if line.startswith(b"SSH-"):
        return _SSH_REFUSAL
    return None


def is_irc(line: bytes) -> bool:
    """Whether a line is one with which an IRC client begins: no name of an account has a space in it."""
    return _IRC.match(line) is not None
