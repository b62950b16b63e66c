"""What C{chatctl} does by itself, without asking a daemon: copies, imports, and looking after things."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from chatd.admin import doctor
from chatd.admin.copies import backup
from chatd.admin.copies.backup import Contents
from chatd.admin.doors import Unusable, door_of
from chatd.admin.errors import AdminError
from chatd.admin.importing import apply, plan, source
from chatd.admin.importing.found import Found
from chatd.admin.importing.plan import Plan
from chatd.admin.screen import Bar, as_json, moment
from chatd.config import Settings
from chatd.house import wall_clock


class Chore(NamedTuple):
    """
    Something to be done without a daemon.

    @ivar help: What it does, as a fragment.
    @ivar example: A command line.
    @ivar do: Does it; what it yields is written, a line each. It raises L{AdminError} if the answer is no.
    """

    words: tuple[str, ...]
    help: str
    example: str
    arguments: Callable[[ArgumentParser], None]
    do: "Callable[[Namespace, Path, Settings], Iterable[str]]"


def _backup(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    made = backup.backup(database, given.file, Bar("copying"))
    yield _told(given, made, f"{given.file} is a checked copy: {_contents(made)}")


def _restore(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    done = backup.restore(given.file, database, wall_clock(), Bar("copying"))
    kept = f" What was there before is {done.kept}." if done.kept else ""
    yield _told(given, done.contents, f"{database} is what {given.file} was: {_contents(done.contents)}{kept}")


def _verify(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    found = backup.verify(given.file, Bar("checking"))
    yield _told(given, found, f"{given.file} is whole: {_contents(found)}")


def _import(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    found = source.read(given.file)
    now = wall_clock()
    if given.apply:
        bar = Bar("hashing")
        done = apply.apply(found, database, given.room, given.owner, now, settings.bcrypt_cost, bar)
    else:
        done = plan.plan(found, database, given.room, now)
    if given.json:
        yield as_json(_summary(done, given.apply))
        return
    yield from _found(found)
    yield from _planned(done, given.apply)


def _config_check(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    settings.site()
    for each in settings.listen:
        try:
            door_of(each)
        except Unusable as wrong:
            raise AdminError(f"Nobody can listen on {each}: {wrong}.") from None
    yield as_json(settings) if given.json else f"The configuration is sound. The database is {database}."


def _limits(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    kept = msgspec.to_builtins(settings.limits)
    if given.json:
        yield as_json(kept)
        return
    width = max(map(len, kept))
    yield from (f"{name:<{width}}  {value}" for name, value in kept.items())


def _doctor(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    is_well = True
    for finding in doctor.examine(database, settings, wall_clock()):
        if given.json:
            yield as_json(finding._asdict())
        else:
            yield f"{finding.level:<4} {finding.what}" + (f" {finding.do}" if finding.do else "")
        is_well = is_well and finding.level != "bad"
    if not is_well:
        raise AdminError("Not all is well: what is marked bad has to be put right.")


def _new_file(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the copy; there must be no file of that name yet")


def _copy(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a copy that chatctl backup has made")


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the other program's file; it is not changed")
    parser.add_argument("--apply", action="store_true", help="do it; without this it is only said what would be done")
    parser.add_argument("--room", metavar="ROOM", help="the room for the messages; without one they are left out")
    parser.add_argument("--owner", metavar="NAME", help="whose room it is to be, if it is made")


def _nothing(parser: ArgumentParser) -> None:
    pass


CHORES: tuple[Chore, ...] = (
    Chore(("backup",), "copy the database, also while the daemon runs, and check the copy",
          "chatctl backup /var/backups/chatd-monday.sqlite", _new_file, _backup),
    Chore(("restore",), "put a copy in the place of the database; the daemon must be stopped",
          "chatctl restore /var/backups/chatd-monday.sqlite", _copy, _restore),
    Chore(("verify",), "check a copy, without changing it",
          "chatctl verify /var/backups/chatd-monday.sqlite", _copy, _verify),
    Chore(("import",), "take over the accounts and messages of another program: a SQLite or an htpasswd file",
          "chatctl import chat_users.db --room lobby",
          _import_arguments, _import),
    Chore(("config", "check"), "read the configuration, and say what is wrong with it",
          "chatctl --config /etc/chatd.toml config check", _nothing, _config_check),
    Chore(("limits",), "show the limits in force", "chatctl limits", _nothing, _limits),
    Chore(("doctor",), "look whether everything is as it should be", "chatctl doctor", _nothing, _doctor),
)  # fmt: skip


def _told(given: Namespace, contents: Contents, sentence: str) -> str:
    if not given.json:
        return sentence
    return as_json({"version": contents.version, **contents.tally._asdict()})


def _contents(contents: Contents) -> str:
    tally = contents.tally
    newest = f", the newest of {moment(tally.newest_at)}" if tally.newest_at else ""
    return f"{tally.accounts} accounts, {tally.rooms} rooms, {tally.messages} messages{newest}."


def _found(found: Found) -> Iterable[str]:
    yield f"{found.path}: {found.form}, {len(found.accounts)} accounts, {len(found.messages)} messages."
    for table in found.tables:
        yield f"  table {table.name}: {table.holds or 'passed over'}, {table.why}"


def _planned(plan: Plan, applied: bool) -> Iterable[str]:
    did = "Taken over" if applied else "Would be taken over"
    where = f" in #{plan.room.shown}" if plan.room else ""
    yield f"{did}: {len(plan.accounts)} accounts, {len(plan.messages)} messages{where}."
    if plan.left_out:
        yield f"Left out: {plan.left_out} messages. --room NAME says where they are to go."
    if plan.known_messages:
        yield f"There already: {plan.known_messages} messages."
    for each in plan.known_accounts:
        yield f"There already: {each.what} ({each.spot}): {each.why}"
    for each in plan.refused:
        yield f"Refused: {each.what} ({each.spot}): {each.why}"
    if not applied:
        yield "Nothing was changed. --apply does it."


def _summary(plan: Plan, applied: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "room": plan.room.shown if plan.room else None,
        "accounts": [each.name.shown for each in plan.accounts],
        "messages": len(plan.messages),
        "known_accounts": [each.what for each in plan.known_accounts],
        "known_messages": plan.known_messages,
        "left_out": plan.left_out,
        "refused": [{"where": str(each.spot), "what": each.what, "why": each.why} for each in plan.refused],
    }
