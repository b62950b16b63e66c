"""Plain lines at a terminal that can do nothing: questions, secrets, lines that wait, a half-typed line."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport

from chatd.client.terminal.plain import PlainScreen
from chatd.client.terminal.screen import Interrupted
from tests.client.doubles import failure_of
from tests.client.terminal.evening import at_home


class Sitting:
    """Somebody at such a terminal."""

    def __init__(self) -> None:
        self.taken: list[bool] = []
        self.screen = PlainScreen(self.taken.append)
        self.transport = StringTransport()
        self.screen.protocol.makeConnection(self.transport)  # type: ignore[no-untyped-call]

    def types(self, text: str) -> None:
        self.screen.protocol.dataReceived(text.encode())

    def sees(self) -> str:
        shown: bytes = self.transport.value()
        self.transport.clear()
        return shown.decode()


def taken(waiting: "Deferred[Any]") -> object:
    """What was typed."""
    got: list[object] = []
    waiting.addCallback(got.append)
    assert got, "nothing was entered"
    return got[0]


def test_questions_and_secrets() -> None:
    """A secret does not show, and its Enter does not either, so the line is ended for it."""
    sitting = Sitting()
    asked = Deferred.fromCoroutine(sitting.screen.ask("Password: ", hidden=True))
    assert sitting.sees() == "Password: "
    sitting.types("secret\n")
    assert sitting.sees() == "\n"
    assert taken(asked) == "secret"
    asked = Deferred.fromCoroutine(sitting.screen.ask("Username: "))
    sitting.types("al")
    assert sitting.sees() == "Username: al"
    sitting.types("ice\n")
    assert taken(asked) == "alice"


def test_the_terminal_is_given_back() -> None:
    """Keys are taken as they are pressed, until the end."""
    sitting = Sitting()
    assert sitting.taken == [True]
    sitting.screen.protocol.connectionLost()
    assert sitting.taken == [True, False]


def test_a_half_typed_line_stays_whole() -> None:
    """What others say comes above it."""
    sitting = Sitting()
    sitting.types("half a th")
    sitting.sees()
    sitting.screen.show("bob: hi")
    blank = " " * len("half a th")
    assert sitting.sees() == f"\r{blank}\rbob: hi\nhalf a th"
    sitting.types("ought\n")
    assert taken(Deferred.fromCoroutine(sitting.screen.line())) == "half a thought"


def test_ctrl_c_forgets_the_line_first() -> None:
    """And says that it leaves on an empty one; a question is left with it."""
    sitting = Sitting()
    waiting = Deferred.fromCoroutine(sitting.screen.line())
    sitting.types("half\x03")
    assert sitting.sees().endswith("-- The line is forgotten. Ctrl-C on an empty line leaves, as /quit does.\n")
    assert not waiting.called
    sitting.types("\x03")
    assert isinstance(failure_of(waiting), EOFError)
    asked = Deferred.fromCoroutine(sitting.screen.ask("Once more: ", hidden=True))
    sitting.types("\x03")
    assert isinstance(failure_of(asked), Interrupted)


def test_ctrl_d_leaves_only_where_nothing_is_typed() -> None:
    """As everywhere."""
    sitting = Sitting()
    waiting = Deferred.fromCoroutine(sitting.screen.line())
    sitting.types("x\x04")
    assert not waiting.called
    sitting.types("\x7f\x04")
    assert isinstance(failure_of(waiting), EOFError)


def test_keys_that_change_the_line() -> None:
    """Backspace, Ctrl-W, Ctrl-U; what other keys send, and half a character, is nothing."""
    sitting = Sitting()
    sitting.types("one twoo\x7f three\x17four\x1b[3~\x1bOP\x1b[1;5C\n")
    sitting.types("forget\x15\u2603\n")
    got = [taken(Deferred.fromCoroutine(sitting.screen.line())) for _ in range(2)]
    assert got == ["one two four", "\u2603"]


def test_what_was_typed_before_and_completion() -> None:
    """The arrow keys and Tab, as on the full screen."""
    sitting = Sitting()
    evening = at_home()
    sitting.screen.attach(evening.chat)
    evening.screen.type("first thing")
    sitting.types("draft\x1b[A")
    assert sitting.sees().endswith("\rfirst thing")
    sitting.types("\x1b[B")
    assert sitting.sees().endswith("\rdraft")
    sitting.types("\x15/jo\t#lo\t\n")
    assert taken(Deferred.fromCoroutine(sitting.screen.line())) == "/join #lobby"
    sitting.sees()
    sitting.types("/ro\t")
    assert "-- /room, /rooms, /roomset" in sitting.sees()


def test_lines_typed_ahead_are_not_lost() -> None:
    """Also those that come before they are asked for, and whatever way they end."""
    sitting = Sitting()
    sitting.types("one\r\ntwo\nhalf")
    got: list[object] = []
    for _ in range(2):
        Deferred.fromCoroutine(sitting.screen.line()).addCallback(got.append)
    Deferred.fromCoroutine(sitting.screen.line()).addCallback(got.append)
    sitting.types(" a line\r\n")
    assert got == ["one", "two", "half a line"]


def test_the_end_of_what_is_typed() -> None:
    """Ctrl-D ends what is asked, and whatever is asked afterwards."""
    sitting = Sitting()
    waiting = Deferred.fromCoroutine(sitting.screen.line())
    sitting.screen.protocol.connectionLost()
    assert isinstance(failure_of(waiting), EOFError)
    assert isinstance(failure_of(Deferred.fromCoroutine(sitting.screen.line())), EOFError)
