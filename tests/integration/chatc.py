"""chatc as people run it: at the end of a pipe, and in a window of C{tmux}, whose screen is what a person sees."""

import os
import subprocess
import sysconfig
import time
from pathlib import Path

from tests.integration.daemon import HOST, LOOK_AGAIN, PATIENCE, environment
from tests.integration.peers import PASSWORD

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


class Window:
    """chatc in a window of tmux: not what was written, but what stands there."""

    def __init__(self, place: Path, *words: str, then: str = "", name: str = "tmux", **more: str) -> None:
        """
        @param words: What follows C{chatc}.
        @param then: What else the window is to do, so that what chatc wrote last can be read.
        """
        self._tmux = ["tmux", "-u", "-S", str(place / name), "-f", "/dev/null"]
        self._env = at_home(place, TERM="xterm-256color", **more)
        command = " ".join([str(CHATC), *words, then])
        self._run("new-session", "-d", "-x", "100", "-y", "30", command)

    def types(self, text: str) -> None:
        """Type something, without Enter."""
        self._run("send-keys", "-l", "--", text)

    def presses(self, *keys: str) -> None:
        """Press keys, such as C{Enter}, C{M-1} or C{PageUp}."""
        self._run("send-keys", *keys)

    def enters(self, *texts: str) -> None:
        """Type lines, with Enter."""
        for text in texts:
            self.types(text)
            self.presses("Enter")

    def pastes(self, text: str) -> None:
        """Paste something, as a terminal does that tells a program so."""
        self._run("set-buffer", text)
        self._run("paste-buffer", "-p")

    def screen(self, *options: str) -> str:
        """What stands on the screen; C{-e} with its colours."""
        return self._run("capture-pane", "-p", *options)

    def last_line(self) -> str:
        """What stands where one types."""
        return self.screen().rstrip("\n").split("\n")[-1]

    def sees(self, *texts: str) -> None:
        """Wait until something stands on the screen."""
        end = time.monotonic() + PATIENCE
        for text in texts:
            while text not in self.screen():
                assert time.monotonic() < end, f"{text!r} is not on the screen:\n{self.screen()}"
                time.sleep(LOOK_AGAIN)

    def sees_no(self, text: str) -> None:
        """Wait until something stands on the screen no more."""
        end = time.monotonic() + PATIENCE
        while text in self.screen():
            assert time.monotonic() < end, f"{text!r} is still on the screen:\n{self.screen()}"
            time.sleep(LOOK_AGAIN)

    def is_gone(self) -> None:
        """Wait until the program has ended, and the window with it."""
        end = time.monotonic() + PATIENCE
        while subprocess.run([*self._tmux, "has-session"], env=self._env, capture_output=True).returncode == 0:
            assert time.monotonic() < end, f"it is still there:\n{self.screen()}"
            time.sleep(LOOK_AGAIN)

    def close(self) -> None:
        """End tmux, whatever runs in it."""
        subprocess.run([*self._tmux, "kill-server"], env=self._env, capture_output=True)

    def registers(self, name: str, password: str = PASSWORD) -> "Window":
        """Answer the questions at the door, and come in."""
        for question, answer in (
            ("login or register:", "register"),
            ("Username:", name),
            ("Choose a password:", password),
            ("Once more:", password),
        ):
            self.sees(question)
            self.enters(answer)
        self.sees(f"-- User {name} registered successfully. Login successful! Welcome, {name}.", "#lobby>")
        return self

    def _run(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], env=self._env, capture_output=True, text=True, timeout=10)
        assert done.returncode == 0, done.stderr
        return done.stdout


def keep(window: Window, name: str) -> None:
    """Put a screen where C{CHATC_SCREENS} says, to be looked at, or shown in the user guide."""
    folder = os.environ.get("CHATC_SCREENS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.txt").write_text(window.screen(), encoding="utf-8")
