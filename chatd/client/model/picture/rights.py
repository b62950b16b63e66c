"""
What one may probably do: for menus that offer only what has a chance.

The server decides; it knows more (bans, a room's settings, the others' roles on the site). What is said here errs
towards yes.
"""

from typing import Literal

from chatd.client.model.picture.place import Place

Act = Literal["kick", "ban", "mute", "delete", "op", "set"]

_SITE = ("guest", "member", "moderator", "admin", "owner")
_ROOM = ("member", "voice", "moderator", "owner")
_OWNERS = ("op", "set")


def may(act: Act, role: str, place: Place, me: str, target: str | None = None) -> bool:
    """
    Whether somebody may do something in a place.

    @param role: The role on the site.
    @param target: To whom, or whose line, if it is not done to the room.
    """
    if place.is_direct or place.is_console:
        return act == "delete" and target is not None and target.casefold() == me.casefold()
    is_self = target is not None and target.casefold() == me.casefold()
    mine, theirs = _standing(place, me), _standing(place, target)
    if act in _OWNERS:
        return mine == "owner" or role in ("owner", "admin")
    if is_self:
        return act == "delete"
    if role in _SITE[2:]:
        return True
    return _ROOM.index(mine) >= 2 and _ROOM.index(mine) > _ROOM.index(theirs)


def _standing(place: Place, name: str | None) -> str:
    member = None if name is None else place.member(name) or place.absent.get(name.casefold())
    return member.role if member is not None and member.role in _ROOM else "member"
