"""What those ask who run the site."""

from typing import Annotated, Literal

import msgspec

from chatd.core.commands.command import Command, Number, Secret, Seq, Span, Word

Uses = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Role = Literal["owner", "admin", "moderator", "member", "guest"]


class Announce(Command, frozen=True, kw_only=True, tag="announce"):
    """Say a word to everyone who is here."""

    text: str


class AddAccount(Command, frozen=True, kw_only=True, tag="add-account"):
    """Make an account for somebody. Without a password, one is made up, and shown once."""

    name: str
    password: Secret = ""


class Accounts(Command, frozen=True, kw_only=True, tag="accounts"):
    """Ask which accounts there are, by name; C{after} is the last one of the part before."""

    pattern: Word = ""
    after: str = ""


class Suspend(Command, frozen=True, kw_only=True, tag="suspend"):
    """Let an account not log in any more. Its sessions end."""

    name: str
    reason: str = ""


class Restore(Command, frozen=True, kw_only=True, tag="restore"):
    """Let a suspended account log in again."""

    name: str


class GrantRole(Command, frozen=True, kw_only=True, tag="grant-role"):
    """Give an account a role, for C{ms} milliseconds or (0) for ever."""

    name: str
    role: Role
    ms: Span = 0


class ResetPassword(Command, frozen=True, kw_only=True, tag="reset-password"):
    """Give an account a new password that is made up and shown once; its sessions end, its tokens are revoked."""

    name: str


class RenameAccount(Command, frozen=True, kw_only=True, tag="rename-account"):
    """Write an account's name in another way: other capitals, the same name."""

    name: str
    shown: str


class MakeInvitation(Command, frozen=True, kw_only=True, tag="make-invitation"):
    """Make a code with which strangers may register, C{uses} times, for C{ms} milliseconds or (0) for ever."""

    label: Word = ""
    uses: Uses = 1
    ms: Span = 7 * 86400 * 1000
    role: Role = "member"


class Invitations(Command, frozen=True, kw_only=True, tag="invitations"):
    """Ask which codes there are."""


class RevokeInvitation(Command, frozen=True, kw_only=True, tag="revoke-invitation"):
    """Make a code worthless."""

    number: Number


class PurgeRoom(Command, frozen=True, kw_only=True, tag="purge-room"):
    """
    Throw away all that was said in a room, or what is older than C{ms} milliseconds.

    @ivar before: The same as a moment, in UTC milliseconds. The session sets it, so that nothing goes that was said
        after the order.
    """

    room: str
    ms: Span = 0
    before: Seq | None = None


class Audit(Command, frozen=True, kw_only=True, tag="audit"):
    """Ask who did what with power: all, or about an account or a room (C{#ROOM}); newest first."""

    about: Word | None = None
    since: Seq | None = None
    ago: Seq | None = None
    before: Seq | None = None


class Stats(Command, frozen=True, kw_only=True, tag="stats"):
    """Ask how the server does."""


class Reload(Command, frozen=True, kw_only=True, tag="reload"):
    """Read the configuration, the message of the day and the certificates again."""


class Shutdown(Command, frozen=True, kw_only=True, tag="shutdown"):
    """Stop the server."""
