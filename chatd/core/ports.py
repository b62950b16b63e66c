"""
What the core asks of the world, as protocols.

L{chatd.tap} puts the real ones in their places, L{chatd.testing} those of a world in memory.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chatd.core.commands import Command, Login, Register, Resume
from chatd.core.errors import ChatError
from chatd.core.events import Answer, CertificateAdded, Event, RoomShown, TokenMade
from chatd.core.permissions import Act

if TYPE_CHECKING:
    from chatd.core.session import Session


class Account(NamedTuple):
    """
    An account as the core knows it: its number, its name as shown, its name folded.

    @ivar guest: Whether it is a guest: somebody who has proved nothing, and is no more when it goes.
    @ivar operator: The number of the account whose powers on the site a session has proved to hold beside its own
        account's, or 0; L{Session.actor} has it.
    """

    id: int
    name: str
    key: str
    guest: bool = False
    operator: int = 0


OPERATOR = Account(0, "operator", "operator")  # whoever holds the machine itself; no account may have this name

# What a session has made ready for a command, out of secrets that the store is never shown: the hash of a key, of a
# code, or (scheme and hash) of a password; or when the password was made that a session has proved to know.
Given = str | bytes | tuple[str, str] | int | None


class Place(NamedTuple):
    """A room or a direct conversation, as its row says."""

    id: int
    key: str
    name: str
    topic: str = ""


class Roster(NamedTuple):
    """
    What the members of a room are there.

    @ivar roles: The roles of those that are more than members, by their numbers.
    @ivar voiced: Those owners and moderators that have a voice beside.
    @ivar listed: Whether the room is found in lists.
    """

    roles: Mapping[int, str]
    voiced: frozenset[int]
    listed: bool


class Reach(NamedTuple):
    """
    Who is to hear what is stored nowhere: the members of a room, or one account.

    @ivar name: The room's name, or C{@NAME} of the account.
    """

    name: str
    room: int | None = None
    account: int | None = None


class Membership(NamedTuple):
    """A place that an account is a member of, and how it stands there for the account."""

    place: Place
    direct: bool
    shown: RoomShown


class Entrance(NamedTuple):
    """
    What the store knows of an account at the moment when it comes in.

    @ivar first: Whether the account has never been a member of any room.
    @ivar role: The account's role on the site.
    @ivar ignored: The numbers of the accounts that it does not want to hear.
    @ivar token: The session token that was made, where one was asked for: the secret itself.
    @ivar token_id: The number of the session token that this session came with or was given.
    @ivar came_by: The number of the token of any kind that it came with.
    @ivar host: Where a guest seems to come from.
    @ivar muted: Whether the account is muted anywhere: nobody is told what it says of itself.
    """

    account: Account
    memberships: tuple[Membership, ...]
    settings: Mapping[str, str]
    first: bool
    last_at: int | None
    last_from: str | None
    role: str = "member"
    ignored: frozenset[int] = frozenset()
    token: str | None = None
    token_id: int | None = None
    came_by: int | None = None
    host: str = ""
    muted: bool = False


class News(NamedTuple):
    """
    An event that is on disk, and who is to hear it: the members of C{place}, or of them C{only} one account, or all
    C{but} some.

    @ivar actor: The number of the account that did it.
    @ivar target: The number of the account that it was done to, where it was.
    """

    event: Event
    actor: int
    place: Place
    only: int | None = None
    target: int | None = None
    but: frozenset[int] = frozenset()


class Expulsion(NamedTuple):
    """
    Sessions that are to end: those of an account, or those that come from a network.

    @ivar token: Of the account's sessions only those that came with the token of this number, or were given it.
    @ivar keep: Whether the session that ordered it stays, where it is one of them.
    @ivar spared: The numbers of the accounts whose sessions a network does not end.
    @ivar told: Why they are gone, for those who shared a room with them.
    """

    refusal: ChatError
    account: int | None = None
    network: str | None = None
    keep: bool = False
    spared: frozenset[int] = frozenset()
    token: int | None = None
    told: str = ""


class Peer(NamedTuple):
    """
    Where a connection comes from.

    @ivar address: The address as text, for limits and for the account's owner.
    @ivar encrypted: Whether the connection is.
    @ivar private: Whether nobody between can read along: encrypted, or inside this machine.
    @ivar exempt: Whether the operator trusts the address with any number of commands.
    @ivar certificate: The fingerprint of the certificate that it has shown and has the key of, if it has: SHA-256 of
        the DER, in hexadecimal.
    """

    address: str
    encrypted: bool
    private: bool
    exempt: bool = False
    certificate: str = ""


class Journal(Protocol):
    """The one writer."""

    async def append(
        self, actor: Account, command: Command, origin: "Session | None" = None, given: Given = None
    ) -> Answer:
        """
        Store what the command does, tell the hub, then answer.

        @raise ChatError: with nothing stored.
        """
        ...

    async def settled(self) -> None:
        """Wait until all that was to be stored before is, and has been told."""
        ...


class Archive(Protocol):
    """The readers of what is stored."""

    async def settled(self) -> None:
        """Wait until what was asked before is answered, but for what takes long."""
        ...

    async def ask(self, reader: Account, command: Command) -> Answer:
        """
        What a question is answered with.

        @raise ChatError: if C{reader} may not ask it, or it makes no sense.
        """
        ...

    async def require(self, actor: Account, act: Act, room: str | None = None) -> None:
        """
        Let what costs much be begun, or not; the journal asks once more.

        @raise ChatError: if C{actor} may not do it.
        """
        ...

    async def reach(self, actor: Account, to: str, origin: "Session") -> Reach:
        """
        Whom an account may tell something in a place, which is asked for as if it were a line.

        @raise ChatError: if nobody.
        """
        ...

    async def is_muted(self, account: Account, mask: str) -> bool:
        """Whether an account is muted in any room, or on the site; or what it looks like, in a room where it is."""
        ...

    async def key_hash(self, room: str) -> str | None:
        """The hash of a room's key, if there is such a room and it has one."""
        ...

    async def standings(self, room_id: int) -> Mapping[int, str]:
        """The roles of those members of a room that are more than members, by their numbers."""
        ...

    async def roster(self, room_id: int) -> Roster:
        """What the members of a room are there, and whether it is found in lists."""
        ...


class Accounts(Protocol):
    """What is stored of accounts."""

    async def exists(self, name: str) -> bool:
        """
        Whether an account has this name.

        @raise NameTaken: if none has, but one has a name that looks the same.
        """
        ...

    async def ignored(self, account: Account) -> frozenset[int]:
        """The numbers of those whom an account does not want to hear."""
        ...

    async def save_settings(self, account: Account, settings: Mapping[str, str]) -> None:
        """Keep an account's settings."""
        ...

    def depart(self, account: Account, seen: Mapping[int, int]) -> None:
        """Keep when an account went and how far it had heard each place, without waiting for the disk."""
        ...


class Gate(Protocol):
    """The core's view of admission: whoever comes through is an account, and attached to the hub."""

    async def login(self, said: Login | Resume, session: "Session") -> Entrance:
        """
        Let an account in: by name and password, by name and a token in the password's place, by a token alone, or by
        the certificate that C{session} has shown.

        @raise LoginFailed: whatever was wrong.
        @raise ChatError: if it cannot be judged now, or the account or the address is banned.
        """
        ...

    async def register(self, said: Register, session: "Session") -> Entrance:
        """
        Make an account and let it in.

        @raise ChatError: if the site, the name, the password or the invitation does not allow it.
        """
        ...

    async def guest(self, name: str, session: "Session") -> Entrance:
        """
        Let somebody in who proves nothing, under a name that is nobody's.

        @raise NameTaken: if the name is somebody's, or looks like somebody's.
        @raise ChatError: if the name is none, or the address is banned.
        """
        ...

    async def identify(self, said: Register, session: "Session") -> Entrance:
        """
        Make the guest that C{session} is an account: with the same number, and in the same rooms.

        @raise ChatError: as L{register} does.
        """
        ...

    async def operator(self, name: str, password: str, session: "Session") -> tuple[Account, int]:
        """
        Judge the password of an account whose powers C{session} wants to have. The account, and when that became its
        password (UTC milliseconds).

        @raise LoginFailed: whatever was wrong.
        """
        ...

    async def change_password(self, account: Account, old: str, new: str, session: "Session") -> None:
        """
        Replace an account's password, and revoke its tokens but the one of C{session}.

        @raise LoginFailed: if C{old} is not its password.
        @raise BadPassword: if C{new} may not be one.
        """
        ...

    async def prove(self, account: Account, password: str, session: "Session") -> None:
        """
        Judge an account's password once more, before what cannot be taken back.

        @raise LoginFailed: if it is wrong.
        """
        ...

    async def make_token(self, account: Account, label: str, session: "Session") -> TokenMade:
        """
        Make an app token.

        @raise NotAllowed: if C{session} came with a token itself.
        @raise TooMany: if the account has as many as it may.
        """
        ...

    async def add_certificate(self, account: Account, label: str, session: "Session") -> CertificateAdded:
        """
        Let the certificate that C{session} has shown stand for the account's password.

        @raise NotAllowed: if it has shown none or came with a token itself, or if an account has it already.
        @raise TooMany: if the account has as many as it may.
        """
        ...

    def make_password(self) -> str:
        """A password that nobody guesses and that can be typed."""
        ...

    async def hash_password(self, name: str, password: str, session: "Session") -> tuple[str, str]:
        """
        Scheme and hash of a password that an account is to have.

        @raise BadPassword: if it may not be one.
        """
        ...

    async def hash_key(self, key: str, session: "Session") -> str:
        """The hash of a room's key."""
        ...

    async def has_key(self, key: str, hash: str | None, session: "Session") -> bool:
        """Whether a key is the one that was hashed. With no hash, the same work is done for nothing."""
        ...

    def make_code(self) -> tuple[str, bytes]:
        """A code that stands for an invitation, and its hash."""
        ...

    def hash_code(self, code: str) -> bytes:
        """The hash of such a code."""
        ...


class Server(Protocol):
    """The process that all this runs in."""

    def stats(self) -> dict[str, int | float | str]:
        """How it does: times in seconds, sizes in bytes."""
        ...

    def reload(self) -> str | None:
        """Read the configuration again. What is wrong with it, if the old settings stay."""
        ...

    def shutdown(self) -> None:
        """Stop, in order."""
        ...


class World(NamedTuple):
    """
    All of the above, as a session is given it.

    @ivar now: The wall clock, in UTC milliseconds: for display, never for order.
    @ivar clock: Seconds that never go back: for limits.
    """

    journal: Journal
    archive: Archive
    accounts: Accounts
    gate: Gate
    server: Server
    now: Callable[[], int]
    clock: Callable[[], float]
