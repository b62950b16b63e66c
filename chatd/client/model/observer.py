"""What the model tells whoever draws it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from chatd.client.connection.link import State
from chatd.client.model.picture.line import Line
from chatd.client.model.picture.place import Place
from chatd.core.events import Said


class Found(NamedTuple):
    """
    Lines that a search has found, newest first.

    @ivar words: What was asked for, as it was typed.
    @ivar lines: All that was found so far, page after page; C{room} of each says where.
    @ivar fresh: Those of the page that came last.
    @ivar more: Whether there is a further page.
    """

    words: str
    lines: Sequence[Said]
    fresh: Sequence[Said]
    more: bool


class Observer(Protocol):
    """
    A screen. The model is up to date before it calls, and calls from within the methods of its own and from the
    reactor, never from a thread; a screen may call the model back.
    """

    def connection_changed(self, state: State) -> None:
        """The line to the server: connecting, online, offline, or refused for good."""

    def places_changed(self) -> None:
        """The places, which one is looked at, a topic, what is unread, or one's role."""

    def members_changed(self, place: Place) -> None:
        """Who is here, as what, or away."""

    def line_added(self, place: Place, line: Line) -> None:
        """A line is new, the last but for those on the way."""

    def line_changed(self, place: Place, line: Line) -> None:
        """A line was corrected or taken back; or, on its way, stored, doubled (and then gone), or refused."""

    def lines_loaded(self, place: Place) -> None:
        """The lines are others altogether: older ones came, or the place begins anew."""

    def called(self, place: Place, line: Line) -> None:
        """Somebody means this person: by name, directly, or with an invitation."""

    def found_changed(self, found: Found) -> None:
        """A search was answered."""

    def ended(self) -> None:
        """It is over, and the connection closed: after a good-bye, a logout, or the account's end."""


class Nobody:
    """An observer that looks away; a screen may begin with it, and see only what it is about."""

    def connection_changed(self, state: State) -> None:
        """Look away."""

    def places_changed(self) -> None:
        """Look away."""

    def members_changed(self, place: Place) -> None:
        """Look away."""

    def line_added(self, place: Place, line: Line) -> None:
        """Look away."""

    def line_changed(self, place: Place, line: Line) -> None:
        """Look away."""

    def lines_loaded(self, place: Place) -> None:
        """Look away."""

    def called(self, place: Place, line: Line) -> None:
        """Look away."""

    def found_changed(self, found: Found) -> None:
        """Look away."""

    def ended(self) -> None:
        """Look away."""


class Audience:
    """Several observers, of which each is told, in order."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers

    def connection_changed(self, state: State) -> None:
        """Tell each."""
        for each in self._observers:
            each.connection_changed(state)

    def places_changed(self) -> None:
        """Tell each."""
        for each in self._observers:
            each.places_changed()

    def members_changed(self, place: Place) -> None:
        """Tell each."""
        for each in self._observers:
            each.members_changed(place)

    def line_added(self, place: Place, line: Line) -> None:
        """Tell each."""
        for each in self._observers:
            each.line_added(place, line)

    def line_changed(self, place: Place, line: Line) -> None:
        """Tell each."""
        for each in self._observers:
            each.line_changed(place, line)

    def lines_loaded(self, place: Place) -> None:
        """Tell each."""
        for each in self._observers:
            each.lines_loaded(place)

    def called(self, place: Place, line: Line) -> None:
        """Tell each."""
        for each in self._observers:
            each.called(place, line)

    def found_changed(self, found: Found) -> None:
        """Tell each."""
        for each in self._observers:
            each.found_changed(found)

    def ended(self) -> None:
        """Tell each."""
        for each in self._observers:
            each.ended()
