"""
The little of telnet that a bare terminal needs (RFC 854, 855, 856, 857, 860).

Bytes that are not telnet's own pass through; requests are answered, no to almost everything; nothing raises,
whatever comes.
"""

from typing import NamedTuple

IAC = 255
SE, SB, WILL, WONT, DO, DONT = 240, 250, 251, 252, 253, 254
IP = 244
BINARY, ECHO, TIMING_MARK = 0, 1, 6

DO_BINARY = bytes((IAC, DO, BINARY))
WILL_ECHO = bytes((IAC, WILL, ECHO))
WONT_ECHO = bytes((IAC, WONT, ECHO))
DO_TIMING_MARK = bytes((IAC, DO, TIMING_MARK))

END_OF_TEXT = b"\x04"  # what telnet sends for Ctrl-D on an empty line, with no line end after it

ANSWERS = 64
SUBNEGOTIATION = 256

_REFUSAL = {DO: WONT, WILL: DONT}


class Heard(NamedTuple):
    """
    What a read came to.

    @ivar text: What is not telnet's own.
    @ivar reply: What to send back at once.
    @ivar interrupted: The peer pressed Ctrl-C; the line that had begun is not in C{text}.
    @ivar forgets: And that line began before this read.
    """

    text: bytes
    reply: bytes = b""
    interrupted: bool = False
    forgets: bool = False


class Telnet:
    """
    A filter for one connection.

    @ivar spoken: Whether the peer has shown that it speaks telnet.
    @ivar hides: Whether the peer shows nothing of what is typed, because we said that we echo.
    """

    __slots__ = ("_answers", "_partial", "hides", "spoken")

    def __init__(self) -> None:
        self.spoken = False
        self.hides = False
        self._partial = b""
        self._answers = 0

    def feed(self, data: bytes) -> Heard:
        """Take what was received. Whoever speaks no telnet pays for one look for the byte 255."""
        if not self._partial and IAC not in data:
            return Heard(data)
        data, self._partial = self._partial + data, b""
        text, reply, interrupted, forgets = bytearray(), bytearray(), False, False
        at = 0
        while (mark := data.find(IAC, at)) >= 0:
            text += data[at:mark]
            size = _size(data, mark)
            if size == 0:
                self._partial = data[mark:]
                at = len(data)
                break
            at = mark + size
            self.spoken = True
            match data[mark + 1]:
                case 255:
                    text.append(IAC)
                case 244:
                    del text[text.rfind(b"\n") + 1 :]
                    interrupted, forgets = True, forgets or not text
                case verb if verb >= WILL:
                    reply += self._negotiate(verb, data[mark + 2])
        text += data[at:]
        return Heard(bytes(text), bytes(reply), interrupted, forgets)

    def _negotiate(self, verb: int, option: int) -> bytes:
        if option == ECHO and verb in (DO, DONT):
            self.hides = verb == DO
            return b""
        if option in (BINARY, TIMING_MARK) and verb == WILL:
            return b""
        refusal = _REFUSAL.get(verb)
        if refusal is None or self._answers >= ANSWERS:
            return b""
        self._answers += 1
        return bytes((IAC, refusal, option))


def _size(data: bytes, mark: int) -> int:
    """How long the telnet command at C{mark} is; 0 if its end has not come."""
    if mark + 1 >= len(data):
        return 0
    verb = data[mark + 1]
    if verb == SB:
        end = data.find(bytes((IAC, SE)), mark + 2, mark + SUBNEGOTIATION + 4)
        if end >= 0:
            return end + 2 - mark
        return 2 if len(data) - mark > SUBNEGOTIATION + 4 else 0
    if verb >= WILL and verb != IAC:
        return 3 if mark + 2 < len(data) else 0
    return 2
