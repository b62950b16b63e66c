"""The little of telnet that a bare terminal needs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.faces.telnet import filter as telnet
from chatd.faces.telnet.filter import (
    ANSWERS,
    DO,
    DONT,
    ECHO,
    IAC,
    IP,
    SB,
    SE,
    SUBNEGOTIATION,
    WILL,
    WONT,
    Heard,
    Telnet,
)


def iac(*numbers: int) -> bytes:
    return bytes((IAC, *numbers))


PIECES = st.lists(
    st.sampled_from([b"a", b"\r\n", b"hello", bytes((IAC,)), iac(IAC), iac(SE), iac(SB), iac(241), iac(WILL), iac(DO)])
    | st.builds(iac, st.sampled_from([WILL, WONT, DO, DONT]), st.integers(0, 255))
    | st.builds(lambda inside: iac(SB) + inside + iac(SE), st.binary(max_size=300))
    | st.binary(max_size=3)
).map(b"".join)


def without_interrupts(data: bytes) -> bytes:
    return data.replace(bytes((IP,)), b"")


@given(PIECES.map(without_interrupts), st.lists(st.integers(0, 10_000)))
def test_the_text_does_not_depend_on_how_the_bytes_come(data: bytes, cuts: list[int]) -> None:
    """Telnet's own bytes vanish and are answered alike, wherever the network cuts."""
    whole, parts = Telnet(), Telnet()
    expected = whole.feed(data)
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    heard = [parts.feed(data[start:end]) for start, end in pairwise(places)]
    assert b"".join(each.text for each in heard) == expected.text
    assert b"".join(each.reply for each in heard) == expected.reply
    assert (parts.hides, parts.spoken) == (whole.hides, whole.spoken)


@given(st.binary().filter(lambda data: IAC not in data))
def test_whoever_speaks_no_telnet_is_let_alone(data: bytes) -> None:
    """What has no byte 255 passes as it is."""
    filter = Telnet()
    assert filter.feed(data) == Heard(data)
    assert not filter.spoken


@pytest.mark.parametrize(
    ("data", "text", "reply"),
    [
        (b"a" + iac(WILL, 3) + b"b", b"ab", iac(DONT, 3)), (b"a" + iac(DO, 3) + b"b", b"ab", iac(WONT, 3)),
        (iac(WONT, 3) + iac(DONT, 3), b"", b""), (iac(IAC), b"\xff", b""), (b"a" + iac(241) + b"b", b"ab", b""),
        (iac(WILL, telnet.BINARY), b"", b""), (iac(WONT, telnet.BINARY), b"", b""),
        (iac(DO, telnet.BINARY), b"", iac(WONT, telnet.BINARY)),
        (iac(DO, ECHO), b"", b""), (iac(DONT, ECHO), b"", b""), (iac(WILL, ECHO), b"", iac(DONT, ECHO)),
        (iac(DO, telnet.TIMING_MARK), b"", iac(WONT, telnet.TIMING_MARK)), (iac(WILL, telnet.TIMING_MARK), b"", b""),
        (b"a" + iac(SB, 24, 0) + b"xterm" + iac(SE) + b"b", b"ab", b""), (iac(SE) + b"x", b"x", b""),
    ],
)  # fmt: skip
def test_what_is_asked_is_answered_with_no(data: bytes, text: bytes, reply: bytes) -> None:
    """A terminal that offers or asks for something is not left waiting; nothing of it is text."""
    assert Telnet().feed(data) == Heard(text, reply)


def test_that_the_peer_hides_what_is_typed_is_noticed() -> None:
    """C{DO ECHO} says that the password does not show, C{DONT ECHO} that it shows again."""
    filter, hidden = Telnet(), []
    for data in (b"x", iac(DO, ECHO), b"x", iac(DONT, ECHO)):
        filter.feed(data)
        hidden.append(filter.hides)
    assert hidden == [False, True, True, False]


def test_ctrl_c() -> None:
    """What stood before it on its line is forgotten, what comes after it is text, and the mark is answered."""
    heard = Telnet().feed(b"half" + iac(IP) + iac(DO, telnet.TIMING_MARK) + b"new")
    assert heard == Heard(b"new", iac(WONT, telnet.TIMING_MARK), interrupted=True, forgets=True)
    assert not Telnet().feed(b"x" + iac(241)).interrupted


def test_negotiation_has_an_end() -> None:
    """Whoever asks for ever is answered 64 times, and costs no more."""
    reply = Telnet().feed(iac(WILL, 3) * 1000).reply
    assert reply == iac(DONT, 3) * ANSWERS
    filter = Telnet()
    assert sum(len(filter.feed(iac(DO, 3)).reply) for _ in range(1000)) == 3 * ANSWERS
    assert ANSWERS == 64


def test_a_subnegotiation_without_end_is_bounded() -> None:
    """No more than 256 bytes of it are kept; what follows is text, which the face then judges."""
    filter = Telnet()
    assert filter.feed(iac(SB) + b"x" * SUBNEGOTIATION).text == b""
    assert filter.feed(b"y" * 100).text == b"x" * SUBNEGOTIATION + b"y" * 100
    assert SUBNEGOTIATION == 256
    longest = iac(SB) + b"x" * SUBNEGOTIATION + iac(SE)
    assert Telnet().feed(longest + b"z").text == b"z"


@given(st.lists(st.binary() | PIECES))
def test_no_bytes_are_a_fault(reads: list[bytes]) -> None:
    """Nothing raises, the answers are bounded, and little is kept."""
    filter = Telnet()
    heard = [filter.feed(data) for data in reads]
    assert sum(len(each.reply) for each in heard) <= 3 * ANSWERS
    assert len(filter._partial) <= SUBNEGOTIATION + 4
