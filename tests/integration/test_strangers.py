"""Whoever comes to the wrong door, with another protocol, is told so in that protocol, and let go."""

import socket
import ssl

import pytest

from tests.integration.daemon import HOST, Daemon
from tests.integration.peers import receive_all

pytestmark = pytest.mark.integration


def says(daemon: Daemon, words: bytes) -> bytes:
    """What the daemon answers to somebody's first words, up to the end of the connection."""
    daemon.start()
    with socket.create_connection((HOST, daemon.port), timeout=5) as peer:
        peer.sendall(words)
        return receive_all(peer)


def test_browser(daemon: Daemon) -> None:
    """A browser shows a sentence instead of an error of its own."""
    told = says(daemon, b"GET / HTTP/1.1\r\nHost: chat.example.org\r\nUser-Agent: somebody\r\nAccept: */*\r\n\r\n")
    head, _, body = told.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 421 ")
    assert body == b"This is a chat server, not a web server. Connect with: telnet HOST PORT\r\n"


def test_tls_client(daemon: Daemon) -> None:
    """A TLS client hears at once, in TLS, that there is none, and does not wait."""
    daemon.start()
    context = ssl.create_default_context()
    with (
        socket.create_connection((HOST, daemon.port), timeout=5) as peer,
        pytest.raises(ssl.SSLError, match="handshake failure"),
    ):
        context.wrap_socket(peer, server_hostname="chat.example.org")


def test_ssh_client(daemon: Daemon) -> None:
    """An ssh client shows the lines before a server's version to its person."""
    told = says(daemon, b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    assert told == b"This port speaks no SSH. Connect with: telnet HOST PORT\r\n"
