"""chatc as people run it: at the end of a pipe, and in a window of C{tmux}, whose screen is what a person sees."""

import os
import subprocess
import sysconfig
from pathlib import Path

from tests.integration.daemon import HOST, environment
from tests.integration.peers import PASSWORD
from tests.integration.tmux import Screen

CHATC = Path(sysconfig.get_path("scripts")) / "chatc"


def at_home(place: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who has a home in one test only."""
    homes = {"XDG_STATE_HOME": str(place / "state"), "XDG_CONFIG_HOME": str(place / "config"), "HOME": str(place)}
    return environment(**homes, LC_ALL="C.UTF-8", **more)


def pipe(
    place: Path, port: int, *options: str, said: str, password: str | None = PASSWORD
) -> "subprocess.CompletedProcess[str]":
    """What becomes of C{printf SAID | chatc OPTIONS HOST:PORT}."""
    given = {} if password is None else {"CHATC_PASSWORD": password}
    return subprocess.run(
        [str(CHATC), *options, f"{HOST}:{port}"],
        input=said, env=at_home(place, **given), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


class Window(Screen):
    """chatc in a window of tmux."""

    def __init__(self, place: Path, *words: str, then: str = "", name: str = "tmux", **more: str) -> None:
        """
        @param words: What follows C{chatc}.
        @param then: What else the window is to do, so that what chatc wrote last can be read.
        """
        command = " ".join([str(CHATC), *words, then])
        super().__init__(place, command, at_home(place, TERM="xterm-256color", **more), name)

    def enters(self, *texts: str) -> None:
        """Type lines, with Enter, no faster than they are taken: what comes all at once was pasted."""
        for text in texts[:-1]:
            self.types(text)
            self.sees(f"> {text}\n")
            self.presses("Enter")
            self.sees_no(f"> {text}\n")
        super().enters(texts[-1])

    def registers(self, name: str, password: str = PASSWORD) -> "Window":
        """Answer the questions at the door, and come in."""
        for question, answer in (
            ("login or register:", "register"),
            ("New username:", name),
            ("Choose a password, 10 characters or more:", password),
            ("Once more:", password),
        ):
            self.sees(question)
            self.enters(answer)
        self.sees(f"-- User {name} registered successfully. Login successful! Welcome, {name}.", "#lobby>")
        return self


def keep(window: Window, name: str) -> None:
    """Put a screen where C{CHATC_SCREENS} says, to be looked at, or shown in the user guide."""
    folder = os.environ.get("CHATC_SCREENS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.txt").write_text(window.screen(), encoding="utf-8")
