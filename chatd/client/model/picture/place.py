"""One place to talk in: a room, or the conversation with one other account."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from chatd.client.model.picture.line import Line, Log
from chatd.client.model.picture.shown import fitting
from chatd.core.names import DIRECT
from chatd.dialects.text.view import place as as_written

MOST_MEMBERS = 20_000
_ORDER = {"owner": 0, "moderator": 1, "voice": 2}


@dataclass(slots=True)
class Member:
    """
    Somebody who is in a room and here.

    @ivar role: In this room: C{owner}, C{moderator}, C{voice} or C{member}.
    @ivar away: The words with which one is away, or C{None}.
    """

    name: str
    role: str = "member"
    away: str | None = None

    def fitting(self) -> "Member":
        """The same one, with nothing that a screen cannot show."""
        return Member(fitting(self.name), fitting(self.role), self.away and fitting(self.away))


@dataclass(eq=False, slots=True, weakref_slot=True)
class Place:
    """
    A place that one is in, as it stands.

    @ivar name: As on the wire: the room's name, C{@NAME} for a direct conversation, or nothing for the console,
        which takes what belongs nowhere else.
    @ivar log: Its lines.
    @ivar members: Those who are here, by folded name.
    @ivar is_listed: Whether the members were asked for; before that, they are those who were heard.
    @ivar unread: Lines by others since one last looked.
    @ivar mentions: How many of those hold one's name.
    @ivar last: The highest seq that was heard of.
    @ivar new_from: The first line that was new when one began to look, for a mark above it.
    @ivar more: Whether there may be older lines than those here.
    @ivar loading: Whether older lines are on their way.
    @ivar draft: What was half typed here when one went to look elsewhere.
    """

    name: str
    topic: str = ""
    log: Log = field(default_factory=Log)
    members: dict[str, Member] = field(default_factory=dict)
    is_listed: bool = False
    unread: int = 0
    mentions: int = 0
    last: int = 0
    new_from: Line | None = None
    more: bool = True
    loading: bool = False
    absent: dict[str, Member] = field(default_factory=dict)
    waiting_new: int = 0
    draft: str = ""

    @property
    def title(self) -> str:
        """As people write it: C{#lobby}, or the other one's name; with nothing that a screen cannot show."""
        return fitting(as_written(self.name)) if self.name else "chatd"

    @property
    def is_direct(self) -> bool:
        """Whether it is the conversation with one other account."""
        return self.name.startswith(DIRECT)

    @property
    def is_console(self) -> bool:
        """Whether it is no place to talk in."""
        return not self.name

    @property
    def lines(self) -> list[Line]:
        """Its lines, oldest first; to be read only."""
        return self.log.lines

    def people(self) -> list[Member]:
        """Those who are here: owners first, then moderators, then by name."""
        return sorted(self.members.values(), key=lambda each: (_ORDER.get(each.role, 3), each.name.casefold()))

    def member(self, name: str) -> Member | None:
        """Somebody who is here, if so."""
        return self.members.get(name.casefold())

    def knows(self, name: str) -> bool:
        """Whether somebody is a member, here or not, as far as it was heard."""
        return name.casefold() in self.members or name.casefold() in self.absent

    def enter(self, name: str) -> bool:
        """Somebody is here. Whether that is news. Beyond C{MOST_MEMBERS} nobody is noticed."""
        key = name.casefold()
        if key in self.members or (key not in self.absent and len(self.members) + len(self.absent) >= MOST_MEMBERS):
            return False
        self.members[key] = self.absent.pop(key, Member(name).fitting())
        return True

    def depart(self, name: str) -> bool:
        """Somebody is not here now, and stays a member. Whether that is news."""
        key = name.casefold()
        if key not in self.members:
            return False
        self.absent[key] = self.members.pop(key)
        return True

    def list_people(self, told: Iterable[Member]) -> None:
        """Who is here, all of them; who is not among them and was known is a member still, as far as it was heard."""
        here = {each.name.casefold(): each.fitting() for each in islice(told, MOST_MEMBERS)}
        others = [(key, one) for key, one in (self.absent | self.members).items() if key not in here]
        self.absent = dict(others[: MOST_MEMBERS - len(here)])
        self.members, self.is_listed = here, True

    def lose(self, name: str) -> bool:
        """Somebody is a member no more. Whether that is news."""
        known = self.knows(name)
        for each in (self.members, self.absent):
            if name.casefold() in each:
                del each[name.casefold()]
        return known

    def rename(self, who: str, name: str) -> None:
        """A member is called otherwise from here on."""
        for each in (self.members, self.absent):
            member = each.pop(who.casefold(), None)
            if member is not None:
                member.name = fitting(name)
                each[name.casefold()] = member

    def see(self) -> bool:
        """Nothing is new here any more. Whether something was."""
        was = self.unread or self.mentions
        self.unread = self.mentions = 0
        return bool(was)

    def draw_mark(self) -> None:
        """Put the mark above the first of so many new lines, if they are here."""
        left = self.waiting_new
        if not left:
            return
        for line in reversed(self.lines):
            if line.is_said and not line.mine:
                left -= 1
                if not left:
                    self.new_from, self.waiting_new = line, 0
                    return
