"""What a person at a terminal has in view: the state that turns C{hello} into a command and back."""

from datetime import UTC, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chatd.core.commands import Command
from chatd.core.errors import NotNow
from chatd.dialects.text.view import View

Asked = TypeVar("Asked", bound=Command)


class Scene:
    """
    One person's view.

    @ivar me: The account's name, once there is one.
    @ivar role: The account's role on the site.
    @ivar current: The room, or C{@NAME}, that plain lines go to.
    @ivar partner: Who last wrote a direct message, for C{/reply}.
    @ivar hold: Whether new lines wait for Enter.
    @ivar bell: Whether the terminal rings for what is meant for this person.
    @ivar joins: Whether coming and going is shown.
    """

    __slots__ = ("_asked", "_next", "_zone", "bell", "current", "hold", "joins", "me", "partner", "role", "view")

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self._asked: dict[type[Command], Command] = {}
        self._next: dict[type[Command], Command] = {}
        self.me = ""
        self.role = "member"
        self.current: str | None = None
        self.partner: str | None = None
        self.hold = self.bell = False
        self.joins = True
        self.view = View(zone)

    def use(self, settings: dict[str, str]) -> None:
        """Look at things as the account has set it. A zone that is not known here is as good as none."""
        try:
            zone = ZoneInfo(settings["zone"]) if settings.get("zone") else self._zone
        except (LookupError, ValueError, OSError):
            zone = self._zone
        time, colour, numbers = (settings.get(name) == "on" for name in ("time", "colour", "numbers"))
        self.view = View(zone, time, colour, numbers)
        self.hold = settings.get("hold") == "on"
        self.bell = settings.get("bell") == "on"
        self.joins = settings.get("joins") != "off"

    def is_me(self, name: str) -> bool:
        """Whether a name is this person's, in whatever case."""
        return name.casefold() == self.me.casefold()

    def rename(self, before: str, name: str) -> None:
        """Somebody is called otherwise, who may be the reader or whom the reader talks with."""
        if self.me == before:
            self.me = name
        if self.partner == before:
            self.partner = name

    def here(self) -> str:
        """
        The place that plain lines go to.

        @raise NotNow: if there is none.
        """
        if self.current is None:
            raise NotNow("You are in no room now. /room #ROOM goes to one of yours, /join #lobby enters one.")
        return self.current

    def last_partner(self) -> str:
        """
        Who last wrote a direct message.

        @raise NotNow: if nobody did.
        """
        if self.partner is None:
            raise NotNow("Nobody has written to you yet. /msg NAME TEXT writes to somebody.")
        return self.partner

    def asks(self, command: Asked) -> Asked:
        """The same command, whose answer may be the first of several pages."""
        self._asked[type(command)] = command
        self._next.pop(type(command), None)
        return command

    def turn(self, kind: type[Command], **place: Any) -> None:
        """The page after the one that was just answered begins at this place."""
        if kind in self._asked:
            self._next[kind] = replace(self._asked[kind], **place)

    def turn_last(self, kind: type[Command]) -> None:
        """The page that was just answered is the last."""
        self._next.pop(kind, None)

    def more(self, kind: type[Command]) -> Command:
        """
        The command for the next page of what was asked last.

        @raise NotNow: if there is no such page.
        """
        if kind not in self._next:
            raise NotNow("There is no more to show.")
        return self._next[kind]
