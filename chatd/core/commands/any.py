"""Every command that there is."""

from chatd.core.commands import account, entrance, orders, places, site, talk

Any = (
    entrance.Introduce
    | entrance.Login
    | entrance.Register
    | entrance.Resume
    | entrance.Quit
    | entrance.Ping
    | entrance.Why
    | account.Claim
    | account.Passwd
    | account.Sessions
    | account.Logout
    | account.MakeToken
    | account.Tokens
    | account.RevokeToken
    | account.Set
    | account.Away
    | account.Ignore
    | account.Unignore
    | account.Export
    | account.Erase
    | places.Join
    | places.Leave
    | places.Look
    | places.Rooms
    | places.Names
    | places.Whois
    | places.Topic
    | places.Invite
    | places.RoomSet
    | places.RoomRole
    | talk.Say
    | talk.Msg
    | talk.Edit
    | talk.Delete
    | talk.History
    | talk.Search
    | talk.Unread
    | talk.Catchup
    | talk.Mark
    | orders.Kick
    | orders.Ban
    | orders.Mute
    | orders.Unban
    | orders.Unmute
    | orders.Bans
    | orders.Undo
    | site.Announce
    | site.AddAccount
    | site.Accounts
    | site.Suspend
    | site.Restore
    | site.GrantRole
    | site.ResetPassword
    | site.RenameAccount
    | site.MakeInvitation
    | site.Invitations
    | site.RevokeInvitation
    | site.PurgeRoom
    | site.Audit
    | site.Stats
    | site.Reload
    | site.Shutdown
)
