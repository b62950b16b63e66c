"""
The questions at the door of a terminal: who one is, and what proves it.

A wrong answer is followed by the question that it calls for; only who is not asked (a password from elsewhere) and who
goes (Ctrl-C, Ctrl-D) is done with after it. No password is asked for in a field that shows what is typed.
"""

from chatd.client.connection.link import Refused
from chatd.client.connection.wire import Refusal
from chatd.client.model import words
from chatd.client.model.door import Door
from chatd.client.terminal.screen import Screen
from chatd.core.commands import Login, Register
from chatd.core.events import Introduced

_NAME_AGAIN = ("bad-name", "name-taken", "no-such-account", "registration-closed")
_PASSWORD = "Password: "
_ANOTHER_PASSWORD = "Password (Enter alone: another name): "
_CODE = "Invitation code (Enter alone goes back): "
_CLOSED = "Nobody can register here. Ask the people who run this server for an account."
_UNINVITED = "Nobody can register here without an invitation. Ask the people who run this server for one."


class Entrance:
    """The questions of one visit."""

    def __init__(self, door: Door, screen: Screen, name: str | None, password: str | None, register: bool) -> None:
        """
        @param name: The account, if that is said already.
        @param password: What proves it, if that is said already; no question is asked again then.
        @param register: Whether to make the account.
        """
        self._door = door
        self._screen = screen
        self._name = name
        self._given = password or None
        self._is_new = register
        self._tried: str | None = None
        self._shortest = 1

    async def first(self) -> Login | Register:
        """
        What to say to the server first; it is asked about the name before a password is typed.

        @raise Refusal: if nobody is asked again, or no answer would help.
        @raise Lost: if the server cannot be reached.
        @raise EOFError: if the person goes.
        """
        if self._name is None and not self._is_new:
            await self._menu()
        return await self._introduce(self._name)

    async def again(self, entrance: Login | Register, refusal: Refusal, was_in: bool) -> Login | Register | None:
        """
        Say what was wrong with an answer, and ask for another one; C{None} if none would help.

        @param was_in: Whether the account has been let in before, so that it is this one and no other.
        """
        if self._given is not None or (was_in and refusal.code != "login-failed"):
            return None
        name, is_new = entrance.name, isinstance(entrance, Register) and not was_in
        if refusal.code not in ("login-failed", "bad-password", *_NAME_AGAIN):
            return None
        self._screen.show(words.told(Refused(refusal)))
        proof: Login | Register | None = None if is_new else self._door.kept(name)  # another chatc may have a new one
        if proof is not None:
            return proof
        if was_in:
            while proof is None:
                proof = await self._log_in(name, _PASSWORD)
        elif refusal.code == "login-failed" and not is_new:
            proof = await self._log_in(name, _ANOTHER_PASSWORD)
        elif isinstance(entrance, Register) and refusal.code == "bad-password":
            proof = await self._choose(name, entrance.invite)
        elif refusal.code == "registration-closed" and (code := (await self._screen.ask(_CODE)).strip()):
            return self._door.register(name, entrance.password, code)
        return proof or await self._introduce(None)

    async def _menu(self) -> None:
        """Whether the person is new here."""
        while True:
            typed = (await self._screen.ask("login or register: ")).strip().lower()
            for word in ("login", "register"):
                if typed and word.startswith(typed):
                    self._is_new, self._tried = word == "register", None
                    return
            self._screen.show("-- Type login if you have an account here, or register to make one.")

    async def _introduce(self, name: str | None) -> Login | Register:
        """Ask for a name, and for what proves it, until there is something to say to the server."""
        while True:
            try:
                proof = await self._prove(await self._door.introduce(name or await self._ask_name()))
            except Refusal as refusal:
                if self._given is not None or refusal.code not in _NAME_AGAIN:
                    raise
                self._screen.show(words.refused(refusal))
            else:
                if proof is not None:
                    return proof
                self._tried = None
            name = None

    async def _ask_name(self) -> str:
        """The name; or, as at telnet, one of the two words of the menu, which is about the name before."""
        while True:
            typed = (await self._screen.ask("New username: " if self._is_new else "Username: ")).strip()
            if typed.lower() in ("login", "register"):
                self._is_new = typed.lower() == "register"
                if self._tried is not None:
                    return self._tried
            elif typed:
                return typed
            else:
                await self._menu()

    async def _prove(self, known: Introduced) -> Login | Register | None:
        """What proves a name: what was given, what is kept, or what the person is asked for."""
        self._shortest, self._tried = known.shortest, known.name
        if self._is_new:
            return await self._choose(known.name, await self._invitation(known))
        if not known.known:
            why = f"There is no account {known.name} here. Type another name, or type register to make it."
            raise Refusal("no-such-account", why)
        kept = self._door.kept(known.name) if self._given is None else None
        return kept or await self._log_in(known.name, _PASSWORD)

    async def _invitation(self, known: Introduced) -> str | None:
        """The code without which one cannot register here, if it is so; and whether the name is free, if not."""
        if known.registration == "open":
            if known.known:
                why = f"The name {known.name} is taken. Choose another one, or type login if {known.name} is you."
                raise Refusal("name-taken", why)
            return None
        code = (await self._screen.ask(_CODE)).strip() if known.registration == "invite" else ""
        if not code:
            self._is_new, self._tried = False, None
            raise Refusal("registration-closed", _UNINVITED if known.registration == "invite" else _CLOSED)
        return code

    async def _log_in(self, name: str, prompt: str) -> Login | None:
        typed = self._given or await self._screen.ask(prompt, hidden=True)
        return self._door.login(name, typed) if typed else None

    async def _choose(self, name: str, invitation: str | None) -> Register | None:
        """A new password, typed twice; nothing if nothing was typed."""
        if self._given is not None:
            return self._door.register(name, self._given, invitation)
        fewest = f", {self._shortest} characters or more" if self._shortest > 1 else ""
        while first := await self._screen.ask(f"Choose a password{fewest}: ", hidden=True):
            if len(first) < self._shortest:
                self._screen.show(f"-- error: that is too short. A password has {self._shortest} characters or more.")
            elif first == await self._screen.ask("Once more: ", hidden=True):
                return self._door.register(name, first, invitation)
            else:
                self._screen.show("-- error: the two are not the same. Once more from the start.")
        return None
