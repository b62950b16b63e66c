"""What an operator types becomes the command that is meant; and what is secret is never typed where others see it."""

import io
from argparse import ArgumentTypeError
from typing import Any

import pytest

from chatd.admin.errors import AdminError
from chatd.admin.main import parser
from chatd.admin.orders import ORDERS, Order, lasting, number, span
from chatd.core import commands
from chatd.core.commands import Command

DAY = 86_400_000


def made(*words: str) -> Command:
    """The command that comes of a command line."""
    given = parser().parse_args(words)
    assert isinstance(given.does, Order)
    return given.does.make(given)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("user add bob --generate", commands.AddAccount(name="bob")),
        ("user list", commands.Accounts()),
        ("user list bo", commands.Accounts(pattern="bo")),
        ("user suspend @bob sends adverts", commands.Suspend(name="bob", reason="sends adverts")),
        ("user restore bob", commands.Restore(name="bob")),
        ("user role bob admin", commands.GrantRole(name="bob", role="admin")),
        ("user role bob admin --for 7d", commands.GrantRole(name="bob", role="admin", ms=7 * DAY)),
        ("user reset bob", commands.ResetPassword(name="bob")),
        ("user rename-display bob BOB", commands.RenameAccount(name="bob", shown="BOB")),
        ("invite new", commands.MakeInvitation()),
        (
            "invite new club --uses 3 --for forever --role guest",
            commands.MakeInvitation(label="club", uses=3, ms=0, role="guest"),
        ),
        ("invite list", commands.Invitations()),
        ("invite revoke 3", commands.RevokeInvitation(number=3)),
        ("room list te", commands.Rooms(pattern="te")),
        ("room set #tea", commands.RoomSet(room="tea")),
        ("room set tea slow 10s", commands.RoomSet(room="tea", name="slow", value="10s")),
        ("room purge tea --older 0s", commands.PurgeRoom(room="tea", ms=0)),
        ("room purge tea --older 30d", commands.PurgeRoom(room="tea", ms=30 * DAY)),
        ("ban list", commands.Bans()),
        ("ban list --room #tea", commands.Bans(room="tea")),
        ("ban add 192.0.2.0/24", commands.Ban(target="192.0.2.0/24")),
        ("ban add bob --for 2h is rude --room tea", commands.Ban(room="tea", target="bob", ms=7200_000,
                                                                 reason="is rude")),
        ("ban add --mute --for forever bob", commands.Mute(target="bob", ms=0)),
        ("ban lift bob", commands.Unban(target="bob")),
        ("ban lift bob --mute --room tea", commands.Unmute(room="tea", target="bob")),
        ("token list bob", commands.Tokens(account="bob")),
        ("token revoke bob 2", commands.RevokeToken(account="bob", number=2)),
        ("audit", commands.Audit()),
        ("audit #tea --since 7d", commands.Audit(about="#tea", ago=7 * DAY)),
        ("announce tea is ready", commands.Announce(text="tea is ready")),
        ("stats", commands.Stats()),
        ("reload", commands.Reload()),
        ("shutdown", commands.Shutdown()),
    ],
)  # fmt: skip
def test_orders(typed: str, command: Command) -> None:
    """Each is what it says; flags may stand between the words."""
    assert made(*typed.split()) == command


def test_every_order_was_tried() -> None:
    """The table above holds all of them."""
    marks: Any = getattr(test_orders, "pytestmark")  # noqa: B009
    tried = [typed for typed, _ in marks[0].args[1]]
    words = [" ".join(each.words) for each in ORDERS]
    assert [each for each in words if not any(f"{typed} ".startswith(f"{each} ") for typed in tried)] == []


# Times and numbers.


@pytest.mark.parametrize(
    ("typed", "ms"), [("90s", 90_000), ("30m", 1_800_000), ("2h", 7_200_000), ("7d", 7 * DAY), ("1w", 7 * DAY)]
)
def test_times(typed: str, ms: int) -> None:
    """As people write them."""
    assert span(typed) == lasting(typed) == ms


def test_forever() -> None:
    """It is how long something may last, but nothing is older than that."""
    assert lasting("forever") == 0
    with pytest.raises(ArgumentTypeError):
        span("forever")


@pytest.mark.parametrize("typed", ["", "7", "d", "-1d", "7 d", "1y", "1d2h", "0h", "1.5h", "forever!"])
def test_no_times(typed: str) -> None:
    """What is none is said to be none, with one that would be; nothing lasts for no time."""
    with pytest.raises(ArgumentTypeError, match="7d"):
        lasting(typed)


@pytest.mark.parametrize("typed", ["0", "-1", "one", "1.5", "", "9" * 20])
def test_no_numbers(typed: str) -> None:
    """They begin with 1."""
    with pytest.raises(ArgumentTypeError, match="from 1 on"):
        number(typed)


@pytest.mark.parametrize(
    "typed",
    ["room purge tea", "room purge tea --older forever", "user role bob king", "invite new --uses 0",
     "ban add bob --for 2", "token revoke bob one", "announce", "audit --since forever",
     "invite new --role owner"],
)  # fmt: skip
def test_lines_that_make_no_sense(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They end with status 2, and with a word about what is wrong."""
    with pytest.raises(SystemExit) as ended:
        made(*typed.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("chatctl ")


# Secrets.


class Typing:
    """A terminal at which somebody types secrets, one after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
        self.asked: list[str] = []
        self._typed = iter(typed)
        screen = io.StringIO()
        monkeypatch.setattr(screen, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", screen)
        monkeypatch.setattr("getpass.getpass", self._ask)

    def _ask(self, prompt: str) -> str:
        self.asked.append(prompt)
        return next(self._typed)


def test_a_password_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for twice, with nothing shown."""
    typing = Typing(monkeypatch, "plum harbour", "plum harbour")
    assert made("user", "add", "bob") == commands.AddAccount(name="bob", password="plum harbour")
    assert typing.asked == ["Password for bob: ", "Once more: "]


def test_a_slip_of_the_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is done."""
    Typing(monkeypatch, "plum harbour", "plum harbor")
    with pytest.raises(AdminError, match="not the same"):
        made("user", "add", "bob")


def test_a_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first line, and all of that."""
    monkeypatch.setattr("sys.stdin", io.StringIO(" plum harbour \r\nmore\n"))
    assert made("user", "add", "bob") == commands.AddAccount(name="bob", password=" plum harbour ")


@pytest.mark.parametrize("words", [("user", "add", "bob"), ("room", "set", "tea", "key")])
def test_no_secret(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    """Whoever gives none is told so; none is made up for want of one."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(AdminError, match="nothing was given"):
        made(*words)
    Typing(monkeypatch, "", "")
    with pytest.raises(AdminError, match="nothing was given"):
        made(*words)


def test_a_password_that_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked for it."""
    typing = Typing(monkeypatch)
    assert made("user", "add", "bob", "--generate") == commands.AddAccount(name="bob")
    assert typing.asked == []


def test_no_flag_takes_a_secret() -> None:
    """On a command line everybody can see it who can see the list of processes."""
    taken = {taken for each in ORDERS for names, _ in each.flags for taken in names}
    assert not {each for each in taken if "pass" in each or "secret" in each or "key" in each}


def test_a_key_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a password is."""
    Typing(monkeypatch, "sesame", "sesame")
    assert made("room", "set", "tea", "key") == commands.RoomSet(room="tea", name="key", value="sesame")
    with pytest.raises(AdminError, match="not for the command line"):
        made("room", "set", "tea", "key", "sesame")


def test_a_setting_without_a_value() -> None:
    """It is not taken for a question."""
    with pytest.raises(AdminError, match="slow needs a value"):
        made("room", "set", "tea", "slow")
