"""
A model of the chat in plain Python: accounts, rooms, roles, sentences, invitations and tokens, and who hears what.

It knows nothing of sessions, transactions or rows. Each method is one command: it returns C{done} or the code of the
refusal, and notes in C{heard} which accounts hear which event of which room.
"""

from dataclasses import dataclass, field

from tests.authority.law import DONE, LEAST, MODERATORS_GIVE_VOICE, NO, POWER, RANK

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
UNDOABLE = 10 * MINUTE
LIFTED = {"ban": "unbanned", "mute": "unmuted"}


@dataclass
class Token:
    """A secret that stands for a password; the number is the one in lists."""

    secret: str
    number: int
    kind: str


@dataclass
class Account:
    """An account, with the tokens that are good."""

    name: str
    password: str
    role: str = "member"
    suspended: bool = False
    ignored: set[str] = field(default_factory=set)
    tokens: list[Token] = field(default_factory=list)

    def has(self, permission: str) -> bool:
        """Whether the role has a permission."""
        return RANK[self.role] >= RANK[LEAST[permission]]


@dataclass
class Sentence:
    """A ban or a mute, and when it ends."""

    number: int
    until: int | None


@dataclass
class Room:
    """A room that somebody made."""

    name: str
    access: str = "open"
    listed: bool = True
    moderated: bool = False
    key: str | None = None
    standings: dict[str, str] = field(default_factory=dict)
    invited: set[str] = field(default_factory=set)


@dataclass
class Entry:
    """An order that may be taken back."""

    act: str
    room: str | None
    target: str
    at: int
    number: int = 0
    standing: str | None = None


class Model:
    """
    All of it.

    @ivar now: The time, in milliseconds.
    @ivar heard: What was heard because of the last command: room, event, and by which accounts.
    @ivar ended: The accounts whose sessions were ended by the last command.
    """

    def __init__(self, password: str, roles: dict[str, str]) -> None:
        self.now = 0
        self.accounts = {name: Account(name, password, role) for name, role in roles.items()}
        self.rooms: dict[str, Room] = {}
        self.sentences: dict[tuple[str, str | None, str], Sentence] = {}
        self.entries: dict[str, list[Entry]] = {name: [] for name in roles}
        self.heard: list[tuple[str, str, set[str]]] = []
        self.ended: set[str] = set()
        self._number = 0

    def begin(self) -> None:
        """A command comes."""
        self.heard, self.ended = [], set()

    # What is so.

    def holds(self, effect: str, room: str | None, name: str) -> bool:
        """Whether a ban or a mute is in force."""
        sentence = self.sentences.get((effect, room, name))
        return sentence is not None and (sentence.until is None or sentence.until > self.now)

    def is_kept_out(self, room: str, name: str) -> bool:
        """Whether somebody is banned from a room, or from the site."""
        return self.holds("ban", room, name) or self.holds("ban", None, name)

    def standing(self, me: str, room: str) -> str | None:
        """What somebody is in a room."""
        return self.rooms[room].standings.get(me) if room in self.rooms else None

    def sees(self, me: str, room: str) -> bool:
        """Whether a room exists for somebody."""
        there = self.rooms.get(room)
        if there is None:
            return False
        return there.access == "open" or there.listed or me in there.standings or me in there.invited

    def lists(self, me: str) -> dict[str, tuple[bool, bool]]:
        """The rooms that somebody finds in the list: whether a member, and whether invited."""
        return {
            name: (me in room.standings, me in room.invited)
            for name, room in sorted(self.rooms.items())
            if room.listed or me in room.standings or me in room.invited
        }

    def moderates(self, me: str, room: str) -> bool:
        """Whether somebody has the power of a moderator in a room."""
        return self.accounts[me].has("moderate") or POWER[self.standing(me, room)] >= 3

    def owns(self, me: str, room: str) -> bool:
        """Whether somebody has the power of an owner in a room."""
        return self.accounts[me].has("manage-rooms") or self.standing(me, room) == "owner"

    def outranks(self, me: str, other: str, room: str) -> bool:
        """Whether somebody may order something against somebody in a room."""
        mine, theirs = self.accounts[me], self.accounts[other]
        if mine.has("moderate") and RANK[mine.role] > RANK[theirs.role]:
            return True
        power = POWER[self.standing(me, room)]
        return power >= 3 and power > POWER[self.standing(other, room)] and not theirs.has("moderate")

    # Rooms.

    def join(self, me: str, room: str, key: str | None) -> str:
        """Enter a room."""
        account, there = self.accounts[me], self.rooms.get(room)
        if there is None:
            if not account.has("make-rooms"):
                return "no-such-room"
            self.rooms[room] = Room(room)
            return self._enter(me, room, "owner")
        if me in there.standings:
            return DONE
        has_key = there.access == "key" and key is not None and key == there.key
        if not self.sees(me, room) and not has_key:
            return "no-such-room"
        if self.is_kept_out(room, me):
            return NO
        if there.access == "open" or me in there.invited or has_key:
            return self._enter(me, room, "member")
        return NO

    def leave(self, me: str, room: str) -> str:
        """Leave a room; who is in none at all is told to enter one first."""
        if not any(me in there.standings for there in self.rooms.values()):
            return "not-now"
        if self.standing(me, room) is None:
            return "not-in-room"
        return self._go(me, room, "left")

    def say(self, me: str, room: str) -> str:
        """Say a line, which those do not hear who ignore its author."""
        if self.standing(me, room) is None:
            return "not-in-room"
        there = self.rooms[room]
        if self.holds("mute", room, me) or self.holds("mute", None, me):
            return NO
        if there.moderated and POWER[self.standing(me, room)] < 2 and not self.moderates(me, room):
            return NO
        hearing = {name for name in there.standings if me not in self.accounts[name].ignored}
        self.heard.append((room, "said", hearing))
        return DONE

    def invite(self, me: str, room: str, whom: str) -> str:
        """Invite somebody."""
        if self.standing(me, room) is None:
            return "not-in-room"
        if self.standing(whom, room) is not None:
            return "bad-arguments"
        self.rooms[room].invited.add(whom)
        self.heard.append((room, "invited", {whom}))
        return DONE

    def room_set(self, me: str, room: str, name: str, value: str) -> str:
        """Change a setting."""
        refused = self._with_power(me, room, self.owns(me, room))
        if refused:
            return refused
        there = self.rooms[room]
        if name == "access" and value == "key" and there.key is None:
            return "bad-arguments"
        if name == "key":
            there.listed = there.listed and there.access != "open"
            there.access, there.key = "key", value
        elif name == "access":
            if value == "open":
                there.listed, there.key = True, None
            elif there.access == "open":
                there.listed = False
            there.access = value
        elif name == "listed":
            there.listed = value == "on"
        else:
            there.moderated = value == "on"
        return self._all_hear(room, "room-changed")

    def room_role(self, me: str, room: str, whom: str, role: str) -> str:
        """Give a member a role."""
        is_voice = role in ("voice", "member") and MODERATORS_GIVE_VOICE
        has_it = self.owns(me, room) or (is_voice and self.moderates(me, room))
        refused = self._with_power(me, room, has_it)
        if refused:
            return refused
        there, before = self.rooms[room], self.standing(whom, room)
        if before is None:
            return "bad-arguments"
        if before in ("owner", "moderator") and not self.owns(me, room):
            return self._with_power(me, room, False)
        if before == "owner" and role != "owner" and list(there.standings.values()).count("owner") == 1:
            return NO
        there.standings[whom] = role
        return self._all_hear(room, "role-changed")

    # Orders.

    def kick(self, me: str, room: str, whom: str) -> str:
        """Put somebody out."""
        refused = self._against(me, room, whom)
        if refused:
            return refused
        standing = self.standing(whom, room)
        if standing is None:
            return "no-such-entry"
        self.entries[me].append(Entry("kick", room, whom, self.now, standing=standing))
        self.rooms[room].invited.discard(whom)
        return self._go(whom, room, "kicked")

    def sentence(self, me: str, effect: str, room: str | None, whom: str, ms: int | None) -> str:
        """Ban or mute somebody, in a room or everywhere."""
        refused = self._over(me, "ban-from-site", whom) if room is None else self._against(me, room, whom)
        if refused:
            return refused
        self._number += 1
        until = None if ms == 0 else self.now + (DAY if ms is None else ms)
        self.sentences[effect, room, whom] = Sentence(self._number, until)
        standing = None if room is None else self.standing(whom, room)
        self.entries[me].append(Entry(effect, room, whom, self.now, self._number, standing))
        if room is None:
            self.ended |= {whom} if effect == "ban" else set()
            return DONE
        if effect == "mute":
            return self._all_hear(room, "muted")
        self.rooms[room].invited.discard(whom)
        return self._all_hear(room, "banned") if standing is None else self._go(whom, room, "banned")

    def lift(self, me: str, effect: str, room: str | None, whom: str) -> str:
        """Take a sentence back."""
        refused = self._over(me, "ban-from-site", whom) if room is None else self._against(me, room, whom)
        if refused:
            return refused
        if not self.holds(effect, room, whom):
            return "no-such-entry"
        del self.sentences[effect, room, whom]
        return DONE if room is None else self._all_hear(room, LIFTED[effect])

    def undo(self, me: str) -> str:
        """Take the own last order back."""
        mine = self.entries[me]
        if not mine or mine[-1].at < self.now - UNDOABLE:
            return "no-such-entry"
        entry = mine[-1]
        if entry.room is None:
            if not self.accounts[me].has("ban-from-site"):
                return NO
        else:
            refused = self._with_power(me, entry.room, self.moderates(me, entry.room))
            if refused:
                return refused
        if entry.act != "kick":
            place = (entry.act, entry.room, entry.target)
            sentence = self.sentences.get(place)
            if sentence is None or sentence.number != entry.number:
                return "no-such-entry"
            del self.sentences[place]
            if entry.room is not None:
                self._all_hear(entry.room, LIFTED[entry.act])
        mine.pop()
        if entry.room is not None and entry.act != "mute":
            self._return(entry, entry.room)
        return DONE

    # The site.

    def grant_role(self, me: str, whom: str, role: str) -> str:
        """Give somebody a role below one's own."""
        refused = self._over(me, "grant-roles", whom)
        if refused or RANK[role] >= RANK[self.accounts[me].role]:
            return NO
        self.accounts[whom].role = role
        return DONE

    def suspend(self, me: str, whom: str) -> str:
        """Let somebody not log in any more."""
        refused = self._over(me, "manage-accounts", whom)
        if refused:
            return refused
        if self.accounts[whom].suspended:
            return "no-such-entry"
        self.accounts[whom].suspended = True
        self.ended.add(whom)
        return DONE

    def restore(self, me: str, whom: str) -> str:
        """Let somebody log in again."""
        refused = self._over(me, "manage-accounts", whom)
        if refused:
            return refused
        if not self.accounts[whom].suspended:
            return "no-such-entry"
        self.accounts[whom].suspended = False
        return DONE

    def may_enter(self, me: str, is_proved: bool) -> str:
        """What whoever comes is answered."""
        if not is_proved or self.accounts[me].suspended:
            return "login-failed"
        return NO if self.holds("ban", None, me) else DONE

    # What these have in common.

    def _with_power(self, me: str, room: str, has_it: bool) -> str:
        """The code for whoever lacks power in a room, or nothing."""
        if not self.sees(me, room):
            return "no-such-room"
        if has_it:
            return ""
        return NO if self.standing(me, room) is not None else "not-in-room"

    def _against(self, me: str, room: str, whom: str) -> str:
        refused = self._with_power(me, room, self.moderates(me, room))
        return refused or ("" if self.outranks(me, whom, room) else NO)

    def _over(self, me: str, permission: str, whom: str) -> str:
        account = self.accounts[me]
        return "" if account.has(permission) and RANK[account.role] > RANK[self.accounts[whom].role] else NO

    def _enter(self, who: str, room: str, standing: str) -> str:
        there = self.rooms[room]
        there.standings[who] = standing
        there.invited.discard(who)
        return self._all_hear(room, "joined")

    def _go(self, who: str, room: str, event: str) -> str:
        """Whoever goes hears of it, and nothing after it."""
        self._all_hear(room, event)
        del self.rooms[room].standings[who]
        return DONE

    def _return(self, entry: Entry, room: str) -> None:
        """Whoever was put out is again what he was, and never less than what others have made of him since."""
        if entry.standing is None:
            return
        now = self.standing(entry.target, room)
        if now is not None:
            if POWER[now] < POWER[entry.standing]:
                self.rooms[room].standings[entry.target] = entry.standing
                self._all_hear(room, "role-changed")
        elif not self.is_kept_out(room, entry.target):
            self._enter(entry.target, room, entry.standing)

    def _all_hear(self, room: str, event: str) -> str:
        self.heard.append((room, event, set(self.rooms[room].standings)))
        return DONE
