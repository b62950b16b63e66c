"""Help, coming and going."""

from chatd.core import commands
from chatd.core.commands import Command
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.reading import nothing
from chatd.dialects.text.usages.usage import Usage


def _login(rest: str, scene: Scene) -> Command | None:
    return commands.Introduce(name=rest) if rest and " " not in rest else None


def _quit(rest: str, scene: Scene) -> Command | None:
    return commands.Quit(reason=rest)


DOOR: tuple[Usage, ...] = (
    Usage(("help", "?"), "[COMMAND]", "the commands that you may use now, or one of them", "/help join", None,
          lambda rest, scene: None, "The beginning of a command is enough where only one begins so."),
    Usage(("login",), "NAME", "log in", "/login alice", commands.Login, _login,
          "The password is asked for; a token may be pasted in its place."),
    Usage(("register",), "NAME", "make an account and log in", "/register alice", commands.Register, _login,
          "The password is asked for, and an invitation code where this site wants one."),
    Usage(("quit", "exit", "bye"), "[REASON]", "leave (Ctrl-D does the same)", "/quit good night",
          commands.Quit, _quit, "You stay a member of your rooms."),
    Usage(("why",), "", "why the last thing was refused", "/why", commands.Why, nothing(commands.Why),
          "The rule, who set it, until when, and what to do."),
    Usage(("ping",), "", "ask the server for a sign of life", "/ping", commands.Ping, nothing(commands.Ping)),
)  # fmt: skip
