"""What was said before: by time, by words, and since one last looked."""

import re

from msgspec.structs import replace

from chatd.core import commands
from chatd.core.commands import Command, Search
from chatd.core.names import ROOM
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.arguments import LONGEST_WORD, RECENT, day, name_of, number, place_of, room_of, span
from chatd.dialects.text.usages.reading import nothing, or_more
from chatd.dialects.text.usages.usage import Usage

_MOST = 200
_BEFORE = re.compile(r"(?:^|\s)before\s+([0-9]{1,15})(?=\s|$)", re.IGNORECASE)
_FILTER = re.compile(r"(from|in|since):(\S+)", re.IGNORECASE)


def _history(rest: str, scene: Scene) -> Command | None:
    """C{[N or SINCE] [before N] [#ROOM or NAME]}, in any order."""
    limit, ago, since = RECENT, None, None
    where: str | None = None
    earlier = _BEFORE.search(rest)
    for word in _BEFORE.sub(" ", rest, count=1).split():
        if word.isdecimal() and word.isascii():
            limit = number(word) or 0
        elif (past := span(word)) is not None:
            limit, ago = _MOST, past
        elif (begin := day(word, scene)) is not None:
            limit, since = _MOST, begin
        elif where is None and (where := place_of(word)):
            continue
        else:
            return None
    if not 1 <= limit <= _MOST:
        return None
    before = None if earlier is None else int(earlier[1])
    return commands.History(room=where or scene.here(), limit=limit, ago=ago, since=since, before=before)


def _search(rest: str, scene: Scene) -> Command | None:
    """C{WORDS [from:NAME] [in:#ROOM or in:@NAME] [since:TIME]}, in any order."""
    wanted: Search | None = Search(words="")
    words = []
    for word in rest.split():
        found = _FILTER.fullmatch(word)
        if found is None:
            words.append(word)
        else:
            wanted = wanted and _narrowed(wanted, found[1].lower(), found[2], scene)
    text = " ".join(words)
    return scene.asks(replace(wanted, words=text)) if wanted and 0 < len(text) <= LONGEST_WORD else None


def _narrowed(search: Search, by: str, value: str, scene: Scene) -> Search | None:
    match by:
        case "from":
            who = name_of(value)
            return replace(search, who=who) if who else None
        case "in":
            room = place_of(value) if value.startswith((ROOM, "@")) else room_of(value)
            return replace(search, room=room) if room else None
        case _:
            ago, since = span(value), day(value, scene)
            return None if ago is None and since is None else replace(search, ago=ago, since=since)


PAST: tuple[Usage, ...] = (
    Usage(("history", "last"), "[N or SINCE] [before N] [#ROOM or NAME]", "old lines", "/history 2h #dev",
          commands.History, _history,
          f"The last {RECENT} or N, at most {_MOST}; or those since 30m, 2h, 7d or a date such as 2026-12-24.\n"
          "before N goes further back than the line of number N; /set numbers on shows the numbers."),
    Usage(("search", "find"), "WORDS [from:NAME] [in:#ROOM] [since:7d]", "find lines",
          '/search "big printer" from:bob', commands.Search, or_more(commands.Search, _search),
          "Newest first, among those that you may read. /search more shows the next page.\n"
          'Words in "quotes" follow one another; print* is the beginning of a word.\n'
          "in:@bob is your talk with bob; since: takes a date, too."),
    Usage(("catchup", "unread"), "", "what you missed in all your places", "/catchup", commands.Catchup,
          nothing(commands.Catchup), "What it shows is read then."),
)  # fmt: skip
