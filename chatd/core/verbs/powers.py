"""Powers that a session has beside those of its own account: of an operator, of a gateway."""

from hmac import compare_digest
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chatd.core import commands, events, names
from chatd.core.errors import LoginFailed, NotAllowed
from chatd.core.events import Answer
from chatd.core.ports import Peer
from chatd.core.verbs.checking import checked
from chatd.core.verbs.entrance import one_try_less, require_privacy

if TYPE_CHECKING:
    from chatd.core.session import Session


async def operate(session: "Session", command: commands.Operate) -> Answer:
    """Have the powers of another account, too."""
    require_privacy(session)
    asked, world = checked(command), session.world
    try:
        account, password_at = await world.gate.operator(asked.name, names.password(asked.password), session)
    except LoginFailed:
        raise one_try_less(session, "Wrong name or password.") from None
    done = await world.journal.append(session.me.account, replace(asked, password=""), session, password_at)
    session.operator = account
    return done


async def depose(session: "Session", command: commands.Depose) -> Answer:
    """Have them no more."""
    session.operator = None
    return events.DeposeDone()


async def vouch(session: "Session", command: commands.Vouch) -> Answer:
    """Count as one that comes from where a gateway says: for limits, for bans, and for what the account is shown."""
    require_gateway(session, command)
    address = command.address.partition("%")[0]
    try:
        found = ip_address(address)
    except ValueError:
        raise NotAllowed("That is no address.", rule="gateways") from None
    found = getattr(found, "ipv4_mapped", None) or found
    encrypted = command.encrypted and session.peer.private
    # Not the certificate either: what the gateway has shown is not the peer's.
    session.peer = Peer(str(found), encrypted=encrypted, private=encrypted)
    return events.VouchDone(address=str(found))


def require_gateway(session: "Session", said: commands.Vouch) -> None:
    """
    Let a peer say where it comes from, or not.

    @raise NotAllowed: if it is no gateway, or comes from elsewhere than that one.
    """
    password, here = said.password.encode(), session.peer.address.partition("%")[0]
    for gateway in session.site.gateways:
        is_right = compare_digest(gateway.password.encode(), password) and gateway.name == said.gateway
        if is_right and any(_is_in(here, network) for network in gateway.networks):
            return
    raise NotAllowed("You are no gateway of this server's.", rule="gateways")


def _is_in(address: str, network: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found) in ip_network(network)
