"""What is known of one IRC connection, and how it is spoken to."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chatd.core.events import Event, RoomEvent, Said
from chatd.core.ports import Peer
from chatd.core.room import Avatar
from chatd.core.session import Session
from chatd.core.settings.site import Site
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import caps, message
from chatd.dialects.irc.caps import Negotiation, Reply
from chatd.dialects.irc.hearing.style import style_of
from chatd.dialects.irc.modes import Change
from chatd.dialects.irc.numerics import NOTHING, Numeric
from chatd.dialects.irc.verbs.entrance.sasl import EXTERNAL, PLAIN, Assembly

UNNAMED = "*"
_NO_SOURCE = str.maketrans(dict.fromkeys(" :!@", "-"))
_WORD = re.compile(r"[^\0\r\n :][^\0\r\n ]*")
CONTEXT_BYTES = 128


class Gathering:
    """
    A batch that a client is sending (IRCv3 client-batch).

    @ivar reference: Its name.
    @ivar target: Whom what is in it is for.
    @ivar tags: The client-only tags of all of it.
    @ivar label: The label of all of it, if it has one.
    @ivar command: What its lines are: C{PRIVMSG} or C{NOTICE}; nothing before the first one.
    @ivar lines: The texts so far, and whether each goes on where the one before ended.
    @ivar size: How many bytes the text has so far.
    @ivar failed: Whether something was wrong with it, so that the rest comes to nothing.
    """

    __slots__ = ("command", "failed", "label", "lines", "reference", "size", "tags", "target")

    def __init__(self, reference: str, target: str, tags: Mapping[str, str], label: str | None) -> None:
        self.reference = reference
        self.target = target
        self.tags = tags
        self.label = label
        self.command = ""
        self.lines: list[tuple[str, bool]] = []
        self.size = 0
        self.failed = False


class Client:
    """
    An IRC connection.

    @ivar session: The core's session, which is read here and never changed.
    @ivar begun_at: When the daemon was started, in UTC milliseconds.
    @ivar version: What the daemon calls itself.
    @ivar caps: The capabilities, and how far their negotiation is.
    @ivar nick: What the client asked to be called, before it is somebody; C{*} before it has asked.
    @ivar wanted: The same, where it could not be called so, too.
    @ivar user: What C{USER} said, and C{real}.
    @ivar password: What C{PASS} said.
    @ivar assembly: The response to SASL's question that is being sent, where one is.
    @ivar welcomed: Whether the registration is complete.
    @ivar told: What was told of since that command began and belongs to its answer.
    @ivar arrived: Whether it has been told who and where it is.
    @ivar waiting: What was heard before that, which comes after it; C{waiting_size}: how many bytes that is;
        C{waiting_from}: the seq of the first line among it of each place.
    @ivar errands: What is to be asked before the next line.
    @ivar changed: The modes that the C{MODE} which is being obeyed has changed so far, each with its event.
    @ivar style: What of the capabilities changes how events are written.
    @ivar watched: Whom it watches (MONITOR): what it calls them, by their folded names.
    @ivar subscribed: The keys of metadata that it wants to hear of, in its order.
    @ivar early_away: What C{AWAY} said before it was somebody, if it did.
    @ivar early_values: What C{METADATA} set before it was somebody.
    @ivar wallops: User mode C{w}.
    @ivar gathering: The batch that the client is sending, if it is.
    @ivar left: The rooms that it was in before, by key, and the seq at which it went.
    """

    __slots__ = (
        "_batches", "_settings", "arrived", "assembly", "begun_at", "caps", "changed", "early_away", "early_values",
        "errands", "gathering", "left", "nick", "password", "real", "session", "style", "subscribed", "told", "user",
        "version", "waiting", "waiting_from", "waiting_size", "wallops", "wanted", "watched", "welcomed",
    )  # fmt: skip

    def __init__(self, session: Session, begun_at: int, version: str) -> None:
        self.session = session
        self.begun_at = begun_at
        self.version = version
        self.caps = Negotiation(self._offered())
        self.nick = self.wanted = UNNAMED
        self.user = self.real = ""
        self.password: str | None = None
        self.assembly: Assembly | None = None
        self.welcomed = self.arrived = False
        self.told: list[bytes] | None = None
        self.waiting: list[bytes] = []
        self.waiting_size = 0
        self.waiting_from: dict[str, int] = {}
        self.errands: list[Exchange] = []
        self.changed: list[tuple[Change, RoomEvent]] | None = None
        self.wallops = False
        self.style = style_of(self.caps.caps)
        self.watched: dict[str, str] = {}
        self.subscribed: dict[str, None] = {}
        self.early_away: str | None = None
        self.early_values: dict[str, str] = {}
        self.gathering: Gathering | None = None
        self.left: dict[str, int] = {}
        self._batches = 0
        self._settings = session.site

    @property
    def avatar(self) -> Avatar | None:
        """Who it is, once it is somebody."""
        return self.session.avatar

    @property
    def site(self) -> Site:
        """What the operator decided."""
        return self.session.site

    @property
    def peer(self) -> Peer:
        """Where it comes from."""
        return self.session.peer

    @property
    def server(self) -> str:
        """The server's name, as the source of what it says."""
        return self.site.name.translate(_NO_SOURCE)

    @property
    def name(self) -> str:
        """What it is called: its account's name, or what it asked for."""
        avatar = self.avatar
        return self.nick if avatar is None else avatar.account.name

    @property
    def addressed(self) -> str:
        """What it is called in what is sent to it: what it asked for, until the welcome tells it its name."""
        return self.name if self.welcomed else self.nick

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """What SASL takes here: EXTERNAL from who has shown a certificate, whosever it is."""
        return (PLAIN, EXTERNAL) if self.peer.certificate else (PLAIN,)

    @property
    def in_limbo(self) -> bool:
        """Whether it was welcomed without being anybody: it may talk to NickServ, and to nobody else."""
        return self.welcomed and self.avatar is None

    @property
    def mask(self) -> str:
        """Its own C{nick!user@host}."""
        avatar = self.avatar
        return f"{self.name}!{self.user or NOTHING}@{NOTHING}" if avatar is None else avatar.mask

    def has(self, cap: str) -> bool:
        """Whether a capability is in force."""
        return cap in self.caps.caps

    def negotiate(self, params: tuple[str, ...]) -> bytes:
        """One C{CAP} of the client's, and what is answered."""
        return self._changed() + self._negotiated(self.caps.obey(self.addressed, params))

    def renegotiate(self) -> bytes:
        """What is offered no more, or new, if the settings are others than at the last look (IRCv3 cap-notify)."""
        if self.site is self._settings:
            return b""
        self._settings = self.site
        return self._changed()

    def waits(self, told: bytes, *events: Event) -> None:
        """Keep what was heard until it has arrived."""
        for event in events:
            if isinstance(event, Said):
                self.waiting_from.setdefault(event.room.casefold(), event.seq)
        if told:
            self.waiting.append(told)
            self.waiting_size += len(told)

    def line(
        self, command: str, *params: str, source: str | None = None, tags: Mapping[str, str] | None = None
    ) -> bytes:
        """A line from the server, or from another source."""
        return message.build(command, *params, source=self.server if source is None else source, tags=tags)

    def numeric(self, numeric: Numeric, **fields: Any) -> bytes:
        """A numeric reply."""
        return numeric.line(self.server, self.addressed, **fields)

    def notice(self, text: str, source: str | None = None) -> bytes:
        """A word of the server's, in as many lines as it takes."""
        room = message.allowance("NOTICE", self.addressed, source=source or self.server)
        return b"".join(
            self.line("NOTICE", self.addressed, each, source=source)
            for part in text.split("\n") for each in message.fitting(part, room)
        )  # fmt: skip

    def closing(self, why: str) -> bytes:
        """The last line."""
        return message.build("ERROR", message.fitting(why, 400)[0])

    def fail(self, command: str, code: str, *context: str, text: str, kind: str = "FAIL") -> bytes:
        """
        A standard reply (IRCv3 standard-replies): C{FAIL}, C{WARN} or C{NOTE}.

        It is sent to whoever asked for what is answered with it, since the specifications that use these replies do
        not need the capability for them, and a client that knows none shows the line as it is.
        """
        head = (kind, command, code, *(each if _is_context(each) else NOTHING for each in context))
        return self.line(*head, message.fitting(text, message.allowance(*head, source=self.server))[0])

    def _changed(self) -> bytes:
        return self._negotiated(self.caps.change(self.addressed, self._offered()))

    def _negotiated(self, replies: Iterable[Reply]) -> bytes:
        self.style = style_of(self.caps.caps)
        return b"".join(self.line(command, *words) for command, words in replies)

    def _offered(self) -> Mapping[str, str]:
        """
        The capabilities as they are now, here: a reload of the settings changes them, and what a gateway says. Nobody
        is asked for a password that would not be taken, or for one of a new account where none is made.

        Why SCRAM is not among the mechanisms, L{chatd.dialects.irc.verbs.entrance.sasl} says.
        """
        site, peer = self.site, self.peer
        takes_passwords = peer.private or site.plaintext_logins
        values = {"sasl": ",".join(self.mechanisms)} if takes_passwords else {}
        if site.sts is not None:  # over an insecure line only where to go, over a secure one for how long (IRCv3 STS)
            values["sts"] = f"duration={site.sts.duration}" if peer.encrypted else f"port={site.sts.port}"
        makes_accounts = takes_passwords and site.registration == "open"
        return caps.offer(values, () if makes_accounts else ("draft/account-registration",))

    def batch(self, kind: str, *params: str, lines: Iterable[bytes]) -> bytes:
        """Lines as one batch (IRCv3 batch), or as they are to who knows none."""
        body = b"".join(lines)
        if not self.has("batch"):
            return body
        self._batches += 1
        reference = f"{self._batches}"
        start = self.line("BATCH", f"+{reference}", kind, *params)
        inside = b"".join(each if _ends_batch(each) else tagged(each, "batch", reference) for each in lines_of(body))
        return start + inside + self.line("BATCH", f"-{reference}")

    def labelled(self, label: str, body: bytes) -> bytes:
        """An answer with its label (IRCv3 labeled-response): nothing is an C{ACK}, several lines are a batch."""
        lines = lines_of(body)
        if not lines:
            return self.line("ACK", tags={"label": label})
        if len(lines) == 1 or _is_one_batch(lines):
            return tagged(lines[0], "label", label) + b"".join(lines[1:])
        whole = self.batch("labeled-response", lines=[body])
        return tagged(whole, "label", label)


def _is_context(word: str) -> bool:
    """Whether a word can stand in a standard reply as it is."""
    return _WORD.fullmatch(word) is not None and len(word.encode()) <= CONTEXT_BYTES


def lines_of(body: bytes) -> list[bytes]:
    """The lines of an answer, each with its end."""
    return body.splitlines(keepends=True) if body else []


def tagged(line: bytes, key: str, value: str) -> bytes:
    """A line with one more tag, unless it has that one: what is of an inner batch stays in it."""
    if line.startswith(b"@"):
        tags = line[1 : line.index(b" ")].split(b";")
        if any(each.partition(b"=")[0] == key.encode() for each in tags):
            return line
        return f"@{message.packed({key: value})};".encode() + line[1:]
    return f"@{message.packed({key: value})} ".encode() + line


def _is_one_batch(lines: list[bytes]) -> bool:
    """Whether an answer is a batch as a whole, which then has the label itself."""
    first, last = (each.split(b" ") for each in (_untagged(lines[0]), _untagged(lines[-1])))
    return first[1:2] == last[1:2] == [b"BATCH"] and first[2][1:] == last[2].strip()[1:]


def _ends_batch(line: bytes) -> bool:
    """Whether a line ends a batch: that one is not marked as part of the outer one (IRCv3 batch, "Nested batches")."""
    words = _untagged(line).split(b" ")
    return words[1:2] == [b"BATCH"] and words[2].startswith(b"-")


def _untagged(line: bytes) -> bytes:
    return line.partition(b" ")[2] if line.startswith(b"@") else line
