"""One's own account."""

import json
import unicodedata

import pytest

from chatd.core import events
from chatd.core.events import Answer, SessionShown, TokenShown
from tests.dialects.text.doubles import DAY, HOUR, NOON, told

LAPTOP = TokenShown(
    number=3, kind="app", label="laptop", created_at=NOON - DAY, used_at=NOON - HOUR, used_from="198.51.100.7",
    expires_at=NOON + 30 * DAY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        (events.PasswdDone(), ["-- Your password is changed."]),
        (events.SetDone(settings={"time": "on", "zone": ""}), ["-- Settings: time on, zone -"]),
        (events.SessionsDone(at=NOON, sessions=(
            SessionShown(number=1, face="telnet", address="127.0.0.1", since=NOON - DAY, active_at=NOON, mine=True),
            SessionShown(number=2, face="json", address="::1", since=NOON - HOUR, active_at=NOON - HOUR, mine=False),
        )), ["-- [1] telnet from 127.0.0.1 since yesterday 12:00, last active today 12:00 (this one)",
             "-- [2] json from ::1 since today 11:00, last active today 11:00"]),
        (events.LogoutDone(sessions=1, tokens=0), ["-- 1 session ended, no token revoked."]),
        (events.LogoutDone(sessions=2, tokens=3), ["-- 2 sessions ended, 3 tokens revoked."]),
        (events.TokenMade(number=3, label="laptop", token="abc-DEF_1", expires_at=NOON + 30 * DAY),
         ['-- Token 3, "laptop", stands for your password until 18 January 2026. Nobody shows it again:',
          "-- abc-DEF_1"]),
        (events.CertificateAdded(number=4, label="laptop", fingerprint="ab" * 32, expires_at=NOON + 30 * DAY),
         ['-- Certificate 4, "laptop", stands for your password. Unused, until 18 January 2026:', "-- " + "ab" * 32]),
        (events.TokensDone(at=NOON, tokens=()), ["-- You have no tokens. /token new LABEL makes one."]),
        (events.TokensDone(at=NOON, tokens=(LAPTOP,)),
         ['-- [3] app "laptop" used today 11:00 from 198.51.100.7, good until 18 January 2026 12:00']),
        (events.RevokeTokenDone(number=3, label="laptop"), ['-- Token 3, "laptop", is worth nothing now.']),
        (events.AwayDone(text="lunch"), ["-- You are away: lunch. /back says that you are here again."]),
        (events.AwayDone(text="away"), ["-- You are away. /back says that you are here again."]),
        (events.AwayDone(text=None), ["-- You are back."]),
        (events.IgnoreDone(names=("bob", "carol")),
         ["-- You ignore bob, carol. /unignore NAME hears somebody again."]),
        (events.UnignoreDone(names=()), ["-- You ignore nobody."]),
        (events.Claimed(role="owner"), ["-- You are owner of this server now."]),
        (events.ExportDone(records=({"kind": "account", "name": "alice"}, {"kind": "said", "text": "hi"}), next=4711),
         ['{"kind":"account","name":"alice"}', '{"kind":"said","text":"hi"}', "-- /export 4711 goes on."]),
        (events.ExportDone(records=(), next=None), ["-- That is all."]),
        (events.Erased(name="alice"), ["-- The account alice is no more. Good-bye."]),
    ],
)  # fmt: skip
def test_answers(answer: Answer, lines: list[str]) -> None:
    """Every answer is a sentence or more; a secret stands alone on its line, to be copied."""
    assert told(answer) == lines


def test_an_export_is_json_and_moves_no_cursor() -> None:
    """Whatever a record holds, each is one line that a program reads back as it was."""
    odd = "".join(map(chr, (*range(0xA0), 0x2028, 0x2029, 0x202E, 0x2066))) + "漢é"
    line, end = told(events.ExportDone(records=({"text": odd},), next=None))
    assert end == "-- That is all."
    assert json.loads(line) == {"text": odd}
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp") for each in line)
