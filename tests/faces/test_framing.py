"""Bytes to lines: nothing is lost, nothing is doubled, nothing is looked at twice."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.faces.framing import Lines

BYTES = st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\0", b"\r\n", b"\r\0", b"\xff", b"hello"])).map(b"".join)
PLENTY = 10**6


def naive(data: bytes) -> list[bytes]:
    """The rule in three lines."""
    *whole, _unfinished = data.replace(b"\r\0", b"\r\n").split(b"\n")
    return [line.removesuffix(b"\r") for line in whole]


def chunks(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(places) if start < end]


def drain(lines: Lines, limit: int = PLENTY) -> list[bytes | None]:
    """Take what is due, up to the first line that is too long."""
    taken: list[bytes | None] = []
    while lines.is_due(limit) and taken[-1:] != [None]:
        taken.append(lines.take(limit))
    return taken


@given(BYTES | st.binary(), st.lists(st.integers(0, 10_000)), st.booleans())
def test_lines_do_not_depend_on_how_the_bytes_come(data: bytes, cuts: list[int], patient: bool) -> None:
    """However the network cuts it, whoever types a line has typed that line."""
    lines, taken = Lines(), []
    for chunk in chunks(data, cuts):
        lines.feed(chunk)
        if not patient:
            taken += drain(lines)
    taken += drain(lines)
    assert taken == naive(data)
    assert len(lines) == len(data.replace(b"\r\0", b"\r\n").rpartition(b"\n")[2])


@given(BYTES, st.lists(st.integers(0, 10_000)), st.integers(1, 6))
def test_the_limit_does_not_depend_on_how_the_bytes_come(data: bytes, cuts: list[int], limit: int) -> None:
    """A line is too long or not, whatever the network does; what comes before it is obeyed."""
    lines, taken = Lines(), []
    for chunk in chunks(data, cuts):
        lines.feed(chunk)
        taken += drain(lines, limit)
        if taken[-1:] == [None]:
            break
    expected: list[bytes | None] = []
    for line in naive(data):
        expected.append(line if len(line) <= limit else None)
        if len(line) > limit:
            break
    if taken[-1:] == [None] and expected[-1:] != [None]:
        assert len(data.replace(b"\r\0", b"\r\n").rpartition(b"\n")[2]) > limit, "the unfinished line is too long"
        expected.append(None)
    assert taken == expected


@pytest.mark.parametrize(
    ("data", "limit", "taken"),
    [
        (b"12345\n", 5, [b"12345"]), (b"12345\r\n", 5, [b"12345"]), (b"123456\n", 5, [None]),
        (b"123456\r\n", 5, [None]), (b"123456", 5, []), (b"12345\r", 5, []), (b"1234567", 5, [None]),
        (b"12345\r\r\n", 5, [None]), (b"1\n1234567", 5, [b"1", None]),
    ],
)  # fmt: skip
def test_where_the_limit_is(data: bytes, limit: int, taken: list[bytes | None]) -> None:
    """A line of exactly the limit passes with any ending; one byte more does not."""
    lines = Lines()
    lines.feed(data)
    assert drain(lines, limit) == taken


def test_what_has_begun_can_be_forgotten() -> None:
    """Ctrl-C forgets the line that is being typed, and no line that was sent."""
    lines = Lines()
    lines.feed(b"sent\nhalf ty")
    lines.clear_last()
    lines.feed(b"new\n")
    assert drain(lines) == [b"sent", b"new"]
    lines.feed(b"half\r")
    lines.clear_last()
    lines.feed(b"\0x\n")
    assert drain(lines) == [b"\0x"]


def test_everything_can_be_forgotten() -> None:
    """A connection that ends keeps nothing."""
    lines = Lines()
    lines.feed(b"one\ntwo")
    lines.take(10)
    lines.clear()
    assert (len(lines), lines.is_due(1)) == (0, False)
    lines.feed(b"three\n")
    assert drain(lines) == [b"three"]


def test_the_work_is_linear() -> None:
    """A megabyte of newlines costs milliseconds per hundred kilobyte, and a line that comes byte by byte too."""
    begun = process_time()
    lines = Lines()
    lines.feed(b"\n" * 200_000)
    assert len(drain(lines)) == 200_000
    for _ in range(16_000):
        lines.feed(b"x")
        assert not lines.is_due(16_384)
    assert process_time() - begun < 3
