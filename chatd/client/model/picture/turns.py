"""Which place to look at next, for keys: by number, beside the one in view, or where there is news."""

from collections.abc import Sequence

from chatd.client.model.picture.place import Place


def numbered(places: Sequence[Place], number: int) -> Place | None:
    """The place of a number, from 1; C{None} if there are not so many."""
    return places[number - 1] if 0 < number <= len(places) else None


def beside(places: Sequence[Place], current: Place | None, by: int) -> Place | None:
    """The place so many further on, or back, round and round; the first one if none of them is in view."""
    if not places:
        return None
    at = places.index(current) + by if current in places else 0
    return places[at % len(places)]


def with_news(places: Sequence[Place], current: Place | None) -> Place | None:
    """Where one is named or written to, or else where there is something new; C{None} if there is no such place."""
    waiting = [place for place in places if place.unread and place is not current]
    return max(waiting, key=lambda place: (place.mentions > 0) * 2 + place.is_direct, default=None)
