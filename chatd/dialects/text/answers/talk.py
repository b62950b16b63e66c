"""What was said: old lines, found lines, missed lines; and what became of one's own."""

from chatd.core import commands, events
from chatd.core.events import Answer, News, Said
from chatd.dialects.text.answers.door import mentions, news
from chatd.dialects.text.answers.note import note
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.screen import found, old
from chatd.dialects.text.usages.arguments import RECENT
from chatd.dialects.text.view import END, count, place


def words(answer: Answer, scene: Scene) -> bytes | None:
    """Such an answer, or C{None} if it is of another kind."""
    match answer:
        case events.HistoryDone():
            return _history(answer, scene)
        case events.SearchDone():
            return _search(answer, scene)
        case events.UnreadDone():
            return news(answer.places) or note(_NOTHING)
        case events.CatchupDone():
            return b"".join(_missed(each, answer.at, scene) for each in answer.places) or note(_NOTHING)
        case events.EditDone():
            return note(f"Line {answer.of} of {place(answer.room)} is corrected.")
        case events.DeleteDone():
            return note(f"Line {answer.of} of {place(answer.room)} is deleted.")
        case _:
            return None


def _history(answer: events.HistoryDone, scene: Scene) -> bytes:
    if not answer.events:
        return note(f"Nothing of {place(answer.room)} to show.")
    many = f"{len(answer.events)} " if len(answer.events) > RECENT else ""
    more = _further(many, answer.room, answer.events[0].seq) if answer.more else b""
    return more + old(answer.events, scene.view, answer.at)


def _search(answer: events.SearchDone, scene: Scene) -> bytes:
    if answer.next is None:
        scene.turn_last(commands.Search)
    else:
        scene.turn(commands.Search, before=answer.next)
    if not answer.found:
        return note("No line that you may read has those words.")
    lines = "".join(found(said, scene.view, answer.at) + END for said in answer.found)
    return lines.encode() + (b"" if answer.next is None else note("There is more. /search more shows it."))


def _missed(missed: News, now: int, scene: Scene) -> bytes:
    """A place with what is new there."""
    new = count(missed.unread, "new line") if missed.unread else "nothing said, but news"
    head = note(f"{place(missed.room)}: {new}{mentions(missed.mentions)}")
    shown = sum(isinstance(event, Said) and not scene.is_me(event.who) for event in missed.events)
    if missed.events and shown < missed.unread:
        head += _further("", missed.room, missed.events[0].seq)
    return head + old(missed.events, scene.view, now)


def _further(many: str, room: str, seq: int) -> bytes:
    return note(f"There is more. /history {many}before {seq} {place(room)} goes further back.")


_NOTHING = "Nothing is new."
