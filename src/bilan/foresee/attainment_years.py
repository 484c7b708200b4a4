"""A series of daily or monthly values, cut into the same period of every year and each period in two at one day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bilan.foresee.room_rest import Rest
from bilan.periods import Period

Floats: TypeAlias = NDArray[np.float64]
_DAY = timedelta(days=1)
_PER_YEAR = {"day": 365.25, "month": 12.0}


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Values of one place, one for every day or month from ``first`` on; ``nan`` where there is none.

    ``first`` of a monthly series is the first day of its first month. Each valid value weighs the same in the figure.
    Raises ValueError for a table, for infinite values, and for months that do not begin on the first.

    >>> s = Series(date(2024, 1, 1), [5, None, 7], "month")
    >>> s.values.tolist(), s.steps(date(2024, 3, 31)), s.steps(date(2024, 4, 1))
    ([5.0, nan, 7.0], 2, 3)
    """

    first: date
    values: Floats
    step: Literal["day", "month"] = "day"

    def __init__(self, first: date, values: ArrayLike, step: Literal["day", "month"] = "day") -> None:
        array = np.array(values, dtype=np.float64)
        if array.ndim != 1 or np.isinf(array).any():
            raise ValueError(f"expected a list of finite numbers or nan, not shape {array.shape}")
        if step == "month" and first.day != 1:
            raise ValueError(f"a monthly series begins on the first of a month, not on {first}")
        array.setflags(write=False)
        for name, value in (("first", first), ("values", array), ("step", step)):
            object.__setattr__(self, name, value)

    def steps(self, day: date) -> int:
        """Return how many whole days or months lie from ``first`` to the morning of ``day``; negative before it."""
        if self.step == "day":
            return (day - self.first).days
        return 12 * (day.year - self.first.year) + day.month - self.first.month

    def part(self, start: date, end: date) -> Part:
        """Return the values from the morning of ``start`` to the morning of ``end``."""
        low, high = self.steps(start), self.steps(end)
        values = self.values[max(low, 0) : max(high, 0)]
        return Part(values[~np.isnan(values)], max(high - low, 0), _PER_YEAR[self.step])


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The valid values of a stretch of ``steps`` days or months, ``per_year`` of which are a year."""

    values: Floats
    steps: int
    per_year: float

    @property
    def valid(self) -> int:
        return len(self.values)

    @property
    def total(self) -> float:
        return math.fsum(self.values.tolist())

    @property
    def mean(self) -> float:
        """The mean of the valid values, nan of none."""
        return self.total / self.valid if self.valid else math.nan

    @property
    def years(self) -> float:
        """The length in years."""
        return self.steps / self.per_year

    @property
    def share(self) -> float:
        """The valid share of the steps; a stretch without a step lacks nothing."""
        return self.valid / self.steps if self.steps else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """One occurrence of the period, ``shift`` years from the one in question, cut in two."""

    shift: int
    first: date
    last: date
    so_far: Part
    rest: Part
    months: tuple[Part, ...]

    @property
    def share(self) -> float:
        """The valid share of the poorer of the two parts."""
        return min(self.so_far.share, self.rest.share)

    @property
    def coming(self) -> int:
        """The valid days or months to expect of the rest: as large a share of it as is valid of the part so far.

        The same number that the rooms expect (:class:`Rest`), so that both weigh the rest alike.
        """
        known = self.so_far
        return Rest(self.rest.steps, Fraction(known.valid, known.steps) if known.steps else 1).expected

    def overlaps(self, other: Year) -> bool:
        return self.first <= other.last and other.first <= self.last


def occurrence(series: Series, period: Period, as_of: date, shift: int = 0) -> Year:
    """Return the period ``shift`` years later, cut after the evening that corresponds to ``as_of``.

    29 February corresponds to the end of February. A month counts to the first part once it is over. Raises ValueError
    for a period of more than a year.

    >>> s = Series(date(2023, 1, 1), np.arange(24), "month")
    >>> y = occurrence(s, Period.parse("2024"), date(2024, 5, 30), -1)
    >>> y.so_far.values.tolist(), y.rest.valid, str(y.last)
    ([0.0, 1.0, 2.0, 3.0], 8, '2023-12-31')
    """
    after = period.last + _DAY
    if after > same_day(period.first, 1):
        raise ValueError(f"a period of at most one year was expected: {period}")
    cut = min(max(as_of + _DAY, period.first), after)
    start, middle, end = (same_day(day, shift) for day in (period.first, cut, after))
    edges = [start, *_month_starts(start, end), end]
    months = tuple(series.part(*pair) for pair in pairwise(edges))
    return Year(shift, start, end - _DAY, series.part(start, middle), series.part(middle, end), months)


def occurrences(series: Series, period: Period, as_of: date) -> Iterator[Year]:
    """Yield the period in every other year, earlier or later, in which the series has a place for a value of it."""
    length = len(series.values) if series.step == "day" else 31 * len(series.values)
    end = series.first + timedelta(days=length)
    for year in range(series.first.year - 1, end.year + 1):
        if shift := year - period.first.year:
            found = occurrence(series, period, as_of, shift)
            if found.so_far.valid + found.rest.valid:
                yield found


def _month_starts(start: date, end: date) -> list[date]:
    """The first days of months after ``start`` and before ``end``."""
    numbers = range(12 * start.year + start.month, 12 * end.year + end.month)
    return [day for number in numbers if (day := date(number // 12, number % 12 + 1, 1)) < end]


def same_day(day: date, shift: int) -> date:
    """Return the same morning ``shift`` years later; that of 29 February is 1 March where there is none.

    >>> str(same_day(date(2024, 2, 29), 1)), str(same_day(date(2024, 3, 1), -1))
    ('2025-03-01', '2023-03-01')
    """
    try:
        return day.replace(year=day.year + shift)
    except ValueError:
        return date(day.year + shift, 3, 1)
