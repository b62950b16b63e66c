"""Powers that a session has beside those of its own account: of an operator, of a gateway."""

from hmac import compare_digest
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chatd.core import commands, events, names
from chatd.core.addresses import address_of, is_inside
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
    found = address_of(command.address)
    if found is None:
        raise NotAllowed("That is no address.", rule="gateways")
    encrypted = command.encrypted and session.peer.private
    # Not the certificate either: what the gateway has shown is not the peer's.
    session.peer = Peer(str(found), encrypted=encrypted, private=encrypted)
    return events.VouchDone(address=str(found))


def require_gateway(session: "Session", said: commands.Vouch) -> None:
    """
    Let a peer say where it comes from, or not.

    @raise NotAllowed: if it is no gateway, or comes from elsewhere than that one.
    """
    password = said.password.encode()
    for gateway in session.site.gateways:
        is_right = compare_digest(gateway.password.encode(), password) and gateway.name == said.gateway
        if is_right and any(is_inside(session.peer.address, network) for network in gateway.networks):
            return
    raise NotAllowed("You are no gateway of this server's.", rule="gateways")
