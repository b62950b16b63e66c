"""What one reads on coming in, on going, and about refusals."""

from collections.abc import Iterable

from chatd.core import events
from chatd.core.events import Answer, News, RoomShown
from chatd.core.names import DIRECT
from chatd.dialects.text.answers.note import note
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.screen import about, old
from chatd.dialects.text.view import clock_time, count, day_and_time, line, place, until


def words(answer: Answer, scene: Scene) -> bytes | None:
    """Such an answer, or C{None} if it is of another kind."""
    match answer:
        case events.LoggedIn():
            return _welcome(answer, scene)
        case events.QuitDone():
            return note("Good-bye.")
        case events.Ponged():
            return note(f"pong {clock_time(answer.at, scene.view)}")
        case events.WhyDone():
            return _why(answer, scene)
        case _:
            return None


def entered(shown: RoomShown, now: int, scene: Scene, *, again: bool = False, people: int = 0) -> bytes:
    """What one reads on coming into a room."""
    already = " You were already." if again else ""
    here = f" {count(people, 'person', 'people')} here." if people else ""
    said = f"You are in {about(shown)}.{already}{here} Type a line and press Enter. /rooms lists more."
    return note(said) + old(shown.recent, scene.view, now)


def news(places: Iterable[RoomShown | News]) -> bytes:
    """Where there is news, in one line; nothing where there is none."""
    new = [shown for shown in places if shown.unread]
    if not new:
        return b""
    each = (f"{place(shown.room)} {shown.unread}{mentions(shown.mentions)}" for shown in new)
    talks = sum(shown.room.startswith(DIRECT) for shown in new)
    rooms = len(new) - talks
    where = [count(rooms, "room")] if rooms else []
    where += [count(talks, "conversation")] if talks else []
    has = "has" if len(new) == 1 else "have"
    return note(f"{' and '.join(where)} {has} news: {', '.join(each)}. /catchup shows them.")


def mentions(number: int) -> str:
    """How often one is named, if one is."""
    return f" ({number} mention{'s' if number == 1 else ''} you)" if number else ""


def _welcome(answer: events.LoggedIn, scene: Scene) -> bytes:
    name, view = answer.name, scene.view
    if isinstance(answer, events.Registered):
        said = note(f"User {name} registered successfully. Login successful! Welcome, {name}.")
    elif answer.last_at is None:
        said = note(f"Login successful! Welcome, {name}.")
    else:
        where = f" from {answer.last_from}" if answer.last_from else ""
        said = note(f"Login successful! Last login: {day_and_time(answer.last_at, answer.at, view)}{where}.")
    motd = b"".join(line("##", each) for each in answer.motd.split("\n") if each)
    first = answer.rooms[0] if answer.rooms and not answer.rooms[0].room.startswith(DIRECT) else None
    nowhere = "You are in no room. /join #lobby enters one, and /rooms lists them."
    return said + motd + news(answer.rooms) + (entered(first, answer.at, scene) if first else note(nowhere))


def _why(answer: events.WhyDone, scene: Scene) -> bytes:
    if not answer.code:
        return note(answer.why)
    parts = [f"{answer.why} [{answer.code}]"]
    if answer.rule:
        by = f", set by {answer.set_by}" if answer.set_by else ""
        parts.append(f"Rule: {answer.rule}{by}.")
    if answer.until is not None:
        parts.append(f"It holds {until(answer.until, None, scene.view)}.")
    return note(" ".join(parts))
