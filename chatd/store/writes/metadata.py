"""What programs are told of accounts and rooms."""

from chatd.core import commands, names
from chatd.core.errors import NoSuchEntry, NotAllowed, TooMany
from chatd.core.events import MetadataChanged, MetadataDone
from chatd.core.ports import News, Place
from chatd.core.settings.metadata import KEYS
from chatd.store.queries import metadata as queries
from chatd.store.queries.metadata import Subject
from chatd.store.standing import is_muted
from chatd.store.writes.writing import Outcome, Writing, account_named, allowed_here, allowed_in, place_of


def metadata(writing: Writing, command: commands.Metadata) -> Outcome:
    """Set a value of oneself or of a room of one's own, or clear them all; of others, who manages accounts does."""
    subject, shown, place = _subject(writing, command.target)
    if command.value and is_muted(writing.cursor, writing.actor.id, writing.at, writing.mask):
        raise NotAllowed("You are muted, so nobody is told that.", rule="a mute")
    there = queries.metadata_of(writing.cursor, subject)
    if command.act == "clear":
        changed: dict[str, str | None] = dict.fromkeys(there)
    else:
        changed = {_key(command, there): command.value}
    for key, value in changed.items():
        if value is None:
            queries.drop_metadata(writing.cursor, subject, key)
        else:
            queries.set_metadata(writing.cursor, subject, key, value)
    who, at = writing.actor, writing.at
    news = tuple(
        News(MetadataChanged(target=shown, who=who.name, at=at, key=key, value=value), who.id, place,
             target=subject.account_id)
        for key, value in changed.items() if there.get(key) != value
    )  # fmt: skip
    told = there if command.act == "clear" else {key: value for key, value in changed.items() if value is not None}
    return Outcome(MetadataDone(target=shown, values=told), news)


def _key(command: commands.Metadata, there: dict[str, str]) -> str:
    key = command.key or ""
    if command.value is None and key not in there:
        raise NoSuchEntry(f"There is no {key} there to take away.", rule="key")
    if key not in there and len(there) >= KEYS:
        raise TooMany(f"There are {KEYS} values there already. Take one away first.", rule="keys of one target")
    return key


def _subject(writing: Writing, target: str) -> tuple[Subject, str, Place]:
    """Of whom or what, how that is called, and the room, if who asks may change it."""
    if not target.startswith(names.DIRECT):
        room = allowed_in(writing, "own", target)
        return Subject(room_id=room.id), room.name, place_of(room)
    account = account_named(writing, target[1:])
    if account.id != writing.actor.id:
        allowed_here(writing, "manage-accounts", account)
    return Subject(account_id=account.id), names.DIRECT + account.name, Place(0, "", "")
