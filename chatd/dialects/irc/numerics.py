"""
The numeric replies: one table, and how a reply is written.

A form is written as in Modern IRC, "Numerics", without the client that is told, who is always the first parameter:
words with C{{fields}} in them, the last one behind a colon where it may hold spaces. C{{modes...}} stands for any
number of parameters. From Modern IRC where it says nothing else; "2812" is RFC 2812, section 5; "v3" is IRCv3.
"""

import re
from collections.abc import Mapping, Sequence

from chatd.dialects.irc.message import LINE_BYTES, LONGEST_CHARACTER, build, fitting

_UNFIT = re.compile(r"[\0\r\n ]")
_SPACES = str.maketrans(dict.fromkeys("\0\r\n", " "))
NOTHING = "*"

Field = str | int | Sequence[str]


class Numeric:
    """
    One numeric reply.

    @ivar number: Its three digits, which are the command.
    @ivar form: Its parameters after the client.
    """

    __slots__ = ("_text", "_words", "form", "number")

    def __init__(self, number: str, form: str) -> None:
        self.number = number
        self.form = form
        words, colon, text = form.partition(":")
        self._words = tuple(words.split())
        self._text = text if colon else None

    def params(self, client: str, /, **fields: Field) -> tuple[str, ...]:
        """
        The parameters of a reply to a client (its nick, or C{*} before it has one).

        A field that cannot be a parameter, since it is empty or has a space, is told as C{*}, as Modern says of
        ERR_HELPNOTFOUND; the last one may be any text. C{text}, if given, takes the place of what the table says
        behind the colon.
        """
        params = [client]
        for word in self._words:
            if word.endswith("...}"):
                repeated = fields[word[1:-4]]
                params += [str(repeated)] if isinstance(repeated, str | int) else repeated
            else:
                params.append(word.format_map(fields) if "{" in word else word)
        if self._text is not None:
            params.append(str(fields["text"]) if "text" in fields else self._text.format_map(fields))
        return (*map(_middle, params[:-1]), params[-1].translate(_SPACES))

    def line(self, server: str, client: str, /, tags: Mapping[str, str] | None = None, **fields: Field) -> bytes:
        """The reply as a line. The longest parameters lose their ends where it would be over 512 bytes."""
        params = self.params(client, **fields)
        length = len(": 000:\r\n") + len(server.encode()) + sum(1 + len(each.encode()) for each in params)
        if length > LINE_BYTES:
            params = _shortened(params, length - LINE_BYTES)
        return build(self.number, *params, source=server, tags=tags)


def _middle(value: str) -> str:
    return value if value and value[0] != ":" and _UNFIT.search(value) is None else NOTHING


def _shortened(params: tuple[str, ...], excess: int) -> tuple[str, ...]:
    """Parameters that are so many bytes shorter, at the cost of the longest of them."""
    kept = list(params)
    while excess > 0:
        longest = max(range(1, len(kept)), key=lambda each: len(kept[each].encode()))
        before = len(kept[longest].encode())
        kept[longest] = fitting(kept[longest], max(LONGEST_CHARACTER, before - excess))[0].rstrip(" ") or NOTHING
        excess -= before - len(kept[longest].encode())
    return tuple(kept)


# The greeting, and the server
RPL_WELCOME = Numeric("001", ":Welcome to the {network} Network, {nick}")
RPL_YOURHOST = Numeric("002", ":Your host is {server}, running version {version}")
RPL_CREATED = Numeric("003", ":This server was created {created}")
RPL_MYINFO = Numeric("004", "{server} {version} {user_modes} {channel_modes} {argument_modes}")
RPL_ISUPPORT = Numeric("005", "{tokens...} :are supported by this server")
RPL_BOUNCE = Numeric("010", "{host} {port} :{info}")
RPL_STATSLINKINFO = Numeric("211", "{link} {sendq} {sent} {sent_kib} {received} {received_kib} :{open}")  # 2812
RPL_STATSCOMMANDS = Numeric("212", "{command} {count}")
RPL_ENDOFSTATS = Numeric("219", "{letter} :End of /STATS report")
RPL_UMODEIS = Numeric("221", "{modes}")
RPL_SERVLIST = Numeric("234", "{name} {server} {mask} {type} {hops} :{info}")  # 2812
RPL_SERVLISTEND = Numeric("235", "{mask} {type} :End of service listing")  # 2812
RPL_STATSUPTIME = Numeric("242", ":Server Up {days} days {time}")
RPL_STATSOLINE = Numeric("243", "O {mask} * {name}")  # 2812
RPL_STATSDEBUG = Numeric("249", "{letter} :{info}")
RPL_LUSERCLIENT = Numeric("251", ":There are {users} users and {invisible} invisible on {servers} servers")
RPL_LUSEROP = Numeric("252", "{operators} :operator(s) online")
RPL_LUSERUNKNOWN = Numeric("253", "{connections} :unknown connection(s)")
RPL_LUSERCHANNELS = Numeric("254", "{channels} :channels formed")
RPL_LUSERME = Numeric("255", ":I have {clients} clients and {servers} servers")
RPL_ADMINME = Numeric("256", "{server} :Administrative info")
RPL_ADMINLOC1 = Numeric("257", ":{info}")
RPL_ADMINLOC2 = Numeric("258", ":{info}")
RPL_ADMINEMAIL = Numeric("259", ":{info}")
RPL_TRYAGAIN = Numeric("263", "{command} :Please wait a while and try again.")
RPL_LOCALUSERS = Numeric("265", "{users} {most} :Current local users {users}, max {most}")
RPL_GLOBALUSERS = Numeric("266", "{users} {most} :Current global users {users}, max {most}")
RPL_VERSION = Numeric("351", "{version} {server} :{comments}")
RPL_LINKS = Numeric("364", "* {server} :{hops} {info}")
RPL_ENDOFLINKS = Numeric("365", "* :End of /LINKS list")
RPL_INFO = Numeric("371", ":{info}")
RPL_MOTD = Numeric("372", ":{line}")
RPL_ENDOFINFO = Numeric("374", ":End of INFO list")
RPL_MOTDSTART = Numeric("375", ":- {server} Message of the day - ")
RPL_ENDOFMOTD = Numeric("376", ":End of /MOTD command.")
RPL_YOUREOPER = Numeric("381", ":You are now an IRC operator")
RPL_REHASHING = Numeric("382", "{file} :Rehashing")
RPL_TIME = Numeric("391", "{server} {timestamp} {offset} :{time}")
RPL_HELPSTART = Numeric("704", "{subject} :{line}")
RPL_HELPTXT = Numeric("705", "{subject} :{line}")
RPL_ENDOFHELP = Numeric("706", "{subject} :{line}")

# People
RPL_WHOISCERTFP = Numeric("276", "{nick} :has client certificate fingerprint {fingerprint}")
RPL_AWAY = Numeric("301", "{nick} :{message}")
RPL_USERHOST = Numeric("302", ":{replies}")
RPL_ISON = Numeric("303", ":{nicks}")  # 2812
RPL_UNAWAY = Numeric("305", ":You are no longer marked as being away")
RPL_NOWAWAY = Numeric("306", ":You have been marked as being away")
RPL_WHOISREGNICK = Numeric("307", "{nick} :has identified for this nick")
RPL_WHOISUSER = Numeric("311", "{nick} {user} {host} * :{real}")
RPL_WHOISSERVER = Numeric("312", "{nick} {server} :{info}")
RPL_WHOISOPERATOR = Numeric("313", "{nick} :is an IRC operator")
RPL_WHOWASUSER = Numeric("314", "{nick} {user} {host} * :{real}")
RPL_ENDOFWHO = Numeric("315", "{mask} :End of WHO list")
RPL_WHOISIDLE = Numeric("317", "{nick} {idle} {signon} :seconds idle, signon time")
RPL_ENDOFWHOIS = Numeric("318", "{nick} :End of /WHOIS list")
RPL_WHOISCHANNELS = Numeric("319", "{nick} :{channels}")
RPL_WHOISSPECIAL = Numeric("320", "{nick} :{info}")
RPL_WHOISACCOUNT = Numeric("330", "{nick} {account} :is logged in as")
RPL_WHOISBOT = Numeric("335", "{nick} :is a bot")  # v3 bot mode
RPL_WHOISACTUALLY = Numeric("338", "{nick} {host} :Is actually using host")
RPL_WHOREPLY = Numeric("352", "{channel} {user} {host} {server} {nick} {flags} :{hops} {real}")
RPL_WHOSPCRPL = Numeric("354", "{fields...}")  # v3 WHOX
RPL_ENDOFWHOWAS = Numeric("369", "{nick} :End of WHOWAS")
RPL_WHOISHOST = Numeric("378", "{nick} :is connecting from *@{host} {address}")
RPL_WHOISMODES = Numeric("379", "{nick} :is using modes {modes}")
RPL_VISIBLEHOST = Numeric("396", "{host} :is now your visible host")
RPL_WHOISSECURE = Numeric("671", "{nick} :is using a secure connection")
RPL_MONONLINE = Numeric("730", ":{targets}")  # v3 monitor
RPL_MONOFFLINE = Numeric("731", ":{targets}")
RPL_MONLIST = Numeric("732", ":{targets}")
RPL_ENDOFMONLIST = Numeric("733", ":End of MONITOR list")
RPL_WHOISKEYVALUE = Numeric("760", "{target} {key} {visibility} :{value}")  # v3 metadata
RPL_KEYVALUE = Numeric("761", "{target} {key} {visibility} :{value}")
RPL_KEYNOTSET = Numeric("766", "{target} {key} :key not set")
RPL_METADATASUBOK = Numeric("770", "{keys...}")
RPL_METADATAUNSUBOK = Numeric("771", "{keys...}")
RPL_METADATASUBS = Numeric("772", "{keys...}")
RPL_METADATASYNCLATER = Numeric("774", "{target} {seconds}")

# Channels
RPL_LISTSTART = Numeric("321", "Channel :Users  Name")
RPL_LIST = Numeric("322", "{channel} {users} :{topic}")
RPL_LISTEND = Numeric("323", ":End of /LIST")
RPL_CHANNELMODEIS = Numeric("324", "{channel} {modes...}")
RPL_CREATIONTIME = Numeric("329", "{channel} {created}")
RPL_NOTOPIC = Numeric("331", "{channel} :No topic is set")
RPL_TOPIC = Numeric("332", "{channel} :{topic}")
RPL_TOPICWHOTIME = Numeric("333", "{channel} {nick} {at}")
RPL_INVITELIST = Numeric("336", "{channel}")
RPL_ENDOFINVITELIST = Numeric("337", ":End of /INVITE list")
RPL_INVITING = Numeric("341", "{nick} {channel}")
RPL_INVEXLIST = Numeric("346", "{channel} {mask} {who} {at}")
RPL_ENDOFINVEXLIST = Numeric("347", "{channel} :End of Channel Invite Exception List")
RPL_EXCEPTLIST = Numeric("348", "{channel} {mask} {who} {at}")
RPL_ENDOFEXCEPTLIST = Numeric("349", "{channel} :End of channel exception list")
RPL_NAMREPLY = Numeric("353", "{symbol} {channel} :{nicks}")
RPL_ENDOFNAMES = Numeric("366", "{channel} :End of /NAMES list")
RPL_BANLIST = Numeric("367", "{channel} {mask} {who} {at}")
RPL_ENDOFBANLIST = Numeric("368", "{channel} :End of channel ban list")

# Refusals
ERR_UNKNOWNERROR = Numeric("400", "{command} :{info}")
ERR_NOSUCHNICK = Numeric("401", "{nick} :No such nick/channel")
ERR_NOSUCHSERVER = Numeric("402", "{server} :No such server")
ERR_NOSUCHCHANNEL = Numeric("403", "{channel} :No such channel")
ERR_CANNOTSENDTOCHAN = Numeric("404", "{channel} :Cannot send to channel")
ERR_TOOMANYCHANNELS = Numeric("405", "{channel} :You have joined too many channels")
ERR_WASNOSUCHNICK = Numeric("406", "{nick} :There was no such nickname")
ERR_TOOMANYTARGETS = Numeric("407", "{target} :Too many recipients")  # 2812
ERR_NOORIGIN = Numeric("409", ":No origin specified")
ERR_INVALIDCAPCMD = Numeric("410", "{subcommand} :Invalid CAP command")  # v3 capability negotiation
ERR_NORECIPIENT = Numeric("411", ":No recipient given ({command})")
ERR_NOTEXTTOSEND = Numeric("412", ":No text to send")
ERR_NOTOPLEVEL = Numeric("413", "{mask} :No toplevel domain specified")  # 2812
ERR_WILDTOPLEVEL = Numeric("414", "{mask} :Wildcard in toplevel domain")  # 2812
ERR_BADMASK = Numeric("415", "{mask} :Bad Server/host mask")  # 2812
ERR_INPUTTOOLONG = Numeric("417", ":Input line was too long")
ERR_UNKNOWNCOMMAND = Numeric("421", "{command} :Unknown command")
ERR_NOMOTD = Numeric("422", ":MOTD File is missing")
ERR_NOADMININFO = Numeric("423", "{server} :No administrative info available")  # 2812
ERR_NONICKNAMEGIVEN = Numeric("431", ":No nickname given")
ERR_ERRONEUSNICKNAME = Numeric("432", "{nick} :Erroneus nickname")
ERR_NICKNAMEINUSE = Numeric("433", "{nick} :Nickname is already in use")
ERR_NICKCOLLISION = Numeric("436", "{nick} :Nickname collision KILL from {user}@{host}")
ERR_UNAVAILRESOURCE = Numeric("437", "{target} :Nick/channel is temporarily unavailable")  # 2812
ERR_USERNOTINCHANNEL = Numeric("441", "{nick} {channel} :They aren't on that channel")
ERR_NOTONCHANNEL = Numeric("442", "{channel} :You're not on that channel")
ERR_USERONCHANNEL = Numeric("443", "{nick} {channel} :is already on channel")
ERR_SUMMONDISABLED = Numeric("445", ":SUMMON has been disabled")  # 2812
ERR_USERSDISABLED = Numeric("446", ":USERS has been disabled")  # 2812
ERR_NONICKCHANGE = Numeric("447", "{nick} :Your nick cannot be changed")  # several servers; irssi words 437 itself
ERR_NOTREGISTERED = Numeric("451", ":You have not registered")
ERR_NEEDMOREPARAMS = Numeric("461", "{command} :Not enough parameters")
ERR_ALREADYREGISTERED = Numeric("462", ":You may not reregister")
ERR_NOPERMFORHOST = Numeric("463", ":Your host isn't among the privileged")  # 2812
ERR_PASSWDMISMATCH = Numeric("464", ":Password incorrect")
ERR_YOUREBANNEDCREEP = Numeric("465", ":You are banned from this server.")
ERR_KEYSET = Numeric("467", "{channel} :Channel key already set")  # 2812
ERR_INVALIDUSERNAME = Numeric("468", ":Your username is not valid")
ERR_CHANNELISFULL = Numeric("471", "{channel} :Cannot join channel (+l)")
ERR_UNKNOWNMODE = Numeric("472", "{mode} :is unknown mode char to me")
ERR_INVITEONLYCHAN = Numeric("473", "{channel} :Cannot join channel (+i)")
ERR_BANNEDFROMCHAN = Numeric("474", "{channel} :Cannot join channel (+b)")
ERR_BADCHANNELKEY = Numeric("475", "{channel} :Cannot join channel (+k)")
ERR_BADCHANMASK = Numeric("476", "{channel} :Bad Channel Mask")
ERR_NEEDREGGEDNICK = Numeric("477", "{channel} :You must be logged in to an account for that")
ERR_BANLISTFULL = Numeric("478", "{channel} {mode} :Channel list is full")  # 2812
ERR_NOPRIVILEGES = Numeric("481", ":Permission Denied- You're not an IRC operator")
ERR_CHANOPRIVSNEEDED = Numeric("482", "{channel} :You're not channel operator")
ERR_CANTKILLSERVER = Numeric("483", ":You cant kill a server!")
ERR_UNIQOPPRIVSNEEDED = Numeric("485", ":You're not the original channel operator")  # 2812
ERR_NOOPERHOST = Numeric("491", ":No O-lines for your host")
ERR_UMODEUNKNOWNFLAG = Numeric("501", ":Unknown MODE flag")
ERR_USERSDONTMATCH = Numeric("502", ":Cant change mode for other users")
ERR_HELPNOTFOUND = Numeric("524", "{subject} :No help available on this topic")
ERR_INVALIDKEY = Numeric("525", "{channel} :Key is not well-formed")
RPL_STARTTLS = Numeric("670", ":STARTTLS successful, proceed with TLS handshake")
ERR_STARTTLS = Numeric("691", ":STARTTLS failed")
ERR_INVALIDMODEPARAM = Numeric("696", "{target} {mode} {parameter} :{info}")
ERR_LISTMODEALREADYSET = Numeric("697", "{channel} {mask} {mode} :The list has that mask already")
ERR_LISTMODENOTSET = Numeric("698", "{channel} {mask} {mode} :The list does not have that mask")
ERR_NOPRIVS = Numeric("723", "{privilege} :Insufficient oper privileges.")
ERR_MONLISTFULL = Numeric("734", "{limit} {targets} :Monitor list is full.")

# SASL (v3)
RPL_LOGGEDIN = Numeric("900", "{mask} {account} :You are now logged in as {account}")
RPL_LOGGEDOUT = Numeric("901", "{mask} :You are now logged out")
ERR_NICKLOCKED = Numeric("902", ":You must use a nick assigned to you")
RPL_SASLSUCCESS = Numeric("903", ":SASL authentication successful")
ERR_SASLFAIL = Numeric("904", ":SASL authentication failed")
ERR_SASLTOOLONG = Numeric("905", ":SASL message too long")
ERR_SASLABORTED = Numeric("906", ":SASL authentication aborted")
ERR_SASLALREADY = Numeric("907", ":You have already authenticated using SASL")
RPL_SASLMECHS = Numeric("908", "{mechanisms} :are available SASL mechanisms")

NUMERICS: Mapping[str, Numeric] = {name: each for name, each in globals().items() if isinstance(each, Numeric)}
