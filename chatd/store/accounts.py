"""What is stored of accounts: who they are, what proves it, what they have set, where they are members."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatd.core import names
from chatd.core.errors import (
    Busy,
    ChatError,
    LoginFailed,
    NameTaken,
    RegistrationClosed,
    TooMany,
)
from chatd.core.events import RoomShown
from chatd.core.ports import Account, Entrance, Membership, Place
from chatd.core.settings.limits import Limits
from chatd.store.archive import Reader
from chatd.store.journal import Journal
from chatd.store.queries import accounts, bans, identity, messages, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.queries.identity import CredentialRow, InvitationRow, TokenRow
from chatd.store.queries.transactions import Cursor
from chatd.store.reads.reading import Place as ReadPlace
from chatd.store.reads.reading import Reading
from chatd.store.reads.talk import news_of
from chatd.store.standing import admit, admit_address, target_of

log = Logger(namespace="chatd.store.accounts")


class Coming(NamedTuple):
    """
    What is known of somebody who comes in.

    @ivar source: What the address counts as, if the account is to be known there from now on.
    @ivar token_id: The token that has proved the account, if one has.
    @ivar password_at: When what has proved the account had become its password, if that has.
    @ivar new_token: The hash of a new session token, if one is asked for.
    """

    account_id: int
    address: str
    at: int
    source: str | None = None
    token_id: int | None = None
    password_at: int | None = None
    new_token: bytes | None = None


class Credentials:
    """What proves accounts, for whoever judges. It is only read."""

    def __init__(self, database: Reader, now: Callable[[], int], limits: Callable[[], Limits]) -> None:
        self._database = database
        self._now = now
        self._limits = limits

    async def credentials(self, key: str, source: str | None) -> CredentialRow | None:
        """
        What judging a password needs, if there is such an account.

        @param source: What the address counts as from which somebody claims to be it.
        """
        since = self._now() - _ms(self._limits().known_address_age)
        return await self._database.read(lambda cursor: identity.credentials(cursor, key, source, since))

    async def token(self, hash: bytes) -> TokenRow | None:
        """What judging a token needs, if it is worth something."""
        at = self._now()
        return await self._database.read(lambda cursor: identity.token_by_hash(cursor, hash, at))

    async def admitted(self, account_id: int, address: str) -> str:
        """
        The folded name of an account that has proved itself, to a program that asks for no more.

        @raise LoginFailed: if the account may not log in.
        @raise ChatError: if it is banned from the site, or the address is.
        """
        at = self._now()
        return await self._database.read(lambda cursor: _admitted(cursor, account_id, address, at).key)


class Accounts(Credentials):
    """The accounts, read through the readers and written through the journal."""

    def __init__(
        self, database: Reader, journal: Journal, now: Callable[[], int], limits: Callable[[], Limits] = Limits
    ) -> None:
        super().__init__(database, now, limits)
        self._journal = journal

    async def exists(self, name: str) -> bool:
        """
        Whether an account has this name.

        @raise NameTaken: if none has, but one has a name that looks the same.
        """
        return await self._database.read(lambda cursor: _exists(cursor, names.account_name(name)))

    async def is_invited(self, invitation: bytes) -> bool:
        """Whether the invitation of this hash is worth something."""
        at = self._now()
        found = await self._database.read(lambda cursor: identity.invitation_by_hash(cursor, invitation, at))
        return found is not None

    async def create(
        self, name: str, scheme: str, hash: str, address: str = "", invitation: bytes | None = None
    ) -> int:
        """
        Make an account. Returns its number.

        @param address: From where, if somebody does it for himself.
        @param invitation: The hash of the invitation that is used for it. The account has its role.
        @raise NameTaken: if the name is somebody's, or looks like somebody's.
        @raise RegistrationClosed: if the invitation is worth nothing (any more).
        @raise ChatError: if the address is banned from the site.
        """
        asked, at = names.account_name(name), self._now()

        def work(cursor: Cursor) -> int:
            admit_address(cursor, address, at)
            if _exists(cursor, asked):
                raise NameTaken(f"The name {asked.shown} is taken. Choose another one.")
            account_id = accounts.add_account(cursor, *asked, at)
            accounts.set_password(cursor, account_id, scheme, hash, at)
            if invitation is not None:
                _use_invitation(cursor, account_id, invitation, at)
            return account_id

        return await self._journal.write(work, grows=True)

    async def set_password(
        self, account_id: int, scheme: str, hash: str, *, keep: int | None = None, password_at: int | None = None
    ) -> None:
        """
        Replace an account's password, and revoke its tokens.

        @param keep: The number of a token that stays.
        @param password_at: When the password that proved the account had become it, if that was asked for.
        @raise LoginFailed: if it is another one since.
        """
        at = self._now()

        def work(cursor: Cursor) -> None:
            if password_at is not None and not identity.is_password_of(cursor, account_id, password_at):
                raise LoginFailed()
            accounts.set_password(cursor, account_id, scheme, hash, at)
            identity.revoke_tokens(cursor, account_id, at, keep)

        await self._journal.write(work)

    async def renew_password(self, account_id: int, old_hash: str, scheme: str, hash: str) -> None:
        """Store the same password in another way, unless it was changed since C{old_hash} was read."""
        await self._journal.write(lambda cursor: accounts.renew_password(cursor, account_id, old_hash, scheme, hash))

    async def add_token(self, account_id: int, hash: bytes, label: str, address: str) -> tuple[int, int]:
        """
        Keep an app token. Returns its number, and until when it lives if it is not used before, in UTC milliseconds.

        @raise TooMany: if the account has as many as it may.
        """
        at, limits = self._now(), self._limits()

        def work(cursor: Cursor) -> tuple[int, int]:
            identity.drop_worthless_tokens(cursor, account_id, at)
            kinds = [each.kind for each in identity.tokens_of(cursor, account_id, at)]
            if kinds.count("app") >= limits.app_tokens:
                why = f"You have {limits.app_tokens} tokens. /token revoke one of them first."
                raise TooMany(why, rule="app tokens")
            until = at + _ms(min(limits.token_idle, limits.token_age))
            return identity.add_token(cursor, account_id, "app", hash, label, address, at, until), until

        return await self._journal.write(work, grows=True)

    async def owner_code(self, hash: bytes) -> bool:
        """
        Let the code of this hash, and no older one, make its bearer the owner, if there is no owner.

        @return: Whether there is none.
        """
        at = self._now()

        def work(cursor: Cursor) -> bool:
            identity.revoke_owner_codes(cursor, at)
            if accounts.count_role(cursor, "owner", at):
                return False
            identity.add_invitation(cursor, hash, "owner", "the first owner", "chatd", at)
            return True

        return await self._journal.write(work)

    async def ignored(self, account: Account) -> frozenset[int]:
        """The numbers of those whom an account does not want to hear."""
        return await self._database.read(lambda cursor: _ignored(cursor, account.id))

    async def save_settings(self, account: Account, settings: Mapping[str, str]) -> None:
        """Keep an account's settings."""
        text = msgspec.json.encode(dict(settings)).decode()
        await self._journal.write(lambda cursor: accounts.save_settings(cursor, account.id, text))

    async def enter(
        self,
        account_id: int,
        address: str,
        attach: Callable[[Entrance], None],
        *,
        source: str | None = None,
        token_id: int | None = None,
        password_at: int | None = None,
        new_token: bytes | None = None,
    ) -> Entrance:
        """
        Note that an account comes in, and call C{attach} between two commits: what the entrance says holds at that
        moment, what is committed later is told later. L{Coming} says what the parameters are.

        @raise LoginFailed: if the account may not log in, or what has proved it does so no more.
        @raise ChatError: if it is banned from the site, or the address is.
        """
        coming = Coming(account_id, address, self._now(), source, token_id, password_at, new_token)
        limits = self._limits()
        entrance = await self._journal.write(lambda cursor: _enter(cursor, coming, limits), attach)
        try:
            return await self._database.read(lambda cursor: _with_news(cursor, entrance, coming.at, limits))
        except Busy:
            return entrance  # the account is in, and hears how much is new when it asks

    def depart(self, account: Account, seen: Mapping[int, int]) -> None:
        """Keep when an account went and how far it had heard each place, without waiting for the disk."""
        at, marks = self._now(), dict(seen)

        def work(cursor: Cursor) -> None:
            row = accounts.account_by_id(cursor, account.id)
            if row is None or row.status == "deleted":
                return  # nothing is kept of it any more
            accounts.note_seen(cursor, account.id, at)
            for room_id, seq in marks.items():
                messages.set_marker(cursor, account.id, room_id, seq)

        try:
            written = self._journal.write(work)
        except Busy:
            return  # what was read is shown as unread once more, and that is all
        written.addErrback(_markers_lost)


def _markers_lost(failure: Failure) -> None:
    if failure.check(ChatError) is None:
        log.failure("markers not kept", failure=failure)
        return
    log.warn("markers not kept: {reason}", reason=str(failure.value))


def _exists(cursor: Cursor, name: names.Name) -> bool:
    if accounts.account_by_key(cursor, name.key) is not None:
        return True
    alike = accounts.account_alike(cursor, name.skeleton)
    if alike is not None:
        raise NameTaken(f"The name {name.shown} looks like {alike}, who is here already. Choose another one.")
    return False


def _admitted(cursor: Cursor, account_id: int, address: str, at: int) -> AccountRow:
    row = accounts.account_by_id(cursor, account_id)
    if row is None or row.status != "active":
        raise LoginFailed()
    admit(cursor, row, address, at)
    return row


def _enter(cursor: Cursor, coming: Coming, limits: Limits) -> Entrance:
    account_id, at = coming.account_id, coming.at
    token_id = _proved(cursor, coming, limits)
    row = _admitted(cursor, account_id, coming.address, at)
    settings, last_at, last_from = accounts.last_login(cursor, account_id)
    accounts.note_login(cursor, account_id, coming.address, at)
    if coming.source is not None:
        identity.note_address(cursor, account_id, coming.source, at)
        identity.forget_addresses(cursor, account_id, at - _ms(limits.known_address_age), limits.known_addresses)
    if coming.new_token is not None:
        token_id = _remember(cursor, coming, coming.new_token, limits)
    _, ever = rooms.count_memberships(cursor, account_id)
    return Entrance(
        Account(row.id, row.name, row.key),
        _memberships(cursor, account_id),
        msgspec.json.decode(settings),
        ever == 0,
        last_at,
        last_from,
        accounts.role_of(cursor, account_id, at)[0],
        _ignored(cursor, account_id),
        token_id=token_id,
        came_by=coming.token_id,
    )


def _ignored(cursor: Cursor, account_id: int) -> frozenset[int]:
    return frozenset(number for number, _ in bans.ignores(cursor, account_id))


def _proved(cursor: Cursor, coming: Coming, limits: Limits) -> int | None:
    """
    Look again at what has proved the account, now that nothing else is written.

    @return: The number of the session token, if it was one.
    @raise LoginFailed: if a token was revoked or the password changed since.
    """
    account_id, token_id, at = coming.account_id, coming.token_id, coming.at
    if coming.password_at is not None and not identity.is_password_of(cursor, account_id, coming.password_at):
        raise LoginFailed()
    if token_id is None:
        return None
    idle, age = _ms(limits.token_idle), _ms(limits.token_age)
    kind = identity.use_token(cursor, token_id, coming.address, at, idle, age)
    if kind is None:
        raise LoginFailed()
    return token_id if kind == "session" else None


def _remember(cursor: Cursor, coming: Coming, hash: bytes, limits: Limits) -> int:
    """Keep a new session token; where there are too many, the one that was used longest ago goes."""
    account_id, at = coming.account_id, coming.at
    identity.drop_worthless_tokens(cursor, account_id, at)
    until = at + _ms(min(limits.token_idle, limits.token_age))
    number = identity.add_token(cursor, account_id, "session", hash, "", coming.address, at, until)
    identity.keep_newest_tokens(cursor, account_id, "session", limits.session_tokens)
    return number


def _use_invitation(cursor: Cursor, account_id: int, hash: bytes, at: int) -> None:
    invitation = identity.invitation_by_hash(cursor, hash, at)
    if invitation is None or not _may_still_invite(cursor, invitation, at):
        raise RegistrationClosed("That invitation is used up. Ask the people who run this server for another one.")
    identity.use_invitation(cursor, invitation.id)
    if invitation.role != "member":
        accounts.grant_role(cursor, account_id, invitation.role, invitation.created_by, at, None)


def _may_still_invite(cursor: Cursor, invitation: InvitationRow, at: int) -> bool:
    """Whether who made an invitation could make it now. What no account made, the operator or the log did."""
    maker = accounts.account_by_key(cursor, invitation.created_by.casefold())
    if maker is None:
        return True
    actor = target_of(cursor, maker, at)
    outranks = actor.rank > accounts.rank_of(cursor, invitation.role)
    return maker.status == "active" and "invite-to-site" in actor.permissions and outranks


def _memberships(cursor: Cursor, account_id: int) -> tuple[Membership, ...]:
    return tuple(
        Membership(
            Place(room_id, key, name, topic),
            kind == "direct",
            RoomShown(room=names.DIRECT + other if other else name, seq=last_seq, topic=topic),
        )
        for room_id, key, name, topic, kind, last_seq, other in rooms.places(cursor, account_id)
    )


def _with_news(cursor: Cursor, entrance: Entrance, at: int, limits: Limits) -> Entrance:
    reading = Reading(cursor, entrance.account, at, limits)

    def counted(membership: Membership) -> Membership:
        shown = membership.shown
        row = rooms.room_by_id(cursor, membership.place.id, entrance.account.id)
        if row is None:
            return membership
        news = news_of(reading, ReadPlace(row, shown.room), shown.seq)
        return membership._replace(shown=msgspec.structs.replace(shown, unread=news.unread, mentions=news.mentions))

    return entrance._replace(memberships=tuple(map(counted, entrance.memberships)))


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
