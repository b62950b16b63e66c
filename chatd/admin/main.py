"""
C{chatctl}: what the people who run a daemon type.

Exit status: 0 if it was done, 1 if the answer was no, 2 if the command line makes no sense.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import react

import chatd
from chatd import config
from chatd.admin import orders, screen
from chatd.admin.alone import CHORES, Chore
from chatd.admin.errors import AdminError
from chatd.admin.operator import Ask, as_operator
from chatd.admin.orders import ORDERS, Order
from chatd.config import ConfigError, Settings
from chatd.core.events import AccountsDone, Answer, AuditDone
from chatd.store.schema import StoreError
from chatd.tap import database_path

_GROUPS = {
    "user": "accounts",
    "invite": "invitation codes",
    "room": "rooms",
    "ban": "bans and mutes",
    "token": "tokens",
    "config": "the configuration",
}
_ENVIRONMENT = "The database is the one that --database or --config names, else the one that chatd would use."


def main() -> None:
    """Do what the command line says, and end the process with a status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The same, with the status as the result."""
    given = parser().parse_args(arguments)
    try:
        settings = config.load(given.config, {"database": str(given.database)} if given.database else {})
        database = database_path(settings, os.environ)
        if isinstance(given.does, Chore):
            for line in given.does.do(given, database, settings):
                print(line)
        else:
            return _ordered(given, database, settings)
    except (AdminError, StoreError, ConfigError) as wrong:
        print(f"chatctl: {wrong}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("chatctl: broken off", file=sys.stderr)
        return 1
    return 0


def parser() -> ArgumentParser:
    """Everything that may be typed."""
    made = ArgumentParser(prog="chatctl", description="Look after a chatd.", epilog=_ENVIRONMENT)
    made.add_argument("--version", action="version", version=f"chatctl {chatd.__version__}")
    made.add_argument("--config", type=Path, help="the daemon's configuration file")
    made.add_argument("--database", type=Path, help="the daemon's database")
    made.add_argument("--json", action="store_true", help="write JSON, for programs")
    words = made.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, Any] = {}
    everything: tuple[Order | Chore, ...] = (*ORDERS, *CHORES)
    for each in everything:
        place = words
        if len(each.words) == 2:
            group = each.words[0]
            if group not in groups:
                above = words.add_parser(group, help=_GROUPS[group])
                groups[group] = above.add_subparsers(required=True, metavar="COMMAND")
            place = groups[group]
        one = place.add_parser(each.words[-1], help=each.help, description=each.help)
        one.set_defaults(does=each)
        if isinstance(each, Order):
            orders.add_to(one, each)
        else:
            each.arguments(one)
    return made


def _ordered(given: Namespace, database: Path, settings: Settings) -> int:
    """Pass an order on, in a reactor of its own."""
    failed: list[Exception] = []

    async def work(ask: Ask) -> None:
        await _obeyed(given, given.does, ask)

    async def ordered(reactor: Any) -> None:
        try:
            await as_operator(reactor, database, settings, work)
        except (AdminError, StoreError) as wrong:
            failed.append(wrong)

    try:
        react(lambda reactor: Deferred.fromCoroutine(ordered(reactor)))
    except SystemExit as ended:
        if ended.code:
            return 1
    if failed:
        raise failed[0]
    return 0


async def _obeyed(given: Namespace, order: Order, ask: Ask) -> None:
    """Ask, and write the answer; and what follows it, where an answer is a page."""
    more = True
    while more:
        answer = await ask(order.make(given))
        for line in [screen.as_json(answer)] if given.json else screen.lines(answer):
            print(line)
        more = _turned(given, answer)


def _turned(given: Namespace, answer: Answer) -> bool:
    """Whether there is another page, which the next command then asks for."""
    if isinstance(answer, AccountsDone) and answer.more:
        given.after = answer.accounts[-1].name
        return True
    if isinstance(answer, AuditDone) and answer.more:
        given.before = answer.entries[-1].number
        return True
    return False
