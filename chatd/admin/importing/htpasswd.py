"""C{htpasswd} files: a name, a colon, a hash."""

from collections.abc import Iterator
from pathlib import Path

from chatd.admin.errors import AdminError
from chatd.admin.importing.found import Found, FoundAccount, Spot


def read(path: Path, content: bytes) -> Found:
    """
    The accounts of an C{htpasswd} file.

    @raise AdminError: if it is none.
    """
    accounts = tuple(_accounts(path, content))
    return Found(path, "htpasswd", False, (), accounts, ())


def _accounts(path: Path, content: bytes) -> Iterator[FoundAccount]:
    for number, line in enumerate(content.split(b"\n"), 1):
        line = line.removesuffix(b"\r")
        if not line.strip() or line.startswith(b"#"):
            continue
        name, colon, secret = line.partition(b":")
        if not colon:
            raise AdminError(
                f"The file {path} is neither a SQLite database nor an htpasswd file: line {number} has no colon."
            )
        yield FoundAccount(Spot("", number), name, secret)
