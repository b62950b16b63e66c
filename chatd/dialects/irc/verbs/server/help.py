"""C{HELP} and C{HELPOP} (Modern IRC, "HELP message")."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from chatd.dialects.irc import numerics
from chatd.dialects.irc.client import Client
from chatd.dialects.irc.message import Message
from chatd.dialects.irc.verbs.verb import Meant

INDEX = "*"
WORDS_IN_A_LINE = 8

# The usage, and one line that says what it is for.
_SUBJECTS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "ADMIN": ("ADMIN [server]", "Asks who runs the server."),
    "AUTHENTICATE": ("AUTHENTICATE <mechanism>", "Logs in with SASL: PLAIN, or EXTERNAL with a TLS certificate."),
    "AWAY": ("AWAY [:<text>]", "Says that you are away; without a text, that you are back."),
    "BATCH": ("BATCH +<reference> draft/multiline <target>", "Begins a message of several lines."),
    "CAP": ("CAP LS 302 | LIST | REQ :<capabilities> | END", "Negotiates capabilities (ircv3.net)."),
    "CHATHISTORY": ("CHATHISTORY <subcommand> <target> <limits>", "Asks for what was said before."),
    "CONNECT": ("CONNECT <server>", "For operators. There are no other servers."),
    "DIE": ("DIE", "For operators: stops the server."),
    "HELP": ("HELP [<subject>]", "Shows this, or tells of a command."),
    "INFO": ("INFO [<server>]", "Tells what this server is."),
    "INVITE": ("INVITE <nick> <channel>", "Lets somebody enter a channel; without anything, shows your invitations."),
    "ISON": ("ISON <nick> ...", "Asks who of these is here."),
    "ISUPPORT": ("ISUPPORT", "Shows what the server supports once more."),
    "JOIN": ("JOIN <channel>{,<channel>} [<key>{,<key>}]", "Enters channels. JOIN 0 leaves all."),
    "KICK": ("KICK <channel> <nick>{,<nick>} [:<reason>]", "Puts somebody out of a channel."),
    "KILL": ("KILL <nick> :<reason>", "For operators: ends somebody's connections."),
    "LINKS": ("LINKS", "Lists the servers of the network."),
    "LIST": ("LIST [<channel>{,<channel>}] [<condition>{,<condition>}]", "Lists channels."),
    "LUSERS": ("LUSERS", "Says how many are here."),
    "MARKREAD": ("MARKREAD <target> [timestamp=<time>]", "Says up to where you have read."),
    "METADATA": ("METADATA <target> <subcommand> [<key> ...]", "Reads and sets what is told of somebody."),
    "MODE": ("MODE <channel or nick> [<modes> [<parameter> ...]]", "Shows modes, or changes them."),
    "MONITOR": ("MONITOR + | - | C | L | S [<nick>{,<nick>}]", "Watches who comes and goes."),
    "MOTD": ("MOTD [<server>]", "Shows the message of the day."),
    "NAMES": ("NAMES <channel>{,<channel>}", "Shows who is in a channel."),
    "NICK": ("NICK <nick>", "Changes your nick. An account's nick is its name."),
    "NICKSERV": ("NICKSERV <words>", "The same as /msg NickServ <words>. NICKSERV HELP shows what there is."),
    "NOTICE": ("NOTICE <target>{,<target>} :<text>", "Says something that wants no answer."),
    "NS": ("NS <words>", "The same as NICKSERV."),
    "OPER": ("OPER <name> <password>", "Gives you the powers of an account that runs the server."),
    "PART": ("PART <channel>{,<channel>} [:<reason>]", "Leaves channels."),
    "PASS": ("PASS <password>", "Before NICK and USER: the password of your nick's account, or ACCOUNT:PASSWORD."),
    "PING": ("PING <token>", "Asks for a PONG."),
    "PONG": ("PONG <token>", "Answers a PING."),
    "PRIVMSG": ("PRIVMSG <target>{,<target>} :<text>", "Says something in a channel or to somebody."),
    "QUIT": ("QUIT [:<reason>]", "Leaves the server."),
    "REDACT": ("REDACT <target> <msgid> [:<reason>]", "Takes a message back."),
    "REGISTER": ("REGISTER <account or *> <email or *> <password>", "Makes an account of your nick."),
    "REHASH": ("REHASH", "For operators: reads the configuration again."),
    "RENAME": ("RENAME <channel> <channel> [:<reason>]", "Gives a channel another name."),
    "RESTART": ("RESTART", "Is not done here."),
    "SETNAME": ("SETNAME :<real name>", "Changes your real name."),
    "SQUIT": ("SQUIT <server>", "For operators. There are no other servers."),
    "STATS": ("STATS <letter>", "STATS u says how long the server is up."),
    "SUMMON": ("SUMMON", "Is not done here."),
    "TAGMSG": ("TAGMSG <target>{,<target>}", "Sends tags without a text."),
    "TIME": ("TIME [<server>]", "Tells the time."),
    "TOPIC": ("TOPIC <channel> [:<topic>]", "Shows what a channel is about, or says it."),
    "USER": ("USER <user> 0 * :<real name>", "Before the welcome: says who you are."),
    "USERHOST": ("USERHOST <nick> ...", "Shows users and hosts."),
    "USERS": ("USERS", "Is not done here."),
    "VERIFY": ("VERIFY <account> <code>", "Nothing is verified here."),
    "VERSION": ("VERSION [<server>]", "Tells the version, and what the server supports."),
    "WALLOPS": ("WALLOPS :<text>", "For operators: tells everybody something who wants to hear such."),
    "WEBIRC": ("WEBIRC <password> <gateway> <host> <address>", "For gateways: tells where their people come from."),
    "WHO": ("WHO <mask> [%<fields>[,<token>]]", "Lists people."),
    "WHOIS": ("WHOIS <nick>", "Tells of somebody."),
    "WHOWAS": ("WHOWAS <nick> [<count>]", "Tells of somebody who was here."),
})  # fmt: skip


def help(client: Client, said: Message) -> Meant:
    """C{HELP SUBJECT}."""
    subject = said.params[0] if said.params else ""
    if not subject:
        return _told(client, INDEX, ["HELP <command> tells of one of these.", *_index()])
    found = _SUBJECTS.get(subject.upper())
    if found is None:
        return client.numeric(numerics.ERR_HELPNOTFOUND, subject=subject)
    return _told(client, subject.upper(), [*found])


def _told(client: Client, subject: str, lines: list[str]) -> bytes:
    first, *rest = lines
    return (
        client.numeric(numerics.RPL_HELPSTART, subject=subject, line=first)
        + b"".join(client.numeric(numerics.RPL_HELPTXT, subject=subject, line=line) for line in rest)
        + client.numeric(numerics.RPL_ENDOFHELP, subject=subject, line="End of /HELP")
    )


def _index() -> Iterator[str]:
    names = tuple(_SUBJECTS)
    for start in range(0, len(names), WORDS_IN_A_LINE):
        yield " ".join(names[start : start + WORDS_IN_A_LINE])
