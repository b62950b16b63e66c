"""What is stored of accounts: who they are, what proves it, what they have set, where they are members."""

from collections.abc import Callable, Mapping

import msgspec
from twisted.logger import Logger
from twisted.python.failure import Failure

from chatd.core import names
from chatd.core.errors import Busy, ChatError, NameTaken, NoSuchAccount
from chatd.core.events import RoomShown
from chatd.core.ports import Account, Entrance, Membership, Place, Profile
from chatd.store.archive import Reader
from chatd.store.journal import Journal
from chatd.store.queries import accounts, messages, rooms
from chatd.store.queries.accounts import CredentialRow
from chatd.store.queries.transactions import Cursor

log = Logger(namespace="chatd.store.accounts")

UNREAD_COUNTED = 1000


class Accounts:
    """The accounts, read through the readers and written through the journal."""

    def __init__(self, database: Reader, journal: Journal, now: Callable[[], int]) -> None:
        self._database = database
        self._journal = journal
        self._now = now

    async def exists(self, name: str) -> bool:
        """
        Whether an account has this name.

        @raise NameTaken: if none has, but one has a name that looks the same.
        """
        return await self._database.read(lambda cursor: _exists(cursor, names.account_name(name)))

    async def profile(self, reader: Account, name: str) -> Profile:
        """
        What C{reader} may know of an account.

        @raise NoSuchAccount: if there is none of that name.
        """
        return await self._database.read(lambda cursor: _profile(cursor, reader, name))

    async def credentials(self, key: str) -> CredentialRow | None:
        """What judging a password needs, if there is such an account."""
        return await self._database.read(lambda cursor: accounts.credentials(cursor, key))

    async def create(self, name: str, scheme: str, hash: str) -> int:
        """
        Make an account. Returns its number.

        @raise NameTaken: if the name is somebody's, or looks like somebody's.
        """
        asked, at = names.account_name(name), self._now()

        def work(cursor: Cursor) -> int:
            if _exists(cursor, asked):
                raise NameTaken(f"The name {asked.shown} is taken. Choose another one.")
            account_id = accounts.add_account(cursor, *asked, at)
            accounts.set_password(cursor, account_id, scheme, hash, at)
            return account_id

        return await self._journal.write(work, grows=True)

    async def set_password(self, account_id: int, scheme: str, hash: str) -> None:
        """Replace an account's password."""
        at = self._now()
        await self._journal.write(lambda cursor: accounts.set_password(cursor, account_id, scheme, hash, at))

    async def renew_password(self, account_id: int, old_hash: str, scheme: str, hash: str) -> None:
        """Store the same password in another way, unless it was changed since C{old_hash} was read."""
        await self._journal.write(lambda cursor: accounts.renew_password(cursor, account_id, old_hash, scheme, hash))

    async def save_settings(self, account: Account, settings: Mapping[str, str]) -> None:
        """Keep an account's settings."""
        text = msgspec.json.encode(dict(settings)).decode()
        await self._journal.write(lambda cursor: accounts.save_settings(cursor, account.id, text))

    async def enter(self, account_id: int, address: str, attach: Callable[[Entrance], None]) -> Entrance:
        """
        Note that an account comes in, and call C{attach} between two commits: what the entrance says holds at that
        moment, what is committed later is told later.
        """
        at = self._now()
        entrance = await self._journal.write(lambda cursor: _enter(cursor, account_id, address, at), attach)
        return await self._database.read(lambda cursor: _with_news(cursor, entrance))

    def depart(self, account: Account, seen: Mapping[int, int]) -> None:
        """Keep when an account went and how far it had heard each place, without waiting for the disk."""
        at, marks = self._now(), dict(seen)

        def work(cursor: Cursor) -> None:
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


def _profile(cursor: Cursor, reader: Account, key: str) -> Profile:
    row = accounts.account_by_key(cursor, key)
    if row is None or row.status == "deleted":
        raise NoSuchAccount(f"Nobody is called {key} here.")
    shared = rooms.rooms_shared(cursor, reader.id, row.id)
    return Profile(row.name, row.created_at, row.seen_at, tuple(shared))


def _enter(cursor: Cursor, account_id: int, address: str, at: int) -> Entrance:
    row = accounts.account_by_id(cursor, account_id)
    assert row is not None, "an account that was just judged has a row"
    settings, last_at, last_from = accounts.last_login(cursor, account_id)
    accounts.note_login(cursor, account_id, address, at)
    memberships = tuple(
        Membership(
            Place(room_id, key, name, topic),
            kind == "direct",
            RoomShown(room=names.DIRECT + other if other else name, seq=last_seq, topic=topic),
        )
        for room_id, key, name, topic, kind, last_seq, other in rooms.places(cursor, account_id)
    )
    _, ever = rooms.count_memberships(cursor, account_id)
    account = Account(row.id, row.name, row.key)
    return Entrance(account, memberships, msgspec.json.decode(settings), ever == 0, last_at, last_from)


def _with_news(cursor: Cursor, entrance: Entrance) -> Entrance:
    account = entrance.account

    def counted(membership: Membership) -> Membership:
        shown = membership.shown
        unread, mentions = messages.unread(
            cursor, account.id, membership.place.id, shown.seq, account.key, UNREAD_COUNTED
        )
        return membership._replace(shown=msgspec.structs.replace(shown, unread=unread, mentions=mentions))

    return entrance._replace(memberships=tuple(map(counted, entrance.memberships)))
