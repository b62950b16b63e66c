"""What is asked of a cursor, and where transactions begin and end."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

Row = TypeVar("Row")


class Cursor(Protocol):
    """What is asked of a DB-API cursor."""

    def execute(self, sql: str, parameters: Mapping[str, object] | Sequence[object] = ..., /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def begin_reading(cursor: Cursor) -> None:
    cursor.execute("BEGIN")


def begin_writing(cursor: Cursor) -> None:
    cursor.execute("BEGIN IMMEDIATE")


def commit(cursor: Cursor) -> None:
    cursor.execute("COMMIT")


def begin_entry(cursor: Cursor) -> None:
    cursor.execute("SAVEPOINT entry")


def keep_entry(cursor: Cursor) -> None:
    cursor.execute("RELEASE entry")


def drop_entry(cursor: Cursor) -> None:
    cursor.execute("ROLLBACK TO entry")
    cursor.execute("RELEASE entry")


def give_back(cursor: Cursor, pages: int) -> bool:
    """Give empty pages back to the operating system, so many at the most. Whether more can be given back."""
    before = _empty_pages(cursor)
    cursor.execute(f"PRAGMA incremental_vacuum({int(pages)})")
    cursor.fetchall()
    return 0 < _empty_pages(cursor) < before


def one(kind: Callable[..., Row], cursor: Cursor) -> Row | None:
    """The one row that was found, as C{kind}."""
    row = cursor.fetchone()
    return None if row is None else kind(*row)


def _empty_pages(cursor: Cursor) -> int:
    cursor.execute("PRAGMA freelist_count")
    return int(cursor.fetchone()[0])
