"""
NickServ, for clients that know nothing better: C{/msg NickServ IDENTIFY NAME PASSWORD}, and the like.

There is nobody of that name. What is told to it is answered here, and goes nowhere: it may hold passwords.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from chatd.core import commands, events
from chatd.core.commands import Command
from chatd.core.errors import ChatError
from chatd.core.events import Answer
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import UNNAMED, Client
from chatd.dialects.irc.message import Message, fold
from chatd.dialects.irc.verbs.entrance.accounts import is_account
from chatd.dialects.irc.verbs.entrance.arrival import become
from chatd.dialects.irc.verbs.entrance.authentication import proof
from chatd.dialects.irc.verbs.verb import Meant

NICK = "NickServ"
CTCP = "\1"
LABEL_CHARACTERS = 128
_NUMBER = re.compile("[1-9][0-9]{0,14}")
_HELP = """\
REGISTER PASSWORD - make an account of your nick
IDENTIFY PASSWORD - log in to the account of your nick
IDENTIFY NAME PASSWORD - log in to another account; a token will do in the password's place
LOGOUT - end this session
SESSIONS - show where your account is logged in
CERT ADD [LABEL] - let the TLS certificate of this connection log you in, with SASL EXTERNAL
CERT LIST - show your certificates
CERT DEL N - log in with certificate N no more
HELP - show this"""

_Serve = Callable[[Client, list[str]], Meant]


def is_addressed(said: Message) -> bool:
    """Whether a message is told to NickServ, and to nobody else."""
    told = said.command in ("PRIVMSG", "NOTICE", "TAGMSG") and said.params
    return bool(told) and fold(said.params[0]).partition("@")[0] == fold(NICK)


def advice(client: Client) -> str:
    """How to become somebody."""
    log_in = f"Log in with /msg {NICK} IDENTIFY NAME PASSWORD"
    if client.site.registration != "open":
        return f"{log_in}."
    return f"{log_in}, or make an account of your nick with /msg {NICK} REGISTER PASSWORD."


def too_early(client: Client, said: Message) -> bytes:
    """
    What is said to who is nobody yet, and asks for what one has to be somebody for: with a numeric that irssi shows,
    unlike 451. Nothing to who asks for modes of its own, as clients do by themselves.
    """
    if said.command == "MODE" and fold("".join(said.params[:1])) == fold(client.nick):
        return b""
    target = said.params[0] if said.params else said.command
    return client.numeric(numerics.ERR_NEEDREGGEDNICK, channel=target, text=advice(client))


def told(client: Client, said: Message) -> Meant:
    """C{PRIVMSG NickServ :WORDS}. To a notice nothing answers by itself (RFC 2812, section 3.3.2)."""
    text = said.params[1] if len(said.params) > 1 else ""
    if said.command != "PRIVMSG" or text.startswith(CTCP):
        return b""
    return _served(client, text.split())


def nickserv(client: Client, said: Message) -> Meant:
    """C{NS WORDS} and C{NICKSERV WORDS}: the same without a message, so that no client shows or logs it as one."""
    return _served(client, " ".join(said.params).split())


def _served(client: Client, words: list[str]) -> Meant:
    if client.nick == UNNAMED and client.avatar is None:
        return _says(client, "Say with NICK what you want to be called first.")
    verb = words[0].upper() if words else "HELP"
    serve = _SERVICES.get(verb)
    if serve is None:
        return _says(client, f"There is no {verb[:32]} here. HELP shows what there is.")
    return serve(client, words[1:])


def _help(client: Client, words: list[str]) -> Meant:
    return _says(client, _HELP)


def _register(client: Client, words: list[str]) -> Meant:
    if not words:
        return _says(client, "REGISTER PASSWORD")
    if is_account(client):
        return _says(client, f"You are logged in as {client.name} already.")
    name = client.name
    # An address may follow, as elsewhere; it is not kept.
    done = f"The account {name} was made, and you are logged in to it."
    return _becomes(client, commands.Register(name=name, password=words[0]), done)


def _identify(client: Client, words: list[str]) -> Meant:
    if not words:
        return _says(client, "IDENTIFY PASSWORD, or IDENTIFY NAME PASSWORD")
    name, password = (client.name, words[0]) if len(words) == 1 else (words[0], " ".join(words[1:]))
    return _becomes(client, proof(client, name, password), f"You are logged in as {name}.")


def _becomes(client: Client, command: commands.Login | commands.Register, done: str) -> Exchange:
    try:
        answer = yield from become(client, command)
    except ChatError as refusal:
        told = _says(client, refusal.why)
        if refusal.closes:
            yield commands.Quit(reason="")
            told += client.closing(refusal.why)
        return told
    return answer + _says(client, done)


def _logout(client: Client, words: list[str]) -> Meant:
    if not is_account(client):
        return _says(client, "You are not logged in.")
    return _leaves(client)


def _leaves(client: Client) -> Exchange:
    told = _says(client, "You are logged out.")
    yield commands.Logout(which="this")
    return told + client.closing("Logged out")


def _sessions(client: Client, words: list[str]) -> Meant:
    return _shown(client) if is_account(client) else _says(client, "You are not logged in.")


def _shown(client: Client) -> Exchange:
    done = yield commands.Sessions()
    assert isinstance(done, events.SessionsDone)
    lines = []
    for each in done.sessions:
        mine = " (this one)" if each.mine else ""
        lines.append(f"{each.number}: {each.face} from {each.address} since {_when(each.since)}{mine}")
    return _says(client, "\n".join(lines))


def _cert(client: Client, words: list[str]) -> Meant:
    if not is_account(client):
        return _says(client, "You are not logged in.")
    verb, rest = (words[0].upper(), words[1:]) if words else ("", [])
    if verb == "ADD":
        return _asks(client, commands.AddCertificate(label=" ".join(rest)[:LABEL_CHARACTERS] or "IRC"))
    if verb == "LIST" and not rest:
        return _asks(client, commands.Tokens())
    if verb == "DEL" and len(rest) == 1 and _NUMBER.fullmatch(rest[0]):
        return _uncertified(client, int(rest[0]))
    return _says(client, "CERT ADD [LABEL], CERT LIST, or CERT DEL N")


def _uncertified(client: Client, number: int) -> Exchange:
    done = yield commands.Tokens()
    assert isinstance(done, events.TokensDone)
    if not any(each.number == number and each.fingerprint for each in done.tokens):
        return _says(client, f"You have no certificate {number}. CERT LIST shows those that you have.")
    return (yield from _asks(client, commands.RevokeToken(number=number)))


def _asks(client: Client, command: Command) -> Exchange:
    try:
        done = yield command
    except ChatError as refusal:
        return _says(client, refusal.why)
    return _says(client, _certificates(done))


def _certificates(done: Answer) -> str:
    match done:
        case events.CertificateAdded():
            return f"Certificate {done.number} logs you in from now on, with SASL EXTERNAL: {done.fingerprint}"
        case events.TokensDone():
            shown = [each for each in done.tokens if each.fingerprint]
            lines = (f"{each.number}: {each.label} {each.fingerprint}, used {_when(each.used_at)}" for each in shown)
            return "\n".join(lines) or "You have no certificates. CERT ADD makes that of this connection one."
        case events.RevokeTokenDone():
            return f"{done.number} ({done.label}) is worth nothing now."
        case _:
            raise TypeError(f"NickServ asked for no {type(done).__name__}")


def _when(at: int) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _says(client: Client, text: str) -> bytes:
    return client.notice(text, f"{NICK}!{NICK}@services.{client.server}")


_SERVICES: Mapping[str, _Serve] = MappingProxyType({
    "HELP": _help,
    "REGISTER": _register,
    "IDENTIFY": _identify,
    "LOGOUT": _logout,
    "SESSIONS": _sessions,
    "CERT": _cert,
})  # fmt: skip
