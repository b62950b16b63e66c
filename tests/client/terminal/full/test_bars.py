"""The lines that say how things stand."""

from typing import cast

import pytest

from chatd.client.connection.link import Connecting, Offline, Online, Refused, State
from chatd.client.connection.protocol import Lost
from chatd.client.connection.wire import Refusal
from chatd.client.model.chat import Chat
from chatd.client.model.picture.place import Place
from chatd.client.terminal.full import bars
from chatd.core.events import LoggedIn

IN = Online(LoggedIn(name="alice", at=0, rooms=(), settings={}), again=False)


class Standing:
    """How things may stand."""

    class scene:  # noqa: N801 (it stands for an attribute)
        me = "alice"

    def __init__(self, *places: Place, unsent: int = 0, state: State | None = IN) -> None:
        self.places, self.unsent, self.state = places, unsent, state
        self.current = places[0] if places else None
        self.shown = self.current or Place("")

    def place(self, name: str) -> Place | None:
        return next((each for each in self.places if each.name == name), None)


def status(standing: Standing, width: int = 100, below: int = 0) -> str:
    drawn = bars.status(cast("Chat", standing), "home", width, below)
    text = "".join(part[1] for part in drawn)
    assert len(text) <= width or width < 40
    return " ".join(text.split())


def test_the_status_line() -> None:
    """Server, places with what is unread and who is meant, people, connection."""
    lobby = Place("lobby")
    for name in ("alice", "bob"):
        lobby.enter(name)
    standing = Standing(lobby, Place("dev", unread=3), Place("@bob", unread=2, mentions=1), unsent=2)
    assert status(standing) == "1:#lobby 2:#dev 3 3:bob 2! 2 to send 2 people alice@home connected"
    assert "17 below: End" in status(standing, below=17)
    lobby.lose("bob")
    assert "1 person" in status(standing)


def test_too_many_places() -> None:
    """The current one and those with news stay; that there are others is seen."""
    places = [Place(f"room{number}") for number in range(30)]
    places[20].unread, places[25].mentions = 1, 1
    drawn = status(Standing(*places), width=80)
    for part in ("1:#room0", "21:#room20 1", "26:#room25", "…", "connected"):
        assert part in drawn
    assert "…" in status(Standing(*places), width=30)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (IN, "connected"),
        (Connecting(), "connecting"),
        (Offline(Lost("x"), 4.2, 1, True), "NOT CONNECTED, again in 4 s"),
        (Refused(Refusal("x", "y")), "NOT CONNECTED"),
        (None, "NOT CONNECTED"),
    ],
)
def test_the_connection(state: State | None, shown: str) -> None:
    """In a word or two."""
    assert bars.connection(state)[1] == shown


def test_the_title() -> None:
    """The place and its topic; without a place, the server."""
    lobby, talk = Place("lobby", topic="Say hello"), Place("@bob")
    for place, shown in ((lobby, "#lobby Say hello"), (talk, "bob between the two of you")):
        drawn = bars.title(cast("Chat", Standing(place)), "home")
        assert " ".join("".join(part[1] for part in drawn).split()) == shown
    assert bars.title(cast("Chat", Standing()), "home") == [("class:title.place", " home ")]
