"""
The dialect of IRC clients: Modern IRC (modern.ircdocs.horse), RFC 1459 and 2812 where that is silent, and IRCv3.

L{chatd.dialects.irc.message} is the grammar; L{chatd.dialects.irc.dialect} the conversation; C{verbs} has what
clients ask, C{hearing} what they are told of.
"""
