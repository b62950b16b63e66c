"""
What a peer wrote, checked: names folded, text let through or not, before the store sees any of it.

Each command has one entry in the table at the end, which says what each of its fields is.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from msgspec.structs import replace

from chatd.core import commands, masks, names
from chatd.core.commands import Command
from chatd.core.settings import metadata

C = TypeVar("C", bound=Command)


def checked(command: C) -> C:
    """
    The same command with every field checked.

    @raise ChatError: naming the first one that is not as it should be.
    """
    fields: dict[str, Any] = {}
    for name, check in _FIELDS[type(command)].items():
        value = getattr(command, name)
        if value is not None and (found := check(value)) != value:
            fields[name] = found
    return replace(command, **fields) if fields else command


def room(typed: str) -> str:
    """The folded name of a room."""
    return names.room_name(typed).key


def place(typed: str) -> str:
    """The folded name of a room, or of C{@NAME}."""
    return names.place_name(typed).key


def account(typed: str) -> str:
    """The folded name of an account."""
    return names.account_key(typed.removeprefix(names.DIRECT))


def about(typed: str) -> str:
    """The folded name of an account or, with its C{#}, of a room."""
    return names.ROOM + room(typed) if typed.startswith(names.ROOM) else account(typed)


def user(typed: str) -> str:
    """A user name, as it stands in a mask."""
    return names.user_name(typed)


def pattern(typed: str) -> str:
    """A part of a name."""
    return names.clean(typed.removeprefix(names.ROOM))


_SENTENCE = {"room": room, "target": names.clean, "reason": names.label}
_LIFTED = {"room": room, "target": names.clean}

_FIELDS: Mapping[type[Command], Mapping[str, Callable[[Any], Any]]] = MappingProxyType({
    commands.Leave: {"room": room, "reason": names.label},
    commands.Rooms: {"pattern": pattern, "after": names.clean},
    commands.Peek: {"room": room},
    commands.Whois: {"name": account},
    commands.Topic: {"room": room, "text": names.label},
    commands.Invite: {"room": room, "name": account},
    commands.RoomSet: {"room": room, "name": str.lower, "value": names.clean},
    commands.RoomRole: {"room": room, "name": account},
    commands.RenameRoom: {"room": room, "name": lambda typed: names.room_name(typed).shown, "reason": names.label},
    commands.Metadata: {"target": place, "key": metadata.key, "value": metadata.value},
    commands.Say: {"room": place, "text": names.lines, "cid": names.cid, "tags": names.tags},
    commands.Tag: {"room": place, "tags": names.tags},
    commands.Relay: {"to": place, "text": names.told, "tags": names.tags},
    commands.Edit: {"room": place, "text": names.lines},
    commands.Delete: {"room": place, "name": account, "reason": names.label},
    commands.History: {"room": place},
    commands.Targets: {},
    commands.Search: {"words": names.text, "who": account, "room": place},
    commands.Unread: {},
    commands.Catchup: {},
    commands.Mark: {"room": place},
    commands.Expel: {"name": account, "reason": names.label},
    commands.Kick: {"room": room, "target": account, "reason": names.label},
    commands.Ban: _SENTENCE,
    commands.Mute: _SENTENCE,
    commands.Unban: _LIFTED,
    commands.Unmute: _LIFTED,
    commands.Bans: {"room": room},
    commands.Mask: {"room": room, "mask": masks.checked},
    commands.Masks: {"room": room},
    commands.Undo: {},
    commands.Rename: {"name": lambda typed: names.guest_name(typed).shown},
    commands.Profile: {"user": user, "real": names.text},
    commands.Operate: {"name": account},
    commands.Claim: {},
    commands.MakeToken: {"label": names.text},
    commands.AddCertificate: {"label": names.text},
    commands.Tokens: {"account": account},
    commands.RevokeToken: {"account": account},
    commands.Ignore: {"name": account},
    commands.Unignore: {"name": account},
    commands.Export: {},
    commands.AddAccount: {"name": lambda typed: names.account_name(typed).shown},
    commands.Accounts: {"pattern": pattern, "after": names.clean},
    commands.Suspend: {"name": account, "reason": names.label},
    commands.Restore: {"name": account},
    commands.GrantRole: {"name": account},
    commands.ResetPassword: {"name": account},
    commands.RenameAccount: {"name": account, "shown": lambda typed: names.account_name(typed).shown},
    commands.Announce: {"text": names.text},
    commands.MakeInvitation: {"label": names.label},
    commands.Invitations: {},
    commands.RevokeInvitation: {},
    commands.PurgeRoom: {"room": room},
    commands.Audit: {"about": about},
    commands.Stats: {},
    commands.Reload: {},
    commands.Shutdown: {},
})  # fmt: skip
