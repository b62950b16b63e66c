"""Which function writes which command."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from chatd.core import commands
from chatd.core.commands import Command
from chatd.store.writes import accounts, masks, metadata, orders, places, site, talk
from chatd.store.writes.writing import Outcome

WRITES: Mapping[type[Command], Callable[..., Outcome]] = MappingProxyType({
    commands.Say: talk.say,
    commands.Tag: talk.tag,
    commands.Edit: talk.edit,
    commands.Delete: talk.delete,
    commands.Mark: talk.mark,
    commands.Join: places.join,
    commands.Leave: places.leave,
    commands.Topic: places.topic,
    commands.Invite: places.invite,
    commands.RoomSet: places.room_set,
    commands.RoomRole: places.room_role,
    commands.RenameRoom: places.rename_room,
    commands.Metadata: metadata.metadata,
    commands.Kick: orders.kick,
    commands.Ban: orders.ban,
    commands.Mute: orders.mute,
    commands.Unban: orders.unban,
    commands.Unmute: orders.unmute,
    commands.Undo: orders.undo,
    commands.Mask: masks.mask,
    commands.Rename: accounts.rename,
    commands.Operate: accounts.operate,
    commands.Expel: site.expel,
    commands.Claim: accounts.claim,
    commands.Logout: accounts.logout,
    commands.RevokeToken: accounts.revoke_token,
    commands.Ignore: accounts.ignore,
    commands.Unignore: accounts.unignore,
    commands.Erase: accounts.erase,
    commands.AddAccount: accounts.add_account,
    commands.Suspend: accounts.suspend,
    commands.Restore: accounts.restore,
    commands.GrantRole: accounts.grant_role,
    commands.ResetPassword: accounts.reset_password,
    commands.RenameAccount: accounts.rename_account,
    commands.Announce: site.announce,
    commands.MakeInvitation: site.make_invitation,
    commands.RevokeInvitation: site.revoke_invitation,
    commands.PurgeRoom: site.purge_room,
    commands.Reload: site.reload,
    commands.Shutdown: site.shutdown,
})  # fmt: skip
