"""Plain lines at a terminal that can do nothing: questions, secrets, lines that wait."""

from twisted.internet.defer import Deferred
from twisted.internet.testing import StringTransport

from chatd.client.terminal.plain import PlainScreen
from tests.client.doubles import failure_of


class Sitting:
    """Somebody at such a terminal."""

    def __init__(self) -> None:
        self.hidden: list[bool] = []
        self.screen = PlainScreen(self.hidden.append)
        self.transport = StringTransport()
        self.screen.protocol.makeConnection(self.transport)  # type: ignore[no-untyped-call]

    def types(self, text: str) -> None:
        self.screen.protocol.dataReceived(text.encode())  # type: ignore[no-untyped-call]

    def sees(self) -> str:
        shown: bytes = self.transport.value()
        self.transport.clear()
        return shown.decode()


def test_questions_and_secrets() -> None:
    """A secret does not show, and its Enter does not either, so the line is ended for it."""
    sitting = Sitting()
    asked = Deferred.fromCoroutine(sitting.screen.ask("Password: ", hidden=True))
    assert sitting.sees() == "Password: "
    assert sitting.hidden == [True]
    sitting.types("secret\n")
    assert sitting.hidden == [True, False]
    assert sitting.sees() == "\n"
    got: list[str] = []
    asked.addCallback(got.append)
    assert got == ["secret"]


def test_lines_typed_ahead_are_not_lost() -> None:
    """Also those that come before they are asked for, and whatever way they end."""
    sitting = Sitting()
    sitting.types("one\r\ntwo\nhalf")
    got: list[object] = []
    for _ in range(2):
        Deferred.fromCoroutine(sitting.screen.line()).addCallback(got.append)
    Deferred.fromCoroutine(sitting.screen.line()).addCallback(got.append)
    sitting.types(" a line\n")
    assert got == ["one", "two", "half a line"]


def test_the_end_of_what_is_typed() -> None:
    """Ctrl-D ends what is asked, and whatever is asked afterwards."""
    sitting = Sitting()
    waiting = Deferred.fromCoroutine(sitting.screen.line())
    sitting.screen.protocol.connectionLost()
    assert isinstance(failure_of(waiting), EOFError)
    assert isinstance(failure_of(Deferred.fromCoroutine(sitting.screen.line())), EOFError)
