"""What happened, in words: for everyone who hears it, and for the one to whom it was done."""

from chatd.core.events import (
    Arrived,
    AwayChanged,
    Banned,
    Deleted,
    Departed,
    Edited,
    Event,
    Gap,
    Identified,
    Invited,
    Joined,
    Kicked,
    Left,
    LetIn,
    MaskChanged,
    Muted,
    Renamed,
    RoleChanged,
    RoomChanged,
    RoomRenamed,
    TopicChanged,
    Unbanned,
    Undeleted,
    Unmuted,
)
from chatd.core.names import DIRECT
from chatd.dialects.text.view import View, because, fit, in_one_line, place, until


def happened(event: Event, view: View) -> str:
    """An event that is no line of somebody's, as a sentence without its end."""
    told = _came_or_went(event) or _changed(event) or _ordered(event, view)
    return fit(told or f"something happened that this server is too old to name ({type(event).__name__})")


def done_to(event: Event, me: str, view: View) -> str | None:
    """What was done to the reader, as a sentence to the reader; C{None} if it was done to somebody else."""
    whom = event.author if isinstance(event, Deleted) else getattr(event, "target", None)
    if whom is None or whom.casefold() != me.casefold():
        return None
    told = _done_to_you(event, view)
    return None if told is None else fit(told)


def role_of(role: str, room: str) -> str:
    """What somebody is who has a role in a room."""
    match role:
        case "voice":
            return f"somebody with a voice in {place(room)}"
        case "member":
            return f"a plain member of {place(room)}"
        case _:
            return f"{role} of {place(room)}"


def _came_or_went(event: Event) -> str | None:
    match event:
        case Joined():
            return f"{event.who} has joined {place(event.room)}"
        case Left():
            return f"{event.who} has left {place(event.room)}{because(event.reason)}"
        case Arrived():
            return f"{event.who} has joined the chat"
        case Departed():
            return f"{event.who} has left the chat{because(event.reason)}"
        case Renamed():
            return f"{event.who} is called {event.name} now"
        case Identified():
            return f"{event.who} has an account now"
        case AwayChanged():
            return f"{event.who} is {'back' if event.text is None else 'away' + because(event.text)}"
        case Invited():
            return f"{event.who} invites you to {place(event.room)}. /join {place(event.room)} enters it"
        case LetIn():
            return f"{event.who} lets {event.name} enter {place(event.room)}"
        case _:
            return None


def _changed(event: Event) -> str | None:
    match event:
        case TopicChanged(topic=""):
            return f"{event.who} took away the topic of {place(event.room)}"
        case TopicChanged():
            return f'{event.who} set the topic of {place(event.room)}: "{event.topic}"'
        case Edited():
            return f"{event.who} corrected line {event.of} {_there(event.room)}: {in_one_line(event.text)}"
        case Deleted():
            whose = "" if event.author == event.who else f" of {event.author}"
            return f"{event.who} deleted line {event.of}{whose} {_there(event.room)}{because(event.reason)}"
        case Undeleted():
            return f"line {event.of} {_there(event.room)} is back, {event.author}: {in_one_line(event.text)}"
        case RoomRenamed():
            return f"{event.who} calls {place(event.room)} {place(event.name)} from now on{because(event.reason)}"
        case RoomChanged():
            return f"{event.who} set {event.setting} of {place(event.room)} to {event.value}"
        case Gap():
            missing = event.before - event.after - 1
            return f"{missing} lines of {place(event.room)} are left out here; /history {place(event.room)} shows them"
        case _:
            return None


def _ordered(event: Event, view: View) -> str | None:
    match event:
        case Kicked():
            return f"{event.who} kicked {event.target} out of {place(event.room)}{because(event.reason)}"
        case Banned():
            lasts = until(event.until, event.at, view)
            return f"{event.who} banned {event.target} from {place(event.room)} {lasts}{because(event.reason)}"
        case Unbanned():
            return f"{event.who} lifted the ban of {event.target} from {place(event.room)}"
        case Muted():
            lasts = until(event.until, event.at, view)
            return f"{event.who} muted {event.target} in {place(event.room)} {lasts}{because(event.reason)}"
        case Unmuted():
            return f"{event.who} lets {event.target} speak in {place(event.room)} again"
        case RoleChanged() if event.was == event.role and event.voiced != event.was_voiced:
            given = "gave {} a voice" if event.voiced else "took the voice of {}"
            return f"{event.who} {given.format(event.target)} in {place(event.room)}, who stays its {event.role}"
        case RoleChanged():
            return f"{event.who} made {event.target} {role_of(event.role, event.room)}"
        case MaskChanged():
            return _masked(event)
        case _:
            return None


def _masked(event: MaskChanged) -> str:
    what, where = _MASKS.get(event.list, ("put {} on a list of", "took {} off a list of")), place(event.room)
    return f"{event.who} {what[0 if event.on else 1].format(event.mask)} {where}"


_MASKS = {
    "ban": ("banned {} from", "lifted the ban of {} from"),
    "mute": ("muted {} in", "lifted the mute of {} in"),
    "exception": ("lets no ban or mute be about {} in", "lets bans and mutes be about {} again in"),
    "invitation": ("lets {} enter", "lets {} enter no more without an invitation"),
}


def _done_to_you(event: Event, view: View) -> str | None:
    match event:
        case Kicked():
            where = place(event.room)
            return f"{event.who} kicked you out of {where}{because(event.reason)}."
        case Banned():
            lasts = until(event.until, event.at, view)
            return f"{event.who} banned you from {place(event.room)} {lasts}{because(event.reason)}."
        case Unbanned():
            return f"{event.who} lifted your ban from {place(event.room)}."
        case Muted():
            lasts = until(event.until, event.at, view)
            return f"{event.who} muted you in {place(event.room)} {lasts}{because(event.reason)}."
        case Unmuted():
            return f"{event.who} lets you speak in {place(event.room)} again."
        case RoleChanged():
            return f"{event.who} made you {role_of(event.role, event.room)}."
        case Deleted() if event.who != event.author:
            return f"{event.who} deleted your line {event.of} {_there(event.room)}{because(event.reason)}."
        case _:
            return None


def _there(room: str) -> str:
    return f"of your talk with {place(room)}" if room.startswith(DIRECT) else f"in {place(room)}"
