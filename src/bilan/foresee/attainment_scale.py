"""Scales on which the rest of a year is foreseen: logs of means, log-odds of shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bilan.foresee.attainment_years import Floats
from bilan.foresee.bands import Start

PERSISTENCE_DEVIATION = 0.25
DEPENDENCE = 1.5  # a mean of months varies so much more than of unrelated ones: (1 + r) / (1 - r), r = 0.2 to the next
WORTH = 10.0  # degrees of freedom of the start's spread: known within about half of itself


@dataclass(frozen=True, slots=True)
class Scale:
    """How a part's mean becomes a level with an even spread, and what is believed of levels before any year is seen.

    ``share`` says that values lie between 0 and 1. ``monthly`` is the standard deviation of a month's level about the
    month's usual level and the year's, ``trend_deviation`` that of a yearly trend, both before any year is seen.
    """

    share: bool
    monthly: float
    trend_deviation: float

    def start(self, known: float, left: float, monthly: float) -> Start:
        """Return the start when ``known`` and ``left`` years lie before and after the cut and ``monthly`` is learned.

        The anomaly of a whole year is half persisted: what stays and what passes weigh the same in it. What passes
        evens out with time, so the weight of a part is known / (known + 1).

        >>> start = MEAN.start(0.25, 0.75, monthly=0.2)
        >>> start.persistence, round(start.spread, 3), MEAN.start(1, 1, 0.2).persistence
        (0.2, 0.082, 0.5)
        """
        spread = monthly * math.sqrt(DEPENDENCE / 12 / left)
        return Start(known / (known + 1), PERSISTENCE_DEVIATION, self.trend_deviation, spread, WORTH)

    def level(self, mean: float, least: float) -> float:
        """Return the level of a part's mean; nearer than ``least`` to 0 (or a share to 1) counts as ``least``.

        >>> MEAN.level(0.0, 0.5) == math.log(0.5), round(SHARE.level(1.0, 0.2), 6)
        (True, 1.386294)
        """
        if not self.share:
            return math.log(max(mean, least))
        inside = min(max(mean, least), 1 - least)
        return math.log(inside / (1 - inside))

    def least(self, told: float, steps: int) -> float:
        """Return what a part of ``steps`` days or months does not tell from zero: ``told``, of them for a share.

        >>> MEAN.least(0.5, 90), SHARE.least(0.5, 100)
        (0.5, 0.005)
        """
        return told / steps if self.share else told

    def mean(self, level: float, least: float) -> float:
        """Return the mean of a level; what is not above ``least`` is none.

        >>> SHARE.mean(0.0, 0.01), round(MEAN.mean(math.log(35), 0.5), 9), MEAN.mean(-1.0, 0.5)
        (0.5, 35.0, 0.0)
        """
        if not self.share:
            found = math.exp(min(level, 700.0))
            return found if found > least else 0.0
        found = 1 / (1 + math.exp(min(-level, 700.0)))
        return 0.0 if found <= least else 1.0 if found >= 1 - least else found

    def forbids(self, values: Floats) -> bool:
        """Return whether ``values`` hold one that no mean or share has: below 0, a share above 1."""
        return bool(((values < 0) | (self.share & (values > 1))).any())


MEAN = Scale(share=False, monthly=0.2, trend_deviation=0.05)
SHARE = Scale(share=True, monthly=0.7, trend_deviation=0.1)
