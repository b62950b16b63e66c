"""
What a peer is told when the answer is no.

Every refusal is a L{ChatError} of one of the kinds below. The code is stable and the same on every face; the
sentences are for people. Anything that is raised and is not a L{ChatError} is a fault of ours.
"""

from typing import ClassVar


class ChatError(Exception):
    """
    A refusal.

    @ivar code: The kind, for programs. It never changes once released.
    @ivar closes: Whether the connection ends with this refusal.
    @ivar why: One sentence: what was refused and what to do next.
    @ivar rule: The rule that refused, where that is worth a sentence of its own.
    @ivar set_by: Who set the rule: an account's name, or C{None} for the server's own rules.
    @ivar until: Until when, in UTC milliseconds, or C{None} if it does not end by itself.
    """

    code: ClassVar[str] = "refused"
    closes: bool = False

    def __init__(
        self, why: str, *, rule: str | None = None, set_by: str | None = None, until: int | None = None
    ) -> None:
        super().__init__(why)
        self.why = why
        self.rule = rule
        self.set_by = set_by
        self.until = until


class BadText(ChatError):
    """Text that is no text: broken UTF-8, control characters, nothing at all, or too much of it."""

    code = "bad-text"


class BadName(ChatError):
    """A name that no account or room may have."""

    code = "bad-name"


class NameTaken(ChatError):
    """A name that somebody has, or that looks like one that somebody has."""

    code = "name-taken"


class BadPassword(ChatError):
    """A password that the site's rules do not accept for an account."""

    code = "bad-password"


class LoginFailed(ChatError):
    """
    Wrong name or password; which of the two is never said.

    @ivar tries_left: How many more the connection has, where somebody counts.
    """

    code = "login-failed"

    def __init__(self, why: str = "Wrong name or password.", tries_left: int | None = None) -> None:
        super().__init__(why)
        self.tries_left = tries_left
        self.closes = tries_left == 0


class RegistrationClosed(ChatError):
    """This site does not let strangers make accounts, or wants an invitation."""

    code = "registration-closed"


class NotEncrypted(ChatError):
    """A password was about to cross a network in the clear."""

    code = "not-encrypted"


class UnknownCommand(ChatError):
    """No such command."""

    code = "unknown-command"


class BadArguments(ChatError):
    """A command that exists, with words that it does not take."""

    code = "bad-arguments"


class BadJson(ChatError):
    """A line on the JSON face that is no object, or not of the command's shape."""

    code = "bad-json"


class NotNow(ChatError):
    """A command out of its phase: a message before the login, a login after it."""

    code = "not-now"


class NoSuchRoom(ChatError):
    """There is no such room, or none that this account may know of: the same words for both."""

    code = "no-such-room"


class NotInRoom(ChatError):
    """Only members may do that, and the account is not a member, or there is no such room."""

    code = "not-in-room"


class NoSuchAccount(ChatError):
    """Nobody has that name."""

    code = "no-such-account"


class NoSuchLine(ChatError):
    """There is no such line, or it was taken back already."""

    code = "no-such-line"


class NoSuchEntry(ChatError):
    """There is nothing of that number or name in a list: no such token, session, invitation, ban."""

    code = "no-such-entry"


class NotAllowed(ChatError):
    """The account lacks the right."""

    code = "not-allowed"


class TooMany(ChatError):
    """A count is used up: rooms, sessions, registrations."""

    code = "too-many"


class CidConflict(ChatError):
    """A cid that was used before, with another text."""

    code = "cid-conflict"


class Busy(ChatError):
    """The server has more to do than it can do soon. The same again, a little later, will do."""

    code = "busy"


class StorageFull(ChatError):
    """The disk is full; reading goes on."""

    code = "storage-full"


class Closing(ChatError):
    """A refusal after which the connection ends."""

    closes = True


class TooLong(Closing):
    """A line beyond the face's limit. What follows it cannot be trusted to be a line, so this ends the connection."""

    code = "too-long"


class TooFast(Closing):
    """More lines than the server reads, for longer than it waits."""

    code = "too-fast"


class TooSlow(Closing):
    """A peer that does not read what it is sent."""

    code = "too-slow"


class TooLate(Closing):
    """No login within the time for it, or no sign of life."""

    code = "too-late"


class TooBusy(Closing):
    """More connections than the server, or this address, may have. Told at the door."""

    code = "busy"


class TooManyRefusals(Closing):
    """Nothing but refusals for a while: whoever is there does not listen."""

    code = "too-many-refusals"


class SessionEnded(Closing):
    """The session was ended from elsewhere: by its owner, or by who has power over the account."""

    code = "session-ended"


class Stopping(Closing):
    """The server is going down."""

    code = "stopping"


class Internal(ChatError):
    """Our own fault. The identifier is in the server's log beside what happened."""

    code = "internal"
