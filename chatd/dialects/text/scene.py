"""What a person at a terminal has in view: the state that turns C{hello} into a command and back."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from chatd.core.errors import NotNow
from chatd.dialects.text.screen import View


class Scene:
    """
    One person's view.

    @ivar me: The account's name, once there is one.
    @ivar current: The room, or C{@NAME}, that plain lines go to.
    @ivar partner: Who last wrote a direct message, for C{/reply}.
    """

    __slots__ = ("_zone", "current", "hold", "me", "partner", "view")

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self.me = ""
        self.current: str | None = None
        self.partner: str | None = None
        self.hold = False
        self.view = View(zone)

    def use(self, settings: dict[str, str]) -> None:
        """Look at things as the account has set it."""
        zone = ZoneInfo(settings["zone"]) if settings.get("zone") else self._zone
        self.view = View(zone, time=settings.get("time") == "on", colour=settings.get("colour") == "on")
        self.hold = settings.get("hold") == "on"

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
