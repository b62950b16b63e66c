"""Nobody acts against the own rank or a higher one: every order by everyone against everyone, as a table."""

from typing import Any

import pytest

from chatd.core.commands import Ban, Kick, Mute, Unban
from chatd.core.errors import NotAllowed, NotInRoom
from chatd.core.ports import OPERATOR, Account
from chatd.testing import World
from tests.store.doubles import grant, join, op, write

ROLES = ("owner", "admin", "moderator", "host", "keeper", "voiced", "plain")
# Who (down) may act in a room against whom (across): the site's owner, admin and moderator, then the room's owner
# (host), moderator (keeper) and voice, then a mere member.
IN_ROOMS = """
    operator    yes yes yes yes yes yes yes
    owner       no  yes yes yes yes yes yes
    admin       no  no  yes yes yes yes yes
    moderator   no  no  no  yes yes yes yes
    host        no  no  no  no  yes yes yes
    keeper      no  no  no  no  no  yes yes
    voiced      no  no  no  no  no  no  no
    plain       no  no  no  no  no  no  no
    stranger    no  no  no  no  no  no  no
"""
ON_SITE = """
    operator    yes yes yes yes yes yes yes
    owner       no  yes yes yes yes yes yes
    admin       no  no  yes yes yes yes yes
    moderator   no  no  no  no  no  no  no
    host        no  no  no  no  no  no  no
"""
STANDINGS = {"host": "owner", "keeper": "moderator", "voiced": "voice"}


def society() -> tuple[World, dict[str, Account], dict[str, Account]]:
    """A room with somebody of each role, and another one of each to whom it is done."""
    world = World()
    actors = {role: world.account(f"1-{role}" if role in ("owner", "admin", "moderator") else role) for role in ROLES}
    targets = {role: world.account(f"2-{role}") for role in ROLES}
    actors["stranger"] = world.account("stranger")
    for people in (actors, targets):
        for role in ("owner", "admin", "moderator"):
            grant(world, people[role], role)
    join(world, actors["host"], "lobby")
    for role in ROLES:
        for people in (actors, targets):
            seat(world, people[role], STANDINGS.get(role))
    actors["operator"] = OPERATOR
    return world, actors, targets


def seat(world: World, account: Account, standing: str | None) -> None:
    """Let somebody be in the room again as before."""
    join(world, account, "lobby")
    if standing is not None:
        op(world, OPERATOR, account, standing)


def tried(order: Any, room: str | None, rules: str) -> tuple[list[str], list[str]]:
    """The table of rules, and the table of what comes of it when it is tried."""
    world, actors, targets = society()
    wanted = [" ".join(row.split()) for row in rules.strip().splitlines()]
    tried = []
    for name in (row.split()[0] for row in wanted):
        outcomes = [name]
        for role in ROLES:
            command = order(room=room, target=targets[role].key)
            try:
                write(world, actors[name], command)
                outcomes.append("yes")
                if order is Ban:
                    write(world, OPERATOR, Unban(room=room, target=targets[role].key))
                seat(world, targets[role], STANDINGS.get(role))
            except (NotAllowed, NotInRoom):
                outcomes.append("no")
        tried.append(" ".join(outcomes))
    return wanted, tried


@pytest.mark.parametrize("order", [Kick, Ban, Mute])
def test_ranks_in_a_room(order: Any) -> None:
    """Nobody acts against the own rank or a higher one, and the site's staff is out of a room's moderators' reach."""
    wanted, found = tried(order, "lobby", IN_ROOMS)
    assert found == wanted


@pytest.mark.parametrize("order", [Ban, Mute])
def test_ranks_on_the_site(order: Any) -> None:
    """Only those who run the site ban from it, and only those beneath them."""
    wanted, found = tried(order, None, ON_SITE)
    assert found == wanted
