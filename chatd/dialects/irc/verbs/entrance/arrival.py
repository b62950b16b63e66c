"""
How a connection becomes somebody, whatever proves it: with C{PASS}, SASL, C{REGISTER} or NickServ.

Before the welcome, that is only noted: the welcome tells the name. After it, a client believes to be called otherwise,
and to be in other channels, so it is told step by step: out of those, the other name, into the account's channels.
"""

from collections.abc import Iterable
from contextlib import suppress

from chatd.core import commands
from chatd.core.errors import ChatError
from chatd.core.names import clean
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import message, numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing.entering import entered
from chatd.dialects.irc.verbs.talk.past import missed, recent

UNPROVEN = "~"
"""What stands before a user name that no ident server has told: it is what the client says."""
USER_CHARACTERS = 16
"""How long a user name is at most, with what stands before it (USERLEN)."""
REAL_CHARACTERS = 128
WITHOUT_NAME = "user"


def user_of(said: str) -> str:
    """What of a user name can stand in a mask."""
    kept = "".join(each for each in said if each.isascii() and (each.isalnum() or each in "-_."))
    return UNPROVEN + (kept[: USER_CHARACTERS - len(UNPROVEN)] or WITHOUT_NAME)


def real_of(said: str) -> str:
    """What of a name in full can be shown: not what colours it."""
    kept = said[:REAL_CHARACTERS]
    try:
        return clean(kept).strip()
    except ChatError:
        return "".join(each for each in kept if each.isprintable()).strip()


def introduce(client: Client) -> Exchange:
    """
    Say what C{USER} said, for whoever one is or will be; but of an account that is here already, on another session,
    the others have been told what it appears as. Who is muted is not told of with other words, and comes in all the
    same.
    """
    if client.avatar is not None and len(client.avatar.sessions) > 1:
        return b""
    with suppress(ChatError):
        yield commands.Profile(user=client.user, real=client.real)
    return b""


def arrival(client: Client, is_new: bool = False) -> Exchange:
    """
    The channels that one is in by one's account, after the login, and what was said since it was last here; then what
    was heard meanwhile.

    @param is_new: Whether the account was made just now.
    """
    answer = b""
    avatar = client.avatar
    for room in () if avatar is None else sorted(avatar.rooms.values(), key=lambda room: room.key):
        answer += yield from entered(client, room.name)
        if is_new:
            answer += yield from recent(client, room.name, room.seq + 1)
    if not is_new:
        answer += yield from missed(client)
    client.arrived = True
    answer += b"".join(client.waiting)
    client.waiting.clear()
    client.waiting_from.clear()
    client.waiting_size = 0
    return answer


def become(client: Client, command: commands.Login | commands.Register, *told: numerics.Numeric) -> Exchange:
    """
    Be an account from here on.

    @param told: What is told after RPL_LOGGEDIN.
    @raise ChatError: if it is refused; nothing has changed then.
    """
    before, mask, avatar = client.addressed, client.mask, client.avatar
    rooms = () if avatar is None else tuple(room.name for room in avatar.rooms.values())
    number = 0 if avatar is None else avatar.account.id
    if client.user and not client.welcomed:
        yield from introduce(client)
    yield command
    client.assembly = None
    answer = logged_in(client, before, mask)
    answer += b"".join(each.line(client.server, before) for each in told)
    if not client.welcomed:
        return answer
    now = client.avatar
    if now is not None and now.account.id == number:  # a guest that has become an account
        return answer
    yield from introduce(client)
    answer += _moved(client, before, mask, rooms)
    return answer + (yield from arrival(client, isinstance(command, commands.Register)))


def logged_in(client: Client, before: str, mask: str) -> bytes:
    """RPL_LOGGEDIN, to who is still called as before."""
    return numerics.RPL_LOGGEDIN.line(client.server, before, mask=mask, account=client.name)


def _moved(client: Client, before: str, mask: str, rooms: Iterable[str]) -> bytes:
    """Out of the channels of whoever one was, and the name that one has now."""
    lines = [message.build("PART", f"#{room}", f"Logged in as {client.name}", source=mask) for room in rooms]
    if before != client.name:
        lines.append(message.build("NICK", client.name, source=mask))
    return b"".join(lines)
