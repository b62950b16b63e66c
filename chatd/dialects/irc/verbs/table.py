"""Every IRC command, in one table."""

from collections.abc import Mapping
from types import MappingProxyType

from chatd.dialects.irc.verbs import channels, listing, moderation, modes
from chatd.dialects.irc.verbs.entrance import accounts, authentication, registration, services
from chatd.dialects.irc.verbs.people import metadata, monitor, presence, who, whois
from chatd.dialects.irc.verbs.server import greeting, help, operators, queries
from chatd.dialects.irc.verbs.talk import batches, history, markers, messages, redaction
from chatd.dialects.irc.verbs.verb import Verb

COMMANDS: Mapping[str, Verb] = MappingProxyType({
    # registration
    "CAP": Verb(registration.cap, early=True),
    "PASS": Verb(registration.password, 1, early=True),
    "NICK": Verb(registration.nick, early=True),
    "USER": Verb(registration.user, 4, early=True),
    "WEBIRC": Verb(registration.webirc, 4, early=True),
    "AUTHENTICATE": Verb(authentication.authenticate, 1, early=True),
    "REGISTER": Verb(accounts.register, early=True),
    "VERIFY": Verb(accounts.verify, 2, early=True),
    "NICKSERV": Verb(services.nickserv, alone=True),
    "NS": Verb(services.nickserv, alone=True),
    "PING": Verb(queries.ping, early=True),
    "PONG": Verb(queries.pong, early=True),
    "ERROR": Verb(queries.error, early=True),
    "QUIT": Verb(queries.quit, early=True),
    # the server
    "MOTD": Verb(greeting.motd, alone=True),
    "LUSERS": Verb(greeting.lusers, alone=True),
    "VERSION": Verb(greeting.version, alone=True),
    "ISUPPORT": Verb(greeting.features, early=True),
    "TIME": Verb(queries.time, alone=True),
    "INFO": Verb(queries.info, alone=True),
    "ADMIN": Verb(queries.admin, alone=True),
    "LINKS": Verb(queries.links),
    "STATS": Verb(queries.stats, 1),
    "USERS": Verb(queries.users),
    "SUMMON": Verb(queries.summon),
    "HELP": Verb(help.help, alone=True),
    "HELPOP": Verb(help.help, alone=True),
    # operators
    "OPER": Verb(operators.oper, 2),
    "KILL": Verb(operators.kill, 1),
    "WALLOPS": Verb(operators.wallops, 1),
    "REHASH": Verb(operators.rehash),
    "DIE": Verb(operators.die),
    "RESTART": Verb(operators.restart),
    "CONNECT": Verb(operators.connect, 1),
    "SQUIT": Verb(operators.connect, 1),
    "MODE": Verb(modes.mode, 1),
    # people
    "WHO": Verb(who.who),
    "WHOIS": Verb(whois.whois),
    "WHOWAS": Verb(whois.whowas),
    "USERHOST": Verb(who.userhost, 1),
    "ISON": Verb(who.ison, 1),
    "AWAY": Verb(presence.away, early=True),
    "SETNAME": Verb(presence.setname, 1),
    "MONITOR": Verb(monitor.monitor, 1),
    "METADATA": Verb(metadata.metadata, 2, early=True),
    # channels
    "JOIN": Verb(channels.join, 1),
    "PART": Verb(channels.part, 1),
    "NAMES": Verb(channels.names),
    "TOPIC": Verb(channels.topic, 1),
    "LIST": Verb(listing.list_channels),
    "KICK": Verb(moderation.kick, 2),
    "INVITE": Verb(moderation.invite),
    "RENAME": Verb(moderation.rename, 2),
    # messages
    "PRIVMSG": Verb(messages.privmsg),
    "NOTICE": Verb(messages.notice),
    "TAGMSG": Verb(messages.tagmsg),
    "BATCH": Verb(batches.unknown),
    "CHATHISTORY": Verb(history.chathistory),
    "MARKREAD": Verb(markers.marking),
    "REDACT": Verb(redaction.redact, 2),
})  # fmt: skip
