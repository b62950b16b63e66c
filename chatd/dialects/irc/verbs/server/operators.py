"""C{OPER}, what operators order, and the modes that one has oneself."""

from chatd.core import commands, events
from chatd.core.errors import BadName, BadPassword, ChatError, LoginFailed, NoSuchAccount, NotAllowed
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import message, modes, numerics, refusals
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.message import Message, fold
from chatd.dialects.irc.modes import Change
from chatd.dialects.irc.numerics import Numeric
from chatd.dialects.irc.verbs.server.greeting import modes_of
from chatd.dialects.irc.verbs.verb import Meant

CONFIGURATION = "chatd.toml"


def oper(client: Client, said: Message) -> Meant:
    """C{OPER NAME PASSWORD}: an account that has powers on the site proves itself, and the session has them too."""
    return _oper(client, *said.params[:2])


def kill(client: Client, said: Message) -> Meant:
    """C{KILL NICK REASON}: end all of somebody's connections."""
    target = said.params[0]
    if fold(target) == fold(client.server):
        return client.numeric(numerics.ERR_CANTKILLSERVER)
    return _kill(client, target, said.params[1] if len(said.params) > 1 else "")


def wallops(client: Client, said: Message) -> Meant:
    """C{WALLOPS TEXT}: a word to everyone who wants to hear such, and to all who are not on IRC."""
    if not said.params[0].strip():
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command=said.command)
    return _ordered(client, said, commands.Announce(text=said.params[0]))


def rehash(client: Client, said: Message) -> Meant:
    """C{REHASH}: read the configuration again."""
    return _rehash(client, said)


def die(client: Client, said: Message) -> Meant:
    """C{DIE}: stop the server."""
    return _ordered(client, said, commands.Shutdown())


def restart(client: Client, said: Message) -> Meant:
    """C{RESTART}: what runs a daemon starts it again, so the daemon does not do that itself."""
    return client.numeric(numerics.ERR_NOPRIVILEGES)


def connect(client: Client, said: Message) -> Meant:
    """C{CONNECT} and C{SQUIT}: there are no other servers."""
    if client.session.operator is None:
        return client.numeric(numerics.ERR_NOPRIVILEGES)
    return client.numeric(numerics.ERR_NOSUCHSERVER, server=said.params[0])


def own_modes(client: Client, said: Message) -> Meant:
    """C{MODE NICK MODES}, of nobody but oneself."""
    target, *words = said.params
    if fold(target) != fold(client.name):
        if client.session.hub.here(target.casefold()) is None:
            return client.numeric(numerics.ERR_NOSUCHNICK, nick=target)
        return client.numeric(numerics.ERR_USERSDONTMATCH)
    if not words:
        return client.numeric(numerics.RPL_UMODEIS, modes=modes_of(client))
    return _change(client, words[0])


def _oper(client: Client, name: str, password: str) -> Exchange:
    before = modes_of(client)
    try:
        yield commands.Operate(name=name, password=password)
    except (LoginFailed, BadName, BadPassword) as refusal:
        return (yield from _not_proved(client, refusal, numerics.ERR_PASSWDMISMATCH))
    except ChatError as refusal:
        return (yield from _not_proved(client, refusal, numerics.ERR_NOOPERHOST))
    told = client.numeric(numerics.RPL_YOUREOPER)
    return told + _mode_line(client, () if "o" in before else (Change(True, "o"),))


def _not_proved(client: Client, refusal: ChatError, numeric: Numeric) -> Exchange:
    if not refusal.closes:
        return client.numeric(numeric, text=refusal.why)
    yield commands.Quit(reason="")
    return client.numeric(numeric, text=refusal.why) + client.closing(refusal.why)


def _kill(client: Client, target: str, reason: str) -> Exchange:
    try:
        yield commands.Expel(name=target, reason=reason)
    except NotAllowed as refusal:
        return client.numeric(numerics.ERR_NOPRIVILEGES, text=f"Permission Denied- {refusal.why}")
    except (NoSuchAccount, BadName):
        return client.numeric(numerics.ERR_NOSUCHNICK, nick=target)
    except ChatError as refusal:
        return refusals.unexplained(client, refusal, "KILL")
    return b""


def _ordered(client: Client, said: Message, command: commands.Command) -> Exchange:
    try:
        yield command
    except NotAllowed:
        return client.numeric(numerics.ERR_NOPRIVILEGES)
    except ChatError as refusal:
        return refusals.unexplained(client, refusal, said.command)
    return b""


def _rehash(client: Client, said: Message) -> Exchange:
    try:
        done = yield commands.Reload()
    except NotAllowed:
        return client.numeric(numerics.ERR_NOPRIVILEGES)
    except ChatError as refusal:
        return refusals.unexplained(client, refusal, said.command)
    assert isinstance(done, events.ReloadDone)
    told = client.numeric(numerics.RPL_REHASHING, file=CONFIGURATION)
    return told + (client.notice(f"The settings stay as they were: {done.wrong}") if done.wrong else b"")


def _change(client: Client, written: str) -> Exchange:
    asked, done = modes.of_user(written), list[Change]()
    answer = client.numeric(numerics.ERR_UMODEUNKNOWNFLAG) if asked.unknown else b""
    for change in asked.changes:
        if (change.letter in modes_of(client)) == change.on:
            continue
        try:
            if (yield from _set(client, change)):
                done.append(change)
        except ChatError as refusal:
            answer += refusals.unexplained(client, refusal, "MODE")
    return _mode_line(client, done) + answer


def _set(client: Client, change: Change) -> Exchange:
    """Set one of the modes. Something, if it is another one now."""
    if change.letter == "o":
        if change.on:  # "If a user attempts to make themselves an operator using the +o flag, the attempt SHOULD be
            return b""  # ignored" (RFC 2812, section 3.1.5)
        yield commands.Depose()
    elif change.letter == "w":
        client.wallops = change.on
    elif change.letter == "B":
        yield commands.Profile(bot=change.on)
    else:
        yield commands.Profile(invisible=change.on)
    return b"set"


def _mode_line(client: Client, changes: list[Change] | tuple[Change, ...]) -> bytes:
    words = modes.written(changes)
    return message.build("MODE", client.name, *words, source=client.mask) if words else b""
