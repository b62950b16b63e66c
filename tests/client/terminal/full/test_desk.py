"""The keys of the full screen, without a terminal."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from twisted.internet.defer import Deferred

from chatd.client.model.entry import Pasted
from chatd.client.model.observer import Audience
from chatd.client.terminal.full.desk import FullScreen, Words
from chatd.client.terminal.full.keys import bindings
from chatd.client.terminal.screen import Interrupted
from chatd.testing import World
from tests.client.doubles import failure_of
from tests.client.model.evening import Someone


class Loop(asyncio.SelectorEventLoop):
    """A loop whose time is the test's."""

    now = 0.0

    def time(self) -> float:
        return self.now


class Desk:
    """Alice at a full screen that is not drawn, with bob in the lobby."""

    def __init__(self) -> None:
        Someone.all.clear()
        world = World()
        self.alice, self.bob = Someone(world, "alice"), Someone(world, "bob")
        self.loop = Loop()
        self.screen = FullScreen(self.loop, "home")
        self.screen.attach(self.alice)
        self.alice.observer = Audience((self.alice.notes, self.screen))

    def reads(self) -> "Deferred[str | Pasted]":
        return Deferred.fromCoroutine(self.screen.line())

    def turn(self, seconds: float) -> None:
        self.loop.now += seconds
        self.loop.run_until_complete(asyncio.sleep(0))

    def types(self, text: str) -> None:
        self.screen._entry.insert_text(text)

    @property
    def entry(self) -> str:
        return self.screen._entry.text


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Everybody goes at the end."""
    desk = Desk()
    yield desk
    for each in Someone.all:
        each.leave()
        each.turn()
    desk.loop.close()


def taken(waiting: "Deferred[Any]") -> object:
    got: list[object] = []
    waiting.addCallback(got.append)
    assert got, "nothing was entered"
    return got[0]


def test_enter_takes_the_line(desk: Desk) -> None:
    """Also if one is faster than what takes them."""
    for typed in ("one", "two"):
        desk.types(typed)
        desk.screen.enter()
    assert [taken(desk.reads()), taken(desk.reads())] == ["one", "two"]
    waiting = desk.reads()
    desk.types("three")
    desk.screen.enter()
    assert taken(waiting) == "three"
    assert desk.entry == ""


def test_ctrl_c_and_ctrl_d(desk: Desk) -> None:
    """The first forgets a line, and only then is it about leaving."""
    waiting = desk.reads()
    desk.types("half")
    desk.screen.give_up()
    assert desk.entry == ""
    assert not waiting.called
    desk.screen.give_up()
    assert isinstance(failure_of(waiting), Interrupted)
    waiting = desk.reads()
    assert desk.screen.is_empty()
    desk.screen.go()
    assert isinstance(failure_of(waiting), EOFError)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("one line", "one line"),
        ("one line\n", "one line"),
        ("\n a\tb \n", " a      b "),
        ("\n\n", ""),
        ("a\x07b", "ab"),
    ],
)
def test_pasting_a_line(desk: Desk, text: str, entry: str) -> None:
    """It is put where one types, and not sent."""
    waiting = desk.reads()
    desk.screen.paste(text)
    assert desk.entry == entry
    assert not waiting.called
    waiting.addErrback(lambda _: None).cancel()


def test_pasting_lines(desk: Desk) -> None:
    """They are not sent by the pasting, and what was half typed stays."""
    waiting = desk.reads()
    desk.types("half")
    desk.screen.paste("one\r\ntwo\n\n/quit\n")
    assert taken(waiting) == Pasted(("one", "two", "/quit"), 1)
    assert desk.entry == "half"


def test_lines_that_a_terminal_pastes_without_saying_so(desk: Desk) -> None:
    """What comes with an Enter in one go is gathered until no more comes, and then asked about like any paste."""
    waiting = desk.reads()
    desk.types("one")
    desk.screen.enter(more=True)
    assert (desk.entry, desk.screen.is_pouring()) == ("", True)
    for each in "two\n\n/quit\n":
        desk.screen.pour(each)
    assert not waiting.called
    desk.turn(0.2)
    assert taken(waiting) == Pasted(("one", "two", "/quit"), 1)
    assert not desk.screen.is_pouring()


def test_a_half_typed_line_belongs_to_its_place(desk: Desk) -> None:
    """It is not said elsewhere by mistake, and is there when one comes back."""
    desk.alice.types("/join #dev")
    desk.types("for dev")
    desk.screen.look(1)
    assert (desk.alice.shown.title, desk.entry) == ("#lobby", "")
    desk.types("for the lobby")
    desk.screen.step(1)
    assert (desk.alice.shown.title, desk.entry) == ("#dev", "for dev")
    desk.screen.look(2)
    assert desk.entry == "for dev"
    desk.screen.give_up()
    desk.alice.types("/room #lobby")
    assert desk.entry == "for the lobby"


def test_a_half_typed_line_outlives_its_place(desk: Desk) -> None:
    """Whoever is put out of a room, or is taken to another one while typing, keeps what is typed."""
    desk.alice.types("/join #dev")
    desk.types("half")
    desk.alice.types("/leave")
    assert (desk.alice.shown.title, desk.entry) == ("chatd", "half")


def test_a_question_goes_along(desk: Desk) -> None:
    """It is about what was asked; the half-typed lines stay where they were typed."""
    desk.alice.types("/join #dev")
    desk.types("for dev")
    asked = Deferred.fromCoroutine(desk.screen._ask_below("Sure? ", hidden=False))
    desk.screen.look(1)
    desk.types("yes")
    desk.screen.enter()
    assert taken(asked) == "yes"
    assert desk.entry == ""
    desk.screen.look(2)
    assert desk.entry == "for dev"


def test_the_arrow_keys(desk: Desk) -> None:
    """What was typed before comes back; the draft is not lost."""
    desk.alice.types("one", "two")
    desk.types("draft")
    shown = []
    for older in (True, True, True, False, False, False):
        desk.screen.recall(older)
        shown.append(desk.entry)
    assert shown == ["two", "one", "one", "two", "draft", "draft"]


def test_looking_around(desk: Desk) -> None:
    """By number, one after the other, and where one is meant."""
    alice, screen = desk.alice, desk.screen
    alice.types("/join #dev", "/join #ops")
    screen.look(1)
    assert alice.shown.title == "#lobby"
    screen.look(9)
    screen.step(-1)
    assert alice.shown.title == "#ops"
    screen.step(1)
    screen.step(1)
    assert alice.shown.title == "#dev"
    desk.bob.types("hello", "/msg alice psst")
    screen.look_for_news()
    assert alice.shown.title == "bob"
    screen.look_for_news()
    screen.look_for_news()
    assert alice.shown.title == "#lobby"
    alice.turn()


def test_a_message_to_elsewhere_is_seen_here(desk: Desk) -> None:
    """One does not have to look there to know that it was sent."""
    desk.alice.types("/msg bob psst")
    assert desk.alice.last() == "[you -> bob] psst"


def test_the_keys_are_explained(desk: Desk) -> None:
    """/keys lists them and is no command of the server's."""
    waiting = desk.reads()
    desk.types("/keys")
    desk.screen.enter()
    assert not waiting.called
    assert [line for line in desk.alice.reads() if "Alt-A" in line]
    waiting.addErrback(lambda _: None).cancel()
    assert len(bindings(desk.screen).bindings) > 20


def test_completion(desk: Desk) -> None:
    """Tab offers what the model knows, in the place of the word."""
    document = Document("ask b")
    (found,) = Words(desk.alice.complete).get_completions(document, CompleteEvent())
    assert (found.text, found.start_position) == ("bob", -1)
