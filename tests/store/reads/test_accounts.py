"""One's own account is shown in all detail, others as one may know them, and what was done with power to the staff."""

from typing import Any

import pytest

from chatd.core import commands
from chatd.core.commands import (
    Accounts,
    Audit,
    Ban,
    Delete,
    Erase,
    Export,
    Ignore,
    Invitations,
    Kick,
    Leave,
    Mute,
    RenameAccount,
    Stats,
    Suspend,
    Tokens,
    Undo,
    Whois,
)
from chatd.core.errors import NoSuchAccount, NotAllowed
from chatd.core.ports import OPERATOR, Account
from chatd.testing import BEGINNING
from tests.store.doubles import DAY, Town, ask, done, grant, join, say, set_room, unanswered, write


def exported(town: Town, who: Account) -> list[list[dict[str, Any]]]:
    """All parts of what is kept of somebody."""
    parts, after = [], 0
    while True:
        answer = ask(town, who, Export(after=after))
        parts.append(list(answer.records))
        if answer.next is None:
            return parts
        after = answer.next


# Others


def test_who_is_who(town: Town) -> None:
    """Role, since when, and the rooms that one shares; no others."""
    join(town, town.bob, "den")
    town.clock.advance(5)
    answer = ask(town, town.alice, Whois(name="bob"))
    assert (answer.name, answer.since, answer.seen, answer.rooms, answer.role) == (
        "bob", BEGINNING, None, ("lobby",), "member",
    )  # fmt: skip
    assert ask(town, town.sam, Whois(name="ada")).role == "admin"
    assert ask(town, town.sam, Whois(name="bob")).rooms == ()
    write(town, town.bob, Erase(password=""))
    for name in ("bob", "zoe"):
        assert isinstance(unanswered(town, town.alice, Whois(name=name)), NoSuchAccount)


def test_a_role_that_has_ended_is_not_shown(town: Town) -> None:
    """Neither to people nor in the list."""
    grant(town, town.bob, "moderator", 60)
    assert ask(town, town.sam, Whois(name="bob")).role == "moderator"
    town.clock.advance(60)
    assert ask(town, town.sam, Whois(name="bob")).role == "member"
    assert [each.role for each in ask(town, town.ada, Accounts(pattern="bob")).accounts] == ["member"]


@pytest.mark.parametrize("command", [Accounts(), Invitations(), Audit(), Stats(), Tokens(account="alice")], ids=str)
def test_what_the_staff_may_ask(town: Town, command: Any) -> None:
    """Nobody else, not even a room's owner; one's own tokens by one's own name, though."""
    if command == Tokens(account="alice"):
        assert ask(town, town.alice, command).tokens == ()
    else:
        assert isinstance(unanswered(town, town.alice, command), NotAllowed)
    assert isinstance(unanswered(town, town.bob, command), NotAllowed)
    ask(town, town.ada, command)
    ask(town, OPERATOR, command)


def test_accounts_by_name(town: Town) -> None:
    """All, or those whose name holds a part; a hundred at a time."""
    write(town, town.ada, Suspend(name="sam"))
    answer = ask(town, town.ada, Accounts())
    assert [(each.name, each.status, each.role) for each in answer.accounts] == [
        ("ada", "active", "admin"), ("alice", "active", "member"), ("bob", "active", "member"),
        ("maude", "active", "member"), ("sam", "suspended", "member"),
    ]  # fmt: skip
    assert [each.name for each in ask(town, town.ada, Accounts(pattern="MA")).accounts] == ["maude"]
    assert ask(town, town.ada, Accounts(pattern="%")).accounts == ()
    for number in range(200):
        town.database.run(
            "INSERT INTO accounts (name, name_key, skeleton, created_at)"
            f" VALUES ('n{number:03}', 'n{number:03}', 's{number}', 1)"
        )
    names: list[str] = []
    more = True
    while more:
        answer = ask(town, town.ada, Accounts(after=names[-1] if names else ""))
        names += [each.name for each in answer.accounts]
        more = answer.more
    assert len(names) == len(set(names)) == 205
    assert names == sorted(names)


def test_how_much_there_is(town: Town) -> None:
    """Accounts that are there, rooms, and all that happened in them."""
    write(town, town.bob, Erase(password=""))
    assert ask(town, town.ada, Stats()).stats == {"accounts": 4, "rooms": 1, "events": 5}


def test_tokens(town: Town) -> None:
    """Those that are worth something, last used first; never the secret."""
    for label in ("phone", "bot"):
        done(town.accounts.add_token(town.bob.id, label.encode(), label, "192.0.2.1"))
        town.clock.advance(1)
    assert [(token.label, token.kind, token.used_from) for token in ask(town, town.bob, Tokens()).tokens] == [
        ("bot", "app", "192.0.2.1"), ("phone", "app", "192.0.2.1"),
    ]  # fmt: skip
    town.clock.advance(31 * DAY)
    assert ask(town, town.bob, Tokens()).tokens == ()


def test_whom_one_ignores(town: Town) -> None:
    """By name."""
    for name in ("maude", "alice"):
        write(town, town.bob, Ignore(name=name))
    assert ask(town, town.bob, Ignore()).names == ("alice", "maude")


# The audit log


def test_the_audit_log(town: Town) -> None:
    """Newest first: all, or by or against somebody, or in a room; since a time."""
    write(town, town.maude, Kick(room="lobby", target="bob", reason="spam"), address="192.0.2.7")
    town.clock.advance(60)
    write(town, town.ada, Mute(target="maude"))
    write(town, town.maude, Undo())

    def acts(**asked: Any) -> list[str]:
        return [f"{entry.actor} {entry.act} {entry.target}" for entry in ask(town, town.ada, Audit(**asked)).entries]

    assert acts()[:3] == ["maude undo bob", "ada mute maude", "maude kick bob"]
    assert acts(about="bob") == ["maude undo bob", "maude kick bob"]
    assert acts(about="maude", since=BEGINNING + 1) == ["maude undo bob", "ada mute maude"]
    assert acts(about="#lobby", ago=0) == ["maude undo bob"]
    assert acts(about="#nowhere") == acts(about="zoe") == []
    kick = ask(town, town.ada, Audit(about="bob")).entries[-1]
    assert (kick.at, kick.address, kick.room, kick.reason) == (BEGINNING, "192.0.2.7", "lobby", "spam")


def test_the_audit_log_about_any_name(town: Town) -> None:
    """Also one whose capitals are not ASCII, and one that was written otherwise then."""
    town.account("\u00c4rger")
    join(town, town.alice, "\u00d6l")
    write(town, town.ada, Mute(target="\u00e4rger"))
    set_room(town, town.alice, "slow", "1s", room="\u00f6l")
    assert [entry.act for entry in ask(town, town.ada, Audit(about="\u00e4rger")).entries] == ["mute"]
    assert [entry.act for entry in ask(town, town.ada, Audit(about="#\u00f6l")).entries] == ["room-set"]
    write(town, town.ada, Mute(target="bob"))
    write(town, town.ada, RenameAccount(name="bob", shown="BOB"))
    assert [entry.act for entry in ask(town, town.ada, Audit(about="bob")).entries] == ["rename-account", "mute"]


def test_pages_of_the_audit_log(town: Town) -> None:
    """A hundred at a time, each before the last of the page before."""
    for _ in range(150):
        write(town, town.maude, Mute(room="lobby", target="bob"))
    first = ask(town, town.ada, Audit(about="bob"))
    second = ask(town, town.ada, Audit(about="bob", before=first.entries[-1].number))
    assert (len(first.entries), first.more, len(second.entries), second.more) == (100, True, 50, False)
    numbers = [entry.number for entry in (*first.entries, *second.entries)]
    assert numbers == sorted(set(numbers), reverse=True)


def test_who_reads_the_audit_log(town: Town) -> None:
    """Moderators of the site do."""
    grant(town, town.bob, "moderator")
    assert ask(town, town.bob, Audit()).entries


# What is kept of oneself


def test_an_export(town: Town) -> None:
    """The account, where it is a member, its tokens, whom it ignores; then its lines, wherever they were said."""
    join(town, town.bob, "den")
    say(town, town.bob, "lobby", "one")
    say(town, town.bob, "@alice", "two")
    say(town, town.bob, "den", "gone")
    write(town, town.bob, Delete(room="den"))
    say(town, town.alice, "lobby", "not bob's")
    write(town, town.bob, Ignore(name="maude"))
    done(town.accounts.add_token(town.bob.id, b"secret", "phone", ""))
    write(town, town.bob, Leave(room="lobby"))
    ((account, *records),) = exported(town, town.bob)
    assert (account["kind"], account["name"], account["created_at"], account["role"]) == (
        "account", "bob", BEGINNING, "member",
    )  # fmt: skip
    assert sorted(record["room"] for record in records if record["kind"] == "membership") == ["@alice", "den"]
    assert [record for record in records if record["kind"] == "line"] == [
        {"kind": "line", "room": "lobby", "seq": 5, "at": BEGINNING, "text": "one", "as": "text"},
        {"kind": "line", "room": "@alice", "seq": 1, "at": BEGINNING, "text": "two", "as": "text"},
    ]
    assert [record["label"] for record in records if record["kind"] == "token"] == ["phone"]
    assert [record["name"] for record in records if record["kind"] == "ignored"] == ["maude"]
    assert "secret" not in str(records)


def test_what_programs_are_told_is_in_an_export(town: Town) -> None:
    """What one has said of oneself, and beside one's lines."""
    write(town, town.bob, commands.Metadata(target="@bob", act="set", key="pronouns", value="he"))
    write(town, town.bob, commands.Say(room="lobby", text="x", kind="notice", tags={"+a": "b"}))
    ((_, *records),) = exported(town, town.bob)
    assert {"kind": "metadata", "key": "pronouns", "value": "he"} in records
    assert records[-1]["tags"] == {"+a": "b"}
    assert records[-1]["as"] == "notice"


@pytest.mark.parametrize(("count", "size"), [(1, 5), (99, 5), (100, 5), (101, 5), (250, 5), (130, 2000), (31, 2000)])
def test_parts_of_an_export_fit_together(town: Town, count: int, size: int) -> None:
    """Each is small enough for one answer, no line is missing or twice, and the account comes once."""
    town.database.run(
        "INSERT INTO messages (room_id, seq, account_id, sender, kind, body, at_ms) WITH RECURSIVE n(i) AS"
        f" (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        f" SELECT 1, i + 4, {town.bob.id}, 'bob', 'text', printf('%0{size}d', i), 1 FROM n"
    )
    parts = exported(town, town.bob)
    records = [record for part in parts for record in part]
    assert [record["kind"] for record in records].count("account") == 1
    assert [int(record["text"]) for record in records if record["kind"] == "line"] == list(range(1, count + 1))
    for part in parts:
        assert sum(len(str(record)) for record in part) < 64 * 1024


def test_an_export_is_the_askers(town: Town) -> None:
    """Nobody's but one's own; of the operator there is nothing, and a banned account has its data too."""
    say(town, town.alice, "lobby", "hers")
    assert not [record for record in exported(town, town.bob)[0] if record["kind"] == "line"]
    assert exported(town, OPERATOR) == [[]]
    write(town, town.ada, Ban(target="alice"))
    assert [record["text"] for record in exported(town, town.alice)[0] if record["kind"] == "line"] == ["hers"]
