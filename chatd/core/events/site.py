"""Answers to those who run the site."""

import msgspec

from chatd.core.events.answer import Answer


class AccountShown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An account, as those see it who manage accounts."""

    name: str
    status: str
    role: str
    created_at: int
    seen_at: int | None
    online: bool


class InvitationShown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A code, without the code."""

    number: int
    label: str
    role: str
    created_by: str
    created_at: int
    expires_at: int | None
    uses_left: int


class AuditShown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    Something that was done with power.

    @ivar operator: The account whose powers the actor had proved to hold beside its own, if there was one.
    """

    number: int
    at: int
    actor: str
    address: str
    act: str
    target: str
    room: str
    reason: str
    operator: str = ""


class AnnounceDone(Answer, frozen=True, kw_only=True, tag="announce"):
    """So many people heard it."""

    people: int


class AccountAdded(Answer, frozen=True, kw_only=True, tag="add-account"):
    """The account is there; the password, if it was made up, for the only time."""

    name: str
    password: str | None


class AccountsDone(Answer, frozen=True, kw_only=True, tag="accounts"):
    """Accounts by name; C{more} if others follow."""

    at: int
    accounts: tuple[AccountShown, ...]
    more: bool


class SuspendDone(Answer, frozen=True, kw_only=True, tag="suspend"):
    """The account cannot log in."""

    name: str


class RestoreDone(Answer, frozen=True, kw_only=True, tag="restore"):
    """The account can log in."""

    name: str


class GrantRoleDone(Answer, frozen=True, kw_only=True, tag="grant-role"):
    """The account has the role, until C{until} or for ever."""

    name: str
    role: str
    until: int | None


class PasswordReset(Answer, frozen=True, kw_only=True, tag="reset-password"):
    """The new password, for the only time."""

    name: str
    password: str


class RenameDone(Answer, frozen=True, kw_only=True, tag="rename-account"):
    """How the name is written now."""

    name: str


class NameDone(RenameDone, frozen=True, kw_only=True, tag="rename"):
    """What the guest is called now."""


class InvitationMade(Answer, frozen=True, kw_only=True, tag="make-invitation"):
    """The code, for the only time."""

    number: int
    code: str
    expires_at: int | None


class InvitationsDone(Answer, frozen=True, kw_only=True, tag="invitations"):
    """The codes that are worth something."""

    at: int
    invitations: tuple[InvitationShown, ...]


class RevokeInvitationDone(Answer, frozen=True, kw_only=True, tag="revoke-invitation"):
    """The code is worth nothing now."""

    number: int


class PurgeRoomDone(Answer, frozen=True, kw_only=True, tag="purge-room"):
    """So many rows are gone."""

    room: str
    messages: int


class AuditDone(Answer, frozen=True, kw_only=True, tag="audit"):
    """What was done, newest first; C{more} if there is older."""

    at: int
    entries: tuple[AuditShown, ...]
    more: bool


class StatsDone(Answer, frozen=True, kw_only=True, tag="stats"):
    """How the server does, by name: counts, times in seconds, sizes in bytes."""

    stats: dict[str, int | float | str]


class ReloadDone(Answer, frozen=True, kw_only=True, tag="reload"):
    """The configuration was read again; C{wrong} says why the old settings stay, if they do."""

    wrong: str | None


class ShutdownDone(Answer, frozen=True, kw_only=True, tag="shutdown"):
    """The server stops now."""
