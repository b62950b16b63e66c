"""The keys of the full screen, beside those of every line that one types in."""

from collections.abc import Callable
from typing import Protocol

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

LEGEND = (
    "-- Alt-1 to Alt-9: a place by its number. Ctrl-N and Ctrl-P: the next, the one before. Alt-A: where is news.\n"
    "-- PageUp and PageDown: older lines, and back. End on an empty line: the newest. Tab completes.\n"
    "-- Up and Down: what you typed before. Ctrl-C forgets the line, Ctrl-D or /quit leaves, Ctrl-L draws anew."
)


class Moves(Protocol):
    """What keys do."""

    def enter(self, more: bool) -> None:
        """Take the line; C{more} says whether what follows it came with it."""
        ...

    def is_pouring(self) -> bool:
        """Whether what comes belongs to several lines that came at once."""
        ...

    def pour(self, text: str) -> None:
        """Take what belongs to them."""
        ...

    def give_up(self) -> None:
        """Forget it."""
        ...

    def go(self) -> None:
        """Leave."""
        ...

    def paste(self, text: str) -> None:
        """Put in what was pasted."""
        ...

    def recall(self, older: bool) -> None:
        """Bring back what was typed before."""
        ...

    def scroll(self, pages: float) -> None:
        """Go down so many pages, or up."""
        ...

    def to_end(self) -> None:
        """Go to the newest line."""
        ...

    def look(self, number: int) -> None:
        """Look at a place."""
        ...

    def step(self, by: int) -> None:
        """Look at the next place, or the one before."""
        ...

    def look_for_news(self) -> None:
        """Look where there is news."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        ...


_ENDS = (Keys.ControlM, Keys.ControlJ)


def bindings(moves: Moves) -> KeyBindings:
    """Which key does what."""
    keys = KeyBindings()
    simple: dict[tuple[str, ...], Callable[[], None]] = {
        ("c-c",): moves.give_up,
        ("up",): lambda: moves.recall(older=True),
        ("down",): lambda: moves.recall(older=False),
        ("pageup",): lambda: moves.scroll(-0.9),
        ("pagedown",): lambda: moves.scroll(0.9),
        ("escape", "up"): lambda: moves.scroll(-0.1),
        ("escape", "down"): lambda: moves.scroll(0.1),
        ("c-n",): lambda: moves.step(1),
        ("c-p",): lambda: moves.step(-1),
        ("escape", "a"): moves.look_for_news,
    }
    for number in range(10):
        simple["escape", str((number + 1) % 10)] = _looking(moves, number + 1)
    for names, act in simple.items():
        keys.add(*names)(_without_event(act))
    keys.add("enter")(lambda event: moves.enter(_is_pasted(event)))
    pouring = Condition(moves.is_pouring)
    keys.add(Keys.Any, filter=pouring, eager=True)(lambda event: moves.pour(_text_of(event)))
    for end in _ENDS:
        keys.add(end, filter=pouring, eager=True)(lambda event: moves.pour("\n"))
    empty = Condition(moves.is_empty)
    keys.add("c-d", filter=empty)(_without_event(moves.go))
    keys.add("end", filter=empty)(_without_event(moves.to_end))
    keys.add("c-l")(lambda event: event.app.renderer.clear())
    keys.add("c-z")(lambda event: event.app.suspend_to_background())
    keys.add(Keys.BracketedPaste)(lambda event: moves.paste(event.data))
    return keys


def _is_pasted(event: KeyPressEvent) -> bool:
    """
    Whether at least two more ends of lines came in one go with this one: a terminal pastes so. Two lines may also have
    been typed while the network stood still.
    """
    return sum(press.key in _ENDS for press in event.key_processor.input_queue) > 1


def _text_of(event: KeyPressEvent) -> str:
    """What a key means among pasted text: nothing, if it is none of a text's."""
    return event.data if event.data.isprintable() or event.data == "\t" else ""


def _looking(moves: Moves, number: int) -> Callable[[], None]:
    return lambda: moves.look(number)


def _without_event(act: Callable[[], None]) -> Callable[[KeyPressEvent], None]:
    return lambda event: act()
