"""Which passwords an account may have."""

from functools import lru_cache

from chatd.auth.tokens import is_token
from chatd.core.errors import BadPassword


def require_good(password: str, name: str, shortest: int) -> None:
    """
    Let a new password pass or not.

    @param shortest: The fewest characters that it may have. Where one is enough, the operator wants no rules at all
        (a site for tests), and none holds but that a password cannot be mistaken for a token.
    @raise BadPassword: with what is wrong with it.
    """
    if is_token(password):
        raise BadPassword("A password cannot look like a token. Choose another one.")
    if shortest == 1 and password:
        return
    if len(password) < shortest:
        raise BadPassword(f"A password has {shortest} characters at the least. A few words are easy to remember.")
    folded = password.casefold()
    if _bare(folded) == _bare(name.casefold()):
        raise BadPassword("A password cannot be your name. Choose something that nobody would try.")
    if folded in frequent_passwords() or len(set(folded)) < 3:
        raise BadPassword("That is one of the commonest passwords. Choose something that nobody would try.")


def _bare(word: str) -> str:
    """A word without what people put behind it to make it another one."""
    return word.rstrip("0123456789!._-") or word


@lru_cache(maxsize=1)
def frequent_passwords() -> frozenset[str]:
    """The passwords that everybody tries first: the list that comes with zxcvbn, read when it is first needed."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
