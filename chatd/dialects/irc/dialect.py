"""The IRC dialect for one connection: lines to commands, answers and events to lines."""

from collections.abc import Mapping

from chatd.core.commands import Command
from chatd.core.errors import ChatError, TooSlow
from chatd.core.events import Answer, Pinged
from chatd.core.room import Envelope, Render, Volley
from chatd.core.session import Phase, Session
from chatd.dialects.dialect import Exchange, Prompt
from chatd.dialects.irc import message, numerics, refusals
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.style import rendering
from chatd.dialects.irc.hearing.table import HEARING
from chatd.dialects.irc.hearing.talk import in_room, received
from chatd.dialects.irc.message import BadMessage, Message
from chatd.dialects.irc.verbs.entrance import services
from chatd.dialects.irc.verbs.table import COMMANDS
from chatd.dialects.irc.verbs.talk import batches, messages
from chatd.dialects.irc.verbs.verb import Meant

LINE_LIMIT = 2 * message.TAG_BYTES
LABEL_BYTES = 64


class IrcDialect:
    """
    The IRC dialect for one connection. It reads the session, to know who is where, and never changes it.

    @param begun_at: When the daemon was started, in UTC milliseconds.
    @param version: What the daemon calls itself.
    """

    __slots__ = ("_client", "errands")

    face = "irc"
    prompt: Prompt | None = None
    holds = False
    line_limit = LINE_LIMIT

    def __init__(self, session: Session, begun_at: int, version: str) -> None:
        self._client = Client(session, begun_at, version)
        self.errands = self._client.errands

    @property
    def render(self) -> Render | None:
        """As all do who have the same capabilities, once it has arrived."""
        return rendering(in_room, self._client.style) if self._client.arrived else None

    def greet(self) -> bytes:
        """Nothing: a client speaks first."""
        return b""

    def parse(self, line: bytes, phase: Phase) -> Meant:
        """What a line asks, or what is wrong with it: no line of IRC's is worth a refusal of the core."""
        client = self._client
        try:
            said = message.parse(line)
        except BadMessage as wrong:
            answer, label = self._misread(wrong), self._label(wrong.tags)
            return answer if label is None else self._labelled(label, answer)
        label, meant = self._label(said.tags), None
        if client.welcomed and not client.in_limbo:
            gathered = batches.gathered(client, said, label)
            label, meant = (label, None) if gathered is None else gathered
        meant = self._meant(said) if meant is None else meant
        return meant if label is None else self._labelled(label, meant)

    def overlong(self) -> bytes | None:
        """The line is thrown away, and the connection stays (Modern IRC: ERR_INPUTTOOLONG)."""
        return self._client.numeric(numerics.ERR_INPUTTOOLONG)

    def answer(self, answer: Answer, command: Command) -> bytes:
        """What is told of what was said, beside its echo; what more there is to be told, exchanges tell."""
        return messages.answered(self._client, answer, command) if messages.is_spoken(command) else b""

    def refuse(self, refusal: ChatError, command: Command | None) -> bytes:
        """A refusal as a numeric; the last words of a connection as an C{ERROR}."""
        client = self._client
        if refusal.closes:
            return client.closing(refusal.why)
        if command is not None and messages.is_spoken(command):
            return messages.refused(client, refusal, command)
        return refusals.unexplained(client, refusal, "*")

    def hear(self, envelope: Envelope, mine: bool) -> bytes:
        """An event as lines. What belongs to the answer with a label waits for it; all waits until it has arrived."""
        client, event = self._client, envelope.event
        if type(event) is Pinged:
            return client.line("PING", client.server)
        hear = HEARING.get(type(event))
        told = b"" if hear is None else hear(client, envelope, mine)
        again = received(client, envelope) if mine else b""
        if not client.arrived:
            client.waits(told, event)
            return b""
        if mine and client.told is not None and told:
            client.told.append(told)
            return again
        return told + again

    def overhear(self, volley: Volley) -> bytes:
        """Lines that others said in a room."""
        client = self._client
        told = volley.wire(rendering(in_room, client.style))
        if client.arrived:
            return told
        client.waits(told, *(each.event for each in volley.envelopes))
        return b""

    def tick(self) -> bytes:
        """What a reload of the settings has changed for this client. Who never ends the registration goes."""
        client = self._client
        if client.waiting_size > client.site.limits.queue_hard:
            client.session.end(TooSlow("More is waiting for you than may. Say CAP END sooner."))
            return b""
        return client.renegotiate()

    def interrupt(self) -> bytes:
        """Programs do not change their mind in the middle of a line."""
        return b""

    def _meant(self, said: Message) -> Meant:
        client = self._client
        verb = COMMANDS.get(said.command)
        if verb is None:
            return client.numeric(numerics.ERR_UNKNOWNCOMMAND, command=said.command)
        if not (client.welcomed or verb.early):
            return client.numeric(numerics.ERR_NOTREGISTERED)
        if client.welcomed and services.is_addressed(said):
            return services.told(client, said)
        if client.in_limbo and not (verb.early or verb.alone):
            return services.too_early(client, said)
        if len(said.params) < verb.least:
            return client.numeric(numerics.ERR_NEEDMOREPARAMS, command=said.command)
        return verb.obey(client, said)

    def _label(self, tags: Mapping[str, str]) -> str | None:
        label = tags.get("label")
        return label if label and len(label.encode()) <= LABEL_BYTES and self._client.has("labeled-response") else None

    def _labelled(self, label: str, meant: Meant) -> Exchange:
        """The same with all that is told of it gathered, and the label put on it."""
        client = self._client
        client.told = []
        try:
            body = meant if isinstance(meant, bytes) else (yield from self._body(meant))
        finally:
            told, client.told = client.told, None
        return client.labelled(label, b"".join(told) + body)

    def _body(self, meant: Command | Exchange) -> Exchange:
        command = meant if isinstance(meant, Command) else None
        try:
            if isinstance(meant, Command):
                return self.answer((yield meant), meant)
            return (yield from meant)
        except ChatError as refusal:
            return self.refuse(refusal, command)

    def _misread(self, wrong: BadMessage) -> bytes:
        """What is said of bytes that are no message."""
        client = self._client
        if wrong.kind in ("too-long", "tags-too-long"):
            return client.numeric(numerics.ERR_INPUTTOOLONG)
        if wrong.kind == "not-utf-8":
            return client.fail(wrong.command, "INVALID_UTF8", text="Message rejected: it is not UTF-8.")
        return b""
