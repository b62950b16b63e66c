"""
The law of who may do what, in plain Python: an oracle for the tests, written from the words and not from the code.

The words are those of C{semantics.md} (sections 3 and 6), of C{terminal.md} (section 4, the column C{who}), of the
comments in C{store/schema/0002.sql} and C{0003.sql} on what each role of the site may do, and of the law at the top of
C{core/permissions.py}. It knows nothing of chatd: names of roles, kinds of rooms and states are those of the village.

Every function returns C{done} or the code of the refusal.
"""

from typing import NamedTuple

DONE = "done"
NO = "not-allowed"
RANK = {"guest": 0, "member": 1, "moderator": 2, "admin": 3, "owner": 4}
POWER = {None: 0, "member": 1, "muted": 1, "voice": 2, "moderator": 3, "owner": 4}

# The least role on the site for what is done with power there. Every role has what the ones below it have.
LEAST = {
    "join": "guest", "say": "guest", "direct": "guest", "make-rooms": "guest", "moderate": "moderator",
    "read-audit": "moderator", "ban-from-site": "admin", "announce": "admin", "manage-accounts": "admin",
    "grant-roles": "admin", "invite-to-site": "admin", "manage-rooms": "admin", "run-server": "admin",
}  # fmt: skip

# terminal.md gives /voice and /devoice to owners of the room; the daemon gives them to its moderators, too.
MODERATORS_GIVE_VOICE = True


class Case(NamedTuple):
    """
    A situation to judge.

    @ivar role: Alex's role on the site; C{kind} and C{state} are the room's and how alex stands to it.
    @ivar muted: Whether alex is muted on the whole site.
    """

    role: str
    kind: str
    state: str
    muted: bool = False

    @property
    def standing(self) -> str | None:
        """Alex's role in the room, if alex is a member."""
        return self.state if self.state in ("member", "voice", "moderator", "owner", "muted") else None

    @property
    def is_in(self) -> bool:
        """Whether alex is a member."""
        return self.standing is not None

    @property
    def is_invited(self) -> bool:
        """Whether somebody has asked alex in: a member, or a moderator, who is one to vouch for whom he asks."""
        return self.state in ("invited", "vouched")

    @property
    def is_seen(self) -> bool:
        """Whether the room exists for alex: a private one does for its members and for those invited."""
        return self.kind != "none" and ("private" not in self.kind or self.is_in or self.is_invited)

    @property
    def is_masked(self) -> bool:
        """Whether a ban of a mask holds for alex: for who has a voice or moderates there is none."""
        return self.kind == "masked" and POWER[self.standing] < 2 and not self.moderates

    def has(self, permission: str) -> bool:
        """Whether alex may do something on the site."""
        return RANK[self.role] >= RANK[LEAST[permission]]

    @property
    def moderates(self) -> bool:
        """Whether alex has the power of a moderator in the room."""
        return self.has("moderate") or POWER[self.standing] >= 3

    @property
    def owns(self) -> bool:
        """Whether alex has the power of an owner in the room."""
        return self.has("manage-rooms") or self.standing == "owner"

    def outranks(self, role: str, standing: str | None) -> bool:
        """Whether alex outranks in the room somebody of that role on the site and that role in the room."""
        by_site = self.has("moderate") and RANK[self.role] > RANK[role]
        by_room = POWER[self.standing] >= 3 and POWER[self.standing] > POWER[standing] and RANK[role] < 2
        by_room = by_room or (POWER[self.standing] >= 3 and role == "guest")
        return by_site or by_room


# The others of the village: the role on the site, and the one in every room.
OTHERS: dict[str, tuple[str, str | None]] = {
    "oscar": ("member", "owner"), "bob": ("member", "member"), "mia": ("member", "member"),
    "sam": ("moderator", "member"), "ben": ("member", None), "vic": ("member", None),
    "ada": ("admin", None), "root2": ("owner", None), "gus": ("guest", None),
}  # fmt: skip


def join(case: Case, key: bool | None = None) -> str:
    """Enter a room; C{key} says whether the right key was shown, or C{None} if none was."""
    if case.kind == "none":
        return DONE if case.has("make-rooms") else "no-such-room"
    if case.is_in:
        return DONE
    has_key = bool(key) and "key" in case.kind
    if not (case.is_seen or has_key):
        return "no-such-room"
    if case.state == "banned" or (case.state != "vouched" and (case.kind == "full" or case.is_masked)):
        return NO
    return DONE if case.is_invited or has_key or ("invite" not in case.kind and "key" not in case.kind) else NO


def as_member(case: Case) -> str:
    """What takes no more than to be in the room, which non-members learn nothing of."""
    return DONE if case.is_in else "not-in-room"


def say(case: Case) -> str:
    """Say a line."""
    if case.kind == "slow" and case.is_in and not case.moderates:
        return NO
    return correct(case)


def correct(case: Case) -> str:
    """Correct a line of one's own."""
    if not case.is_in:
        return "not-in-room"
    if case.state == "muted" or case.muted or case.is_masked:
        return NO
    if case.kind == "moderated" and POWER[case.standing] < 2 and not case.moderates:
        return NO
    return DONE


def describe(case: Case) -> str:
    """Set the topic, which is a line to everybody there: it takes what a line takes, and where so set, more."""
    if case.kind == "topic" and case.is_in and not case.moderates:
        return NO
    return say(case)


def with_power(case: Case, has_it: bool) -> str:
    """An order in a room, as far as it has nothing to do with whom it is against."""
    if not case.is_seen:
        return "no-such-room"
    if has_it:
        return DONE
    return NO if case.is_in else "not-in-room"


def order(case: Case, against: str) -> str:
    """An order against somebody."""
    first = with_power(case, case.moderates)
    if first != DONE:
        return first
    if against == "alex":
        return NO
    return DONE if case.outranks(*OTHERS[against]) else NO


def order_network(case: Case) -> str:
    """An order against a network: it shows who is in it, so that it takes the permission for the site, too."""
    first = with_power(case, case.moderates)
    return first if first != DONE or case.has("ban-from-site") else NO


def kick(case: Case, against: str) -> str:
    """Put somebody out, who is to be in."""
    outcome = order(case, against)
    if outcome == DONE and OTHERS[against][1] is None:
        return "no-such-entry"
    return outcome


def lift(case: Case, against: str, holds: bool) -> str:
    """Take a sentence back, which is to hold."""
    outcome = order(case, against)
    return outcome if outcome != DONE or holds else "no-such-entry"


def take_back(case: Case, of: str) -> str:
    """Delete somebody's line: as a member, or as who moderates the whole site in what it sees."""
    if not _clears(case):
        return "not-in-room"
    return DONE if case.moderates and case.outranks(*OTHERS[of]) else NO


def take_own_back(case: Case) -> str:
    """Delete one's own last line, where there is one."""
    if not _clears(case):
        return "not-in-room"
    return DONE if case.is_in or case.state in ("left", "kicked", "banned") else "no-such-line"


def _clears(case: Case) -> bool:
    return case.is_in or (case.is_seen and case.has("moderate"))


def give_role(case: Case, to: str, role: str) -> str:
    """Give a member a role in the room."""
    is_voice = role in ("voice", "member")
    first = with_power(case, case.owns or (is_voice and case.moderates and MODERATORS_GIVE_VOICE))
    if first != DONE:
        return first
    standing = OTHERS[to][1]
    if standing is None:
        return "bad-arguments"
    if standing == "owner" and not case.owns:
        return with_power(case, False)
    is_last = standing == "owner" and case.standing != "owner"
    return NO if is_last and role != "owner" else DONE


def step_down(case: Case) -> str:
    """Take a role of one's own away, be it what it may: there is another owner in every room."""
    return as_member(case)


def ask_in(case: Case, whom: str) -> str:
    """Invite somebody, who is not to be in already; as a guest, to a room by invitation, as its moderator only."""
    outcome = as_member(case)
    if outcome == DONE and case.role == "guest" and "invite" in case.kind and not case.moderates:
        return NO
    return outcome if outcome != DONE or OTHERS[whom][1] is None else "bad-arguments"


def rename(case: Case, taken: str | None = None) -> str:
    """Give the room another name, which takes what it takes to make one; perhaps that of another room."""
    first = with_power(case, case.owns)
    if first != DONE or not case.has("make-rooms"):
        return first if first != DONE else NO
    if taken is None:
        return DONE
    return "bad-arguments" if f"{case.kind}.{case.state}" == taken else "name-taken"


def see(case: Case) -> str:
    """Ask what everybody may know where everyone may enter, and elsewhere the members."""
    is_open = case.kind != "none" and "invite" not in case.kind and "key" not in case.kind
    return DONE if case.is_in or is_open else "no-such-room"


def peek(case: Case) -> str:
    """Ask who is here, where everybody may find the room and enter it, and elsewhere the members."""
    return see(case) if case.is_in or case.kind != "open-unlisted" else "no-such-room"


def describe_to_programs(case: Case) -> str:
    """Say something that members read: whoever is muted anywhere does not, as with a reason to be away."""
    first = with_power(case, case.owns)
    return NO if first == DONE else first


def purge(case: Case) -> str:
    """Throw the history of a room away, which is for those who run the site."""
    if not case.has("manage-rooms"):
        return NO
    return DONE if case.is_seen else "no-such-room"


# On the site.


def permitted(role: str, permission: str) -> str:
    """What takes a permission, and is done to nobody."""
    return DONE if RANK[role] >= RANK[LEAST[permission]] else NO


def over(role: str, permission: str, against: str) -> str:
    """What takes a permission and is done to somebody, who is to be outranked."""
    has_it = permitted(role, permission) == DONE
    return DONE if has_it and against != "alex" and RANK[role] > RANK[OTHERS[against][0]] else NO


def grant(role: str, to: str, what: str) -> str:
    """Give somebody a role on the site, which is to be below one's own."""
    return DONE if over(role, "grant-roles", to) == DONE and RANK[what] < RANK[role] else NO
