"""Everything that an operator may type is explained, and whatever is wrong with it is said in one sentence."""

import json
import re
import shlex
from argparse import Namespace
from pathlib import Path

import pytest

import chatd
from chatd.admin.alone import CHORES
from chatd.admin.errors import AdminError
from chatd.admin.main import _next, parser, run
from chatd.admin.orders import ORDERS
from chatd.core import commands, events

COMMANDS = """
    user add|list|suspend|restore|role|reset|rename-display
    invite new|list|revoke
    room list|set|purge
    ban list|add|lift
    token list|revoke
    config check
    audit backup restore verify import limits doctor announce stats reload shutdown
"""  # item 8 of issue 3, and what the daemon is told besides


def all_commands() -> list[tuple[str, ...]]:
    """Their words."""
    found: list[tuple[str, ...]] = []
    for line in COMMANDS.strip().splitlines():
        words = line.split()
        if len(words) == 2:
            found += [(words[0], each) for each in words[1].split("|")]
        else:
            found += [(each,) for each in words]
    return found


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What C{--help} says."""
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def typed(*words: str) -> Namespace:
    """What is understood of a command line."""
    return parser().parse_args(words)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The sentence with which a command line is refused."""
    assert run(words) == 1
    written, said = capsys.readouterr()
    assert written == ""
    assert re.fullmatch(r"chatctl: [^\n]+\.\n", said)
    return said.removeprefix("chatctl: ").removesuffix("\n")


def test_every_command_is_there() -> None:
    """And no other."""
    assert sorted([*(each.words for each in ORDERS), *(each.words for each in CHORES)]) == sorted(all_commands())


@pytest.mark.parametrize("words", all_commands(), ids=" ".join)
def test_every_command_is_explained(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """Help says what it does, in a sentence, what each word means, and how it looks; the example is understood."""
    said = told(capsys, *words)
    assert said.startswith(f"usage: chatctl {' '.join(words)} [-h]")
    assert re.search(r"\n\n[A-Z][^\n]*\.\n\n", said)
    example = re.search(r"\nExample: (chatctl .*)\n$", said)
    assert example is not None
    does = parser().parse_args(shlex.split(example[1])[1:]).does
    assert does.words == words
    for line in re.findall(r"^  (\S.*)$", said, re.MULTILINE):
        assert re.search(r"\S {2,}\S", line) or len(line) > 20, f"not explained: {line}"


def test_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """The first help names all the commands, and where the database is looked for."""
    said = told(capsys)
    for words in all_commands():
        assert re.search(rf"^    {words[0]}\s", said, re.MULTILINE)
    assert "--database" in said
    assert "--help shows an example" in said
    for group in ("user", "invite", "room", "ban", "token", "config"):
        for words in all_commands():
            if words[0] == group:
                assert re.search(rf"^    {words[1]}\s", told(capsys, group), re.MULTILINE)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Of chatd."""
    with pytest.raises(SystemExit):
        run(["--version"])
    assert capsys.readouterr().out == f"chatctl {chatd.__version__}\n"


@pytest.mark.parametrize(
    "line", ["--json --database x limits", "limits --json --database x", "--json limits --database x"]
)
def test_flags_before_and_after(line: str) -> None:
    """Nobody has to remember where they belong."""
    given = typed(*line.split())
    assert (given.json, given.database, given.config) == (True, Path("x"), None)


def test_flags_between_words() -> None:
    """As people write them; a word that begins with a hyphen can be given after two."""
    given = typed("ban", "add", "bob", "--for", "2h", "rude", "--json", "words", "--", "--really")
    assert (given.target, given.reason, given.ms, given.json) == ("bob", ["rude", "words", "--really"], 7_200_000, True)


@pytest.mark.parametrize("line", ["", "user", "usr list", "user lst", "user list a b", "limits --nonsense", "backup"])
def test_lines_that_make_no_sense(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They are shown how it is done, and end with status 2."""
    with pytest.raises(SystemExit) as ended:
        run(line.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: chatctl")


def test_a_bad_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, whatever the command."""
    config = tmp_path / "chatd.toml"
    assert refused(capsys, "--config", str(config), "limits") == f"{config}: No such file or directory."
    config.write_text("lissen = []")
    assert "Did you mean listen?" in refused(capsys, "--config", str(config), "limits")


def test_a_place_that_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the system says is passed on, and not with a traceback."""
    (tmp_path / "file").write_text("in the way")
    database = str(tmp_path / "file" / "x.sqlite")
    assert "file" in refused(capsys, "--database", database, "verify", database)
    assert "none cannot be read: No such file" in refused(
        capsys, "--database", database, "import", str(tmp_path / "none")
    )


def test_the_database_of_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is taken, unless another one is given."""
    config = tmp_path / "chatd.toml"
    config.write_text(f"database = '{tmp_path}/one.sqlite'")
    assert run(["--config", str(config), "config", "check"]) == 0
    assert run(["--config", str(config), "config", "check", "--database", f"{tmp_path}/two.sqlite"]) == 0
    one, two = capsys.readouterr().out.splitlines()
    assert "one.sqlite" in one
    assert "two.sqlite" in two


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """It is written line by line."""
    assert run(["limits", "--json"]) == 0
    written = capsys.readouterr().out
    assert written.count("\n") == 1
    assert json.loads(written)["login-tries"] == 3


# Answers that are not all.


def test_the_next_page() -> None:
    """A long list is asked for page by page, with what was asked for at first."""
    shown = events.AccountShown(name="bob", status="active", role="member", created_at=1, seen_at=None, online=False)
    asked = commands.Accounts(pattern="b")
    page = events.AccountsDone(at=1, accounts=(shown,), more=True)
    assert _next(asked, page) == commands.Accounts(pattern="b", after="bob")
    assert _next(asked, events.AccountsDone(at=1, accounts=(shown,), more=False)) is None

    entry = events.AuditShown(number=7, at=1, actor="a", address="", act="ban", target="b", room="", reason="")
    assert _next(commands.Audit(about="b"), events.AuditDone(at=1, entries=(entry,), more=True)) == commands.Audit(
        about="b", before=7
    )


def test_a_reload_that_was_none() -> None:
    """The answer says so, and so does the exit status."""
    with pytest.raises(AdminError, match="The settings stay as they were: key nmae"):
        _next(commands.Reload(), events.ReloadDone(wrong="key nmae: there is no such key."))
    assert _next(commands.Reload(), events.ReloadDone(wrong=None)) is None
