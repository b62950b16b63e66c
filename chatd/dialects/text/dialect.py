"""
The text dialect: for a person with a terminal and nothing else.

What begins with C{/} is a command, everything else is said in the current room. Before that, there are questions
to answer (L{chatd.dialects.text.questions}).
"""

import unicodedata
from datetime import UTC, tzinfo
from typing import NamedTuple

from chatd.core import commands, events, names
from chatd.core.commands import Command
from chatd.core.errors import BadText, ChatError, LoginFailed, NotNow
from chatd.core.events import Answer, Event, Relayed, RoomEvent, Said
from chatd.core.names import DIRECT
from chatd.core.room import Envelope, Volley
from chatd.core.session import Phase
from chatd.core.settings.site import Registration
from chatd.dialects.dialect import Prompt
from chatd.dialects.text import grammar, spoken
from chatd.dialects.text.happenings import done_to
from chatd.dialects.text.questions import Entrance, Question
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.screen import Form, crowd, from_server, live, rendering
from chatd.dialects.text.view import line

CROWD = 30
_BELL = b"\x07"
_COMING_AND_GOING = (events.Joined, events.Left, events.Arrived, events.Departed)


class Doorplate(NamedTuple):
    """
    What a person reads before the login.

    @ivar people: How many are here.
    @ivar registration: Who may register: anybody (C{open}), whoever has a code (C{invite}), or nobody (C{closed}).
    @ivar shortest: The shortest password that may be chosen, in characters.
    @ivar zone: The time zone of whoever has set none.
    """

    name: str
    people: int
    encrypted: bool
    registration: Registration
    shortest: int
    zone: tzinfo = UTC


class TextDialect:
    """The text dialect for one connection."""

    face = "telnet"
    render = errands = None
    __slots__ = ("_coming", "_entrance", "_fresh", "_plate", "_question", "_scene", "line_limit")

    def __init__(self, plate: Doorplate, line_limit: int) -> None:
        self.line_limit = line_limit
        self._plate = plate
        self._scene = Scene(plate.zone)
        self._entrance = Entrance(plate.registration, plate.shortest)
        self._question: Question | None = self._entrance.name()
        self._coming: dict[tuple[type[Event], str], list[Event]] = {}
        self._fresh = True

    @property
    def prompt(self) -> Prompt | None:
        """What the person is asked for now."""
        return None if self._question is None else self._question.prompt

    @property
    def holds(self) -> bool:
        """Whether the person wants new lines to wait for Enter."""
        return self._scene.hold

    def greet(self) -> bytes:
        """One line: whose server this is, who is here, and the two commands to know."""
        plate = self._plate
        people = "1 person" if plate.people == 1 else f"{plate.people} people"
        clear = "" if plate.encrypted else " This line is not encrypted."
        return f"{plate.name} - {people} here.{clear} /help lists commands, /quit leaves.\r\n".encode()

    def parse(self, line: bytes, phase: Phase) -> Command | bytes:
        """
        Read what was typed.

        @raise BadText: if it is not UTF-8, or holds control characters.
        @raise UnknownCommand: if it begins with C{/} and there is no such command.
        @raise BadArguments: if a command does not take those words.
        @raise NotNow: if it needs an account, a room, or somebody, and there is none.
        """
        try:
            typed = line.decode()
        except UnicodeDecodeError:
            raise BadText("What you typed is not UTF-8. Set your terminal to UTF-8.") from None
        if self._question is None or not self._question.prompt.secret:
            typed = names.clean(typed.strip(" \t"))
        if self._question is not None and (self._question.prompt.secret or not typed.startswith("/")):
            return self._take_answer(self._question, typed)
        typed = typed.strip()
        if not typed:
            return b""
        if typed.startswith("/") and not typed.startswith("//"):
            return self._take_command(typed, phase)
        said = typed[1:] if typed.startswith("//") else typed
        return commands.Say(room=self._scene.here(), text=said)

    def overlong(self) -> bytes | None:
        """Nothing: whoever pastes a book is told so, and the connection ends."""
        return None

    def answer(self, answer: Answer, command: Command) -> bytes:
        """An answer in words; it may change what is in view."""
        scene = self._scene
        match answer:
            case events.Introduced():
                return self._ask(self._entrance.introduced(answer))
            case events.LoggedIn():
                self._question = None
                scene.me, scene.role = answer.name, answer.role
                scene.use(answer.settings)
                scene.current = next((each.room for each in answer.rooms if not each.room.startswith(DIRECT)), None)
            case events.Claimed():
                scene.role = answer.role
            case events.JoinDone() | events.LookDone():
                scene.current = answer.place.room
            case events.SetDone():
                scene.use(answer.settings)
        if isinstance(command, commands.Topic) and command.text is not None:
            return b""  # everyone sees who changed it, also who did
        return spoken.words(answer, scene)

    def refuse(self, refusal: ChatError, command: Command | None) -> bytes:
        """A refusal in words, and the question that follows from it."""
        if isinstance(refusal, LoginFailed) and self._scene.me == "":
            left = refusal.tries_left or 0
            tries = "1 try left." if left == 1 else f"{left} tries left."
            said = line("--", f"Login failed! {refusal.why} {tries if left else 'Good-bye.'}")
        else:
            said = line("--", f"error: {refusal.why} [{refusal.code}]")
        if self._question is not None and self._scene.me == "" and command is not None:
            return said + self._ask(self._entrance.again(command, refusal))
        return said

    def hear(self, envelope: Envelope, mine: bool) -> bytes:
        """An event as a line, or nothing if the person has it on the screen or does not want it."""
        event = envelope.event
        if isinstance(event, _COMING_AND_GOING):
            return self._come_and_go(event, envelope, mine)
        told = from_server(event)
        if told is not None:
            return b"" if mine or not told else self._gathered() + told
        if not isinstance(event, Said | Relayed):
            return self._happen(event, envelope, mine)
        form = self._form(event, mine)
        if form is None:
            return b""
        bell = _BELL if self._scene.bell and self._is_meant(event) else b""
        return self._gathered() + bell + envelope.wire(rendering(form, self._scene.view))

    def overhear(self, volley: Volley) -> bytes:
        """Lines that others said in a room, one below the other: rendered once for all who see them alike."""
        if self._scene.bell:
            return b"".join([self.hear(each, False) for each in volley.envelopes])
        form: Form = "here" if volley.room == self._scene.current else "elsewhere"
        return self._gathered() + volley.wire(rendering(form, self._scene.view))

    def tick(self) -> bytes:
        """The people who came and went since the last tick, folded where they are many."""
        self._fresh = True
        return self._gathered()

    def interrupt(self) -> bytes:
        """Forget the question that was half answered."""
        if self._question is None:
            return b""
        self._question = self._entrance.name() if self._scene.me == "" else None
        return b"\r\n"

    def _take_answer(self, question: Question, typed: str) -> Command | bytes:
        if not typed.strip() and not question.prompt.secret:
            return b""
        if self._scene.me:
            self._question = None
        typed = unicodedata.normalize("NFC", typed)
        follows = question.then(typed)
        return self._ask(follows) if isinstance(follows, Question) else follows

    def _take_command(self, typed: str, phase: Phase) -> Command | bytes:
        word, _, rest = typed[1:].partition(" ")
        usage = grammar.find(word, phase)
        if usage.names[0] == "help":
            return self._help(rest.strip(), phase)
        meant = grammar.read(usage, rest, self._scene)
        if usage.names[0] == "register":
            self._entrance.register()
        if not isinstance(meant, Question):
            return meant
        if phase is Phase.UNAUTHENTICATED:
            raise NotNow(phase.value)
        return self._ask(meant)

    def _help(self, about: str, phase: Phase) -> bytes:
        if about:
            return spoken.explained(grammar.find(about.removeprefix("/"), phase))
        return spoken.summary(grammar.usable(phase, self._scene.role))

    def _ask(self, question: Question) -> bytes:
        self._question = question
        return question.note

    def _form(self, said: Said | Relayed, mine: bool) -> Form | None:
        scene = self._scene
        own = said.who == scene.me
        if said.room.startswith(DIRECT):
            if own:
                return "to"
            scene.partner = said.who
            return "direct"
        if mine and said.kind == "text":
            return None
        return "here" if said.room == scene.current else "elsewhere"

    def _is_meant(self, said: Said | Relayed) -> bool:
        """Whether a line is for this person: said to nobody else, or with the name in it."""
        if self._scene.is_me(said.who):
            return False
        return said.room.startswith(DIRECT) or self._scene.me.casefold() in said.text.casefold()

    def _happen(self, event: Event, envelope: Envelope, mine: bool) -> bytes:
        """What was ordered or changed. Whoever ordered it has read so in the answer."""
        scene = self._scene
        if isinstance(event, events.Renamed):
            scene.rename(event.who, event.name)
        if (
            isinstance(event, events.Kicked | events.Banned)
            and scene.is_me(event.target)
            and event.room == scene.current
        ):
            scene.current = None
        if isinstance(event, events.RoomRenamed) and event.room == scene.current:
            scene.current = event.name
        if mine and not isinstance(event, events.TopicChanged):
            return b""
        told = done_to(event, scene.me, scene.view)
        if told is not None:
            return self._gathered() + line("**", told)
        return self._gathered() + envelope.wire(rendering("here", scene.view))

    def _come_and_go(self, event: Event, envelope: Envelope, mine: bool) -> bytes:
        scene = self._scene
        if isinstance(event, events.Left) and event.who == scene.me and event.room == scene.current:
            scene.current = None
        if mine and isinstance(event, events.Left):
            return b""
        if mine and isinstance(event, events.Joined):
            return self._gathered() + envelope.wire(rendering("here", scene.view))
        if envelope.crowd > CROWD or not scene.joins:
            return b""
        if self._fresh:
            self._fresh = False
            return envelope.wire(rendering("here", scene.view))
        room = event.room if isinstance(event, RoomEvent) else ""
        self._coming.setdefault((type(event), room), []).append(event)
        return b""

    def _gathered(self) -> bytes:
        if not self._coming:
            return b""
        gathered, self._coming = self._coming, {}
        view = self._scene.view
        return b"".join(
            live(many[0], "here", view) if len(many) == 1 else crowd(kind, room, len(many))
            for (kind, room), many in gathered.items()
        )
