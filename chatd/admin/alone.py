"""What C{chatctl} does by itself, without asking a daemon: copies, imports, and looking after things."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from chatd.admin import backup, doctor
from chatd.admin.backup import Contents
from chatd.admin.errors import AdminError
from chatd.admin.importing import apply, plan, source
from chatd.admin.importing.found import Found
from chatd.admin.importing.plan import Plan
from chatd.admin.screen import Bar, as_json, moment
from chatd.config import Settings
from chatd.house import wall_clock

WARNED = 1


class Chore(NamedTuple):
    """
    Something to be done without a daemon.

    @ivar do: Does it; what it yields is written, a line each. Returning a status other than 0 says that not all is
        well.
    """

    words: tuple[str, ...]
    help: str
    arguments: Callable[[ArgumentParser], None]
    do: "Callable[[Namespace, Path, Settings], Iterable[str]]"


class NotWell(AdminError):
    """What was looked at is not as it should be; it was said in detail already."""


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
    yield as_json(settings) if given.json else f"The configuration is sound. The database is {database}."


def _limits(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    kept = msgspec.to_builtins(settings.limits)
    if given.json:
        yield as_json(kept)
        return
    width = max(map(len, kept))
    yield from (f"{name:<{width}}  {value}" for name, value in kept.items())


def _doctor(given: Namespace, database: Path, settings: Settings) -> Iterable[str]:
    worst = "ok"
    for finding in doctor.examine(database, settings, wall_clock()):
        if given.json:
            yield as_json(finding._asdict())
        else:
            yield f"{finding.level:<4} {finding.what}" + (f" {finding.do}" if finding.do else "")
        worst = "bad" if "bad" in (worst, finding.level) else max(worst, finding.level)
    if worst == "bad":
        raise NotWell("Something is wrong; see above.")


def _file(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def _import_arguments(parser: ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--apply", action="store_true", help="do it; without this it is only said what would be done")
    parser.add_argument("--room", help="the room for the messages; without one they are left out")
    parser.add_argument("--owner", help="whose room it is to be, if it is made")


def _nothing(parser: ArgumentParser) -> None:
    pass


CHORES: tuple[Chore, ...] = (
    Chore(("backup",), "copy the database, also while the daemon runs", _file, _backup),
    Chore(("restore",), "put a copy in the place of the database; the daemon must be stopped", _file, _restore),
    Chore(("verify",), "check a copy", _file, _verify),
    Chore(("import",), "take over accounts and messages of another program: a SQLite file, or an htpasswd file",
          _import_arguments, _import),
    Chore(("config", "check"), "read the configuration, and say what is wrong with it", _nothing, _config_check),
    Chore(("limits",), "the limits in force", _nothing, _limits),
    Chore(("doctor",), "look whether everything is as it should be", _nothing, _doctor),
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
