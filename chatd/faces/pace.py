"""How fast one peer is read, and for how long it may be silent, late or deaf."""

from chatd.core.bucket import Bucket
from chatd.core.errors import Closing, TooFast, TooLate, TooSlow
from chatd.core.settings.limits import Limits

PING_AT = 0.6  # of the idle time: 90 s of 150
ASKED_BY_A_LINE = 8  # that many commands of the core; to enter a room with IRC takes six


class Pace:
    """
    The pace of one connection. Times are seconds of one clock that does not go back.

    @ivar can_hear: Whether the handshake, where there is one, is over.
    @ivar half_closed_at: When the peer said its last, or C{None}.
    """

    __slots__ = ("_bucket", "_full_since", "_heard_at", "_is_pinged", "_since", "can_hear", "half_closed_at")

    def __init__(self, limits: Limits, now: float, exempt: bool) -> None:
        self._bucket = None if exempt else Bucket(limits.line_burst, limits.lines_per_second, now)
        self._full_since: float | None = None
        self._since = self._heard_at = now
        self._is_pinged = False
        self.can_hear = False
        self.half_closed_at: float | None = None

    def hear(self, now: float) -> None:
        """The peer gave a sign of life."""
        self._heard_at = now
        self._is_pinged = False

    def wait(self, now: float) -> float:
        """Take the right to one line; or say how many seconds until there is one."""
        if self._bucket is None or self._bucket.take(now):
            return 0.0
        return self._bucket.wait()

    def charge(self, asked: int) -> None:
        """Count a line that has asked so many commands of the core as several, if it is worth as many."""
        if self._bucket is not None:
            self._bucket.owe(max(0, asked - 1) // ASKED_BY_A_LINE)

    def note(self, unread: int, limits: Limits, now: float) -> None:
        """Remember how much of what came is waiting."""
        if unread >= limits.unread_bytes:
            self._full_since = self._full_since or now
        elif unread < limits.unread_bytes // 2:
            self._full_since = None

    def is_ping_due(self, idle: float, now: float) -> bool:
        """Whether it is time to ask for a sign of life; says so once for each silence."""
        due = not self._is_pinged and now - self._heard_at > idle * PING_AT
        self._is_pinged = self._is_pinged or due
        return due

    def late_for_login(self, limits: Limits, now: float) -> Closing | None:
        """The refusal for whoever has not logged in, once the time for it is over."""
        if not self.can_hear and now - self._since > limits.handshake_deadline:
            return TooLate("The TLS handshake took too long.")
        if now - self._since <= limits.login_deadline:
            return None
        return TooLate(f"No login within {limits.login_deadline:.0f} seconds. Connect again.")

    def silent(self, idle: float, now: float) -> Closing | None:
        """The refusal for whoever could give a sign of life and does not."""
        return TooLate(f"No sign of life for {idle:.0f} seconds.") if now - self._heard_at > idle else None

    def beyond(self, blocked_since: float | None, limits: Limits, now: float) -> Closing | None:
        """The refusal for whoever floods, does not read, or closed its side long ago."""
        if blocked_since is not None and now - blocked_since > limits.queue_seconds:
            return TooSlow("You do not read what the server sends.")
        if self._full_since is not None and now - self._full_since > limits.unread_seconds:
            return TooFast("You send faster than the server reads.")
        if self.half_closed_at is not None and now - self.half_closed_at > limits.queue_seconds:
            return TooLate("You closed your side of the connection before the server was done with it.")
        return None
