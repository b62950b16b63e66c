"""C{AUTHENTICATE} (IRCv3 SASL 3.1 and 3.2), before the welcome and after it."""

from collections.abc import Mapping
from types import MappingProxyType

from chatd.core import commands
from chatd.core.errors import ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.numerics import Numeric
from chatd.dialects.irc.verbs.entrance.arrival import become
from chatd.dialects.irc.verbs.entrance.sasl import (
    ABORT,
    EXTERNAL,
    NOTHING,
    Assembly,
    BadResponse,
    Kind,
    external,
    plain,
)
from chatd.dialects.irc.verbs.verb import Meant

_FAILED: Mapping[Kind, Numeric] = MappingProxyType({
    "aborted": numerics.ERR_SASLABORTED,
    "too-long": numerics.ERR_SASLTOOLONG,
    "malformed": numerics.ERR_SASLFAIL,
})  # fmt: skip


def authenticate(client: Client, said: Message) -> Meant:
    """C{AUTHENTICATE MECHANISM}, then C{AUTHENTICATE RESPONSE} in chunks."""
    if not client.has("sasl"):
        return client.numeric(numerics.ERR_SASLFAIL, text="Ask for the capability sasl first.")
    assembly = client.assembly
    if assembly is None:
        return _begin(client, said.params[0])
    try:
        response = assembly.take(said.params[0])
        if response is None:
            return b""
        client.assembly = None
        return _prove(client, _claim(client, assembly.mechanism, response))
    except BadResponse as wrong:
        client.assembly = None
        return client.numeric(_FAILED[wrong.kind])


def proof(client: Client, name: str, password: str) -> commands.Login:
    """To be an account, from here on or instead of whoever one is."""
    return _way_in(client)(name=name, password=password)


def _way_in(client: Client) -> type[commands.Login]:
    return commands.Login if client.avatar is None else commands.Switch


def _claim(client: Client, mechanism: str, response: bytes) -> commands.Login:
    """What a response says that one is."""
    if mechanism == EXTERNAL:
        return _way_in(client)(name=external(response), certificate=True)
    said = plain(response)
    return proof(client, said.name, said.password)


def _begin(client: Client, mechanism: str) -> bytes:
    if mechanism == ABORT:
        return client.numeric(numerics.ERR_SASLABORTED)
    if mechanism.upper() not in client.mechanisms:
        told = client.numeric(numerics.RPL_SASLMECHS, mechanisms=",".join(client.mechanisms))
        return told + client.numeric(numerics.ERR_SASLFAIL)
    client.assembly = Assembly(mechanism.upper())
    return client.line("AUTHENTICATE", NOTHING)


def _prove(client: Client, said: commands.Login) -> Exchange:
    try:
        return (yield from become(client, said, numerics.RPL_SASLSUCCESS))
    except ChatError as refusal:
        answer = client.numeric(numerics.ERR_SASLFAIL, text=f"SASL authentication failed: {refusal.why}")
        if refusal.closes:
            yield commands.Quit(reason="")
            answer += client.closing(refusal.why)
        return answer
