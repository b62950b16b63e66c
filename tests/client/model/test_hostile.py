"""A server that means harm: what it says is shown as text, kept within bounds, and asked for an end."""

import unicodedata
from collections.abc import Iterator
from random import Random
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest
from msgspec.structs import replace
from twisted.internet.task import Clock

from chatd.client.connection.service import Server
from chatd.client.connection.wire import read_event
from chatd.client.model import words
from chatd.client.model.chat import Chat
from chatd.client.model.past import MOST_PAGES
from chatd.client.model.picture.place import MOST_MEMBERS
from chatd.client.model.picture.places import MOST_PLACES
from chatd.client.model.picture.shown import LONGEST
from chatd.core.commands import Login, Names
from chatd.core.events import Answer, AnyEvent, Event, Person
from chatd.dialects.text.scene import Scene
from tests.client.doubles import End, MemoryServer, logged_in, said
from tests.client.model.evening import Notebook

# What moves a cursor, ends a line, or turns what follows it round.
EVIL = "\x1b[2J\x9b31m\u2028\u202e\u2066\x07"
_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def is_evil(character: str) -> bool:
    """Whether a character does something to those around it, which none does that people say."""
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in _TURNS


class Victim:
    """Alice, who has come in to such a server."""

    def __init__(self, **welcome: Any) -> None:
        self.clock = Clock()
        self.server = MemoryServer()
        self.scene = Scene()
        self.chat = Chat(Server(self.clock, self.server, Random(1)), self.clock, lambda: 1, self.scene)
        self.notes = self.chat.observer = Notebook()
        self.chat.enter(Login(name="alice", password="correct horse"))
        (ref,) = self.end.refs()
        self.end.tell(logged_in(ref, **welcome))

    @property
    def end(self) -> End:
        """The server's end."""
        return self.server.end

    def hears(self, *objects: dict[str, Any] | bytes) -> None:
        """The server says something."""
        self.end.tell(*objects)

    def answers(self, do: str, **answer: Any) -> int:
        """Answer every question of a kind; how many there were."""
        asked = [each for each in self.end.heard() if each["do"] == do]
        for each in asked:
            self.end.tell({"done": do, "ref": each["ref"], **answer})
        return len(asked)

    def sees(self) -> str:
        """Everything that a screen could show."""
        chat = self.chat
        shown = [chat.scene.me, words.told(chat.state) if chat.state else ""]
        for place in (*chat.places, chat.shown):
            shown += [place.title, place.topic]
            shown += [f"{one.name} {one.role} {one.away}" for one in (*place.people(), *place.absent.values())]
            shown += [f"{line.who} {line.text} {line.why} {line.deleted_by}" for line in place.lines]
        shown += [str(each) for each in self.notes.told]
        return "".join(shown).replace("\n", "")


def test_every_character_that_there_is() -> None:
    """What does something to a terminal is a question mark, and nothing else is; line ends are the reader's."""
    for number in range(0x110000):
        character = chr(number)
        shown = words.clean(f"a{character}b")
        if character == "\n" or not is_evil(character):
            assert shown == unicodedata.normalize("NFC", f"a{character}b")
        else:
            assert shown == "a?b", f"U+{number:04X}"


def evil(kind: Any) -> Any:
    """Something of a type, with all its fields, and evil in every text."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind(**{field.name: evil(field.type) for field in msgspec.structs.fields(kind)})
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return inner[0]
    if origin in (UnionType, Union, Annotated):
        return evil(inner[0])
    if origin is dict:
        return {evil(inner[0]): evil(inner[1])}
    if origin is tuple:
        return ()
    return {str: f"x{EVIL}", int: 8, bool: True, Any: EVIL}[kind]


def answers(kind: type[Answer] = Answer) -> Iterator[type[Answer]]:
    """Every answer that there is."""
    for each in kind.__subclasses__():
        if each.__struct_config__.tag != each.__name__:
            yield each
        yield from answers(each)


@pytest.mark.parametrize("kind", list(answers()), ids=lambda kind: kind.__name__)
def test_no_answer_in_words_moves_the_cursor(kind: type[Answer]) -> None:
    """Nor does one with nothing in it, which says that there is more."""
    shown = words.answered(evil(kind), Scene())
    assert not [each for each in shown.replace("\n", "") if is_evil(each)]


@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("room", ["lobby", f"x{EVIL}", f"@x{EVIL}"], ids=["here", "elsewhere", "directly"])
@pytest.mark.parametrize("mine", [False, True])
def test_nothing_that_happens_moves_the_cursor(kind: type[Event], room: str, mine: bool) -> None:
    """Whatever field it stands in."""
    event = evil(kind)
    names = {field.name for field in msgspec.structs.fields(kind)}
    event = replace(event, **dict.fromkeys(names & {"room"}, room), **dict.fromkeys(names & {"of"}, 7))
    if mine:
        event = replace(event, **dict.fromkeys(names & {"who", "target", "author"}, "alice"))
    line = msgspec.json.encode(event)
    assert read_event(line) == event, "it would not be heard"
    victim = Victim()
    victim.answers("names", room="lobby", names=["bob"], people=[])
    victim.hears(msgspec.json.encode(said(7, "old", room=room)), line)
    victim.end.drop()
    assert not [each for each in victim.sees() if is_evil(each)]


def history(*seqs: int, more: bool = True) -> dict[str, Any]:
    """A page of comings that are no lines, since nobody wants to read them."""
    events = [{"event": "joined", "room": "lobby", "seq": seq, "who": f"x{seq}", "at": 1} for seq in seqs]
    return {"room": "lobby", "at": 1, "events": events, "more": more}


def test_older_lines_are_not_asked_for_for_ever() -> None:
    """A page with nothing older, or with one thing more at a time and never a line, has an end."""
    victim = Victim(settings={"joins": "off"})
    victim.hears(said(10**6, "newest"))
    victim.end.heard()
    (lobby,) = victim.chat.places
    for page in (history(), history(10**6, 10**6 + 1)):
        lobby.more = True
        victim.chat.page_back()
        assert victim.answers("history", **page) == 1
        assert victim.answers("history", **page) == 0
        assert (lobby.more, lobby.loading) == (False, False)
    lobby.more = True
    victim.chat.page_back()
    asked = 0
    while victim.answers("history", **history(10**6 - 1 - asked)):
        asked += 1
    assert asked == MOST_PAGES
    assert (lobby.more, lobby.loading) == (False, False)
    assert "/history" in victim.sees()


def test_rooms_people_and_names_without_end() -> None:
    """The latest are there, and the one that is looked at; a screen has to draw no more than that."""
    victim = Victim()
    for number in range(MOST_PLACES + 5):
        victim.hears(said(1, "hi", room=f"r{number}"))
    names = [place.name for place in victim.chat.places]
    assert len(names) == MOST_PLACES
    assert (names[0], names[-1]) == ("lobby", f"r{MOST_PLACES + 4}")
    assert victim.chat.shown.name == "lobby"
    for seq in range(8, 8 + MOST_MEMBERS + 5):
        victim.hears({"event": "joined", "room": "lobby", "seq": seq, "who": f"x{seq}", "at": 1})
    assert len(victim.chat.shown.members) + len(victim.chat.shown.absent) <= MOST_MEMBERS
    victim.chat.ask(Names(room="lobby"), quietly=True)
    victim.answers("names", room="lobby", names=[f"y{each}" for each in range(MOST_MEMBERS + 5)])
    assert len(victim.chat.shown.members) + len(victim.chat.shown.absent) <= MOST_MEMBERS


def test_nothing_is_longer_than_a_screen_can_bear() -> None:
    """Texts, names and topics are cut where no honest server has more."""
    victim, long = Victim(), "x" * 100_000
    victim.hears(
        said(8, long, long),
        said(9, long) | {"deleted_by": long},
        {"event": "topic-changed", "room": "lobby", "seq": 10, "who": "bob", "at": 1, "topic": long},
        {"event": "kicked", "room": "lobby", "seq": 11, "who": long, "at": 1, "target": long, "reason": long},
        {"event": "renamed", "who": "alice", "at": 1, "name": long},
        said(1, "hi", room=long),
    )
    for place in victim.chat.places:
        shown = [place.topic, place.title, *(f"{line.who}{line.text}{line.deleted_by}" for line in place.lines)]
        assert max(len(each) for each in (*shown, *(one.name for one in place.people()))) <= 3 * LONGEST
    assert len(victim.scene.me) <= LONGEST


def test_nothing_in_an_answer_moves_the_cursor() -> None:
    """Neither the welcome nor who is there."""
    room = {"room": f"lobby{EVIL}", "seq": 7, "topic": f"x{EVIL}", "recent": [said(7, f"x{EVIL}", room=f"lobby{EVIL}")]}
    victim = Victim(name=f"alice{EVIL}", rooms=[room], role=f"x{EVIL}", last_from=f"x{EVIL}", last_at=1)
    person = evil(Person)
    victim.answers("names", room=f"lobby{EVIL}", names=[], people=[msgspec.to_builtins(person)])
    victim.chat.say("hello")
    (asked,) = (each for each in victim.end.heard() if each["do"] == "say")
    victim.hears({"refused": None, "ref": asked["ref"], "code": f"x{EVIL}", "why": f"x{EVIL}"})
    victim.chat.tell(f"x{EVIL}")
    assert not [each for each in victim.sees() if is_evil(each)]
