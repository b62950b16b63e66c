"""
Bytes to lines, in one linear pass and with bounded memory.

L{twisted.protocols.basic.LineReceiver} copies its buffer at every line, so that one read full of newlines costs
hundreds of milliseconds; this looks at each byte once, and hands out one line at a time, so that the face can
stop between two of them.
"""


class Lines:
    """
    What has been received and not been taken yet.

    A line ends with LF or, as telnet's Enter may, with CR NUL (RFC 854); a CR before LF belongs to the end.
    Nothing is decoded here.
    """

    __slots__ = ("_buffer", "_scanned", "_skips", "_start")

    def __init__(self) -> None:
        self._buffer = b""
        self._skips = False
        self._start = 0
        self._scanned = 0

    def __len__(self) -> int:
        return len(self._buffer) - self._start

    def feed(self, data: bytes) -> None:
        """Take what was received."""
        if self._skips:
            _, end, data = data.partition(b"\n")
            self._skips = not end
        if b"\0" in data:
            if data[0] == 0 and self._buffer.endswith(b"\r"):
                data = b"\n" + data[1:]
            data = data.replace(b"\r\0", b"\r\n")
        if self._start == len(self._buffer):
            self._buffer, self._start, self._scanned = data, 0, 0
        else:
            self._buffer = self._buffer[self._start :] + data
            self._scanned -= self._start
            self._start = 0

    def is_due(self, limit: int) -> bool:
        """Whether there is a whole line, or more of one than may be."""
        return self._end() >= 0 or len(self) > limit + 1

    def take(self, limit: int) -> bytes | None:
        """The next line without its end; C{None} if it is longer than C{limit} bytes. Only when one is due."""
        end = self._end()
        if end < 0 or end - self._start > limit + 1:
            return None
        line = self._buffer[self._start : end]
        if end + 1 == len(self._buffer):
            self.clear()  # what was read at once may be long, and the silence after it, too
        else:
            self._start = self._scanned = end + 1
        line = line.removesuffix(b"\r")
        return line if len(line) <= limit else None

    def skip(self) -> None:
        """Drop the next line, whole or not, up to its LF: the one that is too long."""
        end = self._end()
        self._skips = end < 0
        self._start = self._scanned = len(self._buffer) if end < 0 else end + 1

    def clear_last(self) -> None:
        """Drop the line that has begun and not ended."""
        end = self._buffer.rfind(b"\n", self._start) + 1
        self._buffer = self._buffer[: max(end, self._start)]
        self._scanned = min(self._scanned, len(self._buffer))

    def clear(self) -> None:
        """Drop everything."""
        self._buffer, self._start, self._scanned = b"", 0, 0

    def _end(self) -> int:
        """Where the next LF stands, or -1. What was looked at once is not looked at again."""
        end = self._buffer.find(b"\n", max(self._scanned, self._start))
        self._scanned = len(self._buffer) if end < 0 else end
        return end
