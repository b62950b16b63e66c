"""What is found in another program's file, as it lies there."""

from pathlib import Path
from typing import NamedTuple


class Spot(NamedTuple):
    """Where something was found: in which table (nothing, in a text file), and in which row or line."""

    table: str
    row: int

    def __str__(self) -> str:
        return f"{self.table}, row {self.row}" if self.table else f"line {self.row}"


class FoundAccount(NamedTuple):
    """A row that holds an account, with values of any type."""

    spot: Spot
    name: object
    secret: object


class FoundMessage(NamedTuple):
    """A row that holds a message, with values of any type."""

    spot: Spot
    sender: object
    text: object
    at: object


class Table(NamedTuple):
    """
    A table, and what it was taken for.

    @ivar holds: C{accounts}, C{messages} or nothing.
    @ivar why: Which columns make it that, or why it is passed over.
    """

    name: str
    holds: str
    why: str


class Found(NamedTuple):
    """
    Everything that a file holds.

    @ivar form: C{SQLite} or C{htpasswd}.
    @ivar digests: Whether a secret may be a SHA-256 in hexadecimal digits there.
    """

    path: Path
    form: str
    digests: bool
    tables: tuple[Table, ...]
    accounts: tuple[FoundAccount, ...]
    messages: tuple[FoundMessage, ...]
