"""One stream's transport: read on or not, and end well."""

from collections.abc import Callable

import pytest
from twisted.internet.interfaces import ISSLTransport, ITCPTransport
from twisted.internet.task import Clock
from zope.interface import Interface

from chatd.faces.outbox import Flusher, Outbox
from chatd.faces.wire import Wire
from chatd.testing import PeerTransport
from tests.faces.doubles import transport


def wire(*kinds: type[Interface]) -> tuple[Wire, PeerTransport, Outbox]:
    made, clock = transport(*kinds), Clock()
    outbox = Outbox(made, Flusher(clock), clock, 1000, lambda: None, lambda: None)
    return Wire(made, outbox), made, outbox


def test_the_outbox_hears_when_the_transport_is_full() -> None:
    """It is a streaming producer."""
    _, made, outbox = wire()
    assert (made.producer, made.streaming) == (outbox, True)


def test_reading_stops_and_goes_on() -> None:
    """Said twice, it is done once."""
    one, made, _ = wire()
    states = []
    for on in (True, False, False, True, True):
        one.read(on)
        states.append(made.producerState)
    assert states == ["producing", "paused", "paused", "producing", "producing"]


@pytest.mark.parametrize(
    ("kinds", "half", "half_closed"),
    [
        ((ITCPTransport,), True, True),
        ((ITCPTransport,), False, False),
        ((), True, False),
        ((ISSLTransport,), True, False),
    ],
)
def test_the_end_lets_the_peer_read_the_last_words(
    kinds: tuple[type[Interface], ...], half: bool, half_closed: bool
) -> None:
    """What is owed is written; over TCP only our direction is closed, so that no reset eats it; what comes is read."""
    one, made, outbox = wire(*kinds)
    outbox.put(b"last words")
    one.read(False)
    one.end(5.0, half=half)
    assert made.io.getvalue() == b"last words"
    assert (made.half_closed, made.disconnecting) == (half_closed, not half_closed)
    assert (made.producer, made.producerState, one.ending_at) == (None, "producing", 5.0)


def test_the_other_half_and_the_hard_end() -> None:
    """When the peer has closed too, nothing stays; and an end without a word is one."""
    one, made, _ = wire(ITCPTransport)
    states = []
    steps: list[Callable[[], None]] = [lambda: one.end(0.0, half=True), one.hang_up, one.abort]
    for step in steps:
        step()
        states.append((made.half_closed, made.disconnecting, made.aborted))
    assert states == [(True, False, False), (True, True, False), (True, True, True)]
