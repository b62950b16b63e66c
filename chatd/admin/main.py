"""
C{chatctl}: what the people who run a daemon type.

Exit status: 0 if it was done, 1 if the answer was no, 2 if the command line makes no sense.
"""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import react

import chatd
from chatd import config
from chatd.admin import orders
from chatd.admin.alone import CHORES, Chore
from chatd.admin.errors import AdminError
from chatd.admin.operator import as_operator
from chatd.admin.orders import ORDERS, Order
from chatd.admin.screen import Sheet, as_json
from chatd.config import ConfigError, Settings
from chatd.core.commands import Accounts, Audit, Command
from chatd.core.events import AccountsDone, Answer, AuditDone, ReloadDone
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
_WHERE = """\
The database is the one that --database or the file of --config names, else the one that chatd would use without them.
Where a daemon runs, it is asked through the socket beside its database; where none runs, chatctl works by itself.
chatctl COMMAND --help shows an example of each command.
"""


def main() -> None:
    """Do what the command line says, and end the process with a status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The same, with the status as the result."""
    try:
        _do(parser().parse_args(arguments))
        sys.stdout.flush()
    except (AdminError, StoreError, ConfigError) as wrong:
        return _failed(str(wrong))
    except BrokenPipeError:  # whoever reads has read enough; what is still to be written goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as wrong:
        return _failed(f"{wrong.filename}: {wrong.strerror}." if wrong.filename else f"{wrong}.")
    except (KeyboardInterrupt, EOFError, CancelledError):
        return _failed("It was broken off. What was asked for already may have been done.")
    return 0


def parser() -> ArgumentParser:
    """Everything that may be typed."""
    made = ArgumentParser(
        prog="chatctl", description="Look after a chatd.", epilog=_WHERE, formatter_class=RawDescriptionHelpFormatter
    )
    made.add_argument("--version", action="version", version=f"chatctl {chatd.__version__}")
    _everywhere(made, None, False)
    words = made.add_subparsers(required=True, metavar="COMMAND", parser_class=_Leaf)
    groups: dict[str, Any] = {}
    everything: tuple[Order | Chore, ...] = (*ORDERS, *CHORES)
    for each in everything:
        place = words
        if len(each.words) == 2:
            group = each.words[0]
            if group not in groups:
                groups[group] = _group(words, group)
            place = groups[group]
        one = place.add_parser(
            each.words[-1], help=each.help, description=f"{each.help[0].upper()}{each.help[1:]}.",
            epilog=f"Example: {each.example}", formatter_class=RawDescriptionHelpFormatter,
        )  # fmt: skip
        _everywhere(one, SUPPRESS, SUPPRESS)
        one.set_defaults(does=each)
        if isinstance(each, Order):
            orders.add_to(one, each)
        else:
            each.arguments(one)
    return made


class _Leaf(ArgumentParser):
    """
    Takes flags between words too: C{ban add bob --for 2h rude}. The usual parser would not know what C{rude} is.

    @ivar mixing: Whether it is at that already, or has commands below it and leaves that to them.
    """

    mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Called by the parser above, and again by what is called here."""
        if self.mixing:
            return super().parse_known_args(args, namespace)
        self.mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.mixing = False


def _group(words: Any, name: str) -> Any:
    above = words.add_parser(name, help=_GROUPS[name], description=f"Look after {_GROUPS[name]}.")
    above.mixing = True
    return above.add_subparsers(required=True, metavar="COMMAND", parser_class=_Leaf)


def _everywhere(parser: ArgumentParser, none: Any, no: Any) -> None:
    """What may stand before the command and after it; there, with nothing as the default, lest it undo the former."""
    parser.add_argument("--config", metavar="FILE", type=Path, default=none, help="the daemon's configuration file")
    parser.add_argument("--database", metavar="FILE", type=Path, default=none, help="the daemon's database")
    parser.add_argument("--json", action="store_true", default=no, help="write JSON, one object a line")


def _do(given: Namespace) -> None:
    settings = config.load(given.config, {"database": str(given.database)} if given.database else {})
    database = database_path(settings, os.environ)
    if isinstance(given.does, Order):
        _order(given, given.does.make(given), database, settings)
        return
    for line in given.does.do(given, database, settings):
        print(line, flush=True)


def _order(given: Namespace, command: Command, database: Path, settings: Settings) -> None:
    """Pass an order on, in a reactor of its own."""
    sheet = Sheet()
    failed: list[Exception] = []

    def hear(command: Command, answer: Answer) -> Command | None:
        for line in [as_json(answer)] if given.json else sheet.lines(answer):
            print(line)
        return _next(command, answer)

    async def ordered(reactor: Any) -> None:
        try:
            await as_operator(reactor, database, settings, command, hear)
        except Exception as wrong:  # it belongs to whoever called, outside of the reactor
            failed.append(wrong)

    def start(reactor: Any) -> Deferred[None]:
        doing = Deferred.fromCoroutine(ordered(reactor))
        reactor.addSystemEventTrigger("before", "shutdown", doing.cancel)  # Ctrl-C stops the reactor
        return doing

    try:
        react(start)
    except SystemExit:
        if failed:
            raise failed[0] from None


def _next(command: Command, answer: Answer) -> Command | None:
    """
    What asks for the next page, where an answer is a page and there is one.

    @raise AdminError: if the answer is in truth a no.
    """
    if isinstance(command, Accounts) and isinstance(answer, AccountsDone) and answer.more:
        return replace(command, after=answer.accounts[-1].name)
    if isinstance(command, Audit) and isinstance(answer, AuditDone) and answer.more:
        return replace(command, before=answer.entries[-1].number)
    if isinstance(answer, ReloadDone) and answer.wrong is not None:
        raise AdminError(f"The settings stay as they were: {answer.wrong}")
    return None


def _failed(why: str) -> int:
    print(f"chatctl: {why}", file=sys.stderr)
    return 1
