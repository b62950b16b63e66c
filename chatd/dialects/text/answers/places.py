"""Rooms, and the people in them."""

from collections.abc import Iterable, Iterator

from chatd.core import events
from chatd.core.events import Answer, Person, RoomListed
from chatd.dialects.text.answers.door import entered
from chatd.dialects.text.answers.note import note, notes
from chatd.dialects.text.happenings import role_of
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.talking import AWAY
from chatd.dialects.text.view import clock_time, count, day_and_time, place, span

IDLE = 5 * 60_000
TOGETHER = 10
_MARKS = {"owner": "@", "moderator": "@", "voice": "+"}
_ACCESS = {"invite": "by invitation", "key": "with a key"}


def words(answer: Answer, scene: Scene) -> bytes | None:
    """Such an answer, or C{None} if it is of another kind."""
    match answer:
        case events.JoinDone():
            return entered(answer.place, answer.at, scene, again=answer.again)
        case events.LookDone():
            return entered(answer.place, answer.at, scene, people=answer.people)
        case events.LeaveDone():
            return note(f"You left {place(answer.room)}.")
        case events.RoomsDone():
            nothing = note("There is no such room. /join #NAME makes one.")
            return notes(_listed(room) for room in answer.rooms) or nothing
        case events.NamesDone():
            return _names(answer)
        case events.WhoisDone():
            return _whois(answer, scene)
        case events.TopicDone():
            return _topic(answer, scene)
        case events.InviteDone():
            return note(f"{answer.name} may enter {place(answer.room)}, and was told so.")
        case events.RoomSetDone():
            return note(f"{place(answer.room)}: {settings(answer.settings)}")
        case events.RenameRoomDone():
            return note(f"{place(answer.room)} is called {place(answer.name)} now.")
        case events.RoomRoleDone():
            return note(f"{answer.name} is {role_of(answer.role, answer.room)} now.")
        case _:
            return None


def settings(values: dict[str, str]) -> str:
    """Settings in one line."""
    return ", ".join(f"{name} {value or '-'}" for name, value in values.items())


def _listed(room: RoomListed) -> str:
    facts = [_ACCESS[room.access]] if room.access in _ACCESS else []
    facts += ["you are in it"] if room.member else ["you are invited"] if room.invited else []
    topic = f' "{room.topic}"' if room.topic else ""
    return f"{place(room.room)} {count(room.people, 'person', 'people')}{topic}{_bracketed(facts)}"


def _names(answer: events.NamesDone) -> bytes:
    """A few people in one line, many with a line for each."""
    people = [_person(each) for each in answer.people] or list(answer.names)
    head = f"{count(len(people), 'person', 'people')} in {place(answer.room)}:"
    if len(people) <= TOGETHER or not answer.people:
        return note(f"{head} {', '.join(people)}")
    return note(head) + notes(people)


def _person(person: Person) -> str:
    role = () if person.role == "member" else (person.role,)
    ways = () if person.faces == ("telnet",) else person.faces
    return f"{_MARKS.get(person.role, '')}{person.name}{_bracketed((*role, *ways, *_presence(person)))}"


def _presence(person: Person | events.WhoisDone) -> Iterator[str]:
    if person.away is not None:
        yield AWAY if person.away in ("", AWAY) else f"{AWAY}: {person.away}"
    if person.idle is not None and person.idle >= IDLE:
        yield f"idle {span(person.idle)}"


def _whois(answer: events.WhoisDone, scene: Scene) -> bytes:
    now, view = answer.at, scene.view
    role = "" if answer.role == "member" else f" ({answer.role})"
    ways = f" by {', '.join(answer.faces)}" if answer.faces else ""
    here = f"is here{ways}" if answer.online else "is not here"
    seen = "" if answer.online or answer.seen is None else f", last seen {day_and_time(answer.seen, now, view)}"
    since = f"registered {day_and_time(answer.since, now, view)}"
    shared = f" Rooms that you share: {', '.join(place(room) for room in answer.rooms)}." if answer.rooms else ""
    said = ", ".join((f"{answer.name}{role} {here}{seen}", *_presence(answer)))
    return note(f"{said}; {since}.{shared}")


def _topic(answer: events.TopicDone, scene: Scene) -> bytes:
    if answer.at is None:
        return note(f"{place(answer.room)} has no topic.") if not answer.by else b""
    when = f", set by {answer.by} {clock_time(answer.at, scene.view)}" if answer.by else ""
    return note(f'{place(answer.room)}: "{answer.topic}"{when}')


def _bracketed(facts: Iterable[str]) -> str:
    told = ", ".join(facts)
    return f" ({told})" if told else ""
