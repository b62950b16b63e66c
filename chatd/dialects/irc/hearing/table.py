"""Every event that an IRC client is told of, and what writes it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from chatd.core import events
from chatd.core.events import Event
from chatd.core.room import Envelope
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.hearing import changes, identity, modes, people, places, talk

Hear = Callable[[Client, Envelope, bool], bytes]

HEARING: Mapping[type[Event], Hear] = MappingProxyType({
    events.Said: talk.said,
    events.Tagged: talk.tagged,
    events.Relayed: talk.relayed,
    events.Edited: changes.edited,
    events.Deleted: changes.deleted,
    events.Undeleted: changes.undeleted,
    events.Marked: changes.marked,
    events.Joined: places.joined,
    events.Left: places.left,
    events.Kicked: places.kicked,
    events.TopicChanged: places.topic_changed,
    events.Invited: places.invited,
    events.LetIn: places.let_in,
    events.RoomRenamed: places.renamed,
    events.RoleChanged: modes.changed,
    events.RoomChanged: modes.changed,
    events.MaskChanged: modes.changed,
    events.Muted: modes.changed,
    events.Unmuted: modes.changed,
    events.Unbanned: modes.changed,
    events.Banned: modes.banned,
    events.Arrived: places.arrived,
    events.Departed: places.departed,
    events.Renamed: identity.renamed,
    events.Identified: identity.identified,
    events.Announced: identity.announced,
    events.AwayChanged: people.away_changed,
    events.ProfileChanged: people.profile_changed,
    events.Online: people.online,
    events.Offline: people.offline,
    events.MetadataChanged: people.metadata_changed,
})  # fmt: skip
