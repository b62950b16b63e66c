"""C{REGISTER} and C{VERIFY} (IRCv3 account-registration)."""

from collections.abc import Mapping
from types import MappingProxyType

from chatd.core import commands, names
from chatd.core.errors import BadName, ChatError
from chatd.dialects.dialect import Exchange
from chatd.dialects.irc.client import UNNAMED, Client
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.entrance.arrival import become
from chatd.dialects.irc.verbs.verb import Meant

OWN = "*"

_CODES: Mapping[str, str] = MappingProxyType({
    "name-taken": "ACCOUNT_EXISTS",
    "bad-name": "BAD_ACCOUNT_NAME",
    "bad-password": "WEAK_PASSWORD",
})  # fmt: skip


def register(client: Client, said: Message) -> Meant:
    """C{REGISTER ACCOUNT EMAIL PASSWORD}. No address is asked for, and one that is given is not kept."""
    if len(said.params) < 3 or not said.params[2]:
        return client.fail("REGISTER", "NEED_MORE_PARAMS", text="REGISTER ACCOUNT EMAIL PASSWORD, with * for the nick.")
    wanted, _email, password = said.params[:3]
    if is_account(client):
        return client.fail("REGISTER", "ALREADY_AUTHENTICATED", client.name, text=f"You are {client.name} already.")
    own = client.name if client.avatar is not None else client.wanted
    if own == UNNAMED:
        return client.fail("REGISTER", "NEED_NICK", OWN, text="Say with NICK what you want to be called first.")
    if wanted in (OWN, ""):
        wanted = own
    try:
        if names.account_key(wanted) != names.account_key(own):
            why = f"An account is called as its nick. Take the nick {wanted} first."
            return client.fail("REGISTER", "ACCOUNT_NAME_MUST_BE_NICK", wanted, text=why)
    except BadName as refusal:
        return client.fail("REGISTER", "BAD_ACCOUNT_NAME", wanted, text=refusal.why)
    return _register(client, wanted, password)


def verify(client: Client, said: Message) -> Meant:
    """C{VERIFY ACCOUNT CODE}: nothing is ever verified here."""
    account = said.params[0]
    if is_account(client):
        return client.fail("VERIFY", "ALREADY_AUTHENTICATED", account, text=f"You are {client.name} already.")
    return client.fail("VERIFY", "INVALID_CODE", account, text="No account waits for a code here.")


def is_account(client: Client) -> bool:
    """Whether it is logged in to an account."""
    avatar = client.avatar
    return avatar is not None and not avatar.account.guest


def _register(client: Client, name: str, password: str) -> Exchange:
    here = client.session.hub.here(names.account_key(name))
    if here is not None and here is not client.avatar and here.account.guest:
        # No account has the name, so this is not ACCOUNT_EXISTS; Ergo has a code for it, and clients know that.
        return client.fail("REGISTER", "USERNAME_EXISTS", name, text="Somebody has that nick now.")
    try:
        done = yield from become(client, commands.Register(name=name, password=password))
    except ChatError as refusal:
        code = _CODES.get(refusal.code, "TEMPORARILY_UNAVAILABLE")
        return client.fail("REGISTER", code, name, text=refusal.why)
    told = client.line("REGISTER", "SUCCESS", client.name, "The account was made, and you are logged in to it.")
    return told + done
