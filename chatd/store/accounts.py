"""What is stored of accounts: who they are, what proves it, what they have set, where they are members."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatd.core import names
from chatd.core.errors import Busy, ChatError, LoginFailed, NotAllowed, TooMany
from chatd.core.ports import Account, Entrance
from chatd.core.settings.limits import Limits
from chatd.store.archive import Reader
from chatd.store.journal import Journal
from chatd.store.queries import accounts, identity, markers
from chatd.store.queries.identity import CredentialRow, TokenRow
from chatd.store.queries.transactions import Cursor
from chatd.store.standing import admit_address
from chatd.store.writes.entering import (
    Coming,
    admitted,
    become,
    come_as_guest,
    enter,
    exists,
    ignored,
    ms,
    require_free,
    retire,
    use_invitation,
    with_news,
)

log = Logger(namespace="chatd.store.accounts")


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
        since = self._now() - ms(self._limits().known_address_age)
        return await self._database.read(lambda cursor: identity.credentials(cursor, key, source, since))

    async def token(self, hash: bytes) -> TokenRow | None:
        """What judging a token needs, if it is worth something."""
        at = self._now()
        return await self._database.read(lambda cursor: identity.token_by_hash(cursor, hash, at))

    async def certificate(self, fingerprint: bytes) -> TokenRow | None:
        """The same of a certificate, by its SHA-256."""
        at = self._now()
        return await self._database.read(
            lambda cursor: identity.token_by_hash(cursor, fingerprint, at, certificate=True)
        )

    async def proved(self, account_id: int, address: str) -> Account:
        """
        An account that has proved itself, to whom its powers are to be lent.

        @raise LoginFailed: if the account may not log in.
        @raise ChatError: if it is banned from the site, or the address is.
        """
        at = self._now()
        row = await self._database.read(lambda cursor: admitted(cursor, account_id, address, at))
        return Account(row.id, row.name, row.key)

    async def admitted(self, account_id: int, address: str) -> str:
        """
        The folded name of an account that has proved itself, to a program that asks for no more.

        @raise LoginFailed: if the account may not log in.
        @raise ChatError: if it is banned from the site, or the address is.
        """
        at = self._now()
        return await self._database.read(lambda cursor: admitted(cursor, account_id, address, at).key)


class Accounts(Credentials):
    """The accounts, read through the readers and written through the journal."""

    def __init__(
        self, database: Reader, journal: Journal, now: Callable[[], int], limits: Callable[[], Limits] = Limits
    ) -> None:
        super().__init__(database, now, limits)
        self._journal = journal
        self._leaving: set[int] = set()

    async def exists(self, name: str) -> bool:
        """
        Whether an account has this name.

        @raise NameTaken: if none has, but one has a name that looks the same.
        """
        return await self._database.read(lambda cursor: exists(cursor, names.account_name(name)))

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
            require_free(cursor, asked)
            account_id = accounts.add_account(cursor, *asked, at)
            accounts.set_password(cursor, account_id, scheme, hash, at)
            if invitation is not None:
                use_invitation(cursor, account_id, invitation, at)
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

    async def add_token(
        self, account_id: int, hash: bytes, label: str, address: str, kind: Literal["app", "certificate"] = "app"
    ) -> tuple[int, int]:
        """
        Keep an app token, or a certificate as one. Returns its number, and until when it lives if it is not used
        before, in UTC milliseconds.

        @raise TooMany: if the account has as many of both as it may.
        @raise NotAllowed: if the certificate stands for an account already.
        """
        at, limits = self._now(), self._limits()

        def work(cursor: Cursor) -> tuple[int, int]:
            identity.drop_worthless_tokens(cursor, account_id, at)
            kept = [each for each in identity.tokens_of(cursor, account_id, at) if each.kind != "session"]
            if len(kept) >= limits.app_tokens:
                why = f"You have {limits.app_tokens} tokens. Give one up first: /token revoke, or CERT DEL to NickServ."
                raise TooMany(why, rule="app tokens")
            if kind == "certificate":
                _require_nobodys(cursor, hash, at)
            idle = limits.token_age if kind == "certificate" else min(limits.token_idle, limits.token_age)
            until = at + ms(idle)
            return identity.add_token(cursor, account_id, kind, hash, label, address, at, until), until

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
        return await self._database.read(lambda cursor: ignored(cursor, account.id))

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
        moment, what is committed later is told later. L{Coming} says what the parameters are. Where counting takes too
        long now, the entrance says that nothing is unread.

        @raise LoginFailed: if the account may not log in, or what has proved it does so no more.
        @raise ChatError: if it is banned from the site, or the address is.
        """
        coming = Coming(account_id, address, self._now(), source, token_id, password_at, new_token)
        limits = self._limits()
        entrance = await self._journal.write(lambda cursor: enter(cursor, coming, limits), attach)
        try:
            return await self._database.read(lambda cursor: with_news(cursor, entrance, coming.at, limits))
        except Busy:
            return entrance  # the account is in, and hears how much is new when it asks

    async def come_as_guest(self, name: str, address: str, source: str, attach: Callable[[Entrance], None]) -> Entrance:
        """
        Let a guest in, and call C{attach} as L{enter} does.

        @param source: What the address counts as.
        @raise NameTaken: if the name is somebody's, or looks like somebody's.
        @raise ChatError: if the address is banned from the site.
        """
        asked, at, leaving = names.guest_name(name), self._now(), tuple(self._leaving)

        def work(cursor: Cursor) -> Entrance:
            for number in leaving:
                retire(cursor, number, at)
            return come_as_guest(cursor, asked, address, source, at)

        return await self._journal.write(work, attach, grows=True)

    async def become(
        self,
        account_id: int,
        password: tuple[str, str],
        invitation: bytes | None,
        address: str,
        attach: Callable[[Entrance], None],
        *,
        source: str | None = None,
        new_token: bytes | None = None,
    ) -> Entrance:
        """
        Let a guest be an account, and call C{attach} as L{enter} does.

        @param password: Scheme and hash of its password.
        @param invitation: The hash of the invitation that is used for it, if one is.
        @raise NotNow: if it is no guest (any more).
        @raise ChatError: if the invitation is worth nothing, or the address is banned from the site.
        """
        limits = self._limits()
        coming = Coming(account_id, address, self._now(), source, new_token=new_token)
        return await self._journal.write(
            lambda cursor: become(cursor, coming, password, invitation, limits), attach, grows=True
        )

    async def retire_guests(self) -> None:
        """Let all guests be no more that were here when the process before this one ended. Before anybody comes."""
        at = self._now()

        def work(cursor: Cursor) -> None:
            for number in accounts.guests(cursor):
                retire(cursor, number, at)

        await self._journal.write(work)

    def depart(self, account: Account, seen: Mapping[int, int]) -> None:
        """
        Keep when an account went and how far it had heard each place, without waiting for the disk. Of an erased one
        nothing is kept, and a guest is no more.
        """
        at, marks = self._now(), dict(seen)
        if account.guest:
            self._leaving.add(account.id)
        leaving = tuple(self._leaving)  # with those for whom it failed before

        def work(cursor: Cursor) -> None:
            for number in leaving:
                retire(cursor, number, at)
            row = accounts.account_by_id(cursor, account.id)
            if row is None or row.status == "deleted":
                return  # nothing is kept of it any more
            accounts.note_seen(cursor, account.id, at)
            for room_id, seq in marks.items():
                markers.set_marker(cursor, account.id, room_id, seq)

        try:
            written = self._journal.write(work)
        except Busy:
            return  # what was read is shown as unread once more, and that is all
        written.addCallbacks(lambda _: self._leaving.difference_update(leaving), _markers_lost)


def _require_nobodys(cursor: Cursor, fingerprint: bytes, at: int) -> None:
    """
    Let a certificate stand for an account, or not.

    @raise NotAllowed: if it stands for one already; for which one is not said.
    """
    identity.drop_worthless_certificate(cursor, fingerprint, at)
    if identity.token_by_hash(cursor, fingerprint, at, certificate=True) is not None:
        why = "This certificate stands for an account already. Revoke it there first, or show another one."
        raise NotAllowed(why, rule="a certificate stands for one account")


def _markers_lost(failure: Failure) -> None:
    if failure.check(ChatError) is None:
        log.failure("markers not kept", failure=failure)
        return
    log.warn("markers not kept: {reason}", reason=str(failure.value))
