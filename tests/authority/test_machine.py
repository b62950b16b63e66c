"""
The machine: people with two sessions each join, leave, say, order, invite, come back, for as long as one likes, and
the daemon and a model of it in plain Python never say different things.

After every command the answer is compared, and what every session has heard of it, and which sessions were ended; and
then who is what in which room, what is in force against whom, and what the one who asked finds in the list of rooms.

C{CHATD_MACHINE_RUNS} says how many runs there are (and 100 is what fits into everybody's patience), and
C{CHATD_MACHINE_STEPS} how long each is. A run that fails is shown as it was, with the line C{@reproduce_failure} that
repeats it. To look for the shortest one takes longer than a test may: C{CHATD_MACHINE_SHRINK=1} does it, with
C{pytest -o faulthandler_timeout=0}.
"""

import os
import re
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chatd.core.settings.site import Site
from chatd.testing import PASSWORD, Remote, World
from tests.authority.law import DONE, NO
from tests.authority.model import Model, Token
from tests.authority.village import UNHURRIED, now_hash

RUNS = int(os.environ.get("CHATD_MACHINE_RUNS", "100"))
STEPS = int(os.environ.get("CHATD_MACHINE_STEPS", "30"))
PHASES = (Phase.explicit, Phase.generate, *((Phase.shrink,) if os.environ.get("CHATD_MACHINE_SHRINK") else ()))

ROLES = {"root2": "owner", "ada": "admin", "mo": "moderator", "al": "member", "bo": "member", "gus": "guest"}
NUMBERS = {name: number for number, name in enumerate(ROLES, 1)}
HOURS = 13
FINGERPRINT = re.compile("[0-9a-f]{64}")
MASKS = {"b?!*@*": {"bo"}, "*!gu?@*": {"gus"}}

names = st.sampled_from(tuple(ROLES))
powerful = st.sampled_from(("al", "bo", "al", "bo", "mo", "ada", "root2", "gus"))
rooms = st.sampled_from(("den", "hall"))
indices = st.integers(0, 9)
slots = st.sampled_from((0, 1))
places = st.sampled_from(("den", "hall", None))
effects = st.sampled_from(("ban", "mute"))
roles = st.sampled_from(("owner", "moderator", "voice", "member"))
keys = st.sampled_from((None, "ink", "paper"))


class Bearing(NamedTuple):
    """
    The tokens of a session.

    @ivar came: What it came with, of whatever kind.
    @ivar own: The session token that it came with or was given.
    """

    came: Token | None = None
    own: Token | None = None


class Authority(RuleBasedStateMachine):
    """Everybody, in one world."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Site(autojoin=""), UNHURRIED)
        self.model = Model(PASSWORD, ROLES)
        self.remotes: dict[tuple[str, int], Remote] = {}
        self.bearing: dict[tuple[str, int], Bearing] = {}
        self.shown: dict[tuple[str, int], str] = {}
        self.connections = 0
        self.passwords = 0
        self.revoked: list[tuple[str, str]] = []

    @initialize()
    def people_are_there(self) -> None:
        """Everybody has an account and a role, and one session."""
        scheme, hash = now_hash(self.world, PASSWORD)
        run = self.world.database.run
        for name, number in NUMBERS.items():
            row = f"{number}, '{name}', '{name}', '{name}', 0"
            run(f"INSERT INTO accounts (id, name, name_key, skeleton, created_at) VALUES ({row})")
            run(f"INSERT INTO passwords VALUES ({number}, '{scheme}', '{hash}', 0)")
            if ROLES[name] != "member":
                run(f"INSERT INTO account_roles VALUES ({number}, '{ROLES[name]}', 'operator', 0, NULL)")
            self._come(name, 0, do="login", name=name, password=PASSWORD)
        for name, room in (
            ("al", "den"),
            ("bo", "den"),
            ("gus", "den"),
            ("mo", "den"),
            ("bo", "hall"),
            ("gus", "hall"),
        ):
            self.joins(name, 0, room, None)
        self.gives_a_role("al", 0, "den", "bo", "moderator")

    # Coming and going.

    @rule(me=names, slot=slots, remember=st.booleans())
    def logs_in(self, me: str, slot: int, remember: bool) -> None:
        """With the password, and perhaps a token for coming back."""
        if (me, slot) in self.remotes:
            return
        password = self.model.accounts[me].password
        answer = self._come(me, slot, do="login", name=me.upper(), password=password, remember=remember)
        assert self._outcome(answer) == self.model.may_enter(me, True)
        if answer.get("token"):
            self.bearing[me, slot] = Bearing(own=self._new_token(me, answer["token"], "session"))

    @rule(slot=slots, which=indices, says_name=st.booleans())
    def comes_back_with_a_token(self, slot: int, which: int, says_name: bool) -> None:
        """A token is as good as the password, with the name or without it; so is a certificate that is one."""
        bearers = [name for name, account in self.model.accounts.items() if account.tokens]
        if not bearers:
            return
        me = bearers[which % len(bearers)]
        tokens = self.model.accounts[me].tokens
        if (me, slot) in self.remotes:
            slot = 1 - slot
        if (me, slot) in self.remotes:
            return
        token = tokens[which % len(tokens)]
        answer = self._come(me, slot, do="resume", **self._proof(token, me if says_name else ""))
        assert self._outcome(answer) == self.model.may_enter(me, True)
        if (me, slot) in self.remotes:
            self.bearing[me, slot] = Bearing(token, token if token.kind == "session" else None)

    @rule(me=names, which=indices)
    def fails_to_come(self, me: str, which: int) -> None:
        """A wrong password, somebody else's token or a revoked one is worth nothing."""
        others = [
            token.secret for name, account in self.model.accounts.items() if name != me for token in account.tokens
        ]
        worthless = ["wrong horse", *others, *(secret for name, secret in self.revoked if name == me)]
        secret = worthless[which % len(worthless)]
        for proof in ({"password": secret}, {"shows": secret, "certificate": True}):
            if "shows" not in proof or FINGERPRINT.fullmatch(secret):
                answer = self._come(me, 9, do="login", name=me, **proof)
                assert self._outcome(answer) == "login-failed"

    @rule(me=names, slot=slots, politely=st.booleans())
    def goes(self, me: str, slot: int, politely: bool) -> None:
        """One session ends; the others and the memberships stay."""
        remote = self.remotes.get((me, slot))
        if remote is None:
            return
        if politely:
            remote.asks(do="quit")
        remote.goes()
        self._forget(me, slot)
        self._drain()

    @precondition(lambda self: self.remotes)
    @rule()
    def half_a_day_passes(self) -> None:
        """Sentences end by themselves."""
        self.world.clock.advance(HOURS * 3600)
        self.model.now += HOURS * 3_600_000
        self._drain()

    # Rooms.

    @rule(me=names, slot=slots, room=rooms)
    def comes_in(self, me: str, slot: int, room: str) -> None:
        """Log in if need be, and enter with whatever the key is."""
        if (me, self._slot(me, slot)) not in self.remotes:
            self.logs_in(me, slot, remember=True)
        there = self.model.rooms.get(room)
        self.joins(me, slot, room, there.key if there else None)

    @rule(me=names, slot=slots, room=rooms, key=keys)
    def joins(self, me: str, slot: int, room: str, key: str | None) -> None:
        """Enter, or make the room."""
        self._tries(me, slot, lambda: self.model.join(me, room, key), do="join", room=room.upper(), key=key or "")

    @rule(me=names, slot=slots, room=rooms)
    def leaves(self, me: str, slot: int, room: str) -> None:
        """Leave for good."""
        self._tries(me, slot, lambda: self.model.leave(me, room), do="leave", room=room)

    @rule(me=names, slot=slots, room=rooms)
    def speaks(self, me: str, slot: int, room: str) -> None:
        """Say a line where one is, if anywhere."""
        mine = [there.name for there in self.model.rooms.values() if me in there.standings]
        self.says(me, slot, mine[0] if mine else room)

    @rule(me=names, slot=slots, room=rooms)
    def says(self, me: str, slot: int, room: str) -> None:
        """Say a line."""
        self._tries(me, slot, lambda: self.model.say(me, room), do="say", room=room, text="hello")

    @rule(me=names, slot=slots, room=rooms, whom=names)
    def invites(self, me: str, slot: int, room: str, whom: str) -> None:
        """Invite somebody."""
        self._tries(me, slot, lambda: self.model.invite(me, room, whom), do="invite", room=room, name=whom.upper())

    @rule(
        me=powerful, slot=slots, room=rooms,
        setting=st.sampled_from((
            ("access", "open"), ("access", "invite"), ("access", "key"), ("listed", "on"), ("listed", "off"),
            ("moderated", "on"), ("moderated", "off"), ("key", "ink"), ("key", "paper"),
            ("limit", "2"), ("limit", "off"),
        )),
    )  # fmt: skip
    def sets(self, me: str, slot: int, room: str, setting: tuple[str, str]) -> None:
        """Change how the room is."""
        name, value = setting
        due = self.model.room_set
        self._tries(me, slot, lambda: due(me, room, name, value), do="room-set", room=room, name=name, value=value)

    @rule(me=powerful, slot=slots, room=rooms, whom=names, role=roles)
    def gives_a_role(self, me: str, slot: int, room: str, whom: str, role: str) -> None:
        """Make somebody something in the room."""
        due = self.model.room_role
        self._tries(me, slot, lambda: due(me, room, whom, role), do="room-role", room=room, name=whom, role=role)

    @rule(me=powerful, slot=slots, room=rooms, whom=names, role=roles, on=st.booleans())
    def gives_one_role_of_several(self, me: str, slot: int, room: str, whom: str, role: str, on: bool) -> None:
        """Give somebody a role beside others, or take one away."""
        due = self.model.room_role
        command: dict[str, Any] = {"do": "room-role", "room": room, "name": whom, "role": role, "on": on}
        self._tries(me, slot, lambda: due(me, room, whom, role, on), **command)

    @rule(me=names, slot=slots, room=rooms, role=roles)
    def steps_down(self, me: str, slot: int, room: str, role: str) -> None:
        """Take a role of one's own away."""
        self.gives_one_role_of_several(me, slot, room, me, role, False)

    @rule(me=powerful, slot=slots, room=rooms, mask=st.sampled_from(tuple(MASKS)), on=st.booleans())
    def masks(self, me: str, slot: int, room: str, mask: str, on: bool) -> None:
        """Ban whoever looks so, or let them be."""
        due = self.model.mask
        command: dict[str, Any] = {"do": "mask", "room": room, "list": "ban", "mask": mask, "on": on}
        self._tries(me, slot, lambda: due(me, room, mask, MASKS[mask], on), **command)

    # Orders.

    @rule(me=powerful, slot=slots, room=rooms, whom=names)
    def kicks(self, me: str, slot: int, room: str, whom: str) -> None:
        """Put somebody out."""
        self._tries(me, slot, lambda: self.model.kick(me, room, whom), do="kick", room=room, target=whom.upper())

    @rule(me=powerful, slot=slots, what=effects, room=places, whom=names, ms=st.sampled_from((None, 0, 14 * 3_600_000)))
    def sentences(self, me: str, slot: int, what: str, room: str | None, whom: str, ms: int | None) -> None:
        """Ban or mute somebody, there or everywhere."""
        due = self.model.sentence
        self._tries(me, slot, lambda: due(me, what, room, whom, ms), do=what, room=room, target=whom, ms=ms)

    @rule(me=powerful, slot=slots, what=effects, room=places, whom=names)
    def lifts(self, me: str, slot: int, what: str, room: str | None, whom: str) -> None:
        """Take that back."""
        due = self.model.lift
        self._tries(me, slot, lambda: due(me, what, room, whom), do=f"un{what}", room=room, target=whom)

    @rule(which=indices, me=powerful, slot=slots)
    def lifts_what_holds(self, which: int, me: str, slot: int) -> None:
        """The same of a sentence that there is."""
        if self.model.sentences:
            what, room, whom = list(self.model.sentences)[which % len(self.model.sentences)]
            self.lifts(me, slot, what, room, whom)

    @rule(which=indices, slot=slots)
    def regrets(self, which: int, slot: int) -> None:
        """Whoever has given an order takes it back."""
        ordering = [name for name, entries in self.model.entries.items() if entries]
        if ordering:
            self.undoes(ordering[which % len(ordering)], slot)

    @rule(me=powerful, slot=slots)
    def undoes(self, me: str, slot: int) -> None:
        """Take the own last order back."""
        self._tries(me, slot, lambda: self.model.undo(me), do="undo")

    # The site.

    @rule(me=names, slot=slots, whom=names, role=st.sampled_from(tuple(dict.fromkeys(ROLES.values()))))
    def grants(self, me: str, slot: int, whom: str, role: str) -> None:
        """Give somebody a role on the site."""
        due = self.model.grant_role
        self._tries(me, slot, lambda: due(me, whom, role), do="grant-role", name=whom, role=role)

    @rule(me=names, slot=slots, whom=names)
    def suspends(self, me: str, slot: int, whom: str) -> None:
        """Let somebody not log in any more."""
        self._tries(me, slot, lambda: self.model.suspend(me, whom), do="suspend", name=whom)

    @rule(me=names, slot=slots, whom=names)
    def restores(self, me: str, slot: int, whom: str) -> None:
        """Let somebody log in again."""
        self._tries(me, slot, lambda: self.model.restore(me, whom), do="restore", name=whom)

    @rule(me=st.sampled_from(("ada", "root2")), slot=slots, which=indices)
    def forgives(self, me: str, slot: int, which: int) -> None:
        """The same of one who cannot."""
        suspended = [name for name, account in self.model.accounts.items() if account.suspended]
        if suspended:
            self.restores(me, slot, suspended[which % len(suspended)])

    # Oneself.

    @rule(me=names, slot=slots, whom=names, again=st.booleans())
    def ignores(self, me: str, slot: int, whom: str, again: bool) -> None:
        """Hear nothing of somebody, or again."""
        ignored = self.model.accounts[me].ignored

        def due() -> str:
            if whom == me and not again:
                return NO
            (ignored.discard if again else ignored.add)(whom)
            return DONE

        self._tries(me, slot, due, do="unignore" if again else "ignore", name=whom)

    @rule(me=names, slot=slots)
    def makes_a_token(self, me: str, slot: int) -> None:
        """A token for another program, which takes the password: no token makes another one."""
        bearing = self.bearing.get((me, self._slot(me, slot)), Bearing())
        due = DONE if bearing.came is None else NO
        answer = self._tries(me, slot, lambda: due, do="make-token", label="x")
        if "done" in answer:
            assert self._new_token(me, answer["token"], "app").number == answer["number"]

    @rule(me=names, slot=slots)
    def adds_a_certificate(self, me: str, slot: int) -> None:
        """The one that the connection has shown, if it came with the password, and unless it was added before."""
        key = (me, self._slot(me, slot))
        shown, bearing = self.shown.get(key, ""), self.bearing.get(key, Bearing())
        is_new = all(token.secret != shown for token in self.model.accounts[me].tokens)
        due = DONE if bearing.came is None and is_new else NO
        answer = self._tries(me, slot, lambda: due, do="add-certificate", label="x")
        if "done" in answer:
            assert answer["fingerprint"] == shown
            self.revoked = [each for each in self.revoked if each[1] != shown]
            assert self._new_token(me, shown, "certificate").number == answer["number"]

    @rule(me=names, slot=slots, which=indices, whose=names)
    def revokes_a_token(self, me: str, slot: int, which: int, whose: str) -> None:
        """One's own, or somebody's whom one manages; what came with it ends, but not who asks."""
        account, slot = self.model.accounts[whose], self._slot(me, slot)
        if not account.tokens or (me, slot) not in self.remotes:
            return
        token = account.tokens[which % len(account.tokens)]
        ending: set[tuple[str, int]] = set()

        def due() -> str:
            if me != whose and self.model._over(me, "manage-accounts", whose):
                return NO
            ending.update(self._sessions_with(token) - {(me, slot)})
            self._revoke(whose, token)
            return DONE

        self._tries(me, slot, due, ending, do="revoke-token", number=token.number, account=whose)

    @rule(me=names, slot=slots, all=st.booleans())
    def logs_out(self, me: str, slot: int, all: bool) -> None:
        """This session with its token and what else has it, or all others and every token but this one's."""
        slot = self._slot(me, slot)
        if (me, slot) not in self.remotes:
            return
        mine, tokens = self.bearing[me, slot].own, list(self.model.accounts[me].tokens)
        gone = [token for token in tokens if (token == mine) != all]
        ending = {(me, 1 - slot)} if all else {(me, slot)}.union(*map(self._sessions_with, gone))
        self._logs_out(me, slot, "all" if all else "this", ending, gone)

    @rule(me=names, slot=slots)
    def ends_the_other_session(self, me: str, slot: int) -> None:
        """By its number, with the token that it came with or was given."""
        other = (me, 1 - slot)
        if (me, slot) not in self.remotes or other not in self.remotes:
            return
        shown = self.remotes[me, slot].asks(do="sessions")["sessions"]
        (number,) = [each["number"] for each in shown if not each["mine"]]
        token = self.bearing[other].came or self.bearing[other].own
        gone = [each for each in self.model.accounts[me].tokens if each == token]
        self._logs_out(me, slot, number, {other}, gone)

    @rule(me=names, slot=slots, knows=st.booleans())
    def changes_the_password(self, me: str, slot: int, knows: bool) -> None:
        """The other sessions end, and the other tokens are worth nothing."""
        slot = self._slot(me, slot)
        if (me, slot) not in self.remotes:
            return
        self.passwords += 1
        account, new = self.model.accounts[me], f"another horse {self.passwords}"
        old = account.password if knows else "wrong horse"
        if knows:
            account.password = new
            for token in [each for each in account.tokens if each != self.bearing[me, slot].own]:
                self._revoke(me, token)
        ending = {(me, 1 - slot)} if knows else set()
        self._tries(me, slot, lambda: DONE if knows else "login-failed", ending, do="passwd", old=old, new=new)

    # What always holds.

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        """Who is what in which room, and what is in force against whom."""
        rows = self.world.database.rows
        standings = {(room, who): role for room, who, role in rows(
            "SELECT rooms.name_key, accounts.name, role FROM memberships JOIN rooms ON rooms.id = room_id"
            " JOIN accounts ON accounts.id = account_id WHERE left_seq IS NULL"
        )}  # fmt: skip
        model = self.model
        assert standings == {
            (room.name, who): role for room in model.rooms.values() for who, role in room.standings.items()
        }
        voiced = rows(
            "SELECT rooms.name_key, accounts.name FROM memberships JOIN rooms ON rooms.id = room_id"
            " JOIN accounts ON accounts.id = account_id WHERE left_seq IS NULL AND voiced = 1"
        )  # fmt: skip
        assert set(voiced) == {(room.name, who) for room in model.rooms.values() for who in room.voiced}
        in_force = set(rows(
            "SELECT effect, rooms.name_key, accounts.name FROM bans JOIN accounts ON accounts.id = account_id"
            " LEFT JOIN rooms ON rooms.id = room_id"
            f" WHERE lifted_at IS NULL AND coalesce(expires_at, 1e15) > {self.world.now()}"
        ))  # fmt: skip
        assert in_force == {place for place in model.sentences if model.holds(*place)}

    @invariant()
    def whoever_is_in_hears(self) -> None:
        """The picture in memory is that of the rows, for those who are here."""
        here = {name for name, _ in self.remotes}
        hub = self.world.hub
        assert {avatar.account.name for avatar in hub.avatars.values()} == here
        hearing = {room.key: {each.account.name for each in room.members.values()} for room in hub.rooms.values()}
        expected = {room.name: here & set(room.standings) for room in self.model.rooms.values()}
        assert hearing == {room: who for room, who in expected.items() if who}

    def teardown(self) -> None:
        """Seqs are gapless, and what was done with power is on the record."""
        for room, last, count in self.world.database.rows(
            "SELECT rooms.id, last_seq, (SELECT count(*) FROM messages WHERE room_id = rooms.id) FROM rooms"
        ):
            assert last == count, room

    # How it is done.

    def _slot(self, me: str, slot: int) -> int:
        """That session, or the other one if it is not there."""
        return slot if (me, slot) in self.remotes else 1 - slot

    def _tries(
        self, me: str, slot: int, due: Callable[[], str], ending: Collection[tuple[str, int]] = (), **command: Any
    ) -> dict[str, Any]:
        """Send a command, and compare all that comes of it. The answer; nothing if nobody is there to send it."""
        slot = self._slot(me, slot)
        remote = self.remotes.get((me, slot))
        if remote is None:
            return {}
        self.model.begin()
        expected = due()
        remote.sends(**command)
        if command["do"] == "passwd" and expected != DONE:
            self.world.clock.advance(15)
            self.model.now += 15_000
        seen = {key: each.objects() for key, each in self.remotes.items()}
        answer = self._answer_in(seen[me, slot])
        outcome = "gone" if answer is None else self._outcome(answer)
        is_ended = me in self.model.ended
        assert outcome == expected or (is_ended and answer is None), (command, outcome, expected)
        self._compare_heard(seen)
        self._compare_ended(ending)
        if (me, slot) in self.remotes:
            found = remote.asks(do="rooms")["rooms"]
            assert {each["room"].lower(): (each["member"], each["invited"]) for each in found} == self.model.lists(me)
        return answer or {}

    def _compare_heard(self, seen: dict[tuple[str, int], list[dict[str, Any]]]) -> None:
        """Every session of everybody has heard what it should, in that order, and nothing else."""
        for (name, _slot), objects in seen.items():
            heard = [(each["room"].lower(), each["event"]) for each in objects if each.get("event", "") in ROOM_EVENTS]
            assert heard == [(room, event) for room, event, hearing in self.model.heard if name in hearing], name

    def _compare_ended(self, also: Collection[tuple[str, int]]) -> None:
        for key, remote in tuple(self.remotes.items()):
            assert remote.is_closed == (key in also or key[0] in self.model.ended), key
            if remote.is_closed:
                remote.goes()
                self._forget(*key)
        self._drain()

    @staticmethod
    def _proof(token: Token, name: str) -> dict[str, Any]:
        """What a connection has to say or show."""
        if token.kind == "certificate":
            return {"shows": token.secret, "certificate": True, "name": name}
        return {"name": name, "password": token.secret} if name else {"token": token.secret}

    def _come(self, me: str, slot: int, shows: str = "", **command: Any) -> dict[str, Any]:
        self.connections += 1
        shown = shows or f"{self.connections:064x}"
        remote = self.world.connect(certificate=shown)
        remote.sends(**command)
        objects = remote.objects()
        if not objects:
            self.world.clock.advance(15)
            self.model.now += 15_000
            objects = remote.objects()
        answer = self._answer_in(objects)
        assert answer is not None
        if "done" in answer:
            assert answer["role"] == self.model.accounts[me].role
            assert {each["room"].lower() for each in answer["rooms"]} == {
                room.name for room in self.model.rooms.values() if me in room.standings
            }
            self.remotes[me, slot], self.bearing[me, slot] = remote, Bearing()
            self.shown[me, slot] = shown
        else:
            remote.goes()
        self._drain()
        return answer

    def _drain(self) -> None:
        for remote in self.remotes.values():
            remote.objects()

    def _forget(self, me: str, slot: int) -> None:
        del self.remotes[me, slot], self.bearing[me, slot]

    def _new_token(self, me: str, secret: str, kind: str) -> Token:
        number = int(self.world.database.rows("SELECT max(id) FROM tokens")[0][0])
        token = Token(secret, number, kind)
        self.model.accounts[me].tokens.append(token)
        return token

    def _sessions_with(self, token: Token) -> set[tuple[str, int]]:
        """The sessions that came with a token or were given it."""
        return {key for key, bearing in self.bearing.items() if token in bearing}

    def _logs_out(
        self, me: str, slot: int, which: str | int, ending: Collection[tuple[str, int]], gone: list[Token]
    ) -> None:
        """Log out in one of the ways, which ends sessions and revokes tokens."""
        here = [key for key in ending if key in self.remotes]
        for token in gone:
            self._revoke(me, token)
        answer = self._tries(me, slot, lambda: DONE, ending, do="logout", which=which)
        assert (answer["sessions"], answer["tokens"]) == (len(here), len(gone))

    def _revoke(self, me: str, token: Token) -> None:
        self.model.accounts[me].tokens.remove(token)
        self.revoked.append((me, token.secret))

    @staticmethod
    def _answer_in(objects: list[dict[str, Any]]) -> dict[str, Any] | None:
        return next((each for each in objects if "done" in each or each.get("refused")), None)

    @staticmethod
    def _outcome(answer: dict[str, Any]) -> str:
        return DONE if "done" in answer else str(answer["code"])


ROOM_EVENTS = (
    "said", "joined", "left", "kicked", "banned", "unbanned", "muted", "unmuted", "role-changed", "room-changed",
    "invited", "let-in",
)  # fmt: skip


def test_what_chance_seldom_finds() -> None:
    """Of guests with power, of those whom a moderator has invited, and of voices beside other roles."""
    machine = Authority()
    machine.people_are_there()
    machine.gives_a_role("al", 0, "den", "gus", "owner")
    machine.kicks("bo", 0, "den", "gus")  # a moderator an owner, who is a guest
    machine.kicks("bo", 0, "den", "al")
    machine.sets("bo", 0, "hall", ("access", "invite"))
    machine.invites("gus", 0, "hall", "al")
    machine.gives_a_role("bo", 0, "hall", "gus", "moderator")
    machine.invites("gus", 0, "hall", "al")
    machine.sets("bo", 0, "hall", ("limit", "2"))
    machine.gives_a_role("bo", 0, "hall", "gus", "member")
    machine.joins("al", 0, "hall", None)
    machine.invites("al", 0, "hall", "root2")
    machine.joins("root2", 0, "hall", None)  # whom only a member has invited
    machine.masks("al", 0, "den", "*!gu?@*", True)
    machine.joins("gus", 0, "den", None)
    machine.invites("al", 0, "den", "gus")
    machine.joins("gus", 0, "den", None)
    machine.says("gus", 0, "den")
    machine.gives_one_role_of_several("al", 0, "den", "gus", "voice", True)
    machine.says("gus", 0, "den")
    machine.gives_one_role_of_several("al", 0, "den", "gus", "moderator", True)
    machine.steps_down("gus", 0, "den", "moderator")
    machine.steps_down("gus", 0, "den", "voice")
    machine.steps_down("bo", 0, "den", "moderator")
    machine.steps_down("al", 0, "den", "owner")  # the last one
    machine.rows_are_as_the_model_says()
    machine.whoever_is_in_hears()
    model = machine.model
    assert model.rooms["den"].standings == {"al": "owner", "bo": "member", "gus": "member", "mo": "member"}
    assert model.rooms["hall"].standings == {"bo": "owner", "gus": "member", "al": "member"}


TestAuthority = Authority.TestCase
TestAuthority.settings = settings(
    max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, phases=PHASES, print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
