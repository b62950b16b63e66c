"""Answers about one's own account."""

from typing import Any

import msgspec

from chatd.core.events.answer import Answer


class PasswdDone(Answer, frozen=True, kw_only=True, tag="passwd"):
    """The password is another one now."""


class ProfileDone(Answer, frozen=True, kw_only=True, tag="profile"):
    """What IRC shows of one now."""

    user: str
    real: str
    bot: bool


class OperateDone(Answer, frozen=True, kw_only=True, tag="operate"):
    """The session has the powers of the account C{name}, whose role on the site is C{role}, too."""

    name: str
    role: str


class DeposeDone(Answer, frozen=True, kw_only=True, tag="depose"):
    """The session has the powers of its own account, and no others."""


class SetDone(Answer, frozen=True, kw_only=True, tag="set"):
    """The settings as they are now."""

    settings: dict[str, str]


class SessionShown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    A session of one's own.

    @ivar face: How it came in, such as C{telnet} or C{json}.
    @ivar mine: Whether it is the one that asks.
    """

    number: int
    face: str
    address: str
    since: int
    active_at: int
    mine: bool


class TokenShown(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """
    A token, without its secret: C{kind} is C{session}, C{app} or C{certificate}.

    @ivar fingerprint: Of a certificate, which is no secret; else nothing.
    """

    number: int
    kind: str
    label: str
    created_at: int
    used_at: int
    used_from: str
    expires_at: int
    fingerprint: str = ""


class Claimed(Answer, frozen=True, kw_only=True, tag="claim"):
    """The account is the owner of the server now."""

    role: str


class SessionsDone(Answer, frozen=True, kw_only=True, tag="sessions"):
    """Where one is logged in."""

    at: int
    sessions: tuple[SessionShown, ...]


class LogoutDone(Answer, frozen=True, kw_only=True, tag="logout"):
    """So many sessions ended, and so many tokens were revoked."""

    sessions: int
    tokens: int


class TokenMade(Answer, frozen=True, kw_only=True, tag="make-token"):
    """The token, for the only time."""

    number: int
    label: str
    token: str
    expires_at: int


class CertificateAdded(Answer, frozen=True, kw_only=True, tag="add-certificate"):
    """The certificate proves the account now; C{fingerprint} says which one it is."""

    number: int
    label: str
    fingerprint: str
    expires_at: int


class TokensDone(Answer, frozen=True, kw_only=True, tag="tokens"):
    """The tokens that are worth something."""

    at: int
    tokens: tuple[TokenShown, ...]


class RevokeTokenDone(Answer, frozen=True, kw_only=True, tag="revoke-token"):
    """The token is worth nothing now."""

    number: int
    label: str


class AwayDone(Answer, frozen=True, kw_only=True, tag="away"):
    """One is away, or (with no text) back."""

    text: str | None


class IgnoreDone(Answer, frozen=True, kw_only=True, tag="ignore"):
    """Whom one ignores."""

    names: tuple[str, ...]


class UnignoreDone(Answer, frozen=True, kw_only=True, tag="unignore"):
    """Whom one still ignores."""

    names: tuple[str, ...]


class ExportDone(Answer, frozen=True, kw_only=True, tag="export"):
    """A part of what is kept of oneself: records with a C{kind}. C{next} asks for the part that follows, if any."""

    records: tuple[dict[str, Any], ...]
    next: int | None


class Erased(Answer, frozen=True, kw_only=True, tag="erase"):
    """The account is no more. The connection ends."""

    name: str
