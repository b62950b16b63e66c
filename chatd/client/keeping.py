"""
Session tokens, kept from one start to the next: a file for each server and account, for nobody else's eyes.

A token stands for the password, so its file is private before the first byte of it is written, and is there whole or
not at all. What somebody else could have read, or could have put there, is not used.
"""

import os
import re
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from chatd.core import names
from chatd.core.errors import BadName

LONGEST = 1024
LONGEST_FILENAME = 200
_PRIVATE = 0o700
_UNFINISHED = "."  # what no name begins with


def folder_for(state: Path, server: str) -> Path:
    """Where the tokens of a server are, below the folder for what this machine's user keeps."""
    return state / "tokens" / _filename(server)


class Kept:
    """
    The session tokens of one server.

    @ivar remembers: Whether any is kept at all.
    """

    def __init__(self, folder: Path | None = None, complain: Callable[[str], None] = lambda why: None) -> None:
        """
        @param folder: Where they are kept; C{None} keeps none, and looks for none.
        @param complain: Called with a sentence where a file cannot be written, or must not be used.
        """
        self.remembers = folder is not None
        self._folder = folder
        self._complain = complain
        self._now: dict[str, str] = {}
        self._dropped: set[str] = set()

    def token(self, name: str) -> str:
        """The token of an account, or nothing. A file is asked before memory: another chatc may have written it."""
        key = _key(name)
        if self._folder is None or not key:
            return ""
        token = self._read(self._folder / _filename(key)) or self._now.get(key, "")
        return "" if token in self._dropped else token

    def wants(self, name: str) -> bool:
        """Whether the server is to be asked for a token: one for each place where there is a chatc is enough."""
        return self.remembers and not self.token(name)

    def keep(self, name: str, token: str) -> None:
        """Keep a token in the place of the one before; only until the end of this program if it cannot be written."""
        key = _key(name)
        if self._folder is None or not key:
            return
        self._now[key] = token
        try:
            _make_private(self._folder)
            _write(self._folder / _filename(key), token)
        except OSError as wrong:
            self._complain(f"this login is not kept for the next time: {wrong}.")

    def drop(self, name: str, token: str | None = None) -> bool:
        """Keep an account's token no more; with C{token}, only if it is that one. Whether there was one."""
        key = _key(name)
        if self._folder is None or not key or (token is not None and token != self.token(name)):
            return False
        self._dropped.add(self.token(name))  # it may be that the file cannot be removed
        known = self._now.pop(key, None) is not None
        try:
            (self._folder / _filename(key)).unlink()
        except OSError:
            return known
        return True

    def drop_all(self) -> list[str]:
        """Keep nothing of this server any more. The accounts of which there was something."""
        self._now.clear()
        dropped = []
        with suppress(OSError):
            for path in sorted(self._folder.iterdir()) if self._folder is not None else ():
                path.unlink()
                if not path.name.startswith(_UNFINISHED):
                    dropped.append(unquote(path.name))
        return dropped

    def _read(self, path: Path) -> str:
        try:
            # Whatever else may stand there under that name, it is not followed and not waited for.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return ""
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
                self._complain(f"{path} is not used: it is not a file that you alone can read. /logout all is wise.")
                return ""
            return os.read(descriptor, LONGEST).decode(errors="replace").strip()
        finally:
            os.close(descriptor)


def _key(name: str) -> str:
    """The folded name, or nothing for what no account can be called."""
    try:
        return names.account_name(name).key
    except BadName:
        return ""


def _filename(text: str) -> str:
    quoted = re.sub(r"^\.", "%2E", quote(text, safe=""))
    return quoted if len(quoted) <= LONGEST_FILENAME else sha256(text.encode()).hexdigest()


def _make_private(folder: Path) -> None:
    """Make a folder of tokens and the two above it, which are chatd's own, and let nobody else look into them."""
    for each in (folder.parent.parent, folder.parent, folder):
        each.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    for each in (folder.parent, folder):
        if stat.S_IMODE(each.stat().st_mode) != _PRIVATE:
            each.chmod(_PRIVATE)


def _write(path: Path, token: str) -> None:
    """Put a file in its place in one go; C{mkstemp} makes it with mode 0600, under a name that nobody can guess."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
    try:
        with open(descriptor, "w", encoding="ascii", errors="replace") as file:
            os.fchmod(descriptor, 0o600)  # whatever the umask took away
            file.write(f"{token}\n")
            file.flush()
            os.fsync(descriptor)
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(fresh)
        raise
