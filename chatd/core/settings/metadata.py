"""
What programs may be told of an account or a room, one value for each key: as in IRC's draft/metadata-2
(U{https://ircv3.net/specs/extensions/metadata}). Nothing of it means anything to chatd.
"""

import re

from chatd.core import names
from chatd.core.errors import BadArguments, BadText

KEYS = 20
VALUE_BYTES = 300
_KEY = re.compile(r"[a-z0-9_./-][a-z0-9_./:-]{0,63}")


def key(typed: str) -> str:
    """
    Check a key; capitals are none.

    @raise BadArguments: with what is allowed.
    """
    if _KEY.fullmatch(typed.lower()) is None:
        raise BadArguments("A key has 1 to 64 of a-z, 0-9 and _ . / : - in it, and does not begin with a colon.")
    return typed.lower()


def value(typed: str) -> str:
    """
    Check a value, which may be nothing.

    @raise BadText: as L{names.clean} does, or if it is too long.
    """
    typed = names.clean(typed)
    if len(typed.encode()) > VALUE_BYTES:
        raise BadText(f"A value has at most {VALUE_BYTES} bytes of UTF-8.")
    return typed
