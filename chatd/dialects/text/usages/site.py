"""What those order who run the site."""

from typing import get_args

from chatd.core import commands
from chatd.core.commands import Command, Role
from chatd.core.names import ROOM
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.arguments import LONGEST_WORD, day, first, is_word, name_of, room_of, span
from chatd.dialects.text.usages.reading import a_name, a_number, nothing, one_of, or_more
from chatd.dialects.text.usages.usage import Usage

_ROLES: tuple[Role, ...] = get_args(Role)


def _announce(rest: str, scene: Scene) -> Command | None:
    return commands.Announce(text=rest) if rest else None


def _accounts(rest: str, scene: Scene) -> Command | None:
    return scene.asks(commands.Accounts(pattern=rest)) if not rest or is_word(rest) else None


def _suspend(rest: str, scene: Scene) -> Command | None:
    word, why = first(rest)
    name = name_of(word)
    return commands.Suspend(name=name, reason=why) if name else None


def _grant(rest: str, scene: Scene) -> Command | None:
    """C{NAME ROLE [TIME]}."""
    word, after = first(rest)
    wanted, time = first(after)
    name, ms = name_of(word), span(time) if time else 0
    role = next((each for each in _ROLES if each == wanted.lower()), None)
    return commands.GrantRole(name=name, role=role, ms=ms) if name and role and ms is not None else None


def _rename(rest: str, scene: Scene) -> Command | None:
    word, new = first(rest)
    name, shown = name_of(word), name_of(new)
    return commands.RenameAccount(name=name, shown=shown) if name and shown else None


def _invitation(rest: str, scene: Scene) -> Command | None:
    return commands.MakeInvitation(label=rest) if len(rest) <= LONGEST_WORD else None


def _audit(rest: str, scene: Scene) -> Command | None:
    """C{[NAME or #ROOM] [SINCE]}, in either order."""
    asked = commands.Audit()
    about, ago, since = asked.about, asked.ago, asked.since
    for word in rest.split():
        if (past := span(word)) is not None:
            ago = past
        elif (begin := day(word, scene)) is not None:
            since = begin
        elif about is None and (about := room_of(word) and word if word.startswith(ROOM) else name_of(word)):
            continue
        else:
            return None
    return scene.asks(commands.Audit(about=about, ago=ago, since=since))


def _shutdown(rest: str, scene: Scene) -> Command | None:
    return commands.Shutdown() if rest.lower() == "now" else None


RUNNING: tuple[Usage, ...] = (
    Usage(("announce", "wall"), "TEXT", "say a word to everyone who is here", "/announce Back at noon",
          commands.Announce, _announce, role="admin"),
    Usage(("user",), "add|list|suspend|restore|role|reset|rename ...", "accounts", "/user suspend bob spam",
          commands.Accounts,
          one_of(add=a_name(commands.AddAccount), list=or_more(commands.Accounts, _accounts), suspend=_suspend,
                 restore=a_name(commands.Restore), role=_grant, reset=a_name(commands.ResetPassword),
                 rename=_rename),
          "add NAME, list [PART], list more, suspend NAME [WHY], restore NAME,\n"
          f"role NAME {'|'.join(_ROLES)} [30d],\nreset NAME (a new password), rename NAME NEW (other capitals).",
          (commands.AddAccount, commands.Suspend, commands.Restore, commands.GrantRole, commands.ResetPassword,
           commands.RenameAccount), "admin"),
    Usage(("invitation",), "new [LABEL]|list|revoke N", "codes to register with", "/invitation new for carol",
          commands.MakeInvitation,
          one_of(new=_invitation, list=nothing(commands.Invitations), revoke=a_number(commands.RevokeInvitation)),
          "A code is shown once, when it is made, and is good for one account within 7 days.",
          (commands.Invitations, commands.RevokeInvitation), "admin"),
    Usage(("audit",), "[NAME or #ROOM] [SINCE]", "who did what with power", "/audit bob 7d", commands.Audit,
          or_more(commands.Audit, _audit), "Newest first. /audit more shows the next page.", role="moderator"),
    Usage(("stats",), "", "how the server does", "/stats", commands.Stats, nothing(commands.Stats),
          role="admin"),
    Usage(("reload",), "", "read the configuration again", "/reload", commands.Reload, nothing(commands.Reload),
          role="admin"),
    Usage(("shutdown",), "now", "stop the server", "/shutdown now", commands.Shutdown, _shutdown,
          "Everyone is told and disconnected.", role="admin"),
)  # fmt: skip
