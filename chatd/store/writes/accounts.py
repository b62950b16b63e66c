"""Accounts: one's own, and those that one manages."""

from chatd.core import commands
from chatd.core.errors import BadName, LoginFailed, NoSuchEntry, NotAllowed, SessionEnded
from chatd.core.events import (
    AccountAdded,
    Claimed,
    Erased,
    GrantRoleDone,
    IgnoreDone,
    LogoutDone,
    NameDone,
    OperateDone,
    PasswordReset,
    Renamed,
    RenameDone,
    RestoreDone,
    RevokeTokenDone,
    SuspendDone,
    TopicChanged,
    UnignoreDone,
)
from chatd.core.names import account_name, guest_name
from chatd.core.permissions import Actor
from chatd.core.ports import OPERATOR, Expulsion, News
from chatd.store.queries import accounts, bans, identity, messages, rooms
from chatd.store.queries.accounts import AccountRow
from chatd.store.standing import is_muted
from chatd.store.writes.entering import require_free
from chatd.store.writes.places import go
from chatd.store.writes.site import EVERYWHERE
from chatd.store.writes.writing import (
    Outcome,
    Writing,
    account_named,
    allowed_here,
    audited,
    next_seq,
    recorded,
    require_no_guest,
)

ERASED_AT_ONCE = 500
POWERS = frozenset({"run-server", "ban-from-site", "moderate"})


def claim(writing: Writing, command: commands.Claim) -> Outcome:
    """Make the account the owner of the server, if the code is right and nobody is."""
    cursor, actor, at = writing.cursor, writing.actor, writing.at
    _require_account(writing)
    require_no_guest(writing)
    assert isinstance(writing.given, bytes)
    code = identity.invitation_by_hash(cursor, writing.given, at)
    if code is None or code.role != "owner" or accounts.count_role(cursor, "owner", at):
        raise NoSuchEntry("That is not the code, or this server has an owner already. The server's log shows the code.")
    identity.use_invitation(cursor, code.id)
    accounts.grant_role(cursor, actor.id, "owner", "the owner's code", at, None)
    audited(writing, "claim", actor.name)
    return Outcome(Claimed(role="owner"))


def rename(writing: Writing, command: commands.Rename) -> Outcome:
    """Let a guest be called otherwise."""
    cursor, actor, name = writing.cursor, writing.actor, guest_name(command.name)
    row = accounts.account_by_id(cursor, actor.id)
    if row is None or not row.guest or row.status != "active":
        raise NotAllowed("Only guests take another name.", rule="a logged-in account's name is its nick")
    if name.shown != row.name and is_muted(cursor, actor.id, writing.at, writing.mask):
        raise NotAllowed("You are muted, so nobody is told another name.", rule="a mute")
    require_free(cursor, name, actor.id)
    accounts.rename(cursor, actor.id, *name)
    answer = NameDone(name=name.shown)
    if name.shown == row.name:
        return Outcome(answer)
    return Outcome(answer, (News(Renamed(who=row.name, name=name.shown, at=writing.at), actor.id, EVERYWHERE),))


def operate(writing: Writing, command: commands.Operate) -> Outcome:
    """Lend the powers of an account that has proved itself to the session."""
    cursor, at = writing.cursor, writing.at
    account = account_named(writing, command.name)
    if not isinstance(writing.given, int) or not identity.is_password_of(cursor, account.id, writing.given):
        raise LoginFailed()
    role, _, status = accounts.role_of(cursor, account.id, at)
    if status != "active" or accounts.permissions_of(cursor, role).isdisjoint(POWERS):
        why = f"{account.name} is {role} of this server, and has no powers to lend."
        raise NotAllowed(why, rule="powers over the site come with a role")
    audited(writing, "operate", account.name)
    return Outcome(OperateDone(name=account.name, role=role))


def logout(writing: Writing, command: commands.Logout) -> Outcome:
    """Revoke session tokens: that of this session, with which end the others that have it, or all."""
    cursor, actor, at = writing.cursor, writing.actor, writing.at
    if command.which == "all":
        revoked = identity.revoke_tokens(cursor, actor.id, at, keep=writing.token_id)
        return Outcome(LogoutDone(sessions=0, tokens=revoked))
    token_id = writing.token_id
    if token_id is None or identity.revoke_token(cursor, actor.id, token_id, at) is None:
        return Outcome(LogoutDone(sessions=0, tokens=0))
    return Outcome(LogoutDone(sessions=0, tokens=1), ends=(_with_token(actor.id, token_id),))


def revoke_token(writing: Writing, command: commands.RevokeToken) -> Outcome:
    """Make a token worthless, and end the sessions that came with it, but the one that asks."""
    account_id, whose = writing.actor.id, ""
    if command.account is not None:
        account = account_named(writing, command.account)
        if account.id != writing.actor.id:
            allowed_here(writing, "manage-accounts", account)
            account_id, whose = account.id, account.name
    label = identity.revoke_token(writing.cursor, account_id, command.number, writing.at)
    if label is None:
        raise NoSuchEntry(f"There is no token {command.number}. /token list shows those that there are.")
    if whose:
        audited(writing, "revoke-token", whose, reason=label)
    ends = _with_token(account_id, command.number, writing.actor.name if whose else None)
    return Outcome(RevokeTokenDone(number=command.number, label=label), ends=(ends,))


def ignore(writing: Writing, command: commands.Ignore) -> Outcome:
    """Hear nothing more of an account."""
    assert command.name is not None, "asking is reading"
    _require_account(writing)
    target = account_named(writing, command.name)
    if target.id == writing.actor.id:
        raise NotAllowed("That is you. Nobody can ignore oneself.", rule="nobody acts against oneself")
    bans.add_ignore(writing.cursor, writing.actor.id, target.id)
    return Outcome(IgnoreDone(names=_ignored(writing)))


def unignore(writing: Writing, command: commands.Unignore) -> Outcome:
    """Hear an account again."""
    target = account_named(writing, command.name)
    bans.drop_ignore(writing.cursor, writing.actor.id, target.id)
    return Outcome(UnignoreDone(names=_ignored(writing)))


def erase(writing: Writing, command: commands.Erase) -> Outcome:
    """Give up the account: out of all rooms, nothing left that proves it, and what it said taken back."""
    cursor, actor, at = writing.cursor, writing.actor, writing.at
    require_no_guest(writing)
    account = account_named(writing, actor.key)
    _keep_an_owner(writing, account)
    news: list[News] = []
    for number, _, _, _, kind, _, _ in rooms.places(cursor, actor.id):
        room = rooms.room_by_id(cursor, number, actor.id)
        if room is not None and kind == "room":
            news.append(go(writing, room, actor.id, actor.name, "account erased"))
    news += [_blanked(writing, number) for number in rooms.with_topic_of(cursor, actor.name)]
    identity.revoke_invitations_of(cursor, actor.id, at)
    accounts.forget_account(cursor, actor.id)
    messages.wipe_lines_of(cursor, actor.id, actor.name, at, ERASED_AT_ONCE)
    messages.wipe_words_of(cursor, actor.id, ERASED_AT_ONCE)
    audited(writing, "erase", actor.name)
    ended = Expulsion(SessionEnded("This account is erased."), account=actor.id, keep=True)
    return Outcome(Erased(name=actor.name), tuple(news), (ended,))


def add_account(writing: Writing, command: commands.AddAccount) -> Outcome:
    """Make an account for somebody."""
    cursor, at = writing.cursor, writing.at
    allowed_here(writing, "manage-accounts")
    name = account_name(command.name)
    require_free(cursor, name)
    number = accounts.add_account(cursor, *name, at)
    _set_password(writing, number)
    audited(writing, "add-account", name.shown)
    return Outcome(AccountAdded(name=name.shown, password=None))


def suspend(writing: Writing, command: commands.Suspend) -> Outcome:
    """Let an account not log in any more, nor anybody with a code that it has made."""
    account = _managed(writing, command.name)
    if account.status == "suspended":
        raise NoSuchEntry(f"{account.name} is suspended already. /user restore {account.name} takes it back.")
    _keep_an_owner(writing, account)
    accounts.set_status(writing.cursor, account.id, "suspended")
    identity.revoke_invitations_of(writing.cursor, account.id, writing.at)
    audited(writing, "suspend", account.name, reason=command.reason)
    because = f": {command.reason}" if command.reason else ""
    ended = SessionEnded(f"This account is suspended{because}.", set_by=writing.actor.name)
    return Outcome(SuspendDone(name=account.name), ends=(Expulsion(ended, account=account.id),))


def restore(writing: Writing, command: commands.Restore) -> Outcome:
    """Let a suspended account log in again."""
    account = _managed(writing, command.name)
    if account.status != "suspended":
        raise NoSuchEntry(f"{account.name} is not suspended.")
    accounts.set_status(writing.cursor, account.id, "active")
    audited(writing, "restore", account.name)
    return Outcome(RestoreDone(name=account.name))


def grant_role(writing: Writing, command: commands.GrantRole) -> Outcome:
    """Give an account a role on the site. With a lower one it loses the codes that it has made."""
    cursor, at = writing.cursor, writing.at
    actor = allowed_here(writing, "grant-roles")
    account = account_named(writing, command.name)
    allowed_here(writing, "grant-roles", account)
    _require_lasting(account)
    rank = accounts.rank_of(cursor, command.role)
    _require_above(actor, command.role, rank)
    if command.role != "owner":
        _keep_an_owner(writing, account)
    _take_codes(writing, account, rank)
    until = at + command.ms if command.ms else None
    accounts.grant_role(cursor, account.id, command.role, writing.actor.name, at, until)
    audited(writing, "grant-role", account.name, reason=command.role)
    return Outcome(GrantRoleDone(name=account.name, role=command.role, until=until))


def reset_password(writing: Writing, command: commands.ResetPassword) -> Outcome:
    """Give an account another password, and let nothing else prove it any more."""
    account = _managed(writing, command.name)
    _set_password(writing, account.id)
    identity.revoke_tokens(writing.cursor, account.id, writing.at)
    audited(writing, "reset-password", account.name)
    ended = SessionEnded("The password of this account was reset.", set_by=writing.actor.name)
    answer = PasswordReset(name=account.name, password="")
    return Outcome(answer, ends=(Expulsion(ended, account=account.id),))


def rename_account(writing: Writing, command: commands.RenameAccount) -> Outcome:
    """Write a name in another way."""
    account = _managed(writing, command.name)
    shown = account_name(command.shown)
    if shown.key != account.key:
        raise BadName(f"{shown.shown} is another name than {account.name}; only its capitals can change.")
    accounts.set_name(writing.cursor, account.id, shown.shown)
    audited(writing, "rename-account", account.name, reason=shown.shown)
    return Outcome(RenameDone(name=shown.shown))


def _with_token(account_id: int, number: int, by: str | None = None) -> Expulsion:
    """The end of the sessions that have a token, but of the one that asks."""
    ended = SessionEnded("The token of this session was revoked.", set_by=by)
    return Expulsion(ended, account=account_id, keep=True, token=number)


def _blanked(writing: Writing, number: int) -> News:
    """Take back the topic of a room."""
    actor, at = writing.actor, writing.at
    room = rooms.room_by_id(writing.cursor, number, actor.id)
    assert room is not None, "its topic was found just now"
    rooms.set_topic(writing.cursor, number, "", actor.name, at)
    event = TopicChanged(room=room.name, seq=next_seq(writing, room), who=actor.name, at=at, topic="")
    return recorded(writing, event, room._replace(topic=""))


def _require_account(writing: Writing) -> None:
    """What belongs to an account is nothing for the operator, who has none."""
    if writing.actor.id == OPERATOR.id:
        raise NotAllowed("The operator has no account; log in to one for that.", rule="one's own account")


def _require_lasting(account: AccountRow) -> None:
    """What would outlast a guest cannot be done to one."""
    if account.guest:
        why = f"{account.name} is a guest: nothing of a guest outlasts its connection."
        raise NotAllowed(why, rule="guests have no account")


def _managed(writing: Writing, key: str) -> AccountRow:
    """An account that who asks manages and outranks."""
    allowed_here(writing, "manage-accounts")
    account = account_named(writing, key)
    allowed_here(writing, "manage-accounts", account)
    _require_lasting(account)
    return account


def _take_codes(writing: Writing, account: AccountRow, rank: int) -> None:
    """Let codes be worth nothing whose maker has a lower role from here on, or had lost the power by itself."""
    before = accounts.role_of(writing.cursor, account.id, writing.at)
    if rank < before[1] or "invite-to-site" not in accounts.permissions_of(writing.cursor, before[0]):
        identity.revoke_invitations_of(writing.cursor, account.id, writing.at)


def _set_password(writing: Writing, account_id: int) -> None:
    assert isinstance(writing.given, tuple), "the session has hashed the password"
    accounts.set_password(writing.cursor, account_id, *writing.given, writing.at)


def _require_above(actor: Actor, role: str, rank: int) -> None:
    if rank >= actor.rank:
        why = f"Nobody grants a role at or above the own, and yours is {actor.role}."
        raise NotAllowed(why, rule="roles below one's own")


def _keep_an_owner(writing: Writing, account: AccountRow) -> None:
    if account.status != "active":
        return
    role, _, _ = accounts.role_of(writing.cursor, account.id, writing.at)
    if role == "owner" and accounts.count_role(writing.cursor, "owner", writing.at) == 1:
        why = (
            f"{account.name} is the last owner of this server. Make another owner first: chatctl user role NAME owner."
        )
        raise NotAllowed(why, rule="the last owner stays")


def _ignored(writing: Writing) -> tuple[str, ...]:
    return tuple(name for _, name in bans.ignores(writing.cursor, writing.actor.id))
