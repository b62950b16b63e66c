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
    """
    A room that somebody made.

    @ivar voiced: Its owners and moderators who have a voice beside.
    @ivar vouched: Those of the invited whom a moderator has invited.
    @ivar masks: The masks that are banned, and who looks so.
    """

    name: str
    access: str = "open"
    listed: bool = True
    moderated: bool = False
    key: str | None = None
    standings: dict[str, str] = field(default_factory=dict)
    voiced: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)
    vouched: set[str] = field(default_factory=set)
    masks: dict[str, set[str]] = field(default_factory=dict)
    most: int | None = None
    maker: str = ""


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

    def is_masked(self, me: str, room: str) -> bool:
        """Whether a ban of a mask holds for somebody."""
        is_higher = POWER[self.standing(me, room)] >= 2 or self.accounts[me].has("moderate")
        return not is_higher and any(me in names for names in self.rooms[room].masks.values())

    def owns(self, me: str, room: str) -> bool:
        """Whether somebody has the power of an owner in a room."""
        return self.accounts[me].has("manage-rooms") or self.standing(me, room) == "owner"

    def outranks(self, me: str, other: str, room: str) -> bool:
        """Whether somebody may order something against somebody in a room."""
        mine, theirs = self.accounts[me], self.accounts[other]
        if mine.has("moderate") and RANK[mine.role] > RANK[theirs.role]:
            return True
        power = POWER[self.standing(me, room)]
        if power >= 3 and theirs.role == "guest" and me != other:
            return True
        return power >= 3 and power > POWER[self.standing(other, room)] and not theirs.has("moderate")

    # Rooms.

    def join(self, me: str, room: str, key: str | None) -> str:
        """Enter a room."""
        account, there = self.accounts[me], self.rooms.get(room)
        if there is None:
            if not account.has("make-rooms"):
                return "no-such-room"
            self.rooms[room] = Room(room, maker=me)
            return self._enter(me, room, "owner")
        if me in there.standings:
            return DONE
        has_key = there.access == "key" and key is not None and key == there.key
        if not self.sees(me, room) and not has_key:
            return "no-such-room"
        is_full = there.most is not None and len(there.standings) >= there.most
        if self.is_kept_out(room, me) or (me not in there.vouched and (is_full or self.is_masked(me, room))):
            return NO
        if there.access == "open" or me in there.invited or has_key:
            is_own = there.maker == me and "owner" not in there.standings.values()
            return self._enter(me, room, "owner" if is_own else "member")
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
        if self.holds("mute", room, me) or self.holds("mute", None, me) or self.is_masked(me, room):
            return NO
        if there.moderated and POWER[self.standing(me, room)] < 2 and not self.moderates(me, room):
            return NO
        hearing = {name for name in there.standings if me not in self.accounts[name].ignored}
        self.heard.append((room, "said", hearing))
        return DONE

    def invite(self, me: str, room: str, whom: str) -> str:
        """Invite somebody; to a room by invitation, a guest does as its moderator only."""
        if self.standing(me, room) is None:
            return "not-in-room"
        is_moderator = self.moderates(me, room)
        if self.accounts[me].role == "guest" and self.rooms[room].access == "invite" and not is_moderator:
            return NO
        if self.standing(whom, room) is not None:
            return "bad-arguments"
        self.rooms[room].invited.add(whom)
        if is_moderator:
            self.rooms[room].vouched.add(whom)
        self.heard.append((room, "invited", {whom}))
        there = self.rooms[room]
        deaf = {
            name for name in there.standings
            if self.accounts[name].role == "guest" and there.access == "invite" and not self.moderates(name, room)
        }  # fmt: skip
        self.heard.append((room, "let-in", set(there.standings) - deaf - {me}))
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
        elif name == "limit":
            there.most = None if value == "off" else int(value)
        else:
            there.moderated = value == "on"
        return self._all_hear(room, "room-changed")

    def room_role(self, me: str, room: str, whom: str, role: str, on: bool | None = None) -> str:
        """Give a member a role; or, where C{on} is said, one beside others, or take that one away."""
        is_stepping_down = on is False and me == whom
        if is_stepping_down:
            if self.standing(me, room) is None:
                return "not-in-room"
        else:
            is_voice = role in ("voice", "member") and MODERATORS_GIVE_VOICE
            refused = self._with_power(me, room, self.owns(me, room) or (is_voice and self.moderates(me, room)))
            if refused:
                return refused
        there, before = self.rooms[room], self.standing(whom, room)
        if before is None:
            return "bad-arguments"
        had_voice = before == "voice" or whom in there.voiced
        after, has_voice = became(before, had_voice, role, on)
        if on is not None and (after, has_voice) == (before, had_voice):
            return DONE
        is_high = before in ("owner", "moderator") and after != before
        if is_high and not is_stepping_down and not self.owns(me, room):
            return self._with_power(me, room, False)
        if before == "owner" and after != "owner" and list(there.standings.values()).count("owner") == 1:
            return NO
        self._becomes(room, whom, after, has_voice)
        return self._all_hear(room, "role-changed")

    def mask(self, me: str, room: str, mask: str, names: set[str], on: bool) -> str:
        """Ban whoever looks so, or no more: nobody is put out."""
        refused = self._with_power(me, room, self.moderates(me, room))
        if refused:
            return refused
        masks = self.rooms[room].masks
        if on:
            masks[mask] = names
        elif masks.pop(mask, None) is None:
            return "no-such-entry"
        return DONE

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
        self._uninvite(room, whom)
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
        self._uninvite(room, whom)
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
        self._becomes(room, who, standing)
        self._uninvite(room, who)
        return self._all_hear(room, "joined")

    def _go(self, who: str, room: str, event: str) -> str:
        """Whoever goes hears of it, and nothing after it."""
        self._all_hear(room, event)
        del self.rooms[room].standings[who]
        self.rooms[room].voiced.discard(who)
        return DONE

    def _becomes(self, room: str, who: str, standing: str, has_voice: bool = False) -> None:
        """A voice is noted beside what is higher."""
        there = self.rooms[room]
        there.standings[who] = standing
        is_beside = has_voice and standing in ("owner", "moderator")
        (there.voiced.add if is_beside else there.voiced.discard)(who)

    def _uninvite(self, room: str, who: str) -> None:
        self.rooms[room].invited.discard(who)
        self.rooms[room].vouched.discard(who)

    def _return(self, entry: Entry, room: str) -> None:
        """Whoever was put out is again what he was, and never less than what others have made of him since."""
        if entry.standing is None:
            return
        now = self.standing(entry.target, room)
        if now is not None:
            if POWER[now] < POWER[entry.standing]:
                self._becomes(room, entry.target, entry.standing, now == "voice")
                self._all_hear(room, "role-changed")
        elif not self.is_kept_out(room, entry.target):
            self._enter(entry.target, room, entry.standing)

    def _all_hear(self, room: str, event: str) -> str:
        self.heard.append((room, event, set(self.rooms[room].standings)))
        return DONE


def became(before: str, had_voice: bool, role: str, on: bool | None) -> tuple[str, bool]:
    """
    What a member is after a role was given or taken away, and whether with a voice. Who is owner is moderator, too,
    and more; and who has a voice keeps it beside either, until it is taken away, or all is.
    """
    is_owner, is_moderator = before == "owner", before in ("owner", "moderator")
    if role == "member":
        is_owner = is_moderator = had_voice = False
    elif on is None:
        is_owner, is_moderator = role == "owner", role in ("owner", "moderator")
        had_voice = had_voice or role == "voice"
    elif role == "voice":
        had_voice = on
    elif role == "owner":
        is_owner, is_moderator = on, is_moderator or on
    else:
        is_owner, is_moderator = is_owner and on, on
    return "owner" if is_owner else "moderator" if is_moderator else "voice" if had_voice else "member", had_voice
