"""The words after chatc-gui."""

from pathlib import Path

import pytest
from twisted.python.usage import UsageError

from chatd.client.commandline import choose
from chatd.client.gui.main import CommandLine, main, percent_of


def read(*words: str) -> CommandLine:
    """The words after chatc-gui."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    options.parseOptions(words)  # type: ignore[no-untyped-call]
    return options


def test_they_mean_what_they_mean_after_chatc(tmp_path: Path) -> None:
    """The settings say where a server is, and who one is there; the command line knows better."""
    settings = tmp_path / "chatc.toml"
    settings.write_text('bell = false\n[servers.home]\naddress = "tls:chat.example.org"\nlogin = "alice"\n')
    choice = choose(read("--config", str(settings), "--no-remember", "home"), {})
    assert (choice.where, choice.title, choice.login) == ("tls:chat.example.org", "home", "alice")
    assert (choice.bell, choice.remember, choice.register) == (False, False, False)
    assert choose(read("--config", str(settings), "--login", "bob", "home"), {}).login == "bob"


@pytest.mark.parametrize("typed", ["200", "200%"])
def test_scale(typed: str) -> None:
    """In percent."""
    assert percent_of(read("--scale", typed)["scale"]) == 200


@pytest.mark.parametrize("typed", ["9", "large", "-100"])
def test_what_makes_no_sense(typed: str) -> None:
    """It is said."""
    with pytest.raises(UsageError):
        percent_of(typed)


def test_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One sentence, before there is a window."""
    assert main(["--nonsense"]) == 2
    assert main(["--config", str(tmp_path / "none.toml")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(line.startswith("chatc-gui: ") for line in told)
