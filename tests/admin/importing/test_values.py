"""A value means one thing, or is refused with a reason that can be shown."""

from datetime import UTC, datetime

import bcrypt
import pytest

from chatd.admin.importing import values
from chatd.admin.importing.values import Refusal
from chatd.auth.hashes import PLAIN, WRAPPED
from tests.admin.importing.seeds import sha256
from tests.admin.rows import NOW

NOON = int(datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC).timestamp() * 1000)
UNHASHED = "the password is not hashed, or in an unknown way; it can be "
EITHER = "SHA-256 in hexadecimal digits or bcrypt"
BCRYPT = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()


@pytest.mark.parametrize(
    ("written", "at"),
    [
        (NOON // 1000, NOON), (NOON / 1000 + 0.25, NOON + 250), (NOON, NOON), (f"{NOON // 1000}", NOON),
        (f"{NOON}", NOON), (f"{NOON // 1000}.25", NOON + 250),
        ("2024-05-01 12:00:00", NOON), ("2024-05-01T12:00:00", NOON), ("2024-05-01T12:00:00Z", NOON),
        ("2024-05-01T14:00:00+02:00", NOON), ("2024-05-01 14:00:00+0200", NOON), ("2024-05-01 12:00", NOON),
        ("2024-05-01 12:00:00.123456", NOON + 123), (b"2024-05-01 12:00:00", NOON),
    ],
)  # fmt: skip
def test_times(written: object, at: int) -> None:
    """Seconds, milliseconds, ISO 8601, and what SQLite and Python write."""
    assert values.time_of(written, NOW) == at


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (None, "there is no time"),
        ("", "the time is in an unknown form"),
        ("yesterday", "the time is in an unknown form"),
        ("12:00:00", "the time is in an unknown form"),
        ("2024-05-01", "the time is in an unknown form"),
        ("01.05.2024 12:00", "the time is in an unknown form"),
        ("2024-02-30 12:00:00", "there is no such time"),
        ("2024-05-01 25:00:00", "there is no such time"),
        (12, "the number is neither seconds nor milliseconds since 1970"),
        (-1, "the number is neither seconds nor milliseconds since 1970"),
        (NOON * 1000, "the number is neither seconds nor milliseconds since 1970"),
        (float("inf"), "the number is neither seconds nor milliseconds since 1970"),
        (NOW + 1, "the time is still to come"),
        ("2999-01-01 00:00:00", "the time is still to come"),
        ("1969-12-31 23:59:59", "the time is before 1970"),
        (b"\xff", "its bytes are not UTF-8"),
    ],
)
def test_times_that_are_none(written: object, why: str) -> None:
    """None is made up."""
    with pytest.raises(Refusal) as caught:
        values.time_of(written, NOW)
    assert str(caught.value) == why


@pytest.mark.parametrize("secret", [sha256("x"), sha256("x").upper(), sha256("x").encode()])
def test_sha256(secret: object) -> None:
    """In upper or lower case it is the same, and the daemon hashes into lower case."""
    assert values.secret_of(secret, True) == (WRAPPED, sha256("x"))


@pytest.mark.parametrize("kind", ["$2a$", "$2b$", "$2y$"])
@pytest.mark.parametrize("digests", [True, False])
def test_bcrypt(kind: str, digests: bool) -> None:
    """It is taken as it is, from whatever program."""
    secret = BCRYPT.replace("$2b$", kind)
    assert values.secret_of(secret, digests) == (PLAIN, secret)


@pytest.mark.parametrize(
    ("secret", "digests", "why"),
    [
        (None, True, "there is nothing"),
        (12345, True, "it is a number, not text"),
        (b"\xff\xfe", True, "its bytes are not UTF-8"),
        ("hunter2", True, f"{UNHASHED}{EITHER}"),
        (sha256("x") + "\n", True, f"{UNHASHED}{EITHER}"),
        ("g" * 64, True, f"{UNHASHED}{EITHER}"),
        ("d" * 32, True, "the hash looks like MD5; it can be " + EITHER),
        ("d" * 128, True, "the hash looks like SHA-512; it can be " + EITHER),
        (sha256("x"), False, f"{UNHASHED}bcrypt"),
        ("$apr1$abc$def", False, "the hash is of another kind; it can be bcrypt"),
        ("{SHA}abc", False, "the hash is of another kind; it can be bcrypt"),
        (BCRYPT[:-1], True, "the hash is of another kind; it can be " + EITHER),
        (BCRYPT.replace("$04$", "$31$"), True, "its bcrypt cost is 31, and 4 to 16 are possible"),
        (BCRYPT.replace("$04$", "$03$"), True, "its bcrypt cost is 3, and 4 to 16 are possible"),
    ],
)  # fmt: skip
def test_secrets_that_chatd_cannot_check(secret: object, digests: bool, why: str) -> None:
    """The reason does not show the secret: it may be a password."""
    with pytest.raises(Refusal) as caught:
        values.secret_of(secret, digests)
    assert str(caught.value) == why


def test_names() -> None:
    """They are as chatd would have them, and fold as they do there."""
    assert values.name_of("Alice").key == "alice"
    for name, why in (("root", "kept for the server itself"), ("a b", "letters, digits"), (7, "a number, not text")):
        with pytest.raises(Refusal, match=why):
            values.name_of(name)


def test_senders() -> None:
    """Not everyone who spoke is an account, but everyone can be shown."""
    assert values.sender_of("[System]") == "[System]"
    for sender, why in (("x" * 65, "more than 64 characters"), ("a\x1b[2J", "cannot hold"), ("", "nothing")):
        with pytest.raises(Refusal, match=why):
            values.sender_of(sender)


def test_lines() -> None:
    """They are as chatd would have them."""
    assert values.line_of("Zoe\u0308") == "Zo\u00eb"
    for line, why in (("two\nlines", "cannot hold U\\+000A"), ("x" * 2001, "at most 2000"), (None, "there is nothing")):
        with pytest.raises(Refusal, match=why):
            values.line_of(line)


@pytest.mark.parametrize(
    ("value", "as_shown"),
    [("Zoë", "Zoë"), ("a\x1b[2J", r"'a\x1b[2J'"), (b"\xff", r"b'\xff'"), (None, "None"),
     ("x" * 99, "'" + "x" * 63 + "...")],
)  # fmt: skip
def test_whatever_it_is_a_terminal_can_show_it(value: object, as_shown: str) -> None:
    """A name from a file moves nobody's cursor."""
    assert values.shown(value) == as_shown
