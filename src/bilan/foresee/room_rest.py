"""The rest of a period: how many days are left, and how many of them will weigh."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bilan.foresee.room_limits import Exact


@dataclass(frozen=True, slots=True)
class Rest:
    """``left`` days (months, samples) to come, of which ``valid_share``, as a share of one, will be valid.

    The share is the caller's: that of the days so far, or one. Only valid days weigh in a mean, a share or a
    percentile, so what is expected of them is rounded to whole days.

    Raises ValueError for days below zero and a share outside of 0 to 1.
    """

    left: int
    valid_share: Exact = 1

    def __post_init__(self) -> None:
        if self.left < 0 or not 0 <= self.valid_share <= 1:
            raise ValueError(f"a rest of {self.left} days, valid by {self.valid_share}")

    @property
    def expected(self) -> int:
        """The valid days to come.

        >>> Rest(92, Fraction(200, 220)).expected  # 83.6
        84
        """
        return round(self.left * Fraction(self.valid_share))
