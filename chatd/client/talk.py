"""
A person's side of the conversation: what is typed becomes commands, what is heard becomes lines.

It is the text dialect turned round. The words, the commands and their help are the dialect's own, so that whoever
knows the one at C{telnet} knows the other.
"""

import re
from datetime import tzinfo

from chatd.client.connection.link import Offline, Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.picture import COMMANDS, Picture
from chatd.core.commands import Command, Say, Why
from chatd.core.errors import ChatError
from chatd.core.events import (
    Answer,
    Arrived,
    Banned,
    DeleteDone,
    Departed,
    EditDone,
    Event,
    Joined,
    Kicked,
    Left,
    Muted,
    Resumed,
    RoleChanged,
    RoomChanged,
    RoomEvent,
    Said,
    Unbanned,
    Unmuted,
    WhyDone,
)
from chatd.core.names import DIRECT
from chatd.dialects.text import grammar, spoken
from chatd.dialects.text.happenings import done_to
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.screen import Form, from_server, rendering
from chatd.dialects.text.view import line, place

CROWD = 30
_COMING_AND_GOING = (Joined, Left, Arrived, Departed)
# Whoever orders these reads so in the answer.
_ORDERED = (Kicked, Banned, Unbanned, Muted, Unmuted, RoleChanged, RoomChanged)

# All that could move a cursor, but for line ends and the colours that are written here.
_CONTROL = re.compile(r"\x1b(?!\[\d{1,2}m)|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


class Talk:
    """
    Lines for one person. Every text that is returned is whole lines without the last line end, or empty.

    @ivar picture: What is known; this keeps it up to date.
    """

    def __init__(self, zone: tzinfo, colour: bool) -> None:
        """
        @param zone: The time zone of whoever has set none.
        @param colour: Whether names are in colour, whatever the account has set for other terminals.
        """
        self._colour = colour
        self._scene = Scene(zone)
        self._away = False
        self._no: ChatError | Refusal | None = None
        self.picture = Picture(self._scene)
        self._paint()

    def read(self, typed: str) -> Command | Question | str:
        """
        What a typed line asks for: a command, a question to put first, or just an answer in words.

        @raise ChatError: if it makes no sense; with what to do instead.
        """
        typed = typed.strip()
        if not typed.startswith("/") or typed.startswith("//"):
            said = typed[1:] if typed.startswith("//") else typed
            return Say(room=self._scene.here(), text=said) if said else ""
        word, _, rest = typed[1:].partition(" ")
        usage = grammar.find(word)
        if usage.names[0] == "help":
            return self._help(rest.strip())
        if usage.makes is Why and self._no is not None:
            return self._why(self._no)
        return grammar.read(usage, rest, self._scene)

    def answered(self, answer: Answer) -> str:
        """An answer in words, and into the picture."""
        before = tuple(self.picture.places)
        self.picture.answered(answer)
        self._paint()
        if isinstance(answer, Resumed):
            gone = ", ".join(place(room) for room in before if room not in self.picture.places)
            return f"-- connected again{f'; you are no longer in {gone}' if gone else ''}"
        if isinstance(answer, EditDone | DeleteDone) and answer.room in self.picture.places:
            return ""  # it is seen there
        return as_text(spoken.words(answer, self._scene))

    def heard(self, event: Event) -> str:
        """An event as a line, and into the picture; nothing where many come and go, or where an answer says it."""
        self.picture.heard(event)
        if isinstance(event, RoomEvent | Arrived | Departed) and self._is_left_out(event):
            return ""
        told = from_server(event)
        if told is not None:
            return as_text(told)
        told_me = done_to(event, self._scene.me, self._scene.view)
        if told_me is not None:
            return as_text(line("**", told_me))
        view = self._scene.view._replace(time=True) if self._away else self._scene.view
        return as_text(rendering(self._form(event), view)(event))

    def told(self, state: State) -> str:
        """What became of the connection. What is heard between a loss and the return has its time on it."""
        match state:
            case Online():
                self._away = False
                return self.answered(state.answer)
            case Offline():
                self._away = True
                what = "connection lost" if state.again and state.attempts == 1 else "no connection"
                return f"-- {what}: {state.lost.why}; trying again in {state.seconds:.0f} s"
            case Refused(refusal=refusal) if refusal.code == "login-failed":
                return as_text(f"-- Login failed! {refusal.why}".encode())
            case Refused(refusal=refusal) if refusal.code == "session-ended":
                return f"{self.refused(refusal)}\n-- You are logged out here. Start chatc again to log in."
            case Refused():
                return self.refused(state.refusal)
            case _:
                return ""

    def refused(self, refusal: ChatError | Refusal | Lost) -> str:
        """A refusal, or a loss, in words. C{/why} repeats a refusal, whether it is the server's or this client's."""
        if not isinstance(refusal, Lost):
            self._no = refusal
        return as_text(f"-- error: {refusal.why} [{refusal.code}]".encode(errors="replace"))

    def _why(self, no: ChatError | Refusal) -> str:
        done = WhyDone(code=no.code, why=no.why, rule=no.rule, set_by=no.set_by, until=no.until)
        return as_text(spoken.words(done, self._scene))

    def _help(self, about: str) -> str:
        if about:
            return as_text(spoken.explained(grammar.find(about.removeprefix("/"))))
        return as_text(spoken.summary(COMMANDS))

    def _is_left_out(self, event: RoomEvent | Arrived | Departed) -> bool:
        mine = self._scene.is_me(event.who)
        if isinstance(event, _COMING_AND_GOING):
            return not mine and (not self._scene.joins or self.picture.crowd(event) > CROWD)
        return mine and isinstance(event, _ORDERED)

    def _form(self, event: Event) -> Form:
        if not isinstance(event, Said):
            return "here"
        if event.room.startswith(DIRECT):
            return "to" if event.who == self._scene.me else "direct"
        return "here" if event.room == self._scene.current else "elsewhere"

    def _paint(self) -> None:
        self._scene.view = self._scene.view._replace(colour=self._colour)


def as_text(lines: bytes) -> str:
    return _CONTROL.sub("", lines.decode(errors="replace").replace("\r\n", "\n")).rstrip("\n")
