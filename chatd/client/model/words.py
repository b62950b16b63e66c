"""
Events, answers, refusals and losses in words: the text dialect turned round.

The words, the commands and their help are the dialect's own, so that whoever knows the one at C{telnet} knows the
other. Nothing here can move a cursor, whatever the server wrote.
"""

from typing import get_args

from msgspec.structs import replace

from chatd.client.connection.link import Offline, Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.model.entry import COMMANDS
from chatd.core.commands import Command, Role, Say, Why
from chatd.core.errors import ChatError
from chatd.core.events import Answer, Event, JoinDone, LoggedIn, LookDone, Resumed, Said, WhyDone
from chatd.core.names import DIRECT
from chatd.dialects.text import grammar, spoken
from chatd.dialects.text.happenings import done_to, happened
from chatd.dialects.text.questions import Question
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.screen import Form, from_server, written
from chatd.dialects.text.view import fit

_ROLES: tuple[str, ...] = get_args(Role)  # the highest first
_OLD_WORDS = {"login-failed": "invalid username or password", "name-taken": "username already taken"}


def read(typed: str, scene: Scene, no: ChatError | Refusal | None = None) -> Command | Question | str:
    """
    What a typed line asks for: a command, a question to put first, or just an answer in words.

    @param no: The last refusal, which C{/why} explains.
    @raise ChatError: if it makes no sense; with what to do instead.
    """
    typed = typed.strip()
    if not typed.startswith("/") or typed.startswith("//"):
        said = typed[1:] if typed.startswith("//") else typed
        return Say(room=scene.here(), text=said) if said else ""
    word, _, rest = typed[1:].partition(" ")
    usage = grammar.find(word)
    if usage.names[0] == "help":
        return _help(rest.strip(), scene)
    if usage.makes is Why and no is not None:
        done = WhyDone(code=no.code, why=no.why, rule=no.rule, set_by=no.set_by, until=no.until)
        return answered(done, scene)
    return grammar.read(usage, rest, scene)


def _help(about: str, scene: Scene) -> str:
    if about:
        return as_text(spoken.explained(grammar.find(about.removeprefix("/"))))
    rank = _ROLES.index(scene.role) if scene.role in _ROLES else 0
    return as_text(spoken.summary(usage for usage in COMMANDS if _ROLES.index(usage.role) >= rank))


def answered(answer: Answer, scene: Scene) -> str:
    """An answer in words, without the old lines that it may bring; whole lines without the last line end."""
    match answer:
        case Resumed():
            return "-- connected again"
        case LoggedIn(rooms=rooms):
            told: Answer = replace(answer, rooms=tuple(replace(each, recent=()) for each in rooms))
        case JoinDone(place=place) | LookDone(place=place):
            told = replace(answer, place=replace(place, recent=()))
        case _:
            told = answer
    return as_text(spoken.words(told, scene))


def heard(event: Event, scene: Scene) -> str:
    """An event as one line of a conversation in one stream; nothing where it is not told."""
    told = from_server(event)
    if told is not None:
        return as_text(told)
    told_me = done_to(event, scene.me, scene.view)
    if told_me is not None:
        return clean(f"** {told_me}")
    return as_text(written(event, form_of(event, scene), scene.view).encode(errors="replace"))


def is_told_alone(event: Event) -> bool:
    """Whether it is no event of a conversation: said by the server to each one alone, or between programs."""
    return from_server(event) is not None


def form_of(event: Event, scene: Scene) -> Form:
    """In which form a line is written in one stream: here, elsewhere, or to or from one person."""
    if not isinstance(event, Said):
        return "here"
    if event.room.startswith(DIRECT):
        return "to" if scene.is_me(event.who) else "direct"
    return "here" if event.room == scene.current else "elsewhere"


def sentence(event: Event, scene: Scene) -> str:
    """What happened, or was done to oneself, as a sentence without a mark."""
    return done_to(event, scene.me, scene.view) or happened(event, scene.view)


def told(state: State) -> str:
    """What became of the connection; nothing where it is not told."""
    match state:
        case Online(answer=Resumed()):
            return "-- connected again"
        case Offline():
            what = "connection lost" if state.again and state.attempts == 1 else "no connection"
            return f"-- {what}: {clean(state.lost.why).rstrip('.')}; trying again in {state.seconds:.0f} s"
        case Refused(refusal=refusal) if refusal.code == "login-failed":
            return f"-- Login failed! {clean(refusal.why)}"
        case Refused(refusal=refusal) if refusal.code == "session-ended":
            return f"{refused(refusal)}\n-- You are logged out here. Start again to log in."
        case Refused(refusal=refusal):
            return refused(refusal)
        case _:
            return ""


def refused(refusal: ChatError | Refusal | Lost) -> str:
    """A refusal, or a loss, as a line."""
    return clean(f"-- error: {refusal.why} [{refusal.code}]")


def in_old_words(refusal: Refusal | Lost) -> str:
    """A refusal at the door in the words that the users of the old programs know, where they had any."""
    return _OLD_WORDS.get(refusal.code, clean(refusal.why))


def as_text(lines: bytes) -> str:
    """The dialect's lines, without the last line end."""
    return clean(lines.decode(errors="replace").replace("\r\n", "\n")).rstrip("\n")


def clean(text: str) -> str:
    """
    The same text, whose lines hold nothing that could move a cursor or turn round what follows; C{?} stands there.

    Whatever a server or a user wrote goes through it before a terminal, a log or a window shows it.
    """
    return "\n".join(fit(line) for line in text.split("\n"))
