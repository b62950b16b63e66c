"""What is said, corrected, taken back, found and read."""

from collections.abc import Callable
from typing import Any

from chatd.core import commands, events
from chatd.core.commands import Catchup, Delete, Edit, History, Mark, Msg, Say, Search, Undo, Unread
from chatd.core.errors import Busy
from chatd.core.events import Said, SayDone
from chatd.core.permissions import Standing
from chatd.testing import World
from tests.core.doubles import Voice, alone


def two() -> tuple[World, Voice, Voice]:
    """A room with its owner and a member."""
    world = alone()
    alice, bob = Voice(world, "alice").joins("dev"), Voice(world, "bob").joins("dev")
    alice.hears()
    return world, alice, bob


def test_a_line_is_corrected_by_whoever_said_it_for_a_quarter_of_an_hour() -> None:
    """The others hear of it, and history shows the new words; nobody corrects another's."""
    world, alice, bob = two()
    first = bob.asks(Say(room="dev", text="teh printer"), SayDone).seq
    done = bob.asks(Edit(room="DEV", text="the printer"), events.EditDone)
    assert (done.of, done.seq) == (first, first + 1)
    assert [getattr(each, "text", "") for each in alice.hears()] == ["teh printer", "the printer"]
    (line,) = [each for each in alice.asks(History(room="dev"), events.HistoryDone).events if isinstance(each, Said)]
    assert (line.text, line.edited_at) == ("the printer", world.now())
    assert alice.is_refused(Edit(room="dev", seq=first, text="x")).rule == "one's own lines"
    assert alice.is_refused(Edit(room="dev", text="x")).code == "no-such-line"
    world.pass_time(901)
    assert bob.is_refused(Edit(room="dev", text="x")).rule == "15 minutes to change a line"


def test_a_line_is_taken_back_and_by_moderators_brought_back() -> None:
    """One's own for a quarter of an hour; a moderator anybody's, and within ten minutes as if nothing was."""
    world, alice, bob = two()
    seq = bob.asks(Say(room="dev", text="regrettable"), SayDone).seq
    alice.asks(Delete(room="dev", name="BOB", reason="language"), events.DeleteDone)
    assert "regrettable" not in repr(bob.asks(History(room="dev"), events.HistoryDone).events)
    assert bob.asks(Search(words="regrettable"), events.SearchDone).found == ()
    assert alice.asks(Undo(), events.UndoDone).act == "delete"
    assert isinstance(bob.hears()[-1], events.Undeleted)
    assert len(bob.asks(Search(words="regrettable"), events.SearchDone).found) == 1
    bob.asks(Delete(room="dev"), events.DeleteDone)
    assert bob.is_refused(Delete(room="dev", seq=seq)).code == "no-such-line"
    old = alice.asks(Say(room="dev", text="mine"), SayDone).seq
    assert bob.is_refused(Delete(room="dev", seq=old)).code == "not-allowed"
    world.pass_time(901)
    assert alice.is_refused(Delete(room="dev")).rule == "15 minutes to change a line"


def test_conversations_are_corrected_by_their_two_alone() -> None:
    """Each hears it under the other's name."""
    _, alice, bob = two()
    alice.asks(Msg(to="bob", text="teh"), events.MsgDone)
    alice.asks(Edit(room="@bob", text="the"), events.EditDone)
    rooms = [[each.room for each in voice.hears() if isinstance(each, events.Edited)] for voice in (alice, bob)]
    assert rooms == [["@bob"], ["@alice"]]
    assert bob.is_refused(Delete(room="@alice", seq=1)).rule == "one's own lines"
    assert alice.is_refused(Edit(room="@nobody2", text="x")).code in ("no-such-line", "no-such-account")


def test_words_are_found_only_where_one_may_read() -> None:
    """In one's rooms and conversations, newest first, by author and place."""
    world, alice, bob = two()
    carol = Voice(world, "carol").joins("ops")
    carol.asks(Say(room="ops", text="paper in ops"), SayDone)
    for text in ("paper one", "no match", "Paper two"):
        bob.asks(Say(room="dev", text=text), SayDone)
    alice.asks(Msg(to="bob", text="paper, psst"), events.MsgDone)
    found = alice.asks(Search(words="paper"), events.SearchDone).found
    assert [(each.room, each.text) for each in found] == [
        ("@bob", "paper, psst"), ("dev", "Paper two"), ("dev", "paper one"),
    ]  # fmt: skip
    assert [each.text for each in alice.asks(Search(words="paper", who="alice"), events.SearchDone).found] == [
        "paper, psst"
    ]
    page = alice.asks(Search(words="pap*", room="#DEV", limit=1), events.SearchDone)
    assert [each.text for each in page.found] == ["Paper two"]
    rest = alice.asks(Search(words="pap*", room="dev", limit=1, before=page.next), events.SearchDone)
    assert ([each.text for each in rest.found], rest.next) == (["paper one"], None)
    assert alice.is_refused(Search(words="paper", room="ops")).code == "not-in-room"


def test_what_one_has_read_is_read_on_all_sessions() -> None:
    """The marker moves forward only, and the other device is told."""
    world, alice, bob = two()
    phone = Voice(world, "alice")
    for text in ("one", "two, alice"):
        bob.asks(Say(room="dev", text=text), SayDone)
    (news,) = alice.asks(Unread(), events.UnreadDone).places
    assert (news.room, news.unread, news.mentions) == ("dev", 2, 1)
    phone.hears()
    assert alice.asks(Mark(room="dev", seq=news.seq - 1), events.MarkDone).seq == news.seq - 1
    assert phone.hears() == [events.Marked(room="dev", seq=news.seq - 1)]
    (rest,) = phone.asks(Unread(), events.UnreadDone).places
    assert (rest.unread, rest.marker) == (1, news.seq - 1)
    alice.asks(Mark(room="dev", seq=1), events.MarkDone)
    (rest,) = phone.asks(Unread(), events.UnreadDone).places
    assert rest.unread == 1


def test_whoever_comes_back_catches_up() -> None:
    """All that was said meanwhile is shown once, a page at a time, on whichever device; then it is read."""
    world, alice, bob = two()
    alice.joins("ops")
    bob.joins("ops")
    alice.goes()
    for room in ("dev", "ops"):
        for number in range(150):
            bob.asks(Say(room=room, text=f"{room} {number}"), SayDone)
    desk, phone = Voice(world, "alice"), Voice(world, "alice")
    pages = [voice.asks(Catchup(limit=200), events.CatchupDone).places for voice in (desk, phone, desk)]
    assert [[(news.room, news.unread, len(news.events)) for news in page] for page in pages] == [
        [("dev", 150, 150), ("ops", 150, 50)], [], [],
    ]  # fmt: skip
    assert desk.asks(Unread(), events.UnreadDone).places == ()


class Meddlesome:
    """A journal in which something else happens before the first mark, or that refuses a mark after so many."""

    def __init__(self, world: World, meddle: Callable[[int], object]) -> None:
        self._journal = world.journal
        self._meddle = meddle
        self._marks = 0

    async def append(self, actor: Any, command: commands.Command, *more: Any) -> Any:
        """Store it, after that."""
        if isinstance(command, Mark):
            self._marks += 1
            self._meddle(self._marks)
        return await self._journal.append(actor, command, *more)


def behind(*rooms: str) -> tuple[World, Voice, Voice]:
    """Somebody who comes back to rooms in each of which there is one new line; and the owner of the rooms."""
    world, alice, bob = two()
    alice.joins(*rooms)
    bob.joins(*rooms)
    bob.goes()
    for room in rooms:
        alice.asks(Say(room=room, text=f"new in {room}"), SayDone)
    alice.hears()
    return world, alice, Voice(world, "bob")


def test_whoever_is_put_out_while_catching_up_is_told_the_rest() -> None:
    """The room is gone, and what is new elsewhere is told, once."""
    world, alice, bob = behind("art", "dev", "ops")

    def kick(marks: int) -> None:
        if marks == 1:
            alice.asks(commands.Kick(room="art", target="bob"), events.KickDone)

    journal: Any = Meddlesome(world, kick)
    bob.session.world = world.ports._replace(journal=journal)
    done = bob.asks(Catchup(limit=200), events.CatchupDone)
    assert [news.room for news in done.places] == ["dev", "ops"]
    assert bob.asks(Catchup(limit=200), events.CatchupDone).places == ()


def test_what_could_not_be_marked_is_told_the_next_time() -> None:
    """What was marked is told all the same, and what was not told is not forgotten."""
    world, _, bob = behind("art", "dev", "ops")

    def refuse(marks: int) -> None:
        if marks in (2, 3):
            raise Busy("Try again in a moment.")

    journal: Any = Meddlesome(world, refuse)
    bob.session.world = world.ports._replace(journal=journal)
    told = [bob.asks(Catchup(limit=200), events.CatchupDone).places]
    assert bob.is_refused(Catchup(limit=200)).code == "busy"
    told += [bob.asks(Catchup(limit=200), events.CatchupDone).places for _ in range(2)]
    assert [[news.room for news in page] for page in told] == [["art"], ["dev", "ops"], []]


def test_the_topic_of_a_room_is_a_line_to_all_of_it() -> None:
    """A moderated room takes it from those with a voice; slow mode counts it like a line."""
    _, alice, bob = two()
    for name, rule in (("moderated", "the room is moderated"), ("slow", "the room's slow mode")):
        alice.asks(commands.RoomSet(room="dev", name=name, value={"slow": "60"}.get(name, "on")), events.RoomSetDone)
        if name == "slow":
            bob.asks(Say(room="dev", text="the one line"), SayDone)
        assert bob.is_refused(commands.Topic(room="dev", text="x")).rule == rule
        alice.asks(commands.Topic(room="dev", text="x"), events.TopicDone)
        alice.asks(commands.RoomSet(room="dev", name=name, value="off"), events.RoomSetDone)
    bob.asks(commands.Topic(room="dev", text="y"), events.TopicDone)


def test_the_reasons_of_the_muted_are_not_read() -> None:
    """Neither why they take a line back nor why they leave; nor anything of whom one ignores."""
    world, alice, bob = two()
    carol = Voice(world, "carol").joins("dev")
    for text in ("one", "two"):
        bob.asks(Say(room="dev", text=text), SayDone)
    carol.asks(commands.Ignore(name="bob"), events.IgnoreDone)
    alice.asks(commands.Mute(room="dev", target="bob"), events.MuteDone)
    for voice in (alice, carol):
        voice.hears()
    bob.asks(Delete(room="dev", reason="psst"), events.DeleteDone)
    bob.asks(commands.Leave(room="dev", reason="psst"), events.LeaveDone)
    gone = alice.hears()
    assert [(type(each), getattr(each, "reason", None)) for each in gone] == [(events.Deleted, ""), (events.Left, "")]
    assert carol.hears() == gone[1:]


def test_a_kick_that_is_taken_back_gives_what_it_took_and_takes_nothing() -> None:
    """Whoever came back by himself is again what he was; whoever was made more meanwhile stays it."""
    _, alice, bob = two()

    def standing() -> str:
        (mine,) = [each for each in bob.asks(commands.Names(room="dev"), events.NamesDone).people if each.name == "bob"]
        return mine.role

    cases: tuple[tuple[Standing, Standing, Standing], ...] = (
        ("voice", "member", "voice"), ("voice", "moderator", "moderator"),
    )  # fmt: skip
    for at_first, meanwhile, at_last in cases:
        alice.asks(commands.RoomRole(room="dev", name="bob", role=at_first), events.RoomRoleDone)
        alice.asks(commands.Kick(room="dev", target="bob"), events.KickDone)
        bob.joins("dev")
        alice.asks(commands.RoomRole(room="dev", name="bob", role=meanwhile), events.RoomRoleDone)
        alice.asks(Undo(), events.UndoDone)
        assert standing() == at_last


def test_what_does_not_fit_into_one_page_of_news_comes_with_the_next() -> None:
    """A bound holds for all places together; what is beyond it is not lost."""
    world, alice, bob = two()
    alice.joins("ops")
    bob.joins("ops")
    alice.goes()
    for number in range(210):
        bob.asks(Say(room="dev", text=str(number)), SayDone)
    bob.asks(Say(room="ops", text="do not miss this"), SayDone)
    alice = Voice(world, "alice")
    pages = [alice.asks(Catchup(limit=200), events.CatchupDone).places for _ in range(3)]
    assert [[news.room for news in page] for page in pages] == [["dev"], ["ops"], []]


def test_an_order_that_is_taken_back_is_as_if_it_had_not_been() -> None:
    """Kicks, bans and mutes, within ten minutes; not what somebody else has ordered since."""
    world, alice, bob = two()
    for order in (commands.Kick(room="dev", target="bob"), commands.Ban(room="dev", target="bob")):
        alice.begins(order)
        assert set(bob.session.me.rooms) == set()
        alice.asks(Undo(), events.UndoDone)
        assert set(bob.session.me.rooms) == {"dev"}
    alice.asks(commands.Mute(room="dev", target="bob"), events.MuteDone)
    alice.asks(Undo(), events.UndoDone)
    bob.asks(Say(room="dev", text="free"), SayDone)
    assert alice.is_refused(Undo()).code == "no-such-entry"
    alice.asks(commands.Kick(room="dev", target="bob"), events.KickDone)
    world.pass_time(601)
    assert alice.is_refused(Undo()).code == "no-such-entry"


def test_a_kick_that_is_taken_back_brings_nobody_in_who_was_banned_since() -> None:
    """And a ban that somebody else has replaced stays."""
    world, alice, bob = two()
    carol = Voice(world, "carol").joins("dev")
    alice.asks(commands.RoomRole(room="dev", name="carol", role="moderator"), events.RoomRoleDone)
    alice.asks(commands.Kick(room="dev", target="bob"), events.KickDone)
    carol.asks(commands.Ban(room="dev", target="bob"), events.BanDone)
    alice.asks(Undo(), events.UndoDone)
    assert bob.session.me.rooms == {}
    alice.asks(commands.Ban(room="dev", target="bob"), events.BanDone)
    assert carol.is_refused(Undo()).code == "no-such-entry"
    assert bob.is_refused(commands.Join(room="dev")).rule == "ban"


def test_until_a_day_that_is_named() -> None:
    """A ban may end at a time of one's own choice, if that is to come."""
    world, alice, bob = two()
    assert alice.is_refused(commands.Ban(room="dev", target="bob", until=world.now())).code == "bad-arguments"
    done = alice.asks(commands.Ban(room="dev", target="bob", until=world.now() + 5000), events.BanDone)
    assert done.until == world.now() + 5000
    assert bob.is_refused(commands.Join(room="dev")).until == done.until
    world.pass_time(5)
    bob.joins("dev")
