"""
A village: one world in which there is a room of every kind, and one person stands to each of them in every way.

The person is C{alex}. In the room C{invite-private.kicked}, which is by invitation and unlisted, alex was kicked; in
C{open.voice} alex has a voice; in C{full.vouched} it was a moderator who invited alex; where it is C{masked}, a mask
bans who looks like alex; and so on for every kind and every state, all at the same time. So every command can be
tried in every situation with one login on each face. After a command that changed something the village is put back:
what was stored is never committed, and what was told is told to nobody.

Beside alex there are

  - C{oscar}, the owner of every room, C{bob}, a member, C{mia}, a member who is muted, and C{sam}, a member who
    is a moderator of the site,
  - C{ben}, who is banned from every room, and C{vic}, who is in none,
  - C{ada}, an admin, C{root2}, an owner, C{gus}, a guest, and C{sue}, who is suspended.
"""

import sqlite3
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from chatd.core.settings.limits import Limits
from chatd.core.settings.site import Site
from chatd.testing import BEGINNING, PASSWORD, Remote, World, now

ROLES = ("guest", "member", "moderator", "admin", "owner")
STATES = (
    "never", "member", "voice", "moderator", "owner", "left", "kicked", "banned", "muted", "invited", "vouched",
)  # fmt: skip
KEY = "PrinterInk"

# How the row of a room of each kind differs from that of an open one.
KINDS: dict[str, dict[str, object]] = {
    "open": {},
    "open-unlisted": {"listed": 0},
    "invite-listed": {"access": "invite"},
    "invite-private": {"access": "invite", "listed": 0},
    "key-listed": {"access": "key"},
    "key-private": {"access": "key", "listed": 0},
    "moderated": {"moderated": 1},
    "slow": {"slow_ms": 3_600_000},
    "full": {"most_members": 1},
    "topic": {"topic_for": "moderators"},
    "masked": {},
}
NOWHERE = "none.never"

SITE_ROLES = {"sam": "moderator", "ada": "admin", "root2": "owner", "gus": "guest"}
PEOPLE = ("alex", "oscar", "bob", "mia", "sam", "ben", "vic", "ada", "root2", "gus", "sue")

UNHURRIED = Limits(
    line_burst=10**9, join_burst=10**9, refusals_in_a_row=10**9, login_tries=10**6, rooms_joined=10**6, rooms=10**6,
    rooms_owned=10**6, app_tokens=10**6, registrations_per_address=10**6, registrations=10**6,
    failures_per_address=10**6, failures_per_name=10**6, connections_per_address=10**6,
    new_connections_per_address=10**6, text_line=10**6, lines_per_turn=10**6, queue_soft=10**9, queue_hard=10**9,
    faults_in_a_row=10**6, sessions_per_account=10**6,
)  # fmt: skip


class Situation(NamedTuple):
    """One room of the village: its kind, and how alex stands to it."""

    kind: str
    state: str

    @property
    def room(self) -> str:
        """What the room is called."""
        return f"{self.kind}.{self.state}"


SITUATIONS = (*(Situation(kind, state) for kind in KINDS for state in STATES), Situation("none", "never"))


class Cursor(sqlite3.Cursor):
    """A cursor that neither begins nor ends a transaction where one is to be forgotten later."""

    def execute(self, sql: str, parameters: Any = (), /) -> "Cursor":
        """What is asked, unless it would be the end of the transaction, or the begin of one in another."""
        if self.connection.in_transaction and (sql == "COMMIT" or sql.startswith("BEGIN")):
            return self
        super().execute(sql, parameters)
        return self


class Forgetful(sqlite3.Connection):
    """A connection of which what is written is seen by whoever reads, until it is rolled back."""

    def cursor(self, factory: Any = Cursor) -> Any:
        """A cursor of that kind."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """The same without a cursor at hand."""
        return self.cursor().execute(sql, parameters)


class Village:
    """
    The village, with alex in a role of the site.

    @param muted: Whether alex is muted on the whole site.
    """

    def __init__(self, role: str, muted: bool = False) -> None:
        self.role = role
        self.world = World(Site(autojoin=""), UNHURRIED)
        self._connection = sqlite3.connect(":memory:", isolation_level=None, factory=Forgetful)
        self._connection.deserialize(self.world.database._connection.serialize())
        self._connection.execute("PRAGMA foreign_keys = ON")
        self.world.database._connection = self._connection
        self._settle()
        self._people(role)
        self._rooms()
        if muted:
            self._add("bans", effect="mute", account_id=self.numbers["alex"], set_by="ada", set_at=BEGINNING)
        self._changes = 0
        self._deafen()
        self.comes_back()

    def asks(self, remote: Remote, *lines: bytes) -> bytes:
        """What somebody is answered; the village is the same as before then."""
        for line in lines:
            remote.face.dataReceived(line + b"\n")
        self.world.clock.advance(0)
        shown: bytes = remote.transport.value()
        remote.transport.clear()
        return shown

    def put_back(self) -> bool:
        """Let nothing have happened. Whether anything was stored."""
        changes, self._changes = self._changes, self._connection.total_changes
        has_changed = self._changes != changes and self._connection.serialize() != self._kept
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        return has_changed

    def comes_back(self) -> None:
        """Let alex log in on both faces."""
        self.program, self.person = self.world.program("alex"), self.world.person("alex")
        for remote in (self.program, self.person):
            remote.received()
        self._connection.commit()
        self._kept = self._connection.serialize()
        self._changes = self._connection.total_changes

    def goes_to(self, room: str) -> None:
        """Let the person at the terminal have a room in view, as if nobody had said yet that alex is not in it."""
        dialect: Any = self.person.face._dialect
        dialect._scene.current = room

    def _settle(self) -> None:
        stored = now_hash(self.world, PASSWORD)
        for name in PEOPLE:
            self._add(
                "accounts", name=name, name_key=name, skeleton=f"look of {name}", created_at=BEGINNING,
                status="suspended" if name == "sue" else "active",
            )  # fmt: skip
        self.numbers: dict[str, int] = dict(self.world.database.rows("SELECT name, id FROM accounts"))
        for number in self.numbers.values():
            self._add("passwords", account_id=number, scheme=stored[0], hash=stored[1], changed_at=BEGINNING)

    def _people(self, role: str) -> None:
        for name, has in {**SITE_ROLES, "alex": role}.items():
            if has != "member":
                self._add(
                    "account_roles", account_id=self.numbers[name], role=has, granted_by="operator", granted_at=0
                )  # fmt: skip

    def _rooms(self) -> None:
        gate: Any = self.world.ports.gate
        session: Any = self.world.session()
        key_hash = now(_deferred(gate.hash_key(KEY, session)))
        for situation in SITUATIONS:
            if situation.kind != "none":
                row = {"key_hash": key_hash if "key" in situation.kind else None} | KINDS[situation.kind]
                self._room(situation, row)

    def _room(self, situation: Situation, row: dict[str, object]) -> None:
        name, state, at = situation.room, situation.state, self.world.now()
        self._add(
            "rooms", name=name, name_key=name, skeleton=f"look of {name}", kind="room", created_at=at, last_seq=9,
            access_by="oscar", **row,
        )  # fmt: skip
        room = self.world.database.rows("SELECT max(id) FROM rooms")[0][0]
        standings = {"oscar": "owner", "bob": "member", "mia": "member", "sam": "member"}
        was = ("left", "kicked", "banned")
        if state not in ("never", "invited", "vouched"):
            standings["alex"] = state if state in ("voice", "moderator", "owner") else "member"
        for seq, (who, standing) in enumerate(standings.items(), 1):
            number = self.numbers[who]
            left = 9 if who == "alex" and state in was else None
            self._add(
                "memberships", room_id=room, account_id=number, role=standing, joined_seq=seq, left_seq=left,
                said_at=at if situation.kind == "slow" else None,
            )  # fmt: skip
            if who != "mia":
                self._add(
                    "messages", room_id=room, seq=seq, account_id=number, sender=who, kind="text", body="paper",
                    at_ms=at,
                )  # fmt: skip
        sentences = [("ban", "ben"), ("mute", "mia")]
        sentences += {"banned": [("ban", "alex")], "muted": [("mute", "alex")]}.get(state, [])
        for effect, who in sentences:
            self._add(
                "bans", room_id=room, effect=effect, account_id=self.numbers[who], set_by="oscar", set_at=at
            )  # fmt: skip
        if situation.kind == "masked":
            self._add("bans", room_id=room, effect="ban", mask="al?x!*@*", set_by="oscar", set_at=at)
        if state in ("invited", "vouched"):
            self._add(
                "room_invitations", room_id=room, account_id=self.numbers["alex"], invited_by="bob", invited_at=at,
                vouched=int(state == "vouched"),
            )  # fmt: skip

    def _deafen(self) -> None:
        journal: Any = self.world.journal
        journal._tell = journal._expel = lambda *told: None

    def _add(self, table: str, **row: object) -> None:
        columns, values = ", ".join(row), ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})", tuple(row.values()))


def now_hash(world: World, password: str) -> tuple[str, str]:
    """Scheme and hash of a password."""
    stored = now(_deferred(world.hashes.make(password, "test")))
    return stored.scheme, stored.hash


def _deferred(doing: Any) -> Any:
    return Deferred.fromCoroutine(doing)
