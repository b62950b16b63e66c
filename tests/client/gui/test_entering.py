"""From what was typed at the door to a conversation, or to the words that say why there is none."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.python.usage import UsageError

from chatd.client.connection.protocol import Lost
from chatd.client.connection.service import Server
from chatd.client.connection.trust import Stranger, Trust
from chatd.client.connection.wire import Refusal
from chatd.client.gui.entering import Complaint, Entering, Form, Unknown, Way, complaint, mistake
from chatd.client.model.chat import Chat
from chatd.testing import PASSWORD, World
from tests.client.model.evening import Someone

GOOD = Form("here", "alice", PASSWORD, PASSWORD, is_new=True)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (GOOD, None),
        (GOOD._replace(server=""), "server"),
        (GOOD._replace(name=""), "name"),
        (GOOD._replace(password=""), "password"),
        (GOOD._replace(again="another"), "again"),
        (GOOD._replace(again="another", is_new=False), None),
    ],
)
def test_mistakes(form: Form, field: str | None) -> None:
    """What can be seen without asking the server is said at once, and nothing is cleared."""
    wrong = mistake(form)
    assert (wrong and wrong.field) == field
    assert wrong is None or not wrong.was_tried


def test_a_kept_login_needs_no_password() -> None:
    """But an account cannot be made without one."""
    form = GOOD._replace(password="", again="", is_new=False)
    assert mistake(form, lambda name: name == "alice") is None
    assert mistake(form._replace(is_new=True), lambda name: True) is not None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Refusal("login-failed", "Wrong."), Complaint("password", "invalid username or password")),
        (Refusal("name-taken", "Taken."), Complaint("name", "username already taken")),
        (Refusal("bad-name", "No such letters."), Complaint("name", "No such letters.")),
        (Refusal("bad-password", "Too short."), Complaint("password", "Too short.")),
        (Refusal("registration-closed", "A code."), Complaint("invitation", "A code.")),
        (Refusal("too-many", "Later."), Complaint("server", "Later.")),
        (Lost("nobody listens"), Complaint("server", "cannot talk to here: nobody listens", False)),
        (UsageError("here is no address"), Complaint("server", "here is no address", False)),
    ],
)
def test_complaints(wrong: Any, said: Complaint) -> None:
    """In the words of the old programs, beside the field that it is about."""
    assert complaint(wrong, GOOD) == said


def test_a_kept_login_that_is_worth_nothing() -> None:
    """Then the password is asked for, and not called wrong."""
    said = complaint(Refusal("login-failed", "Wrong."), GOOD._replace(password=""))
    assert said.field == "password"
    assert "the password is needed" in said.text


def enter(someone: Someone, form: Form, room: str | None = None) -> list[Chat | Failure]:
    """Try to get in as somebody; what came of it."""
    way = Way(lambda address, remember: (someone._server, None), lambda server: someone)
    came: list[Chat | Failure] = []
    Deferred.fromCoroutine(Entering(way, form, room).run()).addBoth(came.append)
    someone.turn()
    someone.waits(5)  # a wrong password is answered late
    return came


def refusal_of(came: list[Chat | Failure]) -> Any:
    """Why it did not come to a conversation."""
    (failure,) = came
    assert isinstance(failure, Failure)
    return failure.value


def test_register_and_log_in(world: World) -> None:
    """The account is made, and is in; then another time, with the room that was asked for."""
    alice = Someone(world, enters=False)
    assert enter(alice, GOOD) == [alice]
    assert alice.shown.title == "#lobby"
    again = Someone(world, enters=False)
    assert enter(again, GOOD._replace(is_new=False), "dev") == [again]
    assert again.shown.title == "#dev"


def test_refused(world: World) -> None:
    """A refusal ends the attempt, and the conversation that was none."""
    Someone(world, "alice")
    taken = refusal_of(enter(Someone(world, enters=False), GOOD))
    assert taken.code == "name-taken"
    other = Someone(world, enters=False)
    wrong = refusal_of(enter(other, GOOD._replace(is_new=False, password="not this one")))
    assert wrong.code == "login-failed"
    assert not any(wire.connected for wire in other.door.wires)


def test_nobody_there(world: World) -> None:
    """It is not tried again and again while somebody waits."""
    alice = Someone(world, enters=False)
    alice.door.up = False
    assert isinstance(refusal_of(enter(alice, GOOD)), Lost)
    assert alice.door.wires == []


class Strange(Server):
    """A server that nobody vouches for."""

    def __init__(self) -> None:
        """It needs nothing."""

    async def ask(self, command: Any) -> Any:
        """It is not asked anything."""
        raise Lost("nobody vouches for the server", "untrusted")


@pytest.mark.parametrize("known", [None, "SHA256:another"])
def test_strangers(tmp_path: Path, known: str | None) -> None:
    """Somebody has to decide about a server that is not known; one that is another than before is not offered."""
    trust = Trust(tmp_path / "known", "tls:here:9997")
    trust.stranger = Stranger("tls:here:9997", "SHA256:this", known, "its certificate is self-signed")
    way = Way(lambda address, remember: (Strange(), trust), lambda server: pytest.fail("it was trusted"))
    came: list[Any] = []
    Deferred.fromCoroutine(Entering(way, GOOD).run()).addBoth(came.append)
    wrong = came[0].value
    if known is None:
        assert isinstance(wrong, Unknown)
        assert "its certificate is self-signed" in str(wrong)
    else:
        assert isinstance(wrong, Lost)
