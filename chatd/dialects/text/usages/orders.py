"""What moderators order."""

from chatd.core import commands
from chatd.core.commands import Command
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.arguments import day, first, name_of, scope, span
from chatd.dialects.text.usages.reading import nothing
from chatd.dialects.text.usages.usage import Read, Usage

_WHERE = "Without #ROOM it is for the room that you are in; site is everywhere."
_TIME = "TIME is 30m, 2h, 7d, 1w, a date, or forever; without it, the site's usual time."


def _kick(rest: str, scene: Scene) -> Command | None:
    room, after = scope(rest, scene)
    word, why = first(after)
    target = name_of(word)
    return commands.Kick(room=room, target=target, reason=why) if room and target else None


def _sentence(make: type[commands.Ban | commands.Mute]) -> Read:
    """C{[#ROOM|site] NAME [TIME] [WHY]}."""

    def read(rest: str, scene: Scene) -> Command | None:
        room, after = scope(rest, scene)
        word, after = first(after)
        target = name_of(word)
        if target is None:
            return None
        time, why = first(after)
        if time.lower() == "forever":
            return make(room=room, target=target, ms=0, reason=why)
        if (ms := span(time)) is not None:
            return make(room=room, target=target, ms=ms, reason=why) if ms else None
        if (until := day(time, scene)) is not None:
            return make(room=room, target=target, until=until, reason=why)
        return make(room=room, target=target, reason=after)

    return read


def _lift(make: type[commands.Unban | commands.Unmute]) -> Read:
    """C{[#ROOM|site] NAME}."""

    def read(rest: str, scene: Scene) -> Command | None:
        room, after = scope(rest, scene)
        target = name_of(after)
        return make(room=room, target=target) if target else None

    return read


def _bans(rest: str, scene: Scene) -> Command | None:
    room, after = scope(rest, scene)
    return None if after else commands.Bans(room=room)


ORDERS: tuple[Usage, ...] = (
    Usage(("kick",), "[#ROOM] NAME [WHY]", "put somebody out of the room", "/kick bob shouting", commands.Kick, _kick,
          "Who was kicked may enter again. The reason is shown to the person and to the room."),
    Usage(("ban",), "[#ROOM|site] NAME [TIME] [WHY]", "keep somebody out", "/ban bob 7d spam",
          commands.Ban, _sentence(commands.Ban),
          "NAME may be an address, a network such as 192.0.2.0/24, or a mask such as *!*@guest/*.\n"
          f"{_TIME}\n{_WHERE}"),
    Usage(("unban",), "[#ROOM|site] NAME", "let somebody in again", "/unban bob", commands.Unban,
          _lift(commands.Unban), _WHERE),
    Usage(("mute",), "[#ROOM|site] NAME [TIME] [WHY]", "keep somebody from speaking", "/mute bob 10m shouting",
          commands.Mute, _sentence(commands.Mute), f"{_TIME}\n{_WHERE}"),
    Usage(("unmute",), "[#ROOM|site] NAME", "let somebody speak again", "/unmute bob", commands.Unmute,
          _lift(commands.Unmute), _WHERE),
    Usage(("bans",), "[#ROOM|site]", "who is banned or muted", "/bans site", commands.Bans, _bans, _WHERE),
    Usage(("undo",), "", "take back your last order", "/undo", commands.Undo, nothing(commands.Undo),
          "The last kick, ban, mute or delete, for 10 minutes."),
)  # fmt: skip
