"""
C{AUTHENTICATE}: chunks of Base64 and what they say. IRCv3 SASL 3.1 and 3.2; RFC 4616 (PLAIN), RFC 4422 (EXTERNAL).

SCRAM is not among the mechanisms: it needs a credential that was stored for it (RFC 5802, section 3), and what is
stored of a password here is its bcrypt hash, which can do no more than judge the password itself.
"""

import binascii
from base64 import b64decode, b64encode
from typing import Literal, NamedTuple

CHUNK = 400
"""How long a chunk is that is not the last one."""
LONGEST = 4096
"""How much Base64 a response may be in all: room for the longest password and two names."""
NOTHING = "+"
ABORT = "*"
PLAIN, EXTERNAL = "PLAIN", "EXTERNAL"

Kind = Literal["aborted", "too-long", "malformed"]


class BadResponse(ValueError):
    """
    A response that is none.

    @ivar kind: C{aborted} (906), C{too-long} (905) or C{malformed} (904).
    """

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


class Plain(NamedTuple):
    """
    What PLAIN says.

    @ivar name: Whose password it is (authcid).
    """

    name: str
    password: str

    def __repr__(self) -> str:
        return f"Plain(name={self.name!r})"


class Assembly:
    """
    One response of a client's, chunk by chunk.

    @ivar mechanism: What it is a response of.
    """

    __slots__ = ("_chunks", "_length", "mechanism")

    def __init__(self, mechanism: str = PLAIN) -> None:
        self.mechanism = mechanism
        self._chunks: list[str] = []
        self._length = 0

    def take(self, chunk: str) -> bytes | None:
        """
        The next chunk.

        @return: The response, decoded, if it was the last one: a chunk that is shorter than L{CHUNK}, or C{+}.
        @raise BadResponse: if the client gave up, or the response is too long or no Base64.
        """
        if chunk == ABORT:
            raise BadResponse("aborted")
        if len(chunk) > CHUNK:
            raise BadResponse("too-long")
        if chunk != NOTHING:
            self._chunks.append(chunk)
            self._length += len(chunk)
            if self._length > LONGEST:
                raise BadResponse("too-long")
            if len(chunk) == CHUNK:
                return None
        try:
            return b64decode("".join(self._chunks).encode(), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise BadResponse("malformed") from None


def plain(response: bytes) -> Plain:
    """
    Read a response to PLAIN: C{[authzid] NUL authcid NUL passwd} (RFC 4616, section 2).

    Nobody acts for another one here, so the authorization identity is none or the same.

    @raise BadResponse: if it is none.
    """
    try:
        other, name, password = response.decode().split("\0")
    except ValueError:
        raise BadResponse("malformed") from None
    if not name or not password or other not in ("", name):
        raise BadResponse("malformed")
    return Plain(name, password)


def external(response: bytes) -> str:
    """
    Read a response to EXTERNAL: the name that is asked for, or the empty text for the one that the certificate says.

    @raise BadResponse: if it is none.
    """
    try:
        name = response.decode()
    except UnicodeDecodeError:
        raise BadResponse("malformed") from None
    if "\0" in name:
        raise BadResponse("malformed")
    return name


def chunks(data: bytes) -> list[str]:
    """
    Data as chunks: "If the last chunk was exactly 400 bytes long, it must also be followed by AUTHENTICATE + to signal
    end of response."
    """
    text = b64encode(data).decode()
    parts = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    return parts if parts and len(parts[-1]) < CHUNK else [*parts, NOTHING]
