"""AUTHENTICATE: chunks, and what they say."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.core.names import NAME_BYTES, PASSWORD_BYTES
from chatd.dialects.irc.verbs.entrance.sasl import CHUNK, LONGEST, Assembly, BadResponse, Plain, chunks, external, plain


def taken(*parts: str) -> bytes | None:
    """What comes of chunks, of which only the last one may be the end."""
    assembly = Assembly()
    for part in parts[:-1]:
        assert assembly.take(part) is None
    return assembly.take(parts[-1])


@pytest.mark.parametrize(
    ("parts", "response"),
    [
        (("YW5uAGFubgBzZXNhbWU=",), b"ann\0ann\0sesame"),
        (("+",), b""),  # "Empty (zero-length) responses are sent as AUTHENTICATE +"
        (("YWFh" * 100, "+"), b"aaa" * 100),  # "exactly 400 bytes long, it must also be followed by AUTHENTICATE +"
        (("YWFh" * 100, "YQ=="), b"aaa" * 100 + b"a"),
        (("YWFh" * 100, "YWFh" * 100, "+"), b"aaa" * 200),
    ],
)
def test_take(parts: tuple[str, ...], response: bytes) -> None:
    """Chunks are one response, which ends with a shorter one."""
    assert taken(*parts) == response


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (("*",), "aborted"),  # "The client can abort an authentication by sending an asterisk as the data."
        (("YWFh" * 100, "*"), "aborted"),
        (("a" * 401,), "too-long"),  # 905: "the parameter longer than 400 bytes"
        (("a" * 500,), "too-long"),
        (("a" * CHUNK,) * 10 + ("a" * 97,), "too-long"),
        (("YQ=",), "malformed"),
        (("a b=",), "malformed"),
        (("YQ==YQ==",), "malformed"),
        (("é",), "malformed"),
        (("",), ""),
        (("a" * 399,), "malformed"),
        (("++",), "malformed"),
    ],
)
def test_not_taken(parts: tuple[str, ...], kind: str) -> None:
    """What is no response is refused, with the numeric's reason."""
    if not kind:
        assert taken(*parts) == b""
        return
    with pytest.raises(BadResponse) as caught:
        taken(*parts)
    assert caught.value.kind == kind


@given(st.binary(max_size=1500))
def test_round_trip(data: bytes) -> None:
    """What is sent in chunks is taken from them."""
    parts = chunks(data)
    assert all(len(part) == CHUNK for part in parts[:-1])
    assert len(parts[-1]) < CHUNK
    assert taken(*parts) == data


def test_longest_password() -> None:
    """The longest password there can be, with the longest names, is not too long."""
    response = b"\0".join((b"a" * NAME_BYTES, b"a" * NAME_BYTES, b"p" * PASSWORD_BYTES))
    assert len(b64encode(response)) < LONGEST
    whole = taken(*chunks(response))
    assert whole is not None
    assert plain(whole).password == "p" * PASSWORD_BYTES


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (b"\0ann\0sesame", Plain("ann", "sesame")),
        (b"ann\0ann\0sesame", Plain("ann", "sesame")),
        ("\0änn\0pa ss é".encode(), Plain("änn", "pa ss é")),
    ],
)
def test_plain(response: bytes, said: Plain) -> None:
    """C{[authzid] NUL authcid NUL passwd}; the first is none or the same as the second."""
    assert plain(response) == said


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"ann",
        b"\0ann",
        b"\0ann\0",
        b"\0\0sesame",
        b"bob\0ann\0sesame",
        b"\0ann\0ses\0ame",
        b"\0ann\0\xff",
        b"\0\0",
    ],
)
def test_not_plain(response: bytes) -> None:
    """What PLAIN does not say is refused, and so is to act for another one."""
    with pytest.raises(BadResponse) as caught:
        plain(response)
    assert caught.value.kind == "malformed"


def test_password_is_not_shown() -> None:
    """A password does not get into a log with what it came in."""
    assert "sesame" not in repr(plain(b"\0ann\0sesame"))


@pytest.mark.parametrize(("response", "name"), [(b"", ""), (b"ann", "ann")])
def test_external(response: bytes, name: str) -> None:
    """RFC 4422, appendix A: the name that is asked for, or the one that the certificate says."""
    assert external(response) == name


@pytest.mark.parametrize("response", [b"\xff", b"a\0b"])
def test_not_external(response: bytes) -> None:
    """What is no name is refused."""
    with pytest.raises(BadResponse):
        external(response)


@given(st.lists(st.text(max_size=20) | st.text("YWFh=+/", max_size=400), min_size=1, max_size=6))
def test_anything(parts: list[str]) -> None:
    """Whatever a client sends, it is a response or refused."""
    assembly = Assembly()
    for part in parts:
        try:
            response = assembly.take(part)
            if response is not None:
                plain(response)
                external(response)
        except BadResponse:
            return
