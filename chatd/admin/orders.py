"""
The orders that C{chatctl} passes on: one entry each, with its words, its arguments and the command that comes of it.
"""

import getpass
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import Any, NamedTuple

from chatd.admin.errors import AdminError
from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.names import DIRECT, ROOM
from chatd.dialects.text.usages.arguments import number as read_number
from chatd.dialects.text.usages.arguments import span as read_span

Flags = tuple[tuple[str, ...], dict[str, Any]]


class Order(NamedTuple):
    """
    One order.

    @ivar words: How it is called, such as C{user add}.
    @ivar help: What it does, as a fragment.
    @ivar example: A command line.
    @ivar make: The command, from the arguments.
    """

    words: tuple[str, ...]
    help: str
    example: str
    flags: tuple[Flags, ...]
    make: Callable[[Namespace], Command]


def add_to(parser: ArgumentParser, order: Order) -> None:
    """Let a parser read what an order takes."""
    for names, how in order.flags:
        parser.add_argument(*names, **how)


# What may be typed, and what it means.


def span(typed: str) -> int:
    """A time such as C{30m}, C{2h} or C{7d}, in milliseconds."""
    ms = read_span(typed)
    if ms is None:
        raise ArgumentTypeError(f"{typed!r} is no time. Write a number and s, m, h, d or w, such as 7d.")
    return ms


def lasting(typed: str) -> int:
    """The same; C{forever} is 0."""
    if typed == "forever":
        return 0
    ms = read_span(typed)
    if not ms:
        raise ArgumentTypeError(f"{typed!r} is no time to last. Write forever, or a number and s, m, h, d or w: 7d.")
    return ms


def number(typed: str) -> int:
    """A whole number from 1 on."""
    found = read_number(typed)
    if found is None:
        raise ArgumentTypeError(f"{typed!r} is no number from 1 on.")
    return found


def room(typed: str) -> str:
    """A room's name, with its C{#} or without it."""
    return typed.removeprefix(ROOM)


def name(typed: str) -> str:
    """An account's name, with an C{@} before it or without."""
    return typed.removeprefix(DIRECT)


def _takes(*names: str, **how: Any) -> Flags:
    return names, how


_NAME = _takes("name", metavar="NAME", type=name, help="the account's name")
_ROOM = _takes("room", metavar="ROOM", type=room, help="the room's name")
_REASON = _takes("reason", metavar="REASON", nargs="*", help="why; whom it concerns reads it")
_PATTERN = _takes("pattern", metavar="PART", nargs="?", default="", help="a part of the name")
_WHERE = _takes("--room", metavar="ROOM", type=room, help="in this room; without it, on the whole server")
_NUMBER = _takes("number", metavar="NUMBER", type=number, help="its number in the list")
_GENERATE = _takes("--generate", action="store_true", help="make a password up, and show it once")
_MUTE = _takes("--mute", action="store_true", help="a mute, not a ban")
_ROLES = ("owner", "admin", "moderator", "member", "guest")


def _lasts(**how: Any) -> Flags:
    return _takes("--for", dest="ms", metavar="TIME", type=lasting, **how)


# Secrets: from the terminal, hidden and twice, or from standard input, but never from the command line.


def _secret(what: str) -> str:
    if sys.stdin.isatty():
        typed = getpass.getpass(f"{what}: ")
        if typed != getpass.getpass("Once more: "):
            raise AdminError("The two are not the same. Nothing was changed.")
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if not typed:
        raise AdminError(f"{what}: nothing was given. Nothing was changed.")
    return typed


def _account(given: Namespace) -> Command:
    return commands.AddAccount(
        name=given.name, password="" if given.generate else _secret(f"Password for {given.name}")
    )


def _room_set(given: Namespace) -> Command:
    setting, value = given.setting, given.value
    if setting == "key":
        if value is not None:
            raise AdminError("A key is not for the command line, where others see it. Without it, you are asked.")
        value = _secret(f"Key for #{given.room}")
    elif setting is not None and value is None:
        raise AdminError(f"{setting} needs a value. chatctl room set {given.room} shows those that there are.")
    return commands.RoomSet(room=given.room, name=setting, value=value or "")


def _sentence(given: Namespace) -> Command:
    make = commands.Mute if given.mute else commands.Ban
    return make(room=given.room, target=given.target, ms=given.ms, reason=" ".join(given.reason))


def _lifted(given: Namespace) -> Command:
    make = commands.Unmute if given.mute else commands.Unban
    return make(room=given.room, target=given.target)


ORDERS: tuple[Order, ...] = (
    Order(("user", "add"), "make an account; its password is asked for, or read from standard input",
          "chatctl user add alice", (_NAME, _GENERATE), _account),
    Order(("user", "list"), "show the accounts, or those with a part in their names",
          "chatctl user list ali", (_PATTERN,),
          lambda given: commands.Accounts(pattern=given.pattern)),
    Order(("user", "suspend"), "log an account out, and let it not log in any more",
          "chatctl user suspend bob sends advertisements", (_NAME, _REASON),
          lambda given: commands.Suspend(name=given.name, reason=" ".join(given.reason))),
    Order(("user", "restore"), "let a suspended account log in again",
          "chatctl user restore bob", (_NAME,),
          lambda given: commands.Restore(name=given.name)),
    Order(("user", "role"), "give an account a role",
          "chatctl user role alice moderator --for 7d",
          (_NAME, _takes("role", metavar="ROLE", choices=_ROLES, help=f"one of {', '.join(_ROLES)}"),
           _lasts(default=0, help="how long: 30m, 2h, 7d, or forever, which is usual")),
          lambda given: commands.GrantRole(name=given.name, role=given.role, ms=given.ms)),
    Order(("user", "reset"), "give an account a new password, which is shown once, and log it out everywhere",
          "chatctl user reset alice", (_NAME,),
          lambda given: commands.ResetPassword(name=given.name)),
    Order(("user", "rename-display"), "write an account's name with other capitals",
          "chatctl user rename-display mcdonald McDonald",
          (_NAME, _takes("shown", metavar="SHOWN", type=name, help="the same name, as it is to be shown")),
          lambda given: commands.RenameAccount(name=given.name, shown=given.shown)),
    Order(("invite", "new"), "make a code with which strangers may register; it is shown once",
          'chatctl invite new "book club" --uses 12 --for 2d',
          (_takes("label", metavar="LABEL", nargs="?", default="", help="for whom it is"),
           _takes("--uses", metavar="NUMBER", type=number, default=1, help="how often it is good; usually once"),
           _lasts(default="7d", help="how long: 2h, 7d or forever; usually 7d"),
           _takes("--role", metavar="ROLE", default="member", choices=_ROLES[1:],
                  help=f"what those who use it become: {', '.join(_ROLES[1:])}; usually member")),
          lambda given: commands.MakeInvitation(
              label=given.label, uses=given.uses, ms=given.ms, role=given.role)),
    Order(("invite", "list"), "show the codes that are worth something, without the codes themselves",
          "chatctl invite list", (), lambda given: commands.Invitations()),
    Order(("invite", "revoke"), "make a code worthless",
          "chatctl invite revoke 3", (_NUMBER,),
          lambda given: commands.RevokeInvitation(number=given.number)),
    Order(("room", "list"), "show all rooms, private ones too, or those with a part in their names",
          "chatctl room list", (_PATTERN,),
          lambda given: commands.Rooms(pattern=given.pattern)),
    Order(("room", "set"), "show a room's settings, or change one; a key is asked for, or read from standard input",
          "chatctl room set lobby slow 10s",
          (_ROOM, _takes("setting", metavar="SETTING", nargs="?", help="which; without it, all are shown"),
           _takes("value", metavar="VALUE", nargs="?", help="what it is to be")), _room_set),
    Order(("room", "purge"), "throw away what was said in a room; it cannot be brought back",
          "chatctl room purge lobby --older 30d",
          (_ROOM, _takes("--older", metavar="TIME", type=span, required=True,
                         help="what is older than this, such as 30d; 0s is everything")),
          lambda given: commands.PurgeRoom(room=given.room, ms=given.older)),
    Order(("ban", "list"), "show the bans and mutes of the server, or of a room",
          "chatctl ban list --room lobby", (_WHERE,),
          lambda given: commands.Bans(room=given.room)),
    Order(("ban", "add"), "keep an account, an address or a network out",
          "chatctl ban add 192.0.2.0/24 --for 2h floods the lobby",
          (_takes("target", metavar="TARGET", type=name, help="a name, 192.0.2.7 or 192.0.2.0/24"), _REASON, _WHERE,
           _MUTE, _lasts(help="how long: 30m, 2h, 7d or forever; usually a day")), _sentence),
    Order(("ban", "lift"), "let an account, an address or a network in again",
          "chatctl ban lift 192.0.2.0/24",
          (_takes("target", metavar="TARGET", type=name, help="as chatctl ban list shows it"), _WHERE, _MUTE), _lifted),
    Order(("token", "list"), "show the tokens of an account, without the secrets",
          "chatctl token list alice", (_NAME,), lambda given: commands.Tokens(account=given.name)),
    Order(("token", "revoke"), "make a token worthless",
          "chatctl token revoke alice 2", (_NAME, _NUMBER),
          lambda given: commands.RevokeToken(account=given.name, number=given.number)),
    Order(("audit",), "show who did what with power, the newest first",
          "chatctl audit '#lobby' --since 7d",
          (_takes("about", metavar="ABOUT", nargs="?", help="a name, or '#ROOM' in quotes"),
           _takes("--since", metavar="TIME", type=span, help="not older than this, such as 7d")),
          lambda given: commands.Audit(about=given.about, ago=given.since)),
    Order(("announce",), "say a word to everyone who is here",
          "chatctl announce The server restarts at noon.",
          (_takes("text", metavar="TEXT", nargs="+", help="what everyone is to read"),),
          lambda given: commands.Announce(text=" ".join(given.text))),
    Order(("stats",), "show how the server does", "chatctl stats", (), lambda given: commands.Stats()),
    Order(("reload",), "read the configuration, the message of the day and the certificates again",
          "chatctl reload", (), lambda given: commands.Reload()),
    Order(("shutdown",), "stop the daemon, in order, and wait until it has stopped",
          "chatctl shutdown", (), lambda given: commands.Shutdown()),
)  # fmt: skip
