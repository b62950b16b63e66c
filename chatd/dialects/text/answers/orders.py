"""What moderators ordered."""

from chatd.core import events
from chatd.core.events import Answer, BanShown
from chatd.dialects.text.answers.note import note, notes
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.view import because, day_and_time, place, scope, until


def words(answer: Answer, scene: Scene) -> bytes | None:
    """Such an answer, or C{None} if it is of another kind."""
    match answer:
        case events.KickDone():
            return note(f"{answer.target} is out of {place(answer.room)}.")
        case events.BanDone():
            lasts = until(answer.until, None, scene.view)
            return note(f"{answer.target} is banned from {scope(answer.room)} {lasts}. {_UNDO}")
        case events.MuteDone():
            lasts = until(answer.until, None, scene.view)
            return note(f"{answer.target} is muted in {scope(answer.room)} {lasts}. {_UNDO}")
        case events.UnbanDone():
            return note(f"{answer.target} is no longer banned from {scope(answer.room)}.")
        case events.UnmuteDone():
            return note(f"{answer.target} is no longer muted in {scope(answer.room)}.")
        case events.BansDone():
            listed = notes(_ban(each, answer.at, scene) for each in answer.bans)
            return listed or note("Nobody is banned or muted there.")
        case events.UndoDone():
            where = f" in {place(answer.room)}" if answer.room else ""
            return note(f"Taken back: {answer.act} {answer.target}{where}.")
        case _:
            return None


def _ban(ban: BanShown, now: int, scene: Scene) -> str:
    view = scene.view
    done = "is muted in" if ban.effect == "mute" else "is banned from"
    lasts = f"{scope(ban.room)} {until(ban.until, now, view)}"
    by = f"by {ban.set_by} {day_and_time(ban.set_at, now, view)}"
    return f"{ban.target} {done} {lasts}, {by}{because(ban.reason)}"


_UNDO = "/undo takes it back."
