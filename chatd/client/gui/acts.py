"""What one may do with a click or a key beyond typing a line: each asks what it needs to know where one types."""

from chatd.client.gui.drawn.labels import Order, away_words
from chatd.client.gui.parts.entry import Entry
from chatd.client.model.chat import Chat
from chatd.client.model.entry import Pasted
from chatd.core.commands import Away, Delete, Invite, Join, Leave, Logout, Rooms, Topic, Whois
from chatd.core.names import DIRECT, ROOM
from chatd.dialects.text.questions import Question


class Acts:
    """What a person does in the chat window."""

    def __init__(self, chat: Chat, entry: Entry) -> None:
        self._chat = chat
        self._entry = entry

    def obey(self, typed: str) -> None:
        """Do what a line asks, and put the questions that it raises."""
        self._put(self._chat.obey(typed))

    def _put(self, question: Question | None) -> None:
        if question is not None:
            then = question

            def answered(typed: str) -> None:
                self._put(self._chat.answer(then, typed))

            self._entry.ask(question.prompt.text.strip(), answered, question.prompt.secret)

    def ask_about_lines(self, pasted: Pasted) -> None:
        """Send several lines only if they are meant to be sent."""
        place = self._chat.shown
        if place.is_console:
            return

        def answered(typed: str) -> None:
            if typed.strip().lower() in ("y", "yes"):
                for line in pasted.lines:
                    self._chat.say(line, place)
            else:
                self._chat.tell("-- Nothing of it was sent.")

        self._entry.ask(pasted.question(place.title), answered, before="yes")

    # Places.

    def join(self) -> None:
        """Into a room."""

        def answered(typed: str) -> None:
            room, _, key = typed.strip().removeprefix(ROOM).partition(" ")
            if room and key:
                self._chat.ask(Join(room=room, key=key.strip(), recent=50))
            elif room:
                self._chat.look_at(room)

        self._entry.ask("Which room? (one that does not exist is made; after it the key, if it has one)", answered)

    def list_rooms(self) -> None:
        """Which rooms there are."""
        self._chat.ask(Rooms())

    def leave(self, room: str | None = None) -> None:
        """Out of a room."""
        place = self._chat.shown if room is None else self._chat.place(room)
        if place is None or place.is_console or place.is_direct:
            self._chat.tell("-- This is no room.")
            return
        name = place.name
        self._entry.ask(f"Leave {place.title}? yes or no:", lambda typed: self._leave(name, typed), before="yes")

    def _leave(self, name: str, typed: str) -> None:
        if typed.strip().lower() in ("y", "yes"):
            self._chat.ask(Leave(room=name))

    def topic(self) -> None:
        """What the room is about."""
        place = self._chat.shown
        if place.is_console or place.is_direct:
            self._chat.tell("-- This is no room.")
            return
        name = place.name
        self._entry.ask(
            f"What is {place.title} about?",
            lambda typed: self._chat.ask(Topic(room=name, text=typed.strip())),
            before=place.topic.replace("\n", " / "),
        )

    def invite(self) -> None:
        """Somebody into the room."""
        place = self._chat.shown
        if place.is_console or place.is_direct:
            self._chat.tell("-- This is no room.")
            return
        name = place.name

        def answered(typed: str) -> None:
            if typed.strip():
                self._chat.ask(Invite(room=name, name=typed.strip()))

        self._entry.ask(f"Invite whom to {place.title}?", answered)

    # People.

    def talk(self) -> None:
        """With somebody alone."""

        def answered(typed: str) -> None:
            if typed.strip():
                self.talk_to(typed.strip())

        self._entry.ask("Talk with whom?", answered)

    def talk_to(self, name: str) -> None:
        """With this one alone."""
        if not self._chat.scene.is_me(name):
            self._chat.look_at(DIRECT + name)
        self._entry.field.focus_set()

    def name(self, name: str) -> None:
        """Say whom one means."""
        self._entry.type(f"{name}: " if not self._entry.field.get() else f"{name} ")

    def whois(self, name: str) -> None:
        """Who is this?"""
        self._chat.ask(Whois(name=name))

    def order(self, order: Order, name: str) -> None:
        """Put somebody in order."""
        self._entry.ask(order.question, lambda typed: self.obey(f"{order.command} {name} {typed}".strip()))

    def delete(self, room: str, seq: int) -> None:
        """Take a line back."""
        self._chat.ask(Delete(room=room, seq=seq))

    # Oneself.

    def away(self) -> None:
        """Away, or back."""
        if away_words(self._chat) is not None:
            self._chat.ask(Away())
            return
        self._entry.ask(
            "You are away. What are the others to read?",
            lambda typed: self._chat.ask(Away(text=typed.strip() or "away")),
        )

    def log_out(self) -> None:
        """End the login, here and at the server."""
        self._chat.ask(Logout())
