"""A person's side of the conversation, at a whole chatd in memory: what the screen would show."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from chatd.client.connection.link import Offline, Refused
from chatd.client.model import words
from chatd.core import events
from chatd.core.commands import Away, Kick, Login, RoomRole
from chatd.testing import PASSWORD, World
from tests.client.model.evening import Someone


@pytest.fixture
def world() -> Iterator[World]:
    """A chatd in memory; everybody has gone when the test has."""
    Someone.all.clear()
    yield World()
    for each in Someone.all:
        each.leave()
        each.turn()
        if each.door.wires:
            each.wire.drop()


@pytest.fixture
def alice(world: World) -> Someone:
    """Who owns the lobby."""
    return Someone(world, "alice")


@pytest.fixture
def bob(world: World, alice: Someone) -> Someone:
    """Who came later."""
    bob = Someone(world, "bob")
    alice.notes.since()
    return bob


def titles(someone: Someone) -> dict[str, tuple[int, int]]:
    """The places, with what is unread and who is meant."""
    return {place.title: (place.unread, place.mentions) for place in someone.places}


def people(someone: Someone) -> list[str]:
    """Who is in view."""
    return [f"{each.name}/{each.role}" for each in someone.shown.people()]


# Coming in.


def test_coming_in(world: World, alice: Someone) -> None:
    """One is in the first room, reads the welcome below the old lines, and sees who is there."""
    bob = Someone(world, "bob", enters=False)
    alice.types("first", "second")
    bob.enter(Login(name="bob", password="wrong horse"))
    bob.waits(2)
    assert isinstance(bob.state, Refused)
    assert words.in_old_words(bob.state.refusal) == "invalid username or password"
    assert bob.notes.since() == ["Connecting", "Refused"]
    bob = Someone(world, "bob")
    assert bob.reads()[-5:] == [
        "alice: first",
        "alice: second",
        "-- User bob registered successfully. Login successful! Welcome, bob.",
        "-- You are in #lobby. Type a line and press Enter. /rooms lists more.",
        "bob has joined #lobby",
    ]
    assert people(bob) == ["alice/owner", "bob/member"]
    assert bob.is_online


def test_a_wrong_password_and_then_the_right_one(world: World) -> None:
    """After a refusal the same conversation knocks once more."""
    world.account("carol")
    carol = Someone(world, "carol", enters=False)
    for password in ("wrong horse", PASSWORD):
        carol.enter(Login(name="carol", password=password))
        carol.waits(2)
    assert carol.is_online


def test_a_room_to_look_at_first(world: World, alice: Someone) -> None:
    """A room that was asked for is joined."""
    bob = Someone(world, "bob", room="ops")
    assert bob.shown.title == "#ops"
    assert people(bob) == ["bob/owner"]


# Lines.


def test_ones_own_line_is_there_at_once_and_once(alice: Someone, bob: Someone) -> None:
    """It stands there on its way, then it is stored; nobody sees it twice."""
    alice.obey("hello")
    assert alice.last() == "alice: hello (pending)"
    assert alice.unsent == 1
    alice.turn()
    assert alice.last() == bob.last() == "alice: hello"
    assert alice.unsent == 0
    assert [each for each in alice.notes.since() if each[0] in ("added", "changed")] == [
        ("added", "#lobby", "hello"),
        ("changed", "#lobby", "hello", "stored"),
    ]


def test_equal_lines_are_told_apart(alice: Someone) -> None:
    """The same twice is said twice."""
    alice.types("ha", "ha", "e\u0301")
    assert alice.reads()[-3:] == ["alice: ha", "alice: ha", "alice: \u00e9"]
    assert alice.unsent == 0


def test_a_line_from_another_session_of_ones_own(world: World, alice: Someone) -> None:
    """What one says on the telephone is seen at the desk, as one's own, and is no news."""
    telephone = world.program("alice")
    telephone.sends(do="join", room="dev")
    telephone.sends(do="say", room="lobby", text="from afar")
    alice.turn()
    assert alice.last() == "alice: from afar"
    assert alice.shown.lines[-1].mine
    assert titles(alice) == {"#lobby": (0, 0), "#dev": (0, 0)}


def test_a_refused_line_says_so(alice: Someone, bob: Someone) -> None:
    """It stays, marked, and the reason is told; /why explains it."""
    alice.ask(RoomRole(room="lobby", name="alice", role="owner"))
    alice.types("/mute bob 10m loud")
    bob.types("hello?")
    assert "bob: hello? (failed)" in bob.reads()
    assert bob.last() == "-- error: You are muted in #lobby: loud. [not-allowed]"
    bob.types("/why")
    assert "set by alice" in bob.last()
    assert bob.unsent == 0


def test_corrections_change_the_line(alice: Someone, bob: Someone) -> None:
    """A corrected line reads so where it stands; one that was taken back is empty and says by whom."""
    bob.types("tusday", "rubbish")
    number = bob.shown.lines[-2].seq or 0
    bob.types(f"/edit {number} Tuesday")
    assert alice.reads()[-2:] == ["bob: Tuesday (edited)", "bob: rubbish"]
    assert ("changed", "#lobby", "Tuesday", "stored") in alice.notes.since()
    alice.types("/delete bob no")
    assert bob.reads()[-2:] == ["bob:  (deleted by alice)", f"alice deleted your line {number + 1} in #lobby (no)."]
    alice.types("/undo")
    assert "bob: rubbish" in bob.reads()


def test_a_line_as_it_is(alice: Someone) -> None:
    """What was pasted is no command."""
    alice.say("/quit")
    alice.turn()
    assert alice.last() == "alice: /quit"


# Places, and what is new in them.


def test_news_elsewhere_until_one_looks(alice: Someone, bob: Someone) -> None:
    """Unread lines and mentions are counted where one does not look; looking clears them, on every session."""
    alice.types("/join #dev")
    bob.types("one", "two for Alice", "/me waves")
    assert titles(alice) == {"#lobby": (3, 1), "#dev": (0, 0)}
    assert ("called", "#lobby", "two for Alice") in alice.notes.since()
    alice.look_at("lobby")
    alice.turn()
    assert titles(alice)["#lobby"] == (0, 0)
    new = alice.shown.new_from
    assert new is not None
    assert new.text == "one"
    alice.look_at("dev")
    assert alice.places[0].new_from is None


def test_what_was_read_here_is_read_everywhere(world: World, alice: Someone, bob: Someone) -> None:
    """The marker moves a moment after one has looked, once."""
    telephone = world.program("alice")
    bob.types("one", "two")
    assert not [each for each in telephone.objects() if each.get("event") == "marked"]
    alice.waits(4)
    marks = [each for each in telephone.objects() if each.get("event") == "marked"]
    assert [mark["seq"] for mark in marks] == [alice.shown.last]


def test_what_was_read_elsewhere_is_not_new(world: World, alice: Someone, bob: Someone) -> None:
    """Reading it on the telephone clears it here, as far as it was read."""
    alice.types("/join #dev")
    bob.types("one", "two", "alice!")
    telephone = world.program("alice")
    lobby = alice.place("lobby")
    assert lobby is not None
    telephone.sends(do="mark", room="lobby", seq=lobby.last - 1)
    alice.turn()
    assert titles(alice)["#lobby"] == (1, 1)
    telephone.sends(do="mark", room="lobby", seq=lobby.last)
    alice.turn()
    assert titles(alice)["#lobby"] == (0, 0)


def test_nothing_is_read_while_nobody_looks(alice: Someone, bob: Someone) -> None:
    """With the window in the background lines are new even in the current room; coming back reads them."""
    alice.attend(False)
    bob.types("psst")
    assert titles(alice) == {"#lobby": (1, 0)}
    alice.attend(True)
    assert titles(alice) == {"#lobby": (0, 0)}


def test_direct_messages_have_a_place(alice: Someone, bob: Someone) -> None:
    """A conversation begins by itself on both sides, and /reply answers whoever wrote."""
    bob.types("/msg ALICE psst")
    assert bob.reads("@alice") == ["bob: psst"]
    assert titles(alice) == {"#lobby": (0, 0), "bob": (1, 0)}
    alice.types("/reply yes?")
    alice.look_at("@bob")
    alice.turn()
    assert alice.reads() == ["bob: psst", "alice: yes?"]
    alice.types("come here")
    assert bob.last("@alice") == "alice: come here"


def test_a_conversation_with_nobody(alice: Someone) -> None:
    """A name that nobody has leaves no place behind."""
    alice.types("/msg nobody-here hello")
    assert titles(alice) == {"#lobby": (0, 0)}
    assert "[no-such-account]" in alice.last()


def test_a_conversation_can_be_opened_first(alice: Someone, bob: Someone) -> None:
    """From a menu, before anything is said."""
    alice.look_at("@bob")
    alice.turn()
    alice.types("hello")
    assert bob.reads("@alice") == ["alice: hello"]


def test_leaving_and_being_put_out(alice: Someone, bob: Someone) -> None:
    """The place is gone, one reads why, and a line that one was typing goes nowhere by mistake."""
    bob.types("/join #dev", "/leave")
    assert bob.last() == "-- You left #dev."
    bob.look_at("lobby")
    bob.turn()
    alice.ask(Kick(room="lobby", target="bob", reason="loud"))
    alice.turn()
    assert people(alice) == ["alice/owner"]
    assert bob.current is None
    assert bob.shown.is_console
    assert bob.last() == "alice kicked you out of #lobby (loud)."
    bob.types("hello?")
    assert "You are in no room now" in bob.last()


def test_a_topic_is_seen(alice: Someone, bob: Someone) -> None:
    """Everybody has it at once, and whoever set it reads it once."""
    alice.types("/topic Printers and paper")
    assert [place.topic for place in (alice.shown, bob.shown)] == ["Printers and paper"] * 2
    assert alice.last() == 'alice set the topic of #lobby: "Printers and paper"'


# People.


def test_people_come_and_go(alice: Someone, bob: Someone) -> None:
    """Roles, away, coming and going are up to date; who comes back has the role that it had."""
    alice.types("/op bob")
    bob.ask(Away(text="lunch"))
    bob.turn()
    assert people(alice) == ["alice/owner", "bob/moderator"]
    assert [each.away for each in alice.shown.people()] == [None, "lunch"]
    bob.goes_dark()
    alice.waits(1)
    assert people(alice) == ["alice/owner"]
    assert alice.last() == "bob has left the chat"
    bob.comes_back()
    assert people(alice) == ["alice/owner", "bob/moderator"]


def test_coming_and_going_is_told_once_where_one_looks(world: World, alice: Someone, bob: Someone) -> None:
    """In a room that one shares, or in the conversation with the one who went; else where one shares a room."""
    alice.types("/msg bob psst")
    alice.look_at("@bob")
    bob.goes_dark()
    alice.waits(1)
    assert alice.last() == "bob has left the chat"
    alice.types("/join #alone")
    bob.comes_back()
    assert not [line for line in alice.reads() if "bob" in line]
    assert alice.reads("lobby")[-1] == "bob has joined the chat"


def test_who_came_online_and_was_never_seen_is_asked_for(world: World, alice: Someone, bob: Someone) -> None:
    """A member who was not here when one came is in the list a moment later."""
    bob.leave()
    bob.turn()
    late = Someone(world, "late")
    bob = Someone(world, "bob")
    late.waits(4)
    assert "bob/member" in people(late)


def test_what_one_may_do(alice: Someone, bob: Someone) -> None:
    """Menus offer what has a chance."""
    assert alice.may("kick", "bob")
    assert not alice.may("kick", "alice")
    assert alice.may("op", "bob")
    assert not bob.may("kick", "alice")
    assert bob.may("delete", "bob")
    assert not bob.may("delete", "alice")
    bob.look_at("@alice")
    bob.turn()
    assert not bob.may("mute", "alice")


def test_tab(alice: Someone, bob: Someone) -> None:
    """Commands, rooms and names; those in view first."""
    alice.types("/join #dev")
    assert alice.complete("/jo") == ("/jo", ["/join "])
    assert alice.complete("/join #l") == ("#l", ["#lobby"])
    assert alice.complete("ask b") == ("b", ["bob"])
    assert alice.complete("b") == ("b", ["bob: "])
    assert alice.complete("al") == ("al", [])
    assert alice.complete("nothing ") == ("", [])


# Old lines.


def test_paging_back(world: World, alice: Someone, bob: Someone) -> None:
    """Page by page to the first line, each once, and then no more."""
    for number in range(130):
        world.pass_time(1)
        bob.types(f"line {number}")
    carol = Someone(world, "carol")
    while carol.shown.more:
        carol.page_back()
        carol.page_back()
        carol.turn()
    said = [line.text for line in carol.shown.lines if line.is_said]
    assert said == [f"line {number}" for number in range(130)]
    assert carol.notes.since().count(("loaded", "#lobby")) >= 2


def test_a_room_that_one_looks_at_has_its_old_lines(world: World, alice: Someone, bob: Someone) -> None:
    """Also a room of which nothing was heard since one came; the mark stands where one had stopped reading."""
    for each in (alice, bob):
        each.types("/join #dev")
    alice.types("seen")
    bob.waits(4)
    bob.leave()
    bob.turn()
    alice.types("missed", "also for bob")
    bob = Someone(world, "bob")
    assert titles(bob)["#dev"] == (2, 1)
    bob.look_at("dev")
    bob.turn()
    assert bob.reads()[-3:] == ["alice: seen", "alice: missed", "alice: also for bob"]
    assert bob.shown.new_from is not None
    assert bob.shown.new_from.text == "missed"


def test_searching_by_page(alice: Someone, bob: Someone) -> None:
    """The newest first, a page at a time, to a panel and in words."""
    for number in range(25):
        bob.world.pass_time(1)
        bob.types(f"needle {number}")
    alice.notes.since()
    alice.search("needle from:bob")
    alice.turn()
    alice.search("more")
    alice.turn()
    first, second = (each for each in alice.notes.since() if each[0] == "found")
    assert (first[1][0], len(first[1]), first[2]) == ("needle 24", 20, True)
    assert (second[1][-1], len(second[1]), second[2]) == ("needle 0", 5, False)
    assert len(alice.found.lines) == 25
    alice.search("more")
    assert alice.last() == "-- error: There is no more to show. [not-now]"
    alice.types("/search needle")
    assert alice.last() == "-- There is more. /search more shows it."


# Losing the connection.


def test_what_is_typed_offline_is_sent_once(alice: Someone, bob: Someone) -> None:
    """One is told, the lines wait in view, and after the resume everybody has each of them once, in order."""
    alice.goes_dark()
    assert isinstance(alice.state, Offline)
    alice.types("one", "two")
    bob.types("meanwhile")
    assert alice.reads()[-3:] == [
        "-- There is no connection now; this is kept and sent as soon as there is one.",
        "alice: one (pending)",
        "alice: two (pending)",
    ]
    alice.comes_back()
    said = [line.text for line in bob.shown.lines if line.is_said]
    assert said == [line.text for line in alice.shown.lines if line.is_said] == ["meanwhile", "one", "two"]
    assert alice.unsent == 0


def test_a_line_whose_answer_was_lost_is_not_doubled(alice: Someone, bob: Someone) -> None:
    """It was stored, and the connection broke before one knew: the resume settles it."""
    alice.obey("did it arrive?")
    alice.wire.is_cut = True
    alice.turn()
    assert bob.last() == "alice: did it arrive?"
    assert alice.last() == "alice: did it arrive? (pending)"
    alice.goes_dark()
    alice.comes_back()
    assert [line.text for line in alice.shown.lines if line.is_said] == ["did it arrive?"]
    assert [line.text for line in bob.shown.lines if line.is_said] == ["did it arrive?"]
    assert alice.unsent == 0


def test_what_is_for_programs_is_not_shown(world: World, alice: Someone, bob: Someone) -> None:
    """A reaction of an IRC client's makes no line, neither when it comes nor among old ones."""
    lines = len(alice.shown.log.lines)
    bob.types("hello")
    alice.waits(1)
    assert len(alice.shown.log.lines) == lines + 1
    program = world.program("bob")
    program.asks(do="tag", room="lobby", tags={"+draft/react": "x"})
    alice.waits(1)
    assert len(alice.shown.log.lines) == lines + 1
    assert "too old to name" not in str(alice.shown.log.lines)
    carol = Someone(world, "carol")
    assert "too old to name" not in str(carol.shown.log.lines)


def test_a_gap_is_closed_by_reading_back(world: World, alice: Someone, bob: Someone) -> None:
    """If too much was missed the place begins anew, says so, and the rest comes when one scrolls back."""
    world.hub.site = world.hub.site._replace(limits=replace(world.hub.site.limits, resume_page=5))
    alice.types("before")
    alice.goes_dark()
    for number in range(20):
        world.pass_time(1)
        bob.types(f"missed {number}")
    alice.comes_back()
    said = [line.text for line in alice.shown.lines if line.is_said]
    assert said == [f"missed {number}" for number in range(15, 20)][-len(said) :]
    while alice.shown.more:
        alice.page_back()
        alice.turn()
    assert [line.text for line in alice.shown.lines if line.is_said] == ["before", *[f"missed {n}" for n in range(20)]]


def test_rooms_that_one_was_put_out_of_meanwhile(alice: Someone, bob: Someone) -> None:
    """One reads so on coming back."""
    bob.goes_dark()
    alice.types("/kick bob")
    bob.comes_back()
    assert bob.last() == "-- connected again; you are no longer in #lobby"
    assert bob.places == ()


def test_the_colours_of_the_text_face_are_none_of_a_screens(alice: Someone, bob: Someone) -> None:
    """Whoever has set them for telnet does not find their codes among the lines that a search has found."""
    bob.types("tea")
    alice.types("/set colour on", "/search tea")
    assert alice.last().endswith("bob: tea")
    alice.goes_dark()
    alice.comes_back()
    alice.types("/search tea")
    assert alice.last().endswith("bob: tea")


# Questions, and the end.


def test_a_question_is_put(alice: Someone) -> None:
    """/passwd asks three times, hidden; a slip asks again, a bad answer ends it with a reason."""
    question = alice.types("/passwd")
    for answer in (PASSWORD, "new horse battery", "other"):
        assert question is not None
        assert question.prompt.secret
        question = alice.answer(question, answer)
    assert question is not None
    assert "not the same" in alice.last()
    for answer in ("new horse battery", "new horse battery"):
        assert question is not None
        question = alice.answer(question, answer)
    alice.turn()
    assert question is None
    assert alice.last() == "-- Your password is changed."


@pytest.mark.parametrize("how", ["/quit good night", "/logout"])
def test_the_end(alice: Someone, bob: Someone, how: str) -> None:
    """The screen is told when it is over, once."""
    alice.types(how)
    assert alice.notes.since().count("ended") == 1
    assert bob.last() == f"alice has left the chat{' (good night)' if 'night' in how else ''}"
    alice.leave()


def test_leaving_with_lines_that_are_not_sent(alice: Someone) -> None:
    """Said first, then done."""
    alice.goes_dark()
    alice.types("into the dark", "/quit")
    assert "1 line is not sent yet" in alice.reads()[-2]
    alice.types("/quit")
    assert alice.notes.since()[-1] == "ended"


def test_help_lists_what_one_may_use(alice: Someone) -> None:
    """A member is not told of what only those can do who run the server."""
    alice.types("/help")
    assert not [line for line in alice.reads() if "/shutdown" in line]
    alice.scene.role = "owner"
    alice.types("/help")
    assert [line for line in alice.reads() if "/shutdown" in line]
    alice.types("/help kick")
    assert alice.last() == "-- For example: /kick bob shouting"


def test_an_announcement_and_an_invitation(world: World, alice: Someone, bob: Someone) -> None:
    """They are read wherever one looks."""
    alice.types("/join #ops", "/roomset access invite", "/invite bob")
    assert bob.last() == "alice invites you to #ops. /join #ops enters it"
    assert ("called", "#lobby", bob.last()) in bob.notes.since()


def heard(someone: Someone, *happened: events.Event) -> None:
    """Something that the chatd in memory does not tell by itself."""
    for event in happened:
        someone._hearing.hear(event)


def test_rooms_and_people_are_renamed(alice: Someone, bob: Someone) -> None:
    """The place and the conversation stay where they were, with their lines, under the new name."""
    bob.types("hello", "/msg alice psst")
    lobby = alice.shown
    heard(
        alice,
        events.RoomRenamed(room="lobby", seq=lobby.last + 1, who="bob", at=1, name="hall"),
        events.Renamed(who="bob", name="rob", at=2),
    )
    assert list(titles(alice)) == ["#hall", "rob"]
    assert alice.shown is lobby
    assert "bob: hello" in alice.reads()
    assert people(alice) == ["alice/owner", "rob/member"]
    heard(alice, events.Renamed(who="alice", name="alison", at=2))
    assert alice.scene.me == "alison"


def test_several_lines_at_once(alice: Someone) -> None:
    """They are one line of the model, and hold nothing that could be taken for somebody else's."""
    last = alice.shown.last
    heard(alice, events.Said(room="lobby", seq=last + 1, who="bob", at=1, text="one\ntwo\u202e\x1b[2J"))
    assert alice.last() == "bob: one\ntwo??[2J"


def test_what_is_said_between_programs(alice: Someone) -> None:
    """It is no line; a notice is one."""
    before, last = alice.reads(), alice.shown.last
    heard(
        alice,
        events.Tagged(room="lobby", seq=last + 1, who="bob", at=1, tags={"+typing": "active"}),
        events.Relayed(room="lobby", who="bob", at=1, id="x", kind="tag"),
        events.ProfileChanged(who="bob", at=1, real="Robert"),
        events.Online(who="bob", at=1),
    )
    assert alice.reads() == before
    assert alice.shown.last == last + 1
    heard(alice, events.Relayed(room="lobby", who="bot", at=1, id="y", kind="notice", text="built"))
    assert alice.shown.lines[-1].kind == "notice"
