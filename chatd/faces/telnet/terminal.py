"""The person's side of a text connection: prompts, and passwords that do not show."""

from chatd.dialects.dialect import Prompt
from chatd.faces.telnet.filter import DO_BINARY, WILL_ECHO, WONT_ECHO, Heard, Telnet

_SHOWN = b"-- Your program cannot hide what you type: the password was on your screen.\r\n"


class Terminal:
    """
    What is known of one person's terminal.

    @ivar telnet: The filter between the wire and the text.
    """

    __slots__ = ("_asked", "_secret", "_told", "telnet")

    def __init__(self) -> None:
        self.telnet = Telnet()
        self._asked = False
        self._secret = False
        self._told = False

    def open(self) -> bytes:
        """What precedes the first words: a telnet shall send bytes as they are; what others print is overwritten."""
        return DO_BINARY + b"\r"

    def feed(self, data: bytes) -> Heard:
        """Take what was received."""
        return self.telnet.feed(data)

    def ask(self, prompt: Prompt | None) -> bytes:
        """A prompt, as it is to be written; where the answer is secret, the terminal is told to show nothing."""
        if prompt is None:
            return b""
        self._asked = True
        self._secret = prompt.secret
        return (WILL_ECHO + b"\r" if prompt.secret else b"") + prompt.text.encode()

    def entered(self) -> bytes:
        """What is to be written when an answer has come: the terminal shows again what is typed."""
        self._asked = False
        if not self._secret:
            return b""
        self._secret = False
        if self.telnet.hides:
            self.telnet.hides = False
            return WONT_ECHO + b"\r\n"
        if self._told:
            return WONT_ECHO + b"\r"
        self._told = True
        return WONT_ECHO + b"\r" + _SHOWN

    def break_off(self) -> bytes:
        """What is to be written before a line that comes while a prompt stands."""
        was_asked, self._asked = self._asked, False
        return b"\r\n" if was_asked else b""
