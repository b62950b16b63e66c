"""
Files for nobody else's eyes: tokens, what is known of servers, a log of one's own.

They are private before the first byte is in them, and nothing that somebody else has put in their place is followed,
waited for or written to.
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TextIO

UNFINISHED = "."  # how the names begin that a crash may leave behind
_MODE = 0o600


def write(path: Path, text: str) -> None:
    """
    Put a file in its place: whole or not at all, also if the machine stops in the middle of it.

    C{mkstemp} makes it under a name of its own that nobody can guess, and a link in its place is replaced.

    @raise OSError: if that cannot be done; what was there before is there still.
    """
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
            os.fchmod(descriptor, _MODE)  # whatever the umask took away
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(fresh)
        raise
    with suppress(OSError):  # not every system can say so of a folder
        _settle(path.parent)


def open_to_add(path: Path) -> TextIO:
    """
    A file to which lines are added, each at once.

    @raise OSError: if it cannot be opened, or is a link, a pipe or somebody else's file.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    if path.is_symlink():
        raise OSError(f"{path} is a link; name the file that it leads to")
    descriptor = os.open(path, flags, _MODE)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
            os.fchmod(descriptor, _MODE)
        elif not stat.S_ISCHR(status.st_mode):
            raise OSError(f"{path} is not a file of yours")
        return open(descriptor, "a", encoding="utf-8", errors="replace", buffering=1)
    except BaseException:
        os.close(descriptor)
        raise


def _settle(folder: Path) -> None:
    """Have the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
