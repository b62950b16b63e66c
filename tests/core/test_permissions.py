"""The one function that decides who may do what, and says why not."""

from itertools import product
from typing import get_args

import pytest

from chatd.core.errors import ChatError, NoSuchRoom, NotAllowed, NotInRoom
from chatd.core.permissions import (
    AS_MEMBER,
    PERMISSIONS,
    Access,
    Act,
    Actor,
    Room,
    Sentence,
    Standing,
    may,
    not_in_room,
    sees,
    unseen,
)

ACTS: tuple[Act, ...] = get_args(Act)
ACCESSES: tuple[Access, ...] = get_args(Access)
STANDINGS: tuple[Standing | None, ...] = (None, *get_args(Standing))
IN_ROOMS: tuple[Act, ...] = ("join", "leave", "read", "say", "edit", "topic", "invite", "moderate", "own")
ON_SITE: tuple[Act, ...] = tuple(act for act in ACTS if act not in IN_ROOMS)

BAN = Sentence("#dev", "carol", 1000, "spam")
FOREVER = Sentence("this server", "root2", None, "")
MODERATOR = Actor("mo", "moderator", 2, AS_MEMBER | {"moderate", "read-audit"})
GUEST = Actor("gus", "guest", 0, frozenset({"join", "say"}))
SOMEONE = Actor("bob")
EVERYTHING = Actor("operator", "operator", 5, frozenset(PERMISSIONS))


def refusal(
    act: Act, actor: Actor, room: Room | None = None, target: Actor | None = None, named: str = ""
) -> ChatError:
    """What somebody is told who may not."""
    verdict = may(act, actor, room, target, named)
    assert not verdict
    assert verdict.refusal is not None
    with pytest.raises(type(verdict.refusal)):
        verdict.enforce()
    return verdict.refusal


def told(said: ChatError) -> tuple[str, str, str | None, str | None, int | None]:
    """All that a refusal says."""
    return said.code, said.why, said.rule, said.set_by, said.until


# Who may do anything.


@pytest.mark.parametrize("act", ACTS)
def test_an_account_that_is_suspended_or_erased_may_do_nothing(act: Act) -> None:
    """Whatever its role, and in the same words whether there is such a room or not."""
    for actor in (GUEST, SOMEONE, MODERATOR, EVERYTHING):
        gone = actor._replace(standing="owner", invited=True, has_key=True, is_active=False)
        said = [told(refusal(act, gone, room, named="dev")) for room in (Room("dev"), Room("dev", listed=False), None)]
        assert said[0] == said[1] == said[2]
        assert said[0][0::2] == ("not-allowed", "the account is not active", None)
    assert may(act, EVERYTHING._replace(standing="owner"), Room("dev"), SOMEONE._replace(rank=-1, is_active=False))


# What one sees.


@pytest.mark.parametrize(
    ("access", "listed", "standing", "invited", "has_key"),
    list(product(ACCESSES, (True, False), STANDINGS, (True, False), (True, False))),
)
def test_a_private_room_exists_for_members_and_for_those_who_may_enter(
    access: Access, listed: bool, standing: Standing | None, invited: bool, has_key: bool
) -> None:
    """Private is what is neither open nor listed; and no role of the site but the operator's looks into it."""
    room = Room("ops", access, listed=listed)
    is_private = access != "open" and not listed
    for actor in (SOMEONE, GUEST, MODERATOR, MODERATOR._replace(rank=4, permissions=PERMISSIONS - {"see-rooms"})):
        asked = actor._replace(standing=standing, invited=invited, has_key=has_key)
        assert sees(asked, room) == (not is_private or standing is not None or invited or has_key)
        assert sees(asked._replace(permissions=asked.permissions | {"see-rooms"}), room)


@pytest.mark.parametrize("act", IN_ROOMS)
@pytest.mark.parametrize("actor", [SOMEONE, GUEST, MODERATOR, SOMEONE._replace(ban=BAN, mute=BAN)], ids=repr)
def test_a_room_that_one_does_not_see_is_no_room(act: Act, actor: Actor) -> None:
    """Every refusal about it is the refusal for a room that there is not, in the words that were typed."""
    private = Room("Ops", "invite", "carol", listed=False, moderated=True, topic_for="moderators", is_full=True)
    there, nowhere = refusal(act, actor, private, named="ops"), refusal(act, actor, None, named="ops")
    assert told(there) == told(nowhere) == told(unseen(act, "ops"))
    assert type(there) is (NoSuchRoom if act in ("join", "moderate", "own") else NotInRoom)
    assert "carol" not in there.why


# Coming in.


@pytest.mark.parametrize(("access", "listed"), list(product(ACCESSES, (True, False))))
def test_whoever_is_in_is_in(access: Access, listed: bool) -> None:
    """Entering again is nothing, also for whoever was banned since, in a room that is full."""
    room = Room("dev", access, listed=listed, is_full=True)
    for standing in get_args(Standing):
        assert may("join", SOMEONE._replace(standing=standing, ban=BAN), room)


@pytest.mark.parametrize(
    ("access", "invited", "has_key", "role", "banned", "full"),
    list(product(ACCESSES, (True, False), (True, False), (SOMEONE, GUEST, MODERATOR), (True, False), (True, False))),
)
def test_who_may_enter(access: Access, invited: bool, has_key: bool, role: Actor, banned: bool, full: bool) -> None:
    """A ban keeps everybody out; an invitation opens every door, a key the one that has one; a full room is full."""
    actor = role._replace(invited=invited, has_key=has_key, ban=BAN if banned else None)
    verdict = may("join", actor, Room("dev", access, "carol", is_full=full))
    is_let_in = access == "open" or invited or (access == "key" and has_key)
    assert bool(verdict) == (is_let_in and not banned and not full)
    vouched_for = may("join", actor._replace(vouched=True), Room("dev", access, is_full=full))
    assert bool(vouched_for) == (is_let_in and not banned)
    if banned:
        assert verdict.refusal is not None
        assert verdict.refusal.rule == "ban"


@pytest.mark.parametrize("access", [access for access in ACCESSES if access != "open"])
def test_a_room_that_is_not_open_says_what_keeps_one_out(access: Access) -> None:
    """Whoever is kept out can ask /why and reads the rule, and who made it."""
    said = refusal("join", SOMEONE, Room("ops", access, "carol"))
    assert (said.code, said.rule, said.set_by) == ("not-allowed", f"access is {access}", "carol")
    assert "#ops" in said.why


def test_some_roles_do_not_join() -> None:
    """The permission is the role's; the refusal names it."""
    said = refusal("join", GUEST._replace(permissions=frozenset({"say"})), Room("dev"))
    assert said.rule == "guests lack the permission join"


# Speaking.


@pytest.mark.parametrize(
    ("standing", "moderated", "muted", "slow", "staff"),
    list(product(STANDINGS, (True, False), (True, False), (True, False), (True, False))),
)
def test_who_may_speak(standing: Standing | None, moderated: bool, muted: bool, slow: bool, staff: bool) -> None:
    """Members; not the muted; in a moderated room those with a voice; in slow mode after a while."""
    who = MODERATOR if staff else SOMEONE
    actor = who._replace(standing=standing, mute=BAN if muted else None, quiet_until=5000 if slow else None)
    room = Room("dev", moderated=moderated)
    has_voice = standing in ("voice", "moderator", "owner") or staff
    is_moderator = standing in ("moderator", "owner") or staff
    speaks = standing is not None and not muted and (has_voice or not moderated)
    assert bool(may("say", actor, room)) == (speaks and (is_moderator or not slow))
    assert bool(may("edit", actor, room)) == speaks
    assert bool(may("topic", actor, room)) == bool(may("say", actor, room))
    for_moderators = room._replace(topic_for="moderators")
    assert bool(may("topic", actor, for_moderators)) == (standing is not None and not muted and is_moderator)


def test_whoever_cannot_speak_reads_why_and_until_when() -> None:
    """Mute, slow mode and moderation each have their rule; a sentence its reason, its author and its end."""
    member, room = SOMEONE._replace(standing="member"), Room("dev", moderated=True)
    said = refusal("say", member._replace(mute=BAN), room)
    assert told(said) == ("not-allowed", "You are muted in #dev: spam.", "mute", "carol", 1000)
    assert refusal("say", member, room).rule == "the room is moderated"
    slow = refusal("say", member._replace(quiet_until=5000), Room("dev"))
    assert (slow.rule, slow.until) == ("the room's slow mode", 5000)
    lasting = refusal("say", member._replace(ban=FOREVER), Room("dev"))
    assert (lasting.rule, lasting.set_by, lasting.until) == ("ban", "root2", None)
    assert "does not end by itself" in lasting.why


# Being a member.


@pytest.mark.parametrize("act", ["leave", "read", "invite"])
@pytest.mark.parametrize("standing", STANDINGS)
def test_what_takes_no_more_than_to_be_a_member(act: Act, standing: Standing | None) -> None:
    """To leave, to read and to ask others in; neither a mute nor a role of the site changes that."""
    for actor in (SOMEONE, GUEST, MODERATOR, SOMEONE._replace(mute=BAN)):
        assert bool(may(act, actor._replace(standing=standing), Room("dev"))) == (standing is not None)


@pytest.mark.parametrize("act", [act for act in IN_ROOMS if act != "join"])
def test_a_stranger_to_an_open_room_may_only_join(act: Act) -> None:
    """Whoever is no member is told how to become one, in the same words whether the room exists or not."""
    said = refusal(act, SOMEONE, Room("dev"))
    assert told(said) == told(not_in_room("dev"))
    assert "/join #dev" in said.why


# Power.


def ranked(role: str, rank: int, standing: Standing | None) -> Actor:
    permissions = AS_MEMBER | {"moderate"} if rank >= 2 else AS_MEMBER if rank else frozenset({"join", "say"})
    return Actor(f"{role}-{standing}", role, rank, permissions, standing=standing)


PEOPLE = [
    ranked(role, rank, standing)
    for rank, role in enumerate(("guest", "member", "moderator", "admin", "owner"))
    for standing in STANDINGS
]


@pytest.mark.parametrize("actor", PEOPLE, ids=lambda each: each.name)
def test_nobody_acts_against_whom_he_does_not_outrank(actor: Actor) -> None:
    """By the rank on the site for those with power there; by the role in the room against those without."""
    power = {None: 0, "member": 1, "voice": 2, "moderator": 3, "owner": 4}
    for other in PEOPLE:
        target = other._replace(name=f"{other.name} himself")
        by_site = actor.rank >= 2 and actor.rank > target.rank
        by_room = power[actor.standing] >= 3 and power[actor.standing] > power[target.standing] and target.rank < 2
        is_guest = power[actor.standing] >= 3 and target.role == "guest"
        verdict = may("moderate", actor, Room("dev"), target)
        assert bool(verdict) == (by_site or by_room or is_guest), (actor, target)
        if verdict and "guest" not in (actor.role, target.role):
            assert not may("moderate", target, Room("dev"), actor), "they outrank one another"


@pytest.mark.parametrize("standing", STANDINGS)
def test_nobody_acts_against_oneself(standing: Standing | None) -> None:
    """And the refusal says so."""
    for actor in PEOPLE:
        again = actor._replace(standing=standing)
        assert not may("moderate", again, Room("dev"), again)
    owner = SOMEONE._replace(standing="owner")
    assert refusal("moderate", owner, Room("dev"), owner).rule == "nobody acts against oneself"


def test_what_one_is_told_who_has_no_power() -> None:
    """The own role is named to whoever lacks power, the other's to whoever is outranked."""
    voice = SOMEONE._replace(standing="voice")
    assert refusal("moderate", voice, Room("dev")).rule == "your role in #dev is voice"
    assert refusal("own", SOMEONE._replace(standing="moderator"), Room("dev")).rule == "your role in #dev is moderator"
    mod = SOMEONE._replace(standing="moderator")
    assert "mo, who is moderator of this server" in refusal("moderate", mod, Room("dev"), MODERATOR).why
    carol = Actor("carol", standing="owner")
    assert "carol, who is owner here" in refusal("moderate", mod, Room("dev"), carol).why


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_room_is_its_owners(standing: Standing | None) -> None:
    """Its settings and roles are for its owners, and for those who manage all rooms."""
    for actor in (SOMEONE, GUEST, MODERATOR):
        assert bool(may("own", actor._replace(standing=standing), Room("dev"))) == (standing == "owner")
    manager = MODERATOR._replace(standing=standing, permissions=AS_MEMBER | {"manage-rooms"})
    assert may("own", manager, Room("dev"))


# The site.


@pytest.mark.parametrize("act", ON_SITE)
def test_an_act_on_the_site_takes_its_permission(act: Act) -> None:
    """Neither rank nor any other permission does; and a ban from the site takes everything."""
    has = Actor("x", "custom", 1, frozenset({act}))
    lacks = Actor("x", "custom", 4, frozenset(PERMISSIONS - {act}))
    assert may(act, has)
    assert refusal(act, lacks).rule == f"customs lack the permission {act}"
    assert refusal(act, has._replace(ban=FOREVER)).rule == "ban"


@pytest.mark.parametrize("act", [act for act in ON_SITE if act != "direct"])
def test_nobody_acts_on_the_site_against_the_own_rank_or_a_higher_one(act: Act) -> None:
    """An admin does nothing to another admin, nor to the owner."""
    for rank, other in product(range(6), range(6)):
        actor = Actor("x", "custom", rank, frozenset(PERMISSIONS))
        verdict = may(act, actor, target=Actor("y", "admin", other))
        assert bool(verdict) == (rank > other)
        if not verdict:
            assert isinstance(verdict.refusal, NotAllowed)
            assert "You do not outrank y, who is admin of this server." in verdict.refusal.why


def test_a_mute_on_the_site_is_one_in_every_conversation() -> None:
    """Somebody muted on the site writes to nobody; rank has nothing to do with writing."""
    assert may("direct", SOMEONE, target=Actor("carol", "owner", 4))
    assert refusal("direct", SOMEONE._replace(mute=FOREVER)).rule == "mute"
    assert may("announce", EVERYTHING._replace(mute=FOREVER))


@pytest.mark.parametrize("act", ACTS)
def test_the_operator_at_the_machine_may_do_all_but_what_takes_a_member(act: Act) -> None:
    """Whoever holds the machine sees every room and orders everything."""
    is_members = act in ("leave", "read", "say", "edit", "topic", "invite")
    assert bool(may(act, EVERYTHING, Room("ops", listed=False, access="key"))) == (not is_members and act != "join")


@pytest.mark.parametrize("act", ACTS)
def test_a_verdict_says_why(act: Act) -> None:
    """Every refusal is a sentence with what to do, and has a rule where it is not about what there is."""
    nobody = Actor("x", "guest", 0, frozenset())
    for room in (None, Room("dev"), Room("ops", "invite", listed=False)):
        said = refusal(act, nobody, room, named="dev")
        assert said.why.endswith(".")
        assert said.rule or said.code == "no-such-room"


def test_guests_are_outranked_in_rooms() -> None:
    """By whoever moderates one, whatever they are there; they outrank nobody for it."""
    guest = GUEST._replace(name="gale", standing="owner")
    moderator = SOMEONE._replace(name="mo", standing="moderator")
    assert may("moderate", moderator, Room("dev"), guest)
    assert may("moderate", guest._replace(name="gus", standing="moderator"), Room("dev"), guest)
    assert not may("moderate", guest, Room("dev"), guest)
    assert not may("moderate", moderator, Room("dev"), SOMEONE._replace(standing="moderator"))
    assert not may("moderate", SOMEONE._replace(standing="voice"), Room("dev"), guest)


def test_guests_invite_to_rooms_by_invitation_as_moderators() -> None:
    """Accounts do as members."""
    room = Room("dev", "invite")
    assert not may("invite", GUEST._replace(standing="member"), room)
    assert may("invite", GUEST._replace(standing="moderator"), room)
    assert may("invite", SOMEONE._replace(standing="member"), room)
    assert may("invite", GUEST._replace(standing="member"), Room("dev"))


def test_who_speaks_from_outside() -> None:
    """Everybody, in a room that is open and says so; whoever has no voice does not where one is needed."""
    assert may("say", SOMEONE, Room("dev", external=True))
    assert not may("topic", SOMEONE, Room("dev", external=True))
    assert not may("edit", SOMEONE, Room("dev", external=True))
    for room in (Room("dev"), Room("dev", "key", external=True), Room("dev", moderated=True, external=True)):
        assert not may("say", SOMEONE, room)
