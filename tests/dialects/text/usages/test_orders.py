"""What moderators order."""

import pytest

from chatd.core import commands
from chatd.core.commands import Ban, Command, Kick, Mute
from tests.dialects.text.doubles import DAY, assert_is_refused, read

CHRISTMAS_EVE = 1_798_070_400_000


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/kick bob", Kick(room="lobby", target="bob")),
        ("/kick @bob being  loud", Kick(room="lobby", target="bob", reason="being  loud")),
        ("/kick #dev bob 7d", Kick(room="dev", target="bob", reason="7d")),
        ("/kick @site", Kick(room="lobby", target="site")),
        ("/ban bob", Ban(room="lobby", target="bob")),
        ("/ban bob spam", Ban(room="lobby", target="bob", reason="spam")),
        ("/ban bob 7d", Ban(room="lobby", target="bob", ms=7 * DAY)),
        ("/ban #dev bob 1w much spam", Ban(room="dev", target="bob", ms=7 * DAY, reason="much spam")),
        ("/ban site bob forever spam", Ban(room=None, target="bob", ms=0, reason="spam")),
        ("/ban bob 2026-12-24 spam", Ban(room="lobby", target="bob", until=CHRISTMAS_EVE, reason="spam")),
        ("/ban SITE 192.0.2.0/24 2h", Ban(room=None, target="192.0.2.0/24", ms=DAY // 12)),
        ("/ban 2001:db8::/32", Ban(room="lobby", target="2001:db8::/32")),
        ("/mute bob 10m shouting", Mute(room="lobby", target="bob", ms=600_000, reason="shouting")),
        ("/mute bob be quiet", Mute(room="lobby", target="bob", reason="be quiet")),
        ("/mute site bob forever", Mute(room=None, target="bob", ms=0)),
        ("/unban bob", commands.Unban(room="lobby", target="bob")),
        ("/unban site 192.0.2.0/24", commands.Unban(room=None, target="192.0.2.0/24")),
        ("/unmute #dev @bob", commands.Unmute(room="dev", target="bob")),
        ("/bans", commands.Bans(room="lobby")), ("/bans #dev", commands.Bans(room="dev")),
        ("/bans site", commands.Bans(room=None)), ("/undo", commands.Undo()),
    ],
)  # fmt: skip
def test_what_a_line_asks_for(line: str, command: Command) -> None:
    """Where, whom, for how long, why: here where nothing else is said, and the usual time."""
    assert read(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "/kick", "/kick #dev", "/kick site bob", "/ban", "/ban site", "/ban #dev", "/ban bob 0m", "/ban " + "x" * 129,
        "/mute", "/mute bob 0d spam", "/unban", "/unban a b", "/unmute site", "/bans bob", "/bans site x", "/undo 5",
    ],
)  # fmt: skip
def test_wrong_words(line: str) -> None:
    """Whoever gets it wrong reads how it is right."""
    assert_is_refused(line)
