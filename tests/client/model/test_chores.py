"""What can wait a moment: once, after a pause, and only with a connection."""

from twisted.internet.task import Clock

from chatd.client.model.chores import PAUSE, Chores
from chatd.core.commands import Command, Mark, Names


def test_chores() -> None:
    """Wishes are gathered, nothing is done offline, and what one has left is forgotten."""
    clock, asked = Clock(), list[Command]()
    chores = Chores(clock, asked.append)
    chores.mark("lobby", 3)
    clock.advance(PAUSE)
    assert asked == []
    chores.go_on()
    for seq in (5, 4):
        chores.mark("lobby", seq)
    chores.ask_names("lobby")
    chores.mark("dev", 1)
    chores.forget("dev")
    clock.advance(PAUSE)
    assert asked == [Mark(room="lobby", seq=5), Names(room="lobby")]
    clock.advance(PAUSE)
    assert len(asked) == 2
    chores.mark("lobby", 9)
    chores.pause()
    clock.advance(PAUSE)
    assert len(asked) == 2
    assert not clock.getDelayedCalls()
