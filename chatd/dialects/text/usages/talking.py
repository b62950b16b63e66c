"""Saying something, taking it back, and whom one hears."""

from chatd.core import commands
from chatd.core.commands import Command
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.arguments import first, name_of, number
from chatd.dialects.text.usages.reading import a_name, nothing
from chatd.dialects.text.usages.usage import Usage

AWAY = "away"


def _me(rest: str, scene: Scene) -> Command | None:
    return commands.Say(room=scene.here(), text=rest, kind="action") if rest else None


def _msg(rest: str, scene: Scene) -> Command | None:
    word, said = first(rest)
    to = name_of(word)
    return commands.Msg(to=to, text=said) if to and said else None


def _reply(rest: str, scene: Scene) -> Command | None:
    return commands.Msg(to=scene.last_partner(), text=rest) if rest else None


def _edit(rest: str, scene: Scene) -> Command | None:
    """C{[N] TEXT}; a number alone is no text."""
    word, text = first(rest)
    seq = number(word)
    if seq is None:
        return commands.Edit(room=scene.here(), text=rest) if rest else None
    return commands.Edit(room=scene.here(), text=text, seq=seq) if text else None


def _delete(rest: str, scene: Scene) -> Command | None:
    """C{[N or NAME] [WHY]}."""
    word, why = first(rest)
    seq = number(word)
    name = name_of(word) if seq is None else None
    if word and seq is None and name is None:
        return None
    return commands.Delete(room=scene.here(), seq=seq, name=name, reason=why)


def _away(rest: str, scene: Scene) -> Command | None:
    return commands.Away(text=rest or AWAY)


def _ignore(rest: str, scene: Scene) -> Command | None:
    name = name_of(rest)
    return commands.Ignore(name=name) if name or not rest else None


TALKING: tuple[Usage, ...] = (
    Usage(("me",), "ACTION", "say what you do", "/me waves", commands.Say, _me),
    Usage(("msg", "w", "tell", "dm"), "NAME TEXT", "write to one person alone, here or not",
          "/msg bob are you there?", commands.Msg, _msg),
    Usage(("reply", "r"), "TEXT", "answer the last direct message", "/reply yes, I am", commands.Msg, _reply),
    Usage(("edit",), "[N] TEXT", "correct your last line, or line N", "/edit I meant Tuesday", commands.Edit, _edit,
          "Only lines of your own, for 15 minutes. /set numbers on shows N in /history."),
    Usage(("delete",), "[N or NAME] [WHY]", "take back your last line, or line N", "/delete 117 wrong room",
          commands.Delete, _delete,
          "Your own for 15 minutes; a moderator takes back anybody's, and with NAME that one's last line."),
    Usage(("away",), "[TEXT]", "say that you are away, and why", "/away lunch", commands.Away, _away),
    Usage(("back",), "", "say that you are here again", "/back", commands.Away, nothing(commands.Away)),
    Usage(("ignore",), "[NAME]", "hear nothing of somebody, or say whom you ignore", "/ignore bob",
          commands.Ignore, _ignore, "It is kept with your account."),
    Usage(("unignore",), "NAME", "hear somebody again", "/unignore bob", commands.Unignore,
          a_name(commands.Unignore)),
)  # fmt: skip
