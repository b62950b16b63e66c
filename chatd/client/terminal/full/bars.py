"""The two lines that say how things stand: what a place is about above, and the places below."""

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from chatd.client.connection.link import Connecting, Offline, Online, State
from chatd.client.model.chat import Chat
from chatd.client.model.picture.place import Place


def title(chat: Chat, where: str) -> StyleAndTextTuples:
    """The place, and what it is about."""
    place = chat.shown
    if place.is_console:
        return [("class:title.place", f" {where} ")]
    away = chat.place(place.name)
    topic = place.topic or ("between the two of you" if away is not None and away.is_direct else "")
    return [("class:title.place", f" {place.title} "), ("class:title", f" {topic}")]


def status(chat: Chat, where: str, width: int, below: int) -> StyleAndTextTuples:
    """
    The server, the places with what is unread, the people, the connection.

    @param below: How many lines are further down than what is seen.
    """
    right = _standing(chat, where, below)
    while len(right) > 1 and sum(get_cwidth(text) for _, text in right) > width * 2 // 3:
        right.pop(-2)
    room = width - sum(get_cwidth(text) for _, text in right) - 1
    left: list[tuple[str, str]] = []
    places = chat.places
    shown = _that_fit([(number, place) for number, place in enumerate(places, 1)], chat.current, room)
    for number, place in shown:
        left.append((_style(place, chat.current), _tab(number, place)))
    if len(shown) < len(places):
        left.append(("class:status", " …"))
    used = sum(get_cwidth(text) for _, text in left)
    return [*left, ("class:status", " " * max(1, width - used - (width - room - 1))), *right]


def connection(state: State | None) -> tuple[str, str]:
    """The connection in a word or two, and its style."""
    match state:
        case Online():
            return "class:status.good", "connected"
        case Offline(seconds=seconds):
            return "class:status.bad", f"NOT CONNECTED, again in {seconds:.0f} s"
        case Connecting():
            return "class:status.bad", "connecting"
        case _:
            return "class:status.bad", "NOT CONNECTED"


def _standing(chat: Chat, where: str, below: int) -> list[tuple[str, str]]:
    place, told = chat.shown, []
    if below:
        told.append(("class:status.mention", f" {below} below: End "))
    if chat.unsent:
        told.append(("class:status.bad", f" {chat.unsent} to send "))
    if place.members and not place.is_direct:
        people = "1 person" if len(place.members) == 1 else f"{len(place.members)} people"
        told.append(("class:status", f" {people} "))
    style, words = connection(chat.state)
    return [*told, ("class:status", f" {chat.scene.me}@{where} "), (style, f" {words} ")]


def _that_fit(tabs: list[tuple[int, Place]], current: Place | None, room: int) -> list[tuple[int, Place]]:
    """All of them, or the current one and those with news, and others as long as there is room."""

    def matters(place: Place) -> int:
        return (place is current) * 4 + (place.mentions > 0) * 2 + (place.unread > 0)

    taken: list[tuple[int, Place]] = []
    for tab in sorted(tabs, key=lambda tab: -matters(tab[1])):
        width = get_cwidth(_tab(*tab))
        if width + 2 <= room:
            taken.append(tab)
            room -= width
    return sorted(taken, key=lambda tab: tab[0])


def _tab(number: int, place: Place) -> str:
    unread = f" {place.unread}{'!' if place.mentions else ''}" if place.unread else ""
    return f" {number}:{place.title}{unread} "


def _style(place: Place, current: Place | None) -> str:
    if place is current:
        return "class:status.current"
    if place.mentions or (place.unread and place.is_direct):
        return "class:status.mention"
    return "class:status.unread" if place.unread else "class:status"
