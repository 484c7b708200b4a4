"""How fast the frames of one outlet are taken: a burst at once, then so many a second."""

from __future__ import annotations


class Rates:
    """Token buckets by MN; ``rate`` frames a second, ``burst`` at once.

    >>> rates = Rates(rate=2.0, burst=2)
    >>> [rates.take("X1", now) for now in (0.0, 0.0, 0.0, 10.0)]
    [0.0, 0.0, 0.5, 0.0]
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: dict[str, tuple[float, float]] = {}  # what is left, and when that was

    def take(self, mn: str, now: float) -> float:
        """How many seconds the outlet's line is to be left alone after the frame that came ``now``."""
        left, since = self._buckets.get(mn, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._rate) - 1
        self._buckets[mn] = (left, now)
        return -left / self._rate if left < 0 else 0.0
