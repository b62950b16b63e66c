"""Ways of reading that several commands share."""

from collections.abc import Callable

from chatd.core.commands import Command
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.arguments import first, name_of, number
from chatd.dialects.text.usages.usage import Meant, Read


def nothing(make: Callable[[], Command]) -> Read:
    """No words at all."""
    return lambda rest, scene: None if rest else make()


def a_name(make: Callable[..., Command]) -> Read:
    """NAME, and no more."""

    def read(rest: str, scene: Scene) -> Meant:
        name = name_of(rest)
        return make(name=name) if name else None

    return read


def a_number(make: Callable[..., Command]) -> Read:
    """N, and no more."""

    def read(rest: str, scene: Scene) -> Meant:
        found = number(rest)
        return make(number=found) if found else None

    return read


def one_of(**forms: Read) -> Read:
    """A word that says what the others mean; C{list} where there is none."""

    def read(rest: str, scene: Scene) -> Meant:
        word, after = first(rest or "list")
        form = forms.get(word.lower())
        return None if form is None else form(after, scene)

    return read


def or_more(kind: type[Command], form: Read) -> Read:
    """C{more} for the next page of what was asked last, or what C{form} reads."""
    return lambda rest, scene: scene.more(kind) if rest.lower() == "more" else form(rest, scene)
