"""
Who may do what: the one function that decides, and can explain.

It is asked twice: by the session, with what the hub knows, so that most refusals cost no disk; and by the
journal inside its transaction, with what the rows say, so that what is stored was allowed when it was stored.

The law, in words:

  - A private room, which is neither open nor listed, does not exist for whoever is no member and not invited.
  - A ban keeps out, a mute silences; of the room or of the whole site.
  - Some acts need a permission, which comes with a role of the site; some need a role in the room.
  - Nobody acts against an account that he does not outrank, and nobody grants a role at or above his own. But a guest,
    who is gone tomorrow, is outranked by whoever moderates the room.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from chatd.core.errors import ChatError, NoSuchRoom, NotAllowed, NotInRoom

Access = Literal["open", "invite", "key"]
Standing = Literal["owner", "moderator", "voice", "member"]
Permission = Literal[
    "join", "say", "direct", "make-rooms", "moderate", "read-audit", "ban-from-site", "announce", "manage-accounts",
    "grant-roles", "invite-to-site", "manage-rooms", "run-server", "see-rooms",
]  # fmt: skip
Act = Literal[
    # in a room that one sees
    "join",
    # as a member of a room
    "leave", "read", "say", "edit", "topic", "invite",
    # with power over a room, and over whom it is done to
    "moderate", "own",
    # with a permission of the site
    "direct", "make-rooms", "read-audit", "ban-from-site", "announce", "manage-accounts", "grant-roles",
    "invite-to-site", "manage-rooms", "run-server",
]  # fmt: skip

GUEST = "guest"
NO_MEMBER = "only members have a role in a room"
MEMBER_ALREADY = "only who is no member is invited"
HIGH: frozenset[str] = frozenset({"owner", "moderator"})
PERMISSIONS: frozenset[Permission] = frozenset(get_args(Permission))
AS_MEMBER: frozenset[str] = frozenset({"join", "say", "direct", "make-rooms"})
STANDINGS: Mapping[str | None, int] = MappingProxyType({None: 0, "member": 1, "voice": 2, "moderator": 3, "owner": 4})


class Sentence(NamedTuple):
    """
    A ban or a mute in force.

    @ivar where: C{#ROOM}, or C{this server}.
    @ivar until: UTC milliseconds, or C{None} for one that does not end by itself.
    """

    where: str
    set_by: str
    until: int | None
    reason: str


class Actor(NamedTuple):
    """
    An account with all that decides what it may do, there where it wants to do it.

    @ivar rank: That of its role on the site.
    @ivar standing: Its role in the room, or C{None} if it is no member.
    @ivar has_key: Whether it has shown the room's key.
    @ivar is_active: Whether the account may act at all: not one that was suspended or erased meanwhile.
    @ivar vouched: Whether it was a moderator who invited it: no limit and no mask keeps it out then.
    @ivar quiet_until: When the room's slow mode lets it speak again, in UTC milliseconds.
    """

    name: str
    role: str = "member"
    rank: int = 1
    permissions: frozenset[str] = AS_MEMBER
    standing: Standing | None = None
    invited: bool = False
    has_key: bool = False
    ban: Sentence | None = None
    mute: Sentence | None = None
    quiet_until: int | None = None
    is_active: bool = True
    vouched: bool = False


class Room(NamedTuple):
    """
    A room, with all that decides what may be done there.

    @ivar external: Whether those may speak there, too, who are no members.
    """

    name: str
    access: Access = "open"
    access_by: str = ""
    listed: bool = True
    moderated: bool = False
    topic_for: str = "members"
    is_full: bool = False
    external: bool = False


class Verdict(NamedTuple):
    """The decision: C{refusal} is C{None} where the act is allowed."""

    refusal: ChatError | None

    def __bool__(self) -> bool:
        return self.refusal is None

    def enforce(self) -> None:
        """
        Let the act pass or not.

        @raise ChatError: the refusal.
        """
        if self.refusal is not None:
            raise self.refusal


ALLOWED = Verdict(None)


def may(act: Act, actor: Actor, room: Room | None = None, target: Actor | None = None, named: str = "") -> Verdict:
    """
    Decide whether C{actor} may do C{act}.

    @param room: Where; C{None} if there is no such room, or if the act is done nowhere in particular.
    @param target: To whom, where it is done to an account.
    @param named: The room as the actor named it, which is all that a refusal may tell of one that it does not see.
    """
    if not actor.is_active:
        return Verdict(NotAllowed("This account cannot do anything any more.", rule="the account is not active"))
    rule = _IN_ROOMS.get(act)
    if rule is None:
        return Verdict(_on_site(act, actor, target))
    if room is None:
        return Verdict(unseen(act, named))
    if not sees(actor, room):
        return Verdict(unseen(act, named or room.name))
    return Verdict(rule(actor, room, target))


def sees(actor: Actor, room: Room) -> bool:
    """Whether a room exists for an account: a private one does for its members and for those who may enter."""
    is_private = room.access != "open" and not room.listed
    return not is_private or _knows(actor) or "see-rooms" in actor.permissions


def unseen(act: Act, named: str) -> ChatError:
    """The refusal for a room that there is not, or that is not for this account: the same for both."""
    if act == "join":
        return NoSuchRoom(f"There is no room #{named} that you may enter. /rooms lists those that there are.")
    if act in ("moderate", "own"):
        return NoSuchRoom(f"There is no room #{named} that you may see. /rooms lists those that there are.")
    return not_in_room(named)


def not_in_room(room: str) -> NotInRoom:
    """The refusal for whoever is no member, whether the room exists or not."""
    return NotInRoom(f"You are not in #{room}. /join #{room} enters it.", rule="only members may do that")


def silenced(sentence: Sentence) -> NotAllowed:
    """The refusal for whoever is muted."""
    return _sentenced("You are muted in", "mute", sentence)


def banned(sentence: Sentence) -> NotAllowed:
    """The refusal for whoever is banned."""
    return _sentenced("You are banned from", "ban", sentence)


def _join(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    if actor.standing is not None:
        return None
    if actor.ban is not None:
        return banned(actor.ban)
    if "join" not in actor.permissions:
        return _lacks(actor, "join")
    if room.access == "invite" and not actor.invited:
        why = f"#{room.name} is by invitation. Ask {room.access_by or 'one of its members'} for one."
        return NotAllowed(why, rule="access is invite", set_by=room.access_by or None)
    if room.access == "key" and not (actor.has_key or actor.invited):
        why = f"#{room.name} has a key, and that is not it. /join #{room.name} KEY enters with it."
        return NotAllowed(why, rule="access is key", set_by=room.access_by or None)
    if room.is_full and not actor.vouched:
        return NotAllowed(f"#{room.name} is full. Try again later.", rule="the room's limit of members")
    return None


def _member(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    return None if actor.standing is not None else not_in_room(room.name)


def _invite(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    if room.access == "invite" and actor.role == GUEST and actor.standing is not None and not _moderates(actor):
        why = f"#{room.name} is by invitation, and you are a guest here: its moderators invite."
        return NotAllowed(why, rule=f"your role in #{room.name} is {actor.standing}")
    return _member(actor, room, target)


def _say(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    if actor.standing is None and not (room.external and room.access == "open"):
        return not_in_room(room.name)
    refusal = _on_site("say", actor, None)
    if refusal is not None:
        return refusal
    if room.moderated and STANDINGS[actor.standing] < STANDINGS["voice"] and not _moderates(actor):
        why = f"#{room.name} is moderated: only those with a voice speak here. Ask its moderators for one."
        return NotAllowed(why, rule="the room is moderated")
    if actor.quiet_until is not None and not _moderates(actor):
        why = f"#{room.name} is in slow mode. Wait a little, then say it again."
        return NotAllowed(why, rule="the room's slow mode", until=actor.quiet_until)
    return None


def _topic(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    if room.topic_for == "moderators" and actor.standing is not None and not _moderates(actor):
        return NotAllowed(f"Only moderators of #{room.name} set its topic.", rule="the topic is for moderators")
    return _member(actor, room, target) or _say(actor, room, target)


def _edit(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    return _member(actor, room, target) or _say(actor._replace(quiet_until=None), room, target)


def _moderate(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    if not _moderates(actor):
        if actor.standing is None:
            return not_in_room(room.name)
        why = f"Only moderators of #{room.name} may do that, and you are not one."
        return NotAllowed(why, rule=f"your role in #{room.name} is {actor.standing}")
    if target is None or _outranks(actor, target):
        return None
    if target.name == actor.name:
        return NotAllowed("That is you. Nobody does that to oneself.", rule="nobody acts against oneself")
    why = f"You do not outrank {target.name}, who is {_described(target)}."
    return NotAllowed(why, rule="nobody acts against the own rank or a higher one")


def _own(actor: Actor, room: Room, target: Actor | None) -> ChatError | None:
    if actor.standing == "owner" or "manage-rooms" in actor.permissions:
        return None
    if actor.standing is None:
        return not_in_room(room.name)
    why = f"Only owners of #{room.name} may do that, and you are not one."
    return NotAllowed(why, rule=f"your role in #{room.name} is {actor.standing}")


def _on_site(act: Act, actor: Actor, target: Actor | None) -> ChatError | None:
    if actor.ban is not None:
        return banned(actor.ban)
    if act in ("say", "direct") and actor.mute is not None:
        return silenced(actor.mute)
    if act not in actor.permissions:
        return _lacks(actor, act)
    if target is not None and act != "direct" and actor.rank <= target.rank:
        why = f"You do not outrank {target.name}, who is {_described(target)}."
        return NotAllowed(why, rule="nobody acts against the own rank or a higher one")
    return None


_IN_ROOMS: Mapping[str, Callable[[Actor, Room, Actor | None], ChatError | None]] = MappingProxyType({
    "join": _join,
    "leave": _member,
    "read": _member,
    "say": _say,
    "edit": _edit,
    "topic": _topic,
    "invite": _invite,
    "moderate": _moderate,
    "own": _own,
})  # fmt: skip


def _knows(actor: Actor) -> bool:
    return actor.standing is not None or actor.invited or actor.has_key


def _moderates(actor: Actor) -> bool:
    return "moderate" in actor.permissions or STANDINGS[actor.standing] >= STANDINGS["moderator"]


def _outranks(actor: Actor, target: Actor) -> bool:
    if "moderate" in actor.permissions and actor.rank > target.rank:
        return True
    is_staff = "moderate" in target.permissions
    if target.role == GUEST and target.name != actor.name and STANDINGS[actor.standing] >= STANDINGS["moderator"]:
        return True
    return STANDINGS[actor.standing] >= 3 and STANDINGS[actor.standing] > STANDINGS[target.standing] and not is_staff


def _described(target: Actor) -> str:
    if STANDINGS[target.standing] >= STANDINGS["moderator"]:
        return f"{target.standing} here"
    return f"{target.role} of this server"


def _lacks(actor: Actor, act: str) -> NotAllowed:
    why = "Your role on this server does not allow that. Ask the people who run it."
    return NotAllowed(why, rule=f"{actor.role}s lack the permission {act}")


def _sentenced(what: str, kind: str, sentence: Sentence) -> NotAllowed:
    because = f": {sentence.reason}" if sentence.reason else ""
    ends = "" if sentence.until is not None else " It does not end by itself; ask the moderators."
    why = f"{what} {sentence.where}{because}.{ends}"
    return NotAllowed(why, rule=kind, set_by=sentence.set_by, until=sentence.until)
