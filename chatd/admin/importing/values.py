"""Single values of other programs: what they mean here, or why they mean nothing."""

import re
from datetime import UTC, datetime

from chatd.auth.hashes import PLAIN, WRAPPED, Stored, cost_of
from chatd.core import names
from chatd.core.errors import ChatError

SENDER_CHARACTERS = 64
HIGHEST_COST = 16

_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_SHA256_DIGITS = 64
_OTHER_DIGESTS = {32: "MD5", 40: "SHA-1", 56: "SHA-224", 96: "SHA-384", 128: "SHA-512"}
_BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?")
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?")

# A number in between is seconds from 1973 to 5138, or milliseconds from 1973 to 5138: never both.
_FIRST_SECOND, _FIRST_MILLISECOND, _END = 10**8, 10**11, 10**14


class Refusal(Exception):
    """A value that is not taken over; the text says why, without the value where that may be a secret."""


def text_of(value: object) -> str:
    """
    A value as text.

    @raise Refusal: if it is none.
    """
    if value is None:
        raise Refusal("there is nothing")
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise Refusal("its bytes are not UTF-8") from None
    if not isinstance(value, str):
        raise Refusal("it is a number, not text")
    return value


def name_of(value: object) -> names.Name:
    """
    The name of an account.

    @raise Refusal: if chatd would not let anybody register with it.
    """
    try:
        return names.account_name(text_of(value))
    except ChatError as wrong:
        raise Refusal(_reason(wrong)) from None


def sender_of(value: object) -> str:
    """
    Who said something: not always the name of an account, but something that can be shown.

    @raise Refusal: if it cannot.
    """
    sender = line_of(value)
    if len(sender) > SENDER_CHARACTERS:
        raise Refusal(f"it has more than {SENDER_CHARACTERS} characters")
    return sender


def line_of(value: object) -> str:
    """
    A line that was said.

    @raise Refusal: if chatd would let nobody say it.
    """
    try:
        return names.text(text_of(value))
    except ChatError as wrong:
        raise Refusal(_reason(wrong)) from None


def secret_of(value: object, digests: bool) -> Stored:
    """
    A password hash: bcrypt's own text, or the digits of a SHA-256, which are yet to be wrapped.

    @param digests: Whether it may be a SHA-256.
    @raise Refusal: if it is neither.
    """
    secret = text_of(value)
    if digests and len(secret) == _SHA256_DIGITS and _HEXADECIMAL.fullmatch(secret):
        return Stored(WRAPPED, secret.lower())
    if _BCRYPT.fullmatch(secret):
        if not 4 <= cost_of(secret) <= HIGHEST_COST:
            raise Refusal(f"its bcrypt cost is {cost_of(secret)}, and 4 to {HIGHEST_COST} are possible")
        return Stored(PLAIN, secret)
    raise Refusal(_no_hash(secret, digests))


def _no_hash(secret: str, digests: bool) -> str:
    wanted = "SHA-256 in hexadecimal digits or bcrypt" if digests else "bcrypt"
    other = _OTHER_DIGESTS.get(len(secret)) if _HEXADECIMAL.fullmatch(secret) else None
    if other:
        return f"the hash looks like {other}; it can be {wanted}"
    if secret.startswith(("$", "{")):
        return f"the hash is of another kind; it can be {wanted}"
    return f"the password is not hashed, or in an unknown way; it can be {wanted}"


def time_of(value: object, now: int) -> int:
    """
    A time, in UTC milliseconds: of seconds or milliseconds since 1970, or of ISO 8601, in UTC where it says no other.

    @raise Refusal: if it is none, is still to come, or is before 1970.
    """
    at = _written(text_of(value)) if isinstance(value, str | bytes) else _numbered(value)
    if not 0 <= at <= now:
        raise Refusal("the time is still to come" if at > now else "the time is before 1970")
    return at


def _written(written: str) -> int:
    if _NUMBER.fullmatch(written):
        return _numbered(float(written))
    if not _WRITTEN.fullmatch(written):
        raise Refusal("the time is in an unknown form")
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise Refusal("there is no such time") from None
    return _milliseconds((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _numbered(number: object) -> int:
    if not isinstance(number, int | float):
        raise Refusal("there is no time")
    if _FIRST_SECOND <= number < _FIRST_MILLISECOND:
        return _milliseconds(number)
    if _FIRST_MILLISECOND <= number < _END:
        return round(number)
    raise Refusal("the number is neither seconds nor milliseconds since 1970")


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def shown(value: object) -> str:
    """A value as an operator's terminal can show it."""
    if isinstance(value, str) and len(value) <= SENDER_CHARACTERS:
        try:
            return names.clean(value)
        except ChatError:
            pass
    written = ascii(value)
    return written if len(written) <= SENDER_CHARACTERS else f"{written[:SENDER_CHARACTERS]}..."


def _reason(wrong: ChatError) -> str:
    return wrong.why[0].lower() + wrong.why[1:].rstrip(".")
