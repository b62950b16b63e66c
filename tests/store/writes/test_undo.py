"""What a moderator did by mistake is taken back within ten minutes, once, and without undoing what others did since."""

import pytest

from chatd.core.commands import Ban, Delete, Edit, Join, Kick, Mute, RoomRole, RoomSet, Say, Unban, Undo
from chatd.core.errors import NoSuchEntry, NotAllowed
from chatd.core.events import Joined, RoleChanged, Unbanned, Undeleted, UndoDone, Unmuted
from chatd.core.ports import OPERATOR
from chatd.store.housekeeping import Housekeeping
from chatd.testing import BEGINNING
from tests.store.doubles import (
    MINUTE,
    Town,
    done,
    found,
    join,
    lines,
    op,
    refused,
    require_true_index,
    say,
    write,
)


def roles(town: Town) -> dict[str, str]:
    """Who is what in the lobby."""
    return dict(
        town.rows(
            "SELECT accounts.name, memberships.role FROM memberships JOIN accounts ON accounts.id = account_id"
            " WHERE left_seq IS NULL AND room_id = 1"
        )
    )


def test_taking_back_a_kick(town: Town) -> None:
    """Whoever was kicked is in the room again, as what they were; what was said in between was not for them."""
    op(town, town.alice, town.bob, "voice")
    write(town, town.maude, Kick(room="lobby", target="bob"))
    town.events()
    town.clock.advance(1)
    assert write(town, town.maude, Undo()) == UndoDone(act="kick", target="bob", room="lobby")
    assert town.events() == [Joined(room="lobby", seq=7, who="bob", at=BEGINNING + 1000)]
    assert roles(town)["bob"] == "voice"
    assert town.audit()[-1] == ("maude", "undo", "bob", "lobby", "kick")
    assert town.rows("SELECT act FROM audit_log WHERE id = (SELECT undoes FROM audit_log WHERE act = 'undo')") == [
        ("kick",)
    ]


def test_taking_back_a_ban(town: Town) -> None:
    """It is lifted, and whoever it put out is in again."""
    write(town, town.maude, Ban(room="lobby", target="bob"))
    town.events()
    write(town, town.maude, Undo())
    assert town.events() == [
        Unbanned(room="lobby", seq=6, who="maude", at=BEGINNING, target="bob"),
        Joined(room="lobby", seq=7, who="bob", at=BEGINNING),
    ]
    assert town.rows("SELECT lifted_by FROM bans") == [("maude",)]
    assert say(town, town.bob, "lobby", "x").seq == 8


def test_taking_back_a_ban_of_a_stranger(town: Town) -> None:
    """It is lifted; whoever was not in is not put in."""
    write(town, town.maude, Ban(room="lobby", target="sam"))
    town.events()
    write(town, town.maude, Undo())
    assert [type(event) for event in town.events()] == [Unbanned]
    assert "sam" not in roles(town)


def test_taking_back_a_mute(town: Town) -> None:
    """It is lifted."""
    write(town, town.maude, Mute(room="lobby", target="bob"))
    town.events()
    write(town, town.maude, Undo())
    assert [type(event) for event in town.events()] == [Unmuted]
    assert say(town, town.bob, "lobby", "x").seq == 7


@pytest.mark.parametrize("order", [Ban, Mute])
@pytest.mark.parametrize("target", ["bob", "203.0.113.0/24"])
def test_taking_back_an_order_for_the_site(town: Town, order: type[Ban | Mute], target: str) -> None:
    """Of an account or of a network, it is lifted."""
    write(town, town.ada, order(target=target))
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="x"), address="203.0.113.1"), NotAllowed)
    assert write(town, town.ada, Undo()) == UndoDone(act=order.__name__.lower(), target=target, room="")
    write(town, town.bob, Say(room="lobby", text="x"), address="203.0.113.1")


def test_taking_back_a_deletion(town: Town) -> None:
    """The line is there again where it was, for everyone, and is found again."""
    say(town, town.bob, "lobby", "precious")
    write(town, town.maude, Delete(room="lobby", seq=5))
    assert lines(town, town.bob) == [""]
    town.events()
    write(town, town.maude, Undo())
    assert town.events() == [
        Undeleted(room="lobby", seq=7, who="maude", at=BEGINNING, of=5, author="bob", text="precious", of_at=BEGINNING)
    ]
    assert (lines(town, town.bob), found(town, town.bob, "precious")) == (["precious"], ["precious"])
    require_true_index(town.database)
    write(town, town.bob, Edit(room="lobby", text="changed"))
    assert '"text":"precious"' not in str(town.rows("SELECT body FROM messages")), "no event keeps what it was"


def test_not_twice(town: Town) -> None:
    """Each undo takes back the newest that is left, until nothing is."""
    write(town, town.maude, Mute(room="lobby", target="bob"))
    town.clock.advance(1)
    write(town, town.maude, Kick(room="lobby", target="bob"))
    acts = [getattr(write(town, town.maude, Undo()), "act", None) for _ in range(2)]
    assert acts == ["kick", "mute"]
    assert isinstance(refused(town, town.maude, Undo()), NoSuchEntry)


@pytest.mark.parametrize("order", [Kick(room="lobby", target="bob"), Delete(room="lobby", seq=5)])
def test_ten_minutes(town: Town, order: Kick | Delete) -> None:
    """To the millisecond; what was deleted is kept exactly as long."""
    say(town, town.bob, "lobby", "precious")
    for late in (False, True):
        write(town, town.maude, order)
        town.clock.advance(10 * MINUTE + late / 1000)
        done(Housekeeping(town.journal, town.now).clean())
        if late:
            assert isinstance(refused(town, town.maude, Undo()), NoSuchEntry)
        else:
            write(town, town.maude, Undo())


def test_only_ones_own(town: Town) -> None:
    """Nobody takes back what another one did; the operator's are his own."""
    write(town, town.maude, Mute(room="lobby", target="bob"))
    write(town, OPERATOR, Mute(room="lobby", target="maude"))
    assert isinstance(refused(town, town.alice, Undo()), NoSuchEntry)
    assert write(town, OPERATOR, Undo()) == UndoDone(act="mute", target="maude", room="lobby")
    assert isinstance(refused(town, OPERATOR, Undo()), NoSuchEntry)


def test_only_what_can_be_taken_back(town: Town) -> None:
    """Roles and settings are set anew, not undone; one's own lines stay deleted."""
    say(town, town.alice, "lobby", "mine")
    write(town, town.alice, Delete(room="lobby"))
    write(town, town.alice, RoomRole(room="lobby", name="bob", role="voice"))
    write(town, town.alice, RoomSet(room="lobby", name="slow", value="10s"))
    assert isinstance(refused(town, town.alice, Undo()), NoSuchEntry)


def test_whoever_has_lost_the_power_takes_nothing_back(town: Town) -> None:
    """Undoing needs what doing needed."""
    write(town, town.maude, Ban(room="lobby", target="bob"))
    op(town, town.alice, town.maude, "member")
    assert isinstance(refused(town, town.maude, Undo()), NotAllowed)
    write(town, town.ada, Ban(target="bob"))
    write(town, OPERATOR, Ban(target="ada"))
    assert isinstance(refused(town, town.ada, Undo()), NotAllowed)


def test_a_ban_that_another_one_set_since_stays(town: Town) -> None:
    """Taking back one's own ban neither lifts nor gets round the one that replaced it."""
    write(town, town.maude, Ban(room="lobby", target="bob"))
    write(town, town.alice, Ban(room="lobby", target="bob", ms=0))
    assert isinstance(refused(town, town.maude, Undo()), NoSuchEntry)
    assert isinstance(refused(town, town.bob, Join(room="lobby")), NotAllowed)


def test_a_ban_that_was_lifted_since(town: Town) -> None:
    """It is not lifted twice, and nobody is put into a room by that."""
    write(town, town.maude, Ban(room="lobby", target="bob"))
    write(town, town.alice, Unban(room="lobby", target="bob"))
    assert isinstance(refused(town, town.maude, Undo()), NoSuchEntry)
    assert "bob" not in roles(town)


@pytest.mark.parametrize("room", ["lobby", None])
def test_taking_back_a_kick_does_not_get_round_a_ban(town: Town, room: str | None) -> None:
    """Whoever was banned by somebody else since, from the room or the site, stays out."""
    write(town, town.maude, Kick(room="lobby", target="bob"))
    write(town, town.ada, Ban(room=room, target="bob"))
    write(town, town.maude, Undo())
    assert "bob" not in roles(town)


def test_whoever_came_back_alone_is_not_put_in_twice(town: Town) -> None:
    """The undo is done, and there is nothing left to do."""
    write(town, town.maude, Kick(room="lobby", target="bob"))
    join(town, town.bob, "lobby")
    town.events()
    write(town, town.maude, Undo())
    assert town.events() == []


def test_whoever_came_back_alone_is_again_what_he_was(town: Town) -> None:
    """The undo gives the role in the room back, and the room hears of it."""
    op(town, town.alice, town.bob, "voice")
    write(town, town.maude, Kick(room="lobby", target="bob"))
    join(town, town.bob, "lobby")
    town.told.clear()
    write(town, town.maude, Undo())
    changed = RoleChanged(room="lobby", seq=8, who="maude", at=BEGINNING, target="bob", role="voice")
    assert [(news.event, news.target) for news in town.told] == [(changed, town.bob.id)]
    assert roles(town)["bob"] == "voice"


@pytest.mark.parametrize("role", ["moderator", "owner"])
def test_an_undo_deposes_nobody(town: Town, role: str) -> None:
    """Whom an owner has given more since keeps it: nobody loses by an undo what no moderator could take."""
    op(town, town.alice, town.bob, "voice")
    write(town, town.maude, Kick(room="lobby", target="bob"))
    join(town, town.bob, "lobby")
    op(town, town.alice, town.bob, role)
    town.events()
    write(town, town.maude, Undo())
    assert town.events() == []
    assert roles(town)["bob"] == role


@pytest.mark.parametrize("who", ["bob", None])
def test_a_line_that_is_back_is_its_authors(town: Town, who: str | None) -> None:
    """Whoever does not want to hear the author does not hear it again, whoever brought it back; the event says who."""
    say(town, town.bob, "lobby", "precious")
    if who is None:
        town.database.run("UPDATE messages SET account_id = NULL WHERE seq = 5")
    write(town, town.maude, Delete(room="lobby", seq=5))
    town.told.clear()
    write(town, town.maude, Undo())
    (news,) = town.told
    assert isinstance(news.event, Undeleted)
    assert (news.actor, news.event.who) == (town.bob.id if who else 0, "maude")
    assert town.rows("SELECT account_id, sender FROM messages WHERE seq = 7") == [(town.maude.id, "maude")]


def test_a_line_whose_text_is_gone_is_not_brought_back(town: Town) -> None:
    """An undo never shows an empty line in its place."""
    say(town, town.bob, "lobby", "precious")
    write(town, town.maude, Delete(room="lobby", seq=5))
    town.database.run("UPDATE messages SET body = '' WHERE seq = 5")
    assert isinstance(refused(town, town.maude, Undo()), NoSuchEntry)
    town.database.run("DELETE FROM messages WHERE seq = 5")
    assert isinstance(refused(town, town.maude, Undo()), NoSuchEntry)
