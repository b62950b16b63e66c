"""The person's side: prompts, and passwords that do not show."""

from chatd.dialects.dialect import Prompt
from chatd.faces.telnet.filter import DO_BINARY, IAC, WILL_ECHO, WONT_ECHO
from chatd.faces.telnet.terminal import Terminal

NAME, SECRET = Prompt("Username: "), Prompt("Password: ", secret=True)
DO_ECHO, DONT_ECHO = bytes((IAC, 253, 1)), bytes((IAC, 254, 1))


def test_the_first_bytes() -> None:
    """A telnet is told to send bytes as they are; on an nc the greeting overwrites the junk."""
    assert Terminal().open() == DO_BINARY + b"\r" == b"\xff\xfd\x00\r"


def test_a_plain_question_is_just_asked() -> None:
    """Nothing is hidden, and nothing follows the answer."""
    terminal = Terminal()
    assert terminal.ask(NAME) == b"Username: "
    assert terminal.entered() == b""
    assert terminal.ask(None) == b""


def test_a_password_on_telnet() -> None:
    """C{WILL ECHO} before the prompt, C{WONT ECHO} and the missing line end after it."""
    terminal = Terminal()
    assert terminal.ask(SECRET) == WILL_ECHO + b"\rPassword: " == b"\xff\xfb\x01\rPassword: "
    terminal.feed(DO_ECHO)
    assert terminal.entered() == WONT_ECHO + b"\r\n" == b"\xff\xfc\x01\r\n"
    terminal.feed(DONT_ECHO)
    assert terminal.ask(SECRET) == WILL_ECHO + b"\rPassword: "
    terminal.feed(DO_ECHO)
    assert terminal.entered() == WONT_ECHO + b"\r\n"
    assert terminal.entered() == b"", "only an answer to a secret question shows again"


def test_a_password_on_nc() -> None:
    """A program that cannot hide it says nothing to C{WILL ECHO}; one is told so, once."""
    terminal = Terminal()
    terminal.ask(SECRET)
    assert terminal.entered() == (
        WONT_ECHO + b"\r-- Your program cannot hide what you type: the password was on your screen.\r\n"
    )
    terminal.ask(SECRET)
    assert terminal.entered() == WONT_ECHO + b"\r"


def test_a_line_that_comes_while_a_prompt_stands_begins_on_its_own() -> None:
    """Once, and only while the prompt stands."""
    terminal = Terminal()
    assert terminal.break_off() == b""
    terminal.ask(NAME)
    assert terminal.break_off() == b"\r\n"
    assert terminal.break_off() == b""
    terminal.ask(NAME)
    terminal.entered()
    assert terminal.break_off() == b""
