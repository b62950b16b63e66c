"""
What a peer may ask: one frozen value per command, named in the imperative.

These types are the JSON dialect's grammar: the tag is the word after C{"do"}, the fields are the object's keys.
The other dialects translate into them. Text and names are as typed here; the session checks them.
"""

from chatd.core.commands.account import (
    AddCertificate,
    Away,
    Claim,
    Depose,
    Erase,
    Export,
    Ignore,
    Logout,
    MakeToken,
    Operate,
    Passwd,
    Profile,
    Rename,
    RevokeToken,
    Sessions,
    Set,
    Tokens,
    Unignore,
)
from chatd.core.commands.any import Any
from chatd.core.commands.command import Cid, Command, Number, Page, Recent, Secret, Seq, Span, Word
from chatd.core.commands.entrance import Guest, Introduce, Login, Ping, Quit, Register, Resume, Switch, Vouch, Why
from chatd.core.commands.orders import (
    Ban,
    Bans,
    Expel,
    Kick,
    Mask,
    MaskList,
    Masks,
    Mute,
    Order,
    Sentence,
    Unban,
    Undo,
    Unmute,
)
from chatd.core.commands.places import (
    Invite,
    Join,
    Leave,
    Look,
    Metadata,
    Names,
    Peek,
    RenameRoom,
    RoomRole,
    Rooms,
    RoomSet,
    Topic,
    Whois,
)
from chatd.core.commands.site import (
    Accounts,
    AddAccount,
    Announce,
    Audit,
    GrantRole,
    Invitations,
    MakeInvitation,
    PurgeRoom,
    Reload,
    RenameAccount,
    ResetPassword,
    Restore,
    RevokeInvitation,
    Role,
    Shutdown,
    Stats,
    Suspend,
)
from chatd.core.commands.talk import Catchup, Delete, Edit, History, Mark, Msg, Relay, Say, Search, Tag, Targets, Unread
