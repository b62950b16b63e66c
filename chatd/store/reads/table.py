"""Which function answers which question."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from chatd.core import commands
from chatd.core.commands import Command
from chatd.core.events import Answer
from chatd.store.reads import accounts, places, talk

READS: Mapping[type[Command], Callable[..., Answer]] = MappingProxyType({
    commands.History: talk.history,
    commands.Mark: talk.marked,
    commands.Targets: talk.targets,
    commands.Search: talk.search,
    commands.Unread: talk.unread,
    commands.Catchup: talk.catchup,
    commands.Rooms: places.listed,
    commands.Topic: places.topic,
    commands.RoomSet: places.settings,
    commands.Bans: places.bans_listed,
    commands.Masks: places.masks_listed,
    commands.Metadata: places.metadata,
    commands.Peek: places.peeked,
    commands.Whois: accounts.whois,
    commands.Stats: accounts.stats,
    commands.Tokens: accounts.tokens,
    commands.Ignore: accounts.ignored,
    commands.Accounts: accounts.listed,
    commands.Invitations: accounts.invitations,
    commands.Audit: accounts.audited,
    commands.Export: accounts.export,
})  # fmt: skip
