"""The words after chatc-gui."""

from pathlib import Path

import pytest
from twisted.python.usage import UsageError

from chatd.client.gui.main import Choice, CommandLine, main
from chatd.client.settings import Named, Settings

FINGERPRINT = "SHA256:" + ":".join(["AB"] * 32)


def choose(*words: str, settings: Settings | None = None) -> Choice:
    """What is meant."""
    options = CommandLine()  # type: ignore[no-untyped-call]
    options.parseOptions(words)  # type: ignore[no-untyped-call]
    return Choice(options, settings or Settings())


def test_nothing_said() -> None:
    """The server on this machine, whose logins are kept."""
    choice = choose()
    assert (choice.server, choice.login, choice.percent, choice.remember, choice.bell) == (
        "127.0.0.1:9999", "", 100, True, True,
    )  # fmt: skip


def test_a_server_by_name() -> None:
    """The settings say where it is, and who one is there; the command line knows better."""
    home = Named("tls:chat.example.org", login="alice", room="dev", trust=FINGERPRINT)
    settings = Settings(default="home", bell=False, remember=False, servers={"home": home})
    choice = choose(settings=settings)
    assert (choice.server, choice.title, choice.login, choice.room) == ("tls:chat.example.org", "home", "alice", "dev")
    assert (choice.fingerprint, choice.bell, choice.remember) == (FINGERPRINT, False, False)
    assert choose("--login", "bob", "home", settings=settings).login == "bob"
    assert choose("other:1", settings=settings).server == "other:1"


@pytest.mark.parametrize("typed", ["200", "200%"])
def test_scale(typed: str) -> None:
    """In percent."""
    assert choose("--scale", typed).percent == 200


@pytest.mark.parametrize("words", [("--scale", "9"), ("--scale", "large"), ("--trust", "me")])
def test_what_makes_no_sense(words: tuple[str, ...]) -> None:
    """It is said."""
    with pytest.raises(UsageError):
        choose(*words)


def test_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One sentence, before there is a window."""
    assert main(["--nonsense"]) == 2
    assert main(["--config", str(tmp_path / "none.toml")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(line.startswith("chatc-gui: ") for line in told)
