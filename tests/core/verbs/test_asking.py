"""What most commands come down to: checked, then written or read."""

from chatd.core import events
from chatd.core.commands import Bans, Kick, Say
from tests.core.doubles import Voice, alone


def test_what_is_written_is_checked_first() -> None:
    """Nothing reaches the store that was not checked, and what reaches it is folded."""
    alice = Voice(alone(), "alice").joins("dev")
    before = alice.world.database.commits
    assert alice.is_refused(Say(room="dev", text="a\x1bb")).code == "bad-text"
    assert alice.world.database.commits == before
    assert alice.asks(Say(room="#DEV", text="cafe\u0301"), events.SayDone).room == "dev"
    assert alice.world.database.rows("SELECT body FROM messages WHERE kind = 'text'") == [("caf\u00e9",)]


def test_what_is_read_is_checked_first() -> None:
    """A question about what can be no name is refused as such."""
    alice = Voice(alone(), "alice").joins("dev")
    assert alice.is_refused(Bans(room="d e v")).code == "bad-name"
    assert alice.asks(Bans(room="DEV"), events.BansDone).bans == ()
    assert alice.is_refused(Kick(room="dev", target="")).code == "bad-name"
