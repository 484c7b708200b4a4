"""The rest of a period: how many days are left, and how many of them will weigh.

Nobody knows how many of the days to come will be valid, from none to all. What a room says for certain holds for each
of these numbers; only its amount rests on the expected one. The ends of what can come are where every day is valid: a
valid day at its best never makes a mean, a share or a percentile worse, and one at its worst never better.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bilan.foresee.room_limits import Exact


@dataclass(frozen=True, slots=True)
class Rest:
    """``left`` days (months, samples) to come, of which ``valid_share``, as a share of one, will be valid.

    The share is the caller's: that of the days so far, or one. Only valid days weigh in a mean, a share or a
    percentile, so what is expected of them is rounded to whole days, and to one day at least while one is left.

    Raises ValueError for days below zero and a share outside of 0 to 1.
    """

    left: int
    valid_share: Exact = 1

    def __post_init__(self) -> None:
        if self.left < 0 or not 0 <= self.valid_share <= 1:
            raise ValueError(f"a rest of {self.left} days, valid by {self.valid_share}")

    @property
    def expected(self) -> int:
        """The valid days to come, on which amounts rest.

        >>> Rest(92, Fraction(200, 220)).expected, Rest(92, 0).expected  # 83.6
        (84, 1)
        """
        return max(round(self.left * Fraction(self.valid_share)), min(self.left, 1))

    @property
    def all_valid(self) -> Rest:
        """The same rest if every day of it turns out valid."""
        return Rest(self.left)
