"""The terminal of standard input, as it is set: what it does with a key, and how wide it is."""

import atexit
import shutil
import signal
import sys
import termios
from typing import Any

_LOCAL_MODES, _CONTROLS = 3, 6  # where tcgetattr has them


class Terminal:
    """It gives each key as it is pressed, and does not show it; or it is as it was before."""

    def __init__(self) -> None:
        self._before: list[Any] | None = None

    def __call__(self, taken: bool) -> None:
        """Take the keys, or give them back."""
        if not taken and self._before is not None:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)
        elif taken:
            self._before = termios.tcgetattr(sys.stdin.fileno())
            atexit.register(self, False)
            signal.signal(signal.SIGCONT, lambda number, frame: self._take())  # the shell has changed it meanwhile
            self._take()

    def _take(self) -> None:
        modes = termios.tcgetattr(sys.stdin.fileno())
        modes[_LOCAL_MODES] &= ~(termios.ICANON | termios.ECHO)
        controls = modes[_CONTROLS]
        controls[termios.VINTR], controls[termios.VMIN], controls[termios.VTIME] = b"\0", 1, 0
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, modes)


def columns() -> int:
    """How wide the terminal is."""
    return shutil.get_terminal_size().columns
