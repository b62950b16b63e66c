"""What moderators ordered."""

from typing import Any

import pytest

from chatd.core import events
from chatd.core.events import Answer, BanShown
from tests.dialects.text.doubles import DAY, NOON, told


def ban(**values: Any) -> BanShown:
    usual: dict[str, Any] = {
        "number": 1, "effect": "ban", "room": "dev", "target": "bob", "reason": "spam", "set_by": "carol",
        "set_at": NOON - DAY, "until": NOON + DAY,
    }  # fmt: skip
    return BanShown(**(usual | values))


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (events.KickDone(room="dev", target="bob"), ["-- bob is out of #dev."]),
        (events.BanDone(room="dev", target="bob", until=NOON),
         ["-- bob is banned from #dev until 19 December 2025 12:00. /undo takes it back."]),
        (events.BanDone(room=None, target="192.0.2.0/24", until=None),
         ["-- 192.0.2.0/24 is banned from the whole site for ever. /undo takes it back."]),
        (events.MuteDone(room="dev", target="bob", until=None),
         ["-- bob is muted in #dev for ever. /undo takes it back."]),
        (events.UnbanDone(room="dev", target="bob"), ["-- bob is no longer banned from #dev."]),
        (events.UnmuteDone(room=None, target="bob"), ["-- bob is no longer muted in the whole site."]),
        (events.BansDone(at=NOON, bans=()), ["-- Nobody is banned or muted there."]),
        (events.BansDone(at=NOON, bans=(ban(), ban(effect="mute", room=None, until=None, reason=""))),
         ["-- bob is banned from #dev until tomorrow 12:00, by carol yesterday 12:00 (spam)",
          "-- bob is muted in the whole site for ever, by carol yesterday 12:00"]),
        (events.BansDone(at=NOON, bans=(ban(effect="exception", target="x!*@*", until=None, reason=""),)),
         ["-- x!*@* is an exception to bans and mutes in #dev for ever, by carol yesterday 12:00"]),
        (events.MaskDone(room="dev", list="ban", mask="x!*@*", on=True), ["-- x!*@* is banned from #dev."]),
        (events.MaskDone(room="dev", list="invitation", mask="x!*@*", on=False),
         ["-- x!*@* is no longer invited to #dev."]),
        (events.MasksDone(room="dev", list="mute", masks=()), ["-- There is nothing on that list."]),
        (events.MasksDone(room="dev", list="mute",
                          masks=(events.MaskShown(mask="x!*@*", set_by="carol", set_at=NOON),)),
         ["-- x!*@* is muted in #dev, by carol 19 December 2025 12:00"]),
        (events.UndoDone(act="ban", target="bob", room="dev"), ["-- Taken back: ban bob in #dev."]),
        (events.UndoDone(act="ban", target="bob", room=""), ["-- Taken back: ban bob."]),
    ],
)  # fmt: skip
def test_answers(answer: Answer, lines: list[str]) -> None:
    """Whom, where, until when, and how it is taken back."""
    assert told(answer) == lines
