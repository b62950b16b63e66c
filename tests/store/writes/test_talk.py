"""Lines are said where one may speak, corrected and taken back by those who may, for as long as they may."""

import pytest

from chatd.core.commands import (
    Announce,
    Ban,
    Command,
    Delete,
    Edit,
    Invite,
    Join,
    Kick,
    Leave,
    Mark,
    Mute,
    PurgeRoom,
    Say,
    Tag,
    Topic,
    Undo,
)
from chatd.core.errors import (
    NoSuchLine,
    NotAllowed,
    NotInRoom,
)
from chatd.core.events import Deleted, DeleteDone, EditDone, Edited, MarkDone, Marked, Said, TagDone, Tagged
from chatd.core.ports import OPERATOR
from chatd.store.queries import markers
from chatd.store.queries.transactions import Cursor
from chatd.store.writes.talk import CHANGEABLE
from chatd.testing import BEGINNING, now
from tests.store.doubles import (
    MINUTE,
    Town,
    done,
    found,
    grant,
    history,
    join,
    lines,
    op,
    refused,
    require_true_index,
    say,
    set_room,
    write,
)


def kept(town: Town) -> list[tuple[int, str, str]]:
    """Room, sender and text of all that was said."""
    return town.rows("SELECT room_id, sender, body FROM messages WHERE kind <> 'event' ORDER BY id")


# Corrections


def test_a_correction(town: Town) -> None:
    """Everyone hears how the line reads now; history shows that it was corrected, and not how it read before."""
    say(town, town.bob, "lobby", "teh tea")
    town.events()
    town.clock.advance(1)
    assert write(town, town.bob, Edit(room="lobby", text="the tea")) == EditDone(room="lobby", seq=6, of=5)
    edited = Edited(room="lobby", seq=6, who="bob", at=BEGINNING + 1000, of=5, text="the tea", of_at=BEGINNING)
    assert town.events() == [edited]
    assert history(town, town.alice)[4:] == [
        Said(room="lobby", seq=5, who="bob", at=BEGINNING, text="the tea", edited_at=BEGINNING + 1000),
        edited,
    ]
    assert "teh" not in str(town.rows("SELECT * FROM messages"))
    assert (found(town, town.alice, "teh"), found(town, town.alice, "the")) == ([], ["the tea"])
    require_true_index(town.database)


def test_the_line_that_is_meant(town: Town) -> None:
    """The one of a number, or one's own last one that is not deleted; and corrections of corrections."""
    for text in ("one", "two", "three"):
        say(town, town.bob, "lobby", text)
    say(town, town.alice, "lobby", "hers")
    write(town, town.bob, Edit(room="lobby", text="ONE", seq=5))
    write(town, town.bob, Delete(room="lobby"))
    write(town, town.bob, Edit(room="lobby", text="TWO"))
    write(town, town.bob, Edit(room="lobby", text="TWO!"))
    assert lines(town, town.alice) == ["ONE", "TWO!", "", "hers"]
    shown = [event.text for event in history(town, town.alice) if isinstance(event, Edited)]
    assert shown == ["ONE", "TWO!", "TWO!"], "each tells how the line reads now"
    require_true_index(town.database)


@pytest.mark.parametrize("seq", [4, 6, 99])
def test_only_lines_are_changed(town: Town, seq: int) -> None:
    """Neither an event, nor what is deleted, nor what is not there."""
    say(town, town.bob, "lobby", "kept")
    say(town, town.bob, "lobby", "gone")
    write(town, town.bob, Delete(room="lobby", seq=6))
    assert isinstance(refused(town, town.bob, Edit(room="lobby", text="x", seq=seq)), NoSuchLine)
    assert isinstance(refused(town, town.maude, Delete(room="lobby", seq=seq)), NoSuchLine)


def test_nobody_has_said_anything(town: Town) -> None:
    """Nothing to correct, in a room or in a conversation that has not begun."""
    for room in ("lobby", "@alice", "@nobody"):
        assert isinstance(refused(town, town.bob, Edit(room=room, text="x")), NoSuchLine)
        assert isinstance(refused(town, town.bob, Delete(room=room)), NoSuchLine)


def test_one_corrects_ones_own_lines_only(town: Town) -> None:
    """A moderator deletes the lines of others, but puts no words into their mouths."""
    say(town, town.bob, "lobby", "mine")
    for person in (town.alice, town.maude):
        assert refused(town, person, Edit(room="lobby", text="x", seq=5)).rule == "one's own lines"


def test_fifteen_minutes(town: Town) -> None:
    """Up to then a line of one's own is changed, and not a millisecond longer."""
    assert CHANGEABLE == 15 * MINUTE * 1000
    say(town, town.bob, "lobby", "one")
    town.clock.advance(15 * MINUTE)
    write(town, town.bob, Edit(room="lobby", text="two"))
    town.clock.advance(0.001)
    for command in (Edit(room="lobby", text="three"), Delete(room="lobby")):
        assert refused(town, town.bob, command).rule == "15 minutes to change a line"
    write(town, town.maude, Delete(room="lobby", seq=5))


def test_corrections_are_speech(town: Town) -> None:
    """Whoever may not speak any more may not correct either; whoever has gone neither."""
    say(town, town.bob, "lobby", "one")
    set_room(town, town.alice, "moderated", "on")
    assert refused(town, town.bob, Edit(room="lobby", text="x")).rule == "the room is moderated"
    write(town, town.bob, Leave(room="lobby"))
    for command in (Edit(room="lobby", text="x"), Delete(room="lobby")):
        assert isinstance(refused(town, town.bob, command), NotInRoom)


# Deletions


def test_taking_a_line_back(town: Town) -> None:
    """Everyone hears it; history keeps the place of the line, and nobody reads or finds it again."""
    say(town, town.bob, "lobby", "secret")
    town.events()
    assert write(town, town.bob, Delete(room="lobby", reason="oops")) == DeleteDone(room="lobby", seq=6, of=5)
    deleted = Deleted(room="lobby", seq=6, who="bob", at=BEGINNING, of=5, author="bob", reason="oops", of_at=BEGINNING)
    assert town.events() == [deleted]
    assert history(town, town.alice)[4:] == [
        Said(room="lobby", seq=5, who="bob", at=BEGINNING, text="", deleted_by="bob"),
        deleted,
    ]
    assert found(town, town.bob, "secret") == []
    require_true_index(town.database)
    assert town.audit() == [], "one's own lines are no act of power"


def test_nothing_tells_what_a_deleted_line_said(town: Town) -> None:
    """Neither do the events of its corrections, told before or read after."""
    say(town, town.bob, "lobby", "secret one")
    write(town, town.bob, Edit(room="lobby", text="secret two"))
    write(town, town.bob, Delete(room="lobby"))
    assert "secret" not in str(history(town, town.alice))
    assert "secret" not in str(town.rows("SELECT body FROM messages WHERE kind = 'event'"))


def test_a_moderator_takes_back_the_lines_of_others(town: Town) -> None:
    """By number or the last one of somebody, however old; it is on record."""
    for text in ("one", "two"):
        say(town, town.bob, "lobby", text)
    town.clock.advance(60 * MINUTE)
    write(town, town.maude, Delete(room="lobby", name="bob", reason="spam"))
    write(town, town.maude, Delete(room="lobby", seq=5))
    assert lines(town, town.alice) == ["", ""]
    assert [event.deleted_by for event in history(town, town.bob) if isinstance(event, Said)] == ["maude"] * 2
    assert town.audit() == [("maude", "delete", "bob", "lobby", reason) for reason in ("spam", "")]


def test_who_takes_back_whose_lines(town: Town) -> None:
    """No member another one's, no moderator the owner's; an admin, who outranks them, from outside, too."""
    say(town, town.alice, "lobby", "one")
    say(town, town.alice, "lobby", "two")
    for person in (town.bob, town.maude):
        assert isinstance(refused(town, person, Delete(room="lobby", seq=5)), NotAllowed)
    assert isinstance(refused(town, town.sam, Delete(room="lobby", seq=5)), NotInRoom)
    write(town, town.ada, Delete(room="lobby", seq=5))
    set_room(town, town.alice, "history", "since_join")
    write(town, town.ada, Delete(room="lobby", name="alice"))
    set_room(town, town.alice, "access", "invite")
    assert isinstance(refused(town, town.ada, Delete(room="lobby", seq=5)), NotInRoom), "which it does not see"


def test_the_line_of_nobody(town: Town) -> None:
    """Lines that were imported have no account; moderators take them back."""
    town.database.run(
        "INSERT INTO messages (room_id, seq, sender, kind, body, at_ms) VALUES (1, 5, 'old', 'text', 'x', 1)"
    )
    town.database.run("UPDATE rooms SET last_seq = 5 WHERE id = 1")
    assert isinstance(refused(town, town.bob, Delete(room="lobby", seq=5)), NotAllowed)
    write(town, town.maude, Delete(room="lobby", seq=5))
    assert town.audit() == [("maude", "delete", "old", "lobby", "")]


def test_in_a_conversation(town: Town) -> None:
    """Each changes the own lines, nobody the other's, and each hears it under the other's name."""
    say(town, town.alice, "@bob", "teh")
    town.events()
    write(town, town.alice, Edit(room="@bob", text="the"))
    assert sorted((event.room, event.text) for event in town.events()) == [("@alice", "the"), ("@bob", "the")]
    grant(town, town.bob, "owner")
    assert isinstance(refused(town, town.bob, Edit(room="@alice", text="x", seq=1)), NotAllowed)
    assert isinstance(refused(town, town.bob, Delete(room="@alice", seq=1)), NotAllowed)
    assert write(town, town.alice, Delete(room="@bob")) == DeleteDone(room="@bob", seq=3, of=1)
    assert lines(town, town.bob, "@alice") == [""]
    require_true_index(town.database)


def test_the_muted_correct_nothing_in_conversations_either(town: Town) -> None:
    """Where the mute is the site's."""
    say(town, town.bob, "@alice", "x")
    write(town, town.ada, Mute(target="bob"))
    assert isinstance(refused(town, town.bob, Edit(room="@alice", text="y")), NotAllowed)


def test_the_index_follows_a_room_that_is_purged(town: Town) -> None:
    """What is thrown away is not found, whether it was deleted, corrected or neither."""
    for text in ("one tea", "two teas", "three tea"):
        say(town, town.bob, "lobby", text)
    write(town, town.bob, Delete(room="lobby"))
    write(town, town.bob, Edit(room="lobby", text="two tea"))
    say(town, town.bob, "@alice", "four tea")
    write(town, OPERATOR, PurgeRoom(room="lobby", before=BEGINNING))
    assert found(town, town.bob, "tea") == ["four tea"]
    require_true_index(town.database)


# Slow mode


def test_slow_mode(town: Town) -> None:
    """So long between two lines of one person; it says until when, and moderators need not wait."""
    set_room(town, town.alice, "slow", "30s")
    say(town, town.bob, "lobby", "one")
    town.clock.advance(29.999)
    assert refused(town, town.bob, Say(room="lobby", text="two")).until == BEGINNING + 30_000
    for person in (town.alice, town.maude, town.maude):
        say(town, person, "lobby", "at once")
    town.clock.advance(0.001)
    say(town, town.bob, "lobby", "two")
    set_room(town, town.alice, "slow", "off")
    say(town, town.bob, "lobby", "three")


def test_slow_mode_counts_the_rooms_own_lines(town: Town) -> None:
    """What was said elsewhere does not matter, nor does coming in."""
    set_room(town, town.alice, "slow", "30s")
    say(town, town.bob, "@alice", "x")
    join(town, town.sam, "lobby")
    say(town, town.sam, "lobby", "one")
    say(town, town.bob, "lobby", "one")


def test_slow_mode_is_not_evaded_by_deleting(town: Town) -> None:
    """A line that was taken back was said all the same; correcting it is no new line."""
    set_room(town, town.alice, "slow", "30s")
    say(town, town.bob, "lobby", "one")
    write(town, town.bob, Edit(room="lobby", text="won"))
    write(town, town.bob, Delete(room="lobby"))
    assert refused(town, town.bob, Say(room="lobby", text="two")).rule == "the room's slow mode"


def test_slow_mode_is_not_evaded_by_coming_back(town: Town) -> None:
    """However one went, and however often; what was said when the room was not slow does not matter."""
    join(town, town.sam, "lobby")
    say(town, town.sam, "lobby", "before")
    set_room(town, town.alice, "slow", "30s")
    say(town, town.bob, "lobby", "one")
    for _ in range(2):
        write(town, town.bob, Leave(room="lobby"))
        join(town, town.bob, "lobby")
        assert refused(town, town.bob, Say(room="lobby", text="two")).until == BEGINNING + 30_000
    write(town, town.maude, Kick(room="lobby", target="bob"))
    write(town, town.maude, Undo())
    assert refused(town, town.bob, Say(room="lobby", text="two")).until == BEGINNING + 30_000
    say(town, town.sam, "lobby", "one")
    town.clock.advance(30)
    say(town, town.bob, "lobby", "two")


def test_slow_mode_is_not_evaded_by_a_purge(town: Town) -> None:
    """The line is gone, but it was said."""
    set_room(town, town.alice, "slow", "30s")
    say(town, town.bob, "lobby", "one")
    write(town, OPERATOR, PurgeRoom(room="lobby", before=town.now()))
    assert refused(town, town.bob, Say(room="lobby", text="two")).rule == "the room's slow mode"


# Where one reads what was said since one came


def test_what_one_may_not_read_is_no_line(town: Town) -> None:
    """Neither changed nor taken back, by a moderator or its author, and not told from what is not there."""
    set_room(town, town.alice, "history", "since_join")
    say(town, town.bob, "lobby", "before")
    op(town, town.alice, town.bob, "moderator")
    write(town, town.bob, Leave(room="lobby"))
    say(town, town.alice, "lobby", "between")
    join(town, town.sam, "lobby")
    op(town, town.alice, town.sam, "moderator")
    say(town, town.maude, "lobby", "after")
    join(town, town.bob, "lobby")
    assert [seq for seq, _, text in numbered(town) if text] == [6, 9, 12]
    for seq in (6, 9, 99):
        for command in (Delete(room="lobby", seq=seq), Edit(room="lobby", text="x", seq=seq)):
            assert str(refused(town, town.sam, command)) == str(refused(town, town.sam, Delete(room="lobby", seq=98)))
    assert isinstance(refused(town, town.sam, Delete(room="lobby", name="bob")), NoSuchLine)
    assert isinstance(refused(town, town.bob, Delete(room="lobby", seq=9)), NoSuchLine)
    write(town, town.bob, Edit(room="lobby", text="in a stay before", seq=6))
    set_room(town, town.alice, "history", "members")
    write(town, town.sam, Delete(room="lobby", seq=6))


def numbered(town: Town) -> list[tuple[int, str, str]]:
    """Number, sender and text of all that was said."""
    return town.rows("SELECT seq, sender, body FROM messages WHERE kind <> 'event' ORDER BY seq")


# Accounts that are no more


INACTIVE: list[Command] = [
    Say(room="lobby", text="x"), Say(room="@alice", text="x"), Edit(room="lobby", text="x"), Delete(room="lobby"),
    Leave(room="lobby"), Join(room="den"), Join(room="dev"), Topic(room="lobby", text="x"), Announce(text="x"),
    Invite(room="lobby", name="sam"), Kick(room="lobby", target="maude"), Ban(target="sam"), PurgeRoom(room="lobby"),
]  # fmt: skip


@pytest.mark.parametrize("status", ["suspended", "deleted"])
@pytest.mark.parametrize("command", INACTIVE, ids=str)
def test_an_account_that_is_not_active_does_nothing(town: Town, status: str, command: Command) -> None:
    """What it has asked for before and what comes now, whatever its roles; and it is asked at once, too."""
    join(town, town.alice, "dev")
    grant(town, town.bob, "owner")
    say(town, town.bob, "lobby", "mine")
    town.database.run(f"UPDATE accounts SET status = '{status}' WHERE id = {town.bob.id}")
    town.clock.advance(1)
    assert refused(town, town.bob, command).rule == "the account is not active"
    with pytest.raises(NotAllowed):
        done(town.archive.require(town.bob, "manage-accounts"))
    town.database.run(f"UPDATE accounts SET status = 'active' WHERE id = {town.bob.id}")
    say(town, town.bob, "lobby", "again")


# Rooms where not everyone speaks


def test_a_moderated_room(town: Town) -> None:
    """Only those with a voice speak, and those above them; the others read."""
    set_room(town, town.alice, "moderated", "on")
    assert refused(town, town.bob, Say(room="lobby", text="x")).rule == "the room is moderated"
    op(town, town.maude, town.bob, "voice")
    for person in (town.alice, town.maude, town.bob):
        say(town, person, "lobby", "x")
    op(town, town.maude, town.bob, "member")
    assert isinstance(refused(town, town.bob, Say(room="lobby", text="x")), NotAllowed)


# Read markers


def test_markers(town: Town) -> None:
    """They go forward, never beyond what there is, for oneself alone, and one's other sessions hear of it."""
    say(town, town.alice, "lobby", "x")
    town.told.clear()
    assert write(town, town.bob, Mark(room="lobby", seq=99)) == MarkDone(room="lobby", seq=5, at=BEGINNING)
    assert [(news.event, news.only) for news in town.told] == [(Marked(room="lobby", seq=5, at=BEGINNING), town.bob.id)]
    write(town, town.bob, Mark(room="lobby", seq=2))
    assert town.rows(f"SELECT seq FROM read_markers WHERE account_id = {town.bob.id}") == [(5,)]


def test_markers_in_conversations(town: Town) -> None:
    """Under the name that the reader calls it by."""
    say(town, town.alice, "@bob", "x")
    assert write(town, town.bob, Mark(room="@alice", seq=1)) == MarkDone(room="@alice", seq=1, at=BEGINNING)


def test_markers_by_the_clock(town: Town) -> None:
    """A moment marks the last line that is not younger, never one to come, and is kept as it was said."""
    for text in ("one", "two"):
        say(town, town.alice, "lobby", text)
        town.clock.advance(10)
    at = BEGINNING + 5000
    assert write(town, town.bob, Mark(room="lobby", at=at)) == MarkDone(room="lobby", seq=5, at=at)
    assert write(town, town.bob, Mark(room="lobby", at=at - 1)) == MarkDone(room="lobby", seq=5, at=at)
    assert write(town, town.bob, Mark(room="lobby", at=2**43)) == MarkDone(room="lobby", seq=6, at=BEGINNING + 20_000)
    assert write(town, town.bob, Mark(room="@maude", at=7)) == MarkDone(room="@maude", seq=0, at=7)
    kept = town.rows("SELECT place, at_ms FROM read_times ORDER BY at_ms")
    assert kept == [("@2:3", 7), ("lobby", BEGINNING + 20_000)]
    town.database.run(f"UPDATE accounts SET status = 'deleted' WHERE id = {town.bob.id}")
    assert town.rows("SELECT * FROM read_times") == []


def test_only_so_many_markers_are_kept(town: Town) -> None:
    """The oldest go."""

    def work(cursor: Cursor) -> None:
        for number in range(12):
            markers.set_read_time(cursor, town.bob.id, f"room{number}", number, 10)

    now(town.database.write(work))
    assert town.rows("SELECT min(at_ms), count(*) FROM read_times") == [(2, 10)]


# What is for programs


@pytest.mark.parametrize("room", ["lobby", "@alice", "@bob"])
def test_tags_are_kept(town: Town, room: str) -> None:
    """They have their place in history, are no lines, and go with the account that said them."""
    done = write(town, town.bob, Tag(room=room, tags={"+draft/react": "x"}))
    assert isinstance(done, TagDone)
    tagged = Tagged(room=room, seq=done.seq, who="bob", at=BEGINNING, tags={"+draft/react": "x"})
    assert tagged in town.events()
    assert history(town, town.bob, room)[-1] == tagged
    assert town.rows("SELECT count(*) FROM messages WHERE kind <> 'event'") == [(0,)]
    town.database.run(f"UPDATE accounts SET status = 'deleted' WHERE id = {town.bob.id}")
    assert town.rows("SELECT count(*) FROM messages WHERE tags IS NOT NULL") == [(0,)]


def test_tags_of_who_may_not_speak(town: Town) -> None:
    """They are refused as lines are."""
    with pytest.raises(NotInRoom):
        write(town, town.bob, Tag(room="nowhere", tags={"+a": ""}))


@pytest.mark.parametrize("room", ["lobby", "nowhere", "@alice"])
def test_nobody_marks_where_nobody_is(town: Town, room: str) -> None:
    """The refusal is the same for a room and for none."""
    assert isinstance(refused(town, town.sam, Mark(room=room, seq=1)), NotInRoom)
