"""
What a person is asked, one question at a time: a name, a password, a password again.

A question knows what to do with the answer; the answer to one may be the next. This is the whole of the text
face's login, and of everything else that asks.
"""

from collections.abc import Callable
from typing import NamedTuple

from chatd.core import commands, events, names
from chatd.core.commands import Command
from chatd.core.errors import BadPassword, ChatError
from chatd.core.settings.site import Registration
from chatd.dialects.dialect import Prompt
from chatd.dialects.text.usages.arguments import RECENT
from chatd.dialects.text.view import line

_NEW: dict[Registration, str] = {
    "open": " (or a new name to register)",
    "invite": " (or register, if you have an invitation)",
    "closed": "",
}
_CLOSED = "nobody can register here without an invitation. Ask the people who run this server. [registration-closed]"


class Question(NamedTuple):
    """
    A prompt, and what becomes of the answer: a command for the core, or the next question.

    @ivar note: Lines to show before the prompt.
    """

    prompt: Prompt
    then: "Callable[[str], Command | Question]"
    note: bytes = b""


class Entrance:
    """The questions at the door. C{registration} says who may register: anybody, whoever has a code, or nobody."""

    __slots__ = ("_registering", "_registration", "_shortest")

    def __init__(self, registration: Registration, shortest: int) -> None:
        self._registration = registration
        self._shortest = shortest
        self._registering = False

    def name(self, note: bytes = b"") -> Question:
        """The first question."""
        self._registering = False
        return Question(Prompt(f"Username{_NEW[self._registration]}: "), self._named, note)

    def introduced(self, answer: events.Introduced) -> Question:
        """The question that follows a name."""
        name = answer.name
        if self._registration == "invite" and (self._registering or not answer.known):
            return Question(Prompt("Invitation code: "), lambda typed: self._choose(name, typed.strip()))
        if not answer.known:
            return self._choose(name, None, line("--", f"The name {name} is free."))
        if self._registering:
            taken = f"the name {name} is taken. Choose another one. [name-taken]"
            return self.name(line("--", f"error: {taken if self._registration == 'open' else _CLOSED}"))
        return Question(
            Prompt("Password (nothing will show): ", secret=True),
            lambda typed: commands.Login(name=name, password=typed, recent=RECENT),
        )

    def again(self, command: Command, refusal: ChatError) -> Question:
        """The question that follows a refusal: the password again if only that was wrong, else the name."""
        if isinstance(command, commands.Register) and isinstance(refusal, BadPassword):
            return self._choose(command.name, command.invite)
        return self.name()

    def register(self) -> None:
        """The next name is to be a new one."""
        self._registering = True

    def _named(self, typed: str) -> Command | Question:
        match typed.strip().lower():
            case "login":
                self._registering = False
                return Question(Prompt("Username: "), self._named)
            case "register":
                self._registering = True
                return Question(Prompt("New username: "), self._named)
            case _:
                return commands.Introduce(name=typed.strip())

    def _choose(self, name: str, invite: str | None, note: bytes = b"") -> Question:
        prompt = f"Choose a password, {self._shortest} characters or more (nothing will show): "
        return twice(prompt, lambda new: commands.Register(name=name, password=new, invite=invite, recent=RECENT), note)


def change_password() -> Question:
    """The questions of C{/passwd}."""

    def old_given(old: str) -> Question:
        return twice("New password (nothing will show): ", lambda new: commands.Passwd(old=old, new=new))

    return Question(Prompt("Your password now (nothing will show): ", secret=True), old_given)


def erase(name: str) -> Question:
    """The question of C{/erase me}, after what will happen."""
    note = (
        line("--", f"This is for good: the account {name} ends, and all that you said is deleted everywhere.")
        + line("--", "Nobody ever gets the name again, not even you. /export shows first what is kept of you.")
        + line("--", "Enter alone, or Ctrl-C, leaves everything as it is.")
    )

    def given(password: str) -> Command:
        names.password(password)
        return commands.Erase(password=password)

    return Question(Prompt("Your password (nothing will show): ", secret=True), given, note)


def twice(prompt: str, then: Callable[[str], Command], note: bytes = b"") -> Question:
    """Ask for a new password, and once more, until both are the same."""

    def first_given(first: str) -> Question:
        names.password(first)
        return Question(Prompt("Once more: ", secret=True), lambda second: second_given(first, second))

    def second_given(first: str, second: str) -> Command | Question:
        if first == second:
            return then(first)
        return twice(prompt, then, line("--", "error: the two are not the same. Once more from the start."))

    return Question(Prompt(prompt, secret=True), first_given, note)
