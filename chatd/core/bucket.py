"""A token bucket: how often something may happen, in bursts and in the long run."""

# A token, less what adding up fractions of seconds may lose: after L{Bucket.wait} there is one.
_WHOLE = 1 - 1e-6


class Bucket:
    """
    Holds up to C{burst} tokens and gains C{rate} a second. The time is an argument, in seconds of any clock that
    does not go back.
    """

    __slots__ = ("_burst", "_rate", "_since", "_tokens")

    def __init__(self, burst: float, rate: float, now: float) -> None:
        self._burst = self._tokens = float(burst)
        self._rate = rate
        self._since = now

    def take(self, now: float) -> bool:
        """Take one token, if there is one."""
        self._tokens = min(self._burst, self._tokens + (now - self._since) * self._rate)
        self._since = now
        if self._tokens < _WHOLE:
            return False
        self._tokens -= 1
        return True

    def owe(self, tokens: float) -> None:
        """Take more than there may be: what is lacking is waited for later."""
        self._tokens -= tokens

    def wait(self) -> float:
        """Seconds from the last L{take} until there is a token again."""
        return max(0.0, (1 - self._tokens) / self._rate)
