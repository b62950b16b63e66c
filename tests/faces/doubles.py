"""Connections of every kind, with their other end in the test."""

from typing import Any, cast

from twisted.internet.address import IPv4Address
from zope.interface import Interface, alsoProvides

from chatd.core.settings.limits import Limits
from chatd.testing import PeerTransport, Remote, World

HERE = "127.0.0.1"


def connect(world: World, *kinds: type[Interface], address: str = HERE, here: str = HERE) -> Remote:
    """A new connection over a transport of these kinds, such as ITCPTransport."""
    face = world.factory.buildProtocol(None)
    made = transport(*kinds, address=address, here=here)
    cast(Any, face).makeConnection(made)
    return Remote(world, face, made)


def transport(*kinds: type[Interface], address: str = HERE, here: str = HERE) -> PeerTransport:
    """A transport of these kinds."""
    made: PeerTransport = cast(Any, PeerTransport)(IPv4Address("TCP", here, 9999), IPv4Address("TCP", address, 50000))
    alsoProvides(made, *kinds)
    return made


def world(**limits: Any) -> World:
    """A world with some limits other than usual, and registrations for all."""
    return World(limits=Limits(**({"registrations_per_address": 1000, "registrations": 1000} | limits)))


def codes(remote: Remote) -> list[str]:
    """The codes of the refusals that came since the last look, on either face."""
    shown = remote.received()
    if shown[:1] == b"{":
        import json

        lines = [json.loads(line) for line in shown.splitlines()]
        return [line["code"] for line in lines if "refused" in line]
    lines = shown.decode(errors="replace").splitlines()
    return [line.rpartition("[")[2].removesuffix("]") for line in lines if "-- error: " in line]
