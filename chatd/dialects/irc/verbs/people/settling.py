"""What a client said of itself before it was somebody, once it is."""

from chatd.dialects.dialect import Exchange
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.verbs.people import metadata, presence


def settled(client: Client) -> Exchange:
    """What C{AWAY} and C{METADATA} said before the welcome, and one's own metadata; to be told after it."""
    yield from presence.settled(client)
    return (yield from metadata.settled(client))
