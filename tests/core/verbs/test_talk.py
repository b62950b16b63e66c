"""What is said, corrected, taken back, found and read."""

from collections.abc import Callable
from typing import Any, Literal

from chatd.core import commands, events
from chatd.core.commands import (
    Catchup,
    Delete,
    Edit,
    History,
    Mark,
    Msg,
    Relay,
    Say,
    Search,
    Tag,
    Targets,
    Undo,
    Unread,
)
from chatd.core.errors import Busy
from chatd.core.events import Relayed, Said, SayDone
from chatd.core.permissions import Standing
from chatd.store.queries import messages
from chatd.testing import BEGINNING, World
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
    assert phone.hears() == [events.Marked(room="dev", seq=news.seq - 1, at=BEGINNING)]
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


def test_a_notice_with_tags_in_several_lines() -> None:
    """It is heard, read and found as it was said; what programs tell one another stays with it when it is corrected."""
    _, alice, bob = two()
    said = Say(room="dev", text="build failed:\ntests/core", kind="notice", tags={"+draft/reply": "7"})
    seq = bob.asks(said, SayDone).seq
    (heard,) = alice.hears()
    assert isinstance(heard, Said)
    assert (heard.text, heard.kind, heard.tags) == ("build failed:\ntests/core", "notice", {"+draft/reply": "7"})
    assert heard in alice.asks(History(room="dev"), events.HistoryDone).events
    assert alice.asks(Search(words="tests"), events.SearchDone).found == (heard,)
    bob.asks(Edit(room="dev", text="build passed:\ntests/core"), events.EditDone)
    line = alice.asks(History(room="dev", after=seq - 1, limit=1), events.HistoryDone).events[0]
    assert isinstance(line, Said)
    assert (line.text, line.kind, line.tags) == ("build passed:\ntests/core", "notice", {"+draft/reply": "7"})


def test_a_direct_line_has_tags_too() -> None:
    """And a cid finds a notice again."""
    _, alice, bob = two()
    said = Msg(to="bob", text="x", kind="notice", tags={"+a": "b"}, cid="1")
    first = alice.asks(said, events.MsgDone)
    assert getattr(bob.hears()[-1], "tags", None) == {"+a": "b"}
    again = alice.asks(said, events.MsgDone)
    assert (again.seq, again.again) == (first.seq, True)
    assert alice.is_refused(Msg(to="bob", text="x", cid="1")).code == "cid-conflict"


def test_tags_of_a_line_that_is_gone() -> None:
    """Whoever takes a line back takes them back, and they are thrown away with it."""
    world, _, bob = two()
    bob.asks(Say(room="dev", text="x", tags={"+a": "secret"}), SayDone)
    bob.asks(Delete(room="dev"), events.DeleteDone)
    assert "secret" not in repr(bob.asks(History(room="dev"), events.HistoryDone).events)
    world.database.write(lambda cursor: messages.wipe_deleted(cursor, world.now() + 1, 10))
    assert world.database.rows("SELECT 1 FROM messages WHERE tags IS NOT NULL") == []


# What is told and kept nowhere.


def test_a_relay_is_heard_and_kept_nowhere() -> None:
    """By everyone in the room, whoever tells it too; each has a name of its own."""
    world, alice, bob = two()
    before = world.database.rows("SELECT count(*) FROM messages")
    for _ in range(2):
        bob.asks(Relay(to="dev", kind="tag", tags={"+typing": "active"}, ref="7"), events.RelayDone)
    heard = [each for each in alice.hears() if isinstance(each, Relayed)]
    assert heard == [each for each in bob.hears() if isinstance(each, Relayed)]
    assert [(each.room, each.who, each.kind, each.text, each.tags) for each in heard] == [
        ("dev", "bob", "tag", "", {"+typing": "active"})
    ] * 2
    assert len({each.id for each in heard}) == 2
    assert bob.envelopes[-1].ref == "7"
    assert alice.envelopes[-1].mask == bob.session.me.mask
    assert world.database.rows("SELECT count(*) FROM messages") == before


def test_a_relay_to_one_account() -> None:
    """It is told under the name of the other one to each; whoever is not here hears of it never."""
    world, alice, bob = two()
    alice.asks(Relay(to="@bob", text="\x01VERSION\x01"), events.RelayDone)
    assert [getattr(each, "room", "") for each in bob.hears()] == ["@alice"]
    assert next(getattr(each, "room", "") for each in alice.hears()) == "@bob"
    world.account("carol")
    assert alice.asks(Relay(to="@carol", text="x"), events.RelayDone).room == "@carol"
    assert Voice(world, "carol").hears() == []
    assert alice.is_refused(Relay(to="@nobody2", text="x")).code == "no-such-account"
    alice.hears()
    alice.asks(Relay(to="@alice", text="x"), events.RelayDone)
    assert [getattr(each, "room", "") for each in alice.hears()] == ["@alice", "@alice"], "once, and the answer"


def test_whoever_may_not_speak_relays_nothing() -> None:
    """It is asked as if it were a line."""
    world, alice, bob = two()
    refused = [Relay(to="dev", text="x"), Relay(to="dev", kind="tag", tags={"+a": ""})]
    alice.asks(commands.Mute(room="dev", target="bob"), events.MuteDone)
    assert [bob.is_refused(each).rule for each in refused] == ["mute"] * 2
    alice.asks(commands.Unmute(room="dev", target="bob"), events.UnmuteDone)
    alice.asks(commands.RoomSet(room="dev", name="moderated", value="on"), events.RoomSetDone)
    assert bob.is_refused(refused[0]).rule == "the room is moderated"
    alice.asks(commands.Ban(room="dev", target="bob"), events.BanDone)
    assert bob.is_refused(refused[0]).code == "not-in-room"
    assert bob.is_refused(Relay(to="nowhere", text="x")).code == "not-in-room"
    world.database.run(
        "INSERT INTO account_roles (account_id, role, granted_by, granted_at) VALUES (2, 'guest', '', 0)"
    )
    world.database.run("DELETE FROM role_permissions WHERE role = 'guest' AND permission = 'direct'")
    assert bob.is_refused(Relay(to="@alice", text="x")).code == "not-allowed"
    assert alice.hears()[-1] == events.BanDone(room="dev", target="bob", until=world.now() + 86_400_000)


def test_only_some_hear_a_relay() -> None:
    """Those with a role or a higher one, and whoever tells it; the ignored tell nothing."""
    world, alice, bob = two()
    carol, dave = Voice(world, "carol").joins("dev"), Voice(world, "dave").joins("dev")
    alice.asks(commands.RoomRole(room="dev", name="carol", role="voice"), events.RoomRoleDone)
    everyone = (alice, bob, carol, dave)
    due: list[tuple[Literal["voice", "moderator"], list[bool]]] = [
        ("voice", [True, True, True, False]),
        ("moderator", [True, True, False, False]),
    ]
    for least, hear in due:
        for each in everyone:
            each.hears()
        bob.asks(Relay(to="dev", text="help", least=least), events.RelayDone)
        assert [any(isinstance(event, Relayed) for event in each.hears()) for each in everyone] == hear
    alice.asks(commands.Ignore(name="bob"), events.IgnoreDone)
    alice.hears()
    bob.asks(Relay(to="dev", text="hello"), events.RelayDone)
    assert alice.hears() == []


def test_a_relay_makes_sense() -> None:
    """A text or a tag, and roles only where there are some."""
    _, _, bob = two()
    for wrong in (
        Relay(to="dev"), Relay(to="dev", text=" "), Relay(to="dev", kind="tag", text="x"),
        Relay(to="@alice", text="x", least="voice"),
    ):  # fmt: skip
        assert bob.is_refused(wrong).code == "bad-arguments"
    assert bob.is_refused(Relay(to="dev", text="\x1b")).code == "bad-text"
    assert bob.is_refused(Relay(to="dev", text="x", tags={"a": "b"})).code == "bad-text"


# Pages by time.


def test_history_between_two_moments() -> None:
    """Not older than the one, older than the other; the newest of that, or the oldest."""
    world, alice, bob = two()
    for number in range(6):
        world.pass_time(1)
        bob.asks(Say(room="dev", text=str(number)), SayDone)
    start = world.now() - 5000

    def texts(**more: Any) -> list[str]:
        found = alice.asks(History(room="dev", **more), events.HistoryDone).events
        return [each.text for each in found if isinstance(each, Said)]

    assert texts(until=start + 2000) == ["0", "1"]
    assert texts(since=start + 1000, until=start + 4000) == ["1", "2", "3"]
    assert texts(since=start + 1000, until=start + 4000, limit=2) == ["2", "3"]
    assert texts(since=start + 1000, until=start + 4000, limit=2, oldest=True) == ["1", "2"]
    assert texts(until=start + 999_999, limit=2) == ["4", "5"]
    assert texts(until=0) == texts(since=start + 3000, until=start + 3000) == []
    assert texts(before=5, limit=1, oldest=True, after=2) == ["0"]


def test_targets() -> None:
    """The places where the newest that one may read is between two moments, the oldest first."""
    world, alice, bob = two()
    world.pass_time(10)
    alice.joins("ops")
    world.pass_time(10)
    bob.asks(Msg(to="alice", text="x"), events.MsgDone)
    now = world.now()
    places = [("dev", now - 20_000), ("ops", now - 10_000), ("@bob", now)]

    def told(**more: Any) -> list[tuple[str, int]]:
        return [(each.place, each.at) for each in alice.asks(Targets(**more), events.TargetsDone).targets]

    assert told() == places
    assert told(since=now - 10_000) == places[1:]
    assert told(until=now) == places[:2]
    assert told(since=now - 15_000, until=now) == places[1:2]
    assert told(limit=1) == places[:1]
    alice.asks(commands.RoomSet(room="dev", name="history", value="since_join"), events.RoomSetDone)
    alice.asks(commands.Leave(room="ops"), events.LeaveDone)
    assert [place for place, _ in told()] == ["@bob", "dev"]


def test_what_is_for_programs() -> None:
    """It is kept and heard; and what holds nothing is nothing."""
    _, alice, bob = two()
    alice.hears()
    bob.hears()
    done = alice.asks(Tag(room="dev", tags={"+draft/react": "x"}), events.TagDone)
    assert [(each.seq, each.tags) for each in bob.hears() if isinstance(each, events.Tagged)] == [
        (done.seq, {"+draft/react": "x"})
    ]
    assert alice.is_refused(Tag(room="dev", tags={})).code == "bad-arguments"
    assert alice.is_refused(Tag(room="dev", tags={"x": "y"})).code == "bad-text"
    assert alice.is_refused(Tag(room="nowhere", tags={"+x": "y"})).code == "not-in-room"


def test_how_far_a_place_is_read() -> None:
    """Whoever asks with nothing is told, and nothing is marked."""
    _, alice, _ = two()
    before = alice.asks(Mark(room="dev"), events.MarkDone)
    assert before.at is None
    assert alice.asks(Mark(room="dev", at=5), events.MarkDone).at == 5
    assert alice.asks(Mark(room="dev"), events.MarkDone) == events.MarkDone(room="dev", seq=before.seq, at=5)
    assert alice.asks(Mark(room="@bob"), events.MarkDone) == events.MarkDone(room="@bob", seq=0)
    assert alice.is_refused(Mark(room="nowhere")).code == "not-in-room"
    assert alice.is_refused(Mark(room="@nobody2", at=5)).code == "no-such-account"
