"""What chatctl writes can be read by people, and parsed by programs."""

import io
import json

import msgspec
import pytest

from chatd.admin.screen import Bar, Sheet, as_json, moment
from chatd.core import events
from chatd.core.events import Answer

NOW = 1_766_000_000_000
SECRET = "d27p-zcjt-kc28-8ejb"


class Screen(io.StringIO):
    """A terminal, or something that is none."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def lines(answer: Answer) -> list[str]:
    """What is written for people."""
    return list(Sheet().lines(answer))


def account(name: str, seen_at: int | None = None) -> events.AccountShown:
    """A row of a list."""
    return events.AccountShown(
        name=name, status="active", role="member", created_at=NOW, seen_at=seen_at, online=bool(seen_at)
    )


def accounts(*names: str) -> events.AccountsDone:
    """A page of a list."""
    return events.AccountsDone(at=NOW, accounts=tuple(account(name) for name in names), more=False)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (events.AccountAdded(name="bob", password=None), "bob is an account now."),
        (events.SuspendDone(name="bob"), "bob is logged out, and cannot log in any more."),
        (events.RestoreDone(name="bob"), "bob can log in again."),
        (events.GrantRoleDone(name="bob", role="admin", until=None), "bob has the role admin for ever."),
        (
            events.GrantRoleDone(name="bob", role="admin", until=NOW),
            f"bob has the role admin until {moment(NOW)}.",
        ),
        (events.RenameDone(name="Bob"), "The name is written Bob now."),
        (events.RevokeInvitationDone(number=3), "Invitation 3 is worth nothing now."),
        (events.RevokeTokenDone(number=3, label="phone"), "Token 3 (phone) is worth nothing now."),
        (events.BanDone(room=None, target="bob", until=None), "bob is banned from this server for ever."),
        (events.MuteDone(room="tea", target="bob", until=None), "bob is muted in #tea for ever."),
        (events.UnbanDone(room="tea", target="bob"), "bob is no longer banned from #tea."),
        (events.UnmuteDone(room=None, target="bob"), "bob is no longer muted in this server."),
        (events.PurgeRoomDone(room="tea", messages=1), "1 line of #tea thrown away."),
        (events.PurgeRoomDone(room="tea", messages=0), "0 lines of #tea thrown away."),
        (events.AnnounceDone(people=2), "2 accounts heard it."),
        (events.ReloadDone(wrong=None), "The configuration was read again."),
        (events.ShutdownDone(), "The daemon stops."),
    ],
)
def test_sentences(answer: Answer, said: str) -> None:
    """Whatever was done is said in one sentence."""
    assert lines(answer) == [said]


@pytest.mark.parametrize(
    "answer",
    [
        events.AccountAdded(name="bob", password=SECRET),
        events.PasswordReset(name="bob", password=SECRET),
        events.InvitationMade(number=1, code=SECRET, expires_at=None),
    ],
)
def test_a_secret_has_a_line_of_its_own(answer: Answer) -> None:
    """So it can be copied whole; and it is said that it is not shown again."""
    said, secret = lines(answer)
    assert secret == SECRET
    assert said.endswith("not shown again:")


def test_columns() -> None:
    """A list has a heading, and its columns are below one another."""
    page = events.AccountsDone(at=NOW, accounts=(account("al"), account("barbara", NOW)), more=False)
    assert lines(page) == [
        "name     status  role    created at           seen at              online",
        f"al       active  member  {moment(NOW)}  never                no",
        f"barbara  active  member  {moment(NOW)}  {moment(NOW)}  yes",
    ]


def test_pages_of_one_list_have_one_heading() -> None:
    """And the columns of the second page are not narrower than those of the first."""
    sheet = Sheet()
    first = list(sheet.lines(accounts("barbara")))
    second = list(sheet.lines(accounts("al")))
    assert [len(first), len(second)] == [2, 1]
    assert first[1].index("active") == second[0].index("active")


def test_a_list_of_nothing() -> None:
    """That is said, too."""
    assert lines(accounts()) == ["There are none."]


def test_what_holds_for_ever_or_everywhere() -> None:
    """Nobody has to guess what an empty column means."""
    ban = events.BanShown(
        number=1, effect="ban", room=None, target="bob", reason="", set_by="operator", set_at=NOW, until=None
    )
    _, row = lines(events.BansDone(at=NOW, bans=(ban,)))
    assert "everywhere" in row
    assert row.endswith("for ever")


@pytest.mark.parametrize("at", [2**53, 2**62, 253_402_300_800_000])
def test_what_no_calendar_has(at: int) -> None:
    """It is shown, and nothing breaks off for it."""
    assert moment(at) == "far away"


def test_rooms() -> None:
    """What is no matter of the operator's has no column."""
    room = events.RoomListed(room="tea", topic="biscuits", people=2, member=False, access="open", invited=False)
    shown = lines(events.RoomsDone(rooms=(room,)))
    assert [line[:30] for line in shown] == ["room  topic     people  access", "tea   biscuits  2       open  "]
    assert shown[0].endswith("access  created at")


def test_names_and_values() -> None:
    """As of the statistics, and of a room's settings."""
    assert lines(events.StatsDone(stats={"people": 2, "uptime-seconds": 1.5})) == [
        "people          2",
        "uptime-seconds  1.5",
    ]
    assert lines(events.RoomSetDone(room="tea", settings={"slow": "10s", "listed": "on"})) == [
        "slow    10s",
        "listed  on",
    ]
    assert lines(events.StatsDone(stats={})) == []


def test_json() -> None:
    """One object a line, with all that there is, and with numbers as numbers."""
    written = as_json(accounts("bob"))
    assert "\n" not in written
    assert json.loads(written)["accounts"][0]["created_at"] == NOW
    assert msgspec.json.decode(written, type=events.AccountsDone) == accounts("bob")


def test_a_bar() -> None:
    """It grows in its place, and the line ends when the work does."""
    screen = Screen(True)
    bar = Bar("copying", screen)
    for done in range(0, 1001):
        bar(done, 1000)
    drawn = screen.getvalue().split("\r")[1:]
    assert len(drawn) == 31
    assert drawn[0] == f"copying [{'.' * 30}] 0/1000"
    assert drawn[15] == f"copying [{'#' * 15}{'.' * 15}] 500/1000"
    assert drawn[-1] == f"copying [{'#' * 30}] 1000/1000\n"


def test_a_bar_of_nothing() -> None:
    """Work that is none is done at once."""
    screen = Screen(True)
    Bar("hashing", screen)(0, 0)
    assert screen.getvalue().endswith("0/0\n")


def test_a_bar_where_nobody_looks() -> None:
    """Nothing of it gets into a file."""
    screen = Screen(False)
    Bar("copying", screen)(1, 2)
    assert screen.getvalue() == ""
