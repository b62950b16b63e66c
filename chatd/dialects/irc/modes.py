"""
Modes: what C{MODE} asks, what changed, and what of a room's settings they are.

Modern IRC, "MODE message": a mode is of type A (a list: always with an argument, without one it asks for the list), B
(always with an argument), C (with one when it is set), D (never), or a prefix that a member has.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chatd.core import masks

LISTS = "beI"
KEYED = "k"
LIMITS = "l"
FLAGS = "imnst"
CHANMODES = f"{LISTS},{KEYED},{LIMITS},{FLAGS}"
STANDINGS: Mapping[str, str] = {"o": "moderator", "v": "voice"}
"""What a member is who has a prefix; an owner has C{o}, too."""
PREFIXES: Mapping[str, str] = {"o": "@", "v": "+"}
PREFIX = f"({''.join(PREFIXES)}){''.join(PREFIXES.values())}"
MOST = 20
"""How many modes with arguments a client may give at once (MODES)."""
USER_MODES = "Biow"
CHANNEL_MODES = "".join(sorted(f"{LISTS}{KEYED}{LIMITS}{FLAGS}{''.join(STANDINGS)}"))
ARGUMENT_MODES = "".join(sorted(f"{LISTS}{KEYED}{LIMITS}{''.join(STANDINGS)}"))

UNSEEN = "*"
"""What is shown in the place of a key: the server itself knows no more of it than a hash."""
LONGEST_KEY = 64
LARGEST_LIMIT = 100_000
OUTSIDE = "external"
"""The room's setting, if it has one, that lets those speak who are not in the room; without it nobody does, and C{n}
is always there."""
EXTBANS = "am"
"""The kinds of bans that are no masks: C{a:ACCOUNT}, and C{m:MASK} for a mute."""

_MUTE = "m:"
_LISTS = {"b": "ban", "e": "exception", "I": "invitation"}
_LETTERS = {"ban": "b", "mute": "b", "exception": "e", "invitation": "I"}


class Change(NamedTuple):
    """One mode, set or taken away. The argument is empty where the mode has none."""

    on: bool
    letter: str
    argument: str = ""


class Asked(NamedTuple):
    """
    What a C{MODE} asks.

    @ivar changes: In the order in which they were written.
    @ivar lists: The letters of the lists that are asked for.
    @ivar unknown: The letters that are no modes (472, or 501 of a user's).
    @ivar lacking: The letters that lack their argument (461, or 696).
    @ivar unfit: Those whose argument cannot be one (696).
    """

    changes: tuple[Change, ...] = ()
    lists: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    unfit: tuple[Change, ...] = ()


def of_channel(written: str, arguments: Sequence[str] = ()) -> Asked:
    """
    Read the modes of a channel, with their arguments. Of those with arguments, what is more than L{MOST} is ignored.
    """
    changes: list[Change] = []
    lists, unknown, lacking = dict[str, None](), dict[str, None](), dict[str, None]()
    unfit: list[Change] = []
    left = list(arguments)
    with_arguments = 0
    on = True
    for letter in written:
        if letter in "+-":
            on = letter == "+"
        elif letter not in CHANNEL_MODES:
            unknown[letter] = None
        elif letter in FLAGS or (letter in LIMITS and not on):
            changes.append(Change(on, letter))
        elif letter in LISTS and not left:
            lists[letter] = None
        elif not left and (letter not in KEYED or on):
            lacking[letter] = None
        else:
            change = Change(on, letter, left.pop(0) if left else UNSEEN)
            with_arguments += 1
            if not _is_fit(change):
                unfit.append(change)
            elif with_arguments <= MOST:
                changes.append(change)
    return Asked(tuple(changes), tuple(lists), tuple(unknown), tuple(lacking), tuple(unfit))


def of_user(written: str) -> Asked:
    """Read the modes of a user."""
    changes: list[Change] = []
    unknown: dict[str, None] = {}
    on = True
    for letter in written:
        if letter in "+-":
            on = letter == "+"
        elif letter in USER_MODES:
            changes.append(Change(on, letter))
        else:
            unknown[letter] = None
    return Asked(tuple(changes), unknown=tuple(unknown))


def _is_fit(change: Change) -> bool:
    """Whether an argument can be one: a key has to fit into a C{JOIN}, where a comma parts it from the next."""
    argument = change.argument
    if change.letter in KEYED:
        is_word = argument.isascii() and argument.isprintable() and not set(argument) & {" ", ","}
        return not change.on or (is_word and 0 < len(argument) <= LONGEST_KEY and argument[0] != ":")
    if change.letter in LIMITS:
        is_number = argument.isascii() and argument.isdecimal() and len(argument) < 10
        return is_number and 1 <= int(argument) <= LARGEST_LIMIT
    return bool(argument) and " " not in argument and argument[0] != ":"


def listed(letter: str, mask: str) -> tuple[str, str]:
    """
    The list of a room that a mode's argument is in, and the mask that is in it.

    @param letter: C{b}, C{e} or C{I}.
    @return: C{ban}, C{mute}, C{exception} or C{invitation}, and the mask, in full: C{bob} is C{bob!*@*}.
    @raise BadArguments: if it is no mask.
    @raise BadText: if it holds what nobody may say.
    """
    name = _LISTS[letter]
    if mask[:2].lower() == _MUTE:
        mask = mask[2:]
        name = "mute" if name == "ban" else name
    return name, masks.checked(mask)


def entry(name: str, mask: str) -> tuple[str, str]:
    """The other way round: the mode's letter and its argument, for a mask in a list of a room."""
    return _LETTERS[name], _MUTE + mask if name == "mute" else mask


def written(changes: Iterable[Change]) -> tuple[str, ...]:
    """Changes as the parameters of a C{MODE}: C{+o-v}, C{a}, C{b}. Nothing where nothing changes."""
    letters = ""
    arguments = []
    sign = None
    for on, letter, argument in changes:
        letters += ("" if on == sign else "+" if on else "-") + letter
        sign = on
        if argument:
            arguments.append(argument)
    return (letters, *arguments) if letters else ()


def grouped(changes: Iterable[Change], room: int) -> list[tuple[str, ...]]:
    """Changes as the parameters of as many C{MODE}s as it takes with so many bytes for these in each."""
    groups: list[list[Change]] = []
    for change in changes:
        if not groups or len(groups[-1]) >= MOST or _length([*groups[-1], change]) > room:
            groups.append([])
        groups[-1].append(change)
    return [written(group) for group in groups]


def _length(changes: Sequence[Change]) -> int:
    return len(" ".join(written(changes)).encode())


def of_settings(settings: Mapping[str, str]) -> tuple[Change, ...]:
    """The modes that are on in a room with these settings, as L{chatd.core.events.RoomSetDone} has them."""
    limit = settings.get("limit", "off")
    on = {
        "i": settings.get("access") == "invite",
        "k": settings.get("key") == "on",
        "l": limit != "off",
        "m": settings.get("moderated") == "on",
        "n": settings.get(OUTSIDE) != "on",
        "s": settings.get("listed") == "off",
        "t": settings.get("topic") == "moderators",
    }
    arguments = {"k": UNSEEN, "l": limit}
    return tuple(Change(True, letter, arguments.get(letter, "")) for letter in on if on[letter])


def shown(settings: Mapping[str, str]) -> tuple[str, ...]:
    """The parameters of RPL_CHANNELMODEIS (324): C{+nt}, or C{+} where there are none."""
    return written(of_settings(settings)) or ("+",)


def between(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What changed of the modes when settings did: what is gone, then what is new or has another argument."""
    old, new = of_settings(before), of_settings(after)
    there = {change.letter for change in new}
    gone = [
        Change(False, letter, argument if letter in KEYED else "") for _, letter, argument in old if letter not in there
    ]
    return (*gone, *(change for change in new if change not in old))


def setting_of(change: Change, settings: Mapping[str, str]) -> tuple[str, str] | None:
    """
    The setting, and its value, that a change of a mode of type B, C or D is; C{None} where it changes nothing, which
    is what it does to C{n} in a room that has no setting for it.

    @param settings: The room's settings now.
    """
    on, letter, argument = change
    has_key = settings.get("key") == "on"
    if letter == "k":
        return ("key", argument if on else "") if on or has_key else None
    if letter == "n" and OUTSIDE not in settings:
        return None
    name, yes, no = {
        "i": ("access", "invite", "key" if has_key else "open"),
        "l": ("limit", argument, "off"),
        "m": ("moderated", "on", "off"),
        "n": (OUTSIDE, "off", "on"),
        "s": ("listed", "off", "on"),
        "t": ("topic", "moderators", "members"),
    }[letter]
    value = yes if on else no
    return None if settings.get(name) == value else (name, value)
