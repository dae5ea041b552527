"""How fast a device may speak. Real seconds, given as an argument: no clock is read here."""

RATE_HZ = 30.0
"""Messages a second that a device may keep up for ever; a page sends one or two."""

BURST = 60
"""Messages that it may send at once after a silence."""


class Bucket:
    """Holds up to `burst` tokens and gains `rate_hz` of them a second; a message takes one."""

    def __init__(self, now_s: float, *, rate_hz: float = RATE_HZ, burst: int = BURST) -> None:
        self._rate_hz, self._burst = rate_hz, burst
        self._tokens = float(burst)
        self._filled_s = now_s

    def take(self, now_s: float) -> bool:
        """Take one token, if there is one."""
        gained = max(0.0, now_s - self._filled_s) * self._rate_hz
        self._tokens = min(self._burst, self._tokens + gained)
        self._filled_s = max(self._filled_s, now_s)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
