"""A program in a window of C{tmux}: not what it wrote, but what stands there, as a person sees it."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.integration.daemon import LOOK_AGAIN, PATIENCE


class Screen:
    """A window of tmux with a program in it."""

    def __init__(
        self, place: Path, command: str, env: Mapping[str, str], name: str = "tmux", size: tuple[int, int] = (100, 30)
    ) -> None:
        """
        @param place: Where tmux has its socket.
        @param command: What runs in the window, as a line for a shell.
        @param name: What the socket is called, which is this window's own.
        @param size: Columns and rows.
        """
        self._tmux = ["tmux", "-u", "-S", str(place / name), "-f", "/dev/null"]
        self._env = dict(env)
        self._run("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), command)

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

    def pastes(self, text: str, bracketed: bool = True) -> None:
        """Paste something, as a terminal does that tells a program so, or as one that does not."""
        self._run("set-buffer", text)
        self._run("paste-buffer", *(["-p"] if bracketed else []))

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

    def send(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(int(self._run("display-message", "-p", "#{pane_pid}")), number)

    def close(self) -> None:
        """End tmux, whatever runs in it."""
        subprocess.run([*self._tmux, "kill-server"], env=self._env, capture_output=True)

    def _run(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], env=self._env, capture_output=True, text=True, timeout=10)
        assert done.returncode == 0, done.stderr
        return done.stdout
