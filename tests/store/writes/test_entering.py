"""What is left of guests: nothing that holds anything up, after a crash as well, and in the end no room of theirs."""

import pytest

from chatd.core.commands import Ban, History, Ignore, Invite, Join, Kick, Mark, Say
from chatd.core.errors import NoSuchAccount
from chatd.core.ports import OPERATOR, Account, Entrance
from chatd.store.housekeeping import Housekeeping
from chatd.store.queries import accounts, upkeep
from chatd.store.writes.entering import AT_ONCE
from chatd.testing import BEGINNING, now
from tests.store.doubles import Town, done, found, history, join, lines, refused, say, unanswered, write


@pytest.fixture
def town() -> Town:
    """A world with people in it."""
    return Town()


def come(town: Town, name: str = "gale") -> Account:
    """A guest."""
    entrances: list[Entrance] = []
    entrance = done(town.accounts.come_as_guest(name, "192.0.2.1", "192.0.2.1", entrances.append))
    assert entrances == [entrance]
    return entrance.account


def go(town: Town, guest: Account) -> None:
    """The guest's connection ends."""
    town.accounts.depart(guest, {})


def names(town: Town, table: str = "rooms") -> list[str]:
    """What is called something."""
    return [row[0] for row in town.rows(f"SELECT name_key FROM {table} ORDER BY id")]


def test_guests_of_before_are_retired_at_the_start(town: Town) -> None:
    """A crash keeps no name, and no room of theirs; accounts stay as they are."""
    gale, gill = come(town, "gale"), come(town, "gill")
    join(town, gale, "den")
    join(town, gill, "lobby")
    done(town.accounts.retire_guests())
    assert names(town, "accounts")[-2:] == [f"guest:{gale.id}", f"guest:{gill.id}"]
    assert town.rows("SELECT count(*) FROM accounts WHERE status = 'active'") == [(5,)]
    assert names(town) == ["lobby"]
    assert come(town, "gale").id not in (gale.id, gill.id)


def test_a_guest_leaves_no_row_that_holds_anything_up(town: Town) -> None:
    """Markers, invitations, and who ignores whom are gone; orders against it hold no more."""
    gale = come(town)
    join(town, gale, "lobby")
    write(town, gale, Mark(room="lobby", seq=1))
    write(town, gale, Ignore(name="bob"))
    write(town, town.bob, Ignore(name="gale"))
    join(town, town.sam, "den")
    write(town, town.sam, Invite(room="den", name="gale"))
    write(town, town.alice, Ban(room="lobby", target="gale"))
    go(town, gale)
    for table, column in (("read_markers", "account_id"), ("room_invitations", "account_id"), ("ignores", "target_id")):
        assert town.rows(f"SELECT * FROM {table} WHERE {column} = {gale.id}") == [], table
    assert town.rows("SELECT * FROM ignores") == []
    assert town.rows(f"SELECT lifted_by FROM bans WHERE account_id = {gale.id}") == [("chatd",)]
    assert town.rows(f"SELECT last_login_from, settings FROM accounts WHERE id = {gale.id}") == [(None, "{}")]


def test_what_guests_wrote_to_one_another_goes_with_them(town: Town) -> None:
    """What one wrote to an account is kept, and is in no list any more."""
    gale, gill = come(town, "gale"), come(town, "gill")
    write(town, gale, Say(room="@gill", text="between us"))
    write(town, gale, Say(room="@bob", text="hello bob"))
    go(town, gale)
    assert town.rows("SELECT body FROM messages WHERE kind = 'text'") == [("hello bob",)]
    assert town.rows("SELECT count(*) FROM rooms WHERE kind = 'direct'") == [(1,)]
    assert town.rows("SELECT count(*) FROM memberships WHERE left_seq IS NULL AND account_id = 2") == [(1,)]
    go(town, gill)


def test_what_a_guest_wrote_to_an_account_can_be_read(town: Town) -> None:
    """By the account alone: under the name of the guest, as long as nobody else has that; and it is found."""
    for text in ("first", "second"):
        gale = come(town, "Gale")
        write(town, gale, Say(room="@bob", text=text))
        write(town, gale, Say(room="@alice", text="for alice"))
        go(town, gale)
    assert lines(town, town.bob, "@gale") == ["second"], "each guest is another one"
    assert [event.room for event in history(town, town.bob, "@gale")] == ["@Gale"]
    assert found(town, town.bob, "second") == ["second"]
    assert found(town, town.bob, "first", room="@gale") == []
    assert isinstance(unanswered(town, town.sam, History(room="@gale")), NoSuchAccount)
    assert isinstance(refused(town, town.bob, Say(room="@gale", text="are you there?")), NoSuchAccount)
    other = come(town, "gale")
    assert lines(town, town.bob, "@gale") == [], "that is somebody else now"
    assert isinstance(unanswered(town, other, History(room="@storm")), NoSuchAccount)
    write(town, town.bob, Say(room="@gale", text="are you back?"))
    assert lines(town, other, "@bob") == lines(town, town.bob, "@gale") == ["are you back?"]
    go(town, other)
    assert lines(town, town.bob, "@gale") == ["are you back?"]


def test_a_room_where_much_was_said_goes_slice_by_slice(town: Town) -> None:
    """Its name is free at once; the rest is thrown away when there is time."""
    gale = come(town)
    join(town, gale, "den")
    for number in range(AT_ONCE + 3):
        say(town, gale, "den", f"line {number}")
    go(town, gale)
    assert names(town) == ["lobby", "gone:2"]
    assert town.rows("SELECT count(*) FROM messages WHERE room_id = 2") == [(4,)]
    join(town, town.bob, "den")
    assert done(Housekeeping(town.journal, town.now).clean()) == 4
    assert names(town) == ["lobby", "den"]


def test_a_room_of_guests_that_others_emptied_is_made_anew(town: Town) -> None:
    """Whoever comes after the last one was kicked is not a member of an empty room without an owner."""
    gale = come(town)
    join(town, gale, "den")
    write(town, OPERATOR, Kick(room="den", target="gale"))
    assert names(town) == ["lobby", "den"]
    write(town, town.sam, Join(room="den"))
    assert town.rows("SELECT account_id, role FROM memberships WHERE room_id = 2") == [(town.sam.id, "owner")]
    gone = come(town, "gill")
    join(town, gone, "attic")
    write(town, OPERATOR, Kick(room="attic", target="gill"))
    done(Housekeeping(town.journal, town.now).clean())
    assert names(town) == ["lobby", "den"]


def test_rooms_of_accounts_stay(town: Town) -> None:
    """Also where nobody is in them, and where only guests were left."""
    gale = come(town)
    join(town, town.sam, "den")
    join(town, gale, "den")
    write(town, OPERATOR, Kick(room="den", target="sam"))
    go(town, gale)
    done(Housekeeping(town.journal, town.now).clean())
    assert names(town) == ["lobby", "den"]


def test_housekeeping_keeps_what_guests_said(town: Town) -> None:
    """They are gone, and were not erased."""
    gale = come(town)
    join(town, gale, "lobby")
    say(town, gale, "lobby", "hello")
    go(town, gale)
    done(Housekeeping(town.journal, town.now).clean())
    assert town.rows("SELECT body, sender FROM messages WHERE kind = 'text'") == [("hello", "gale")]


def test_guests_are_no_accounts_where_accounts_are_counted(town: Town) -> None:
    """Nor are those that are gone in the list; those that are here are, as guests."""
    come(town, "gale")
    go(town, come(town, "gill"))
    listed = now(town.database.read(lambda cursor: accounts.accounts_listed(cursor, "", "", BEGINNING, 100)))
    assert [(row[1], row[3]) for row in listed] == [
        ("ada", "admin"), ("alice", "member"), ("bob", "member"), ("gale", "guest"), ("maude", "member"),
        ("sam", "member"),
    ]  # fmt: skip
    assert now(town.database.read(accounts.counts))[0] == 5
    assert now(town.database.read(upkeep.tally)).accounts == 5
