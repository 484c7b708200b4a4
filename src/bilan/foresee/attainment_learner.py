"""Between years of values and bands of levels: what the training years say of this cut, and how it held in them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bilan.foresee.attainment_scale import Scale
from bilan.foresee.attainment_years import Floats, Part, Year
from bilan.foresee.bands import NEIGHBOUR_WEIGHT, Band, Fit, Record, fit

Place = Sequence[Year]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The levels of the training years of one place: of the two parts in ``record``, of ``months`` (years x months)."""

    years: tuple[Year, ...]
    record: Record
    months: Floats

    def without(self, year: Year) -> History:
        """Return the history without the years that share a day with ``year``."""
        kept = [number for number, one in enumerate(self.years) if not one.overlaps(year)]
        return History(tuple(self.years[number] for number in kept), self.record.of_years(kept), self.months[kept])

    def scatter(self) -> tuple[float, int]:
        """Return the sum of squares that months and years leave of the months' levels, and its degrees of freedom.

        Months that one of the years lacks are left out.
        """
        if len(self.years) < 2:
            return 0.0, 0
        table = self.months[:, ~np.isnan(self.months).any(axis=0)]
        years, months = table.shape
        if months < 2:
            return 0.0, 0
        left = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
        return float((left**2).sum()), (years - 1) * (months - 1)


@dataclass(frozen=True, slots=True)
class Learner:
    """Fits bands for years cut where ``now`` is cut.

    What is nearer to zero than ``least`` is not told apart: a mean, or for shares a number of days or months.
    """

    now: Year
    scale: Scale
    least: float

    def history(self, place: Place) -> History:
        """Return the levels of the years of ``place``, nan for a month without a value."""
        rows = [(float(year.shift), self.so_far(year), self._level(year.rest)) for year in place]
        months = [[self._level(month) for month in year.months] for year in place]
        shape = (len(place), len(self.now.months))
        return History(tuple(place), Record.of(rows), np.array(months, dtype=np.float64).reshape(shape))

    def so_far(self, year: Year) -> float:
        """Return the level of the part of ``year`` before the cut, 0 when nothing lies before it."""
        return self._level(year.so_far) if self.now.so_far.steps else 0.0

    def band(self, shift: float, so_far: float, places: Sequence[History]) -> tuple[Fit, Band]:
        """Return what the years of ``places``, the own place first, teach, and the band after a part so far."""
        own, *others = (place.record for place in places)
        learned = fit(own, others, self.scale.start(self.now.so_far.years, self.now.rest.years, self.monthly(places)))
        return learned, learned.band(shift, so_far)

    def monthly(self, places: Sequence[History]) -> float:
        """Return the standard deviation of a month's level about the month's usual level and the year's own.

        It begins at the scale's with the weight of a year of months.
        """
        freedom = float(len(self.now.months))
        squares = freedom * self.scale.monthly**2
        for number, place in enumerate(places):
            weight = NEIGHBOUR_WEIGHT if number else 1.0
            left, free = place.scatter()
            squares += weight * left
            freedom += weight * free
        return math.sqrt(squares / freedom)

    def hindcast(self, places: Sequence[History]) -> Iterator[tuple[Band, float]]:
        """Yield for every year of the own place its band when it is left out, with all that overlaps it, and its level.

        Neighbours help to fit, as they do for ``now``; how their own intervals held says nothing of this place.
        """
        own = places[0]
        for year, (shift, so_far, rest) in zip(own.years, own.record.rows(), strict=True):
            yield self.band(shift, so_far, [place.without(year) for place in places])[1], rest

    def _level(self, part: Part) -> float:
        return self.scale.level(part.mean, self.scale.least(self.least, part.steps)) if part.valid else math.nan
