"""Answers in words: what a person at a terminal reads when a command was obeyed."""

from collections.abc import Iterable

from chatd.core import events
from chatd.core.events import Answer, RoomShown
from chatd.core.names import DIRECT
from chatd.dialects.text.grammar import Usage
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.screen import about, clock_time, day_and_time, line, old, place


def words(answer: Answer, scene: Scene) -> bytes:
    """An answer as lines; nothing where what is seen anyway says it."""
    match answer:
        case events.LoggedIn():
            return _welcome(answer, scene)
        case events.JoinDone():
            return entered(answer.place, answer.at, scene, again=answer.again)
        case events.LeaveDone():
            return _note(f"You left {place(answer.room)}.")
        case events.LookDone():
            return entered(answer.place, answer.at, scene, people=answer.people)
        case events.RoomsDone():
            return _rooms(answer.rooms)
        case events.NamesDone():
            return _note(f"{_people(len(answer.names))} in {place(answer.room)}: {', '.join(answer.names)}")
        case events.WhoisDone():
            return _whois(answer, scene)
        case events.HistoryDone():
            return _history(answer, scene)
        case events.SetDone():
            return _note("Settings: " + ", ".join(f"{name} {value or '-'}" for name, value in answer.settings.items()))
        case events.WhyDone():
            return _why(answer, scene)
        case _:
            return _short(answer, scene)


def _short(answer: Answer, scene: Scene) -> bytes:
    match answer:
        case events.TopicDone(at=None):
            return _note(f"{place(answer.room)} has no topic.") if not answer.by else b""
        case events.TopicDone():
            when = f", set by {answer.by} {clock_time(answer.at or 0, scene.view)}" if answer.by else ""
            return _note(f'{place(answer.room)}: "{answer.topic}"{when}')
        case events.PasswdDone():
            return _note("Your password is changed.")
        case events.QuitDone():
            return _note("Good-bye.")
        case events.Ponged():
            return _note(f"pong {clock_time(answer.at, scene.view)}")
        case _:
            return b""


def entered(shown: RoomShown, now: int, scene: Scene, *, again: bool = False, people: int = 0) -> bytes:
    """What one reads on coming into a room."""
    already = " You were already." if again else ""
    here = f" {_people(people)} here." if people else ""
    note = f"You are in {about(shown)}.{already}{here} Type a line and press Enter. /rooms lists more."
    return _note(note) + old(shown.recent, scene.view, now)


def summary(usages: Iterable[Usage]) -> bytes:
    """The commands, a line each."""
    listed = tuple(usages)
    width = max(len(usage.line) for usage in listed)
    lines = [line("--", f"{usage.line:<{width}}  {usage.summary}") for usage in listed]
    return b"".join(lines) + _note("Everything else that you type is said in the room. //text says /text.")


def explained(usage: Usage) -> bytes:
    """One command in full."""
    also = f" Also: {', '.join('/' + name for name in usage.names[1:])}." if usage.names[1:] else ""
    return _note(f"{usage.line}: {usage.summary}.{also} For example: {usage.example}")


def _note(text: str) -> bytes:
    return line("--", text)


def _welcome(answer: events.LoggedIn, scene: Scene) -> bytes:
    name, view = answer.name, scene.view
    if isinstance(answer, events.Registered):
        said = _note(f"User {name} registered successfully. Login successful! Welcome, {name}.")
    elif answer.last_at is None:
        said = _note(f"Login successful! Welcome, {name}.")
    else:
        where = f" from {answer.last_from}" if answer.last_from else ""
        said = _note(f"Login successful! Last login: {day_and_time(answer.last_at, answer.at, view)}{where}.")
    motd = b"".join(line("##", each) for each in answer.motd.split("\n") if each)
    first = answer.rooms[0] if answer.rooms and not answer.rooms[0].room.startswith(DIRECT) else None
    nowhere = "You are in no room. /join #lobby enters one, and /rooms lists them."
    return said + motd + _news(answer.rooms) + (entered(first, answer.at, scene) if first else _note(nowhere))


def _news(rooms: Iterable[RoomShown]) -> bytes:
    new = [shown for shown in rooms if shown.unread]
    if not new:
        return b""
    each = (f"{place(shown.room)} {shown.unread}{_mentions(shown.mentions)}" for shown in new)
    has = "1 room has news" if len(new) == 1 else f"{len(new)} rooms have news"
    return _note(f"{has}: {', '.join(each)}. /history {place(new[0].room)} shows them.")


def _mentions(count: int) -> str:
    return f" ({count} mention{'s' if count == 1 else ''} you)" if count else ""


def _rooms(rooms: tuple[events.RoomListed, ...]) -> bytes:
    if not rooms:
        return _note("There is no such room. /join #NAME makes one.")
    return b"".join(
        _note(
            f"{place(room.room)} {_people(room.people)}"
            + (f' "{room.topic}"' if room.topic else "")
            + (" (you are in it)" if room.member else "")
        )
        for room in rooms
    )


def _whois(answer: events.WhoisDone, scene: Scene) -> bytes:
    now = answer.at
    here = "is here" if answer.online else "is not here"
    seen = "" if answer.online or answer.seen is None else f", last seen {day_and_time(answer.seen, now, scene.view)}"
    shared = f" Rooms that you share: {', '.join(place(room) for room in answer.rooms)}." if answer.rooms else ""
    return _note(f"{answer.name} {here}{seen}; registered {day_and_time(answer.since, now, scene.view)}.{shared}")


def _history(answer: events.HistoryDone, scene: Scene) -> bytes:
    if not answer.events:
        return _note(f"Nothing of {place(answer.room)} to show.")
    more = _note(f"There is more. /history 200 {place(answer.room)} goes further back.") if answer.more else b""
    return more + old(answer.events, scene.view, answer.at)


def _why(answer: events.WhyDone, scene: Scene) -> bytes:
    if not answer.code:
        return _note(answer.why)
    parts = [f"{answer.why} [{answer.code}]"]
    if answer.rule:
        parts.append(f"Rule: {answer.rule}, set by {answer.set_by or 'the server'}.")
    if answer.until is not None:
        parts.append(f"Until {clock_time(answer.until, scene.view)}.")
    return _note(" ".join(parts))


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"
