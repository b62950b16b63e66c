"""What was said before: older lines page by page, and what a search has found."""

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.model import words
from chatd.client.model.hearing import Hearing
from chatd.client.model.observer import Found, Observer
from chatd.client.model.picture.place import Place
from chatd.core.commands import Command, History, Search
from chatd.core.errors import ChatError
from chatd.core.events import Answer, HistoryDone, SearchDone
from chatd.dialects.text import grammar
from chatd.dialects.text.scene import Scene

PAGE = 50
MOST_PAGES = 100  # without a line on them


class Past:
    """
    Reading backwards.

    @ivar found: What the latest search has found, all pages so far.
    """

    def __init__(
        self,
        scene: Scene,
        hearing: Hearing,
        submit: Callable[[Command], Deferred[Answer]],
        observer: Callable[[], Observer],
    ) -> None:
        self.found = Found("", (), (), False)
        self._scene = scene
        self._hearing = hearing
        self._submit = submit
        self._observer = observer

    def page_back(self, place: Place) -> None:
        """Ask for the lines before the first one here; nothing happens if there are none, or they are on their way."""
        if place.is_console or place.loading or not place.more:
            return
        self._ask(place, MOST_PAGES)

    def search(self, typed: str) -> Command:
        """
        The command for a search, in the words of C{/search}.

        @raise ChatError: if they make no sense, with how they would.
        """
        meant = grammar.read(grammar.find("search"), typed, self._scene)
        if not isinstance(meant, Search):
            raise ChatError("A search has words.")
        return meant

    def further(self) -> Command:
        """
        The command for the next page.

        @raise ChatError: if there is none.
        """
        return self._scene.more(Search)

    def find(self, command: Search, answer: SearchDone) -> None:
        """A page was found."""
        before = () if command.before is None else self.found.lines
        self.found = Found(command.words, (*before, *answer.found), answer.found, answer.next is not None)
        self._observer().found_changed(self.found)

    def _ask(self, place: Place, pages: int) -> None:
        """Ask for a page, and for as many as are left if there is no line on it."""
        place.loading = True
        before = place.log.first
        asked = self._submit(History(room=place.name, limit=PAGE, before=before))
        asked.addCallbacks(self._loaded, self._not_loaded, (place, before, pages), errbackArgs=(place,))

    def _loaded(self, answer: Answer, place: Place, before: int | None, pages: int) -> None:
        assert isinstance(answer, HistoryDone)
        older = [event for event in answer.events[-PAGE:] if before is None or event.seq < before]
        # A page with nothing older has no page before it, whatever the server says.
        place.loading, place.more = False, answer.more and bool(older)
        if not self._hearing.recall(place, older) and place.more:
            if pages > 1:
                self._ask(place, pages - 1)
                return
            place.more = False
            self._hearing.tell(
                f"-- Nothing was said in the {MOST_PAGES * PAGE} events before. /history shows more.", place
            )
        place.draw_mark()
        self._observer().lines_loaded(place)

    def _not_loaded(self, failure: Failure, place: Place) -> None:
        failure.trap(Refusal, Lost)
        place.loading = False
        wrong = failure.value
        if isinstance(wrong, Refusal):
            place.more = False
            if place.last:
                self._hearing.tell(words.refused(wrong), place)
        self._observer().lines_loaded(place)
