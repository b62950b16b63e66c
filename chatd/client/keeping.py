"""
Session tokens, kept from one start to the next: a file for each server and account, for nobody else's eyes.

A token stands for the password, so its file is private before the first byte of it is written, and is there whole or
not at all. What somebody else could have read, or could have put there, is not used.
"""

import os
import re
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from chatd.client.connection import private
from chatd.core import names
from chatd.core.errors import BadName

LONGEST = 1024
LONGEST_FILENAME = 200
_PRIVATE = 0o700
_TOKEN = re.compile(f"[!-~]{{1,{LONGEST - 1}}}")  # what is no such thing, no chatd gives


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
        if self._folder is None or not key or _TOKEN.fullmatch(token) is None:
            return
        self._now[key] = token
        try:
            _make_private(self._folder)
            private.write(self._folder / _filename(key), f"{token}\n")
        except OSError as wrong:
            self._complain(f"this login is not kept for the next time: {wrong}.")

    def drop(self, name: str, token: str | None = None) -> bool:
        """Keep an account's token no more; with C{token}, only if it is that one. Whether there was one."""
        key = _key(name)
        if self._folder is None or not key or (token is not None and token != self.token(name)):
            return False
        self._dropped.add(self.token(name))  # it may be that the file cannot be removed
        known = self._now.pop(key, None) is not None
        return self._remove(self._folder / _filename(key)) or known

    def drop_all(self) -> list[str]:
        """
        Keep nothing of this server any more; what cannot be removed is complained of.

        @return: the accounts of which there was something.
        """
        self._now.clear()
        try:
            paths = sorted(self._folder.iterdir()) if self._folder is not None else []
        except FileNotFoundError:
            paths = []
        except OSError as wrong:
            self._complain(f"{self._folder} cannot be looked into, so that nothing is forgotten: {wrong.strerror}.")
            return []
        removed = [path for path in paths if self._remove(path)]
        return [unquote(path.name) for path in removed if not path.name.startswith(private.UNFINISHED)]

    def _remove(self, path: Path) -> bool:
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as wrong:
            self._complain(f"{path} cannot be removed: {wrong.strerror}. Remove it yourself.")
            return False
        return True

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
