"""Reading another program's file, whichever of those that are known it is."""

from pathlib import Path

from chatd.admin.errors import AdminError
from chatd.admin.importing import htpasswd, tables
from chatd.admin.importing.found import Found

SQLITE = b"SQLite format 3\x00"


def read(path: Path) -> Found:
    """
    Everything in a SQLite database or an C{htpasswd} file that looks like an account or a message. The file is not
    changed.

    @raise AdminError: if it cannot be read, or is neither.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(len(SQLITE))
            if start == SQLITE:
                return tables.read(path)
            content = start + file.read()
    except OSError as wrong:
        raise AdminError(f"The file {path} cannot be read: {wrong.strerror}.") from None
    return htpasswd.read(path, content)
