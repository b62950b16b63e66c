"""
Masks: whole groups of people, named by what their C{NICK!USER@HOST} looks like.

C{*} stands for any characters, C{?} for one, and C{\\} takes what follows as it is. C{a:NAME} is the account of that
name (which may hold C{*} and C{?}, too), however it is shown; a guest has none. Upper and lower case are the same.
"""

import re
from functools import lru_cache
from typing import Final, Self

from chatd.core import names
from chatd.core.errors import BadArguments

ACCOUNT = "a:"
ALL: Final = "!*@*"
_GUEST = "guest/"
_WILD = re.compile(r"[!@*?]")
_ANY: Final = ""  # what of a pattern is any one character
_MANY: Final = None  # and what is any characters


class Mask(str):
    """
    How IRC writes somebody: C{NAME!USER@HOST}.

    @ivar bot: Whether whoever it is calls itself a program.
    """

    __slots__ = ("bot",)

    def __new__(cls, text: str, bot: bool) -> Self:
        mask = str.__new__(cls, text)
        mask.bot = bot
        return mask

    bot: bool


def is_mask(typed: str) -> bool:
    """Whether the target of an order is a mask and no account's name, once a leading C{@} is gone."""
    return _WILD.search(typed) is not None or typed[:2].lower() == ACCOUNT


def checked(typed: str) -> str:
    """
    A mask in full: what is left out is anything, and what is given twice as many stars as it needs has one.

    @raise BadArguments: if it is none.
    @raise BadText: if it holds what nobody may say.
    """
    mask = names.clean(typed)
    if not mask or " " in mask or mask.lower() == ACCOUNT:
        raise BadArguments("A mask is NICK!USER@HOST with * and ? in it, or a:ACCOUNT; it has no spaces.")
    if mask[:2].lower() == ACCOUNT:
        return ACCOUNT + mask[2:]
    nick, bang, rest = mask.partition("!")
    if not bang:
        nick, rest = ("*", mask) if "@" in mask else (mask, "")
    user, _, host = rest.partition("@")
    return re.sub(r"\*{2,}", "*", f"{nick or '*'}!{user or '*'}@{host or '*'}")


def of_account(name: str) -> str:
    """The mask that is nobody's but the one's of this name."""
    return name + ALL


def account_in(mask: str) -> str | None:
    """The name, where a mask is that of one name and no more."""
    name = mask.removesuffix(ALL)
    return name if name and name != mask and "\\" not in name and _WILD.search(name) is None else None


def plain(name: str) -> str:
    """What somebody looks like who has said nothing of a user name and comes from nowhere in particular."""
    return f"{name}!{name}@user/{name}"


def matches(mask: str, whole: str) -> bool:
    """
    Whether a mask is of somebody.

    @param whole: What somebody looks like: C{NICK!USER@HOST}. An account's nick is its name.
    """
    if not mask.startswith(ACCOUNT):
        return _fits(mask, whole.casefold())
    nick, _, rest = whole.partition("!")
    is_guest = rest.rpartition("@")[2].startswith(_GUEST)
    return not is_guest and _fits(mask[2:], nick.casefold())


def _fits(mask: str, text: str) -> bool:
    pattern, least = _pattern(mask)
    return least <= len(text) and _goes_through(pattern, text)


def _goes_through(pattern: tuple[str | None, ...], text: str) -> bool:
    """Two places that only go forward but for the one behind the last star: no pattern makes it slow."""
    at = here = 0
    star, kept = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] is _MANY:
            star, kept, at = at, here, at + 1
        elif at < len(pattern) and (pattern[at] == _ANY or pattern[at] == text[here]):
            at, here = at + 1, here + 1
        elif star >= 0:
            kept += 1
            at, here = star + 1, kept
        else:
            return False
    return all(each is _MANY for each in pattern[at:])


@lru_cache(maxsize=8192)
def _pattern(mask: str) -> tuple[tuple[str | None, ...], int]:
    """A mask, letter by letter and folded; and how many letters are the least that it is of."""
    parts: list[str | None] = []
    letters = iter(mask.casefold())
    for letter in letters:
        if letter == "\\":
            parts.append(next(letters, "\\"))
        else:
            parts.append(_MANY if letter == "*" else _ANY if letter == "?" else letter)
    return tuple(parts), len(parts) - parts.count(_MANY)
