"""Other protocols' peers at the wrong door are told so in their own tongue."""

import pytest

from chatd.dialects import strangers


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        (b"GET / HTTP/1.1", b"HTTP/1.1 421 "),
        (b"POST /login HTTP/1.0", b"HTTP/1.1 421 "),
        (b"OPTIONS * HTTP/1.1\r", b"HTTP/1.1 421 "),
        (b"SSH-2.0-OpenSSH_9.2", b"This port speaks no SSH"),
    ],
)
def test_a_stranger_is_answered_in_its_own_protocol(line: bytes, begins: bytes) -> None:
    """The person behind a browser or an ssh reads where to go."""
    said = strangers.refusal(line)
    assert said is not None
    assert said.startswith(begins)
    assert said.endswith(b"\r\n")


@pytest.mark.parametrize(
    "line",
    [b"", b"alice", b"GET", b"get / http/1.1", b"GET /", b"nickname", b"user alice", b"pass the salt please",
     b"cap", b"\xff\xfb\x01", b"/login SSH-"],
)  # fmt: skip
def test_a_person_is_not_taken_for_a_stranger(line: bytes) -> None:
    """Names and words that only resemble another protocol are a person's."""
    assert strangers.refusal(line) is None
    assert not strangers.is_irc(line)


@pytest.mark.parametrize(
    "line",
    [b"CAP LS 302", b"NICK alice", b"nick alice", b"USER alice 0 * :Alice", b"PASS secret", b"PASS :a secret",
     b"WEBIRC x", b"QUIT :bye"],
)  # fmt: skip
def test_an_irc_client_is_known_by_how_it_begins(line: bytes) -> None:
    """Nobody's name is taken for one."""
    assert strangers.is_irc(line)
    assert strangers.refusal(line) is None


def test_a_browser_gets_a_whole_answer() -> None:
    """The page says where to go, and its length is right, so that the browser shows it at once."""
    said = strangers.refusal(b"GET / HTTP/1.1")
    assert said is not None
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head
    assert b"Connection: close" in head
    assert b"telnet" in body


def test_a_tls_hello_is_recognised_and_refused_in_tls() -> None:
    """An encrypted client at a plain door gets a fatal alert instead of a hang."""
    assert strangers.is_tls(b"\x16\x03\x01\x02\x00\x01")
    assert not strangers.is_tls(b"\x16\x02")
    assert not strangers.is_tls(b"alice\r\n")
    assert strangers.tls_refusal() == bytes((21, 3, 1, 0, 2, 2, 40))
