"""
The orders that C{chatctl} passes on: one entry each, with its words, its arguments and the command that comes of it.
"""

import getpass
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any, NamedTuple

from chatd.admin.errors import AdminError
from chatd.core import commands
from chatd.core.commands import Command
from chatd.dialects.text.usages.arguments import span as read_span

Flags = tuple[tuple[str, ...], dict[str, Any]]


class Order(NamedTuple):
    """
    One order.

    @ivar words: How it is called, such as C{user add}.
    @ivar make: The command, from the arguments; for a page after the first, from the last row of the page before.
    """

    words: tuple[str, ...]
    help: str
    flags: tuple[Flags, ...]
    make: Callable[[Namespace], Command]


def add_to(parser: ArgumentParser, order: Order) -> None:
    """Let a parser read what an order takes."""
    for names, how in order.flags:
        parser.add_argument(*names, **how)


def lasting(typed: str) -> int:
    """A span such as C{30m}, C{2h} or C{7d} in milliseconds; C{forever} is 0."""
    ms = 0 if typed == "forever" else read_span(typed)
    if ms is None:
        raise AdminError(f"{typed!r} is no time. It can be forever, or a number and s, m, h, d or w, such as 7d.")
    return ms


def _takes(*names: str, **how: Any) -> Flags:
    return names, how


_NAME = _takes("name", help="the account's name")
_ROOM = _takes("room", help="the room's name, without its #")
_REASON = _takes("reason", nargs="*", help="why; whom it concerns reads it")
_PATTERN = _takes("pattern", nargs="?", default="", help="a part of the name")
_WHERE = _takes("--room", help="in this room; without it, on the whole server")
_NUMBER = _takes("number", type=int, help="its number in the list")
_FOR = _takes("--for", dest="lasts", type=str, default="forever", help="how long: 30m, 2h, 7d or forever")


def _new_password(given: Namespace) -> str:
    """A password from the terminal, hidden and twice, or from standard input; nothing where one is made up."""
    if given.generate:
        return ""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"Password for {given.name}: ")
    if first != getpass.getpass("Once more: "):
        raise AdminError("The two are not the same. Nothing was changed.")
    return first


def _sentence(given: Namespace) -> Command:
    make = commands.Mute if given.mute else commands.Ban
    ms = None if given.lasts is None else lasting(given.lasts)
    return make(room=given.room, target=given.target, ms=ms, reason=" ".join(given.reason))


def _lifted(given: Namespace) -> Command:
    make = commands.Unmute if given.mute else commands.Unban
    return make(room=given.room, target=given.target)


def _room_set(given: Namespace) -> Command:
    if given.setting is None or given.value is not None:
        return commands.RoomSet(room=given.room, name=given.setting, value=given.value or "")
    raise AdminError(f"{given.setting} needs a value. chatctl room set {given.room} shows those that there are.")


_GENERATE = _takes("--generate", action="store_true", help="make a password up, and show it once")
_MUTE = _takes("--mute", action="store_true", help="a mute, not a ban")

ORDERS: tuple[Order, ...] = (
    Order(("user", "add"), "make an account; its password is asked for, or read from standard input",
          (_NAME, _GENERATE), lambda given: commands.AddAccount(name=given.name, password=_new_password(given))),
    Order(("user", "list"), "the accounts, or those with a part in their names", (_PATTERN,),
          lambda given: commands.Accounts(pattern=given.pattern, after=getattr(given, "after", ""))),
    Order(("user", "suspend"), "let an account not log in any more", (_NAME, _REASON),
          lambda given: commands.Suspend(name=given.name, reason=" ".join(given.reason))),
    Order(("user", "restore"), "let a suspended account log in again", (_NAME,),
          lambda given: commands.Restore(name=given.name)),
    Order(("user", "role"), "give an account a role",
          (_NAME, _takes("role", choices=("owner", "admin", "moderator", "member", "guest")), _FOR),
          lambda given: commands.GrantRole(name=given.name, role=given.role, ms=lasting(given.lasts))),
    Order(("user", "reset"), "give an account a new password, which is shown once", (_NAME,),
          lambda given: commands.ResetPassword(name=given.name)),
    Order(("user", "rename-display"), "write an account's name with other capitals",
          (_NAME, _takes("shown", help="the same name, as it is to be shown")),
          lambda given: commands.RenameAccount(name=given.name, shown=given.shown)),
    Order(("invite", "new"), "make a code with which strangers may register; it is shown once",
          (_takes("label", nargs="?", default="", help="for whom it is"),
           _takes("--uses", type=int, default=1, help="how often it is good"),
           _takes("--for", dest="lasts", default="7d", help="how long: 2h, 7d or forever"),
           _takes("--role", default="member", choices=("admin", "moderator", "member", "guest"))),
          lambda given: commands.MakeInvitation(
              label=given.label, uses=given.uses, ms=lasting(given.lasts), role=given.role)),
    Order(("invite", "list"), "the codes that are worth something", (), lambda given: commands.Invitations()),
    Order(("invite", "revoke"), "make a code worthless", (_NUMBER,),
          lambda given: commands.RevokeInvitation(number=given.number)),
    Order(("room", "list"), "all rooms, private ones too", (_PATTERN,),
          lambda given: commands.Rooms(pattern=given.pattern)),
    Order(("room", "set"), "a room's settings, or change one",
          (_ROOM, _takes("setting", nargs="?"), _takes("value", nargs="?")), _room_set),
    Order(("room", "purge"), "throw away what was said in a room",
          (_ROOM, _takes("--older", default="0s", help="only what is older than this, such as 30d")),
          lambda given: commands.PurgeRoom(room=given.room, ms=lasting(given.older))),
    Order(("ban", "list"), "the bans and mutes of a room, or of the server", (_WHERE,),
          lambda given: commands.Bans(room=given.room)),
    Order(("ban", "add"), "keep an account, an address or a network out",
          (_takes("target", help="a name, 192.0.2.7 or 192.0.2.0/24"), _REASON, _WHERE, _MUTE,
           _takes("--for", dest="lasts", help="how long: 30m, 2h, 7d or forever; usually a day")), _sentence),
    Order(("ban", "lift"), "let it in again",
          (_takes("target", help="a name, an address or a network"), _WHERE, _MUTE), _lifted),
    Order(("token", "list"), "the tokens of an account", (_NAME,), lambda given: commands.Tokens(account=given.name)),
    Order(("token", "revoke"), "make a token worthless", (_NAME, _NUMBER),
          lambda given: commands.RevokeToken(account=given.name, number=given.number)),
    Order(("audit",), "who did what with power, the newest first",
          (_takes("about", nargs="?", help="a name, or #ROOM"),
           _takes("--since", help="not older than this, such as 7d")),
          lambda given: commands.Audit(
              about=given.about, ago=lasting(given.since) if given.since else None,
              before=getattr(given, "before", None))),
    Order(("announce",), "say a word to everyone who is here", (_takes("text", nargs="+"),),
          lambda given: commands.Announce(text=" ".join(given.text))),
    Order(("stats",), "how the server does", (), lambda given: commands.Stats()),
    Order(("reload",), "read the configuration, the message of the day and the certificates again", (),
          lambda given: commands.Reload()),
    Order(("shutdown",), "stop the daemon, in order", (), lambda given: commands.Shutdown()),
)  # fmt: skip
