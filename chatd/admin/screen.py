"""What C{chatctl} writes: answers as sentences and columns for people, or as JSON for programs; and progress."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO

import msgspec

from chatd.core import events

_TIMES = ("at", "until", "since")
_NOTHING = {"until": "for ever", "expires_at": "never", "seen_at": "never", "room": "everywhere"}
_NOT_SHOWN = ("member", "invited", "topic_at")  # of a room: what is of members, or of programs
_BAR = 30


def as_json(value: object) -> str:
    """A value as one line of JSON."""
    return msgspec.json.encode(value).decode()


class Sheet:
    """Where answers are written: one below another, and the pages of one list under one heading."""

    def __init__(self) -> None:
        self._widths: list[int] = []

    def lines(self, answer: msgspec.Struct) -> Iterable[str]:
        """An answer in words: its sentences, or the one list in it as columns, else its fields, a line each."""
        said = _SAID.get(type(answer))
        if said is not None:
            return said(answer)
        fields = {each.name: getattr(answer, each.name) for each in msgspec.structs.fields(answer)}
        for value in fields.values():
            if isinstance(value, tuple):
                return self._columns(value)
        fields = next((each for each in fields.values() if isinstance(each, dict)), fields)
        width = max(map(len, fields), default=0)
        return [f"{name.replace('_', ' '):<{width}}  {_shown(name, value)}" for name, value in fields.items()]

    def _columns(self, rows: Sequence[msgspec.Struct]) -> Iterable[str]:
        if not rows:
            return ["There are none."]
        names = [each.name for each in msgspec.structs.fields(rows[0]) if each.name not in _NOT_SHOWN]
        cells = [[_shown(name, getattr(row, name)) for name in names] for row in rows]
        if not self._widths:
            cells.insert(0, [name.replace("_", " ") for name in names])
            self._widths = [0] * len(names)
        columns = zip(self._widths, zip(*cells, strict=True), strict=True)
        self._widths = [max(before, *map(len, column)) for before, column in columns]
        return ["  ".join(map(str.ljust, row, self._widths)).rstrip() for row in cells]


def moment(at: int) -> str:
    """UTC milliseconds as this machine writes times; beyond the calendar, that it is far away."""
    try:
        return datetime.fromtimestamp(at / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "far away"


def _shown(name: str, value: Any) -> str:
    if value is None:
        return _NOTHING.get(name, "-")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and (name in _TIMES or name.endswith("_at")):
        return moment(value)
    return str(value)


# Sentences. A secret that is shown for the only time has a line of its own, so that it can be copied whole.


def _until(at: int | None) -> str:
    return "for ever" if at is None else f"until {moment(at)}"


def _where(room: str | None) -> str:
    return "this server" if room is None else f"#{room}"


def _many(number: int, one: str) -> str:
    return f"1 {one}" if number == 1 else f"{number} {one}s"


def _added(done: events.AccountAdded) -> Iterable[str]:
    if done.password is None:
        return [f"{done.name} is an account now."]
    return [f"{done.name} is an account now, with this password, which is not shown again:", done.password]


def _reset(done: events.PasswordReset) -> Iterable[str]:
    said = f"{done.name} was logged out everywhere, and has this password now, which is not shown again:"
    return [said, done.password]


def _invited(done: events.InvitationMade) -> Iterable[str]:
    return [f"Invitation {done.number} is good {_until(done.expires_at)}, with this code, which is not shown again:",
            done.code]  # fmt: skip


_SAID: dict[type[msgspec.Struct], Callable[[Any], Iterable[str]]] = {
    events.AccountAdded: _added,
    events.PasswordReset: _reset,
    events.InvitationMade: _invited,
    events.SuspendDone: lambda done: [f"{done.name} is logged out, and cannot log in any more."],
    events.RestoreDone: lambda done: [f"{done.name} can log in again."],
    events.GrantRoleDone: lambda done: [f"{done.name} has the role {done.role} {_until(done.until)}."],
    events.RenameDone: lambda done: [f"The name is written {done.name} now."],
    events.RevokeInvitationDone: lambda done: [f"Invitation {done.number} is worth nothing now."],
    events.RevokeTokenDone: lambda done: [f"Token {done.number} ({done.label}) is worth nothing now."],
    events.BanDone: lambda done: [f"{done.target} is banned from {_where(done.room)} {_until(done.until)}."],
    events.MuteDone: lambda done: [f"{done.target} is muted in {_where(done.room)} {_until(done.until)}."],
    events.UnbanDone: lambda done: [f"{done.target} is no longer banned from {_where(done.room)}."],
    events.UnmuteDone: lambda done: [f"{done.target} is no longer muted in {_where(done.room)}."],
    events.PurgeRoomDone: lambda done: [f"{_many(done.messages, 'line')} of #{done.room} thrown away."],
    events.AnnounceDone: lambda done: [f"{_many(done.people, 'account')} heard it."],
    events.ReloadDone: lambda done: [] if done.wrong is not None else ["The configuration was read again."],
    events.ShutdownDone: lambda done: ["The daemon stops."],
}


class Bar:
    """
    How far a long work is: a bar on a terminal, nothing elsewhere.

    @param what: The work, in one word or two.
    """

    def __init__(self, what: str, to: TextIO | None = None) -> None:
        self._what = what
        self._to = to or sys.stderr
        self._last = -1

    def __call__(self, done: int, total: int) -> None:
        """Draw it, where something has changed."""
        share = done * _BAR // max(total, 1)
        if not self._to.isatty() or (share == self._last and done < total):
            return
        self._last = share
        end = "\n" if done >= total else ""
        bar = "#" * share + "." * (_BAR - share)
        self._to.write(f"\r{self._what} [{bar}] {done}/{total}{end}")
        self._to.flush()
