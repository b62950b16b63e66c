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
from chatd.dialects.irc.verbs.entrance.sasl import ABORT, NOTHING, Assembly, BadResponse, Kind, Plain, plain
from chatd.dialects.irc.verbs.verb import Meant

MECHANISM = "PLAIN"

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
        return _prove(client, plain(response))
    except BadResponse as wrong:
        client.assembly = None
        return client.numeric(_FAILED[wrong.kind])


def proof(client: Client, name: str, password: str) -> commands.Login:
    """To be an account, from here on or instead of whoever one is."""
    if client.avatar is None:
        return commands.Login(name=name, password=password)
    return commands.Switch(name=name, password=password)


def _begin(client: Client, mechanism: str) -> bytes:
    if mechanism == ABORT:
        return client.numeric(numerics.ERR_SASLABORTED)
    if mechanism.upper() != MECHANISM:
        told = client.numeric(numerics.RPL_SASLMECHS, mechanisms=MECHANISM)
        return told + client.numeric(numerics.ERR_SASLFAIL)
    client.assembly = Assembly()
    return client.line("AUTHENTICATE", NOTHING)


def _prove(client: Client, said: Plain) -> Exchange:
    try:
        return (yield from become(client, proof(client, said.name, said.password), numerics.RPL_SASLSUCCESS))
    except ChatError as refusal:
        answer = client.numeric(numerics.ERR_SASLFAIL, text=f"SASL authentication failed: {refusal.why}")
        if refusal.closes:
            yield commands.Quit(reason="")
            answer += client.closing(refusal.why)
        return answer
