"""
From a new connection to the welcome (Modern IRC, "Connection Registration").

A connection is complete when it has said C{NICK} and C{USER} and does not negotiate capabilities any more. It is an
account by then, if it has authenticated; else it is a guest, where the site takes guests; else it is welcomed to talk
to NickServ, and to nobody else, until it has logged in there.
"""

from chatd.core import commands, names
from chatd.core.errors import BadName, ChatError, LoginFailed, NameTaken, NotAllowed
from chatd.core.lookalikes import skeleton
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import message, numerics
from chatd.dialects.irc.client import UNNAMED, Client
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.entrance.arrival import arrival, introduce, real_of, user_of
from chatd.dialects.irc.verbs.entrance.services import advice
from chatd.dialects.irc.verbs.people import metadata
from chatd.dialects.irc.verbs.people.settling import settled
from chatd.dialects.irc.verbs.server.greeting import greeting
from chatd.dialects.irc.verbs.verb import Meant

TOKEN = "chatd_"
ENCRYPTED = "secure"


def cap(client: Client, said: Message) -> Meant:
    """C{CAP}: negotiate capabilities."""
    had = client.has(metadata.CAP)
    answer = client.negotiate(said.params)
    if client.welcomed and client.has(metadata.CAP) and not had:
        return _with_values(client, answer)
    return _with(answer, client)


def webirc(client: Client, said: Message) -> Meant:
    """C{WEBIRC PASSWORD GATEWAY HOST ADDRESS :OPTIONS} (IRCv3 WebIRC), as the first thing that is said."""
    if client.nick != UNNAMED or client.user or client.avatar is not None or client.caps.holds:
        return client.numeric(numerics.ERR_ALREADYREGISTERED)
    return _webirc(client, said.params)


def password(client: Client, said: Message) -> Meant:
    """C{PASS}: kept until the registration is complete."""
    if client.welcomed:
        return client.numeric(numerics.ERR_ALREADYREGISTERED)
    if not said.params[0]:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="PASS")
    client.password = said.params[0]
    return b""


def nick(client: Client, said: Message) -> Meant:
    """C{NICK}: what one wants to be called, or to be called from now on."""
    wanted = said.params[0] if said.params else ""
    if not wanted:
        return client.numeric(numerics.ERR_NONICKNAMEGIVEN)
    if client.welcomed and client.avatar is not None:
        return _rename(client, wanted)
    if client.avatar is not None:  # whose account has its name already
        return _named(client, client.name)
    try:
        name = names.guest_name(wanted)
    except BadName as refusal:
        return client.numeric(numerics.ERR_ERRONEUSNICKNAME, nick=wanted, text=refusal.why)
    if _is_server(client, wanted):
        return client.numeric(numerics.ERR_ERRONEUSNICKNAME, nick=wanted, text="That is the server's own name.")
    client.wanted = wanted
    proves_it = client.in_limbo or client.password is not None or client.caps.holds or not client.site.guests
    if not proves_it and client.session.hub.here(name.key) is not None:
        return client.numeric(numerics.ERR_NICKNAMEINUSE, nick=wanted)
    return _named(client, wanted)


def user(client: Client, said: Message) -> Meant:
    """C{USER}: the user name and the name in full."""
    if client.welcomed:
        return client.numeric(numerics.ERR_ALREADYREGISTERED)
    name, real = said.params[0], said.params[3]
    if not name or not real:
        return client.numeric(numerics.ERR_NEEDMOREPARAMS, command="USER")
    client.user = user_of(name)
    client.real = real_of(real) or client.user
    return _with(b"", client)


def _is_server(client: Client, name: str) -> bool:
    """Whether somebody of this name would be taken for the server."""
    return skeleton(name.lower()) == skeleton(client.server.lower())


def _named(client: Client, wanted: str) -> Meant:
    before, client.nick = client.mask, wanted
    if client.in_limbo:
        return message.build("NICK", wanted, source=before)
    return _with(b"", client)


def _with(answer: bytes, client: Client) -> Meant:
    """An answer, and the welcome after it if nothing is lacking any more."""
    if client.welcomed or client.caps.holds or client.nick == UNNAMED or not client.user:
        return answer
    return _complete(client, answer)


def _with_values(client: Client, answer: bytes) -> Exchange:
    """An answer, and one's own metadata for who has just asked for that capability."""
    return answer + (yield from metadata.settled(client))


def _complete(client: Client, answer: bytes) -> Exchange:
    """Be somebody, and be welcomed. SASL that was begun and not ended is given up (IRCv3 SASL)."""
    if client.assembly is not None:
        client.assembly = None
        answer += client.numeric(numerics.ERR_SASLABORTED)
    yield from introduce(client)
    if client.avatar is None:
        refused = yield from _come_in(client)
        if refused:
            return answer + refused
    client.welcomed = client.caps.registered = True
    answer += greeting(client)
    answer += yield from settled(client)
    if client.in_limbo:
        deadline = f"There are {client.site.limits.login_deadline:.0f} seconds for that."
        answer += client.notice(f"Nobody can talk here without an account. {advice(client)} {deadline}")
    answer += yield from arrival(client)
    return answer


def _come_in(client: Client) -> Exchange:
    """Log in with what C{PASS} said, or be a guest. What is to be told if that does not go."""
    try:
        if client.password is not None:
            yield _login(client, client.password)
        elif client.site.guests:
            yield commands.Guest(name=client.nick)
    except LoginFailed:
        return (yield from _turned_away(client, numerics.ERR_PASSWDMISMATCH, "Wrong name or password."))
    except NameTaken as refusal:
        client.nick = UNNAMED
        return client.numeric(numerics.ERR_NICKNAMEINUSE, nick=client.wanted, text=refusal.why)
    except BadName as refusal:
        client.nick = UNNAMED
        return client.numeric(numerics.ERR_ERRONEUSNICKNAME, nick=client.wanted, text=refusal.why)
    except ChatError as refusal:
        numeric = numerics.ERR_YOUREBANNEDCREEP if isinstance(refusal, NotAllowed) else None
        return (yield from _turned_away(client, numeric, refusal.why))
    return b""


def _login(client: Client, said: str) -> commands.Login:
    """C{PASS} is a password of the nick's account, C{ACCOUNT:PASSWORD}, or a token in a password's place."""
    if said.startswith(TOKEN):
        return commands.Login(token=said)
    name, colon, rest = said.partition(":")
    try:
        names.account_name(name)
    except ChatError:
        colon = ""
    return commands.Login(name=name, password=rest) if colon else commands.Login(name=client.nick, password=said)


def _turned_away(client: Client, numeric: numerics.Numeric | None, why: str) -> Exchange:
    """The end: "the server MUST close the connection with ERROR" (Modern IRC, "PASS message")."""
    yield commands.Quit(reason="")
    return (b"" if numeric is None else client.numeric(numeric, text=why)) + client.closing(why)


def _rename(client: Client, wanted: str) -> Exchange:
    """Be called otherwise from now on, as guests may."""
    if wanted == client.name:
        return b""
    if _is_server(client, wanted):
        return client.numeric(numerics.ERR_ERRONEUSNICKNAME, nick=wanted, text="That is the server's own name.")
    try:
        yield commands.Rename(name=wanted)
    except NameTaken as refusal:
        return client.numeric(numerics.ERR_NICKNAMEINUSE, nick=wanted, text=refusal.why)
    except BadName as refusal:
        return client.numeric(numerics.ERR_ERRONEUSNICKNAME, nick=wanted, text=refusal.why)
    except ChatError as refusal:
        return client.numeric(numerics.ERR_NONICKCHANGE, nick=wanted, text=refusal.why)
    return b""


def _webirc(client: Client, params: tuple[str, ...]) -> Exchange:
    """C{HOST} is not used: what a gateway takes for a name is not asked for here."""
    secret, gateway, _host, address, *options = params
    encrypted = any(each.partition("=")[0] == ENCRYPTED for each in " ".join(options).split(" "))
    try:
        yield commands.Vouch(gateway=gateway, password=secret, address=address, encrypted=encrypted)
    except ChatError as refusal:
        return (yield from _turned_away(client, None, refusal.why))
    return b""
