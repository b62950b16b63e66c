"""Whatever is said of people, the connection stays, each line is answered as a line, and nothing of ours fails."""

from itertools import product

import pytest

from chatd.core.settings.limits import Limits
from tests.dialects.irc.clients import connected, guest, world

PLENTY = Limits(line_burst=10**9, lines_per_second=1e9, refusals_in_a_row=10**9)
CAPS = ("batch", "labeled-response", "draft/metadata-2", "draft/pre-away", "setname", "extended-monitor")
COMMANDS = ("WHO", "WHOIS", "WHOWAS", "USERHOST", "ISON", "AWAY", "SETNAME", "MONITOR", "METADATA")
WORDS = (
    "", "*", "foo", "foo,,bar", "#x", "#", "@foo", "!", "*" * 200 + "x", "x" * 400, "\1", "\x02", "\x1b[2J",
    "\N{SNOWMAN}" * 100, "\u202e", ":", " ", "a:", "\\", "-1", "9" * 60, "%", "%tcuihsnfdlaor,9999", "o%", "+", "S",
    "SET", "SYNC", "SUB",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_words_that_mean_harm(command: str) -> None:
    """With none, one or two of them, before the registration and after it, with a label and without."""
    place = world(limits=PLENTY)
    foo, stranger = guest(place, "foo", *CAPS), connected(place)
    foo.sends("JOIN #x")
    stranger.sends("CAP LS 302", f"CAP REQ :{' '.join(CAPS)}")
    for first, last in product((None, *(word for word in WORDS if word and word[0] != ":" and word != " ")), WORDS):
        line = f"{command} :{last}" if first is None else f"{command} {first} :{last}"
        if len(line.encode()) > 500:
            continue
        told = foo.sends(line, f"@label=x {line}") + stranger.sends(line)
        assert any(each.tags.get("label") == "x" for each in told), line
        bare = [each.line.partition(" ")[2] if each.tags else each.line for each in told]
        assert all(len(each.encode()) <= 510 for each in bare)
        assert not any("fault" in each.line for each in told), told
    assert not foo.is_closed
    assert not stranger.is_closed
