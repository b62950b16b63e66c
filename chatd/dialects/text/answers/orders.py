"""What moderators ordered."""

from chatd.core import events
from chatd.core.events import Answer, BanShown
from chatd.dialects.text.answers.note import note, notes
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.view import because, day_and_time, place, scope, until


def words(answer: Answer, scene: Scene) -> bytes | None:
    """Such an answer, or C{None} if it is of another kind."""
    match answer:
        case events.ExpelDone():
            return note(f"{answer.name} is put out of this server.")
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
        case events.MaskDone():
            return note(_mask(answer))
        case events.MasksDone():
            return _masks(answer, scene)
        case events.UndoDone():
            where = f" in {place(answer.room)}" if answer.room else ""
            return note(f"Taken back: {answer.act} {answer.target}{where}.")
        case _:
            return None


def _ban(ban: BanShown, now: int, scene: Scene) -> str:
    view = scene.view
    done = _done(ban.effect)
    lasts = f"{scope(ban.room)} {until(ban.until, now, view)}"
    by = f"by {ban.set_by} {day_and_time(ban.set_at, now, view)}"
    return f"{ban.target} {done} {lasts}, {by}{because(ban.reason)}"


def _mask(answer: events.MaskDone) -> str:
    done = _done(answer.list) if answer.on else _done(answer.list).replace("is ", "is no longer ", 1)
    return f"{answer.mask} {done} {place(answer.room)}."


def _masks(answer: events.MasksDone, scene: Scene) -> bytes:
    shown = notes(
        f"{each.mask} {_done(answer.list)} {place(answer.room)}, "
        f"by {each.set_by} {day_and_time(each.set_at, None, scene.view)}"
        for each in answer.masks
    )
    return shown or note("There is nothing on that list.")


def _done(effect: str) -> str:
    return _DONE.get(effect, "is banned from")


_DONE = {
    "mute": "is muted in",
    "exception": "is an exception to bans and mutes in",
    "invitation": "is invited to",
}
_UNDO = "/undo takes it back."
